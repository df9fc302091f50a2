"""A run takes up what the ledger knows: what was asked for is claimed, what was entered is flagged where it changed."""

import json
import shutil
from contextlib import closing
from datetime import date
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from ledger import (
    AuditTerms,
    Candidate,
    Event,
    Judged,
    Ledger,
    NewClaim,
    NewWindow,
    Verdict,
    draw,
    open_ledger,
)
from release.keys import read_key
from release.opening import open_protected
from release.places import Places
from tests.conftest import SAMPLE, pipelines

FRAMEWORK = "supporting-families-2022"
TERMS = AuditTerms(Fraction(1, 10), 1, Fraction(1), Fraction(1, 10))
RELEASE = "2024-10-31-001"


def claims_of(places: Places, release: str) -> pl.DataFrame:
    with open_protected(places, release, read_key(places.protected_key)) as connection:
        return connection.execute("SELECT * FROM protected.claim ORDER BY slot, episode").pl()


def enter(
    ledger: Ledger, code: str, rows: pl.DataFrame, evidence: str | None = None
) -> tuple[int, tuple[int, ...]]:
    """Open a window and enter these claims; `evidence`: what they are said to rest on."""
    window = ledger.claims.open_window(
        NewWindow(FRAMEWORK, code, 1, date(2022, 10, 3), date(2025, 3, 31), TERMS),
        by="officer",
        role="returns_officer",
        release=RELEASE,
    )
    entered = [
        NewClaim(
            (row["slot"], row["fund_slot"]),
            row["kind"],
            evidence or row["evidence_digest"],
            row["claim_date"],
            row["worth"],
        )
        for row in rows.iter_rows(named=True)
    ]
    return window, ledger.claims.enter(window, entered, by="officer", role="returns_officer", release=RELEASE)


def submit(ledger: Ledger, window: int) -> None:
    candidates = [Candidate(number, "all") for number in ledger.claims.candidates(window)]
    drawn = draw(candidates, size=ledger.claims.sample(window).more, seed=ledger.claims.seed(window))
    ledger.claims.select(window, drawn, by="officer", role="returns_officer", release=RELEASE)
    upheld = {one.claim: Judged(Verdict.UPHELD, "as it should be") for one in drawn.drawn}
    ledger.claims.judge(upheld, by="auditor", role="auditor", release=RELEASE)
    ledger.claims.sign(window, by="director", role="returns_officer", release=RELEASE)
    ledger.claims.submit(window, by="clerk", role="returns_officer", release=RELEASE)


@pytest.fixture(scope="module")
def second_run(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Places, pl.DataFrame]:
    """The same extracts run again over a ledger with claims: three were submitted, one of them withdrawn since; two
    were entered, one of them with other evidence. Gives the claims that were made, and in which way."""
    own = tmp_path_factory.mktemp("ledger") / "data"
    shutil.copytree(sample_data, own)
    places = Places(own)
    rows = (
        claims_of(places, RELEASE)
        .filter(pl.col("state") == "claimable", pl.col("obstacle") == "none")
        .head(5)
    )
    with closing(open_ledger(places)) as ledger:
        window, numbers = enter(ledger, "one", rows.slice(0, 3))
        submit(ledger, window)
        ledger.claims.withdraw(
            numbers[2:], by="clerk", role="returns_officer", release=RELEASE, why="entered by mistake"
        )
        enter(ledger, "two", rows.slice(3, 1))
        enter(ledger, "three", rows.slice(4, 1), evidence="0" * 64)
    made = rows.select("slot", "family", "episode", "evidence_digest").with_columns(
        way=pl.Series(["submitted", "submitted", "withdrawn", "entered", "changed"])
    )
    ended = pipelines("run", "--extracts", SAMPLE, "--data", own)
    assert ended.code == 0, ended.words
    return places, made


def test_what_was_asked_for_is_claimed_and_what_was_withdrawn_is_claimable_again(
    second_run: tuple[Places, pl.DataFrame],
) -> None:
    places, made = second_run
    after = claims_of(places, "current").join(made.select("slot", "episode", "way"), on=["slot", "episode"])
    found = {
        row["way"]: (
            row["state"],
            row["evidence_state"],
            row["step"],
            row["obstacle"],
            row["evidence_changed"],
        )
        for row in after.iter_rows(named=True)
    }
    assert found["submitted"] == ("claimed", "claimable", "submitted", "already_claimed", False)
    assert found["withdrawn"] == ("claimable", "claimable", "none", "none", False)
    assert found["entered"] == ("claimable", "claimable", "claimable", "none", False)
    assert found["changed"] == ("claimable", "claimable", "claimable", "none", True)


def test_nothing_else_is_changed(second_run: tuple[Places, pl.DataFrame]) -> None:
    places, made = second_run
    before, after = claims_of(places, RELEASE), claims_of(places, "current")
    others = before.join(made.select("family"), on="family", how="anti")
    assert others.height > 200
    assert others.equals(after.join(made.select("family"), on="family", how="anti"))
    # What a claim rests on is the same, whatever was done about it.
    both = before.join(after, on=["episode", "kind"], suffix="_after")
    assert (both["evidence_digest"] == both["evidence_digest_after"]).all()
    assert (both["slot"] == both["slot_after"]).all()


def test_the_ledger_is_told_once_which_claims_rest_on_something_else(
    second_run: tuple[Places, pl.DataFrame],
) -> None:
    places, made = second_run
    (slot,) = made.filter(way="changed")["slot"]
    with closing(open_ledger(places)) as ledger:
        number = ledger.claims.live()[slot].number
        told = [one for one in ledger.entries() if one.event == Event.EVIDENCE_CHANGED]
        assert [one.detail["claims"] for one in told] == [[number]]
        assert [one.number for one in ledger.claims.evidence_changed()] == [number]
        assert ledger.verify() > 0


def test_the_manifest_anchors_the_ledger(second_run: tuple[Places, pl.DataFrame]) -> None:
    places, _ = second_run
    newest = sorted(folder for folder in places.releases.iterdir() if folder.is_dir())[-1]
    head = json.loads((newest / "manifest.json").read_text())["ledger_head"]
    with closing(open_ledger(places)) as ledger:
        lines = {f"{one.number} {one.digest}" for one in ledger.entries()}
    assert head in lines
