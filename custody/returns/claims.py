"""The tables of claims of a return: counted in the ledger as it stood at one line, to the pound."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from custody.wording import code_words
from ledger import Ledger
from release.return_periods import Period
from release.returns import ColumnAsked, Given, Over, TableAsked

# Claims that nobody is paid for any more.
_ENDED: Final = frozenset({"rejected", "withdrawn"})
Row = tuple[str | None, ...]


def claim_rows(
    ledger: Ledger, line: int, table: TableAsked, period: Period, kinds: Mapping[str, str]
) -> list[tuple[Row, tuple[str, ...], tuple[int, ...]]]:
    """Each row of a table of claims: its codes (None: the total), their words, and a figure a column.

    `kinds`: words for the kinds of claims. A row is there where a claim is; the total over everything always is.
    """
    totals: dict[Row, list[int]] = {(None,) * len(table.rows): [0] * len(table.columns)}
    for place, column in enumerate(table.columns):
        if column.given is not Given.CLAIMS:
            continue
        for one in ledger.claims.counts_at(line, framework=column.framework):
            if not _counts(one.closes, str(one.step), column, period):
                continue
            told = {"kind": one.kind, "state": str(one.step), "rate": f"{one.rate:09d}"}
            codes = tuple(told[row] for row in table.rows)
            figure = one.claims if column.of[0] == "count" else one.worth
            for row in _rows(codes):
                totals.setdefault(row, [0] * len(table.columns))[place] += figure
    ordered = sorted(totals, key=lambda row: tuple((code is not None, code or "") for code in row))
    return [
        (
            row,
            tuple(_words(name, code, kinds) for name, code in zip(table.rows, row, strict=True)),
            tuple(totals[row]),
        )
        for row in ordered
    ]


def _counts(closes: date, step: str, column: ColumnAsked, period: Period) -> bool:
    """Whether a window and a step of claims belong to a column: by the day on which the window closed."""
    if column.states:
        if step not in column.states:
            return False
    elif step in _ENDED:
        return False
    if closes > period.last_day:
        return False
    first = period if column.over is Over.PERIOD else period.year_to_date[0]
    return column.over is Over.TO_DATE or closes >= first.first_day


def _rows(codes: Sequence[str]) -> Collection[Row]:
    """A row and every total that it is part of."""
    found: list[Row] = [()]
    for code in codes:
        found = [(*row, one) for row in found for one in (None, code)]
    return found


def _words(name: str, code: str | None, kinds: Mapping[str, str]) -> str:
    if code is None:
        return "Total"
    if name == "rate":
        return f"£{int(code):,}"
    return kinds.get(code, code_words(code)) if name == "kind" else code_words(code)


@dataclass(frozen=True)
class ClaimAt:
    """A claim as its own history has it at a line of the ledger: its framework, when its window closed, the last step
    that it had taken, and its worth in pounds."""

    framework: str
    closes: date
    step: str
    worth: int


def claim_histories(ledger: Ledger, line: int) -> list[ClaimAt]:
    """Every claim that was there at a line, read one by one: otherwise than the return itself counts them."""
    windows = {window.number: window for window in ledger.claims.windows()}
    found = []
    for standing in ledger.claims.standings():
        steps = [act.step for act in ledger.claims.history(standing.number) if act.line <= line]
        if steps:
            window = windows[standing.window]
            found.append(ClaimAt(window.framework, window.closes, str(steps[-1]), standing.worth))
    return found


def pounds_of(claims: Sequence[ClaimAt], column: ColumnAsked, period: Period) -> tuple[int, int]:
    """How many claims a column tells in all, and their pounds."""
    told = [
        one.worth
        for one in claims
        if column.framework in ("", one.framework) and _counts(one.closes, one.step, column, period)
    ]
    return len(told), sum(told)
