"""Perturbation tables from other people's files."""

import numpy as np
import polars as pl
import pytest

from disclosure.cell_key import Ptable, ptable_from_text, ptable_to_text
from disclosure.errors import PerturbationError

# As the R package ptable writes one for D = 2, with six digits.
FROM_R = """i;j;p;v;p_int_lb;p_int_ub;type
0;0;1;0;0;1;all
1;0;0.5;-1;0;0.5;all
1;1;0.166667;0;0.5;0.666667;all
1;2;0.166667;1;0.666667;0.833333;all
1;3;0.166667;2;0.833333;1;all
2;0;0.25;-2;0;0.25;all
2;2;0.5;0;0.25;0.75;all
2;4;0.25;2;0.75;1;all
"""
HALF, EDGE = 2**31, 2**32 - 1


def ons(changes: int = -1, last: int = 750, keys: int = 4) -> str:
    rows = (f"{count},{key},{changes}\n" for count in range(1, last + 1) for key in range(keys))
    return "pcv,ckey,pvalue\n" + "".join(rows)


def test_a_table_of_the_r_package_and_tau_argus_is_read() -> None:
    ptable = ptable_from_text(FROM_R)
    keys = np.array([0, HALF, HALF + 1, EDGE], dtype=np.uint64)
    # A key that is the end of a part belongs to it.
    assert ptable.changes(np.array([1, 1, 1, 1]), keys).tolist() == [-1, -1, 0, 2]
    assert ptable.changes(np.array([2, 9, 9_000, 0]), keys).tolist() == [-2, 0, 0, 0]


@pytest.mark.parametrize(
    "text",
    [
        FROM_R.replace(";", ","),
        FROM_R.replace(";", "\t"),
        FROM_R.replace("\n", "\r\n"),
        "\ufeff" + FROM_R,
        FROM_R.replace(".", ","),
        FROM_R.replace("all", '"all"'),
        FROM_R.replace("p_int_ub", "P_INT_UB"),
    ],
    ids=["commas", "tabs", "windows", "byte order mark", "decimal commas", "quotes", "capitals"],
)
def test_it_is_read_however_it_was_saved(text: str) -> None:
    assert ptable_from_text(text).fingerprint == ptable_from_text(FROM_R).fingerprint


def test_without_parts_of_the_keys_they_follow_from_the_chances() -> None:
    rows = pl.read_csv(FROM_R.encode(), separator=";").select("i", "p", "v")
    chances = ptable_from_text(rows.write_csv()).chances(1)
    assert chances == pytest.approx({0: 0.5, 1: 1 / 6, 2: 1 / 6, 3: 1 / 6}, abs=1e-5)


def test_a_table_written_and_read_again_is_the_same() -> None:
    for made in (Ptable.maximum_entropy(), ptable_from_text(FROM_R)):
        assert ptable_from_text(ptable_to_text(made)).fingerprint == made.fingerprint


def test_a_table_of_the_ons_reuses_its_last_250_rows() -> None:
    rows = [
        f"{count},{key},{(count % 5) - 2 if count > 2 else 0}" for count in range(1, 751) for key in range(2)
    ]
    ptable = ptable_from_text("pcv,ckey,pvalue\n" + "\n".join(rows))
    counts = np.array([750, 751, 752, 1_000, 1_001, 1_250, 500_001])
    row = np.where(counts <= 750, counts, (counts - 1) % 250 + 501)
    assert ptable.changes(counts, np.zeros(7, dtype=np.int64)).tolist() == (row % 5 - 2).tolist()
    with pytest.raises(PerturbationError, match="in turn"):
        ptable_to_text(ptable)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no table"),
        ("a;b\n1;2\n", "the headings are a, b"),
        ("i;v;v;p\n", "a heading comes twice"),
        ("i;v;p\n0;0;1;9\n", "no table"),
        (FROM_R.replace("0.25;0.75", "0.25;0.7"), "for the count 2 a chance"),
        (FROM_R.replace("2;4;0.25;2;0.75;1;all\n", ""), "the chances of the count 2 sum to 0.75"),
        (FROM_R.replace("1;0;0.5;-1", "1;0;-0.5;-1"), "line 3: p is no chance"),
        (FROM_R.replace("1;0;0.5;-1", "1;0;nan;-1"), "line 3: p is no number"),
        (FROM_R.replace("1;0;0.5;-1", "1;0;=1+1;-1"), "line 3: p is no number"),
        (FROM_R.replace("1;0;0.5;-1", "1;0;0.5;-0.5"), "line 3: v is no whole number"),
        (FROM_R.replace("1;0;0.5;-1", "1;0;0.5;-3"), "j is not i"),
        (FROM_R.replace("2;4;0.25;2;0.75;1;all", "2;4;0.25;2;0.75;1;even"), "sums of values"),
        (
            FROM_R.replace("\n2;", "\n3;").replace("3;0;0.25;-2", "3;1;0.25;-2"),
            "j is not i|no row for the count 2",
        ),
        (ons(last=700), "end at the count 700"),
        (ons(changes=-2), "the count 1 would be published below zero"),
        (ons().replace("\n7,2,-1", ""), "the count 7 has not one row for each cell key"),
        (ons().replace("\n7,2,-1", "\n7,1,-1"), "the count 7 has not one row for each cell key"),
        (ons().replace("\n7,2,-1", "\n7,,-1"), "ckey is no number"),
    ],
)
def test_a_file_with_a_fault_is_refused_with_the_place(text: str, says: str) -> None:
    with pytest.raises(PerturbationError, match=says):
        ptable_from_text(text, "table.csv")
