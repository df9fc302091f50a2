"""The check before publication: no identity of the extracts in anything that would be published."""

from pipelines.leaks.errors import LeakError
from pipelines.leaks.forms import FORMS, forms_in
from pipelines.leaks.identities import Identities, IdentityCollector
from pipelines.leaks.recognised import recognised
from pipelines.leaks.search import Searcher

__all__ = [
    "FORMS",
    "Identities",
    "IdentityCollector",
    "LeakError",
    "Searcher",
    "forms_in",
    "recognised",
]
