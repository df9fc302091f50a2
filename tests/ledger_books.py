"""Returns and research exports to fill a ledger with, up to whatever step a test begins at."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from ledger import CheckResult, Ledger, canonical
from tests.ledgers import evidence

TEMPLATE = "families-quarterly"
PERIOD = "2026-27-Q2"
CHECKS = ("joint-audit", "totals")
PASSED = (CheckResult("joint-audit", "passed", "gives nobody away"), CheckResult("totals", "passed", "agree"))
ASKING = (*PASSED, CheckResult("change", "query", "a third fewer than last quarter"))
DRAFTER: dict[str, Any] = {"by": "ada@council.example", "role": "returns_officer"}
SECOND: dict[str, Any] = {"by": "ben@council.example", "role": "manager"}
RESEARCHER: dict[str, Any] = {"by": "rosa@university.example", "role": "researcher"}
CHECKER: dict[str, Any] = {"by": "cho@council.example", "role": "output_checker"}
OTHER_CHECKER: dict[str, Any] = {"by": "dee@council.example", "role": "output_checker"}
PROTECTION: dict[str, Any] = {"by": "pat@council.example", "role": "data_protection_officer"}
COLLEAGUE = "sam@university.example"
PACKAGE = {"export.zip": evidence("zip"), "tables/families.csv": evidence("csv")}
REPORT = canonical({"files": [{"name": "tables/families.csv", "smallest": 10}]})


def drawn_up(
    ledger: Ledger, period: str = PERIOD, *, template: str = TEMPLATE, figure: int = 120, why: str = ""
) -> int:
    """A draft with one figure."""
    return ledger.returns.draw_up(
        template,
        period,
        release="2026-10-31-001",
        ledger_line=ledger.log.newest(),
        template_digest=evidence("template"),
        content=canonical({"tables": [{"name": "families", "cells": [figure]}]}),
        files={"families.csv": evidence("csv", figure), "families.xlsx": evidence("xlsx", figure)},
        signers=("manager", "returns_officer"),
        checks=CHECKS,
        why=why,
        **DRAFTER,
    )


def checked(
    ledger: Ledger, period: str = PERIOD, *, results: Sequence[CheckResult] = PASSED, **more: Any
) -> int:
    """A draft with its checks."""
    number = drawn_up(ledger, period, **more)
    ledger.returns.checked(number, results)
    return number


def signed(ledger: Ledger, period: str = PERIOD, **more: Any) -> int:
    """A return that two people signed."""
    number = checked(ledger, period, **more)
    digest = ledger.returns.standing(number).digest
    ledger.returns.sign(number, digest, **DRAFTER)
    ledger.returns.sign(number, digest, **SECOND)
    return number


def submitted(ledger: Ledger, period: str = PERIOD, **more: Any) -> int:
    """A return that was submitted."""
    number = signed(ledger, period, **more)
    ledger.returns.submit(number, **DRAFTER)
    return number


def begun(
    ledger: Ledger,
    name: str = "school-absence",
    *,
    budget: int = 1_000_000,
    people: Collection[str] = (COLLEAGUE,),
) -> int:
    """A project that goes on for a year."""
    ends = date.today() + timedelta(days=365)
    return ledger.projects.begin(
        name,
        title="Absence from school",
        purpose="to learn what helps",
        basis="public task",
        people=people,
        ends=ends,
        latest=ends,
        budget=budget,
        **RESEARCHER,
    )


def asked(ledger: Ledger, project: int, kind: str = "tables") -> int:
    """An export that was asked for."""
    specification = canonical({"tables": [{"measure": "families"}]})
    return ledger.exports.ask(project, kind, specification, release="2026-10-31-001", **RESEARCHER)


def prepared(
    ledger: Ledger, project: int, kind: str = "tables", *, rho: int = 1, files: Mapping[str, str] = PACKAGE
) -> int:
    """An export that lies ready for its checkers."""
    number = asked(ledger, project, kind)
    if kind == "private":
        ledger.exports.spend(number, rho)
    ledger.exports.prepared(number, files, REPORT)
    return number


def approved(ledger: Ledger, project: int, kind: str = "tables") -> int:
    """An export that both checkers approved."""
    number = prepared(ledger, project, kind)
    for who in (CHECKER, OTHER_CHECKER):
        ledger.exports.decide(number, "approve", "no count is small", **who)
    return number


def released(ledger: Ledger, project: int, kind: str = "tables") -> int:
    """An export that was handed out."""
    number = approved(ledger, project, kind)
    ledger.exports.released(number, PACKAGE)
    return number


def fill(ledger: Ledger) -> None:
    """Rows in every table of both books."""
    number = checked(ledger, results=ASKING)
    ledger.returns.answer(number, "change", "a team was moved", **DRAFTER)
    digest = ledger.returns.standing(number).digest
    for who in (DRAFTER, SECOND):
        ledger.returns.sign(number, digest, **who)
    ledger.returns.submit(number, **DRAFTER)
    ledger.returns.withdraw(drawn_up(ledger, why="two families were added"), "not yet", **DRAFTER)
    project = begun(ledger)
    ledger.exports.refused(asked(ledger, project), "the measure is gone")
    out = released(ledger, project, "private")
    ledger.exports.withdraw(out, "sent to the wrong place", **PROTECTION)
    ledger.exports.taken_away(out)
    ledger.projects.end(project, "it is done", **RESEARCHER)
