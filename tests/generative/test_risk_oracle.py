"""k, l, t and their relatives against pycanon, in a process of its own."""

import math
import random
from typing import Any

import polars as pl
import pytest

from disclosure.microdata import Kind, Rules, anonymise, hierarchy_of
from disclosure.risk import reached
from tests.oracles import ask

pytestmark = pytest.mark.proof

_SCRIPT = """
import math
import pandas as pd
from pycanon import anonymity as one
answer = []
for quasi, sensitive, columns in given:
    data = pd.DataFrame(columns)
    c, l = one.recursive_c_l_diversity(data, quasi, sensitive)
    answer.append({
        "k": int(one.k_anonymity(data, quasi)),
        "l": int(one.l_diversity(data, quasi, sensitive)),
        "whole_entropy_l": int(one.entropy_l_diversity(data, quasi, sensitive)),
        "recursive": None if math.isnan(c) else int(c),
        "t": float(one.t_closeness(data, quasi, sensitive)),
        "alpha": float(one.alpha_k_anonymity(data, quasi, sensitive)[0]),
        "beta": float(one.basic_beta_likeness(data, quasi, sensitive)),
        "enhanced_beta": float(one.enhanced_beta_likeness(data, quasi, sensitive)),
        "delta": float(one.delta_disclosure(data, quasi, sensitive)),
    })
"""
QUASI = ["place", "age"]
_TREES = {
    "place": [["a", "north", "*"], ["b", "north", "*"], ["c", "south", "*"], ["d", "south", "*"]],
    "age": [[str(age), f"{age // 2 * 2}+", f"{age // 4 * 4}++", "*"] for age in range(8)],
}


def _records(seed: int, count: int, numbers: bool) -> pl.DataFrame:
    """Records whose sensitive values are uneven: words, or numbers, which pycanon takes as ordered."""
    dice = random.Random(seed)
    ill: list[Any] = [int(dice.paretovariate(0.8)) % 9 for _ in range(count)]
    return pl.DataFrame(
        {
            "place": dice.choices("abcd", k=count),
            "age": [str(min(int(dice.expovariate(0.4)), 7)) for _ in range(count)],
            "ill": ill if numbers else [f"ill {one}" for one in ill],
        }
    )


def _ranked_backwards(records: pl.DataFrame, quasi: list[str], l: int) -> int:  # noqa: E741
    """pycanon's c, which ranks the sensitive values of a class with the least frequent first."""
    counts = records.group_by(*quasi, "ill").len().sort(*quasi, "len")
    lists = counts.group_by(*quasi).agg(pl.col("len").cast(pl.Int64))["len"].to_list()
    return max(math.floor(one[0] / sum(one[l - 1 :]) + 1) for one in map(sorted, lists))


def test_measures_are_those_of_pycanon() -> None:
    cases = []
    for seed in range(12):
        numbers = seed % 3 == 0
        records = _records(seed, 40 * (seed + 1), numbers)
        quasi = QUASI if seed % 2 else ["place"]
        cases.append((quasi, numbers, records))
        if seed % 4 == 1:
            hierarchies = {name: hierarchy_of(lines, name) for name, lines in _TREES.items()}
            for rules in (
                Rules(k=3),
                Rules(k=3, l=3, sensitive=("ill",)),
                Rules(k=2, l=2, kind=Kind.ENTROPY, sensitive=("ill",)),
                Rules(k=3, t=0.3, sensitive=("ill",)),
            ):
                done = anonymise(records, QUASI, hierarchies, rules, keep=() if rules.sensitive else ("ill",))
                cases.append((QUASI, False, done.records))
    told = ask(
        "pycanon",
        _SCRIPT,
        [(quasi, ["ill"], records.to_dict(as_series=False)) for quasi, _, records in cases],
    )
    for (quasi, numbers, records), theirs in zip(cases, told, strict=True):
        ours = reached(records, quasi, ["ill"])
        assert ours.entropy_l is not None
        # Theirs is a whole number; an entropy of just log 2 may come out a little below it.
        assert theirs["whole_entropy_l"] in {int(ours.entropy_l - 1e-9), int(ours.entropy_l + 1e-9)}
        assert (ours.k, ours.l) == (theirs["k"], theirs["l"])
        assert (ours.ordered_t if numbers else ours.t) == pytest.approx(theirs["t"], abs=1e-9)
        for name in ("alpha", "beta", "enhanced_beta", "delta"):
            assert getattr(ours, name) == pytest.approx(theirs[name], abs=1e-9), name
        if ours.l is not None and ours.l > 1:
            assert theirs["recursive"] == _ranked_backwards(records, quasi, ours.l)


def test_what_is_anonymised_is_so_for_pycanon() -> None:
    hierarchies = {name: hierarchy_of(lines, name) for name, lines in _TREES.items()}
    asked = (
        Rules(k=4),
        Rules(k=3, l=3, sensitive=("ill",)),
        Rules(k=3, t=0.2, sensitive=("ill",)),
    )
    done = [
        anonymise(
            _records(seed, 300, False), QUASI, hierarchies, rules, keep=() if rules.sensitive else ("ill",)
        )
        for seed, rules in enumerate(asked)
    ]
    told = ask("pycanon", _SCRIPT, [(QUASI, ["ill"], one.records.to_dict(as_series=False)) for one in done])
    for rules, theirs in zip(asked, told, strict=True):
        assert theirs["k"] >= rules.k
        assert theirs["t"] <= rules.t + 1e-9
        assert theirs["l"] >= rules.l
