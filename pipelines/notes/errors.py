"""What can go wrong with texts."""


class RedactionError(RuntimeError):
    """A text could not be worked on: a fault of the program. It says where in the code, and nothing of the text."""
