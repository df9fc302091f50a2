"""Writes docs/reference.md from the code, so that neither knows something the other does not. `make docs` calls it."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

import custody.__main__
import custody.microdata.errors
import custody.released.errors
import custody.returns.errors
import evidence.errors  # noqa: F401  its errors are among the exit codes
import pipelines.commands.app
from docs.custody_reference import requests
from docs.exports_reference import exports
from docs.framework_reference import frameworks
from docs.ledger_reference import ledger
from docs.returns_reference import returns, screening
from evidence.plan import plannable
from pipelines.contracts import CONTRACTS
from pipelines.decisions import MEANINGS, PERMITTED_BY_KIND, Decision, in_words, permitted
from pipelines.dual_control import TAKES_TWO
from pipelines.notes.themes import read_themes
from pipelines.policy import read_policy
from pipelines.review.exclusions import COLUMNS, kinds
from pipelines.review.judgements import ANSWERS as REVIEW_ANSWERS
from release.catalogue import read_catalogue
from release.errors import UserError
from release.places import PROJECT
from release.schema import ANSWERS, PROTECTED, Table

FILE = Path(__file__).parent / "reference.md"
_PROGRAMS = (
    ("python -m pipelines", pipelines.commands.app.app),
    ("python -m custody", custody.__main__.app),
)
# A longer code list is a code list of its own, not a line in a table.
_LONGEST_LIST = 12

_INTRODUCTION = """# Reference

Made from the code by `make docs`; a test fails where it is behind.

## Commands

Every command takes `--data DIR` (default: the project's `data/`) and `--help`.
"""
_EXTRACTS = """
## `extracts.toml`

```toml
as_of = 2024-10-31           # the day the extracts speak for
authority = "Ashmere"        # the council's name
synthetic = true             # true only for invented people: opens the demo on this machine
payment = "by_results"       # or "earned_autonomy", "none"

[[extract]]
file = "police_export.csv"   # below this folder
contract = "police_incident" # what it holds: see below
partner = "North Fells Police"
covers_from = 2021-01-01     # both days included: silence counts only in between
covers_to = 2024-08-31
# sheet = "Events"           # of a workbook, where its headings do not tell
# may_be_empty = true        # the partner had nothing to report; otherwise no rows is an error

[extract.columns]            # the partner's heading = our name
"OCCURRENCE_NO" = "incident_ref"

[extract.values.role]        # the partner's word = our code
"Accused" = "suspect"
```

Separator, encoding and date format are found, not configured. Several files of one contract are read together.
"""
_REVIEW = f"""## Clerical review

Each run writes `identified/review/review.csv`: one row a pair of records that linkage is unsure of, at most 500 at a
time. Those that touch families who are helped now or can be claimed for come first. Type one of
{", ".join(f"`{one}`" for one in REVIEW_ANSWERS)} into the column `answer`, leave the column `pair` as it is, and run
`python -m pipelines review`. Any encoding, any separator and Excel workbooks (`--answers FILE`) are read. Where a row
is wrong, nothing of the file is taken in, and the message names the row.

An answer holds in every later run, also when a row is corrected or moves to another file. A pair is not asked about
again; one judged `unsure` is, once it has changed. To change an answer, hand in a file with the columns `pair` and
`answer`. What was handed in stays in `identified/review/handed-in/`. The answers themselves lie as keyed hashes alone
in `identified/vault/judgements.sqlite`: keep a copy of it with the keys.

## Exclusions

`identified/exclusions.csv` names records that must never be joined, as those from before and after an adoption. It goes
before all evidence. Its columns are {", ".join(f"`{one}`" for one in COLUMNS)}. A kind is one of
{", ".join(f"`{one}`" for one in kinds())}. A list that cannot be read as a whole stops the run.
"""
_KEYS = """## Keys

Pseudonyms are HMAC-SHA256 over the register's key of a person or family, under a key derived (HKDF) for that one
purpose from the master key. A manifest names keys by their fingerprints alone.

| key | what hangs on it | rotated |
|---|---|---|
| master | pseudonyms, and what the register and the answers of the review know people again by | `key rotate` |
| record | `record_key`, and by what the vault knows the same extracts again | never |
| protected | the protected file of every release | never |
| of a project | the tokens in what that project is given | `key project destroy`, and a new project |

`key rotate` re-keys the register and the answers without an identity: every hash is hashed once more under the new key.
It holds the new files against the old ones before anything counts, then destroys the old master key; of it only the
links of these chains are kept (`identified/keys/earlier.json`, which goes with the master key). The next run gives
everybody another pseudonym. Older ones are found by `reidentify --release ID` and `register resolve`, as long as the
vault holds the references of their release. Copies of the keys and of the vault from before are of no use afterwards,
and are yours to destroy: keep new ones.

A project is given tables by `releases table … --project NAME`: every token is made anew under the project's key, the
rows stand in an order of their own, texts stay out, and of every day its month alone is told (as text, `YYYY-MM`). Once
its end date is past it is given nothing; once its key is destroyed by no token can what it was given be tied to
anything, and its name is never used again. A row that says what no other says is found again without a token by whoever
holds the table otherwise: the command says how many those are. A key is overwritten before its file is removed; what a
disk keeps of it, and your own copies, no program reaches.

What takes two is asked for by one account of the operating system, and done by another that runs the same command with
`--confirm NUMBER` within the days that `keys.toml` gives. Whenever what takes two is not what it was, the audit log
says so. A data folder of links into another, or with releases that its audit log does not know, is refused. The chain
of the audit log has no key: it shows a changed line, and not that somebody who may write the file made the whole of it
anew. Keep copies of the ledger elsewhere, and the data folder writable to those alone who may be trusted with the keys.
"""
_FOLDER = """## The data folder

| place | whose | holds |
|---|---|---|
| `identified/landing/` | the pipelines | where extracts may be put |
| `identified/keys/` | the pipelines | the master key, the record key, what is kept of earlier ones: [Keys](#keys) |
| `identified/vault/` | the pipelines | which pseudonym is which reference, which record is about which person |
| `identified/vault/note-spans/` | the pipelines | where identities stood in the texts of a release: [Notes](#notes) |
| `identified/review/review.csv` | the pipelines | pairs of records to judge: [Clerical review](#clerical-review) |
| `identified/exclusions.csv` | the council | whom to keep apart: [Exclusions](#exclusions) |
| `identified/quarantine/` | the pipelines | rows that broke their contract, and a report without a cell of them |
| `identified/quality/` | the pipelines | a data-quality report a run, for people: `report.html` and `report.csv` |
| `identified/logs/` | the pipelines | one log a run: counts, contracts, timings |
| `protected/protected.key` | the worker | the key of the protected files |
| `protected/projects/` | the worker | a key a project, and what it is for: [Keys](#keys) |
| `protected/exports/` | the worker | [research exports](#research-exports) that wait, and what others showed |
| `releases/` | all | the releases, and which is current |
| `ledger/` | all | claims, the audit log and the requests: [The ledger](#the-ledger) |
| `outbox/` | the worker | answers to requests, returns, exports: [Requests to the worker](#requests-to-the-worker) |

## Settings

Files in `data/` that a council edits. A file of the same name in the folder given by `--data` goes before the one
shipped.

| file | what | whose |
|---|---|---|
| `frameworks/*.toml` | needs, rules, claims, payment: [Frameworks](#frameworks) | the programme's lead |
| `catalogue.toml` | which measures may be broken down by which dimensions | the programme's lead |
| `disclosure.toml` | which figures are withheld or rounded; how many may be alone | the data protection officer |
| `linkage.toml` | how sure a match must be, short names, from when an extract is poorly matched | the data team |
| `identifiers.toml` | which authorities give pupil numbers; what is written where there is no number | the data team |
| `privacy.toml` | what becomes of every column, and how: [Decisions](#decisions) | the data protection officer |
| `signs.toml` | which records are signs of a need in a household that nobody works with | the programme's lead |
| `themes.toml` | what notes and other texts are about, by which words: [Notes](#notes) | the programme's lead |
| `access.toml` | who may sign in, as what; who sees which page; how long sessions last | the data protection officer |
| `keys.toml` | what takes two accounts: [Keys](#keys) | the data protection officer |
| `payment.toml` | how much may be claimed in a year: [Quotas](#quotas) | the returns officer |
| `returns/*.toml` | what [returns](#returns) ask for, and who signs | the returns officer |
| `research.toml` | how far [research exports](#research-exports) may go | the data protection officer |
| `microdata.toml` | which rows [research exports](#research-exports) may hold | the data protection officer |
| `plan.toml` | what the council has planned for a year: [Plan](#plan) | the head of service |
| `boundaries/*.geojson`, `boundaries/boundaries.toml` | the map of the council, and whose it is | the data team |
| `about.toml` | whom readers write to; the accessibility statement | the data team |
| `ledger.toml` | where the ledger is: [PostgreSQL](#postgresql) | the data team |

The app finds the data folder by the environment variable `OUTCOME_LENS_DATA` (default: the project's `data/`).
"""
_PLAN = """## Plan

`plan.toml` says what a council has planned for a financial year (April to March):

```toml
[[target]]
council = "Wythbrook"          # the authority's name, as it stands at the top of every page
year = "2024-25"
measure = "families_helped"
target = 800                   # for the whole year
```

The Overview sets the whole months of the year that are over against their part of it, spread evenly: ahead, on course,
or behind by more than the noise in the figures can make. Without a target for this council and year it sets them
against the same months of the year before. A plan is for the whole council, so a reader who is kept to a part of it
sees none. A file with a mistake is left out: the page says so, and the log names the line and the fix. What can be
planned:
"""


_NOTES = """## Notes

What becomes of case notes and other free texts is said in `[notes]` of `privacy.toml`. A run reads those columns alone
whose decision is `notes`.

| setting | means |
|---|---|
| `keep = "themes"` | identities are taken out in memory, themes are counted, the text is destroyed: as it is shipped |
| `keep = "redacted"` | the redacted text is kept too, in `redacted_note` of the protected file |
| `purpose`, `until` | what redacted texts are kept for, and until when; a run of a later as-of date keeps none |
| `keep = "nothing"` | no text is read |
| `no_names` | what stands in a cell in place of a name |

Whatever is said there, a text about a family of whom nobody has a usable name is destroyed unread, and so is one in
which an identity is found once all were taken out. Of each stretch that was taken out `identified/vault/note-spans/`
keeps where it stood (`note`, `contract`, `column`, `file`, `row`, `start`, `end`: characters of the text as it was
read), its `kind`, the `rule` that found it and how surely (`score`), and nothing of what it was. `note` is a token of
its own: only who has the key can tell which text of `redacted_note` it is of.

Themes are found by whole words, whatever their case, accents and hyphens. A star stands for any ending. A phrase under
`not` that stands over a word takes it back, and so does `negation.before` at most `negation.words` words before it or
`negation.after` directly behind it, in the same sentence and with none of `negation.turns` between, unless the theme
says `negated = true`.

| theme | label | texts about |
|---|---|---|"""


def reference() -> str:
    """The whole of docs/reference.md."""
    parts = [_INTRODUCTION, *_commands(), *_exit_codes(), _EXTRACTS, *_contracts(), *_decisions()]
    return (
        "\n".join(
            [
                *(*parts, *_tables(), _FOLDER, *_plan(), *frameworks(), *_notes(), _REVIEW),
                *(*_keys(), *ledger(), *requests(), *returns(), *screening(), *exports()),
            ]
        ).rstrip()
        + "\n"
    )


def _plan() -> Iterator[str]:
    yield _PLAN
    catalogue = read_catalogue(PROJECT / "data" / "catalogue.toml")
    yield "| measure | counts |\n|---|---|"
    yield from (f"| `{name}` | {catalogue.measures[name].label} |" for name in plannable(catalogue))
    yield ""


def _notes() -> Iterator[str]:
    yield _NOTES
    for theme in read_themes(PROJECT / "data" / "themes.toml").themes:
        yield f"| `{theme.code}` | {theme.label} | {theme.meaning} |"
    yield ""


def _keys() -> Iterator[str]:
    yield _KEYS
    yield "| `[dual_control]` | takes two, where it is true |\n|---|---|"
    yield from (f"| `{act}` | {meaning} |" for act, meaning in TAKES_TWO.items())
    yield "| `days` | for how many days a request stands |\n"


def error_kinds() -> list[type[UserError]]:
    """Every kind of error that a user can cause, by exit code."""
    return sorted(set(_below(UserError)), key=lambda kind: (kind.exit_code, kind.__name__))


def _below(kind: type[UserError]) -> Iterator[type[UserError]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _commands() -> Iterator[str]:
    for program, app in _PROGRAMS:
        for name, command in _leaves(program, typer.main.get_command(app)):
            yield f"### `{name}`\n\n{' '.join(command.help.split())}\n"
            described = [_parameter(one) for one in command.params if one.name not in ("help", "data")]
            if described:
                yield "\n".join(["| option | meaning | default |", "|---|---|---|", *described, ""])


def _leaves(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    if hasattr(command, "commands"):
        for part, below in command.commands.items():
            yield from _leaves(f"{name} {part}", below)
    else:
        yield name, command


def _parameter(one: Any) -> str:
    option = one.param_type_name == "option"
    names = [*one.opts, *one.secondary_opts] if option else [one.metavar or one.name.upper()]
    shown = getattr(one.default, "value", one.default)
    default = "required" if one.required else "" if shown in (None, "", False) else f"`{shown}`"
    return f"| {', '.join(f'`{name}`' for name in names)} | {one.help or ''} | {default} |"


def _exit_codes() -> Iterator[str]:
    yield "## Exit codes\n\n| code | kind | when |\n|---|---|---|\n| 0 | | it worked |"
    yield "| 2 | | the command line was not understood |"
    for kind in error_kinds():
        yield f"| {kind.exit_code} | {kind.__name__} | {(inspect.getdoc(kind) or '').splitlines()[0]} |"
    yield f"| {pipelines.commands.app.FAULT} | | a fault of the program: please report it |"


def _contracts() -> Iterator[str]:
    policy = read_policy()
    yield "## Contracts\n"
    yield (
        "What becomes of a column is said in `privacy.toml` by one of the [decisions](#decisions) that it permits; "
        "here as it is shipped.\n"
    )
    for contract in CONTRACTS.values():
        yield f"### `{contract.name}`\n\n{contract.title}, from: {contract.partner}. {contract.purpose}\n"
        yield "| column | meaning | kind | part | required | from | why it is needed | what becomes of it | permitted |"
        yield "|---|---|---|---|---|---|---|---|---|"
        for column in contract.columns:
            few = column.codes and len(column.codes) <= _LONGEST_LIST
            codes = f": {', '.join(f'`{code}`' for code in column.codes)}" if few and column.codes else ""
            required = "yes" if column.required else ""
            cells = (
                f"`{column.name}`",
                f"{column.meaning}{codes}",
                column.kind.value,
                f"`{column.part}`" if column.part else "",
                required,
                column.partner,
                column.why,
                in_words(policy.columns, contract.name, column),
                ", ".join(f"`{one}`" for one in permitted(contract.name, column)),
            )
            yield f"| {' | '.join(cells)} |"
        yield ""


def _decisions() -> Iterator[str]:
    yield '## Decisions\n\nWhat may become of a column, in `[columns.CONTRACT]` of `privacy.toml`: `column = "word"`.\n'
    yield "A column of which nothing is said there is dropped, and the run says so. Where a rule of the framework needs"
    yield "what is dropped, the run does not start.\n\n| word | what it does | kinds of column |\n|---|---|---|"
    for one in Decision:
        kinds_of_column = ", ".join(kind.value for kind, may in PERMITTED_BY_KIND.items() if one in may)
        yield f"| `{one}` | {MEANINGS[one]} | {kinds_of_column} |"
    yield ""


def _tables() -> Iterator[str]:
    yield "## A release\n"
    yield "`data/releases/ID/` holds two files and a `manifest.json`; `data/releases/current` names the current one.\n"
    for file, tables in (("protected.duckdb", PROTECTED), ("answers.duckdb", ANSWERS)):
        yield f"### `{file}`\n"
        for table in tables:
            yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    yield f"**{table.name}**: one row is {table.row}.\n\n| column | holds | meaning |\n|---|---|---|"
    yield from (f"| `{column.name}` | {column.holds.value} | {column.meaning} |" for column in table.columns)
    yield ""


if __name__ == "__main__":
    FILE.write_text(reference(), encoding="utf-8", newline="\n")
