"""`python -m disclosure audit`, as somebody runs it on tables of their own."""

import sys
from pathlib import Path

import polars as pl
import pytest

from disclosure.commands.app import main
from disclosure.tables import System, system_of, write_jj


def _table(values: list[float], **more: object) -> System:
    """Two rows by two columns with totals, row by row."""
    a, b, c, d = values
    cells = [a, b, a + b, c, d, c + d, a + c, b + d, a + b + c + d]
    lines = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8)]
    return system_of(cells, [(0.0, [(x, 1.0), (y, 1.0), (t, -1.0)]) for x, y, t in lines], **more)  # type: ignore[arg-type]


SMALL = _table(
    [1, 20, 30, 40], status=[*"ussssssss"], protect_upper=[4, *[0] * 8], protect_lower=[1, *[0] * 8]
)
# Each row and column with a suppressed cell has two.
SAFE = "cell,status,reason\n" + "".join(f"{n},{s},\n" for n, s in enumerate("uxsxxssss"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one.JJ").write_text(write_jj(SMALL))
    (tmp_path / "safe.csv").write_text(SAFE)
    return tmp_path


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["disclosure", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_a_safe_pattern_is_called_safe_with_the_interval_of_every_cell(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    to = folder / "out.csv"
    code = _run(monkeypatch, "audit", folder / "one.JJ", "--pattern", folder / "safe.csv", "--to", to)
    assert code == 0
    assert "Safe." in capsys.readouterr().out
    found = pl.read_csv(to)
    assert found.columns == ["cell", "status", "lowest", "highest", "narrowest", "finding"]
    assert found.row(0) == ("one:0", "u", 0.0, 21.0, "yes", None)
    assert found.row(4)[2:4] == (39.0, 60.0)
    # Without a file it is printed.
    assert _run(monkeypatch, "audit", folder / "one.JJ", "--pattern", folder / "safe.csv") == 0
    assert capsys.readouterr().out.startswith(
        "cell,status,lowest,highest,narrowest,finding\none:0,u,0.0,21.0,yes,"
    )


def test_a_primary_cell_alone_is_found_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, "audit", folder / "one.JJ") == 89
    said = capsys.readouterr()
    assert "one:0,u,1.0,1.0,yes,exact" in said.out
    assert "disclosed exactly: 1" in said.out
    assert "Not safe: 1 primary cells can be found out: one:0." in said.err


def test_two_tables_each_safe_alone_give_a_cell_away_together(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second shows what protects the cell in the first."""
    (folder / "two.JJ").write_text(write_jj(_table([30, 40, 5, 6])))
    (folder / "shown.csv").write_text("cell,status\n" + "".join(f"{cell},s\n" for cell in range(9)))
    (folder / "one.csv").write_text("cell,name\n3,c\n4,d\n5,c+d\n")
    (folder / "two.csv").write_text("cell,name\n0,c\n1,d\n2,c+d\n")
    tables = ["audit", folder / "one.JJ", folder / "two.JJ"]
    patterns = ["--pattern", folder / "safe.csv", "--pattern", folder / "shown.csv"]
    assert _run(monkeypatch, *tables, *patterns) == 0
    assert (
        _run(monkeypatch, *tables, *patterns, "--names", folder / "one.csv", "--names", folder / "two.csv")
        == 89
    )
    assert "Not safe: 1 primary cells can be found out: one:0." in capsys.readouterr().err


def test_a_contributor_who_knows_itself_is_an_attacker(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "names.csv").write_text("cell,name,holder\n0,a,\n1,b,7\n2,ab,\n")
    arguments = [
        "audit",
        folder / "one.JJ",
        "--pattern",
        folder / "safe.csv",
        "--names",
        folder / "names.csv",
    ]
    assert _run(monkeypatch, *arguments) == 89
    assert "to a contributor who knows itself: 1" in capsys.readouterr().out


def test_rounded_cells_are_told_by_what_they_leave_open(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ["cell,status,lowest,highest", "0,r,0,4", *(f"{cell},s,," for cell in range(1, 9))]
    (folder / "rounded.csv").write_text("\n".join(lines))
    assert _run(monkeypatch, "audit", folder / "one.JJ", "--pattern", folder / "rounded.csv") == 89
    lines[2:] = [
        f"{cell},r,{max(0, value - 5)},{value + 5}" for cell, value in enumerate(SMALL.value) if cell
    ]
    (folder / "rounded.csv").write_text("\n".join(lines))
    assert _run(monkeypatch, "audit", folder / "one.JJ", "--pattern", folder / "rounded.csv", "--whole") == 89
    # It can be 0 to 4: never 5, which its protection level asks for.
    assert "one:0,u,0.0,4.0,yes,close" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "text", "code", "told"),
    [
        ("safe.csv", "cell,status\n0,u\n", 82, "cell 1 is missing"),
        ("safe.csv", SAFE + "3,x,\n", 82, "cell 3 is there twice"),
        ("safe.csv", SAFE + "9,x,\n", 82, "line 11: no cell of the table"),
        ("safe.csv", SAFE + "-1,x,\n", 82, "line 11: no cell of the table"),
        ("safe.csv", SAFE.replace("1,x", "1,y"), 82, "cell 1 has a status that is none of"),
        ("safe.csv", SAFE.replace("1,x", "1,r"), 82, "need the columns lowest and highest"),
        ("safe.csv", SAFE.replace("status", "state"), 81, "has no column status"),
        ("safe.csv", "", 81, "cannot be read as a CSV file"),
        ("safe.csv", 'cell,status\n0,"u\n', 81, "cannot be read as a CSV file"),
        ("safe.csv", b"cell,status\n0,\xff\n", 81, "is no text in UTF-8"),
        ("one.JJ", "0\n", 81, "a JJ table begins with a line 0"),
        ("names.csv", "cell,name\n0,a\n1,a\n", 82, "the name a is there twice"),
        ("names.csv", "cell,name,holder\n0,a,me\n", 82, "a holder is a whole number"),
    ],
)
def test_files_that_do_not_fit_are_refused(  # type: ignore[no-untyped-def]
    name, text, code, told, folder: Path, monkeypatch, capsys
) -> None:
    (folder / "names.csv").write_text("cell,name\n")
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    arguments = [folder / "one.JJ", "--pattern", folder / "safe.csv", "--names", folder / "names.csv"]
    assert _run(monkeypatch, "audit", *arguments) == code
    said = capsys.readouterr().err
    assert told in said
    assert name in said


def test_what_is_not_there_is_said_without_a_traceback(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, "audit", folder / "none.JJ") == 81
    assert "none.JJ: there is no such file" in capsys.readouterr().err
    assert _run(monkeypatch, "audit", folder) == 81
    two = ["audit", folder / "one.JJ", folder / "one.JJ"]
    assert _run(monkeypatch, *two, "--pattern", folder / "safe.csv") == 82
    assert "--pattern is given 1 times for 2 tables" in capsys.readouterr().err
    assert _run(monkeypatch, *two) == 82
    assert "the same table is given twice" in capsys.readouterr().err
    assert _run(monkeypatch, "audit", folder / "one.JJ", "--to", folder / "no" / "out.csv") == 81
    assert "there is no such folder to write into" in capsys.readouterr().err
