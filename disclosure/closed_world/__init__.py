"""A closed world of answers: every table that can ever be asked is counted, made safe beside all others, and kept so
from release to release."""

from disclosure.closed_world.description import (
    Hierarchy,
    Measure,
    Memory,
    Population,
    Question,
    Rules,
    Scope,
    StrangeKeysError,
    WorldError,
)
from disclosure.closed_world.world import World, build_world
from disclosure.codes_within import CodesWithin

__all__ = [
    "CodesWithin",
    "Hierarchy",
    "Measure",
    "Memory",
    "Population",
    "Question",
    "Rules",
    "Scope",
    "StrangeKeysError",
    "World",
    "WorldError",
    "build_world",
]
