"""Several processes on one ledger, and processes that are killed: no double claim, none lost, the chain whole."""

import contextlib
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from ledger import ClaimError, Event, ExportError, Step, TwoPeopleError, open_ledger
from release.places import Places
from tests import ledger_books
from tests.conftest import PROJECT
from tests.ledgers import DATABASES, FRAMEWORK, OFFICER, Database, database_in, new_claim, new_window

pytestmark = pytest.mark.proof

PROCESSES = 8
FAMILIES = 24
KILLS = 6

_MOVES_CLAIMS = """
import itertools, sys
from pathlib import Path
from ledger import Candidate, Judged, Verdict, draw, open_ledger
from release.places import Places
from tests.ledgers import AUDITOR, FINANCE, HEAD, OFFICER, new_claim, new_window

ledger = open_ledger(Places(Path(sys.argv[1])))
claims = ledger.claims
for code in itertools.count(int(sys.argv[2])):
    window = claims.open_window(new_window(f"window-{code}"), **OFFICER)
    numbers = claims.enter(window, [new_claim(f"{code} {family}") for family in range(60)], **OFFICER)
    lot = draw([Candidate(one, "all") for one in numbers], size=claims.sample(window).more, seed=claims.seed(window))
    claims.select(window, lot, **OFFICER)
    claims.judge({one.claim: Judged(Verdict.UPHELD, "seen") for one in lot.drawn}, **AUDITOR)
    claims.sign(window, **HEAD)
    claims.submit(window, **FINANCE)
    claims.pay(numbers[:30], **FINANCE)
    claims.withdraw(numbers[30:], why="entered by mistake", **FINANCE)
    print(code, flush=True)
"""


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    return database_in(request.param, tmp_path, request, monkeypatch)


def _claim_all(folder: Path, window: int, who: int, begin: "multiprocessing.synchronize.Barrier") -> None:
    """Claim for every family, in an order of one's own, two at a time, then each alone."""
    ledger = open_ledger(Places(folder))
    families = list(range(FAMILIES))
    random.Random(who).shuffle(families)
    pairs = [families[place : place + 2] for place in range(0, FAMILIES, 2)]
    begin.wait(timeout=60)
    for group in [*pairs, *([family] for family in families)]:
        if len(group) == 1 and new_claim(group[0]).slots[0] in ledger.claims.live():
            continue
        try:
            ledger.claims.enter(
                window,
                [new_claim(family) for family in group],
                by=f"officer {who}",
                role="returns_officer",
                release="2024-10-31-001",
            )
        except ClaimError:
            continue
    ledger.close()


def test_eight_processes_claim_the_same_families(database: Database) -> None:
    ledger = database.open()
    window = ledger.claims.open_window(new_window(), **OFFICER)
    context = multiprocessing.get_context("spawn")
    begin = context.Barrier(PROCESSES)
    processes = [
        context.Process(target=_claim_all, args=(database.places.data, window, who, begin))
        for who in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=240)
    assert [process.exitcode for process in processes] == [0] * PROCESSES

    standings = ledger.claims.standings()
    held = Counter(slot for one in standings for slot in one.slots)
    assert held == Counter(slot for family in range(FAMILIES) for slot in new_claim(family).slots)
    assert [one.number for one in standings] == list(range(1, FAMILIES + 1))
    entries = [entry for entry in ledger.entries() if entry.event == Event.CLAIMS_ENTERED]
    assert sum(int(str(entry.detail["claims"])) for entry in entries) == FAMILIES
    assert ledger.verify() == len(entries) + 1
    ledger.close()


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signal")
def test_killed_at_any_moment(database: Database) -> None:
    """Each act is there as a whole or not at all, and the next process goes on."""
    moments = random.Random(7)
    code = 0
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", _MOVES_CLAIMS, str(database.places.data), str(code)],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
        )
        assert process.stdout is not None
        process.stdout.readline()  # one window is done: the process is in the middle of the next
        time.sleep(moments.uniform(0.0, 0.4))
        process.send_signal(signal.SIGKILL)
        process.stdout.close()
        process.wait(timeout=30)

        ledger = database.open()
        ledger.verify()
        claims = ledger.claims
        for window in claims.windows(FRAMEWORK):
            steps = Counter(one.step for one in claims.standings(window=window.number))
            assert sum(steps.values()) in {0, 60}
            # No act is half done: those that every claim takes were taken by all of them, or by none.
            assert steps[Step.SUBMITTED] in {0, 30, 60}
            assert steps[Step.PAID] in {0, 30}
            assert steps[Step.WITHDRAWN] in {0, 30}
        live = claims.live()
        assert len(live) == 2 * sum(one.live for one in claims.standings())
        code = len(claims.windows())
        ledger.close()
    assert code > KILLS


def _spend_all(
    folder: Path, numbers: list[int], who: int, begin: "multiprocessing.synchronize.Barrier"
) -> None:
    """Spend for every export, and decide on one, in an order of one's own."""
    ledger = open_ledger(Places(folder))
    random.Random(who).shuffle(numbers)
    begin.wait(timeout=60)
    for number in numbers:
        with contextlib.suppress(ExportError):
            ledger.exports.spend(number, 3)
        with contextlib.suppress(ExportError, TwoPeopleError):
            ledger.exports.decide(1, "approve", "seen", by=f"checker {who}", role="output_checker")
    ledger.close()


def test_no_privacy_budget_is_spent_twice_by_processes_at_once(database: Database) -> None:
    ledger = database.open()
    project = ledger_books.begun(ledger, budget=10)
    ledger_books.prepared(ledger, project)
    numbers = [ledger_books.asked(ledger, project, "private") for _ in range(6)]
    context = multiprocessing.get_context("spawn")
    begin = context.Barrier(PROCESSES)
    processes = [
        context.Process(target=_spend_all, args=(database.places.data, numbers, who, begin))
        for who in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=240)
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    assert ledger.exports.spent(project) == 9
    assert ledger.exports.standing(1).decided == 2
    ledger.verify()
    ledger.close()
