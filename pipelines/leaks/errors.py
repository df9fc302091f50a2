"""What the check before publication says when it refuses."""

from release.errors import UserError


class LeakError(UserError):
    """Something in the new release must not be published. Says which check and where, never what."""

    exit_code = 25
