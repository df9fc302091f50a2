"""Research projects and exports: which there are, how far each has come, and what somebody may see of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from evidence.access import Role, Who
from evidence.desk import Asked, moment
from evidence.evidence import Choice, Evidence
from evidence.export_asking import KINDS, rho_words, words
from evidence.words import count, day
from ledger import (
    CheckersVerdict,
    Exports,
    ExportStanding,
    ExportState,
    ProjectStanding,
    RequestKind,
    SeenDecisions,
    person_of,
)
from release.specification import SpecificationError, read_specification

# A project and an export in the ledger.
Project = ProjectStanding
Export = ExportStanding
State = ExportState
Verdict = CheckersVerdict
STATES: Final[Mapping[ExportState, str]] = {
    ExportState.ASKED: "Asked for",
    ExportState.PREPARED: "With the output checkers",
    ExportState.APPROVED: "Approved by two",
    ExportState.RETURNED: "Returned by a checker",
    ExportState.RELEASED: "Ready to be fetched",
    ExportState.ENDED: "Over: its project has ended",
    ExportState.WITHDRAWN: "Withdrawn",
    ExportState.REFUSED: "Could not be made",
}
VERDICTS: Final[Mapping[CheckersVerdict, str]] = {
    CheckersVerdict.APPROVE: "Approve",
    CheckersVerdict.RETURN: "Return",
}
# Who sees every project and export, whoever began or asked for it.
_EVERYTHING: Final = frozenset({Role.DATA_PROTECTION_OFFICER, Role.AUDITOR})
# Before it is prepared a checker has nothing to check.
_TO_CHECKERS: Final = frozenset(
    {
        ExportState.PREPARED,
        ExportState.APPROVED,
        ExportState.RETURNED,
        ExportState.RELEASED,
        ExportState.ENDED,
    }
)


@dataclass(frozen=True)
class ForAChecker:
    """An export as an output checker sees it. `may`: "" where they can decide, or why not; `decisions`: their own, and
    the other one once both are in."""

    export: Export
    may: str
    decisions: SeenDecisions


def is_same(one: str, other: str) -> bool:
    """Whether two accounts are one person's, however they are spelt."""
    return person_of(one) == person_of(other)


def sees_everything(who: Who) -> bool:
    """Whether somebody sees the register of every project and export."""
    return who.role in _EVERYTHING and who.may_see("research")


def own_projects(evidence: Evidence, who: Who) -> list[Project]:
    """The projects that somebody began or is named in, the newest first."""
    found = evidence.desk.ledger.projects.standings()
    return [one for one in reversed(found) if one.is_of(who.name)]


def running(projects: Iterable[Project]) -> list[Project]:
    """Those that are not over."""
    return [one for one in projects if not one.over()]


def project_choices(projects: Iterable[Project]) -> list[Choice]:
    """Projects to choose from."""
    return [Choice(str(one.number), f"{one.title} (until {day(one.ends)})") for one in projects]


def own_exports(evidence: Evidence, who: Who) -> list[Export]:
    """The exports that somebody asked for, the newest first. Another researcher's are not among them."""
    found = evidence.desk.ledger.exports.standings()
    return [one for one in reversed(found) if is_same(one.author, who.name)]


def every_project(evidence: Evidence, who: Who) -> list[Project]:
    """The register of projects, the newest first; empty for whoever does not see it."""
    return list(reversed(evidence.desk.ledger.projects.standings())) if sees_everything(who) else []


def every_export(evidence: Evidence, who: Who) -> list[Export]:
    """The register of exports, the newest first; empty for whoever does not see it."""
    return list(reversed(evidence.desk.ledger.exports.standings())) if sees_everything(who) else []


def to_check(evidence: Evidence, who: Who) -> list[ForAChecker]:
    """Every export that was put before output checkers: what waits for this one first, and then the newest."""
    if who.role is not Role.OUTPUT_CHECKER or not who.may_see("research"):
        return []
    book = evidence.desk.ledger.exports
    # What ended before it was prepared has no report to be read.
    put = [one for one in book.standings() if one.prepared_at and one.state in _TO_CHECKERS]
    found = [_for_a_checker(book, one, who) for one in put]
    return sorted(found, key=lambda one: (bool(one.may), -one.export.number))


def _for_a_checker(book: Exports, one: Export, who: Who) -> ForAChecker:
    """An export as one checker sees it. Where both have decided nothing more is asked of the ledger."""
    if one.decisions:
        own = next((each for each in one.decisions if is_same(each.by, who.name)), None)
        return ForAChecker(
            one, "Both checkers have decided.", SeenDecisions(own, one.decided, True, one.decisions)
        )
    may = book.may_decide(one.number, who.name, who.role.value)
    return ForAChecker(one, may, book.seen_by(one.number, who.name))


def check_choices(found: Iterable[ForAChecker]) -> list[Choice]:
    """Exports for a checker to choose from."""
    return [
        Choice(
            str(one.export.number),
            f"Export {one.export.number}, {one.export.project_name}: "
            f"{_of_checker(one) if one.may else 'waits for your decision'}",
        )
        for one in found
    ]


def _of_checker(one: ForAChecker) -> str:
    if one.export.state is ExportState.PREPARED and one.decisions.own is not None:
        return "decided by you, waits for the other checker"
    return STATES[one.export.state].lower()


def asks_for(evidence: Evidence, export: Export) -> list[str]:
    """What an export asks for, in sentences."""
    try:
        return words(evidence, read_specification(export.specification))
    except SpecificationError:
        return ["What it asks for cannot be read by this version of Outcome Lens."]


def state_choices(found: Iterable[Export]) -> list[Choice]:
    """The states that exports stand at."""
    there = {one.state for one in found}
    return [Choice(state.value, words) for state, words in STATES.items() if state in there]


def next_step(export: Export) -> str:
    """Where an export stands and what is next, by whom, in a sentence."""
    match export.state:
        case ExportState.ASKED:
            return (
                "The worker prepares it, and attacks it together with everything that was given out before."
            )
        case ExportState.PREPARED:
            left = "the other output checker decides" if export.decided else "two output checkers decide"
            return f"It is prepared. Next: {left}, neither knowing what the other did."
        case ExportState.APPROVED:
            return "Two output checkers approved it. Next: the worker lays the package out for its author."
        case ExportState.RETURNED:
            return "A checker returned it: see the reasons below, and ask for another."
        case ExportState.RELEASED:
            return f"Its author can fetch it until {day(export.ends)}."
        case ExportState.ENDED:
            return "Its project is over: it is given to nobody any more."
        case ExportState.WITHDRAWN:
            return f"It was withdrawn by {export.withdrawn_by}: {export.withdrawn_why}"
        case ExportState.REFUSED:
            return f"It could not be made: {export.refused_why}"


def requests(evidence: Evidence, export: Export) -> list[Asked]:
    """What was asked of the worker about an export, the newest first."""
    desk = evidence.desk
    kinds = (RequestKind.PREPARE_EXPORT, RequestKind.HAND_OUT_EXPORT)
    listed = [one for kind in kinds for one in desk.requests(kind) if one.subject == str(export.number)]
    return sorted(listed, key=lambda one: -one.number)


def export_table(exports: Iterable[Export], *, whose: bool) -> pl.DataFrame:
    """One row an export, in texts. `whose`: with its author."""
    rows = [
        (
            str(one.number),
            one.project_name,
            KINDS[one.kind],
            one.author,
            moment(one.asked_at),
            STATES[one.state],
            moment(one.released_at),
            _until(one.ends, over=one.over),
        )
        for one in exports
    ]
    headings = ("Export", "Project", "Kind", "Asked for by", "Asked at", "State", "Released at", "Last day")
    table = _texts(headings, rows)
    return table if whose else table.drop("Asked for by")


def project_table(projects: Iterable[Project], *, whose: bool) -> pl.DataFrame:
    """One row a project, in texts. `whose`: with its author."""
    rows = [
        (
            one.name,
            one.title,
            one.purpose,
            one.basis,
            one.author,
            ", ".join(one.people),
            one.begun_at[:10],
            _project_until(one),
            f"{rho_words(one.left)} of {rho_words(one.budget)}",
        )
        for one in projects
    ]
    headings = (
        "Project",
        "Title",
        "Purpose",
        "Legal basis",
        "Begun by",
        "People",
        "Begun",
        "Last day",
        "Privacy budget left (rho)",
    )
    table = _texts(headings, rows)
    return table if whose else table.drop("Begun by")


def history_table(evidence: Evidence, export: Export) -> pl.DataFrame:
    """Everything that was done about an export, the newest first. Which way the checkers decided stands there once both
    have."""
    rows = [
        (
            moment(one.at),
            f"{one.words[:1].upper()}{one.words[1:]}",
            one.by,
            one.role.replace("_", " ").capitalize(),
            str(one.line),
        )
        for one in reversed(evidence.desk.ledger.exports.history(export.number))
    ]
    return _texts(("When", "What", "By", "As", "Line of the audit log"), rows)


def decision_table(decisions: SeenDecisions) -> pl.DataFrame:
    """The decisions that may be seen, in texts."""
    seen = decisions.decisions or ((decisions.own,) if decisions.own else ())
    rows = [(one.by, VERDICTS[one.verdict], one.why, moment(one.at)) for one in seen]
    return _texts(("Checker", "Decision", "Why", "When"), rows)


def decisions_of(export: Export) -> pl.DataFrame:
    """Both decisions on an export, in texts; empty before both are in."""
    rows = [(one.by, VERDICTS[one.verdict], one.why, moment(one.at)) for one in export.decisions]
    return _texts(("Checker", "Decision", "Why", "When"), rows)


def past_words(projects: Iterable[Project]) -> str:
    """How many projects are over and how many run, in a sentence."""
    found = list(projects)
    over = sum(one.over() for one in found)
    return f"{count(len(found) - over)} running, {count(over)} over."


def _project_until(one: Project) -> str:
    if one.ended_at:
        return f"Ended on {day(date.fromisoformat(one.ended_at[:10]))} by {one.ended_by}: {one.ended_why}"
    return _until(one.ends, over=one.over())


def _until(ends: date, *, over: bool) -> str:
    return f"PAST: {day(ends)}" if over else day(ends)


def _texts(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict.fromkeys(headings, pl.String), orient="row")
