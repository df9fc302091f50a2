"""Suppression of cells in published tables: the cheapest safe pattern, or a good one quickly; or rounding instead."""

from disclosure.suppression.controlled_rounding import Rounded, round_controlled
from disclosure.suppression.costs import POLICIES, with_costs
from disclosure.suppression.exact import suppress_exactly
from disclosure.suppression.fast import suppress_fast
from disclosure.suppression.pattern import Pattern
from disclosure.suppression.publication import Published, publish
from disclosure.suppression.witnesses import Witnessed, suppress_witnessed, unproved

__all__ = [
    "POLICIES",
    "Pattern",
    "Published",
    "Rounded",
    "Witnessed",
    "publish",
    "round_controlled",
    "suppress_exactly",
    "suppress_fast",
    "suppress_witnessed",
    "unproved",
    "with_costs",
]
