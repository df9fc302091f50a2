"""What a version of a return holds, as the ledger keeps it: canonical JSON of safe figures, each with where it is from.

    {"form": 1, "template": {id, title, digest, …}, "period": {code, words, …}, "release", "as_of", "ledger_line",
     "version", "geography": {…}, "tables": [{"name", "title", "about",
        "filters": [{"name", "label"}],
        "columns": [{"name", "label", "unit", "decimals", "about", "verified", "source"}],
        "rows": [{"codes": […], "labels": […], "cells": [[value, symbol], …]}]}],
     "narrative": [{"name", "label", "words"}], "notes": […]}

`codes`: a row's code in each filter, null for its total. A value is a whole number, or a decimal written as text.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from release.errors import SettingsError

FORM: Final = 1
Row = tuple[str | None, ...]
CellId = tuple[str, Row, str]


@dataclass(frozen=True)
class CellTold:
    """A cell as a version tells it: `value` (None where there is a `symbol`), and the words for its place."""

    value: int | Decimal | None
    symbol: str
    table: str
    row: str
    column: str
    decimals: int
    source: Mapping[str, Any]

    @property
    def words(self) -> str:
        """As a reader sees it: "1,204", "12.5", "[c]"."""
        return f"[{self.symbol}]" if self.value is None else f"{self.value:,}"


@dataclass(frozen=True)
class Difference:
    """A cell that two versions do not tell the same: `row` and the rest in words."""

    table: str
    row: str
    column: str
    before: str
    now: str
    difference: str
    why: str


def read_content(text: str) -> dict[str, Any]:
    """A version's content. Raises SettingsError where it is of no form that is known here."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or content.get("form") != FORM:
        raise SettingsError("The content of this return is of a form that this version does not read.")
    return content


def cells_of(content: Mapping[str, Any]) -> Iterator[tuple[CellId, CellTold]]:
    """Every figure of a version, by table, row (its codes) and column."""
    for table in content["tables"]:
        for row in table["rows"]:
            words = ", ".join(row["labels"]) or "Total"
            for column, (value, symbol) in zip(table["columns"], row["cells"], strict=True):
                yield (
                    (table["name"], tuple(row["codes"]), column["name"]),
                    CellTold(
                        Decimal(value) if isinstance(value, str) else value,
                        symbol,
                        table["title"],
                        words,
                        column["label"],
                        column["decimals"],
                        column["source"],
                    ),
                )


def reconcile(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """Every cell that two versions of a return do not tell the same, in the order of the newer one, and why."""
    earlier, later = dict(cells_of(before)), dict(cells_of(now))
    found = []
    for place in [*later, *(one for one in earlier if one not in later)]:
        old, new = earlier.get(place), later.get(place)
        if old is not None and new is not None and (old.value, old.symbol) == (new.value, new.symbol):
            continue
        there = new or old
        assert there is not None
        found.append(
            Difference(
                there.table,
                there.row,
                there.column,
                old.words if old else "not asked for",
                new.words if new else "not asked for",
                _apart(old, new),
                _why(old, new, before, now),
            )
        )
    return found


def _apart(old: CellTold | None, new: CellTold | None) -> str:
    if old is None or new is None or old.value is None or new.value is None:
        return ""
    return f"{new.value - old.value:+,}"


def _why(
    old: CellTold | None, new: CellTold | None, before: Mapping[str, Any], now: Mapping[str, Any]
) -> str:
    """Why a cell is told otherwise: the most telling of what differs between the two versions."""
    if old is None or new is None:
        return "The template has another table, row or column than before"
    if before["template"]["digest"] != now["template"]["digest"] and _asked(old) != _asked(new):
        return "The template asks for something else"
    if "c" in (old.symbol, new.symbol):
        return (
            "It is withheld now, to protect small counts"
            if new.symbol == "c"
            else "It was withheld before, and need not be now"
        )
    if old.symbol or new.symbol:
        return "It was or is not available"
    if new.source.get("from") == "ledger":
        return f"What was done with claims between the ledger's lines {before['ledger_line']} and {now['ledger_line']}"
    if before["release"] == now["release"]:
        return "The figure was worked out otherwise from the same release"
    versions = before.get("frameworks"), now.get("frameworks")
    if versions[0] != versions[1] and new.source.get("framework"):
        return "The framework's rules were changed between the two releases"
    return f"Records were added or corrected between the releases {before['release']} and {now['release']}"


def _asked(cell: CellTold) -> dict[str, Any]:
    return {name: said for name, said in cell.source.items() if name not in ("release", "line")}


def outbox_name(number: int, file: str) -> str:
    """What a file of a version is called in the outbox, by the version's number in the ledger."""
    return f"return-{number:06d}-{file}"
