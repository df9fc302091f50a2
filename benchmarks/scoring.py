"""How well records were linked, against who they are: counted in pairs of records, without ever listing a pair."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl


@dataclass(frozen=True)
class Scores:
    """Shares of pairs of records; None where there is no such pair.

    `precision`: of the pairs that were linked, how many are truly one person. `recall`: of the pairs that are truly
    one person, how many were linked; `recall_across_sources`: the same over pairs of records from two sources.
    `by_source`: the three for the pairs with at least one record in that source (and in another, for the last).
    """

    precision: float | None
    recall: float | None
    recall_across_sources: float | None
    by_source: dict[str, "Scores"] = field(default_factory=dict)


def pairwise(links: pl.DataFrame, truth: pl.DataFrame, sources: pl.DataFrame) -> Scores:
    """Scores of `links` (`record_id, person`) against `truth` (`record_id, person`).

    `sources`: `record_id, source`. Only records that stand in all three count. Raises ValueError where a record
    stands in one of them twice.
    """
    for name, frame in (("links", links), ("truth", truth), ("sources", sources)):
        if frame["record_id"].is_duplicated().any():
            raise ValueError(f"A record stands in {name} twice.")
    rows = (
        links.select("record_id", found="person")
        .join(truth.select("record_id", true="person"), on="record_id")
        .join(sources.select("record_id", "source"), on="record_id")
        .drop_nulls()
    )
    # One row for each source's records of one true person in one found person: the smallest groups that matter.
    cells = rows.group_by("found", "true", "source").len("records")
    right, linked, true = (_Pairs(cells, by) for by in (["found", "true"], ["found"], ["true"]))
    names = sorted(cells["source"].unique().to_list())
    return Scores(
        _share(right.all, linked.all),
        _share(right.all, true.all),
        _share(right.across, true.across),
        {
            name: Scores(
                _share(right.touching(name), linked.touching(name)),
                _share(right.touching(name), true.touching(name)),
                _share(right.leaving(name), true.leaving(name)),
            )
            for name in names
        },
    )


class _Pairs:
    """How many pairs of records lie in one group of `by` together."""

    def __init__(self, cells: pl.DataFrame, by: Sequence[str]) -> None:
        self._inside = cells.group_by(*by, "source").agg(pl.col("records").cast(pl.Int64).sum())
        groups = self._inside.group_by(by).agg(pl.col("records").sum())
        self.all = _pairs(groups["records"])
        self.across = self.all - _pairs(self._inside["records"])
        joined = self._inside.join(groups.rename({"records": "group"}), on=by)
        # Pairs of a source's records with those of others, and among themselves.
        self._by_source = {
            str(name): (int(leaving), int(within))
            for name, leaving, within in joined.group_by("source")
            .agg(
                (pl.col("records") * (pl.col("group") - pl.col("records"))).sum().alias("leaving"),
                (pl.col("records") * (pl.col("records") - 1) // 2).sum().alias("within"),
            )
            .iter_rows()
        }

    def leaving(self, source: str) -> int:
        return self._by_source[source][0]

    def touching(self, source: str) -> int:
        return sum(self._by_source[source])


def _pairs(sizes: pl.Series) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
