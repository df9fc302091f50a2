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
    FRAMEWORK_ACTIVATED = "framework_activated"
    FRAMEWORK_DEACTIVATED = "framework_deactivated"
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
    SIGN_OUT = "sign_out"
    SESSION_ENDED = "session_ended"
    SESSION_CHANGED = "session_changed"
    SESSION_REFUSED = "session_refused"
    ACCOUNT_ADDED = "account_added"
    ACCOUNT_CHANGED = "account_changed"
    ACCOUNT_REMOVED = "account_removed"
    VIEWED = "viewed"
    VIEW_REFUSED = "view_refused"
    DOWNLOAD = "download"
    DOWNLOAD_REFUSED = "download_refused"
    LEDGER_VERIFIED = "ledger_verified"
    REQUESTED = "requested"
    REQUEST_DONE = "request_done"
    REQUEST_REFUSED = "request_refused"
    WINDOW_OPENED = "window_opened"
    CLAIMS_ENTERED = "claims_entered"
    WINDOW_CLOSED = "window_closed"
    SAMPLE_DRAWN = "sample_drawn"
    CLAIMS_AUDITED = "claims_audited"
    WINDOW_SIGNED = "window_signed"
    CLAIMS_SUBMITTED = "claims_submitted"
    CLAIMS_PAID = "claims_paid"
    CLAIMS_REJECTED = "claims_rejected"
    CLAIMS_WITHDRAWN = "claims_withdrawn"
    EVIDENCE_CHANGED = "evidence_changed"
    EVIDENCE_COMPARED = "evidence_compared"
    EVIDENCE_PACK_MADE = "evidence_pack_made"
    WINDOW_BUNDLE_MADE = "window_bundle_made"
    CLAIM_REPLAYED = "claim_replayed"
    RETURN_DRAWN_UP = "return_drawn_up"
    RETURN_CHECKED = "return_checked"
    RETURN_ANSWERED = "return_answered"
    RETURN_SIGNED = "return_signed"
    RETURN_SUBMITTED = "return_submitted"
    RETURN_WITHDRAWN = "return_withdrawn"
    PROJECT_BEGUN = "project_begun"
    PROJECT_ENDED = "project_ended"
    EXPORT_ASKED = "export_asked"
    EXPORT_BUDGET_SPENT = "export_budget_spent"
    EXPORT_PREPARED = "export_prepared"
    EXPORT_REFUSED = "export_refused"
    EXPORT_DECIDED = "export_decided"
    EXPORT_RELEASED = "export_released"
    EXPORT_WITHDRAWN = "export_withdrawn"
    EXPORT_TAKEN_AWAY = "export_taken_away"


class RequestKind(StrEnum):
    """What the worker can be asked for."""

    CLAIMABLE_EPISODES = "claimable_episodes"
    OPEN_WINDOW = "open_window"
    ENLARGE_SAMPLE = "enlarge_sample"
    EVIDENCE_PACK = "evidence_pack"
    WINDOW_BUNDLE = "window_bundle"
    DRAW_UP_RETURN = "draw_up_return"
    CHECK_RETURN = "check_return"
    RETURN_FILES = "return_files"
    PREPARE_EXPORT = "prepare_export"
    HAND_OUT_EXPORT = "hand_out_export"


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
    """One request to the worker, and its state now. `subject` and `detail`: what it is about (a window, a claim)."""

    id: int
    kind: RequestKind
    release: str
    asked_by: str
    role: str
    asked_at: str
    state: RequestState
    note: str
    subject: str
    detail: Mapping[str, object]


@dataclass(frozen=True)
class Anchor:
    """A line of the audit log as it was known elsewhere (in a release's manifest): it shows an end that was cut off.

    Line 0 stands for the log before its first line.
    """

    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.number} {self.digest}"

    @classmethod
    def read(cls, text: str) -> "Anchor":
        """What `str` gave. Raises ValueError where it is no anchor."""
        number, digest = text.split(" ")
        if not number.isdecimal() or len(digest) != 64:
            raise ValueError("no anchor")
        return cls(int(number), digest)
