"""When two families of the case system are one: a day on which more than one person alone holds them together.

On one and the same day, of two families A and B, one of these must hold:

- `adult_and_child`: an adult of both is an adult in both, and a child of both a child in both.
- `partners`: they share somebody, and somebody of A alone is recorded as partner of somebody of B alone.
- `parent`: they share an adult, somebody of A alone is recorded as parent of somebody of B alone, and B has no adult
  of its own (or the other way round).
- `same_home`: they share somebody, and somebody of A alone and somebody of B alone have one surname and one home.

A child alone in both has separated parents; an adult alone in both has a new household, or a stepfamily. That a parent
of one household has a child in the other is what separated parents are, so it ties nothing where only a child is
shared, or where the child lives with another adult.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.families.edges import ADULTS, CHILDREN

# In their order they are believed where not all can be.
REASONS = ("adult_and_child", "partners", "parent", "same_home")
# Before every day that a contract lets through: what holds here held always.
ALWAYS = date(1800, 1, 1)
# Somebody in more families than this is a slip of the pen or of linkage, and says nothing about any of them.
_MOST_FAMILIES = 12
# Were there more pairs of families that share somebody, it would not be families that share them.
_MOST_PAIRS = 20_000
_MOST_PAIRS_A_FAMILY = 2
_PAIRS_AT_A_TIME = 2_000
_PARTNERS = ("partner_of",)
_PARENTS = ("parent_of",)
_CHILDREN = ("child_of",)
_PAIR = ("family_ref", "other_family_ref")
_PAIR_DAY = (*_PAIR, "day")


@dataclass(frozen=True)
class Ties:
    """`ties`: `family_ref, other_family_ref` (the smaller first), `reason`, `from_date` (the first day; none: always).
    `homes`: edges of the kind same_home between them."""

    ties: pl.DataFrame
    homes: pl.DataFrame
    warnings: tuple[str, ...]


def find_ties(spells: pl.DataFrame, recorded: pl.DataFrame, largest: int) -> Ties:
    """Which families of the case system are tied to one another.

    `spells`, `recorded`: see pipelines.families.edges. `largest`: a family that is larger by itself is tied to none.
    """
    small, warnings = _plausible(spells, largest)
    pairs = _pairs(small)
    if pairs.height > max(_MOST_PAIRS, _MOST_PAIRS_A_FAMILY * small["family_ref"].n_unique()):
        warnings += (
            f"{pairs.height} pairs of families of the case system share somebody at the same time: so many that the "
            "numbers of people or families must be wrong. No two of them are taken for one family.",
        )
        pairs = pairs.clear()
    # A part at a time: what is compared grows with the square of a family's size.
    parts = [
        _ties_of(pairs.slice(start, _PAIRS_AT_A_TIME), small, recorded)
        for start in range(0, max(pairs.height, 1), _PAIRS_AT_A_TIME)
    ]
    ties = pl.concat([part[0] for part in parts]).sort(*_PAIR, "reason")
    return Ties(ties, pl.concat([part[1] for part in parts]), warnings)


def _ties_of(
    pairs: pl.DataFrame, spells: pl.DataFrame, recorded: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The ties between these pairs, and their edges of the kind same_home."""
    mine, theirs = _on_days(pairs, spells, recorded)
    both = _both(mine, theirs)
    days = _shared(both)
    alone = both.filter(pl.col("in_a") != pl.col("in_b")).select(*_PAIR_DAY, "person", "in_a")
    related = _related(alone, recorded)
    homes = _homes(alone, mine, theirs, days)
    found = [
        days.filter("shared_adult", "shared_child").select(*_PAIR_DAY, reason=pl.lit("adult_and_child")),
        days.join(related.filter(pl.col("what").is_in(_PARTNERS)), on=_PAIR_DAY).select(
            *_PAIR_DAY, reason=pl.lit("partners")
        ),
        days.join(related.filter(pl.col("what").is_in(_PARENTS)), on=_PAIR_DAY)
        .filter(
            "shared_adult", pl.when("from_a").then("no_other_adult_in_b").otherwise("no_other_adult_in_a")
        )
        .select(*_PAIR_DAY, reason=pl.lit("parent")),
        homes.select(*_PAIR_DAY, reason=pl.lit("same_home")),
    ]
    ties = (
        pl.concat(found)
        .group_by(*_PAIR, "reason")
        .agg(from_date=pl.col("day").min())
        .with_columns(from_date=pl.when(pl.col("from_date") > ALWAYS).then("from_date"))
    )
    return ties, _home_edges(homes, ties)


def _plausible(spells: pl.DataFrame, largest: int) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The spells that may tie families, without the people who are in very many and the families of very many."""
    families = pl.col("family_ref").n_unique().over("person")
    people = pl.col("person").n_unique().over("family_ref")
    judged = spells.with_columns(widespread=families > _MOST_FAMILIES, crowded=people > largest)
    warnings = []
    widespread = judged.filter("widespread")["person"].n_unique()
    if widespread:
        warnings.append(
            f"{widespread} people are in more than {_MOST_FAMILIES} families of the case system at once or one after "
            "another: they tie no families together. Are they placeholders, or professionals?"
        )
    crowded = judged.filter("crowded")["family_ref"].n_unique()
    if crowded:
        warnings.append(
            f"{crowded} families of the case system have more than {largest} people: they are joined with no other."
        )
    return judged.filter(~pl.col("widespread"), ~pl.col("crowded")), tuple(warnings)


def _pairs(spells: pl.DataFrame) -> pl.DataFrame:
    """Families that share somebody at the same time, the smaller number first."""
    in_several = spells.filter(pl.col("family_ref").n_unique().over("person") > 1)
    dated = in_several.select("family_ref", "person", "from_date", "to_date").unique()
    return (
        dated.join(dated, on="person", suffix="_b")
        .filter(pl.col("family_ref") < pl.col("family_ref_b"), _overlap("from_date_b", "to_date_b"))
        .select("family_ref", other_family_ref="family_ref_b")
        .unique()
        .sort(_PAIR)
    )


def _overlap(other_from: str, other_to: str) -> pl.Expr:
    begins = (
        pl.col("from_date").is_null() | pl.col(other_to).is_null() | (pl.col("from_date") <= pl.col(other_to))
    )
    ends = (
        pl.col("to_date").is_null() | pl.col(other_from).is_null() | (pl.col("to_date") >= pl.col(other_from))
    )
    return begins & ends


def _on_days(
    pairs: pl.DataFrame, spells: pl.DataFrame, recorded: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The spells of both sides on every day on which anything about the pair changes: `day` and the spell."""
    related = recorded.select("person", "from_date", "to_date").join(
        spells.select("family_ref", "person").unique(), on="person"
    )
    changes = pl.concat(
        [
            frame.select("family_ref", day=day)
            for frame in (spells, related)
            for day in (pl.col("from_date").fill_null(ALWAYS), pl.col("to_date").dt.offset_by("1d"))
        ]
    )
    changes = changes.drop_nulls("day").unique()
    days = pl.concat(
        [
            pairs.join(changes, on="family_ref"),
            pairs.join(changes.rename({"family_ref": "other_family_ref"}), on="other_family_ref").select(
                _PAIR_DAY
            ),
        ]
    ).unique()
    return (
        days.join(spells, on="family_ref").filter(_covers_day()),
        days.join(spells.rename({"family_ref": "other_family_ref"}), on="other_family_ref").filter(
            _covers_day()
        ),
    )


def _covers_day() -> pl.Expr:
    return (pl.col("from_date").fill_null(ALWAYS) <= pl.col("day")) & (
        pl.col("to_date").is_null() | (pl.col("to_date") >= pl.col("day"))
    )


def _both(mine: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
    """Everybody in one of two families on a day: `in_a, in_b, adult_a, adult_b, child_a, child_b`."""
    sides = []
    for side, frame in (("a", mine), ("b", theirs)):
        sides.append(
            frame.group_by(*_PAIR_DAY, "person").agg(
                pl.col("role").is_in(ADULTS).any().alias(f"adult_{side}"),
                pl.col("role").is_in(CHILDREN).any().alias(f"child_{side}"),
            )
        )
    flags = ("adult_a", "child_a", "adult_b", "child_b")
    return (
        sides[0]
        .join(sides[1], on=[*_PAIR_DAY, "person"], how="full", coalesce=True)
        .with_columns(in_a=pl.col("adult_a").is_not_null(), in_b=pl.col("adult_b").is_not_null())
        .with_columns(pl.col(flags).fill_null(False))
    )


def _shared(both: pl.DataFrame) -> pl.DataFrame:
    """The days on which two families share somebody, and whom."""
    return (
        both.group_by(_PAIR_DAY)
        .agg(
            (pl.col("in_a") & pl.col("in_b")).any().alias("shared"),
            (pl.col("adult_a") & pl.col("adult_b")).any().alias("shared_adult"),
            (pl.col("child_a") & pl.col("child_b")).any().alias("shared_child"),
            (~pl.col("adult_a") | pl.col("in_b")).all().alias("no_other_adult_in_a"),
            (~pl.col("adult_b") | pl.col("in_a")).all().alias("no_other_adult_in_b"),
        )
        .filter("shared")
    )


def _related(alone: pl.DataFrame, recorded: pl.DataFrame) -> pl.DataFrame:
    """Relationships on a day between somebody of one family alone and somebody of the other: `what, from_a`."""
    said = recorded.select("person", "what", "other_person", "from_date", "to_date")
    # A child of somebody is said the other way round.
    turned = said.filter(pl.col("what").is_in(_CHILDREN)).select(
        "from_date",
        "to_date",
        person="other_person",
        what=pl.lit(_PARENTS[0]),
        other_person="person",
    )
    telling = pl.concat(
        [said.filter(pl.col("what").is_in([*_PARTNERS, *_PARENTS])), turned.select(said.columns)]
    )
    return (
        alone.join(telling, on="person")
        .filter(_covers_day())
        .join(alone, left_on=[*_PAIR_DAY, "other_person"], right_on=[*_PAIR_DAY, "person"], suffix="_other")
        .filter(pl.col("in_a") != pl.col("in_a_other"))
        .select(*_PAIR_DAY, "what", from_a="in_a")
        .unique()
    )


def _homes(alone: pl.DataFrame, mine: pl.DataFrame, theirs: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Who of one family alone lives on a day where somebody of one surname of the other family alone does."""
    told = ("person", "person_ref", "from_date", "to_date", "file", "row", "surname", "uprn", "place")
    sides = [
        frame.join(days.select(_PAIR_DAY), on=_PAIR_DAY)
        .join(alone.filter(pl.col("in_a") == is_mine), on=[*_PAIR_DAY, "person"])
        .filter(pl.col("surname").is_not_null())
        .select(*_PAIR_DAY, *told)
        for frame, is_mine in ((mine, True), (theirs, False))
    ]
    same_property = (pl.col("uprn") == pl.col("uprn_b")).fill_null(False)
    one_unknown = pl.col("uprn").is_null() | pl.col("uprn_b").is_null()
    same_place = one_unknown & (pl.col("place") == pl.col("place_b")).fill_null(False)
    return (
        sides[0]
        .join(sides[1], on=[*_PAIR_DAY, "surname"], suffix="_b")
        .filter(same_property | same_place)
        .with_columns(
            what=pl.when(same_property).then(pl.lit("uprn")).otherwise(pl.lit("postcode_and_number"))
        )
    )


def _home_edges(homes: pl.DataFrame, ties: pl.DataFrame) -> pl.DataFrame:
    later = pl.max_horizontal("from_date", "from_date_b")
    sooner = pl.min_horizontal("to_date", "to_date_b")
    return (
        homes.join(ties.select(_PAIR).unique(), on=_PAIR)
        .select(
            *_PAIR,
            "what",
            "person",
            "person_ref",
            pl.col("person_b").alias("other_person"),
            pl.col("person_ref_b").alias("other_person_ref"),
            later.alias("from_date"),
            sooner.alias("to_date"),
            "file",
            "row",
            pl.col("file_b").alias("other_file"),
            pl.col("row_b").alias("other_row"),
        )
        .unique()
    )
