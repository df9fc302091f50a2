"""What people did and decided: the audit log, requests to the worker, and claims. No identity is in it."""

from ledger.book import Ledger, open_ledger
from ledger.claim_records import (
    AuditTerms,
    ClaimStep,
    Count,
    DrawnSample,
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
from ledger.claims import Claims
from ledger.errors import (
    ClaimError,
    DualControlError,
    LedgerError,
    QuotaError,
    TwoPeopleError,
    WindowError,
)
from ledger.opening import is_there
from ledger.quota import Quota, QuotaUse, financial_year
from ledger.records import Anchor, Entry, Event, Request, RequestKind, RequestState
from ledger.sampling import Candidate, Draw, Drawn, draw

__all__ = [
    "Anchor",
    "AuditTerms",
    "Candidate",
    "ClaimError",
    "ClaimStep",
    "Claims",
    "Count",
    "Draw",
    "Drawn",
    "DrawnSample",
    "DualControlError",
    "Entry",
    "Event",
    "Judged",
    "Ledger",
    "LedgerError",
    "NewClaim",
    "NewWindow",
    "Quota",
    "QuotaError",
    "QuotaUse",
    "Request",
    "RequestKind",
    "RequestState",
    "Sample",
    "SampleState",
    "Standing",
    "Step",
    "TwoPeopleError",
    "Verdict",
    "Window",
    "WindowError",
    "WindowState",
    "draw",
    "financial_year",
    "is_there",
    "open_ledger",
]
