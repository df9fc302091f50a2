"""The same council a quarter later: new families and events, rows put right, rows withdrawn, help that has ended.

Nobody's true number changes. Rows of the first quarter that nothing happened to are the same, spoilt as they were.
"""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from pipelines.council.chance import draws
from pipelines.council.council import Council, EarlierClaim, add_family, due_day
from pipelines.council.dates import add_months, between, days_after, working_day
from pipelines.council.diary import Absence, Diary, Event, Incident, Spell
from pipelines.council.events import HOUSING, OFFENCES, arrears, health_visits
from pipelines.council.judging import FRAMEWORK
from pipelines.council.mess import Corrections
from pipelines.council.people import Family
from pipelines.council.scenarios import Episode, Review
from pipelines.council.sheets import covered_days
from pipelines.council.strangers import add_strangers

MONTHS: Final = 3
NEW_FAMILIES: Final = 0.07
NEW_EVENTS: Final = 0.03  # of what a partner had before, about people known before
WITHDRAWN: Final = 0.01
ENDED: Final = 0.4  # of the episodes that were open
SETTLED: Final = 0.75  # of the needs of an episode that ends
CLAIMED: Final = 0.66


def pass_quarter(council: Council, payment: str) -> Council:
    """Lets a quarter pass. Gives what is new, as a council of its own with the same people, town and workers.

    Alters `council`: what was withdrawn is marked, help has ended, partners will put rows right as they write them. Its
    as-of day and its files' days stay those of the first quarter.
    """
    as_of = add_months(council.as_of, MONTHS)
    draw = draws(council.seed, "quarter")
    council.corrections = Corrections(council.seed, draws(council.seed, "corrections"), council.registry)
    _withdraw(draw, council)
    _go_on(draw, council, as_of)
    council.registry.as_of = as_of
    diary = Diary(incident_count=council.diary.incident_count, case_count=council.diary.case_count)
    news = replace(
        council, as_of=as_of, families=[], episodes=[], diary=diary, claims=[], adoptions=[], corrections=None
    )
    first = days_after(council.as_of, 1)
    start = len({family.true_ref for family in council.families})
    for index in range(start, start + max(1, round(start * NEW_FAMILIES))):
        day = working_day(between(draw, days_after(first, 3), days_after(as_of, -3)))
        add_family(news, index, max(first, day))
    came = add_months(as_of, -5)
    for pupil in diary.pupils.values():
        pupil.came = came
    _happen(draw, council.diary, diary, first, as_of)
    add_strangers(council.registry, diary, len(news.families), first)
    for pupil in diary.pupils.values():
        pupil.came = came
    _catch_up(council, diary, as_of)
    if payment == "by_results":
        news.claims = _claims(draw, council, as_of)
    return news


def together(council: Council, news: Council) -> Council:
    """Everything true after the quarter."""
    old, new = council.diary, news.diary
    diary = Diary(
        old.incidents + new.incidents,
        old.absences + new.absences,
        old.care + new.care,
        old.housing + new.housing,
        old.work + new.work,
        old.exclusions + new.exclusions,
        old.health + new.health,
        {**old.pupils, **new.pupils},
        {name: spells + new.services[name] for name, spells in old.services.items()},
    )
    return replace(
        council,
        as_of=news.as_of,
        families=council.families + news.families,
        episodes=council.episodes + news.episodes,
        diary=diary,
        claims=council.claims + news.claims,
        adoptions=council.adoptions + news.adoptions,
    )


def forget(council: Council) -> None:
    """Takes people whose rows the case system has withdrawn out of their families; after the rows are written."""
    for family in council.families:
        for member in family.members:
            if member.withdrawn and family.ref in member.person.families:
                member.person.families.remove(family.ref)
                if not member.person.families:
                    member.person.refs.clear()


def _withdraw(draw: random.Random, council: Council) -> None:
    diary = council.diary
    lists: Iterable[Iterable[Incident | Absence | Event | Spell]] = (
        diary.incidents,
        diary.absences,
        diary.care,
        diary.housing,
        diary.work,
        diary.exclusions,
        diary.health,
        *diary.services.values(),
    )
    for entries in lists:
        for entry in entries:
            entry.withdrawn = draw.random() < WITHDRAWN
    for pupil in diary.pupils.values():
        pupil.withdrawn = draw.random() < WITHDRAWN
    needed = {need.person for episode in council.episodes for need in episode.needs}
    needed |= {child for pair in council.adoptions for child in pair}
    for family in council.families:
        for place, member in enumerate(family.members):
            gone = draw.random() < WITHDRAWN * 1.5  # not everybody can be spared
            single = len(member.person.families) == 1 and not member.anew
            member.withdrawn = gone and place > 0 and single and member.person not in needed


def _go_on(draw: random.Random, council: Council, as_of: date) -> None:
    """Help that was open ends, or goes on; spells end."""
    for episode in council.episodes:
        if episode.ended is None and draw.random() < ENDED:
            _end(draw, episode, council.as_of, as_of)
    diary = council.diary
    for spells in (diary.care, diary.work, *diary.services.values()):
        for spell in spells:
            if spell.end is None and draw.random() < 0.08:
                spell.end = between(draw, days_after(council.as_of, 1), as_of)


def _end(draw: random.Random, episode: Episode, before: date, as_of: date) -> None:
    episode.ended = working_day(between(draw, days_after(before, 5), as_of))
    episode.closure = draw.choices(("outcomes_met", "step_down", "withdrew"), (70, 18, 12))[0]
    for need in episode.needs:
        if need.met_on is None and episode.closure != "withdrew" and draw.random() < SETTLED:
            need.met_on = between(draw, max(need.identified, days_after(before, 1)), episode.ended)
            need.reviews.append(Review(need.met_on, "met", "Closing visit, all agreed"))


def _happen(draw: random.Random, before: Diary, diary: Diary, first: date, as_of: date) -> None:
    """What happened in the quarter to people whom partners knew before."""

    def times(known: int) -> int:
        return round(known * NEW_EVENTS)

    for _ in range(times(len(before.incidents))):
        old = draw.choice(before.incidents)
        day = between(draw, first, as_of)
        diary.incident(day, draw.choice(OFFENCES), False, [(old.person, old.role)])
    for _ in range(times(len(before.absences))):
        person, day = draw.choice(before.absences).person, between(draw, first, as_of)
        diary.absences.append(Absence(person, day, day))
    for _ in range(times(len(before.care))):
        care = draw.choice(before.care)
        diary.care.append(Spell(care.person, between(draw, first, as_of), None, care.kind, care.detail))
    for _ in range(times(len(before.work))):
        diary.work.append(Spell(draw.choice(before.work).person, between(draw, first, as_of), None))
    for _ in range(times(len(before.housing))):
        person = draw.choice(before.housing).person
        diary.housing.append(Event(person, between(draw, first, as_of), draw.choice(HOUSING), arrears(draw)))
    for _ in range(times(len(before.exclusions))):
        person = draw.choice(before.exclusions).person
        diary.exclusions.append(Event(person, between(draw, first, as_of), "SUSP"))
    for person in dict.fromkeys(event.person for event in before.health):
        health_visits(draw, diary, person, first, as_of)
    for contract, spells in before.services.items():
        for _ in range(times(len(spells))):
            known = draw.choice(spells)
            case = 0
            if known.case:
                diary.case_count += 1
                case = diary.case_count
            day = between(draw, first, as_of)
            diary.services[contract].append(
                Spell(known.person, day, None, known.kind, known.detail, case=case)
            )


def _catch_up(council: Council, diary: Diary, as_of: date) -> None:
    """What happened before the quarter, and the files of the first quarter did not yet cover, is new."""
    covers, before = covered_days(council.as_of), council.diary

    def late(contract: str, day: date) -> bool:
        return day > covers[contract][1]

    diary.incidents += [one for one in before.incidents if late("police_incident", one.day)]
    before.incidents = [one for one in before.incidents if not late("police_incident", one.day)]
    diary.health += [one for one in before.health if late("health_contact", one.day)]
    before.health = [one for one in before.health if not late("health_contact", one.day)]


def _claims(draw: random.Random, council: Council, as_of: date) -> list[EarlierClaim]:
    """What finance claimed in the quarter."""
    claimed = {claim.family for claim in council.claims if claim.framework == FRAMEWORK}
    by_ref: dict[str, Family] = {family.ref: family for family in council.families}
    true = {by_ref[ref].true_ref for ref in claimed}
    found: list[tuple[str, str, date]] = []
    for episode in council.episodes:
        chance, due = draw.random(), due_day(episode)
        if due is None or episode.family.true_ref in true or chance > CLAIMED:
            continue
        quarter_end = days_after(add_months(date(due.year, (due.month - 1) // 3 * 3 + 1, 1), 3), -1)
        if days_after(quarter_end, 60) > as_of:
            continue
        day = between(draw, days_after(council.as_of, 8), as_of)
        if day > quarter_end:
            true.add(episode.family.true_ref)
            found.append((episode.family.ref, FRAMEWORK, day))
    found.sort()
    last = len(council.claims)
    return [EarlierClaim(f"C{number:06d}", *claim) for number, claim in enumerate(found, last + 1)]
