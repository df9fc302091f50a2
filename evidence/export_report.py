"""What an output checker reads of a prepared export: per file what is in it, and what attacks on it came to."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from evidence.evidence import Evidence
from evidence.export_asking import rho_words
from evidence.exports import Export
from evidence.words import count

_ATTACKERS: Final[Mapping[str, str]] = {
    "prosecutor": "who knows that somebody is in it (prosecutor)",
    "journalist": "who looks for anybody at all (journalist)",
    "marketer": "who looks for as many as possible (marketer)",
}


@dataclass(frozen=True)
class _Table:
    """A table of the package: the formats of its files, and what the report says of each of them."""

    name: str
    formats: list[str]
    facts: Mapping[str, Any]


def report(evidence: Evidence, export: Export) -> Mapping[str, Any]:
    """The report of the worker on a prepared export, as the ledger keeps it."""
    found = json.loads(evidence.desk.ledger.exports.report(export.number))
    return found if isinstance(found, dict) else {}


def file_table(found: Mapping[str, Any]) -> pl.DataFrame:
    """One row a table of the package, in texts: the formats of its files, its rows, what is shown and withheld, the
    smallest count, and how it was made safe. Files of which the report does not say the same have rows of their own."""
    rows = [
        (
            one.name,
            ", ".join(one.formats),
            _number(one.facts.get("rows")),
            _number(one.facts.get("shown")),
            _number(one.facts.get("withheld")),
            _number(one.facts.get("smallest")),
            _number(one.facts.get("smallest_above_zero")),
            str(one.facts.get("rounding", "")),
        )
        for one in _tables(found)
    ]
    headings = (
        "File",
        "As",
        "Rows",
        "Shown",
        "Withheld",
        "Smallest count",
        "Smallest above zero",
        "How it was made safe",
    )
    return _without_blanks(_texts(headings, rows))


def beside(found: Mapping[str, Any]) -> str:
    """The other files of the package, which hold no row, in a sentence; "" where there is none."""
    names = [str(one.get("name", "")) for one in _list(found, "files") if one.get("rows") is None]
    return f"With it go {', '.join(names)}." if names else ""


def class_table(found: Mapping[str, Any], name: str) -> pl.DataFrame:
    """How many figures (or, of rows about people, classes) of a table are of which size, in texts."""
    facts = next((one.facts for one in _tables(found) if one.name == name), {})
    rows = [(_range(each), _number(each.get("cells"))) for each in _list(facts, "classes")]
    return _texts(("Size", "How many"), rows)


def sized(found: Mapping[str, Any]) -> list[str]:
    """The names of the tables that have classes by size."""
    return [one.name for one in _tables(found) if one.facts.get("classes")]


def _tables(found: Mapping[str, Any]) -> list[_Table]:
    """The files with rows, those together that hold the same in other formats."""
    grouped: list[_Table] = []
    for one in _list(found, "files"):
        if one.get("rows") is None:
            continue
        name, _, form = str(one.get("name", "")).rpartition(".")
        facts = {key: value for key, value in one.items() if key not in ("name", "sha256", "bytes")}
        same = next((each for each in grouped if (each.name, each.facts) == (name, facts)), None)
        if same is None:
            grouped.append(_Table(name, [form], facts))
        else:
            same.formats.append(form)
    return grouped


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
    said = [(one.get("export"), str(one.get("words", ""))) for one in _list(found, "together")]
    return [
        words if words.startswith("Export ") or not export else f"With export {export}: {words}"
        for export, words in said
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
    """What differentially private tables cost, in a sentence."""
    private = found.get("private")
    if not isinstance(private, Mapping) or not isinstance(private.get("rho"), int):
        return []
    epsilon = private.get("epsilon_hundredths")
    under = (
        f", an epsilon of at most {epsilon / 100:g} at a delta of {private.get('delta')}"
        if isinstance(epsilon, int)
        else ""
    )
    return [
        f"rho = {rho_words(private['rho'])} of the project's privacy budget{under}. It is spent, whatever you decide."
    ]


def risk_words(found: Mapping[str, Any]) -> list[str]:
    """The risk that somebody is found, in sentences."""
    return _sentences(found.get("risk_words"))


def method_words(found: Mapping[str, Any]) -> list[str]:
    """How it was made safe, in sentences."""
    return _sentences(found.get("method"))


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
    if first is None:
        return f"up to {_number(last)}"
    if last is None:
        return f"{_number(first)} and more"
    return _number(first) if first == last else f"{_number(first)} to {_number(last)}"


def _list(found: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    listed = found.get(name)
    return [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []


def _sentences(said: object) -> list[str]:
    return [str(one) for one in said] if isinstance(said, list | tuple) else []


def _without_blanks(table: pl.DataFrame) -> pl.DataFrame:
    return table.select(name for name in table.columns if table.is_empty() or (table[name] != "").any())


def _texts(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict.fromkeys(headings, pl.String), orient="row")
