"""What the recognisers that read case notes find in other texts."""

from collections.abc import Iterable
from functools import cache
from typing import Any

_SURE_ENOUGH = 0.5
# Many families share these: that a place is called so says nothing of anybody.
_OF_PLACES = frozenset({"ADDRESS", "SCHOOL", "SURGERY"})


def recognised(texts: Iterable[str], *, places: bool = False) -> list[str]:
    """Which kinds of thing (`notes.Kind`) the pattern recognisers find in any of the texts, sorted. `places`: the texts
    are names of places, which may be called like an address, a school or a surgery."""
    found: set[str] = set()
    for text in dict.fromkeys(texts):
        for recognizer in _recognizers():
            results = recognizer.analyze(text, recognizer.supported_entities, None)
            found |= {str(one.entity_type) for one in results if one.score >= _SURE_ENOUGH}
    return sorted(found - (_OF_PLACES if places else frozenset()))


@cache
def _recognizers() -> list[Any]:
    # Presidio takes its time to be loaded: not before it is needed.
    from pipelines.notes.patterns import recognizers

    return list(recognizers())
