"""The errors of extracts of rows that a user can cause."""

from custody.errors import CustodyError


class TogetherError(CustodyError):
    """An extract that, put together with exports released before, would give somebody away."""

    exit_code = 95
