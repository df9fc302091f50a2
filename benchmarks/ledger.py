"""`python -m benchmarks.ledger`: a whole window of claims, in SQLite and PostgreSQL, beside plain inserts.

The plain inserts are what somebody writes who needs no ledger: one table, one row and one transaction for each step of
a claim, no chain, no guards, no second look at who does what.
"""

import argparse
import contextlib
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from unittest.mock import patch

import sqlalchemy

from ledger import Candidate, Judged, Ledger, Verdict, draw, open_ledger
from ledger.opening import VARIABLE
from release.places import Places
from tests.ledgers import AUDITOR, FINANCE, HEAD, OFFICER, TERMS, new_claim, new_window
from tests.postgres import programs, serve

CLAIMS: Final = 10_000
TARGET_SECONDS: Final = 10
# So many steps are inserted one by one; all of them would take minutes.
PLAIN_STEPS: Final = 2_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure a window in each database, and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger", description=__doc__)
    parser.add_argument("--claims", type=int, default=CLAIMS, help="Claims of the window.")
    asked = parser.parse_args(arguments)
    for name, address in _databases():
        with patch.dict(os.environ, {VARIABLE: address} if address else {}):
            seconds, steps, proved = _window(asked.claims)
        plain = _plain(address) * steps / PLAIN_STEPS
        print(f"\n{asked.claims:,} claims through a whole window, {name}: {steps:,} steps")
        for act, taken in seconds.items():
            print(f"{act:14}{taken:10.2f} s")
        total = sum(seconds.values())
        print(f"{'all':14}{total:10.2f} s (target under {TARGET_SECONDS})")
        print(f"{'to prove it':14}{proved:10.2f} s")
        print(f"plain inserts, a transaction a step: {plain:.1f} s ({plain / total:.1f} times as long)")


def _databases() -> Iterator[tuple[str, str]]:
    yield "SQLite", ""
    if programs() is None:
        print("\nPostgreSQL is not installed: left out.")
        return
    with serve(safely=True) as server:
        yield "PostgreSQL", server.new_database()


def _window(claims: int) -> tuple[dict[str, float], int, float]:
    """Seconds of each act, how many steps there were, and the seconds that a proof takes."""
    seconds: dict[str, float] = {}

    @contextlib.contextmanager
    def timed(act: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        seconds[act] = time.perf_counter() - began

    with tempfile.TemporaryDirectory() as folder:
        ledger = open_ledger(Places(Path(folder)))
        asked = [new_claim(family) for family in range(claims)]
        book = ledger.claims
        with timed("enter"):
            window = book.open_window(new_window(terms=replace(TERMS, minimum=10)), **OFFICER)
            numbers = book.enter(window, asked, **OFFICER)
        with timed("draw, select"):
            _draw(ledger, window, numbers)
        with timed("judge"):
            drawn = book.drawings(window)[0].claims
            book.judge({one: Judged(Verdict.UPHELD, "seen in the case file") for one in drawn}, **AUDITOR)
        with timed("sign"):
            book.sign(window, **HEAD)
        with timed("submit"):
            book.submit(window, **FINANCE)
        with timed("pay"):
            book.pay(numbers, **FINANCE)
        began = time.perf_counter()
        ledger.verify()
        proved = time.perf_counter() - began
        ledger.close()
    return seconds, 3 * claims + 2 * len(drawn), proved


def _draw(ledger: Ledger, window: int, numbers: Sequence[int]) -> None:
    lot = draw(
        [Candidate(one, f"team {one % 12}", 1 + one % 3) for one in numbers],
        size=ledger.claims.sample(window).more,
        seed=ledger.claims.seed(window),
    )
    ledger.claims.select(window, lot, **OFFICER)


def _plain(address: str) -> float:
    """Seconds of PLAIN_STEPS plain inserts."""
    with tempfile.TemporaryDirectory() as folder:
        engine = sqlalchemy.create_engine(address or f"sqlite:///{folder}/plain.sqlite")
        table = sqlalchemy.Table(
            "plain_step",
            sqlalchemy.MetaData(),
            *(sqlalchemy.Column(name, sqlalchemy.Integer) for name in ("claim", "place")),
            *(sqlalchemy.Column(name, sqlalchemy.String) for name in ("step", "by", "at", "why")),
        )
        table.create(engine)
        began = time.perf_counter()
        for number in range(PLAIN_STEPS):
            with engine.begin() as connection:
                connection.execute(
                    table.insert().values(
                        claim=number,
                        place=1,
                        step="submitted",
                        by="officer",
                        at="2024-10-31",
                        why="the quarter",
                    )
                )
        taken = time.perf_counter() - began
        engine.dispose()
    return taken


if __name__ == "__main__":
    main()
