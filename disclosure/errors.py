"""What a user of `disclosure` can get wrong: each kind says what, where (file, line, cell) and what to do.

Every kind has a `code` of its own, with which the command line ends. No message holds a value of an identified field.
"""

from typing import ClassVar


class DisclosureError(ValueError):
    """Something that the user of this package can put right. Shown without a traceback."""

    code: ClassVar[int] = 80


class TableError(DisclosureError):
    """A table, or a file with one, that cannot be read, or does not add up."""

    code = 81


class PatternError(DisclosureError):
    """A pattern, or a list of names, that does not fit the table that it is said to be for."""

    code = 82


class HierarchyError(DisclosureError):
    """A hierarchy with a hole, a circle or a code that nothing knows."""

    code = 83


class UnprotectableError(DisclosureError):
    """A table that no pattern, and no rounding, can protect: names the cells."""

    code = 84


class OutOfTimeError(DisclosureError):
    """The time was up before there was any safe answer."""

    code = 85


class PerturbationError(DisclosureError):
    """A perturbation table, record keys or a privacy budget that cannot be used."""

    code = 86


class CountError(DisclosureError):
    """Counts or values that are negative, missing or no numbers."""

    code = 87


class MicrodataError(DisclosureError):
    """Records, or what is asked of them, that cannot be anonymised or judged."""

    code = 88


class UnsafeError(DisclosureError):
    """What was checked gives somebody away: says how many cells, and which come first."""

    code = 89
