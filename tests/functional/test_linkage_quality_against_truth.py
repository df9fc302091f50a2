"""What a release says of its matching without knowing the truth, held against the truth of the sample extracts."""

import polars as pl
import pytest

from pipelines.checking import Checked, check
from pipelines.extracts import ExtractList, read_extract_list
from pipelines.families import families
from pipelines.landing import land
from pipelines.linkage import identified_records
from pipelines.linkage.linking import link_all
from pipelines.policy import read_policy
from pipelines.pseudonymise import visible
from pipelines.quality.linkage import CASE_SYSTEM, measure_linkage, people_worked_with, poorly_matched
from release.places import PROJECT
from tests.conftest import SAMPLE

_FEW = 100


@pytest.fixture(scope="module")
def listed() -> ExtractList:
    return read_extract_list(SAMPLE)


@pytest.fixture(scope="module")
def checked(listed: ExtractList) -> Checked:
    return check([land(extract) for extract in listed.extracts])


@pytest.fixture(scope="module")
def truth() -> pl.DataFrame:
    """`contract, row, in_family`: whether each record is truly about somebody in a family of the case system."""
    folder = SAMPLE / "truth"
    records = pl.read_csv(folder / "records.csv", infer_schema=False).with_columns(
        pl.col("row").cast(pl.Int64)
    )
    people = pl.read_csv(folder / "persons.csv", infer_schema=False)
    return records.join(people.select("true_person_id", "family_ref"), on="true_person_id").select(
        "contract", "row", in_family=pl.col("family_ref").fill_null("") != ""
    )


def measured(
    listed: ExtractList, checked: Checked, truth: pl.DataFrame
) -> tuple[pl.DataFrame, dict[str, tuple[float, float, int]]]:
    """The measures, and for each partner's extract: share matched as estimated, in truth, and of how many rows."""
    records = identified_records(checked.good)
    linked = link_all(records)
    persons = records.select("record_id", "contract", "file", "row").join(linked.persons, on="record_id")
    found = families(
        checked.good["family_member"],
        checked.good.get("relationship"),
        records,
        persons.select("record_id", "person"),
        largest=20,
    )
    files = pl.DataFrame(
        [(one.contract, one.label, one.covers_to) for one in listed.extracts],
        schema=["extract", "file", "covers_to"],
        orient="row",
    )
    policy = read_policy(PROJECT / "data" / "privacy.toml")
    worked = people_worked_with(
        visible(checked.good, policy), persons, found.memberships, files, policy=policy, as_of=listed.as_of
    )
    counted = measure_linkage(records, persons, worked, reviews=linked.reviews, blind=linked.blind)
    truly = persons.join(truth, on=["contract", "row"]).filter("in_family")
    matched = truly.with_columns(matched=pl.col("person").is_in(worked["person"].implode()))
    rates = matched.group_by(code="contract").agg(pl.col("matched").mean(), pl.len().alias("rows"))
    decided = counted.filter(measure="decided", dimension="extract").join(rates, on="code")
    return counted, {
        code: (part / whole, rate, rows)
        for code, part, whole, rate, rows in decided.select(
            "code", "part", "whole", "matched", "rows"
        ).iter_rows()
        if code != CASE_SYSTEM
    }


def test_the_estimate_of_what_was_matched_is_near_the_truth(
    listed: ExtractList, checked: Checked, truth: pl.DataFrame
) -> None:
    _, rates = measured(listed, checked, truth)
    large = {code: rate for code, rate in rates.items() if rate[2] >= _FEW}
    assert len(large) > 4
    for code, (estimated, true, _) in large.items():
        assert abs(estimated - true) < 0.05, code


def test_groups_are_told_apart_and_add_up(listed: ExtractList, checked: Checked, truth: pl.DataFrame) -> None:
    counted, _ = measured(listed, checked, truth)
    blind = counted.filter(measure="found_blind")
    assert set(blind["dimension"]) == {"all", "ethnic_group", "age_band", "sex"}
    sums = blind.group_by("dimension").agg(pl.col("whole").sum(), pl.col("part").sum())
    (groups,) = sums.filter(pl.col("dimension") != "all").select("whole", "part").unique().rows()
    (every,) = sums.filter(dimension="all").select("whole", "part").rows()
    # Pairs of people in no family worked with are in no group.
    assert 0 < groups[0] <= every[0]
    assert groups[1] <= every[1]
    assert poorly_matched(counted, 0.01) == []
    assert poorly_matched(counted, 1.0) != []
