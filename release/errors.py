"""The errors that a user can cause, and the exit code of each kind."""


class UserError(Exception):
    """Something a user can mend: shown without a traceback.

    The message says what was wrong, where, and what to do, and never holds a value of an identified field.
    Each kind has an exit code of its own (listed in docs/reference.md).
    """

    exit_code = 1


class DataFolderError(UserError):
    """The data folder cannot be used: it cannot be written, or another run holds it."""

    exit_code = 3


class SettingsError(UserError):
    """A file that the council edits (frameworks, catalogue, access …) holds a mistake."""

    exit_code = 4


class ReleaseError(UserError):
    """There is no such release, or it is damaged or of another schema."""

    exit_code = 5


class KeyFileError(UserError):
    """A key is missing, unreadable, damaged, or open to others."""

    exit_code = 6


class ProjectKeyError(KeyFileError):
    """A project has no key, its key was destroyed, its end date is past, or its name is taken."""

    exit_code = 61
