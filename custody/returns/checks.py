"""What a return must pass before anybody signs it: each check with a name, an outcome and words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from custody.errors import CustodyError
from custody.returns.before import released_before
from custody.returns.claims import claim_histories, pounds_of
from custody.returns.document import content_files
from custody.returns.drawing import draw_up
from custody.returns.proposals import proposed_of
from custody.returns.source import open_source
from ledger import CheckResult, ClaimError, Ledger, Outcome, ReturnError, ReturnStanding, ReturnState
from ledger.canonical import canonical
from release.errors import UserError
from release.places import Places
from release.pointer import current
from release.return_content import CellTold, cells_of, read_content
from release.return_periods import period_named
from release.returns import Template, why_not
from release.returns_reading import template_named

# Named in the ledger with each version: none of them may be missing when somebody signs.
CHECKS: Final = (
    "files",
    "released_together",
    "totals",
    "change",
    "claims",
    "back_test",
    "release",
    "period",
    "verified",
)
_MOST_NAMED: Final = 5
_ENOUGH: Final = 1_800
_NO_BASIS: Final = "a release or a setting is wrong"


@dataclass(frozen=True)
class Checked:
    """What is looked at: a version as it stands, its content, and the template as it is now."""

    places: Places
    ledger: Ledger
    standing: ReturnStanding
    content: Mapping[str, Any]
    template: Template


Found = tuple[Outcome, str]


def run_checks(places: Places, ledger: Ledger, number: int) -> list[CheckResult]:
    """Every check of a version, in the order of CHECKS. Nothing is written down here."""
    standing = ledger.returns.standing(number)
    content = read_content(ledger.returns.content(number))
    template = template_named(places, standing.template)
    checked = Checked(places, ledger, standing, content, template)
    return [_result(name, look, checked) for name, look in _LOOKS.items()]


def _result(name: str, look: Callable[[Checked], Found], checked: Checked) -> CheckResult:
    """A check that cannot be made has failed."""
    try:
        outcome, words = look(checked)
    except UserError as error:
        # Errors of other rooms name folders and files of this machine: in their place stands what a reader needs.
        told = isinstance(error, CustodyError | ClaimError | ReturnError)
        outcome = Outcome.FAILED
        words = str(error) if told else f"It cannot be checked ({type(error).__name__}): {_NO_BASIS}"
    return CheckResult(name, outcome, " ".join(words.split())[:_ENOUGH])


def _files(checked: Checked) -> Found:
    """The screener: no file breaks the rules of its format, and each is the one that the ledger names."""
    from custody.documents.files import left_out
    from custody.documents.statistics import Format
    from custody.packs import digest
    from custody.returns.document import document_of
    from custody.screening import screen

    files = content_files(checked.content)
    if {name: digest(content) for name, content in files.items()} != dict(checked.standing.files):
        return Outcome.FAILED, (
            "The files do not come out as they were drawn up. Withdraw the version and draw it up again"
        )
    findings = screen(document_of(checked.content), files)
    errors = [one for one in findings if one.severity == "error"]
    if errors:
        said = "; ".join(f"{one.file}: {one.words}" for one in errors[:_MOST_NAMED])
        return Outcome.FAILED, f"{len(errors)} faults: {said}"
    notes = left_out([Format(one) for one in checked.content["template"]["formats"]])
    said = f"{len(files)} files keep every rule; {len(findings)} warnings. {' '.join(notes)}"
    return Outcome.PASSED, said


def _released_together(checked: Checked) -> Found:
    """The joint audit against everything that was released before, to anybody."""
    from custody import exports
    from custody.released import audit

    if checked.content["template"]["profile"] == "dashboard":
        with open_source(checked.places, checked.standing.release) as source:
            differing = _not_the_dashboards(checked, source)
        if differing:
            return Outcome.FAILED, f"{differing} figures are not those of the dashboard. Draw it up again"
        return (
            Outcome.PASSED,
            "Every figure is the dashboard's own, so it tells nothing that is not told already",
        )
    before = [
        *released_before(checked.places, checked.ledger, without=checked.standing.number),
        *exports.released_before(checked.places, checked.ledger),
    ]
    with open_source(checked.places, checked.standing.release) as source:
        tables = proposed_of(source, checked.content)
    if not tables:
        return Outcome.PASSED, "Nobody is counted in it: claims alone, which are the council's own acts"
    audited = audit(checked.places, checked.ledger, checked.standing.release, tables, before=before)
    words = " ".join((*audited.words, *audited.notes))
    return (Outcome.PASSED if audited.passed else Outcome.FAILED), words


def _not_the_dashboards(checked: Checked, source: Any) -> int:
    """How many figures of a scorecard differ from the dashboard of its release."""
    drawn = draw_up(
        checked.places,
        checked.ledger,
        checked.template,
        period_named(checked.standing.period),
        source.release,
        again=checked.content,
        files=False,
    )
    then, now = dict(cells_of(checked.content)), dict(cells_of(drawn.content))
    return sum(
        (one.value, one.symbol) != ((now[place].value, now[place].symbol) if place in now else None)
        for place, one in then.items()
    )


def _totals(checked: Checked) -> Found:
    """What is shown adds up: parts that are all told come to no less than a total of them, and exactly to it where
    nobody can be in two."""
    if checked.content["template"]["profile"] == "dashboard":
        return Outcome.PASSED, "Figures of the dashboard are changed by chance, and need not add up"
    wrong = list(_not_adding_up(checked.content))
    if wrong:
        return Outcome.FAILED, f"{len(wrong)} totals do not add up: {'; '.join(wrong[:_MOST_NAMED])}"
    twice = list(_told_twice(checked.content))
    if twice:
        return (
            Outcome.FAILED,
            f"{len(twice)} figures are told twice, and not the same: {'; '.join(twice[:_MOST_NAMED])}",
        )
    return Outcome.PASSED, "Every total agrees with its parts, within tables and across them"


def _not_adding_up(content: Mapping[str, Any]) -> Iterator[str]:
    for table in content["tables"]:
        by_codes = {tuple(row["codes"]): row for row in table["rows"]}
        for place, column in enumerate(table["columns"]):
            if column["source"]["from"] not in ("release", "ledger"):
                continue
            for dimension in range(len(table["filters"])):
                for codes, row in by_codes.items():
                    if codes[dimension] is not None:
                        continue
                    parts = [
                        other["cells"][place]
                        for told, other in by_codes.items()
                        if told[dimension] is not None
                        and told[:dimension] + told[dimension + 1 :]
                        == codes[:dimension] + codes[dimension + 1 :]
                    ]
                    value, symbol = row["cells"][place]
                    known = [part for part, why in parts if not why]
                    if symbol or any(why not in ("", "z") for _, why in parts) or not parts:
                        continue
                    # Who is counted once may be in two places; nobody may be in none.
                    if sum(known) != value and not (column["distinct"] and sum(known) > value):
                        yield f"{table['title']}, {column['label']}, {', '.join(row['labels']) or 'Total'}"


def _told_twice(content: Mapping[str, Any]) -> Iterator[str]:
    """Totals of two tables that count the same, and differ."""
    told: dict[str, tuple[Any, str]] = {}
    for table in content["tables"]:
        top = next((row for row in table["rows"] if all(code is None for code in row["codes"])), None)
        if top is None:
            continue
        for column, (value, symbol) in zip(table["columns"], top["cells"], strict=True):
            if column["source"]["from"] not in ("release", "ledger") or symbol:
                continue
            what = {name: said for name, said in column["source"].items() if name != "item_source"}
            before = told.setdefault(canonical(what), (value, f"{table['title']}, {column['label']}"))
            if before[0] != value:
                yield f"{before[1]} and {table['title']}, {column['label']}"


def _change(checked: Checked) -> Found:
    """A figure that changed beyond reason since the last submitted period is queried."""
    period = period_named(checked.standing.period)
    last = checked.ledger.returns.submitted(checked.standing.template, period.before.code)
    if last is None:
        return Outcome.PASSED, f"No return for {period.before.code} was submitted to compare with"
    before = dict(cells_of(read_content(checked.ledger.returns.content(last.number))))
    limits = checked.template.limits
    beyond = [
        f"{now.table}, {now.row}, {now.column}: {before[place].words} before, {now.words} now"
        for place, now in cells_of(checked.content)
        if place in before
        and now.source.get("over") == "period"
        and _is_beyond(before[place], now, limits.percent, limits.least)
    ]
    if not beyond:
        return Outcome.PASSED, f"No figure changed by more than {limits.percent}% since {period.before.code}"
    more = f"; and {len(beyond) - _MOST_NAMED} more" if len(beyond) > _MOST_NAMED else ""
    return Outcome.QUERY, (
        f"{len(beyond)} figures changed by more than {limits.percent}% since {period.before.code}. "
        f"Say why: {'; '.join(beyond[:_MOST_NAMED])}{more}"
    )


def _is_beyond(before: CellTold, now: CellTold, percent: int, least: int) -> bool:
    if before.value is None or now.value is None:
        return False
    apart = abs(Decimal(now.value) - Decimal(before.value))
    return apart > least and 100 * apart > percent * abs(Decimal(before.value))


def _claims(checked: Checked) -> Found:
    """Claims agree with the ledger to the pound: counted once more, claim by claim, at the version's line."""
    told = 0
    period = period_named(checked.standing.period)
    line = checked.standing.ledger_line
    tables = [table for table in checked.template.tables if table.of_claims]
    histories = claim_histories(checked.ledger, line) if tables else []
    for table in tables:
        for column in table.columns:
            if column.given != "claims":
                continue
            cell = next(
                (
                    one
                    for place, one in cells_of(checked.content)
                    if place[0] == table.name and place[2] == column.name and not any(place[1])
                ),
                None,
            )
            told += 1
            claims, pounds = pounds_of(histories, column, period)
            expected = claims if column.of[0] == "count" else pounds
            if cell is None or cell.value != expected:
                return Outcome.FAILED, (
                    f"{table.title}, {column.label}: {cell.words if cell else 'missing'} in the return, and "
                    f"{expected:,} in the ledger at its line {line}. Draw it up again"
                )
    if not told:
        return Outcome.PASSED, "It tells no claims"
    return Outcome.PASSED, f"{told} totals agree with the ledger at its line {line}"


def _back_test(checked: Checked) -> Found:
    """The last submitted return still comes out the same from its release. A version that takes its place may say in
    writing why it does not: nobody could mend it else."""
    last = last_submitted(checked.ledger, checked.standing.template)
    if last is None:
        return Outcome.PASSED, "No return of this kind was submitted yet"
    outcome, words = back_test(checked.places, checked.ledger, last)
    if outcome is Outcome.FAILED and last.number == checked.content["restates"]:
        return Outcome.QUERY, words
    return outcome, words


def last_submitted(ledger: Ledger, template: str) -> ReturnStanding | None:
    """The version that was submitted last, of whichever period."""
    found = [
        one
        for one in ledger.returns.standings(template)
        if one.state in (ReturnState.SUBMITTED, ReturnState.SUPERSEDED)
    ]
    return max(found, key=lambda one: one.submitted_at, default=None)


def back_test(places: Places, ledger: Ledger, standing: ReturnStanding) -> Found:
    """Whether a version comes out the same when it is drawn up once more from its release, and that in words.

    It is a query where a known reason keeps it from that (its template was changed, its release is gone), and has
    failed where figures differ without one.
    """
    name = f"Return {standing.number} ({standing.period})"
    text = ledger.returns.content(standing.number)
    try:
        template = template_named(places, standing.template)
        if template.digest != standing.template_digest:
            return Outcome.QUERY, (
                f"{name}: its template was changed since, so it is not drawn up again. Say what was changed and why"
            )
        content = read_content(text)
        period = period_named(standing.period)
        drawn = draw_up(places, ledger, template, period, standing.release, again=content, files=False)
    except UserError as error:
        # Errors of other rooms name folders and files of this machine.
        told = str(error) if isinstance(error, CustodyError) else f"{type(error).__name__}, {_NO_BASIS}"
        return Outcome.QUERY, f"{name} cannot be drawn up again: {told.rstrip('.')}. Say why that is right"
    if drawn.text == text:
        return Outcome.PASSED, f"{name} comes out the same from the release {standing.release}"
    then, now = dict(cells_of(content)), dict(cells_of(drawn.content))
    differ = [place for place in then if place not in now or now[place].words != then[place].words]
    if not differ and then.keys() == now.keys():
        return Outcome.QUERY, (
            f"{name} has the same figures, and other words: the software, or names and rules in the council's "
            "settings, were changed since. Say which and why"
        )
    return Outcome.FAILED, (
        f"{name} does not come out the same: {len(differ)} of {len(then)} figures differ. The release, the code or the "
        "settings were changed since: restate it, with the reason"
    )


def _release(checked: Checked) -> Found:
    """It is of the current release, which was made by the frameworks that are in force."""
    now = current(checked.places)
    name = checked.standing.release
    if name != now:
        return (
            Outcome.QUERY,
            f"It is of the release {name}, and {now} is the current one. Say why, or draw it up again",
        )
    doubtful = [one["id"] for one in checked.content["frameworks"] if one.get("checked") is False]
    if doubtful:
        return Outcome.QUERY, (
            f"The release {name} was made with {', '.join(doubtful)}, which is not as it was activated. Say why "
            "that is right"
        )
    return Outcome.PASSED, f"It is of the current release, {name}"


def _period(checked: Checked) -> Found:
    """The period is over, and the release covers all of it."""
    with open_source(checked.places, checked.standing.release) as source:
        not_so = why_not(
            checked.template, period_named(checked.standing.period), source.as_of, source.first_quarter()
        )
    if not_so:
        return Outcome.FAILED, not_so
    return Outcome.PASSED, f"The release covers {checked.content['period']['words']}"


def _verified(checked: Checked) -> Found:
    """The template is the one that it was drawn up by; what nobody has compared with what is asked is told."""
    template = checked.template
    if template.digest != checked.standing.template_digest:
        return Outcome.FAILED, (
            "The template was changed since the version was drawn up. Withdraw the version and draw it up again"
        )
    if template.verified and not template.unverified:
        return Outcome.PASSED, "Every item was compared with what is asked for"
    return Outcome.QUERY, (
        f"{template.unverified} columns of the template are marked verified = false: nobody has compared them with "
        "what is asked for. Say who did, and with what"
    )


_LOOKS: Final[Mapping[str, Callable[[Checked], Found]]] = {
    "files": _files,
    "released_together": _released_together,
    "totals": _totals,
    "change": _change,
    "claims": _claims,
    "back_test": _back_test,
    "release": _release,
    "period": _period,
    "verified": _verified,
}
