"""The words of the ledger: what can happen, and what a line of it looks like."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Event(StrEnum):
    """Everything that the audit log knows to have happened. A closed list."""

    RUN_STARTED = "run_started"
    RUN_REFUSED = "run_refused"
    RELEASE_PUBLISHED = "release_published"
    RELEASE_CHOSEN = "release_chosen"
    RELEASE_VERIFIED = "release_verified"
    KEYS_MADE = "keys_made"
    KEYS_ROTATED = "keys_rotated"
    KEYS_TO_BE_DESTROYED = "keys_to_be_destroyed"
    KEYS_DESTROYED = "keys_destroyed"
    PROJECT_KEY_MADE = "project_key_made"
    PROJECT_KEY_DESTROYED = "project_key_destroyed"
    DUAL_CONTROL_SET = "dual_control_set"
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_GIVEN = "approval_given"
    REGISTER_BEGUN = "register_begun"
    KEYS_LOOKED_UP = "keys_looked_up"
    TABLE_TAKEN = "table_taken"
    REIDENTIFIED = "reidentified"
    PAIRS_JUDGED = "pairs_judged"
    SIGN_IN = "sign_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    REQUESTED = "requested"
    REQUEST_DONE = "request_done"
    REQUEST_REFUSED = "request_refused"


class RequestKind(StrEnum):
    """What the worker can be asked for."""

    CLAIMABLE_EPISODES = "claimable_episodes"


class RequestState(StrEnum):
    """How far a request has come."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True)
class Entry:
    """One line of the audit log. `digest` covers the line and the digest of the line before it."""

    number: int
    at: str
    event: str
    actor: str
    role: str
    subject: str
    detail: Mapping[str, object]
    previous: str
    digest: str


@dataclass(frozen=True)
class Request:
    """One request to the worker, and its state now."""

    id: int
    kind: RequestKind
    release: str
    asked_by: str
    role: str
    asked_at: str
    state: RequestState
    note: str
