"""What people did and decided: the audit log, and requests to the worker. No identity is in it."""

from ledger.book import Ledger, open_ledger
from ledger.errors import DualControlError, LedgerError
from ledger.records import Entry, Event, Request, RequestKind, RequestState

__all__ = [
    "DualControlError",
    "Entry",
    "Event",
    "Ledger",
    "LedgerError",
    "Request",
    "RequestKind",
    "RequestState",
    "open_ledger",
]
