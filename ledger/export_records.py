"""The words of the book of research: projects, exports, decisions and states."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from ledger import store
from ledger.sessions import person_of

# Besides who began it or asked for it, this role ends a project and withdraws an export.
OFFICER: Final = "data_protection_officer"


class ExportKind(StrEnum):
    """What an export is made of: tables under the research profile, rows, or differentially private tables."""

    TABLES = "tables"
    MICRODATA = "microdata"
    PRIVATE = "private"


class ExportState(StrEnum):
    """How far an export has come. It is `prepared` until both checkers have decided, whatever the first said.
    `ended`: its project is over."""

    ASKED = "asked"
    PREPARED = "prepared"
    APPROVED = "approved"
    RETURNED = "returned"
    RELEASED = "released"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class CheckersVerdict(StrEnum):
    """What an output checker decides."""

    APPROVE = "approve"
    RETURN = "return"


@dataclass(frozen=True)
class ProjectStanding:
    """A research project as it stands. `people`: accounts or names as they were written; `ends`: its last day;
    `budget` and `spent`: rho of zero-concentrated differential privacy, in millionths."""

    number: int
    name: str
    title: str
    purpose: str
    basis: str
    people: tuple[str, ...]
    ends: date
    budget: int
    spent: int
    author: str
    author_role: str
    begun_at: str
    ended_at: str
    ended_by: str
    ended_why: str

    @property
    def left(self) -> int:
        """What is left of the budget."""
        return self.budget - self.spent

    def over(self, today: date | None = None) -> bool:
        """Whether it was ended, or its last day is past (`today`: in UTC, unless said otherwise)."""
        return bool(self.ended_at) or (today or present_day()) > self.ends

    def is_of(self, account: str) -> bool:
        """Whether an account began the project, or is named in it."""
        return person_of(account) in {person_of(one) for one in (self.author, *self.people)}


@dataclass(frozen=True)
class Decision:
    """What one output checker decided, and why."""

    by: str
    verdict: CheckersVerdict
    why: str
    at: str


@dataclass(frozen=True)
class SeenDecisions:
    """What an account may see of the decisions on an export: its own, and how many there are; all of them once both
    checkers have decided."""

    own: Decision | None
    decided: int
    both: bool
    decisions: tuple[Decision, ...]


@dataclass(frozen=True)
class ExportStanding:
    """An export as it stands. `files`: SHA-256 by name, as prepared; `digest` covers them; `spent`: rho in millionths;
    `decided`: how many checkers have; `decisions`: empty until both have."""

    number: int
    project: int
    project_name: str
    kind: ExportKind
    specification: str
    release: str
    author: str
    author_role: str
    asked_at: str
    files: Mapping[str, str]
    digest: str
    spent: int
    prepared_at: str
    refused_at: str
    refused_why: str
    decided: int
    decisions: tuple[Decision, ...]
    released_at: str
    withdrawn_by: str
    withdrawn_at: str
    withdrawn_why: str
    taken_away_at: str
    ends: date
    over: bool

    @property
    def state(self) -> ExportState:
        returned = any(one.verdict is CheckersVerdict.RETURN for one in self.decisions)
        for state, holds in (
            (ExportState.WITHDRAWN, self.withdrawn_at),
            (ExportState.REFUSED, self.refused_at),
            (ExportState.RETURNED, returned),
            (ExportState.ENDED, self.over),
            (ExportState.RELEASED, self.released_at),
            (ExportState.APPROVED, self.decisions),
            (ExportState.PREPARED, self.prepared_at),
        ):
            if holds:
                return state
        return ExportState.ASKED


@dataclass(frozen=True)
class ExportAct:
    """One thing that was done to an export, in words. `line` and `digest` are those of the audit log's line."""

    line: int
    at: str
    event: str
    by: str
    role: str
    words: str
    digest: str


def present_day() -> date:
    """The present day, in UTC, as the ledger's lines have it."""
    return date.fromisoformat(store.now()[:10])
