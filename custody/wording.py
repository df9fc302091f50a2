"""Rules and facts in plain English, for an auditor who knows the programme and not this software."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from outcomes.rules import (
    AllOf,
    AnyOf,
    Attendance,
    Conditions,
    Count,
    Judgement,
    NoEvent,
    NoStatus,
    Reduction,
    Rule,
    Spell,
    StatusChange,
    in_words,
)
from outcomes.vocabulary import Measure, Reason

# What one record of each extract is, in the singular and in the plural.
RECORDS: Final[Mapping[str, tuple[str, str]]] = {
    "police_incident": ("police incident", "police incidents"),
    "missing_episode": ("missing episode", "missing episodes"),
    "social_care_episode": ("children's social care episode", "children's social care episodes"),
    "housing_event": ("housing event", "housing events"),
    "employment_spell": ("spell of employment", "spells of employment"),
    "school_exclusion": ("suspension or exclusion", "suspensions or exclusions"),
    "health_contact": ("health contact", "health contacts"),
    "adult_social_care": ("adult social care spell", "adult social care spells"),
    "special_educational_needs": (
        "special educational needs provision",
        "special educational needs provisions",
    ),
    "mental_health_support": ("spell of mental health support", "spells of mental health support"),
    "substance_misuse_treatment": (
        "spell of substance misuse treatment",
        "spells of substance misuse treatment",
    ),
    "youth_justice": ("youth justice intervention", "youth justice interventions"),
    "probation": ("spell of probation", "spells of probation"),
    "benefit_spell": ("benefit spell", "benefit spells"),
    "homelessness_duty": ("homelessness duty", "homelessness duties"),
}
_EXTRACTS: Final[Mapping[str, str]] = {
    "family_episode": "Case system: episodes",
    "need": "Case system: needs",
    "progress": "Case system: progress reviews",
    "school_attendance": "School attendance",
    "earlier_claim": "Finance: earlier claims",
}
REASONS: Final[Mapping[str, str]] = {
    Reason.EVENT_ON_AS_OF: "an event on the as-of date itself",
    Reason.STATUS_OPEN: "a status that must be closed is open on the as-of date",
    Reason.TOO_EARLY: "too early to tell: the newest complete term began before the clock could start",
    Reason.BELOW_THRESHOLD: "the newest complete term falls short of the threshold",
    Reason.NO_OPEN_SPELL: "no spell is open on the as-of date",
    Reason.NOT_MET: "nobody has judged the need met",
    Reason.REGRESSED: "a review judged it regressed, and none has judged it met since",
    Reason.EPISODE_OPEN: "the clock starts when the episode ends, and it is open",
    Reason.NOT_COVERED: "the extract does not cover every day of the window",
    Reason.PERSON_NOT_LINKED: "nobody could have found a record of this person",
    Reason.NO_RECORD: "no record of this person where the rule needs one",
    Reason.NO_COMPLETE_TERM: "the extract holds no complete term",
    Reason.STALE_EXTRACT: "the newest complete term ended too long ago",
    Reason.NO_PERSON: "the rule needs a person and the need names none",
    Reason.NEED_NOT_IN_FRAMEWORK: "the framework has no such need",
    Reason.TOO_FEW_RECORDS: "fewer records than the rule asks for",
    Reason.NOT_REDUCED: "the records have not become so many fewer",
    Reason.NOTHING_TO_REDUCE: "there was no record before that could become fewer",
    Reason.NO_STATUS_CHANGE: "no change from the one status to the other",
    Reason.STATUS_RETURNED: "the earlier status is back",
    Reason.STATUS_ENDED: "the later status ended before it was held long enough",
}
FACTS: Final[Mapping[str, str]] = {
    Measure.IDENTIFIED: "Need recorded",
    Measure.OUTCOME: "Outcome",
    Measure.PART: "Outcome",
    Measure.LAST_RECORD: "Last qualifying record",
    Measure.COVERAGE: "Coverage",
    Measure.TERM: "Sessions in the term",
    Measure.TERM_RECORD: "Attendance record",
    Measure.SPELL: "Spell",
    Measure.MET: "Judged met",
    Measure.REGRESSED: "Judged regressed",
    Measure.WAIVER: "Waiver",
    Measure.ELIGIBLE: "Eligible",
    Measure.ASSESSMENT: "Whole-family assessment",
    Measure.PLAN: "Plan, not before the assessment",
    Measure.LEAD_PRACTITIONER: "Lead practitioner",
    Measure.CLOSING: "Ending of the episode",
    Measure.EARLIER_CLAIM: "Earlier claim",
    Measure.CLAIM_DATE: "Claim date",
    Measure.COUNTED: "Record that counted",
    Measure.COUNT: "How many counted, of how many",
    Measure.BEFORE: "Records in the same length before",
    Measure.REDUCED: "Records in the window",
    Measure.FROM_STATUS: "Status before",
    Measure.TO_STATUS: "Status after",
    Measure.AFTER: "Claim that must come first",
}


def day_words(day: date | None) -> str:
    """A day as an auditor writes it: "4 September 2024"; nothing for none."""
    return "" if day is None else f"{day.day} {day:%B %Y}"


def code_words(code: str) -> str:
    """A code as words: "evidence_gap" is "Evidence gap"."""
    words = code.replace("_", " ")
    return words[:1].upper() + words[1:]


def extract_words(extract: str) -> str:
    """Where a fact comes from."""
    return _EXTRACTS.get(extract) or code_words(_records(extract)[1])


def reason_words(reason: str) -> str:
    """Why a need is outstanding or not evidenced."""
    return REASONS.get(reason, code_words(reason).lower())


def fact_words(measure: str) -> str:
    """What a row of the evidence states."""
    return FACTS.get(measure) or code_words(measure)


def rule_words(rule: Rule) -> str:
    """A rule as a sentence without its full stop: what must be so for the outcome to be sustained."""
    said = _said(rule)
    return said + ("; or a waiver with a reason" if rule.waiver else "")


def _said(rule: Rule) -> str:
    match rule:
        case NoEvent():
            return (
                f"no {_of_whom(rule.extract, rule.where, rule.whose)} for {_months(rule.months)}, on days that the "
                "extract covers"
            )
        case NoStatus():
            return (
                f"no open {_of_whom(rule.extract, rule.where, rule.whose)} on any day of {_months(rule.months)}, on "
                "days that the extract covers"
            )
        case Attendance():
            percent = f"{float(rule.threshold * 100):g}"
            return (
                f"at least {percent} per cent of the sessions possible attended over the two newest complete terms, "
                f"of which the last ended no more than {_months(rule.stale_after_months)} before the as-of date"
            )
        case Spell():
            return (
                f"a {_records(rule.extract)[0]}{_conditions(rule.where)} that is open on the as-of date and has "
                f"lasted {rule.days} days"
            )
        case Judgement():
            what = f"need {' or '.join(rule.needs)}" if rule.needs else "the need"
            held = f", and none judged it regressed for {_months(rule.months)}" if rule.months else ""
            return f"a review judged {what} met{held}"
        case AllOf():
            return f"all of: {_listed(rule.of)}"
        case AnyOf():
            return f"at least one of: {_listed(rule.of)}"
        case Count(extract=str(extract)):
            within = f" within {_months(rule.months)}" if rule.months else ""
            found = _of_whom(extract, rule.where, rule.whose, many=rule.at_least > 1)
            return f"at least {rule.at_least} {found}{within} of the day on which the clock may start"
        case Count():
            return f"at least {rule.at_least} of: {_listed(rule.of)}"
        case Reduction():
            percent = f"{float(rule.share * 100):g}"
            return (
                f"at least {percent} per cent fewer {_of_whom(rule.extract, rule.where, rule.whose, many=True)} in "
                f"{_months(rule.months)} than in the {_months(rule.months)} before"
            )
        case StatusChange():
            held = f", held for {_months(rule.months)}" if rule.months else ""
            return (
                f"a change from {_conditions(rule.from_where).strip() or 'any status'} to "
                f"{_conditions(rule.to_where).strip() or 'any status'} in {_records(rule.extract)[1]}{held}"
            )
        case _:
            return in_words(rule)


def _listed(parts: tuple[Rule, ...]) -> str:
    return "; ".join(f"({number}) {rule_words(part)}" for number, part in enumerate(parts, start=1))


def _of_whom(extract: str, where: Conditions, whose: str, *, many: bool = False) -> str:
    whom = "any member of the family" if whose == "any_member" else "whoever it is about"
    return f"{_records(extract)[many]}{_conditions(where)} of {whom}"


def _records(extract: str) -> tuple[str, str]:
    words = extract.replace("_", " ")
    return RECORDS.get(extract, (f"record of {words}", f"records of {words}"))


def _conditions(where: Conditions) -> str:
    if not where:
        return ""
    said = [
        f"{column.replace('_', ' ')} {' or '.join(_code(value) for value in values)}"
        for column, values in where
    ]
    return f" ({', '.join(said)})"


def _code(value: str | bool) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _months(months: int) -> str:
    return "one month" if months == 1 else f"{months} months"
