"""What becomes of the families: when help begins, what they need, how it goes, how it ends.

A scenario decides first how an episode ends, then what each need's story is; `events` turns stories into records.
Some truths are built in, so that a manager finds them: families helped grow year on year, with fewer in August and
December; deprived wards send more; waits grow longer in Eastmoor; teams differ; attendance improves in Riverside.
"""

import math
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from pipelines.council.dates import YEARS, add_months, between, days_after, working_day
from pipelines.council.needs import FALLBACK, SUBJECTS, THEMES, can_be, who_may
from pipelines.council.people import Family, Membership, Person, Registry, best_team
from pipelines.council.places import TEAMS, Team

GROWTH: Final = 0.17  # a year
SEASON: Final = (1.12, 1.05, 1.15, 0.92, 1.04, 1.05, 0.9, 0.55, 1.12, 1.22, 1.16, 0.6)
CLOSURES: Final = (
    ("outcomes_met", 60.0),
    ("step_down", 18.0),
    ("step_up", 6.0),
    ("withdrew", 9.0),
    ("moved_away", 4.0),
    ("other", 3.0),
)
CLAIMABLE: Final = frozenset({"outcomes_met", "step_down"})
SOURCES: Final = (
    ("2A", 34), ("2B", 6), ("1A", 9), ("1B", 3), ("3A", 6), ("3B", 8), ("3C", 3), ("3E", 2), ("3F", 3), ("4", 5),
    ("5A", 8), ("5B", 3), ("5D", 2), ("6", 11), ("7", 1), ("8", 3), ("9", 1), ("10", 1),
)  # fmt: skip


@dataclass(slots=True, eq=False)
class Review:
    """A judgement about a need."""

    day: date
    state: str
    text: str = ""


@dataclass(slots=True, eq=False)
class Need:
    """A need and its story: `met_on` is the day from which it goes well, None where it does not."""

    code: str
    person: Person | None
    identified: date
    met_on: date | None
    reviews: list[Review] = field(default_factory=list)
    written_again: date | None = None


@dataclass(slots=True, eq=False)
class Episode:
    """One spell of help."""

    ref: str
    family: Family
    started: date
    ended: date | None
    assessed: date | None
    planned: date | None
    lead: str
    worker: int
    team: Team
    closure: str
    source: str
    reason: str
    expectant: str
    needs: list[Need] = field(default_factory=list)

    @property
    def went_well(self) -> bool:
        return all(need.met_on for need in self.needs) and self.closure in CLAIMABLE

    def members(self) -> list[Membership]:
        """People of the family whose membership overlaps the episode."""
        return [
            member
            for member in self.family.present()
            if (self.ended is None or member.joined <= self.ended)
            and (member.left is None or member.left >= self.started)
        ]


def first_days(draw: random.Random, families: int, as_of: date) -> list[date]:
    """The days on which families are first helped: three years, growing, with seasons; working days."""
    months = [add_months(as_of.replace(day=1), -ago) for ago in range(YEARS * 12 - 1, -1, -1)]
    weights = [SEASON[month.month - 1] * (1 + GROWTH) ** (place / 12) for place, month in enumerate(months)]
    days = []
    for month in draw.choices(months, weights, k=families):
        last = min(days_after(add_months(month, 1), -1), days_after(as_of, -3))
        days.append(working_day(max(month, between(draw, month, max(month, last)))))
    return sorted(days)


def elapsed(day: date, as_of: date) -> float:
    """How far into the three years a day lies, 0 to 1."""
    return min(1.0, max(0.0, 1 - (as_of - day).days / (YEARS * 365.25)))


def make_episode(
    registry: Registry,
    draw: random.Random,
    family: Family,
    ref: str,
    started: date,
    workers: list[tuple[int, str]],
) -> Episode:
    """One episode of a family, with its needs and how each goes. `workers`: of each team, number and name."""
    as_of = registry.as_of
    expectant = _expecting(registry, draw, family, started)
    teenager = any(13 <= person.age(started) <= 17 for person in family.people())
    has = {"teenager": teenager, "complex": len(family.members) > 4}
    team_index = best_team(draw, family.home.ward, lambda name: has[name])
    team = TEAMS[team_index]
    length = int(min(460, max(62, draw.lognormvariate(math.log(165), 0.42))))
    closure = draw.choices([name for name, _ in CLOSURES], [weight for _, weight in CLOSURES])[0]
    if closure == "withdrew":
        length = max(20, int(length * 0.5))
    if draw.random() < 0.05:
        length += 300  # drifts
    ended: date | None = working_day(days_after(started, length))
    if ended is not None and ended > as_of:
        ended, closure = None, ""

    wait = draw.lognormvariate(math.log(17), 0.5) * (0.8 if team.locality == "Uplands" else 1.0)
    if family.home.ward.locality == "Eastmoor":
        wait *= 1 + 1.4 * elapsed(started, as_of)
    last = ended or as_of
    assessed: date | None = working_day(days_after(started, max(2, int(wait))))
    planned: date | None = working_day(days_after(started, max(2, int(wait)) + draw.randint(3, 21)))
    if assessed and assessed > last:
        assessed = None
    if planned and planned > last:
        planned = assessed if ended and closure in CLAIMABLE else None
    worker, lead = workers[team_index * 8 + draw.randrange(8)]
    chance = draw.random()
    if chance < 0.02:
        assessed = None
    elif chance < 0.045:
        planned = None
    elif chance < 0.065 and assessed:
        planned = days_after(assessed, -draw.randint(2, 12))
    elif chance < 0.085:
        lead = draw.choice(("", "  ", "\u00a0"))

    theme, codes, reason = _theme(draw, family, started, expectant == "Y")
    episode = Episode(
        ref, family, started, ended, assessed, planned, lead, worker, team, closure,
        draw.choices([code for code, _ in SOURCES], [weight for _, weight in SOURCES])[0], reason, expectant,
    )  # fmt: skip
    _give_needs(draw, episode, theme, codes, as_of)
    return episode


def _expecting(registry: Registry, draw: random.Random, family: Family, started: date) -> str:
    """Whether somebody expects a child: Y, N or not asked. A child born since stands for one expected then."""
    soon = any(person.born and started < person.born < days_after(started, 240) for person in family.people())
    mothers = [m.person for m in family.members if m.role == "parent" and 16 <= m.person.age(started) <= 42]
    if not soon and mothers and mothers[0].sex == "F" and draw.random() < 0.025:
        soon = True
        if started > days_after(registry.as_of, -210) or draw.random() < 0.3:
            unborn = registry.unborn(draw, mothers[0].surname, family.home)
            family.members.append(Membership(unborn, "unborn", started))
    return "Y" if soon else draw.choice(("N", "N", ""))


def _theme(
    draw: random.Random, family: Family, day: date, expectant: bool
) -> tuple[dict[str, float], list[str], str]:
    """A theme that fits the family, the codes it has in that theme, and why it was referred."""
    fitting = []
    for _, share, needs, reasons in THEMES:
        possible = {code: weight for code, weight in needs.items() if can_be(code, family, day, expectant)}
        strength = sum(possible.values()) / sum(needs.values())
        first = next(iter(needs))
        fitting.append((share * strength**1.3 * (1.4 if first in possible else 0.2), possible, reasons))
    _, possible, reasons = draw.choices(fitting, [weight for weight, _, _ in fitting])[0]
    wanted = 2 if draw.random() < 0.07 else draw.choices((3, 4, 5, 6, 7), (44, 30, 15, 8, 3))[0]
    pool = dict(possible)
    codes: list[str] = []
    while len(codes) < wanted:
        if not pool:
            pool = {
                code: weight
                for code, weight in FALLBACK.items()
                if code not in codes and can_be(code, family, day, expectant)
            }
            if not pool:
                break
        code = draw.choices(list(pool), list(pool.values()))[0]
        codes.append(code)
        del pool[code]
    reason = draw.choice(reasons)
    children = [member.person for member in family.members if member.role == "child"]
    if children and draw.random() < 0.08:
        reason = draw.choice(
            (
                f"{children[0].forename} struggling since dad left",
                f"{reason}; see report re {children[0].forename}",
            )
        )
    return possible, codes, reason


def _give_needs(
    draw: random.Random, episode: Episode, theme: dict[str, float], codes: list[str], as_of: date
) -> None:
    family, started, last = episode.family, episode.started, episode.ended or as_of
    found_by = episode.assessed or days_after(started, 21)
    well = episode.closure in CLAIMABLE and draw.random() < _chance_of_success(episode)
    doubts: set[str] = set()
    if episode.closure in CLAIMABLE and not well:
        doubts = set(draw.choices(codes, [SUBJECTS[code].hard for code in codes], k=draw.choice((1, 1, 2))))
    for code in codes:
        people: list[Person | None] = [*who_may(code, family, started, episode.expectant == "Y")]
        if not people:
            people = [None]
        draw.shuffle(people)
        count = 2 if len(people) > 1 and code in {"1.1", "8.3", "3.1", "2.3"} and draw.random() < 0.35 else 1
        for person in people[:count]:
            chance = draw.random()
            identified = (
                started
                if chance < 0.45
                else between(draw, started, found_by)
                if chance < 0.92
                else between(draw, found_by, days_after(found_by, 40))
            )
            identified = min(identified, last)
            if code in {"1.1", "10.1"} and draw.random() < 0.012:
                person = None  # nobody wrote down whose need it is
            need = Need(code, person, identified, None)
            if episode.closure in CLAIMABLE:
                good = code not in doubts
                if code in {"1.1", "1.2"} and draw.random() > _attendance_improves(episode, as_of):
                    good = False
            else:
                done = 1.0 if episode.ended else min(1.0, (as_of - started).days / 200)
                good = draw.random() < 0.5 * done / SUBJECTS[code].hard
            if good:
                earliest = days_after(max(identified, found_by), 14)
                earliest = min(max(earliest, days_after(started, (last - started).days * 45 // 100)), last)
                need.met_on = max(identified, between(draw, earliest, last))
            if draw.random() < 0.012:
                need.written_again = between(draw, identified, last)
            episode.needs.append(need)


def _chance_of_success(episode: Episode) -> float:
    deprived = 0.04 if episode.family.home.ward.weight > 1.2 else 0.0
    return 0.86 + episode.team.skill - deprived


def _attendance_improves(episode: Episode, as_of: date) -> float:
    if episode.family.home.ward.locality == "Riverside":
        return 0.6 + 0.38 * elapsed(episode.started, as_of)
    return 0.84


def again(draw: random.Random, first: Episode, as_of: date) -> date | None:
    """The day on which a family comes back, if it does."""
    if first.ended is None or draw.random() > 0.11:
        return None
    day = working_day(first.ended + timedelta(days=draw.randint(75, 500)))
    return day if day < days_after(as_of, -14) else None
