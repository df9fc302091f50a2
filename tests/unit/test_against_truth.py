"""Needs and claims held against a truth: what differs, and whether linkage is why."""

from pathlib import Path

import polars as pl
import pytest

from pipelines.quality.against_truth import (
    RIGHT,
    WRONG,
    Truth,
    compare_outcomes,
    read_outcomes_truth,
)
from pipelines.quality.scoring import TruthError


def frame(columns: str, *rows: tuple[object, ...]) -> pl.DataFrame:
    names = columns.split()
    schema = {name: pl.Int64 if name == "row" else pl.String for name in names}
    return pl.DataFrame(rows, schema=schema, orient="row")


# Two families of one person each; the second person has a need of the first family's kind too.
TRUTH = Truth(
    needs=frame(
        "episode_ref person_ref need_code state achieved_on sustained_on",
        ("E1", "P1", "1.1", "sustained", "2024-01-01", "2024-06-30"),
        ("E1", None, "9.1", "outstanding", None, None),
        ("E2", "P2", "1.1", "outstanding", None, None),
    ),
    claims=frame(
        "family_ref episode_ref state claim_date",
        ("F1", "E1", "in_progress", None),
        ("F2", "E2", "claimable", "2024-07-01"),
    ),
    people=frame("family_ref true_person_id", ("F1", "T1"), ("F2", "T2")),
    records=frame(
        "contract row true_person_id file",
        ("police_incident", 1, "T1", "p.csv"),
        ("family_member", 1, "T1", "m.csv"),
        ("family_member", 2, "T2", "m.csv"),
    ),
)
REFERENCES = frame(
    "kind pseudonym reference",
    ("episode", "e1", "E1"),
    ("episode", "e2", "E2"),
    ("person", "p1", "P1"),
    ("person", "p2", "P2"),
)
NEED = frame(
    "episode person need_code state achieved_on sustained_on",
    ("e1", "p1", "1.1", "sustained", "2024-01-01", "2024-06-30"),
    ("e1", None, "9.1", "outstanding", None, None),
    ("e2", "p2", "1.1", "outstanding", None, None),
)
CLAIM = frame("episode state claim_date", ("e1", "in_progress", None), ("e2", "claimable", "2024-07-01"))
LINKS = frame(
    "contract file row person",
    ("police_incident", "p.csv", 1, "a"),
    ("family_member", "m.csv", 1, "a"),
    ("family_member", "m.csv", 2, "b"),
)


def test_what_is_the_same_is_no_difference() -> None:
    compared = compare_outcomes(TRUTH, NEED, CLAIM, REFERENCES, LINKS)
    assert compared.differences.is_empty()
    assert (compared.needs, compared.claims) == (3, 2)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"state": "sustaining"}, ("need", "F2", "E2", "P2", "1.1", "outstanding", "sustaining")),
        (
            {"achieved_on": "2024-02-02"},
            ("need", "F2", "E2", "P2", "1.1", "outstanding", "outstanding 2024-02-02"),
        ),
    ],
)
def test_a_need_that_differs_is_told_as_both_have_it(changed: dict[str, str], expected: tuple) -> None:
    mine = pl.col("episode") == "e2"
    need = NEED.with_columns(
        pl.when(mine).then(pl.lit(value)).otherwise(pl.col(name)).alias(name)
        for name, value in changed.items()
    )
    (row,) = compare_outcomes(TRUTH, need, CLAIM, REFERENCES, LINKS).differences.rows()
    assert row == (*expected, RIGHT)


def test_a_need_that_is_only_in_one_of_the_two_differs() -> None:
    need = pl.concat(
        [
            NEED.head(2),
            frame(
                "episode person need_code state achieved_on sustained_on",
                ("e2", "p2", "7.1", "waived", None, None),
            ),
        ]
    )
    found = compare_outcomes(TRUTH, need, CLAIM, REFERENCES, LINKS).differences
    assert found.select("need_code", "truth", "release").rows() == [
        ("1.1", "outstanding", "not there"),
        ("7.1", "not there", "waived"),
    ]


def test_a_person_whom_the_release_does_not_know_is_not_taken_for_the_whole_family() -> None:
    known = REFERENCES.filter(pl.col("reference") != "P1")
    need = NEED.filter(pl.col("need_code") == "9.1").with_columns(need_code=pl.lit("1.1"))
    found = compare_outcomes(TRUTH, need, CLAIM, known, LINKS).differences
    assert ("E1", "P1", "not there") in found.select("episode_ref", "person_ref", "release").rows()


@pytest.mark.parametrize(
    ("links", "wrong"),
    [
        # A record of their own is somebody else's.
        (
            [
                ("police_incident", "p.csv", 1, "c"),
                ("family_member", "m.csv", 1, "a"),
                ("family_member", "m.csv", 2, "b"),
            ],
            {"F1"},
        ),
        # Two people are one.
        (
            [
                ("police_incident", "p.csv", 1, "a"),
                ("family_member", "m.csv", 1, "a"),
                ("family_member", "m.csv", 2, "a"),
            ],
            {"F1", "F2"},
        ),
        # A record that is in no truth says nothing.
        (
            [
                ("family_member", "m.csv", 1, "a"),
                ("family_member", "m.csv", 2, "b"),
                ("housing_event", "h.csv", 9, "a"),
            ],
            set(),
        ),
    ],
)
def test_linkage_differs_where_a_person_lacks_a_record_or_has_another_s(links: list, wrong: set[str]) -> None:
    claim = CLAIM.with_columns(state=pl.lit("evidence_gap"))
    found = compare_outcomes(TRUTH, NEED, claim, REFERENCES, frame("contract file row person", *links))
    told = dict(found.differences.select("family_ref", "linkage").iter_rows())
    assert told == {family: WRONG if family in wrong else RIGHT for family in ("F1", "F2")}
    assert found.count("claim", WRONG) == len(wrong)


def test_a_truth_about_other_extracts_is_refused() -> None:
    with pytest.raises(TruthError, match="other extracts"):
        compare_outcomes(TRUTH, NEED, CLAIM, REFERENCES.filter(pl.col("kind") == "person"), LINKS)


def test_a_truth_that_says_a_thing_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "need_states.csv").write_text(
        "episode_ref,person_ref,need_code,state,achieved_on,sustained_on\n" + "E1,,1.1,met,,\n" * 2
    )
    (tmp_path / "claims.csv").write_text("family_ref,episode_ref,state,claim_date\nF1,E1,claimable,\n")
    (tmp_path / "families.csv").write_text("family_ref,true_person_ids\nF1,T1|T2\n")
    (tmp_path / "records.csv").write_text("contract,row,true_person_id,file\nneed,1,T1,a.csv\n")
    with pytest.raises(TruthError, match="twice"):
        read_outcomes_truth(tmp_path)
    (tmp_path / "need_states.csv").write_text(
        "episode_ref,person_ref,need_code,state,achieved_on,sustained_on\nE1,,1.1,met,,\n"
    )
    assert read_outcomes_truth(tmp_path).people.rows() == [("F1", "T1"), ("F1", "T2")]
