"""What was worked out of one evidence, kept for whoever asks for the same next: bounded, and safe across threads."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final, TypeVar

# A chart with its table takes some 20 to 60 kilobytes, an answer a few; there is one of these for every role and
# framework that somebody reads a release by.
MOST: Final = 256

Found = TypeVar("Found")


class Kept:
    """What was worked out, by a key of texts. What was not asked for longest goes first.

    The keys are texts that say what was asked, never a frame: of a frame two different ones can look the same.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._found: OrderedDict[tuple[str, ...], Any] = OrderedDict()

    def get(self, key: tuple[str, ...], make: Callable[[], Found]) -> Found:
        """What `make` gave for this key before, or gives now: the same every time, and never changed."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                found: Found = self._found[key]
                return found
        made = make()
        with self._lock:
            self._found[key] = made
            self._found.move_to_end(key)
            if len(self._found) > self._most:
                self._found.popitem(last=False)
        return made

    def __len__(self) -> int:
        return len(self._found)
