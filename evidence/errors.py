"""The errors of the anonymised side."""

from release.errors import UserError


class QuestionError(UserError):
    """A question that the catalogue or the release does not know."""

    exit_code = 8


class AccessError(UserError):
    """Somebody asked for what their role may not have, or the app runs where it could see too much."""

    exit_code = 9


class NotGivenError(AccessError):
    """A file that was laid out is not given: it was changed, is gone, or may not be given any more.

    Its words are for whoever asked for it; `why` is for the audit log.
    """

    exit_code = 98

    def __init__(self, words: str, why: str = "") -> None:
        super().__init__(words)
        self.why = why
