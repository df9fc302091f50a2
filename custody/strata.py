"""What the claims of a window are drawn by: the team and the kind, and how much there is to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from custody.finding import ProtectedRelease
from ledger import Standing
from ledger.sampling import Candidate

# A reason counts no more than this: one very bad case must not crowd out the others.
_MOST: Final = 3
_POOR_MATCH: Final = 2


@dataclass(frozen=True)
class Stratum:
    """One claim of the ledger as a sample sees it: its team and kind, and its weight when risk counts."""

    claim: int
    name: str
    weight: int

    def candidate(self, *, by_risk: bool) -> Candidate:
        """For the draw: with its weight, or like every other."""
        return Candidate(self.claim, self.name, self.weight if by_risk else 1)


def strata(release: ProtectedRelease, claims: Sequence[Standing]) -> list[Stratum]:
    """The stratum of each of `claims`, which were entered from this release, by number.

    A claim weighs 1, and more for each thing that could make it wrong: rows in quarantine that name its episode (up to
    3), pairs of records about its people that nobody has judged (up to 3), waived needs (up to 3), an extract of which
    few records find their people (2).
    """
    entered = pl.DataFrame(
        [(one.number, one.framework, one.kind, one.slots[0]) for one in claims],
        schema={"number": pl.Int64, "framework": pl.String, "kind": pl.String, "slot": pl.String},
        orient="row",
    )
    known = release.rows(
        """
        SELECT framework, kind, slot, team, rows_in_quarantine, pairs_in_review, poor_match,
            coalesce(waived, 0) AS waived
        FROM protected.claim
        JOIN protected.episode USING (episode)
        LEFT JOIN (
            SELECT framework, episode, count(*) FILTER (state = 'waived') AS waived
            FROM protected.need GROUP BY framework, episode
        ) USING (framework, episode)
        WHERE state = 'claimable'
        """
    )
    weight = (
        1
        + pl.col("rows_in_quarantine").clip(0, _MOST)
        + pl.col("pairs_in_review").clip(0, _MOST)
        + pl.col("waived").clip(0, _MOST)
        + _POOR_MATCH * pl.col("poor_match").cast(pl.Int64)
    ).fill_null(1)
    found = entered.join(known, on=["framework", "kind", "slot"], how="left").select(
        "number",
        pl.concat_str(pl.col("team").fill_null("unknown"), "kind", separator=" · "),
        weight.alias("weight"),
    )
    return [Stratum(*row) for row in found.sort("number").iter_rows()]
