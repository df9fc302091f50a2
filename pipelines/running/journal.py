"""The log of one run: counts, contracts and timings, one JSON object a line. Never a row, never a file's name."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.notes.spans import Kind
from pipelines.running.memory import peak_memory, start_peak

# Texts are read where there are any.
STAGES = ("land", "check", "link", "notes", "pseudonymise", "evaluate", "publish")
# Every word that a log may hold, beside contracts and numbers.
LOG_WORDS = (
    *STAGES,
    *(
        "stage",
        "landed",
        "rows",
        "received",
        "contract",
        "good",
        "quarantined",
        "seconds",
        "peak_mebibytes",
        "refused",
        "texts",
        "destroyed",
        "spans",
        "links",
        "given",
        "kept",
    ),
    *Kind,
)
# Told when a stage begins, with its name and what to say about it.
Tell = Callable[[str, str], None]


class Journal:
    """Writes the log as things happen, and tells whoever watches."""

    def __init__(self, file: Path, tell: Tell) -> None:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.file = file
        self._tell = tell
        self._out = file.open("w", encoding="utf-8")
        file.chmod(0o600)
        self.seconds: dict[str, float] = {}
        self.mebibytes: dict[str, float] = {}

    def note(self, **facts: object) -> None:
        """Write one line. Only counts, codes and timings may be in it."""
        self._out.write(json.dumps(facts, sort_keys=True) + "\n")
        self._out.flush()

    @contextmanager
    def stage(self, name: str, words: str) -> Iterator[None]:
        """Time a stage and say how much memory it took at its highest."""
        self._tell(name, words)
        start_peak()
        began = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - began
        self.mebibytes[name] = peak_memory()
        self.note(
            stage=name, seconds=round(self.seconds[name], 3), peak_mebibytes=round(self.mebibytes[name], 1)
        )

    def close(self) -> None:
        """Close the file."""
        self._out.close()
