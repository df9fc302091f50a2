"""What a user can get wrong in clerical review. No message holds a cell: it names the row."""

from release.errors import UserError


class AnswersError(UserError):
    """A file of answers to the review cannot be taken in: nothing of it was."""

    exit_code = 53


class JudgementsError(UserError):
    """The answers kept from earlier reviews are damaged, older than they were, or made under another key."""

    exit_code = 54


class ExclusionsError(UserError):
    """The list of records that must never be joined cannot be read as a whole."""

    exit_code = 55
