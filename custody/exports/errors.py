"""Why an export could not be made, or may not be given out."""

from custody.errors import CustodyError


class NoExportError(CustodyError):
    """An export cannot be made or handed out as things stand: its project ended, its release is gone, its state."""

    exit_code = 91


class PackageChangedError(CustodyError):
    """A package on disk is not the one that the checkers approved."""

    exit_code = 92


class UnsafeExportError(CustodyError):
    """What was asked for would give somebody away, whatever is withheld of it."""

    exit_code = 93
