"""The check before publication: no identity of the extracts in anything that would be published."""

from pipelines.leaks.errors import LeakError
from pipelines.leaks.identities import Identities, IdentityCollector
from pipelines.leaks.search import Searcher

__all__ = ["Identities", "IdentityCollector", "LeakError", "Searcher"]
