"""Which query judges which kind of rule."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from outcomes.kinds import Query, attendance, judgement, not_built, silence, spell
from outcomes.rules import AllOf, AnyOf, Attendance, Judgement, NoEvent, NoStatus, NotBuilt, Rule, Spell


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
        case NotBuilt():
            return not_built.query()
        case AllOf() | AnyOf():
            raise ValueError("a combined rule is judged from its parts")
