"""Which families are one, against a naive reference: plain Python, one day and one pair of families at a time."""

from datetime import date, timedelta
from random import Random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as some

from pipelines.families import families

FIRST = date(2024, 1, 1)
DAYS = 6
LARGEST = 5
ADULTS = {"parent", "carer", "other adult"}
CHILDREN = {"child", "unborn"}
HOMES = [
    {"uprn": "100", "postcode": "AS1 1AA", "address": "1 Ings Lane, Ashmere"},
    {"uprn": None, "postcode": "AS1 1AA", "address": "1 Ings Lane, Ashmere"},
    {"uprn": "100", "postcode": None, "address": None},
    {"uprn": "nought", "postcode": "as11aa", "address": "No. 1, Ings Lane, AS1 1AA"},
    {"uprn": "200", "postcode": "AS1 1AA", "address": "1 Ings Lane"},
    {"uprn": None, "postcode": "AS1 1AA", "address": "Ings Lane"},
    {"uprn": None, "postcode": None, "address": None},
]
# What a home is known by: a valid property number, and a postcode with a number of a house.
KNOWN_BY = [
    ("100", "AS11AA 1"),
    (None, "AS11AA 1"),
    ("100", None),
    (None, "AS11AA 1"),
    ("200", "AS11AA 1"),
    (None, None),
    (None, None),
]
SURNAMES = ["Smith", "SMÍTH", "Jones", None]
FOLDED = {"Smith": "smith", "SMÍTH": "smith", "Jones": "jones", None: None}


ROLES = ["parent", "parent", "child", "child", "unborn", "carer", "other adult"]
RELATIONS = ["partner_of", "parent_of", "child_of", "former_partner_of", "step_parent_of"]
COUNCILS = 40


def span(chance: Random) -> tuple[date | None, date | None]:
    begin = chance.randrange(DAYS)
    end = chance.randrange(begin, DAYS)
    return (
        FIRST + timedelta(begin) if chance.random() < 0.4 else None,
        FIRST + timedelta(end) if chance.random() < 0.4 else None,
    )


def council(chance: Random) -> tuple[list[dict], list[dict]]:
    """Members and relationships of two or three families of the case system."""
    refs = ["F1", "F2", "F3"][: chance.choice([2, 2, 3])]
    members = [
        {
            "family_ref": chance.choice(refs),
            "person": chance.randrange(6),
            "role": chance.choice(ROLES),
            "span": span(chance),
            "home": chance.choice([0, 1, 4, chance.randrange(len(HOMES))]),
            "surname": chance.choice(SURNAMES),
        }
        for _ in range(chance.randint(2, 9))
    ]
    relations = [
        {
            "one": chance.randrange(7),
            "other": chance.randrange(7),
            "what": chance.choice(RELATIONS),
            "span": span(chance),
        }
        for _ in range(chance.randrange(4))
    ]
    return members, relations


def covers(spell: tuple[date | None, date | None], day: date) -> bool:
    begin, end = spell
    return (begin is None or begin <= day) and (end is None or day <= end)


def said_of_the_parent(what: dict) -> dict:
    if what["what"] != "child_of":
        return what
    return {**what, "what": "parent_of", "one": what["other"], "other": what["one"]}


def one_home(one: dict, other: dict) -> bool:
    if FOLDED[one["surname"]] is None or FOLDED[one["surname"]] != FOLDED[other["surname"]]:
        return False
    (uprn, place), (other_uprn, other_place) = KNOWN_BY[one["home"]], KNOWN_BY[other["home"]]
    if uprn is not None and other_uprn is not None:
        return uprn == other_uprn
    return place is not None and place == other_place


def reasons_on(day: date, first: list[dict], second: list[dict], relations: list[dict]) -> set[str]:
    """Why two families are one on a day. `first`, `second`: their members, by row."""
    mine = [row for row in first if covers(row["span"], day)]
    theirs = [row for row in second if covers(row["span"], day)]
    in_mine, in_theirs = ({row["person"] for row in rows} for rows in (mine, theirs))
    shared = in_mine & in_theirs

    def of(rows: list[dict], roles: set[str]) -> set[int]:
        return {row["person"] for row in rows if row["role"] in roles}

    found = set()
    shared_adults = of(mine, ADULTS) & of(theirs, ADULTS)
    if shared_adults and of(mine, CHILDREN) & of(theirs, CHILDREN):
        found.add("adult_and_child")
    if not shared:
        return found
    alone, alone_there = in_mine - shared, in_theirs - shared
    for what in map(said_of_the_parent, relations):
        if not covers(what["span"], day):
            continue
        across = [
            (side, other)
            for side, other, other_rows in ((alone, alone_there, theirs), (alone_there, alone, mine))
            if what["one"] in side
            and what["other"] in other
            and (what["what"] == "partner_of" or (shared_adults and of(other_rows, ADULTS) <= shared))
        ]
        if across and what["what"] == "partner_of":
            found.add("partners")
        if across and what["what"] == "parent_of":
            found.add("parent")
    if any(
        one_home(one, other)
        for one in mine
        if one["person"] in alone
        for other in theirs
        if other["person"] in alone_there
    ):
        found.add("same_home")
    return found


def people_of(members: list[dict]) -> dict[str, set[int]]:
    refs = {row["family_ref"] for row in members}
    return {ref: {row["person"] for row in members if row["family_ref"] == ref} for ref in refs}


def naive(
    members: list[dict], relations: list[dict]
) -> tuple[set[frozenset[str]], set[tuple[str, str, str]]]:
    """The families as sets of numbers, and every tie."""
    refs = sorted({row["family_ref"] for row in members})
    people = people_of(members)
    rows = {ref: [row for row in members if row["family_ref"] == ref] for ref in refs}
    known = {row["person"] for row in members}
    relations = [what for what in relations if {what["one"], what["other"]} <= known]
    ties = set()
    days = [date(1900, 1, 1), *(FIRST + timedelta(number) for number in range(DAYS + 1))]
    for one in refs:
        for other in refs:
            if one < other and max(len(people[one]), len(people[other])) <= LARGEST:
                for day in days:
                    for reason in reasons_on(day, rows[one], rows[other], relations):
                        ties.add((reason, one, other))
    groups = [{ref} for ref in refs]
    order = ["adult_and_child", "partners", "parent", "same_home"]
    for _reason, one, other in sorted(ties, key=lambda tie: (order.index(tie[0]), tie[1:])):
        (first,) = (group for group in groups if one in group)
        (second,) = (group for group in groups if other in group)
        if first is not second and len(set().union(*(people[ref] for ref in first | second))) <= LARGEST:
            groups.remove(second)
            first |= second
    return {frozenset(group) for group in groups}, ties


def frames(members: list[dict], relations: list[dict]) -> tuple[pl.DataFrame, ...]:
    rows = [
        {
            "file": "m.csv",
            "row": number,
            "person_ref": f"P{row['person']}",
            "family_ref": row["family_ref"],
            "role": row["role"],
            "from_date": row["span"][0],
            "to_date": row["span"][1],
        }
        for number, row in enumerate(members, 1)
    ]
    records = [
        {
            "record_id": str(number),
            "contract": "family_member",
            "file": "m.csv",
            "row": number,
            "surname": row["surname"],
            **HOMES[row["home"]],
        }
        for number, row in enumerate(members, 1)
    ]
    related = [
        {
            "file": "r.csv",
            "row": number,
            "person_ref": f"P{what['one']}",
            "related_person_ref": f"P{what['other']}",
            "relationship": what["what"],
            "from_date": what["span"][0],
            "to_date": what["span"][1],
        }
        for number, what in enumerate(relations, 1)
    ]
    dates = {"from_date": pl.Date, "to_date": pl.Date}
    texts = dict.fromkeys(["surname", "uprn", "postcode", "address"], pl.String)
    names = ["file", "row", "person_ref", "related_person_ref", "relationship", "from_date", "to_date"]
    types = {name: {"row": pl.Int64, **dates}.get(name, pl.String) for name in names}
    persons = pl.DataFrame(
        [(str(number), row["person"]) for number, row in enumerate(members, 1)],
        schema={"record_id": pl.String, "person": pl.Int64},
        orient="row",
    )
    return (
        pl.DataFrame(rows, schema_overrides=dates),
        pl.DataFrame(related, schema=types),
        pl.DataFrame(records, schema_overrides=texts),
        persons,
    )


def together(councils: list[tuple[list[dict], list[dict]]]) -> tuple[list[dict], list[dict]]:
    """Many councils as one, so that one call judges them all."""
    members, relations = [], []
    for number, (theirs, related) in enumerate(councils):
        members += [
            {**row, "family_ref": f"{number:02d}{row['family_ref']}", "person": row["person"] + 10 * number}
            for row in theirs
        ]
        relations += [
            {**row, "one": row["one"] + 10 * number, "other": row["other"] + 10 * number} for row in related
        ]
    return members, relations


@settings(max_examples=40, deadline=None)
@given(seed=some.integers(0, 2**32))
def test_as_the_naive_reference(seed: int) -> None:
    chance = Random(seed)
    councils = [council(chance) for _ in range(COUNCILS)]
    members, relations = together(councils)
    found = families(*frames(members, relations), largest=LARGEST)
    judged = found.edges.filter(pl.col("kind").is_in(["one_family", "not_made"]))
    expected_groups, expected_ties, some_crowded = set(), set(), False
    for number, (theirs, related) in enumerate(councils):
        groups, ties = naive(theirs, related)
        expected_groups |= {frozenset(f"{number:02d}{ref}" for ref in group) for group in groups}
        expected_ties |= {(why, f"{number:02d}{one}", f"{number:02d}{other}") for why, one, other in ties}
        some_crowded |= any(len(people) > LARGEST for people in people_of(theirs).values())
    groups = found.family_of_ref.group_by("family").agg("family_ref")["family_ref"].to_list()
    assert {frozenset(group) for group in groups} == expected_groups
    assert set(judged.select("what", "family_ref", "other_family_ref").iter_rows()) == expected_ties
    assert bool(found.warnings) == (some_crowded or not judged.filter(kind="not_made").is_empty())
    spells = {(row["family_ref"], row["person"], row["role"], *row["span"]) for row in members}
    memberships = found.memberships.select("family_ref", "person", "role", "from_date", "to_date")
    assert sorted(map(str, memberships.iter_rows())) == sorted(map(str, spells))


def test_every_reason_is_met() -> None:
    chance = Random(1)
    met = {why for _ in range(2000) for why, _one, _other in naive(*council(chance))[1]}
    assert met == {"adult_and_child", "partners", "parent", "same_home"}
