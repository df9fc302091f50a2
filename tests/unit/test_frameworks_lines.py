"""On which line of a TOML file a setting stands."""

import pytest

from outcomes.toml_lines import Lines, Path

TEXT = '''\
a = 1 # a comment with [brackets] and = signs
"b c".d = 2
long = """
first
"quoted" \\""" still inside
last"""""
literal = \'\'\'
[no.table]
\'\'\'
list = [
    1, # ] no end
    [2,
     3],
    "]",
]
[table] # after

[table.inner]
braces = { x = 1, "y.z" = { w = [1, { deep = 2 }] } }
[[many]]
name = "one"
[[many.of]]
x = 1
[[many.of]]
x = 2
[[many]]
[many.table]
y = 3
[[many.of]]
x = 4
[table.after]
z = 5
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a",), 1),
        (("b c",), 2),
        (("b c", "d"), 2),
        (("long",), 3),
        (("literal",), 7),
        (("list",), 10),
        (("list", 0), 11),
        (("list", 1), 12),
        (("list", 1, 1), 13),
        (("list", 2), 14),
        (("table",), 16),
        (("table", "inner"), 18),
        (("table", "inner", "braces", "x"), 19),
        (("table", "inner", "braces", "y.z", "w", 1, "deep"), 19),
        (("many",), 20),
        (("many", 0, "name"), 21),
        (("many", 0, "of", 0, "x"), 23),
        (("many", 0, "of", 1), 24),
        (("many", 0, "of", 1, "x"), 25),
        (("many", 1), 26),
        (("many", 1, "table", "y"), 28),
        (("many", 1, "of", 0, "x"), 30),
        (("table", "after", "z"), 32),
    ],
)
def test_where_a_setting_stands(path: Path, line: int) -> None:
    assert Lines(TEXT).at(path) == line


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("many", 0, "missing"), 20),
        (("table", "inner", "braces", "missing", "further"), 19),
        (("missing",), None),
        ((), None),
    ],
)
def test_what_is_missing_is_looked_for_where_its_table_begins(path: Path, line: int | None) -> None:
    assert Lines(TEXT).at(path) == line


def test_line_ends_of_windows_count_once() -> None:
    assert Lines("a = 1\r\n# x\r\nb = 2\r\n").at(("b",)) == 3


def test_nothing_is_known_of_an_empty_file() -> None:
    assert Lines("").at(("a",)) is None
