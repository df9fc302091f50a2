"""Tables as an attacker sees them: cells, the equations between them, and the rules that say which are too small."""

from disclosure.tables.building import Tables, build
from disclosure.tables.hierarchy import ALL, Hierarchy
from disclosure.tables.jj import read_jj, write_jj
from disclosure.tables.joining import join
from disclosure.tables.primary import (
    COSTS,
    REST,
    Dominance,
    GroupDisclosure,
    PPercent,
    Protected,
    Threshold,
    primary,
)
from disclosure.tables.system import NOBODY, STATUSES, System, system_of

__all__ = [
    "ALL",
    "COSTS",
    "NOBODY",
    "REST",
    "STATUSES",
    "Dominance",
    "GroupDisclosure",
    "Hierarchy",
    "PPercent",
    "Protected",
    "System",
    "Tables",
    "Threshold",
    "build",
    "join",
    "primary",
    "read_jj",
    "system_of",
    "write_jj",
]
