"""The shape of a partner's file: which column is which, found by its heading and by what its cells look like.

No cell is ever quoted: what is said of a column is its heading and how it looks.
"""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import polars as pl

from pipelines import identifiers
from pipelines.contracts import Column, Contract, Kind, Part
from pipelines.dates import parse_dates

# So many different values tell how a column looks.
_SAMPLE = 300
_FEWEST = 20
# A file may have any number of columns, and a heading any length.
_MOST, _LONGEST = 200, 80
# What a heading is called elsewhere, in words of a heading: the word alone tells which part of an identity it is.
_CALLED = {
    Part.FORENAME: ("forename", "forenames", "first", "given", "fname"),
    Part.SURNAME: ("surname", "last", "family", "lname"),
    Part.DATE_OF_BIRTH: ("dob", "born", "birth", "birthdate", "birthday"),
    Part.SEX: ("sex", "gender"),
    Part.ETHNICITY: ("ethnicity", "ethnic"),
    Part.POSTCODE: ("postcode", "pcode", "post"),
    Part.ADDRESS: ("address", "addr"),
    Part.PHONE: ("phone", "telephone", "tel", "mobile"),
    Part.EMAIL: ("email", "mail"),
    Part.NHS_NUMBER: ("nhs",),
    Part.UPN: ("upn",),
    Part.ULN: ("uln",),
    Part.NINO: ("nino", "ni", "insurance"),
    Part.UPRN: ("uprn",),
    Part.PNC_ID: ("pnc", "pncid"),
}
_NAMES = (Part.FORENAME, Part.SURNAME, Part.WHOLE_NAME, Part.OTHER_NAME, Part.WORKER_NAME)
_CALLED_ALIKE = 0.9
_LIKELY = 0.6
# Share of a column's values that must look right, or may, to say that it is a column, or is none.
_IS, _IS_NOT = 0.9, 0.05

Looks = Callable[[pl.Series], pl.Series]


def _matches(pattern: str) -> Looks:
    return lambda cells: cells.str.contains(pattern)


def _is_number(cells: pl.Series) -> pl.Series:
    return cells.str.contains(r"^\(?-?£?[0-9][0-9,]*(\.[0-9]*)?\)?$")


def _in_list(column: Column) -> Looks:
    words = {
        word.casefold() for word in (*(column.codes or {}), *(column.codes or {}).values(), *column.outdated)
    }
    return lambda cells: cells.str.to_lowercase().is_in(sorted(words))


def _is_valid(part: Part) -> Looks:
    def look(cells: pl.Series) -> pl.Series:
        cell = pl.col("cell")
        clean = cells.alias("cell").to_frame().select(identifiers.CLEAN[part](cell).alias("cell"))
        return clean.select(identifiers.VALID[part](cell).alias("cell"))["cell"]

    return look


def _strong_look(column: Column) -> Looks | None:
    """What tells a column by its cells alone; none where other columns look the same."""
    if column.part and column.part in identifiers.VALID and column.part is not Part.UPRN:
        return _is_valid(column.part)
    if column.part is Part.EMAIL:
        return _matches(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    if column.type == "code":
        return _in_list(column)
    if column.type == "date":
        return lambda cells: parse_dates(cells, newest_two_digit_year=99).is_not_null()
    return None


def _look(column: Column) -> Looks | None:
    """What the cells of a column look like, as far as it can be told."""
    strong = _strong_look(column)
    if strong:
        return strong
    if column.type in ("integer", "decimal") or column.part is Part.UPRN:
        return _is_number
    if column.part in _NAMES:
        return _matches(r"^[\p{L}][\p{L}\p{M}'’.,() -]{0,59}$")
    if column.part is Part.ADDRESS:
        return _matches(r"[0-9].*\p{L}{3}|\p{L}{3}.*,")
    if column.part is Part.PHONE:
        return _matches(r"^\+?[0-9][0-9() -]{8,18}$")
    if column.kind is Kind.IDENTIFIER:
        return _matches(r"^[A-Za-z]{0,6}[-/ ]?[0-9]{1,4}[-/ ]?[0-9]{0,12}[A-Za-z]{0,2}$")
    if column.kind is Kind.FREE_TEXT:
        return _matches(r"(\S+\s+){4}")
    return None


def _values(cells: pl.Series) -> pl.Series:
    """Some of the different values of a column, as text without spaces at the ends, the first ones."""
    tidy = cells.head(20 * _SAMPLE).str.strip_chars().replace("", None).drop_nulls()
    return tidy.unique(maintain_order=True).head(_SAMPLE)


def _share(looks: Looks, values: pl.Series) -> float:
    """How many of the values look so, from 0 to 1."""
    return int(looks(values).fill_null(False).sum()) / values.len() if values.len() else 0.0


def plain(heading: str) -> str:
    """A heading as it is compared: case, spaces, underscores and invisible characters do not count."""
    visible = re.sub(r"[\u200b-\u200f\u2060\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", heading)
    return re.sub(r"[\s_\u00a0]+", " ", visible).strip().casefold()


def likely_columns(
    missing: Sequence[Column],
    headings: Mapping[int, str],
    cells: Callable[[int], pl.Series],
    known_as: Mapping[str, Sequence[str]],
    before: Mapping[str, str] | None = None,
) -> dict[str, int]:
    """For columns that a file lacks, which of its unknown columns each most likely is, where one is likely.

    `headings`: number of a column to its heading. `cells`: a column's cells as written. `known_as`: for a column of the
    contract, the headings under which it is expected. `before`: our column to the partner's heading in the last run.
    """
    scores = []
    for column in missing:
        expected = [plain(heading) for heading in (column.name, *known_as.get(column.name, ()))]
        if before and column.name in before:
            expected.append(plain(before[column.name]))
        looks, strong = _look(column), _strong_look(column) is not None
        for number, heading in islice(headings.items(), _MOST):
            called = _called(column, plain(heading), expected)
            share = _share(looks, _values(cells(number))) if looks else None
            if share is not None and share < _IS_NOT:
                continue
            told_by_looks = strong and share is not None and share >= _IS
            if called < _LIKELY and not told_by_looks:
                continue
            scores.append((called + (share or 0.0), column.name, number))
    found: dict[str, int] = {}
    for _, name, number in sorted(scores, key=lambda score: (-score[0], score[1], score[2])):
        if name not in found and number not in found.values():
            found[name] = number
    return found


def _called(column: Column, heading: str, expected: Sequence[str]) -> float:
    """How much a heading is called like a column, from 0 to 1."""
    heading = heading[:_LONGEST]
    alike = max(difflib.SequenceMatcher(None, name[:_LONGEST], heading).ratio() for name in expected)
    words = set(re.split(r"[^a-z0-9]+", heading))
    by_word = column.part is not None and not words.isdisjoint(_CALLED.get(column.part, ()))
    return max(alike, _CALLED_ALIKE if by_word else 0.0)


def swapped(
    contract: Contract, at: Mapping[str, int], cells: Callable[[int], pl.Series]
) -> list[tuple[str, str]]:
    """Pairs of columns of a contract that stand under one another's headings, by what their cells look like.

    `at`: our column to the number of the file's. Said only where there are many values, and neither column looks like
    itself while each looks like the other.
    """
    strange = []
    for column in contract.columns:
        looks = _strong_look(column)
        if column.name not in at or looks is None:
            continue
        values = _values(cells(at[column.name]))
        if values.len() >= _FEWEST and _share(looks, values) <= _IS_NOT:
            strange.append((column.name, looks, values))
    return [
        (first, second)
        for number, (first, looks, values) in enumerate(strange)
        for second, others_look, others in strange[number + 1 :]
        if _share(looks, others) >= _IS and _share(others_look, values) >= _IS
    ]


# From run to run


@dataclass(frozen=True)
class Shape:
    """Which headings a partner's file had: `headings` in their order, and `columns`, ours to the partner's heading."""

    contract: str
    partner: str
    headings: tuple[str, ...]
    columns: Mapping[str, str]


def compare(now: Shape, before: Shape) -> tuple[str, ...]:
    """What is different since the last run, in words for notes. Headings that are not known are named by place alone:
    where the row of headings is missing, what stands in its place is somebody's row."""
    notes = []
    moved = sorted(
        name
        for name, heading in now.columns.items()
        if name in before.columns and plain(before.columns[name]) != plain(heading)
    )
    if moved:
        notes.append(f"under another heading than in the last run: {', '.join(moved)}")
    gone = sorted(set(before.columns) - set(now.columns))
    if gone:
        notes.append(f"sent in the last run, and missing now: {', '.join(gone)}")
    come = sorted(set(now.columns) - set(before.columns))
    if come:
        notes.append(f"not sent in the last run: {', '.join(come)}")
    known = {plain(heading) for heading in (*before.headings, *now.columns.values())}
    fresh = [letters(number) for number, heading in enumerate(now.headings) if plain(heading) not in known]
    if fresh:
        notes.append(
            f"columns that the last file did not have, and that the contract does not know: {', '.join(fresh)}"
        )
    return tuple(notes)


def letters(number: int) -> str:
    """The name of a column in Excel: 0 is A, 26 is AA."""
    named = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        named = chr(65 + rest) + named
    return named
