"""What an export would look like: its tables, their columns and codes, and how many cells at most. No figure.

The page shows it before anybody asks, and custody refuses by the same checks what was changed on the way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Final

import polars as pl

from release import microdata as rows
from release.measures import (
    FRAMEWORK_POPULATIONS,
    OF_A_FRAMEWORK,
    Catalogue,
    Dimension,
    Measure,
    list_name,
)
from release.microdata import LEAST_K, Asked, Dates
from release.microdata import Microdata as MicrodataCatalogue
from release.research import MILLION, Policy
from release.specification import Microdata, Private, Specification, SpecificationError, TableAsked, Tables

# Of every list its codes, each with its label.
Lists = Mapping[str, tuple[tuple[str, str], ...]]
# In a differentially private table, whatever is on no list: the list must not hang on who is in the data.
NOT_LISTED: Final = "not listed"
NOT_LISTED_LABEL: Final = "On no list, or not known"
_MOST_PRIVATE_CELLS: Final = 20_000
_MOST_TOTAL: Final = 2_000_000


@dataclass(frozen=True)
class ColumnStructure:
    """One column: `kind` "code" (of `codes`, each with its label), "count", "share"; in rows what
    release.microdata says it is a part of."""

    name: str
    label: str
    kind: str
    codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class TableStructure:
    """One table of an export. `name`: of its files; `most_cells`: figures at most, totals among them (0: rows)."""

    name: str
    title: str
    columns: tuple[ColumnStructure, ...]
    most_cells: int = 0


@dataclass(frozen=True)
class Structure:
    """All tables of an export, in the order in which they were asked for."""

    kind: str
    tables: tuple[TableStructure, ...]

    @property
    def most_cells(self) -> int:
        return sum(one.most_cells for one in self.tables)


def structure(
    specification: Specification,
    policy: Policy,
    catalogue: Catalogue,
    lists: pl.DataFrame,
    microdata: MicrodataCatalogue | None = None,
) -> Structure:
    """What the export would look like. `lists`: the table `dimension` of the release that it is asked of. `microdata`:
    what rows there are (release.microdata), which only an export of rows needs.

    Raises SpecificationError where it asks for what there is not, or for more than the policy lets anybody have; and
    for rows what release.microdata raises.
    """
    codes = _codes(lists)
    match specification:
        case Tables():
            found = _tables(specification, policy, catalogue, codes)
        case Private():
            found = _private(specification, policy, catalogue, codes)
        case Microdata():
            found = _rows(specification, policy, lists, microdata)
    if sum(one.most_cells for one in found) > _MOST_TOTAL:
        raise SpecificationError(
            f"All tables together could have more than {_MOST_TOTAL:,} figures: ask for fewer, or by less."
        )
    return Structure(specification.kind, found)


def privately_counted(catalogue: Catalogue, policy: Policy) -> tuple[Measure, ...]:
    """The measures that differentially private tables may count: people or families, each once a cell, so that it is
    known how far any one of them can move a table."""
    return tuple(
        one
        for one in catalogue.counted
        if (one.population == "family" or one.distinct in ("family", "person"))
        and policy.may_ask(catalogue, one)
    )


def unit_of(measure: Measure) -> str:
    """Whose records a private table of a measure protects: "person" or "family" (all that is known of all of it)."""
    return "person" if measure.distinct == "person" else "family"


def table_name(number: int, asked: TableAsked) -> str:
    """What a table and its files are called: "table_01_families_helped"."""
    return f"table_{number:02d}_{asked.measure}"


def asked_rows(specification: Microdata, policy: Policy) -> Asked:
    """What release.microdata is to be asked for, by the stricter of both policies. Raises SpecificationError where the
    specification asks for less protection than this policy demands."""
    if specification.k < max(LEAST_K, policy.k):
        raise SpecificationError(f"k is {specification.k}: at least {max(LEAST_K, policy.k)} is the policy.")
    if specification.l < policy.l:
        raise SpecificationError(f"l is {specification.l}: at least {policy.l} is the policy.")
    if specification.t > policy.t:
        raise SpecificationError(f"t is {specification.t:g}: at most {policy.t:g} is the policy.")
    if specification.most_left_out > policy.most_left_out:
        raise SpecificationError(
            f"{specification.most_left_out} % of rows may be left out: at most {policy.most_left_out} % is the policy."
        )
    if len(specification.columns) > policy.most_columns:
        raise SpecificationError(f"Ask for at most {policy.most_columns} columns: that is the policy.")
    return Asked(
        unit=specification.unit,
        columns=specification.columns,
        k=specification.k,
        l=specification.l,
        t=specification.t,
        limit=specification.most_left_out / 100,
        dates=Dates(specification.dates),
    )


def _codes(lists: pl.DataFrame) -> dict[str, tuple[tuple[str, str], ...]]:
    """The codes of every list, each with its label, in the order of the release."""
    ordered = (
        lists.sort("dimension", "position", maintain_order=True) if "position" in lists.columns else lists
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for name, code, label in ordered.select("dimension", "code", "label").iter_rows():
        found.setdefault(str(name), []).append((str(code), str(label)))
    return {name: tuple(codes) for name, codes in found.items()}


def _tables(
    specification: Tables, policy: Policy, catalogue: Catalogue, codes: Lists
) -> tuple[TableStructure, ...]:
    if len(specification.tables) > policy.most_tables:
        raise SpecificationError(f"Ask for at most {policy.most_tables} tables at once: that is the policy.")
    return tuple(
        _table(number, asked, policy, catalogue, codes)
        for number, asked in enumerate(specification.tables, 1)
    )


def _private(
    specification: Private, policy: Policy, catalogue: Catalogue, codes: Lists
) -> tuple[TableStructure, ...]:
    if len(specification.tables) > policy.most_tables:
        raise SpecificationError(f"Ask for at most {policy.most_tables} tables at once: that is the policy.")
    if specification.rho > policy.rho_of_export:
        raise SpecificationError(
            f"One export may cost {policy.rho_of_export / MILLION:g} of the privacy budget (rho) at most, not "
            f"{specification.rho / MILLION:g}: that is the policy."
        )
    if specification.most_records > policy.most_records:
        raise SpecificationError(
            f"most_records is {specification.most_records}: at most {policy.most_records} is the policy."
        )
    counted = {one.name for one in privately_counted(catalogue, policy)}
    found = []
    for number, asked in enumerate(specification.tables, 1):
        if asked.measure in catalogue.measures and asked.measure not in counted:
            raise SpecificationError(
                f"Table {number}: {asked.measure} does not count people or families, each once: a differentially "
                f"private table can count {', '.join(sorted(counted))}."
            )
        one = _table(number, asked, policy, catalogue, codes)
        if one.most_cells > _MOST_PRIVATE_CELLS:
            raise SpecificationError(
                f"Table {number} has {one.most_cells:,} cells, each with its own noise: at most "
                f"{_MOST_PRIVATE_CELLS:,}. Ask by fewer dimensions."
            )
        found.append(one)
    return tuple(found)


def _table(
    number: int,
    asked: TableAsked,
    policy: Policy,
    catalogue: Catalogue,
    codes: Lists,
) -> TableStructure:
    """One table: each dimension has its total, or what is on no list, beside its codes."""
    at = f"Table {number}"
    measure = catalogue.measures.get(asked.measure)
    if measure is None:
        raise SpecificationError(
            f"{at}: there is no measure {asked.measure} in the catalogue of this release."
        )
    if not policy.may_ask(catalogue, measure, asked.dimensions):
        raise SpecificationError(f"{at}: {asked.words} is not for researchers.")
    _check_framework(at, asked, measure, catalogue, codes)
    _check_dimensions(at, asked, measure, policy, catalogue, codes)
    columns = []
    for name in asked.dimensions:
        listed = codes[list_name(name, asked.framework)]
        columns.append(ColumnStructure(name, catalogue.dimensions[name].label, "code", listed))
    cells = prod(len(one.codes) + 1 for one in columns)
    if cells > policy.most_cells:
        raise SpecificationError(
            f"{at}: {asked.words} could have {cells:,} cells: at most {policy.most_cells:,} is the policy. Ask by "
            "fewer dimensions, or by coarser ones (the quarter for the month, the locality for the ward)."
        )
    return TableStructure(
        table_name(number, asked),
        _title(asked, measure, catalogue),
        (*columns, *_figures(measure, catalogue)),
        cells,
    )


def _title(asked: TableAsked, measure: Measure, catalogue: Catalogue) -> str:
    labels = [catalogue.dimensions[name].label.lower() for name in asked.dimensions]
    by = (
        f" by {', '.join(labels[:-1]) + ' and ' + labels[-1] if len(labels) > 1 else labels[0]}"
        if labels
        else ""
    )
    return f"{measure.label}{by}" + (f" ({asked.framework})" if asked.framework else "")


def _figures(measure: Measure, catalogue: Catalogue) -> tuple[ColumnStructure, ...]:
    """The columns of figures: the count, or the two counts of a share and the share."""
    if measure.share is None:
        return (ColumnStructure("value", measure.label, "count"),)
    part, whole = (catalogue.measures[name] for name in measure.share)
    return (
        ColumnStructure("part", part.label, "count"),
        ColumnStructure("whole", whole.label, "count"),
        ColumnStructure("share", measure.label, "share"),
    )


def _check_framework(
    at: str,
    asked: TableAsked,
    measure: Measure,
    catalogue: Catalogue,
    codes: Lists,
) -> None:
    if not asked.framework:
        return
    counted = catalogue.measures[measure.parts[0]] if measure.parts else measure
    if counted.population not in FRAMEWORK_POPULATIONS:
        raise SpecificationError(f"{at}: {asked.measure} is of no framework. Leave framework empty.")
    if not any(list_name(name, asked.framework) in codes for name in OF_A_FRAMEWORK):
        raise SpecificationError(f"{at}: the release was not made under the framework {asked.framework}.")


def _check_dimensions(
    at: str,
    asked: TableAsked,
    measure: Measure,
    policy: Policy,
    catalogue: Catalogue,
    codes: Lists,
) -> None:
    names = set(asked.dimensions)
    if len(names) > policy.most_dimensions:
        raise SpecificationError(
            f"{at}: {asked.words} has {len(names)} dimensions: at most {policy.most_dimensions} is the policy."
        )
    for name in asked.dimensions:
        if name not in measure.dimensions:
            raise SpecificationError(
                f"{at}: {asked.measure} cannot be broken down by {name}. It can by: "
                f"{', '.join(sorted(measure.dimensions)) or 'nothing'}."
            )
        if list_name(name, asked.framework) not in codes:
            raise SpecificationError(f"{at}: the release has no codes of {name}. Leave it out.")
        above = names.intersection(catalogue.ancestors(name))
        if above:
            raise SpecificationError(
                f"{at}: {min(above)} follows from {name}. Leave {min(above)} out, or ask for two tables."
            )
        _check_neighbours(at, names, catalogue.dimensions[name])


def _check_neighbours(at: str, names: set[str], dimension: Dimension) -> None:
    """What is told together with another alone (months since help began, of a cohort) is so here as well. That a
    dashboard keeps two apart for want of room binds nobody here."""
    if dimension.with_one_of and names.isdisjoint(dimension.with_one_of):
        raise SpecificationError(
            f"{at}: {dimension.name} is told together with {' or '.join(sorted(dimension.with_one_of))} alone. Add one."
        )


def _rows(
    specification: Microdata, policy: Policy, lists: pl.DataFrame, microdata: MicrodataCatalogue | None
) -> tuple[TableStructure, ...]:
    if microdata is None:
        raise SpecificationError("There is no list of rows that can be asked for (data/microdata.toml).")
    asked = asked_rows(specification, policy)
    described = rows.structure(microdata, asked, lists)
    columns = tuple(ColumnStructure(one.name, one.label, one.part, tuple(one.codes)) for one in described)
    return (TableStructure(specification.unit, f"Rows: {microdata.units[asked.unit].label}", columns),)
