"""Attacks on records that were made anonymous: each works on the careless way beside it, and not on ours."""

import random
from collections import Counter, defaultdict

import polars as pl

from disclosure.microdata import Rules, anonymise, hierarchy_of

AREAS = [[place, place[0], "*"] for place in ("n1", "n2", "n3", "s1", "s2", "s3")]
AGES = [[str(age), f"{age // 5 * 5}+", f"{age // 10 * 10}++", "*"] for age in range(20, 60)]
HIERARCHIES = {"place": hierarchy_of(AREAS, "place"), "age": hierarchy_of(AGES, "age")}
QUASI = ["place", "age"]
UNDER = {
    name: {label: {line[0] for line in lines if label in line} for line in lines for label in line}
    for name, lines in (("place", AREAS), ("age", AGES))
}


def _town(seed: int, count: int = 600) -> pl.DataFrame:
    """People in the order of their registration; illness goes with place and age."""
    dice = random.Random(seed)
    rows = []
    for number in range(count):
        place, age = dice.choice(AREAS)[0], dice.randrange(20, 60)
        chance = 0.9 if place == "n1" and age < 35 else 0.25
        rows.append((f"person {number}", place, str(age), "ill" if dice.random() < chance else "well"))
    return pl.DataFrame(rows, schema=["name", "place", "age", "state"], orient="row")


def _learned(town: pl.DataFrame, out: pl.DataFrame) -> list[float]:
    """For each person the most that one knows of their state who knows place and age: the largest share of one state
    among all written records that may be theirs, less its share in the whole."""
    whole = {state: count / len(out) for state, count in Counter(out["state"]).items()}
    classes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for place, age, state in out.select(*QUASI, "state").iter_rows():
        classes[place, age][state] += 1
    learned = []
    for place, age in town.select(QUASI).iter_rows():
        may_be = [
            states
            for (area, ages), states in classes.items()
            if place in UNDER["place"][area] and age in UNDER["age"][ages]
        ]
        # The worst of the classes that may be theirs: more than an attacker knows who cannot tell which one is.
        learned.append(max(states[one] / states.total() - whole[one] for states in may_be for one in states))
    return learned


def test_everybody_of_a_class_being_ill_tells_that_of_each() -> None:
    """Homogeneity: k alone hides who is who, not what all of them have."""
    for seed in range(3):
        town = _town(seed)
        certain = []
        for rules in (Rules(k=3), Rules(k=3, l=2, sensitive=("state",))):
            keep = () if rules.sensitive else ("state",)
            out = anonymise(town, QUASI, HIERARCHIES, rules, keep=keep).records
            whole = dict(Counter(out["state"]))
            certain.append(
                sum(
                    len(states) == 1
                    for states in out.group_by(QUASI).agg(pl.col("state").unique())["state"].to_list()
                )
            )
            assert set(whole) == {"ill", "well"}
        careless, ours = certain
        assert careless > 0 and ours == 0


def test_a_class_that_is_skewed_tells_more_than_the_whole() -> None:
    """Skewness: with l = 2 one may still be nearly sure; with t nobody learns more than t."""
    for seed in range(3):
        town = _town(seed)
        diverse = anonymise(town, QUASI, HIERARCHIES, Rules(k=3, l=2, sensitive=("state",))).records
        close = anonymise(town, QUASI, HIERARCHIES, Rules(k=3, t=0.15, sensitive=("state",))).records
        assert max(_learned(town, diverse)) > 0.3
        assert max(_learned(town, close)) <= 0.15 + 1e-9


def test_the_order_of_the_lines_tells_who_is_who() -> None:
    """Who knows the order of registration reads the careless file line by line."""
    town = _town(9)
    out = anonymise(town, QUASI, HIERARCHIES, Rules(k=3), keep=("state",)).records
    levels = [{line[0]: line[2] for line in lines} for lines in (AREAS, AGES)]
    careless = town.select(
        pl.col("place").replace_strict(levels[0]), pl.col("age").replace_strict(levels[1]), "state"
    )
    assert (careless["state"] == town["state"]).all()
    # Ours: line by line is no better than any other order.
    by_line = (out["state"] == town["state"]).mean()
    by_chance = sum((count / len(town)) ** 2 for count in Counter(town["state"]).values())
    assert isinstance(by_line, float) and abs(by_line - by_chance) < 0.1
    # And no order of the same people gives another file.
    for seed in range(3):
        mixed = town.sample(fraction=1.0, shuffle=True, seed=seed)
        assert anonymise(mixed, QUASI, HIERARCHIES, Rules(k=3), keep=("state",)).records.equals(out)
