"""What is true of every need and claim: a plain reading of the rules, on true people and true days.

Written from the rules' description alone and apart from the engine in `outcomes`, for one framework (the national
one of 2022): it is what the engine is compared with. One need at a time, sets of days, no frames.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from pipelines.council.attendance import Attended
from pipelines.council.dates import Term, add_months, age_on
from pipelines.council.diary import Diary
from pipelines.council.people import Person
from pipelines.council.scenarios import CLAIMABLE, Episode, Need

FRAMEWORK: Final = "supporting-families-2022"
VALID_FROM: Final = date(2022, 10, 3)
VALID_TO: Final = date(2025, 3, 31)
SUSPENDED: Final = date(2024, 11, 18)
MONTHS: Final = 6
SPELL_DAYS: Final = 182
ORDER: Final = ("outstanding", "not_evidenced", "sustaining", "sustained")
DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Judged:
    """The state of a need, and its days."""

    state: str
    achieved: date | None = None
    sustained: date | None = None


@dataclass(frozen=True)
class Claim:
    """The state of an episode's claim; `day` is known where every need is sustained or waived."""

    state: str
    day: date | None


@dataclass
class Records:
    """True records by person (and exact repeats left out), with the days that each extract covers."""

    as_of: date
    covers: Mapping[str, tuple[date, date]]
    calendar: list[Term]
    attended: dict[int, list[Attended]]
    suspect: dict[int, list[date]] = field(default_factory=lambda: defaultdict(list))
    abuse: dict[int, list[date]] = field(default_factory=lambda: defaultdict(list))
    abuse_suspect: dict[int, list[date]] = field(default_factory=lambda: defaultdict(list))
    missing: dict[int, list[date]] = field(default_factory=lambda: defaultdict(list))
    housing: dict[int, list[date]] = field(default_factory=lambda: defaultdict(list))
    care: dict[int, list[tuple[date, date | None]]] = field(default_factory=lambda: defaultdict(list))
    work: dict[int, list[tuple[date, date | None]]] = field(default_factory=lambda: defaultdict(list))

    def read(self, diary: Diary) -> None:
        """Takes in what the extracts hold of the diary: nothing from days that they do not cover."""
        for incident in diary.incidents:
            number = incident.person.number
            if self.covered("police_incident", incident.day) and not incident.withdrawn:
                if incident.role == "suspect":
                    self.suspect[number].append(incident.day)
                if incident.domestic_abuse:
                    self.abuse[number].append(incident.day)
                    if incident.role == "suspect":
                        self.abuse_suspect[number].append(incident.day)
        for absence in diary.absences:
            if self.covered("missing_episode", absence.since) and not absence.withdrawn:
                self.missing[absence.person.number].append(absence.since)
        for event in diary.housing:
            if self.covered("housing_event", event.day) and not event.withdrawn:
                self.housing[event.person.number].append(event.day)
        for spell in diary.care:
            if spell.kind in {"CPP", "CLA"} and spell.start <= self.as_of and not spell.withdrawn:
                self.care[spell.person.number].append((spell.start, spell.end))
        for spell in diary.work:
            if spell.start <= self.as_of and not spell.withdrawn:
                self.work[spell.person.number].append((spell.start, spell.end))

    def covered(self, contract: str, day: date) -> bool:
        first, last = self.covers[contract]
        return first <= day <= last


def _window_end(start: date) -> date:
    return add_months(start, MONTHS) - DAY


def _silence(records: Records, contract: str, since: date, last_event: date | None) -> Judged:
    """Achieved from the day after the last event; `last_event` on the day itself is outstanding."""
    first, last = records.covers[contract]
    if last_event is not None and last_event >= records.as_of:
        return Judged("outstanding")
    start = max(since, first) if last_event is None else max(since, first, last_event + DAY)
    end = _window_end(start)
    watched_to = min(end, records.as_of)
    if start > records.as_of or start < first or watched_to > last:
        return Judged("not_evidenced", start)
    return Judged("sustained", start, end) if end <= records.as_of else Judged("sustaining", start)


def _no_event(
    records: Records, contract: str, since: date, days: Mapping[int, list[date]], people: Iterable[Person]
) -> Judged:
    happened = [
        day for person in people for day in days.get(person.number, ()) if since <= day <= records.as_of
    ]
    return _silence(records, contract, since, max(happened, default=None))


def _no_care(records: Records, since: date, people: Iterable[Person]) -> Judged:
    last: date | None = None
    for person in people:
        for start, end in records.care.get(person.number, ()):
            until = min(end or records.as_of, records.as_of)
            if until >= since and until >= start:
                last = max(last or until, until)
    return _silence(records, "social_care_episode", since, last)


def _judgement(records: Records, need: Need) -> Judged:
    met: date | None = None
    reviews = [
        r
        for r in need.reviews
        if r.state in {"met", "regressed"} and need.identified <= r.day <= records.as_of
    ]
    for review in sorted(reviews, key=lambda r: (r.day, r.state == "regressed")):
        if review.state == "regressed":
            met = None
        elif met is None:
            met = review.day
    if met is None:
        return Judged("outstanding")
    end = _window_end(met)
    return Judged("sustained", met, end) if end <= records.as_of else Judged("sustaining", met)


def _all_of(parts: list[Judged]) -> Judged:
    state = min((part.state for part in parts), key=ORDER.index)
    if state == "outstanding":
        return Judged(state)
    achieved = max(part.achieved for part in parts if part.achieved)
    if state == "sustained":
        return Judged(state, achieved, max(part.sustained for part in parts if part.sustained))
    return Judged(state, achieved)


def _share(rows: list[Attended]) -> tuple[int, int]:
    return sum(row.attended for row in rows), sum(row.possible for row in rows)


def _attendance(records: Records, need: Need) -> Judged:
    if need.person is None:
        return Judged("not_evidenced")
    complete = [term for term in records.calendar if term.end <= records.as_of]
    newest, before = complete[-1], complete[-2]
    if newest.start < need.identified:
        return Judged("outstanding")
    rows = records.attended.get(need.person.number, [])
    here, possible = _share([row for row in rows if row.term == newest])
    if not possible or add_months(newest.end, MONTHS) < records.as_of:
        return Judged("not_evidenced")
    earlier, earlier_possible = _share([row for row in rows if row.term == before])
    enough = (here + earlier) * 10 >= (possible + earlier_possible) * 9
    if before.start >= need.identified and earlier_possible and enough:
        return Judged("sustained", before.start, newest.end)
    if here * 10 >= possible * 9:
        return Judged("sustaining", newest.start)
    return Judged("outstanding")


def _spell(records: Records, need: Need) -> Judged:
    if need.person is None:
        return Judged("not_evidenced")
    spells = records.work.get(need.person.number, ())
    still = [
        start for start, end in spells if start <= records.as_of and (end is None or end >= records.as_of)
    ]
    if not still:
        return Judged("outstanding")
    start = max(need.identified, min(still))
    if (records.as_of - start).days + 1 >= SPELL_DAYS:
        return Judged("sustained", start, start + timedelta(days=SPELL_DAYS - 1))
    return Judged("sustaining", start)


def judge_need(records: Records, episode: Episode, need: Need) -> Judged:
    """The state of one need on the as-of day."""
    members = [member.person for member in episode.members()]
    people = members if need.person is None else [need.person]
    since = need.identified
    match need.code:
        case "1.1" | "1.2":
            judged = _attendance(records, need)
            waived = [
                r.day
                for r in need.reviews
                if r.state == "waived" and r.text and since <= r.day <= records.as_of
            ]
            if waived and judged.state != "sustained":
                return Judged("waived", min(waived), min(waived))
            return judged
        case "6.1":
            return _all_of([_no_care(records, since, people), _judgement(records, need)])
        case "6.2":
            return _no_event(records, "missing_episode", since, records.missing, people)
        case "7.1" | "7.3":
            return _no_event(records, "police_incident", since, records.suspect, people)
        case "8.1" | "8.3":
            quiet = _no_event(records, "police_incident", since, records.abuse, members)
            return _all_of([quiet, _judgement(records, need)])
        case "8.2":
            quiet = _no_event(records, "police_incident", since, records.abuse_suspect, people)
            return _all_of([quiet, _judgement(records, need)])
        case "9.1" | "9.2":
            quiet = _no_event(records, "housing_event", since, records.housing, members)
            return _all_of([quiet, _judgement(records, need)])
        case "10.1":
            return _spell(records, need)
        case _:
            return _judgement(records, need)


def judge_claims(
    episodes: list[Episode], needs: Mapping[str, list[Judged]], claimed: set[str], as_of: date
) -> dict[str, Claim]:
    """The claim of every episode, by its reference. `claimed`: families with an earlier claim.

    A family that the case system has under two numbers is one family: it is claimed for once.
    """
    claims = {e.ref: _claim(e, needs[e.ref], e.family.true_ref in claimed, as_of) for e in episodes}
    first: dict[str, Episode] = {}
    order = sorted(episodes, key=lambda e: (claims[e.ref].day or date.max, e.started))
    for episode in order:
        if claims[episode.ref].state == "claimable":
            if episode.family.true_ref in first:
                claims[episode.ref] = Claim("claimed", claims[episode.ref].day)
            first.setdefault(episode.family.true_ref, episode)
    return claims


def _claim(episode: Episode, needs: list[Judged], claimed: bool, as_of: date) -> Claim:
    states = {need.state for need in needs}
    done = bool(needs) and states <= {"sustained", "waived"}
    day = max(need.sustained for need in needs if need.sustained) if done else None
    return Claim(_state_of(episode, states, claimed, day), day)


def eligible(episode: Episode) -> bool:
    young = any(
        person.born is not None
        and person.born <= episode.started
        and age_on(episode.started, person.born) < 18
        for person in (member.person for member in episode.members())
    )
    return len({need.code for need in episode.needs}) >= 3 and (young or episode.expectant == "Y")


def _state_of(episode: Episode, states: set[str], claimed: bool, day: date | None) -> str:
    practice = (
        episode.assessed is not None
        and episode.planned is not None
        and episode.planned >= episode.assessed
        and bool(episode.lead.strip())
    )
    if claimed:
        return "claimed"
    if not eligible(episode):
        return "not_eligible"
    if episode.ended and episode.closure not in CLAIMABLE:
        return "closed_otherwise"
    if "outstanding" in states:
        return "in_progress"
    if "not_evidenced" in states or not practice:
        return "evidence_gap"
    if "sustaining" in states:
        return "sustaining"
    if day is None or not VALID_FROM <= day <= VALID_TO or day >= SUSPENDED:
        return "outside_period"
    return "claimable"
