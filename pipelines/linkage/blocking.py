"""Which pairs of faces are worth comparing: those that agree on enough to be one person, and never all with all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.linkage.comparing import NEAR_BIRTH


@dataclass(frozen=True)
class Pairs:
    """`pairs`: `left`, `right` (face; left < right), each pair once, in order. `crowded`: by rule, how many values
    stood in more faces than are compared with one another."""

    pairs: pl.DataFrame
    crowded: dict[str, int]


def candidate_pairs(faces: pl.DataFrame, largest_block: int) -> Pairs:
    """The pairs of faces of different entities that agree by one of the rules, and whose dates of birth may be one day.

    `faces`: as `make_faces` gives them. Faces are not compared for sharing a value that stands in more than
    `largest_block` of them; they may share another.
    """
    entity, born = faces["entity"], faces["born"].cast(pl.Int32)
    found, crowded = [], {}
    for rule, keys in _keys(faces):
        sized = keys.with_columns(pl.len().over("key").alias("size"))
        crowd = sized.filter(pl.col("size") > largest_block)["key"].n_unique()
        if crowd:
            crowded[rule] = crowd
        usable = sized.filter(pl.col("size").is_between(2, largest_block)).select("key", "face")
        joined = (
            usable.join(usable, on="key", suffix="_right")
            .filter(pl.col("face") < pl.col("face_right"))
            .select(left="face", right="face_right")
        )
        differ = entity.gather(joined["left"]) != entity.gather(joined["right"])
        joined = joined.filter(differ)
        found.append(joined.filter(may_be_one_day(born.gather(joined["left"]), born.gather(joined["right"]))))
    return Pairs(pl.concat(found).unique().sort("left", "right"), crowded)


def _keys(faces: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """For every rule: `key` (UInt64), `face`, each once. Null keys block nothing."""
    month, day = pl.col("born").str.slice(4, 2), pl.col("born").str.slice(6, 2)
    year = pl.col("born").str.slice(0, 4)
    days = pl.concat_str(pl.min_horizontal(month, day), pl.max_horizontal(month, day))
    # What was written into each other's field, in either order.
    names = [
        pl.when(pl.col(name).is_not_null(), pl.col("surname").is_not_null()).then(
            pl.concat_str(
                pl.min_horizontal(name, "surname"), pl.max_horizontal(name, "surname"), separator="|"
            )
        )
        for name in ("first", "forename")
    ]
    # A first word, no initial, and the surname: any of them may be garbled, or be in the other's field.
    word = {
        name: pl.when(pl.col(name).str.len_chars() > 1).then(pl.col(name)) for name in ("first", "surname")
    }
    rules: dict[str, list[pl.Expr]] = {
        "word and birth": [
            pl.concat_str(days, year, word[name].str.slice(0, 4), separator="|") for name in word
        ],
        "word and postcode": [pl.concat_str("postcode", word[name], separator="|") for name in word],
        "root and postcode": [
            pl.concat_str(
                "postcode", pl.col("roots").list.first(), pl.col("surname").str.slice(0, 3), separator="|"
            )
        ],
        "names and year": [pl.concat_str(both, year, separator="|") for both in names],
        "names and day": [pl.concat_str(both, days, separator="|") for both in names],
        "birth and postcode": [pl.concat_str("born", "postcode", separator="|")],
        "initial and home": [
            pl.concat_str(place, pl.col(name).str.slice(0, 1), separator="|")
            for place in ("home", "uprn")
            for name in ("first", "surname")
        ],
    }
    for rule, expressions in rules.items():
        parts = [faces.select(expression.alias("text"), "face").drop_nulls() for expression in expressions]
        together = pl.concat(parts)
        yield (
            rule,
            together.select(key=pl.col("text").hash(1), face="face").unique(maintain_order=True),
        )


def may_be_one_day(left: pl.Series, right: pl.Series) -> pl.Series:
    """Whether two dates of birth (YYYYMMDD as Int32, nullable) may be one, mistyped: day or month wrong, one digit of
    the year wrong or two exchanged, day and month exchanged, or little time between them. A missing one may be any."""
    frame = pl.DataFrame({"left": left, "right": right})
    sides = ("left", "right")
    year, month, day = (
        {side: (pl.col(side) // unit) % size for side in sides}
        for unit, size in ((10_000, 10_000), (100, 100), (1, 100))
    )
    same_year, same_month, same_day = (part["left"] == part["right"] for part in (year, month, day))
    exchanged = same_year & (month["left"] == day["right"]) & (day["left"] == month["right"])
    days = {side: pl.date(year[side], month[side], day[side]) for side in sides}
    near = (days["left"] - days["right"]).dt.total_days().abs() <= NEAR_BIRTH
    may = (same_year & (same_month | same_day)) | (same_month & same_day & _one_slip(year)) | exchanged | near
    return frame.select(may=may.fill_null(True))["may"]


def _one_slip(year: Mapping[str, pl.Expr]) -> pl.Expr:
    """Whether two years differ in one digit, or by two neighbouring digits exchanged."""
    digits = [{side: (value // unit) % 10 for side, value in year.items()} for unit in (1_000, 100, 10, 1)]
    different = [digit["left"] != digit["right"] for digit in digits]
    count = pl.sum_horizontal(one.cast(pl.Int8) for one in different)
    turned = [
        (one["left"] == other["right"]) & (one["right"] == other["left"]) & first & second
        for one, other, first, second in zip(digits, digits[1:], different, different[1:], strict=False)
    ]
    return (count <= 1) | ((count == 2) & pl.any_horizontal(turned))
