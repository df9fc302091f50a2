"""The errors of holding what is to leave against what left."""

from custody.errors import CustodyError


class ProposedError(CustodyError):
    """What is proposed cannot be held against anything: it counts what the release does not, or not what it says."""

    exit_code = 96


class GivesAwayError(CustodyError):
    """What is proposed gives somebody away beside what left before, and nothing that could be withheld helps."""

    exit_code = 97
