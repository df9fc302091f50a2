"""Takes identities out of texts: known ones, patterns, and names that nobody told us of."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.notes.known import Known
from pipelines.notes.spans import Span


@dataclass(frozen=True)
class Redacted:
    """A text without its identities, and where they stood. `text` is None where it could not be made safe."""

    text: str | None
    spans: tuple[Span, ...]

    def __repr__(self) -> str:
        return f"Redacted({len(self.spans)} spans)"


class Redactor:
    """Finds and replaces identities in texts. Can be pickled; needs nothing known beforehand."""

    def redact(
        self, texts: Sequence[str], known: Known | Sequence[Known | None] | None = None
    ) -> list[Redacted]:
        """Each text without its identities. `known`: of each text, or of all."""
        raise NotImplementedError
