"""A framework of needs, outcomes, kinds of claim and payment, as plain values (read by `outcomes.reading`)."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final

from outcomes.rules import Rule

CLOSURE_REASONS: Final = ("outcomes_met", "step_down", "step_up", "withdrew", "moved_away", "other")
PRACTICE_TESTS: Final = ("assessment", "plan", "lead_practitioner")
PAYMENT_MODES: Final = ("by_results", "earned_autonomy", "none")
CONFIDENCES: Final = ("high", "medium", "low")
PLANS: Final = ("national", "local")
UNITS: Final = ("family", "person")
ABOUT: Final = ("needs", "rule", "attachment")
ORDINARY_CLAIM: Final = "successful_family_outcome"


@dataclass(frozen=True)
class Payment:
    """What a claim is worth: `amount_gbp` in pounds for each `unit`, until the day before `suspended_on`.

    `mode` is the programme's usual arrangement (a council's own is said by its extracts);
    `one_claim_per_family` lets a family be claimed for once only under this framework.
    """

    amount_gbp: int
    unit: str
    suspended_on: date | None
    mode: str
    one_claim_per_family: bool


@dataclass(frozen=True)
class Price:
    """What a claim is worth in whole pounds, by its claim date: from `from_day` to `to_day`, both included.

    None: from the beginning, or without an end.
    """

    amount_gbp: int
    from_day: date | None
    to_day: date | None

    def holds_on(self, day: date) -> bool:
        """Whether this is the price of a claim dated `day`."""
        return (self.from_day is None or self.from_day <= day) and (self.to_day is None or day <= self.to_day)


@dataclass(frozen=True)
class ClaimKind:
    """Something that can be claimed for: once for a `unit`, which is a family or one of its members.

    `about` says what must have happened: `needs` (every need of the episode is met), `rule` (its own rule holds,
    with the clock from the episode's first day), or `attachment` (the family is eligible, assessed and has a plan).
    `prices` do not overlap and leave no gap; a claim dated outside all of them is outside the period. `after` names
    kinds that must come first, for the same person or for the family; `one_of` names a set of which a unit may be
    claimed for one; `most_per_family` caps the claims of a family.
    """

    code: str
    label: str
    unit: str
    about: str
    rule: Rule | None
    prices: tuple[Price, ...] = ()
    after: tuple[str, ...] = ()
    one_of: str | None = None
    most_per_family: int | None = None
    verified: bool = False
    confidence: str = "low"
    source: str = ""


@dataclass(frozen=True)
class Window:
    """A window of claims, e.g. a quarter: claims are made from `opens` to `closes`, both included."""

    id: str
    opens: date
    closes: date


@dataclass(frozen=True)
class Audit:
    """The sample that internal audit sees of each window: at least `share` of its claims, and `minimum` of them
    (all, where there are fewer). It fails where more than `tolerance` of it is struck out; then a further
    `enlarge_by` of the window's claims is drawn.
    """

    share: Fraction = Fraction(1, 10)
    minimum: int = 10
    tolerance: Fraction = Fraction(5, 100)
    enlarge_by: Fraction = Fraction(1, 10)


@dataclass(frozen=True)
class Eligibility:
    """How broad a family's needs must be, and who must be in it.

    `minimum` may be 0 where no kind of claim is about needs. `count_by` is `need` or `headline`; `requires` is
    `child_or_expectant_parent` or `nobody`.
    """

    minimum: int
    count_by: str
    requires: str


@dataclass(frozen=True)
class Need:
    """A family need and the outcome that meets it, with how well each wording is known.

    Where there are two official wordings, the second one is the `alternative`.
    """

    code: str
    text: str
    subject: str
    verified: bool
    confidence: str
    outcome: str
    outcome_confidence: str
    source: str
    rule: Rule
    alternative_text: str | None = None
    alternative_outcome: str | None = None


@dataclass(frozen=True)
class Headline:
    """One of a framework's headline outcomes; some are worded in two ways."""

    id: str
    label: str
    alternative_label: str | None
    needs: tuple[Need, ...]


@dataclass(frozen=True)
class ExampleNeed:
    """A need of an example's family, and what is expected of it. `who` is a member, or None: the whole family.

    `achieved_on`, `sustained_on` and `reason` are compared only where they are given. `line`: where it is said.
    """

    code: str
    who: str | None
    identified_on: date
    state: str
    achieved_on: date | None = None
    sustained_on: date | None = None
    reason: str | None = None
    line: int = 1


@dataclass(frozen=True)
class ExampleClaim:
    """What is expected of one kind of claim of an example's family; `who` is a member where the unit is a person.

    `claim_date` and `worth` (pounds) are compared only where they are given.
    """

    kind: str
    who: str | None
    state: str
    claim_date: date | None = None
    worth: int | None = None
    line: int = 1


# A record of an example: the columns of a frame of outcomes.frames.FRAMES and their values.
Record = tuple[tuple[str, str | bool | int | date | None], ...]


@dataclass(frozen=True)
class Example:
    """A small invented family with the state expected for each need and claim: a test that the file brings along.

    `members` are names and whether each was a child on the first day; `records` are rows by frame (`progress`
    among them); `covers` are spans by extract that differ from "always"; `unlinked` are members whom no partner's
    records could be found for. `line` is where it begins in the file.
    """

    name: str
    line: int
    as_of: date
    start: date
    end: date | None
    closure: str | None
    assessment: date | None
    plan: date | None
    lead_practitioner: bool
    expectant_parent: bool
    earlier_claim: date | None
    members: tuple[tuple[str, bool], ...]
    unlinked: tuple[str, ...]
    needs: tuple[ExampleNeed, ...]
    claims: tuple[ExampleClaim, ...]
    records: tuple[tuple[str, tuple[Record, ...]], ...]
    covers: tuple[tuple[str, tuple[tuple[date, date], ...]], ...]


@dataclass(frozen=True)
class Framework:
    """A set of needs, outcomes, kinds of claim and payment rules, as data.

    Frameworks of one `fund` never pay twice for one episode. `plan` is `local` where needs and rules are a
    template of a local outcome plan that the council corrects. `deadweight` is the share taken off a window's
    total (what would have happened anyway), never off a single claim.
    """

    id: str
    title: str
    publisher: str
    version: int
    valid_from: date | None
    valid_to: date | None
    source_url: str
    sustain_from: str
    claimable_closures: tuple[str, ...]
    practice_tests: tuple[str, ...]
    payment: Payment
    eligibility: Eligibility
    headlines: tuple[Headline, ...]
    fund: str = ""
    plan: str = "national"
    claims: tuple[ClaimKind, ...] = field(
        default=(ClaimKind(ORDINARY_CLAIM, "Successful family outcome", "family", "needs", None),)
    )
    windows: tuple[Window, ...] = ()
    audit: Audit = field(default=Audit())
    deadweight: Fraction = Fraction(0)
    examples: tuple[Example, ...] = ()

    @property
    def needs(self) -> tuple[Need, ...]:
        """Every need, in the order of the file."""
        return tuple(need for headline in self.headlines for need in headline.needs)

    @property
    def rule_version(self) -> str:
        """Names this framework and its version, e.g. `supporting-families-2022/1`."""
        return f"{self.id}/{self.version}"

    def kind(self, code: str) -> ClaimKind:
        """The kind of claim of that code; raises KeyError where there is none."""
        for kind in self.claims:
            if kind.code == code:
                return kind
        raise KeyError(code)

    def prices(self, kind: ClaimKind) -> tuple[Price, ...]:
        """The prices of a kind: its own or, where it has none, the framework's one."""
        return kind.prices or (Price(self.payment.amount_gbp, None, None),)
