"""A quarterly return on the sample, through the public commands: drawn up, checked, signed by two, submitted, made
again, and restated from a later release."""

import hashlib
import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from custody.__main__ import app
from ledger import Outcome, ReturnState, open_ledger
from release.errors import UserError
from release.places import PROJECT, Places
from tests.conftest import SAMPLE, Result, pipelines

pytestmark = pytest.mark.proof

NAME, PERIOD = "families-first-quarterly", "2024-25-Q2"


class Council:
    """The commands, run by one account or another."""

    def __init__(self, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.places, self._monkeypatch = Places(data), monkeypatch

    def returns(self, *arguments: object, by: str = "a.officer") -> Result:
        self._monkeypatch.setattr("custody.returns.commands.whoever_runs_this", lambda: by)
        told = CliRunner().invoke(app, ["returns", *map(str, arguments), "--data", str(self.places.data)])
        if isinstance(told.exception, UserError):
            return Result(told.exception.exit_code, told.output, str(told.exception))
        if told.exception is not None and not isinstance(told.exception, SystemExit):
            raise told.exception
        return Result(told.exit_code, told.output, "")

    def done(self, *arguments: object, by: str = "a.officer") -> str:
        result = self.returns(*arguments, by=by)
        assert result.code == 0, result.words
        return result.words

    def signed(self, number: int) -> None:
        """Checked, every query answered, and signed by two."""
        self.done("check", number)
        with closing(open_ledger(self.places)) as ledger:
            standing = ledger.returns.standing(number)
        assert not standing.failed
        for one in standing.checks:
            if one.outcome is Outcome.QUERY:
                self.done("answer", number, one.name, "Compared with the service's own list.")
        for by in ("a.officer", "b.officer"):
            self.done("sign", number, "--digest", standing.digest, by=by)


def content_of(places: Places, number: int) -> dict[str, Any]:
    with closing(open_ledger(places)) as ledger:
        found: dict[str, Any] = json.loads(ledger.returns.content(number))
    return found


@pytest.fixture
def council(sample_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Council:
    data = tmp_path / "data"
    shutil.copytree(sample_data, data)
    return Council(data, monkeypatch)


def test_from_a_release_to_a_restatement(council: Council, tmp_path: Path) -> None:
    places = council.places
    assert PERIOD in council.done("periods", NAME)
    council.done("draw-up", NAME, PERIOD)
    refused = council.returns("sign", 1, "--digest", "0" * 64)
    assert refused.code == 59, refused.words  # nothing was checked yet

    council.signed(1)
    with closing(open_ledger(places)) as ledger:
        standing = ledger.returns.standing(1)
    assert council.returns("sign", 1, "--digest", standing.digest, by=" A.Officer").code != 0
    council.done("submit", 1)

    # What lies in the outbox is what the ledger has; laid out again, it is the same.
    for name, sha256 in standing.files.items():
        file = places.outbox / f"return-000001-{name}"
        assert hashlib.sha256(file.read_bytes()).hexdigest() == sha256
        file.unlink()
    council.done("files", 1)
    for name, sha256 in standing.files.items():
        file = places.outbox / f"return-000001-{name}"
        assert hashlib.sha256(file.read_bytes()).hexdigest() == sha256, name

    # A later release: some families are in another locality.
    extracts = tmp_path / "extracts"
    shutil.copytree(SAMPLE, extracts, ignore=shutil.ignore_patterns("truth"))
    episodes = extracts / "family_episodes.csv"
    lines = episodes.read_bytes().splitlines(keepends=True)
    episodes.write_bytes(b"".join(lines[: len(lines) * 3 // 4]))
    later = pipelines("run", "--extracts", extracts, "--data", places.data)
    assert later.code == 0, later.words
    assert "the same" in council.done("backtest", 1).lower()

    assert council.returns("draw-up", NAME, PERIOD).code != 0  # a submitted return is restated for a reason
    council.done("draw-up", NAME, PERIOD, "--why", "A quarter of the spells was entered for another council.")
    told = council.done("reconcile", 2)
    before, now = content_of(places, 1), content_of(places, 2)
    changed = [
        (table["name"], tuple(row["codes"]))
        for table, other in zip(before["tables"], now["tables"], strict=True)
        for row, same in zip(table["rows"], other["rows"], strict=False)
        if row != same
    ]
    assert changed
    assert "->" in told
    council.signed(2)
    council.done("submit", 2, by="b.officer")
    with closing(open_ledger(places)) as ledger:
        states = [ledger.returns.standing(number).state for number in (1, 2)]
    assert states == [ReturnState.SUPERSEDED, ReturnState.SUBMITTED]
    verified = pipelines("ledger", "verify", "--data", places.data)
    assert verified.code == 0, verified.words


def test_what_cannot_be_drawn_up_leaves_nothing(council: Council) -> None:
    places = council.places
    own = places.data / "returns"
    shutil.copytree(PROJECT / "data" / "returns", own)
    text = (own / f"{NAME}.toml").read_text(encoding="utf-8")
    (own / f"{NAME}.toml").write_text(
        text.replace('counted = "families_in_help"', 'counted = "heaven"'), "utf-8"
    )
    for arguments, words in (
        (("draw-up", NAME, PERIOD), f"{NAME}.toml"),
        (("draw-up", "no-such-return", PERIOD), "no return"),
        (("draw-up", "families-first-quarterly", "2024-25"), ""),
        (("draw-up", "families-first-quarterly", "2031-32-Q1"), ""),
        (("check", 7), "7"),
    ):
        result = council.returns(*arguments)
        assert result.code not in (0, 1), result.words
        assert words in result.words
    assert not list(places.data.glob("outbox/return-*"))
