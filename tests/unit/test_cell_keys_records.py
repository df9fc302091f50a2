"""Record keys and perturbed tables: what is refused, so that no table goes out with noise that hides nobody."""

import numpy as np
import polars as pl
import pytest

from disclosure.cell_key import Ptable, check_record_keys, perturb_counts, perturb_records, record_keys
from disclosure.errors import CountError, PerturbationError, TableError

SECRET = bytes(range(32))
PTABLE = Ptable.maximum_entropy()
KEYS = record_keys(SECRET, pl.Series([f"unit {one}" for one in range(500)]))
RECORDS = pl.DataFrame(
    {"place": ["a", "b", "b", "c"] * 125, "level": [1, 2, 3, 4, 5] * 100, "record_key": KEYS}
)


def test_a_unit_has_the_same_key_wherever_it_stands_and_another_for_another_purpose() -> None:
    units = pl.Series(["b", "a", "b", "c"])
    keys = record_keys(SECRET, units)
    assert keys.dtype == pl.UInt64
    assert keys[0] == keys[2]
    assert keys.n_unique() == 3
    assert record_keys(SECRET, units[1:2]).to_list() == [keys[1]]
    assert keys[0] != record_keys(SECRET, units, purpose="family")[0]
    assert keys[0] != record_keys(SECRET[::-1], units)[0]


@pytest.mark.parametrize(
    ("secret", "units", "says"),
    [
        (b"short", pl.Series(["a"]), "16"),
        (SECRET, pl.Series(["a", None]), "1 records have no unit"),
        (SECRET, pl.Series([1.5]), "texts or whole numbers"),
    ],
)
def test_no_key_is_made_of_nothing(secret: bytes, units: pl.Series, says: str) -> None:
    with pytest.raises(PerturbationError, match=says):
        record_keys(secret, units)


RANDOM = np.random.default_rng(1)


@pytest.mark.parametrize(
    ("keys", "among", "says"),
    [
        (pl.Series([0.5, 0.25]), 256, "whole numbers"),
        (pl.Series(["1", "2"]), 256, "whole numbers"),
        (pl.Series([1, None, 3]), 256, "1 of 3 records have no record key"),
        (pl.Series([1, 256, 3]), 256, "should lie in 0 to 255"),
        (pl.Series([1, -1, 3]), 256, "should lie in 0 to 255"),
        (pl.Series(RANDOM.integers(0, 256, 100)), 4096, "fill only a part"),
        (pl.Series(range(1, 21)), 2**64, "fill only a part"),
        (pl.Series(RANDOM.integers(2**63 - 2**40, 2**63, 40, dtype=np.uint64)), 2**64, "fill only a part"),
        (KEYS // 2**32 * 2**32, 2**64, "fill only a part of 0 to 4,294,967,295"),
        (pl.concat([KEYS, KEYS[:3]]), 2**64, "3 record keys .* more than once"),
    ],
    ids=[
        "shares",
        "texts",
        "missing",
        "over",
        "negative",
        "256 of 4096",
        "numbers of rows",
        "all near",
        "only 32 bits",
        "twice",
    ],
)
def test_keys_of_another_release_are_refused(keys: pl.Series, among: int, says: str) -> None:
    with pytest.raises(PerturbationError, match=says):
        check_record_keys(keys, among=among, distinct=True)


def test_keys_of_this_one_are_not() -> None:
    check_record_keys(KEYS, distinct=True)
    check_record_keys(KEYS[:1], distinct=True)
    check_record_keys(pl.Series([], dtype=pl.UInt64))
    check_record_keys(pl.Series(RANDOM.integers(0, 256, 5_000)), among=256, distinct=True)


def test_a_table_says_every_combination_and_null_for_all() -> None:
    table = perturb_records(RECORDS, ["place", "level"], PTABLE, all_margins=True)
    assert table.columns == ["place", "level", "count", "key", "change", "perturbed"]
    assert table.height == 4 * 6
    assert table.row(0)[:3] == (None, None, 500)
    assert table["perturbed"].is_between(1, 2).sum() == 0
    assert (table["perturbed"] == table["count"] + table["change"]).all()


def test_the_same_people_are_the_same_figure_by_whatever_way_they_are_asked_for() -> None:
    again = RECORDS.with_columns(kind=pl.col("place").replace({"a": "x", "b": "y", "c": "x"}))
    by_place = perturb_records(again, ["place"], PTABLE).filter(place="b")
    by_kind = perturb_records(again.reverse(), ["kind"], PTABLE).filter(kind="y")
    by_both = perturb_records(again, ["place", "kind"], PTABLE, all_margins=True).filter(
        pl.col("place") == "b", pl.col("kind").is_null()
    )
    figures = {tuple(one.select("count", "key", "perturbed").row(0)) for one in (by_place, by_kind, by_both)}
    assert len(figures) == 1


@pytest.mark.parametrize(
    "values",
    [
        pl.Series(["b", "a"] * 250),
        pl.Series([True, False] * 250),
        pl.Series(["b", "a"] * 250, dtype=pl.Enum(["b", "a", "never"])),
        pl.Series(["b", "a"] * 250, dtype=pl.Categorical),
        pl.Series(["2026-01-02", "2025-01-02"] * 250).str.to_date(),
        pl.Series([2**63, 3] * 250, dtype=pl.UInt64),
    ],
    ids=lambda values: str(values.dtype.base_type()),
)
def test_columns_keep_their_types(values: pl.Series) -> None:
    table = perturb_records(RECORDS.with_columns(values.alias("by")), ["by"], PTABLE).filter(
        pl.col("count") > 0
    )
    assert table.schema["by"] == values.dtype
    assert set(table["by"].to_list()) == set(values.to_list())
    assert table["count"].to_list() == [250, 250]


def test_a_code_of_a_closed_list_has_a_row_whether_or_not_anybody_has_it() -> None:
    places = RECORDS.with_columns(pl.col("place").cast(pl.Enum(["c", "nobody's", "b", "a"])))
    assert perturb_records(RECORDS, ["place"], PTABLE).height == 3
    table = perturb_records(places, ["place", "level"], PTABLE, all_margins=True)
    assert table.select(pl.col("place", "level").n_unique()).row(0) == (5, 6)
    assert table.height == 5 * 6
    assert set(table.filter(place="nobody's")["perturbed"].to_list()) == {0}


def test_a_count_under_the_threshold_is_not_told() -> None:
    few = pl.concat([RECORDS, RECORDS[:3].with_columns(place=pl.lit("few"), record_key=KEYS[:3] ^ 1)])
    table = perturb_records(few, ["place"], PTABLE, threshold=10)
    assert table.filter(place="few")["perturbed"].to_list() == [None]
    assert table["perturbed"].null_count() == 1


@pytest.mark.parametrize(
    ("records", "by", "says"),
    [
        (RECORDS, ["nowhere"], "no column nowhere"),
        (RECORDS, ["place", "place"], "once"),
        (RECORDS, ["record_key"], "record key"),
        (RECORDS.rename({"place": "count"}), ["count"], "another name"),
        (RECORDS.with_columns(place=pl.lit(0.5)), ["place"], "Float64"),
        (RECORDS.with_columns(place=pl.lit("0.5").str.to_decimal(scale=1)), ["place"], "Decimal"),
        (RECORDS.with_columns(place=pl.concat_list("level")), ["place"], "List"),
        (RECORDS.with_columns(place=pl.lit(None, dtype=pl.String)), ["place"], "empty in 500 records"),
        (
            RECORDS.with_columns(pl.int_range(500).alias(name) for name in "xyz"),
            ["x", "y", "z"],
            "125,000,000 cells",
        ),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(records: pl.DataFrame, by: list[str], says: str) -> None:
    with pytest.raises((TableError, CountError), match=says):
        perturb_records(records, by, PTABLE)


def test_units_are_not_told_apart_by_a_few_record_keys() -> None:
    few = RECORDS.with_columns(pl.col("record_key") % 256)
    table = Ptable.from_widths(pl.DataFrame({"count": [1], "change": [0], "width": [256]}), keys=256)
    assert perturb_records(few, ["place"], table)["count"].sum() == 500
    with pytest.raises(PerturbationError, match="told apart"):
        perturb_records(few, ["place"], table, distinct=True)


def test_record_keys_that_cannot_be_shared_out_are_refused() -> None:
    with pytest.raises(PerturbationError, match="shared out evenly"):
        perturb_records(RECORDS, ["place"], PTABLE, among=1_000)


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (pl.DataFrame({"count": [1]}), "no column key"),
        (pl.DataFrame({"count": [1.0], "key": [1]}), "no whole numbers"),
        (pl.DataFrame({"count": [1], "key": ["1"]}), "no whole numbers"),
        (pl.DataFrame({"count": [None, 1], "key": [1, 1]}), "1 cells have no count"),
        (pl.DataFrame({"count": [-1], "key": [1]}), "never negative"),
        (pl.DataFrame({"count": [1], "key": [-1]}), "whole numbers from 0"),
    ],
)
def test_ready_counts_that_are_none_are_refused(cells: pl.DataFrame, says: str) -> None:
    with pytest.raises((TableError, CountError, PerturbationError), match=says):
        perturb_counts(cells, PTABLE)
