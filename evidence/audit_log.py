"""The audit log in words, for the data protection officer and the auditor. Names of users are shown here alone.

A line's detail is not shown as it is: it may hold exact counts. What is shown of it is listed below.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import polars as pl

from evidence.access import Role, Who
from evidence.chart import Chart
from evidence.desk import moment
from evidence.drawing import Drawing
from evidence.errors import AccessError
from evidence.evidence import Choice, Evidence
from evidence.words import count
from ledger import DayCount, Entry, Event, LedgerError, Session

# What a page says in a sentence and a reference.
UNWELL: Final = LedgerError
A_PAGE: Final = 50
# A log of so many lines at most is checked while somebody waits.
CHECKED_HERE: Final = 100_000
_MOST_MONTHS: Final = 120

# The kinds of line that can be chosen: a code, words for it, and its events with words for each.
KINDS: Final[Mapping[str, tuple[str, Mapping[Event, str]]]] = {
    "sign_ins": ("Sign-ins", {Event.SIGN_IN: "Signed in", Event.SIGN_OUT: "Signed out"}),
    "refusals": (
        "Refusals",
        {
            Event.SIGN_IN_REFUSED: "Sign-in refused",
            Event.SESSION_REFUSED: "Came back with a session that is over",
            Event.VIEW_REFUSED: "Page refused",
            Event.DOWNLOAD_REFUSED: "Download refused",
            Event.REQUEST_REFUSED: "Request refused",
            Event.RUN_REFUSED: "Run refused",
        },
    ),
    "views": ("Sensitive views", {Event.VIEWED: "Looked at a sensitive page"}),
    "downloads": ("Downloads", {Event.DOWNLOAD: "Took a file away"}),
    "sessions": (
        "Sessions and accounts",
        {
            Event.SESSION_ENDED: "Session ended by somebody else",
            Event.SESSION_CHANGED: "Role or part of the council changed",
            Event.ACCOUNT_ADDED: "Account made",
            Event.ACCOUNT_CHANGED: "Account changed",
            Event.ACCOUNT_REMOVED: "Account removed",
        },
    ),
    "requests": (
        "Requests to the worker",
        {Event.REQUESTED: "Asked of the worker", Event.REQUEST_DONE: "Done by the worker"},
    ),
    "claims": (
        "Claims and windows",
        {
            Event.WINDOW_OPENED: "Window opened",
            Event.CLAIMS_ENTERED: "Claims entered",
            Event.WINDOW_CLOSED: "Window closed",
            Event.SAMPLE_DRAWN: "Sample drawn",
            Event.CLAIMS_AUDITED: "Verdicts given",
            Event.WINDOW_SIGNED: "Window signed",
            Event.CLAIMS_SUBMITTED: "Claims submitted",
            Event.CLAIMS_PAID: "Paid",
            Event.CLAIMS_REJECTED: "Rejected by the payer",
            Event.CLAIMS_WITHDRAWN: "Withdrawn",
            Event.EVIDENCE_CHANGED: "Evidence changed",
            Event.EVIDENCE_COMPARED: "Evidence compared",
            Event.EVIDENCE_PACK_MADE: "Evidence pack made",
            Event.WINDOW_BUNDLE_MADE: "Bundle of a window made",
            Event.CLAIM_REPLAYED: "Claim worked out again",
        },
    ),
    "returns": (
        "Returns",
        {
            Event.RETURN_DRAWN_UP: "Return drawn up",
            Event.RETURN_CHECKED: "Return checked",
            Event.RETURN_ANSWERED: "Query of a return answered",
            Event.RETURN_SIGNED: "Return signed",
            Event.RETURN_SUBMITTED: "Return submitted",
            Event.RETURN_WITHDRAWN: "Return withdrawn",
        },
    ),
    "exports": (
        "Research exports",
        {
            Event.PROJECT_BEGUN: "Research project begun",
            Event.PROJECT_ENDED: "Research project ended",
            Event.EXPORT_ASKED: "Export asked for",
            Event.EXPORT_BUDGET_SPENT: "Privacy budget spent",
            Event.EXPORT_PREPARED: "Export prepared",
            Event.EXPORT_REFUSED: "Export not made",
            Event.EXPORT_DECIDED: "Output checker decided",
            Event.EXPORT_RELEASED: "Export laid out for its author",
            Event.EXPORT_WITHDRAWN: "Export withdrawn",
            Event.EXPORT_TAKEN_AWAY: "Export taken away",
        },
    ),
    "releases": (
        "Runs and releases",
        {
            Event.RUN_STARTED: "Run started",
            Event.RELEASE_PUBLISHED: "Release published",
            Event.RELEASE_CHOSEN: "Another release chosen",
            Event.RELEASE_VERIFIED: "Release verified",
            Event.FRAMEWORK_ACTIVATED: "Framework activated",
            Event.FRAMEWORK_DEACTIVATED: "Framework deactivated",
            Event.LEDGER_VERIFIED: "Audit log verified",
        },
    ),
    "identities": (
        "Keys and identities",
        {
            Event.KEYS_MADE: "Keys made",
            Event.KEYS_ROTATED: "Keys rotated",
            Event.KEYS_TO_BE_DESTROYED: "Keys to be destroyed",
            Event.KEYS_DESTROYED: "Keys destroyed",
            Event.PROJECT_KEY_MADE: "Key of a project made",
            Event.PROJECT_KEY_DESTROYED: "Key of a project destroyed",
            Event.DUAL_CONTROL_SET: "Rules for two people set",
            Event.APPROVAL_ASKED: "Approval asked for",
            Event.APPROVAL_GIVEN: "Approval given",
            Event.REGISTER_BEGUN: "Register of keys begun",
            Event.KEYS_LOOKED_UP: "Keys looked up",
            Event.TABLE_TAKEN: "Table taken out",
            Event.REIDENTIFIED: "Families identified",
            Event.PAIRS_JUDGED: "Pairs of records judged",
        },
    ),
}
_WORDS: Final = {event: words for _, events in KINDS.values() for event, words in events.items()}
_KIND_OF: Final[Mapping[str, str]] = {event: kind for kind, (_, events) in KINDS.items() for event in events}
_OF_PAGES: Final = {Event.VIEWED, Event.VIEW_REFUSED, Event.DOWNLOAD, Event.DOWNLOAD_REFUSED}
# What of a line's detail is shown, and what it is called.
_SHOWN: Final[Mapping[Event, tuple[str, ...]]] = {
    Event.SIGN_IN_REFUSED: ("why",),
    Event.DOWNLOAD: ("file",),
    Event.DOWNLOAD_REFUSED: ("file", "why"),
    Event.SESSION_ENDED: ("name",),
    Event.SESSION_CHANGED: ("role", "scope"),
    Event.ACCOUNT_ADDED: ("role", "scope"),
    Event.ACCOUNT_CHANGED: ("role", "scope"),
}


@dataclass(frozen=True)
class State:
    """How the log stands: how many lines, and when it was last found whole ("": never), by whom, up to which line."""

    lines: int
    at: str
    by: str
    whole: int


def kinds() -> list[Choice]:
    """What can be chosen."""
    return [Choice(code, words) for code, (words, _) in KINDS.items()]


def months(evidence: Evidence) -> list[Choice]:
    """The months of the log, the latest first."""
    ends = evidence.desk.ledger.log.months()
    if ends is None:
        return []
    (year, month), first = map(int, ends[1].split("-")), ends[0]
    found: list[Choice] = []
    while (code := f"{year:04}-{month:02}") >= first and len(found) < _MOST_MONTHS:
        found.append(Choice(code, datetime(year, month, 1, tzinfo=UTC).strftime("%B %Y")))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return found


def lines(evidence: Evidence, kind: str = "", month: str = "", before: int = 0) -> list[Entry]:
    """One page of lines, the newest first; those before the line `before`, where it is said."""
    events = tuple(KINDS[kind][1]) if kind in KINDS else ()
    return evidence.desk.ledger.log.lines(events=events, month=month, before=before, limit=A_PAGE)


def table(found: Sequence[Entry]) -> pl.DataFrame:
    """One row a line, in texts. Times are Coordinated Universal Time."""
    rows = [
        (
            str(one.number),
            moment(one.at),
            _words(one.event),
            one.actor,
            one.role.replace("_", " ").capitalize(),
            one.subject.replace("_", " ").capitalize() if one.event in _OF_PAGES else one.subject,
            _shown(one),
        )
        for one in found
    ]
    headings = ("Line", "When", "What", "Who", "As", "About", "More")
    return pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row")


def totals(evidence: Evidence, month: str) -> dict[str, int]:
    """How many lines of each kind there are in a month."""
    found = dict.fromkeys(KINDS, 0)
    for one in _days(evidence, month):
        found[_KIND_OF[one.event]] += one.lines
    return found


def by_day(evidence: Evidence, month: str, kind: str = "") -> Chart:
    """How much was done on each day of a month: bars, and a table with every kind there was."""
    found = _days(evidence, month)
    year, number = (int(part) for part in month.split("-"))
    days = [f"{month}-{day:02}" for day in range(1, monthrange(year, number)[1] + 1)]
    counted = {day: dict.fromkeys(KINDS, 0) for day in days}
    for one in found:
        if one.day in counted:
            counted[one.day][_KIND_OF[one.event]] += one.lines
    chosen = [kind] if kind in KINDS else list(KINDS)
    heights = [sum(counted[day][one] for one in chosen) for day in days]
    labels = [f"{int(day[-2:])} {_short(month)}" for day in days]
    figure = Drawing()
    figure.add_bar(
        x=[int(day[-2:]) for day in days],
        y=heights,
        customdata=labels,
        marker={"color": "#12436D"},
        hovertemplate="%{customdata}: %{y:,}<extra></extra>",
    )
    figure.update_layout(height=240, showlegend=False)
    figure.update_xaxes(title={"text": f"Day of {_long(month)}"}, dtick=5, tick0=5)
    figure.update_yaxes(title={"text": "Lines of the log"}, rangemode="tozero")
    most = max(heights, default=0)
    title = f"Most was done on {labels[heights.index(most)]}" if most else "Nothing was done in this month"
    what = KINDS[kind][0] if kind in KINDS else "All lines of the audit log"
    alt = f"{what} by day of {_long(month)}: {count(sum(heights))} in all, at most {count(most)} on a day."
    there = [one for one in KINDS if any(counted[day][one] for day in days)]
    headings = ["Day", *(KINDS[one][0] for one in there)]
    rows = [
        (label, *(count(counted[day][one]) for one in there))
        for day, label in zip(days, labels, strict=True)
        if any(counted[day].values())
    ]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row")
    notes = (
        "Exact counts of what users of the app and the commands did. Days are those of Coordinated Universal Time.",
    )
    return Chart(figure, title, alt, frame, notes, f"audit log of {evidence.release().authority}")


def state(evidence: Evidence) -> State:
    """How the log stands."""
    log = evidence.desk.ledger.log
    last = log.latest(Event.LEDGER_VERIFIED)
    if last is None:
        return State(log.newest(), "", "", 0)
    whole = last.detail.get("lines")
    return State(log.newest(), moment(last.at), last.actor, whole if isinstance(whole, int) else 0)


def verify(evidence: Evidence, who: Who) -> int:
    """Check the whole ledger now, and write that down. Raises LedgerError where it is not as it was written."""
    if not who.may_see("audit"):
        raise AccessError("Only who sees the audit page checks the ledger here.")
    ledger = evidence.desk.ledger
    whole = ledger.verify()
    ledger.record(Event.LEDGER_VERIFIED, actor=who.name, role=who.role.value, detail={"lines": whole})
    return whole


def may_end(who: Who) -> bool:
    """Whether somebody may end the sessions of others."""
    return who.role is Role.DATA_PROTECTION_OFFICER


def open_sessions(evidence: Evidence) -> list[Session]:
    """Who is signed in now, the one that was here last first."""
    desk = evidence.desk
    return desk.ledger.sessions.open(desk.rules().lasts, datetime.now(UTC))


def session_table(found: Sequence[Session]) -> pl.DataFrame:
    """One row an open session, in texts."""
    rows = [
        (
            str(one.number),
            one.name,
            one.role.replace("_", " ").capitalize(),
            one.scope or "The whole council",
            moment(one.since.isoformat()),
            moment(one.seen.isoformat()),
        )
        for one in found
    ]
    headings = ("Session", "Who", "As", "Part", "Signed in", "Last here")
    return pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row")


def end_session(evidence: Evidence, who: Who, number: int) -> str:
    """End a session at once, and give whose it was. Raises AccessError where somebody may not, LedgerError where it is
    not open."""
    if not may_end(who):
        raise AccessError("Only a data protection officer ends the sessions of others.")
    return evidence.desk.ledger.sessions.revoke(number, by=who.name, role=who.role.value)


def _days(evidence: Evidence, month: str) -> list[DayCount]:
    """Those that have a kind here: what a later version wrote is in the lines alone."""
    return [one for one in evidence.desk.ledger.log.days(month) if one.event in _KIND_OF]


def _words(event: str) -> str:
    return _WORDS.get(Event(event), event) if event in set(Event) else event


def _shown(one: Entry) -> str:
    said = []
    for key in _SHOWN.get(Event(one.event), ()) if one.event in set(Event) else ():
        value = one.detail.get(key)
        if isinstance(value, str) and value:
            said.append(value.replace("_", " ") if key != "file" else value)
        elif isinstance(value, list) and len(value) == 2 and value[0] != value[1]:
            before, now = (str(part).replace("_", " ") or "the whole council" for part in value)
            said.append(f"from {before} to {now}")
    return "; ".join(said)


def _short(month: str) -> str:
    return datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC).strftime("%b")


def _long(month: str) -> str:
    return datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC).strftime("%B %Y")
