"""The errors of documents that a user can cause."""

from custody.errors import CustodyError


class DocumentError(CustodyError):
    """A document cannot be written, or a file cannot be read to be screened."""

    exit_code = 49
