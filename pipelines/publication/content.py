"""What will be in a release, as frames."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from disclosure import Profile

CHECKS: Mapping[str, str] = {
    "schema": "There is no table and no column but those that are described.",
    "closed_lists": "Every value of a column closed by a code list is on its list.",
    "thresholds": "Every figure reaches the threshold and is rounded.",
    "identities_in_values": (
        "No name, number, address or other identity of the extracts is in any value of either file, "
        "read back as text, numbers too."
    ),
    "identities_in_bytes": "None is in the raw bytes of anything in the release's folder.",
    "identities_in_log": "None is in the log of the run.",
}


@dataclass(frozen=True)
class Content:
    """The frames of both files, by table (release.schema says which columns), and what they are checked by.

    `codes`: for each closed column of either file ("table.column"), its list. `own_words`: every text that this
    software brings itself; `named_places`: places that many families share. `facts`: name and value of what the
    manifest says; `model`: what likely pairs of records were weighed by, for the manifest.json alone.
    """

    protected: Mapping[str, pl.DataFrame]
    answers: Mapping[str, pl.DataFrame]
    codes: Mapping[str, frozenset[str]]
    own_words: frozenset[str]
    named_places: frozenset[str]
    facts: Mapping[str, str]
    inputs: pl.DataFrame
    profile: Profile
    model: Mapping[str, object]
