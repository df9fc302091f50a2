"""`python -m custody returns`: quarterly returns without the app. Who may sign is the ledger's rule."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from custody.account import whoever_runs_this
from custody.errors import CustodyError, RoleError
from custody.returns.errors import ReturnChangedError, ReturnContentError
from custody.returns.requests import narrative_from
from ledger import Ledger, Outcome, RequestKind, ReturnStanding, open_ledger
from release.catalogue import read_catalogue
from release.errors import SettingsError
from release.places import PROJECT, Places
from release.pointer import resolve
from release.return_content import read_content, reconcile
from release.return_periods import period_named
from release.returns import periods_of
from release.returns_reading import every_template, template_named

returns = typer.Typer(
    no_args_is_help=True, help="Quarterly returns: draw up, check, sign, submit, and make again."
)
_DataOption = Annotated[Path, typer.Option("--data", help="The data folder.", show_default="data")]
_TemplateArgument = Annotated[str, typer.Argument(help="The return, by the name of its file in returns/.")]
_PeriodArgument = Annotated[str, typer.Argument(help="The period, like 2026-27-Q2.")]
_NumberArgument = Annotated[int, typer.Argument(min=1, help="The version's number in the ledger.")]
_RoleOption = Annotated[str, typer.Option("--role", help="The role in which it is done.")]
_DATA = PROJECT / "data"
_OFFICER: Final = "returns_officer"
_MAY_SEE_WHY: Final = (_OFFICER, "auditor")
_console = Console(highlight=False, soft_wrap=True)


@returns.command("list")
def list_command(data: _DataOption = _DATA) -> None:
    """Every return, and where its versions stand."""
    places = _places(data)
    with closing(open_ledger(places)) as ledger:
        wrong = []
        for name, template in every_template(places, read_catalogue(places.setting("catalogue.toml"))):
            if isinstance(template, SettingsError):
                wrong.append(f"{name}: cannot be used. {template}")
                continue
            unverified = "" if template.verified else ", not verified"
            _say(f"{template.id}: {template.title} (by {template.frequency}{unverified})")
            for one in ledger.returns.standings(template.id):
                _say(f"  {_in_words(one)}")
        for words in wrong:
            _say(words)


@returns.command("periods")
def periods_command(name: _TemplateArgument, data: _DataOption = _DATA) -> None:
    """The periods that the current release covers."""
    from custody.returns.source import open_source

    places = _places(data)
    template = template_named(places, name)
    with open_source(places, "current") as source:
        found = periods_of(template, source.as_of, source.first_quarter())
        said = f"The release {source.release} covers none."
    for one in found:
        _say(f"{one.code}  {one.words}")
    if not found:
        _say(said)


@returns.command("draw-up")
def draw_up_command(
    name: _TemplateArgument,
    period: _PeriodArgument,
    why: Annotated[str, typer.Option("--why", help="Of a restatement: why it is made.")] = "",
    texts: Annotated[
        Path | None,
        typer.Option(
            "--texts", help="A JSON file of the texts that the return asks for.", show_default="none"
        ),
    ] = None,
    role: _RoleOption = _OFFICER,
    data: _DataOption = _DATA,
) -> None:
    """Draw up a version from the current release, into the outbox."""
    written = narrative_from(_read(texts)) if texts else {}
    detail = {**({"why": why} if why else {}), **({"narrative": written} if written else {})}
    _answer(_places(data), RequestKind.DRAW_UP_RETURN, f"{name}/{period}", role, detail)


@returns.command("check")
def check_command(number: _NumberArgument, role: _RoleOption = _OFFICER, data: _DataOption = _DATA) -> None:
    """Make every check of a version, and write the outcomes down."""
    places = _places(data)
    _answer(places, RequestKind.CHECK_RETURN, str(number), role, {})
    with closing(open_ledger(places)) as ledger:
        for one in ledger.returns.standing(number).checks:
            _say(f"{one.outcome.value:7}{one.name}: {one.words}")


@returns.command("files")
def files_command(number: _NumberArgument, role: _RoleOption = _OFFICER, data: _DataOption = _DATA) -> None:
    """Lay the files of a version out again: the same as the ledger has them."""
    _answer(_places(data), RequestKind.RETURN_FILES, str(number), role, {})


@returns.command("answer")
def answer_command(
    number: _NumberArgument,
    check: Annotated[str, typer.Argument(help="The check that asks.")],
    words: Annotated[str, typer.Argument(help="The answer.")],
    role: _RoleOption = _OFFICER,
    data: _DataOption = _DATA,
) -> None:
    """Answer what a check queried, in writing."""
    with _ledger(data) as ledger:
        ledger.returns.answer(number, check, words, by=whoever_runs_this(), role=role)
        _say(_in_words(ledger.returns.standing(number)))


@returns.command("sign")
def sign_command(
    number: _NumberArgument,
    digest: Annotated[str, typer.Option("--digest", help="The digest that is signed, as `show` tells it.")],
    role: _RoleOption = _OFFICER,
    data: _DataOption = _DATA,
) -> None:
    """Sign a version. Two people do, never the same one twice."""
    with _ledger(data) as ledger:
        ledger.returns.sign(number, digest, by=whoever_runs_this(), role=role)
        _say(_in_words(ledger.returns.standing(number)))


@returns.command("submit")
def submit_command(number: _NumberArgument, role: _RoleOption = _OFFICER, data: _DataOption = _DATA) -> None:
    """Write down that a signed version was sent. It is frozen from then on, and takes the place of the one before."""
    with _ledger(data) as ledger:
        ledger.returns.submit(number, by=whoever_runs_this(), role=role)
        _say(_in_words(ledger.returns.standing(number)))


@returns.command("withdraw")
def withdraw_command(
    number: _NumberArgument,
    why: Annotated[str, typer.Option("--why", help="Why it is not sent.")],
    role: _RoleOption = _OFFICER,
    data: _DataOption = _DATA,
) -> None:
    """Withdraw a version that was not submitted."""
    with _ledger(data) as ledger:
        ledger.returns.withdraw(number, why, by=whoever_runs_this(), role=role)
        _say(_in_words(ledger.returns.standing(number)))


@returns.command("show")
def show_command(number: _NumberArgument, data: _DataOption = _DATA) -> None:
    """Where a version stands: its digest, its checks, its signatures and its files."""
    with _ledger(data) as ledger:
        standing = ledger.returns.standing(number)
        _say(_in_words(standing))
        _say(f"digest {standing.digest}")
        for check in standing.checks:
            _say(f"{check.outcome.value:7}{check.name}: {check.words}")
        for name, sha256 in sorted(standing.files.items()):
            _say(f"{sha256}  {name}")
        for act in ledger.returns.history(number):
            _say(f"{act.at[:16]}  {act.words}, {act.by} ({act.role})")


@returns.command("reconcile")
def reconcile_command(number: _NumberArgument, data: _DataOption = _DATA) -> None:
    """What a version tells otherwise than the one of the same period that was submitted before it."""
    with _ledger(data) as ledger:
        content = read_content(ledger.returns.content(number))
        if not content["restates"]:
            _say("No version of this period was submitted before it.")
            return
        before = read_content(ledger.returns.content(content["restates"]))
    found = reconcile(before, content)
    for one in found:
        apart = f" ({one.difference})" if one.difference else ""
        _say(f"{one.table}; {one.row}; {one.column}: {one.before} -> {one.now}{apart}. {one.why}.")
    _say(f"{len(found)} cells are told otherwise than in version {before['version']}.")


@returns.command("backtest")
def backtest_command(
    number: Annotated[
        int | None,
        typer.Argument(min=1, help="The version's number.", show_default="the last submitted of each"),
    ] = None,
    data: _DataOption = _DATA,
) -> None:
    """Draw a submitted version up once more from its release, and say whether it comes out the same."""
    from custody.returns.checks import back_test, last_submitted

    places = _places(data)
    with closing(open_ledger(places)) as ledger:
        if number is not None:
            chosen = [ledger.returns.standing(number)]
        else:
            # By the ledger: a return whose template was taken away is told of, not left out.
            names = sorted({one.template for one in ledger.returns.standings()})
            last = (last_submitted(ledger, name) for name in names)
            chosen = [one for one in last if one is not None]
        told = [back_test(places, ledger, one) for one in chosen]
    for outcome, words in told:
        if outcome is Outcome.PASSED:
            _say(words)
    differing = [words for outcome, words in told if outcome is not Outcome.PASSED]
    if differing:
        raise ReturnChangedError("\n".join(differing))
    if not told:
        _say("No return was submitted yet.")


@returns.command("why")
def why_command(number: _NumberArgument, role: _RoleOption = _OFFICER, data: _DataOption = _DATA) -> None:
    """Why each figure of a version is withheld. It tells the small ones from those beside them: keep it to yourself."""
    from custody.returns.drawing import draw_up

    if role not in _MAY_SEE_WHY:
        raise RoleError(
            f"Not for the role {role}: why figures are withheld is for {' and '.join(_MAY_SEE_WHY)}"
        )
    places = _places(data)
    with closing(open_ledger(places)) as ledger:
        standing = ledger.returns.standing(number)
        content = read_content(ledger.returns.content(number))
        drawn = draw_up(
            places,
            ledger,
            template_named(places, standing.template),
            period_named(standing.period),
            standing.release,
            again=content,
            files=False,
        )
    for table, column, row, reason in drawn.why:
        _say(f"{table}, {column}, {row}: {reason}")
    _say(f"{len(drawn.why)} figures are withheld.")


def _answer(places: Places, kind: RequestKind, subject: str, role: str, detail: Mapping[str, object]) -> None:
    """Ask the worker, have it answered in the same breath, and say what came of it."""
    from custody.worker import answer

    release = resolve(places, "current")
    with closing(open_ledger(places)) as ledger:
        number = ledger.ask(
            kind, by=whoever_runs_this(), role=role, release=release, subject=subject, detail=detail
        )
        done = answer(places, ledger, number)
        note = next(one.note for one in ledger.requests(kind) if one.id == number)
    if done.refusal is not None:
        raise done.refusal
    _say(note)
    for file in done.files:
        _say(str(file))


def _in_words(one: ReturnStanding) -> str:
    """Where a version stands, in a line."""
    queries = [check.name for check in one.checks if check.outcome is Outcome.QUERY and not check.answer]
    more = f"; to be answered: {', '.join(queries)}" if queries and one.in_hand else ""
    failed = f"; failed: {', '.join(one.failed)}" if one.failed and one.in_hand else ""
    signed = f"; signed by {len(one.signatures)} of {one.signatures_needed}" if one.signatures else ""
    return (
        f"return {one.number}: {one.template}, {one.period}, version {one.version}, {one.state.value}{signed}{failed}"
        f"{more}"
    )


@contextmanager
def _ledger(data: Path) -> Iterator[Ledger]:
    with closing(open_ledger(_places(data))) as ledger:
        yield ledger


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReturnContentError(
            f"The texts cannot be read ({type(error).__name__}). Save them as UTF-8"
        ) from None


def _places(data: Path) -> Places:
    places = Places(data.resolve())
    if not places.data.is_dir():
        raise CustodyError(f"There is no data folder at {places.data}. Say where it is: --data DIR")
    return places


def _say(words: str) -> None:
    _console.print(words, markup=False)
