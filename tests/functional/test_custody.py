"""The worker on a real release, as officers and auditors use it: a window from its opening to its bundle."""

import io
import json
import shutil
import sys
from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl
import pytest
from pypdf import PdfReader

from custody.__main__ import main
from custody.finding import open_release
from custody.replay import replay
from ledger import Judged, RequestState, Step, Verdict, open_ledger
from release.keys import read_key
from release.opening import create_protected, open_protected
from release.places import Places
from tests.conftest import Result, command, pipelines

WINDOW = "supporting-families-2022/2024-25-Q3"
KEYS = ("family", "episode", "person")


def custody(data: Path, *arguments: str | Path) -> Result:
    return command("custody", *arguments, "--data", data)


@pytest.fixture(scope="module")
def opened_data(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's release, its window open and its sample drawn. To be read only."""
    data = tmp_path_factory.mktemp("opened") / "data"
    shutil.copytree(sample_data, data)
    assert custody(data, "ask", "open_window", "--window", WINDOW).code == 0
    result = custody(data, "once")
    assert result.code == 0, result.words
    assert result.words.startswith("1 requests answered.")
    return data


@pytest.fixture
def window_data(opened_data: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    shutil.copytree(opened_data, tmp_path / "window")
    return tmp_path / "window"


def drawn(data: Path) -> list[int]:
    with closing(open_ledger(Places(data))) as ledger:
        return [one.number for one in ledger.claims.standings() if one.drawn]


def test_the_list_of_claimable_episodes(own_data: Path, tmp_path: Path) -> None:
    assert command("custody", "ask", "claimable_episodes", "--data", own_data).code == 0
    result = command("custody", "once", "--data", own_data)
    assert result.code == 0, result.words
    (file,) = Places(own_data).outbox.iterdir()
    rows = pl.read_csv(file)
    assert rows.columns == [
        "family",
        "episode",
        "person",
        "framework",
        "kind",
        "claim_date",
        "worth",
        "rows_in_quarantine",
        "pairs_in_review",
        "poor_match",
    ]
    assert (
        pipelines("releases", "table", "current", "claim", "--to", tmp_path / "c", "--data", own_data).code
        == 0
    )
    claim = pl.read_parquet(tmp_path / "c").filter(pl.col("state") == "claimable")
    assert set(rows["episode"]) == set(claim["episode"])
    assert rows["worth"].sum() == 800 * rows.height
    with closing(open_ledger(Places(own_data))) as ledger:
        (request,) = ledger.requests()
    assert request.state is RequestState.DONE
    assert command("custody", "once", "--data", own_data).words.startswith("0 requests")


def test_another_role_is_refused(own_data: Path) -> None:
    assert command("custody", "ask", "claimable_episodes", "--role", "manager", "--data", own_data).code == 0
    assert command("custody", "once", "--data", own_data).code == 0
    assert not Places(own_data).outbox.exists()
    with closing(open_ledger(Places(own_data))) as ledger:
        (request,) = ledger.requests()
    assert request.state is RequestState.REFUSED
    assert "manager" in request.note


def test_without_its_key_the_worker_does_not_start(own_data: Path) -> None:
    Places(own_data).protected_key.unlink()
    for arguments in (["once"], ["pack", "1"], ["bundle", "1"]):
        result = custody(own_data, *arguments)
        assert result.code == 6
        assert "There is no key" in result.words


def test_without_a_data_folder_the_worker_says_so(tmp_path: Path) -> None:
    assert command("custody", "once", "--data", tmp_path / "none").code == 40


def test_a_window_holds_every_claimable_claim_of_the_release(opened_data: Path) -> None:
    places = Places(opened_data)
    with open_protected(places, "current", read_key(places.protected_key)) as connection:
        claimable = connection.execute(
            "SELECT slot, claim_date, worth, evidence_digest FROM protected.claim WHERE state = 'claimable'"
        ).fetchall()
    with closing(open_ledger(places)) as ledger:
        standings = ledger.claims.standings()
        sample = ledger.claims.sample(1)
        assert ledger.verify() > 0
    entered = [(one.slots[0], one.claim_date, one.worth, one.evidence) for one in standings]
    assert sorted(entered) == sorted(claimable)
    assert (sample.population, sample.size, sample.more) == (len(standings), 10, 0)
    listed = pl.read_csv(places.outbox / "000001-open_window.csv")
    assert listed["claim"].to_list() == drawn(opened_data)
    assert listed["stratum"].str.split(" · ").list.first().n_unique() > 1


def test_every_claim_replays_the_same_from_a_real_run(window_data: Path) -> None:
    first, *others = drawn(window_data)
    result = custody(window_data, "replay", str(first))
    assert result.code == 0, result.words
    assert f"Claim {first} is the same" in result.words
    with closing(open_ledger(Places(window_data))) as ledger:
        standings = [ledger.claims.standing(claim) for claim in others]
    with open_release(Places(window_data), "current") as release:
        for standing in standings:
            assert replay(release, standing).same


def test_a_claim_whose_release_was_changed_does_not_replay(window_data: Path) -> None:
    places = Places(window_data)
    claim = drawn(window_data)[0]
    with closing(open_ledger(places)) as ledger:
        slot = ledger.claims.standing(claim).slots[0]
    file = next(places.releases.glob("*/protected.duckdb"))
    file.chmod(0o600)
    with closing(create_protected(file, read_key(places.protected_key))) as connection:
        connection.execute(
            "UPDATE protected.rules_progress SET state = 'regressed' "
            "WHERE episode = (SELECT episode FROM protected.claim WHERE slot = ? AND state = 'claimable')",
            [slot],
        )
        connection.execute("CHECKPOINT protected")
    result = custody(window_data, "replay", str(claim))
    assert result.code == 44
    assert f"Claim {claim} is not the same" in result.words
    assert "evidence state is in_progress, in the release claimable" in result.words
    with closing(open_ledger(places)) as ledger:
        replayed = ledger.entries()[-1]
    assert (replayed.event, replayed.subject) == ("claim_replayed", f"claim {claim}")
    assert replayed.detail["differences"] != 0


def test_a_pack_is_made_for_the_auditor(window_data: Path) -> None:
    claim = drawn(window_data)[0]
    result = custody(window_data, "pack", str(claim))
    assert result.code == 0, result.words
    pdf, content = (
        next(Places(window_data).outbox.glob(f"*-claim-{claim:06d}.{end}")) for end in ("pdf", "json")
    )
    assert pdf.name in result.words
    reader = PdfReader(pdf)
    words = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert f"Evidence pack for claim {claim}" in words
    assert "Ashmere" in words
    said = json.loads(content.read_bytes())
    assert {need["state"] for need in said["needs"]} <= {"sustained", "waived"}
    assert said["claim"]["worth"] == 800
    for need in said["needs"]:
        assert f"{need['name']}," in words
        assert need["state_words"] in words


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["pack", "1", "--role", "manager"], 42, "evidence_pack is for auditor"),
        (["pack", "1", "--role", "returns_officer"], 42, "evidence_pack is for auditor"),
        (["bundle", "1", "--role", "returns_officer"], 42, "window_bundle is for auditor"),
        (["replay", "1", "--role", "manager"], 42, "a replay is for auditor"),
        (["pack", "999999"], 71, "999999"),
        (["replay", "999999"], 71, "999999"),
        (["bundle", "77"], 74, "77"),
        (["pack", "0"], 2, ""),
        (["ask", "open_window"], 41, "--window FRAMEWORK/WINDOW"),
        (["ask", "evidence_pack", "--role", "auditor"], 41, "--claim NUMBER"),
        (["ask", "enlarge_sample"], 41, "--window NUMBER"),
        (["check-bundle", "none.zip"], 45, "There is no file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_refused_and_how_it_is_said(
    window_data: Path,
    arguments: list[str],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["custody", *arguments, "--data", str(window_data)])
    with pytest.raises(SystemExit) as ended:
        main()
    words = " ".join(capsys.readouterr().err.split())
    assert ended.value.code == code, words
    assert said in words
    assert "Traceback" not in words


def test_a_claim_that_was_not_drawn_is_refused(window_data: Path) -> None:
    claim = next(number for number in range(1, 60) if number not in drawn(window_data))
    result = custody(window_data, "pack", str(claim))
    assert result.code == 41
    assert "not in the audit sample" in result.words
    assert not list(Places(window_data).outbox.glob("*claim*"))


def test_a_bundle_is_made_and_checked(window_data: Path, tmp_path: Path) -> None:
    result = custody(window_data, "bundle", "1")
    assert result.code == 0, result.words
    (file,) = Places(window_data).outbox.glob("*.zip")
    checked = custody(window_data, "check-bundle", file)
    assert checked.code == 0, checked.words
    assert "10 packs" in checked.words
    assert "1 drawings that come out the same again" in checked.words
    assert "It was made by" in checked.words
    alone = command("custody", "check-bundle", file, "--alone", "--data", tmp_path / "none")
    assert alone.code == 0
    assert "agrees with itself" in alone.words
    assert "as it was made" not in alone.words
    assert "It was not held against a ledger" in alone.words
    file.write_bytes(file.read_bytes().replace(b"Targeted", b"Tarnished"[:8]))
    assert custody(window_data, "check-bundle", file).code == 45


def test_the_ledger_is_told_nothing_by_which_a_family_is_known(opened_data: Path) -> None:
    places = Places(opened_data)
    written = b"".join(file.read_bytes() for file in places.ledger.parent.iterdir())
    with open_protected(places, "current", read_key(places.protected_key)) as connection:
        for key in KEYS:
            for pseudonym in _all(connection, key):
                assert pseudonym.encode() not in written
        teams = _all(connection, "team", "episode") - {"other"}
    assert teams
    assert not any(team.encode() in written for team in teams)


def _all(connection: duckdb.DuckDBPyConnection, column: str, table: str = "claim") -> set[str]:
    found = connection.execute(f"SELECT DISTINCT {column} FROM protected.{table}").pl()
    return set(found[column].drop_nulls())


def test_a_whole_window_by_three_people(window_data: Path) -> None:
    """Opened, audited, signed and submitted: packs follow the claim's way, and the release stays as it is."""
    places = Places(window_data)
    claim = drawn(window_data)[0]

    with closing(open_ledger(places)) as ledger:
        release = ledger.claims.window(1).release
        verdicts = {one: Judged(Verdict.UPHELD, "seen") for one in drawn(window_data)}
        ledger.claims.judge(verdicts, by="auditor", role="auditor", release=release)
        ledger.claims.sign(1, by="signer", role="returns_officer", release=release)
        ledger.claims.submit(1, by="submitter", role="returns_officer", release=release)
    assert custody(window_data, "pack", str(claim)).code == 0
    (file,) = places.outbox.glob("*.json")
    steps = [one["step"] for one in json.loads(file.read_bytes())["history"]]
    assert steps == [Step.CLAIMABLE, Step.SELECTED, Step.AUDITED, Step.SUBMITTED]
    (pdf,) = places.outbox.glob("*.pdf")
    words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.read_bytes())).pages)
    assert "Audited: upheld" in " ".join(words.split())
    assert custody(window_data, "replay", str(claim)).code == 0
