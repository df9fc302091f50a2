"""The chapters of the reference on research exports: what may be asked, how it is written, what a package holds."""

from collections.abc import Iterator

from release.microdata import Part
from release.microdata_file import read_microdata
from release.places import PROJECT

_PARTS = {
    Part.QUASI: "somebody may be known by it: made coarser until enough are alike",
    Part.SENSITIVE: "must not be learned of anybody: every class has several values",
    Part.KEPT: "as it is",
    Part.NEVER: "never given",
}
_INTRODUCTION = """## Research exports

A researcher begins a project (purpose, legal basis, people, end date) and asks for exports of it; two output checkers
decide, neither of whom may be the author, be named in the project, or know what the other said until both have decided.
The worker makes the package before they look (so they decide on the very bytes), and hands it out, as
`export-NUMBER.zip` in the outbox, once both have approved. It goes to its author alone, until the project's end date;
then it is taken away, and the project's key is destroyed.

| state | what has happened |
|---|---|
| `asked` | it was asked for; the worker makes it |
| `prepared` | the package and the checkers' report are there; fewer than two have decided |
| `approved` | both approved it; the worker hands it out |
| `released` | its author can fetch it |
| `returned` | at least one of the two returned it, with reasons |
| `refused` | it could not be made, or would have given somebody away; with the reason |
| `withdrawn` | its author, or the data protection officer, took it back |
| `ended` | the project is over, and the package taken away |

### `research.toml`

How far an export may go. A researcher may ask for more protection, never for less.

| setting | means |
|---|---|
| `[project]` `longest_days` | how long a project lasts at most |
| `[project]` `rho` | its privacy budget, in zero-concentrated differential privacy |
| `[tables]` `measures` | measures of `catalogue.toml` that may be asked; `["*"]`: all that it has for researchers |
| `[tables]` `most_dimensions`, `most_tables`, `most_cells` | of one table, of one export, of one table |
| `[microdata]` `k` | how many families are alike in every class: never under 3 |
| `[microdata]` `l`, `t` | different sensitive values in each class; how far their spread may be from everybody's |
| `[microdata]` `most_left_out`, `most_columns` | rows that may be left out, in per cent; columns of one extract |
| `[private]` `rho`, `most_records` | what one export may cost; how many records of one person or family count at most |
| `[terms]` `licence`, `citation`, `contact` | what goes with every package |

In `[terms]`, `{project}`, `{export}`, `{release}`, `{council}` and `{until}` are filled in.

### A specification

What is asked for is one JSON object, in the ledger as it was written:

```json
{"version": 1, "kind": "tables",
 "tables": [{"measure": "needs_identified", "dimensions": ["headline", "locality", "quarter", "sex"], "framework": ""}]}
{"version": 1, "kind": "microdata", "unit": "person", "columns": ["age_band", "sex", "ward", "first_headline"],
 "k": 5, "l": 2, "t": 500, "most_left_out": 10, "dates": "months"}
{"version": 1, "kind": "private", "rho": 100000, "most_records": 1,
 "tables": [{"measure": "families_helped", "dimensions": ["locality"], "framework": ""}]}
```

`t` is in thousandths, `rho` in millionths. `dates` is `months` or `shifted`: moved by as many months for all of a
family, another number for each project.

### `microdata.toml`

Which rows and columns there are. A column that is not there cannot be asked for.

| column | meaning | rows about | what is done to it |
|---|---|---|---|"""
_PACKAGE = """
### A package

| file | holds |
|---|---|
| `data/NAME.parquet`, `.csv`, `.sav`, `.dta` | each table four times, with the same content (SPSS, Stata) |
| `datapackage.json` | the Frictionless data package: tables, columns, types, codes; `frictionless validate` passes |
| `DICTIONARY.csv` | every column: meaning, type, unit, codes, how it came about, what disclosure control did to it |
| `README.md` | what is in it and how to read it |
| `METHOD.md` | how it was made safe |
| `RISK.md`, `RISK.json` | smallest class, uniques, three attackers' chances, what was left out, what that cost in use |
| `CITATION.cff`, `LICENCE.md` | how to cite it; what may be done with it, and until when |
| `SHA256SUMS` | the digest of every file |

In CSV an apostrophe stands before text that a spreadsheet would run. The same package has the same bytes.
Differentially private tables are drawn once: their noise cannot be drawn again, and their budget is spent before it is.
"""


def exports() -> Iterator[str]:
    """The chapter, line by line."""
    yield _INTRODUCTION
    microdata = read_microdata(PROJECT / "data" / "microdata.toml")
    for column in microdata.columns.values():
        units = ", ".join(name for name in microdata.units if name in column.units)
        yield f"| `{column.name}` | {column.meaning} | {units} | {_PARTS[column.part]} |"
    yield _PACKAGE
