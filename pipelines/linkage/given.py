"""Links that are given, instead of found: for a test of all that comes after linkage."""

import csv
from pathlib import Path

import polars as pl

from pipelines.contracts import CONTRACTS
from pipelines.linkage.linking import REVIEWS, Linked
from pipelines.linkage.model import Model
from release.errors import UserError

COLUMNS = ("contract", "row", "person")
GIVEN = pl.Schema({"contract": pl.String, "file": pl.String, "row": pl.Int64, "person": pl.String})
# How a record came to its person, as linkage tells it.
HOW = "given"
_LARGEST = 200_000_000
_MOST_DIGITS = 9


class LinksError(UserError):
    """A file of links cannot be read, or is about other extracts."""

    exit_code = 78


def read_given(file: Path) -> pl.DataFrame:
    """`contract, file, row, person` out of a file as `links --to` writes it: CSV, UTF-8, with `file` only where several
    files of a contract were read (null otherwise).

    Raises LinksError with the line, and no value of a cell, where a column is missing or there twice, a contract is
    none, a row is no number from 1 on, a person is blank, or a record is there twice.
    """
    try:
        if file.stat().st_size > _LARGEST:
            raise LinksError(f"{file.name} is larger than {_LARGEST:,} bytes: it is no file of links.")
        with file.open(encoding="utf-8-sig", newline="") as lines:
            headings, *rows = csv.reader(lines, strict=True)
    except FileNotFoundError:
        raise LinksError(
            f"There is no file {file}. Make one with: python -m pipelines links --to FILE"
        ) from None
    except (OSError, UnicodeDecodeError, csv.Error):
        raise LinksError(f"{file.name} cannot be read. Save it as comma-separated UTF-8.") from None
    except ValueError:
        raise LinksError(
            f"{file.name} is empty. Its first line names the columns: {', '.join(COLUMNS)}."
        ) from None
    return _checked(file.name, headings, rows)


def _checked(name: str, headings: list[str], rows: list[list[str]]) -> pl.DataFrame:
    for column in COLUMNS:
        if headings.count(column) != 1:
            raise LinksError(
                f"{name} has the column {column} {'twice' if column in headings else 'nowhere'}. It needs once each: "
                f"{', '.join(COLUMNS)}, and file where a contract has several files."
            )
    if headings.count("file") > 1:
        raise LinksError(f"{name} has the column file twice. Leave one.")
    for number, row in enumerate(rows, start=2):
        if len(row) != len(headings):
            raise LinksError(f"{name}, line {number}: it has {len(row)} cells, not {len(headings)}.")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row").with_row_index(
        "line", 2
    )
    if "file" not in headings:
        frame = frame.with_columns(file=pl.lit(None, pl.String))
    frame = frame.select(
        "line",
        "contract",
        pl.when(pl.col("file") != "").then("file").alias("file"),
        "row",
        pl.col("person").str.strip_chars(),
    )
    faults = {
        f"there is no contract of that name. Known are: {', '.join(CONTRACTS)}.": ~pl.col("contract").is_in(
            list(CONTRACTS)
        ),
        "the row is no number from 1 on.": ~pl.col("row").str.contains(
            rf"^[1-9][0-9]{{0,{_MOST_DIGITS - 1}}}$"
        ),
        "no person is named. Leave the line out: a record without one stands alone.": pl.col("person") == "",
    }
    for words, is_wrong in faults.items():
        wrong = frame.filter(is_wrong)["line"]
        if wrong.len():
            raise LinksError(f"{name}, line {wrong[0]}: {words}")
    found = frame.with_columns(pl.col("row").cast(pl.Int64))
    twice = found.filter(~pl.struct("contract", "file", "row").is_first_distinct())["line"]
    if twice.len():
        raise LinksError(
            f"{name}, line {twice[0]}: the same record is there twice. Where several files of a contract were read, "
            "name each in the column file."
        )
    return found.select(GIVEN.names())


def link_given(records: pl.DataFrame, given: pl.DataFrame) -> Linked:
    """What linkage would find if it found `given` (columns of GIVEN), and nothing else: a record that no line names
    stands alone, and no pair is for a person to judge.

    `records`: `record_id, contract, file, row`. Raises LinksError where a line could mean two records, and where none
    means any.
    """
    sent = records.select("contract", "file").unique()
    several = sent.filter(sent["contract"].is_duplicated())
    unclear = (
        given.filter(pl.col("file").is_null()).join(several, on="contract", how="semi")["contract"].sort()
    )
    if unclear.len():
        raise LinksError(
            f"Several files of the contract {unclear[0]} were sent: the column file must say which is meant."
        )
    by_file = given.filter(pl.col("file").is_not_null())
    anywhere = given.filter(pl.col("file").is_null()).drop("file")
    named = pl.concat(
        [
            records.join(by_file, on=["contract", "file", "row"]).select("record_id", "person"),
            records.join(anywhere, on=["contract", "row"]).select("record_id", "person"),
        ]
    )
    if named.is_empty():
        raise LinksError("No line of the links names a record of these extracts: they are about others.")
    if named["record_id"].is_duplicated().any():
        raise LinksError("A record is there with its file and without: leave one of the two lines.")
    persons = (
        records.select("record_id")
        .join(named, on="record_id", how="left")
        .with_columns(
            # A record by itself must not be taken for a person who is given.
            whose=pl.when(pl.col("person").is_null())
            .then(pl.concat_str(pl.lit("record "), "record_id"))
            .otherwise(pl.concat_str(pl.lit("person "), "person"))
        )
        .select(
            "record_id",
            person=(pl.col("whose").rank("dense") - 1).cast(pl.Int64),
            how=pl.when(pl.col("person").is_null()).then(pl.lit("alone")).otherwise(pl.lit(HOW)),
        )
    )
    beside = given.height - named.height
    return Linked(
        persons,
        reviews=pl.DataFrame(schema=REVIEWS),
        model=Model({}, 0),
        blind=pl.DataFrame(schema={"record_id_a": pl.String, "record_id_b": pl.String, "found": pl.Boolean}),
        warnings=(
            f"links were given: {named.height} records have the person that the file names, "
            f"{records.height - named.height} stand alone, {beside} lines of it name no good record about a person",
        ),
    )
