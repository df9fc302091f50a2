"""`python -m custody`: the worker, and what officers and auditors ask of it without the app."""

import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from custody.account import whoever_runs_this
from custody.bundles import check_bundle
from custody.errors import CustodyError, ReplayError, RequestError, RoleError
from custody.exports.commands import exports
from custody.finding import open_release
from custody.replay import differences_words, replay
from custody.returns.commands import returns
from custody.screening.commands import screen_command
from custody.worker import answer, work, work_once
from ledger import Event, RequestKind, is_there, open_ledger
from release.errors import UserError
from release.keys import read_key
from release.places import PROJECT, Places
from release.pointer import resolve

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Outcome Lens, the pseudonymous side: answers requests from the protected file of a release.",
)
app.add_typer(returns, name="returns")
app.add_typer(exports, name="exports")
app.command("screen")(screen_command)
DataOption = Annotated[Path, typer.Option("--data", help="The data folder.", show_default="data")]
ClaimArgument = Annotated[int, typer.Argument(min=1, help="The claim's number in the ledger.")]
RoleOption = Annotated[str, typer.Option("--role", help="The role in which it is asked.")]
_DATA = PROJECT / "data"
_MAY_REPLAY = ("auditor", "returns_officer")
_console = Console(highlight=False, soft_wrap=True)


@app.command("serve")
def serve_command(
    data: DataOption = _DATA,
    every: Annotated[float, typer.Option("--every", min=0.1, max=3600, help="Seconds between looks.")] = 2.0,
) -> None:
    """Answer requests as they come, until stopped."""
    places = _places(data)
    read_key(places.protected_key)
    with closing(open_ledger(places)) as ledger:
        _console.print("The worker waits for requests. Stop it with Ctrl+C.")
        try:
            work(places, ledger, every=every)
        except KeyboardInterrupt:
            _console.print("The worker has stopped.")


@app.command("once")
def once_command(data: DataOption = _DATA) -> None:
    """Answer the requests that wait now, and stop."""
    places = _places(data)
    read_key(places.protected_key)
    with closing(open_ledger(places)) as ledger:
        done = work_once(places, ledger)
    _console.print(f"{len(done)} requests answered.")
    for file in (file for one in done for file in one.files):
        _console.print(str(file), markup=False)


@app.command("ask")
def ask_command(
    kind: Annotated[RequestKind, typer.Argument(help="What is asked for.")],
    role: RoleOption = "returns_officer",
    window: Annotated[
        str,
        typer.Option(
            "--window",
            help="The window it is about: FRAMEWORK/WINDOW to open one, else its number in the ledger.",
        ),
    ] = "",
    claim: Annotated[
        int | None, typer.Option("--claim", min=1, help="The claim it is about.", show_default="none")
    ] = None,
    return_: Annotated[
        str,
        typer.Option(
            "--return",
            help="The return it is about: RETURN/PERIOD to draw one up, else its number in the ledger.",
        ),
    ] = "",
    export: Annotated[
        int | None, typer.Option("--export", min=1, help="The export it is about.", show_default="none")
    ] = None,
    by_risk: Annotated[
        bool, typer.Option("--by-risk", help="Draw claims with more to look at more often.")
    ] = False,
    most: Annotated[
        int | None,
        typer.Option("--most", min=1, help="Enter no more claims than this.", show_default="all"),
    ] = None,
    data: DataOption = _DATA,
) -> None:
    """Put a request for the worker, about the current release."""
    places = _places(data)
    subject = _subject(kind, window, claim, return_, export)
    detail = {**({"by_risk": True} if by_risk else {}), **({"most": most} if most else {})}
    number = _ask(places, kind, role=role, subject=subject, detail=detail)
    _console.print(f"Request {number} waits for the worker: python -m custody once")


@app.command("pack")
def pack_command(claim: ClaimArgument, role: RoleOption = "auditor", data: DataOption = _DATA) -> None:
    """Make the evidence pack of one sampled claim, into the outbox. It is asked for and written to the audit log like
    every request."""
    _answer_now(_places(data), RequestKind.EVIDENCE_PACK, role=role, subject=str(claim))


@app.command("bundle")
def bundle_command(
    window: Annotated[int, typer.Argument(min=1, help="The window's number in the ledger.")],
    role: RoleOption = "auditor",
    data: DataOption = _DATA,
) -> None:
    """Make the bundle of a window, into the outbox: all packs of its sample, the sample, the sign-off, one manifest."""
    _answer_now(_places(data), RequestKind.WINDOW_BUNDLE, role=role, subject=str(window))


@app.command("check-bundle")
def check_bundle_command(
    file: Annotated[Path, typer.Argument(help="The bundle.")],
    alone: Annotated[
        bool, typer.Option("--alone", help="Without a ledger: whoever was given the bundle has none.")
    ] = False,
    data: DataOption = _DATA,
) -> None:
    """Check that a bundle is as it was made: every file, the ledger's lines in it, and the draw of its sample."""
    if alone:
        checked = check_bundle(file)
    else:
        places = _places(data)
        if not is_there(places):
            raise CustodyError(
                f"There is no ledger in {places.data} to hold it against. Without one: --alone"
            )
        with closing(open_ledger(places)) as ledger:
            checked = check_bundle(file, ledger)
    _console.print(
        f"{file.name} {'is as it was made' if checked.made else 'agrees with itself'}: {checked.window}, "
        f"{checked.files} files, {checked.packs} packs, "
        f"{checked.lines} lines of the ledger, {checked.drawings} drawings that come out the same again."
    )
    _console.print(
        f"It was {checked.made}."
        if checked.made
        else "It was not held against a ledger: a change to it as a whole is not found. Compare its SHA-256 with "
        f"the one in the ledger of whoever made it: {checked.sha256}"
    )


@app.command("replay")
def replay_command(claim: ClaimArgument, role: RoleOption = "auditor", data: DataOption = _DATA) -> None:
    """Evaluate a claim again from the release that it was entered from, and say "the same" or what differs."""
    places = _places(data)
    if role not in _MAY_REPLAY:
        raise RoleError(f"Not for the role {role}: a replay is for {' and '.join(_MAY_REPLAY)}")
    with closing(open_ledger(places)) as ledger:
        standing = ledger.claims.standing(claim)
        with open_release(places, standing.release) as release:
            replayed = replay(release, standing)
        ledger.record(
            Event.CLAIM_REPLAYED,
            actor=whoever_runs_this(),
            role=role,
            subject=f"claim {claim}",
            detail={"release": standing.release, "differences": len(replayed.differences)},
        )
    lines = differences_words(replayed)
    if replayed.code:
        lines = [*lines, f"The release was made by the code {replayed.code}, which is not the one in use."]
    if not replayed.same:
        raise ReplayError("\n".join(lines))
    for line in lines:
        _console.print(line, markup=False)


def _answer_now(places: Places, kind: RequestKind, *, role: str, subject: str) -> None:
    """Ask, answer in the same breath, and say where the files lie."""
    read_key(places.protected_key)
    number = _ask(places, kind, role=role, subject=subject, detail={})
    with closing(open_ledger(places)) as ledger:
        done = answer(places, ledger, number)
        note = next(one.note for one in ledger.requests(kind) if one.id == number)
    if done.refusal is not None:
        raise done.refusal
    _console.print(note, markup=False)
    for file in done.files:
        _console.print(str(file), markup=False)


def _ask(places: Places, kind: RequestKind, *, role: str, subject: str, detail: Mapping[str, object]) -> int:
    release = resolve(places, "current")
    with closing(open_ledger(places)) as ledger:
        return ledger.ask(
            kind, by=whoever_runs_this(), role=role, release=release, subject=subject, detail=detail
        )


def _subject(kind: RequestKind, window: str, claim: int | None, return_: str, export: int | None) -> str:
    """What a request of this kind is about. Raises RequestError where it is not named, or something else is."""
    named = {
        RequestKind.OPEN_WINDOW: ("--window FRAMEWORK/WINDOW", window),
        RequestKind.ENLARGE_SAMPLE: ("--window NUMBER", window),
        RequestKind.WINDOW_BUNDLE: ("--window NUMBER", window),
        RequestKind.EVIDENCE_PACK: ("--claim NUMBER", "" if claim is None else str(claim)),
        RequestKind.DRAW_UP_RETURN: ("--return RETURN/PERIOD", return_),
        RequestKind.CHECK_RETURN: ("--return NUMBER", return_),
        RequestKind.RETURN_FILES: ("--return NUMBER", return_),
        RequestKind.PREPARE_EXPORT: ("--export NUMBER", "" if export is None else str(export)),
        RequestKind.HAND_OUT_EXPORT: ("--export NUMBER", "" if export is None else str(export)),
    }
    if kind not in named:
        return ""
    option, subject = named[kind]
    if not subject:
        raise RequestError(f"What {kind.value} is about is not named. Say it: {option}")
    return subject


def _places(data: Path) -> Places:
    places = Places(data.resolve())
    if not places.data.is_dir():
        raise CustodyError(f"There is no data folder at {places.data}. Say where it is: --data DIR")
    return places


def main() -> None:
    """Run a command. What a user can mend is said in a sentence, with the exit code of its kind."""
    try:
        app()
    except UserError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(
            f"{type(error).__name__}  {error}", markup=False
        )
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
