"""The part of docs/reference.md about the ledger, from the code that keeps its rules."""

from collections.abc import Iterator

from ledger.claim_records import COMES_FROM, Step
from ledger.export_records import ExportState
from ledger.guards import APPEND_ONLY, INSERT, THERE_ALREADY
from ledger.opening import SETTINGS, VARIABLE
from ledger.quota import QUOTAS
from ledger.return_records import ReturnState
from ledger.returns import MOST_CONTENT

_STEPS = {
    Step.CLAIMABLE: "entered into a window, all claims of one go or none",
    Step.SELECTED: "drawn into the audit sample",
    Step.AUDITED: "the auditor upheld it, or struck it out",
    Step.SUBMITTED: "asked for, once the window was signed",
    Step.PAID: "the payer paid",
    Step.REJECTED: "the payer refused: what it was for may be entered anew",
    Step.WITHDRAWN: "taken back, money and all: what it was for may be entered anew",
}
_RETURNS = {
    ReturnState.DRAFT: "drawn up: its safe figures, and the digests of its files",
    ReturnState.CHECKED: "put to its checks, whatever they said; again as often as needed, until somebody signs",
    ReturnState.SIGNED: "signed by as many as it takes, two at least, once nothing failed and each query is answered",
    ReturnState.SUBMITTED: "sent: it stands for good",
    ReturnState.SUPERSEDED: "a later version was submitted, with a reason",
    ReturnState.WITHDRAWN: "taken back before it was submitted, so that another can be drawn up",
}
_EXPORTS = {
    ExportState.ASKED: "asked for by somebody of the project",
    ExportState.PREPARED: "the package lies ready, and checkers decide: it stays so until both have",
    ExportState.APPROVED: "both checkers approved it",
    ExportState.RETURNED: "a checker returned it, with the reason: it is asked for anew, otherwise",
    ExportState.RELEASED: "handed out: the very files that both approved",
    ExportState.ENDED: "its project is over, and nothing of it is given any more",
    ExportState.WITHDRAWN: "taken back by who asked for it, or by the data protection officer",
    ExportState.REFUSED: "it could not be made, or would have given somebody away",
}
_HEAD = """## The ledger

Claims and their windows, returns, research exports, the requests to the worker and the audit log. No pseudonym is in
it: what is claimed for is a keyed token, of which there is one live claim. Each act is one line of the audit log, and
that line covers every row which the act wrote. `python -m pipelines ledger verify` holds all of it against the chain
and against the manifests of the releases, each of which holds the newest line of its day. Keep copies of the ledger
elsewhere all the same.

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

### Returns

One version of a return for a period is in hand at a time. Its digest, which is what people sign, covers its figures (at
most {{most:,}} letters of JSON), its files, the template, the release, and the line of the ledger at which claims were
counted, so that the same claims are counted when it is drawn up again.

| state | means |
|---|---|
{{returns}}

### Research exports

A project has a purpose, a legal basis, people, a last day and a privacy budget (rho of zero-concentrated differential
privacy, in millionths). What private tables spend is written down before the noise is drawn, and stays spent: also of
an export that was returned, as its checkers have seen the noise. Two output checkers decide on each export. Neither
may have asked for it or belong to its project, and neither is told how the other decided until both have: the audit log
says that somebody decided, and not how.

| state | means |
|---|---|
{{exports}}

### PostgreSQL

A file of SQLite in the data folder does for one machine. For several, name a database of PostgreSQL (14 or later) in
`{SETTINGS}` (`url = "postgresql+psycopg://ACCOUNT@HOST/DATABASE"`, without a password) or in the environment variable
`{VARIABLE}`, which goes before it. Whoever opens the ledger first makes its tables and owns them. Let that be an
account that nobody works under, and give the app, the worker and the pipelines accounts with no more than
`GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public`: they need nothing else, and cannot take the guards away.
When a later version brings new tables, the owner opens the ledger first, and gives the grant again.

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
    yield from _filled(_AFTER)
    yield f"| all | {APPEND_ONLY} (a change, a deletion); {THERE_ALREADY} (a row written over another) |"
    every = INSERT["claim"][0][0]
    yield f"| all of claims, returns and exports | {every} |"
    for table, rules in INSERT.items():
        if said := dict.fromkeys(words for words, _ in rules if words != every):
            yield f"| `{table}` | {'; '.join(said)} |"
    yield ""


def _filled(text: str) -> Iterator[str]:
    """A part of the page with what the code says put in."""
    for name, told in (("{returns}", _RETURNS), ("{exports}", _EXPORTS)):
        text = text.replace(name, "\n".join(f"| `{state}` | {means} |" for state, means in told.items()))
    yield text.replace("{most:,}", f"{MOST_CONTENT:,}")
