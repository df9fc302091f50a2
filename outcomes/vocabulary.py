"""The closed vocabularies of this room: what may be said about a need, and why."""

from enum import StrEnum
from typing import Final


class NeedState(StrEnum):
    """What became of a need on the as-of date, from worst to best (`waived` ranks beside `sustained`)."""

    OUTSTANDING = "outstanding"
    NOT_EVIDENCED = "not_evidenced"
    SUSTAINING = "sustaining"
    SUSTAINED = "sustained"
    WAIVED = "waived"


STANDING: Final = {
    NeedState.OUTSTANDING: 0,
    NeedState.NOT_EVIDENCED: 1,
    NeedState.SUSTAINING: 2,
    NeedState.SUSTAINED: 3,
    NeedState.WAIVED: 3,
}


class ClaimState(StrEnum):
    """The standing of an episode's claim; the first that fits, in this order."""

    CLAIMED = "claimed"
    NOT_ELIGIBLE = "not_eligible"
    CLOSED_OTHERWISE = "closed_otherwise"
    IN_PROGRESS = "in_progress"
    EVIDENCE_GAP = "evidence_gap"
    SUSTAINING = "sustaining"
    OUTSIDE_PERIOD = "outside_period"
    CLAIMABLE = "claimable"


class Reason(StrEnum):
    """Why a need is outstanding or not evidenced (needs in other states carry no reason)."""

    EVENT_ON_AS_OF = "event_on_as_of"  # outstanding: a qualifying event on the as-of date itself
    STATUS_OPEN = "status_open"  # outstanding: a qualifying period is open on the as-of date
    TOO_EARLY = "too_early"  # outstanding: the newest complete term began before the clock could start
    BELOW_THRESHOLD = "below_threshold"  # outstanding: the newest complete term falls short
    NO_OPEN_SPELL = "no_open_spell"  # outstanding: no spell is open on the as-of date
    NOT_MET = "not_met"  # outstanding: nobody has judged the need met
    REGRESSED = "regressed"  # outstanding: judged met perhaps, but a regression came last
    TOO_FEW_RECORDS = "too_few_records"  # outstanding: fewer records than the rule counts up to
    NOTHING_TO_REDUCE = "nothing_to_reduce"  # outstanding: no record in the window before the clock started
    NOT_REDUCED = "not_reduced"  # outstanding: too many records in the window that decides
    NO_STATUS_CHANGE = "no_status_change"  # outstanding: no period of the new status after one of the old
    STATUS_RETURNED = "status_returned"  # outstanding: a period of the old status is open later again
    STATUS_ENDED = "status_ended"  # outstanding: the period of the new status ended inside the window
    EPISODE_OPEN = "episode_open"  # outstanding: the clock starts at closure and the episode is open
    NOT_COVERED = "not_covered"  # not evidenced: the extract does not cover the window so far
    PERSON_NOT_LINKED = "person_not_linked"  # not evidenced: nobody could have found a record of this person
    NO_RECORD = "no_record"  # not evidenced: no sessions of this pupil in the newest complete term
    NO_COMPLETE_TERM = "no_complete_term"  # not evidenced: the extract holds no complete term
    STALE_EXTRACT = "stale_extract"  # not evidenced: the newest complete term ended too long ago
    NO_PERSON = "no_person"  # not evidenced: the rule needs a person and the need names none
    NEED_NOT_IN_FRAMEWORK = "need_not_in_framework"  # not evidenced: the framework has no such need


class Measure(StrEnum):
    """What a row of `claim_evidence` states."""

    IDENTIFIED = "identified"  # the need: day and record
    OUTCOME = "outcome"  # the need: state, day achieved, day sustained
    PART = "part"  # one part of a combined rule: state, day achieved, day sustained
    LAST_RECORD = "last_record"  # the record that restarted the clock last, or "none"
    COVERAGE = "coverage"  # the days that the extract had to cover, and whether it does
    TERM = "term"  # sessions attended of sessions possible, one row a term
    TERM_RECORD = "term_record"  # the same, one row a record
    SPELL = "spell"  # the spell that is open on the as-of date
    MET = "met"  # the judgement that started the clock
    REGRESSED = "regressed"  # the last regression
    COUNT = "count"  # records that count of how many are asked for, and the days looked at
    COUNTED = "counted"  # one record that counts
    BEFORE = "before"  # a reduction: records in the window before the clock started
    REDUCED = "reduced"  # a reduction: records in the first window of the run, or in the one that decides
    FROM_STATUS = "from_status"  # the period of the old status that the new one follows, or that came back
    TO_STATUS = "to_status"  # the period of the new status that started the clock
    WAIVER = "waiver"  # the waiver that counts
    ELIGIBLE = "eligible"  # the claim: breadth of needs, and a child or an expectant parent
    ASSESSMENT = "assessment"  # the claim: a practice test
    PLAN = "plan"  # the claim: a practice test
    LEAD_PRACTITIONER = "lead_practitioner"  # the claim: a practice test
    CLOSING = "closing"  # the claim: open, or the reason it was closed for
    EARLIER_CLAIM = "earlier_claim"  # the claim: an earlier claim of the family under this framework
    AFTER = "after"  # the claim: a kind of claim that must come first, its state and claim date
    CLAIM_DATE = (
        "claim_date"  # the claim: the day on which it was complete, e.g. every need sustained or waived
    )
