"""A bit flipped anywhere in the ledger is found: in any column of any row, and anywhere in its file."""

import random
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from ledger import Anchor, Event, Ledger, LedgerError, RequestState, open_ledger
from ledger.chain import START
from ledger.guards import put_in_place
from ledger.store import append
from ledger.tables import COVERED, metadata
from ledger.verifying import check_whole
from tests import ledger_books
from tests.ledgers import (
    DATABASES,
    FINANCE,
    FRAMEWORK,
    OFFICER,
    Database,
    database_in,
    new_claim,
    new_window,
    signed,
)

# Of the file of SQLite so many bits are flipped, one at a time.
FLIPS = 250


def _fill(ledger: Ledger) -> None:
    """Rows in every table."""
    ledger.record("sign_in", actor="Zoë", role="manager", detail={"half": 0.5, "named": "café"})
    for number, state in ((1, RequestState.DONE), (2, RequestState.REFUSED)):
        ledger.ask("evidence_pack", by="auditor", role="auditor", release="r", subject=str(number))
        ledger.end(number, state, actor="custody", note="it is so")
    window, _ = signed(ledger, range(4))
    ledger.claims.submit(window, **FINANCE)
    ledger.claims.compare_evidence({}, frameworks=[FRAMEWORK], by="p", role="p", release="r2")
    ledger.claims.close_window(ledger.claims.open_window(new_window("2024-25-Q4"), **OFFICER), **OFFICER)
    ledger_books.fill(ledger)


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    return database_in(request.param, tmp_path, request, monkeypatch)


def _without_guards(connection: sqlalchemy.Connection) -> None:
    """Whoever can write to the file, or owns the database, can do without its guards, until they roll back."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        return
    connection.exec_driver_sql("BEGIN")
    for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")


def test_any_column_of_any_row(database: Database) -> None:
    ledger = database.open()
    _fill(ledger)
    assert ledger.verify() > 0
    assert all(
        table.name in {"request", "request_end", "audit"} or table in COVERED
        for table in metadata.sorted_tables
    )
    tried = 0
    engine = sqlalchemy.create_engine(database.address)
    for table in metadata.sorted_tables:
        with engine.connect() as connection:
            rows = connection.execute(sqlalchemy.select(table)).all()
        assert rows, table.name
        for column in table.c:
            row = rows[tried % len(rows)]
            value: Any = row._mapping[column.name]
            flipped = value ^ 1 << 20 if isinstance(value, int) else _other_bit(value)
            here = sqlalchemy.and_(*(one == row._mapping[one.name] for one in table.c))
            # Read within the transaction in which it was changed, as whoever opens the file next would.
            with engine.connect() as connection:
                _without_guards(connection)
                changed = connection.execute(table.update().where(here).values({column: flipped}))
                assert changed.rowcount == 1
                with pytest.raises(LedgerError, match=r"changed by hand|put in by hand|was changed"):
                    _verify_within(connection)
                connection.rollback()
            tried += 1
    engine.dispose()
    assert tried == sum(len(table.c) for table in metadata.sorted_tables)
    ledger.verify()
    ledger.close()


def _verify_within(connection: sqlalchemy.Connection) -> None:
    check_whole(connection, ())


def _other_bit(text: str) -> str:
    return (chr(ord(text[0]) ^ 1) + text[1:]) if text else "\x01"


@pytest.mark.parametrize("table", ["audit", "claim_step", "claim_slot", "request", "request_end"])
def test_a_row_taken_out_or_put_in(database: Database, table: str) -> None:
    ledger = database.open()
    _fill(ledger)
    which = metadata.tables[table]
    engine = sqlalchemy.create_engine(database.address)
    with engine.connect() as connection:
        _without_guards(connection)
        row = connection.execute(sqlalchemy.select(which)).first()
        assert row is not None
        connection.execute(which.delete().where(*(one == row._mapping[one.name] for one in which.c)))
        with pytest.raises(LedgerError):
            _verify_within(connection)
        connection.rollback()
        _without_guards(connection)
        key = next(iter(which.primary_key))
        new = {**row._mapping, key.name: 999 if isinstance(row._mapping[key.name], int) else "forged token"}
        if "digest" in new:
            new["digest"] = "f" * 64
        connection.execute(which.insert().values(**new))
        with pytest.raises(LedgerError):
            _verify_within(connection)
        connection.rollback()
    engine.dispose()
    ledger.close()


def _forge(file: Path, event: str, actor: str, rows: dict[str, list[dict[str, Any]]]) -> None:
    """An act that the guards refuse, with everything that makes a line of it: they are off for a moment."""
    engine = sqlalchemy.create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        _without_guards(connection)
        listed = {metadata.tables[name]: ones for name, ones in rows.items()}
        append(connection, Event(event), actor, "role", "subject", {}, listed)
        put_in_place(connection)
    engine.dispose()


def _later_step(ledger: Ledger, number: int, step: str) -> dict[str, Any]:
    last = ledger.claims.history(number)[-1]
    return {
        "claim": number,
        "place": last.place + 1,
        "step": step,
        "verdict": "",
        "why": "because",
        "evidence": last.evidence,
        "release": "r",
        "framework_version": 1,
    }


def test_what_was_written_while_the_guards_were_off(tmp_path: Path) -> None:
    file = tmp_path / "whole.sqlite"
    ledger = open_ledger(file)
    window, numbers = signed(ledger, range(4))
    other = ledger.claims.open_window(new_window("2024-25-Q4"), **OFFICER)
    (alone,) = ledger.claims.enter(other, [new_claim("alone")], **OFFICER)
    forged = {"number": alone + 1, "in_window": window, "kind": "k", "claim_date": "2024-09-30", "worth": 1}
    forged |= {"evidence": "0" * 64, "release": "r", "framework_version": 1}
    entry = {**_later_step(ledger, alone, "claimable"), "claim": alone + 1, "place": 1, "evidence": "0" * 64}
    stolen = {"slot": new_claim("alone").slots[0], "turn": 2, "claim": alone + 1, "place": 1}
    signature = {"in_window": other, "claims": 1, "worth": 1, "digest": "0" * 64}
    drawing = {
        "in_window": other,
        "drawing": 1,
        "size": 1,
        "population": 1,
        "weighted": 0,
        "inputs": "0" * 64,
    }
    selected = _later_step(ledger, alone, "selected_for_audit")
    seed = ledger.claims.seed(other)
    first = numbers[0]
    steps = {
        (number, step): _later_step(ledger, number, step)
        for number in (alone, first)
        for step in ("paid", "submitted")
    }
    ledger.verify()
    ledger.close()
    for event, actor, rows, said in (
        (
            "claims_paid",
            "x",
            {"claim_step": [steps[alone, "paid"]]},
            f"claim {alone} became paid out of order",
        ),
        (
            "claims_submitted",
            "x",
            {"claim_step": [steps[alone, "submitted"]]},
            f"claim {alone} was submitted from a window that was not signed",
        ),
        (
            "claims_submitted",
            "head of service",
            {"claim_step": [steps[first, "submitted"]]},
            f"claim {first} was submitted by whoever signed its window",
        ),
        (
            "window_signed",
            "officer",
            {"claim_signature": [signature]},
            f"window {other} was signed by somebody who prepared it",
        ),
        (
            "window_signed",
            "head of service",
            {"claim_signature": [signature]},
            f"window {other} was signed although its sample had not passed",
        ),
        (
            "sample_drawn",
            "officer",
            {"claim_drawing": [{**drawing, "seed": "lucky"}], "claim_step": [selected]},
            f"window {other} was drawn from with a seed that is not the ledger's",
        ),
        (
            "sample_drawn",
            "officer",
            {"claim_drawing": [{**drawing, "seed": seed}]},
            f"a drawing of window {other} says other numbers than were drawn",
        ),
        (
            "claims_entered",
            "x",
            {"claim": [forged], "claim_slot": [{**stolen, "slot": "new-slot"}], "claim_step": [entry]},
            f"claim {alone + 1} was entered into a window that was closed",
        ),
        (
            "claims_entered",
            "x",
            {"claim": [{**forged, "in_window": other}], "claim_slot": [stolen], "claim_step": [entry]},
            f"claim {alone + 1} was entered while claim {alone} stood on its slot",
        ),
    ):
        copy = tmp_path / "copy.sqlite"
        shutil.copy(file, copy)
        _forge(copy, event, actor, rows)
        opened = open_ledger(copy)
        with pytest.raises(LedgerError, match=said):
            opened.verify()
        opened.close()


def test_letters_that_say_the_same_are_not_the_same(tmp_path: Path) -> None:
    """JSON has several ways to write one thing: a bit that turns one into the other is found all the same."""
    file = tmp_path / "ledger.sqlite"
    ledger = open_ledger(file)
    ledger.record("sign_in", actor="a", role="manager", detail={"named": "café", "spaced": 1})
    connection = sqlite3.connect(file)
    connection.execute("DROP TRIGGER audit_no_update")
    connection.execute(r"UPDATE audit SET detail = replace(detail, '\u00e9', '\u00E9')")
    connection.commit()
    connection.close()
    assert ledger.entries()[0].detail["named"] == "café"
    with pytest.raises(LedgerError, match="line 1"):
        ledger.verify()
    ledger.close()


@pytest.mark.proof
def test_any_bit_of_the_file(tmp_path: Path) -> None:
    """Most of a file is rows; what is not (free space, counters of SQLite's own) may be changed without a trace, but
    then the ledger says what it said before."""
    whole = tmp_path / "whole.sqlite"
    ledger = open_ledger(whole)
    _fill(ledger)
    said = _all_that_it_says(ledger)
    ledger.close()
    places = random.Random(20241031).sample(range(whole.stat().st_size * 8), FLIPS)
    found = 0
    copy = tmp_path / "copy.sqlite"
    for place in places:
        content = bytearray(whole.read_bytes())
        content[place // 8] ^= 1 << place % 8
        copy.write_bytes(content)
        try:
            opened = open_ledger(copy)
        except LedgerError:
            found += 1
            continue
        try:
            opened.verify()
            assert _all_that_it_says(opened) == said, (
                f"bit {place} changed what the ledger says, and was not found"
            )
        except LedgerError:
            found += 1
        finally:
            opened.close()
    assert found > FLIPS / 10


def _all_that_it_says(ledger: Ledger) -> list[object]:
    claims = ledger.claims
    return [
        ledger.entries(),
        ledger.requests(),
        claims.windows(),
        claims.standings(),
        *(claims.history(one.number) for one in claims.standings()),
        *(claims.drawings(one.number) for one in claims.windows()),
        *((one, ledger.returns.content(one.number)) for one in ledger.returns.standings()),
        ledger.projects.standings(),
        *((one, ledger.exports.history(one.number)) for one in ledger.exports.standings()),
    ]


def test_an_end_that_was_cut_off(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    ledger = open_ledger(file)
    assert ledger.anchor() == Anchor(0, START)
    ledger.record("sign_in", actor="a", role="manager")
    early, copy = ledger.anchor(), tmp_path / "copy.sqlite"
    shutil.copy(file, copy)
    signed(ledger, range(4))
    late = ledger.anchor()
    assert ledger.verify([Anchor(0, START), early, late]) == late.number
    ledger.close()

    # The file of the day before is whole in itself, but it is not the ledger that was known.
    cut = open_ledger(copy)
    assert cut.verify([early]) == 1
    with pytest.raises(
        LedgerError, match=f"line {late.number} is known from elsewhere, and the last one here is 1"
    ):
        cut.verify([early, late])
    for count in range(late.number):
        cut.record("sign_in", actor="a", role="manager", detail={"count": count})
    with pytest.raises(LedgerError, match="made anew"):
        cut.verify([late])
    cut.close()


@pytest.mark.parametrize("text", ["", "1", "1 abc", f"-1 {START}", f"x {START}", f"1 {START} 2"])
def test_what_is_no_anchor(text: str) -> None:
    with pytest.raises(ValueError, match=r"anchor|unpack"):
        Anchor.read(text)


def test_an_anchor_reads_as_it_was_written() -> None:
    anchor = Anchor(12, "a" * 64)
    assert Anchor.read(str(anchor)) == anchor
