"""How a pair that was judged is known again: by what is left of its two sides, in whatever order, file or row."""

from dataclasses import dataclass

import polars as pl

from pipelines.grouping import Groups
from pipelines.keys import Keys, Purpose
from pipelines.review.judgements import Judgements

# What a side is known by: the first level of which anything is found decides. Names and birth only where they cannot
# be two people's.
LEVELS = {"record_key": 0, "own": 0, "nhs_number": 1, "upn": 1, "nino": 1, "name_birth": 2}
_NUMBERS = ("nhs_number", "upn", "nino")
# A number that stands beside more names and births than somebody can be mistyped with is a placeholder.
_MOST_NAMES = 4
_PAIR_DIGITS = 20
_APART = {"group": pl.String, "side": pl.String, "record_id": pl.String}
_TOGETHER = {"group": pl.String, "record_id": pl.String}


@dataclass(frozen=True)
class Judged:
    """What earlier answers say about the records of this run.

    `apart`: `group, side, record_id`: no record of side a may share a person with one of side b of the same group.
    `together`: `group, record_id`: records that are one person. `contradictions`: `same, different`: pairs whose
    answers cannot both hold; "different" counts, and the other is left out of `together`. `resting`: answers of which a
    side is not among the records.
    """

    apart: pl.DataFrame
    together: pl.DataFrame
    contradictions: pl.DataFrame
    resting: int


def judgements_for(records: pl.DataFrame, facets: pl.DataFrame, judgements: Judgements) -> Judged:
    """Earlier answers, as linkage takes them.

    `records`: identified records (`record_id`, `source`). `facets`: see pipelines.register.facets, of the same records.
    """
    judged = judgements.judged().filter(pl.col("answer") != "unsure")
    found = recognised(judgements.sides().join(judged, on="pair", how="semi"), records, facets)
    whole = found.group_by("pair").agg(sides=pl.col("side").n_unique()).filter(pl.col("sides") == 2)
    known = found.join(whole, on="pair", how="semi").join(judged, on="pair")
    contradictions = contradicting(known.select("pair", "side", mark="record_id"), judged)
    apart = known.filter(pl.col("answer") == "different").select(
        group="pair", side="side", record_id="record_id"
    )
    together = (
        known.filter(pl.col("answer") == "same")
        .join(contradictions, left_on="pair", right_on="same", how="anti")
        .select(group="pair", record_id="record_id")
        .unique()
    )
    return Judged(
        apart=apart.select(list(_APART)).sort(list(_APART)),
        together=together.select(list(_TOGETHER)).sort(list(_TOGETHER)),
        contradictions=contradictions,
        resting=judged.height - whole.height,
    )


def recognised(sides: pl.DataFrame, records: pl.DataFrame, facets: pl.DataFrame) -> pl.DataFrame:
    """Which records are the sides of pairs: `pair, side, record_id, unchanged`.

    `sides`: `pair, side, facet, hash`. What both sides of a pair have in common tells neither, and a record that is
    both is neither. `unchanged`: the record says of the person what it said when the pair was asked.
    """
    usable = sides.filter(
        pl.col("facet").is_in(list(LEVELS)), pl.col("side").n_unique().over("pair", "facet", "hash") == 1
    )
    long = pl.concat(
        [
            facets.select("record_id", facet=pl.lit(facet), hash=facet).join(
                usable.filter(pl.col("facet") == facet).select("hash").unique(), on="hash", how="semi"
            )
            for facet in LEVELS
        ]
    )
    telling = _telling(long, records, facets)
    found = (
        usable.join(telling, on=["facet", "hash"])
        .with_columns(level=pl.col("facet").replace_strict(LEVELS, return_dtype=pl.Int64))
        .filter(pl.col("level") == pl.col("level").min().over("pair", "side"))
        .group_by("pair", "side", "record_id")
        .agg(unchanged=(pl.col("facet") == "record_key").any())
    )
    return found.filter(pl.col("side").n_unique().over("pair", "record_id") == 1).sort(
        "pair", "side", "record_id"
    )


def _telling(long: pl.DataFrame, records: pl.DataFrame, facets: pl.DataFrame) -> pl.DataFrame:
    """`long` without the hashes that may be more than one person's."""
    doubtful = long.filter(pl.col("facet").is_in(["name_birth", *_NUMBERS]))
    known = doubtful.join(facets.select("record_id", "own", "name_birth", *_NUMBERS), on="record_id").join(
        records.select("record_id", "source"), on="record_id"
    )
    names = known.group_by("facet", "hash").agg(
        pl.col("name_birth").drop_nulls().n_unique().alias("names"),
        *(pl.col(number).drop_nulls().n_unique().alias(number) for number in _NUMBERS),
    )
    own = known.group_by("facet", "hash", "source").agg(own=pl.col("own").drop_nulls().n_unique())
    most_own = own.group_by("facet", "hash").agg(pl.col("own").max())
    is_name = pl.col("facet") == "name_birth"
    several = pl.max_horizontal("own", *_NUMBERS) > 1
    untelling = names.join(most_own, on=["facet", "hash"]).filter(
        pl.when(is_name).then(several).otherwise(pl.col("names") > _MOST_NAMES)
    )
    return long.join(untelling, on=["facet", "hash"], how="anti")


def contradicting(marks: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """Answers that cannot both hold: `same, different` (pairs), in their order.

    `marks`: `pair, side, mark`: what each side is; sides that have a mark in common are one. `judged`: `pair, answer,
    number`. Answers "same" are followed in the order they were given; one that would make one person of two who are
    different is not.
    """
    groups = _Marks()
    ends: dict[str, dict[str, str]] = {}
    for pair, side, mark in marks.select("pair", "side", "mark").sort("pair", "side", "mark").iter_rows():
        end = ends.setdefault(pair, {}).setdefault(side, mark)
        groups.unite(end, mark)
    answers = [(pair, answer) for pair, answer in judged.sort("number").select("pair", "answer").iter_rows()]
    both = [(pair, answer) for pair, answer in answers if len(ends.get(pair, {})) == 2]
    for pair, answer in both:
        if answer == "different":
            groups.part(ends[pair]["a"], ends[pair]["b"], pair)
    refused = []
    for pair, answer in both:
        if answer == "same":
            against = groups.unite(ends[pair]["a"], ends[pair]["b"])
            if against is not None:
                refused.append((pair, against))
    return pl.DataFrame(refused, schema={"same": pl.String, "different": pl.String}, orient="row")


class _Marks(Groups):
    """What is one, and what is known to be two."""

    def __init__(self) -> None:
        super().__init__()
        self._apart: dict[str, dict[str, str]] = {}

    def part(self, one: str, other: str, pair: str) -> None:
        """They are two, as the answer to `pair` says."""
        first, second = self.leads(one, other)
        if first != second:
            self._apart.setdefault(first, {}).setdefault(second, pair)
            self._apart.setdefault(second, {}).setdefault(first, pair)

    def unite(self, one: str, other: str) -> str | None:
        """Make them one, or give the pair whose answer says that they are two."""
        first, second = self.leads(one, other)
        if first == second:
            return None
        against = self._apart.get(first, {}).get(second)
        if against is not None:
            return against
        self.join(first, second)
        for foe, pair in self._apart.pop(second, {}).items():
            del self._apart[foe][second]
            self._apart[foe].setdefault(first, pair)
            self._apart.setdefault(first, {}).setdefault(foe, pair)
        return None


def open_pairs(
    reviews: pl.DataFrame,
    records: pl.DataFrame,
    facets: pl.DataFrame,
    persons: pl.DataFrame,
    judgements: Judgements,
    keys: Keys,
    apart: pl.DataFrame,
) -> pl.DataFrame:
    """The pairs of `reviews` that are still to be asked: `pair, record_id_a, record_id_b, probability, reason`.

    `reviews`: `record_id_a, record_id_b, probability, reason`. `persons`: `record_id, person`, as linkage left them.
    Two persons are asked about once, by the likeliest pair of their records. A pair that was judged is never asked
    again, nor are other records of the same two persons; one that was judged "unsure" is, once a side of it has
    changed. `apart`: what linkage was given; two persons who must stay apart are never shown side by side, for the
    question would tell what the list of exclusions is there to hide.
    """
    named = _named(reviews, facets, keys)
    judged = judgements.judged()
    found = recognised(judgements.sides().join(judged, on="pair", how="semi"), records, facets)
    of_whom = persons.select("record_id", "person")
    kept_apart = _widened(apart.select("group", "side", "record_id"), of_whom)
    settled = pl.concat([_settled(found, judged, of_whom), kept_apart])
    for one, other in (("record_id_a", "record_id_b"), ("record_id_b", "record_id_a")):
        sides = [
            settled.filter(pl.col("side") == side).select("group", pl.col("record_id").alias(column))
            for side, column in (("a", one), ("b", other))
        ]
        hits = named.join(sides[0], on=one).join(sides[1], on=["group", other], how="semi")
        named = named.join(hits, on="pair", how="anti")
    with_people = named.join(of_whom, left_on="record_id_a", right_on="record_id").join(
        of_whom, left_on="record_id_b", right_on="record_id", suffix="_b"
    )
    first, second = pl.min_horizontal("person", "person_b"), pl.max_horizontal("person", "person_b")
    # Within one person it is the pair itself that is asked about, not the person and itself.
    within = pl.when(pl.col("person") == pl.col("person_b")).then("pair")
    return (
        with_people.with_columns(first=first, second=second, within=within)
        .sort("probability", "pair", descending=[True, False])
        .unique(["first", "second", "within"], keep="first", maintain_order=True)
        .select("pair", "record_id_a", "record_id_b", "probability", "reason")
    )


def _named(reviews: pl.DataFrame, facets: pl.DataFrame, keys: Keys) -> pl.DataFrame:
    """`reviews` with `pair`: a keyed name that depends on what the two sides say alone, each pair once.

    Two records that say the same are no question for a person.
    """
    told = facets.select("record_id", "record_key")
    both = reviews.join(told, left_on="record_id_a", right_on="record_id").join(
        told, left_on="record_id_b", right_on="record_id", suffix="_b"
    )
    distinct = both.filter(pl.col("record_key") != pl.col("record_key_b")).with_columns(
        key=pl.concat_str(
            pl.lit("pair"),
            pl.min_horizontal("record_key", "record_key_b"),
            pl.max_horizontal("record_key", "record_key_b"),
            separator="|",
        )
    )
    # A name that a spreadsheet takes for no number.
    tokens = keys.tokens(Purpose.FACET, distinct["key"]).select(
        "key", pair=pl.lit("q-") + pl.col("token").str.slice(0, _PAIR_DIGITS)
    )
    return (
        distinct.join(tokens, on="key")
        .sort("probability", "record_id_a", "record_id_b", descending=[True, False, False])
        .unique("pair", keep="first", maintain_order=True)
        .select("pair", "record_id_a", "record_id_b", "probability", "reason")
    )


def _settled(found: pl.DataFrame, judged: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """`group, side, record_id`: no record of side a needs to be asked about with one of side b of a group."""
    unchanged = (
        found.group_by("pair", "side")
        .agg(pl.col("unchanged").any())
        .group_by("pair")
        .agg(pl.col("unchanged").all(), sides=pl.len())
        .filter("unchanged", pl.col("sides") == 2)
    )
    holds = judged.filter((pl.col("answer") != "unsure") | pl.col("pair").is_in(unchanged["pair"].implode()))
    sides = found.join(holds, on="pair", how="semi").select("side", "record_id", group="pair")
    return _widened(sides.select("group", "side", "record_id"), persons)


def _widened(sides: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """`group, side, record_id`, with all records of the persons whose records the sides are."""
    of_persons = sides.join(persons, on="record_id").select("group", "side", "person").unique()
    # Where both sides have become one person, its records would all be settled with one another.
    distinct = of_persons.filter(pl.col("side").n_unique().over("group", "person") == 1)
    return pl.concat(
        [sides, distinct.join(persons, on="person").select("group", "side", "record_id")]
    ).unique()
