"""Pseudonymous rows of a release, for the council's own data team."""

import polars as pl

from pipelines.keys import Keys
from release.errors import ReleaseError
from release.opening import open_protected
from release.places import Places
from release.schema import PROTECTED, Column, Holds
from release.tokens import project_tokens

# The random number behind a cell's noise leaves the protected file for nobody.
_WITHHELD = "record_key"
_MONTH = len("YYYY-MM")
_DAY_IN_WORDS = r"\b(\d{4}-\d{2})-\d{2}\b"


def take_table(
    places: Places, release: str, table: str, keys: Keys, *, for_replay: bool = False
) -> pl.DataFrame:
    """The rows of a table of the protected file, but for `record_key`. Raises ReleaseError where there is none such.

    `for_replay`: one of those too that are there so that a claim can be evaluated again; nobody analyses them.
    """
    known = {one.name: one for one in PROTECTED if (for_replay or not one.for_replay) and not one.inward}
    if table not in known:
        raise ReleaseError(f"There is no such table. Tables are: {', '.join(known)}.")
    columns = ", ".join(f'"{name}"' for name in known[table].names if name != _WITHHELD)
    with open_protected(places, release, keys.protected) as connection:
        return connection.execute(f'SELECT {columns} FROM protected."{table}" ORDER BY ALL').pl()  # noqa: S608


def for_project(rows: pl.DataFrame, table: str, key: str) -> pl.DataFrame:
    """Rows of a table as one project is given them: every token re-keyed under `key`, and the rows in an order of
    their own, since the old one would tie two projects' rows to one another.

    Texts and digests are left out: one that two projects hold is a token that both share. Of a day its month alone is
    told (String, YYYY-MM), since several days together are nearly one as well.
    """
    columns = _columns(table)
    texts = [column.name for column in columns if column.holds in (Holds.TEXT, Holds.DIGEST)]
    days = [column.name for column in columns if column.holds is Holds.DAY]
    words = [column.name for column in columns if column.holds is Holds.WORDS]
    rows = rows.drop(texts, strict=False).with_columns(
        pl.col(days).cast(pl.String).str.slice(0, _MONTH),
        pl.col(words).str.replace_all(_DAY_IN_WORDS, "$1"),
    )
    for column in columns:
        if column.holds is Holds.KEY:
            tokens = project_tokens(key, column.name, rows[column.name]).rename({"key": column.name})
            rows = rows.join(tokens, on=column.name, how="left", maintain_order="left")
            rows = rows.with_columns(pl.col("token").alias(column.name)).drop("token")
    return rows.sort(rows.columns, nulls_last=True)


def alone(rows: pl.DataFrame, table: str) -> int:
    """How many rows say what no other row says, tokens aside: by that they can be found again in other tables of it."""
    keys = [one.name for one in _columns(table) if one.holds is Holds.KEY]
    told = rows.drop(keys, strict=False)
    return int(told.is_unique().sum()) if told.width else 0


def _columns(table: str) -> tuple[Column, ...]:
    return next(one.columns for one in PROTECTED if one.name == table)
