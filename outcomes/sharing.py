"""Several frameworks over one set of needs: whose need is whose."""

from collections.abc import Iterable

import polars as pl

from outcomes.frameworks import Framework


def needs_of(needs: pl.DataFrame, framework: Framework, active: Iterable[Framework]) -> pl.DataFrame:
    """The rows of the frame `need` that `framework` is evaluated over, where all of `active` are in force.

    A need that it does not know and another one does is the other's affair. One that none of them knows stays: nobody
    can show that it is met, so it stands in the way.
    """
    own = {need.code for need in framework.needs}
    others = {need.code for one in active for need in one.needs} - own
    return needs.filter(~pl.col("need_code").is_in(sorted(others)))
