"""The cells of stored questions, those asked lately kept at hand."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import polars as pl

# Rows that are kept at hand in all: some tens of megabytes at most, however many different questions come.
_MOST_ROWS: Final = 400_000
# A question without a row takes room as well.
_LEAST: Final = 20


class Cells:
    """Looks cells up and keeps those asked lately. Safe across threads."""

    def __init__(self, look_up: Callable[[str], pl.DataFrame]) -> None:
        self._look_up = look_up
        self._kept: OrderedDict[str, pl.DataFrame] = OrderedDict()
        self._rows = 0
        self._lock = threading.Lock()

    def of(self, question: str) -> pl.DataFrame:
        """The cells of a stored question that may be shown."""
        with self._lock:
            if question in self._kept:
                self._kept.move_to_end(question)
                return self._kept[question]
        found = self._look_up(question)
        with self._lock:
            if question not in self._kept:
                self._kept[question] = found
                self._rows += found.height + _LEAST
            while self._rows > _MOST_ROWS and self._kept:
                _, gone = self._kept.popitem(last=False)
                self._rows -= gone.height + _LEAST
        return found
