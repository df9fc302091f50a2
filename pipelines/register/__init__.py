"""The register of keys: who keeps which key from run to run, told by keyed hashes alone."""

from pipelines.register.assign import Assigned, assign
from pipelines.register.book import Book, Changes, changed, presently, resolve
from pipelines.register.facets import FACETS, Described, describe, facets
from pipelines.register.keep import Kept, Register, assign_families, assign_people, keep_keys
from pipelines.register.store import DIGEST, Opened, open_register, prepare, register_begun, settle

__all__ = [
    "DIGEST",
    "FACETS",
    "Assigned",
    "Book",
    "Changes",
    "Described",
    "Kept",
    "Opened",
    "Register",
    "assign",
    "assign_families",
    "assign_people",
    "changed",
    "describe",
    "facets",
    "keep_keys",
    "open_register",
    "prepare",
    "presently",
    "register_begun",
    "resolve",
    "settle",
]
