"""The errors of returns that a user can cause."""

from custody.errors import CustodyError


class ReturnPeriodError(CustodyError):
    """A return is asked for a period that no release covers, or that it is not asked for."""

    exit_code = 46


class ReturnContentError(CustodyError):
    """A return cannot be made: its template asks for what the release does not hold, a text is missing, or it cannot be
    made safe."""

    exit_code = 47


class ReturnChangedError(CustodyError):
    """A return does not come out as it was drawn up: its template was changed, its release is gone, or its files
    differ."""

    exit_code = 48
