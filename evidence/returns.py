"""Returns: which there are, for which periods, how far each version of one has come, and what is next."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from evidence.access import Role, Who
from evidence.desk import Asked, moment
from evidence.evidence import Choice, Evidence
from evidence.windows import Progress, Stage
from evidence.words import count, day, is_quarter
from ledger import CheckStanding, Outcome, RequestKind, ReturnStanding, ReturnState
from release.return_content import read_content
from release.return_periods import Period, period_named
from release.returns import Template, periods_of, why_not
from release.returns_reading import every_template

_LOG: Final = logging.getLogger(__name__)
# A version of a return in the ledger.
Version = ReturnStanding
State = ReturnState
STATES: Final[Mapping[ReturnState, str]] = {
    ReturnState.DRAFT: "Drawn up, not checked",
    ReturnState.CHECKED: "Checked, not signed",
    ReturnState.SIGNED: "Signed, not submitted",
    ReturnState.SUBMITTED: "Submitted",
    ReturnState.SUPERSEDED: "Superseded by a later version",
    ReturnState.WITHDRAWN: "Withdrawn",
}
OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.PASSED: "Passed",
    Outcome.FAILED: "Failed",
    Outcome.QUERY: "Query",
}
# Those who work on returns, whoever signs them.
_WORKING: Final = frozenset({Role.RETURNS_OFFICER, Role.AUDITOR})
# States in which everybody who sees the page sees what is in a version.
_OUT: Final = frozenset({ReturnState.SIGNED, ReturnState.SUBMITTED, ReturnState.SUPERSEDED})


@dataclass(frozen=True)
class Seen:
    """A return for one period: its versions in the ledger (the newest first), the one that is looked at (None where
    there is none), and what was asked of the worker about it, the newest first."""

    template: Template
    period: Period
    versions: tuple[Version, ...]
    version: Version | None
    asked: tuple[Asked, ...]

    @property
    def in_hand(self) -> Version | None:
        """The version that is neither submitted nor withdrawn."""
        return next((one for one in self.versions if one.in_hand), None)

    @property
    def submitted(self) -> Version | None:
        """The version that counts now."""
        return next((one for one in self.versions if one.state is ReturnState.SUBMITTED), None)

    @property
    def waiting(self) -> bool:
        """Whether the worker still has something to do about it."""
        return any(one.waiting for one in self.asked)

    @property
    def before(self) -> Version | None:
        """The version that the one looked at takes, or took, the place of."""
        if self.version is None:
            return None
        sent = (ReturnState.SUBMITTED, ReturnState.SUPERSEDED)
        number = self.version.number
        return next((one for one in self.versions if one.number < number and one.state in sent), None)


@dataclass(frozen=True)
class Known:
    """The templates that can be used, by their names, and the names of those that cannot."""

    templates: Mapping[str, Template]
    broken: tuple[str, ...]


def known(evidence: Evidence) -> Known:
    """The returns of data/returns. One with a mistake, or that asks for more than the catalogue has, is left out: the
    log names the place and the fix."""
    found: dict[str, Template] = {}
    broken: list[str] = []
    for name, one in every_template(evidence.desk.places, evidence.catalogue):
        if isinstance(one, Template):
            found[name] = one
        else:
            _LOG.error("a return cannot be used: %s", one)
            broken.append(name)
    return Known(found, tuple(broken))


def choices(found: Known) -> list[Choice]:
    """The returns to choose from."""
    return [Choice(one.id, one.title) for one in found.templates.values()]


def periods(evidence: Evidence, template: Template) -> list[Choice]:
    """The periods to choose from, the newest first: those that the release covers whole, and those in the ledger."""
    there: dict[str, ReturnState] = {}
    for one in evidence.desk.ledger.returns.standings(template=template.id):
        if one.period not in there or one.state is not ReturnState.WITHDRAWN:
            there[one.period] = one.state
    covered = {
        one.code: one for one in periods_of(template, evidence.release().as_of, first_quarter(evidence))
    }
    covered |= {code: period_named(code) for code in there if code not in covered}
    return [
        Choice(one.code, f"{one.words}{f' – {STATES[there[code]].lower()}' if code in there else ''}")
        for code, one in sorted(covered.items(), key=lambda item: item[1], reverse=True)
    ]


def first_quarter(evidence: Evidence) -> str:
    """The first quarter that the release tells apart; "" where it tells none."""
    if "quarter" not in evidence.catalogue.dimensions:
        return ""
    return min((one.code for one in evidence.choices("quarter") if is_quarter(one.code)), default="")


def not_covered(evidence: Evidence, found: Seen) -> str:
    """Why the return cannot be drawn up from this release, in words; "" where it can."""
    return why_not(found.template, found.period, evidence.release().as_of, first_quarter(evidence))


def seen(evidence: Evidence, template: Template, period: str, number: int = 0) -> Seen:
    """A return for a period; `number`: the version to look at, by its number in the ledger (0 or another's: the one
    that is worked on, or else the one that counts, or else the newest)."""
    standings = evidence.desk.ledger.returns.standings(template=template.id, period=period)
    versions = tuple(reversed(standings))
    found = Seen(template, period_named(period), versions, None, ())
    newest = versions[0] if versions else None
    chosen = next((one for one in versions if one.number == number), None)
    return Seen(
        template,
        found.period,
        versions,
        chosen or found.in_hand or found.submitted or newest,
        tuple(_asked(evidence, found)),
    )


def _asked(evidence: Evidence, found: Seen) -> list[Asked]:
    numbers = {str(one.number) for one in found.versions}
    about = {
        RequestKind.DRAW_UP_RETURN: {f"{found.template.id}/{found.period.code}"},
        RequestKind.CHECK_RETURN: numbers,
        RequestKind.RETURN_FILES: numbers,
    }
    desk = evidence.desk
    listed = [one for kind, of in about.items() for one in desk.requests(kind) if one.subject in of]
    return sorted(listed, key=lambda one: -one.number)


def version_choices(found: Seen) -> list[Choice]:
    """The versions of a return for a period, the newest first."""
    return [
        Choice(str(one.number), f"Version {one.version}: {STATES[one.state].lower()}")
        for one in found.versions
    ]


def sees(who: Who, found: Seen, version: Version) -> bool:
    """Whether somebody sees what is in a version: before it is signed those alone who work on it."""
    return version.state in _OUT or who.role in _WORKING or who.role.value in version.signers


def content(evidence: Evidence, version: Version) -> Mapping[str, Any]:
    """What a version says: its tables, its texts and its notes, as the ledger keeps them."""
    key = ("return", str(version.number), version.digest)
    return evidence.kept(key, lambda: read_content(evidence.desk.ledger.returns.content(version.number)))


def narrative(content: Mapping[str, Any]) -> dict[str, str]:
    """The texts that officers wrote, by the names of their items."""
    return {str(one["name"]): str(one.get("words", "")) for one in content.get("narrative", ())}


def stages(found: Seen) -> list[Stage]:
    """The way of the version that is looked at, from its drawing up to its submission."""
    one = found.version
    needed = one.signatures_needed if one else found.template.people
    labels = ("Drawn up", "Checked", f"Signed by {_people(needed)}", "Submitted")
    if one is None or one.state is ReturnState.WITHDRAWN:
        return [
            Stage(labels[0], Progress.NOW, ""),
            *(Stage(label, Progress.LATER, "") for label in labels[1:]),
        ]
    steps = (
        (True, f"{moment(one.drawn_up_at)}, {one.drawn_up_by}, from release {one.release}"),
        (_is_checked(one), checks_words(one)),
        (
            len(one.signatures) >= needed,
            "; ".join(f"{moment(sign.at)}, {sign.by}" for sign in one.signatures),
        ),
        (
            bool(one.submitted_at),
            f"{moment(one.submitted_at)}, {one.submitted_by}" if one.submitted_at else "",
        ),
    )
    listed, reached = [], False
    for label, (behind, words) in zip(labels, steps, strict=True):
        progress = Progress.DONE if behind and not reached else Progress.LATER if reached else Progress.NOW
        reached = reached or not behind
        listed.append(Stage(label, progress, words))
    return listed


def next_step(found: Seen) -> str:
    """Where the return stands and what is next, by whom, in a sentence or two."""
    one = found.version
    if found.waiting:
        return "The worker is at it. Look again in a moment."
    if one is None:
        return "Nothing has been drawn up for this period. Next: a returns officer draws it up."
    if one.state is ReturnState.WITHDRAWN:
        return f"Version {one.version} was withdrawn. Next: a returns officer draws it up anew."
    if one.state is ReturnState.SUPERSEDED:
        return f"Version {one.version} was submitted; a later version has taken its place."
    if one.state is ReturnState.SUBMITTED:
        return (
            f"Version {one.version} was submitted on {moment(one.submitted_at)} by {one.submitted_by}: nothing more is "
            "to be done. Should it have to be corrected, a new version is drawn up."
        )
    start = f"Version {one.version}: "
    if one.state is ReturnState.SIGNED:
        return f"{start}signed by {_people(len(one.signatures))}. Next: a returns officer or a signer submits it."
    if not one.checks:
        return f"{start}drawn up and not checked. Next: a returns officer asks for the checks."
    if one.failed:
        return (
            f"{start}{_checks(len(one.failed))} failed. Next: a returns officer mends what is wrong, withdraws this "
            "version and draws the return up again, or has it checked again."
        )
    if one.missing:
        return (
            f"{start}{_checks(len(one.missing))} not made. Next: a returns officer asks for the checks again."
        )
    if one.unanswered:
        number = len(one.unanswered)
        what = "a query" if number == 1 else f"{number} queries"
        return f"{start}checked. Next: a returns officer answers {what} in writing."
    left = one.signatures_needed - len(one.signatures)
    signed = f"signed by {one.signatures[0].by}" if one.signatures else "checked"
    more = "another" if one.signatures else "a"
    who = f"{more} person signs" if left == 1 else f"{_people(left)} sign"
    return f"{start}{signed}. Next: {who} ({signers_words(one.signers)}); nobody signs twice."


def signers_words(roles: Sequence[str]) -> str:
    """The roles that sign, in words."""
    return " or ".join(role.replace("_", " ") for role in roles)


def checks_words(one: Version) -> str:
    """What the checks came to, in a few words; "" before they were made."""
    if not one.checks:
        return ""
    passed = sum(check.outcome is Outcome.PASSED for check in one.checks)
    parts = [f"{count(passed)} of {_checks(len(one.checks))} passed"]
    if one.failed:
        parts.append(f"{count(len(one.failed))} failed")
    queries = [check for check in one.checks if check.outcome is Outcome.QUERY]
    if queries:
        parts.append(f"{count(len(queries) - len(one.unanswered))} of {count(len(queries))} queries answered")
    return f"{moment(one.checked_at)}: {', '.join(parts)}"


def queries(one: Version) -> list[CheckStanding]:
    """The checks that wait for an answer in writing."""
    return [check for check in one.checks if check.name in one.unanswered]


def unverified(template: Template) -> str:
    """What nobody has compared with what is asked, in a sentence; "" where there is nothing."""
    if template.verified and not template.unverified:
        return ""
    columns = sum(len(table.columns) for table in template.tables)
    left = template.unverified
    which = "" if left in (0, columns) else f" ({count(left)} of its {count(columns)} columns)"
    return (
        f"Nobody has compared this return{which} with what {template.asked_by} asks: it was put together from what is "
        "known of it. Do that before you submit it; whoever has, says so in its file (verified = true)."
    )


def as_of_words(evidence: Evidence) -> str:
    """The release that a return would be drawn up from, in words."""
    release = evidence.release()
    return f"release {release.name}, as of {day(release.as_of)}"


def _is_checked(one: Version) -> bool:
    return bool(one.checks) and not (one.failed or one.missing or one.unanswered)


def _checks(number: int) -> str:
    return "1 check" if number == 1 else f"{count(number)} checks"


def _people(number: int) -> str:
    words = {1: "one person", 2: "two people", 3: "three people"}
    return words.get(number, f"{count(number)} people")
