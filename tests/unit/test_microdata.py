"""Anonymised records: what is written, what is refused, and that rare people cost the others little."""

import random

import numpy as np
import polars as pl
import pytest

from disclosure.errors import HierarchyError, MicrodataError
from disclosure.microdata import Rules, anonymise, hierarchy_of
from disclosure.microdata.coding import coded
from disclosure.microdata.joining import Homes
from disclosure.microdata.lattice import nodes
from disclosure.microdata.rules import Judge
from disclosure.microdata.settling import settle
from disclosure.microdata.value_sets import made_from

PLACES = hierarchy_of(
    [["a", "north", "*"], ["b", "north", "*"], ["c", "south", "*"], ["d", "south", "*"]], "place"
)
TWO = Rules(k=2)


def records(**columns: list[str]) -> pl.DataFrame:
    return pl.DataFrame(columns)


# --- hierarchies ---


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "holds no line"),
        ([["a", "n", "*"], ["b", "*"]], "line 2: has 2 levels where line 1 has 3"),
        ([["a", "n", "*"], ["b", "n", "*"], ["a", "s", "*"]], "line 3: the value of line 1 again"),
        (
            [["a", "n", "up", "*"], ["b", "n", "down", "*"]],
            "line 2: the name on level 2 has another name above",
        ),
        ([["a"] * 61], "61 levels"),
    ],
)
def test_a_hierarchy_that_is_none_is_refused(lines: list[list[str]], words: str) -> None:
    with pytest.raises(HierarchyError, match=words):
        hierarchy_of(lines, "place")


def test_a_hierarchy_says_what_is_lost() -> None:
    assert PLACES.penalty.tolist() == [[0] * 4, [1 / 3] * 4, [1] * 4]
    # Where the top names are several, one is put above them; the same line twice is one.
    open_above = hierarchy_of([["a", "north"], ["c", "south"], ["a", "north"]], "place")
    assert (open_above.values, open_above.labels[-1]) == (("a", "c"), ("*",))
    # A name that stands for one value here and for three there is taken for three.
    unclear = hierarchy_of(
        [["other", "other", "*"], ["x", "other", "*"], ["y", "other", "*"], ["z", "z", "*"]], "job"
    )
    assert unclear.worst == {"other": 2 / 3, "x": 0, "y": 0, "z": 0, "*": 1}


@pytest.mark.parametrize(
    ("values", "made", "levels"),
    [
        (["10", "9", "-1.5", "100"], "interval", [[0], [1], [2], [3]]),
        (["2024-01-31", "2023-12-31"], "interval", [[0], [1]]),
        (["often", "seldom", "rare"], "set", [[0], [1], [2]]),
        (["only"], "set", [[0]]),
    ],
)
def test_columns_without_a_hierarchy_get_one(values: list[str], made: str, levels: list[list[int]]) -> None:
    weights = list(range(len(values), 0, -1))
    hierarchy = made_from(values, weights, "what")
    assert (hierarchy.made, hierarchy.groups[0].tolist()) == (made, [one[0] for one in levels])
    assert set(hierarchy.groups[-1].tolist()) == {0}
    for lower, upper in zip(hierarchy.groups, hierarchy.groups[1:], strict=False):
        assert all(len(set(upper[lower == group])) == 1 for group in set(lower.tolist()))


def test_numbers_keep_their_order_and_the_rarest_words_are_joined_first() -> None:
    assert made_from(["10", "9", "-1.5", "100"], [1] * 4, "n").values == ("-1.5", "9", "10", "100")
    words = made_from(["b", "a", "d", "c"], [1, 50, 1, 60], "w")
    assert words.values == ("c", "a", "b", "d")
    assert words.groups[1].tolist() == [0, 1, 1, 1] or words.groups[1].tolist() == [0, 0, 1, 1]
    with pytest.raises(MicrodataError, match="stands between the values"):
        made_from(["a|b", "c"], [1, 1], "w")


# --- what is written ---


def test_who_is_alike_already_is_written_as_he_is() -> None:
    given = records(place=["a", "a", "b", "b"], age=["1", "1", "2", "2"])
    done = anonymise(given, ["place", "age"], {"place": PLACES}, TWO)
    assert done.records.rows() == [("a", "1"), ("a", "1"), ("b", "2"), ("b", "2")]
    assert (done.loss.penalty, done.loss.discernibility, done.loss.class_size) == (0.0, 8, 2.0)
    assert (done.classes, done.left_out, done.made) == (2, 0, ("age",))


def test_a_rare_record_is_coarse_and_its_neighbours_are_not() -> None:
    given = records(place=["a"] * 5 + ["b"] + ["c"] * 5)
    done = anonymise(given, ["place"], {"place": PLACES}, Rules(k=3))
    # One class of a, and b with two or more of them in the north; c is as it was.
    assert done.records.filter(pl.col("place") == "c").height == 5
    assert set(done.records["place"]) <= {"a", "north", "c"}
    assert done.reached.k >= 3


def test_intervals_and_sets_hold_what_is_there_and_no_more() -> None:
    given = records(age=["20", "21", "40", "45", "45", "60"], job=["x", "y", "z", "z", "z", "w"])
    done = anonymise(given, ["age", "job"], {}, Rules(k=3))
    for label, group in done.records.group_by("age"):
        low, _, high = str(label[0]).partition("..")
        inside = given.filter(pl.col("age").is_between(pl.lit(low), pl.lit(high or low)))["age"]
        # Both ends are somebody's age, and there are people enough in between.
        assert low in inside and (high or low) in inside and group.height <= len(inside)
    assert all(set(job.split("|")) <= {"x", "y", "z", "w"} or job == "*" for job in done.records["job"])
    assert done.reached.k >= 3


def test_only_what_is_named_is_written_and_the_order_tells_nothing() -> None:
    given = records(name=["Zoe", "Ann"], place=["b", "a"], ill=["x", "y"], visits=["2", "1"])
    rules = Rules(k=2, l=2, sensitive=("ill",))
    done = anonymise(given, ["place"], {"place": PLACES}, rules, keep=["visits"])
    assert done.records.columns == ["place", "ill", "visits"]
    assert done.records.equals(
        anonymise(given.reverse(), ["place"], {"place": PLACES}, rules, keep=["visits"]).records
    )


def test_leaving_out_costs_a_whole_record_and_is_done_only_if_allowed() -> None:
    given = records(place=["a"] * 40 + ["d"])
    kept = anonymise(given, ["place"], {"place": PLACES}, TWO)
    assert (kept.left_out, kept.records.height) == (0, 41)
    left = anonymise(given, ["place"], {"place": PLACES}, TWO, limit=0.03)
    assert (left.left_out, left.records["place"].unique().to_list()) == (1, ["a"])
    assert left.loss.penalty == pytest.approx(1 / 41) and left.loss.penalty < kept.loss.penalty
    assert left.loss.discernibility == 40**2 + 41


def test_t_is_that_of_what_is_written_even_where_somebody_may_be_left_out() -> None:
    dice = random.Random(5)
    given = records(
        place=dice.choices("aaab", k=300), ill=["x" if dice.random() < 0.8 else "y" for _ in range(300)]
    )
    for limit in (0.0, 0.5):
        done = anonymise(
            given, ["place"], {"place": PLACES}, Rules(k=3, t=0.01, sensitive=("ill",)), limit=limit
        )
        assert done.reached.t is not None and done.reached.t <= 0.01 + 1e-9


def test_scarce_sensitive_values_go_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """One in five is ill, and only in one place: whoever takes them all leaves the others without."""
    given = records(
        place=["a"] * 40 + ["b"] * 40 + ["c"] * 20,
        ill=["y"] * 20 + ["n"] * 20 + ["n"] * 40 + ["n"] * 20,
    )
    rules = Rules(k=5, l=2, sensitive=("ill",))
    done = anonymise(given, ["place"], {"place": PLACES}, rules)
    monkeypatch.setattr("disclosure.microdata.peel.spared", lambda _judge, rows, _group: rows >= 0)
    greedy = anonymise(given, ["place"], {"place": PLACES}, rules)
    assert done.loss.penalty < greedy.loss.penalty
    assert done.reached.l == greedy.reached.l == 2


# --- what is refused ---


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"k": 1}, "hides nobody"),
        ({"l": 0}, "l = 0"),
        ({"t": 1.5}, "t = 1.5"),
        ({"t": float("nan")}, "t = nan"),
        ({"c": 0.0}, "c = 0.0"),
        ({"kind": "some"}, "distinct, entropy, recursive"),
        ({"l": 2, "sensitive": ()}, "about a sensitive column"),
    ],
)
def test_rules_that_mean_nothing_are_refused(changes: dict[str, float], words: str) -> None:
    with pytest.raises(MicrodataError, match=words):
        Rules(**{"sensitive": ("ill",), **changes})  # type: ignore[arg-type]


GIVEN = records(place=["a", "b", "c", "e"], ill=["x", "x", "x", "y"])


@pytest.mark.parametrize(
    ("quasi", "rules", "further", "words"),
    [
        ([], TWO, {}, "no quasi-identifier"),
        (["street"], TWO, {}, "no column street; there are place, ill"),
        (["place", "place"], TWO, {}, "place: named more than once"),
        (["ill"], Rules(k=2, l=2, sensitive=("ill",)), {}, "ill: named more than once"),
        (["ill"], Rules(k=5), {}, "k = 5, and there are 4 records"),
        (["ill"], TWO, {"limit": -0.1}, "limit = -0.1"),
        (["place"], TWO, {}, "that its hierarchy lacks, in 1 records, the first of them record 4"),
    ],
)
def test_what_cannot_be_done_is_said(
    quasi: list[str], rules: Rules, further: dict[str, float], words: str
) -> None:
    with pytest.raises((MicrodataError, HierarchyError), match=words) as told:
        anonymise(GIVEN, quasi, {"place": PLACES}, rules, **further)  # type: ignore[arg-type]
    assert told.value.code in (83, 88)


def test_impossible_rules_are_said_to_be() -> None:
    given = GIVEN.head(3).with_columns(ill=pl.Series(["x", "x", "y"]))
    for rules, words in (
        (Rules(k=2, l=3, sensitive=("ill",)), "ill has 2 different values"),
        (Rules(k=2, l=2, kind="entropy", sensitive=("ill",)), "no classes can keep to entropy l = 2"),  # type: ignore[arg-type]
    ):
        with pytest.raises(MicrodataError, match=words):
            anonymise(given, ["place"], {"place": PLACES}, rules)


def test_missing_and_empty_values_are_said_and_never_shown() -> None:
    secret = "Ashmere Lane 7"
    for value, words in (
        (None, "missing values, the first in record 2"),
        ("", "has empty values"),
        (secret, "1 diff"),
    ):
        given = pl.DataFrame({"place": ["a", value, "b"], "ill": ["x", "y", "x"]})
        with pytest.raises((MicrodataError, HierarchyError), match=words) as told:
            anonymise(given, ["place"], {"place": PLACES}, TWO)
        assert secret not in str(told.value)
    with pytest.raises(MicrodataError, match="sensitive column ill has missing"):
        anonymise(
            pl.DataFrame({"place": ["a", "b"], "ill": ["x", None]}),
            ["place"],
            {"place": PLACES},
            Rules(k=2, l=2, sensitive=("ill",)),
        )
    # With a line for it in the hierarchy an empty value is a value.
    with_empty = hierarchy_of([["a", "*"], ["", "*"]], "place")
    done = anonymise(records(place=["a", "", "a", ""]), ["place"], {"place": with_empty}, TWO)
    assert sorted(done.records["place"]) == ["", "", "a", "a"]


# --- the rooms behind ---


def test_a_lattice_too_large_loses_levels_and_keeps_its_top(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("disclosure.microdata.lattice._NODES", 64)
    dice = np.random.default_rng(1)
    columns = {f"c{one}": dice.integers(0, 16, 50).astype(str).tolist() for one in range(6)}
    frame = pl.DataFrame(columns)
    made = [made_from(sorted(set(values)), [1] * len(set(values)), name) for name, values in columns.items()]
    order = nodes(coded(frame, made))
    assert 1 < len(order) <= 64
    assert order[-1].tolist() == [one.levels - 1 for one in made]
    assert (np.diff(order @ np.ones(6)) != 0).any()


def test_who_fits_nowhere_opens_other_classes() -> None:
    """All of one kind are left, and no class may take another of them: those that lose most are opened."""
    frame = records(place=["a"] * 6 + ["c"] * 2, ill=["y", "n", "y", "n", "y", "n", "y", "y"])
    rules = Rules(k=2, t=0.25, sensitive=("ill",))
    judge = Judge(rules, [(frame["ill"] == "y").cast(pl.Int64).to_numpy()])
    homes = Homes(coded(frame, [PLACES]), judge, np.array([0, 0, 1, 1, 2, 2, -1, -1]))
    settle(homes, judge, 0)
    assert (homes.of >= 0).all()
    assert all(judge.safe(np.flatnonzero(homes.of == one)) for one in set(homes.of.tolist()))
