"""Families: what makes two families of the case system one, what does not, and what a strange extract cannot do."""

import time
from datetime import date

import polars as pl
import pytest

from pipelines.families import Families, families, ties
from pipelines.families.keeping import keep_edges, read_edges, sweep_edges
from pipelines.families.why import why_family, why_person
from release.errors import ReleaseError
from release.places import Places

NEW_YEAR, EASTER, SUMMER, WINTER = (
    date(2024, 1, 1),
    date(2024, 3, 31),
    date(2024, 7, 1),
    date(2024, 12, 1),
)
# Somebody in a family: family, person, role, from, to, and where (a property number) under which surname.
Spell = tuple[str, str, str, date | None, date | None, str | None, str | None]


def spell(
    family: str,
    person: str,
    role: str,
    begin: date | None = None,
    end: date | None = None,
    home: str | None = None,
    surname: str | None = None,
) -> Spell:
    return (family, person, role, begin, end, home, surname)


def built(spells: list[Spell], relations: list[tuple] = (), *, largest: int = 20) -> Families:
    people = sorted({one[1] for one in spells})
    rows = pl.DataFrame(
        spells,
        schema={
            "family_ref": pl.String,
            "person_ref": pl.String,
            "role": pl.String,
            "from_date": pl.Date,
            "to_date": pl.Date,
            "uprn": pl.String,
            "surname": pl.String,
        },
        orient="row",
    ).with_columns(file=pl.lit("m.csv"), row=pl.int_range(1, pl.len() + 1))
    records = rows.select(
        pl.col("row").cast(pl.String).alias("record_id"),
        "file",
        "row",
        "uprn",
        "surname",
        contract=pl.lit("family_member"),
        postcode=pl.lit(None, pl.String),
        address=pl.lit(None, pl.String),
    )
    persons = rows.select(
        pl.col("row").cast(pl.String).alias("record_id"),
        pl.col("person_ref")
        .replace_strict(people, range(len(people)), return_dtype=pl.Int64)
        .alias("person"),
    )
    related = pl.DataFrame(
        relations,
        schema={
            "person_ref": pl.String,
            "relationship": pl.String,
            "related_person_ref": pl.String,
            "from_date": pl.Date,
            "to_date": pl.Date,
        },
        orient="row",
    ).with_columns(file=pl.lit("r.csv"), row=pl.int_range(1, pl.len() + 1))
    return families(rows.drop("uprn", "surname"), related, records, persons, largest=largest)


def groups(found: Families) -> set[str]:
    """The families, each as its numbers joined by +."""
    grouped = found.family_of_ref.group_by("family").agg(pl.col("family_ref").sort())
    return {"+".join(refs) for refs in grouped["family_ref"]}


MUM_AND_CHILD = [spell("A", "mum", "parent"), spell("A", "child", "child")]
DAD_AND_CHILD = [spell("B", "dad", "parent"), spell("B", "child", "child")]


@pytest.mark.parametrize(
    ("story", "spells", "relations", "expected"),
    [
        ("nobody shared", [*MUM_AND_CHILD, spell("B", "dad", "parent")], [], {"A", "B"}),
        ("separated parents: a child alone in both", [*MUM_AND_CHILD, *DAD_AND_CHILD], [], {"A", "B"}),
        (
            "a new household: an adult alone in both",
            [*MUM_AND_CHILD, spell("B", "mum", "parent"), spell("B", "baby", "child")],
            [],
            {"A", "B"},
        ),
        (
            "entered twice: an adult and a child in both",
            [
                *MUM_AND_CHILD,
                spell("B", "mum", "parent"),
                spell("B", "child", "child"),
                spell("B", "dad", "carer"),
            ],
            [],
            {"A+B"},
        ),
        (
            "an unborn child in one, born in the other",
            [
                spell("A", "mum", "parent"),
                spell("A", "child", "unborn"),
                spell("B", "mum", "parent"),
                spell("B", "child", "child"),
            ],
            [],
            {"A+B"},
        ),
        (
            "an adult and a child in both, but never at the same time",
            [
                spell("A", "mum", "parent", None, EASTER),
                spell("A", "child", "child"),
                spell("B", "mum", "parent"),
                spell("B", "child", "child", SUMMER),
            ],
            [],
            {"A", "B"},
        ),
        (
            "separated parents who are recorded as parents of the children of both",
            [*MUM_AND_CHILD, spell("A", "sister", "child"), *DAD_AND_CHILD],
            [("dad", "parent_of", "sister", None, None), ("mum", "former_partner_of", "dad", None, None)],
            {"A", "B"},
        ),
        (
            "a child in both, and the parents recorded as partners",
            [*MUM_AND_CHILD, *DAD_AND_CHILD],
            [("dad", "partner_of", "mum", None, None)],
            {"A+B"},
        ),
        (
            "partners until before the child was in both",
            [*MUM_AND_CHILD, spell("B", "dad", "parent"), spell("B", "child", "child", SUMMER)],
            [("dad", "partner_of", "mum", None, EASTER)],
            {"A", "B"},
        ),
        (
            "a stepfamily: the stepmother is no tie to the first household",
            [
                *MUM_AND_CHILD,
                spell("A", "dad", "parent"),
                spell("B", "dad", "parent"),
                spell("B", "stepmum", "parent"),
                spell("B", "baby", "child"),
            ],
            [("stepmum", "step_parent_of", "child", None, None), ("dad", "parent_of", "baby", None, None)],
            {"A", "B"},
        ),
        (
            "an adult in both, and a child in one whose parent is in the other",
            [
                *MUM_AND_CHILD,
                spell("A", "gran", "other adult"),
                spell("B", "gran", "carer"),
                spell("B", "brother", "child"),
            ],
            [("mum", "parent_of", "brother", None, None)],
            {"A+B"},
        ),
        (
            "the same said by the child",
            [
                *MUM_AND_CHILD,
                spell("A", "gran", "other adult"),
                spell("B", "gran", "carer"),
                spell("B", "brother", "child"),
            ],
            [("brother", "child_of", "mum", None, None)],
            {"A+B"},
        ),
        (
            "an adult in both, and a child who lives with the other parent",
            [
                *MUM_AND_CHILD,
                spell("A", "dad", "parent"),
                spell("B", "dad", "parent"),
                spell("B", "stepmum", "parent"),
                spell("B", "brother", "child"),
            ],
            [("mum", "parent_of", "brother", None, None)],
            {"A", "B"},
        ),
        (
            "a child in both, whose parents have one surname and one home",
            [
                spell("A", "mum", "parent", None, None, "100", "Smith"),
                spell("A", "child", "child", None, None, "100", "Smith"),
                spell("B", "dad", "parent", None, None, "100", "SMITH"),
                spell("B", "child", "child", None, None, "100", "Smith"),
            ],
            [],
            {"A+B"},
        ),
        (
            "the same home, but nobody shared: an address alone makes no family",
            [
                spell("A", "mum", "parent", None, None, "100", "Smith"),
                spell("B", "dad", "parent", None, None, "100", "Smith"),
            ],
            [],
            {"A", "B"},
        ),
        (
            "the same home one after the other",
            [
                spell("A", "mum", "parent", None, EASTER, "100", "Smith"),
                spell("A", "child", "child"),
                spell("B", "dad", "parent", SUMMER, None, "100", "Smith"),
                spell("B", "child", "child"),
            ],
            [],
            {"A", "B"},
        ),
        (
            "one through another",
            [
                *MUM_AND_CHILD,
                spell("B", "mum", "parent"),
                spell("B", "child", "child"),
                spell("B", "dad", "parent"),
                spell("B", "brother", "child"),
                spell("C", "dad", "parent"),
                spell("C", "brother", "child"),
            ],
            [],
            {"A+B+C"},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_stories(story: str, spells: list[Spell], relations: list[tuple], expected: set[str]) -> None:
    assert groups(built(spells, relations)) == expected, story


def test_a_child_of_two_households_belongs_to_both_and_somebody_entered_twice_once() -> None:
    found = built([*MUM_AND_CHILD, *DAD_AND_CHILD, spell("A", "mum", "parent")])
    spells = found.memberships.group_by("person").len().sort("person")
    assert spells["len"].to_list() == [2, 1, 1]
    assert found.memberships.columns == ["family", "family_ref", "person", "role", "from_date", "to_date"]


def test_what_would_be_too_large_stays_apart_and_is_told() -> None:
    twice = [
        *MUM_AND_CHILD,
        spell("B", "mum", "parent"),
        spell("B", "child", "child"),
        spell("B", "dad", "carer"),
    ]
    found = built(twice, largest=2)
    assert groups(found) == {"A", "B"}
    assert len(found.warnings) == 1
    tied = built(
        [*twice, spell("C", "mum", "parent"), spell("C", "child", "child"), spell("C", "gran", "carer")],
        largest=3,
    )
    assert groups(tied) == {"A+B", "C"}
    assert tied.edges.filter(kind="not_made").select("family_ref", "other_family_ref").rows() == [
        ("A", "C"),
        ("B", "C"),
    ]
    assert not built(twice, largest=3).warnings


def test_a_worker_entered_as_an_adult_of_every_family_ties_none() -> None:
    spells = [
        spell(f"F{number:02d}", person, role)
        for number in range(40)
        for person, role in (("worker", "other adult"), ("placeholder", "child"))
    ]
    found = built(spells)
    assert len(groups(found)) == 40
    assert len(found.warnings) == 1


def test_a_hundred_thousand_rows_of_one_family_end_soon() -> None:
    spells = [spell("A" if n % 2 else "B", f"p{n // 3}", "parent") for n in range(100_000)]
    began = time.perf_counter()
    assert groups(built(spells)) == {"A", "B"}
    assert time.perf_counter() - began < 20


def test_families_that_all_share_people_are_no_families() -> None:
    spells = [
        spell(
            f"F{(person * 7 + turn * 13) % 3_000}",
            f"p{person}",
            "parent" if person % 2 else "child",
            home="1",
        )
        for person in range(3_000)
        for turn in range(10)
    ]
    began = time.perf_counter()
    found = built(spells)
    assert len(groups(found)) == 3_000
    assert any("share somebody at the same time" in warning for warning in found.warnings)
    assert time.perf_counter() - began < 20


def test_many_pairs_are_compared_a_part_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    spells = [
        spell(f"{twice}{family}", f"{person}{family}", role, home="1", surname="Smith")
        for family in range(9)
        for twice in "AB"
        for person, role in (("mum", "parent"), ("child", "child"), (f"other{twice}", "carer"))
    ]
    whole = built(spells)
    monkeypatch.setattr(ties, "_PAIRS_AT_A_TIME", 2)
    parts = built(spells)
    assert len(groups(parts)) == 9
    assert whole.edges.equals(parts.edges)


def test_no_relationships_and_no_members() -> None:
    found = built([])
    assert found.memberships.is_empty()
    assert found.edges.is_empty()


def test_the_order_of_the_rows_makes_no_difference() -> None:
    spells = [*MUM_AND_CHILD, *DAD_AND_CHILD, spell("C", "mum", "parent"), spell("C", "child", "child")]
    relation = [("dad", "partner_of", "mum", EASTER, None)]
    one, other = built(spells, relation), built(spells[::-1], relation)
    assert one.memberships.equals(other.memberships)
    assert one.family_of_ref.equals(other.family_of_ref)


def test_why_a_family_is_one(tmp_path) -> None:
    spells = [*MUM_AND_CHILD, *DAD_AND_CHILD, spell("C", "gran", "parent")]
    found = built(spells, [("dad", "partner_of", "mum", SUMMER, WINTER)])
    here = Places(tmp_path)
    keep_edges(here, "2024-10-31-001", found.edges)
    edges = read_edges(here, "2024-10-31-001")
    told = why_family(["A"], edges)
    assert told["why"][0].startswith("One family: they share somebody, and partners")
    assert told["from_date"][0] == SUMMER
    relation = told.filter(pl.col("why").str.starts_with("Recorded relationship: partner of"))
    assert relation.select("person_ref", "other_person_ref", "file", "row").unique().rows() == [
        ("dad", "mum", "r.csv", 1)
    ]
    assert set(told["family_ref"]) == {"A", "B"}
    assert told.filter(pl.col("why") == "In the case system: parent").height == 2


def test_why_records_are_one_person() -> None:
    found = built(MUM_AND_CHILD)
    mum = found.edges.filter(person_ref="mum")["person"][0]
    links = pl.DataFrame(
        {
            "contract": ["family_member", "police_incident", "police_incident"],
            "file": ["m.csv", "p.csv", "p.csv"],
            "row": [1, 7, 8],
            "person": [mum, mum, mum + 100],
            "how": ["own", "likely", "alone"],
        }
    )
    told = why_person(["mum"], found.edges, links)
    assert told.select("extract", "row").rows() == [("family_member", 1), ("police_incident", 7)]
    assert "agree well enough" in told["why"][1]


def test_edges_of_a_run_that_was_never_published_are_swept(tmp_path) -> None:
    here = Places(tmp_path)
    edges = built(MUM_AND_CHILD).edges
    for name in ("2024-10-31-001", "2024-10-31-002"):
        keep_edges(here, name, edges)
    assert (here.vault / "families" / "2024-10-31-001.parquet").stat().st_mode & 0o777 == 0o600
    sweep_edges(here, {"2024-10-31-001"})
    assert read_edges(here, "2024-10-31-001").height == 2
    with pytest.raises(ReleaseError):
        read_edges(here, "2024-10-31-002")
