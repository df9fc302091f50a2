"""The two small files that go with a table in the JJ format: the pattern, and the names of its cells.

A pattern (CSV) has the columns `cell` (the index in the table) and `status` (`u` primary, suppressed; `x` secondary,
suppressed; `s` or `z` shown; `r` shown rounded or perturbed, with `lowest` and `highest`: what that leaves open);
others (`reason`) are for people. A list of names (CSV) has `cell` and `name`, and may have `holder`: who contributes
alone, as a number.
"""

from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl

from disclosure.audit import Known
from disclosure.commands.files import read_columns
from disclosure.errors import PatternError
from disclosure.tables.system import NOBODY, System

_SUPPRESSED, _SHOWN, _NEAR = ("u", "x"), ("s", "z"), "r"


def read_pattern(path: Path, system: System) -> Known:
    """What a pattern file says of each cell of `system` (named by index, as read from its file)."""
    frame = _by_cell(path, read_columns(path, ("cell", "status")), system, whole=True)
    status = np.asarray(frame["status"].fill_null("").to_list(), "U8")
    wrong = ~np.isin(status, (*_SUPPRESSED, *_SHOWN, _NEAR))
    if wrong.any():
        raise PatternError(
            f"{path}: cell {int(np.argmax(wrong))} has a status that is none of "
            f"{', '.join((*_SUPPRESSED, *_SHOWN, _NEAR))}"
        )
    lowest, highest = system.value.copy(), system.value.copy()
    hidden = np.isin(status, _SUPPRESSED)
    lowest[hidden], highest[hidden] = -np.inf, np.inf
    near = status == _NEAR
    if near.any():
        lowest[near], highest[near] = (_numbers(path, frame, name)[near] for name in ("lowest", "highest"))
    return Known(lowest, highest)


def as_it_is(system: System) -> Known:
    """No pattern: the primary cells alone are suppressed."""
    hidden = system.status == "u"
    return Known(np.where(hidden, -np.inf, system.value), np.where(hidden, np.inf, system.value))


def named(system: System, title: str, path: Path | None) -> System:
    """`system` with names out of a file, and `title:index` for cells that it does not name."""
    names = [f"{title}:{name}" for name in system.names]
    holder = system.holder.copy()
    if path is not None:
        frame = read_columns(path, ("cell", "name"))
        _by_cell(path, frame, system, whole=False)
        for cell, name in zip(frame["cell"].to_list(), frame["name"].to_list(), strict=True):
            names[int(cell)] = name or names[int(cell)]
        if "holder" in frame.columns:
            for cell, who in zip(frame["cell"].to_list(), frame["holder"].to_list(), strict=True):
                if who and not _number(who):
                    raise PatternError(f"{path}: cell {cell}: a holder is a whole number, or empty")
                holder[int(cell)] = int(who) if who else NOBODY
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise PatternError(f"{path}: the name {twice[0]} is there twice; in one table each cell has its own")
    return system.with_(names=tuple(names), holder=holder)


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12


def _by_cell(path: Path, frame: pl.DataFrame, system: System, *, whole: bool) -> pl.DataFrame:
    """The rows in the order of the cells; each cell at most once, and with `whole` exactly once."""
    given = frame["cell"].to_list()
    for line, cell in enumerate(given):
        if cell is None or not _number(cell) or int(cell) >= system.cells:
            raise PatternError(
                f"{path}, line {line + 2}: no cell of the table (they are 0 to {system.cells - 1})"
            )
    places = np.asarray([int(cell) for cell in given], np.int64)
    counts = np.bincount(places, minlength=system.cells)
    if (counts > 1).any():
        raise PatternError(f"{path}: cell {int(np.argmax(counts > 1))} is there twice")
    if whole and (counts == 0).any():
        raise PatternError(
            f"{path}: cell {int(np.argmax(counts == 0))} is missing; a pattern says what becomes of every cell "
            f"({int((counts == 0).sum())} are missing)"
        )
    return frame.select(pl.all().gather(np.argsort(places)))


def _numbers(path: Path, frame: pl.DataFrame, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    if name not in frame.columns:
        raise PatternError(f"{path}: cells of status {_NEAR} need the columns lowest and highest")
    numbers = frame[name].cast(pl.Float64, strict=False)
    bad = frame["status"].eq(_NEAR) & (numbers.is_null() | numbers.is_nan())
    if bad.any():
        raise PatternError(f"{path}: cell {frame['cell'][bad.arg_max() or 0]}: {name} is no number")
    return numbers.fill_null(0.0).to_numpy()
