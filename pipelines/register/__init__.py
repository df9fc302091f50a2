"""The register of keys: who keeps which key from run to run, told by keyed hashes alone."""

from pipelines.register.assign import Assigned, assign
from pipelines.register.book import Book, Changes, changed, presently, resolve
from pipelines.register.facets import FACETS, Described, describe, facets
from pipelines.register.keep import Kept, Register, assign_families, assign_people, keep_keys
from pipelines.register.rekeying import nothing_lost, rekeyed
from pipelines.register.store import (
    DIGEST,
    Opened,
    open_register,
    prepare,
    register_begun,
    register_file,
    renew_copies,
    settle,
    write_rekeyed,
)

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
    "nothing_lost",
    "open_register",
    "prepare",
    "presently",
    "register_begun",
    "register_file",
    "rekeyed",
    "renew_copies",
    "resolve",
    "settle",
    "write_rekeyed",
]
