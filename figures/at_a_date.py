"""Families and children with help at a date or in a period: rows of episodes, and of children in them.

What release.return_measures names. A column `open@2026-09` says whether an episode was open at the end of that month,
`during@2026-07..2026-09` whether it was in one of these months ("yes" or "no"); `quarter` and `quarter_ended` say when
it began and ended.
"""

import re
from collections.abc import Callable, Collection
from typing import Final

from release.return_measures import ReturnMeasure, When

HELP: Final = "help"
CHILDREN: Final = "help_child"
_COLUMN: Final = re.compile(r"(open|during)@(\d{4}-\d{2})(?:\.\.(\d{4}-\d{2}))?")


def help_where(
    measure: ReturnMeasure, first_month: str, last_month: str, quarters: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """The codes that the rows of a measure of returns have, for a period: by its months, or by its quarters."""
    during: dict[str, tuple[str, ...]] = {f"during@{first_month}..{last_month}": ("yes",)}
    lies: dict[When, dict[str, tuple[str, ...]]] = {
        When.OPEN_AT_END: {**during, f"open@{last_month}": ("yes",)},
        When.OPEN_DURING: during,
        When.STARTED: {"quarter": tuple(quarters)},
        When.CLOSED: {"quarter_ended": tuple(quarters)},
    }
    found = lies[measure.when]
    return {**found, "lead": ("yes",)} if measure.lead else found


def help_bounds(column: str) -> str:
    """SQL that is true of every row with "yes" in `open@…` or `during@…`, from its episode alone ("" for others)."""
    found = _COLUMN.fullmatch(column)
    if not found:
        return ""
    kind, first, last = found.groups()
    return _open_at(first, False) if kind == "open" else _open_during(first, last or first, False)


def help_rows(
    population: str,
    columns: Collection[str],
    time: Callable[[str, str], str],
    locality: Callable[[str], str],
) -> str:
    """The query of the rows of HELP (episodes) or CHILDREN (children of their families) with these columns.

    `time`: the code of a time of a month, as SQL; `locality`: that of a locality, of a table.
    """
    children = population == CHILDREN
    keys = ["e.family_key AS unit", "e.family_key AS family_key"]
    keys += ["p.record_key AS person_key"] if children else []
    said = [f'{_said(column, time, locality, children=children)} AS "{column}"' for column in sorted(columns)]
    tables = "counted_episode e"
    if children:
        tables += " JOIN protected.family f ON f.family = e.family"
        tables += " JOIN protected.person p ON p.family = e.family AND p.role = 'child'"
    return f"SELECT {', '.join([*keys, *said])} FROM {tables}"  # noqa: S608


def _said(
    column: str, time: Callable[[str, str], str], locality: Callable[[str], str], *, children: bool
) -> str:
    if found := _COLUMN.fullmatch(column):
        kind, first, last = found.groups()
        held = _open_at(first, children) if kind == "open" else _open_during(first, last or first, children)
        return f"CASE WHEN {held} THEN 'yes' ELSE 'no' END"
    if column in ("quarter", "quarter_ended"):
        return time("e.start_month" if column == "quarter" else "e.end_month", "quarter")
    if column == "lead":
        led = "SELECT c.episode FROM protected.claim c WHERE c.lead_practitioner_ok"
        return f"CASE WHEN e.episode IN ({led}) THEN 'yes' ELSE 'no' END"
    if column == "locality":
        return locality("f" if children else "e")
    if column in ("age_band", "sex", "ethnic_group"):
        return f"p.{column}"
    return f"{'f' if children else 'e'}.{column}"


def _open_at(month: str, children: bool) -> str:
    """Begun by the end of a month and not ended by then; of a child: in the family in that month."""
    held = f"e.start_month <= '{month}' AND (e.end_month IS NULL OR e.end_month > '{month}')"
    return f"{held} AND {_belongs(month, month)}" if children else held


def _open_during(first: str, last: str, children: bool) -> str:
    """Open in one of some months; of a child: in one in which it was in the family."""
    held = f"e.start_month <= '{last}' AND (e.end_month IS NULL OR e.end_month >= '{first}')"
    # Whoever came after the help had ended, or left before it began, was never helped.
    together = (
        "(p.from_month IS NULL OR e.end_month IS NULL OR p.from_month <= e.end_month) "
        "AND (p.to_month IS NULL OR p.to_month >= e.start_month)"
    )
    return f"{held} AND {_belongs(first, last)} AND {together}" if children else held


def _belongs(first: str, last: str) -> str:
    return f"(p.from_month IS NULL OR p.from_month <= '{last}') AND (p.to_month IS NULL OR p.to_month >= '{first}')"
