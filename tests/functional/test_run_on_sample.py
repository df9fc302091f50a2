"""`run` on the sample extracts, through the public commands: a release, whole, true and without identities."""

import csv
import json
from pathlib import Path

import duckdb
import polars as pl
import pytest

from release.keys import read_key
from release.opening import open_answers, open_protected
from release.places import Places
from release.pointer import current, releases
from tests.conftest import SAMPLE, every_value, pipelines


@pytest.fixture(scope="module")
def places(sample_data: Path) -> Places:
    return Places(sample_data)


def test_a_release_is_published_and_current(places: Places) -> None:
    assert current(places) == "2024-10-31-001"
    assert releases(places) == ["2024-10-31-001"]


def test_rows_in_are_good_rows_and_quarantined_rows(places: Places) -> None:
    (log,) = places.logs.glob("*.jsonl")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    (rows,) = [line["rows"] for line in lines if isinstance(line.get("rows"), list)]
    assert len(rows) == 15
    for row in rows:
        assert row["received"] == row["good"] + row["quarantined"], row["contract"]
    with (SAMPLE / "truth" / "broken_rows.csv").open(newline="") as file:
        broken = list(csv.DictReader(file))
    assert sum(row["quarantined"] for row in rows) == len({(row["contract"], row["row"]) for row in broken})


def test_the_table_claim_has_a_row_for_every_episode(sample_data: Path, tmp_path: Path) -> None:
    assert (
        pipelines(
            "releases", "table", "current", "claim", "--to", tmp_path / "c.parquet", "--data", sample_data
        ).code
        == 0
    )
    claim = pl.read_parquet(tmp_path / "c.parquet")
    with (SAMPLE / "truth" / "claims.csv").open(newline="") as file:
        episodes = {row["episode_ref"] for row in csv.DictReader(file)}
    asked = ["reidentify", "--all", "--kind", "episode", "--reason", "test", "--to", tmp_path / "e.csv"]
    assert pipelines(*asked, "--data", sample_data).code == 0
    references = pl.read_csv(tmp_path / "e.csv")
    assert references.columns == ["pseudonym", "reference"]
    named = claim.join(references, left_on="episode", right_on="pseudonym")
    assert set(named["reference"]) == episodes
    assert named.height == len(episodes)


def test_no_identity_is_in_any_value(places: Places) -> None:
    """The truth's own list, searched in plain Python: by value, and by word within values."""
    identities = (SAMPLE / "truth" / "identities.txt").read_text(encoding="utf-8").split("\n")
    wanted = {identity.lower() for identity in identities if identity}
    longest = max(len(identity.split()) for identity in wanted)
    for place, values in every_value(places):
        for value in values:
            words = value.lower().replace(",", " , ").split()
            for first in range(len(words)):
                for last in range(first + 1, min(first + longest, len(words)) + 1):
                    stretch = " ".join(words[first:last]).replace(" ,", ",")
                    assert stretch not in wanted, f"an identity is in {place}"


def test_no_identity_is_in_any_byte(places: Places) -> None:
    identities = (SAMPLE / "truth" / "identities.txt").read_text(encoding="utf-8").split("\n")
    files = [*(places.releases / "2024-10-31-001").iterdir(), *places.logs.iterdir()]
    assert len(files) == 4
    for file in files:
        content = file.read_bytes()
        for identity in identities:
            if len(identity) >= 6:  # shorter ones are in any random bytes by chance
                assert identity.encode() not in content, f"an identity is in {file.name}"


def test_days_are_only_where_a_payment_rule_needs_them(places: Places) -> None:
    with open_protected(places, "current", read_key(places.protected_key)) as connection:
        days = connection.execute(
            "SELECT DISTINCT table_name FROM duckdb_columns() WHERE database_name = 'protected' "
            "AND data_type IN ('DATE', 'TIMESTAMP')"
        ).fetchall()
    # What rules read has days, for as long as a claim may have to be evaluated again.
    others = {table for (table,) in days if not table.startswith("rules_")}
    assert others == {"need", "claim", "claim_evidence"}


def test_every_figure_of_the_answers_is_safe(places: Places) -> None:
    with open_answers(places) as connection:
        least, small, hidden = connection.execute(
            "SELECT min(value), count(*) FILTER (value IN (1, 2)), "
            "(SELECT count(*) FROM answer ANTI JOIN question ON answer.question = question.question "
            "AND question.state = 'shown') FROM answer"
        ).fetchone()
        attacks = connection.execute("SELECT attack, result FROM attack WHERE release IS NULL").fetchall()
    assert (least, small, hidden) == (0, 0, 0)
    assert {"exact_disclosures", "close_pairs", "reconstruction"} <= {attack for attack, _ in attacks}
    assert {result for _, result in attacks} == {"passed", "told"}


def test_the_protected_file_opens_with_its_key_alone(places: Places) -> None:
    file = places.releases / "2024-10-31-001" / "protected.duckdb"
    with pytest.raises(duckdb.Error):
        duckdb.connect(str(file), read_only=True)
    assert b"supporting-families" not in file.read_bytes()


def test_the_manifest_names_no_file_and_no_plain_digest(places: Places) -> None:
    manifest = (places.releases / "2024-10-31-001" / "manifest.json").read_text()
    with (SAMPLE / "extracts.toml").open() as file:
        names = [line.split('"')[1] for line in file if line.startswith("file = ")]
    assert len(names) == 15
    for name in names:
        assert name not in manifest
    facts = json.loads(manifest)
    assert facts["synthetic"] == "true"
    assert len(facts["inputs"]) == 15
    assert set(facts["tables"]["protected"]) >= {
        "family",
        "person",
        "need",
        "claim",
        "claim_evidence",
        "activity",
    }


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("claim", {"family", "episode", "framework", "state", "evidence_state", "claim_date", "worth"}),
        ("need", {"episode", "person", "need_code", "state", "achieved_on", "sustained_on"}),
    ],
)
def test_tables_for_the_data_team(sample_data: Path, tmp_path: Path, table: str, columns: set[str]) -> None:
    file = tmp_path / f"{table}.parquet"
    assert pipelines("releases", "table", "current", table, "--to", file, "--data", sample_data).code == 0
    rows = pl.read_parquet(file)
    assert columns <= set(rows.columns)
    assert rows.height > 0


@pytest.mark.parametrize("table", ["family", "person"])
def test_record_keys_leave_for_nobody(sample_data: Path, tmp_path: Path, table: str) -> None:
    file = tmp_path / f"{table}.parquet"
    assert pipelines("releases", "table", "current", table, "--to", file, "--data", sample_data).code == 0
    assert "record_key" not in pl.read_parquet(file).columns


@pytest.mark.parametrize("kind", ["family", "person", "episode"])
def test_reidentify_gives_the_case_systems_own_references(
    sample_data: Path, tmp_path: Path, kind: str
) -> None:
    file = tmp_path / "found.csv"
    asked = ["reidentify", "--all", "--kind", kind, "--reason", "test", "--to", file, "--data", sample_data]
    assert pipelines(*asked).code == 0
    found = pl.read_csv(file)
    assert found["reference"].str.contains({"family": "^F", "person": "^P", "episode": "^E"}[kind]).all()
    assert file.stat().st_mode & 0o077 == 0
    one = found["pseudonym"][0]
    some = pipelines(
        "reidentify",
        one,
        "--kind",
        kind,
        "--reason",
        "x",
        "--to",
        tmp_path / "one.csv",
        "--data",
        sample_data,
    )
    assert some.code == 0
    assert set(pl.read_csv(tmp_path / "one.csv")["pseudonym"]) == {one}


def test_needs_and_claims_are_true_wherever_linkage_found_the_right_people(
    sample_data: Path, tmp_path: Path
) -> None:
    """Against the truth, end to end: a few differ, because this linkage is exact; none becomes claimable by it."""
    for name, asked in {
        "c.parquet": ["releases", "table", "current", "claim"],
        "e.csv": ["reidentify", "--all", "--kind", "episode", "--reason", "test"],
    }.items():
        assert pipelines(*asked, "--to", tmp_path / name, "--data", sample_data).code == 0
    truth = pl.read_csv(SAMPLE / "truth" / "claims.csv", try_parse_dates=True)
    ours = pl.read_parquet(tmp_path / "c.parquet").join(
        pl.read_csv(tmp_path / "e.csv"), left_on="episode", right_on="pseudonym"
    )
    both = truth.join(ours, left_on="episode_ref", right_on="reference", suffix="_ours")
    assert (both["state"] == both["state_ours"]).mean() > 0.97
    assert both.filter((pl.col("state_ours") == "claimable") & (pl.col("state") != "claimable")).is_empty()


def test_a_claim_says_how_many_rows_about_it_are_in_quarantine(sample_data: Path, tmp_path: Path) -> None:
    assert (
        pipelines("releases", "table", "current", "claim", "--to", tmp_path / "c", "--data", sample_data).code
        == 0
    )
    asked = ["reidentify", "--all", "--kind", "episode", "--reason", "test", "--to", tmp_path / "e"]
    assert pipelines(*asked, "--data", sample_data).code == 0
    claim = pl.read_parquet(tmp_path / "c").join(
        pl.read_csv(tmp_path / "e"), left_on="episode", right_on="pseudonym"
    )
    ours = dict(
        claim.filter(pl.col("rows_in_quarantine") > 0).select("reference", "rows_in_quarantine").iter_rows()
    )
    files = {
        # The file, how it is written, and in which column it names an episode or a family.
        "need": ("needs.csv", ";", "utf-8", 0),
        "progress": ("progress_reviews.csv", ",", "cp1252", 0),
        "case_note": ("case_notes.csv", ",", "utf-8", 1),
        "family_member": ("family_members.csv", ",", "utf-8-sig", 1),
        "earlier_claim": ("earlier_claims.csv", ",", "utf-8", 1),
    }
    with (SAMPLE / "family_episodes.csv").open(newline="", encoding="utf-8") as file:
        episodes = {(row["episode_ref"], row["family_ref"]) for row in csv.DictReader(file)}
    expected: dict[str, int] = {}
    with (SAMPLE / "truth" / "broken_rows.csv").open(newline="") as broken:
        for row in csv.DictReader(broken):
            if row["contract"] not in files:
                continue
            name, separator, encoding, column = files[row["contract"]]
            with (SAMPLE / name).open(newline="", encoding=encoding) as file:
                cells = list(csv.reader(file, delimiter=separator))[int(row["row"])]
            named = cells[column] if cells else ""
            for episode, family in episodes:
                if named in (episode, family) and episode in set(claim["reference"]):
                    expected[episode] = expected.get(episode, 0) + 1
    assert ours == expected
    assert expected
