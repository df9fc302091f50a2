"""What the rules of a framework, and a release itself, need of the extracts: a policy that drops it is refused before a
row is read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from outcomes import Framework
from outcomes.rules import (
    EXTRACTS,
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
    parts_of,
)
from pipelines.contracts import CONTRACTS, Part
from pipelines.decisions import Decision, permitted
from pipelines.errors import NeededColumnError
from pipelines.policy import Policy

_KEYS = "telling people, families and spells of help apart"
_DAYS = "every rule: it counts from the day on which help began and the need was identified"
_NEEDS = "every rule: which need it was"
_CLOSING = "the test that help ended well"
_PAID_ONCE = "nobody is paid for one family twice"
_ONE_FAMILY = "finding out who is one person, and which families are one, so that none is claimed for twice"
_CHILD = "the test that a child is in the family"
# In the order in which messages name them: what every framework needs.
_ALWAYS: tuple[tuple[str, str, Decision, str], ...] = (
    ("family_member", "person_ref", Decision.PSEUDONYM, _KEYS),
    ("family_member", "family_ref", Decision.PSEUDONYM, _KEYS),
    ("family_episode", "episode_ref", Decision.PSEUDONYM, _KEYS),
    ("family_episode", "family_ref", Decision.PSEUDONYM, _KEYS),
    ("family_episode", "start_date", Decision.DAY, _DAYS),
    ("family_episode", "end_date", Decision.DAY, _CLOSING),
    ("family_episode", "closure_reason", Decision.CODE, _CLOSING),
    ("need", "episode_ref", Decision.PSEUDONYM, _KEYS),
    ("need", "person_ref", Decision.PSEUDONYM, _KEYS),
    ("need", "need_code", Decision.CODE, _NEEDS),
    ("need", "identified_on", Decision.DAY, _DAYS),
    ("earlier_claim", "family_ref", Decision.PSEUDONYM, _PAID_ONCE),
    ("earlier_claim", "framework", Decision.RULES, _PAID_ONCE),
    ("earlier_claim", "claimed_on", Decision.DAY, _PAID_ONCE),
)
_OF_A_JUDGEMENT: tuple[tuple[str, Decision], ...] = (
    ("episode_ref", Decision.PSEUDONYM),
    ("person_ref", Decision.PSEUDONYM),
    ("need_code", Decision.CODE),
    ("recorded_on", Decision.DAY),
    ("state", Decision.CODE),
)
_OF_ATTENDANCE: tuple[tuple[str, Decision], ...] = (
    ("term", Decision.RULES),
    ("term_start", Decision.DAY),
    ("term_end", Decision.DAY),
    ("sessions_possible", Decision.RULES),
    ("sessions_attended", Decision.RULES),
)
_MOST_NAMED = 8


@dataclass(frozen=True)
class Needed:
    """A column without which something would be wrong. `enough`: the decisions that will do, the least first. `by`:
    what needs it, in words."""

    contract: str
    column: str
    enough: tuple[Decision, ...]
    by: str


def refuse_what_lacks(policy: Policy, framework: Framework, file: Path) -> None:
    """Raises NeededColumnError where `policy` (of `file`) keeps back what `framework` needs."""
    lacking: dict[tuple[str, str], list[Needed]] = {}
    for one in needed(framework):
        if policy.decision(one.contract, one.column) not in one.enough:
            lacking.setdefault((one.contract, one.column), []).append(one)
    if lacking:
        raise NeededColumnError(
            f"{file} keeps back what the framework {framework.id} needs. {_said(lacking.values())}"
        )


def needed(framework: Framework) -> Iterator[Needed]:
    """Every column that a claim under `framework` cannot do without.

    What a partner need not send is not here, unless a rule names it: it is blank then, as if it had not been sent.
    """
    for contract, column, enough, by in _ALWAYS:
        yield Needed(contract, column, (enough,), by)
    yield Needed("family_member", "role", (Decision.FAMILIES, Decision.CODE), _ONE_FAMILY)
    yield from _of_linkage("family_member", _ONE_FAMILY)
    tests = framework.practice_tests
    for test in ("assessment", "plan"):
        if test in tests:
            yield Needed("family_episode", "assessment_date", (Decision.DAY,), f"the practice test {test}")
    if "plan" in tests:
        yield Needed("family_episode", "plan_date", (Decision.DAY,), "the practice test plan")
    if "lead_practitioner" in tests:
        by = "the practice test lead_practitioner"
        yield Needed("family_episode", "lead_practitioner", (Decision.YES_OR_NO,), by)
    if framework.eligibility.requires == "child_or_expectant_parent":
        yield Needed("family_member", "date_of_birth", (Decision.BAND,), _CHILD)
        yield Needed("family_member", "from_date", (Decision.MONTH,), _CHILD)
        yield Needed("family_member", "to_date", (Decision.MONTH,), _CHILD)
    for need in framework.needs:
        yield from _of_rule(need.rule, f"need {need.code}")
    for kind in framework.claims:
        if kind.rule is not None:
            yield from _of_rule(kind.rule, f"claim {kind.code}")


def _of_rule(rule: Rule, whose: str) -> Iterator[Needed]:
    by = f"the rule {rule.kind} of {whose}"
    if rule.waiver:
        yield from _of_judgement(f"the waiver of {whose}")
        enough = (Decision.YES_OR_NO, Decision.NOTES)
        yield Needed("progress", "evidence", enough, f"the waiver of {whose}")
    match rule:
        case NoEvent() | NoStatus() | Spell():
            with_periods = not isinstance(rule, NoEvent)
            yield from _of_records(rule.extract, by, rule.where, with_periods=with_periods)
            if not isinstance(rule, Spell):
                yield from _of_silence(rule.extract, by)
        case StatusChange():
            conditions = tuple(dict.fromkeys((*rule.from_where, *rule.to_where)))
            yield from _of_records(rule.extract, by, conditions, with_periods=True)
            yield from _of_silence(rule.extract, by)
        case Reduction() | Count(extract=str()):
            assert rule.extract is not None
            yield from _of_records(rule.extract, by, rule.where, with_periods=False)
            if isinstance(rule, Reduction):
                yield from _of_silence(rule.extract, by)
        case Attendance():
            for column, enough_for_it in _OF_ATTENDANCE:
                yield Needed("school_attendance", column, (enough_for_it,), by)
        case Judgement():
            yield from _of_judgement(by)
        case AllOf() | AnyOf() | Count():
            for part in parts_of(rule):
                yield from _of_rule(part, whose)


def _of_records(extract: str, by: str, where: Conditions, *, with_periods: bool) -> Iterator[Needed]:
    facts = EXTRACTS[extract]
    yield Needed(extract, facts.first_day, (Decision.DAY,), by)
    if facts.last_day and with_periods:
        yield Needed(extract, facts.last_day, (Decision.DAY,), by)
    for column in dict.fromkeys(column for column, _codes in where):
        yield Needed(extract, column, (Decision.RULES,), by)


def _of_silence(extract: str, by: str) -> Iterator[Needed]:
    """Silence counts as success: it must not come of nobody being looked for."""
    yield from _of_linkage(extract, by)
    yield Needed("family_member", "date_of_birth", (Decision.BAND,), by)


def _of_linkage(contract: str, by: str) -> Iterator[Needed]:
    """What finds people, of all that a partner must send."""
    for column in CONTRACTS[contract].columns:
        may = permitted(contract, column)
        if column.required and Decision.LINKAGE in may and column.part is not Part.OWN_KEY:
            # What is more than that will do as well: an age band comes of a day of birth that finds the person too.
            yield Needed(contract, column.name, tuple(one for one in may if one is not Decision.DROPPED), by)


def _of_judgement(by: str) -> Iterator[Needed]:
    for column, enough in _OF_A_JUDGEMENT:
        yield Needed("progress", column, (enough,), by)


def _said(lacking: Iterable[list[Needed]]) -> str:
    found = list(lacking)
    words = []
    for needs in found[:_MOST_NAMED]:
        contract, column = needs[0].contract, needs[0].column
        causes = list(dict.fromkeys(one.by for one in needs))
        others = f" and {len(causes) - 1} more" if len(causes) > 1 else ""
        will_do = next(said for said in Decision if all(said in one.enough for one in needs))
        words.append(
            f'[columns.{contract}] {column} is needed for {causes[0]}{others}: write {column} = "{will_do}".'
        )
    if len(found) > _MOST_NAMED:
        words.append(f"So are {len(found) - _MOST_NAMED} more columns.")
    return " ".join(words)
