"""Which families of the case system are one, and who must never be joined, against what is true."""

from pathlib import Path

import polars as pl
import pytest

from pipelines.checking import check
from pipelines.extracts import read_extract_list
from pipelines.families import Families, families
from pipelines.landing import land
from pipelines.linkage import identified_records, link
from pipelines.review import exclusions
from tests.conftest import SAMPLE, pipelines


@pytest.fixture(scope="module", params=["sample", "fictional council"])
def extracts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if request.param == "sample":
        return SAMPLE
    folder = tmp_path_factory.mktemp("council") / "extracts"
    arguments = ("--families", "400", "--seed", "7", "--without-notes")
    assert pipelines("demo", "--to", folder, *arguments).code == 0
    return folder


@pytest.fixture(scope="module")
def good(extracts: Path) -> dict[str, pl.DataFrame]:
    return dict(check([land(extract) for extract in read_extract_list(extracts).extracts]).good)


@pytest.fixture(scope="module")
def records(good: dict[str, pl.DataFrame]) -> pl.DataFrame:
    return identified_records(good)


def true_persons(extracts: Path, records: pl.DataFrame) -> pl.DataFrame:
    truth = pl.read_csv(extracts / "truth" / "records.csv", infer_schema=False).select(
        "contract", "file", pl.col("row").cast(pl.Int64), "true_person_id"
    )
    told = records.join(truth, on=["contract", "file", "row"])
    return told.select("record_id", person=pl.col("true_person_id").rank("dense").cast(pl.Int64))


def judged(good: dict[str, pl.DataFrame], records: pl.DataFrame, persons: pl.DataFrame) -> Families:
    return families(good["family_member"], good.get("relationship"), records, persons)


def as_groups(frame: pl.DataFrame, by: str) -> set[tuple[str, ...]]:
    return {tuple(refs) for refs in frame.group_by(by).agg(pl.col("family_ref").sort())["family_ref"]}


def true_families(extracts: Path, found: Families) -> set[tuple[str, ...]]:
    truth = pl.read_csv(extracts / "truth" / "families.csv", infer_schema=False)
    if "true_family_id" not in truth.columns:
        truth = truth.with_columns(true_family_id="family_ref")
    return as_groups(truth.join(found.family_of_ref, on="family_ref", how="semi"), "true_family_id")


def test_with_the_true_persons_the_families_are_the_true_ones(
    extracts: Path, good: dict[str, pl.DataFrame], records: pl.DataFrame
) -> None:
    found = judged(good, records, true_persons(extracts, records))
    assert as_groups(found.family_of_ref, "family") == true_families(extracts, found)
    assert found.warnings == ()
    shared = good["family_member"].group_by("person_ref").agg(pl.col("family_ref").n_unique())
    assert (shared["family_ref"] > 1).any(), "somebody has two homes, or nothing is tried"


def test_with_the_persons_that_linkage_finds_none_is_joined_that_is_apart(
    extracts: Path, good: dict[str, pl.DataFrame], records: pl.DataFrame
) -> None:
    listed = extracts / "truth" / "exclusions.csv"
    excluded = exclusions(listed, records)
    persons = link(records, apart=excluded.apart)
    found = judged(good, records, persons)
    truth = {ref: group for group in true_families(extracts, found) for ref in group}
    for group in as_groups(found.family_of_ref, "family"):
        assert set(group) <= set(truth[group[0]])
    # Whom the list keeps apart is apart.
    sides = excluded.apart.join(persons, on="record_id")
    both = sides.group_by("group", "person").agg(pl.col("side").n_unique())
    assert (both["side"] == 1).all()
    assert listed.exists() == (excluded.lines > 0)
