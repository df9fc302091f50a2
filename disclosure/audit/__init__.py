"""Attacks on figures before anybody sees them: what can be found out from all that is released, taken together."""

from disclosure.audit.attack import Attack
from disclosure.audit.checking import Check, check_known, check_pattern
from disclosure.audit.intervals import Intervals, intervals
from disclosure.audit.knowledge import Knowledge
from disclosure.audit.known import Known, known_rounded, known_suppressed, known_within
from disclosure.audit.propagation import propagate
from disclosure.audit.reconstruction import reconstruct
from disclosure.audit.report import Report, Use, against, attack_world
from disclosure.audit.view import Rows, Table, View, make_table

__all__ = [
    "Attack",
    "Check",
    "Intervals",
    "Knowledge",
    "Known",
    "Report",
    "Rows",
    "Table",
    "Use",
    "View",
    "against",
    "attack_world",
    "check_known",
    "check_pattern",
    "intervals",
    "known_rounded",
    "known_suppressed",
    "known_within",
    "make_table",
    "propagate",
    "reconstruct",
]
