"""Links held against a truth, counted in pairs of records: what was found, what was missed, and about whom."""

import csv
from pathlib import Path

import polars as pl

from release.errors import UserError

SCORES = pl.Schema(
    {
        "about": pl.String,
        "which": pl.String,
        "linked": pl.Int64,
        "true": pl.Int64,
        "right": pl.Int64,
        "precision": pl.Float64,
        "recall": pl.Float64,
    }
)


class TruthError(UserError):
    """A truth that links could be held against is missing, damaged, or about other extracts."""

    exit_code = 57


def linkage_error(
    links: pl.DataFrame, truth: pl.DataFrame, groups: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Pairwise precision and recall (columns of SCORES).

    `links`: `contract, row, person` and, where several files of one contract were read, `file`. `truth`: `contract,
    row, true_person_id` and perhaps `file`. `groups`: `true_person_id` and columns of groups, such as `sex`. Only
    records in both count. Lines: `all`; `across sources` (pairs of records of two contracts); `extract`: pairs with a
    record in that extract; and for each column of groups: pairs with a record of such a person. `linked` pairs share a
    person, `true` pairs truly do, `right` pairs both. A share of nothing is null. Raises TruthError where nothing is
    in both.
    """
    rows = _together(links, truth)
    extra = [] if groups is None else [name for name in groups.columns if name != "true_person_id"]
    if groups is not None:
        rows = rows.join(
            groups.unique("true_person_id", keep="first", maintain_order=True),
            on="true_person_id",
            how="left",
        )
    lines = [("all", "", *_all(rows)), ("across sources", "", *_across(rows))]
    for about, column in (("extract", "contract"), *((name, name) for name in extra)):
        marked = rows.with_columns(pl.col(column).cast(pl.String))
        codes = marked[column].drop_nulls().unique().sort()
        lines += [
            (about, code, *_touching(marked, pl.col(column).eq_missing(pl.lit(code)))) for code in codes
        ]
    counted = pl.DataFrame(lines, schema=dict(list(SCORES.items())[:5]), orient="row")
    return counted.with_columns(
        precision=pl.when(pl.col("linked") > 0).then(pl.col("right") / pl.col("linked")),
        recall=pl.when(pl.col("true") > 0).then(pl.col("right") / pl.col("true")),
    )


def read_truth(folder: Path) -> pl.DataFrame:
    """`contract, row, true_person_id, file` out of `records.csv`. Raises TruthError, without a value of a cell."""
    return read_table(folder / "records.csv", ("contract", "row", "true_person_id", "file")).with_columns(
        pl.col("row").cast(pl.Int64)
    )


def read_true_people(folder: Path) -> pl.DataFrame | None:
    """`true_person_id, person_ref`, a line a reference, out of `persons.csv`; None where there is no such file."""
    if not (folder / "persons.csv").is_file():
        return None
    people = read_table(folder / "persons.csv", ("true_person_id", "person_ref"))
    return (
        people.with_columns(pl.col("person_ref").str.split("|"))
        .explode("person_ref")
        .filter(pl.col("person_ref") != "")
    )


def read_links(file: Path) -> pl.DataFrame:
    """`contract, row, person` out of a file like the one that `links --to` makes. Raises TruthError."""
    return read_table(file, ("contract", "row", "person")).with_columns(pl.col("row").cast(pl.Int64))


def read_table(file: Path, columns: tuple[str, ...]) -> pl.DataFrame:
    """These columns of a table as texts, `row` as a number. Raises TruthError, without a value of a cell."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            headings = next(csv.reader(lines), [])
    except (OSError, UnicodeDecodeError):
        raise TruthError(f"{file} cannot be read. Give a folder or file of comma-separated UTF-8.") from None
    missing = [name for name in columns if name not in headings]
    if missing:
        raise TruthError(f"{file} lacks the column {missing[0]}. It needs: {', '.join(columns)}.")
    try:
        table = pl.read_csv(file, infer_schema=False, columns=list(columns))
        if "row" in columns:
            table = table.with_columns(pl.col("row").cast(pl.Int64))
    except pl.exceptions.PolarsError:
        raise TruthError(f"{file} is damaged: a line has too many cells, or a row is no number.") from None
    return table


def _together(links: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """`contract, person, true_person_id`, a line a record in both."""
    by = ["contract", "row"]
    if "file" in links.columns and "file" in truth.columns:
        named = links.join(truth.select("contract", "file").unique(), on=["contract", "file"], how="semi")
        by = ["contract", "file", "row"] if named.height else by
    for name, frame in (("The links", links), ("The truth", truth)):
        if frame.select(by).is_duplicated().any():
            raise TruthError(
                f"{name} hold a record twice. Where a contract has several files, both need the column file."
            )
    both = links.join(truth, on=by).select("contract", "person", "true_person_id").drop_nulls()
    if both.is_empty():
        raise TruthError("No record is both in the links and in the truth: they are about other extracts.")
    return both


_Counts = tuple[int, int, int]


def _all(rows: pl.DataFrame) -> _Counts:
    return (
        _pairs(rows, ["person"]),
        _pairs(rows, ["true_person_id"]),
        _pairs(rows, ["person", "true_person_id"]),
    )


def _across(rows: pl.DataFrame) -> _Counts:
    """Pairs of records of two contracts: all pairs but those within a contract."""
    linked, true, right = _all(rows)
    return (
        linked - _pairs(rows, ["person", "contract"]),
        true - _pairs(rows, ["true_person_id", "contract"]),
        right - _pairs(rows, ["person", "true_person_id", "contract"]),
    )


def _touching(rows: pl.DataFrame, chosen: pl.Expr) -> _Counts:
    """Pairs of which at least one record is chosen: all pairs but those among the others."""
    every, others = _all(rows), _all(rows.filter(~chosen))
    return every[0] - others[0], every[1] - others[1], every[2] - others[2]


def _pairs(rows: pl.DataFrame, by: list[str]) -> int:
    size = pl.col("records").cast(pl.Int64)
    return int(rows.group_by(by).agg(pl.len().alias("records")).select((size * (size - 1) // 2).sum()).item())
