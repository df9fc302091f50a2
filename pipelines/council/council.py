"""The whole council: its families, their episodes, and what partners could know about them."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from pipelines.council.chance import draws
from pipelines.council.dates import add_months, days_after
from pipelines.council.diary import Diary
from pipelines.council.events import enrol, everyday, tell
from pipelines.council.hard_cases import ENTERED_TWICE, complicate, enter_twice
from pipelines.council.identifiers import Numbering
from pipelines.council.judging import VALID_FROM, eligible
from pipelines.council.mess import Corrections
from pipelines.council.names import Names, read_names
from pipelines.council.people import Family, Person, Registry, make_family
from pipelines.council.places import TEAMS, Town
from pipelines.council.scenarios import Episode, Need, again, first_days, make_episode
from pipelines.council.services import live, serve
from pipelines.council.strangers import add_strangers

WORKERS_A_TEAM: Final = 8


@dataclass(frozen=True)
class Worker:
    """Somebody who works in a team of early help."""

    ref: str
    name: str
    team: str
    email: str


@dataclass(frozen=True)
class EarlierClaim:
    """A claim that finance made before."""

    ref: str
    family: str
    framework: str
    day: date


@dataclass
class Council:
    """Everything true about the fictional council.

    `adoptions`: a child as it was before and as it is after; the two must never be joined. `corrections`: what partners
    mend in the rows that they sent before; None in the first quarter.
    """

    seed: int
    as_of: date
    first_day: date
    names: Names
    registry: Registry
    workers: list[Worker]
    families: list[Family]
    episodes: list[Episode]
    diary: Diary
    claims: list[EarlierClaim]
    adoptions: list[tuple[Person, Person]] = field(default_factory=list)
    corrections: Corrections | None = None

    @property
    def in_families(self) -> list[Person]:
        return [person for person in self.registry.people if person.families]


def imagine(
    families: int, seed: int, payment: str, as_of: date, progress: Callable[[float], None]
) -> Council:
    """Makes up a council of so many families. The same arguments give the same council."""
    names = read_names(seed)
    numbering = Numbering(draws(seed, "numbers"))
    town = Town(draws(seed, "town"), names, numbering)
    registry = Registry(seed, as_of, names, numbering, town)
    workers = _workers(draws(seed, "workers"), names)
    first = add_months(as_of, -54).replace(day=1)
    council = Council(seed, as_of, first, names, registry, workers, [], [], Diary(), [])
    days = first_days(draws(seed, "days"), families, as_of)
    order = draws(seed, "order")
    places = list(range(families))
    order.shuffle(places)  # a family's number says nothing about when it came
    for index in range(families):
        add_family(council, index, days[places[index]])
        if index % 500 == 499:
            progress((index + 1) / families)
    council.claims = _earlier_claims(
        draws(seed, "claims"), council.families, council.episodes, payment, as_of
    )
    add_strangers(registry, council.diary, families, add_months(as_of, -36))
    return council


def add_family(council: Council, index: int, started: date) -> None:
    """Makes up one family with all that becomes of it until the as-of day, and puts it into the council."""
    registry, diary, as_of = council.registry, council.diary, council.as_of
    draw = draws(council.seed, index)
    desks = [(number, worker.name) for number, worker in enumerate(council.workers)]
    family = make_family(registry, draw, index, started, registry.town.ward(draw))
    adoption = complicate(registry, draws(council.seed, index, "hard"), diary, council.families, family)
    if adoption:
        council.adoptions.append(adoption)
    story = [make_episode(registry, draw, family, f"E3{index:05d}1", started, desks)]
    entries = [family]
    back = again(draw, story[0], as_of)
    if back:
        if draw.random() < ENTERED_TWICE:
            entries.append(enter_twice(family, f"F9{index:05d}", back))
        story.append(make_episode(registry, draw, entries[-1], f"E3{index:05d}2", back, desks))
    for entry in entries:
        for member in entry.members:
            person = member.person
            if entry.ref not in person.families:
                person.families.append(entry.ref)
            if member.anew or not person.refs:
                person.refs.append(f"P{registry.numbering.serial('person') + 300000}")
            if len(person.families) == 1:
                enrol(draw, diary, person, as_of, usual=0.925, spread=0.045)
    for episode in story:
        tell(draw, diary, episode, as_of)
    codes = frozenset(need.code for episode in story for need in episode.needs)
    first = days_after(started, -600)
    everyday(draw, diary, family, codes, first, as_of)
    services = draws(council.seed, index, "services")
    for episode in story:
        serve(services, diary, episode, as_of)
    live(services, diary, family, first, as_of)
    council.families.extend(entries)
    council.episodes.extend(story)


def _workers(draw: random.Random, names: Names) -> list[Worker]:
    workers: list[Worker] = []
    for team in TEAMS:
        for _ in range(WORKERS_A_TEAM):
            culture = draw.choices(
                ("english", "pakistani", "irish", "african", "eastern"), (76, 12, 5, 4, 3)
            )[0]
            sex = "F" if draw.random() < 0.78 else "M"
            forename = names.forename(draw, culture, sex, 1985)
            surname = names.for_sex(culture, names.surname(draw, culture), sex)
            plain = "".join(
                x for x in f"{forename}.{surname}".lower() if x.isascii() and (x.isalpha() or x == ".")
            )
            number = len(workers) + 1
            email = f"{plain}{number}@wythbrook-council.example"
            workers.append(Worker(f"W{number:04d}", f"{forename} {surname}", team.name, email))
    return workers


def _earlier_claims(
    draw: random.Random, families: list[Family], episodes: list[Episode], payment: str, as_of: date
) -> list[EarlierClaim]:
    """Claims made in the weeks after a quarter in which everything was done; and some of the programme before."""
    found: list[tuple[str, str, date]] = []
    claimed: set[str] = set()
    for episode in episodes:
        chance, due = draw.random(), due_day(episode)
        if payment != "by_results" or due is None or episode.family.true_ref in claimed:
            continue
        quarter_end = days_after(add_months(date(due.year, (due.month - 1) // 3 * 3 + 1, 1), 3), -1)
        if days_after(quarter_end, 60) > as_of:
            continue  # this quarter's claims are being put together
        day = days_after(quarter_end, draw.randint(8, 26))
        while chance > 0.66 and day <= as_of:  # overlooked, and taken up a quarter later, or never
            chance, day = draw.random(), days_after(day, 91)
            if chance > 0.9:
                day = date.max
        if day <= as_of:
            claimed.add(episode.family.true_ref)
            found.append((episode.family.ref, "supporting-families-2022", day))
    for family in families:
        if draw.random() < 0.045:
            day = days_after(date(2016, 4, 1), draw.randrange(1500))
            found.append((family.ref, "troubled-families-2015", day))
    found.sort()
    return [EarlierClaim(f"C{number:06d}", *claim) for number, claim in enumerate(found, 1)]


def due_day(episode: Episode) -> date | None:
    """The day from which this episode could be claimed, as the council saw it then; none where it could not."""
    practice = episode.assessed and episode.planned and episode.planned >= episode.assessed
    if not (episode.went_well and eligible(episode) and practice and episode.lead.strip()):
        return None
    due = max(_proved(need) for need in episode.needs)
    return due if due >= VALID_FROM else None


def _proved(need: Need) -> date:
    met = need.met_on or need.identified
    return add_months(met, 8 if need.code in {"1.1", "1.2"} else 6)
