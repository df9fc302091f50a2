"""Case notes and every other free text: identities are found, replaced by role tokens, and counted."""

from typing import TYPE_CHECKING, Any

from pipelines.notes.known import NOBODY, Known, KnownPerson
from pipelines.notes.spans import Kind, Span

if TYPE_CHECKING:
    from pipelines.notes.redactor import Redacted, Redactor

__all__ = ["NOBODY", "Kind", "Known", "KnownPerson", "Redacted", "Redactor", "Span"]


def __getattr__(name: str) -> Any:
    """The redactor, with Presidio and all, only where it is asked for: it takes a second to load."""
    if name in {"Redacted", "Redactor"}:
        from pipelines.notes import redactor

        return getattr(redactor, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
