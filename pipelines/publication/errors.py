"""What the check of an existing release says."""

from release.errors import UserError


class FailedVerificationError(UserError):
    """A release that is there fails a check: it should not have been published, or was changed since."""

    exit_code = 67


class VerificationError(UserError):
    """A release cannot be verified: its files, its keys, the settings or the extracts are missing or will not do."""

    exit_code = 68
