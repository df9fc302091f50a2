"""Tables as CSV and Parquet: the same frame gives the same bytes, and no cell is run by a spreadsheet."""

import io
from typing import Final

import polars as pl

# What makes a spreadsheet run a cell: one of these signs (or its wide form), also after blanks, or a tab or an end of
# line at the beginning. (OWASP, CSV Injection.)
_RUN: Final = r"^(?:[\t\r\n]|[\s\p{Z}\p{Cf}]*[=+\-@＝＋－＠])"
# Put before it: what follows is text.
_TEXT: Final = "'"
_ROWS: Final = 250_000


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """The same with no text, and no heading, that a spreadsheet would run: an apostrophe stands before it. Numbers
    stay: a negative one is no formula."""
    found = [
        column.name for column in frame.iter_columns() if column.dtype == pl.String and _any_runs(column)
    ]
    safe = frame.with_columns(
        pl.when(pl.col(name).str.contains(_RUN))
        .then(_TEXT + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name in found
    )
    names = harmless_texts(frame.columns)
    if len(set(names)) < len(names):
        raise ValueError("two columns have the same heading once it is harmless")
    return safe.rename(dict(zip(frame.columns, names, strict=True)))


def harmless_texts(texts: list[str]) -> list[str]:
    """The same of texts that are no frame."""
    column = pl.Series("text", texts, pl.String)
    made = column.to_frame().select(
        pl.when(pl.col("text").str.contains(_RUN)).then(_TEXT + pl.col("text")).otherwise(pl.col("text"))
    )
    return list(made.to_series())


def write_csv(frame: pl.DataFrame) -> bytes:
    """Comma-separated, UTF-8, a line a row, an empty cell for what is missing; made harmless."""
    out = io.BytesIO()
    harmless(frame).write_csv(out, line_terminator="\n", quote_style="necessary", null_value="")
    return out.getvalue()


def write_parquet(frame: pl.DataFrame) -> bytes:
    """Parquet, compressed by Zstandard, with nothing in it of the time or the machine."""
    out = io.BytesIO()
    # One chunk a column: how a frame came about must not show in its bytes.
    frame.rechunk().write_parquet(
        out, compression="zstd", compression_level=1, statistics=True, row_group_size=_ROWS
    )
    return out.getvalue()


def _any_runs(column: pl.Series) -> bool:
    return bool(column.str.contains(_RUN).any())
