"""The errors of the anonymised side."""

from release.errors import UserError


class QuestionError(UserError):
    """A question that the catalogue or the release does not know."""

    exit_code = 8


class AccessError(UserError):
    """Somebody asked for what their role may not have, or the app runs where it could see too much."""

    exit_code = 9
