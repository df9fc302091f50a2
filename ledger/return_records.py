"""The words of the book of returns: versions, their checks, signatures and states."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class ReturnState(StrEnum):
    """How far a version of a return has come. `signed`: by as many people as it takes; `superseded`: it was submitted,
    and a later version has been since."""

    DRAFT = "draft"
    CHECKED = "checked"
    SIGNED = "signed"
    SUBMITTED = "submitted"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What a check says. `query`: somebody answers it in writing before anybody signs."""

    PASSED = "passed"
    FAILED = "failed"
    QUERY = "query"


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check of a return, in words."""

    name: str
    outcome: str
    words: str


@dataclass(frozen=True)
class CheckStanding:
    """A check of the newest checking, and the answer where it was a query. Who and when are empty where there is
    none."""

    name: str
    outcome: Outcome
    words: str
    answer: str
    answered_by: str
    answered_at: str


@dataclass(frozen=True)
class Signature:
    """Who signed a version of a return, as what, when, and which digest."""

    by: str
    role: str
    at: str
    digest: str


@dataclass(frozen=True)
class ReturnStanding:
    """A version of a return as it stands. Who and when are empty where it has not happened; times are UTC.

    `digest` is what is signed: it covers the content, the files (SHA-256 by name), the template, the release and the
    line of the ledger that claims were counted at. `signers`: the roles that sign; `demands`: the checks that must
    pass; `superseded_by`: the number of the version that was submitted in its place, 0 where there is none.
    """

    number: int
    template: str
    period: str
    version: int
    release: str
    ledger_line: int
    template_digest: str
    digest: str
    why: str
    files: Mapping[str, str]
    signers: tuple[str, ...]
    demands: tuple[str, ...]
    signatures_needed: int
    drawn_up_by: str
    drawn_up_role: str
    drawn_up_at: str
    checked_at: str
    checks: tuple[CheckStanding, ...]
    signatures: tuple[Signature, ...]
    submitted_by: str
    submitted_at: str
    withdrawn_by: str
    withdrawn_at: str
    withdrawn_why: str
    superseded_by: int

    @property
    def state(self) -> ReturnState:
        if self.withdrawn_at:
            return ReturnState.WITHDRAWN
        if self.submitted_at:
            return ReturnState.SUPERSEDED if self.superseded_by else ReturnState.SUBMITTED
        if len(self.signatures) >= self.signatures_needed:
            return ReturnState.SIGNED
        return ReturnState.CHECKED if self.checks else ReturnState.DRAFT

    @property
    def in_hand(self) -> bool:
        """Whether it is neither submitted nor withdrawn: of a template and period one version is."""
        return self.state in {ReturnState.DRAFT, ReturnState.CHECKED, ReturnState.SIGNED}

    @property
    def failed(self) -> tuple[str, ...]:
        """The checks that it failed."""
        return tuple(one.name for one in self.checks if one.outcome is Outcome.FAILED)

    @property
    def unanswered(self) -> tuple[str, ...]:
        """The queries that nobody has answered."""
        return tuple(one.name for one in self.checks if one.outcome is Outcome.QUERY and not one.answer)

    @property
    def missing(self) -> tuple[str, ...]:
        """The checks that it must pass and was not put to."""
        there = {one.name for one in self.checks}
        return tuple(name for name in self.demands if name not in there)


@dataclass(frozen=True)
class ReturnAct:
    """One thing that was done to a version of a return, in words. `line` and `digest` are those of the audit log's
    line."""

    line: int
    at: str
    event: str
    by: str
    role: str
    words: str
    digest: str
