"""Perturbation tables as others write them, and back.

Two forms are read; which one it is, the headings tell:

- the Office for National Statistics' (`pcv, ckey, pvalue`, as its package cell-key-perturbation reads): one row a count
  from 1 to 750 and a cell key from 0. Counts over 750 reuse the rows 501 to 750.
- that of the R package `ptable`, which tau-ARGUS reads too (`i; j; p; v; p_int_lb; p_int_ub; type`): one row a count
  and a change, with its chance and its part of the keys between 0 and 1. The last count stands for all larger ones.
"""

import io
import math
from typing import Final

import polars as pl

from disclosure.cell_key.keys import FINE_KEYS
from disclosure.cell_key.ptable import Ptable
from disclosure.errors import PerturbationError

# Rows of the ONS's tables that are used for counts above: see its package, `create_perturbed_table`.
ONS_LAST, ONS_CYCLE = 750, 250
# Chances are often written with six digits; what is further off than some of them add up to was not rounded.
_ROUNDING: Final = 1e-5
_LARGEST_FILE: Final = 200_000_000
_ONS, _PTABLE = ("pcv", "ckey", "pvalue"), ("i", "v")


def ptable_from_text(text: str, name: str = "ptable") -> Ptable:
    """The table in `text`; `name` is what messages call it. Raises PerturbationError: says which row is wrong."""
    rows = _rows(text, name)
    if set(_ONS) <= set(rows.columns):
        return _from_ons(rows, name)
    if set(_PTABLE) <= set(rows.columns) and {"p", "p_int_ub"} & set(rows.columns):
        return _from_ptable(rows, name)
    raise PerturbationError(
        f"{name}: the headings are {', '.join(rows.columns[:10])}; a perturbation table has {', '.join(_ONS)} (the "
        "ONS's form) or i, j, p, v, p_int_lb, p_int_ub, type (that of ptable and tau-ARGUS)"
    )


def ptable_to_text(ptable: Ptable) -> str:
    """`ptable` in the form of the R package ptable, for tau-ARGUS and others. Read again, it is the same table.

    Raises PerturbationError where larger counts do not all share the last row: that form cannot say so.
    """
    if ptable.cycle != 1:
        raise PerturbationError(
            f"{ptable.name}: its rows are used in turn for larger counts, which ptable cannot say"
        )
    keys = ptable.keys
    # A half key more: no key lies on a border, whichever side that belongs to.
    upper = pl.when(pl.col("high") == keys - 1).then(1.0).otherwise((pl.col("high") + 0.5) / keys)
    return ptable.intervals.select(
        i="count",
        j=pl.col("count") + pl.col("change"),
        p=(pl.col("high") - pl.col("low") + 1) / keys,
        v="change",
        p_int_lb=upper.shift(1, fill_value=0.0).over("count"),
        p_int_ub=upper,
        type=pl.lit("all"),
    ).write_csv(separator=";")


def _rows(text: str, name: str) -> pl.DataFrame:
    """All cells as texts, under headings in small letters."""
    text = text.removeprefix("\ufeff")
    if len(text) > _LARGEST_FILE:
        raise PerturbationError(f"{name}: the file is too large to be a perturbation table")
    first = text.split("\n", 1)[0]
    separator = max(";,\t", key=first.count)
    headings = [heading.strip().strip('"').strip().lower() for heading in first.split(separator)]
    if len(set(headings)) < len(headings):
        raise PerturbationError(f"{name}: a heading comes twice")
    try:
        return pl.read_csv(
            io.StringIO(text), separator=separator, infer_schema=False, new_columns=headings, encoding="utf8"
        )
    except (pl.exceptions.PolarsError, ValueError) as error:
        raise PerturbationError(f"{name}: the file is no table of values with a line of headings") from error


def _from_ons(rows: pl.DataFrame, name: str) -> Ptable:
    whole = rows.select(_whole(rows, column, name) for column in _ONS).sort("pcv", "ckey")
    keys = int(whole["ckey"].max() or 0) + 1  # type: ignore[arg-type]
    last = int(whole["pcv"].max() or 0)  # type: ignore[arg-type]
    if last < ONS_LAST:
        raise PerturbationError(
            f"{name}: the rows end at the count {last}. In the ONS's form they go to {ONS_LAST}, and those from "
            f"{ONS_LAST - ONS_CYCLE + 1} on are used for larger counts; without them such counts would stay exact."
        )
    used = whole.filter(pl.col("pcv").is_between(0, ONS_LAST))
    expected = pl.int_range(pl.len()).over("pcv")
    wrong = used.filter((pl.col("ckey") != expected) | (pl.len().over("pcv") != keys))
    if wrong.height:
        raise PerturbationError(
            f"{name}: the count {wrong['pcv'][0]} has not one row for each cell key from 0 to {keys - 1}"
        )
    runs = used.group_by("pcv", run=pl.struct("pcv", "pvalue").rle_id(), maintain_order=True).agg(
        pl.col("pvalue").first(), width=pl.len()
    )
    return Ptable.from_widths(
        runs.select(count="pcv", change="pvalue", width="width"), keys=keys, cycle=ONS_CYCLE, name=name
    )


def _from_ptable(rows: pl.DataFrame, name: str) -> Ptable:
    if "type" in rows.columns:
        others = rows.filter(pl.col("type").str.strip_chars('" ') != "all")
        if others.height:
            raise PerturbationError(
                f'{name}: it has rows of another type than "all": it is meant for sums of values, not for counts'
            )
    whole = rows.select(
        count=_whole(rows, "i", name),
        change=_whole(rows, "v", name),
        published=_whole(rows, "j", name) if "j" in rows.columns else None,
        chance=_chance(rows, "p", name) if "p" in rows.columns else None,
        upper=_chance(rows, "p_int_ub", name) if "p_int_ub" in rows.columns else None,
    )
    moved = whole.filter(pl.col("published") != pl.col("count") + pl.col("change"))
    if moved.height:
        raise PerturbationError(f"{name}: for the count {moved['count'][0]}, j is not i + v")
    if whole["upper"].null_count():
        # Without the parts of the keys, they follow from the chances in the order of the rows.
        whole = whole.with_columns(upper=pl.col("chance").cum_sum().over("count"))
    whole = whole.sort("count", "upper", maintain_order=True)
    width = pl.col("upper") - pl.col("upper").shift(1, fill_value=0.0).over("count")
    _check_chances(whole.with_columns(part=width), name)
    last = pl.col("count") != pl.col("count").shift(-1).fill_null(-1)
    # A key belongs to the first part whose end it does not exceed.
    ends = (
        pl.when(last)
        .then(FINE_KEYS)
        .otherwise((pl.col("upper") * FINE_KEYS).floor().cast(pl.Int64) + 1)
        .clip(0, FINE_KEYS)
    )
    parts = whole.with_columns(end=ends)
    return Ptable.from_widths(
        parts.select(
            "count", "change", width=pl.col("end") - pl.col("end").shift(1, fill_value=0).over("count")
        ),
        name=name,
    )


def _check_chances(rows: pl.DataFrame, name: str) -> None:
    off = rows.filter((pl.col("chance") - pl.col("part")).abs() > _ROUNDING)
    if off.height:
        raise PerturbationError(
            f"{name}: for the count {off['count'][0]} a chance (p) is not its part of the keys (p_int_ub less the one "
            "before)"
        )
    for count, total in rows.group_by("count", maintain_order=True).agg(pl.col("upper").max()).rows():
        if not math.isclose(total, 1, abs_tol=_ROUNDING):
            raise PerturbationError(
                f"{name}: the chances of the count {count} sum to {total:.7g}, not to one"
            )


def _whole(rows: pl.DataFrame, column: str, name: str) -> pl.Series:
    numbers = _numbers(rows, column, name)
    broken = numbers != numbers.round(0)
    if broken.any() or (numbers.abs() > 2**31).any():
        at = int((broken | (numbers.abs() > 2**31)).arg_true()[0])
        raise PerturbationError(
            f"{name}, line {at + 2}: {column} is no whole number that a count can be moved by"
        )
    return numbers.cast(pl.Int64)


def _chance(rows: pl.DataFrame, column: str, name: str) -> pl.Series:
    numbers = _numbers(rows, column, name)
    wrong = (numbers < 0) | (numbers > 1 + _ROUNDING)
    if wrong.any():
        raise PerturbationError(
            f"{name}, line {int(wrong.arg_true()[0]) + 2}: {column} is no chance from 0 to 1"
        )
    return numbers


def _numbers(rows: pl.DataFrame, column: str, name: str) -> pl.Series:
    texts = rows[column].str.strip_chars('" \r').str.replace(",", ".", literal=True)
    numbers = texts.cast(pl.Float64, strict=False)
    wrong = numbers.is_null() | ~numbers.is_finite()
    if wrong.any():
        raise PerturbationError(f"{name}, line {int(wrong.arg_true()[0]) + 2}: {column} is no number")
    return numbers
