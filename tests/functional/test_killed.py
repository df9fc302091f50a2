"""A run that is killed at any moment leaves the release before it current and readable, and the next run works."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.running.journal import STAGES
from release.opening import open_answers
from release.places import Places
from release.pointer import current, releases
from tests.conftest import PROJECT, SAMPLE, pipelines

pytestmark = pytest.mark.proof

# How long after a stage has begun the run is killed, in seconds: at once, and some way into publishing.
MOMENTS = [*((stage, 0.0) for stage in STAGES), ("publish", 0.2), ("publish", 0.6), ("publish", 1.2)]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signal")
@pytest.mark.parametrize(("stage", "after"), MOMENTS)
def test_killed(own_data: Path, stage: str, after: float) -> None:
    places = Places(own_data)
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines", "run", "--extracts", str(SAMPLE), "--data", str(own_data)],
        cwd=PROJECT,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(f"{stage}:"):
            break
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.stderr.close()
    process.wait(timeout=30)

    # Killed after the swap, the new release is whole and current; before it, the old one still is.
    name = current(places)
    assert name in {"2024-10-31-001", "2024-10-31-002"}
    if stage != "publish":
        assert name == "2024-10-31-001"
    with open_answers(places) as connection:
        assert connection.execute("SELECT count(*) FROM answer").fetchone()[0] > 0
    for whole in releases(places):
        assert {file.name for file in (places.releases / whole).iterdir()} == {
            "answers.duckdb",
            "manifest.json",
            "protected.duckdb",
        }


def test_the_run_after_a_killed_one_cleans_up(own_data: Path) -> None:
    places = Places(own_data)
    half = places.releases / ".making-2024-10-31-002"
    half.mkdir()
    (half / "protected.duckdb").write_bytes(b"half")
    orphan = places.vault / "references" / "2024-10-31-002.parquet"
    orphan.write_bytes(b"half")
    result = pipelines("run", "--extracts", SAMPLE, "--data", own_data)
    assert result.code == 0, result.words
    assert not half.exists()
    assert releases(places) == ["2024-10-31-001", "2024-10-31-002"]
    assert current(places) == "2024-10-31-002"


def test_the_same_extracts_and_keys_give_the_same_release(own_data: Path) -> None:
    import json

    places = Places(own_data)
    assert pipelines("run", "--extracts", SAMPLE, "--data", own_data).code == 0
    first, second = (
        json.loads((places.releases / name / "manifest.json").read_text()) for name in releases(places)
    )
    assert first["tables"] == second["tables"]
    # The ledger has gone on, and says so in what it is named by; the second keeps the figures of the first.
    assert (first["kept_from"], second["kept_from"]) == ("none", "2024-10-31-001")
    apart = {"release": "", "ledger_head": "", "kept_from": ""}
    assert {**first, **apart} == {**second, **apart}
    assert pipelines("releases", "use", "2024-10-31-001", "--data", own_data).code == 0
    assert current(places) == "2024-10-31-001"


def test_other_keys_are_noticed(own_data: Path) -> None:
    places = Places(own_data)
    for file in (places.master_key, places.record_key):
        kept = file.read_text()
        file.write_text("a" * 64 + "\n")
        result = pipelines("run", "--extracts", SAMPLE, "--data", own_data)
        assert result.code == 6, result.words
        assert f"The {file.stem} key" in result.words
        file.write_text(kept)
    assert releases(places) == ["2024-10-31-001"]


def test_a_damaged_manifest_and_a_lost_key_are_told_and_written_down(own_data: Path) -> None:
    places = Places(own_data)
    (places.releases / "2024-10-31-001" / "manifest.json").write_text("{ half")
    result = pipelines("run", "--extracts", SAMPLE, "--data", own_data)
    assert result.code == 5, result.words
    assert "manifest" in result.words
    places.master_key.unlink()
    assert pipelines("run", "--extracts", SAMPLE, "--data", own_data).code == 6
    assert pipelines("audit", "list", "--data", own_data).words.count("run_refused") == 2


def test_a_release_that_was_moved_away_keeps_its_name_and_its_references(
    own_data: Path, tmp_path: Path
) -> None:
    places = Places(own_data)
    (places.releases / "2024-10-31-001").rename(tmp_path / "archived")
    places.pointer.unlink()
    kept = places.record_key.read_text()
    places.record_key.unlink()
    assert pipelines("run", "--extracts", SAMPLE, "--data", own_data).code == 6
    places.record_key.touch(mode=0o600)
    places.record_key.write_text(kept)
    assert pipelines("run", "--extracts", SAMPLE, "--data", own_data).code == 0
    assert releases(places) == ["2024-10-31-002"]
    assert (places.vault / "references" / "2024-10-31-001.parquet").exists()


def test_what_is_identified_is_closed_to_others(sample_data: Path) -> None:
    places = Places(sample_data)
    for folder in (places.identified, places.keys, places.vault, places.quarantine, places.logs):
        assert folder.stat().st_mode & 0o077 == 0, folder.name
        for file in folder.rglob("*"):
            assert file.stat().st_mode & 0o077 == 0 or file.name == "run.lock", file.name
    assert places.ledger.stat().st_mode & 0o007 == 0
    assert places.protected_key.stat().st_mode & 0o077 == 0
