"""The tables of a window of claims, as they are shown: texts only, claims by their number."""

from collections.abc import Iterable, Sequence

import polars as pl

from evidence.desk import Asked, moment
from evidence.evidence import Evidence
from evidence.windows import STEPS, VERDICTS, so_many
from evidence.words import count, day, pounds
from ledger import Entry, Event, RequestKind, Standing, Step, Verdict, Window

EVENTS = {
    Event.WINDOW_OPENED: "Window opened",
    Event.CLAIMS_ENTERED: "Claims entered",
    Event.SAMPLE_DRAWN: "Sample drawn",
    Event.CLAIMS_AUDITED: "Verdicts given",
    Event.WINDOW_CLOSED: "Window closed",
    Event.WINDOW_SIGNED: "Window signed",
    Event.CLAIMS_SUBMITTED: "Claims submitted",
    Event.CLAIMS_PAID: "Paid",
    Event.CLAIMS_REJECTED: "Rejected by the payer",
    Event.CLAIMS_WITHDRAWN: "Withdrawn",
    Event.EVIDENCE_CHANGED: "Evidence changed",
    Event.EVIDENCE_PACK_MADE: "Evidence pack made",
    Event.WINDOW_BUNDLE_MADE: "Bundle made",
}
_KINDS = {
    RequestKind.CLAIMABLE_EPISODES: "List of claimable episodes",
    RequestKind.OPEN_WINDOW: "Open the window",
    RequestKind.ENLARGE_SAMPLE: "Enlarge the sample",
    RequestKind.EVIDENCE_PACK: "Evidence pack",
    RequestKind.WINDOW_BUNDLE: "Bundle of the window",
}


def claim_table(evidence: Evidence, claims: Iterable[Standing]) -> pl.DataFrame:
    """One row a claim by its number, in texts."""
    rules = evidence.release().rules
    rows = [
        (
            str(one.number),
            rules.kind_label(one.kind),
            day(one.claim_date),
            pounds(one.worth),
            _step(one),
            one.why,
            "Changed since" if one.live and one.evidence_changed else "",
        )
        for one in claims
    ]
    headings = ("Claim", "Kind", "Claim date", "Worth", "Stands at", "Why", "Evidence")
    return _without_blanks(_texts(headings, rows))


def sample_table(claims: Iterable[Standing], packs: Iterable[Asked]) -> pl.DataFrame:
    """One row a sampled claim: why it was drawn, its verdict, and how far its evidence pack is."""
    newest: dict[str, Asked] = {}
    for one in packs:
        newest.setdefault(one.subject, one)
    rows = [
        (
            str(one.number),
            one.drawn,
            _verdict(one.verdict),
            one.why if one.verdict and one.step is Step.AUDITED else "",
            _pack(newest.get(str(one.number))),
        )
        for one in claims
    ]
    return _without_blanks(_texts(("Claim", "Why it was drawn", "Verdict", "Reason", "Evidence pack"), rows))


def history_table(evidence: Evidence, claim: int) -> pl.DataFrame:
    """Every step of one claim: when, by whom and why."""
    rows = [
        (
            moment(one.at),
            STEPS[one.step] + (f": {_verdict(one.verdict).lower()}" if one.verdict else ""),
            one.by,
            _role(one.role),
            one.why,
            one.release,
        )
        for one in evidence.desk.ledger.claims.history(claim)
    ]
    return _texts(("When", "Step", "By", "As", "Why", "Release"), rows)


def act_table(evidence: Evidence, window: Window) -> pl.DataFrame:
    """Everything that was done about a window, the newest first."""
    rows = [
        (
            moment(entry.at),
            _act(entry),
            entry.actor,
            _role(entry.role),
            str(entry.detail.get("why", "")),
        )
        for entry in reversed(evidence.desk.ledger.claims.acts(window.number))
    ]
    return _without_blanks(_texts(("When", "What", "By", "As", "Why"), rows))


def request_table(asked: Iterable[Asked]) -> pl.DataFrame:
    """Requests to the worker, in texts."""
    rows = [(str(one.number), _KINDS[one.kind], one.by, one.at, one.state, one.note) for one in asked]
    return _texts(("Request", "For", "Asked by", "Asked at", "State", "Note"), rows)


def _step(one: Standing) -> str:
    return (
        f"{STEPS[one.step]}: {_verdict(one.verdict).lower()}" if one.step is Step.AUDITED else STEPS[one.step]
    )


def _verdict(verdict: str) -> str:
    return VERDICTS[Verdict(verdict)] if verdict else ""


def _act(entry: Entry) -> str:
    """What was done, with its figures where the line has some."""
    words = EVENTS.get(Event(entry.event), entry.event.replace("_", " ").capitalize())
    claims, worth = entry.detail.get("claims"), entry.detail.get("worth")
    if not isinstance(claims, int):
        return words
    figures = [so_many(claims), pounds(worth)] if isinstance(worth, int) else [so_many(claims)]
    struck_out = entry.detail.get("struck_out")
    if isinstance(struck_out, int):
        figures.append(f"{count(struck_out)} struck out")
    return f"{words}: {', '.join(figures)}"


def _without_blanks(table: pl.DataFrame) -> pl.DataFrame:
    """A table without the columns that say nothing in any row."""
    return table.select(name for name in table.columns if table.is_empty() or (table[name] != "").any())


def _pack(asked: Asked | None) -> str:
    """How far an evidence pack is; why it was refused, where it was."""
    if asked is None:
        return ""
    if asked.done or asked.waiting:
        return f"{asked.state} (request {asked.number})"
    return f"{asked.state}: {asked.note}"


def _role(code: str) -> str:
    return code.replace("_", " ").capitalize()


def _texts(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row")
