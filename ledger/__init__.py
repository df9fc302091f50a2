"""What people did and decided: the audit log, requests to the worker, and claims. No identity is in it."""

from ledger.accounts import Account, Accounts, SignedIn
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
    AccountError,
    ClaimError,
    DualControlError,
    LedgerError,
    QuotaError,
    TwoPeopleError,
    WindowError,
)
from ledger.limits import STANDARD, Limits, limits_of
from ledger.log import DayCount, Log
from ledger.opening import is_there
from ledger.quota import Quota, QuotaUse, financial_year
from ledger.records import Anchor, Entry, Event, Request, RequestKind, RequestState
from ledger.sampling import Candidate, Draw, Drawn, draw
from ledger.sessions import LOCAL, PROVIDER, Session, Sessions, SessionStanding, SignIn, person_of

__all__ = [
    "LOCAL",
    "PROVIDER",
    "STANDARD",
    "Account",
    "AccountError",
    "Accounts",
    "Anchor",
    "AuditTerms",
    "Candidate",
    "ClaimError",
    "ClaimStep",
    "Claims",
    "Count",
    "DayCount",
    "Draw",
    "Drawn",
    "DrawnSample",
    "DualControlError",
    "Entry",
    "Event",
    "Judged",
    "Ledger",
    "LedgerError",
    "Limits",
    "Log",
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
    "Session",
    "SessionStanding",
    "Sessions",
    "SignIn",
    "SignedIn",
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
    "limits_of",
    "open_ledger",
    "person_of",
]
