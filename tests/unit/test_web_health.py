"""`/healthz`: ready, or not, and not a word more."""

from pathlib import Path

import pytest
from starlette.applications import Starlette

from evidence.store import Store
from ledger.errors import LedgerError
from release.places import Places
from tests.asking import Answer, ask
from tests.fakes import NAME, write_release
from web import health


def healthz(store: Store) -> Answer:
    return ask(Starlette(routes=[health.route(store)]), "/healthz")


def test_it_is_ready_with_a_release_and_a_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(write_release(tmp_path))
    assert (healthz(store).status, healthz(store).text) == (200, "ok")

    def down() -> None:
        raise LedgerError("the ledger at a secret address cannot be reached")

    monkeypatch.setattr(store.desk, "check", down)
    answer = healthz(store)
    assert (answer.status, answer.text) == (503, "not ready")
    assert "cannot be reached" in caplog.text
    store.desk.close()


def test_it_is_not_ready_without_a_release_or_with_a_damaged_one(tmp_path: Path) -> None:
    assert healthz(Store(Places(tmp_path / "empty"))).status == 503
    places = write_release(tmp_path)
    (places.releases / NAME / "answers.duckdb").unlink()
    answer = healthz(Store(places))
    assert (answer.status, answer.text) == (503, "not ready")
