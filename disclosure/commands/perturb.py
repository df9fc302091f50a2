"""`perturb`: a table of a file of records, every count moved by the noise of its cell key."""

from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console

from disclosure.cell_key import Ptable, perturb_records, ptable_from_text, ptable_to_text, record_keys
from disclosure.cell_key.keys import RECORD_KEYS
from disclosure.cell_key.ptable import DEFAULT_BOUND, DEFAULT_SMALLEST, DEFAULT_VARIANCE
from disclosure.commands.files import keep_apart, read_text, write_whole
from disclosure.commands.records import names, read_records, write_records
from disclosure.errors import PerturbationError, TableError

_VALUE, _KEY = "value", "record_key"


def register(app: typer.Typer) -> None:
    """Offer the command."""
    app.command("perturb")(perturb_command)


def perturb_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Records: one line each, under headings.")],
    by: Annotated[list[str], typer.Option("--by", help="The columns to count by, between commas.")],
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            help="The CSV file to write: those columns, and `value`. Default: it is printed.",
            show_default=False,
        ),
    ] = None,
    ptable: Annotated[
        Path | None,
        typer.Option(
            "--ptable",
            help="The perturbation table, in the form of the ONS or of ptable and tau-ARGUS. Without one, that of most "
            "entropy for --bound, --variance and --smallest is made.",
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            "--key",
            help="The column with the record keys. Or give --secret and --unit. Default: record_key, if there is one.",
            show_default=False,
        ),
    ] = None,
    secret: Annotated[
        Path | None,
        typer.Option(
            "--secret",
            help="A file with a secret of 16 bytes or more (hexadecimal digits are read as such), under which record "
            "keys are made. Keep it: another secret is other noise, and both tables together give people away.",
        ),
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option(
            "--unit", help="The column that says whom a record is about: each is counted once in a cell."
        ),
    ] = None,
    distinct: Annotated[
        bool,
        typer.Option("--distinct", help="Several records may have one key: count each key once in a cell."),
    ] = False,
    among: Annotated[
        int | None,
        typer.Option(
            "--record-keys",
            min=1,
            help="How many record keys there are, such as 4096. Default: as many as the table has cell keys, or 2^64 "
            "for a table that is not in the ONS's form.",
        ),
    ] = None,
    all_margins: Annotated[bool, typer.Option("--all-margins", help="Also every total.")] = False,
    total: Annotated[
        str, typer.Option("--total", help="The word for all of a column, with --all-margins.")
    ] = "Total",
    threshold: Annotated[
        int, typer.Option("--threshold", min=0, help="Perturbed counts under this are withheld (c).")
    ] = 0,
    bound: Annotated[
        int, typer.Option("--bound", help="Without --ptable: the most that a count is moved.")
    ] = DEFAULT_BOUND,
    variance: Annotated[
        float, typer.Option("--variance", help="Without --ptable: the variance of the noise.")
    ] = DEFAULT_VARIANCE,
    smallest: Annotated[
        int, typer.Option("--smallest", help="Without --ptable: the smallest count to be published beside 0.")
    ] = DEFAULT_SMALLEST,
    ptable_to: Annotated[
        Path | None,
        typer.Option("--ptable-to", help="Also write the perturbation table, in the form of ptable."),
    ] = None,
) -> None:
    """Count records, and move every count by noise that hangs on who is counted: the same people, the same figure."""
    columns = names(by)
    if to is not None and to.resolve() == file.resolve():
        raise TableError(f"{to}: these are the records themselves; write to another file")
    keep_apart((to, ptable_to), (file, secret, ptable))
    if not columns or len(set(columns)) < len(columns):
        raise TableError("--by: name one column or several, each once")
    if _VALUE in columns:
        raise TableError(f"the column {_VALUE} is named like that of the result: give it another name")
    if secret is not None and among is not None:
        raise PerturbationError("--record-keys is for keys in a column: those made under a secret are 2^64")
    if ptable is not None and (bound, variance, smallest) != (
        DEFAULT_BOUND,
        DEFAULT_VARIANCE,
        DEFAULT_SMALLEST,
    ):
        raise PerturbationError(
            "--bound, --variance and --smallest make a table: leave them out, or --ptable"
        )
    table = (
        Ptable.maximum_entropy(bound=bound, variance=variance, smallest=smallest)
        if ptable is None
        else ptable_from_text(read_text(ptable), str(ptable))
    )
    records, separator = read_records(file)
    source = _source(records, key, secret, unit)
    for column in (*columns, source):
        if column not in records.columns:
            raise TableError(f"{file}: has no column {column}; it has {', '.join(records.columns)}")
    if source in columns:
        raise TableError(f"--by {source}: a table by that column would show every record alone")
    given = records[source].replace("", None)
    if secret is not None:
        keys, among = record_keys(_secret(secret), given), RECORD_KEYS
    else:
        keys = _keys(given, file)
    # By place: a column may be called as one of the result is on its way.
    placed = [f"{at} {column}" for at, column in enumerate(columns)]
    named = records.select(
        *(pl.col(column).alias(place) for column, place in zip(columns, placed, strict=True)),
        keys.alias(source),
    )
    if all_margins:
        _check_total(records, columns, total)
    cells = perturb_records(
        named,
        placed,
        table,
        key=source,
        among=among,
        distinct=distinct or unit is not None,
        all_margins=all_margins,
        threshold=threshold,
    )
    # Neither the true count nor the cell key, which would give it away, goes into the file.
    told = cells.select(
        *(
            pl.col(place).fill_null(total).alias(column)
            for column, place in zip(columns, placed, strict=True)
        ),
        pl.col("perturbed").cast(pl.String).fill_null("c").alias(_VALUE),
    )
    if ptable_to is not None:
        write_whole(ptable_to, ptable_to_text(table))
    if to is None:
        Console(highlight=False, soft_wrap=True).print(told.write_csv(), end="", markup=False)
    else:
        write_records(to, told, separator)
    Console(highlight=False, soft_wrap=True, stderr=to is None).print(
        f"{told.height:,} cells. {table.name}: 19 of 20 counts are within {table.usual} of the true one, and none is "
        f"off by more than {table.bound}.",
        markup=False,
    )


def _source(records: pl.DataFrame, key: str | None, secret: Path | None, unit: str | None) -> str:
    """The column that record keys come from."""
    if key is None and secret is None and unit is None and _KEY in records.columns:
        return _KEY
    if key is not None and secret is None and unit is None:
        return key
    if key is None and secret is not None and unit is not None:
        return unit
    raise PerturbationError(
        "Say where record keys come from: --key COLUMN, or --secret FILE and --unit COLUMN. Keys that are made up for "
        "one table let the noise be averaged away."
    )


def _keys(texts: pl.Series, file: Path) -> pl.Series:
    """Record keys as numbers. A file with none is told of by its line, never by its content."""
    keys = texts.cast(pl.UInt64, strict=False)
    wrong = keys.is_null()
    if wrong.any():
        raise PerturbationError(
            f"{file}, record {int(wrong.arg_true()[0]) + 1}: the column {texts.name} holds no record key (a whole "
            f"number from 0). So it is in {wrong.sum():,} records."
        )
    return keys


def _secret(file: Path) -> bytes:
    content = file.read_bytes().strip()
    try:
        return bytes.fromhex(content.decode("ascii"))
    except ValueError:
        return content


def _check_total(records: pl.DataFrame, columns: list[str], total: str) -> None:
    for column in columns:
        if (records[column] == total).any():
            raise TableError(
                f'the column {column} has the value "{total}" already: say --total with another word'
            )
