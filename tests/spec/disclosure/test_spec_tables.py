"""How published tables give people away, and what keeps them from it: one small table, looked at by different people.

              day   night   total
    Dale        3      20      23
    Hill       30      40      70
    Quay        9       7      16
    total      42      67     109

Counts under 5 are small. A cell is told as the smallest and the largest value that it can have.
"""

import numpy as np
import polars as pl

from disclosure.audit import Known, check_pattern, intervals, known_rounded, known_suppressed
from disclosure.suppression.controlled_rounding import round_controlled
from disclosure.tables import GroupDisclosure, Hierarchy, System, Threshold, build, primary

COUNTS = {
    ("Dale", "day"): 3,
    ("Dale", "night"): 20,
    ("Hill", "day"): 30,
    ("Hill", "night"): 40,
    ("Quay", "day"): 9,
    ("Quay", "night"): 7,
}
PLACE = Hierarchy.flat("place", ["Dale", "Hill", "Quay"])
SHIFT = Hierarchy.flat("shift", ["day", "night"])


def _records(counts: dict[tuple[str, str], int]) -> pl.DataFrame:
    rows = [key for key, count in counts.items() for _ in range(count)]
    return pl.DataFrame(rows, schema=["place", "shift"], orient="row")


def _hidden(system: System, *names: str) -> np.ndarray:  # type: ignore[type-arg]
    return np.asarray([name in names for name in system.names])


TABLES = build(_records(COUNTS), [PLACE, SHIFT])
SYSTEM = primary(TABLES, [Threshold(5)]).system
SMALL = "place=Dale|shift=day"


def _interval(known: Known, cell: str = SMALL) -> tuple[float, float]:
    found = intervals(SYSTEM, known)
    return found.lowest[SYSTEM.places[cell]], found.highest[SYSTEM.places[cell]]


def test_a_small_count_alone_is_worked_out_from_its_row() -> None:
    assert _interval(known_suppressed(SYSTEM, _hidden(SYSTEM, SMALL))) == (3, 3)


def test_a_second_one_in_the_row_is_worked_out_from_its_column_and_then_the_first_is() -> None:
    two = _hidden(SYSTEM, SMALL, "place=Dale|shift=night")
    assert _interval(known_suppressed(SYSTEM, two)) == (3, 3)


RECTANGLE = _hidden(SYSTEM, SMALL, "place=Dale|shift=night", "place=Quay|shift=day", "place=Quay|shift=night")


def test_four_in_a_rectangle_keep_one_another() -> None:
    assert _interval(known_suppressed(SYSTEM, RECTANGLE)) == (0, 12)
    assert not check_pattern(SYSTEM, RECTANGLE).unsafe.any()


def test_what_another_table_shows_is_shown() -> None:
    known = known_suppressed(SYSTEM, RECTANGLE)
    # Another table of the same people shows how many there are at Quay by night.
    other = SYSTEM.places["place=Quay|shift=night"]
    lowest, highest = known.lowest.copy(), known.highest.copy()
    lowest[other] = highest[other] = 7
    assert _interval(Known(lowest, highest)) == (3, 3)


def test_rounding_each_cell_to_the_nearest_five_can_be_undone_in_part() -> None:
    rounded = np.floor(SYSTEM.value / 5 + 0.5) * 5
    found = intervals(SYSTEM, known_rounded(SYSTEM, rounded, 5))
    alone = known_rounded(SYSTEM, rounded, 5)
    # Figures that do not add up say which way each was rounded.
    assert (found.highest - found.lowest < alone.highest - np.maximum(alone.lowest, 0)).any()


def test_controlled_rounding_adds_up_and_leaves_every_cell_open() -> None:
    rounded = round_controlled(SYSTEM, 5)
    assert not (SYSTEM.matrix @ rounded.value).any()
    found = intervals(SYSTEM, rounded.known)
    assert (found.highest[RECTANGLE] - found.lowest[RECTANGLE] >= 4).all()


def test_whoever_is_alone_in_a_cell_knows_it() -> None:
    # One child at Quay by night; somebody who is that child, or knows whose it is, takes it off.
    alone = primary(build(_records(COUNTS | {("Quay", "night"): 1}), [PLACE, SHIFT]), [Threshold(5)]).system
    everything = np.asarray([name.count("=") == 2 for name in alone.names])
    assert not check_pattern(alone, everything).unsafe.any()
    four = _hidden(alone, *(name for name, hidden in zip(SYSTEM.names, RECTANGLE, strict=True) if hidden))
    assert not check_pattern(alone, four, singletons=False).unsafe[alone.places[SMALL]]
    assert check_pattern(alone, four).unsafe[alone.places[SMALL]]


def test_a_large_count_gives_away_too_where_it_is_everybody() -> None:
    counts = {**COUNTS, ("Hill", "day"): 70}
    del counts["Hill", "night"]
    tables = build(_records(counts), [PLACE, SHIFT])
    # No count is small at Hill, but whoever is known to be there is there by day.
    sizes = primary(tables, [Threshold(5)]).system
    assert not check_pattern(sizes, RECTANGLE).unsafe.any()
    groups = primary(tables, [Threshold(5), GroupDisclosure("shift")]).system
    rest = groups.places["rest of place=Hill|shift=day"]
    assert check_pattern(groups, np.append(RECTANGLE, True)).unsafe[rest]
    # It helps to hide the zero as well as the count beside it.
    hill = _hidden(SYSTEM, "place=Hill|shift=day", "place=Hill|shift=night")
    assert not check_pattern(groups, np.append(RECTANGLE | hill, True)).unsafe.any()
