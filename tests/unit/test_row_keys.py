"""The numbers of rows that noise is made of: no two alike, the same in every release, and of no pseudonym."""

import polars as pl
import pytest

from figures.row_keys import first_as_whole, row_keys

FAMILY = [2**63 + 11, 7, 7, 7, 2**64 - 1]
ROWS = pl.DataFrame(
    {
        "family_key": pl.Series(FAMILY, dtype=pl.UInt64),
        "month": ["2023-01", "2023-01", "2023-02", "2023-02", None],
        "pseudonym": ["a", "b", "c", "d", "e"],
    }
)


def test_no_two_rows_have_one_number() -> None:
    keys = row_keys(ROWS, "family_key", ["month"])
    assert keys.dtype == pl.UInt64
    assert keys.n_unique() == ROWS.height
    assert set(keys).isdisjoint(FAMILY)


def test_pseudonyms_and_other_rows_do_not_matter() -> None:
    keys = row_keys(ROWS, "family_key", ["month"])
    renamed = ROWS.with_columns(pl.lit("x").alias("pseudonym"))
    assert row_keys(renamed, "family_key", ["month"]).equals(keys)
    assert row_keys(ROWS.slice(2), "family_key", ["month"]).equals(keys.slice(2))
    assert row_keys(ROWS.reverse().slice(0, 1), "family_key", ["month"])[0] == keys[4]


@pytest.mark.parametrize("change", [{"family_key": 12}, {"month": "2023-03"}], ids=str)
def test_another_family_or_month_is_another_row(change: dict[str, object]) -> None:
    one = ROWS.slice(0, 1)
    other = one.with_columns(
        pl.lit(value).cast(one.schema[name]).alias(name) for name, value in change.items()
    )
    assert (
        row_keys(one, "family_key", ["month"]).to_list() != row_keys(other, "family_key", ["month"]).to_list()
    )


def test_the_first_row_of_a_family_has_its_own_number() -> None:
    keys = row_keys(ROWS, "family_key", ["month"])
    found = first_as_whole(ROWS, "family_key", keys)
    assert found.to_list() == [FAMILY[0], FAMILY[1], keys[2], keys[3], FAMILY[4]]
    assert found.name == "row_key"


def test_an_empty_population_has_no_numbers() -> None:
    assert row_keys(ROWS.clear(), "family_key", ["month"]).to_list() == []
