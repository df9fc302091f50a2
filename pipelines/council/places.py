"""The town that does not exist: Wythbrook, its wards, localities, teams, schools and streets.

Postcodes begin with WB, an area that no British postcode has.
"""

import random
from dataclasses import dataclass, field
from typing import Final

from pipelines.council.identifiers import Numbering
from pipelines.council.names import Names

AUTHORITY: Final = "Wythbrook"
INWARD: Final = "ABDEFGHJLNPQRSTUWXYZ"


@dataclass(frozen=True)
class Ward:
    """A ward: how many families it sends to early help, and who lives there.

    `weight` is its share of families helped, `elsewhere` multiplies the share of families with roots elsewhere.
    """

    number: int
    name: str
    locality: str
    weight: float
    elsewhere: float


WARDS: Final = (
    Ward(1, "Tanners Row", "Central", 1.7, 2.2),
    Ward(2, "Gaslight Hill", "Central", 1.5, 1.6),
    Ward(3, "Minster Gate", "Central", 0.9, 1.4),
    Ward(4, "Ropewalk North", "Riverside", 1.4, 1.1),
    Ward(5, "Wyth Quays", "Riverside", 1.1, 1.0),
    Ward(6, "Osier Holme", "Riverside", 0.7, 0.5),
    Ward(7, "Colliers Moor", "Uplands", 1.3, 0.3),
    Ward(8, "Hagg Fold", "Uplands", 0.8, 0.2),
    Ward(9, "Larkstone Edge", "Uplands", 0.4, 0.3),
    Ward(10, "Saltmarsh End", "Eastmoor", 1.2, 0.5),
    Ward(11, "Beacon Thorpe", "Eastmoor", 0.9, 0.4),
    Ward(12, "Abbey Dene", "Eastmoor", 0.5, 0.4),
)
LOCALITIES: Final = ("Central", "Riverside", "Uplands", "Eastmoor")


@dataclass(frozen=True)
class Team:
    """A team of early help: how much better or worse than others it does (added to a chance of success)."""

    name: str
    locality: str  # blank: the whole town
    skill: float


TEAMS: Final = (
    Team("Central Family Hub", "Central", -0.03),
    Team("Riverside Family Hub", "Riverside", 0.0),
    Team("Uplands Family Hub", "Uplands", 0.09),
    Team("Eastmoor Family Hub", "Eastmoor", -0.08),
    Team("Youth and Families", "", 0.02),
    Team("Intensive Family Support", "", 0.05),
)
PRIMARIES: Final = tuple(f"{ward.name} Primary School" for ward in WARDS)
SECONDARIES: Final = (
    "Wythbrook Academy",
    "St Oswin's Catholic High School",
    "Larkstone High School",
    "The Ropewalk School",
    "Eastmoor Community College",
)
UNIT: Final = "The Lantern Pupil Referral Unit"
SURGERIES: Final = (
    "Minster Gate Surgery",
    "The Quays Medical Centre",
    "Hagg Fold Practice",
    "Beacon Thorpe Health Centre",
)


@dataclass(frozen=True)
class Home:
    """A property: its address, postcode and unique property reference number."""

    address: str
    postcode: str
    uprn: str
    ward: Ward


@dataclass
class Town:
    """The streets, and who has a home in them. Every home is a new one, save where a neighbour is asked for."""

    draw: random.Random
    names: Names
    numbering: Numbering
    _taken: set[tuple[int, str, str]] = field(default_factory=set)
    _streets: dict[int, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for ward in WARDS:
            self._streets[ward.number] = self.draw.sample(self.names.streets, 150)

    def home(self, ward: Ward, draw: random.Random) -> Home:
        while True:
            place = draw.randrange(150)
            number = min(int(draw.expovariate(1 / 60)) + 1, 320)
            flat = f"Flat {draw.randint(1, 24)}, " if draw.random() < 0.16 else ""
            street = self._streets[ward.number][place]
            if (ward.number, flat, f"{number} {street}") not in self._taken:
                break
        self._taken.add((ward.number, flat, f"{number} {street}"))
        return Home(
            f"{flat}{number} {street}, {ward.name}",
            _postcode(ward.number, place, number),
            self.numbering.uprn(),
            ward,
        )

    def next_door(self, home: Home) -> Home:
        """Another home with the same postcode."""
        street = home.address.split(", ", 1)[1] if home.address.startswith("Flat ") else home.address
        return Home(f"Top Flat, {street}", home.postcode, self.numbering.uprn(), home.ward)

    def ward(self, draw: random.Random) -> Ward:
        return draw.choices(WARDS, [ward.weight for ward in WARDS])[0]


def _postcode(ward: int, street: int, number: int) -> str:
    block = street * 8 + min(number // 30, 7)  # some thirty doors share a postcode
    sector, rest = divmod(block, len(INWARD) ** 2)
    first, second = divmod(rest, len(INWARD))
    return f"WB{ward} {sector + 1}{INWARD[first]}{INWARD[second]}"


def school_for(draw: random.Random, ward: Ward, started_secondary: bool) -> str:
    """A school that a pupil of this ward may go to."""
    if started_secondary:
        nearest = LOCALITIES.index(ward.locality)
        return SECONDARIES[nearest] if draw.random() < 0.7 else draw.choice(SECONDARIES)
    return PRIMARIES[ward.number - 1] if draw.random() < 0.75 else draw.choice(PRIMARIES)
