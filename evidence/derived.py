"""Figures worked out from shown figures: shares and money, each with how far the noise in its parts may move it."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import polars as pl

from evidence.symbols import Symbol
from evidence.words import percent
from release.catalogue import Measure

# The one rule for shares: one that the noise in its part and its whole may move further than this, in points of a
# hundred and in 19 of 20 cases, says too little. Of a few dozen it is not worth having, of a hundred it is.
FURTHEST: Final = 10.0
# How a figure and its noise stand in a frame: the figure, the symbol where there is none, how far it may be off in 19
# of 20 cases, and at most.
FIGURE: Final = ("value", "symbol", "tolerance", "most")


def counted(values: pl.Series, usual: int, most: int) -> pl.DataFrame:
    """Shown counts (Int64, null: withheld) as figures. `usual`, `most`: how far each may be off."""
    shown = values.is_not_null()
    return pl.DataFrame({"value": values}).select(
        "value",
        symbol=pl.when(~shown).then(pl.lit(Symbol.CONFIDENTIAL.value)),
        tolerance=pl.when(shown).then(pl.lit(float(usual))),
        most=pl.when(shown).then(pl.lit(float(most))),
    )


def share(part: pl.DataFrame, whole: pl.DataFrame) -> pl.DataFrame:
    """The share that one figure is of another, row by row, in per cent to the nearest whole.

    A share of a withheld figure is withheld, and one that the noise may move by more than FURTHEST is too uncertain.
    The error of a share p of a whole W with independent errors e in the part and f in the whole is √(e² + p²f²) / W
    (the first terms of its Taylor series; Cochran, Sampling Techniques, 1977, chapter 6).
    """
    both = part.rename({name: f"part_{name}" for name in FIGURE}).hstack(
        whole.rename({name: f"whole_{name}" for name in FIGURE})
    )
    # Noise can lift a part above its whole.
    ratio = (pl.col("part_value") / pl.col("whole_value")).clip(0, 1)
    both = both.with_columns(
        ratio=pl.when(pl.col("whole_value") > 0).then(ratio),
    ).with_columns(
        off=100
        * (pl.col("part_tolerance") ** 2 + (pl.col("ratio") * pl.col("whole_tolerance")) ** 2).sqrt()
        / pl.col("whole_value"),
        furthest=100 * (pl.col("part_most") + pl.col("ratio") * pl.col("whole_most")) / pl.col("whole_value"),
    )
    hidden = pl.coalesce("whole_symbol", "part_symbol")
    certain = hidden.is_null() & pl.col("off").is_not_null() & (pl.col("off") <= FURTHEST)
    return both.select(
        value=pl.when(certain).then((100 * pl.col("ratio")).round(0)),
        symbol=pl.when(~certain).then(pl.coalesce(hidden, pl.lit(Symbol.UNCERTAIN.value))),
        # To the nearest whole is half a point.
        tolerance=pl.when(certain).then(pl.col("off") + 0.5),
        most=pl.when(certain).then((pl.col("furthest") + 0.5).clip(0, 100)),
    )


@lru_cache(maxsize=1024)
def share_in_words(part: float, whole: float, usual: int) -> str:
    """One share of two shown counts as it is written, by the same rule. `usual`: how far each count may be off."""
    two = (counted(pl.Series([one], dtype=pl.Float64), usual, usual) for one in (part, whole))
    figure = share(*two)
    return percent(figure["value"][0], figure["symbol"][0])


def priced(count: pl.DataFrame, price: pl.Series | int) -> pl.DataFrame:
    """What shown counts are worth, row by row, in whole pounds: count times price."""
    price = price if isinstance(price, pl.Series) else pl.repeat(price, count.height, eager=True)
    return count.with_columns(price=price).select(
        pl.col("value") * pl.col("price"),
        "symbol",
        pl.col("tolerance") * pl.col("price"),
        pl.col("most") * pl.col("price"),
    )


def summed(priced_: pl.DataFrame, size: int) -> pl.DataFrame:
    """The sums of every `size` rows that follow one another, of the figures among them that are shown: errors of
    independent figures add up by their squares, the furthest ones as they are."""
    shown = pl.col("value").is_not_null()
    return (
        priced_.with_row_index("row")
        .group_by(pl.col("row") // size, maintain_order=True)
        .agg(
            value=pl.when(shown.any()).then(pl.col("value").sum()),
            symbol=pl.when(~shown.any()).then(pl.col("symbol").first()),
            tolerance=pl.when(shown.any()).then((pl.col("tolerance") ** 2).sum().sqrt()),
            most=pl.when(shown.any()).then(pl.col("most").sum()),
        )
        .drop("row")
    )


def without(height: int, symbol: Symbol) -> pl.DataFrame:
    """Nothing but the symbol, so many times."""
    kinds: Mapping[str, pl.DataType] = {
        "value": pl.Int64(),
        "symbol": pl.String(),
        "tolerance": pl.Float64(),
        "most": pl.Float64(),
    }
    return pl.DataFrame(
        {"symbol": pl.repeat(symbol.value, height, eager=True)},
    ).select(
        *(
            pl.col("symbol") if name == "symbol" else pl.lit(None, kind).alias(name)
            for name, kind in kinds.items()
        )
    )


def in_words(measure: Measure, price: int, *, several_kinds: bool) -> tuple[str, ...]:
    """What a reader of a derived figure has to know of how it was worked out."""
    if measure.share is not None:
        return (
            "Shares are worked out from the shown counts, to the nearest per cent; one that the changes made to them "
            f"may move by more than {FURTHEST:.0f} points is left out (u).",
        )
    if measure.money is None:
        return ()
    if several_kinds:
        return (
            "Worth is the shown count of each kind of claim times its price; a withheld kind is left out.",
        )
    return (f"Worth is the shown count times £{price:,}.",)
