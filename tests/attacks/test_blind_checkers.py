"""Two output checkers decide blind to each other: nothing that the ledger tells anybody may say how the first decided.

The same acts are done in two ledgers, in which the first checker decides otherwise, and everything that can be read is
held beside each other. Digests are others in any case: each row of a decision is salted.
"""

import dataclasses
import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest

from ledger import Event, Ledger, open_ledger
from ledger.chain import rows_digest
from ledger.export_records import CheckersVerdict
from ledger.sessions import person_of
from ledger.store import COVERS
from tests.ledger_books import CHECKER, OTHER_CHECKER, PROTECTION, RESEARCHER, begun, prepared

_VERDICTS = ("approve", "return")
_WHY = "the class of three is too small"
_DIGEST = re.compile(r"[0-9a-f]{64}")


@pytest.fixture(autouse=True)
def _one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("store", "book"):
        monkeypatch.setattr(f"ledger.{module}.now", lambda: "2026-11-01T09:00:00+00:00")


def _decided(file: Path, *verdicts: str) -> Ledger:
    """A ledger with an export on which so many have decided, and a request about it."""
    ledger = open_ledger(file)
    number = prepared(ledger, begun(ledger))
    for verdict, who in zip(verdicts, (CHECKER, OTHER_CHECKER), strict=False):
        ledger.exports.decide(number, verdict, _WHY, **who)
    ledger.ask("hand_out_export", by="custody", role="worker", release="r", subject=str(number))
    return ledger


def _all_that_is_told(ledger: Ledger, account: str) -> str:
    """Everything that anybody but the first checker can read, without digests."""
    exports, number = ledger.exports, 1
    told: list[Any] = [
        exports.standing(number),
        exports.standings(),
        exports.to_prepare(),
        exports.to_hand_out(),
        exports.to_take_away(),
        exports.history(number),
        exports.seen_by(number, account),
        exports.may_decide(number, account, "output_checker"),
        exports.report(number),
        ledger.projects.standings(),
        ledger.requests(),
        ledger.entries(),
        ledger.log.lines(limit=1_000),
        ledger.log.days("2026-11"),
    ]
    return _DIGEST.sub("", repr(told))


@pytest.mark.parametrize("who", [OTHER_CHECKER, RESEARCHER, PROTECTION])
def test_nothing_tells_how_the_first_checker_decided(tmp_path: Path, who: dict[str, Any]) -> None:
    told = []
    for verdict in _VERDICTS:
        ledger = _decided(tmp_path / f"{verdict}.sqlite", verdict)
        told.append(_all_that_is_told(ledger, who["by"]))
        # The first checker sees their own decision, and nothing besides.
        own = ledger.exports.seen_by(1, CHECKER["by"].upper())
        assert own.own is not None
        assert (own.own.verdict, own.own.why, own.decisions) == (CheckersVerdict(verdict), _WHY, ())
        ledger.close()
    assert told[0] == told[1]
    assert _WHY not in told[0]


def test_once_both_have_decided_everybody_is_told(tmp_path: Path) -> None:
    ledger = _decided(tmp_path / "ledger.sqlite", "return", "approve")
    seen = ledger.exports.seen_by(1, RESEARCHER["by"])
    assert [one.verdict for one in seen.decisions] == ["return", "approve"]
    assert ledger.exports.standing(1).state == "returned"
    ledger.close()


def test_the_digest_in_the_audit_log_confirms_no_guess(tmp_path: Path) -> None:
    """Whoever reads the log knows all of the row but the verdict and the reason, and may guess the reason too."""
    ledger = _decided(tmp_path / "ledger.sqlite", "return")
    (line,) = ledger.log.lines(events=[Event.EXPORT_DECIDED])
    covers: Any = line.detail[COVERS]
    digest = covers["export_decision"][1]
    person = person_of(CHECKER["by"])
    salts = ("", "0" * 64, line.previous, line.digest)
    for verdict, salt in itertools.product(_VERDICTS, salts):
        assert rows_digest([[1, person, verdict, _WHY, salt, line.number]]) != digest
        assert rows_digest([[1, person, verdict, _WHY, line.number]]) != digest
    assert set(line.detail) == {"project", COVERS}
    assert json.dumps(dict(line.detail)).count("return") == 0
    # Two who decide alike are salted each for themselves.
    ledger.exports.decide(1, "return", _WHY, **OTHER_CHECKER)
    newer, older = ledger.log.lines(events=[Event.EXPORT_DECIDED])
    assert newer.detail[COVERS] != older.detail[COVERS]
    assert dataclasses.asdict(newer)["subject"] == dataclasses.asdict(older)["subject"]
    ledger.close()
