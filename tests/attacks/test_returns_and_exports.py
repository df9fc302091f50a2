"""What leaves the house beside what left before: a planted leak is found and mended, and what is safe is let pass."""

import numpy as np
import polars as pl
import pytest

from disclosure.audit import View
from disclosure.audit.offered import Tried
from tests.leaving import NOISY, key, offer, say, shown, tried, view_of_rows, without

CODES = {"ward": ("A", "B", "C"), "quarter": ("Q1", "Q2")}
FAMILIES = {
    ("A", "Q1"): 20,
    ("B", "Q1"): 14,
    ("C", "Q1"): 9,
    ("A", "Q2"): 18,
    ("B", "Q2"): 3,
    ("C", "Q2"): 11,
}


def rows(counts: dict[tuple[str, str], int]) -> pl.DataFrame:
    """A row a family; the same family has the same number whatever others there are."""
    parts = [
        {"ward": ward, "quarter": quarter, "key": 1000 * place + number, "unit": 1000 * place + number}
        for place, (ward, quarter) in enumerate(FAMILIES)
        for number in range(counts[ward, quarter])
    ]
    return pl.DataFrame(parts, schema_overrides={"key": pl.UInt64, "unit": pl.UInt64})


def council(counts: dict[tuple[str, str], int] = FAMILIES) -> View:
    """The families of a council by ward and quarter."""
    return view_of_rows({"helped": rows(counts)}, CODES)


def found(result: Tried) -> set[str]:
    """The attacks that found something."""
    return {one.name for one in result.attacks if not one.passed}


def test_a_return_that_suppresses_one_cell_of_a_line_is_found_out_and_mended() -> None:
    """One small count beside a total that is shown: it follows, and a second one must go."""
    view = council()
    by_both = offer(0, key("helped", "ward", "quarter"), shown(view, key("helped", "ward", "quarter")))
    by_quarter = offer(0, key("helped", "quarter"), shown(view, key("helped", "quarter")))
    result = tried([view], [], [by_both, by_quarter])
    assert not result.passed
    assert found(result) == {"small_counts_found"}
    assert not result.left or all(one.passed for one in result.left)
    assert 1 <= sum(int(one.sum()) for one in result.withhold) <= 2
    assert tried([view], [], without([by_both, by_quarter], result)).passed


def test_last_quarters_return_and_the_dashboard_give_a_suppressed_cell_back() -> None:
    """By ward alone for the year to date, by ward for the first quarter in the return before: what is between is the
    second, of which a small count is withheld."""
    before, now = council(), council()
    ytd = offer(1, key("helped", "ward"), shown(now, key("helped", "ward")))
    second = shown(now, key("helped", "ward", "quarter"))
    last = say(0, key("helped", "ward", "quarter"), np.where([True, False] * 3, second, np.nan))
    assert tried([before, now], [], [ytd]).passed
    result = tried([before, now], [last], [ytd])
    assert found(result) == {"small_counts_found"}
    assert result.withhold[0].tolist() == [False, True, False]


def test_an_exact_total_sharpens_what_the_dashboards_noise_hides() -> None:
    """Perturbed parts at the far end of what they can be, and an exact whole."""
    view = council({**FAMILIES, ("A", "Q2"): 1, ("B", "Q2"): 2, ("C", "Q2"): 3})
    noisy = say(0, key("helped", "ward", "quarter"), np.array([20, 8.0, 14, 9.0, 9, 10.0]), NOISY)
    total = offer(0, key("helped", "quarter"), view.tables[key("helped", "quarter")].true.ravel())
    result = tried([view], [noisy], [total])
    assert found(result) == {"small_counts_found"}
    assert result.withhold[0].any()


def test_a_scorecard_beside_a_return() -> None:
    """The scorecard shows the whole as it is; the return withholds two of three wards, and shows one."""
    view = council()
    where = key("helped", "ward", "quarter")
    scorecard = say(0, key("helped", "quarter"), view.tables[key("helped", "quarter")].true.ravel())
    both = offer(0, where, shown(view, where, withheld=[1]))
    assert tried([view], [scorecard], [both]).passed
    one = offer(0, where, shown(view, where))
    assert found(tried([view], [scorecard], [one])) == {"small_counts_found"}


@pytest.mark.parametrize(("fewer", "is_found"), [(1, True), (2, True), (3, False)])
def test_two_exports_whose_difference_is_one_family(fewer: int, *, is_found: bool) -> None:
    """Of all families, and of those that have a plan: exact at both ends, so the difference is those without one."""
    every = rows(FAMILIES)
    view = view_of_rows(
        {"helped": every, "planned": every.head(every.height - fewer)}, CODES, within={"planned": ("helped",)}
    )
    first = say(0, key("helped"), view.tables[key("helped")].true.ravel())
    second = offer(0, key("planned"), view.tables[key("planned")].true.ravel())
    assert tried([view], [], [second]).passed
    result = tried([view], [first], [second])
    assert ("differences_found" in found(result)) == is_found
    assert bool(result.withhold[0].any()) == is_found


@pytest.mark.parametrize(("more", "is_found"), [(0, False), (1, True), (2, True), (3, False)])
def test_last_quarters_figure_told_again_moves_by_one_family(more: int, *, is_found: bool) -> None:
    """Entered late: the same ward and quarter, in the return of then and in that of now."""
    before, now = council(), council({**FAMILIES, ("A", "Q1"): 20 + more})
    where = key("helped", "ward", "quarter")
    last = say(0, where, shown(before, where, withheld=[3, 5]))
    again = offer(1, where, shown(now, where, withheld=[3, 5]))
    result = tried([before, now], [last], [again])
    assert ("moves_found" in found(result)) == is_found
    assert tried([before, now], [last], without([again], result)).passed


def test_the_whole_of_the_council_may_move_by_one() -> None:
    """The total of a quarter was 43 and is 44: nobody is in it but "the council", and a return must be right."""
    before, now = council(), council({**FAMILIES, ("A", "Q1"): 21})
    where = key("helped", "quarter")
    last, again = say(0, where, shown(before, where)), offer(1, where, shown(now, where))
    assert found(tried([before, now], [last], [again])) == {"moves_found"}
    assert tried([before, now], [last], [again], ["quarter"]).passed


def test_people_who_came_in_one_family_are_one_family() -> None:
    """A family of four: the count of people moves by four, and tells of one family."""
    before = rows(FAMILIES)
    family = pl.DataFrame(
        {"ward": ["A"] * 4, "quarter": ["Q1"] * 4, "key": [90001, 90002, 90003, 90004], "unit": [9] * 4},
        schema=before.select("ward", "quarter", "key", "unit").schema,
    )
    then = view_of_rows({"people": before}, CODES)
    now = view_of_rows({"people": pl.concat([before.select(family.columns), family])}, CODES)
    where = key("people", "ward")
    last, again = say(0, where, shown(then, where)), offer(1, where, shown(now, where))
    assert found(tried([then, now], [last], [again])) == {"moves_found"}


def test_what_is_too_large_for_linear_programs_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    view = council()
    both, quarter = key("helped", "ward", "quarter"), key("helped", "quarter")
    offered = [offer(0, both, shown(view, both, withheld=[3, 5])), offer(0, quarter, shown(view, quarter))]
    assert not tried([view], [], offered).partly
    monkeypatch.setattr("disclosure.audit.beside.LARGEST", 0)
    assert tried([view], [], offered).partly


def test_small_counts_shown_as_they_are_are_told() -> None:
    """Whoever forgets to suppress is stopped here."""
    view = council()
    where = key("helped", "ward", "quarter")
    result = tried([view], [], [offer(0, where, view.tables[where].true.ravel())])
    assert "small_counts_told" in found(result)
    assert result.withhold[0][3]


def test_figures_under_noise_beside_the_same_dashboard_pass() -> None:
    """A research table of the very figures that the dashboard shows tells nothing new."""
    view = council()
    where = key("helped", "ward", "quarter")
    figures = view.tables[where].true.ravel() + np.array([1.0, -2, 0, 3, -1, 2])
    assert tried([view], [say(0, where, figures, NOISY)], [offer(0, where, figures, NOISY)]).passed


def test_figures_drawn_again_and_again_cannot_be_averaged() -> None:
    """The same families in a third figure that was drawn apart from the others: that one may not leave."""
    view = council()
    where = key("helped", "ward")
    counts = view.tables[where].true.ravel()
    drawn = [counts + np.array(noise) for noise in ([1.0, -2, 2], [0.0, -2, 1], [-1.0, -2, 2])]
    before = [say(0, where, one, NOISY) for one in drawn[:2]]
    assert tried([view], before[:1], [offer(0, where, drawn[1], NOISY)]).passed
    result = tried([view], before, [offer(0, where, drawn[2], NOISY)])
    assert found(result) == {"averages_found"}
    assert result.withhold[0].tolist() == [True, False, False]
