"""Words listed in a text, as they are easiest to read and to add to."""


def listed(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())
