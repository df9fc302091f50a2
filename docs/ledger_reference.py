"""The part of docs/reference.md about the ledger of claims, from the code that keeps its rules."""

from collections.abc import Iterator

from ledger.claim_records import COMES_FROM, Step
from ledger.guards import APPEND_ONLY, INSERT, THERE_ALREADY
from ledger.opening import SETTINGS, VARIABLE
from ledger.quota import QUOTAS

_STEPS = {
    Step.CLAIMABLE: "entered into a window, all claims of one go or none",
    Step.SELECTED: "drawn into the audit sample",
    Step.AUDITED: "the auditor upheld it, or struck it out",
    Step.SUBMITTED: "asked for, once the window was signed",
    Step.PAID: "the payer paid",
    Step.REJECTED: "the payer refused: what it was for may be entered anew",
    Step.WITHDRAWN: "taken back, money and all: what it was for may be entered anew",
}
_HEAD = """## The ledger

Claims, their windows, the requests to the worker and the audit log. No pseudonym is in it: what is claimed for is a
keyed token, of which there is one live claim. Each act is one line of the audit log, and that line covers every row
which the act wrote. `python -m pipelines ledger verify` holds all of it against the chain and against the manifests of
the releases, each of which holds the newest line of its day. Keep copies of the ledger elsewhere all the same.

| step | means | comes after |
|---|---|---|"""
_AFTER = f"""
A struck-out claim is never submitted. A claim whose evidence is other in a later release is flagged, and not submitted
until it is withdrawn and entered as it is now.

### The audit sample

At least the share and the number of claims that the framework says (`[audit]`), spread over teams and kinds of claim in
proportion. Who is drawn can be worked out again by anybody: each claim has tickets, one for each unit of its weight (1
unless risky claims are to be drawn more often), a ticket's value is the SHA-256 of `seed|claim|ticket`, and of each
stratum the claims with the lowest tickets are drawn. The seed is the digest of the newest line about the window's
claims: nobody chooses it. Once every drawn claim has its verdict, the sample has passed or failed; a failed one is
enlarged until it passes or every claim was looked at. A drawn claim that is withdrawn before its verdict counts as
struck out. The interval is Wilson's, at 95 %, for as many claims as the window has.

### Quotas

`{QUOTAS}` says how many claims and pounds a framework may have in a financial year:

```toml
[[quota]]
framework = "supporting-families-2022"
year = "2024-25"   # April to March: the year in which a claim's window opens
claims = 200       # leave out: no limit to their number
pounds = 160000    # leave out: no limit to the money
```

A claim counts from its entry on, until it is rejected or withdrawn. More is refused when claims are entered and when
they are submitted, with the figures.

### PostgreSQL

A file of SQLite in the data folder does for one machine. For several, name a database of PostgreSQL (14 or later) in
`{SETTINGS}` (`url = "postgresql+psycopg://ACCOUNT@HOST/DATABASE"`, without a password) or in the environment variable
`{VARIABLE}`, which goes before it. Whoever opens the ledger first makes its tables and owns them. Let that be an
account that nobody works under, and give the app, the worker and the pipelines accounts with no more than
`GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public`: they need nothing else, and cannot take the guards away.

### What the database itself refuses

Whoever writes to it, and however. `ledger verify` makes sure that these guards are in place.

| table | what it says when it refuses a row |
|---|---|"""


def ledger() -> Iterator[str]:
    """The lines of the section."""
    yield _HEAD
    for step, means in _STEPS.items():
        before = ", ".join(f"`{one}`" for one in Step if one in COMES_FROM[step])
        yield f"| `{step}` | {means} | {before or '—'} |"
    yield _AFTER
    yield f"| all | {APPEND_ONLY} (a change, a deletion); {THERE_ALREADY} (a row written over another) |"
    every = {words for table, rules in INSERT.items() if table.startswith("claim") for words, _ in rules[:1]}
    yield f"| all of claims | {'; '.join(sorted(every))} |"
    for table, rules in INSERT.items():
        if said := [words for words, _ in rules if words not in every]:
            yield f"| `{table}` | {'; '.join(said)} |"
    yield ""
