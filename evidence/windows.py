"""One window of claims as the returns officer and the auditor see it: where it stands, what is next, what was done."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from evidence.audit import STATES, progress
from evidence.desk import Asked, moment
from evidence.evidence import Choice, Evidence
from evidence.frameworks import Window as Planned
from evidence.words import count, day, pounds
from ledger import (
    RequestKind,
    Sample,
    SampleState,
    Standing,
    Step,
    Verdict,
    Window,
    WindowState,
)

STEPS = {
    Step.CLAIMABLE: "Entered",
    Step.SELECTED: "Drawn for the audit",
    Step.AUDITED: "Audited",
    Step.SUBMITTED: "Submitted",
    Step.PAID: "Paid",
    Step.REJECTED: "Rejected",
    Step.WITHDRAWN: "Withdrawn",
}
# A claim as it stands in the ledger: known by its number.
Claim = Standing
# A window that is opened.
Opened = Window
# Of these there are many: they are told beside the claims.
PACK = RequestKind.EVIDENCE_PACK
VERDICTS = {Verdict.UPHELD: "Upheld", Verdict.STRUCK_OUT: "Struck out"}


class Progress(StrEnum):
    """Whether a stage is behind, is where the window stands, or is still to come."""

    DONE = "Done"
    NOW = "Now"
    LATER = "To come"


@dataclass(frozen=True)
class Stage:
    """One stage of a window's way, and what there is to say of it."""

    label: str
    progress: Progress
    words: str


@dataclass(frozen=True)
class Seen:
    """A window as the release plans it, and as the ledger has it: None where it is not opened yet."""

    code: str
    planned: Planned | None
    window: Window | None
    sample: Sample | None
    claims: tuple[Standing, ...]

    def at(self, *steps: Step) -> list[Standing]:
        """Its claims that stand at one of these steps, by number."""
        return [one for one in self.claims if one.step in steps]

    @property
    def live(self) -> list[Standing]:
        return [one for one in self.claims if one.live]

    @property
    def drawn(self) -> list[Standing]:
        """The claims of its audit sample."""
        return [one for one in self.claims if one.drawn]

    @property
    def to_be_judged(self) -> list[Standing]:
        return self.at(Step.SELECTED)

    @property
    def without_answer(self) -> list[Standing]:
        """Submitted claims of which the payer has not said anything yet."""
        return self.at(Step.SUBMITTED)

    @property
    def takes_in(self) -> bool:
        """Whether claims can be entered: it is not opened yet, or open and nothing was drawn from it."""
        return self.window is None or (self.window.state is WindowState.OPEN and not self.drawn)

    @property
    def withdrawable(self) -> list[Standing]:
        """Its live claims that can be withdrawn: what was not drawn stands between the drawing and the signature."""
        return [one for one in self.live if one.drawn or not self.between_drawing_and_signature]

    @property
    def between_drawing_and_signature(self) -> bool:
        return self.window is not None and bool(self.drawn) and not self.window.signed_at

    @property
    def to_be_signed(self) -> bool:
        """Whether its sample has passed, and nobody has signed it."""
        passed = self.sample is not None and self.sample.state is SampleState.PASSED
        return passed and self.window is not None and not self.window.signed_at

    @property
    def to_be_submitted(self) -> bool:
        return self.window is not None and self.window.state is WindowState.SIGNED

    @property
    def failed(self) -> bool:
        """Whether more of its sample was struck out than is tolerated."""
        return self.sample is not None and self.sample.state is SampleState.FAILED

    @property
    def changed(self) -> list[Standing]:
        """Its live claims whose evidence is no longer what they were entered with."""
        return [one for one in self.claims if one.live and one.evidence_changed]

    @property
    def unsettled(self) -> list[Standing]:
        """Its live claims that will not be submitted as they stand: struck out, or with other evidence."""
        waiting = [one for one in self.live if one.step not in {Step.SUBMITTED, Step.PAID}]
        return [one for one in waiting if one.verdict == Verdict.STRUCK_OUT or one.evidence_changed]


def choices(evidence: Evidence) -> list[Choice]:
    """The windows to choose from, the newest first: those of the framework that have begun, and those in the ledger."""
    release = evidence.release()
    known = {one.code: one for one in evidence.desk.ledger.claims.windows(framework=release.framework)}
    days = {one.code: (one.opens, one.closes) for one in known.values()}
    days |= {one.id: (one.opens, one.closes) for one in release.rules.windows if one.opens <= release.as_of}
    found = []
    for code, (opens, closes) in sorted(days.items(), key=lambda one: (one[1], one[0]), reverse=True):
        state = STATES[known[code].state].lower() if code in known else "not opened"
        found.append(Choice(code, f"{code}: {day(opens)} to {day(closes)} ({state})"))
    return found


def seen(evidence: Evidence, code: str) -> Seen:
    """A window by its code."""
    release = evidence.release()
    claims = evidence.desk.ledger.claims
    planned = next((one for one in release.rules.windows if one.id == code), None)
    window = claims.find_window(release.framework, code)
    if window is None:
        return Seen(code, planned, None, None, ())
    standings = tuple(claims.standings(window=window.number))
    return Seen(code, planned, window, claims.sample(window.number), standings)


def stages(found: Seen) -> list[Stage]:
    """The way of a window, from its opening to the payer's answers."""
    window, sample = found.window, found.sample
    if window is None or sample is None or not found.claims:
        labels = ("Open and draw the sample", "Audit", "Sign", "Submit", "Payer’s answers")
        words = "No claim is in it yet." if window else "A returns officer opens the window."
        first = Stage(labels[0], Progress.NOW, words)
        return [first, *(Stage(label, Progress.LATER, "") for label in labels[1:])]
    audited = sample.state in {SampleState.PASSED, SampleState.NONE}
    signed = bool(window.signed_at)
    submitted = window.state in {WindowState.SUBMITTED, WindowState.SETTLED}
    settled = window.state is WindowState.SETTLED
    steps = (
        ("Open and draw the sample", True, f"{moment(window.opened_at)}, {window.opened_by}"),
        ("Audit", audited or signed, progress(sample)),
        (
            "Sign",
            signed,
            f"{moment(window.signed_at)}, {window.signed_by}"
            if signed
            else "By a returns officer who neither opened, drew nor judged.",
        ),
        (
            "Submit",
            submitted,
            f"{moment(window.submitted_at)}, {', '.join(window.submitted_by)}"
            if submitted
            else "By another returns officer than the one who signed.",
        ),
        (
            "Payer’s answers",
            settled,
            _answers(found) if submitted else "What was paid and what was rejected is written down.",
        ),
    )
    listed, reached = [], False
    for label, behind, words in steps:
        stage = Progress.DONE if behind and not reached else Progress.LATER if reached else Progress.NOW
        reached = reached or not behind
        listed.append(Stage(label, stage, words))
    return listed


def next_step(found: Seen) -> str:
    """What is to be done next, and by whom, in a sentence."""
    window, sample = found.window, found.sample
    if window is None or sample is None:
        return "Next: a returns officer opens the window."
    if not found.claims:
        return "Next: a returns officer enters claims: none is in this window."
    if window.state is WindowState.SETTLED:
        return "Nothing more is to be done: every claim has its answer."
    if window.state is WindowState.SUBMITTED:
        return f"Next: write down what the payer says of {so_many(len(found.at(Step.SUBMITTED)))}."
    if window.signed_at:
        unsettled = found.unsettled
        if unsettled:
            return f"Next: withdraw {so_many(len(unsettled))} struck out or changed since; then submit."
        return "Next: a returns officer who did not sign submits."
    if sample.more:
        return f"Next: the sample is enlarged by {so_many(sample.more)}."
    if sample.state is SampleState.OPEN:
        return f"Next: the auditor judges {so_many(sample.size - sample.judged)}."
    if sample.state is SampleState.NONE:
        return "Every claim of this window was withdrawn."
    return "Next: a returns officer who neither opened, drew nor judged signs."


def step_choices(found: Seen) -> list[Choice]:
    """The steps that claims of a window stand at, with how many there are."""
    return [Choice(step.value, f"{STEPS[step]} ({len(found.at(step)):,})") for step in Step if found.at(step)]


def at_step(found: Seen, step: str) -> list[Standing]:
    """The claims that stand at a step, by its code; all of them where it is none."""
    return found.at(Step(step)) if step in set(Step) else list(found.claims)


def total(claims: Sequence[Standing]) -> str:
    """How many, and what they are worth: 120 claims, £96,000."""
    return f"{so_many(len(claims))}, {pounds(sum(one.worth for one in claims))}"


def requests(evidence: Evidence, found: Seen) -> list[Asked]:
    """What was asked of the worker about a window, the newest first; packs, of which there are many, not among it."""
    opening = f"{evidence.release().framework}/{found.code}"
    number = str(found.window.number) if found.window else None
    about = {
        RequestKind.OPEN_WINDOW: opening,
        RequestKind.ENLARGE_SAMPLE: number,
        RequestKind.WINDOW_BUNDLE: number,
    }
    desk = evidence.desk
    listed = [one for kind, subject in about.items() for one in desk.requests(kind) if one.subject == subject]
    return sorted(listed, key=lambda one: -one.number)


def _answers(found: Seen) -> str:
    paid, rejected = len(found.at(Step.PAID)), len(found.at(Step.REJECTED))
    waiting = len(found.at(Step.SUBMITTED))
    return f"{count(paid)} paid, {count(rejected)} rejected, {count(waiting)} without an answer."


def so_many(number: int) -> str:
    return f"{count(number)} claim" if number == 1 else f"{count(number)} claims"
