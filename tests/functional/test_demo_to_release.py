"""The fictional council through the commands: made, run, and true."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from ledger import open_ledger
from release.opening import open_answers
from release.places import Places
from tests.conftest import SAMPLE, command, once, pipelines


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("council") / "extracts"
    result = pipelines("demo", "--families", "300", "--seed", "3", "--to", folder)
    assert result.code == 0, result.words
    return folder


@pytest.fixture(scope="module")
def data(council: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, f"demo-data-{council.parent.name}", ["run", "--extracts", council])


def test_the_council_runs_as_it_is(data: Path) -> None:
    with open_answers(Places(data)) as connection:
        facts = dict(connection.execute("SELECT name, value FROM manifest").fetchall())
        families = connection.execute(
            "SELECT value FROM answer WHERE question = 'families_helped'"
        ).fetchone()
    assert facts["synthetic"] == "true"
    (shown,) = families or (None,)
    # Whose keys decide by how much, is made anew for every data folder.
    assert shown is not None
    assert abs(shown - 300) <= int(facts["noise_most"])


def test_claims_are_the_truth_but_for_linkage(council: Path, data: Path, tmp_path: Path) -> None:
    assert (
        pipelines("releases", "table", "current", "claim", "--to", tmp_path / "c", "--data", data).code == 0
    )
    asked = ["reidentify", "--all", "--kind", "episode", "--reason", "test", "--to", tmp_path / "e"]
    assert pipelines(*asked, "--data", data).code == 0
    ours = pl.read_parquet(tmp_path / "c").join(
        pl.read_csv(tmp_path / "e"), left_on="episode", right_on="pseudonym"
    )
    truth = pl.read_csv(council / "truth" / "claims.csv")
    both = truth.join(ours, left_on="episode_ref", right_on="reference", suffix="_ours")
    assert both.height == truth.height == ours.height
    assert (both["state"] == both["state_ours"]).mean() > 0.95


def test_links_name_a_person_for_every_record(data: Path, council: Path, tmp_path: Path) -> None:
    assert pipelines("links", "--to", tmp_path / "links.csv", "--data", data).code == 0
    links = pl.read_csv(tmp_path / "links.csv")
    assert links.columns == ["contract", "row", "person"]
    assert links["person"].null_count() == 0
    truth = pl.read_csv(council / "truth" / "records.csv").join(links, on=["contract", "row"])
    assert truth.height == links.height
    # No two people are made one: every pair of records that we join is a pair in truth (all but a few).
    persons = truth.group_by("person").agg(pl.col("true_person_id").n_unique().alias("people"))
    assert (persons["people"] == 1).mean() > 0.99


@pytest.mark.proof
def test_a_council_that_is_paid_up_front(tmp_path: Path) -> None:
    folder, data = tmp_path / "extracts", tmp_path / "data"
    made = ["demo", "--families", "120", "--payment", "earned_autonomy", "--without-notes", "--to", folder]
    assert pipelines(*made).code == 0
    assert pipelines("run", "--extracts", folder, "--data", data).code == 0
    assert (
        pipelines("releases", "table", "current", "claim", "--to", tmp_path / "c", "--data", data).code == 0
    )
    claim = pl.read_parquet(tmp_path / "c")
    assert claim["worth"].sum() == 0
    assert (claim["state"] == "claimable").any()


@pytest.mark.proof
def test_every_use_is_in_the_audit_log(own_data: Path, tmp_path: Path) -> None:
    table = ["releases", "table", "current", "need", "--to", tmp_path / "n"]
    someone = ["reidentify", "--all", "--kind", "person", "--reason", "an audit", "--to", tmp_path / "p"]
    for asked in (table, someone, ["releases", "use", "2024-10-31-001"], ["links", "--to", tmp_path / "l"]):
        assert pipelines(*asked, "--data", own_data).code == 0
    assert command("custody", "ask", "claimable_episodes", "--data", own_data).code == 0
    ledger = open_ledger(Places(own_data).ledger)
    events = [entry.event for entry in ledger.entries()]
    lines = ledger.verify()
    ledger.close()
    assert events[:4] == ["keys_made", "run_started", "register_begun", "release_published"]
    assert events[-5:] == ["table_taken", "reidentified", "release_chosen", "table_taken", "requested"]
    shown = pipelines("audit", "list", "--data", own_data)
    assert "an audit" in shown.words
    assert f"{lines} lines" in pipelines("audit", "verify", "--data", own_data).words


def test_a_folder_that_is_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    result = pipelines("demo", "--families", "10", "--to", tmp_path)
    assert result.code == 30
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.proof
def test_several_files_of_one_contract_and_none_of_another(tmp_path: Path) -> None:
    """An older export of jobs keeps no job open that has ended since; no earlier claims is said out loud."""
    folder, data = tmp_path / "extracts", tmp_path / "data"
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("truth"))
    newer = (folder / "employment_matches.csv").read_text(encoding="cp1252").splitlines()
    older = [newer[0], *(",".join([*line.split(",")[:6], ""]) for line in newer[1:] if line.count(",") == 6)]
    (folder / "older.csv").write_text("\n".join(older), encoding="cp1252")
    listed = (folder / "extracts.toml").read_text(encoding="utf-8")
    start = listed.index("[[extract]]", listed.index("health_visiting.csv") - 60)
    jobs = listed[listed.rindex("[[extract]]", 0, listed.index("employment_matches.csv")) : start]
    jobs = jobs.replace("employment_matches.csv", "older.csv").replace(
        "covers_to = 2024-10-31", "covers_to = 2023-12-31"
    )
    claims = listed.rindex("[[extract]]")
    assert "earlier_claims.csv" in listed[claims:]
    (folder / "extracts.toml").write_text(listed[:claims] + jobs, encoding="utf-8")
    result = pipelines("run", "--extracts", folder, "--data", data)
    assert result.code == 0, result.words
    assert "no earlier claims were received" in result.words
    for name, where in (("now", data), ("before", tmp_path / "other")):
        if name == "before":
            assert pipelines("run", "--extracts", SAMPLE, "--data", where).code == 0
        assert (
            pipelines("releases", "table", "current", "need", "--to", tmp_path / name, "--data", where).code
            == 0
        )
    states = [
        pl.read_parquet(tmp_path / name)
        .filter(pl.col("need_code") == "10.1")["state"]
        .value_counts(sort=True)
        for name in ("now", "before")
    ]
    assert states[0].sort("state").equals(states[1].sort("state"))
