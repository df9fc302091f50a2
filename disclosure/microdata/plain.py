"""A plain Mondrian, as it is usually written: the yardstick that what is lost is held against.

After LeFevre, DeWitt and Ramakrishnan (Mondrian multidimensional k-anonymity, ICDE 2006): the column with the widest
span of values is cut at its median, again and again, as long as both halves have k records; each class is written by
the lowest names above all of its values. It knows no owner, no sensitive value, and leaves nobody out.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from disclosure.microdata.anonymise import Loss
from disclosure.microdata.classes import boxes
from disclosure.microdata.coding import coded
from disclosure.microdata.hierarchy import Hierarchy
from disclosure.microdata.rules import Rows
from disclosure.microdata.writing import written


def plain_mondrian(
    records: pl.DataFrame, quasi: Sequence[str], hierarchies: Mapping[str, Hierarchy], k: int
) -> Loss:
    """What a plain Mondrian loses of these records (text) with these hierarchies, one for each of `quasi`."""
    chosen = records.select(pl.col(*quasi).cast(pl.String))
    own = [hierarchies[name] for name in quasi]
    numbers = coded(chosen, own)
    of = _cut(numbers.leaves, own, k)
    # Classes that are written alike are one to whoever reads them.
    text = written(numbers, of, boxes(numbers, of))
    sizes = text.records(tuple(quasi), of).group_by(*quasi).len()["len"].to_numpy().astype(np.int64)
    penalties = text.penalty[of].mean(axis=0)
    mean = chosen.height / len(sizes)
    return Loss(
        penalty=float(penalties.mean()),
        columns={name: float(one) for name, one in zip(quasi, penalties, strict=True)},
        discernibility=int((sizes**2).sum()),
        class_size=mean,
        class_size_to_k=mean / k,
    )


def _cut(leaves: Sequence[Rows], hierarchies: Sequence[Hierarchy], k: int) -> Rows:
    """The class of each record, numbered from 0. The values of a column are in the order of its hierarchy's names."""
    ranks = np.stack(
        [_order(hierarchy)[column] for hierarchy, column in zip(hierarchies, leaves, strict=True)], axis=1
    )
    span = np.maximum(ranks.max(axis=0) - ranks.min(axis=0), 1)
    of, waiting, classes = np.zeros(len(ranks), np.int64), [np.arange(len(ranks))], 0
    while waiting:
        rows = waiting.pop()
        here = ranks[rows]
        for column in np.argsort(-(here.max(axis=0) - here.min(axis=0)) / span, kind="stable"):
            low = here[:, column] <= np.median(here[:, column])
            if min(np.count_nonzero(low), np.count_nonzero(~low)) >= k:
                waiting += [rows[low], rows[~low]]
                break
        else:
            of[rows], classes = classes, classes + 1
    return of


def _order(hierarchy: Hierarchy) -> Rows:
    """The place of each value when those of one group stand together, from the top group down."""
    order = np.lexsort(hierarchy.groups)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return place
