"""Case notes and every other free text: identities are found, replaced by role tokens, and counted."""

from pipelines.notes.known import NOBODY, Known, KnownPerson
from pipelines.notes.redactor import Redacted, Redactor
from pipelines.notes.spans import Kind, Span

__all__ = ["NOBODY", "Kind", "Known", "KnownPerson", "Redacted", "Redactor", "Span"]
