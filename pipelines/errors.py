"""What a user can get wrong on the identified side: each kind says what, where and what to do.

Exit codes from 10 upwards belong to the pipelines. No message holds a value of a cell: it names the place.
"""

from release.errors import KeyFileError, UserError


class EmptyFolderError(UserError):
    """There is no folder of extracts, or nothing in it."""

    exit_code = 10


class NoExtractListError(UserError):
    """The folder of extracts holds no extracts.toml."""

    exit_code = 11


class ExtractListError(UserError):
    """extracts.toml holds a mistake."""

    exit_code = 12


class UnknownContractError(ExtractListError):
    """extracts.toml names a contract that does not exist."""

    exit_code = 13


class MissingFileError(UserError):
    """A file that extracts.toml names is not in the folder."""

    exit_code = 14


class UnreadableFileError(UserError):
    """A file is not what its name says, or is damaged."""

    exit_code = 15


class EmptyFileError(UserError):
    """A file has nothing in it, not even headings."""

    exit_code = 16


class EmptyExtractError(UserError):
    """A file has headings and no rows."""

    exit_code = 17


class MissingColumnError(UserError):
    """A column that the contract needs is not in the file."""

    exit_code = 18


class DuplicateColumnError(UserError):
    """Two columns of a file claim to be the same column of the contract."""

    exit_code = 19


class SwappedColumnsError(UserError):
    """Two columns of a file stand under one another's headings."""

    exit_code = 22


class BrokenExtractError(UserError):
    """Every row of an extract breaks its contract."""

    exit_code = 20


class RotationError(KeyFileError):
    """The master key cannot be rotated now, or a rotation would have lost something: nothing was changed."""

    exit_code = 60


class EarlierKeysError(KeyFileError):
    """What is kept of earlier master keys is damaged, missing, or does not belong to the one in use."""

    exit_code = 63


class NeededColumnError(UserError):
    """The privacy policy keeps back a column that the framework, or a release itself, needs."""

    exit_code = 69
