"""`worklist`: what a team's families still lack, in the case system's own references, for the lawful few."""

import csv
import json
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import SAMPLE, Result, pipelines

TEAM = "Early Help North"


def worklist(data: Path, to: Path, *more: str, team: str = TEAM, reason: str = "weekly list") -> Result:
    return pipelines("worklist", "--team", team, "--to", to, "--reason", reason, "--data", data, *more)


def truth(name: str) -> list[dict[str, str]]:
    with (SAMPLE / "truth" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def book(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("worklist") / "north.xlsx"
    made = worklist(sample_data, file)
    assert made.code == 0, made.words
    assert file.stat().st_mode & 0o077 == 0
    return file


def sheet(book: Path, name: str) -> pl.DataFrame:
    return pl.read_excel(book, sheet_name=name, infer_schema_length=None)


def test_it_lists_every_episode_of_the_team_of_which_a_claim_may_come(book: Path) -> None:
    with (SAMPLE / "family_episodes.csv").open(encoding="utf-8", newline="") as file:
        of_team = {row["episode_ref"] for row in csv.DictReader(file) if row["team"] == TEAM}
    states = {row["episode_ref"]: row["state"] for row in truth("claims.csv")}
    listed = sheet(book, "Families")
    may_come = {"in_progress", "evidence_gap", "sustaining", "claimable", "not_eligible"}
    expected = {one for one in of_team if states.get(one) in may_come}
    found = set(listed["episode_ref"])
    assert found
    # Of a family that can be claimed for, the other episodes are not on it; linkage may move a very few.
    assert found <= of_team
    assert len(expected - found) <= 0.15 * len(expected)
    ready = listed.filter(pl.col("what is lacking").str.starts_with("nothing"))
    assert {states[one] for one in ready["episode_ref"]} == {"claimable"}


def test_it_says_of_each_need_what_is_lacking_as_the_truth_has_it(book: Path) -> None:
    needs = sheet(book, "Needs")
    states = {
        (row["episode_ref"], row["person_ref"], row["need_code"]): row["state"]
        for row in truth("need_states.csv")
    }
    words = {
        "outstanding": "not reached",
        "not_evidenced": "not evidenced",
        "sustaining": "reached, must hold",
    }
    compared = 0
    for row in needs.iter_rows(named=True):
        persons = (row["person_ref (blank: the whole family)"] or "").split(", ")
        told = {states.get((row["episode_ref"], person, str(row["need"]))) for person in persons} - {None}
        if len(told) == 1:
            compared += words[told.pop()] == row["state"]
    assert compared > 0.95 * needs.height
    assert needs["what is lacking"].null_count() == 0
    holding = needs.filter(pl.col("state") == "reached, must hold")
    assert holding["must hold until"].null_count() < holding.height
    assert holding.filter(pl.col("must hold until") <= pl.col("reached since")).is_empty()


def test_its_first_sheet_says_what_it_is_and_the_rest_can_be_filtered(book: Path) -> None:
    openpyxl_free = pl.read_excel(book, sheet_name="About", has_header=False)
    said = " ".join(openpyxl_free.to_series())
    assert TEAM in said
    assert "2024-10-31" in said
    assert "destroy last week's" in said


def test_it_is_written_to_the_audit_log_with_its_reason(
    sample_data: Path, own_data: Path, tmp_path: Path
) -> None:
    assert worklist(own_data, tmp_path / "a.xlsx", reason="team meeting").code == 0
    log = pipelines("audit", "list", "--data", own_data).out
    (line,) = [line for line in log.splitlines() if "worklist" in line and "team meeting" in line]
    detail = json.loads(line[line.index("{") :])
    assert detail["count"] > 10
    assert "E2" not in line


def test_the_same_release_gives_the_same_bytes(sample_data: Path, book: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    assert worklist(sample_data, again).code == 0
    assert again.read_bytes() == book.read_bytes()


@pytest.mark.parametrize("team", ["", "[bold]../../etc'; DROP", f"{TEAM}\n"])
def test_a_team_that_is_none_is_refused_with_those_there_are(
    sample_data: Path, tmp_path: Path, team: str
) -> None:
    refused = worklist(sample_data, tmp_path / "a.xlsx", team=team)
    assert refused.code == 79
    assert TEAM in refused.words
    assert not (tmp_path / "a.xlsx").exists()


def test_what_is_there_is_not_written_over(sample_data: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_text("mine")
    assert worklist(sample_data, file).code != 0
    assert file.read_text() == "mine"


@pytest.mark.parametrize("reason", ["  ", "about 9434765919"])
def test_it_takes_a_reason_that_names_nobody(sample_data: Path, tmp_path: Path, reason: str) -> None:
    assert worklist(sample_data, tmp_path / "a.xlsx", reason=reason).code == 26
    assert not (tmp_path / "a.xlsx").exists()


def test_under_dual_control_somebody_else_confirms(own_data: Path, tmp_path: Path) -> None:
    (own_data / "keys.toml").write_text("[dual_control]\nreidentify = true\ndays = 7\n")
    asked = worklist(own_data, tmp_path / "a.xlsx")
    assert "takes two" in asked.words
    assert not (tmp_path / "a.xlsx").exists()
