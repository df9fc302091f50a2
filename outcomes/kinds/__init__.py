"""One module a kind of rule: the query that judges every need under one rule, and the facts it rests on.

Each query of a result reads `concerned` (the needs under this rule: need_id, node, episode, person,
identified_on, clock_from), perhaps `looked_at` (whose records they look at: need_id, person, is_another), and
gives `need_id, node, standing, achieved_on, sustained_on, window_to, reason` and whatever columns its query of
evidence reads. `standing` is 0 outstanding, 1 not evidenced, 2 sustaining, 3 sustained. `clock_from` is the
earliest day that a clock may start; it is null while the framework counts from closure and the episode is open:
then nothing has been achieved yet.
"""

from dataclasses import dataclass, field

import polars as pl

Parameter = str | int | bool


@dataclass(frozen=True)
class Query:
    """What it takes to judge the needs under one rule.

    `frames` are registered under their names for this query; `parameters` fill the $names of both texts
    (beside `$as_of`, which every query may use).
    """

    result: str
    evidence: str
    parameters: dict[str, Parameter] = field(default_factory=dict)
    frames: dict[str, pl.DataFrame] = field(default_factory=dict)
