"""Reads a framework file that a council edits; each mistake is answered with its line and the fix."""

import re
import tomllib
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from outcomes.errors import FrameworkError
from outcomes.examples_reading import read_examples
from outcomes.frameworks import (
    CLOSURE_REASONS,
    CONFIDENCES,
    PAYMENT_MODES,
    PLANS,
    PRACTICE_TESTS,
    Audit,
    ClaimKind,
    Eligibility,
    Framework,
    Headline,
    Need,
    Payment,
    Window,
)
from outcomes.reading_claims import ordinary_claim, read_claims
from outcomes.reading_rules import read_rule
from outcomes.toml_lines import Lines
from outcomes.toml_place import Place, shown

LARGEST_FILE: Final = 1_000_000
LONGEST_LINE: Final = 4_000
_IDENTIFIER: Final = r"[a-z0-9][a-z0-9-]{0,59}"
_WINDOW: Final = r"[A-Za-z0-9][A-Za-z0-9-]{0,39}"
_AT_LINE: Final = re.compile(r"\(at line (\d+), column (\d+)\)")
# Long chains of dotted keys cost tomllib time that grows with the square of their length.
_CHAIN: Final = re.compile(r"""(?<![\w"'-])(?:[\w"'-]+[ \t]*\.[ \t]*){20}""")


def read_framework(path: Path) -> Framework:
    """Reads a framework file (TOML, UTF-8).

    Raises FrameworkError, which names the line, the place in the file and the fix: where the file cannot be
    read, or a setting is missing, mistyped, out of range, unknown, or contradicts another.
    """
    return framework_from_text(path.name, text_of(path, bytes_of(path)))


def framework_from_text(name: str, text: str) -> Framework:
    """The framework that `text` says; `name` is how messages call the file. Raises FrameworkError, as above."""
    return _framework(place_of_text(name, text))


def bytes_of(path: Path) -> bytes:
    """What a file holds, to the byte. Raises FrameworkError where it is missing, may not be read, or is too large."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise FrameworkError(
                f"{path.name}: is larger than {LARGEST_FILE:,} bytes. Is it the right file? Make it smaller"
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise FrameworkError(f"{path.name}: there is no such file. Put the framework file there") from None
    except (OSError, ValueError):
        raise FrameworkError(f"{path.name}: cannot be read. Save it as UTF-8 text, readable to you") from None


def text_of(path: Path, content: bytes) -> str:
    """What a file says. Raises FrameworkError where it is no UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise FrameworkError(f"{path.name}: cannot be read. Save it as UTF-8 text, readable to you") from None


def place_of_text(name: str, text: str) -> Place:
    """The outermost table of a TOML text. Raises FrameworkError, with the line, where it is none or too much."""
    # Some editors begin a file with a mark of its encoding, or end lines with two signs.
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LONGEST_LINE or _CHAIN.search(line):
            raise FrameworkError(
                f"{name}, line {number}: is longer than {LONGEST_LINE:,} letters, or has a key of 20 parts and more. "
                "Break it"
            )
    try:
        return Place(name, "", tomllib.loads(text, parse_float=Decimal), Lines(text))
    except (tomllib.TOMLDecodeError, ArithmeticError, ValueError) as error:
        raise FrameworkError(_not_toml(name, text, str(error))) from None
    except RecursionError:
        raise FrameworkError(f"{name}: is nested too deep. Take the innermost brackets out") from None


def _not_toml(name: str, text: str, told: str) -> str:
    place = _AT_LINE.search(told)
    line = int(place[1]) if place else text.rstrip().count("\n") + 1
    column = f" (column {place[2]})" if place else ""
    what = shown(_AT_LINE.sub("", told).replace("(at end of document)", "").strip(), 200)
    return f"{name}, line {line}: is not valid TOML: {what}{column}. Mend that line"


def _framework(place: Place) -> Framework:
    identifier = place.code("id", _IDENTIFIER, "supporting-families-2022")
    headlines = tuple(
        _headline(headline) for headline in place.tables("headline", "headline", may_be_none=True)
    )
    payment = _payment(place.table("payment"))
    claims = (
        read_claims(place, headlines, payment) if place.has("claim") else (ordinary_claim(payment, place),)
    )
    framework = Framework(
        id=identifier,
        title=place.text("title"),
        publisher=place.text("publisher"),
        version=place.whole("version", 1, 10_000),
        valid_from=place.day("valid_from"),
        valid_to=place.day("valid_to"),
        source_url=place.text("source_url"),
        sustain_from=place.one_of("sustain_from", ("outcome", "closure")),
        claimable_closures=place.some_of("claimable_closures", CLOSURE_REASONS),
        practice_tests=place.some_of("practice_tests", PRACTICE_TESTS),
        payment=payment,
        eligibility=_eligibility(place.table("eligibility"), claims),
        headlines=headlines,
        fund=place.code("fund", _IDENTIFIER, "supporting-families", default=identifier),
        plan=place.one_of("plan", PLANS, default="national"),
        claims=claims,
        windows=_windows(place),
        audit=_audit(place),
        deadweight=place.share(
            "deadweight", above_nothing=False, below_all=True, default=Framework.deadweight
        ),
        examples=read_examples(place, headlines, claims),
    )
    place.nothing_else()
    if framework.valid_from and framework.valid_to and framework.valid_to < framework.valid_from:
        raise place.wrong("valid_to", "lies before valid_from", "Correct one of the two days")
    _each_once(place, headlines)
    if not headlines and any(kind.about == "needs" for kind in claims):
        raise place.wrong(
            "headline", "is missing, and a claim is about needs", "Write at least one `[[headline]]`"
        )
    return framework


def _payment(place: Place) -> Payment:
    payment = Payment(
        amount_gbp=place.whole("amount_gbp", 0, 1_000_000),
        unit=place.one_of("unit", ("family",)),
        suspended_on=place.day("suspended_on"),
        mode=place.one_of("mode", PAYMENT_MODES),
        one_claim_per_family=place.yes_or_no("one_claim_per_family"),
    )
    place.nothing_else()
    return payment


def _eligibility(place: Place, claims: tuple[ClaimKind, ...]) -> Eligibility:
    about_needs = any(kind.about == "needs" for kind in claims)
    eligibility = Eligibility(
        minimum=place.whole("minimum", 1 if about_needs else 0, 100),
        count_by=place.one_of("count_by", ("need", "headline")),
        requires=place.one_of("requires", ("child_or_expectant_parent", "nobody")),
    )
    place.nothing_else()
    return eligibility


def _audit(place: Place) -> Audit:
    usual = Audit()
    if not place.has("audit"):
        return usual
    settings = place.table("audit")
    audit = Audit(
        share=settings.share("share", above_nothing=True, default=usual.share),
        minimum=settings.whole("minimum", 1, 10_000, default=usual.minimum),
        tolerance=settings.share("tolerance", above_nothing=False, below_all=True, default=usual.tolerance),
        enlarge_by=settings.share("enlarge_by", above_nothing=True, default=usual.enlarge_by),
    )
    if audit.share < usual.share:
        raise settings.wrong(
            "share",
            f"is below {usual.share}: internal audit sees at least that much of every window",
            f"Write {float(usual.share):.2f} or more",
        )
    settings.nothing_else()
    return audit


def _windows(place: Place) -> tuple[Window, ...]:
    """The windows, which stand in order and share no day."""
    found: list[Window] = []
    for each in place.tables("window", "window", may_be_none=True):
        identifier = each.code("id", _WINDOW, "2024-25-Q3")
        each.name = f"window {identifier}"
        window = Window(identifier, each.needed_day("opens"), each.needed_day("closes"))
        each.nothing_else()
        if window.closes < window.opens:
            raise each.wrong("closes", "lies before the day on which it opens", "Correct one of the two days")
        if any(window.id.casefold() == before.id.casefold() for before in found):
            raise each.wrong("id", f"`{window.id}` appears twice", "Rename or remove one of them")
        if found and window.opens <= found[-1].closes:
            raise each.wrong(
                "opens",
                f"opens before the window {found[-1].id} has closed",
                f"Write {found[-1].closes + timedelta(days=1)} or later, or put the windows in order",
            )
        found.append(window)
    return tuple(found)


def _each_once(place: Place, headlines: tuple[Headline, ...]) -> None:
    """No headline and no need appears twice; the message names the line of the second one."""
    seen: set[str] = set()
    for at, headline in zip(place.tables("headline", "headline", may_be_none=True), headlines, strict=True):
        at.name = ""
        if f"headline {headline.id}" in seen:
            raise at.wrong("id", f"headline {headline.id} appears twice", "Rename or remove one of them")
        seen.add(f"headline {headline.id}")
        for need_at, need in zip(at.tables("need", "need"), headline.needs, strict=True):
            need_at.name = ""
            if f"need {need.code}" in seen:
                raise need_at.wrong("code", f"need {need.code} appears twice", "Rename or remove one of them")
            seen.add(f"need {need.code}")


def _headline(place: Place) -> Headline:
    identifier = place.text("id")
    place.name = f"headline {shown(identifier)}"
    headline = Headline(
        id=identifier,
        label=place.text("label"),
        alternative_label=place.text_or_none("alternative_label"),
        needs=tuple(_need(need) for need in place.tables("need", "need")),
    )
    place.nothing_else()
    return headline


def _need(place: Place) -> Need:
    code = place.text("code")
    place.name = f"need {shown(code)}"
    need = Need(
        code=code,
        text=place.text("text"),
        subject=place.text("subject"),
        verified=place.yes_or_no("verified"),
        confidence=place.one_of("confidence", CONFIDENCES),
        outcome=place.text("outcome"),
        outcome_confidence=place.one_of("outcome_confidence", CONFIDENCES),
        source=place.text("source"),
        rule=read_rule(place.table("rule")),
        alternative_text=place.text_or_none("alternative_text"),
        alternative_outcome=place.text_or_none("alternative_outcome"),
    )
    place.nothing_else()
    return need
