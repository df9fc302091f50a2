"""What an extract gave, kept for this room alone: which class each row was in, to hold later extracts against it."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from custody.errors import EvidenceError
from release.keys import derived
from release.tokens import keyed_tokens

# Columns that are no column of an extract: those of an extract never begin with a blank.
ROW, FAMILY, CLASS, LINKED = " row", " family", " class", " linked"
_TOLD: Final = "outcome-lens-extract"


@dataclass(frozen=True)
class Given:
    """One extract as it was given. `rows`: marks of the row and of its family (` row`, ` family`: keyed, and the same
    in every extract of this council), the number of its ` class`, whether its family's rows were ` linked`, and the
    columns that are written as they are, `sensitive` and `kept`. `joinable`: its tokens are the project's own, so that
    they are those of its other extracts."""

    project: str
    export: int
    release: str
    unit: str
    joinable: bool
    k: int
    l: int  # noqa: E741
    sensitive: tuple[str, ...]
    rows: pl.DataFrame
    kept: tuple[str, ...] = ()

    def as_bytes(self) -> bytes:
        """All of it as Parquet; for the folder that custody alone may read."""
        told = {
            name: getattr(self, name)
            for name in ("project", "export", "release", "unit", "joinable", "k", "l")
        }
        told |= {"sensitive": list(self.sensitive), "kept": list(self.kept)}
        out = io.BytesIO()
        self.rows.write_parquet(out, metadata={_TOLD: json.dumps(told, sort_keys=True)})
        return out.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Given":
        """What `as_bytes` made. Raises EvidenceError where it is not that."""
        try:
            told = json.loads(pl.read_parquet_metadata(io.BytesIO(data))[_TOLD])
            rows = pl.read_parquet(io.BytesIO(data))
            given = cls(
                str(told["project"]),
                int(told["export"]),
                str(told["release"]),
                str(told["unit"]),
                told["joinable"] is not False,
                int(told["k"]),
                int(told["l"]),
                tuple(str(name) for name in told["sensitive"]),
                rows,
                tuple(str(name) for name in told.get("kept", ())),
            )
            rows.select(ROW, FAMILY, CLASS, LINKED, *given.sensitive, *given.kept)
        except (KeyError, ValueError, TypeError, OSError, pl.exceptions.PolarsError) as error:
            raise EvidenceError(
                f"What an earlier extract gave cannot be read ({type(error).__name__}): put back a whole copy. Until "
                "then no extract can be held against it, and none is made."
            ) from None
        return given


def marks(key: str, what: str, values: pl.Series) -> pl.Series:
    """What stands for rows or families in what is kept: the same in every extract, and known to nobody else. `key`:
    that of the protected files."""
    tokens = keyed_tokens(derived(key, f"mark of a {what} in what was given"), values)
    found = values.to_frame("key").join(tokens, on="key", how="left", maintain_order="left")["token"]
    return found.alias(f" {what}")


def joined(earlier: Given, unit: str, rows: pl.DataFrame, *, linked: bool) -> pl.Series | None:
    """The class of an earlier extract that each of these rows can be put beside by its token, or by its family's;
    None where no row of the one can be put beside one of the other. `rows`: ` row`, ` family`; `linked`: those of a
    family carry its token. A row that was not among the earlier ones has no class."""
    if earlier.unit == unit:
        return _looked_up(rows, earlier.rows.select(pl.col(ROW), CLASS), ROW)
    if not linked and unit != "family":
        return None
    if earlier.unit == "family":
        return _looked_up(rows, earlier.rows.select(pl.col(FAMILY), CLASS), FAMILY)
    told = earlier.rows.filter(LINKED)
    if not told.height:
        return None
    profiles = told.group_by(FAMILY).agg(pl.col(CLASS).sort().cast(pl.String).str.join(" "))
    return _looked_up(rows, profiles.with_columns(pl.col(CLASS).rank("dense").cast(pl.Int64)), FAMILY)


def of_family(earlier: Given, rows: pl.DataFrame) -> pl.Series:
    """The class of the one row that the family of each of these rows has in an extract about another unit; none where
    it has several, or none."""
    once = earlier.rows.filter(pl.len().over(FAMILY) == 1)
    return _looked_up(rows, once.select(pl.col(FAMILY), CLASS), FAMILY)


def refined(classes: Sequence[pl.Series]) -> pl.Series:
    """The classes of those who share all of several classes, numbered from 0."""
    frame = pl.DataFrame([one.alias(str(place)) for place, one in enumerate(classes)])
    number = frame.select(pl.struct(pl.all()).rank("dense"))
    return (number.to_series().cast(pl.Int64) - 1).alias("beside")


def _looked_up(rows: pl.DataFrame, classes: pl.DataFrame, on: str) -> pl.Series:
    return rows.select(on).join(
        classes.unique(on, keep="first", maintain_order=True), on=on, how="left", maintain_order="left"
    )[CLASS]


def numbered(records: pl.DataFrame, quasi: Sequence[str]) -> np.ndarray:
    """The number of each row's class: those that are written alike in all of `quasi`."""
    found = records.select(pl.struct(*quasi).rank("dense")).to_series().cast(pl.Int64) - 1
    return found.to_numpy()


def counts(rows: pl.DataFrame, by: Sequence[str], sensitive: Sequence[str]) -> Mapping[str, int]:
    """Of groups of rows the fewest families, and the fewest different values of each sensitive column."""
    found = rows.group_by(*by).agg(
        pl.col(FAMILY).n_unique().alias(FAMILY), *(pl.col(name).n_unique() for name in sensitive)
    )
    return {name: int(found[name].min()) for name in (FAMILY, *sensitive)}  # type: ignore[arg-type]
