"""`python -m disclosure protect`, as somebody runs it on a table of their own."""

import sys
from pathlib import Path

import polars as pl
import pytest

from disclosure.audit import check_pattern
from disclosure.commands.app import main
from disclosure.tables import System, read_jj, write_jj
from tests.generative.naive_tables import crossed


@pytest.fixture
def table(tmp_path: Path) -> Path:
    system = crossed([[1, 20, 9], [30, 40, 8], [5, 6, 7]])
    levels = [3.0 if cell == 0 else 0.0 for cell in range(system.cells)]
    system = system.with_(status=system.status.copy(), protect_upper=pl.Series(levels).to_numpy())
    system.status[0] = "u"
    (tmp_path / "one.JJ").write_text(write_jj(system))
    return tmp_path / "one.JJ"


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["disclosure", "protect", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def _safe(system: System, pattern: Path) -> bool:
    frame = pl.read_csv(pattern)
    assert frame["cell"].to_list() == list(range(system.cells))
    hidden = frame["status"].is_in(["u", "x"]).to_numpy()
    return not check_pattern(system, hidden).unsafe.any()


@pytest.mark.parametrize("mode", ["exact", "fast"])
def test_a_pattern_is_written_and_told(
    mode: str, table: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    to = table.parent / "pattern.csv"
    assert _run(monkeypatch, table, "--mode", mode, "--seconds", 60, "--to", to) == 0
    told = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert told["unsafe"] == "0"
    # 5 and 6 with 20 and its row, or the cells beside it: nothing safe costs less than three cells that are left.
    assert float(told["cost"]) >= float(told["bound"]) > 0
    assert _safe(read_jj(table.read_text()), to)
    frame = pl.read_csv(to)
    assert frame.columns == ["cell", "status", "reason"]
    secondary = frame.filter(pl.col("status") == "x")
    assert secondary.height == int(told["secondary"].split()[0]) >= 3
    assert secondary["reason"].str.contains("protects primary cell 0").all()


def test_costs_are_chosen_by_policy(
    table: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = {}
    for policy in ("unit", "value", "log"):
        to = table.parent / f"{policy}.csv"
        assert _run(monkeypatch, table, "--cost", policy, "--to", to) == 0
        assert "proved" in capsys.readouterr().out
        cells[policy] = pl.read_csv(to).filter(pl.col("status") == "x").height
    assert cells["unit"] == 3
    assert cells["unit"] <= min(cells.values())


def test_what_nothing_protects_is_named(
    table: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    system = read_jj(table.read_text())
    shown = system.status.copy()
    shown[1:] = "z"
    table.write_text(write_jj(system.with_(status=shown)))
    to = table.parent / "pattern.csv"
    assert _run(monkeypatch, table, "--to", to) == 84
    message = capsys.readouterr().err
    assert "no pattern can protect 1 primary cell (0)" in message
    assert "Let more cells be suppressed" in message
    assert not to.exists()


def test_without_time_the_answer_is_safe_and_says_so(
    monkeypatch: pytest.MonkeyPatch, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # No search at all fits into this.
    monkeypatch.setattr("disclosure.suppression.search.Search.left", lambda self: -1.0)
    for mode in ("exact", "fast"):
        to = table.parent / f"{mode}.csv"
        assert _run(monkeypatch, table, "--mode", mode, "--seconds", 0.1, "--to", to) == 0
        told = capsys.readouterr().out
        assert "not proved the time (0.1 seconds) was up" in told
        assert _safe(read_jj(table.read_text()), to)


@pytest.mark.parametrize(
    "arguments", [("--seconds", "0"), ("--mode", "quick"), ("--cost", "beauty"), ("--seconds", "soon")]
)
def test_what_makes_no_sense_is_refused(
    arguments: tuple[str, str], table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _run(monkeypatch, table, "--to", table.parent / "p.csv", *arguments) == 2
