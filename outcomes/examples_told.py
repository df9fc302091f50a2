"""Tells what happened to an example day by day, so that an officer sees why it came out as it did."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from outcomes.frameworks import Example, Record
from outcomes.rules import (
    EXTRACTS,
    Judgement,
    NoEvent,
    NoStatus,
    Rule,
    Spell,
    StatusChange,
    extracts_of,
    in_words,
    parts_of,
)
from outcomes.vocabulary import Measure, NeedState, Reason
from outcomes.windows import add_months

Row = Mapping[str, Any]

# What evidence means that is not told by the states, the records and the judgements themselves.
_EVIDENCE: Final[Mapping[str, str]] = {
    Measure.LAST_RECORD: "the last record that started the clock again",
    Measure.COVERAGE: "the days that the extract must cover",
    Measure.TERM: "sessions of the term",
    Measure.SPELL: "the spell that is open on the as-of date",
    Measure.COUNT: "records counted, of those asked for",
    Measure.COUNTED: "a record that counts",
    Measure.BEFORE: "records before the clock started",
    Measure.REDUCED: "records in the window that decides",
    Measure.FROM_STATUS: "the period of the old status",
    Measure.TO_STATUS: "the period of the new status",
    Measure.MET: "the judgement that started the clock",
    Measure.REGRESSED: "the last regression",
    Measure.WAIVER: "the waiver that counts",
    Measure.PART: "a part of the rule",
    Measure.ELIGIBLE: "test of eligibility",
    Measure.ASSESSMENT: "test of the assessment",
    Measure.PLAN: "test of the plan",
    Measure.LEAD_PRACTITIONER: "test of the lead practitioner",
    Measure.CLOSING: "test of the closing",
    Measure.EARLIER_CLAIM: "an earlier claim of the family",
    Measure.AFTER: "a claim that must come first",
    Measure.CLAIM_DATE: "the claim date",
}
WHY: Final[Mapping[str, str]] = {
    Reason.EVENT_ON_AS_OF: "an event on the as-of date itself",
    Reason.STATUS_OPEN: "a period that counts is open on the as-of date",
    Reason.TOO_EARLY: "the newest complete term began before the clock could start",
    Reason.BELOW_THRESHOLD: "the newest complete term falls short",
    Reason.NO_OPEN_SPELL: "no spell is open on the as-of date",
    Reason.NOT_MET: "nobody has judged the need met",
    Reason.REGRESSED: "a regression came last",
    Reason.TOO_FEW_RECORDS: "fewer records than the rule asks for",
    Reason.NOTHING_TO_REDUCE: "no record before the clock started",
    Reason.NOT_REDUCED: "too many records in the window that decides",
    Reason.NO_STATUS_CHANGE: "no period of the new status after one of the old",
    Reason.STATUS_RETURNED: "a period of the old status came later again",
    Reason.STATUS_ENDED: "the period of the new status ended inside the window",
    Reason.EPISODE_OPEN: "the clock starts at closure, and the episode is open",
    Reason.NOT_COVERED: "the extract does not cover the window so far",
    Reason.PERSON_NOT_LINKED: "nobody could have found a record of this person",
    Reason.NO_RECORD: "no sessions of this pupil in the newest complete term",
    Reason.NO_COMPLETE_TERM: "the extract holds no complete term",
    Reason.STALE_EXTRACT: "the newest complete term ended too long ago",
    Reason.NO_PERSON: "the rule needs a person, and the need names none",
    Reason.NEED_NOT_IN_FRAMEWORK: "the framework has no such need",
}
_TOLD_ELSEWHERE: Final = (Measure.IDENTIFIED, Measure.OUTCOME, Measure.TERM_RECORD)


@dataclass(frozen=True)
class Told:
    """What a story is about: the need or kind of claim `code` of the member `who` (None: the family) of an example,
    the rule that decided (None: another test), the evidence for it, and the members by their keys.
    """

    example: Example
    code: str
    who: str | None
    rule: Rule | None
    evidence: Sequence[Row]
    names: Mapping[str | None, str]


def whom(who: str | None) -> str:
    """A member by the name in the example, or the family."""
    return who or "the family"


def need_story(told: Told, row: Row, identified_on: date) -> tuple[str, ...]:
    """The days of a need, one line a day and fact, in their order; then the day on which it is judged."""
    days = [(identified_on, f"need {told.code} of {whom(told.who)} is identified")]
    lines = _in_order(told, [*days, *_outcome(row)], row["state"])
    held = _held_until(told.rule, row["achieved_on"]) if row["state"] == NeedState.SUSTAINING else None
    return (*lines, f"{held}  the last day of the window, if nothing happens") if held else lines


def claim_story(told: Told, row: Row, needs: Sequence[Row]) -> tuple[str, ...]:
    """The days of a claim: its tests, what became of the needs, its own rule where it has one."""
    days: list[tuple[date | None, str]] = []
    for need in needs:
        about = f"need {need['need_code']} of {whom(told.names.get(need['person']))}"
        why = f", because {need['reason']}" if need["reason"] else ""
        days.append((need["sustained_on"] or need["achieved_on"], f"{about}: {need['state']}{why}"))
    return _in_order(told, days, row["state"])


def _outcome(row: Row) -> Iterator[tuple[date | None, str]]:
    if row["achieved_on"]:
        yield row["achieved_on"], "achieved: the clock starts"
    if row["sustained_on"]:
        yield row["sustained_on"], "the last day of the window: sustained"


def _held_until(rule: Rule | None, achieved_on: date) -> date | None:
    """The last day of the window that runs from `achieved_on`; None for a rule whose parts have windows of their own,
    and for terms, which nobody knows in advance.
    """
    match rule:
        case NoEvent() | NoStatus() | Judgement() | StatusChange():
            return add_months(achieved_on, rule.months) - timedelta(days=1)
        case Spell():
            return achieved_on + timedelta(days=rule.days - 1)
        case _:
            return None


def _in_order(told: Told, days: Sequence[tuple[date | None, str]], state: str) -> tuple[str, ...]:
    example = told.example
    found: list[tuple[date | None, str]] = [(example.start, "the episode begins")]
    if example.end:
        found.append((example.end, f"the episode ends: {example.closure or 'no reason'}"))
    found += [*days, *_records(told), *_evidence(told)]
    # What nothing dates comes last, before the day on which all of it is judged.
    found.sort(key=lambda one: (one[0] is None, one[0] or example.as_of))
    lines = [f"{day or ' ' * 10}  {words}" for day, words in found]
    rule = [f"the rule: {in_words(told.rule)}"] if told.rule is not None else []
    return (*rule, *lines, f"{example.as_of}  the as-of date: {state}")


def _records(told: Told) -> Iterator[tuple[date | None, str]]:
    """The judgements, and the records of the extracts that the rule looks into, those that do not count too."""
    cited = {row["record"] for row in told.evidence}
    looked_into = extracts_of(told.rule) if told.rule is not None else frozenset()
    of_anybody = told.who is None or (told.rule is not None and _asks_everybody(told.rule))
    for name, records in told.example.records:
        for place, record in enumerate(records, start=1):
            row = dict(record)
            decides = ": it decides" if f"{name} {place}" in cited else ""
            if name == "progress":
                if _is_about(told, row):
                    without = "" if row["state"] != "waived" or row["has_reason"] else ", without a reason"
                    of = f"need {row['need_code']} of {row['person'] or whom(None)}"
                    yield _day(row["recorded_on"]), f"{of} judged {row['state']}{without}{decides}"
            elif name in looked_into and (row["person"] == told.who or of_anybody):
                first, last = _days(name, row)
                until = f" to {last}" if last else ""
                codes = ", ".join(_codes(record))
                about = f" ({codes})" if codes else ""
                yield first, f"{name} of {row['person']}{about}{until}{decides}"


def _is_about(told: Told, judgement: Row) -> bool:
    """Whether a judgement is one that the rule looks at: of the need itself, or of a need that a claim rests on."""
    if judgement["need_code"] == told.code:
        return bool(judgement["person"] == told.who)
    rests_on = told.rule is not None and judgement["need_code"] in _needs_judged(told.rule)
    return rests_on and (told.who is None or judgement["person"] in (None, told.who))


def _needs_judged(rule: Rule) -> frozenset[str]:
    own = rule.needs if isinstance(rule, Judgement) else ()
    return frozenset(own).union(*map(_needs_judged, parts_of(rule)))


def _asks_everybody(rule: Rule) -> bool:
    """Whether a rule, or one that it combines, looks at the records of every member."""
    return getattr(rule, "whose", "person") == "any_member" or any(map(_asks_everybody, parts_of(rule)))


def _days(name: str, row: Row) -> tuple[date | None, date | None]:
    if name == "school_attendance":
        return _day(row["term_start"]), _day(row["term_end"])
    facts = EXTRACTS[name]
    return _day(row[facts.first_day]), _day(row[facts.last_day]) if facts.last_day else None


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


def _codes(record: Record) -> Iterator[str]:
    """What a record says beside whose it is and its days."""
    for column, value in record:
        if column == "person" or value is None or isinstance(value, date):
            continue
        words = ("yes" if value else "no") if isinstance(value, bool) else str(value)
        yield f"{column.replace('_', ' ')} {words}"


def _evidence(told: Told) -> Iterator[tuple[date | None, str]]:
    """What the engine wrote down, in words."""
    for row in told.evidence:
        if row["measure"] in _TOLD_ELSEWHERE:
            continue
        what = _EVIDENCE.get(row["measure"], row["measure"].replace("_", " "))
        of = f" ({row['extract']})" if row["extract"] else ""
        until = f", to {row['window_to']}" if row["window_to"] not in (None, row["window_from"]) else ""
        part = row["rule_version"].rsplit(" ", 1)[-1] if row["measure"] == Measure.PART else ""
        yield (
            row["window_from"],
            f"{what} {part}{of}: {row['value']}{until}".replace("  ", " ").replace(" :", ":"),
        )
