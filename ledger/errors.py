"""The errors of the ledger that a user can cause."""

from release.errors import UserError


class LedgerError(UserError):
    """The ledger cannot be opened, is damaged, or was changed by hand."""

    exit_code = 7


class DualControlError(UserError):
    """What two people must agree on was asked for by nobody, by the same account, too long ago, or otherwise."""

    exit_code = 62
