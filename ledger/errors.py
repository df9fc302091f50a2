"""The errors of the ledger that a user can cause."""

from release.errors import UserError


class LedgerError(UserError):
    """The ledger cannot be opened, is damaged, or was changed by hand."""

    exit_code = 7
