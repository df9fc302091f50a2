"""The words of the ledger of claims: windows, claims, their steps, and the audit sample."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction


class Step(StrEnum):
    """How far a claim has come. `rejected` and `withdrawn` end it: what it was for may be claimed anew."""

    CLAIMABLE = "claimable"
    SELECTED = "selected_for_audit"
    AUDITED = "audited"
    SUBMITTED = "submitted"
    PAID = "paid"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    """What the auditor found of a sampled claim."""

    UPHELD = "upheld"
    STRUCK_OUT = "struck_out"


# From which steps a claim may come to each step; of `audited`, only upheld claims are submitted. The database holds
# the same rule (ledger.guards).
COMES_FROM: dict[Step, frozenset[Step]] = {
    Step.CLAIMABLE: frozenset(),
    Step.SELECTED: frozenset({Step.CLAIMABLE}),
    Step.AUDITED: frozenset({Step.SELECTED}),
    Step.SUBMITTED: frozenset({Step.CLAIMABLE, Step.AUDITED}),
    Step.PAID: frozenset({Step.SUBMITTED}),
    Step.REJECTED: frozenset({Step.SUBMITTED}),
    Step.WITHDRAWN: frozenset({Step.CLAIMABLE, Step.SELECTED, Step.AUDITED, Step.SUBMITTED, Step.PAID}),
}
ENDED = frozenset({Step.REJECTED, Step.WITHDRAWN})


class WindowState(StrEnum):
    """How far a window of claims has come."""

    OPEN = "open"
    CLOSED = "closed"
    SIGNED = "signed"
    SUBMITTED = "submitted"
    SETTLED = "settled"


class SampleState(StrEnum):
    """What the audit sample says: `open` until enough is drawn and every drawn claim has its verdict."""

    NONE = "none"
    OPEN = "open"
    FAILED = "failed"
    PASSED = "passed"


@dataclass(frozen=True)
class AuditTerms:
    """The framework's terms of the audit sample: at least `share` of a window's claims, and at least `minimum`
    claims (all of them, where there are fewer); it fails where more than `tolerance` of it is struck out, and then
    grows by `enlarge_by` of the window's claims. All but `minimum` lie from 0 to 1."""

    share: Fraction
    minimum: int
    tolerance: Fraction
    enlarge_by: Fraction


@dataclass(frozen=True)
class NewWindow:
    """A window to be opened: the framework's own `code` for it, and the days from and to which claims are made."""

    framework: str
    code: str
    framework_version: int
    opens: date
    closes: date
    terms: AuditTerms


@dataclass(frozen=True)
class NewClaim:
    """A claim to be entered.

    `slots` are keyed tokens of what can be claimed for once (one to four, the claim's own first); `evidence` is the
    digest of its evidence (64 hexadecimal digits); `worth` is in whole pounds; `framework_version` 0: the window's.
    """

    slots: tuple[str, ...]
    kind: str
    evidence: str
    claim_date: date
    worth: int
    framework_version: int = 0


@dataclass(frozen=True)
class Judged:
    """An auditor's verdict on a claim, and why."""

    verdict: Verdict
    why: str


@dataclass(frozen=True)
class Window:
    """A window of claims as it stands. Who and when are empty where it has not happened; times are UTC."""

    number: int
    framework: str
    code: str
    framework_version: int
    release: str
    opens: date
    closes: date
    terms: AuditTerms
    opened_by: str
    opened_at: str
    closed_at: str
    signed_by: str
    signed_at: str
    submitted_by: tuple[str, ...]
    submitted_at: str
    state: WindowState


@dataclass(frozen=True)
class Standing:
    """A claim as it stands: its last step, since when, by whom and why.

    `turn`: 1, or one more for each earlier claim on its slot that was rejected or withdrawn. `drawn`: why it is in
    the audit sample (empty: it is not). `evidence` is the digest it was entered with, `evidence_now` that of the
    newest release that was compared (empty: that release has no such claim any more).
    """

    number: int
    window: int
    framework: str
    framework_version: int
    release: str
    kind: str
    evidence: str
    claim_date: date
    worth: int
    turn: int
    slots: tuple[str, ...]
    step: Step
    since: str
    by: str
    why: str
    verdict: str
    drawn: str
    evidence_now: str

    @property
    def live(self) -> bool:
        return self.step not in ENDED

    @property
    def evidence_changed(self) -> bool:
        return self.evidence_now != self.evidence


@dataclass(frozen=True)
class ClaimStep:
    """One step of a claim: by whom, when and why, under which version and release, and on which evidence. `line` and
    `digest` are those of the audit log's line that covers it."""

    claim: int
    place: int
    step: Step
    verdict: str
    why: str
    by: str
    role: str
    at: str
    release: str
    framework_version: int
    evidence: str
    line: int
    digest: str


@dataclass(frozen=True)
class Count:
    """How many claims of a window stand at one step, and what they are worth in pounds."""

    framework: str
    window: int
    step: Step
    verdict: str
    claims: int
    worth: int


@dataclass(frozen=True)
class CountAt:
    """How many claims stood where when a line of the audit log was the newest: of one framework, window (from `opens`
    to `closes`), kind and step. `rate`: what each is worth, and `worth` all of them, in pounds."""

    framework: str
    window: int
    code: str
    opens: date
    closes: date
    kind: str
    step: Step
    verdict: str
    rate: int
    claims: int
    worth: int


@dataclass(frozen=True)
class DrawnSample:
    """One drawing of a window's audit sample: `size` claims out of `population`, by `seed`; `inputs` is the digest of
    what was drawn from (claims, strata, weights), so that the draw can be repeated and proved."""

    number: int
    seed: str
    size: int
    population: int
    weighted: bool
    inputs: str
    by: str
    at: str
    claims: tuple[int, ...]


@dataclass(frozen=True)
class Sample:
    """What the audit sample of a window says.

    `population`: the window's claims, but those withdrawn before they were drawn; `size`: drawn; `judged`: with a
    verdict; `struck_out`: found wrong, or withdrawn once drawn and before a verdict (else a bad claim could be taken
    out of its own audit). `rate`, and `low` to `high`, its 95 % interval (Wilson's, for a finite population): None
    before the first verdict. `more`: how many claims must be drawn now. `weighted`: risky claims were drawn more
    often, so that the rate is, if anything, too high.
    """

    population: int
    size: int
    judged: int
    struck_out: int
    rate: Fraction | None
    low: float | None
    high: float | None
    tolerance: Fraction
    state: SampleState
    more: int
    drawings: int
    weighted: bool
