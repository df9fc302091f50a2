"""How well records find their person: the sample extracts and a town of five agencies, each against its truth."""

import polars as pl
import pytest

from benchmarks.baselines import exact_matching
from benchmarks.linkage import SAMPLE, extract_records
from benchmarks.population import population
from benchmarks.scoring import Scores, pairwise
from pipelines.linkage import Linked, link_all

Records = tuple[pl.DataFrame, pl.DataFrame]


@pytest.fixture(scope="module")
def sample() -> Records:
    """Identified records of the sample, and who they are."""
    return extract_records(SAMPLE)


@pytest.fixture(scope="module")
def town() -> Records:
    """Enough records to train a model on."""
    return population(20_000, 5)


@pytest.fixture(scope="module")
def linked_town(town: Records) -> Linked:
    return link_all(town[0])


def recalls(scores: Scores) -> tuple[float, float]:
    assert scores.recall is not None
    assert scores.recall_across_sources is not None
    return scores.recall, scores.recall_across_sources


def test_the_sample_finds_its_people(sample: Records) -> None:
    records, truth = sample
    linked = link_all(records)
    assert linked.persons["record_id"].to_list() == records["record_id"].to_list()
    scores = pairwise(linked.persons, truth, records)
    assert scores.precision is not None
    assert scores.precision >= 0.995
    recall, across = recalls(scores)
    assert recall >= 0.98
    assert across >= 0.96
    exactly = recalls(pairwise(exact_matching(records), truth, records))
    assert exactly[0] < recall
    assert exactly[1] < across


def test_a_town_finds_its_people(town: Records, linked_town: Linked) -> None:
    records, truth = town
    scores = pairwise(linked_town.persons, truth, records)
    assert scores.precision is not None
    assert scores.precision >= 0.998
    recall, across = recalls(scores)
    assert recall >= 0.98
    exactly = recalls(pairwise(exact_matching(records), truth, records))
    assert exactly[0] < recall
    assert exactly[1] < across


def test_the_same_records_give_the_same_persons_and_the_same_model(
    town: Records, linked_town: Linked
) -> None:
    again = link_all(town[0])
    assert linked_town.model.trained_on > 0
    assert again.model.to_dict() == linked_town.model.to_dict()
    assert again.persons.equals(linked_town.persons)
    assert again.reviews.equals(linked_town.reviews)
    assert again.blind.equals(linked_town.blind)
    assert again.warnings == linked_town.warnings


def test_a_model_kept_from_one_run_links_another(town: Records, linked_town: Linked) -> None:
    with_model = link_all(town[0], model=linked_town.model)
    assert with_model.persons.equals(linked_town.persons)


def test_some_pairs_are_asked_and_many_of_them_are_right(town: Records, linked_town: Linked) -> None:
    reviews, truth = linked_town.reviews, town[1]
    told = reviews.join(truth, left_on="record_id_a", right_on="record_id").join(
        truth, left_on="record_id_b", right_on="record_id", suffix="_b"
    )
    assert told.height == reviews.height
    # Neither hopeless questions, nor such as need no asking.
    assert 0.05 < (told["person"] == told["person_b"]).mean() < 0.95
    assert reviews["probability"].is_between(0.5, 1).all()
    assert set(reviews["reason"]) <= {"likely", "conflict", "weak_link", "large_group"}
