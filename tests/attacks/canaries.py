"""Extracts in which every column of every contract holds nonsense that is nowhere else in the world."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.contracts import CONTRACTS, Column, Contract, Kind, Part
from pipelines.extracts import read_extract_list
from pipelines.landing import land

# No word of any language, and no stretch of hexadecimal digits.
MARK = "zqxjk"
# Days that nothing else happened on: only births lie there.
LONG_AGO = date(1931, 3, 17)
# A letter or two before the mark, or none: the forms that partners and software may give it.
MARKED = re.compile(MARK, re.IGNORECASE)
# What is named in a release where families enough share it, and columns whose form leaves no room for a mark.
_NAMED_PLACES = ("locality", "ward", "team")
_FORMED = (Part.NHS_NUMBER, Part.UPN, Part.ULN, Part.NINO, Part.PNC_ID, Part.UPRN, Part.POSTCODE, Part.PHONE)


def plant(council: Path, folder: Path) -> set[str]:
    """Write the extracts of a council to `folder` with the mark in every identity and every free text, and for every
    column one row more that holds a mark of its own where the contract has a type or a list for it. Gives all numbers,
    postcodes and days of birth of people, which have no room for a mark."""
    folder.mkdir()
    listed = read_extract_list(council)
    lines = [
        f'as_of = {listed.as_of}\nauthority = "{listed.authority}"\nsynthetic = true\npayment = "{listed.payment}"'
    ]
    secrets: set[str] = set()
    for number, extract in enumerate(listed.extracts):
        contract = CONTRACTS[extract.contract]
        frame = land(extract).frame.drop("row")
        secrets |= set(_unmarked(contract, frame))
        rows = [*_marked(contract, frame), *_one_a_column(contract, frame, number)]
        file = f"{number:02d} {MARK}.csv"
        _write(folder / file, [*frame.columns, f"{MARK} heading"], rows, number)
        lines.append(
            f'\n[[extract]]\nfile = "{file}"\ncontract = "{contract.name}"\npartner = "{extract.partner}"\n'
            f"covers_from = {extract.covers_from}\ncovers_to = {extract.covers_to}"
        )
    (folder / "extracts.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return secrets


def _unmarked(contract: Contract, frame: pl.DataFrame) -> Iterator[str]:
    for column in contract.columns:
        if column.part in _FORMED:
            yield from frame[column.name].drop_nulls().unique()


def _marked(contract: Contract, frame: pl.DataFrame) -> Iterator[list[str]]:
    """The rows, with the mark in what names somebody and in free text: the same in every file, so that all links hold.
    Everybody's day of birth lies long ago, each on a day of its own."""
    change = {column.name: _change(column) for column in contract.columns}
    for row in frame.iter_rows(named=True):
        yield [change[name](value) if value is not None else "" for name, value in row.items()] + [MARK]


def _change(column: Column) -> Callable[[object], str]:
    if column.part in _FORMED or column.type != "text" or column.name in _NAMED_PLACES:
        return str
    if column.kind in (Kind.IDENTIFIER, Kind.DIRECT_IDENTITY, Kind.FREE_TEXT, Kind.QUASI_IDENTIFIER):
        if column.part is Part.EMAIL:
            return lambda value: f"{MARK}.{value}"
        # A word of its own in a text, and the end of the last word elsewhere.
        apart = " " if column.kind is Kind.FREE_TEXT else ""
        return lambda value: f"{value}{apart}{MARK}"
    return str


def _one_a_column(contract: Contract, frame: pl.DataFrame, number: int) -> Iterator[list[str]]:
    """For every column a copy of the first row in which that column holds a mark of its own, whatever its type."""
    first = next(iter(_marked(contract, frame.head(1))), None)
    if first is None:
        return
    for at, column in enumerate(contract.columns):
        row = list(first)
        row[at] = f"{MARK}{number}x{at}" if column.name not in _NAMED_PLACES else f"{MARK} {at}"
        yield row
        if column.part is Part.DATE_OF_BIRTH:
            yield [*first[:at], f"{LONG_AGO}", *first[at + 1 :]]
        elif column.type in ("integer", "decimal"):
            yield [*first[:at], "86753098675309", *first[at + 1 :]]


def _write(file: Path, headings: list[str], rows: list[list[str]], number: int) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(headings)
        writer.writerows(rows)


def everything_said(tables: Mapping[tuple[str, str], pl.DataFrame]) -> Iterator[tuple[str, str]]:
    """Every different value of every column as text, with its place."""
    for (file, table), frame in tables.items():
        for name in frame.columns:
            for value in frame[name].cast(pl.String).drop_nulls().unique():
                yield f"{file}.{table}.{name}", value
