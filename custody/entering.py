"""Opening a window: the claimable claims of a release into the ledger, and the audit sample out of them.

The ledger is given what cannot be told apart from chance: slots, digests, days and pounds. By which team a claim was
drawn stays here, in the answer.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final

from custody.answers import Answer, claims_words, number_named, table, window_named
from custody.errors import RequestError
from custody.finding import ProtectedRelease, open_release
from custody.strata import Stratum, strata
from ledger import AuditTerms, Ledger, NewClaim, NewWindow, Request, Standing, WindowState
from ledger.sampling import draw
from outcomes import Framework
from release.places import Places
from release.pointer import resolve

_COLUMNS: Final = ("claim", "step", "stratum", "weight", "why")
_MOST_CLAIMS: Final = 10_000_000
# What a manifest says of the links where somebody gave them: a trial, of which nothing is claimed.
_GIVEN: Final = "given"


@dataclass(frozen=True)
class Choice:
    """What of a release is entered: rows of its table `claim`; and how many are not, as what they are for is claimed
    for already (`live`), as the audit did not uphold them and nothing has changed since (`barred`), as they are dated
    after the window (`late`), or as no more were wished (`left`)."""

    entered: tuple[Mapping[str, Any], ...]
    live: int
    barred: int
    late: int
    left: int


def choose(
    rows: Iterable[Mapping[str, Any]],
    live: Container[str],
    barred: Container[tuple[str, str]] = frozenset(),
    *,
    closes: date,
    most: int,
) -> Choice:
    """Which of the claimable `rows` (slot, fund_slot, evidence_digest, claim_date, in the order in which they are
    entered) go into a window that closes on that day: nothing that is live, nothing twice, and nothing of which the
    slot and the evidence are `barred`."""
    entered: list[Mapping[str, Any]] = []
    taken: set[str] = set()
    counts = dict.fromkeys(("live", "barred", "late", "left"), 0)
    for row in rows:
        slots = _slots(row)
        if any(slot in live or slot in taken for slot in slots):
            counts["live"] += 1
        elif any((slot, row["evidence_digest"]) in barred for slot in slots):
            counts["barred"] += 1
        elif row["claim_date"] > closes:
            counts["late"] += 1
        elif len(entered) == most:
            counts["left"] += 1
        else:
            entered.append(row)
            taken.update(slots)
    return Choice(tuple(entered), **counts)


def open_window(places: Places, ledger: Ledger, request: Request) -> Answer:
    """Enter every claimable claim of the request's release into the window, all or none, and draw what its sample
    lacks.

    A window that is open already is added to as long as nothing was drawn from it, and what a worker that died left
    undone is done: whatever is entered could have been drawn. Left out are claims that are live in the ledger already,
    those that an audit did not uphold and of which nothing has changed since, those whose claim date lies after the
    window, and those that another framework of the same fund pays for. The request's detail may say `by_risk` (a claim
    with more to look at is likelier to be drawn) and `most` (enter no more than so many, the earliest claim dates
    first: to stay below a quota). Raises RequestError where the release is not the current one, was made with given
    links or under a file that is not the active one, or where there is no such window or it is closed, not open yet or
    over on the release's as-of date; the ledger's errors where it refuses.
    """
    framework_id, code = window_named(request)
    by_risk, most = _wished(request.detail)
    _check_current(places, request)
    with open_release(places, request.release) as release:
        if release.facts.get("links") == _GIVEN:
            raise RequestError(
                f"The release {release.name} was made with links that were given to it, as a trial: nothing is claimed "
                "from it. Make one without: python -m pipelines run --extracts FOLDER"
            )
        framework, _ = release.framework(framework_id)
        if not release.checked(framework_id):
            raise RequestError(
                f"The release {release.name} was evaluated under a file of the framework {framework_id} that is not "
                "the active one: nothing is claimed by it. Activate it, and make a release: python -m pipelines "
                f"framework activate {framework_id}"
            )
        number = _window_number(ledger, framework, code, request, release.as_of)
        closes = ledger.claims.window(number).closes
        was_drawn = bool(ledger.claims.drawings(number))
        chosen = choose(
            _claimable(release, framework_id),
            ledger.claims.live().keys(),
            ledger.claims.not_upheld(),
            closes=closes,
            most=0 if was_drawn else most,
        )
        entered = [_new_claim(row, framework) for row in chosen.entered]
        if entered:
            # A run may have published while this one was read.
            _check_current(places, request)
            ledger.claims.enter(
                number, entered, by=request.asked_by, role=request.role, release=request.release
            )
        drawn = _draw(places, ledger, number, request, by_risk=by_risk)
    said = [
        f"{claims_words(len(entered))} entered into {code}, worth £{sum(one.worth for one in entered):,}",
        f"{drawn} drawn for audit",
    ]
    said += [
        f"{claims_words(count)} {why}"
        for count, why in (
            (chosen.live, "left out as live already"),
            (chosen.barred, "left out as not upheld before, with nothing changed since"),
            (chosen.late, "dated after the window"),
            (
                chosen.left,
                "left for the next window, as this one's sample is drawn"
                if was_drawn
                else "left for later, as asked",
            ),
        )
        if count
    ]
    return Answer({".csv": _sample_list(places, ledger, number)}, "; ".join(said))


def enlarge_sample(places: Places, ledger: Ledger, request: Request) -> Answer:
    """Draw what the sample of a window lacks: after it failed, what the framework says it grows by.

    Raises RequestError where it lacks nothing.
    """
    window = ledger.claims.window(number_named(request, "window"))
    by_risk, _ = _wished(request.detail)
    # One drawing by risk makes the whole sample one: what is added is drawn alike.
    by_risk = by_risk or any(drawing.weighted for drawing in ledger.claims.drawings(window.number))
    drawn = _draw(places, ledger, window.number, request, by_risk=by_risk)
    if not drawn:
        raise RequestError(f"The sample of {window.code} needs no more claims as it stands")
    return Answer(
        {".csv": _sample_list(places, ledger, window.number)},
        f"{claims_words(drawn)} more drawn for audit in {window.code}",
    )


def strata_of(places: Places, claims: Sequence[Standing]) -> dict[int, Stratum]:
    """The stratum of each of these claims, from the release that each was entered from."""
    found: dict[int, Stratum] = {}
    for name, entered in groupby(sorted(claims, key=_release), key=_release):
        with open_release(places, name) as release:
            found.update({one.claim: one for one in strata(release, list(entered))})
    return found


def sample_rows(standings: Sequence[Standing], known: Mapping[int, Stratum]) -> list[tuple[object, ...]]:
    """The drawn claims among these, one row each: its number, its step, its stratum, its weight, why it was drawn."""
    return [
        (one.number, one.step.value, known[one.number].name, known[one.number].weight, one.drawn)
        for one in standings
        if one.drawn
    ]


def _release(one: Standing) -> str:
    return one.release


def _wished(detail: Mapping[str, object]) -> tuple[bool, int]:
    """What the request wishes besides: whether risk counts, and how many claims at most."""
    most = detail.get("most", _MOST_CLAIMS)
    if not isinstance(most, int) or isinstance(most, bool) or most < 1:
        raise RequestError("The most claims to be entered are not a whole number from 1")
    return detail.get("by_risk") is True, most


def _check_current(places: Places, request: Request) -> None:
    """What a newer release says of a claim is compared when that is published: nothing older is entered after it."""
    now = resolve(places, "current")
    if request.release != now:
        raise RequestError(
            f"The release {request.release}, current when this was asked, has been replaced by {now}: look at what "
            "that one says and ask again"
        )


def _check_days(code: str, opens: date, closes: date, as_of: date) -> None:
    """A window counts against the quota of its own year: nobody may choose one that the release does not speak for."""
    if opens > as_of:
        raise RequestError(
            f"The window {code} opens on {opens.isoformat()}, and the release speaks for {as_of.isoformat()}: open it "
            "from a release made then"
        )
    if closes < as_of:
        raise RequestError(
            f"The window {code} was over on {closes.isoformat()}, and the release speaks for {as_of.isoformat()}: "
            "enter the claims into the window of that day"
        )


def _window_number(ledger: Ledger, framework: Framework, code: str, request: Request, as_of: date) -> int:
    """The window's number in the ledger; opened where it is not there yet."""
    there = ledger.claims.find_window(framework.id, code)
    if there is not None:
        if there.state is not WindowState.OPEN:
            raise RequestError(f"The window {code} is {there.state.value}: nothing more is entered into it")
        _check_days(code, there.opens, there.closes, as_of)
        return there.number
    known = {window.id: window for window in framework.windows}
    if code not in known:
        named = ", ".join(known) or "none"
        raise RequestError(f"The framework {framework.id} has no window of that name. It has: {named}")
    window, audit = known[code], framework.audit
    _check_days(code, window.opens, window.closes, as_of)
    return ledger.claims.open_window(
        NewWindow(
            framework.id,
            code,
            framework.version,
            window.opens,
            window.closes,
            AuditTerms(audit.share, audit.minimum, audit.tolerance, audit.enlarge_by),
        ),
        by=request.asked_by,
        role=request.role,
        release=request.release,
    )


def _claimable(release: ProtectedRelease, framework: str) -> list[dict[str, Any]]:
    """The claims that could be made of this release, the earliest claim dates first. The order is that of tokens where
    days are alike: it says nothing of a family."""
    return release.rows(
        "SELECT slot, fund_slot, kind, claim_date, worth, evidence_digest FROM protected.claim "
        "WHERE framework = ? AND state = 'claimable' AND evidence_state = 'claimable' AND obstacle = 'none' "
        "AND claim_date IS NOT NULL ORDER BY claim_date, slot",
        framework,
    ).to_dicts()


def _slots(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What a claim is for: its own slot, and its fund's where that is another."""
    return tuple(dict.fromkeys((row["slot"], row["fund_slot"])))


def _new_claim(row: Mapping[str, Any], framework: Framework) -> NewClaim:
    day = row["claim_date"]
    if not isinstance(day, date):
        raise TypeError("a claim date is no day")
    return NewClaim(
        slots=_slots(row),
        kind=row["kind"],
        evidence=row["evidence_digest"],
        claim_date=day,
        worth=row["worth"],
        framework_version=framework.version,
    )


def _draw(places: Places, ledger: Ledger, number: int, request: Request, *, by_risk: bool) -> int:
    """Draw as many claims as the sample of the window lacks; how many that was."""
    lacking = ledger.claims.sample(number).more
    if not lacking:
        return 0
    candidates = set(ledger.claims.candidates(number))
    standings = [one for one in ledger.claims.standings(window=number) if one.number in candidates]
    known = strata_of(places, standings)
    drawn = draw(
        [known[one.number].candidate(by_risk=by_risk) for one in standings],
        size=lacking,
        seed=ledger.claims.seed(number),
    )
    ledger.claims.select(number, drawn, by=request.asked_by, role=request.role, release=request.release)
    return len(drawn.drawn)


def _sample_list(places: Places, ledger: Ledger, number: int) -> bytes:
    """The audit sample as it stands: which claims were drawn, and why."""
    standings = [one for one in ledger.claims.standings(window=number) if one.drawn]
    return table(_COLUMNS, sample_rows(standings, strata_of(places, standings)))
