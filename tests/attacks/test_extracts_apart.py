"""Tries to find families by putting extracts of different projects side by side, which no token joins."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

import polars as pl
import pytest

from custody.microdata import Extract
from custody.microdata.given import CLASS, FAMILY, ROW
from release.microdata import Asked
from tests.attacks.test_extracts import made
from tests.microdata_town import families

TOLD = ("family_first_headline", "family_needs", "family_outcome", "last_closure")
TOWN = families(400, seed=3)
ONE_COLUMN_EACH = ("ward", "referral_source", "family_size", "children")


def _by_what_they_tell(extracts: Sequence[Extract], told: Sequence[str]) -> list[set[str]]:
    """The families in each class of what is put together: rows that are alone in what all of the extracts tell of them
    are joined, and everybody knows how many families there are of whom that much is known."""
    joined = extracts[0].given.rows.select(ROW, FAMILY, *told, pl.col(CLASS).alias("0"))
    for place, one in enumerate(extracts[1:], 1):
        joined = joined.join(one.given.rows.select(ROW, pl.col(CLASS).alias(str(place))), on=ROW)
    found: dict[tuple[int, ...], set[str]] = defaultdict(set)
    alone: set[tuple[int, ...]] = set()
    many = Counter(joined.select(told).rows())
    for row in joined.to_dicts():
        where = tuple(row[str(place)] for place in range(len(extracts)))
        found[where].add(row[FAMILY])
        if many[tuple(row[name] for name in told)] == 1:
            alone.add(where)
    return [found[where] for where in alone]


def test_rows_joined_by_what_several_projects_are_told_of_them_lead_to_k_families() -> None:
    asked = [Asked("family", (name, *TOLD), 5, 2, 0.9, 0.2) for name in ONE_COLUMN_EACH]
    careless = [made(one, TOWN) for one in asked]
    assert min(map(len, _by_what_they_tell(careless, TOLD))) < 5
    careful: list[Extract] = []
    for number, one in enumerate(asked, 1):
        project = "one" if number == 1 else "two"
        # Nobody holds their tokens side by side: what is joined is joined by what is told.
        earlier = [replace(each.given, joinable=False) for each in careful]
        careful.append(made(one, TOWN, project=project, export=number, earlier=earlier))
    assert min(map(len, _by_what_they_tell(careful, TOLD)), default=5) >= 5


@pytest.mark.parametrize("project", ["one", "two"])
@pytest.mark.parametrize("joinable", [True, False])
@pytest.mark.parametrize("came", [1, 3])
def test_one_release_subtracted_from_the_next_shows_nobody(project: str, came: int, joinable: bool) -> None:
    """Few came between two releases: classes that are in both have just their rows more."""
    columns = ("ward", "family_outcome")
    asked = Asked("family", columns, 5, 2, 0.9, 0.2)
    first = made(asked, TOWN[came:])
    more = _more(first, made(asked, TOWN), columns)
    assert more.total() == came
    careful = made(asked, TOWN, project=project, export=2, earlier=(replace(first.given, joinable=joinable),))
    assert not _more(first, careful, columns)


def _more(first: Extract, then: Extract, columns: Sequence[str]) -> Counter[tuple[str, ...]]:
    now, before = (Counter(one.table.frame.select(columns).rows()) for one in (then, first))
    return now - before


def test_who_came_is_given_when_there_are_enough_of_them() -> None:
    asked = Asked("family", ("ward", "family_outcome"), 5, 2, 0.9, 0.2)
    first = made(asked, TOWN[100:])
    then = made(asked, TOWN, project="two", export=2, earlier=(first.given,))
    came = then.given.rows.join(first.given.rows, on=ROW, how="anti")
    assert came.height > 50
    assert came.group_by(CLASS).agg(pl.col(FAMILY).n_unique())[FAMILY].min() >= 5  # type: ignore[operator]
