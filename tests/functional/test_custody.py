"""The worker answers the returns officer, and nobody else."""

from pathlib import Path

import polars as pl

from ledger import RequestState, open_ledger
from release.places import Places
from tests.conftest import command, pipelines


def test_the_list_of_claimable_episodes(own_data: Path, tmp_path: Path) -> None:
    assert command("custody", "ask", "claimable_episodes", "--data", own_data).code == 0
    result = command("custody", "once", "--data", own_data)
    assert result.code == 0, result.words
    (file,) = Places(own_data).outbox.iterdir()
    rows = pl.read_csv(file)
    assert rows.columns == [
        "family",
        "episode",
        "framework",
        "claim_date",
        "worth",
        "rows_in_quarantine",
        "pairs_in_review",
    ]
    assert (
        pipelines("releases", "table", "current", "claim", "--to", tmp_path / "c", "--data", own_data).code
        == 0
    )
    claim = pl.read_parquet(tmp_path / "c").filter(pl.col("state") == "claimable")
    assert set(rows["episode"]) == set(claim["episode"])
    assert rows["worth"].sum() == 800 * rows.height
    ledger = open_ledger(Places(own_data).ledger)
    (request,) = ledger.requests()
    ledger.close()
    assert request.state is RequestState.DONE
    assert command("custody", "once", "--data", own_data).words.startswith("0 requests")


def test_another_role_is_refused(own_data: Path) -> None:
    assert command("custody", "ask", "claimable_episodes", "--role", "manager", "--data", own_data).code == 0
    assert command("custody", "once", "--data", own_data).code == 0
    assert not Places(own_data).outbox.exists()
    ledger = open_ledger(Places(own_data).ledger)
    (request,) = ledger.requests()
    ledger.close()
    assert request.state is RequestState.REFUSED
    assert "manager" in request.note


def test_without_its_key_the_worker_does_not_start(own_data: Path) -> None:
    Places(own_data).protected_key.unlink()
    result = command("custody", "once", "--data", own_data)
    assert result.code == 6
    assert "There is no key" in result.words


def test_without_a_data_folder_the_worker_says_so(tmp_path: Path) -> None:
    assert command("custody", "once", "--data", tmp_path / "none").code == 40
