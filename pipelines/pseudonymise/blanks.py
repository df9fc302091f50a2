"""Cells that hold something and say nothing."""

import polars as pl

# What people and systems write where a fact is missing, letters and digits only.
_NOTHING = (
    "",
    "na",
    "none",
    "null",
    "nil",
    "nan",
    "tbc",
    "tba",
    "unknown",
    "notknown",
    "unallocated",
    "vacant",
    "blank",
)


def says_something(column: str) -> pl.Expr:
    """Whether a text (String) names somebody or gives a reason: "n/a", "-" and "TBC" do neither."""
    letters = pl.col(column).str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]", "")
    return ~letters.is_in(list(_NOTHING)).fill_null(True)
