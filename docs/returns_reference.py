"""The chapters of the reference on quarterly returns and on screening files: what a template may say, and the rules."""

from collections.abc import Iterator

from custody.screening.data_rules import DATA_RULES
from custody.screening.rules import Rule
from custody.screening.sheet_rules import SHEET_RULES
from release.places import PROJECT, Places
from release.return_measures import RETURN_MEASURES
from release.returns import Given, Over
from release.returns_reading import templates

_GIVEN = {
    Given.MEASURE: "a measure of `catalogue.toml` that is counted: counted anew from the protected rows, exactly (or, "
    "in a return of the profile dashboard, the very figure of the dashboard)",
    Given.COUNTED: "a measure of returns, of the list below",
    Given.CLAIMS: '"count" or "pounds" of the claims of a framework, from the ledger: exact',
    Given.SHARE: "two columns of the same table that stand before it: the first as a share of the second",
    Given.CHANGE: "two columns of the same table that stand before it: the first less the second",
    Given.NOT_AVAILABLE: "why there is no figure: every cell is `x`",
}
_OVER = {
    Over.PERIOD: "the period of the return",
    Over.YEAR_TO_DATE: "the quarters of the financial year up to it",
    Over.TO_DATE: "everything that the release holds",
    Over.BEFORE: "the period before it (profile dashboard alone)",
    Over.YEAR_BEFORE: "the same period a year before (profile dashboard alone)",
}
_INTRODUCTION = """## Returns

A return is a file in `data/returns/`; its name is the return's. A folder `returns` in the data folder goes before the
one shipped. What cannot be asked is refused when the file is read, with the place in it and the fix.

```toml
title = "Families in Family Help"
asked_by = "Department for Education"
source = "where it is written what is asked for"
verified = false              # true once somebody has compared the whole with what is asked
frequency = "quarter"         # or "year": financial ones, from April
first_period = "2026-27-Q1"   # and last_period: when it is asked for; may be left out
profile = "publication"       # exact, small counts and what protects them withheld; or "dashboard": the figures shown
framework = "supporting-families-2022"   # whose needs and claims are meant; empty: the primary one
formats = ["xlsx", "ods", "csv", "json", "pdf"]
about = ["What a reader must know before the first table."]
contact = ["who answers questions"]

[signing]
roles = ["returns_officer", "manager"]   # who may sign
people = 2                               # always two, never the same one

[limits]                      # a change on the last submitted period beyond both is queried
percent = 25
least = 20                    # in the unit of the column

[[table]]
name = "families_by_locality" # at most 35 small letters, digits and _
title = "Families with help, by locality"
rows = ["locality"]           # dimensions of catalogue.toml; of claims: kind, state, rate. Totals are added

[[table.column]]
name = "families_open"
label = "Families with help open at the end of the quarter"
counted = "families_open"     # exactly one of the settings below says what is told
over = "period"
filters = { referral_source = ["schools"] }  # kept to these codes
verified = false
source = "where this item is asked for"

[[narrative]]                 # a text that an officer writes when it is drawn up
name = "milestones"
label = "Milestones of the quarter"
required = true
```

| a column says | and is told |
|---|---|"""
_AUTHORITY = """`authority.toml` in the same folder says how the Department for Education's standard names the council:
`name`, `new_code` and `old_code`, `region_name` and `region_code`, `country_name` and `country_code`; `made_up = true`
where the codes stand for nobody; `verified`.

A period is `2026-27-Q2` or `2026-27`. A version is drawn up by the worker from one named release and the ledger as it
stood at one line, checked, signed by two people and submitted; a later version of a submitted return says why, and
replaces it once it is submitted. Files lie in the outbox as `return-NUMBER-NAME.…` and are served after their SHA-256
was compared with the ledger.

A cell holds a value, or a symbol: `c` withheld so that nobody is given away, `x` not available, `z` not applicable,
`low` rounds to nothing but is not; in spreadsheets in brackets, as `[c]`.
"""
_SCREENING = """## Screening

`python -m custody screen FILE` screens anybody's file; every file of a return is screened before it may be signed. An
error refuses it, a warning is for people to weigh. Which rules of the Department's own screener cannot be told from a
data file and its metadata alone is said at the top of `custody/screening/data_rules.py`.

| rule | what is wrong | what to do | asked by | |
|---|---|---|---|---|"""


def returns() -> Iterator[str]:
    """The chapter on returns, line by line."""
    yield _INTRODUCTION
    yield from (f"| `{one}` | {_GIVEN[one]} |" for one in Given)
    yield "\n| `over` | the time that is told |\n|---|---|"
    yield from (f"| `{one}` | {_OVER[one]} |" for one in Over)
    yield "\n| measure of returns | counts | by |\n|---|---|---|"
    for measure in RETURN_MEASURES.values():
        by = ", ".join(f"`{name}`" for name in measure.dimensions)
        yield f"| `{measure.name}` | {measure.label}. {measure.about} | {by} |"
    yield "\nShipped, with every item that nobody has compared with what is asked marked `verified = false`:\n"
    yield "| return | title | asked by | every | profile | tables | signed by two of |\n|---|---|---|---|---|---|---|"
    for template in templates(Places(PROJECT / "data")).values():
        roles = ", ".join(template.roles).replace("_", " ")
        cells = (
            f"`{template.id}`",
            template.title,
            template.asked_by,
            template.frequency,
            template.profile,
            str(len(template.tables)),
            roles,
        )
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield _AUTHORITY


def screening() -> Iterator[str]:
    """The chapter on the screener, line by line."""
    yield _SCREENING
    for rules in (DATA_RULES, SHEET_RULES):
        yield from (_line(rule) for rule in rules.values())
    yield ""


def _line(rule: Rule) -> str:
    return f"| `{rule.code}` | {rule.words} | {rule.mend} | {rule.source} | {rule.severity.value} |"
