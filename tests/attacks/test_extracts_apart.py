"""Tries to find families by putting extracts of different projects side by side, which no token joins."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from custody.microdata import Extract
from custody.microdata.given import CLASS, FAMILY, ROW
from release.microdata import Asked
from tests.attacks.test_extracts import made
from tests.microdata_town import families

TOLD = ("family_first_headline", "family_needs", "family_outcome", "last_closure")
TOWN, FEW = families(400, seed=3), families(80)
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


@pytest.mark.parametrize("joinable", [False, True])
def test_rows_joined_by_what_several_projects_are_told_of_them_lead_to_k_families(joinable: bool) -> None:
    """One project's extract and three of another, whose tokens join them or not."""
    asked = [Asked("family", (name, *TOLD), 5, 2, 0.9, 0.2) for name in ONE_COLUMN_EACH]
    careless = [made(one, TOWN) for one in asked]
    assert min(map(len, _by_what_they_tell(careless, TOLD))) < 5
    careful: list[Extract] = []
    for number, one in enumerate(asked, 1):
        project = "one" if number == 1 else "two"
        earlier = [replace(each.given, joinable=joinable) for each in careful]
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


@pytest.mark.parametrize("project", ["one", "two"])
def test_how_the_only_spell_of_a_family_ended_is_not_left_by_rows_of_both(project: str) -> None:
    """Families in one extract and their spells in another: what their classes have in common is more than one value."""
    of_families = Asked("family", ("ward", "referral_source", "family_size", "last_closure"), 5, 2, 0.9, 0.2)
    of_spells = Asked(
        "episode", ("episode_start_month", "episode_referral_source", "closure_reason"), 5, 2, 0.9, 0.2
    )
    first, careless = made(of_families, FEW), made(of_spells, FEW)
    assert _left(first, careless)
    careful = made(of_spells, FEW, project=project, export=2, earlier=(first.given,))
    assert not _left(first, careful)


def _left(of_families: Extract, of_spells: Extract) -> int:
    """Of how many families just one way to end is in both of their classes."""
    ended = [
        ({row[FAMILY]: row[CLASS] for row in rows}, _values(rows, name))
        for rows, name in (
            (of_families.given.rows.to_dicts(), "last_closure"),
            (of_spells.given.rows.to_dicts(), "closure_reason"),
        )
    ]
    (here, these), (there, those) = ended
    return sum(len(these[here[one]] & those[there[one]]) == 1 for one in here.keys() & there.keys())


def _values(rows: Sequence[dict[str, Any]], name: str) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        found[row[CLASS]].add(row[name])
    return found


def test_how_few_were_left_out_does_not_follow_from_the_losses_that_are_told() -> None:
    asked = Asked("family", ("ward", "family_outcome"), 5, 2, 0.9, 0.2)
    first = made(asked, TOWN[3:])
    done = made(asked, TOWN, export=2, earlier=(first.given,))
    assert done.risk["left_out"] == "under 10" and done.table.frame.height == len(TOWN) - 3
    sizes = done.table.frame.group_by("ward").len()["len"].to_list()
    rows, told = sum(sizes), done.risk["lost"]
    alike = sum(size**2 for size in sizes)
    assert not [out for out in range(1, 10) if alike + out * (rows + out) == told["discernibility"]]
    assert told["by_column"]["ward"] == 0
