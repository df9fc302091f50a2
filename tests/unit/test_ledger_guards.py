"""The database itself refuses what must not be: tried on it past the code, with a line that the chain takes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import exc

from ledger import ClaimError, Ledger, LedgerError, RequestState, chain, open_ledger
from ledger.guards import INSERT, sqlite_triggers
from ledger.opening import VARIABLE
from ledger.tables import COVERED, audit, metadata
from release.places import Places
from tests import ledger_books
from tests.ledgers import (
    DATABASES,
    FINANCE,
    OFFICER,
    Database,
    database_in,
    drawn,
    entered,
    evidence,
    judged,
    new_claim,
    new_window,
    signed,
    token,
)

Row = Mapping[str, Any]


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    return database_in(request.param, tmp_path, request, monkeypatch)


def _line(connection: sqlalchemy.Connection, event: str, actor: str) -> int:
    """A line of the audit log that the chain takes for its own."""
    last = connection.execute(sqlalchemy.select(audit).order_by(audit.c.number.desc()).limit(1)).one()
    number, detail = last.number + 1, json.dumps({})
    values = (number, "2024-11-01T09:00:00+00:00", event, actor, "role", "subject", detail, last.digest)
    connection.execute(audit.insert().values((*values, chain.digest(*values))))
    return int(number)


def _write(
    database: Database, event: str, actor: str, rows: Mapping[str, list[Row]], act: int | None = None
) -> None:
    with database.past_the_code() as connection:
        line = _line(connection, event, actor)
        for table, ones in rows.items():
            connection.execute(
                metadata.tables[table].insert(),
                [{"act": line if act is None else act, **one} for one in ones],
            )


def _refused(database: Database, event: str, actor: str, rows: Mapping[str, list[Row]], words: str) -> None:
    """The last of the tables refuses it."""
    with pytest.raises(exc.IntegrityError, match=words):
        _write(database, event, actor, rows)


def _step(claim: int, place: int, step: str, verdict: str = "", family: object = 0) -> Row:
    return {
        "claim": claim,
        "place": place,
        "step": step,
        "verdict": verdict,
        "why": "because",
        "evidence": new_claim(family).evidence,
        "release": "r",
        "framework_version": 1,
    }


def _claim(number: int, window: int, **other: Any) -> Row:
    return {
        "number": number,
        "in_window": window,
        "kind": "kind",
        "claim_date": "2024-09-30",
        "worth": 800,
        "evidence": evidence("x"),
        "release": "r",
        "framework_version": 1,
        **other,
    }


def _slot(slot: str, turn: int, claim: int) -> Row:
    return {"slot": slot, "turn": turn, "claim": claim, "place": 1}


def _signature(window: int) -> Row:
    return {"in_window": window, "claims": 1, "worth": 1, "digest": evidence("list")}


def _full(ledger: Ledger) -> None:
    """A ledger with rows in every table."""
    ledger.ask("evidence_pack", by="auditor", role="auditor", release="r", subject="1")
    ledger.end(1, RequestState.DONE, actor="custody", note="made")
    window, _ = signed(ledger, range(5))
    ledger.claims.submit(window, **FINANCE)
    ledger.claims.compare_evidence(
        {}, frameworks=["supporting-families-2022"], by="p", role="p", release="r2"
    )
    ledger.claims.close_window(ledger.claims.open_window(new_window("2024-25-Q4"), **OFFICER), **OFFICER)
    ledger_books.fill(ledger)


def test_no_row_is_changed_taken_out_or_written_over(database: Database) -> None:
    ledger = database.open()
    _full(ledger)
    ways = ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"]
    ways += (
        [
            "TRUNCATE {0} CASCADE",
            "INSERT INTO {0} SELECT * FROM {0} ON CONFLICT ({1}) DO UPDATE SET {2} = EXCLUDED.{2}",
        ]
        if database.is_postgres
        else ["INSERT OR REPLACE INTO {0} SELECT * FROM {0}", "REPLACE INTO {0} SELECT * FROM {0} LIMIT 1"]
    )
    for name, table in metadata.tables.items():
        key = [column.name for column in table.primary_key]
        column = next(one.name for one in table.c if one.name not in key)
        for way in ways:
            # What a conflict is on stands in brackets, what is set does not.
            words = (
                way.format(name, ", ".join(key), column) if "CONFLICT" in way else way.format(name, column)
            )
            with (
                pytest.raises(exc.DatabaseError, match=r"append-only|there already"),
                database.past_the_code() as connection,
            ):
                connection.exec_driver_sql(words)
    ledger.verify()
    ledger.close()


def test_every_table_is_guarded_and_the_guards_are_the_same_in_both_databases() -> None:
    assert set(INSERT) == set(metadata.tables)


@pytest.mark.parametrize("table", [table.name for table in COVERED])
def test_every_row_belongs_to_an_act_that_writes_such(tmp_path: Path, table: str) -> None:
    """The rules are the same text for both databases."""
    places = Places(tmp_path)
    database = Database(places, f"sqlite:///{places.ledger}")
    ledger = open_ledger(places.ledger)
    ledger.record("sign_in", actor="x", role="manager")
    row = {
        one.name: 1 if isinstance(one.type, sqlalchemy.Integer) else "1" for one in metadata.tables[table].c
    }
    row.pop("act")
    _refused(database, "sign_in", "x", {table: [row]}, "belongs to the newest line")
    ledger.close()


def test_steps_out_of_order(database: Database) -> None:
    ledger = database.open()
    _, (number,) = entered(ledger, range(1))
    for event, step, verdict, words in (
        ("claims_paid", "paid", "", "out of order"),
        ("claims_rejected", "rejected", "", "out of order"),
        ("claims_audited", "audited", "upheld", "out of order"),
        ("claims_entered", "claimable", "", "first step is the entry|out of order"),
        ("sample_drawn", "selected_for_audit", "", "drawn by a drawing"),
        ("claims_submitted", "submitted", "", "not signed"),
        ("claims_withdrawn", "withdrawn", "upheld", "verdict belongs"),
        ("claims_withdrawn", "paid", "", "not what the act does"),
        ("sign_in", "withdrawn", "", "newest line"),
    ):
        _refused(database, event, "x", {"claim_step": [_step(number, 2, step, verdict)]}, words)
    for place in (1, 3):
        with pytest.raises(exc.IntegrityError):
            _write(database, "claims_withdrawn", "x", {"claim_step": [_step(number, place, "withdrawn")]})
    _refused(
        database,
        "claims_withdrawn",
        "x",
        {"claim_step": [{**_step(number, 2, "withdrawn"), "evidence": evidence("other")}]},
        "evidence that the claim was entered with",
    )
    # The same thing in order is taken, and nothing comes after the end.
    _write(database, "claims_withdrawn", "x", {"claim_step": [_step(number, 2, "withdrawn")]})
    _refused(
        database, "claims_withdrawn", "x", {"claim_step": [_step(number, 3, "withdrawn")]}, "out of order"
    )
    ledger.close()


def test_several_steps_in_one_statement(database: Database) -> None:
    ledger = database.open()
    _, numbers = entered(ledger, range(2))
    rows = [_step(numbers[0], 2, "withdrawn"), _step(numbers[0], 3, "withdrawn")]
    _refused(database, "claims_withdrawn", "x", {"claim_step": rows}, "out of order")
    rows = [_step(numbers[0], 2, "withdrawn"), _step(numbers[1], 2, "paid", family=1)]
    _refused(database, "claims_withdrawn", "x", {"claim_step": rows}, "not what the act does")
    ledger.close()


def test_a_second_live_claim(database: Database) -> None:
    ledger = database.open()
    window, (number,) = entered(ledger, range(1))
    slot = new_claim(0).slots[0]
    for turn in (1, 2, 3):
        with pytest.raises(exc.IntegrityError, match=r"live claim|there already|unique|follow one another"):
            _write(
                database,
                "claims_entered",
                "x",
                {"claim": [_claim(number + 1, window)], "claim_slot": [_slot(slot, turn, number + 1)]},
            )
    # In one statement: both are new, and one of them would stand on the other.
    both = [_slot(token("new"), 1, number + 1), _slot(token("new"), 2, number + 2)]
    _refused(
        database,
        "claims_entered",
        "x",
        {"claim": [_claim(number + 1, window), _claim(number + 2, window)], "claim_slot": both},
        "live claim",
    )
    # Once the first has ended, the second turn is taken.
    ledger.claims.withdraw([number], why="mistake", **OFFICER)
    _write(
        database,
        "claims_entered",
        "x",
        {"claim": [_claim(number + 1, window)], "claim_slot": [_slot(slot, 2, number + 1)]},
    )
    ledger.close()


def test_entries_that_are_none(database: Database) -> None:
    ledger = database.open()
    window, (number,) = entered(ledger, range(1))
    following = number + 1
    for row, words in (
        (_claim(following + 1, window), "follow one another"),
        (_claim(following, window, claim_date="2025-01-01"), "dated after"),
        (_claim(following, window, worth=-1), "less than nothing"),
        (_claim(following, 99), "dated after|foreign key|FOREIGN KEY"),
    ):
        _refused(database, "claims_entered", "x", {"claim": [row]}, words)
    _refused(database, "claims_paid", "x", {"claim": [_claim(following, window)]}, "newest line")
    # A slot is not added to a claim that stands.
    _refused(
        database, "claims_entered", "x", {"claim_slot": [_slot(token("more"), 1, number)]}, "when the claim"
    )
    # Nor is a claim entered without one.
    _refused(
        database,
        "claims_entered",
        "x",
        {
            "claim": [_claim(following, window)],
            "claim_step": [{**_step(following, 1, "claimable"), "evidence": evidence("x")}],
        },
        "first step is the entry",
    )
    # A row that names an earlier line is none of its rows.
    with pytest.raises(exc.IntegrityError, match="newest line"):
        _write(database, "claims_entered", "x", {"claim": [_claim(following, window)]}, act=2)
    ledger.close()


@pytest.mark.parametrize("how", ["closed", "signed"])
def test_entry_into_a_window_that_takes_nothing_in(database: Database, how: str) -> None:
    ledger = database.open()
    if how == "closed":
        window, numbers = entered(ledger, range(3))
        ledger.claims.close_window(window, **OFFICER)
    else:
        window, numbers = signed(ledger, range(3))
    row = _claim(len(numbers) + 1, window)
    _refused(database, "claims_entered", "x", {"claim": [row]}, f"the window is {how}")
    if how == "signed":
        _refused(
            database,
            "window_closed",
            "x",
            {"claim_window_close": [{"in_window": window}]},
            "the window is signed",
        )
        drawing = {
            "in_window": window,
            "drawing": 2,
            "seed": "s",
            "size": 1,
            "population": 1,
            "weighted": 0,
            "inputs": "i",
        }
        _refused(database, "sample_drawn", "x", {"claim_drawing": [drawing]}, "the window is signed")
    ledger.close()


def test_a_signature_that_must_not_be(database: Database) -> None:
    ledger = database.open()
    empty = ledger.claims.open_window(new_window("empty"), **OFFICER)
    window, _ = entered(ledger, range(20))

    def refused(actor: str, words: str, which: int = window) -> None:
        _refused(database, "window_signed", actor, {"claim_signature": [_signature(which)]}, words)

    refused("head", "nothing to sign", empty)
    refused("head", "too small")
    first = drawn(ledger, window)
    refused("head", "no verdict yet")
    judged(ledger, first, struck_out=1)
    refused("head", "sample has failed")
    judged(ledger, drawn(ledger, window))
    for actor in ("officer", "auditor", "Officer", " auditor"):
        refused(actor, "prepared a window does not sign")
    _write(database, "window_signed", "head", {"claim_signature": [_signature(window)]})
    with pytest.raises(exc.IntegrityError):
        _write(database, "window_signed", "head", {"claim_signature": [_signature(window)]})
    ledger.close()


def test_a_submission_that_must_not_be(database: Database) -> None:
    ledger = database.open()
    window, numbers = entered(ledger, range(20))
    sampled = drawn(ledger, window)
    judged(ledger, sampled)
    ledger.claims.sign(window, **{**OFFICER, "by": "head"})
    sent = next(family for family, number in enumerate(numbers) if number not in sampled)
    changed = next(
        family for family, number in enumerate(numbers) if number not in sampled and family != sent
    )

    def rows(family: int) -> Mapping[str, list[Row]]:
        return {"claim_step": [_step(numbers[family], 2, "submitted", family=family)]}

    for actor in ("head", "HEAD", "head "):
        _refused(database, "claims_submitted", actor, rows(sent), "signed a window does not submit")
    known = {
        new_claim(family).slots[0]: new_claim(family).evidence for family in range(20) if family != changed
    }
    ledger.claims.compare_evidence(
        known, frameworks=["supporting-families-2022"], by="p", role="p", release="r2"
    )
    _refused(database, "claims_submitted", "finance", rows(changed), "evidence has changed")
    _write(database, "claims_submitted", "finance", rows(sent))
    ledger.close()


def test_a_struck_out_claim_is_not_submitted(database: Database) -> None:
    ledger = database.open()
    window, _ = entered(ledger, range(2))
    judged(ledger, drawn(ledger, window), struck_out=1)
    ledger.claims.sign(window, **{**OFFICER, "by": "head"})
    struck = next(one for one in ledger.claims.standings() if one.verdict == "struck_out")
    row = {**_step(struck.number, 4, "submitted"), "evidence": struck.evidence}
    _refused(database, "claims_submitted", "finance", {"claim_step": [row]}, "out of order")
    ledger.close()


def test_nothing_comes_into_a_window_or_goes_out_of_it_once_it_was_drawn_from(database: Database) -> None:
    ledger = database.open()
    window, numbers = entered(ledger, range(20))
    sampled = drawn(ledger, window)
    _refused(database, "claims_entered", "x", {"claim": [_claim(len(numbers) + 1, window)]}, "was drawn from")
    family = next(family for family, number in enumerate(numbers) if number not in sampled)

    rows = {"claim_step": [_step(numbers[family], 2, "withdrawn", family=family)]}
    _refused(database, "claims_withdrawn", "x", rows, "not withdrawn before the window is signed")
    judged(ledger, sampled)
    ledger.claims.sign(window, **{**OFFICER, "by": "head"})
    _write(database, "claims_withdrawn", "x", rows)
    ledger.close()


def test_a_claim_that_was_not_upheld_does_not_come_back_as_it_was(database: Database) -> None:
    ledger = database.open()
    window, numbers = entered(ledger, range(20))
    sampled = drawn(ledger, window)
    judged(ledger, sampled, struck_out=1)
    ledger.claims.withdraw(sampled, why="mistake", **OFFICER)
    following = ledger.claims.open_window(new_window("2024-25-Q4"), **OFFICER)

    def rows(number: int, **other: Any) -> Mapping[str, list[Row]]:
        struck_out = new_claim(numbers.index(number))
        claim = _claim(21, following, **{"evidence": struck_out.evidence, **other})
        return {"claim": [claim], "claim_slot": [_slot(struck_out.slots[0], 2, 21)]}

    _refused(database, "claims_entered", "x", rows(sampled[0]), "audit did not uphold it")
    _write(database, "claims_entered", "x", rows(sampled[0], evidence=evidence("other")))
    ledger.close()


@pytest.mark.parametrize("fault", ["number", "previous", "digest"])
def test_a_line_that_does_not_follow(database: Database, fault: str) -> None:
    ledger = database.open()
    ledger.record("sign_in", actor="a", role="manager")
    (line,) = ledger.entries()
    values = {
        "number": 3 if fault == "number" else 2,
        "at": "2024-11-01T09:00:00+00:00",
        "event": "sign_in",
        "actor": "b",
        "role": "manager",
        "subject": "",
        "detail": "{}",
        "previous": chain.START if fault == "previous" else line.digest,
        "digest": line.digest if fault == "digest" else evidence("line"),
    }
    with (
        pytest.raises(exc.IntegrityError, match=r"follow|there already|unique"),
        database.past_the_code() as connection,
    ):
        connection.execute(audit.insert().values(**values))
    assert ledger.verify() == 1
    ledger.close()


def test_a_guard_that_was_taken_away_is_noticed(database: Database) -> None:
    ledger = database.open()
    ledger.verify()
    for table in sorted(metadata.tables):
        off, on = (
            (
                f"ALTER TABLE {table} DISABLE TRIGGER {table}_in_order",
                f"ALTER TABLE {table} ENABLE TRIGGER {table}_in_order",
            )
            if database.is_postgres
            else (f"DROP TRIGGER {table}_in_order", sqlite_triggers()[f"{table}_in_order"])
        )
        with database.past_the_code() as connection:
            connection.exec_driver_sql(off)
        # Opening it again does not put it back unseen.
        ledger.close()
        ledger = database.open()
        with pytest.raises(LedgerError, match=f"its guard {table}_in_order was changed or taken away"):
            ledger.verify()
        with database.past_the_code() as connection:
            connection.exec_driver_sql(on)
        ledger.verify()
    ledger.close()


def test_a_key_that_was_taken_away_is_noticed(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = database_in("postgresql", tmp_path, request, monkeypatch)
    ledger = database.open()
    with database.past_the_code() as connection:
        connection.exec_driver_sql("ALTER TABLE claim_slot DROP CONSTRAINT claim_slot_pkey")
    with pytest.raises(LedgerError, match="its guard key of claim_slot was changed or taken away"):
        ledger.verify()
    ledger.close()


def test_an_account_that_may_read_and_insert_needs_no_more(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As docs/reference.md tells to set up PostgreSQL: who works with the ledger cannot take its guards away."""
    database = database_in("postgresql", tmp_path, request, monkeypatch)
    database.open().close()
    with database.past_the_code() as connection:
        connection.exec_driver_sql("DROP ROLE IF EXISTS app")
        connection.exec_driver_sql("CREATE ROLE app LOGIN PASSWORD 'of the app'")
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar()
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO app")
        connection.exec_driver_sql(f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA {schema} TO app")
    address = sqlalchemy.make_url(database.address).set(username="app", password="of the app")
    monkeypatch.setenv(VARIABLE, address.render_as_string(hide_password=False))
    ledger = database.open()
    _full(ledger)
    assert ledger.verify() > 0
    theirs = Database(database.places, address.render_as_string(hide_password=False))
    for words in (
        "ALTER TABLE claim_step DISABLE TRIGGER ALL",
        "DROP TRIGGER claim_step_in_order ON claim_step",
        "SET session_replication_role = replica",
        "DROP TABLE claim_step",
        "TRUNCATE claim_step",
        "UPDATE claim_step SET why = ''",
        "DELETE FROM claim_step",
        "CREATE OR REPLACE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NULL; END $$",
    ):
        with (
            pytest.raises(exc.DatabaseError, match=r"permission denied|must be owner"),
            theirs.past_the_code() as connection,
        ):
            connection.exec_driver_sql(words)
    ledger.close()
    with database.past_the_code() as connection:
        connection.exec_driver_sql("DROP OWNED BY app")
        connection.exec_driver_sql("DROP ROLE app")


def test_a_guard_that_was_made_toothless_is_noticed(database: Database) -> None:
    ledger = database.open()
    with database.past_the_code() as connection:
        if database.is_postgres:
            connection.exec_driver_sql(
                "CREATE OR REPLACE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RETURN NULL; END $$"
            )
        else:
            connection.exec_driver_sql("DROP TRIGGER audit_no_update")
            connection.exec_driver_sql(
                "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT 1; END"
            )
    with pytest.raises(LedgerError, match="its guard"):
        ledger.verify()
    ledger.close()


def _swallowing(database: Database, table: str, condition: str) -> list[str]:
    """What makes a database keep nothing of these rows, and say nothing of it."""
    if not database.is_postgres:
        return [
            f"CREATE TRIGGER planted BEFORE INSERT ON {table} WHEN {condition} BEGIN SELECT RAISE(IGNORE); END"
        ]
    return [
        "CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {condition} THEN RETURN NULL; END IF; RETURN NEW; END $$",
        f"CREATE TRIGGER planted BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION planted()",
    ]


@pytest.mark.parametrize(
    ("table", "condition"), [("audit", "NEW.event = 'evidence_changed'"), ("claim_sighting", "NEW.place > 0")]
)
def test_a_planted_trigger_is_noticed_and_nothing_is_lost_to_it(
    database: Database, table: str, condition: str
) -> None:
    ledger = database.open()
    signed(ledger, range(5))
    with database.past_the_code() as connection:
        for statement in _swallowing(database, table, condition):
            connection.exec_driver_sql(statement)
    with pytest.raises((LedgerError, ClaimError)):
        ledger.claims.compare_evidence(
            {}, frameworks=["supporting-families-2022"], by="p", role="p", release="r2"
        )
    with pytest.raises(LedgerError, match="not the ledger's: the trigger planted"):
        ledger.verify()
    ledger.close()


@pytest.mark.parametrize("what", ["VIEW planted AS SELECT * FROM claim", "TABLE planted (number integer)"])
def test_what_is_not_the_ledgers_is_noticed(database: Database, what: str) -> None:
    ledger = database.open()
    with database.past_the_code() as connection:
        connection.exec_driver_sql(f"CREATE {what}")
    with pytest.raises(LedgerError, match=f"not the ledger's: the {what.split()[0].lower()} planted"):
        ledger.verify()
    ledger.close()
