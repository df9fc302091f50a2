"""The book of research: projects, their exports and privacy budgets, and what it refuses."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from ledger import ExportError, ExportState, TwoPeopleError, canonical
from tests.ledger_books import (
    CHECKER,
    COLLEAGUE,
    OTHER_CHECKER,
    PACKAGE,
    PROTECTION,
    REPORT,
    RESEARCHER,
    approved,
    asked,
    begun,
    prepared,
    released,
)
from tests.ledger_forging import at_once, found_though_forged, refused_by_the_database
from tests.ledgers import Database, both, evidence

_TODAY = date.today()


def test_the_whole_way_of_an_export(database: Database) -> None:
    ledger = database.open()
    book, project = ledger.exports, begun(ledger)
    number = asked(ledger, project, "private")
    assert [one.number for one in book.to_prepare()] == [number]
    book.spend(number, 250_000)
    book.prepared(number, PACKAGE, REPORT)
    assert (book.report(number), dict(book.standing(number).files)) == (REPORT, PACKAGE)
    book.decide(number, "approve", "no count is small", **CHECKER)
    assert book.standing(number).state is ExportState.PREPARED
    book.decide(number, "approve", "the noise is enough", **OTHER_CHECKER)
    assert [one.number for one in book.to_hand_out()] == [number]
    book.released(number, PACKAGE)
    assert (book.standing(number).state, book.to_take_away()) == (ExportState.RELEASED, [])
    assert (book.spent(project), ledger.projects.standing(project).left) == (250_000, 750_000)
    ledger.projects.end(project, "it is done", **RESEARCHER)
    assert book.standing(number).state is ExportState.ENDED
    assert [one.number for one in book.to_take_away()] == [number]
    book.taken_away(number)
    assert book.to_take_away() == []
    assert [one.words for one in book.history(number)] == [
        "asked for, from 2026-10-31-001",
        "spent 0.250000 rho of the project's privacy budget",
        "prepared",
        "approved: no count is small",
        "approved: the noise is enough",
        "handed out",
        "taken away",
    ]
    assert ledger.verify() == 9
    ledger.close()


@pytest.mark.parametrize(("days", "over"), [(365, False), (366, True)])
def test_a_project_lasts_until_the_end_of_its_last_day(
    database: Database, monkeypatch: pytest.MonkeyPatch, days: int, over: bool
) -> None:
    ledger = database.open()
    project = begun(ledger)
    out, waiting, ready = (
        released(ledger, project),
        asked(ledger, project),
        approved(ledger, project),
    )
    # One that could not be made by then is still said to be so.
    late = asked(ledger, project)
    monkeypatch.setattr("ledger.store.now", lambda: f"{_TODAY + timedelta(days=days)}T23:59:59+00:00")
    assert ledger.projects.standing(project).over() == over
    assert [one.number for one in ledger.exports.to_take_away()] == [out] * over
    acts: list[Callable[[], object]] = [
        lambda: asked(ledger, project),
        lambda: ledger.exports.prepared(waiting, PACKAGE, REPORT),
        lambda: ledger.exports.released(ready, PACKAGE),
    ]
    for act in acts:
        if over:
            with pytest.raises(ExportError, match=r"is over|last day was"):
                act()
        else:
            act()
    ledger.exports.refused(late, "the worker was off")
    ledger.verify()
    ledger.close()


# What is tried, by how far the export has come, and what is said to it.
_TRIED: Any = (
    (asked, lambda book, one: book.decide(one, "approve", "x", **CHECKER), "is asked: there is nothing"),
    (asked, lambda book, one: book.released(one, PACKAGE), "is asked"),
    (asked, lambda book, one: book.report(one), "not prepared"),
    (asked, lambda book, one: book.spend(one, 5), "only private tables"),
    (asked, lambda book, one: book.prepared(one, {}, REPORT), "one file at least"),
    (asked, lambda book, one: book.prepared(one, PACKAGE, "{ }"), "one form"),
    (asked, lambda book, one: book.prepared(one, PACKAGE, REPORT, role="researcher"), "worker alone"),
    (asked, lambda book, one: book.refused(one, ""), "Say the reason"),
    (
        asked,
        lambda book, one: book.withdraw(one, "x", by="x", role="researcher"),
        "withdrawn by who asked",
    ),
    (asked, lambda book, one: book.taken_away(one), "nothing of export 1"),
    (prepared, lambda book, one: book.prepared(one, PACKAGE, REPORT), "is prepared"),
    (prepared, lambda book, one: book.refused(one, "x"), "is prepared"),
    (prepared, lambda book, one: book.decide(one, "approve", " ", **CHECKER), "Say the reason"),
    (prepared, lambda book, one: book.decide(one, "perhaps", "x", **CHECKER), "approve, return"),
    (
        prepared,
        lambda book, one: book.decide(one, "approve", "x", by="x", role="auditor"),
        "by output checkers",
    ),
    (prepared, lambda book, one: book.released(one, PACKAGE), "is prepared"),
    (
        approved,
        lambda book, one: book.decide(one, "return", "x", by="x", role="output_checker"),
        "Both checkers",
    ),
    (approved, lambda book, one: book.released(one, {**PACKAGE, "a.csv": "0" * 64}), "changed or new"),
    (approved, lambda book, one: book.released(one, {"export.zip": PACKAGE["export.zip"]}), "is missing"),
    (approved, lambda book, one: book.released(one, {**PACKAGE, "export.zip": "0" * 64}), "changed"),
    (released, lambda book, one: book.released(one, PACKAGE), "is released"),
    (released, lambda book, one: book.taken_away(one), "nothing of export 1"),
    (asked, lambda book, one: book.standing(one + 1), "no export 2"),
)


@pytest.mark.parametrize("made", [asked, prepared, approved, released])
def test_what_cannot_be_done_to_an_export(database: Database, made: Callable[..., int]) -> None:
    ledger = database.open()
    number = made(ledger, begun(ledger))
    before = ledger.log.newest()
    for _, act, words in (case for case in _TRIED if case[0] is made):
        with pytest.raises(ExportError, match=words):
            act(ledger.exports, number)
    assert ledger.log.newest() == before
    ledger.close()


# What of a project cannot be, and what is said to it.
_WRONG: Any = (
    ({"name": "School"}, "small letters"),
    ({"name": "a"}, "small letters"),
    ({"name": "taken"}, "No name is used twice"),
    ({"title": ""}, "Say the title"),
    ({"purpose": "a\nb"}, "on one line"),
    ({"basis": "x" * 2001}, "at most 2,000"),
    ({"people": [""]}, "who works"),
    ({"people": [f"person {number}" for number in range(101)]}, "100 people"),
    ({"ends": _TODAY - timedelta(days=1)}, "ends on a day from"),
    ({"ends": _TODAY + timedelta(days=31)}, "ends on a day from"),
    ({"budget": -1}, "from 0 to"),
    ({"budget": 1.5}, "whole number"),
    ({"by": " "}, "the account"),
)


def test_a_project_that_cannot_be_begun(database: Database) -> None:
    ledger = database.open()
    begun(ledger, "taken")
    usual: dict[str, Any] = {
        "name": "new",
        "title": "t",
        "purpose": "p",
        "basis": "b",
        "people": [],
        "ends": _TODAY,
        "latest": _TODAY + timedelta(days=30),
        "budget": 0,
        **RESEARCHER,
    }
    for more, words in _WRONG:
        with pytest.raises(ExportError, match=words):
            ledger.projects.begin(**{**usual, **more})
    assert ledger.log.newest() == 1
    ledger.close()


@pytest.mark.parametrize(
    ("kind", "specification", "who", "words"),
    [
        ("rows", "{}", RESEARCHER, "one of tables, microdata, private"),
        ("tables", "{ }", RESEARCHER, "one form"),
        ("tables", canonical("x" * 256_000), RESEARCHER, "too large"),
        ("tables", "{}", CHECKER, "does not belong to the project"),
    ],
)
def test_what_cannot_be_asked_for(
    database: Database, kind: str, specification: str, who: dict[str, Any], words: str
) -> None:
    ledger = database.open()
    project = begun(ledger)
    with pytest.raises(ExportError, match=words):
        ledger.exports.ask(project, kind, specification, release="r", **who)
    with pytest.raises(ExportError, match="no project 2"):
        ledger.exports.ask(project + 1, "tables", "{}", release="r", **RESEARCHER)
    ledger.close()


def test_whose_projects_and_exports(database: Database) -> None:
    ledger = database.open()
    mine, other = begun(ledger, "mine"), begun(ledger, "other", people=())
    number = ledger.exports.ask(mine, "tables", "{}", release="r", by=COLLEAGUE.upper(), role="researcher")
    assert [one.number for one in ledger.exports.standings(author=COLLEAGUE)] == [number]
    assert [one.number for one in ledger.exports.standings(project=other)] == []
    assert [one.name for one in ledger.projects.standings(author=RESEARCHER["by"].upper())] == [
        "mine",
        "other",
    ]
    found = ledger.projects.find("mine")
    assert found is not None
    assert (found.is_of(COLLEAGUE), found.is_of(CHECKER["by"])) == (True, False)
    assert ledger.projects.find("nobody's") is None
    for who in (CHECKER, {**RESEARCHER, "by": COLLEAGUE}):
        with pytest.raises(ExportError, match="ended by who began it"):
            ledger.projects.end(mine, "x", **who)
    ledger.projects.end(mine, "not needed", **PROTECTION)
    with pytest.raises(ExportError, match="ended already"):
        ledger.projects.end(mine, "again", **PROTECTION)
    ledger.close()


def test_noise_is_paid_for_once_and_for_good(database: Database) -> None:
    ledger = database.open()
    project = begun(ledger, budget=10)
    first = asked(ledger, project, "private")
    with pytest.raises(ExportError, match="before anything is made"):
        ledger.exports.prepared(first, PACKAGE, REPORT)
    with pytest.raises(ExportError, match=r"has 0\.00001 rho .* would spend 0\.000011"):
        ledger.exports.spend(first, 11)
    ledger.exports.spend(first, 6)
    # The process that would have drawn it died: it is not drawn anew, and its part is gone.
    with pytest.raises(ExportError, match="not drawn twice"):
        ledger.exports.spend(first, 4)
    ledger.exports.refused(first, "the worker stopped while it drew the noise")
    second = asked(ledger, project, "private")
    with pytest.raises(ExportError, match=r"has 0\.000004 rho"):
        ledger.exports.spend(second, 5)
    ledger.exports.spend(second, 4)
    ledger.exports.prepared(second, PACKAGE, REPORT)
    for who in (CHECKER, OTHER_CHECKER):
        ledger.exports.decide(second, "return", "not needed", **who)
    # Whoever returned it has seen the noise.
    assert ledger.projects.standing(project).left == 0
    assert ledger.exports.standing(second).state is ExportState.RETURNED
    with pytest.raises(ExportError, match="is returned"):
        ledger.exports.withdraw(second, "x", **RESEARCHER)
    ledger.close()


@both
def test_who_may_not_decide(database: Database) -> None:
    """Neither who asked nor who belongs to the project, nor the other checker, however they are spelled."""
    ledger = database.open()
    number = prepared(ledger, begun(ledger))
    ledger.exports.decide(number, "approve", "seen", **CHECKER)
    for account, words, database_says in (
        (" ROSA@university.example", "asked for export", "what they asked for"),
        ("Sam@University.Example ", "belongs to the project", "belong to"),
        ("CHO@council.example", "decided on export 1 already", "two different checkers"),
    ):
        assert words in ledger.exports.may_decide(number, account, "output_checker")
        with pytest.raises(TwoPeopleError, match=words):
            ledger.exports.decide(number, "approve", "seen", by=account, role="output_checker")
        rows = {"export_decision": [_decision("x")]}
        refused_by_the_database(database, "export_decided", (account, "output_checker"), rows, database_says)
    # The name in the row is not believed either.
    for row, words in (
        (_decision(COLLEAGUE), "belong to"),
        (_decision("x", why=" "), "the reason is missing"),
        (_decision("x", verdict="maybe"), "approves or returns"),
        (_decision("x", salt=""), "is salted"),
    ):
        refused_by_the_database(
            database, "export_decided", ("x", "output_checker"), {"export_decision": [row]}, words
        )
    assert ledger.exports.may_decide(number, **_asked_as(OTHER_CHECKER)) == ""
    ledger.exports.decide(number, "approve", "seen", **OTHER_CHECKER)
    refused_by_the_database(
        database,
        "export_decided",
        ("x", "output_checker"),
        {"export_decision": [_decision("x")]},
        "two have decided",
    )
    ledger.verify()
    ledger.close()


def _asked_as(who: dict[str, Any]) -> dict[str, Any]:
    return {"account": who["by"], "role": who["role"]}


def _decision(person: str, **more: str) -> dict[str, Any]:
    usual = {"export": 1, "person": person, "verdict": "approve", "why": "seen", "salt": "0" * 64}
    return {**usual, **more}


_PROJECT = {
    "number": 2,
    "name": "b",
    "title": "t",
    "purpose": "p",
    "basis": "b",
    "ends": "2999-01-01",
    "budget": 1,
}
# What is tried past the code beside what the generated courses try: on a project, and an export that was prepared.
_REFUSED: Any = (
    (
        "project_begun",
        ("x", "y"),
        {"project": [_PROJECT], "project_person": [{"project": 2, "person": " ", "name": ""}]},
        "the person is missing",
    ),
    *(
        ("project_begun", ("x", "y"), {"project": [{**_PROJECT, name: ""}]}, words)
        for name, words in (("purpose", "the purpose is missing"), ("basis", "legal basis is missing"))
    ),
    (
        "project_ended",
        ("x", "data_protection_officer"),
        {"project_end": [{"project": 1, "why": ""}]},
        "the reason",
    ),
    (
        "export_withdrawn",
        ("x", "data_protection_officer"),
        {"export_withdrawal": [{"export": 1, "why": ""}]},
        "the reason",
    ),
    ("export_refused", ("c", "worker"), {"export_refusal": [{"export": 2, "why": ""}]}, "the reason"),
    (
        "export_prepared",
        ("c", "worker"),
        {"export_preparation": [{"export": 2, "digest": "0", "report": "{}"}]},
        "64 digits",
    ),
    (
        "export_prepared",
        ("c", "worker"),
        {"export_preparation": [{"export": 2, "digest": "0" * 64, "report": ""}]},
        "the report is missing",
    ),
    (
        "export_prepared",
        ("c", "worker"),
        {
            "export_preparation": [{"export": 2, "digest": "0" * 64, "report": "{}"}],
            "export_file": [{"export": 2, "name": "a", "sha256": "0"}],
        },
        "64 digits",
    ),
    (
        "export_refused",
        ("c", "worker"),
        {"export_refusal": [{"export": 9, "why": "x"}]},
        "no such export|foreign key",
    ),
    (
        "project_ended",
        ("x", "data_protection_officer"),
        {"project_end": [{"project": 9, "why": "x"}]},
        "no such project|foreign key",
    ),
    (
        "project_begun",
        ("x", "y"),
        {"project_person": [{"project": 1, "person": "x", "name": "x"}]},
        "said when it is",
    ),
    (
        "export_prepared",
        ("c", "worker"),
        {"export_file": [{"export": 1, "name": "b", "sha256": "0" * 64}]},
        "files of an",
    ),
    *(
        ("project_begun", ("x", "y"), {"project": [{**_PROJECT, **more}]}, words)
        for more, words in (
            ({"number": 3}, "follow one another"),
            ({"name": ""}, "the name is missing"),
            ({"name": "school-absence"}, "there already|unique"),
            ({"ends": "2020-01-01"}, "lies ahead"),
            ({"ends": "3"}, "lies ahead"),
            ({"budget": -1}, "less than nothing"),
        )
    ),
    *(
        ("export_asked", ("rosa@university.example", "researcher"), {"export": [{**_export, **more}]}, words)
        for _export in [{"number": 3, "project": 1, "kind": "tables", "specification": "{}", "release": "r"}]
        for more, words in (
            ({"number": 4}, "follow one another"),
            ({"release": " "}, "the release is missing"),
            ({"kind": "rows"}, "tables, microdata or private"),
            ({"specification": ""}, "specification is missing"),
            ({"project": 2}, "belongs to the project|foreign key"),
        )
    ),
)


@both
def test_the_database_itself_refuses(database: Database) -> None:
    ledger = database.open()
    asked(ledger, prepared(ledger, begun(ledger)))
    for event, who, rows, words in _REFUSED:
        refused_by_the_database(database, event, who, rows, words)
    assert ledger.verify() == 4
    ledger.close()


@both
def test_of_many_at_once_no_budget_is_spent_twice_and_two_decide(database: Database) -> None:
    ledger = database.open()
    project = begun(ledger, budget=10)
    numbers = [asked(ledger, project, "private") for _ in range(4)]
    assert at_once(database, 4, lambda one, who: one.exports.spend(numbers[who], 4)) == 2
    assert ledger.exports.spent(project) == 8
    assert at_once(database, 4, lambda one, _: one.exports.spend(numbers[0], 1)) <= 1
    number = prepared(ledger, project)
    deciding = at_once(
        database,
        4,
        lambda one, who: one.exports.decide(number, "approve", "x", by=f"c{who}", role="output_checker"),
    )
    assert (deciding, ledger.exports.standing(number).state) == (2, ExportState.APPROVED)
    assert at_once(database, 3, lambda one, _: one.exports.released(number, PACKAGE)) == 1
    ledger.verify()
    ledger.close()


_OUT = {"export_release": [{"export": 1, "digest": "0" * 64}]}


# What is written while the guards are off, by what was made: event, account and role, rows, and what is found.
_FORGED: Any = (
    (
        asked,
        "export_asked",
        ("x", "y"),
        {"export": [{"number": 2, "project": 1, "kind": "tables", "specification": "{}", "release": "r"}]},
        "who could not",
    ),
    (
        asked,
        "export_budget_spent",
        ("c", "worker"),
        {"export_spending": [{"export": 1, "rho": 5}]},
        "out of order",
    ),
    (
        asked,
        "export_budget_spent",
        ("c", "worker"),
        {"export_spending": [{"export": 1, "rho": 10**9}]},
        "spent more",
    ),
    (
        asked,
        "export_prepared",
        ("c", "worker"),
        {"export_preparation": [{"export": 1, "digest": "0", "report": ""}]},
        "other files",
    ),
    (
        asked,
        "export_refused",
        ("c", "manager"),
        {"export_refusal": [{"export": 1, "why": "x"}]},
        "not the worker",
    ),
    (
        prepared,
        "export_decided",
        (COLLEAGUE, "output_checker"),
        {"export_decision": [_decision(COLLEAGUE)]},
        "belongs to its",
    ),
    (
        prepared,
        "export_decided",
        ("x", "output_checker"),
        {"export_decision": [_decision("y")]},
        "twice by the same",
    ),
    (
        prepared,
        "export_decided",
        ("x", "manager"),
        {"export_decision": [_decision("x")]},
        "no output checker",
    ),
    (
        approved,
        "export_decided",
        ("x", "output_checker"),
        {"export_decision": [_decision("x")]},
        "out of order",
    ),
    (prepared, "export_released", ("c", "worker"), _OUT, "approval of two"),
    (approved, "export_released", ("c", "worker"), _OUT, "other than it was approved"),
    (
        asked,
        "export_withdrawn",
        ("x", "y"),
        {"export_withdrawal": [{"export": 1, "why": "x"}]},
        "by somebody else",
    ),
    (
        released,
        "export_taken_away",
        ("c", "worker"),
        {"export_removal": [{"export": 1}]},
        "taken away out of order",
    ),
    (
        asked,
        "project_ended",
        ("x", "y"),
        {"project_end": [{"project": 1, "why": "x"}]},
        "ended by somebody else",
    ),
)


@pytest.mark.parametrize("made", [asked, prepared, approved, released])
def test_what_was_forged_while_the_guards_were_off_is_found(
    database: Database, made: Callable[..., int]
) -> None:
    ledger = database.open()
    made(ledger, begun(ledger))
    for _, event, who, rows, words in (case for case in _FORGED if case[0] is made):
        found_though_forged(database, event, who, rows, words)
    ledger.verify()
    ledger.close()


def test_a_package_is_told_by_all_its_files(database: Database) -> None:
    """Two packages with the same files under other names are two."""
    ledger = database.open()
    project = begun(ledger)
    swapped = dict(zip(PACKAGE, reversed(PACKAGE.values()), strict=True))
    one, other = prepared(ledger, project), prepared(ledger, project, files=swapped)
    assert ledger.exports.standing(one).digest != ledger.exports.standing(other).digest
    assert evidence("zip") in ledger.exports.standing(one).files.values()
    ledger.close()
