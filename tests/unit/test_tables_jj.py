"""The JJ format: read as written, and every mistake in it is told with its line."""

import pytest

from disclosure.errors import TableError
from disclosure.tables import read_jj, write_jj

# Two rows by two columns, with totals.
GOOD = """0
9
0 20.0 20 s 0 100 0 0 0
1 50.0 50 s 0 100 0 0 0
2 70.0 70 s 0 100 0 0 0
3 3.0 3 u 0 100 1 2 0
4 8.0 8 s 0 100 0 0 0
5 11.0 11 s 0 100 0 0 0
6 23.0 23 s 0 100 0 0 0
7 58.0 58 s 0 100 0 0 0
8 81.0 81 z 0 100 0 0 0
6
0 3 : 2 (-1) 0 (1) 1 (1)
0 3 : 5 (-1) 3 (1) 4 (1)
0 3 : 8 (-1) 6 (1) 7 (1)
0 3 : 6 (-1) 0 (1) 3 (1)
0 3 : 7 (-1) 1 (1) 4 (1)
0 3 : 8 (-1) 2 (1) 5 (1)
"""


def test_a_table_is_read_and_written_as_it_is() -> None:
    system = read_jj(GOOD)
    assert (system.cells, system.equations) == (9, 6)
    assert system.value.tolist() == [20, 50, 70, 3, 8, 11, 23, 58, 81]
    assert system.status.tolist() == [*"sssussssz"]
    assert (system.protect_lower[3], system.protect_upper[3]) == (1, 2)
    assert system.equation(1) == "-1×[5] +1×[3] +1×[4] = 0"
    assert write_jj(read_jj(write_jj(system))) == write_jj(system)
    assert read_jj(GOOD.replace("\n", "\r\n")).value.tolist() == system.value.tolist()


def test_protection_levels_may_be_left_out() -> None:
    assert read_jj(GOOD.replace("0 100 0 0 0", "0 100").replace("100 1 2 0", "100")).protect_upper.sum() == 0


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("0\n9\n", "1\n9\n", "line 1: a JJ table begins with a line 0"),
        ("0\n9\n", "0\nnine\n", "line 2: the number of cells"),
        ("0\n9\n", "0\n99999999999999999999\n", "line 2: the number of cells"),
        ("0\n9\n", "0\n-9\n", "line 2: the number of cells"),
        ("0\n9\n", "0\n10\n", "line 12: a cell is 9 fields"),
        ("0\n9\n", "0\n900\n", "the file ends before the last"),
        ("3 3.0 3 u 0 100 1 2 0", "3 -3.0 3 u -100 100 1 2 0", "line 6: cell 3 is negative"),
        ("3 3.0 3 u 0 100 1 2 0", "3  3 u 0 100 1 2 0", "line 6: a cell is 9 fields"),
        ("3 3.0 3 u 0 100 1 2 0", "3 three 3 u 0 100 1 2 0", "line 6: the value of cell 3 is no number"),
        ("3 3.0 3 u 0 100 1 2 0", "3 nan 3 u 0 100 1 2 0", "line 6: the value of cell 3 is no number"),
        ("3 3.0 3 u 0 100 1 2 0", "3 3.0 inf u 0 100 1 2 0", "line 6: the cost of cell 3 is no number"),
        ("3 3.0 3 u 0 100 1 2 0", "3 3.0 -1 u 0 100 1 2 0", "cell 3 costs less than nothing"),
        ("3 3.0 3 u", "2 3.0 3 u", "line 6: cell 3 is due here"),
        ("3 3.0 3 u", "4 3.0 3 u", "line 6: cell 3 is due here"),
        ("3 3.0 3 u", "3 3.0 3 q", "line 6: the status is none of u, s, z"),
        ("3 3.0 3 u 0 100 1 2 0", "3 3.0 3 u 5 100 1 2 0", "cell 3 lies outside of its own bounds"),
        ("3 3.0 3 u 0 100 1 2 0", "3 3.0 3 u 0 100 4 2 0", "cell 3 asks for more protection"),
        ("3 3.0 3 u 0 100 1 2 0", "3 3.0 3 u 0 100 1 98 0", "cell 3 asks for more protection"),
        ("3 3.0 3 u 0 100 1 2 0", "3 3.0 3 u 0 100 1 2 101", "cell 3 asks for more protection"),
        ("3 3.0 3 u 0 100 1 2 0", "3 3.0 3 u 0 100 -1 2 0", "cell 3 has a protection level under 0"),
        ("3 3.0 3 u 0 100 1 2 0", "3 4.0 3 u 0 100 1 2 0", "equation 2 of 6 does not hold, it is off by 1"),
        ("6\n0 3 : 2", "7\n0 3 : 2", "line 12: says 7 equations, and 6 lines follow"),
        ("6\n0 3 : 2", "x\n0 3 : 2", "line 12: the number of equations"),
        ("0 3 : 5 (-1) 3 (1) 4 (1)", "0 4 : 5 (-1) 3 (1) 4 (1)", "line 14: says 4 terms"),
        ("0 3 : 5 (-1) 3 (1) 4 (1)", "0 3 5 (-1) 3 (1) 4 (1)", "line 14: an equation is"),
        ("0 3 : 5 (-1) 3 (1) 4 (1)", "x 3 : 5 (-1) 3 (1) 4 (1)", "line 14: an equation is"),
        ("0 3 : 5 (-1) 3 (1) 4 (1)", "0 3 : 5 (-1) 3 (one) 4 (1)", "line 14: an index or a coefficient"),
        ("0 3 : 5 (-1) 3 (1) 4 (1)", "0 3 : 5 (-1) 3 (1) 9 (1)", "line 14: names a cell that is not there"),
        ("0 3 : 5 (-1) 3 (1) 4 (1)", "0 3 : 5 (-1) -3 (1) 4 (1)", "line 14: names a cell that is not there"),
        ("0 3 : 5 (-1) 3 (1) 4 (1)", "0 3 : 5 (-1) 3 (1) 3 (1)", "equation 2 names cell 3 twice"),
        ("0 3 : 5 (-1) 3 (1) 4 (1)", "0 3 : 5 (-1) 3 (nan) 4 (1)", "has no number"),
        ("0 3 : 5 (-1) 3 (1) 4 (1)", "0 0 :", "equation 2 of 6 has no cells"),
    ],
)
def test_each_mistake_is_told_with_its_place(old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(TableError) as error:
        read_jj(GOOD.replace(old, new, 1), source="f.JJ")
    assert told in str(error.value)
    assert str(error.value).startswith("f.JJ")


@pytest.mark.parametrize(
    "text", ["", "\n", "0", "0\n0", "\x00" * 50, "0\n1\n0 1 1 s 0 1\n", GOOD[:300], GOOD[:-8]]
)
def test_a_file_that_is_cut_off_or_none_is_refused(text: str) -> None:
    with pytest.raises(TableError):
        read_jj(text)


def test_negative_values_are_read_where_they_are_meant() -> None:
    text = "0\n3\n0 -2 1 s -9 9\n1 5 1 s -9 9\n2 3 1 s -9 9\n1\n0 3 : 0 (1) 1 (1) 2 (-1)\n"
    assert read_jj(text, negative=True).value.tolist() == [-2, 5, 3]


def test_what_was_printed_rounded_still_adds_up() -> None:
    text = "0\n4\n0 0.33 1 s 0 9\n1 0.33 1 s 0 9\n2 0.33 1 s 0 9\n3 1.00 1 s 0 9\n1\n0 4 : 0 (1) 1 (1) 2 (1) 3 (-1)\n"
    assert read_jj(text).cells == 4
    with pytest.raises(TableError, match="does not hold"):
        read_jj(text.replace("1.00", "1.10"))


def test_a_bound_without_end_cannot_be_written() -> None:
    system = read_jj(GOOD)
    with pytest.raises(TableError, match="finite bounds"):
        write_jj(system.with_(upper=system.upper * float("inf")))
