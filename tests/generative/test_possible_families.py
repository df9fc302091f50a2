"""Families that would be eligible and that nobody works with, against plain Python, one person at a time."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from unittest.mock import Mock

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes import read_framework
from pipelines.decisions import Decision
from pipelines.families.households import households
from pipelines.keys import Keys, Purpose
from pipelines.pseudonymise.possible import possible_families
from pipelines.signs import Sign
from release.places import PROJECT

AS_OF = date(2024, 10, 31)
PEOPLE = range(8)
LARGEST = 3
HOMES = [None, "1 High Street", "2 High Street", "Flat 3, 2 High Street"]
UPRNS = [None, None, "10001", "10002"]
BIRTHS = [None, date(1980, 1, 1), date(2010, 5, 5), date(2006, 10, 31), date(2006, 11, 1), date(2024, 11, 1)]
NATIONAL = read_framework(PROJECT / "data" / "frameworks" / "supporting-families-2022.toml")
FRAMEWORKS = tuple(
    replace(
        NATIONAL,
        id=f"{count_by}-{requires[:2]}",
        eligibility=replace(NATIONAL.eligibility, minimum=2, count_by=count_by, requires=requires),
    )
    for count_by in ("need", "headline")
    for requires in ("nobody", "child_or_expectant_parent")
)
SIGNS = (
    Sign("6.2", "missing_episode", 6),
    Sign("6.1", "social_care_episode", 6, (("kind", ("CPP",)),), "child"),
    Sign("7.1", "police_incident", 6, (("role", ("suspect",)),), "adult"),
    Sign("8.1", "police_incident", 12, (("domestic_abuse", (True,)),)),
    Sign("1.1", "school_attendance", 6, below=Fraction(9, 10)),
)
KEYS = Keys("11" * 32, "22" * 32, "33" * 32)
POLICY = Mock(
    decision=lambda contract, column: (
        Decision.DAY if column.endswith(("_on", "date", "from", "to", "start", "end")) else Decision.RULES
    )
)
days = st.integers(-40, 500).map(lambda back: AS_OF - timedelta(back))
person = st.sampled_from(PEOPLE)


@st.composite
def towns(draw):
    """People with records, homes and families of the case system."""
    return {
        "homes": draw(
            st.lists(
                st.tuples(person, st.sampled_from(HOMES), st.sampled_from(UPRNS), st.sampled_from(BIRTHS)),
                max_size=16,
            )
        ),
        "members": draw(
            st.lists(st.tuples(person, st.sampled_from(["F1", "F2"])), max_size=4, unique_by=lambda one: one)
        ),
        "related": draw(st.lists(st.tuples(person, person), max_size=2)),
        "worked": draw(st.sets(person, max_size=2)),
        "missing": draw(st.lists(st.tuples(person, days), max_size=4)),
        "care": draw(
            st.lists(st.tuples(person, st.sampled_from(["CIN", "CPP"]), days, st.none() | days), max_size=6)
        ),
        "police": draw(
            st.lists(
                st.tuples(person, days, st.sampled_from(["suspect", "victim"]), st.sampled_from(["Y", "N"])),
                max_size=8,
            )
        ),
        "school": draw(
            st.lists(st.tuples(person, st.sampled_from([0, 1, 2]), st.integers(0, 20)), max_size=6)
        ),
    }


# Terms: two complete, one that is not over.
TERMS = [
    ("Spring", date(2024, 1, 8), date(2024, 3, 28)),
    ("Summer", date(2024, 4, 15), date(2024, 7, 19)),
    ("Autumn", date(2024, 9, 2), date(2024, 12, 20)),
]
CONTRACTS = {
    "housing_event": "homes",
    "missing_episode": "missing",
    "social_care_episode": "care",
    "police_incident": "police",
    "school_attendance": "school",
    "family_member": "members",
}


def who(town, contract):
    return [one[0] for one in town[CONTRACTS[contract]]]


def fast(town):
    """What the code finds: `framework, household members` to needs and headlines."""
    records = pl.concat(
        [
            pl.DataFrame(
                {
                    "record_id": [f"{contract}:{row}" for row in range(len(who(town, contract)))],
                    "contract": contract,
                    "file": "a.csv",
                    "row": list(range(len(who(town, contract)))),
                    "person": who(town, contract),
                    "address": [one[1] for one in town["homes"]] if contract == "housing_event" else None,
                    "postcode": ["AS1 1AA"] * len(who(town, contract))
                    if contract == "housing_event"
                    else None,
                    "uprn": [one[2] for one in town["homes"]] if contract == "housing_event" else None,
                    "date_of_birth": [one[3] for one in town["homes"]]
                    if contract == "housing_event"
                    else None,
                },
                schema={
                    "record_id": pl.String,
                    "contract": pl.String,
                    "file": pl.String,
                    "row": pl.Int64,
                    "person": pl.Int64,
                    "address": pl.String,
                    "postcode": pl.String,
                    "uprn": pl.String,
                    "date_of_birth": pl.Date,
                },
            )
            for contract in CONTRACTS
        ]
    )
    members = pl.DataFrame(
        [("a.csv", row, f"P{row}", family) for row, (_, family) in enumerate(town["members"])],
        schema={"file": pl.String, "row": pl.Int64, "person_ref": pl.String, "family_ref": pl.String},
        orient="row",
    )
    reference = {one: f"P{row}" for row, (one, _) in reversed(list(enumerate(town["members"])))}
    related = pl.DataFrame(
        [
            (reference[one], reference[other])
            for one, other in town["related"]
            if one in reference and other in reference
        ],
        schema={"person_ref": pl.String, "related_person_ref": pl.String},
        orient="row",
    )
    found = households(
        records,
        records.select("record_id", "person"),
        members,
        related,
        pl.Series(sorted(town["worked"]), dtype=pl.Int64),
        pl.DataFrame({"person": list(PEOPLE), "person_key": [f"k{one}" for one in PEOPLE]}),
        largest=LARGEST,
        as_of=AS_OF,
    )
    seen = {
        "missing_episode": _seen(
            [(day, day) for _, day in town["missing"]], {"missing_from": pl.Date, "missing_to": pl.Date}
        ),
        "social_care_episode": _seen(
            [one[1:] for one in town["care"]], {"kind": pl.String, "start_date": pl.Date, "end_date": pl.Date}
        ),
        "police_incident": _seen(
            [one[1:] for one in town["police"]],
            {"occurred_on": pl.Date, "role": pl.String, "domestic_abuse": pl.String},
        ),
        "school_attendance": _seen(
            [("school", *TERMS[term], 20, attended) for _, term, attended in town["school"]],
            {
                "school": pl.String,
                "term": pl.String,
                "term_start": pl.Date,
                "term_end": pl.Date,
                "sessions_possible": pl.Int64,
                "sessions_attended": pl.Int64,
            },
        ),
    }
    files = pl.DataFrame(
        [(contract, "a.csv", AS_OF) for contract in seen],
        schema={"extract": pl.String, "file": pl.String, "covers_to": pl.Date},
        orient="row",
    )
    possible = possible_families(
        seen,
        records.select("contract", "file", "row", "person"),
        found,
        files,
        SIGNS,
        FRAMEWORKS,
        keys=KEYS,
        policy=POLICY,
        as_of=AS_OF,
    )
    tokens = dict(KEYS.tokens(Purpose.HOUSEHOLD, found["household"]).select("token", "key").iter_rows())
    people = {name: frozenset(frame["person"]) for (name,), frame in found.group_by("household")}
    counted = {
        (row["framework"], people[tokens[row["household"]]]): (row["needs"], row["headlines"])
        for row in possible.table.iter_rows(named=True)
    }
    headlines = Counter(row[:2] for row in possible.by_headline.select("framework", "household").iter_rows())
    assert {(one[0], one[1]): number for one, number in headlines.items()} == {
        (row["framework"], row["household"]): row["headlines"] for row in possible.table.iter_rows(named=True)
    }
    return counted


def _seen(rows, schema):
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(file=pl.lit("a.csv"), row=pl.int_range(pl.len(), dtype=pl.Int64))


def plain(town):
    """The same, person by person."""
    known = sorted({one for contract in CONTRACTS for one in who(town, contract)})
    property_of = {}
    for _, home, uprn, _ in town["homes"]:
        if home is not None and uprn is not None:
            property_of.setdefault(home, set()).add(uprn)
    home_of = {}
    for one in known:
        said = Counter()
        for whose, home, uprn, _ in town["homes"]:
            if whose == one and (uprn or home):
                if uprn is None and len(property_of.get(home, ())) == 1:
                    (uprn,) = property_of[home]
                said[f"property {uprn}" if uprn else f"place {home}"] += 1
        if said:
            home_of[one] = min(said, key=lambda name: (-said[name], name))
    crowded = {home for home, number in Counter(home_of.values()).items() if number > LARGEST}
    group = {one: {one} for one in known if home_of.get(one) not in crowded}

    def join(one, other):
        if one in group and other in group and group[one] is not group[other]:
            group[one] |= group[other]
            for each in group[one]:
                group[each] = group[one]

    in_family = {}
    for one, family in town["members"]:
        in_family.setdefault(family, []).append(one)
    for everybody in [
        *in_family.values(),
        *([one for one in group if home_of.get(one) == home] for home in set(home_of.values())),
    ]:
        for one in everybody:
            # The first of a family ties it together; where that one lives in a crowd, nobody does.
            join(min(everybody), one)
    listed = {one for one, _ in town["members"]}
    for one, other in town["related"]:
        if one in listed and other in listed:
            join(one, other)
    result = {}
    for everybody in {frozenset(each) for each in group.values()}:
        if everybody & town["worked"] or len(everybody) > LARGEST:
            continue
        needs = {need for one in everybody for need in signs_of(town, one)}
        with_child = any(is_child(town, one) for one in everybody)
        for framework in FRAMEWORKS:
            headlines = {need.split(".")[0] for need in needs}
            breadth = len(needs if framework.eligibility.count_by == "need" else headlines)
            if breadth >= 2 and (framework.eligibility.requires == "nobody" or with_child):
                result[framework.id, everybody] = (len(needs), len(headlines))
    return result


def is_child(town, one):
    births = Counter(born for whose, _, _, born in town["homes"] if whose == one and born)
    if births:
        born = min(births, key=lambda day: (-births[day], day))
        eighteen = date(born.year + 18, born.month, born.day)
        return born <= AS_OF < eighteen
    named = any(
        one in who(town, contract)
        for contract in ("missing_episode", "social_care_episode", "school_attendance")
    )
    return True if named else None


def signs_of(town, one):
    half_year, year = date(2024, 4, 30), date(2023, 10, 31)
    if any(whose == one and half_year <= day <= AS_OF for whose, day in town["missing"]):
        yield "6.2"
    for whose, kind, start, end in town["care"]:
        open_or_recent = start <= AS_OF and (end is None or end >= half_year)
        if whose == one and kind == "CPP" and open_or_recent and is_child(town, one) is True:
            yield "6.1"
    for whose, day, role, abuse in town["police"]:
        if whose == one and role == "suspect" and half_year <= day <= AS_OF and is_child(town, one) is False:
            yield "7.1"
        if whose == one and abuse == "Y" and year <= day <= AS_OF:
            yield "8.1"
    told = {(term, attended) for whose, term, attended in town["school"] if whose == one}
    attended = {term: [number for which, number in told if which == term] for term in (0, 1)}
    if all(attended.values()):
        sessions = [number for term in (0, 1) for number in attended[term]]
        if sum(sessions) * 10 < len(sessions) * 20 * 9:
            yield "1.1"


@settings(max_examples=120, deadline=None)
@given(towns())
def test_as_the_naive_reference(town):
    assert fast(town) == plain(town)


def test_an_extract_that_the_policy_keeps_back_is_named():
    kept_back = Mock(
        decision=lambda contract, column: (
            Decision.DROPPED if (contract, column) == ("police_incident", "role") else Decision.RULES
        )
    )
    nobody = pl.DataFrame(schema={"person": pl.Int64, "household": pl.String, "is_child": pl.Boolean})
    seen = {
        "police_incident": _seen(
            [], {"occurred_on": pl.Date, "role": pl.String, "domestic_abuse": pl.String}
        ),
        "missing_episode": _seen([], {"missing_from": pl.Date, "missing_to": pl.Date}),
    }
    persons = pl.DataFrame(
        schema={"contract": pl.String, "file": pl.String, "row": pl.Int64, "person": pl.Int64}
    )
    files = pl.DataFrame(schema={"extract": pl.String, "file": pl.String, "covers_to": pl.Date})
    found = possible_families(
        seen,
        persons,
        nobody,
        files,
        (SIGNS[0], SIGNS[2]),
        FRAMEWORKS,
        keys=KEYS,
        policy=kept_back,
        as_of=AS_OF,
    )
    assert found.unseen == ("police_incident",)
