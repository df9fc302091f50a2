"""What left the house, and whether something that is to leave gives anybody away beside it."""

from custody.released.auditing import Audited, Shelf, audit
from custody.released.errors import GivesAwayError, ProposedError
from custody.released.proposed import Proposed, Released, exact_knowledge, noisy_knowledge

__all__ = [
    "Audited",
    "GivesAwayError",
    "Proposed",
    "ProposedError",
    "Released",
    "Shelf",
    "audit",
    "exact_knowledge",
    "noisy_knowledge",
]
