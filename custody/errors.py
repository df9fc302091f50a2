"""The errors of the worker that a user can cause."""

from release.errors import UserError


class CustodyError(UserError):
    """The worker cannot do what it was started for."""

    exit_code = 40
