"""The files of a return: made of its content and nothing else, so that the same content gives the same files."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from custody.documents.files import files
from custody.documents.statistics import (
    Cell,
    Change,
    Column,
    Format,
    Geography,
    Kind,
    Narrative,
    StatisticalDocument,
    StatisticalTable,
)


def content_files(content: Mapping[str, Any]) -> dict[str, bytes]:
    """Every file of a version, by name without the version's number in the ledger."""
    return files(document_of(content), [Format(one) for one in content["template"]["formats"]])


def document_of(content: Mapping[str, Any]) -> StatisticalDocument:
    """A version's content as a document of statistics."""
    template, place = content["template"], content["geography"]
    return StatisticalDocument(
        name=_name(content),
        title=f"{template['title']}, {content['period']['words']}",
        publisher=content["publisher"],
        about=(f"Asked for by {template['asked_by']}.", *template["about"]),
        period_words=content["period"]["words"],
        time_period=content["period"]["time_period"],
        time_identifier=content["period"]["time_identifier"],
        geography=Geography(
            level="Local authority",
            **{name: said for name, said in place.items() if name != "made_up"},
        ),
        as_of=date.fromisoformat(content["as_of"]),
        release=content["release"],
        version=content["version"],
        tables=tuple(_table(one) for one in content["tables"]),
        notes=tuple(content["notes"]),
        contact=tuple(template["contact"]),
        narrative=tuple(Narrative(one["label"], one["words"]) for one in content["narrative"]),
        changes_since=content["changes_since"],
        changes=tuple(Change(**one) for one in content["changes"]),
        synthetic=content["synthetic"],
    )


def _name(content: Mapping[str, Any]) -> str:
    return f"{content['template']['id']}-{content['period']['code']}".lower()


def _table(table: Mapping[str, Any]) -> StatisticalTable:
    filters = [Column(one["name"], one["label"], Kind.FILTER) for one in table["filters"]]
    columns = [
        Column(one["name"], one["label"], Kind.INDICATOR, one["unit"], one["decimals"], one["about"])
        for one in table["columns"]
    ]
    sources = [_words(one["source"]) for one in table["columns"]]
    return StatisticalTable(
        table["name"],
        table["title"],
        table["about"],
        (*filters, *columns),
        tuple(_row(row, sources) for row in table["rows"]),
    )


def _row(row: Mapping[str, Any], sources: Sequence[str]) -> tuple[Cell, ...]:
    return (
        *(Cell(label) for label in row["labels"]),
        *(
            Cell(Decimal(value) if isinstance(value, str) else value, symbol, source)
            for (value, symbol), source in zip(row["cells"], sources, strict=True)
        ),
    )


def _words(source: Mapping[str, Any]) -> str:
    """Where a figure comes from, in a line."""
    if source["from"] == "nowhere":
        return f"not available: {source['why']}"
    if source["from"] == "columns":
        kind = "share" if "share" in source else "change"
        return f"{kind} of {' and '.join(source[kind])}"
    if source["from"] == "ledger":
        states = ", ".join(source["states"]) or "not rejected, not withdrawn"
        return (
            f"ledger up to line {source['line']}: {source['figure']} of claims under {source['framework']} ({states}), "
            f"windows closed in {source['period']}"
        )
    kept = "; ".join(f"{name}: {', '.join(codes)}" for name, codes in source["filters"].items())
    said = [source["measure"], source["period"], kept, source["framework"], f"release {source['release']}"]
    return "; ".join(one for one in said if one)
