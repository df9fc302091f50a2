"""A small document of statistics with one of everything, and its data files."""

from datetime import date
from decimal import Decimal

from custody.documents.statistics import (
    Cell,
    Change,
    Column,
    Geography,
    Kind,
    Narrative,
    Signature,
    StatisticalDocument,
    StatisticalTable,
)

AREA = Geography(
    level="Local authority",
    country_code="E92000001",
    country_name="England",
    region_code="E12000003",
    region_name="Yorkshire and The Humber",
    old_la_code="999",
    new_la_code="E08999999",
    la_name="Sample Council",
)
COLUMNS = (
    Column("locality", "Locality", Kind.FILTER, about="Where the family lives", grouping="side", notes=(1,)),
    Column("side", "Side of the river", Kind.FILTER),
    Column("sex", "Sex of the main carer", Kind.FILTER),
    Column("family_count", "Families", Kind.INDICATOR, decimals=0, grouping="Families", notes=(2,)),
    Column("family_percent", "Share of all families", Kind.INDICATOR, "%", 1, grouping="Families"),
    Column("worth_sum", "Worth", Kind.INDICATOR, "£", 2, grouping="Money"),
)
_PLACES = (("Total", "Total"), ("Hill", "North"), ("Dale", "North"), ("Mill", "South"))


def row(place: tuple[str, str], sex: str, families: int | None, worth: str | None) -> tuple[Cell, ...]:
    """One row of the table: `families` withheld where there are none to tell, `worth` not applicable likewise."""
    return (
        Cell(place[0]),
        Cell(place[1]),
        Cell(sex),
        Cell(None, "c") if families is None else Cell(families, source="families, release 1"),
        Cell(None, "c") if families is None else Cell(Decimal(families) / 2),
        Cell(None, "z") if worth is None else Cell(Decimal(worth), source="ledger, line 12"),
    )


def table(name: str = "families", **changed: object) -> StatisticalTable:
    """A table with two filters, a grouping, three indicators, and symbols."""
    rows = tuple(
        row(place, sex, None if (number, sex) == (3, "Male") else 14 * (4 - number), worth)
        for number, place in enumerate(_PLACES)
        for sex, worth in (("Total", "1600.50"), ("Female", "800.00"), ("Male", None))
    )
    given = {"name": name, "title": "Families", "about": "Open at the end.", "columns": COLUMNS, "rows": rows}
    return StatisticalTable(**{**given, "notes": (1,), **changed})  # type: ignore[arg-type]


def document(**changed: object) -> StatisticalDocument:
    """A document of one table, with notes, commentary, signatures and changes."""
    given = {
        "name": "return-000004-progress",
        "title": "Quarterly progress",
        "publisher": "Sample Council",
        "about": ("What this is.",),
        "period_words": "Quarter 2 of 2026-27",
        "time_period": "202627",
        "time_identifier": "Financial year Q2",
        "geography": AREA,
        "as_of": date(2026, 9, 30),
        "release": "20261001-1",
        "version": 2,
        "tables": (table(),),
        "notes": ("Localities as of 2026.", "Families with an open episode."),
        "contact": ("statistics@example.gov.uk",),
        "state": "Checked",
        "signatures": (Signature("Ann Officer", "Returns officer", "1 October 2026, 10:02"),),
        "narrative": (Narrative("How did it go?", "Well.\nVery well."),),
        "changes_since": 1,
        "changes": (Change("families", "Hill", "Families", "41", "42", "+1", "A family was added"),),
        "synthetic": True,
    }
    return StatisticalDocument(**{**given, **changed})  # type: ignore[arg-type]
