"""What the eight services beside the first partners know: their spells, from needs and from everyday life."""

import random
from dataclasses import replace
from datetime import date
from typing import Final

from pipelines.council.dates import between, days_after
from pipelines.council.diary import Diary, Spell
from pipelines.council.people import Family, Person
from pipelines.council.scenarios import Episode, Need

SEN_TYPES: Final = ("SPLD", "MLD", "SEMH", "SEMH", "SLCN", "SLCN", "ASD", "ASD", "PD", "OTH")
SUBSTANCES: Final = ("ALCOHOL", "ALCOHOL", "CANNABIS", "OPIATES", "CRACK", "COCAINE", "OTHER")
REASONS: Final = ("PHYSICAL", "LEARNING", "MENTAL_HEALTH", "SOCIAL", "SENSORY", "MEMORY")
# Of each service: the kinds that strangers have, and the ages.
STRANGERS: Final[dict[str, tuple[tuple[str, ...], bool]]] = {
    "adult_social_care": (("REQUEST", "ASSESSMENT", "SERVICE", "CARER", "SAFEGUARDING"), True),
    "special_educational_needs": (("K", "K", "K", "E"), False),
    "mental_health_support": (("ADULT", "TALKING", "CRISIS", "INPATIENT"), True),
    "substance_misuse_treatment": (("PHARMACOLOGICAL", "PSYCHOSOCIAL", "RECOVERY"), True),
    "youth_justice": (("PREVENTION", "OUT_OF_COURT", "REFERRAL_ORDER", "REHABILITATION_ORDER"), False),
    "probation": (("COMMUNITY_ORDER", "SUSPENDED_SENTENCE", "LICENCE", "SUPERVISION"), True),
    "benefit_spell": (("UC", "UC", "UC", "PIP", "HB", "CA"), True),
    "homelessness_duty": (("PREVENTION", "RELIEF", "MAIN"), True),
}


def detail_of(draw: random.Random, contract: str) -> str:
    """What the partner's contract says beside the kind."""
    match contract:
        case "adult_social_care":
            return draw.choice(REASONS)
        case "special_educational_needs":
            return draw.choice(SEN_TYPES)
        case "substance_misuse_treatment":
            return draw.choice(SUBSTANCES)
        case "benefit_spell":
            return draw.choice(("SEARCHING", "SEARCHING", "NONE", "PREPARING", "WORKING_WITH", "PLANNING"))
        case _:
            return ""


def ending_of(draw: random.Random, contract: str, well: bool) -> str:
    match contract:
        case "substance_misuse_treatment":
            return "COMPLETED" if well else draw.choice(("DROPPED_OUT", "TRANSFERRED", "DECLINED"))
        case "homelessness_duty":
            return "SECURED" if well else draw.choice(("EXPIRED", "HOMELESS", "NO_CONTACT"))
        case _:
            return ""


def serve(draw: random.Random, diary: Diary, episode: Episode, as_of: date) -> None:
    """What an episode's needs leave behind at the services."""
    for need in episode.needs:
        story = _STORIES.get(need.code)
        if story is None or draw.random() > story[2]:
            continue
        contract, kinds, _ = story
        if contract == "homelessness_duty":  # owed to the household: one case, the same days for all
            case = _case(diary)
            adults = [
                m.person for m in episode.family.members if m.role in {"parent", "carer"} and not m.left
            ]
            duty = _told(draw, contract, kinds, need, adults[0], as_of) if adults else None
            diary.services[contract] += [replace(duty, person=who, case=case) for who in adults[:2] if duty]
        elif need.person is not None and need.person.age(as_of) >= _YOUNGEST.get(contract, 0):
            told = _told(draw, contract, kinds, need, need.person, as_of)
            diary.services[contract].append(told)


def _told(
    draw: random.Random, contract: str, kinds: tuple[str, ...], need: Need, person: Person, as_of: date
) -> Spell:
    start = min(as_of, days_after(need.identified, draw.randint(-120, 40)))
    start = max(start, person.born or start)
    end: date | None = days_after(max(start, need.met_on or start), draw.randint(20, 200))
    if end is None or end > as_of or (need.met_on is None and draw.random() < 0.5):
        end = None
    ending = ending_of(draw, contract, need.met_on is not None) if end else ""
    return Spell(person, start, end, draw.choice(kinds), detail_of(draw, contract), ending)


def _case(diary: Diary) -> int:
    diary.case_count += 1
    return diary.case_count


# Of a need: which service knows of it, what it did, and how often.
_STORIES: Final[dict[str, tuple[str, tuple[str, ...], float]]] = {
    "1.4": ("special_educational_needs", ("K", "K", "E"), 0.6),
    "2.3": ("special_educational_needs", ("K",), 0.2),
    "3.1": ("mental_health_support", ("CHILDREN",), 0.55),
    "3.2": ("mental_health_support", ("ADULT", "TALKING", "TALKING", "PERINATAL", "CRISIS"), 0.55),
    "3.3": ("adult_social_care", ("ASSESSMENT", "SERVICE"), 0.3),
    "4.1": ("substance_misuse_treatment", ("PHARMACOLOGICAL", "PSYCHOSOCIAL", "RECOVERY"), 0.7),
    "4.2": ("substance_misuse_treatment", ("YOUNG_PERSON",), 0.6),
    "7.1": ("probation", ("COMMUNITY_ORDER", "SUSPENDED_SENTENCE", "LICENCE"), 0.6),
    "7.2": ("youth_justice", ("PREVENTION", "OUT_OF_COURT"), 0.5),
    "7.3": ("youth_justice", ("OUT_OF_COURT", "REFERRAL_ORDER", "REHABILITATION_ORDER"), 0.8),
    "8.2": ("probation", ("COMMUNITY_ORDER", "SUSPENDED_SENTENCE"), 0.3),
    "9.1": ("homelessness_duty", ("PREVENTION", "RELIEF"), 0.35),
    "9.2": ("homelessness_duty", ("PREVENTION", "PREVENTION", "RELIEF", "MAIN"), 0.4),
    "10.1": ("benefit_spell", ("UC", "UC", "JSA", "ESA"), 0.7),
    "10.3": ("benefit_spell", ("UC",), 0.3),
}
_ADULTS_ALONE: Final = frozenset({"adult_social_care", "probation", "benefit_spell"})
_YOUNGEST: Final = {**dict.fromkeys(_ADULTS_ALONE, 18), "youth_justice": 10}


def live(draw: random.Random, diary: Diary, family: Family, first: date, as_of: date) -> None:
    """What services know of families besides what they are helped with."""
    for member in family.members:
        person, age = member.person, member.person.age(as_of)
        if age < 0 or (person.families and person.families[0] != family.ref):
            continue
        chances: tuple[tuple[str, float, tuple[str, ...]], ...] = ()
        if age >= 18:
            chances = (
                ("benefit_spell", 0.28, ("UC", "UC", "UC", "PIP", "CA", "HB")),
                ("adult_social_care", 0.03, ("REQUEST", "ASSESSMENT", "SERVICE", "CARER")),
                ("mental_health_support", 0.05, ("TALKING", "ADULT")),
                ("probation", 0.01, ("COMMUNITY_ORDER", "LICENCE")),
            )
        elif 5 <= age <= 16:
            chances = (
                ("special_educational_needs", 0.14, ("K", "K", "K", "E")),
                ("mental_health_support", 0.03, ("CHILDREN",)),
            )
        for contract, chance, kinds in chances:
            if draw.random() < chance:
                spell(draw, diary, contract, draw.choice(kinds), person, first, as_of)


def spell(
    draw: random.Random, diary: Diary, contract: str, kind: str, person: Person, first: date, as_of: date
) -> None:
    """A spell somewhere between two days, of somebody known for nothing else, or of a stranger."""
    earliest = days_after(person.born or first, _YOUNGEST.get(contract, 4) * 366)
    start = between(draw, max(first, min(earliest, as_of)), days_after(as_of, -1))
    start = min(start, as_of)
    end: date | None = days_after(start, draw.randint(20, 500))
    if end and end > as_of:
        end = None
    ending = ending_of(draw, contract, draw.random() < 0.5) if end else ""
    case = _case(diary) if contract == "homelessness_duty" else 0
    detail = detail_of(draw, contract)
    diary.services[contract].append(Spell(person, start, end, kind, detail, ending, case))
