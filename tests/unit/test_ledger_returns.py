"""The book of returns: drawn up, checked, answered, signed by two and submitted, and what it refuses."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
import sqlalchemy

from ledger import (
    CheckResult,
    ExportError,
    ReturnError,
    ReturnState,
    TwoPeopleError,
    canonical,
    returns,
)
from ledger.canonical import is_canonical
from tests.ledger_books import (
    ASKING,
    CHECKS,
    DRAFTER,
    PASSED,
    PERIOD,
    SECOND,
    TEMPLATE,
    checked,
    drawn_up,
    signed,
    submitted,
)
from tests.ledger_forging import at_once, forged, found_though_forged, refused_by_the_database
from tests.ledgers import Database, both, evidence


def test_the_whole_way_of_a_return(database: Database) -> None:
    ledger = database.open()
    book, number = ledger.returns, drawn_up(ledger)
    assert book.standing(number).state is ReturnState.DRAFT
    book.checked(number, [CheckResult("totals", "failed", "12 is not 13"), *PASSED[:1]])
    assert book.standing(number).failed == ("totals",)
    book.checked(number, ASKING)
    assert book.standing(number).unanswered == ("change",)
    book.answer(number, "change", "a team was moved", **SECOND)
    there = book.standing(number)
    assert (there.state, there.unanswered, there.missing) == (ReturnState.CHECKED, (), ())
    assert next(one for one in there.checks if one.name == "change").answered_by == SECOND["by"]
    book.sign(number, there.digest, **DRAFTER)
    assert book.standing(number).state is ReturnState.CHECKED
    book.sign(number, there.digest, **SECOND)
    assert book.standing(number).state is ReturnState.SIGNED
    book.submit(number, **SECOND)
    assert [(one.event, one.words) for one in book.history(number)] == [
        ("return_drawn_up", "drawn up from 2026-10-31-001, version 1"),
        ("return_checked", "2 checks: 1 passed, 1 failed, 0 ask"),
        ("return_checked", "3 checks: 2 passed, 0 failed, 1 ask"),
        ("return_answered", "change answered: a team was moved"),
        ("return_signed", "signed"),
        ("return_signed", "signed"),
        ("return_submitted", "submitted"),
    ]
    assert ledger.verify() == 7
    ledger.close()


def test_a_later_version_takes_the_place_of_what_was_submitted(database: Database) -> None:
    ledger = database.open()
    first = submitted(ledger)
    with pytest.raises(ReturnError, match="say why it is drawn up again"):
        drawn_up(ledger, figure=121)
    second = signed(ledger, figure=121, why="one family was recorded late")
    assert ledger.returns.standing(first).state is ReturnState.SUBMITTED
    ledger.returns.submit(second, **DRAFTER)
    before, after = ledger.returns.standings(TEMPLATE, PERIOD)
    assert (before.state, before.superseded_by, after.version) == (ReturnState.SUPERSEDED, second, 2)
    assert ledger.returns.submitted(TEMPLATE, PERIOD) == after
    # What was submitted reads as it did; another period is another return.
    assert "120" in ledger.returns.content(first)
    other = submitted(ledger, "2026-27-Q3")
    assert [one.number for one in ledger.returns.standings(period="2026-27-Q3")] == [other]
    assert ledger.returns.submitted(TEMPLATE, "2026-27-Q4") is None
    for number in (first, second, other):
        with pytest.raises(ReturnError, match="not withdrawn any more"):
            ledger.returns.withdraw(number, "a mistake", **DRAFTER)
    ledger.close()


# What is tried, by how far the return has come, and what is said to it.
_TRIED: Any = (
    (drawn_up, lambda book, one: book.sign(one, "", **SECOND), "not checked yet"),
    (drawn_up, lambda book, one: book.checked(one, PASSED[:1]), "not put to all.*totals"),
    (drawn_up, lambda book, one: book.checked(one, PASSED * 2), "has one outcome"),
    (drawn_up, lambda book, one: book.checked(one, []), "number of checks"),
    (
        drawn_up,
        lambda book, one: book.checked(one, [CheckResult("totals", "fine", "x")]),
        "passed, failed, query",
    ),
    (drawn_up, lambda book, one: book.checked(one, PASSED, role="manager"), "worker alone"),
    (drawn_up, lambda book, one: book.withdraw(one, " ", **SECOND), "Say the reason"),
    (
        drawn_up,
        lambda book, one: book.withdraw(one, "x", by="a", role="auditor"),
        "not for this role",
    ),
    (
        drawn_up,
        lambda book, one: book.submit(one, **SECOND),
        "is a draft: it is submitted once 2",
    ),
    (checked, lambda book, one: book.answer(one, "totals", "x", **SECOND), "ask nothing"),
    (
        checked,
        lambda book, one: book.sign(one, evidence("old"), **SECOND),
        "digest is another",
    ),
    (
        checked,
        lambda book, one: book.sign(one, book.standing(one).digest, by="a", role="auditor"),
        "signed by manager and returns officer, not by this role",
    ),
    (signed, lambda book, one: book.checked(one, PASSED), "is signed: it stands as it is"),
    (
        signed,
        lambda book, one: book.sign(one, "", by="c", role="manager"),
        "nobody signs it",
    ),
    (submitted, lambda book, one: book.submit(one, **SECOND), "is submitted"),
    (drawn_up, lambda book, one: book.standing(one + 1), "no return 2"),
    (drawn_up, lambda book, one: book.content(one + 1), "no return 2"),
    (drawn_up, lambda book, one: book.history(one + 1), "no return 2"),
)


@pytest.mark.parametrize("made", [drawn_up, checked, signed, submitted])
def test_what_cannot_be_done_to_a_return(database: Database, made: Callable[..., int]) -> None:
    ledger = database.open()
    number = made(ledger)
    before = ledger.log.newest()
    for _, act, words in (case for case in _TRIED if case[0] is made):
        with pytest.raises(ReturnError, match=words):
            act(ledger.returns, number)
    assert ledger.log.newest() == before
    ledger.close()


@both
def test_nobody_signs_twice_however_they_are_spelled(database: Database) -> None:
    ledger = database.open()
    number = checked(ledger)
    digest = ledger.returns.standing(number).digest
    ledger.returns.sign(number, digest, **DRAFTER)
    for spelling in ("ADA@council.example", "  ada@council.example ", "Ada@Council.Example"):
        with pytest.raises(TwoPeopleError, match="signed return 1 already"):
            ledger.returns.sign(number, digest, by=spelling, role="manager")
        rows = {"return_signature": [{"version": number, "person": "somebody else", "digest": digest}]}
        refused_by_the_database(
            database, "return_signed", (spelling, "manager"), rows, "nobody signs a return twice"
        )
    # Letters that the database takes for others are the same to the code.
    with pytest.raises(TwoPeopleError, match="signed return 1 already"):
        ledger.returns.sign(number, digest, by="\uff41da@council.example", role="manager")
    ledger.close()


# What of a return cannot be written down, and what is said to it.
_WRONG: Any = (
    ({"template": "../x"}, "letters, digits"),
    ({"period": ""}, "letters, digits"),
    ({"release": "a\nb"}, "on one line"),
    ({"ledger_line": -1}, "from 0 to"),
    ({"template_digest": "A" * 64}, "64 hexadecimal"),
    ({"signatures": 1}, "from 2 to"),
    ({"signers": ()}, "which roles sign"),
    ({"files": {}}, "one file at least"),
    ({"files": {"../a.csv": "0" * 64}}, "A file is named"),
    ({"files": {"a.csv": "0"}}, "64 hexadecimal"),
    ({"content": ""}, "one form"),
    ({"content": '{"b": 1}'}, "one form"),
    ({"content": '{"b":1,"a":2}'}, "one form"),
    ({"content": "[1.5]"}, "one form"),
    ({"content": "[NaN]"}, "one form"),
    ({"content": "[" * 100_000}, "one form"),
    ({"content": '"' + "x" * 120 + '"'}, "too large for the ledger: 122 letters"),
)


def test_a_return_that_cannot_be_written_down(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = database.open()
    usual: dict[str, Any] = {
        "template": TEMPLATE,
        "period": PERIOD,
        "release": "r",
        "ledger_line": 0,
        "template_digest": "0" * 64,
        "content": "{}",
        "files": {"a.csv": "0" * 64},
        "signers": ["manager"],
        "checks": CHECKS,
        **DRAFTER,
    }
    for more, words in _WRONG:
        monkeypatch.setattr(returns, "MOST_CONTENT", 10**6 if more.get("content", "")[:1] == "[" else 100)
        with pytest.raises(ReturnError, match=words):
            ledger.returns.draw_up(**{**usual, **more})
    assert ledger.log.newest() == 0
    ledger.close()


@both
def test_content_comes_back_as_it_was(database: Database) -> None:
    """Letters that a database could stumble over, too."""
    ledger = database.open()
    content = canonical(
        {"£": ["Zoë", "\0", "\ud800", 'it\'s "so" \\ %s :x', None, True, -(2**63)], "big": "x" * 200_000}
    )
    number = ledger.returns.draw_up(
        TEMPLATE,
        PERIOD,
        release="r",
        ledger_line=0,
        template_digest="0" * 64,
        content=content,
        files={"a.csv": "0" * 64},
        signers=["manager"],
        checks=[],
        **DRAFTER,
    )
    assert ledger.returns.content(number) == content
    assert ledger.verify() == 1
    ledger.close()


@pytest.mark.parametrize("value", [1.0, {1: 2}, {"a": [object()]}, b"x"])
def test_what_has_no_one_text(value: object) -> None:
    with pytest.raises(ValueError, match="text"):
        canonical(value)
    assert is_canonical(canonical({"a": ("x", 1)}))


def _later(table: str, row: dict[str, Any]) -> tuple[str, tuple[str, str], dict[str, list[dict[str, Any]]]]:
    return "return_drawn_up", ("x", "manager"), {table: [row]}


_VERSION = {
    "number": 1,
    "template": "t",
    "period": "p",
    "version": 1,
    "release": "r",
    "ledger_line": 0,
    "template_digest": "0" * 64,
    "digest": "1" * 64,
    "signatures": 2,
    "why": "",
}


_OTHER = {**_VERSION, "number": 2}
# What is tried past the code on a return that was checked: event, account and role, rows by table, and the refusal.
_REFUSED: Any = (
    (
        "return_drawn_up",
        ("x", "manager"),
        {"return_version": [_OTHER], "return_content": [{"version": 2, "content": ""}]},
        "the content is missing",
    ),
    (
        "return_drawn_up",
        ("x", "manager"),
        {"return_version": [_OTHER], "return_file": [{"version": 2, "name": "a", "sha256": "0"}]},
        "64 digits",
    ),
    (
        "return_drawn_up",
        ("x", "manager"),
        {"return_version": [_OTHER], "return_demand": [{"version": 2, "kind": "colour", "name": "x"}]},
        "demands roles and checks",
    ),
    (
        "return_drawn_up",
        ("x", "manager"),
        {"return_version": [_OTHER], "return_content": [{"version": 1, "content": "{}"}]},
        "first|already",
    ),
    (
        "return_withdrawn",
        ("x", "manager"),
        {"return_withdrawal": [{"version": 1, "why": " "}]},
        "the reason is missing",
    ),
    (
        "return_checked",
        ("custody", "worker"),
        {"return_check": [{"version": 9, "turn": 1, "name": "totals", "outcome": "passed", "words": ""}]},
        "no such return|foreign key",
    ),
    (
        *_later("return_demand", {"version": 1, "kind": "role", "name": "auditor"}),
        "when it is written down first",
    ),
    (
        *_later("return_file", {"version": 1, "name": "b.csv", "sha256": "0" * 64}),
        "when it is written down first",
    ),
    (
        *_later("return_content", {"version": 1, "content": "{}"}),
        "first|already",
    ),
    (
        "sign_in",
        ("x", "manager"),
        {"return_submission": [{"version": 1, "digest": "0" * 64}]},
        "newest line",
    ),
    (
        "return_submitted",
        ("x", "manager"),
        {"return_submission": [{"version": 1, "digest": "0" * 64}]},
        "not that of",
    ),
    (
        "return_checked",
        ("custody", "worker"),
        {"return_check": [{"version": 1, "turn": 3, "name": "totals", "outcome": "passed", "words": ""}]},
        "follow one another",
    ),
    (
        "return_checked",
        ("custody", "worker"),
        {"return_check": [{"version": 1, "turn": 1, "name": "extra", "outcome": "passed", "words": ""}]},
        "written down at once",
    ),
    (
        "return_answered",
        ("x", "manager"),
        {"return_answer": [{"version": 1, "turn": 1, "name": "totals", "words": "so"}]},
        "only a query",
    ),
    *(
        ("return_drawn_up", ("x", "manager"), {"return_version": [{**_VERSION, "number": 2, **more}]}, words)
        for more, words in (
            ({"number": 3}, "follow one another"),
            ({"version": 2}, "follow one another"),
            ({"signatures": 1}, "two people sign"),
            ({"ledger_line": 9}, "a line of the ledger before it"),
            ({"digest": "x"}, "64 digits"),
            ({"template_digest": "A" * 64}, "64 digits"),
        )
    ),
)


@both
def test_the_database_itself_refuses(database: Database) -> None:
    ledger = database.open()
    checked(ledger)
    for event, who, rows, words in _REFUSED:
        refused_by_the_database(database, event, who, rows, words)
    assert ledger.verify() == 2
    ledger.close()


@both
def test_nothing_is_submitted_without_its_content(database: Database) -> None:
    ledger = database.open()
    forged(
        database,
        ("return_drawn_up", "x", "manager", {"return_version": [_VERSION], "return_demand": [_MANAGER]}),
        ("return_checked", "custody", "worker", {"return_check": [_PASSES]}),
        *(("return_signed", who, "manager", {"return_signature": [_signature(who)]}) for who in ("x", "y")),
    )
    with pytest.raises(ReturnError, match="has no content"):
        ledger.returns.submit(1, **SECOND)
    ledger.close()


_MANAGER = {"version": 1, "kind": "role", "name": "manager"}
_PASSES = {"version": 1, "turn": 1, "name": "totals", "outcome": "passed", "words": "agree"}


def _signature(person: str, digest: str = "1" * 64) -> dict[str, Any]:
    return {"version": 1, "person": person, "digest": digest}


# What is written while the guards are off, by what was made: event, account and role, rows, and what is found.
_FORGED: Any = (
    (
        drawn_up,
        "return_signed",
        ("x", "manager"),
        {"return_signature": [_signature("x")]},
        "for what it does not hold",
    ),
    (
        drawn_up,
        "return_drawn_up",
        ("x", "manager"),
        {"return_version": [{**_VERSION, "number": 2, "version": 2, "template": TEMPLATE, "period": PERIOD}]},
        "while another version was in hand",
    ),
    (
        submitted,
        "return_drawn_up",
        ("x", "manager"),
        {"return_version": [{**_VERSION, "number": 2, "version": 2, "template": TEMPLATE, "period": PERIOD}]},
        "without a reason",
    ),
    (
        drawn_up,
        "return_drawn_up",
        ("x", "manager"),
        {"return_version": [{**_VERSION, "number": 2}]},
        "not what its digest says",
    ),
    (
        drawn_up,
        "return_submitted",
        ("x", "manager"),
        {"return_submission": [{"version": 1, "digest": "1" * 64}]},
        "without all its signatures",
    ),
    (
        signed,
        "return_checked",
        ("custody", "worker"),
        {"return_check": [{**_PASSES, "turn": 2, "outcome": "failed"}]},
        "after it was signed",
    ),
    (drawn_up, "return_checked", ("x", "manager"), {"return_check": [_PASSES]}, "who is not the worker"),
    (
        submitted,
        "return_withdrawn",
        ("x", "auditor"),
        {"return_withdrawal": [{"version": 1, "why": "x"}]},
        "withdrawn",
    ),
)


@pytest.mark.parametrize("made", [drawn_up, signed, submitted])
def test_what_was_forged_while_the_guards_were_off_is_found(
    database: Database, made: Callable[..., int]
) -> None:
    ledger = database.open()
    made(ledger)
    for _, event, who, rows, words in (case for case in _FORGED if case[0] is made):
        found_though_forged(database, event, who, rows, words)
    ledger.verify()
    ledger.close()


def test_one_act_is_no_two_signatures_and_an_answer_says_something(database: Database) -> None:
    ledger = database.open()
    number = checked(ledger)
    digest = ledger.returns.standing(number).digest
    rows = {"return_signature": [{"version": number, "person": one, "digest": digest} for one in "xy"]}
    # Two rows of one act are two of one account.
    refused_by_the_database(database, "return_signed", ("x", "manager"), rows, "signs a return twice")
    number = checked(ledger, results=ASKING, period="2026-27-Q3")
    rows = {"return_answer": [{"version": number, "turn": 1, "name": "change", "words": " "}]}
    refused_by_the_database(database, "return_answered", ("x", "manager"), rows, "the answer is missing")
    ledger.close()


@both
def test_of_many_at_once_one_draws_up_and_two_sign(database: Database) -> None:
    ledger = database.open()
    assert at_once(database, 4, lambda one, _: drawn_up(one)) == 1
    ledger.returns.checked(1, PASSED)
    digest = ledger.returns.standing(1).digest
    signing = at_once(
        database, 4, lambda one, who: one.returns.sign(1, digest, by=f"person {who}", role="manager")
    )
    assert (signing, len(ledger.returns.standing(1).signatures)) == (2, 2)
    ledger.verify()
    ledger.close()


def test_the_log_holds_no_figure_of_a_return(database: Database) -> None:
    ledger = database.open()
    submitted(ledger, figure=987_654_321)
    with database.past_the_code() as connection:
        details = connection.execute(sqlalchemy.text("SELECT detail FROM audit")).scalars().all()
    assert not any("987654321" in detail for detail in details)
    ledger.close()


@both
def test_a_number_that_nothing_can_have_is_told_as_one_that_nothing_has(database: Database) -> None:
    with closing(database.open()) as ledger:
        for number in (0, -1, 2**31, 2**70):
            with pytest.raises(ReturnError, match=f"There is no return {number} in the ledger"):
                ledger.returns.standing(number)
            with pytest.raises(ExportError, match=f"There is no export {number} in the ledger"):
                ledger.exports.standing(number)
            with pytest.raises(ExportError, match=f"There is no project {number} in the ledger"):
                ledger.projects.standing(number)
