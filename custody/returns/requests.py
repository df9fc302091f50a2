"""What the worker is asked of returns: to draw one up, to check it, and to lay its files out again."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from custody.answers import Answer, number_named
from custody.errors import RequestError
from custody.packs import digest
from custody.returns.errors import ReturnChangedError, ReturnContentError
from ledger import Ledger, Outcome, Request
from release.places import Places
from release.return_content import outbox_name, read_content
from release.return_periods import period_named
from release.returns_reading import template_named

_SUBJECT: Final = re.compile(r"([a-z][a-z0-9-]{1,39})/(\d{4}-\d{2}(?:-Q[1-4])?)", re.ASCII)


def draw_up_return(places: Places, ledger: Ledger, request: Request) -> Answer:
    """Draw up `TEMPLATE/PERIOD` from the release of the request, as a new version. Its detail may hold `why` (of a
    restatement) and `narrative` (texts by name)."""
    # These take half a second to load: other requests and commands do without.
    from custody.returns.checks import CHECKS
    from custody.returns.drawing import draw_up

    named = _SUBJECT.fullmatch(request.subject)
    if named is None:
        raise RequestError(
            "The request names no return. Name it as TEMPLATE/PERIOD, like cabinet-scorecard/2026-27-Q2"
        )
    template, period = template_named(places, named[1]), period_named(named[2])
    why = request.detail.get("why", "")
    narrative = request.detail.get("narrative", {})
    if not isinstance(why, str) or not isinstance(narrative, Mapping):
        raise RequestError("The request's reason is no text, or its texts have no names")
    texts = {str(name): words for name, words in narrative.items() if isinstance(words, str)}
    drawn = draw_up(places, ledger, template, period, request.release, narrative=texts)
    number = ledger.returns.draw_up(
        template.id,
        period.code,
        release=str(drawn.content["release"]),
        ledger_line=int(drawn.content["ledger_line"]),
        template_digest=template.digest,
        content=drawn.text,
        files={name: digest(content) for name, content in drawn.files.items()},
        signers=template.roles,
        checks=CHECKS,
        signatures=template.people,
        why=" ".join(why.split()),
        by=request.asked_by,
        role=request.role,
    )
    withheld = len(drawn.why)
    return Answer(
        {outbox_name(number, name): content for name, content in drawn.files.items()},
        f"return {number}: {template.title}, {period.code}, version {drawn.content['version']}; "
        f"{withheld} figures withheld",
    )


def check_return(places: Places, ledger: Ledger, request: Request) -> Answer:
    """Make every check of a version, and write the outcomes down."""
    from custody.returns.checks import run_checks

    number = number_named(request, "return")
    results = run_checks(places, ledger, number)
    ledger.returns.checked(number, results)
    told = {outcome: [one.name for one in results if one.outcome == outcome] for outcome in Outcome}
    said = [f"{len(told[Outcome.PASSED])} of {len(results)} checks passed"]
    if told[Outcome.FAILED]:
        said.append(f"failed: {', '.join(told[Outcome.FAILED])}")
    if told[Outcome.QUERY]:
        said.append(f"to be answered in writing: {', '.join(told[Outcome.QUERY])}")
    return Answer({}, f"return {number}: {'; '.join(said)}")


def lay_out_return(places: Places, ledger: Ledger, request: Request) -> Answer:
    """Lay the files of a version out again: made anew from its content, and the same as the ledger has them."""
    from custody.returns.document import content_files

    number = number_named(request, "return")
    standing = ledger.returns.standing(number)
    files = content_files(read_content(ledger.returns.content(number)))
    made = {name: digest(content) for name, content in files.items()}
    differ = sorted(name for name, sha256 in standing.files.items() if made.get(name) != sha256)
    if differ:
        raise ReturnChangedError(
            f"Return {number} does not come out as the ledger has it: {', '.join(differ)[:200]}. Lay it out with the "
            "version of Outcome Lens that drew it up"
        )
    return Answer(
        {outbox_name(number, name): files[name] for name in standing.files}, f"the files of return {number}"
    )


def narrative_from(text: str) -> dict[str, str]:
    """Texts by name, from a file of JSON. Raises ReturnContentError where it holds anything else."""
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(words, str) for words in found.values()):
        raise ReturnContentError(
            'The texts are no JSON of names and texts, like {"progress": "…"}. Mend the file'
        )
    return {str(name): words for name, words in found.items()}
