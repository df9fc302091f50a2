"""What an output checker reads of a prepared export: per file what is in it, and what attacks on it came to."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import polars as pl

from evidence.evidence import Evidence
from evidence.exports import Export
from evidence.words import count

_ATTACKERS: Final[Mapping[str, str]] = {
    "prosecutor": "who knows that somebody is in it (prosecutor)",
    "journalist": "who looks for anybody at all (journalist)",
    "marketer": "who looks for as many as possible (marketer)",
}


def report(evidence: Evidence, export: Export) -> Mapping[str, Any]:
    """The report of the worker on a prepared export, as the ledger keeps it."""
    found = json.loads(evidence.desk.ledger.exports.report(export.number))
    return found if isinstance(found, dict) else {}


def file_table(found: Mapping[str, Any]) -> pl.DataFrame:
    """One row a file, in texts: its rows, what is shown and withheld, the smallest count, and how it was made safe."""
    rows = [
        (
            str(one.get("name", "")),
            _number(one.get("rows")),
            _number(one.get("shown")),
            _number(one.get("withheld")),
            _number(one.get("smallest")),
            _number(one.get("smallest_above_zero")),
            str(one.get("rounding", "")),
            str(one.get("sha256", ""))[:12],
        )
        for one in _list(found, "files")
    ]
    headings = (
        "File",
        "Rows",
        "Shown",
        "Withheld",
        "Smallest count",
        "Smallest above zero",
        "How it was made safe",
        "SHA-256 begins",
    )
    return _without_blanks(_texts(headings, rows))


def class_table(found: Mapping[str, Any], name: str) -> pl.DataFrame:
    """How many figures (or, of rows about people, classes) of a file are of which size, in texts."""
    one = next((each for each in _list(found, "files") if each.get("name") == name), {})
    rows = [(_range(each), _number(each.get("cells"))) for each in _list(one, "classes")]
    return _texts(("Size", "How many"), rows)


def files(found: Mapping[str, Any]) -> list[str]:
    """The names of the files that have classes by size."""
    return [str(one.get("name", "")) for one in _list(found, "files") if one.get("classes")]


def attack_words(found: Mapping[str, Any]) -> list[str]:
    """What the joint attack came to, in sentences; the first says whether it was withstood."""
    audit = found.get("audit")
    if not isinstance(audit, Mapping):
        return []
    passed = "It withstood the attacks" if audit.get("passed") else "It did not withstand the attacks"
    return [
        f"{passed} on it together with everything that was given out before.",
        *_sentences(audit.get("words")),
    ]


def together_words(found: Mapping[str, Any]) -> list[str]:
    """What earlier exports, together with this one, would give away, in sentences."""
    return [
        f"With {_export_words(one.get('export'))}: {one.get('words', '')}" for one in _list(found, "together")
    ]


def risk_table(found: Mapping[str, Any]) -> pl.DataFrame:
    """The measures of risk of rows about people, in texts: attackers first."""
    risk = found.get("risk")
    if not isinstance(risk, Mapping):
        return _texts(("Measure", "Figure"), [])
    rows = [(label, text) for label, text in _flat(risk)]
    order = {name: place for place, name in enumerate(_ATTACKERS.values())}
    rows.sort(key=lambda row: next((place for name, place in order.items() if name in row[0]), len(order)))
    return _texts(("Measure", "Figure"), rows)


def private_words(found: Mapping[str, Any]) -> list[str]:
    """What differentially private tables cost and how far they may be off, in sentences."""
    private = found.get("private")
    return [f"{label}: {text}." for label, text in _flat(private)] if isinstance(private, Mapping) else []


def note_words(found: Mapping[str, Any]) -> list[str]:
    """What else the worker says of it."""
    return _sentences(found.get("notes"))


def _flat(said: Mapping[str, Any], before: str = "") -> Iterable[tuple[str, str]]:
    """Every figure or text of a part of the report, with words for where it stands."""
    for name, value in said.items():
        label = _ATTACKERS.get(str(name), str(name).replace("_", " "))
        label = f"{before}, {label}" if before else f"{label[:1].upper()}{label[1:]}"
        if isinstance(value, Mapping):
            yield from _flat(value, label)
        elif isinstance(value, list):
            if value and all(not isinstance(one, Mapping | list) for one in value):
                yield label, ", ".join(_number(one) for one in value)
        else:
            yield label, _number(value)


def _number(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return count(value)
    return str(value)


def _range(one: Mapping[str, Any]) -> str:
    first, last = one.get("from"), one.get("to")
    if last is None:
        return f"{_number(first)} and more"
    return _number(first) if first == last else f"{_number(first)} to {_number(last)}"


def _export_words(export: object) -> str:
    return f"export {export}" if isinstance(export, int) else str(export or "what was given out before")


def _list(found: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    listed = found.get(name)
    return [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []


def _sentences(said: object) -> list[str]:
    return [str(one) for one in said] if isinstance(said, list | tuple) else []


def _without_blanks(table: pl.DataFrame) -> pl.DataFrame:
    return table.select(name for name in table.columns if table.is_empty() or (table[name] != "").any())


def _texts(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict.fromkeys(headings, pl.String), orient="row")
