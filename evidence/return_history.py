"""What was done about a return, and what was asked of the worker: tables as they are shown, texts only."""

import re
from collections.abc import Iterable

import polars as pl

from evidence.desk import Asked, moment
from evidence.evidence import Evidence
from evidence.returns import Seen
from ledger import RequestKind

KINDS = {
    RequestKind.DRAW_UP_RETURN: "Draw the return up",
    RequestKind.CHECK_RETURN: "Check it",
    RequestKind.RETURN_FILES: "Lay its files out again",
    RequestKind.PREPARE_EXPORT: "Prepare the export",
    RequestKind.HAND_OUT_EXPORT: "Hand the export out",
}


def act_table(evidence: Evidence, found: Seen) -> pl.DataFrame:
    """Everything that was done about the versions of a return for a period, the newest first."""
    book = evidence.desk.ledger.returns
    acts = [(one.version, act) for one in found.versions for act in book.history(one.number)]
    rows = [
        (
            moment(act.at),
            f"Version {version}",
            _capital(act.words),
            act.by,
            act.role.replace("_", " ").capitalize(),
            f"{act.line} ({act.digest[:12]}…)",
        )
        for version, act in sorted(acts, key=lambda one: -one[1].line)
    ]
    headings = ("When", "Which", "What", "By", "As", "Line of the audit log")
    return pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row")


def _short(note: str) -> str:
    """What the worker said, without the files that it laid out: these are offered elsewhere."""
    return re.split(r"; (?:return|export)-\d{6}", note)[0]


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def request_table(asked: Iterable[Asked]) -> pl.DataFrame:
    """Requests to the worker, in texts."""
    rows = [(str(one.number), KINDS[one.kind], one.by, one.at, one.state, _short(one.note)) for one in asked]
    headings = ("Request", "For", "Asked by", "Asked at", "State", "Note")
    return pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row")
