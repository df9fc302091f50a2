"""What people did and decided: the audit log, requests to the worker, claims, returns and research exports. No identity
is in it."""

from ledger.accounts import Account, Accounts, SignedIn
from ledger.book import Ledger, open_ledger
from ledger.canonical import canonical
from ledger.claim_records import (
    AuditTerms,
    ClaimStep,
    Count,
    CountAt,
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
    ExportError,
    LedgerError,
    QuotaError,
    ReturnError,
    TwoPeopleError,
    WindowError,
)
from ledger.export_records import (
    CheckersVerdict,
    Decision,
    ExportAct,
    ExportKind,
    ExportStanding,
    ExportState,
    ProjectStanding,
    SeenDecisions,
)
from ledger.exports import Exports
from ledger.limits import STANDARD, Limits, limits_of
from ledger.log import DayCount, Log
from ledger.opening import is_there
from ledger.projects import Projects
from ledger.quota import Quota, QuotaUse, financial_year
from ledger.records import Anchor, Entry, Event, Request, RequestKind, RequestState
from ledger.return_records import (
    CheckResult,
    CheckStanding,
    Outcome,
    ReturnAct,
    ReturnStanding,
    ReturnState,
    Signature,
)
from ledger.returns import Returns
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
    "CheckResult",
    "CheckStanding",
    "CheckersVerdict",
    "ClaimError",
    "ClaimStep",
    "Claims",
    "Count",
    "CountAt",
    "DayCount",
    "Decision",
    "Draw",
    "Drawn",
    "DrawnSample",
    "DualControlError",
    "Entry",
    "Event",
    "ExportAct",
    "ExportError",
    "ExportKind",
    "ExportStanding",
    "ExportState",
    "Exports",
    "Judged",
    "Ledger",
    "LedgerError",
    "Limits",
    "Log",
    "NewClaim",
    "NewWindow",
    "Outcome",
    "ProjectStanding",
    "Projects",
    "Quota",
    "QuotaError",
    "QuotaUse",
    "Request",
    "RequestKind",
    "RequestState",
    "ReturnAct",
    "ReturnError",
    "ReturnStanding",
    "ReturnState",
    "Returns",
    "Sample",
    "SampleState",
    "SeenDecisions",
    "Session",
    "SessionStanding",
    "Sessions",
    "SignIn",
    "Signature",
    "SignedIn",
    "Standing",
    "Step",
    "TwoPeopleError",
    "Verdict",
    "Window",
    "WindowError",
    "WindowState",
    "canonical",
    "draw",
    "financial_year",
    "is_there",
    "limits_of",
    "open_ledger",
    "person_of",
]
