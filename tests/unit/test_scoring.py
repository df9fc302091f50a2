"""How linkage is scored: by counting groups, as if every pair had been looked at."""

from itertools import combinations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.population import SOURCES, population, quarters
from benchmarks.scoring import Scores, pairwise
from pipelines import identifiers

RECORDS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from("abc")), max_size=12)
SCHEMA = {"record_id": pl.String, "person": pl.Int64}


def frames(rows: list[tuple[int, int, str]]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    names = [str(number) for number in range(len(rows))]
    found, true, sources = ([row[column] for row in rows] for column in range(3))
    return (
        pl.DataFrame({"record_id": names, "person": found}, schema=SCHEMA),
        pl.DataFrame({"record_id": names, "person": true}, schema=SCHEMA),
        pl.DataFrame({"record_id": names, "source": sources}, schema={"record_id": str, "source": str}),
    )


def by_listing(rows: list[tuple[int, int, str]], source: str | None = None) -> tuple[float | None, ...]:
    """Precision, recall and recall across sources of the pairs that touch a source, each pair looked at."""
    pairs = [
        (one[0] == other[0], one[1] == other[1], one[2] != other[2])
        for one, other in combinations(rows, 2)
        if source is None or source in (one[2], other[2])
    ]

    def share(part: int, whole: int) -> float | None:
        return part / whole if whole else None

    right = sum(found and true for found, true, _ in pairs)
    return (
        share(right, sum(found for found, _, _ in pairs)),
        share(right, sum(true for _, true, _ in pairs)),
        share(sum(all(pair) for pair in pairs), sum(true and across for _, true, across in pairs)),
    )


def triple(scores: Scores) -> tuple[float | None, ...]:
    return scores.precision, scores.recall, scores.recall_across_sources


@given(RECORDS)
def test_the_counts_are_those_of_every_pair_looked_at(rows: list[tuple[int, int, str]]) -> None:
    scores = pairwise(*frames(rows))
    assert triple(scores) == by_listing(rows)
    assert {name: triple(score) for name, score in scores.by_source.items()} == {
        name: by_listing(rows, name) for name in {row[2] for row in rows}
    }


def test_a_record_that_stands_there_twice_is_refused() -> None:
    links, truth, sources = frames([(1, 1, "a"), (1, 1, "b")])
    with pytest.raises(ValueError, match="truth"):
        pairwise(links, pl.concat([truth, truth]), sources)


def test_a_record_without_truth_does_not_count() -> None:
    links, truth, sources = frames([(1, 1, "a"), (1, 1, "b"), (1, 2, "b")])
    assert pairwise(links, truth.head(2), sources).precision == 1


def test_a_town_has_as_many_records_as_asked_for_and_the_same_ones_again() -> None:
    records, truth = population(5_000, 7)
    again, _ = population(5_000, 7)
    other, _ = population(5_000, 8)
    assert records.equals(again)
    assert not records.equals(other)
    assert records.height == truth.height == records["record_id"].n_unique() == 5_000
    assert set(records["source"]) == set(SOURCES)
    assert population(1, 7)[0].height == 1


def test_numbers_of_a_town_are_mostly_valid_and_one_persons() -> None:
    records, truth = population(20_000, 3)
    told = records.join(truth, on="record_id")
    for name in ("nhs_number", "upn", "nino"):
        valid = told.filter(identifiers.VALID[name](pl.col(name)))
        given_at_all = told[name].drop_nulls().len()
        assert 0.97 * given_at_all < valid.height <= given_at_all
        shared = valid.group_by(name).agg(pl.col("person").n_unique())["person"]
        assert (shared > 1).sum() < 0.01 * shared.len()  # a relative's number now and then


def test_a_town_for_which_there_are_not_numbers_enough_is_refused() -> None:
    with pytest.raises(ValueError, match="numbers"):
        population(3_000_000, 1)


def test_in_the_next_quarter_records_come_and_go_and_are_corrected() -> None:
    first, second, truth = quarters(10_000, 2)
    stayed = first.join(second, on="record_id", how="semi")
    changed = first.sort("record_id").join(second, on="record_id", suffix="_now")
    assert first.height == 10_000
    assert second.height == 10_000 + 1_000 - 100
    assert stayed.height == 10_000 - 100
    assert changed.filter(pl.col("source") != pl.col("source_now")).is_empty()
    differ = changed.filter(
        pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_now")) for name in first.columns[1:])
    )
    assert differ.height == 200
    assert set(truth["record_id"]) == {*first["record_id"], *second["record_id"]}
    assert second["record_id"].is_unique().all()
