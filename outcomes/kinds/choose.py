"""Which query judges which kind of rule."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from outcomes.kinds import Query, attendance, count, judgement, reduction, silence, spell, status_change
from outcomes.rules import (
    AllOf,
    AnyOf,
    Attendance,
    Count,
    Judgement,
    NoEvent,
    NoStatus,
    Reduction,
    Rule,
    Spell,
    StatusChange,
)


def query_for(frames: Mapping[str, pl.DataFrame], rule: Rule, as_of: date) -> Query:
    """The query for a rule that is no combination of others."""
    match rule:
        case NoEvent() | NoStatus():
            return silence.query(frames, rule, as_of)
        case Attendance():
            return attendance.query(frames, rule)
        case Spell():
            return spell.query(frames, rule, as_of)
        case Judgement():
            return judgement.query(rule)
        case Count(extract=str(extract)):
            return count.query(frames, rule, extract, as_of)
        case Reduction():
            return reduction.query(frames, rule, as_of)
        case StatusChange():
            return status_change.query(frames, rule, as_of)
        case AllOf() | AnyOf() | Count():
            raise ValueError("a combined rule is judged from its parts")
