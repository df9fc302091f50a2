"""The errors of the worker that a user can cause."""

from release.errors import UserError


class CustodyError(UserError):
    """The worker cannot do what it was started for."""

    exit_code = 40


class RequestError(CustodyError):
    """A request asks for what there is not, or what may not be given: no such claim or window, or not sampled."""

    exit_code = 41


class RoleError(CustodyError):
    """The role in which something was asked for may not have it."""

    exit_code = 42


class EvidenceError(CustodyError):
    """A release does not hold what a claim was entered with, or was changed since."""

    exit_code = 43


class ReplayError(CustodyError):
    """A claim evaluated again is not what its release says."""

    exit_code = 44


class BundleError(CustodyError):
    """A file is no bundle of a window, or not as it was made."""

    exit_code = 45
