"""What can go wrong for somebody who makes a fictional council."""

from release.errors import UserError


class CouncilError(UserError):
    """The fictional council cannot be written: the folder is somebody else's, or a wish cannot be met."""

    exit_code = 30
