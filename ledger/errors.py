"""The errors of the ledger that a user can cause."""

from release.errors import UserError


class LedgerError(UserError):
    """The ledger cannot be opened, is damaged, or was changed by hand."""

    exit_code = 7


class DualControlError(UserError):
    """What two people must agree on was asked for by nobody, by the same account, too long ago, or otherwise."""

    exit_code = 62


class ClaimError(UserError):
    """A claim cannot take this step: it stands elsewhere, its slot is taken, or it is not there."""

    exit_code = 71


class QuotaError(UserError):
    """More would be claimed than the year's quota allows."""

    exit_code = 72


class TwoPeopleError(UserError):
    """Who prepared a window of claims would sign it, or who signed it would submit it."""

    exit_code = 73


class WindowError(UserError):
    """A window of claims is not there, is closed or signed, or its audit sample is not done or has failed."""

    exit_code = 74


class AccountError(UserError):
    """An account of the council's own sign-in is there already, is not there, or its password is too easy."""

    exit_code = 80


class ReturnError(UserError):
    """A version of a return cannot take this step: it is not checked, signed or there, or another is in hand."""

    exit_code = 59


class ExportError(UserError):
    """A research project or an export cannot take this step: it is over, not prepared, decided or there."""

    exit_code = 66
