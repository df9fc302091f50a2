"""The closed lists of a release as one reader may choose from them: codes, words for them, and what lies in what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from release.catalogue import LOCALITY, Catalogue, Measure, list_name
from release.cohorts import COHORTS, SINCE, is_of_followed, not_followed, not_yet


@dataclass(frozen=True)
class Lists:
    """`frames`: for every dimension its codes in order, as `code` and `label` (String). `places`: where each code
    stands. `above`: for a dimension and one that it lies in, the code that each code lies in there; a code that lies in
    none, or in several, is not in it. `apart`: for two dimensions, the pairs of their codes that cannot be together in
    this release: cohorts that have not been followed for so long. `early`: for a dimension the codes in which help
    ended that has not all been followed for a year."""

    frames: Mapping[str, pl.DataFrame]
    places: Mapping[str, Mapping[str, int]]
    above: Mapping[tuple[str, str], Mapping[str, str]]
    apart: Mapping[tuple[str, str], frozenset[tuple[str, str]]]
    early: Mapping[str, frozenset[str]]
    catalogue: Catalogue

    def never(self, measure: Measure, dimension: str) -> list[str]:
        """The codes that cannot occur in what the measure counts, in order."""
        counted = self.catalogue.measures[measure.parts[0]] if measure.derived else measure
        early = self.early.get(dimension, frozenset()) if is_of_followed(counted.where) else frozenset()
        return [
            code
            for code in self.places[dimension]
            if code in early or not self.catalogue.possible(measure, dimension, code)
        ]


def read_lists(
    dimension: pl.DataFrame,
    catalogue: Catalogue,
    framework: str,
    localities: Sequence[str] | None,
    as_of: date,
) -> Lists:
    """The lists out of the table `dimension` of a release (release/schema.py), under a framework (none: the primary).

    `localities`: those that the reader is kept to; None: all. What lies in another place is on no list then. `as_of`:
    the day that the release tells of.
    """
    listed = {
        name: dimension.filter(pl.col("dimension") == list_name(name, framework)).sort("position", "code")
        for name in catalogue.dimensions
    }
    parents = {
        name: {
            code: parent for code, parent in frame["code", "parent_code"].iter_rows() if parent is not None
        }
        for name, frame in listed.items()
    }
    above: dict[tuple[str, str], Mapping[str, str]] = {}
    for name in catalogue.dimensions:
        chain = {code: code for code in listed[name]["code"]}
        below = name
        for ancestor in catalogue.ancestors(name):
            chain = {code: parents[below][at] for code, at in chain.items() if at in parents[below]}
            above[name, ancestor] = chain
            below = ancestor
    frames = {
        name: frame.select("code", "label").filter(_within(name, frame["code"], above, localities))
        for name, frame in listed.items()
    }
    places = {
        name: {code: place for place, code in enumerate(frame["code"])} for name, frame in frames.items()
    }
    quarters = places.get("quarter", {})
    apart = {
        (name, SINCE): not_yet(places[name], quarters, as_of)
        for name in COHORTS
        if {name, SINCE} <= places.keys()
    }
    early = {name: not_followed(places[name], quarters, as_of) for name in COHORTS if name in places}
    return Lists(frames, places, above, apart, early, catalogue)


def _within(
    name: str,
    codes: pl.Series,
    above: Mapping[tuple[str, str], Mapping[str, str]],
    localities: Sequence[str] | None,
) -> pl.Series:
    if localities is None or (name != LOCALITY and (name, LOCALITY) not in above):
        return pl.repeat(True, len(codes), eager=True)
    lies_in = above.get((name, LOCALITY))
    return pl.Series(
        [(code if lies_in is None else lies_in.get(code)) in localities for code in codes], dtype=pl.Boolean
    )
