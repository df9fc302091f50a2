"""What a researcher can ask for, and what would come of it: structure alone, and no figure."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from evidence.evidence import Choice, Evidence
from evidence.words import count
from release.errors import SettingsError
from release.measures import FRAMEWORK_POPULATIONS, Measure
from release.microdata import ExtractError, Part
from release.microdata import Microdata as Extracts
from release.microdata_file import read_microdata
from release.research import MILLION, RESEARCH, Policy, read_policy
from release.specification import (
    Microdata,
    Private,
    Specification,
    SpecificationError,
    TableAsked,
    Tables,
)
from release.structure import TableStructure, privately_counted, structure

_LOG = logging.getLogger(__name__)
# What is asked for, and one table of it.
Asked = Specification
Table = TableAsked
# Why something cannot be asked for, in words for whoever asks.
REFUSALS = (SpecificationError, ExtractError)
# So many codes of a list are named in a preview.
_NAMED = 8
KINDS: Mapping[str, str] = {
    "tables": "Tables",
    "microdata": "Rows about single families or people (microdata)",
    "private": "Differentially private tables",
}
DATES: Mapping[str, str] = {
    "months": "As months, or coarser",
    "shifted": "Shifted by as many months for all of a family, with their distances kept",
}
PARTS: Mapping[Part, str] = {
    Part.QUASI: "Made coarser until enough are alike",
    Part.SENSITIVE: "Sensitive: kept diverse among those who are alike",
    Part.KEPT: "Kept as it is",
}


@dataclass(frozen=True)
class Offered:
    """What this council lets researchers ask for: the policy, and the units and columns of microdata."""

    policy: Policy
    extracts: Extracts


def offered(evidence: Evidence) -> Offered | None:
    """data/research.toml and data/microdata.toml as they are now; None where one holds a mistake, of which the log
    says where."""
    places = evidence.desk.places
    try:
        return Offered(
            read_policy(places.setting(RESEARCH)), read_microdata(places.setting("microdata.toml"))
        )
    except SettingsError as error:
        _LOG.error("nothing can be asked for: %s", error)
        return None


def measures(evidence: Evidence, rules: Offered, kind: str) -> list[Choice]:
    """The measures that tables of a kind can be asked of."""
    catalogue = evidence.catalogue
    policy = rules.policy
    if kind == "private":
        asked = list(privately_counted(catalogue, policy))
    else:
        asked = [one for one in catalogue.measures.values() if policy.may_ask(catalogue, one)]
    return [Choice(one.name, evidence.label(one.name)) for one in asked]


def dimensions(evidence: Evidence, rules: Offered, measure: str) -> list[Choice]:
    """What a measure can be broken down by."""
    asked = evidence.catalogue.measures.get(measure)
    if asked is None:
        return []
    return [
        Choice(one, evidence.dimension_label(one))
        for one in asked.dimensions
        if rules.policy.may_ask(evidence.catalogue, asked, (one,))
    ]


def frameworks(evidence: Evidence, measure: str) -> list[Choice]:
    """The frameworks that a measure can be asked under; none where it is of no framework, or there is only one."""
    asked = evidence.catalogue.measures.get(measure)
    known = evidence.release().frameworks
    if asked is None or len(known) < 2 or not _of_a_framework(evidence, asked):
        return []
    primary, *others = known
    return [Choice("", primary.title), *(Choice(one.id, one.title) for one in others)]


def _of_a_framework(evidence: Evidence, asked: Measure) -> bool:
    counted = evidence.catalogue.measures[asked.parts[0]] if asked.derived else asked
    return counted.population in FRAMEWORK_POPULATIONS


def units(rules: Offered) -> list[Choice]:
    """What a row of microdata can be about."""
    return [Choice(one.name, one.label) for one in rules.extracts.units.values()]


def columns(rules: Offered, unit: str) -> list[Choice]:
    """The columns that a row about a unit can have, with what becomes of each."""
    return [
        Choice(one.name, f"{one.label} ({PARTS[one.part].lower()})")
        for one in rules.extracts.of(unit)
        if one.part in PARTS
    ]


def of_tables(tables: Sequence[TableAsked]) -> Tables:
    """The specification of some tables."""
    return Tables(tuple(tables))


def of_private_tables(tables: Sequence[TableAsked], rho: float, most_records: int) -> Private:
    """The specification of some differentially private tables. `rho`: what they cost together."""
    return Private(tuple(tables), round(rho * MILLION), most_records)


def of_microdata(
    unit: str,
    chosen: Sequence[str],
    k: int,
    l: int,  # noqa: E741 - the field's own letter
    t: float,
    most_left_out: int,
    dates: str,
) -> Microdata:
    """The specification of an extract of rows."""
    return Microdata(unit, tuple(chosen), k, l, t, most_left_out, dates)


def preview(evidence: Evidence, rules: Offered, asked: Specification) -> tuple[TableStructure, ...]:
    """The tables that would come of it: names, columns, codes and how many cells at most. Raises SpecificationError
    or ExtractError where it goes further than the policy lets anybody go."""
    lists = evidence.contents.dimension
    return structure(asked, rules.policy, evidence.catalogue, lists, rules.extracts).tables


def column_table(table: TableStructure) -> pl.DataFrame:
    """The columns of one of them, in texts: what each is, and the codes that it can have."""
    rows = [
        (
            one.name,
            one.label,
            one.kind.replace("_", " "),
            _codes([label or code for code, label in one.codes]),
        )
        for one in table.columns
    ]
    return _texts(("Column", "What it is", "Kind", "What can stand in it"), rows)


def words(evidence: Evidence, asked: Specification) -> list[str]:
    """What an export asks for, in sentences: for its author, its checkers and the register."""
    match asked:
        case Tables():
            return [_table_words(evidence, one) for one in asked.tables]
        case Private():
            cost = f"Differentially private, at a cost of rho = {rho_words(asked.rho)}; a family or person counts in at"
            return [
                *(_table_words(evidence, one) for one in asked.tables),
                f"{cost} most {count(asked.most_records)} cells of a table.",
            ]
        case Microdata():
            return [
                f"Rows, one for each {asked.unit.replace('_', ' ')}, with {', '.join(asked.columns)}.",
                f"k = {asked.k}, l = {asked.l}, t = {asked.t:g}; at most {asked.most_left_out}% of the rows left out. "
                f"Dates: {DATES[asked.dates].lower()}.",
            ]


def rho_of(millionths: int) -> float:
    """A part of a privacy budget as a number."""
    return millionths / MILLION


def rho_words(millionths: int) -> str:
    """A part of a privacy budget: 0.25."""
    return f"{millionths / MILLION:.6f}".rstrip("0").rstrip(".") or "0"


def _table_words(evidence: Evidence, one: TableAsked) -> str:
    known = evidence.catalogue
    measure = evidence.label(one.measure) if one.measure in known.measures else one.measure
    by = [evidence.dimension_label(name) if name in known.dimensions else name for name in one.dimensions]
    under = f", under {_title(evidence, one.framework)}" if one.framework else ""
    return f"{measure}{f' by {_and(by)}' if by else ''}{under}."


def _title(evidence: Evidence, framework: str) -> str:
    known = evidence.release().frameworks
    return next((one.title for one in known if one.id == framework), framework)


def _and(words: Sequence[str]) -> str:
    lowered = [one[:1].lower() + one[1:] for one in words]
    return lowered[0] if len(lowered) == 1 else f"{', '.join(lowered[:-1])} and {lowered[-1]}"


def _codes(labels: Sequence[str]) -> str:
    if len(labels) <= _NAMED:
        return ", ".join(labels)
    return f"{', '.join(labels[:_NAMED])} … ({count(len(labels))})"


def _texts(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict.fromkeys(headings, pl.String), orient="row")
