"""The kinds of rule that a framework may use, as plain values: what a rule says, not how it is computed."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

Whose = Literal["person", "any_member"]
Conditions = tuple[tuple[str, tuple[str | bool, ...]], ...]


@dataclass(frozen=True)
class ExtractFacts:
    """What rules may ask of one extract.

    `first_day` and `last_day` name its day columns (`last_day` is None where records last one day);
    `conditions` lists the columns a rule may filter on, each with its closed list of codes, or None where
    partners use words of their own.
    """

    first_day: str
    last_day: str | None
    conditions: dict[str, tuple[str | bool, ...] | None]


# A filter with a mistyped code would let no record qualify, and silence counts as success: so the codes are
# closed here too.
EXTRACTS: Final[dict[str, ExtractFacts]] = {
    "police_incident": ExtractFacts(
        "occurred_on", None, {"role": ("suspect", "victim", "witness"), "domestic_abuse": (True, False)}
    ),
    "missing_episode": ExtractFacts("missing_from", "missing_to", {}),
    "social_care_episode": ExtractFacts("start_date", "end_date", {"kind": ("CIN", "CPP", "CLA")}),
    "housing_event": ExtractFacts(
        "occurred_on",
        None,
        {"kind": ("NSP", "NTQ", "POSSESSION", "EVICTION", "HOMELESS_APPLICATION", "TEMP_ACCOMMODATION")},
    ),
    "employment_spell": ExtractFacts("start_date", "end_date", {}),
    "school_exclusion": ExtractFacts("start_date", None, {"category": ("SUSP", "PERM")}),
    "health_contact": ExtractFacts("contact_date", None, {"kind": None}),
    "adult_social_care": ExtractFacts(
        "start_date", "end_date", {"kind": ("REQUEST", "ASSESSMENT", "SERVICE", "CARER", "SAFEGUARDING")}
    ),
    "special_educational_needs": ExtractFacts("start_date", "end_date", {"kind": ("K", "E")}),
    "mental_health_support": ExtractFacts(
        "start_date",
        "end_date",
        {"kind": ("CHILDREN", "ADULT", "PERINATAL", "TALKING", "CRISIS", "INPATIENT")},
    ),
    "substance_misuse_treatment": ExtractFacts(
        "start_date",
        "end_date",
        {
            "kind": ("PHARMACOLOGICAL", "PSYCHOSOCIAL", "RESIDENTIAL", "RECOVERY", "YOUNG_PERSON"),
            "end_reason": ("COMPLETED", "TRANSFERRED", "DROPPED_OUT", "DECLINED", "OTHER"),
        },
    ),
    "youth_justice": ExtractFacts(
        "start_date",
        "end_date",
        {
            "kind": (
                "PREVENTION",
                "OUT_OF_COURT",
                "REFERRAL_ORDER",
                "REHABILITATION_ORDER",
                "REPARATION_ORDER",
                "CUSTODY",
                "OTHER",
            )
        },
    ),
    "probation": ExtractFacts(
        "start_date",
        "end_date",
        {"kind": ("COMMUNITY_ORDER", "SUSPENDED_SENTENCE", "CUSTODY", "LICENCE", "SUPERVISION", "OTHER")},
    ),
    "benefit_spell": ExtractFacts(
        "start_date",
        "end_date",
        {
            "kind": ("UC", "JSA", "ESA", "IS", "CA", "PIP", "DLA", "HB", "PC"),
            "conditionality": (
                "SEARCHING",
                "WORKING_WITH",
                "WORKING_WITHOUT",
                "PLANNING",
                "PREPARING",
                "NONE",
            ),
        },
    ),
    "homelessness_duty": ExtractFacts(
        "start_date",
        "end_date",
        {
            "kind": ("PREVENTION", "RELIEF", "MAIN"),
            "end_reason": (
                "SECURED",
                "EXPIRED",
                "HOMELESS",
                "REFUSED",
                "NO_CONTACT",
                "WITHDRAWN",
                "OTHER",
            ),
        },
    ),
}


@dataclass(frozen=True)
class NoEvent:
    """No qualifying record for `months` months; every record counts on its first day."""

    extract: str
    months: int
    whose: Whose = "person"
    where: Conditions = ()
    waiver: bool = False
    kind: Literal["no_event"] = "no_event"


@dataclass(frozen=True)
class NoStatus:
    """As `NoEvent`, but every day inside an open period is an event (both ends included)."""

    extract: str
    months: int
    whose: Whose = "person"
    where: Conditions = ()
    waiver: bool = False
    kind: Literal["no_status"] = "no_status"


@dataclass(frozen=True)
class Attendance:
    """Sessions attended of sessions possible over the two newest complete terms reach `threshold`."""

    threshold: Fraction
    stale_after_months: int
    waiver: bool = False
    kind: Literal["attendance"] = "attendance"


@dataclass(frozen=True)
class Spell:
    """A spell that is open on the as-of date and has lasted `days` days, both ends included."""

    extract: str
    days: int
    where: Conditions = ()
    waiver: bool = False
    kind: Literal["spell"] = "spell"


@dataclass(frozen=True)
class Judgement:
    """A practitioner judged the need met, and for `months` months nobody judged it regressed (0: at once).

    `needs`, in the rule of a kind of claim: judgements of any of these needs of the episode count.
    """

    months: int
    waiver: bool = False
    needs: tuple[str, ...] = ()
    kind: Literal["judgement"] = "judgement"


@dataclass(frozen=True)
class AllOf:
    """Every one of the rules `of`."""

    of: tuple["Rule", ...]
    waiver: bool = False
    kind: Literal["all_of"] = "all_of"


@dataclass(frozen=True)
class AnyOf:
    """At least one of the rules `of`."""

    of: tuple["Rule", ...]
    waiver: bool = False
    kind: Literal["any_of"] = "any_of"


@dataclass(frozen=True)
class Count:
    """At least `at_least` of something: of the rules `of`, or else of the records of `extract`.

    Records count from the day on which the clock may start and, where `months` is given, within so many months
    of it; those of one person that begin on one day count once. There is nothing to hold: achieved is sustained.
    """

    at_least: int
    of: tuple["Rule", ...] = ()
    extract: str | None = None
    months: int | None = None
    whose: Whose = "person"
    where: Conditions = ()
    waiver: bool = False
    kind: Literal["count"] = "count"


@dataclass(frozen=True)
class Reduction:
    """At least `share` fewer records in `months` months than in the same length before the clock started."""

    extract: str
    months: int
    share: Fraction
    whose: Whose = "person"
    where: Conditions = ()
    waiver: bool = False
    kind: Literal["reduction"] = "reduction"


@dataclass(frozen=True)
class StatusChange:
    """From a period of one status to a period of another, which then holds for `months` months (0: at once)."""

    extract: str
    from_where: Conditions
    to_where: Conditions
    months: int
    waiver: bool = False
    kind: Literal["status_change"] = "status_change"


Rule = NoEvent | NoStatus | Attendance | Spell | Judgement | AllOf | AnyOf | Count | Reduction | StatusChange

KINDS: Final = (
    "no_event",
    "no_status",
    "attendance",
    "spell",
    "judgement",
    "all_of",
    "any_of",
    "count",
    "reduction",
    "status_change",
)


def parts_of(rule: Rule) -> tuple[Rule, ...]:
    """The rules that a rule combines; none for one that is judged from records."""
    return rule.of if isinstance(rule, AllOf | AnyOf | Count) else ()


def extracts_of(rule: Rule) -> frozenset[str]:
    """The contracts of the extracts that a rule reads."""
    match rule:
        case NoEvent() | NoStatus() | Spell() | Reduction() | StatusChange():
            return frozenset({rule.extract})
        case Count(extract=str(extract)):
            return frozenset({extract})
        case Attendance():
            return frozenset({"school_attendance"})
        case Judgement():
            return frozenset({"progress"})
        case AllOf() | AnyOf() | Count():
            return frozenset().union(*(extracts_of(part) for part in rule.of))


def in_words(rule: Rule) -> str:
    """The rule as a short phrase for an auditor, e.g. `all_of(no_status 6 months, judgement 6 months)`."""
    match rule:
        case NoEvent() | NoStatus():
            return (
                f"{rule.kind} {rule.extract}{_filters(rule.where)}{_whose(rule.whose)} {rule.months} months"
            )
        case Attendance():
            return f"attendance {float(rule.threshold):g} over 2 terms"
        case Spell():
            return f"spell {rule.extract}{_filters(rule.where)} {rule.days} days"
        case Judgement():
            about = f" of needs {', '.join(rule.needs)}" if rule.needs else ""
            return f"judgement{about} {rule.months} months"
        case AllOf() | AnyOf():
            return f"{rule.kind}({', '.join(in_words(part) for part in rule.of)})"
        case Count(extract=None):
            return f"count at least {rule.at_least} of({', '.join(in_words(part) for part in rule.of)})"
        case Count():
            within = f" within {rule.months} months" if rule.months else ""
            found = f"{rule.extract}{_filters(rule.where)}{_whose(rule.whose)}"
            return f"count at least {rule.at_least} {found}{within}"
        case Reduction():
            found = f"{rule.extract}{_filters(rule.where)}{_whose(rule.whose)}"
            return f"reduction {found} by {rule.share} over {rule.months} months"
        case StatusChange():
            change = f"from{_filters(rule.from_where)} to{_filters(rule.to_where)}"
            return f"status_change {rule.extract} {change} {rule.months} months"


def _filters(where: Conditions) -> str:
    return "".join(f" {column}={_codes(values)}" for column, values in where)


def _whose(whose: Whose) -> str:
    return " any member" if whose == "any_member" else ""


def _codes(values: tuple[str | bool, ...]) -> str:
    return "/".join(("Y" if code else "N") if isinstance(code, bool) else code for code in values)


@dataclass(frozen=True)
class Node:
    """A rule at its place in the tree of a need, or of a kind of claim (`code`).

    `node` numbers all nodes of a framework from 0, a parent before its parts; `parent` is None at the root;
    `place` reads like `8.1` for the root and `8.1/2` for its second part.
    """

    node: int
    parent: int | None
    position: int
    code: str
    place: str
    rule: Rule


def nodes(rules: dict[str, Rule]) -> tuple[Node, ...]:
    """Every node of the trees in `rules` (code of a need, or of a kind of claim, to rule), parents first."""
    found: list[Node] = []

    def walk(rule: Rule, code: str, place: str, parent: int | None, position: int) -> None:
        node = Node(len(found), parent, position, code, place, rule)
        found.append(node)
        for number, part in enumerate(parts_of(rule), start=1):
            walk(part, code, f"{place}/{number}", node.node, number)

    for code, rule in rules.items():
        walk(rule, code, code, None, 1)
    return tuple(found)
