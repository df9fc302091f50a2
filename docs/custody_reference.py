"""The chapter of the reference on requests to the worker: who may ask for what, and what lies in the outbox then."""

from collections.abc import Iterator

from custody.worker import MAY_ASK
from ledger import RequestKind

# What each request is about, what is done, and what lies in the outbox (the number of the request before it).
_REQUESTS: dict[RequestKind, tuple[str, str, str]] = {
    RequestKind.CLAIMABLE_EPISODES: (
        "",
        "lists what can be claimed, by pseudonym, with what should be looked at first",
        "`-claimable_episodes.csv`",
    ),
    RequestKind.OPEN_WINDOW: (
        "`--window FRAMEWORK/WINDOW`, the window as the framework file names it; `--by-risk`; `--most`",
        "enters every claimable claim of the current release into the window, all or none, and draws the audit sample; "
        "a window that is open is added to",
        "`-open_window.csv`: the sample, with strata",
    ),
    RequestKind.ENLARGE_SAMPLE: (
        "`--window NUMBER` of the ledger; `--by-risk`",
        "draws what a failed sample lacks",
        "`-enlarge_sample.csv`: the whole sample",
    ),
    RequestKind.EVIDENCE_PACK: (
        "`--claim NUMBER` of the ledger, in the sample",
        "makes the evidence pack of a claim: `python -m custody pack` does it at once",
        "`-claim-NUMBER.pdf` and `.json`",
    ),
    RequestKind.WINDOW_BUNDLE: (
        "`--window NUMBER` of the ledger",
        "bundles all packs of the sample, the sample, the sign-off and the ledger's lines: `python -m custody bundle` "
        "does it at once",
        "`-window-NUMBER.zip`",
    ),
    RequestKind.DRAW_UP_RETURN: (
        "return and period, as `families-first/2026-27-Q2`; `why`, and the texts that officers write",
        "draws a version of a [return](#returns) up from the current release: `python -m custody returns draw-up` does "
        "it at once",
        "`return-NUMBER-NAME.…`, in every format of the return",
    ),
    RequestKind.CHECK_RETURN: (
        "the number of a version",
        "makes every check that the return must pass before it may be signed",
        "",
    ),
    RequestKind.RETURN_FILES: (
        "the number of a version",
        "lays its files out again, the same bytes",
        "`return-NUMBER-NAME.…`",
    ),
    RequestKind.PREPARE_EXPORT: (
        "the number of an [export](#research-exports)",
        "makes the package and the checkers' report; the package waits with the worker",
        "",
    ),
    RequestKind.HAND_OUT_EXPORT: (
        "the number of an export that two checkers approved",
        "hands the package out; the worker does so by itself too",
        "`export-NUMBER.zip`",
    ),
}
_INTRODUCTION = """## Requests to the worker

Put by the app or by `python -m custody ask`, answered by `python -m custody serve` or `once`. Every request, and what
came of it, is in the audit log; so is every pack and bundle, with the SHA-256 of its files. A request that is refused
says why, a quota with its figures.

| request | about | what is done | in the outbox | for |
|---|---|---|---|---|"""
_PACKS = """
### Evidence packs

A pack says on which records, windows and days of coverage a claim rests, by pseudonym alone, and what was done about
it. Days stand where the rule needs the day, otherwise months. The PDF is tagged (PDF/UA-1); the JSON says the same for
a machine. The same release and the same history of the claim give the same bytes. Whoever may look into the case system
asks the data team for the case behind a reference: `python -m pipelines reidentify`.

`python -m custody replay` evaluates a claim again from the frames and the framework file that its release keeps
(`rules_…`, `framework_file`), and says "the same", or each thing that differs. A release that is moved away takes that
with it: keep the releases that claims were entered from for as long as the claims may be looked into.

A bundle holds its own `manifest.json` (SHA-256 of each file). `python -m custody check-bundle` holds its files against
it, draws the sample again from the strata and seeds in it, and holds the whole against the ledger (`--alone`: without).
What lies in the outbox stays there until somebody takes it away.

### What a claim weighs

By risk, a claim has one ticket in the draw, and more for what could make it wrong: one for each row in quarantine that
names its episode, each pair of records about its people that waits for clerical review, and each waived need (of each
kind at most 3), and 2 where it rests on an extract of which few records find their people.
"""


def requests() -> Iterator[str]:
    """The chapter, line by line."""
    yield _INTRODUCTION
    for kind in RequestKind:
        about, done, files = _REQUESTS[kind]
        roles = ", ".join(sorted(MAY_ASK[kind])).replace("_", " ")
        yield f"| `{kind.value}` | {about} | {done} | {files} | {roles} |"
    yield _PACKS
