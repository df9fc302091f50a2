"""What a package says of itself to people: how to read it, how it was made safe, how safe it is, how to cite it."""

import json
from collections.abc import Sequence
from datetime import date

import polars as pl

from custody.packages.content import Package, PackageTable
from custody.packages.statistical import names_for_programs, numbered

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def read_me(package: Package) -> str:
    """README.md: what is in the package, and what may be done with it."""
    lines = [
        *_heading(package),
        package.about,
        "",
        f"- From the release {package.release} of {package.publisher}, as of {_day(package.as_of)}.",
        f"- To be kept until {_day(package.until)} at the latest, and destroyed then (LICENCE.md).",
        *([f"- Questions: {package.contact}"] if package.contact else []),
        "",
        "## What is in it",
        "",
    ]
    for table in package.tables:
        lines += [
            f"- `data/{table.name}`: {table.title}, {table.frame.height:,} rows. {table.about}".rstrip()
        ]
    lines += [
        "",
        "Each table is there four times: Parquet, CSV (UTF-8), SPSS and Stata. Their content is the same. In CSV an "
        "apostrophe stands before text that a spreadsheet would run as a formula. In SPSS and Stata coded columns are "
        "numbers with words; DICTIONARY.csv says which number is which code, and what a column is called there.",
        "",
        "- `DICTIONARY.csv`, `datapackage.json`: what every column means, its type, unit and codes, how it came about, "
        "and what disclosure control did to it.",
        "- `METHOD.md`: how the figures were made safe. `RISK.md`, `RISK.json`: how safe they are, and what that cost.",
        "- `CITATION.cff`, `LICENCE.md`: how to cite them, and what may be done with them.",
        "- `SHA256SUMS`: the digest of every file; `sha256sum --check SHA256SUMS` compares them.",
    ]
    return _text(lines)


def method_note(package: Package) -> str:
    """METHOD.md."""
    return _text([*_heading(package, "How it was made safe"), *_paragraphs(package.method)])


def risk_report(package: Package) -> str:
    """RISK.md: the risk report in words."""
    return _text([*_heading(package, "How safe it is"), *_paragraphs(package.risk_words)])


def licence(package: Package) -> str:
    """LICENCE.md: the terms, and until when they hold."""
    return _text(
        [
            *_heading(package, "Terms"),
            package.licence.strip(),
            "",
            f"These terms end on {_day(package.until)}. By then every copy is destroyed, derived ones that hold rows "
            "of it too.",
        ]
    )


def citation(package: Package) -> str:
    """CITATION.cff, in version 1.2.0 of the Citation File Format."""
    authors = package.authors or (package.publisher,)
    lines = [
        "cff-version: 1.2.0",
        "message: If you use these data, please cite them as below.",
        "type: dataset",
        f"title: {_quoted(package.title)}",
        "authors:",
        *(f"  - name: {_quoted(name)}" for name in authors),
        f"version: {_quoted(package.version)}",
        f"date-released: {package.as_of.isoformat()}",
        f"abstract: {_quoted(package.about)}",
        "identifiers:",
        "  - type: other",
        f"    value: {_quoted(package.name)}",
        f"    description: {_quoted(f'Export from release {package.release}')}",
    ]
    return _text(lines)


def dictionary(package: Package) -> pl.DataFrame:
    """DICTIONARY.csv: a line a column, and a line a code below it."""
    rows = [row for table in package.tables for row in _described(table)]
    described = pl.DataFrame(rows, schema=dict.fromkeys(_DICTIONARY, pl.String), orient="row")
    return described.with_columns(pl.all().replace("", None))


_DICTIONARY = (
    "table",
    "column",
    "code",
    "label",
    "meaning",
    "type",
    "unit",
    "derivation",
    "disclosure_control",
    "name_in_spss_and_stata",
    "number_in_spss_and_stata",
)


def _described(table: PackageTable) -> list[tuple[str, ...]]:
    names = names_for_programs([column.name for column in table.columns])
    rows: list[tuple[str, ...]] = []
    for name, column in zip(names, table.columns, strict=True):
        as_number = numbered(column, table.frame[column.name])
        rows.append(
            (
                table.name,
                column.name,
                "",
                column.label,
                column.meaning,
                column.holds.value,
                column.unit,
                column.derivation,
                column.disclosure,
                name,
                "",
            )
        )
        for place, (code, words) in enumerate(column.codes, 1):
            number = str(place) if as_number else ""
            rows.append((table.name, column.name, code, words, "", "", "", "", "", name, number))
    return rows


def _heading(package: Package, part: str = "") -> list[str]:
    return [f"# {package.title}{': ' + part if part else ''}", ""]


def _paragraphs(words: Sequence[str]) -> list[str]:
    return [line for one in words for line in (one, "")][:-1]


def _day(day: date) -> str:
    # Not by the machine's own words for months.
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _quoted(text: str) -> str:
    # A text of JSON is one of YAML too.
    return json.dumps(" ".join(text.split()), ensure_ascii=False)


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"
