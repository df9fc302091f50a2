"""What the chapters of this folder share: tables of cases, and one invented family to judge them on.

A case is a row of a table. Days are written 2024-01-31, a period 2024-01-31..2024-03-01 (`..` with nothing
behind it: no end), several things with semicolons between them.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from outcomes import FRAMES, Evaluation, Framework, Headline, Need, evaluate, read_framework
from outcomes.rules import Rule

NATIONAL = read_framework(Path(__file__).parents[3] / "data" / "frameworks" / "supporting-families-2022.toml")
ALWAYS = "2020-04-01..2030-01-01"
Case = dict[str, str]


def cases(table: str) -> pytest.MarkDecorator:
    """The rows of a table as cases, named by its first column."""
    lines = [line for line in table.strip().splitlines() if set(line) - set("-| ")]
    heading, *rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    for row in rows:
        assert len(row) == len(heading), f"the row {row[0]!r} has {len(row)} cells"
    return pytest.mark.parametrize(
        "case", [dict(zip(heading, row, strict=True)) for row in rows], ids=[row[0] for row in rows]
    )


def day(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None


def some(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def period(cell: str) -> tuple[date | None, date | None]:
    first, _, last = cell.partition("..")
    return day(first), day(last)


def framework(rules: dict[str, Rule], **changes: Any) -> Framework:
    """The national framework with other needs; the headline of need 3.1 is 3."""
    needs = [Need(code, "", "", False, "low", "", "low", "", rule) for code, rule in rules.items()]
    heads = dict.fromkeys(need.code.split(".")[0] for need in needs)
    headlines = tuple(
        Headline(head, "", None, tuple(need for need in needs if need.code.split(".")[0] == head))
        for head in heads
    )
    return replace(NATIONAL, headlines=headlines, **changes)


def frame(name: str, *rows: tuple[Any, ...]) -> pl.DataFrame:
    """A frame by its name; a `record` that is left out is called `name 1`, `name 2` …"""
    full = [
        (*row, f"{name} {number}") if "record" in FRAMES[name] and len(row) < len(FRAMES[name]) else row
        for number, row in enumerate(rows, start=1)
    ]
    return pl.DataFrame(full, schema=FRAMES[name], orient="row")


def episode(ref: str = "episode", family: str = "family", **changes: Any) -> tuple[Any, ...]:
    """An episode that passes every practice test and is open."""
    row: dict[str, Any] = {
        "episode": ref,
        "family": family,
        "start_date": date(2023, 1, 1),
        "end_date": None,
        "assessment_date": date(2023, 1, 10),
        "plan_date": date(2023, 1, 20),
        "has_lead_practitioner": True,
        "closure_reason": None,
        "expectant_parent": None,
        **changes,
    }
    return tuple(row.values())


def coverage(extract: str, cell: str) -> pl.DataFrame:
    return frame("coverage", *((extract, *period(span)) for span in some(cell)))


def council(
    *, as_of: str, given: Framework, payment: str = "by_results", **frames: pl.DataFrame
) -> Evaluation:
    """Evaluates the frames given; those that are not are empty, and there is one episode of two members."""
    everything = {
        "episode": frame("episode", episode()),
        "episode_member": frame("episode_member", ("episode", "child", True), ("episode", "mother", False)),
        **{name: frame(name) for name in ("need", "progress", "coverage")},
        **frames,
    }
    return evaluate(everything, given, as_of=date.fromisoformat(as_of), payment=payment)


def judge(
    rule: Rule,
    *,
    identified: str,
    as_of: str,
    person: str | None = "child",
    changes: dict[str, Any] | None = None,
    **frames: pl.DataFrame,
) -> dict[str, Any]:
    """What becomes of one need under one rule."""
    need = frame("need", ("episode", person, "1.1", day(identified)))
    evaluation = council(
        as_of=as_of, given=framework({"1.1": rule}, **(changes or {})), **{"need": need, **frames}
    )
    (row,) = evaluation.need.to_dicts()
    return row


def matches(row: dict[str, Any], case: Case) -> None:
    """The state, days and reason that the case expects (columns that it does not have are not compared)."""
    expected = {
        "state": case["state"],
        "achieved_on": day(case["achieved"]),
        "sustained_on": day(case["sustained"]),
        "reason": case["reason"] or None,
    }
    assert {name: row[name] for name in expected} == expected
