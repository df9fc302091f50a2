"""Which words are ordinary, and which are names, in folded form (see `folding`)."""

from functools import cache


@cache
def words() -> frozenset[str]:
    """Ordinary English words, as they stand in the lower case of a dictionary."""
    return frozenset()


@cache
def forenames() -> frozenset[str]:
    """Forenames in use in England, of every origin."""
    return frozenset()


@cache
def surnames() -> frozenset[str]:
    """Surnames in use in England, of every origin."""
    return frozenset()
