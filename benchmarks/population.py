"""A town whose people five agencies know, of any size: records to link, and who each of them is.

What decides how hard it is to link stands in the tables at the top. No agency publishes how often it mistypes a name,
so the shares are our judgement: people, households and names roughly as in an English town of mixed descent; mess as
often as in the sample extracts (about one row in six), spread over the agencies as their forms suggest (the police
hear names and guess addresses, a school has a number for nearly everybody, a landlord often has no date of birth).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
from faker.providers.person.en_GB import Provider as English

from pipelines.council.identifiers import (
    ABOLISHED_AUTHORITY,
    NINO_FIRST,
    NINO_SECOND,
    NINO_UNUSED,
    UPN_LETTERS,
)
from pipelines.council.mess import KEYBOARD, PLAIN_LETTERS
from pipelines.council.names import ELSEWHERE, NICKNAMES, YOUNG_FEMALE, YOUNG_MALE

SOURCES: Final = ("case_system", "schools", "police", "health", "housing_and_jobs")

# Who is known to an agency: share of children up to 3, of pupils from 4 to 18, of adults; and of those known, the mean
# number of further records (a school sends a row a term, the police a row an incident).
KNOWN: Final = {
    "case_system": (0.38, 0.42, 0.30, 0.12),
    "schools": (0.02, 0.94, 0.00, 1.90),
    "police": (0.02, 0.14, 0.30, 1.00),
    "health": (0.98, 0.93, 0.86, 0.90),
    "housing_and_jobs": (0.00, 0.04, 0.58, 0.80),
}
# Share of records that give a column, where the person has such a thing. What is not named here, nobody there asks.
GIVEN: Final = {
    "case_system": {
        "also_known_as": 0.3, "date_of_birth": 0.995, "sex": 0.98, "postcode": 0.97, "address": 0.95, "uprn": 0.7,
        "nhs_number": 0.72, "upn": 0.75, "nino": 0.4,
    },
    "schools": {"date_of_birth": 1.0, "sex": 0.97, "postcode": 0.98, "upn": 0.985},
    "police": {"date_of_birth": 0.96, "sex": 0.95, "postcode": 0.88, "address": 0.9},
    "health": {"date_of_birth": 1.0, "sex": 0.97, "postcode": 0.95, "nhs_number": 0.975},
    "housing_and_jobs": {
        "date_of_birth": 0.8, "sex": 0.5, "postcode": 0.98, "address": 0.97, "uprn": 0.6, "nino": 0.66,
    },
}  # fmt: skip
# Share of records spoilt in that way, where they can be (only a double surname can be halved), in the order of SOURCES.
MESS: Final = {
    "typo_forename": (0.010, 0.012, 0.030, 0.012, 0.018),
    "typo_surname": (0.012, 0.014, 0.035, 0.014, 0.020),
    "nickname": (0.030, 0.035, 0.080, 0.020, 0.050),
    "initial_only": (0.001, 0.001, 0.008, 0.002, 0.040),
    "transposed": (0.002, 0.004, 0.012, 0.003, 0.010),
    "maiden_name": (0.030, 0.000, 0.060, 0.070, 0.050),
    "half_surname": (0.080, 0.100, 0.180, 0.080, 0.120),
    "no_diacritics": (0.300, 0.700, 1.000, 0.500, 0.800),
    "capitals": (0.010, 0.010, 1.000, 0.050, 0.400),
    "packed_postcode": (0.020, 0.050, 0.300, 0.050, 0.100),
    "day_month_swapped": (0.006, 0.010, 0.025, 0.008, 0.012),
    "birth_day_wrong": (0.005, 0.005, 0.018, 0.005, 0.008),
    "birth_year_wrong": (0.004, 0.005, 0.018, 0.004, 0.008),
    "old_address": (0.180, 0.220, 0.350, 0.300, 0.200),
    "wrong_digit": (0.010, 0.004, 0.000, 0.008, 0.010),
    "relatives_number": (0.0015, 0.0005, 0.0000, 0.0008, 0.0010),
}
# Share of households by descent; the names of each are those of the fictional council, English ones by frequency.
DESCENT: Final = {
    "english": 0.715, "pakistani": 0.065, "bangladeshi": 0.025, "indian": 0.045, "african": 0.035, "somali": 0.015,
    "eastern": 0.045, "chinese": 0.008, "arabic": 0.015, "irish": 0.017, "caribbean": 0.015,
}  # fmt: skip
# Where a family name is not simply handed down from the father.
OWN_SURNAMES: Final = {"pakistani": 0.3, "bangladeshi": 0.4, "somali": 0.2, "indian": 0.1, "african": 0.05}
# Where days of birth were lost on the way, and 1 January was written for them.
FIRST_OF_JANUARY: Final = {
    "somali": 0.12,
    "arabic": 0.06,
    "african": 0.03,
    "pakistani": 0.02,
    "bangladeshi": 0.03,
}
HOUSEHOLDS: Final = {
    "alone": 0.24, "couple": 0.20, "couple_with_children": 0.29, "lone_parent": 0.14, "three_generations": 0.05,
    "two_families": 0.04, "sharers": 0.04,
}  # fmt: skip
CHILDREN: Final = (0.43, 0.36, 0.14, 0.05, 0.02)  # share of families with one to five
TWINS: Final = 0.02  # share of children who come with the one before
SON_AS_FATHER: Final = (
    0.03  # share of eldest sons who bear their father's forename, of fathers who bear theirs
)
COUSIN_AS_COUSIN: Final = 0.05  # share of children in two families of one house named as the other family's
NAMESAKES: Final = 0.003  # share of adults with a namesake born within three weeks of them
MOVED: Final = 0.35  # share of households with an earlier home, which somebody else lives in now
MARRIED_NAME: Final = 0.62  # share of partners and of lone mothers who took another surname
DOUBLE_SURNAME: Final = 0.05
HOMES_A_POSTCODE: Final = 15
PEOPLE_A_HOUSEHOLD: Final = 2.55
RECORDS_A_PERSON: Final = (
    2.85  # what the tables above come to, a little less, so that there are enough to choose from
)

# From one quarter to the next, of the records of the first.
NEW: Final = 0.10
CORRECTED: Final = 0.02
WITHDRAWN: Final = 0.01

AS_OF: Final = (date(2024, 10, 31) - date(1970, 1, 1)).days
YEAR: Final = 365.25
MOST_PEOPLE: Final = 800_000  # of the range of NHS numbers kept for tests


def _words(names: str) -> tuple[str, ...]:
    return tuple(names.split())


# Surnames beyond the five hundred commonest, which two people in five bear: built as English ones are.
_RARE_FIRST: Final = _words(
    "Ash Beck Black Brad Brock Brom Burn Cald Carl Char Clay Cope Cran Dal Dun East Eck Fair Fern Gar Gold Gris Had "
    "Hals Ham Hart Hather Hazel Holm Horn Kel Kirk Lang Led Lin Lock Mal Mars Mid Nor Oak Old Pem Pen Rad Red Rock "
    "Row Rush Sal Sand Shel Stan Stock Sut Thorn Tim Wal Wet Whit Wil Win Wood Wyn"
)
_RARE_LAST: Final = _words(
    "acre bank bourne bridge brook bury by combe cott croft dale den field ford gate grave greave ham hill hurst "
    "ingham ington land ley low man mere more rigg row shaw stead stone thorpe ton wall ward water well wick wood worth"
)
_DOUBLE_FEMALE: Final = (
    "Ella Lily Gracie Evie Ava Amelia Isla Mia Lexi Ellie Daisy Millie",
    "Mae Rose Grace May Leigh Rae Louise Jo",
)
_DOUBLE_MALE: Final = ("Alfie Tommy Bobby Charlie Teddy Freddie Jaxon Archie", "Lee James Jay Ray John Joe")
_STREETS: Final = _words(
    "Albert Alma Ash Bank Beech Bridge Brook Canal Castle Cedar Chapel Church Clarence Cross Derby Duke Elm Field "
    "Forge Garden George Grange Green Grove Hall Hawthorn High Hill Holly Jubilee King Laurel Lime London Maple "
    "Market Mill Moor New North Oak Orchard Park Poplar Priory Quarry Queen Railway Regent River Rowan School Spring "
    "Station Stanley Thorn Union Victoria Warren Water West Willow Windsor York"
)
_ENDINGS: Final = ("Street", "Road", "Avenue", "Close", "Lane", "Drive", "Terrace", "Place", "Way", "Gardens")

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Draws = np.random.Generator


def population(records: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """So many records of a town, as five agencies keep them, and who they are.

    Gives the records (`record_id, source, forename, surname, also_known_as, date_of_birth, sex, postcode, address,
    uprn, nhs_number, upn, nino`, blank where not known) in no order, and the truth (`record_id, person`: Int64) in the
    same. The same number and seed give the same town. Raises ValueError where there are not numbers enough for all.
    """
    draws = np.random.default_rng(seed)
    town = _town(draws, records)
    written = _with_names(town.written(draws, np.arange(records)))
    return written, written.select("record_id", person=pl.Series(town.whose))


def quarters(records: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The records of one quarter, those of the next, and who they are (`record_id, person`, for both).

    Of the first `records`, some are withdrawn, some corrected in one respect (name, birth, place or number), and new
    ones come, of people known and unknown, as many of each as stands at the top. A record keeps its `record_id`.
    """
    draws = np.random.default_rng(seed)
    total = records + int(records * NEW)
    town = _town(draws, total)
    written = _with_names(town.written(draws, np.arange(total)))
    # No order in the names: those that come later stand among those that were there.
    written = written.with_columns(pl.col("record_id").shuffle(seed))
    told = draws.permutation(records)
    withdrawn = told[: int(records * WITHDRAWN)]
    # Most that are written down anew read as before: enough are, so that as many as wanted do not.
    candidates = told[len(withdrawn) : len(withdrawn) + int(records * CORRECTED * 8)]
    anew = _corrected(draws, written[candidates], town.written(draws, candidates))
    anew = anew.head(int(records * CORRECTED))
    gone = pl.concat([anew["record_id"], written["record_id"].gather(withdrawn)])
    second = pl.concat([written.filter(~pl.col("record_id").is_in(gone.implode())), anew])
    return written.head(records), second, written.select("record_id", person=pl.Series(town.whose))


def _corrected(draws: Draws, before: pl.DataFrame, anew: pl.DataFrame) -> pl.DataFrame:
    """Records of `before` that read otherwise in `anew`, the same in order: with one of what differs taken from it."""
    pair = pl.concat([before, anew.select(pl.all().name.suffix("_anew"))], how="horizontal")
    pair = pair.with_columns(
        pl.when(pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_anew")) for name in names))
        .then(pl.Series(draws.random(before.height)))
        .alias(respect)
        for respect, names in _RESPECTS.items()
    )
    chosen = pl.max_horizontal(*_RESPECTS)
    return (
        pair.filter(chosen.is_not_null())
        .select(
            "record_id",
            "source",
            *(
                pl.when((pl.col(respect) == chosen).fill_null(False))
                .then(f"{name}_anew")
                .otherwise(name)
                .alias(name)
                for respect, names in _RESPECTS.items()
                for name in names
            ),
        )
        .select(before.columns)
    )


def _with_names(written: pl.DataFrame) -> pl.DataFrame:
    record_id = pl.concat_str("source", pl.lit(":"), pl.int_range(pl.len()).cast(pl.String).str.zfill(7))
    return written.select(record_id.alias("record_id"), "source", *_COLUMNS)


@dataclass(frozen=True)
class _Town:
    """People, their homes, and which person (by row) and which agency (by number) each record is about."""

    people: pl.DataFrame
    homes: pl.DataFrame
    whose: Ints
    source: Ints

    def written(self, draws: Draws, which: Ints) -> pl.DataFrame:
        """Some of the records as their agencies write them."""
        written = _written(draws, self.people, self.homes, self.whose[which], self.source[which])
        return written.select("source", *_COLUMNS)


def _town(draws: Draws, records: int) -> _Town:
    wanted = int(records / RECORDS_A_PERSON * 1.04) + 40
    if wanted > MOST_PEOPLE:
        raise ValueError(f"There are numbers for {MOST_PEOPLE} people, and {wanted} were asked for.")
    people, homes = _people(draws, wanted)
    whose, source = _known(draws, people)
    short = records - len(whose)
    if short > 0:  # a handful of people whom nobody happens to know: some records are there twice
        again = draws.integers(0, len(whose), short)
        whose, source = np.concatenate([whose, whose[again]]), np.concatenate([source, source[again]])
    chosen = draws.permutation(len(whose))[:records]
    return _Town(people, homes, whose[chosen], source[chosen])


_COLUMNS: Final = (
    "forename", "surname", "also_known_as", "date_of_birth", "sex", "postcode", "address", "uprn", "nhs_number",
    "upn", "nino",
)  # fmt: skip


_RESPECTS: Final = {
    "name": ("forename", "surname", "also_known_as"),
    "birth": ("date_of_birth", "sex"),
    "living": ("postcode", "address", "uprn"),
    "number": ("nhs_number", "upn", "nino"),
}


# --- names ---


@dataclass(frozen=True)
class _Vocabulary:
    """All names, each once, and for each descent which are drawn with what chance."""

    words: pl.Series
    pools: Mapping[tuple[str, str], tuple[Ints, npt.NDArray[np.float64]]]
    hers: Ints  # the form of a surname that a woman bears


def _vocabulary() -> _Vocabulary:
    index: dict[str, int] = {}

    def pool(names: Mapping[str, float]) -> tuple[Ints, npt.NDArray[np.float64]]:
        numbers = np.array([index.setdefault(name, len(index)) for name in names], np.int64)
        weights = np.array(list(names.values()))
        return numbers, weights / weights.sum()

    pools = {
        ("english", "surname"): pool(_english_surnames()),
        ("english", "M"): pool(_falling(English.first_names_male)),
        ("english", "F"): pool(_falling(English.first_names_female)),
        ("english", "young M"): pool(_young(YOUNG_MALE, English.first_names_male, _DOUBLE_MALE)),
        ("english", "young F"): pool(_young(YOUNG_FEMALE, English.first_names_female, _DOUBLE_FEMALE)),
    }
    inflected: dict[str, str] = {}
    for descent, culture in ELSEWHERE.items():
        for kind, names in (("surname", culture.surnames), ("M", culture.male), ("F", culture.female)):
            pools[descent, kind] = pool(_falling(names))
        for name in culture.surnames:
            for ending, other in culture.female_surnames:
                if name.endswith(ending):
                    inflected[name] = name.removesuffix(ending) + other
                    break
    inflected["Singh"] = "Kaur"
    for name in inflected.values():
        index.setdefault(name, len(index))
    hers = np.arange(len(index))
    for plain, inflection in inflected.items():
        hers[index[plain]] = index[inflection]
    return _Vocabulary(pl.Series(list(index), dtype=pl.String), pools, hers)


def _falling(names: tuple[str, ...]) -> dict[str, float]:
    """Names from common to rare; one that stands there more than once is as much more common."""
    weights: dict[str, float] = {}
    for rank, name in enumerate(names):
        weights[name] = weights.get(name, 0.0) + 1 / (rank + 6)
    return weights


def _young(own: str, parents: tuple[str, ...], double: tuple[str, str]) -> dict[str, float]:
    """What children are called: half by names of their own time, and a few by two in one."""
    weights = {name: weight * 1.2 for name, weight in _falling(parents).items()}
    for name, weight in _falling(tuple(own.split())).items():
        weights[name] = weights.get(name, 0.0) + weight * 2
    firsts, lasts = (words.split() for words in double)
    share = sum(weights.values()) * 0.06 / (len(firsts) * len(lasts))
    return weights | {f"{first}-{last}": share for first in firsts for last in lasts}


def _english_surnames() -> dict[str, float]:
    common = {name: float(weight) for name, weight in English.last_names.items()}
    rare = sorted({first + last for first in _RARE_FIRST for last in _RARE_LAST} - set(common))
    # A fixed shuffle: rank must not follow the alphabet.
    order = np.random.default_rng(0).permutation(len(rare))
    falling = {rare[at]: 1 / (rank + 40) for rank, at in enumerate(order)}
    share = (100 - sum(common.values())) / sum(falling.values())
    return common | {name: weight * share for name, weight in falling.items()}


# --- people ---


def _people(draws: Draws, wanted: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """At least so many people (one row each), and the homes of the town (one row each, by number)."""
    names = _vocabulary()
    houses = _Houses(draws, int(wanted / PEOPLE_A_HOUSEHOLD * 1.03) + 8, names)
    houses.fill()
    member = houses.members()
    _add_namesakes(draws, member)
    count = len(member["household"])
    words = names.words
    second = member["second"]
    double = pl.Series(second >= 0)
    people = pl.DataFrame(
        {
            "household": member["household"],
            "born": member["born"],
            "sex": pl.Series(np.where(member["female"], "F", "M")),
            "forename": words.gather(member["forename"]),
            "called": _nicknames(words).gather(member["forename"]),
            "first_surname": words.gather(member["surname"]),
            "second_surname": words.gather(np.maximum(second, 0)).set(~double, None),
            "maiden": words.gather(np.maximum(member["maiden"], 0)).set(
                pl.Series(member["maiden"] < 0), None
            ),
            "home": houses.home[member["household"]],
            "old_home": houses.old_home[member["household"]],
        }
    ).with_columns(surname=pl.concat_str("first_surname", "second_surname", separator="-", ignore_nulls=True))
    age = (AS_OF - member["born"]) / YEAR
    return people.with_columns(_numbers(draws, count, age, member["born"])), _homes(houses.home_count)


def _nicknames(words: pl.Series) -> pl.Series:
    return pl.Series([NICKNAMES.get(word, (None,))[0] for word in words], dtype=pl.String)


class _Houses:
    """Households, and their people place by place: `add` fills one place of some households at a time."""

    def __init__(self, draws: Draws, count: int, names: _Vocabulary) -> None:
        self.draws, self.count, self.names = draws, count, names
        self.descents = list(DESCENT)
        self.descent = draws.choice(len(DESCENT), count, p=_shares(DESCENT))
        self.kind = np.array(list(HOUSEHOLDS))[draws.choice(len(HOUSEHOLDS), count, p=_shares(HOUSEHOLDS))]
        self.home_count = int(count * 1.04) + 2
        self.home = draws.permutation(self.home_count)[:count]
        moved = draws.random(count) < MOVED
        self.old_home = np.where(moved, draws.integers(0, self.home_count, count), -1)
        self.own = self._chance(OWN_SURNAMES)
        self.january = self._chance(FIRST_OF_JANUARY)
        self._parts: list[dict[str, npt.NDArray[Any]]] = []

    def members(self) -> dict[str, npt.NDArray[Any]]:
        """Everybody: `household, born, female, forename, surname, second, maiden` (the last two -1: none)."""
        return {name: np.concatenate([part[name] for part in self._parts]) for name in self._parts[0]}

    def fill(self) -> None:
        draws, count, kind = self.draws, self.count, self.kind
        none = np.full(count, -1)
        everybody = np.ones(count, bool)
        with_children = np.isin(
            kind, ("couple_with_children", "lone_parent", "three_generations", "two_families")
        )
        couple = np.isin(kind, ("couple", "couple_with_children", "three_generations", "two_families"))
        lone = kind == "lone_parent"
        family_name, other_name, third_name = (self.surname() for _ in range(3))
        took = draws.random(count) < MARRIED_NAME

        # Ages hang on the eldest child; who has none is of any age.
        eldest = draws.uniform(0, 18.9, count)
        at_birth = np.clip(draws.normal(28, 6, count), 15.5, 45)
        mothers_age = np.where(with_children, eldest + at_birth, draws.uniform(18, 92, count))
        fathers_age = np.maximum(
            mothers_age + draws.normal(2.5, 4, count), np.where(with_children, eldest + 16, 18)
        )

        # One adult in every household: the father of a couple, mostly the mother where there is one parent.
        alike = draws.random(count) < 0.03
        alone_female = draws.random(count) < np.where(lone, 0.88, 0.5)
        first_female = np.where(couple, alike & (draws.random(count) < 0.5), alone_female)
        divorced = lone & first_female & took
        first_born = self.day_of(np.where(couple, fathers_age, mothers_age))
        first_forename = self.forename(first_female, first_born)
        self.add(
            everybody,
            first_born,
            first_female,
            first_forename,
            family_name,
            maiden=np.where(divorced, other_name, none),
        )
        second_female = first_female == alike
        married = couple & took
        second_born = self.day_of(mothers_age)
        self.add(
            couple, second_born, second_female, self.forename(second_female, second_born),
            np.where(married, family_name, other_name), maiden=np.where(married & second_female, other_name, none),
        )  # fmt: skip

        # Children bear one surname, be it the father's who left, or both parents' in one.
        his = np.where(lone & ~divorced & (draws.random(count) < 0.6), third_name, family_name)
        double = couple & ~married & (draws.random(count) < DOUBLE_SURNAME * 4) & (his != other_name)
        double &= self.descent == self.descents.index("english")
        second_name = np.where(double, other_name, none)
        number = 1 + draws.choice(len(CHILDREN), count, p=CHILDREN)
        first_son = with_children & couple & ~first_female & (draws.random(count) < SON_AS_FATHER)
        names = self._children(
            with_children,
            number,
            self.day_of(eldest),
            his,
            second_name,
            np.where(first_son, first_forename, none),
        )

        # Grandparents; a grandfather may have handed his name down.
        older = kind == "three_generations"
        female = draws.random(count) < 0.6
        born = self.day_of(np.minimum(fathers_age + np.clip(draws.normal(28, 5, count), 17, 45), 101))
        handed = ~female & ~first_female & (draws.random(count) < SON_AS_FATHER)
        forename = np.where(handed, first_forename, self.forename(female, born))
        self.add(older, born, female, forename, family_name)

        # A brother's or sister's family under the same roof: cousins of one surname, some of one name.
        second_family = kind == "two_families"
        female = draws.random(count) < 0.5
        born = first_born + self.days(-7, 7)
        self.add(second_family, born, female, self.forename(female, born), family_name)
        number = 1 + draws.choice(3, count, p=(0.5, 0.3, 0.2))
        eldest_cousin = np.minimum(self.day_of(eldest) + self.days(-4, 4), AS_OF - 20)
        named = draws.random(count) < COUSIN_AS_COUSIN
        self._children(second_family, number, eldest_cousin, family_name, none, np.where(named, names, none))

        sharers = kind == "sharers"
        for place in range(3):
            female = draws.random(count) < 0.5
            born = self.day_of(draws.uniform(18, 45, count))
            here = sharers & ((place == 0) | (draws.random(count) < 0.6))
            self.add(here, born, female, self.forename(female, born), self.surname())

    def _children(
        self, here: Flags, number: Ints, eldest: Ints, surname: Ints, second: Ints, given: Ints
    ) -> Ints:
        """Up to five children of a household; the eldest is a son called `given`, where that is not -1.

        Gives the forename of the eldest."""
        draws, born = self.draws, eldest
        first = np.full(self.count, -1)
        for place in range(len(CHILDREN)):
            if place:
                twin = draws.random(self.count) < TWINS
                gap = (1 + draws.exponential(2.2, self.count)) * YEAR
                born = np.where(twin, born, born + gap.astype(np.int64))
            female = draws.random(self.count) < 0.49
            if place == 0:
                female &= given < 0
            forename = self.forename(female, born)
            if place == 0:
                first = forename = np.where(given >= 0, given, forename)
            half = np.zeros(self.count, bool) if place else draws.random(self.count) < 0.08
            name = np.where(half | (draws.random(self.count) < self.own), self.surname(), surname)
            present = here & (place < number) & (born <= AS_OF)
            self.add(present, born, female, forename, name, second=np.where(name == surname, second, -1))
        return first

    def add(
        self,
        here: Flags,
        born: Ints,
        female: Flags,
        forename: Ints,
        surname: Ints,
        *,
        second: Ints | None = None,
        maiden: Ints | None = None,
    ) -> None:
        none = np.full(self.count, -1)
        january = self.draws.random(self.count) < self.january
        born = np.where(january, _first_of_january(born), born)
        hers = np.where(female, self.names.hers[surname], surname)
        columns = {
            "household": np.arange(self.count),
            "born": born,
            "female": female,
            "forename": forename,
            "surname": hers,
            "second": none if second is None else second,
            "maiden": none if maiden is None else maiden,
        }
        self._parts.append({name: values[here] for name, values in columns.items()})

    def day_of(self, age: npt.NDArray[np.float64]) -> Ints:
        """The day of birth at each age in years."""
        days: Ints = AS_OF - (age * YEAR).astype(np.int64)
        return days

    def days(self, earliest: float, latest: float) -> Ints:
        return (self.draws.uniform(earliest, latest, self.count) * YEAR).astype(np.int64)

    def surname(self) -> Ints:
        return self._names(np.full(self.count, "surname"))

    def forename(self, female: Flags, born: Ints) -> Ints:
        kind = np.where(female, "F", "M")
        english = self.descent == self.descents.index("english")
        young = english & (born > AS_OF - int(24 * YEAR))
        return self._names(np.where(young, np.char.add("young ", kind), kind))

    def _names(self, kind: npt.NDArray[np.str_]) -> Ints:
        drawn = np.zeros(self.count, np.int64)
        for number, descent in enumerate(self.descents):
            here = self.descent == number
            for name in np.unique(kind[here]):
                these = here & (kind == name)
                numbers, weights = self.names.pools[descent, str(name)]
                drawn[these] = self.draws.choice(numbers, int(these.sum()), p=weights)
        return drawn

    def _chance(self, shares: Mapping[str, float]) -> npt.NDArray[np.float64]:
        chances: npt.NDArray[np.float64] = np.array([shares.get(descent, 0.0) for descent in self.descents])
        return chances[self.descent]


def _shares(table: Mapping[str, float]) -> npt.NDArray[np.float64]:
    shares: npt.NDArray[np.float64] = np.array(list(table.values()))
    return shares / float(shares.sum())


def _add_namesakes(draws: Draws, member: dict[str, npt.NDArray[Any]]) -> None:
    """Give some adults the name of another, and a day of birth within three weeks of theirs."""
    adults = np.flatnonzero(AS_OF - member["born"] > 18 * YEAR)
    pairs = draws.permutation(adults)[: int(len(adults) * NAMESAKES / 2) * 2].reshape(2, -1)
    one, other = pairs[0], pairs[1]
    apart = draws.integers(1, 22, len(one)) * draws.choice((-1, 1), len(one))
    for name in ("female", "forename", "surname", "second"):
        member[name][other] = member[name][one]
    member["maiden"][other] = -1
    member["born"][other] = member["born"][one] + apart


def _first_of_january(days: Ints) -> Ints:
    month, _ = _month_and_day(days)
    return _first_of_month(month - month % 12)


# --- numbers and homes ---


def _numbers(draws: Draws, count: int, age: npt.NDArray[np.float64], born: Ints) -> list[pl.Series]:
    """Valid NHS numbers for all, pupil numbers from 4 to 24 years, National Insurance numbers from 16."""
    bodies = draws.permutation(1_000_000)
    digits = bodies[:, None] // 10 ** np.arange(5, -1, -1) % 10
    check = 11 - (9 * (10 + 9 + 8) + digits @ np.arange(7, 1, -1)) % 11
    possible = np.flatnonzero(check != 10)[:count]
    nhs = _zero_filled(bodies[possible] * 10 + check[possible] % 11, 7, "999")

    entry = born.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970 + 4
    serial = draws.permutation(count)
    body = (int(ABOLISHED_AUTHORITY) * 100 + entry % 100) * 10_000_000 + serial
    total = (body[:, None] // 10 ** np.arange(11, -1, -1) % 10) @ np.arange(2, 14)
    letter = pl.Series(list(UPN_LETTERS)).gather(total % 23)
    upn = (letter + _zero_filled(body, 12, "")).set(pl.Series((age < 4) | (age > 24)), None)

    prefixes = [a + b for a in NINO_FIRST for b in NINO_SECOND if a + b not in NINO_UNUSED]
    prefix = pl.Series(prefixes).gather(draws.integers(0, len(prefixes), count))
    suffix = pl.Series(list("ABCD")).gather(draws.integers(0, 4, count))
    nino = prefix + _zero_filled(draws.permutation(1_000_000)[:count], 6, "") + suffix
    nino = nino.set(pl.Series(age < 16), None)
    return [nhs.alias("nhs_number"), upn.alias("upn"), nino.alias("nino")]


def _zero_filled(numbers: Ints, digits: int, before: str) -> pl.Series:
    filled = pl.Series(numbers).cast(pl.String).str.zfill(digits)
    return pl.select(pl.lit(before) + filled).to_series() if before else filled


def _homes(count: int) -> pl.DataFrame:
    """Every home of the town by its number: `address, home_postcode, home_uprn`. Fifteen share a postcode."""
    home = pl.int_range(count, eager=True)
    block = home // HOMES_A_POSTCODE
    streets = pl.Series([f"{name} {ending}" for ending in _ENDINGS for name in _STREETS])
    inward = pl.Series([a + b for a in "ABDEFGHJLNPQRSTUWXYZ" for b in "ABDEFGHJLNPQRSTUWXYZ"])
    frame = pl.DataFrame({"home": home, "block": block, "place": home % HOMES_A_POSTCODE}).with_columns(
        street=streets.gather(block * 37 % len(streets)),
        inward=inward.gather(block * 7 % len(inward)),
        sector=(block // len(inward)) % 9 + 1,
        district=block // (len(inward) * 9) + 1,
        flats=block % 7 == 3,
        first=(block // len(streets)) * 2 * HOMES_A_POSTCODE,
    )
    door = (pl.col("first") + pl.col("place") * 2 + 1).cast(pl.String)
    flat = pl.format("Flat {}, {}", pl.col("place") + 1, (pl.col("first") + 1).cast(pl.String))
    return frame.select(
        "home",
        address=pl.format("{} {}, Wythbrook", pl.when("flats").then(flat).otherwise(door), "street"),
        home_postcode=pl.format("WB{} {}{}", "district", "sector", "inward"),
        home_uprn=pl.format(
            "100{}", ((pl.col("home") * 387_641 + 5_077) % 10_000_000).cast(pl.String).str.zfill(7)
        ),
    )


# --- records ---


def _known(draws: Draws, people: pl.DataFrame) -> tuple[Ints, Ints]:
    """Which person each record is about, and which agency's it is, as numbers."""
    age = (AS_OF - people["born"].to_numpy()) / YEAR
    stage = np.where(age < 4, 0, np.where(age < 19, 1, 2))
    household = people["household"].to_numpy()
    whose: list[Ints] = []
    source: list[Ints] = []
    for number, name in enumerate(SOURCES):
        *shares, further = KNOWN[name]
        # Early help takes on whole households, not one in three of a family.
        chance = draws.random(int(household.max()) + 1)[household] if number == 0 else draws.random(len(age))
        known = np.flatnonzero(chance < np.array(shares)[stage])
        times = draws.geometric(1 / (1 + further), len(known))
        whose.append(np.repeat(known, np.minimum(times, 12)))
        source.append(np.full(len(whose[-1]), number))
    return np.concatenate(whose), np.concatenate(source)


def _written(
    draws: Draws, people: pl.DataFrame, homes: pl.DataFrame, whose: Ints, source: Ints
) -> pl.DataFrame:
    """The records as the agencies write them: what they ask for, and what goes wrong."""
    count = len(whose)
    happens = {kind: draws.random(count) < np.array(rates)[source] for kind, rates in MESS.items()}
    given = {
        column: draws.random(count) < np.array([GIVEN[name].get(column, 0.0) for name in SOURCES])[source]
        for column in _COLUMNS[2:]
    }
    frame = people[whose].with_columns(
        pl.Series(SOURCES).gather(source).alias("source"),
        *(pl.Series(kind, flags) for kind, flags in happens.items()),
        *(pl.Series(f"{column}_given", flags) for column, flags in given.items()),
        pl.Series("place", draws.random(count)),
        pl.Series("slip", draws.integers(0, 4, count)),
        pl.Series("half", draws.random(count) < 0.5),
        pl.Series("by", draws.integers(1, 10, count)),
    )
    frame = _names_written(frame)
    frame = frame.with_columns(date_of_birth=_birth_written(draws, frame).cast(pl.Int32).cast(pl.Date))
    lived = pl.when(pl.col("old_address") & (pl.col("old_home") >= 0)).then("old_home").otherwise("home")
    frame = frame.with_columns(lived.alias("home")).join(homes, on="home", how="left", maintain_order="left")
    postcode = pl.col("home_postcode")
    frame = frame.with_columns(
        pl.when("packed_postcode").then(postcode.str.replace(" ", "")).otherwise(postcode).alias("postcode"),
        pl.when("capitals").then(pl.col("address").str.to_uppercase()).otherwise("address").alias("address"),
        pl.col("home_uprn").alias("uprn"),
        also_known_as=pl.col("called"),
    )
    frame = _numbers_written(draws, people, frame, whose)
    return frame.with_columns(
        pl.when(f"{column}_given").then(column).alias(column) for column in _COLUMNS[2:]
    )


def _names_written(frame: pl.DataFrame) -> pl.DataFrame:
    forename, surname = pl.col("forename"), pl.col("surname")
    frame = frame.with_columns(
        pl.when("nickname").then(pl.coalesce("called", forename)).otherwise(forename).alias("forename"),
        pl.when("maiden_name")
        .then(pl.coalesce("maiden", surname))
        .when(pl.col("half_surname") & pl.col("second_surname").is_not_null())
        .then(pl.when("half").then("first_surname").otherwise("second_surname"))
        .otherwise(surname)
        .alias("surname"),
    )
    frame = frame.with_columns(
        pl.when("no_diacritics").then(_plain(pl.col(name))).otherwise(pl.col(name)).alias(name)
        for name in ("forename", "surname")
    )
    frame = frame.with_columns(
        pl.when(f"typo_{name}").then(_mistyped(pl.col(name))).otherwise(pl.col(name)).alias(name)
        for name in ("forename", "surname")
    )
    frame = frame.with_columns(
        pl.when("initial_only").then(forename.str.slice(0, 1)).otherwise(forename).alias("forename")
    )
    frame = frame.with_columns(
        pl.when("transposed").then(surname).otherwise(forename).alias("forename"),
        pl.when("transposed").then(forename).otherwise(surname).alias("surname"),
    )
    return frame.with_columns(
        pl.when("capitals").then(pl.col(name).str.to_uppercase()).otherwise(pl.col(name)).alias(name)
        for name in ("forename", "surname")
    )


def _plain(name: pl.Expr) -> pl.Expr:
    """In plain letters, as an old system keeps it."""
    plain = name.str.replace_many(list(PLAIN_LETTERS), list(PLAIN_LETTERS.values()))
    return plain.str.normalize("NFKD").str.replace_all(r"\p{M}", "")


def _mistyped(name: pl.Expr) -> pl.Expr:
    """One slip of the fingers behind the first letter: two letters swapped, one lost, doubled or its neighbour's."""
    length = name.str.len_chars().cast(pl.Int64)
    at = (pl.col("place") * (length - 2)).floor().cast(pl.Int64) + 1
    before, letter, after = name.str.slice(0, at), name.str.slice(at, 1), name.str.slice(at + 1)
    beside = letter.replace_strict(
        list(KEYBOARD), list(KEYBOARD.values()), default="e", return_dtype=pl.String
    )
    slip = pl.col("slip")
    return (
        pl.when(length < 4)
        .then(name)
        .when(slip == 0)
        .then(before + after.str.slice(0, 1) + letter + after.str.slice(1))
        .when(slip == 1)
        .then(before + after)
        .when(slip == 2)
        .then(before + letter + letter + after)
        .otherwise(before + beside + after)
    )


def _birth_written(draws: Draws, frame: pl.DataFrame) -> pl.Series:
    """Days of birth with day and month swapped, a wrong day or a wrong year here and there, as days since 1970."""
    born = frame["born"].to_numpy()
    month, day = _month_and_day(born)
    swapped = _first_of_month(month - month % 12 + day) + month % 12
    born = np.where(frame["day_month_swapped"].to_numpy() & (day < 12), swapped, born)
    near = draws.choice((-10, -2, -1, 1, 2, 10), len(born))
    born = np.where(frame["birth_day_wrong"].to_numpy(), born + near, born)
    # A year or ten off; 29 February becomes 1 March.
    month, day = _month_and_day(born)
    other = _first_of_month(month + draws.choice((-120, -12, -12, 12), len(born))) + day
    return pl.Series(np.where(frame["birth_year_wrong"].to_numpy(), other, born))


def _month_and_day(days: Ints) -> tuple[Ints, Ints]:
    """Months since January 1970, and the day within it, both from nought."""
    month: Ints = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return month, days - _first_of_month(month)


def _first_of_month(months: Ints) -> Ints:
    first: Ints = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return first


def _numbers_written(draws: Draws, people: pl.DataFrame, frame: pl.DataFrame, whose: Ints) -> pl.DataFrame:
    """Numbers with one digit wrong, or taken from another person of the household."""
    # People stand place by place, not house by house: sorted by household, the next one is mostly a relative.
    order = np.argsort(people["household"].to_numpy(), kind="stable")
    beside = np.empty_like(order)
    beside[order] = np.roll(order, -1)
    household = people["household"].to_numpy()
    relative = np.where(household[beside] == household, beside, np.arange(len(household)))[whose]
    at = (pl.col("place") * 5).floor().cast(pl.Int64) + 3
    for name in ("nhs_number", "upn", "nino"):
        theirs = people[name].gather(relative)
        number = pl.when("relatives_number").then(pl.coalesce(theirs, name)).otherwise(name)
        digit = (pl.col("number").str.slice(at, 1).cast(pl.Int64, strict=False) + pl.col("by")) % 10
        wrong = pl.col("number").str.slice(0, at) + digit.cast(pl.String) + pl.col("number").str.slice(at + 1)
        frame = frame.with_columns(number=number).with_columns(
            pl.when("wrong_digit").then(wrong).otherwise("number").alias(name)
        )
    return frame
