"""Classes of families, links and what two extracts tell together, against plain Python."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from custody.microdata.given import CLASS, FAMILY, LINKED, ROW, Given
from custody.microdata.linking import CUT, linked
from custody.microdata.together import together
from disclosure.errors import MicrodataError
from disclosure.microdata import Rules, anonymise, hierarchy_of
from tests.generative.naive_extracts import (
    fewest_families,
    fewest_values,
    joint_rows,
    narrowed,
    profile_of,
    subtracted,
)

AGES = hierarchy_of(
    [(str(age), f"{age // 2 * 2}+", "young" if age < 4 else "old") for age in range(8)], "age"
)
PLACES = hierarchy_of([(place, "ab" if place in "ab" else "cd") for place in "abcd"], "place")


@some.composite
def towns(draw: some.DrawFn) -> pl.DataFrame:
    """Rows of families of one to six people, some of them alike, with the class that they were in before."""
    seed = draw(some.integers(0, 2**16))
    random = np.random.default_rng(seed)
    sizes = random.integers(1, draw(some.integers(2, 7)), draw(some.integers(6, 40)))
    family = np.repeat(np.arange(len(sizes)), sizes)
    rows = len(family)
    alike = draw(some.booleans())
    return pl.DataFrame(
        {
            "age": (
                random.integers(0, 8, len(sizes))[family] if alike else random.integers(0, 8, rows)
            ).astype(str),
            "place": np.array(list("abcd"))[random.integers(0, 4, len(sizes))][family],
            "ill": np.array(list("nnyz"))[random.integers(0, 4, rows)],
            "family": [f"f{one}" for one in family],
            "before": random.integers(0, draw(some.integers(1, 3)), len(sizes))[family],
        }
    )


@settings(max_examples=40, deadline=None)
@given(towns(), some.integers(2, 4), some.integers(1, 2), some.booleans(), some.sampled_from([0.0, 0.2]))
def test_classes_are_of_k_families_also_beside_what_was_given_before(
    town: pl.DataFrame, k: int, diversity: int, beside: bool, limit: float
) -> None:
    rules = Rules(k, l=diversity, sensitive=("ill",))
    together_with = "before" if beside else ""
    try:
        done = anonymise(
            town,
            ["age", "place"],
            {"age": AGES, "place": PLACES},
            rules,
            owner="family",
            beside=together_with,
            limit=limit,
        )
    except MicrodataError:
        by = ["before"] if beside else []
        rows = town.to_dicts()
        # Refused rightly: one class of all, cell by cell, would not do.
        assert fewest_families(rows, by) < k or fewest_values(rows, by, "ill") < diversity
        return
    source = town[done.places]
    rows = done.records.with_columns(source["family"], source["before"]).to_dicts()
    classes = ["age", "place"]
    assert done.owners is not None and fewest_families(rows, classes) == done.owners >= k
    assert fewest_values(rows, classes, "ill") >= diversity
    assert done.left_out == town.height - len(rows)
    if beside:
        assert done.left_out == 0
        assert fewest_families(rows, [*classes, "before"]) >= k
        assert fewest_values(rows, [*classes, "before"], "ill") >= diversity
    # What is written is true of whom it is written.
    for row, before in zip(rows, source.to_dicts(), strict=True):
        assert row["ill"] == before["ill"]
        for name, hierarchy in (("age", AGES), ("place", PLACES)):
            leaf = hierarchy.values.index(before[name])
            names = [
                labels[groups[leaf]]
                for labels, groups in zip(hierarchy.labels, hierarchy.groups, strict=True)
            ]
            assert row[name] in names


@settings(max_examples=40, deadline=None)
@given(some.integers(0, 2**16), some.integers(2, 4), some.integers(1, 3), some.booleans())
def test_links_show_no_family_among_fewer_than_k(seed: int, k: int, classes: int, diverse: bool) -> None:
    random = np.random.default_rng(seed)
    sizes = random.integers(1, 4, 40)
    family = np.repeat(np.arange(40), sizes)
    rows = pl.DataFrame(
        {
            "family": [f"f{one}" for one in family],
            "class": random.integers(0, classes, len(family)),
            "ill": np.array(list("nyz"))[random.integers(0, 3, len(family))],
        }
    )
    least = 2 if diverse else 1
    found = rows.with_columns(linked(rows, k, sensitive=["ill"], diversity=least).alias("profile")).to_dicts()
    # Each class, and each way of being linked in it, cut links too, is of k families with as many values.
    assert fewest_families(found, ["class", "profile"]) >= k
    assert fewest_values(found, ["class", "profile"], "ill") >= least
    ways: dict[int, set[tuple[tuple[int, int], ...]]] = {}
    for row in found:
        ways.setdefault(row["profile"], set()).add(profile_of(found, row["family"]))
    for profile, different in ways.items():
        assert profile == CUT or len(different) == 1
    # A family is linked whole or not at all.
    assert all(
        len({row["profile"] for row in found if row["family"] == one}) == 1
        for one in {r["family"] for r in found}
    )


@pytest.mark.parametrize(("more", "cut"), [(0, False), (1, True)])
def test_one_family_apart_cuts_others_until_it_is_one_of_k(more: int, cut: bool) -> None:
    """Three families with rows in classes 0 and 1, and one more with one row in class 0 alone: were only its link cut,
    it would be the only one without in class 0."""
    rows = [{"family": f"f{one}", "class": place} for one in range(3) for place in (0, 1)]
    rows += [{"family": f"alone{one}", "class": 0} for one in range(more)]
    found = linked(pl.DataFrame(rows), 3)
    assert (found == CUT).all() == cut


def _given(rows: pl.DataFrame, project: str, export: int) -> Given:
    return Given(project, export, "r", "person", True, 2, 1, ("ill",), rows)


@settings(max_examples=40, deadline=None)
@given(some.integers(0, 2**16), some.integers(1, 5), some.booleans())
def test_what_two_extracts_tell_together_is_what_joining_them_tells(
    seed: int, classes: int, tied: bool
) -> None:
    random = np.random.default_rng(seed)

    def one(chosen: np.ndarray) -> pl.DataFrame:
        return pl.DataFrame(
            {
                ROW: [f"r{place}" for place in chosen],
                FAMILY: [f"f{place // 2}" for place in chosen],
                CLASS: random.integers(0, classes, len(chosen)),
                LINKED: [False] * len(chosen),
                "ill": np.array(list("abcd"))[chosen % 4],
            }
        )

    before, now = one(np.flatnonzero(random.random(40) < 0.9)), one(np.flatnonzero(random.random(40) < 0.9))
    (found,) = together([_given(before, "a", 1)], _given(now, "a" if tied else "b", 2), narrowed=0.25)
    first, second = (
        frame.rename({ROW: "row", FAMILY: "family", CLASS: "class"}).to_dicts() for frame in (before, now)
    )
    part = narrowed(first, second, "ill")
    assert found.narrowed == pytest.approx(part)
    least = fewest_families(joint_rows(first, second), ["now", "before"])
    assert found.families == (least if tied else None)
    joint = [row for row in joint_rows(first, second) if tied or None not in (row["now"], row["before"])]
    least = fewest_families(joint, ["now", "before"])
    left = [] if tied else subtracted(first, second, 2)
    few = min([least, *(len({row["family"] for row in rows}) for rows in left)])
    assert found.passed == (part <= 0.25 and few >= 2)
