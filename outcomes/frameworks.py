"""A framework of needs, outcomes and payment rules: what a council edits, read and checked."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Final

from outcomes.errors import FrameworkError
from outcomes.rules import (
    EXTRACTS,
    KINDS,
    KINDS_NOT_BUILT,
    AllOf,
    AnyOf,
    Attendance,
    Conditions,
    Judgement,
    NoEvent,
    NoStatus,
    NotBuilt,
    Rule,
    Spell,
    Whose,
)
from outcomes.toml_place import Place

CLOSURE_REASONS: Final = ("outcomes_met", "step_down", "step_up", "withdrew", "moved_away", "other")
PRACTICE_TESTS: Final = ("assessment", "plan", "lead_practitioner")
PAYMENT_MODES: Final = ("by_results", "earned_autonomy", "none")
CONFIDENCES: Final = ("high", "medium", "low")
MOST_MONTHS: Final = 120
DEEPEST: Final = 5


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
class Eligibility:
    """How broad a family's needs must be, and who must be in it.

    `count_by` is `need` or `headline`; `requires` is `child_or_expectant_parent` or `nobody`.
    """

    minimum: int
    count_by: str
    requires: str


@dataclass(frozen=True)
class Need:
    """A family need and the outcome that meets it, with how well each wording is known."""

    code: str
    text: str
    subject: str
    verified: bool
    confidence: str
    outcome: str
    outcome_confidence: str
    source: str
    rule: Rule


@dataclass(frozen=True)
class Headline:
    """One of a framework's headline outcomes; some are worded in two ways."""

    id: str
    label: str
    alternative_label: str | None
    needs: tuple[Need, ...]


@dataclass(frozen=True)
class Framework:
    """A set of needs, outcomes and payment rules, as data."""

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

    @property
    def needs(self) -> tuple[Need, ...]:
        """Every need, in the order of the file."""
        return tuple(need for headline in self.headlines for need in headline.needs)

    @property
    def rule_version(self) -> str:
        """Names this framework and its version, e.g. `supporting-families-2022/1`."""
        return f"{self.id}/{self.version}"


def read_framework(path: Path) -> Framework:
    """Reads a framework file (TOML, UTF-8).

    Raises FrameworkError, which names the place in the file and the fix: where the file cannot be read, a
    setting is missing, mistyped, out of range or unknown, or a need or headline appears twice.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except FileNotFoundError:
        raise FrameworkError(f"{path.name}: there is no such file. Put the framework file there") from None
    except (OSError, UnicodeDecodeError):
        raise FrameworkError(f"{path.name}: cannot be read. Save it as UTF-8 text, readable to you") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise FrameworkError(f"{path.name}: is not valid TOML: {error}. Mend that line") from None
    return _framework(Place(path.name, "", table))


def _framework(place: Place) -> Framework:
    payment, eligibility = place.table("payment"), place.table("eligibility")
    framework = Framework(
        id=place.text("id"),
        title=place.text("title"),
        publisher=place.text("publisher"),
        version=place.whole("version", 1, 10_000),
        valid_from=place.day("valid_from"),
        valid_to=place.day("valid_to"),
        source_url=place.text("source_url"),
        sustain_from=place.one_of("sustain_from", ("outcome", "closure")),
        claimable_closures=place.some_of("claimable_closures", CLOSURE_REASONS),
        practice_tests=place.some_of("practice_tests", PRACTICE_TESTS),
        payment=Payment(
            amount_gbp=payment.whole("amount_gbp", 0, 1_000_000),
            unit=payment.one_of("unit", ("family",)),
            suspended_on=payment.day("suspended_on"),
            mode=payment.one_of("mode", PAYMENT_MODES),
            one_claim_per_family=payment.yes_or_no("one_claim_per_family"),
        ),
        eligibility=Eligibility(
            minimum=eligibility.whole("minimum", 1, 100),
            count_by=eligibility.one_of("count_by", ("need", "headline")),
            requires=eligibility.one_of("requires", ("child_or_expectant_parent", "nobody")),
        ),
        headlines=tuple(_headline(headline) for headline in place.tables("headline", "headline")),
    )
    payment.nothing_else()
    eligibility.nothing_else()
    place.nothing_else()
    if framework.valid_from and framework.valid_to and framework.valid_to < framework.valid_from:
        raise place.wrong("valid_to", "lies before valid_from", "Correct one of the two days")
    _each_once(place, "headline", [headline.id for headline in framework.headlines])
    _each_once(place, "need", [need.code for need in framework.needs])
    return framework


def _each_once(place: Place, what: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise place.wrong(f"{what} {name}", "appears twice", "Rename or remove one of them")


def _headline(place: Place) -> Headline:
    identifier = place.text("id")
    place.name = f"headline {identifier}"
    headline = Headline(
        id=identifier,
        label=place.text("label"),
        alternative_label=place.text("alternative_label") if place.has("alternative_label") else None,
        needs=tuple(_need(need) for need in place.tables("need", "need")),
    )
    place.nothing_else()
    return headline


def _need(place: Place) -> Need:
    code = place.text("code")
    place.name = f"need {code}"
    need = Need(
        code=code,
        text=place.text("text"),
        subject=place.text("subject"),
        verified=place.yes_or_no("verified"),
        confidence=place.one_of("confidence", CONFIDENCES),
        outcome=place.text("outcome"),
        outcome_confidence=place.one_of("outcome_confidence", CONFIDENCES),
        source=place.text("source"),
        rule=_rule(place.table("rule"), 1),
    )
    place.nothing_else()
    return need


def _rule(place: Place, depth: int) -> Rule:
    kind = place.one_of("kind", (*KINDS, *KINDS_NOT_BUILT))
    if kind in KINDS_NOT_BUILT:
        return NotBuilt(kind)  # its settings are not looked at until it is built
    waiver = place.yes_or_no("waiver", default=False)
    rule: Rule
    match kind:
        case "no_event" | "no_status":
            rule = _silence(place, kind, waiver)
        case "attendance":
            rule = _attendance(place, waiver)
        case "spell":
            extract = place.one_of("extract", _extracts_with_periods(), default="employment_spell")
            rule = Spell(extract, place.whole("days", 1, 3660), _conditions(place, extract), waiver)
        case "judgement":
            rule = Judgement(place.whole("months", 1, MOST_MONTHS), waiver)
        case _:
            if depth >= DEEPEST:
                raise place.wrong("kind", f"lies {depth} rules deep", f"Combine at most {DEEPEST} levels")
            parts = tuple(_rule(part, depth + 1) for part in place.tables("of", "part"))
            rule = AllOf(parts, waiver) if kind == "all_of" else AnyOf(parts, waiver)
    place.nothing_else()
    return rule


def _extracts_with_periods() -> tuple[str, ...]:
    return tuple(name for name, facts in EXTRACTS.items() if facts.last_day)


def _silence(place: Place, kind: str, waiver: bool) -> NoEvent | NoStatus:
    extract = place.one_of("extract", tuple(EXTRACTS) if kind == "no_event" else _extracts_with_periods())
    months = place.whole("months", 1, MOST_MONTHS)
    whose: Whose = "any_member"
    if place.one_of("whose", ("person", "any_member"), default="person") == "person":
        whose = "person"
    where = _conditions(place, extract)
    if kind == "no_event":
        return NoEvent(extract, months, whose, where, waiver)
    return NoStatus(extract, months, whose, where, waiver)


def _attendance(place: Place, waiver: bool) -> Attendance:
    threshold = place.decimal("threshold")
    if not (threshold.is_finite() and 0 < threshold <= 1 and threshold == round(threshold, 4)):
        raise place.wrong(
            "threshold", "is not a share above 0, up to 1, of at most four decimals", "Write it as 0.90"
        )
    return Attendance(Fraction(threshold), place.whole("stale_after_months", 1, MOST_MONTHS), waiver)


def _conditions(place: Place, extract: str) -> Conditions:
    if not place.has("where"):
        return ()
    where = place.table("where")
    found: list[tuple[str, tuple[str | bool, ...]]] = []
    for column in where.keys():  # noqa: SIM118 — a Place is no mapping
        known = EXTRACTS[extract].conditions
        if column not in known:
            raise where.wrong(
                column,
                f"{extract} cannot be filtered by it",
                f"Filter by: {', '.join(known) or 'nothing (this extract has no codes)'}",
            )
        value = where.value(column)
        values = value if isinstance(value, list) else [value]
        codes = known[column]
        for code in values:
            # `is` and type are compared because True == 1 in Python
            if not isinstance(code, str | bool) or (
                codes is not None and not any(type(code) is type(c) and code == c for c in codes)
            ):
                choice = ", ".join(str(c).lower() if isinstance(c, bool) else c for c in codes or ("texts",))
                raise where.wrong(column, "holds a code that is not known", f"Choose from: {choice}")
        if not values:
            raise where.wrong(
                column, "is an empty list, so no record would qualify", "Name a code or drop it"
            )
        found.append((column, tuple(values)))
    return tuple(found)
