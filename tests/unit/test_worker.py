"""The worker goes on: one request that meets a fault keeps no other waiting, and its words leave nothing behind."""

from contextlib import closing
from pathlib import Path

import pytest

from custody import worker
from custody.answers import Answer
from ledger import Ledger, Request, RequestKind, RequestState, open_ledger
from release.places import Places


def test_a_fault_refuses_one_request_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def falls_over(places: Places, ledger: Ledger, request: Request) -> Answer:
        if request.subject == "a/1":
            raise ValueError("Holly Hargreaves")
        return Answer({}, "done")

    monkeypatch.setitem(worker._ANSWERS, RequestKind.OPEN_WINDOW, falls_over)  # type: ignore[arg-type]
    places = Places(tmp_path)
    places.protected_key.parent.mkdir(parents=True)
    with closing(open_ledger(places)) as ledger:
        for subject in ("a/1", "a/2"):
            ledger.ask("open_window", by="an officer", role="returns_officer", release="r", subject=subject)
        bad, good = worker.work_once(places, ledger)
        told = {one.subject: one for one in ledger.requests()}
    assert bad.refusal is not None
    assert good.refusal is None
    assert told["a/1"].state is RequestState.REFUSED
    assert told["a/2"].state is RequestState.DONE
    assert "ValueError, test_worker.py line" in told["a/1"].note
    assert "Hargreaves" not in told["a/1"].note
