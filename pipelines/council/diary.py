"""What truly happened to people, partner by partner, before it is written down."""

from dataclasses import dataclass, field
from datetime import date

from pipelines.contracts import SERVICES
from pipelines.council.people import Person


@dataclass(slots=True, eq=False)
class Incident:
    """One person's part in one police incident."""

    number: int
    day: date
    offence: str
    role: str
    domestic_abuse: bool
    person: Person
    withdrawn: bool = False


@dataclass(slots=True, eq=False)
class Absence:
    """A child was missing from home; `until` is blank where nobody wrote down the return."""

    person: Person
    since: date
    until: date | None
    withdrawn: bool = False


@dataclass(slots=True, eq=False)
class Spell:
    """A time with a start and perhaps an end: of social care, of work (its kind is blank) or of another service.

    `detail`: what the partner's contract calls the primary need, the reason, the substance or the conditionality.
    `case`: of a duty owed to a household, the number of the case.
    """

    person: Person
    start: date
    end: date | None
    kind: str = ""
    detail: str = ""
    ending: str = ""
    case: int = 0
    withdrawn: bool = False


@dataclass(slots=True, eq=False)
class Event:
    """A day on which something happened: housing, exclusion or health contact."""

    person: Person
    day: date
    kind: str
    detail: str = ""
    withdrawn: bool = False


@dataclass(slots=True, eq=False)
class Pupil:
    """A pupil's attendance: a usual rate, and a low one between two days. `left`: gone from the council's schools;
    `came`: to them, where that is later than the first term of the extract.
    """

    person: Person
    usual: float
    low: float = 0.0
    low_from: date | None = None
    better_from: date | None = None
    left: date | None = None
    came: date | None = None
    withdrawn: bool = False


@dataclass
class Diary:
    """Everything that partners could write down. `services`: contract to the spells that its partner knows of.

    What a partner has `withdrawn` since the quarter before is no longer in its file.
    """

    incidents: list[Incident] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    care: list[Spell] = field(default_factory=list)
    housing: list[Event] = field(default_factory=list)
    work: list[Spell] = field(default_factory=list)
    exclusions: list[Event] = field(default_factory=list)
    health: list[Event] = field(default_factory=list)
    pupils: dict[int, Pupil] = field(default_factory=dict)
    services: dict[str, list[Spell]] = field(default_factory=lambda: {name: [] for name in SERVICES})
    incident_count: int = 0
    case_count: int = 0

    def incident(
        self, day: date, offence: str, domestic_abuse: bool, people: list[tuple[Person, str]]
    ) -> None:
        self.incident_count += 1
        for person, role in people:
            self.incidents.append(Incident(self.incident_count, day, offence, role, domestic_abuse, person))
