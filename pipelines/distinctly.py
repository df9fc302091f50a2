"""A function of a column, worked out once for each distinct value: most values repeat."""

from collections.abc import Callable

import polars as pl


def distinctly(series: pl.Series, expression: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """`expression` of every value of `series`; null stays null."""
    distinct = series.drop_nulls().unique()
    answers = distinct.to_frame("value").select(answer=expression(pl.col("value")))["answer"]
    if answers.dtype == series.dtype and answers.equals(distinct):
        return series
    return series.replace_strict(distinct, answers, default=None, return_dtype=answers.dtype)
