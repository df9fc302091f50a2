"""The audit log a page at a time: held against reading all of it, and as fast when it is long."""

import random
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy

from ledger import Entry, Event, Ledger, open_ledger
from ledger.tables import audit
from tests.ledgers import DATABASES, Database, database_in

KINDS = (Event.SIGN_IN, Event.VIEWED, Event.DOWNLOAD, Event.SIGN_IN_REFUSED)


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    return database_in(request.param, tmp_path, request, monkeypatch)


def _filled(ledger: Ledger, engine: sqlalchemy.Engine, lines: int, seed: int = 1) -> None:
    """Lines over some months, put in past the chain, which reading does not look at."""
    lot = random.Random(seed)
    at = datetime.fromisoformat("2025-11-20T22:00:00+00:00")
    step = timedelta(seconds=int(130 * 86_400 / lines))
    rows = [
        {
            "number": number,
            "at": (at + number * step).isoformat(timespec="seconds"),
            "event": lot.choice(KINDS).value,
            "actor": f"user {lot.randrange(50)}",
            "role": "manager",
            "subject": "page",
            "detail": "{}",
            "previous": "",
            "digest": str(number),
        }
        for number in range(1, lines + 1)
    ]
    assert ledger.log.newest() == 0
    with engine.begin() as connection:
        for (name,) in connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%'"
        ).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.execute(audit.insert(), rows)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    file = tmp_path_factory.mktemp("log") / "ledger.sqlite"
    ledger = open_ledger(file)
    engine = sqlalchemy.create_engine(f"sqlite:///{file}")
    _filled(ledger, engine, 800)
    engine.dispose()
    return ledger


@pytest.mark.parametrize(
    "events", [(), (Event.VIEWED,), (Event.SIGN_IN, Event.DOWNLOAD), (Event.KEYS_MADE,), KINDS]
)
@pytest.mark.parametrize("month", ["", "2025-11", "2025-12", "2026-02", "2026-03", "2020-01", "2030-12"])
def test_a_page_is_what_a_look_at_every_line_gives(
    long: Ledger, events: tuple[Event, ...], month: str
) -> None:
    every = long.entries()
    for before in (0, 1, 2, 400, 801, 10**9):
        found = long.log.lines(events=events, month=month, before=before, limit=40)
        meant = [
            one
            for one in reversed(every)
            if (not events or one.event in events)
            and one.at.startswith(month)
            and (not before or one.number < before)
        ]
        assert found == meant[:40]
    seen: list[Entry] = []
    before = 0
    while page := long.log.lines(events=events, month=month, before=before, limit=90):
        seen += page
        before = page[-1].number
    assert len(seen) == sum(
        1 for one in every if (not events or one.event in events) and one.at.startswith(month)
    )


def test_days_and_months(long: Ledger) -> None:
    assert long.log.months() == ("2025-11", "2026-03")
    every = long.entries()
    for month in ("2025-12", "2026-03", "2020-02"):
        found = {(one.day, one.event): one.lines for one in long.log.days(month)}
        meant = [(one.at[:10], one.event) for one in every if one.at.startswith(month)]
        assert found == {key: meant.count(key) for key in set(meant)}


def test_nobody_is_given_everything_at_once(long: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.log.MOST", 100)
    assert len(long.log.lines(limit=10**9)) == 100
    assert len(long.log.lines(limit=-5)) == 1
    assert long.log.latest(Event.KEYS_MADE) is None
    newest = long.log.latest(Event.VIEWED)
    assert newest == next(one for one in reversed(long.entries()) if one.event == Event.VIEWED)


@pytest.mark.parametrize("database", DATABASES, indirect=True)
def test_both_databases_read_alike(database: Database) -> None:
    ledger = database.open()
    assert (ledger.log.newest(), ledger.log.months(), ledger.log.lines()) == (0, None, [])
    for event in (Event.SIGN_IN, Event.VIEWED, Event.SIGN_IN):
        ledger.record(event, actor="a", role="manager")
    now = ledger.entries()[0].at
    assert [one.number for one in ledger.log.lines(events=(Event.SIGN_IN,))] == [3, 1]
    assert [one.number for one in ledger.log.lines(month=now[:7], before=3)] == [2, 1]
    assert sum(one.lines for one in ledger.log.days(now[:7])) == 3
    assert ledger.log.months() == (now[:7], now[:7])
    assert ledger.verify() == 3
    ledger.close()


@pytest.mark.proof
def test_a_million_lines_are_no_slower_to_look_at(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.sqlite")
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    _filled(ledger, engine, 1_000_000)
    engine.dispose()
    started = time.process_time()
    ledger.log.lines(events=KINDS, month="2026-01", before=700_000)
    ledger.log.lines(events=(Event.KEYS_MADE,))
    ledger.log.lines(before=500_000)
    ledger.log.months()
    looked = time.process_time() - started
    started = time.process_time()
    ledger.log.days("2026-01")
    counted = time.process_time() - started
    print(
        f"a million lines: three pages in {looked:.3f} s, the days of a month of 230,000 lines in {counted:.3f} s"
    )
    assert looked < 0.2
    assert counted < 2
    ledger.close()
