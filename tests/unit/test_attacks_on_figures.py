"""The attacks one by one, on tables small enough to see through; and the report: leak and use, side by side."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import polars as pl
import pytest

from disclosure.audit import Attack, Knowledge, Rows, View, against, attack_world, make_table, reconstruct
from disclosure.audit.attack import area_under_curve, margin_of_curve, margin_of_share
from disclosure.audit.differencing import by_chance, differencing
from disclosure.audit.equations import exact_by_programs
from disclosure.audit.lattice import finest_of, narrow, with_margins
from disclosure.audit.lattices import worst_lattices
from disclosure.audit.membership import between
from disclosure.audit.of_world import view_of
from disclosure.audit.sampling import weigh
from disclosure.audit.silence import gaps, silence
from disclosure.cell_key import Ptable
from disclosure.closed_world import CodesWithin, Measure, Population, Question, Rules
from disclosure.errors import TableError

CODES = {"sex": ("F", "M"), "ward": ("a", "b", "c", "d")}
BY = ((), ("sex",), ("ward",), ("sex", "ward"))
EXACT = Knowledge(0, 0, 0.0)


def people(seed: int = 3, many: int = 60) -> pl.DataFrame:
    """People by chance; few live in the last ward."""
    chance = np.random.default_rng(seed)
    wards = chance.choice(4, many, p=[0.5, 0.3, 0.15, 0.05])
    return pl.DataFrame(
        {"sex": chance.integers(0, 2, many), "ward": wards, "key": chance.integers(1, 2**62, many)},
        schema={"sex": pl.Int64, "ward": pl.Int64, "key": pl.UInt64},
    ).with_columns(unit="key")


def seen(rows: pl.DataFrame, method: str = "exact", *, hide: Sequence[tuple[str, ...]] = ()) -> View:
    """People by sex and ward: shown as they are, or over a threshold, or perturbed. `hide`: codes that are withheld."""
    table = Ptable.maximum_entropy()
    knowledge = {
        "exact": EXACT,
        "threshold": Knowledge.of_threshold(5),
        "nothing": Knowledge.of_cell_keys(5, 2.5),
    }
    tables = {}
    for by in BY:
        cells = []
        for named in product(*(CODES[name] for name in by)):
            inside = rows
            for name, code in zip(by, named, strict=True):
                inside = inside.filter(pl.col(name) == CODES[name].index(code))
            count = inside.height
            shown: int | None = count
            if named in hide or method == "nothing" or (method == "threshold" and 0 < count < 5):
                shown = None
            elif method == "perturbed":
                total = np.array([sum(inside["key"].to_list()) % 2**64], np.uint64)
                shown = count + int(table.changes(np.array([count]), total)[0])
            cells.append((*named, count, shown))
        schema = {f"code_{one + 1}": pl.String for one in range(len(by))} | {
            "true": pl.Int64,
            "shown": pl.Int64,
        }
        one = make_table(
            "people|" + "|".join(by), "people", by, pl.DataFrame(cells, schema, orient="row"), CODES
        )
        tables[one.key] = one
    known = knowledge.get(method, Knowledge.of_cell_keys(table.bound, table.variance))
    return View(tables, CODES, known, rows={"people": Rows(rows, "row")})


def found(attacks: Sequence[Attack], name: str) -> Attack:
    return next(one for one in attacks if one.name == name)


def test_leak_and_use_stand_side_by_side() -> None:
    shown, hidden = attack_world(seen(people())), attack_world(seen(people(), "nothing"))
    assert (shown.leak, shown.use.withheld, shown.use.error) == (100, 0.0, 0.0)
    assert not shown.passed and shown.questions
    assert (hidden.leak, hidden.use.withheld, hidden.use.shown) == (0, 1.0, 0)
    assert hidden.passed
    assert shown.frame().columns == ["attack", "meaning", "examined", "found", "figure", "limit", "result"]
    assert hidden.frame()["attack"].to_list() == shown.frame()["attack"].to_list()
    assert all(words.endswith(".") for words in shown.frame()["meaning"])


def test_the_same_figures_give_the_same_report() -> None:
    rows = people()
    one, other = (
        attack_world(seen(frame, "perturbed"))
        for frame in (rows, rows.sample(fraction=1, shuffle=True, seed=5))
    )
    assert one == other


def test_one_withheld_count_in_a_row_is_found_by_its_total() -> None:
    view = seen(people(), hide=[("F", "b")])
    report = attack_world(view)
    attack = found(report.attacks, "exact_disclosures")
    assert attack.found >= 1 and not attack.passed
    assert attack.questions[0] == "people|sex|ward"


def test_programs_find_what_no_single_equation_tells() -> None:
    """Between two squares of withheld cells lies one more: no row or column tells it, all of them together do."""
    finest = np.full((4, 4), 50.0)
    hidden = np.zeros((4, 4), np.bool_)
    hidden[:2, :2] = hidden[2:, 2:] = hidden[1, 2] = True
    finest[hidden] = 20
    finest[1, 2] = 3
    true = with_margins(finest)
    shown = true.copy()
    finest_of(shown)[hidden] = np.nan
    codes = {"row": ("a", "b", "c", "d"), "column": ("e", "f", "g", "h")}
    tables = []
    for by in ((), ("row",), ("column",), ("row", "column")):
        place = tuple(slice(0, -1) if name in by else -1 for name in codes)
        inside = pl.DataFrame(
            list(product(*(codes[name] for name in by))),
            [f"code_{one + 1}" for one in range(len(by))],
            orient="row",
        )
        figures = pl.DataFrame({"true": np.ravel(true[place]), "shown": np.ravel(shown[place])}).fill_nan(
            None
        )
        cells = pl.concat([inside, figures.cast(pl.Int64)], how="horizontal")
        tables.append(make_table("|".join(by), "m", by, cells, codes))
    view = View({one.key: one for one in tables}, codes, EXACT)
    low, high = narrow(*EXACT.bounds(shown, true))
    assert (low < high)[1, 2]
    attack = exact_by_programs(view, worst_lattices(view, 100))
    assert (attack.examined, attack.found, attack.passed) == (1, 1, False)


@pytest.mark.parametrize(
    ("apart", "then", "changed", "near"),
    [(2, 2, 0, 1), (3, 3, 0, 0), (2, 3, 1, 0), (3, 2, 1, 1), (2, 9, 0, 1), (2, 20, 1, 0), (20, 2, 1, 1)],
    ids=["near", "apart", "apart then", "near then", "drawn today", "empty then", "empty today"],
)
def test_a_kept_figure_tells_of_the_rows_that_it_was_drawn_for(
    apart: int, then: int, changed: int, near: int
) -> None:
    counts = pl.DataFrame({"true": [20], "shown": [20], "drawn_for": [20], "changed": [0]})
    part = pl.DataFrame(
        {
            "code_1": ["F", "M"],
            "true": [20 - apart, 0],
            "shown": [20 - apart, 0],
            "drawn_for": [20 - then, 0],
            "changed": [changed, 0],
        }
    )
    tables = [
        make_table("all", "all", (), counts, CODES),
        make_table("all|sex", "all", ("sex",), part, CODES),
    ]
    pairs, _ = differencing(View({one.key: one for one in tables}, CODES, EXACT))
    assert pairs.found == near


@pytest.mark.parametrize(
    ("between", "told_by", "near"),
    [(0, {"ward"}, 3), (2, {"ward"}, 2), (3, {"ward"}, 1), (2, {"sex"}, 0), (2, set(), 2)],
)
def test_codes_that_hold_others_are_pairs_too(between: int, told_by: set[str], near: int) -> None:
    """Of three codes the second holds the first, and the third both: pairs that differ by fewer than three are found,
    in a table and in the one that it is a part of, where the question tells of them."""
    codes = {"months": ("6", "12", "18"), "ward": ("a",)}
    counts = pl.DataFrame(
        {
            "code_1": ["6", "12", "18"],
            "code_2": ["a"] * 3,
            "true": [20, 20 + between, 21 + between],
            "shown": [21, 20 + between, 22 + between],
        }
    )
    table = make_table("all|months|ward", "all", ("months", "ward"), counts, codes)
    holders = {"6": ("12", "18"), "12": ("18",)}
    within = {"all": CodesWithin("months", holders, frozenset(told_by))}
    pairs, _ = differencing(View({table.key: table}, codes, EXACT, codes_within=within))
    assert pairs.found == near
    by_months = make_table("all|months", "all", ("months",), counts.drop("code_2"), codes)
    both = {one.key: one for one in (table, by_months)}
    beside, _ = differencing(View(both, codes, EXACT, codes_within=within))
    # The same once more for each of the wards in their wholes; without the ward only what the ward does not tell.
    always = near if not told_by else 0
    assert beside.found == 2 * near + 3 + always


def test_two_that_show_one_figure_are_no_pair() -> None:
    rows = people()
    view = seen(rows)
    close, _ = differencing(view)
    assert close.found > 0
    same = {key: replace(table, figure=np.zeros_like(table.figure)) for key, table in view.tables.items()}
    close, curve = differencing(replace(view, tables=same))
    assert close.found == 0
    # How well they tell one more from nobody is measured all the same.
    assert curve.examined > 0


def test_a_gap_that_always_means_somebody_says_so() -> None:
    """Few are withheld and nobody is shown: then a gap is somebody. Where all is withheld it says nothing."""
    empty = people().filter(~((pl.col("sex") == 0) & (pl.col("ward") == 3)))
    few = empty.filter((pl.col("ward") < 3) | (pl.int_range(pl.len()) % 3 == 0))
    assert silence(seen(few, "threshold")).figure == 1.0
    assert silence(seen(few, "nothing")).figure == 0.5
    hidden = seen(people(), hide=[("F", "a"), ("F", "d"), ("M", "d")])
    assert gaps(hidden).examined == 3
    assert gaps(hidden).found == sum(
        people().filter((pl.col("sex") == sex) & (pl.col("ward") == ward)).height == 1
        for sex, ward in ((0, 0), (0, 3), (1, 3))
    )


def test_figures_about_the_same_people_by_chance() -> None:
    rows = people(many=12)
    alike = rows.with_columns(ward=pl.when(pl.col("sex") == 0).then(1).otherwise(0).cast(pl.Int64))
    attack = by_chance(seen(alike))
    # Women are who lives in b, men who lives in a: each stands under three names.
    assert attack.found >= 6
    assert by_chance(View({}, {}, EXACT)).figure is None


def test_who_joined_is_told_by_exact_figures() -> None:
    rows = people(many=80)
    moved, gone, each = between(seen(rows[:-1]), seen(rows))
    assert moved.figure == 1.0
    assert gone.found == 0
    assert each.examined == 80 and each.found == 1
    unchanged, *_ = between(seen(rows), seen(rows))
    assert unchanged.figure == 0.5


def test_a_release_with_longer_lists_is_held_against_the_one_before() -> None:
    before = seen(people(many=80)[:-1])
    later = seen(people(many=80))
    names = {"sex": CODES["sex"], "ward": ("new", *CODES["ward"])}
    moved, *_ = between(before, View({}, names, EXACT, rows={}))
    assert moved.examined == 0
    report = against([before], later)
    assert found(report.attacks, "membership_between").figure == 1.0


def test_what_is_shown_already_adds_nothing_and_the_exact_figures_do() -> None:
    rows = people(seed=4, many=400)
    safe = seen(rows, "nothing")
    assert against([safe], safe).passed
    exact = against([safe], seen(rows, "threshold"))
    assert found(exact.attacks, "exact_disclosures").found > 0


@pytest.mark.parametrize(
    ("positive", "negative", "area"), [([1], [0], 1.0), ([0], [1], 0.0), ([1, 1], [1], 0.5), ([], [1], None)]
)
def test_area_under_curve(positive: list[int], negative: list[int], area: float | None) -> None:
    assert area_under_curve(np.array(positive, np.float64), np.array(negative, np.float64)) == area


def test_few_people_fail_no_limit_by_luck() -> None:
    assert Attack("x", "", 30, 20, 0.66, 0.55, margin=margin_of_curve(15, 15, 10)).passed
    assert not Attack("x", "", 9000, 6000, 0.66, 0.55, margin=margin_of_curve(5000, 4000, 2000)).passed
    # Many pairs of few people say no more than the people.
    assert margin_of_curve(5000, 5000, 30) == margin_of_curve(30, 30, 30)
    assert margin_of_share(0.25, 10) == 1.0
    assert Attack("x", "", 1, 1, 1.0, None).result == "told"


def test_a_second_attacker_finds_what_the_first_one_finds() -> None:
    finest = np.array([[4.0, 0.0, 1.0], [2.0, 9.0, 0.0], [0.0, 1.0, 30.0]])
    true = with_margins(finest)
    table = Ptable.maximum_entropy(bound=2, variance=1.0, smallest=1)
    first = reconstruct(true, EXACT)
    assert (first.claims == finest).all()
    weighed = weigh(true, np.eye(31), finest + 1, sweeps=200)
    assert (weighed.claims == finest).mean() > 0.7
    noisy = weigh(np.full(true.shape, np.nan), table.transition(30), finest)
    assert noisy.chances.shape == (3, 3, 9)
    assert np.allclose(noisy.chances.sum(-1), 1.0)
    assert finest_of(true).shape == finest.shape


def test_measures_that_count_the_same_are_one() -> None:
    frame = pl.DataFrame(
        {"sex": ["F", "M", "F"], "row_key": [1, 2, 3], "unit": [1, 2, 3]},
        schema={"sex": pl.Enum(["F", "M"]), "row_key": pl.UInt64, "unit": pl.UInt64},
    )
    cells = pl.DataFrame({"code_1": ["F", "M"], "true": [2, 1], "shown": [None, 3], "figure": [None, 7]})
    other = cells.with_columns(shown=pl.Series([0, None]), figure=pl.Series([5, None]))
    measures = [Measure(name, "people", (("sex",),)) for name in ("one", "two")]
    asked = [(Question("one", ("sex",)), cells), (Question("two", ("sex",)), other)]
    view = view_of(asked, [Population("people", frame)], measures, Rules())
    (table,) = view.tables.values()
    assert table.shown.tolist() == [0, 3]
    assert table.figure.tolist() == [5, 7]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"code_1": ["F", "X"], "true": [1, 1], "shown": [1, 1]}, "on no list"),
        ({"code_1": ["F", "F"], "true": [1, 1], "shown": [1, 1]}, "there twice"),
        ({"code_1": ["F", "M"], "true": [1, -1], "shown": [1, 1]}, "negative"),
        ({"code_1": ["F", "M"], "true": [1, None], "shown": [1, 1]}, "missing"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(cells: dict[str, list[object]], words: str) -> None:
    with pytest.raises(TableError, match=words):
        make_table("people|sex", "people", ("sex",), pl.DataFrame(cells), CODES)
