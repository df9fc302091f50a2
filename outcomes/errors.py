"""The errors of this room that a user can cause."""

from release.errors import SettingsError


class FrameworkError(SettingsError):
    """A framework file holds a mistake: the message names the line, the place in the file and the fix."""

    exit_code = 21


class ExampleError(FrameworkError):
    """A framework does not do what its own examples expect of it, or a rule has no example."""

    exit_code = 76


class ActivationError(FrameworkError):
    """A framework cannot be active: it is not there, was changed since it was activated, or is the only one."""

    exit_code = 77
