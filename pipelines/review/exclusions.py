"""Records that must never be joined, whatever speaks for it: those from before and after an adoption.

data/identified/exclusions.csv names them by numbers. What cannot be read stops the run: a list that is half understood
would join a child with who it was.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines import identifiers
from pipelines.contracts import CONTRACTS
from pipelines.contracts.contract import Column, Part
from pipelines.errors import EmptyFileError, UnreadableFileError
from pipelines.reading import Table, read_table
from pipelines.review.errors import ExclusionsError

COLUMNS = ("kind_a", "number_a", "kind_b", "number_b", "reason")
_NEEDED = COLUMNS[:4]
# Numbers that everybody uses: the column of an identified record that holds them.
_NUMBERS: Mapping[str, tuple[Callable[[pl.Expr], pl.Expr], Callable[[pl.Expr], pl.Expr]]] = {
    "nhs_number": (identifiers.clean_nhs_number, identifiers.valid_nhs_number),
    "upn": (identifiers.clean_upn, identifiers.valid_upn),
    "nino": (identifiers.clean_nino, identifiers.valid_nino),
    "pnc_id": (identifiers.clean_pnc_id, identifiers.valid_pnc_id),
}
_MOST_NAMED = 20
_APART = {"group": pl.String, "side": pl.String, "record_id": pl.String}


@dataclass(frozen=True)
class Exclusions:
    """What the list says about the records of this run.

    `apart`: `group, side, record_id`: no record of side a may share a person with one of side b of the same group.
    `lines`: how many exclusions there are. `warnings`: what looks like a slip of the pen.
    """

    apart: pl.DataFrame
    lines: int
    warnings: tuple[str, ...]


def exclusions(file: Path, records: pl.DataFrame) -> Exclusions:
    """Read the list and find its records.

    `file`: CSV with the columns of COLUMNS; where there is none, nothing is excluded. `records`: identified records
    (`record_id`, `contract`, `own_key` and the numbers). A kind is a number that everybody uses or the column of a
    contract that holds the sender's own. Raises ExclusionsError, with every line that is wrong, never with a number.
    """
    if not file.exists():
        return Exclusions(pl.DataFrame(schema=_APART), 0, ())
    listed = _read(file)
    long = pl.concat(
        [
            listed.select("line", side=pl.lit(side), kind=f"kind_{side}", number=f"number_{side}")
            for side in ("a", "b")
        ]
    )
    found = _records_of(long, records)
    unknown = long.join(found, on=["line", "side"], how="anti").height
    both = found.filter(pl.col("side").n_unique().over("line", "record_id") > 1)
    apart = pl.concat(
        [
            found.join(both, on=["line", "record_id"], how="anti").with_columns(part=pl.lit("")),
            _torn(found, both),
        ]
    )
    return Exclusions(
        apart.select(pl.format("exclusion {}{}", "line", "part").alias("group"), "side", "record_id").sort(
            list(_APART)
        ),
        listed.height,
        _warnings(file.name, unknown, both["record_id"].n_unique()),
    )


def _torn(found: pl.DataFrame, both: pl.DataFrame) -> pl.DataFrame:
    """Records with the numbers of both sides are joined with neither: which of the two they are nobody can tell."""
    torn = both.select("line", "record_id").unique().with_columns(side=pl.lit("a"))
    others = found.join(both, on=["line", "record_id"], how="anti").join(torn, on="line", how="semi")
    return pl.concat(
        [
            torn.select("line", "side", "record_id"),
            others.select("line", pl.lit("b").alias("side"), "record_id"),
        ]
    ).with_columns(part=pl.lit(" both"))


def _warnings(name: str, unknown: int, both: int) -> tuple[str, ...]:
    warnings = []
    if unknown:
        warnings.append(
            f"{unknown} numbers in {name} are in no record of this run. If one is mistyped, two records that must stay "
            "apart may be joined: check them."
        )
    if both:
        warnings.append(
            f"{both} records hold numbers of both sides of an exclusion in {name}: they are joined with neither. "
            "One of the numbers in them is wrong."
        )
    return tuple(warnings)


# The list


def _read(file: Path) -> pl.DataFrame:
    """`line, kind_a, number_a, kind_b, number_b`, canonical, a row an exclusion."""
    table = _table(file)
    headings = [_plain(heading) for heading in table.headings]
    cells = table.cells.select(
        line=pl.int_range(pl.len(), dtype=pl.Int64) + table.headings_at + 1,
        **{name: pl.col(str(headings.index(name))).fill_null("").str.strip_chars() for name in _NEEDED},
    ).with_columns(table.slipped.alias("slipped"), *(_kind(f"kind_{side}") for side in ("a", "b")))
    listed = cells.filter(pl.any_horizontal(pl.col(name) != "" for name in _NEEDED) | pl.col("slipped"))
    for side in ("a", "b"):
        listed = _canonical(listed, side)
    wrong = [words for row in listed.iter_rows(named=True) for words in _wrong(row, file.name)]
    if wrong:
        more = f"; and {len(wrong) - _MOST_NAMED} more" if len(wrong) > _MOST_NAMED else ""
        raise ExclusionsError(
            f"{'; '.join(wrong[:_MOST_NAMED])}{more}. Correct the list: nothing is linked until all of it is "
            "understood."
        )
    return listed.select("line", *_NEEDED)


def _table(file: Path) -> Table:
    try:
        table = read_table(
            file, file.name, lambda cells: len({_plain(cell) for cell in cells} & set(_NEEDED))
        )
    except (EmptyFileError, UnreadableFileError):
        raise ExclusionsError(
            f"{file} is empty or cannot be read as a table. Put back the list as CSV with the headings "
            f"{','.join(COLUMNS)}; only whoever knows that nothing is to be kept apart may remove it."
        ) from None
    headings = [_plain(heading) for heading in table.headings]
    missing = [name for name in _NEEDED if headings.count(name) != 1]
    if missing:
        raise ExclusionsError(
            f"{file} has not one column each for: {', '.join(missing)}. Its headings are {','.join(COLUMNS)}."
        )
    return table


def _plain(heading: str) -> str:
    return heading.replace("\ufeff", "").strip().casefold()


def _kind(name: str) -> pl.Expr:
    return pl.col(name).str.to_lowercase().str.replace_all(r"[\s-]+", "_").alias(name)


def _canonical(listed: pl.DataFrame, side: str) -> pl.DataFrame:
    """Numbers as records hold them, and `fits_SIDE`: whether the number can be one of its kind."""
    kind, number = pl.col(f"kind_{side}"), pl.col(f"number_{side}")
    cleaned, fits = number, pl.lit(True)
    for name, (clean, valid) in _NUMBERS.items():
        cleaned = pl.when(kind == name).then(clean(number)).otherwise(cleaned)
        fits = pl.when(kind == name).then(valid(clean(number)).fill_null(False)).otherwise(fits)
    for name, columns in own_numbers().items():
        # A column of one name holds one kind of number, whoever sends it.
        own = identifiers.clean_own_key(number, columns[0][1].digits)
        cleaned = pl.when(kind == name).then(own).otherwise(cleaned)
    return listed.with_columns(cleaned.alias(f"number_{side}"), fits.alias(f"fits_{side}"))


def kinds() -> list[str]:
    """Every kind of number that the list may name."""
    return [*_NUMBERS, *own_numbers()]


def own_numbers() -> dict[str, list[tuple[str, Column]]]:
    """The columns that hold a sender's own number of a person, by name, each with its contract."""
    columns: dict[str, list[tuple[str, Column]]] = {}
    for contract in CONTRACTS.values():
        # Without a name a row is no record of a person; the first number is whom the row is about.
        if contract.parts(Part.FORENAME, Part.SURNAME, Part.WHOLE_NAME):
            for column in contract.parts(Part.OWN_KEY)[:1]:
                columns.setdefault(column.name, []).append((contract.name, column))
    return columns


def _wrong(row: Mapping[str, object], name: str) -> list[str]:
    place = f"{name} row {row['line']}"
    if row["slipped"]:
        return [f"{place} has more cells than there are headings"]
    known = kinds()
    words = []
    for side in ("a", "b"):
        if row[f"kind_{side}"] not in known:
            words.append(f"{place}: kind_{side} is none of {', '.join(known)}")
        elif not row[f"number_{side}"]:
            words.append(f"{place}: number_{side} is blank")
        elif not row[f"fits_{side}"]:
            words.append(f"{place}: number_{side} is no valid {row[f'kind_{side}']}")
    if not words and (row["kind_a"], row["number_a"]) == (row["kind_b"], row["number_b"]):
        words.append(f"{place}: both sides are the same number")
    return words


# Its records


def _records_of(long: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """`line, side, record_id` of the records that hold each number."""
    parts = [
        long.filter(pl.col("kind") == name).join(records.select("record_id", number=name), on="number")
        for name in _NUMBERS
        if name in records.columns
    ]
    holders = pl.DataFrame(
        [(contract, name) for name, columns in own_numbers().items() for contract, _ in columns],
        schema={"contract": pl.String, "kind": pl.String},
        orient="row",
    )
    own = (
        records.select("record_id", "contract", number="own_key")
        .drop_nulls("number")
        .join(holders, on="contract")
    )
    parts.append(long.join(own, on=["kind", "number"]))
    return pl.concat([part.select("line", "side", "record_id") for part in parts]).unique()
