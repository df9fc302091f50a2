"""Makes differentially private tables: noise so that nobody can tell whether any one person or family is counted.

The budget is spent in the ledger before any noise is drawn, and the noise is drawn once: what was made is put away, and
handed out as it was. If that breaks off in between, the budget is gone and nothing was given.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

import polars as pl

from custody.exports.counting import called_in_the_world
from custody.exports.errors import NoExportError
from custody.exports.made import Made, TableFacts, facts_of
from custody.exports.source import Source
from custody.packages import Holds, PackageColumn, PackageTable
from release.keys import derived, read_key
from release.places import Places
from release.research import MILLION
from release.specification import Private, TableAsked
from release.structure import (
    NOT_LISTED,
    NOT_LISTED_LABEL,
    ColumnStructure,
    Structure,
    TableStructure,
    unit_of,
)

# The epsilon that a loss means is told at this delta: one in a million.
DELTA: Final = 1e-6
_UNIT: Final = "_unit"
_UNITS: Final = {"person": "person", "family": "family, with all that is known of all of its people"}


def make_private(places: Places, source: Source, specification: Private, shape: Structure) -> Made:
    """The tables, with fresh noise. Call it once for an export, and only when its rho is spent in the ledger.

    Raises NoExportError where the release has nobody to be counted.
    """
    from disclosure.private import Budget, epsilon_of, private_tables

    budget = Budget(specification.rho / MILLION)
    secret = _secret(places)
    share = specification.rho / MILLION / len(specification.tables)
    tables, facts, spent = [], [], []
    for asked, one in zip(specification.tables, shape.tables, strict=True):
        records, codes = _records(source, asked, one)
        (made,) = private_tables(
            records,
            [asked.dimensions],
            codes,
            unit=_UNIT,
            most=specification.most_records,
            secret=secret,
            budget=budget,
            rho=share,
        )
        rounding = f"noise: 19 of 20 within {math.ceil(made.usual)}, all within {math.ceil(made.all_within)}"
        tables.append(_package_table(source, asked, one, made.cells, rounding))
        facts.append(facts_of(one.name, made.cells.height, [made.cells["value"]], rounding))
        spent.append(
            {
                "table": one.name,
                "unit": unit_of(source.catalogue.measures[asked.measure]),
                "rho": _millionths(made.rho),
                "within_19_of_20": math.ceil(made.usual),
                "all_within_19_of_20": math.ceil(made.all_within),
            }
        )
    epsilon = epsilon_of(specification.rho / MILLION, DELTA)
    private = {
        "rho": specification.rho,
        "epsilon_hundredths": math.ceil(100 * epsilon),
        "delta": f"{DELTA:g}",
        "most_records": specification.most_records,
        "tables": spent,
    }
    return Made(
        tables=tuple(tables),
        facts=tuple(facts),
        method=_method(specification, epsilon),
        risk={"kind": "private", **private, "figures": [one.said() for one in facts]},
        risk_words=_risk_words(specification, epsilon, facts, spent),
        audit={
            "passed": True,
            "words": [
                "Nothing that left before, and nothing that anybody knows, takes from what the noise promises."
            ],
            "attacks": [],
        },
        private=private,
    )


def check_private(places: Places, source: Source, specification: Private, shape: Structure) -> None:
    """Try all of it but the noise, before anything is spent. Raises NoExportError, DisclosureError or KeyFileError
    where a table could not be made."""
    from disclosure.private import bounded

    secret = _secret(places)
    for asked, one in zip(specification.tables, shape.tables, strict=True):
        records, codes = _records(source, asked, one)
        bounded(records.unique(), _UNIT, specification.most_records, secret)
        if not all(records[name].is_in(listed).all() for name, listed in codes.items()):
            raise NoExportError(
                f"The release {source.name} has codes of {asked.words} that are on no list: it is damaged. Ask of "
                "another release."
            )


def _secret(places: Places) -> bytes:
    """What orders the records of one person, of which so many count."""
    return derived(read_key(places.protected_key), "which records of a private table count")


def _records(
    source: Source, asked: TableAsked, shape: TableStructure
) -> tuple[pl.DataFrame, Mapping[str, list[str]]]:
    """Whose record it is, and the codes of the dimensions: what is on no list has a code of its own, which every list
    has whoever is in the data."""
    world = source.world
    name = f"{asked.framework}:{asked.measure}" if asked.framework else asked.measure
    counted = next((one for one in world.measures if one.name == name), None)
    if counted is None:
        raise NoExportError(
            f"The release {source.name} counts nothing as {asked.measure}: take it out of what is asked, or ask of "
            "another release."
        )
    frame = next(one.frame for one in world.populations if one.name == counted.population)
    for column, listed in counted.where.items():
        frame = frame.filter(pl.col(column).cast(pl.String).is_in(list(listed)))
    called = called_in_the_world(source.catalogue, asked.measure, counted)
    person = unit_of(source.catalogue.measures[asked.measure]) == "person"
    codes = {one.name: [*(code for code, _ in one.codes), NOT_LISTED] for one in _dimensions(shape)}
    records = frame.select(
        pl.col("person_key" if person else "unit").alias(_UNIT),
        *(pl.col(called[one]).cast(pl.String).fill_null(NOT_LISTED).alias(one) for one in asked.dimensions),
    )
    return records, codes


def _dimensions(shape: TableStructure) -> Iterable[ColumnStructure]:
    return (one for one in shape.columns if one.kind == "code")


def _package_table(
    source: Source, asked: TableAsked, shape: TableStructure, cells: pl.DataFrame, rounding: str
) -> PackageTable:
    measure = source.catalogue.measures[asked.measure]
    columns = (
        *(
            PackageColumn(
                one.name,
                one.label,
                one.label,
                codes=(*one.codes, (NOT_LISTED, NOT_LISTED_LABEL)),
                derivation=f"The dimension {one.name} of the release.",
                nullable=False,
            )
            for one in _dimensions(shape)
        ),
        PackageColumn(
            "value",
            measure.label,
            f"{measure.label}; may be negative: cutting that off would push the sums up",
            Holds.WHOLE,
            unit=measure.unit,
            derivation=f"Counted from the pseudonymous rows of the release {source.name}, each "
            f"{_UNITS[unit_of(measure)]} once a cell.",
            disclosure=f"Differentially private: {rounding}.",
            nullable=False,
        ),
    )
    return PackageTable(
        shape.name,
        shape.title,
        f"{shape.title}. Differentially private, from the release {source.name}.",
        cells.select(*(one.name for one in columns)),
        columns,
    )


def _method(specification: Private, epsilon: float) -> tuple[str, ...]:
    return (
        "Every cell has discrete Gaussian noise (Canonne, Kamath and Steinke 2020), made by OpenDP, so that the tables "
        "hardly change whether any one person or family is counted or not, whatever anybody else knows.",
        f"The tables cost {specification.rho / MILLION:g} of rho (zero-concentrated differential privacy; Bun and "
        f"Steinke 2016), which is an epsilon of at most {epsilon:.2f} at a delta of one in a million. Of one person or "
        f"family at most {specification.most_records} different records count in a table, chosen by a keyed order.",
        "A table that counts people protects any one person. One that counts families protects any one family with all "
        "that is known of it; of somebody who belongs to two families up to four times as much (rho) may be told.",
        "The noise was drawn once, from the operating system's source of randomness. It cannot be drawn again: the "
        "package is kept as it was made, and a second one would be another and cost as much again. Where a code could "
        "not be found on its list it counts as not listed.",
    )


def _risk_words(
    specification: Private, epsilon: float, facts: Iterable[TableFacts], spent: Iterable[Mapping[str, Any]]
) -> tuple[str, ...]:
    within = "; ".join(f"{one['table']}: {one['within_19_of_20']}" for one in spent)
    return (
        f"Whatever else is known, these tables change by a factor of at most e^{epsilon:.2f} what can be concluded of "
        "any one person or family, but for one chance in a million.",
        f"So far are 19 of 20 figures off at most: {within}.",
        f"{sum(one.cells for one in facts):,} figures, none withheld; {specification.rho / MILLION:g} of rho.",
    )


def _millionths(rho: float) -> int:
    return math.ceil(rho * MILLION - 1e-6)
