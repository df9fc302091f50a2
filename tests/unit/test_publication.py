"""The Department for Education's rules: 1 to 5 and what protects them are `c`, zeros are shown, percentages have one
decimal."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from disclosure.errors import CountError, TableError, UnsafeError
from disclosure.suppression import Pattern, suppress_exactly
from disclosure.suppression.publication import publish
from disclosure.tables import REST, Hierarchy, System, build

PLACES = Hierarchy.flat("place", ["Dale", "Hill", "Quay"])
NEEDS = Hierarchy.flat("need", ["abuse", "debt", "work"])


@dataclass(frozen=True)
class _Pattern:
    suppressed: np.ndarray  # type: ignore[type-arg]
    reason: tuple[str, ...]


def _inner(system: System) -> _Pattern:
    """A way to suppress that is safe and dear: every cell in the middle of the table that may be, totals shown."""
    middle = np.asarray([name.count("=") == 2 or name.startswith(REST) for name in system.names])
    hidden = middle & (system.status != "z")
    return _Pattern(hidden, tuple("fewer than 6" if one else "" for one in hidden))


def _primary_alone(system: System) -> _Pattern:
    hidden = system.status == "u"
    return _Pattern(hidden, tuple("" for _ in hidden))


def _exactly(system: System) -> Pattern:
    return suppress_exactly(system, seconds=20)


def _records(counts: dict[tuple[str, str], int]) -> pl.DataFrame:
    rows = [key for key, count in counts.items() for _ in range(count)]
    return pl.DataFrame(rows, schema=["place", "need"], orient="row")


COUNTS = {
    ("Dale", "abuse"): 3,
    ("Dale", "debt"): 20,
    ("Hill", "abuse"): 30,
    ("Hill", "debt"): 40,
    ("Hill", "work"): 8,
    ("Quay", "abuse"): 9,
    ("Quay", "debt"): 4,
}
TABLES = build(_records(COUNTS), [PLACES, NEEDS])


def _cell(frame: pl.DataFrame, place: str, need: str) -> dict[str, object]:
    return frame.row(by_predicate=(pl.col("place") == place) & (pl.col("need") == need), named=True)


def test_small_counts_and_what_protects_them_are_c_and_zeros_are_shown() -> None:
    published = publish(TABLES, _inner).cells
    assert (_cell(published, "Dale", "abuse")["value"], _cell(published, "Dale", "abuse")["symbol"]) == (
        None,
        "c",
    )
    assert (_cell(published, "Hill", "debt")["value"], _cell(published, "Hill", "debt")["symbol"]) == (
        None,
        "c",
    )
    assert (_cell(published, "Dale", "work")["value"], _cell(published, "Dale", "work")["symbol"]) == (0, "")
    assert (_cell(published, "all", "all")["value"], _cell(published, "all", "all")["symbol"]) == (114, "")
    # Every figure that is shown is true, and none is from 1 to 5.
    for row in published.filter(pl.col("symbol") == "").iter_rows(named=True):
        inside = [
            count
            for (place, need), count in COUNTS.items()
            if row["place"] in (place, "all") and row["need"] in (need, "all")
        ]
        assert row["value"] == sum(inside)
        assert row["value"] == 0 or row["value"] > 5
    assert published.filter(pl.col("symbol") == "c")["value"].null_count() == published["value"].null_count()


def test_with_the_cheapest_safe_pattern_as_much_is_shown_as_can_be() -> None:
    published = publish(TABLES, suppress_exactly, percent_of=["need"])
    hidden = published.cells.filter(pl.col("symbol") == "c")
    # The two small counts, and one more in each of their rows and columns.
    assert sorted(hidden.select("place", "need").iter_rows()) == [
        ("Dale", "abuse"),
        ("Dale", "debt"),
        ("Quay", "abuse"),
        ("Quay", "debt"),
    ]
    assert set(published.why["name"]) == {
        f"place={place}|need={need}" for place, need, *_ in hidden.iter_rows()
    }
    assert all(published.why["reason"])


def test_percentages_have_one_decimal_and_are_withheld_with_their_parts() -> None:
    published = publish(TABLES, _inner, percent_of=["place"]).cells
    whole = _cell(published, "Hill", "all")
    # 78 of 114 are 68.42 %.
    assert (whole["percent_of_place"], whole["percent_of_place_symbol"]) == (68.4, "")
    assert (_cell(published, "all", "all")["percent_of_place"]) == 100.0
    small = _cell(published, "Dale", "abuse")
    assert (small["percent_of_place"], small["percent_of_place_symbol"]) == (None, "c")
    zero = _cell(published, "Dale", "work")
    assert (zero["percent_of_place"], zero["percent_of_place_symbol"]) == (0.0, "")


def test_halves_go_up_too_small_a_share_is_low_and_a_share_of_nothing_does_not_apply() -> None:
    counts = {("Dale", "abuse"): 15985, ("Hill", "abuse"): 8, ("Quay", "abuse"): 7, ("Dale", "debt"): 9}
    published = publish(build(_records(counts), [PLACES, NEEDS]), _primary_alone, percent_of=["place"]).cells
    # 8 of 16,000 are 0.05 %, 7 are less.
    assert _cell(published, "Hill", "abuse")["percent_of_place"] == 0.1
    quay = _cell(published, "Quay", "abuse")
    assert (quay["percent_of_place"], quay["percent_of_place_symbol"]) == (None, "low")
    none = _cell(published, "Hill", "work")
    assert (none["percent_of_place"], none["percent_of_place_symbol"]) == (None, "z")


def test_a_whole_group_in_one_place_is_not_told_where_that_is_sensitive() -> None:
    counts = {("Dale", "abuse"): 12, ("Hill", "abuse"): 20, ("Hill", "debt"): 30, ("Quay", "debt"): 40}
    tables = build(_records(counts), [PLACES, NEEDS])
    assert (publish(tables, _primary_alone).cells["symbol"] == "").all()
    with pytest.raises(UnsafeError, match=r"the first is rest of place=Dale\|need=abuse"):
        publish(tables, _primary_alone, sensitive=["need"])
    kept = publish(tables, _inner, sensitive=["need"])
    assert _cell(kept.cells, "Dale", "abuse")["symbol"] == "c"
    assert _cell(kept.cells, "Dale", "debt")["symbol"] == "c"
    assert "found in one place by need" in kept.words


def test_a_group_of_one_is_protected_from_everybody_but_itself() -> None:
    counts = {**COUNTS, ("Quay", "abuse"): 0, ("Quay", "debt"): 1}
    published = publish(build(_records(counts), [PLACES, NEEDS]), _exactly, sensitive=["need"]).cells
    assert _cell(published, "Quay", "debt")["symbol"] == _cell(published, "Quay", "all")["symbol"] == "c"
    # That one is not elsewhere must not be told by a zero, either.
    assert "c" in {_cell(published, "Quay", need)["symbol"] for need in ("abuse", "work")}


def test_a_table_of_fewer_than_are_shown_is_withheld_and_not_refused() -> None:
    records = _records({("Dale", "abuse"): 3, ("Hill", "debt"): 1, ("Quay", "work"): 1})
    records = records.with_columns(who=pl.Series([1, 2, 1, 2, 3]))
    published = publish(build(records, [PLACES, NEEDS], contributor="who"), _exactly).cells
    assert set(published.filter(pl.col("symbol") == "")["value"]) == {0}


def test_the_published_frame_does_not_tell_why() -> None:
    published = publish(TABLES, _inner)
    assert set(published.cells["symbol"]) == {"", "c"}
    assert published.cells.columns == ["place", "need", "value", "symbol"]
    assert published.why["name"].to_list()[:1] == ["place=Dale|need=abuse"]
    assert "1 to 5 are confidential" in published.words


def test_a_pattern_that_protects_too_little_is_never_published() -> None:
    with pytest.raises(UnsafeError, match=r"the pattern leaves \d cells unsafe, the first is place=Dale"):
        publish(TABLES, _primary_alone)


def test_sums_are_not_counts_and_dimensions_must_be_there() -> None:
    sums = build(_records(COUNTS).with_columns(money=1.0), [PLACES, NEEDS], value="money")
    with pytest.raises(CountError, match="these rules are for counts"):
        publish(sums, _inner)
    with pytest.raises(TableError, match="team is no dimension"):
        publish(TABLES, _inner, percent_of=["team"])
