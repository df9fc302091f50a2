"""What researchers may ask for as rows: the columns there are, what each may become, and what asking for them means.

What a council allows stands in `data/microdata.toml` (release.microdata_file reads it). Custody makes the rows; the app
shows what they would look like (`structure`), and never a figure of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import polars as pl

from release.errors import UserError

UNITS: Final = ("person", "family", "episode", "need")
# Above all codes; where a column has none, a need is the whole family's; where help goes on.
TOP, WHOLE_FAMILY, OPEN, UNKNOWN = "*", "family", "open", "unknown"
# Of whoever has no need.
NO_NEED: Final = "no needs"
# Under this nobody is hidden, whatever a council says.
LEAST_K: Final = 3

# Every source there is, by the units whose rows have it. What is not here is given to nobody.
SOURCES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        **{
            f"family.{name}": frozenset(UNITS)
            for name in [
                "locality",
                "ward",
                "referral_source",
                "start_month",
                "end_month",
                "size",
                "episodes",
            ]
        },
        **{
            f"made.{name}": frozenset(UNITS)
            for name in ["children", "needs", "first_headline", "outcome", "last_closure"]
        },
        **{f"own.{name}": frozenset({"person"}) for name in ["needs", "first_headline", "outcome"]},
        **{
            f"person.{name}": frozenset({"person", "need"})
            for name in ["age_band", "sex", "ethnic_group", "role"]
        },
        **{
            f"episode.{name}": frozenset({"episode", "need"})
            for name in ["referral_source", "start_month", "end_month", "closure_reason", "wait", "members"]
        },
        **{
            f"need.{name}": frozenset({"need"})
            for name in [
                "headline",
                "need_code",
                "state",
                "identified_month",
                "achieved_month",
                "sustained_month",
            ]
        },
    }
)
# What rows about different units tell alike, where a family has one of each: its only spell of help ended as its last
# one did.
FACTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "episode.closure_reason": "closure",
        "made.last_closure": "closure",
        "need.headline": "headline",
        "own.first_headline": "headline",
        "made.first_headline": "headline",
        "own.outcome": "outcome",
        "made.outcome": "outcome",
    }
)
# What is told by row of each unit. Only that may be sensitive: what is the same in all rows of a family lies in all of
# their classes at once, and whoever knows the family takes what these have in common, which may be one value.
OWN_TABLES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "person": frozenset({"person", "own"}),
        "family": frozenset({"family", "made"}),
        "episode": frozenset({"episode"}),
        "need": frozenset({"need"}),
    }
)
MONTHS: Final = frozenset(name for name in SOURCES if name.endswith("_month"))
NUMBERS: Final = frozenset(
    {"family.size", "family.episodes", "episode.members", "made.children", "made.needs", "own.needs"}
)


class ExtractError(UserError):
    """An extract of rows was asked for that cannot be made: an unknown column, a k too small, rules that no rows keep
    to."""

    exit_code = 94


class Part(StrEnum):
    """What a column is to somebody who wants to find or to learn."""

    QUASI = "quasi"
    SENSITIVE = "sensitive"
    KEPT = "kept"
    NEVER = "never"


class Dates(StrEnum):
    """How months are told: as they were, or moved by as many months for all of a family."""

    MONTHS = "months"
    SHIFTED = "shifted"


@dataclass(frozen=True)
class Column:
    """A column that may be asked for. `levels`: what codes become, coarser and coarser; `most`: of a number the last
    code, which stands for more too."""

    name: str
    label: str
    meaning: str
    part: Part
    units: frozenset[str] = frozenset()
    source: str = ""
    unit: str = ""
    dimension: str = ""
    codes: tuple[tuple[str, str], ...] = ()
    most: int = 0
    calendar: bool = False
    levels: tuple[Mapping[str, tuple[str, ...]], ...] = ()

    @property
    def fact(self) -> str:
        """What rows about other units may tell alike, by whatever name."""
        return FACTS.get(self.source, self.name)


@dataclass(frozen=True)
class Unit:
    """What one row may be about."""

    name: str
    label: str
    about: str


@dataclass(frozen=True)
class Microdata:
    """All that may be asked. `shift`: the most months that months are moved by. `narrowed`: of the people whom two
    exports are about, the most whose sensitive value both leave no choice of, from 0 to 1. `part`: of all who could be
    meant the part that is worked with, for the risk report."""

    units: Mapping[str, Unit]
    columns: Mapping[str, Column]
    shift: int
    narrowed: float
    part: float = 1.0

    def of(self, unit: str) -> tuple[Column, ...]:
        """The columns that rows about this unit may have, in the order of the file."""
        return tuple(column for column in self.columns.values() if unit in column.units)


@dataclass(frozen=True)
class Asked:
    """What somebody asks for. `framework`: whose needs are meant (empty: the only one of the release). `limit`: the
    part of the rows, from 0 to 1, that may be left out. `linked`: rows of one family carry the same token,
    where as many families as k have just such rows."""

    unit: str
    columns: tuple[str, ...]
    k: int
    l: int  # noqa: E741  it is called l everywhere
    t: float
    limit: float = 0.0
    dates: Dates = Dates.MONTHS
    framework: str = ""
    linked: bool = False


@dataclass(frozen=True)
class Described:
    """One column as a preview shows it: what it is and may become, and nothing that was counted. `codes`: what may
    stand in it, the coarser names too; none where any token or month may."""

    name: str
    label: str
    meaning: str
    part: str
    unit: str
    codes: tuple[tuple[str, str], ...]
    levels: int
    derivation: str


def check_asked(microdata: Microdata, asked: Asked) -> None:
    """Raises ExtractError, with what to do, where what is asked is not allowed."""
    if asked.unit not in microdata.units:
        raise ExtractError(
            f"There are no rows about {_shown(asked.unit)}. There are: {', '.join(microdata.units)}."
        )
    if not asked.columns or len(set(asked.columns)) < len(asked.columns):
        raise ExtractError("Name at least one column, and none of them twice.")
    for name in asked.columns:
        _check_column(microdata, asked, name)
    if not any(microdata.columns[name].part is Part.QUASI for name in asked.columns):
        raise ExtractError(
            "Name at least one column that somebody may be known by, such as age_band or ward."
        )
    if type(asked.k) is not int or asked.k < LEAST_K:
        raise ExtractError(f"k = {asked.k} hides nobody: choose {LEAST_K} or more.")
    if type(asked.l) is not int or asked.l < 1:
        raise ExtractError(f"l = {asked.l}: choose a whole number from 1 (nothing asked for).")
    if not 0 < asked.t <= 1:
        raise ExtractError(f"t = {asked.t}: choose a distance above 0, up to 1 (nothing asked for).")
    if not 0 <= asked.limit < 1:
        raise ExtractError(
            f"limit = {asked.limit}: choose the part of the rows that may be left out, from 0."
        )


def _check_column(microdata: Microdata, asked: Asked, name: str) -> None:
    column = microdata.columns.get(name)
    if column is None:
        known = ", ".join(one.name for one in microdata.of(asked.unit))
        raise ExtractError(
            f"There is no column {_shown(name)} of rows about a {asked.unit}. There are: {known}."
        )
    if column.part is Part.NEVER:
        raise ExtractError(f"The column {name} is given to nobody: {column.meaning}")
    if asked.unit not in column.units:
        raise ExtractError(f"Rows about a {asked.unit} have no column {name}: leave it out.")


def structure(microdata: Microdata, asked: Asked, dimensions: pl.DataFrame) -> tuple[Described, ...]:
    """What the rows would look like. `dimensions`: the table `dimension` of the release (dimension, code, label,
    parent_dimension, parent_code, position). Raises ExtractError as `check_asked` does."""
    check_asked(microdata, asked)
    told = [
        Described(
            f"{unit}_token",
            f"{unit.capitalize()}, by a token",
            "stands for it in this project alone",
            Part.KEPT.value,
            "",
            (),
            1,
            "a keyed digest under the project's own key",
        )
        for unit in tokens_of(asked)
    ]
    for name in asked.columns:
        column = microdata.columns[name]
        codes = codes_of(column, dimensions)
        lines = lines_of(column, codes, dimensions)
        words = dict(codes)
        written = dict.fromkeys(name for line in zip(*lines, strict=True) for name in line) if lines else {}
        if column.part is not Part.QUASI:
            written = dict.fromkeys(words)
        told.append(
            Described(
                column.name,
                column.label,
                column.meaning,
                column.part.value,
                column.unit or ("month" if column.calendar else ""),
                tuple((code, words.get(code, _words(code))) for code in written),
                4 if column.calendar else (len(lines[0]) if lines and column.part is Part.QUASI else 1),
                column.source,
            )
        )
    return tuple(told)


def tokens_of(asked: Asked) -> tuple[str, ...]:
    """What rows are named by: the family's token where rows of one are linked, and that of the row itself."""
    return (
        ("family",) if asked.unit == "family" else (("family", asked.unit) if asked.linked else (asked.unit,))
    )


def codes_of(column: Column, dimensions: pl.DataFrame) -> tuple[tuple[str, str], ...]:
    """The codes of a column as they are before anything is made coarser, with words; none for months."""
    if column.calendar:
        return ()
    if column.dimension:
        found = dimensions.filter(pl.col("dimension") == column.dimension).sort("position", "code")
        codes = dict(found.select("code", "label").iter_rows())
        codes.setdefault(UNKNOWN, "Not known")
        if column.source.endswith(".first_headline"):
            codes[NO_NEED] = "No need was identified"
        return tuple(codes.items())
    if column.most:
        return tuple((_capped(number, column.most), "") for number in range(column.most + 1))
    return column.codes


def lines_of(
    column: Column, codes: Iterable[tuple[str, str]], dimensions: pl.DataFrame
) -> list[tuple[str, ...]]:
    """The column's hierarchy, a line a code: the code, then its coarser names, the last of them `*`. None for months
    (`calendar_lines`)."""
    within: dict[str, str] = {}
    if column.dimension:
        found = dimensions.filter(
            (pl.col("dimension") == column.dimension) & pl.col("parent_code").is_not_null()
        )
        within = dict(found.select("code", "parent_code").iter_rows())
    lines = [[code] for code, _words in codes]
    steps = [
        within,
        *({one: name for name, some in level.items() for one in some} for level in column.levels),
    ]
    for step in steps:
        if step:
            lines = [[*line, step.get(line[-1], line[-1])] for line in lines]
    return [(*line, TOP) for line in lines]


def calendar_lines(months: Iterable[str]) -> list[tuple[str, ...]]:
    """The hierarchy of months (YYYY-MM): quarters and years as councils count them, from April. A month that is none
    (help goes on) stays so up to the top."""
    lines: list[tuple[str, ...]] = []
    for month in sorted(set(months)):
        if month[:4].isdigit():
            year, number = int(month[:4]), int(month[5:7])
            begins = year if number >= 4 else year - 1
            named = f"{begins}-{(begins + 1) % 100:02}"
            lines.append((month, f"{named} Q{(number - 4) % 12 // 3 + 1}", named, TOP))
        else:
            lines.append((month, month, month, TOP))
    return lines


def capped(values: pl.Expr, most: int) -> pl.Expr:
    """Numbers as codes: `most` and more are one."""
    return pl.when(values >= most).then(pl.lit(f"{most}+")).otherwise(values.cast(pl.String))


def _capped(number: int, most: int) -> str:
    return f"{number}+" if number == most else str(number)


def _words(code: str) -> str:
    return "Any" if code == TOP else code


def _shown(name: object) -> str:
    """What somebody wrote, cut short, with no letter that a terminal would act upon."""
    return repr(str(name)[:40])
