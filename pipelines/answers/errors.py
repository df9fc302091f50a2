"""What working out the answers says."""

from release.errors import UserError


class UnsafeFiguresError(UserError):
    """The attacks on a release found somebody out, and no coarser question was of help."""

    exit_code = 75
