"""The book of returns: what is drawn up, checked, answered, signed by two people and submitted, and never undone.

`draft → checked → signed → submitted → superseded`, and up to the submission `withdrawn`. One version of a return and
period is in hand at a time; one that was submitted is frozen, and a later one takes its place with a reason. Here each
act is checked and refused in words; the database refuses the same things by itself (`ledger.return_guards`).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, func, select

from ledger.errors import ReturnError, TwoPeopleError
from ledger.records import Event
from ledger.return_reading import StandingReturns, standing_of, standings, version_digest
from ledger.return_records import CheckResult, Outcome, ReturnStanding, ReturnState
from ledger.return_tables import (
    return_answer,
    return_check,
    return_content,
    return_demand,
    return_file,
    return_signature,
    return_submission,
    return_version,
    return_withdrawal,
)
from ledger.rules import WORKER
from ledger.sessions import person_of
from ledger.store import Row, append
from ledger.wording import Words

# A version's figures take so many letters at most, and the words of a check or an answer so many.
MOST_CONTENT: Final = 8_000_000
_LONGEST: Final = 2_000
_MOST_CHECKS: Final = 200
_MOST_SIGNATURES: Final = 9
_WORKER: Final = "custody"
_SAY = Words(ReturnError)


class Returns(StandingReturns):
    """The book of returns. Every act needs `by` (the account) and `role`, and raises LedgerError where the database is
    out of reach, ReturnError where the return does not stand so that it can be done."""

    def draw_up(
        self,
        template: str,
        period: str,
        *,
        release: str,
        ledger_line: int,
        template_digest: str,
        content: str,
        files: Mapping[str, str],
        signers: Collection[str],
        checks: Collection[str],
        by: str,
        role: str,
        signatures: int = 2,
        why: str = "",
    ) -> int:
        """Write down a version and give its number.

        `content`: its safe figures, as `ledger.canonical` writes them; `files`: SHA-256 by name; `ledger_line`: the
        newest line when claims were counted; `signers`: the roles that sign; `checks`: what it must pass. `by`, `role`:
        who asked for it. Raises ReturnError where another version is in hand, or one was submitted and `why` says
        nothing.
        """
        row: Row = {
            "template": _SAY.code(template, "A return"),
            "period": _SAY.code(period, "A period"),
            "release": _SAY.line(release, "the release"),
            "ledger_line": _SAY.whole(ledger_line, "A line of the ledger", 0),
            "template_digest": _SAY.digest(template_digest),
            "signatures": _SAY.whole(signatures, "The number of signatures", 2, _MOST_SIGNATURES),
            "why": _SAY.line(why, "the reason", needed=False, longest=_LONGEST),
        }
        who, role = _SAY.line(by, "the account"), _SAY.line(role, "the role")
        roles, needs = _SAY.codes(signers, "A role"), _SAY.codes(checks, "A check")
        if not roles:
            raise ReturnError("Say which roles sign the return.")
        there, text = _SAY.files(files), _SAY.json(content, "The content of a return", MOST_CONTENT)
        with self._store.writing() as connection:
            before = standings(
                connection, return_version.c.template == template, return_version.c.period == period
            )
            _check_before(before, str(row["why"]))
            number = _count(connection) + 1
            row = {**row, "number": number, "version": len(before) + 1}
            row = {**row, "digest": version_digest(row, text, there)}
            named = {"template": template, "period": period, "version": row["version"], "release": release}
            append(
                connection,
                Event.RETURN_DRAWN_UP,
                who,
                role,
                _subject(number),
                {**named, "ledger_line": ledger_line, "digest": row["digest"], "why": row["why"]},
                {
                    return_version: [row],
                    return_content: [{"version": number, "content": text}],
                    return_file: [
                        {"version": number, "name": name, "sha256": sha256} for name, sha256 in there.items()
                    ],
                    return_demand: [
                        {"version": number, "kind": kind, "name": name}
                        for kind, names in (("role", roles), ("check", needs))
                        for name in names
                    ],
                },
            )
            return number

    def checked(
        self, number: int, results: Sequence[CheckResult], *, by: str = _WORKER, role: str = WORKER
    ) -> None:
        """Write down how a version's checks came out: the worker alone does, and again until somebody has signed.

        Raises ReturnError where one that it must pass is missing, or it is signed, submitted or withdrawn.
        """
        who, role = _SAY.line(by, "the account"), _SAY.by_worker(role)
        _SAY.whole(len(results), "The number of checks", 1, _MOST_CHECKS)
        names = [_SAY.code(one.name, "A check") for one in results]
        if len(set(names)) < len(names):
            raise ReturnError("A check has one outcome.")
        rows: list[Row] = [
            {
                "version": number,
                "name": one.name,
                "outcome": _outcome(one.outcome),
                "words": _SAY.line(one.words, "what a check found", longest=_LONGEST),
            }
            for one in results
        ]
        with self._store.writing() as connection:
            there = _unsigned(connection, number)
            if missing := sorted(set(there.demands) - set(names)):
                raise ReturnError(f"Return {number} was not put to all its checks: {', '.join(missing)}.")
            turn = _turn(connection, number) + 1
            counted = {one.value: sum(row["outcome"] == one for row in rows) for one in Outcome}
            append(
                connection,
                Event.RETURN_CHECKED,
                who,
                role,
                _subject(number),
                {**_named(there), **counted},
                {return_check: [{**row, "turn": turn} for row in rows]},
            )

    def answer(self, number: int, check: str, words: str, *, by: str, role: str) -> None:
        """Answer a query of the newest checking, in writing and once. Raises ReturnError where it is no query, or has
        its answer; or the role does not work on the return."""
        who, role = _SAY.line(by, "the account"), _SAY.line(role, "the role")
        said = _SAY.line(words, "the answer", longest=_LONGEST)
        with self._store.writing() as connection:
            there = _unsigned(connection, number)
            _check_role(there, role)
            found = next((one for one in there.checks if one.name == check), None)
            if found is None or found.outcome is not Outcome.QUERY:
                raise ReturnError(f"The checks of return {number} ask nothing of this name.")
            if found.answer:
                raise ReturnError(f"{check} of return {number} was answered already.")
            row: Row = {
                "version": number,
                "turn": _turn(connection, number),
                "name": check,
                "words": said,
            }
            append(
                connection,
                Event.RETURN_ANSWERED,
                who,
                role,
                _subject(number),
                {**_named(there), "check": check},
                {return_answer: [row]},
            )

    def sign(self, number: int, digest: str, *, by: str, role: str) -> None:
        """Sign a version for what it holds (`digest`, as it stands there).

        Raises ReturnError where the role does not sign it, the digest is another's, it was not checked, failed a check
        or has a query without an answer; TwoPeopleError where this account has signed it already.
        """
        who, role = _SAY.line(by, "the account"), _SAY.line(role, "the role")
        with self._store.writing() as connection:
            there = standing_of(connection, number)
            _check_ready(there)
            if role not in there.signers:
                raise ReturnError(f"Return {number} is signed by {_roles(there.signers)}, not by this role.")
            if digest != there.digest:
                raise ReturnError(
                    f"Return {number} is not what you were shown: its digest is another. Look at it again. Nothing was "
                    "signed."
                )
            if person_of(who) in {person_of(one.by) for one in there.signatures}:
                raise TwoPeopleError(
                    f"This account has signed return {number} already. Somebody else signs it too, under an account of "
                    "their own."
                )
            row: Row = {"version": number, "person": person_of(who), "digest": digest}
            append(
                connection,
                Event.RETURN_SIGNED,
                who,
                role,
                _subject(number),
                {**_named(there), "digest": digest, "signature": len(there.signatures) + 1},
                {return_signature: [row]},
            )

    def submit(self, number: int, *, by: str, role: str) -> None:
        """Write down that a version was submitted: it stands for good, and the one submitted before it is superseded.

        Raises ReturnError where it lacks a signature, or the role does not work on the return.
        """
        who, role = _SAY.line(by, "the account"), _SAY.line(role, "the role")
        with self._store.writing() as connection:
            there = standing_of(connection, number)
            _check_role(there, role)
            if there.state is not ReturnState.SIGNED:
                raise ReturnError(
                    f"Return {number} is {_spoken(there)}: it is submitted once {there.signatures_needed} people have "
                    "signed it."
                )
            row: Row = {"version": number, "digest": there.digest}
            append(
                connection,
                Event.RETURN_SUBMITTED,
                who,
                role,
                _subject(number),
                {**_named(there), "digest": there.digest},
                {return_submission: [row]},
            )

    def withdraw(self, number: int, why: str, *, by: str, role: str) -> None:
        """Withdraw a version that was not submitted yet, so that another can be drawn up. Raises ReturnError where it
        is submitted or withdrawn, or the role does not work on the return."""
        who, role = _SAY.line(by, "the account"), _SAY.line(role, "the role")
        reason = _SAY.line(why, "the reason", longest=_LONGEST)
        with self._store.writing() as connection:
            there = standing_of(connection, number)
            _check_role(there, role)
            if not there.in_hand:
                raise ReturnError(f"Return {number} is {_spoken(there)}: it is not withdrawn any more.")
            row: Row = {"version": number, "why": reason}
            append(
                connection,
                Event.RETURN_WITHDRAWN,
                who,
                role,
                _subject(number),
                {**_named(there), "why": reason},
                {return_withdrawal: [row]},
            )


def _check_before(before: Sequence[ReturnStanding], why: str) -> None:
    """Raises ReturnError where no version can follow on these."""
    if in_hand := next((one for one in before if one.in_hand), None):
        raise ReturnError(
            f"Version {in_hand.version} of {in_hand.template} for {in_hand.period} is in hand (return "
            f"{in_hand.number}, {_spoken(in_hand)}). Submit or withdraw it first."
        )
    if not why and any(one.submitted_at for one in before):
        raise ReturnError(
            f"{before[-1].template} for {before[-1].period} was submitted already: say why it is drawn up again."
        )


def _unsigned(connection: Connection, number: int) -> ReturnStanding:
    there = standing_of(connection, number)
    if not there.in_hand or there.signatures:
        state = "signed" if there.in_hand else _spoken(there)
        raise ReturnError(f"Return {number} is {state}: it stands as it is.")
    return there


def _check_ready(there: ReturnStanding) -> None:
    """Raises ReturnError where nobody can sign a version."""
    if there.state is ReturnState.SIGNED or not there.in_hand:
        raise ReturnError(f"Return {there.number} is {_spoken(there)}: nobody signs it any more.")
    if not there.checks or there.missing:
        raise ReturnError(f"Return {there.number} is not checked yet. Have it checked first.")
    if there.failed:
        raise ReturnError(
            f"Return {there.number} failed {', '.join(there.failed)}. Put right what is wrong, withdraw it and draw it "
            "up again."
        )
    if there.unanswered:
        raise ReturnError(
            f"The checks of return {there.number} ask something that nobody has answered: "
            f"{', '.join(there.unanswered)}."
        )


def _check_role(there: ReturnStanding, role: str) -> None:
    if role not in {*there.signers, there.drawn_up_role}:
        raise ReturnError(
            f"Return {there.number} is for {_roles({*there.signers, there.drawn_up_role})}, not for this role."
        )


def _outcome(text: str) -> str:
    if text not in set(Outcome):
        raise ReturnError("A check has passed, failed, or asks (passed, failed, query).")
    return str(Outcome(text))


def _turn(connection: Connection, number: int) -> int:
    """The newest checking of a version; 0 where there is none."""
    query = select(func.max(return_check.c.turn)).where(return_check.c.version == number)
    return int(connection.execute(query).scalar() or 0)


def _count(connection: Connection) -> int:
    return int(connection.execute(select(func.max(return_version.c.number))).scalar() or 0)


def _named(there: ReturnStanding) -> dict[str, object]:
    return {"template": there.template, "period": there.period, "version": there.version}


def _subject(number: int) -> str:
    return f"return {number}"


def _spoken(there: ReturnStanding) -> str:
    return "a draft" if there.state is ReturnState.DRAFT else there.state.value


def _roles(names: Collection[str]) -> str:
    return " and ".join(sorted(names)).replace("_", " ")
