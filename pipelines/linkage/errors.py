"""What can be wrong about linkage that a user can mend."""

from release.errors import UserError


class ModelError(UserError):
    """A model of linkage that cannot be used."""

    exit_code = 58
