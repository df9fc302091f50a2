"""Anonymised records held, class by class, against the rules in plain Python; and measures against plain ones."""

import random
from itertools import product
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosure.errors import MicrodataError
from disclosure.microdata import Distance, Hierarchy, Kind, Rules, anonymise, hierarchy_of
from disclosure.risk import (
    entropy_l_diversity,
    k_anonymity,
    l_diversity,
    recursive_diversity,
    special_uniques,
    t_closeness,
)
from disclosure.risk.grouping import Grouping
from disclosure.risk.reidentification import expected_inverse
from disclosure.risk.uniques import zayatz
from tests.generative.naive_microdata import (
    naive_entropy_l,
    naive_k,
    naive_l,
    naive_minimal_uniques,
    naive_penalty,
    naive_recursive,
    naive_scores,
    naive_t,
    naive_zayatz,
)

QUASI = ["place", "age", "job"]
# Each value, then what it lies in, up to all.
TREES = {
    "place": [["a", "north", "*"], ["b", "north", "*"], ["c", "south", "*"], ["d", "south", "*"]],
    "age": [[str(age), f"{age // 2 * 2}+", f"{age // 4 * 4}++", "*"] for age in range(8)],
}
LEAVES = {"place": "abcd", "age": "01234567", "job": ["baker", "clerk", "judge"]}


def _hierarchies() -> dict[str, Hierarchy]:
    return {name: hierarchy_of(lines, name) for name, lines in TREES.items()}


@st.composite
def _records(draw: st.DrawFn, most: int = 40) -> pl.DataFrame:
    """Few or many records, even or uneven, of three columns and a sensitive one."""
    count = draw(st.integers(1, most))
    seed, narrow = draw(st.integers(0, 10**6)), draw(st.sampled_from([1, 2, 9]))
    dice = random.Random(seed)
    values = {name: [dice.choice(list(some)[:narrow]) for _ in range(count)] for name, some in LEAVES.items()}
    ill = draw(st.sampled_from([["x"], ["x", "y"], ["x", "x", "x", "x", "y"], ["x", "y", "z", "w"]]))
    return pl.DataFrame({**values, "ill": [dice.choice(ill) for _ in range(count)]})


RULES = st.one_of(
    st.builds(Rules, k=st.integers(2, 6)),
    st.builds(
        Rules,
        k=st.integers(2, 4),
        l=st.integers(2, 3),
        kind=st.sampled_from(Kind),
        c=st.sampled_from([0.7, 2.0]),
        sensitive=st.just(("ill",)),
    ),
    st.builds(
        Rules,
        k=st.integers(2, 4),
        t=st.sampled_from([0.0, 0.1, 0.3]),
        distance=st.sampled_from(Distance),
        sensitive=st.just(("ill",)),
    ),
)


def _kept(rows: list[dict[str, Any]], rules: Rules) -> bool:
    """The rules in plain words."""
    if naive_k(rows, QUASI) < rules.k:
        return False
    if rules.l > 1 and rules.kind is Kind.DISTINCT and naive_l(rows, QUASI, "ill") < rules.l:
        return False
    if rules.l > 1 and rules.kind is Kind.ENTROPY and naive_entropy_l(rows, QUASI, "ill") < rules.l - 1e-7:
        return False
    if (
        rules.l > 1
        and rules.kind is Kind.RECURSIVE
        and not naive_recursive(rows, QUASI, "ill", rules.l) < rules.c
    ):
        return False
    ordered = rules.distance is Distance.ORDERED
    return rules.t >= 1 or naive_t(rows, QUASI, "ill", ordered=ordered) <= rules.t + 1e-7


@settings(max_examples=120, deadline=None)
@given(records=_records(), rules=RULES, limit=st.sampled_from([0.0, 0.1, 1.0]))
def test_what_is_written_keeps_to_the_rules_and_is_true(
    records: pl.DataFrame, rules: Rules, limit: float
) -> None:
    hierarchies = _hierarchies()
    given_rows = records.to_dicts()
    everybody = [{**row, **dict.fromkeys(QUASI, "*")} for row in given_rows]
    try:
        done = anonymise(records, QUASI, hierarchies, rules, limit=limit)
    except MicrodataError:
        # Refused only where even one class of everybody would not do.
        assert not _kept(everybody, rules)
        return
    rows = done.records.to_dicts()
    assert not rows or _kept(rows, rules)
    assert len(given_rows) - len(rows) == done.left_out <= limit * len(given_rows)
    # Whoever looks finds the same however the records were ordered.
    mixed = records.sample(fraction=1.0, shuffle=True, seed=len(records))
    assert anonymise(mixed, QUASI, hierarchies, rules, limit=limit).records.equals(done.records)
    # Every cell is a name of the hierarchy or a set of values, and covers somebody who was there.
    under = {name: {label: set() for line in lines for label in line} for name, lines in TREES.items()}
    for name, lines in TREES.items():
        for line in lines:
            for label in line:
                under[name][label].add(line[0])
    jobs = set(records["job"])
    under["job"] = {label: set(label.split("|")) for label in done.records["job"]} | {"*": jobs}
    assert _can_be_matched(given_rows, rows, under)
    sizes = {name: {label: len(some) for label, some in labels.items()} for name, labels in under.items()}
    values = {"place": 4, "age": 8, "job": len(jobs)}
    assert done.loss.penalty == pytest.approx(naive_penalty(given_rows, rows, QUASI, sizes, values))


def _can_be_matched(
    given_rows: list[dict[str, Any]],
    rows: list[dict[str, Any]],
    under: dict[str, dict[str, set[str]]],
) -> bool:
    """Whether each written row can be given a record of its own that it covers (augmenting paths)."""
    fits = [
        [
            place
            for place, one in enumerate(given_rows)
            if one["ill"] == row.get("ill", one["ill"])
            and all(one[name] in under[name][row[name]] for name in QUASI)
        ]
        for row in rows
    ]
    taken: dict[int, int] = {}

    def found(row: int, seen: set[int]) -> bool:
        for place in fits[row]:
            if place not in seen:
                seen.add(place)
                if place not in taken or found(taken[place], seen):
                    taken[place] = row
                    return True
        return False

    return all(found(row, set()) for row in range(len(rows)))


@pytest.mark.parametrize(
    "rules",
    [
        Rules(k=4),
        Rules(k=4, l=2, sensitive=("ill",)),
        Rules(k=3, l=2, kind=Kind.ENTROPY, sensitive=("ill",)),
        Rules(k=4, t=0.15, sensitive=("ill",)),
        Rules(k=4, t=0.02, distance=Distance.ORDERED, sensitive=("ill",)),
    ],
)
def test_many_uneven_records_keep_to_the_rules_and_lose_less_than_one_level_for_all(rules: Rules) -> None:
    """Enough of them for every part of the way; and better than the best that one level a column for everybody
    gives."""
    dice = random.Random(3)
    count = 1_500
    records = pl.DataFrame(
        {
            "place": dice.choices("abcd", weights=(9, 4, 2, 1), k=count),
            "age": [str(min(int(dice.expovariate(0.35)), 7)) for _ in range(count)],
            "job": dice.choices(LEAVES["job"], weights=(20, 5, 1), k=count),
            "ill": dice.choices("xyz", weights=(20, 15, 5), k=count),
        }
    )
    job = hierarchy_of([[one, "*"] for one in LEAVES["job"]], "job")
    hierarchies = {**_hierarchies(), "job": job}
    done = anonymise(records, QUASI, hierarchies, rules)
    assert (
        _kept(done.records.to_dicts(), rules)
        if rules.sensitive
        else naive_k(done.records.to_dicts(), QUASI) >= 4
    )
    best = 1.0
    for levels in product(*(range(hierarchies[name].levels) for name in QUASI)):
        written, lost = {}, 0.0
        for name, level in zip(QUASI, levels, strict=True):
            hierarchy = hierarchies[name]
            label = dict(
                zip(
                    hierarchy.values,
                    (hierarchy.labels[level][one] for one in hierarchy.groups[level]),
                    strict=True,
                )
            )
            written[name] = records[name].replace_strict(label)
            penalty = dict(zip(hierarchy.values, hierarchy.penalty[level].tolist(), strict=True))
            lost += sum(penalty[value] for value in records[name]) / count / len(QUASI)
        if lost < best and _kept(records.with_columns(**written).to_dicts(), rules):
            best = lost
    assert done.loss.penalty < best


@settings(max_examples=60, deadline=None)
@given(records=_records())
def test_measures_are_those_of_plain_python(records: pl.DataFrame) -> None:
    rows = records.to_dicts()
    assert k_anonymity(records, QUASI) == naive_k(rows, QUASI)
    assert l_diversity(records, QUASI, ["ill"]) == naive_l(rows, QUASI, "ill")
    assert entropy_l_diversity(records, QUASI, ["ill"]) == pytest.approx(naive_entropy_l(rows, QUASI, "ill"))
    for most in (2, 3):
        assert recursive_diversity(records, QUASI, ["ill"], most) == pytest.approx(
            naive_recursive(rows, QUASI, "ill", most)
        )
    for ordered in (False, True):
        assert t_closeness(records, QUASI, ["ill"], ordered=ordered) == pytest.approx(
            naive_t(rows, QUASI, "ill", ordered=ordered), abs=1e-12
        )


@settings(max_examples=40, deadline=None)
@given(records=_records(most=18), size=st.integers(1, 4))
def test_special_uniques_are_those_found_by_trying_everything(records: pl.DataFrame, size: int) -> None:
    columns = [*QUASI, "ill"]
    rows = records.to_dicts()
    expected = naive_minimal_uniques(rows, columns, size)
    found = special_uniques(records, columns, size=size)
    assert {names: places.tolist() for names, places in found.minimal.items()} == expected
    assert found.scores.tolist() == naive_scores(expected, len(rows), 4, size)


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 7), min_size=1, max_size=12), part=st.sampled_from([0.05, 0.3, 0.5, 0.9])
)
def test_estimates_are_those_of_their_formulas(sizes: list[int], part: float) -> None:
    sizes = [1, *sizes]
    classes = Grouping(np.repeat(np.arange(len(sizes)), sizes), np.array(sizes))
    # No more are alone than there are.
    expected = min(naive_zayatz(sizes, part), round(sum(sizes) / part))
    assert zayatz(classes, part) == pytest.approx(expected, rel=1e-6)
    # The mean of 1 / (size in the population), summed over all sizes that it can have, one after the other.
    for size, found in zip(sizes, expected_inverse(classes.sizes, part), strict=True):
        chance, total = part**size, 0.0
        for larger in range(size, size + 2_000):
            total += chance / larger
            chance *= larger / (larger - size + 1) * (1 - part)
        assert found == pytest.approx(total, rel=1e-6)
