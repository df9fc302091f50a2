"""Stories become records: for each need, what partners would have seen if it went well, or if it did not."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from pipelines.council.dates import add_months, between, days_after, in_school
from pipelines.council.diary import Absence, Diary, Event, Pupil, Spell
from pipelines.council.people import Family, Person
from pipelines.council.scenarios import Episode, Need, Review

OFFENCES: Final = ("Theft from shop", "Criminal damage", "Public order s.5", "Common assault", "Possession of cannabis",
                   "Burglary dwelling", "Anti-social behaviour", "Theft of pedal cycle", "Affray")  # fmt: skip
ABUSE_OFFENCES: Final = (
    "Common assault",
    "Domestic incident (non-crime)",
    "ABH",
    "Harassment",
    "Malicious comms",
)
HOUSING: Final = (
    "NSP",
    "NSP",
    "NTQ",
    "NTQ",
    "POSSESSION",
    "EVICTION",
    "HOMELESS_APPLICATION",
    "TEMP_ACCOMMODATION",
)
REVIEW_TEXTS: Final = (
    "HV check completed", "SDQ reduced by 9 points", "Seen at TAF, all agreed", "School confirms in writing",
    "Plan kept for three reviews", "Self report and worker observation", "Letter from clinic on file",
)  # fmt: skip
WAIVERS: Final = (
    "Reasonable mitigating circumstances agreed with school: hospital treatment",
    "Agreed with head teacher: bereavement leave",
    "Dual placement, agreed reduced timetable",
)
VISITS: Final = (
    (12, "New birth visit"),
    (48, "6-8 week review"),
    (365, "12 month review"),
    (800, "2-2.5 year review"),
)
SILENT: Final = frozenset({"1.1", "1.2", "6.2", "7.1", "7.3", "10.1"})  # proved by records, not by judgement


@dataclass
class Telling:
    """One episode on its way into the diary."""

    draw: random.Random
    diary: Diary
    episode: Episode
    as_of: date

    @property
    def last(self) -> date:
        return self.episode.ended or self.as_of

    def lately(self) -> date:
        """A day in the last five months, after help began: the trouble is not over."""
        return between(
            self.draw, max(self.episode.started, add_months(self.as_of, -5)), days_after(self.as_of, -2)
        )

    def trouble(self, need: Need, count: int, before: int = 200) -> list[date]:
        """Days of trouble: some before the need was found, all before it went well."""
        until = days_after(need.met_on, -1) if need.met_on else days_after(self.last, -5)
        return [between(self.draw, days_after(need.identified, -before), until) for _ in range(count)]


def tell(draw: random.Random, diary: Diary, episode: Episode, as_of: date) -> None:
    """Writes an episode's needs into the diary, and the reviews into the needs."""
    telling = Telling(draw, diary, episode, as_of)
    for need in episode.needs:
        _review(telling, need)
        story = STORIES.get(need.code)
        if story:
            story(telling, need)
    abused = [need for need in episode.needs if need.code.startswith("8.")]
    if abused:
        _abuse(telling, abused)
    housing = [need for need in episode.needs if need.code in {"9.1", "9.2"}]
    if housing:
        _housing(telling, housing)


def _review(telling: Telling, need: Need) -> None:
    draw, last = telling.draw, telling.last
    silent = need.code in SILENT
    if silent and draw.random() < 0.5:
        return

    def note(day: date, state: str) -> None:
        need.reviews.append(Review(min(max(day, need.identified), telling.as_of), state, _evidence(telling)))

    if need.met_on is None:
        if draw.random() < 0.35:
            first = between(draw, days_after(need.identified, 10), days_after(last, -8))
            note(first, "met")
            note(between(draw, days_after(first, 1), last), "regressed")
        return
    if draw.random() < 0.14 and (need.met_on - need.identified).days > 30:
        first = between(draw, days_after(need.identified, 5), days_after(need.met_on, -10))
        note(first, "met")
        note(between(draw, days_after(first, 1), days_after(need.met_on, -1)), "regressed")
    note(need.met_on, "met")
    if draw.random() < 0.25 and days_after(need.met_on, 21) < last:
        note(between(draw, days_after(need.met_on, 20), last), "met")
    if telling.episode.ended and draw.random() < 0.02:
        after = between(draw, telling.episode.ended, telling.as_of)
        if after > need.met_on:
            note(after, "regressed")


def _evidence(telling: Telling) -> str:
    draw = telling.draw
    chance = draw.random()
    if chance < 0.012:
        return '=HYPERLINK("http://wythbrook.example/evidence","evidence")'
    if chance < 0.07:
        people = [member.person for member in telling.episode.family.members if member.person.forename]
        return f"{draw.choice(people).forename} told worker things are better"
    return draw.choice(REVIEW_TEXTS)


def _attendance(telling: Telling, need: Need) -> None:
    draw, person = telling.draw, need.person
    if person is None or person.born is None:
        return
    pupil = telling.diary.pupils.get(person.number)
    if pupil is None:
        return
    pupil.low = draw.uniform(0.3, 0.48) if need.code == "1.2" else draw.uniform(0.7, 0.87)
    pupil.low_from = days_after(need.identified, -draw.randint(150, 280))
    if need.met_on:
        pupil.better_from = days_after(need.met_on, -21)
        pupil.usual = draw.uniform(0.93, 0.975)
    school_year = telling.as_of.year - (telling.as_of.month < 9) - 1
    gone = not in_school(person.born, school_year)
    if draw.random() < (0.72 if gone and need.met_on else 0.2 if gone else 0.035):
        reason = "Left school in summer, college place confirmed" if gone else draw.choice(WAIVERS)
        if draw.random() < 0.07:
            reason = ""  # no reason written: no waiver
        day = between(draw, days_after(need.identified, 20), telling.last)
        need.reviews.append(Review(max(day, need.identified), "waived", reason))
    elif draw.random() < 0.03:
        pupil.left = between(draw, telling.episode.started, days_after(telling.as_of, -130))


def _exclusions(telling: Telling, need: Need) -> None:
    if need.person:
        for day in telling.trouble(need, telling.draw.randint(1, 4)):
            kind = "PERM" if telling.draw.random() < 0.08 else "SUSP"
            telling.diary.exclusions.append(Event(need.person, day, kind))


def _care(telling: Telling, need: Need) -> None:
    draw, person = telling.draw, need.person
    if person is None or draw.random() < 0.35:
        return
    start = days_after(need.identified, -draw.randint(10, 200))
    kind = "CLA" if draw.random() < 0.1 else "CPP"
    number = draw.choice(("N1", "N1", "N1", "N4", "N5", "N3"))
    if need.met_on:
        end: date | None = between(draw, need.identified, days_after(need.met_on, -1))
    elif draw.random() < 0.55:
        end = None
    else:
        end = between(draw, days_after(start, 30), telling.as_of)
    telling.diary.care.append(Spell(person, start, end, kind, number))


def _missing(telling: Telling, need: Need) -> None:
    draw, person = telling.draw, need.person
    if person is None:
        return
    days = telling.trouble(need, draw.randint(1, 4), 120)
    if need.met_on is None:
        days.append(telling.as_of if draw.random() < 0.12 else telling.lately())
    for day in days:
        back = days_after(day, draw.choice((0, 0, 1, 1, 2, 4)))
        telling.diary.absences.append(Absence(person, day, back if back <= telling.as_of else None))


def _crime(telling: Telling, need: Need) -> None:
    draw, person = telling.draw, need.person
    if person is None:
        return
    days = telling.trouble(need, draw.randint(1, 3), 300)
    if need.met_on is None:
        days.append(telling.lately())
    for day in days:
        telling.diary.incident(day, draw.choice(OFFENCES), False, [(person, "suspect")])


def _abuse(telling: Telling, needs: list[Need]) -> None:
    draw, people = telling.draw, [member.person for member in telling.episode.family.members]
    adults = [person for person in people if person.age(telling.episode.started) >= 16]
    named = [need.person for need in needs if need.person and need.code != "8.3"]
    harmed = next((n.person for n in needs if n.code == "8.1" and n.person), adults[0] if adults else None)
    does = next((n.person for n in needs if n.code == "8.2" and n.person), None)
    if harmed is None or harmed is does:
        others = [person for person in adults if person is not does]
        harmed = others[0] if others else None
    if does is None:
        men = [
            person for person in adults if person.sex == "M" and person is not harmed and person not in named
        ]
        does = men[0] if men and draw.random() < 0.6 else None
    well = [need for need in needs if need.met_on]
    need = min(well, key=lambda n: n.met_on or telling.as_of) if well else needs[0]
    days = telling.trouble(need, draw.randint(1, 3))
    if len(well) < len(needs) and draw.random() < 0.3:
        days.append(telling.lately())
    for day in days:
        parts = [(person, role) for person, role in ((does, "suspect"), (harmed, "victim")) if person]
        if parts:
            telling.diary.incident(day, draw.choice(ABUSE_OFFENCES), True, parts)


def _housing(telling: Telling, needs: list[Need]) -> None:
    draw = telling.draw
    tenant = tenant_of(telling.episode.family)
    if tenant is None or draw.random() < 0.2:
        return
    well = all(need.met_on for need in needs)
    need = min(needs, key=lambda n: n.met_on or telling.as_of)
    days = telling.trouble(need, draw.randint(1, 2), 150)
    if not well and draw.random() < 0.35:
        days.append(telling.lately())
    for day in days:
        telling.diary.housing.append(Event(tenant, day, draw.choice(HOUSING), arrears(draw)))


def tenant_of(family: Family) -> Person | None:
    return next((m.person for m in family.members if m.role in {"parent", "carer"}), None)


def arrears(draw: random.Random) -> str:
    return f"{draw.lognormvariate(6.4, 0.8):.2f}"


def _work(telling: Telling, need: Need) -> None:
    draw, person = telling.draw, need.person
    if person is None:
        return
    if need.met_on:
        telling.diary.work.append(Spell(person, need.met_on, _still(draw, telling.as_of)))
    elif draw.random() < 0.4:
        start = between(draw, need.identified, telling.last)
        end = between(draw, days_after(start, 20), days_after(telling.as_of, -5))
        if end > start:
            telling.diary.work.append(Spell(person, start, end))


def _still(draw: random.Random, as_of: date) -> date | None:
    """The end of work that is not over: none, or a contract's end that lies ahead."""
    return days_after(as_of, draw.randint(10, 200)) if draw.random() < 0.08 else None


STORIES: Final[dict[str, Callable[[Telling, Need], None]]] = {
    "1.1": _attendance,
    "1.2": _attendance,
    "1.3": _exclusions,
    "6.1": _care,
    "6.2": _missing,
    "7.1": _crime,
    "7.3": _crime,
    "10.1": _work,
}


def enrol(
    draw: random.Random, diary: Diary, person: Person, as_of: date, *, usual: float, spread: float
) -> None:
    """Puts somebody of school age on the roll, with an attendance like others'."""
    years = range(as_of.year - 4, as_of.year + 1)
    if person.upn and person.born and any(in_school(person.born, year) for year in years):
        rate = min(0.995, max(0.4, draw.gauss(usual, spread)))
        diary.pupils[person.number] = Pupil(person, rate)


def everyday(
    draw: random.Random, diary: Diary, family: Family, needs: frozenset[str], first: date, as_of: date
) -> None:
    """What happens to families besides what they are helped with. `needs`: codes of all their episodes."""
    for member in family.members:
        person = member.person
        age = person.age(as_of)
        if person.born is None or age < 0 or (person.families and person.families[0] != family.ref):
            continue
        if age >= 12 and draw.random() < 0.2:
            role = draw.choice(("victim", "witness", "witness", "suspect"))
            if not (role == "suspect" and needs & {"7.1", "7.3"}):
                flagged = not any(code.startswith("8.") for code in needs) and draw.random() < 0.15
                day = between(draw, max(first, days_after(person.born, 4400)), as_of)
                diary.incident(day, draw.choice(OFFENCES), flagged, [(person, role)])
        if age < 18 and "6.1" not in needs and draw.random() < 0.04:
            start = between(draw, max(first, person.born), days_after(as_of, -30))
            end = days_after(start, draw.randint(40, 400))
            diary.care.append(Spell(person, start, end if end < as_of else None, "CIN", "N4"))
        if age >= 18 and "10.1" not in needs and draw.random() < 0.3:
            start = between(draw, first, days_after(as_of, -30))
            still = draw.random() < 0.6
            over = None if still else between(draw, days_after(start, 20), as_of)
            diary.work.append(Spell(person, start, over))
        if 7 <= age <= 16 and "1.3" not in needs and draw.random() < 0.03:
            day = between(draw, max(first, days_after(person.born, 2200)), as_of)
            diary.exclusions.append(Event(person, day, "SUSP"))
        if age < 5:
            health_visits(draw, diary, person, first, as_of)
    tenant = tenant_of(family)
    if tenant and not needs & {"9.1", "9.2"} and draw.random() < 0.035:
        day = between(draw, first, as_of)
        diary.housing.append(Event(tenant, day, draw.choice(HOUSING[:4]), arrears(draw)))


def health_visits(draw: random.Random, diary: Diary, person: Person, first: date, as_of: date) -> None:
    born = person.born or as_of
    for due, kind in VISITS:
        day = days_after(born, due + draw.randint(0, 20))
        if first <= day <= as_of and draw.random() < 0.8:
            result = draw.choices(("Completed", "DNA", "Refused"), (84, 12, 4))[0]
            diary.health.append(Event(person, day, kind, result))
