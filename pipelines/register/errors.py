"""What can be wrong with the register, and the way back."""

from release.errors import UserError


class RegisterDamagedError(UserError):
    """The register of keys cannot be read, was changed by something else, or was made by a newer version."""

    exit_code = 50


class RegisterOlderError(UserError):
    """The register of keys is missing, or is not the one that the last release was made with."""

    exit_code = 51


class UnknownKeyError(UserError):
    """The register of keys knows no such key."""

    exit_code = 52
