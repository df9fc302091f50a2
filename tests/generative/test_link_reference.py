"""Linkage against a naive reference that looks at every pair, in small worlds where people are easily confused.

Twins, father and son of one name, cousins at one address, names and numbers mistyped or another's, tenants of whom only
an initial is known. Around them live as many who have nothing to do with them, so that an ordinary name is not rare.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from pipelines.council.identifiers import nhs_number, pnc_id, temporary_pupil_number, unique_pupil_number
from pipelines.linkage import Linked, link_all
from pipelines.linkage.settings import LinkageSettings, read_linkage_settings
from tests.generative.naive_linkage import believed_numbers, crosses, naive_link, said_by

SETTINGS = read_linkage_settings()
# A world that fails is not made smaller: every step of that would take a second.
WORLD: Mapping[str, Any] = {
    "max_examples": 10, "deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck),
    "phases": (Phase.explicit, Phase.generate),
}  # fmt: skip

Row = dict[str, Any]

HOMES: Sequence[Row] = [
    {"postcode": "AS1 1AA", "address": "Flat 2, 8 Ings Lane", "uprn": "100001"},
    {"postcode": "AS1 1AA", "address": "10 Ings Lane", "uprn": "100002"},
    {"postcode": "AS1 1AB", "address": "3 Mill Road", "uprn": "100003"},
    {"postcode": "AS7 2BB", "address": "77 High Street", "uprn": "100004"},
]
SURNAMES = ["Okafor", "O'Neil", "Smith-Jones", "Daniel", "Ng", "Kirkcombe"]
FORENAMES = [
    "Daniel",
    "Danielle",
    "Katherine",
    "Zoë",
    "Mei Ling",
    "Jo",
    "Joseph",
    "Mohammed",
    "Christopher",
    "Ann",
]
BIRTHS = [
    date(1985, 3, 4),
    date(2012, 3, 4),
    date(2012, 4, 3),
    date(2012, 3, 6),
    date(2013, 4, 7),
    date(2015, 9, 20),
]
# What somebody is called beside their forename, or instead of it.
CALLED = {
    "Daniel": "Danny", "Danielle": "Dani", "Katherine": "Kate", "Mohammed": "Mo", "Christopher": "Kit", "Ann": "Sunny",
}  # fmt: skip
SOURCES = ["case", "school", "police", "housing"]


def spoilt(row: Row, slip: str, other: Row) -> Row:
    """`row` as somebody wrote it down who made one slip; `other`: of somebody else, who was taken for them."""
    forename, surname, born = row["forename"] or "", row["surname"] or "", row["date_of_birth"]
    change: Row = {}
    if slip == "initial":
        change = {"forename": forename[:1]}
    elif slip == "exchanged":
        change = {"forename": surname, "surname": forename}
    elif slip == "exchanged initial":
        change = {"forename": surname, "surname": forename[:1]}
    elif slip == "called":
        change = {"forename": CALLED.get(forename, forename)}
    elif slip == "also":
        change = {"also_known_as": CALLED.get(forename)}
    elif slip == "forename typed":
        change = {"forename": forename[:2] + forename[3:] + forename[2:3]}
    elif slip == "surname typed":
        change = {"surname": surname[:2] + surname[3:] + surname[2:3]}
    elif slip == "capitals":
        change = {"forename": forename.upper(), "surname": "Mrs " + surname.upper()}
    elif slip == "half":
        change = {"surname": surname.split("-")[-1]}
    elif slip == "whole":
        change = {"surname": surname.replace("-", "")}
    elif slip == "married":
        change = {"surname": other["surname"]}
    elif slip == "nameless":
        change = {"forename": "Not known"}
    elif slip == "no name":
        change = {"forename": None, "surname": None}
    elif slip == "swapped" and born and born.day < 13:
        change = {"date_of_birth": date(born.year, born.day, born.month)}
    elif slip == "near" and born:
        change = {"date_of_birth": born + timedelta(days=9)}
    elif slip == "a year" and born:
        change = {"date_of_birth": born + timedelta(days=396)}
    elif slip == "first of January" and born:
        change = {"date_of_birth": date(born.year, 1, 1)}
    elif slip == "undated":
        change = {"date_of_birth": None}
    elif slip == "moved":
        change = {name: other[name] for name in ("postcode", "address", "uprn")}
    elif slip == "placeless":
        change = dict.fromkeys(("postcode", "address", "uprn"))
    elif slip == "property":
        change = {"postcode": None, "address": None}
    elif slip == "street":
        change = {"uprn": None}
    elif slip == "no place known":
        change = {"postcode": "unknown", "uprn": "999999999"}
    elif slip == "numberless":
        change = dict.fromkeys(("nhs_number", "upn", "nino", "pnc_id", "own_key"))
    elif slip == "other's number":
        change = {name: other[name] for name in ("nhs_number", "upn", "nino", "own_key")}
    elif slip == "temporary" and row["upn"]:
        change = {"upn": temporary_pupil_number(row["upn"])}
    elif slip == "wrong digit" and row["nhs_number"]:
        change = {"nhs_number": row["nhs_number"][:-1] + str((int(row["nhs_number"][-1]) + 1) % 10)}
    return row | change


SLIPS = [
    "initial", "exchanged", "exchanged initial", "called", "also", "forename typed", "surname typed", "capitals",
    "half", "whole", "married", "nameless", "no name", "swapped", "near", "a year", "first of January", "undated",
    "moved", "placeless", "property", "street", "no place known", "other's number", "temporary", "wrong digit",
]  # fmt: skip
# So many have no number that most must be found by name.
OFTEN = ["numberless"] * 14


@dataclass(frozen=True)
class World:
    """Records, and what somebody said of them."""

    rows: Sequence[Row]
    apart: Sequence[tuple[str, str, str]]
    together: Sequence[tuple[str, str]]
    largest_person: int

    @property
    def settings(self) -> LinkageSettings:
        return replace(SETTINGS, largest_person=self.largest_person)


def strangers(count: int, seed: int = 0) -> list[Row]:
    """As many people of another town, all different."""
    draw = Random(seed)

    def word() -> str:
        return "".join(draw.choice("bdfgklmnprst") + draw.choice("aeiou") for _ in range(4)).capitalize()

    return [
        {
            "record_id": f"stranger {number}", "source": draw.choice(SOURCES), "forename": word(), "surname": word(),
            "date_of_birth": date(1940, 1, 2) + timedelta(days=draw.randrange(25_000)), "sex": draw.choice("MF"),
            "postcode": f"BR{number % 90 + 1} {draw.randint(1, 9)}QQ",
        }
        for number in range(count)
    ]  # fmt: skip


STRANGERS = strangers(110)


@some.composite
def person(draw: some.DrawFn, number: int) -> Row:
    """Somebody as they are."""
    has = draw(some.sets(some.sampled_from(["nhs_number", "upn", "nino", "pnc_id", "own_key"])))
    told = {
        "nhs_number": nhs_number(number * 37 + 1) or nhs_number(number * 37 + 2),
        "upn": unique_pupil_number(17, number),
        "nino": f"JP{number:05d}7D",
        "pnc_id": pnc_id(2011, 100 + number),
        "own_key": str(number),
    }
    return {
        "forename": draw(some.sampled_from(FORENAMES)),
        "surname": draw(some.sampled_from(SURNAMES)),
        "also_known_as": None,
        "date_of_birth": draw(some.sampled_from(BIRTHS)),
        "sex": draw(some.sampled_from(["M", "F", None])),
        **draw(some.sampled_from(HOMES)),
        **{name: value if name in has else None for name, value in told.items()},
    }


@some.composite
def worlds(draw: some.DrawFn) -> World:
    """Some six people, and thirty to fifty records of them."""
    people = [draw(person(number)) for number in range(draw(some.integers(3, 8)))]
    record = some.tuples(
        some.sampled_from(range(len(people))),
        some.sampled_from(range(len(people))),
        some.sampled_from(SOURCES),
        some.lists(some.sampled_from(SLIPS + OFTEN), max_size=3),
    )
    rows = []
    for number, (whose, other, source, slips) in enumerate(
        draw(some.lists(record, min_size=20, max_size=45))
    ):
        row = people[whose]
        for slip in slips:
            row = spoilt(row, slip, people[other])
        rows.append({"record_id": f"r{number}", "source": source, **row})
    named = some.sampled_from([row["record_id"] for row in rows])
    sides = some.tuples(some.sampled_from(["one", "two"]), some.sampled_from("ab"), named)
    apart = draw(some.lists(sides, max_size=8, unique_by=lambda side: (side[0], side[2])))
    together = draw(
        some.lists(some.tuples(some.sampled_from(["j", "k", "l"]), named), max_size=6, unique=True)
    )
    return World(rows, apart, together, draw(some.sampled_from([5, 40, 40])))


TEXT = [
    "record_id", "source", "own_key", "forename", "surname", "also_known_as", "sex", "postcode", "address", "uprn",
    "nhs_number", "upn", "nino", "pnc_id",
]  # fmt: skip
SCHEMA: Mapping[str, Any] = {**dict.fromkeys(TEXT, pl.String), "date_of_birth": pl.Date}


def engine(world: World, rows: Sequence[Row] | None = None) -> Linked:
    rows = [*world.rows, *STRANGERS] if rows is None else rows
    return link_all(
        pl.DataFrame([{name: row.get(name) for name in SCHEMA} for row in rows], schema=SCHEMA),
        apart=pl.DataFrame(world.apart, schema=["group", "side", "record_id"], orient="row").cast(pl.String),
        together=pl.DataFrame(world.together, schema=["group", "record_id"], orient="row").cast(pl.String),
        settings=world.settings,
    )


def groups(linked: Linked) -> frozenset[frozenset[str]]:
    return frozenset(
        map(frozenset, linked.persons.group_by("person").agg("record_id")["record_id"].to_list())
    )


def asked(linked: Linked) -> dict[frozenset[frozenset[str]], float]:
    """Pairs of persons that are asked, and how likely they are one."""
    person = dict(linked.persons.select("record_id", "person").iter_rows())
    of = {
        number: frozenset(records)
        for number, records in linked.persons.group_by("person").agg("record_id").iter_rows()
    }
    return {
        frozenset((of[person[one]], of[person[other]])): probability
        for one, other, probability, _reason in linked.reviews.iter_rows()
    }


@settings(**WORLD)
@given(world=worlds())
def test_as_the_naive_reference(world: World) -> None:
    naive = naive_link([*world.rows, *STRANGERS], world.settings, world.apart, world.together)
    linked = engine(world)
    assert linked.persons["record_id"].to_list() == [row["record_id"] for row in [*world.rows, *STRANGERS]]
    assert linked.persons["person"].null_count() == 0
    if naive.ties:
        return
    assert groups(linked) == naive.persons
    open_pairs = asked(linked)
    assert naive.dated <= set(open_pairs) <= set(naive.asked)
    for pair, probability in open_pairs.items():
        assert probability <= naive.asked[pair] + 1e-6


@settings(**WORLD)
@given(world=worlds(), seed=some.integers(0, 1_000))
def test_neither_order_nor_strangers_nor_ids_change_who_is_who(world: World, seed: int) -> None:
    rows = [*world.rows, *STRANGERS]
    if naive_link(rows, world.settings, world.apart, world.together).ties:
        return
    ours = {row["record_id"] for row in world.rows}
    before = {group for group in groups(engine(world)) if group & ours}
    draw = Random(seed)
    number = dict(zip(ours, draw.sample(range(10_000), len(ours)), strict=True))
    other = replace(
        world,
        rows=[row | {"record_id": f"n{number[row['record_id']]}"} for row in world.rows],
        apart=[(group, side, f"n{number[record]}") for group, side, record in world.apart],
        together=[(group, f"n{number[record]}") for group, record in world.together],
    )
    shuffled = [*other.rows, *strangers(len(STRANGERS), seed)]
    draw.shuffle(shuffled)
    named = {f"n{new}": old for old, new in number.items()}
    after = {
        frozenset(named.get(record, record) for record in group) for group in groups(engine(other, shuffled))
    }
    assert {group for group in after if group & ours} == before


@settings(**WORLD)
@given(world=worlds())
def test_what_somebody_said_and_what_nobody_can_be(world: World) -> None:
    linked = engine(world)
    person = dict(linked.persons.select("record_id", "person").iter_rows())
    sides: dict[str, set[tuple[str, int]]] = {}
    for group, side, record in world.apart:
        sides.setdefault(group, set()).add((side, person[record]))
    for of_group in sides.values():
        assert not {who for side, who in of_group if side == "a"} & {
            who for side, who in of_group if side == "b"
        }

    said = {
        row["record_id"]: said_by(
            row, None, frozenset(tuple(line[:2]) for line in world.apart if line[2] == row["record_id"])
        )
        for row in world.rows
    }
    if world.largest_person > len(world.rows):
        for records in judged_together(world.together):
            if not crosses(side for record in records for side in said[record].sides):
                assert len({person[record] for record in records}) == 1

    everybody = list(dict.fromkeys(said.values()))
    told = {record for _group, record in world.together}
    for group in groups(linked):
        mine = [(record, said[record]) for record in group if record in said]
        looks = {(one.forename, one.first, one.surname, one.other, one.born) for _record, one in mine}
        assert len(looks) <= world.largest_person
        # Where neither the sender nor a case worker nor another number says that they are one.
        if not any(record in told or one.own_key or one.upn or one.nino for record, one in mine):
            numbers = {believed_numbers(one, everybody).get("nhs_number") for _record, one in mine}
            assert len(numbers - {None}) <= 1


def judged_together(together: Sequence[tuple[str, str]]) -> list[set[str]]:
    """The records of each group, groups with a record in common as one."""
    merged: list[set[str]] = []
    for group in sorted({group for group, _record in together}):
        records = {record for name, record in together if name == group}
        for known in [known for known in merged if known & records]:
            merged.remove(known)
            records |= known
        merged.append(records)
    return merged
