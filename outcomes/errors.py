"""The errors of this room that a user can cause."""

from release.errors import SettingsError


class FrameworkError(SettingsError):
    """A framework file holds a mistake: the message names the place in the file and the fix."""

    exit_code = 21
