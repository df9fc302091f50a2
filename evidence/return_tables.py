"""The tables of a return as they will be sent, out of the content that the ledger keeps: texts only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, Final

import polars as pl

from evidence.evidence import Choice
from evidence.words import count

# As they stand in the spreadsheets; in the data files they stand without brackets.
SYMBOLS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "c": "suppressed: somebody could be found from it, alone or together with other figures",
        "z": "not applicable: this cannot occur",
        "x": "not available: nothing that was sent to Outcome Lens says it",
        "low": "above nothing, but rounds to nothing",
        "k": "above nothing, but rounds to nothing, and sensitive",
        "u": "of low reliability: too few to go by",
    }
)


@dataclass(frozen=True)
class Shown:
    """One table of a return: its words, its cells, where the cells of each column come from, and how many symbols of
    each kind stand in it. Frames hold texts."""

    name: str
    title: str
    about: str
    cells: pl.DataFrame
    sources: pl.DataFrame
    figures: int
    symbols: Mapping[str, int]


def choices(content: Mapping[str, Any]) -> list[Choice]:
    """The tables of a return to choose from, in their order."""
    return [
        Choice(str(one["name"]), f"{number}. {one['title']}")
        for number, one in enumerate(_tables(content), 1)
    ]


def shown(content: Mapping[str, Any], name: str) -> Shown | None:
    """One table by its name; None where the return has no such table."""
    table = next((one for one in _tables(content) if one["name"] == name), None)
    if table is None:
        return None
    columns: Sequence[Mapping[str, Any]] = table["columns"]
    headings = _headings([str(one["label"]) for one in (*table["filters"], *columns)])
    rows, symbols, figures = [], dict[str, int](), 0
    for row in table["rows"]:
        told = [
            _cell(value, symbol, column)
            for (value, symbol), column in zip(row["cells"], columns, strict=True)
        ]
        rows.append([*(str(label) for label in row["labels"]), *told])
        for value, symbol in row["cells"]:
            figures += value is not None
            if symbol:
                symbols[symbol] = symbols.get(symbol, 0) + 1
    cells = pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row")
    title, about = str(table["title"]), str(table.get("about", ""))
    return Shown(str(table["name"]), title, about, cells, _sources(columns), figures, symbols)


def symbol_words(symbols: Mapping[str, int]) -> list[str]:
    """What the symbols in a table mean, and how many of each there are."""
    return [
        f"[{symbol}] ({count(number)}): {SYMBOLS.get(symbol, 'a symbol that is not known here')}."
        for symbol, number in symbols.items()
    ]


def _tables(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(content.get("tables", ()))


def _headings(labels: list[str]) -> list[str]:
    """Labels as headings, no two alike."""
    found: list[str] = []
    for label in labels:
        number, heading = 2, label
        while heading in found:
            number, heading = number + 1, f"{label} ({number})"
        found.append(heading)
    return found


def _cell(value: object, symbol: str, column: Mapping[str, Any]) -> str:
    if value is None:
        return f"[{symbol}]"
    return figure(value, str(column.get("unit", "")), column.get("decimals"))


def figure(value: object, unit: str, decimals: int | None = None) -> str:
    """A figure of a return as it is read: 1,240, £96,000.00 or 62.5%. What is no number stays as it is."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not number.is_finite():
        return str(value)
    exponent = number.as_tuple().exponent
    places = decimals if decimals is not None else max(0, -exponent if isinstance(exponent, int) else 0)
    words = f"{abs(number):,.{min(max(places, 0), 6)}f}"
    sign = "−" if number < 0 else ""
    if unit.startswith("£"):
        return f"{sign}£{words}{unit[1:]}"
    return f"{sign}{words}{unit if unit == '%' else f' {unit}' if unit == 'pp' else ''}"


def _sources(columns: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Where each column's cells come from: measure, filters, framework, release or line of the ledger."""
    rows = [
        (
            str(one["label"]),
            str(one.get("about") or ""),
            _source_words(one.get("source") or {}),
            "" if one.get("verified") else "Not compared with the guidance yet",
        )
        for one in columns
    ]
    headings = ("Figure", "What it is", "Where its cells come from", "Item")
    return pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row")


def _source_words(source: object) -> str:
    """What content says of where a figure comes from, in a line."""
    if isinstance(source, Mapping):
        parts = [f"{str(name).replace('_', ' ')}: {_value_words(value)}" for name, value in source.items()]
        return "; ".join(part for part in parts if not part.endswith(": "))
    return str(source)


def _value_words(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {_value_words(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_value_words(one) for one in value)
    return "" if value is None else str(value)
