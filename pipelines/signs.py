"""Signs of needs in partners' records (`data/signs.toml`): what is looked for about people nobody works with."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from outcomes.rules import EXTRACTS, Conditions
from pipelines.contracts.codes import NEED_CODES
from release.errors import SettingsError
from release.settings_file import read_settings_file

ATTENDANCE = "school_attendance"
CHILD, ADULT = "child", "adult"
_MOST_MONTHS = 120
_KEYS = ("need", "extract", "where", "who", "below", "months")


@dataclass(frozen=True)
class Sign:
    """A record that is a sign of a need.

    `where`: conditions on the record, as a rule has them. `who`: child, adult or None: anybody. `below`: for
    attendance, the share of sessions under which it is a sign. `months`: how far back from the as-of date counts.
    """

    need: str
    extract: str
    months: int
    where: Conditions = ()
    who: str | None = None
    below: Fraction | None = None


def read_signs(file: Path) -> tuple[Sign, ...]:
    """The signs in `file`. Raises SettingsError, with the place and the fix, where it holds a mistake."""
    content = read_settings_file(file)
    tables = content.get("sign", [])
    if not isinstance(tables, list) or set(content) - {"sign"}:
        raise SettingsError(f"{file}: it holds tables [[sign]], and nothing else.")
    return tuple(_sign(f"{file}, sign {number}", table) for number, table in enumerate(tables, start=1))


def _sign(place: str, table: Any) -> Sign:
    if not isinstance(table, dict):
        raise SettingsError(f"{place}: write a table [[sign]].")
    for key in table:
        if key not in _KEYS:
            raise SettingsError(f"{place}: {key!r} is not known. There are: {', '.join(_KEYS)}.")
    need, extract, months = table.get("need"), table.get("extract"), table.get("months")
    if not isinstance(need, str) or need not in NEED_CODES:
        raise SettingsError(f'{place}, need: write the code of a need, like "1.1".')
    known = (ATTENDANCE, *EXTRACTS)
    if not isinstance(extract, str) or extract not in known:
        raise SettingsError(f"{place}, extract: choose from {', '.join(known)}.")
    if type(months) is not int or not 1 <= months <= _MOST_MONTHS:
        raise SettingsError(f"{place}, months: write a whole number from 1 to {_MOST_MONTHS}.")
    who = table.get("who")
    if who not in (None, CHILD, ADULT):
        raise SettingsError(f'{place}, who: write "{CHILD}" or "{ADULT}", or leave it out.')
    return Sign(
        need,
        extract,
        months,
        where=_where(place, extract, table.get("where", {})),
        who=who,
        below=_below(place, extract, table.get("below")),
    )


def _below(place: str, extract: str, below: Any) -> Fraction | None:
    if extract != ATTENDANCE:
        if below is not None:
            raise SettingsError(f"{place}, below: only {ATTENDANCE} has a share.")
        return None
    if type(below) is not float or not 0 < below <= 1:
        raise SettingsError(f"{place}, below: write a share above 0, up to 1, like 0.90.")
    return Fraction(str(below))


def _where(place: str, extract: str, where: Any) -> Conditions:
    if not isinstance(where, dict) or (where and extract == ATTENDANCE):
        raise SettingsError(
            f'{place}, where: write conditions on codes, like {{ kind = ["CPP"] }}, or leave it out.'
        )
    known: Mapping[str, tuple[str | bool, ...] | None] = EXTRACTS[extract].conditions if where else {}
    found: list[tuple[str, tuple[str | bool, ...]]] = []
    for column, said in where.items():
        codes = said if isinstance(said, list) else [said]
        listed = known.get(column, ())
        if column not in known:
            raise SettingsError(
                f"{place}, where: {extract} cannot be filtered by {column!r}. "
                f"It can by: {', '.join(known) or 'nothing'}."
            )
        right = codes and all(
            isinstance(code, str)
            if listed is None
            else any(type(code) is type(one) and code == one for one in listed)
            for code in codes
        )
        if not right:
            choice = ", ".join(
                str(one).lower() if isinstance(one, bool) else one for one in listed or ("texts",)
            )
            raise SettingsError(f"{place}, where, {column}: choose from {choice}.")
        found.append((column, tuple(codes)))
    return tuple(found)
