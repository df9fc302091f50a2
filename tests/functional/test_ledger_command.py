"""`python -m pipelines ledger`, as whoever looks after the data folder uses it."""

import json
import sqlite3
from pathlib import Path

import pytest

from ledger import open_ledger
from ledger.opening import VARIABLE
from release.places import Places
from tests.conftest import pipelines
from tests.ledgers import FRAMEWORK, drawn, entered, judged


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """A data folder with a window in its ledger, and a release that knew the ledger before."""
    monkeypatch.delenv(VARIABLE, raising=False)
    places = Places(tmp_path)
    ledger = open_ledger(places)
    window, _ = entered(ledger, range(20))
    judged(ledger, drawn(ledger, window), struck_out=1)
    release = places.releases / "2024-10-31-001"
    release.mkdir(parents=True)
    (release / "manifest.json").write_text(
        json.dumps({"ledger_head": str(ledger.anchor())}), encoding="utf-8"
    )
    earlier = places.releases / "2024-07-31-001"  # of a version that said nothing of the ledger
    earlier.mkdir()
    (earlier / "manifest.json").write_text("{}", encoding="utf-8")
    ledger.record("sign_in", actor="a", role="manager")
    ledger.close()
    return places


def test_a_ledger_that_is_whole(places: Places) -> None:
    result = pipelines("ledger", "verify", "--data", places.data)
    assert result.code == 0, result.words
    assert "The ledger is whole: 5 lines, held against 1 releases." in result.words
    ledger = open_ledger(places)
    assert str(ledger.anchor()) in result.words
    ledger.close()


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (
            [
                "DROP TRIGGER claim_step_no_update",
                "UPDATE claim_step SET verdict = 'upheld' WHERE verdict <> ''",
            ],
            "what line 4 (claims_audited) wrote into claim_step is not what is there",
        ),
        (
            ["DROP TRIGGER audit_no_update", "UPDATE audit SET actor = 'nobody' WHERE number = 2"],
            "line 2 does not follow from the line before it",
        ),
        (
            [
                "DROP TRIGGER audit_no_delete",
                "DROP TRIGGER claim_step_no_delete",
                "DELETE FROM claim_step WHERE act >= 4",
                "DELETE FROM audit WHERE number >= 4",
            ],
            "The end of the audit log is missing: line 4 is known from elsewhere, and the last one here is 3",
        ),
        (["DROP TRIGGER claim_slot_in_order"], "its guard claim_slot_in_order was changed or taken away"),
    ],
)
def test_a_ledger_that_is_not(places: Places, statements: list[str], said: str) -> None:
    connection = sqlite3.connect(places.ledger)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    result = pipelines("ledger", "verify", "--data", places.data)
    assert result.code == 7
    assert said in result.words


def test_a_manifest_that_says_nothing_sensible(places: Places) -> None:
    (places.releases / "2024-10-31-001" / "manifest.json").write_text('{"ledger_head": 5}', encoding="utf-8")
    result = pipelines("ledger", "verify", "--data", places.data)
    assert result.code == 7
    assert "The manifest of the release 2024-10-31-001 is damaged" in result.words


def test_how_a_window_stands(places: Places) -> None:
    (places.data / "payment.toml").write_text(
        f'[[quota]]\nframework = "{FRAMEWORK}"\nyear = "2024-25"\nclaims = 25\npounds = 20000\n',
        encoding="utf-8",
    )
    everything = pipelines("ledger", "show", "--data", places.data)
    assert everything.code == 0, everything.words
    assert f"1 {FRAMEWORK} 2024-25-Q3 2024-10-01 2024-12-31 open" in everything.words
    one = pipelines("ledger", "show", "1", "--data", places.data)
    assert one.code == 0, one.words
    for said in (
        "It is open. opened by officer at",
        "audited, struck out 1 £800",
        "claimable 18 £14,400",
        "Audit sample: 2 of 20 claims, 2 judged, 1 struck out (50.0%, 95 % interval",
        "at most 25.0% may be): failed, 4 more to be drawn.",
        "Quota of 2024-25: 20 of 25 claims.",
        "Quota of 2024-25: £16,000 of £20,000.",
    ):
        assert said in one.words
    missing = pipelines("ledger", "show", "9", "--data", places.data)
    assert missing.code == 74
    assert "There is no window 9" in missing.words


def test_where_there_is_no_ledger(tmp_path: Path) -> None:
    for act in ("verify", "show"):
        result = pipelines("ledger", act, "--data", tmp_path)
        assert result.code == 7
        assert "There is no ledger" in result.words
    assert list(tmp_path.iterdir()) == []
