"""What an evidence pack says of one claim: gathered once, set as a document and written as JSON alike.

Days stand where a rule needs the day; where it needs less, the month stands.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import polars as pl

from custody.errors import EvidenceError
from custody.finding import Found
from custody.timeline import Lane, Mark, Span, drawings
from custody.wording import code_words, day_words, extract_words, fact_words, reason_words, rule_words
from ledger import ClaimStep, Standing, Window
from outcomes import Measure
from outcomes.frameworks import ClaimKind
from outcomes.rules import Rule, in_words

VERSION: Final = 1
WHOLE_FAMILY: Final = "The whole family"
# What each practice test and the family level rest on, in the order of the document.
_TESTS: Final = (
    Measure.ELIGIBLE,
    Measure.ASSESSMENT,
    Measure.PLAN,
    Measure.LEAD_PRACTITIONER,
    Measure.CLOSING,
    Measure.EARLIER_CLAIM,
    Measure.AFTER,
)
_MARKS: Final[Mapping[str, str]] = {
    Measure.LAST_RECORD: "record",
    Measure.COUNTED: "record",
    Measure.MET: "met",
    Measure.REGRESSED: "regressed",
    Measure.WAIVER: "waiver",
}


def pack_content(
    found: Found, standing: Standing, window: Window, history: Sequence[ClaimStep]
) -> dict[str, Any]:
    """Everything that the pack of a claim says, as JSON holds it: days in ISO form, each beside its words.

    `standing`, `history`, `window`: the claim in the ledger. The same release and the same history of the claim give
    the same content: making a pack is no step of it.
    """
    people = _people(found)
    kind = found.framework.kind(standing.kind)
    needs = [_need(found, row, people) for row in found.need.iter_rows(named=True)]
    if kind.about == "rule" and kind.rule is not None:
        needs.append(_of_kind(found, kind, kind.rule, people))
    return {
        "version": VERSION,
        "title": f"Evidence pack for claim {standing.number}",
        "running": [f"Claim {standing.number}", found.framework.title],
        "foot": f"Release {standing.release}. No name, address or number of anybody is in this pack.",
        "authority": found.facts.get("authority", ""),
        "synthetic": found.facts.get("synthetic") == "true",
        "as_of": _day(found.as_of),
        "claim": _claim(found, standing, window, kind),
        "needs": needs,
        "timelines": drawings(
            [_lane(need) for need in needs], claim_date=found.claim["claim_date"], as_of=found.as_of
        ),
        "tests": _tests(found),
        "coverage": _coverage(needs),
        "care": _care(found, standing, needs),
        "references": {
            "episode": found.claim["episode"],
            "family": found.claim["family"],
            "people": [{"label": label, "reference": reference} for reference, label in people.items()],
        },
        "history": [_step(one) for one in history],
        "hashes": _hashes(found, standing, history[-1]),
    }


def _claim(found: Found, standing: Standing, window: Window, kind: ClaimKind) -> dict[str, Any]:
    framework = found.framework
    return {
        "number": standing.number,
        "kind": kind.code,
        "kind_words": kind.label,
        "about": kind.about,
        "framework": framework.id,
        "framework_title": framework.title,
        "framework_publisher": framework.publisher,
        "framework_version": str(framework.version),
        "release": standing.release,
        "window": window.code,
        "window_words": f"{window.code}: claims made from {day_words(window.opens)} to {day_words(window.closes)}",
        "turn": standing.turn,
        "drawn": standing.drawn,
        "claim_date": _day(standing.claim_date),
        "worth": standing.worth,
        "worth_words": f"£{standing.worth:,}",
        "evidence_state": found.claim["evidence_state"],
        "evidence_state_words": code_words(found.claim["evidence_state"]),
        "step": standing.step,
        "step_words": code_words(standing.step),
        "needs": found.claim["needs"],
        "needs_met": found.claim["needs_met"],
        "headlines": found.claim["headlines"],
    }


def _people(found: Found) -> dict[str, str]:
    """A label for everybody whom the claim is about, by pseudonym and in its order: no order of the family shows."""
    named = {
        *found.need["person"].drop_nulls(),
        *found.evidence["person"].drop_nulls(),
        *([found.claim["person"]] if found.claim["person"] else []),
    }
    return {reference: f"Person {number}" for number, reference in enumerate(sorted(named), start=1)}


def _need(found: Found, row: Mapping[str, Any], people: Mapping[str, str]) -> dict[str, Any]:
    """One need: its wording, its rule, what became of it, and the facts that it rests on."""
    known = {need.code: need for need in found.framework.needs}.get(row["need_code"])
    facts = found.evidence.filter(
        pl.col("need_code") == row["need_code"], pl.col("person").eq_missing(row["person"])
    )
    about = people[row["person"]] if row["person"] else WHOLE_FAMILY
    return {
        "code": row["need_code"],
        "name": row["need_code"],
        "words": known.text if known else "The framework has no such need.",
        "outcome_words": known.outcome if known else "",
        "about": about,
        "label": f"{row['need_code']} {about if row['person'] else 'family'}",
        "identified_on": _day(row["identified_on"]),
        "poor_match": bool(row["poor_match"]),
        **_became(row["state"], row["achieved_on"], row["sustained_on"], row["reason"]),
        **_rule(
            known.rule if known else None, row["rule"], f"{found.framework.rule_version} {row['need_code']}"
        ),
        "facts": _facts(facts),
    }


def _of_kind(found: Found, kind: ClaimKind, rule: Rule, people: Mapping[str, str]) -> dict[str, Any]:
    """The rule of a kind of claim that has one of its own, told like a need."""
    person = found.claim["person"]
    facts = found.evidence.filter(pl.col("kind") == kind.code, pl.col("measure").is_in(list(_TESTS)).not_())
    outcomes = facts.filter(pl.col("measure") == Measure.OUTCOME)
    if outcomes.height != 1:
        raise EvidenceError(
            f"The release does not say what became of the outcome of a claim of the kind {kind.code}: it is not as it "
            "was. Verify it: python -m pipelines verify"
        )
    (outcome,) = outcomes.iter_rows(named=True)
    about = people[person] if person else WHOLE_FAMILY
    return {
        "code": kind.code,
        "name": kind.label,
        "words": "",
        "outcome_words": "",
        "about": about,
        "label": f"{kind.label} {about if person else 'family'}",
        "identified_on": _day(None),
        "poor_match": bool(found.claim["poor_match"]),
        **_became(outcome["value"], outcome["window_from"], outcome["window_to"], None),
        **_rule(rule, in_words(rule), f"{found.framework.rule_version} {kind.code}"),
        "facts": _facts(facts.filter(pl.col("measure") != Measure.CLAIM_DATE)),
    }


def _became(state: str, achieved: date | None, sustained: date | None, reason: str | None) -> dict[str, Any]:
    return {
        "state": state,
        "state_words": code_words(state),
        "achieved_on": _day(achieved),
        "sustained_on": _day(sustained),
        "reason": reason or "",
        "reason_words": reason_words(reason) if reason else "",
    }


def _rule(rule: Rule | None, code: str, version: str) -> dict[str, str]:
    said = rule_words(rule) if rule else "no rule"
    return {"rule": code, "rule_words": said[:1].upper() + said[1:] + ".", "rule_version": version}


def _facts(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """The facts of a need: that it was recorded, then part by part what its rule found, then what came of the whole."""
    facts = [_fact(row) for row in rows.iter_rows(named=True)]
    return sorted(facts, key=lambda fact: (_place(fact), fact["part"], fact["measure"] == Measure.PART))


def _place(fact: Mapping[str, Any]) -> int:
    if fact["measure"] == Measure.IDENTIFIED:
        return 0
    return 2 if fact["measure"] in (Measure.OUTCOME, Measure.WAIVER) and not fact["part"] else 1


def _fact(row: Mapping[str, Any]) -> dict[str, Any]:
    """One row of the evidence: what was looked at, what was found, on which days, and in which record."""
    part = row["rule_version"].partition(" ")[2].partition("/")[2]
    return {
        "measure": row["measure"],
        "words": fact_words(row["measure"]) + (f", part {part}" if part else ""),
        "part": part,
        "value": row["value"] or "",
        "value_words": _found_words(row),
        "from": _day(row["window_from"]),
        "to": _day(row["window_to"]),
        "extract": row["extract"] or "",
        "extract_words": extract_words(row["extract"]) if row["extract"] else "",
        "record": row["record"] or "",
    }


def _found_words(row: Mapping[str, Any]) -> str:
    """What was found, for a reader; a day that stands beside it anyway is not said twice."""
    value = row["value"] or ""
    if row["measure"] == Measure.LAST_RECORD and value == "none":
        return "None since the need was identified"
    if value == str(row["window_from"]) or row["measure"] == Measure.IDENTIFIED:
        return "On record"
    attended, sign, possible = value.partition("/")
    if sign and attended.isdigit() and possible.isdigit():
        share = f" ({int(attended) / int(possible):.1%})" if int(possible) else ""
        return f"{attended} of {possible}{share}"
    return code_words(value)


def _tests(found: Found) -> list[dict[str, Any]]:
    """Who the claim is for, the practice tests, and the ending, each with what was found."""
    rows = []
    for row in found.evidence.filter(pl.col("need_code").is_null()).iter_rows(named=True):
        if row["measure"] in _TESTS:
            rows.append(_test(found, row))
    order = {measure: place for place, measure in enumerate(_TESTS)}
    return sorted(rows, key=lambda row: order[row["test"]])


def _test(found: Found, row: Mapping[str, Any]) -> dict[str, Any]:
    """One test: what came of it, what was found, and when."""
    result, _, said = (row["value"] or "").partition(": ")
    if row["measure"] in (Measure.EARLIER_CLAIM, Measure.AFTER):  # not a test that is passed or failed
        result, said = "found", ", ".join(code_words(part) for part in (result, said) if part)
    return {
        "test": row["measure"],
        "words": fact_words(row["measure"]),
        "result": result,
        "result_words": code_words(result),
        "found": said,
        "found_words": code_words(said),
        "on": _as_needed(found, row["measure"], row["window_from"]),
    }


def _as_needed(found: Found, measure: str, day: date | None) -> dict[str, str]:
    """The day of a test where the rule needs it: which of assessment and plan came first within a month, or the later
    of them where the claim is dated by it; an earlier claim of the same month; the end of an episode where clocks
    start there. Else the month."""
    if measure in (Measure.ASSESSMENT, Measure.PLAN):
        tests = found.evidence.filter(pl.col("measure").is_in([Measure.ASSESSMENT, Measure.PLAN]))
        months = {(one.year, one.month) for one in tests["window_from"].drop_nulls()}
        needed = len(months) == 1 or found.framework.kind(found.claim["kind"]).about == "attachment"
    elif measure == Measure.AFTER and day is not None:
        claimed = found.claim["claim_date"]
        needed = (day.year, day.month) == (claimed.year, claimed.month)
    else:
        needed = measure == Measure.CLOSING and found.framework.sustain_from == "closure"
    if needed or day is None:
        return _day(day)
    return {"iso": f"{day:%Y-%m}", "words": f"{day:%B %Y}"}


def _coverage(needs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The days that extracts had to cover, and whether they do."""
    return [
        {
            "need": f"{need['name']}, part {fact['part']}" if fact["part"] else need["name"],
            "about": need["about"],
            "extract_words": fact["extract_words"],
            "from": fact["from"],
            "to": fact["to"],
            "covered": fact["value"] == "covered",
            "words": fact["value_words"],
        }
        for need in needs
        for fact in need["facts"]
        if fact["measure"] == Measure.COVERAGE
    ]


def _care(found: Found, standing: Standing, needs: Sequence[Mapping[str, Any]]) -> list[str]:
    """What should be looked at with care before the claim is upheld."""
    said = []
    if standing.evidence_changed:
        said.append(
            "The evidence has changed since the claim was entered: a later release says otherwise. This pack shows "
            "what the claim was entered with."
        )
    quarantined, undecided = found.claim["rows_in_quarantine"], found.claim["pairs_in_review"]
    if quarantined:
        said.append(
            f"{_rows(quarantined, 'row that names', 'rows that name')} the episode or its family broke the contract "
            "of the extract and took no part in this evaluation."
        )
    if undecided:
        said.append(
            f"{_rows(undecided, 'pair of records waits', 'pairs of records wait')} for somebody to judge whether they "
            "are about one of these people."
        )
    poor = [need["label"] for need in needs if need["poor_match"]]
    if poor:
        said.append(
            f"Rests on an extract of which few records find their people, so that silence says less: {', '.join(poor)}."
        )
    waived = [need["label"] for need in needs if need["state"] == "waived"]
    if waived:
        said.append(f"Waived, not shown by records: {', '.join(waived)}.")
    return said


def _rows(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _step(one: ClaimStep) -> dict[str, Any]:
    """One line of the claim's history in the ledger."""
    verdict = f": {code_words(one.verdict).lower()}" if one.verdict else ""
    return {
        "line": one.line,
        "at": one.at,
        "at_words": one.at[:16].replace("T", " "),
        "step": one.step,
        "step_words": code_words(one.step) + verdict,
        "verdict": one.verdict,
        "by": one.by,
        "role": one.role,
        "role_words": code_words(one.role),
        "why": one.why,
        "digest": one.digest,
    }


def _hashes(found: Found, standing: Standing, last: ClaimStep) -> list[dict[str, str]]:
    line, _, digest = found.ledger_head.partition(" ")
    before = (
        f"Ledger when the release was made, line {line}" if digest else "Ledger when the release was made"
    )
    return [
        {
            "name": "release",
            "words": f"Manifest of the release {standing.release}",
            "value": found.manifest_digest,
        },
        {"name": "framework", "words": "Framework file", "value": found.framework_digest},
        {"name": "evidence", "words": "Evidence, as the claim was entered", "value": standing.evidence},
        {
            "name": "ledger",
            "words": f"Ledger, line {last.line}, the last about the claim",
            "value": last.digest,
        },
        {"name": "ledger_at_release", "words": before, "value": digest},
    ]


def _lane(need: Mapping[str, Any]) -> Lane:
    marks = (
        [Mark(date.fromisoformat(need["identified_on"]["iso"]), "identified")]
        if need["identified_on"]["iso"]
        else []
    )
    spans = []
    for fact in need["facts"]:
        first, last = (_parsed(fact[end]) for end in ("from", "to"))
        if first is None:
            continue
        if fact["measure"] in _MARKS:
            marks.append(Mark(first, _MARKS[fact["measure"]]))
        elif last is not None and fact["measure"] == Measure.COVERAGE:
            spans.append(Span(first, last, "covered" if fact["value"] == "covered" else "not_covered"))
        elif last is not None and fact["measure"] == Measure.TERM:
            spans.append(Span(first, last, "term"))
    return Lane(
        need["label"],
        need["state"],
        _parsed(need["achieved_on"]),
        _parsed(need["sustained_on"]),
        tuple(dict.fromkeys(marks)),
        tuple(dict.fromkeys(spans)),
    )


def _parsed(day: Mapping[str, str]) -> date | None:
    return date.fromisoformat(day["iso"]) if day["iso"] else None


def _day(day: date | None) -> dict[str, str]:
    return {"iso": "" if day is None else day.isoformat(), "words": day_words(day)}
