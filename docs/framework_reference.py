"""The part of docs/reference.md about framework files: their settings, kinds of rule, extracts and examples."""

import inspect
from collections.abc import Iterator
from typing import Any, Final

from outcomes import read_framework
from outcomes.rules import (
    EXTRACTS,
    KINDS,
    AllOf,
    AnyOf,
    Attendance,
    Count,
    Judgement,
    NoEvent,
    NoStatus,
    Reduction,
    Spell,
    StatusChange,
)
from release.places import PROJECT

_BEFORE = """## Frameworks

One TOML file a framework in `frameworks/`, named by its `id`. `python -m pipelines framework check FILE` reads it,
answers a mistake with its line and the fix, and runs its examples. A run evaluates the active ones, as
`frameworks/active.toml` names them with the SHA-256 of their files; the first is the primary one, which every figure
that names no framework is about. A file that was changed since, or whose examples fail, is refused.

| shipped | needs | claims |
|---|---|---|"""
_SETTINGS = """
| setting | means |
|---|---|
| `id`, `title`, `publisher`, `source_url` | which framework it is, whose, and where it is said |
| `version` | a whole number; another text takes another version before it can be active |
| `fund` | frameworks of one fund never pay twice for one episode; left out: the `id` |
| `plan` | `national`, or `local`: needs and rules are a template that the council corrects |
| `valid_from`, `valid_to` | a claim date outside is outside the period; left out: no bound |
| `sustain_from` | whether clocks start with the `outcome`, or not before the `closure` of the episode |
| `claimable_closures` | reasons of closing that do not stand in the way of a claim |
| `practice_tests` | of `assessment`, `plan`, `lead_practitioner` |
| `deadweight` | a share taken off a window's total, never off a claim: `"1/6"` |
| `[payment]` | `amount_gbp` a claim, `unit`, `suspended_on`, `mode` (`by_results`, `earned_autonomy`, `none`), \
`one_claim_per_family` |
| `[eligibility]` | at least `minimum` needs or headlines (`count_by`); `requires`: \
`child_or_expectant_parent`, `nobody` |
| `[audit]` | the sample of a window: `share` of its claims and at least `minimum`; fails where more than \
`tolerance` is struck out, then grows by `enlarge_by` |
| `[[window]]` | `id`, `opens`, `closes`: when claims are made |
| `[[claim]]` | a kind of claim; none: one claim, `successful_family_outcome`, about all needs |
| `code`, `label`, `verified`, `confidence`, `source` | its name, and how well it is known |
| `unit` | `family` or `person`: for whom it is claimed once |
| `about` | `needs`: every need is met; `rule`: its own `[claim.rule]` holds; `attachment`: assessed, and a plan |
| `amount_gbp`, or `[[claim.price]]` | what it is worth: one price, or prices by claim date, `from` and `to` |
| `after` | claims that must come first; of one set any will do |
| `one_of` | the name of a set of which one may be claimed for |
| `most_per_family` | how many of a family |
| `[[headline]]` | `id`, `label`, `alternative_label` where two wordings exist |
| `[[headline.need]]` | `code`, `text`, `subject`, `outcome`, `alternative_text`, `alternative_outcome`, `verified`, \
`confidence`, `outcome_confidence`, `source`, and its `[headline.need.rule]` |

A rule has a `kind`, and `waiver = true` where a waiver with a reason may stand for it.

| kind of rule | holds where | settings |
|---|---|---|"""
_RULES: Final[dict[str, tuple[type[Any], str]]] = {
    "no_event": (NoEvent, "`extract`, `months`, `whose` (`person`, `any_member`), `where`"),
    "no_status": (NoStatus, "the same"),
    "attendance": (Attendance, "`threshold`, `stale_after_months`"),
    "spell": (Spell, "`extract`, `days`, `where`"),
    "judgement": (Judgement, "`months`; of a claim: `needs`, whose judgements count"),
    "all_of": (AllOf, "`of`"),
    "any_of": (AnyOf, "`of`"),
    "count": (Count, "`at_least`, and `of`, or `extract`, `months`, `whose`, `where`"),
    "reduction": (Reduction, "`extract`, `months`, `share`, `whose`, `where`"),
    "status_change": (StatusChange, "`extract`, `from_where`, `to_where`, `months`"),
}
_EXTRACTS = """
What a rule may look into; `where = { column = "CODE" }`, or a list of codes:

| extract | a record begins on | and ends on | filtered by |
|---|---|---|---|"""
_EXAMPLES = """
An `[[example]]` is a small invented family, and what must become of it:

```toml
[[example]]
name = "Two incidents, then none"
as_of = 2024-10-31
start = 2023-11-06           # of the episode; end, closure, assessment, plan (false: none), lead_practitioner,
children = ["child"]         # expectant_parent, earlier_claim, unlinked may follow
adults = ["mother"]
need = [{ codes = ["7.3"], who = "child", from = 2023-11-06, state = "sustained", sustained = 2024-08-10 }]
claim = [{ kind = "successful_family_outcome", state = "not_eligible" }]
[example.records]
police_incident = [{ who = "child", occurred_on = 2024-02-10, role = "suspect", domestic_abuse = false }]
progress = [{ codes = ["5.1"], who = "mother", state = "met", on = 2024-03-01 }]
[example.covers]             # where it is not every day; []: not sent
police_incident = [[2020-04-01, 2024-10-31]]
```

`who` left out: the whole family. `achieved`, `sustained`, `reason`, `date` and `worth` are compared where they are
given. A claim that is not mentioned must be neither claimable nor claimed. A record names its day and its codes as in
the table above; `school_attendance` has `academic_year`, `term`, `term_start`, `term_end`, `sessions_possible` and
`sessions_attended`; a waiver without a reason has `has_reason = false`.
"""


def frameworks() -> Iterator[str]:
    """The section about framework files."""
    yield _BEFORE
    for file in sorted((PROJECT / "data" / "frameworks").glob("*-*.toml")):
        framework = read_framework(file)
        claims = ", ".join(f"`{kind.code}`" for kind in framework.claims)
        yield f"| `{framework.id}`: {framework.title} | {len(framework.needs)} | {claims} |"
    yield _SETTINGS
    for kind in KINDS:
        rule, settings = _RULES[kind]
        yield f"| `{kind}` | {_meaning(rule)} | {settings} |"
    yield _EXTRACTS
    for name, facts in EXTRACTS.items():
        last = f"`{facts.last_day}`" if facts.last_day else "the same day"
        yield f"| `{name}` | `{facts.first_day}` | {last} | {'; '.join(_filters(facts.conditions))} |"
    yield _EXAMPLES


def _meaning(rule: type[Any]) -> str:
    return " ".join((inspect.getdoc(rule) or "").split()).replace("`NoEvent`", "`no_event`")


def _filters(conditions: dict[str, tuple[str | bool, ...] | None]) -> Iterator[str]:
    for column, codes in conditions.items():
        words = [
            str(code).lower() if isinstance(code, bool) else code
            for code in codes or ("the partner's words",)
        ]
        yield f"`{column}`: {', '.join(words)}"
