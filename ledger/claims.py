"""The ledger of claims: what is done with them, each act by one person, whole or not at all, and never undone.

`claimable → selected_for_audit → audited → submitted → paid | rejected | withdrawn`; a claim that is not sampled goes
from `claimable` to `submitted` once its window is signed. Here each act is checked and refused in words; the database
refuses the same things by itself (`ledger.guards`). No pseudonym is in it: what is claimed for is a keyed token.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import sqlalchemy
from sqlalchemy import Connection, func, select

from ledger import standings as standing_claims
from ledger import tables
from ledger import windows as standing_windows
from ledger.claim_checks import Who, check_claim, check_window, checked_digest
from ledger.claim_reading import (
    StandingClaims,
    claims_of,
    compared_with,
    newest_release,
    used_of,
    window_of,
)
from ledger.claim_records import (
    COMES_FROM,
    ENDED,
    Judged,
    NewClaim,
    NewWindow,
    Sample,
    SampleState,
    Standing,
    Step,
    Verdict,
    Window,
    WindowState,
)
from ledger.errors import ClaimError, TwoPeopleError, WindowError
from ledger.quota import check_quota, financial_year
from ledger.records import Event
from ledger.sampling import Draw
from ledger.store import Row, append

# So many claims are named in a message at most.
_NAMED: Final = 10
_EVENTS: Final = {
    Step.PAID: Event.CLAIMS_PAID,
    Step.REJECTED: Event.CLAIMS_REJECTED,
    Step.WITHDRAWN: Event.CLAIMS_WITHDRAWN,
}


class Claims(StandingClaims):
    """The ledger of claims. Every act needs `by` (the account), `role` and `release` (the one that was current), and
    raises LedgerError where the database is out of reach."""

    def open_window(self, window: NewWindow, *, by: str, role: str, release: str, why: str = "") -> int:
        """Open a window and give its number. Raises WindowError where it is open already, or says what cannot be."""
        who = Who(by, role, release, why)
        check_window(window)
        with self._store.writing() as connection:
            table = tables.claim_window
            if connection.execute(
                select(table.c.number).where(
                    table.c.framework == window.framework, table.c.code == window.code
                )
            ).first():
                raise WindowError(f"The window {window.code} of {window.framework} was opened already.")
            number = _next(connection, table.c.number)
            row: Row = {
                "number": number,
                "framework": window.framework,
                "code": window.code,
                "framework_version": window.framework_version,
                "release": release,
                "opens": window.opens.isoformat(),
                "closes": window.closes.isoformat(),
                "minimum": window.terms.minimum,
                **_parts(window),
            }
            detail = {
                "framework": window.framework,
                "code": window.code,
                "version": window.framework_version,
                "opens": window.opens.isoformat(),
                "closes": window.closes.isoformat(),
            }
            append(
                connection,
                Event.WINDOW_OPENED,
                who.by,
                who.role,
                f"window {number}",
                who.told(detail),
                {table: [row]},
            )
            return number

    def enter(
        self, window: int, claims: Sequence[NewClaim], *, by: str, role: str, release: str, why: str = ""
    ) -> tuple[int, ...]:
        """Enter claims into an open window, all or none, and give their numbers in the same order.

        Raises ClaimError where a live claim stands on a slot, a claim says what cannot be, the audit did not uphold one
        for the same with the same evidence, or `release` is not the one published or chosen last; WindowError where the
        window takes nothing in: it is closed, or its sample was drawn, and what came later would not be looked at;
        QuotaError, with the figures, where it would be more than the quota.
        """
        who = Who(by, role, release, why)
        for one in claims:
            check_claim(one)
        slots = [slot for one in claims for slot in one.slots]
        if len(set(slots)) < len(slots):
            raise ClaimError("The same is claimed for twice in one go. Nothing was entered.")
        with self._store.writing() as connection:
            there = window_of(connection, window)
            if there.state is not WindowState.OPEN:
                raise WindowError(
                    f"The window {there.code} of {there.framework} is {there.state}: nothing is entered."
                )
            if late := sum(one.claim_date > there.closes for one in claims):
                raise ClaimError(
                    f"{late} claims are dated after {there.closes.isoformat()}, the last day of the window "
                    f"{there.code}. They belong to a later one. Nothing was entered."
                )
            if not claims:
                return ()
            if standing_windows.drawings(connection, window):
                raise WindowError(
                    f"The sample of the window {there.code} was drawn already, and what is entered now could not be in "
                    "it. Enter it into the next window. Nothing was entered."
                )
            if (newest := newest_release(connection)) not in {"", release}:
                raise ClaimError(
                    f"These claims are from {release}, and the newest release is {newest}. Enter what can be claimed "
                    "by that one. Nothing was entered."
                )
            held = standing_claims.holders(connection, slots)
            if taken := sorted({one.claim for one in held.values() if one.step not in ENDED}):
                raise ClaimError(
                    f"{len(taken)} live claims stand on what these are for: {_named(taken)}. Nothing was entered."
                )
            barred = standing_claims.not_upheld(connection) if held else frozenset()
            if again := sum(any((slot, one.evidence) in barred for slot in one.slots) for one in claims):
                raise ClaimError(
                    f"The audit did not uphold {again} of these claims before, and their evidence is the same. Leave "
                    "them out until it has changed. Nothing was entered."
                )
            worth = sum(one.worth for one in claims)
            year = financial_year(there.opens)
            used = used_of(connection, there.framework, year, frozenset(Step) - ENDED)
            check_quota(self._quotas(), used, len(claims), worth, "entered")
            first = _next(connection, tables.claim.c.number)
            numbers = range(first, first + len(claims))
            versions = [one.framework_version or there.framework_version for one in claims]
            entered: list[Row] = [
                {
                    "number": number,
                    "in_window": window,
                    "kind": one.kind,
                    "claim_date": one.claim_date.isoformat(),
                    "worth": one.worth,
                    "evidence": one.evidence,
                    "release": release,
                    "framework_version": version,
                }
                for number, one, version in zip(numbers, claims, versions, strict=True)
            ]
            on_slots: list[Row] = [
                {
                    "slot": slot,
                    "turn": held[slot].turn + 1 if slot in held else 1,
                    "claim": number,
                    "place": place,
                }
                for number, one in zip(numbers, claims, strict=True)
                for place, slot in enumerate(one.slots, start=1)
            ]
            steps = [
                _step(number, 1, Step.CLAIMABLE, who, one.evidence, version)
                for number, one, version in zip(numbers, claims, versions, strict=True)
            ]
            append(
                connection,
                Event.CLAIMS_ENTERED,
                who.by,
                who.role,
                f"window {window}",
                who.told(_about(there, len(claims), worth)),
                {tables.claim: entered, tables.claim_slot: on_slots, tables.claim_step: steps},
            )
            return tuple(numbers)

    def close_window(self, window: int, *, by: str, role: str, release: str, why: str = "") -> None:
        """Let nothing more be entered into a window. Raises WindowError where it is not open."""
        who = Who(by, role, release, why)
        with self._store.writing() as connection:
            there = window_of(connection, window)
            if there.state is not WindowState.OPEN:
                raise WindowError(f"The window {there.code} of {there.framework} is {there.state} already.")
            row: Row = {"in_window": window}
            append(
                connection,
                Event.WINDOW_CLOSED,
                who.by,
                who.role,
                f"window {window}",
                who.told({"framework": there.framework, "code": there.code}),
                {tables.claim_window_close: [row]},
            )

    def select(self, window: int, drawn: Draw, *, by: str, role: str, release: str, why: str = "") -> int:
        """Put what was drawn (`ledger.sampling.draw`) into the audit sample, and give the drawing's number.

        Raises WindowError where the window is signed, the seed is not the one that the ledger gives, it was not drawn
        from all claims that can be, or it is less than the sample needs.
        """
        who = Who(by, role, release, why)
        with self._store.writing() as connection:
            there = _unsigned(connection, window)
            if drawn.seed != standing_windows.seed(connection, window):
                raise WindowError(
                    f"The window {there.code} has changed since it was drawn from, or the seed is not the ledger's. "
                    "Draw again."
                )
            can_be = standing_windows.candidates(connection, window)
            chosen = [one.claim for one in drawn.drawn]
            if drawn.population != len(can_be) or not set(chosen) <= set(can_be) or not chosen:
                raise WindowError(
                    f"The sample was not drawn from the claims of the window {there.code}. Draw again."
                )
            needed = standing_windows.sample(connection, window).more
            if len(chosen) < needed:
                raise WindowError(
                    f"{len(chosen)} claims were drawn, and the sample of the window {there.code} needs {needed} more."
                )
            held = standing_claims.by_number(connection, chosen)
            number = len(standing_windows.drawings(connection, window)) + 1
            drawing: Row = {
                "in_window": window,
                "drawing": number,
                "seed": drawn.seed,
                "size": len(chosen),
                "population": drawn.population,
                "weighted": int(drawn.weighted),
                "inputs": drawn.inputs,
            }
            steps = [
                _after(held[one.claim], 2, Step.SELECTED, Who(who.by, who.role, release, one.why))
                for one in drawn.drawn
            ]
            worth = sum(held[one].worth for one in chosen)
            append(
                connection,
                Event.SAMPLE_DRAWN,
                who.by,
                who.role,
                f"window {window}",
                who.told({**_about(there, len(chosen), worth), "drawing": number, "seed": drawn.seed}),
                {tables.claim_drawing: [drawing], tables.claim_step: steps},
            )
            return number

    def judge(self, verdicts: Mapping[int, Judged], *, by: str, role: str, release: str) -> None:
        """Write down the auditor's verdicts, each with its reason, all or none.

        Raises ClaimError where a claim is not in the sample or has its verdict, WindowError where its window is
        signed.
        """
        who = Who(by, role, release, "")
        with self._store.writing() as connection:
            held = claims_of(connection, sorted(verdicts))
            for window in sorted({one.window for one in held}):
                _unsigned(connection, window)
            places = _places(connection, held, Step.AUDITED)
            steps = [
                _after(
                    one,
                    places[one.number],
                    Step.AUDITED,
                    Who(who.by, who.role, release, verdicts[one.number].why, needed=True),
                    Verdict(verdicts[one.number].verdict),
                )
                for one in held
            ]
            struck_out = sum(row["verdict"] == Verdict.STRUCK_OUT for row in steps)
            self._write(connection, Event.CLAIMS_AUDITED, who, held, steps, {"struck_out": struck_out})

    def sign(self, window: int, *, by: str, role: str, release: str, why: str = "") -> None:
        """Sign a window whose sample has passed: from here on it can be submitted, and nothing in it audited.

        Raises WindowError where it is signed already or its sample is not done or has failed; TwoPeopleError where
        this account opened it, entered claims, drew or judged them.
        """
        who = Who(by, role, release, why)
        with self._store.writing() as connection:
            there = _unsigned(connection, window)
            found = standing_windows.sample(connection, window)
            if found.state is not SampleState.PASSED:
                raise WindowError(f"The window {there.code} cannot be signed: {_words(found)}")
            if standing_windows.account(who.by) in standing_windows.preparers(connection, window):
                raise TwoPeopleError(
                    f"This account opened the window {there.code}, entered its claims, or drew or judged its sample. "
                    "Somebody else signs it, under an account of their own."
                )
            signed = _to_submit(connection, window)
            worth = sum(one.worth for one in signed)
            listed = json.dumps([[one.number, one.evidence, one.worth] for one in signed])
            row: Row = {
                "in_window": window,
                "claims": len(signed),
                "worth": worth,
                "digest": hashlib.sha256(listed.encode("ascii")).hexdigest(),
            }
            append(
                connection,
                Event.WINDOW_SIGNED,
                who.by,
                who.role,
                f"window {window}",
                who.told(_about(there, len(signed), worth)),
                {tables.claim_signature: [row]},
            )

    def submit(self, window: int, *, by: str, role: str, release: str, why: str = "") -> tuple[int, ...]:
        """Submit every claim of a signed window that the audit did not strike out, and give their numbers.

        Raises WindowError where it is not signed, or nothing is left to submit; TwoPeopleError where this account
        signed it; ClaimError where the evidence of a claim has changed since it was entered, or was not held against
        the release that was published or chosen last; QuotaError, with the figures, where more would be submitted than
        the quota allows.
        """
        who = Who(by, role, release, why)
        with self._store.writing() as connection:
            there = window_of(connection, window)
            if not there.signed_by:
                raise WindowError(f"The window {there.code} of {there.framework} is not signed.")
            if standing_windows.account(who.by) == standing_windows.account(there.signed_by):
                raise TwoPeopleError(
                    f"This account signed the window {there.code}. Somebody else submits it, under an account of their "
                    "own."
                )
            held = _to_submit(connection, window)
            if not held:
                raise WindowError(
                    f"Nothing is left to submit in the window {there.code} of {there.framework}."
                )
            newest = newest_release(connection)
            if newest and compared_with(connection, there.framework) != newest:
                raise ClaimError(
                    f"The claims of {there.framework} were not held against the release {newest}: their evidence may "
                    "have changed. Run the pipelines to the end first. Nothing was submitted."
                )
            if changed := [one.number for one in held if one.evidence_changed]:
                raise ClaimError(
                    f"The evidence of {len(changed)} claims has changed since they were entered: {_named(changed)}. "
                    "Look at each, and withdraw it first: it can be entered again as it is now. Nothing was submitted."
                )
            worth = sum(one.worth for one in held)
            year = financial_year(there.opens)
            sent = frozenset({Step.SUBMITTED, Step.PAID})
            used = used_of(connection, there.framework, year, sent)
            check_quota(self._quotas(), used, len(held), worth, "submitted")
            places = _places(connection, held, Step.SUBMITTED)
            steps = [_after(one, places[one.number], Step.SUBMITTED, who) for one in held]
            self._write(connection, Event.CLAIMS_SUBMITTED, who, held, steps)
            return tuple(one.number for one in held)

    def pay(self, claims: Collection[int], *, by: str, role: str, release: str, why: str = "") -> None:
        """Write down that submitted claims were paid, all or none. Raises ClaimError where one was not submitted."""
        self._move(claims, Step.PAID, Who(by, role, release, why))

    def reject(self, claims: Collection[int], *, by: str, role: str, release: str, why: str) -> None:
        """Write down that the payer rejected submitted claims, all or none, and why. What they were for can be claimed
        anew. Raises ClaimError where one was not submitted."""
        self._move(claims, Step.REJECTED, Who(by, role, release, why, needed=True))

    def withdraw(self, claims: Collection[int], *, by: str, role: str, release: str, why: str) -> None:
        """Withdraw live claims, all or none, and say why; of one that was paid the money is given back. What they were
        for can be claimed anew, unless the audit did not uphold it and its evidence is the same.

        Raises ClaimError where one is not live, or was not drawn although its window's sample was: until the window is
        signed, nothing that the sample stands for is taken from it.
        """
        self._move(claims, Step.WITHDRAWN, Who(by, role, release, why, needed=True))

    def compare_evidence(
        self, found: Mapping[str, str], *, frameworks: Collection[str], by: str, role: str, release: str
    ) -> tuple[int, ...]:
        """Hold the live claims of these frameworks against the evidence of a release, and flag those whose evidence is
        other than was known. Gives their numbers.

        `found`: evidence digest by the claim's own slot, of all claims of the release, whatever their state; a slot
        that is not there has no claim in it any more. A flag changes nothing of the claim itself. That they were
        compared is written down in any case: without it nothing is submitted.
        """
        who = Who(by, role, release, "")
        table = tables.claim_sighting
        with self._store.writing() as connection:
            held = standing_claims.live_claims(
                connection, tables.claim_window.c.framework.in_(sorted(frameworks))
            )
            changed = [one for one in held if found.get(one.slots[0], "") != one.evidence_now]
            told = {"release": release, "frameworks": sorted(set(frameworks))}
            if not changed:
                append(connection, Event.EVIDENCE_COMPARED, who.by, who.role, release, told)
                return ()
            places = {
                row.claim: row.place
                for row in connection.execute(
                    select(table.c.claim, func.max(table.c.place).label("place")).group_by(table.c.claim)
                )
            }
            rows: list[Row] = [
                {
                    "claim": one.number,
                    "place": places.get(one.number, 0) + 1,
                    "release": release,
                    "evidence": checked_digest(found.get(one.slots[0], "")),
                }
                for one in changed
            ]
            numbers = [one.number for one in changed]
            append(
                connection,
                Event.EVIDENCE_CHANGED,
                who.by,
                who.role,
                release,
                {**told, "claims": numbers},
                {table: rows},
            )
            return tuple(numbers)

    def _move(self, claims: Collection[int], step: Step, who: "Who") -> None:
        event = _EVENTS[step]
        with self._store.writing() as connection:
            held = claims_of(connection, sorted(set(claims)))
            places = _places(connection, held, step)
            if step is Step.WITHDRAWN:
                _check_samples(connection, held)
            steps = [_after(one, places[one.number], step, who) for one in held]
            self._write(connection, event, who, held, steps)

    def _write(
        self,
        connection: Connection,
        event: Event,
        who: "Who",
        held: Sequence[Standing],
        steps: Sequence[Row],
        more: Mapping[str, object] | None = None,
    ) -> None:
        windows = sorted({one.window for one in held})
        detail = {"claims": len(held), "worth": sum(one.worth for one in held), **(more or {})}
        subject = f"window {windows[0]}" if len(windows) == 1 else "claims of several windows"
        append(connection, event, who.by, who.role, subject, who.told(detail), {tables.claim_step: steps})


def _unsigned(connection: Connection, number: int) -> Window:
    there = window_of(connection, number)
    if there.signed_by:
        raise WindowError(
            f"The window {there.code} of {there.framework} is signed: its sample stands as it is."
        )
    return there


def _places(connection: Connection, held: Sequence[Standing], step: Step) -> dict[int, int]:
    """The place of each claim's next step. Raises ClaimError where one cannot take that step."""
    for one in held:
        if one.step not in COMES_FROM[step]:
            raise ClaimError(
                f"Claim {one.number} is {_spoken(one.step)}: it cannot become {_spoken(step)}. Nothing was changed."
            )
    table = tables.claim_step
    lowest, highest = min(one.number for one in held), max(one.number for one in held)
    return {
        row.claim: row.place + 1
        for row in connection.execute(
            select(table.c.claim, func.max(table.c.place).label("place"))
            .where(table.c.claim.between(lowest, highest))
            .group_by(table.c.claim)
        )
    }


def _check_samples(connection: Connection, withdrawn: Sequence[Standing]) -> None:
    """Raises ClaimError where claims are to be withdrawn that a sample stands for on which nobody has signed yet."""
    kept: list[int] = []
    for window in sorted({one.window for one in withdrawn if one.step is Step.CLAIMABLE}):
        there = window_of(connection, window)
        if not there.signed_by and standing_windows.drawings(connection, window):
            kept += [one.number for one in withdrawn if (one.window, one.step) == (window, Step.CLAIMABLE)]
    if kept:
        raise ClaimError(
            f"{len(kept)} claims were not drawn, and the sample of their window stands for them: {_named(kept)}. "
            "Withdraw them once the window is signed. Nothing was changed."
        )


def _to_submit(connection: Connection, window: int) -> list[Standing]:
    return [
        one
        for one in standing_claims.live_claims(connection, tables.claim.c.in_window == window)
        if one.step is Step.CLAIMABLE or (one.step is Step.AUDITED and one.verdict == Verdict.UPHELD)
    ]


def _next(connection: Connection, column: "sqlalchemy.Column[int]") -> int:
    return int(connection.execute(select(func.coalesce(func.max(column), 0))).scalar_one()) + 1


def _about(window: Window, claims: int, worth: int) -> dict[str, object]:
    return {
        "framework": window.framework,
        "code": window.code,
        "version": window.framework_version,
        "claims": claims,
        "worth": worth,
    }


def _step(
    number: int, place: int, step: Step, who: Who, evidence: str, version: int, verdict: str = ""
) -> Row:
    return {
        "claim": number,
        "place": place,
        "step": step,
        "verdict": verdict,
        "why": who.why,
        "evidence": evidence,
        "release": who.release,
        "framework_version": version,
    }


def _after(one: Standing, place: int, step: Step, who: Who, verdict: str = "") -> Row:
    return _step(one.number, place, step, who, one.evidence, one.framework_version, verdict)


def _parts(window: NewWindow) -> Row:
    return {
        f"{name}_{part}": number
        for name, share in (
            ("share", window.terms.share),
            ("tolerance", window.terms.tolerance),
            ("enlarge", window.terms.enlarge_by),
        )
        for part, number in (("part", share.numerator), ("whole", share.denominator))
    }


def _named(numbers: Iterable[int]) -> str:
    listed = sorted(numbers)
    more = f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
    return ", ".join(str(number) for number in listed[:_NAMED]) + more


def _spoken(step: Step) -> str:
    return step.value.replace("_", " ")


def _words(found: Sample) -> str:
    """Why a sample has not passed, in words."""
    if found.state is SampleState.NONE:
        return "no claim is in it."
    if found.state is SampleState.FAILED:
        return (
            f"{found.struck_out} of {found.judged} sampled claims were struck out, more than "
            f"{float(found.tolerance):.1%}. Draw {found.more} more."
        )
    if found.more:
        return f"its sample needs {found.more} more claims."
    return f"{found.size - found.judged} sampled claims have no verdict yet."
