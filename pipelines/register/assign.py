"""Gives the people, or the families, of a run the keys they had, and new ones to whoever is new.

A pure function of what was seen now and what the register knows. A group of records of this run is a `unit`; what it is
known again by are its facets' hashes. Each hash that the register knows has a home: the key that it was first seen
with, though that key may lead to another by now. So two keys that were merged can part again, each with its own.

Inside, a key is its number: its place in the book, and after those of the book the new ones, in the order of units.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.register.book import EVENTS, HOLDINGS, KEYS, Book, Changes, presently
from pipelines.register.matching import strongest_first

Mint = Callable[[pl.Series], pl.Series]
_TAKEN = pl.Schema({"unit": pl.Int64, "key": pl.Int64, "weight": pl.Int64, "place": pl.Int64})
_MERGED = pl.Schema({"key": pl.Int64, "into": pl.Int64})


@dataclass(frozen=True)
class Tier:
    """Facets that count together as evidence of who is who; earlier tiers decide first.

    `merges`: the share of what a key is known by that must turn up with one other unit for the key to be merged into
    that unit's, where nobody else takes it (0: any is enough). `weak`: such evidence merges a key only where nothing of
    an earlier tier that it is known by was seen in this run, with anybody, and where it is all with one unit.
    """

    facets: tuple[str, ...]
    merges: float
    weak: bool = False


@dataclass(frozen=True)
class Assigned:
    """`keys`: `unit, key` of every unit of the run; and what that changes in the book."""

    keys: pl.DataFrame
    changes: Changes


def assign(
    held: pl.DataFrame, seeds: pl.DataFrame, book: Book, *, tiers: Sequence[Tier], run: int, mint: Mint
) -> Assigned:
    """The key of every unit of this run.

    `held`: `unit` (Int64), `facet` (String), `token` (UInt64), each once: what every unit is known by. `seeds`: `unit,
    seed` (String): every unit of the run, and what a new key is made over. `tiers`: the evidence in order; the first is
    that of whole records. `run`: the number of this run. `mint`: makes keys out of seeds.

    A hash that two units of this run share, or that two keys had in the last run that saw it, is evidence of nobody.
    Keys go by `strongest_first` within each tier: first those that stand for themselves, then those that were merged
    away, which stand for themselves again where another unit has the key that they lead to. Units that cannot be told
    apart (all their records read the same) take the keys of such units in order. Whoever is left gets a new key.
    """
    keys = _numbered(book.keys)
    leads = presently(keys)["present"]
    every = _homes(book.holdings, leads)
    before = _last_known(every)
    evidence = _evidence(held, before, tiers)
    taken = _by_evidence(evidence, keys, len(tiers))
    taken = _keep_present(taken, leads).select("unit", "key")
    taken = pl.concat([taken, _alike(held, every, taken, tiers[0])])
    fresh = _new_keys(seeds.join(taken, on="unit", how="anti"), book.keys["key"], run, mint)
    taken = pl.concat([taken, fresh.select("unit", "key")]).sort("unit")
    turned, merged = _turned(held, taken, evidence, before, keys, tiers, run)
    born = fresh.select("key", born=run, into=None, absent_since=None).cast(keys.schema)
    after = pl.concat([keys.update(turned, on="key", how="left", include_nulls=True), born])
    opened, closed = _rehomed(held, taken, book.holdings, presently(after)["present"], run)
    events = pl.concat(
        [
            merged.select(event=pl.lit("merged"), key="key", other="into"),
            _transfers(_lost(held, before, tiers[0]), taken, fresh, evidence, merged, keys, tiers),
            _comings_and_goings(keys, turned),
        ]
    )
    names = pl.concat([book.keys["key"], fresh["name"]])
    return Assigned(
        _named(taken, names, "key"),
        Changes(
            _named(born, names, "key").cast(KEYS),
            _named(turned, names, "key", "into"),
            opened,
            closed,
            _named(events, names, "key", "other")
            .select(pl.lit(run, pl.Int64).alias("run"), *EVENTS.names()[1:])
            .sort("event", "key", "other"),
        ),
    )


def _numbered(keys: pl.DataFrame) -> pl.DataFrame:
    """KEYS with numbers for keys."""
    number = keys.select("key", number=pl.int_range(pl.len(), dtype=pl.Int64))
    into = keys.select(key="into").join(number, on="key", how="left", maintain_order="left")["number"]
    return keys.with_columns(number["number"].alias("key"), into.alias("into"))


def _named(frame: pl.DataFrame, names: pl.Series, *columns: str) -> pl.DataFrame:
    return frame.with_columns(names.gather(frame[column]).alias(column) for column in columns)


def _homes(holdings: pl.DataFrame, leads: pl.Series) -> pl.DataFrame:
    """What the register knows each hash of: `facet, token, key, present, open`."""
    valid = holdings.filter(~pl.col("over"))
    return valid.select(
        "facet",
        "token",
        "key",
        leads.gather(valid["key"]).alias("present"),
        open=pl.col("until").is_null(),
    )


def _last_known(every: pl.DataFrame) -> pl.DataFrame:
    """Where a hash was in the last run tells more than where it was before."""
    closed = every.filter(~pl.col("open"))
    both = every.filter("open", pl.col("token").is_in(closed["token"].implode()))["token"]
    return every.filter(pl.col("open") | ~pl.col("token").is_in(both.implode()))


def _evidence(held: pl.DataFrame, before: pl.DataFrame, tiers: Sequence[Tier]) -> pl.DataFrame:
    """Hashes of one unit and of one key: `unit, place, token, key, present, open`; `place`: that of the tier.

    A hash at home with several keys that all lead to one is evidence of that one.
    """
    alone = pl.col("token").is_unique()
    one_home = before.filter(alone)
    one_present = (
        before.filter(~alone)
        .group_by("facet", "token")
        .agg(pl.col("present").n_unique().alias("presents"), pl.col("present").min(), pl.col("open").any())
        .filter(pl.col("presents") == 1)
        .select("facet", "token", "present", "open", key="present")
    )
    place = {facet: number for number, tier in enumerate(tiers) for facet in tier.facets}
    known = pl.concat([one_home, one_present.select(one_home.columns)]).select(
        pl.col("facet").replace_strict(place, default=None, return_dtype=pl.Int64).alias("place"),
        "token",
        "key",
        "present",
        "open",
    )
    return held.filter(alone).select("unit", "token").join(known.drop_nulls("place"), on="token")


def _by_evidence(evidence: pl.DataFrame, keys: pl.DataFrame, tiers: int) -> pl.DataFrame:
    merged = keys.drop_nulls("into")["key"].implode()
    taken = _TAKEN.to_frame()
    for place in range(tiers):
        of_tier = (
            evidence.filter(pl.col("place") == place)
            .join(taken, on="unit", how="anti")
            .group_by("unit", "key")
            .agg(pl.len().cast(pl.Int64).alias("weight"))
        )
        for leads in (False, True):
            free = (
                of_tier.filter(pl.col("key").is_in(merged) == leads)
                .join(taken, on="unit", how="anti")
                .join(taken, on="key", how="anti")
            )
            granted = strongest_first(free).with_columns(place=pl.lit(place, pl.Int64))
            taken = pl.concat([taken, granted])
    return taken


def _keep_present(taken: pl.DataFrame, leads: pl.Series) -> pl.DataFrame:
    """A unit that would take a key that was merged away takes the one that it leads to, where nobody else does: they
    have not parted."""
    stay = (
        taken.with_columns(leads.gather(taken["key"]).alias("present"))
        .filter(~pl.col("present").is_in(pl.col("key").implode()))
        .sort("place", "weight", "key", descending=[False, True, False])
        .unique("present", keep="first", maintain_order=True)
        .select("unit", "present")
    )
    kept = taken.join(stay, on="unit", how="left", maintain_order="left")
    return kept.with_columns(key=pl.coalesce("present", "key")).drop("present")


def _alike(held: pl.DataFrame, before: pl.DataFrame, taken: pl.DataFrame, whole: Tier) -> pl.DataFrame:
    """Units whose records all read like another's take the free keys of such records: those of the last
    run first, in the order of the book."""
    mine = pl.col("facet").is_in(list(whole.facets))
    units = held.join(taken, on="unit", how="anti").filter(mine).select("unit", "token")
    homes = (
        before.join(taken, on="key", how="anti")
        .filter(mine, pl.col("key") == pl.col("present"))
        .join(units, on="token", how="semi")
        # What a key was seen with last tells more than what it was seen with before.
        .filter(pl.col("open") | ~pl.col("open").any().over("key"))
    )
    by_unit = units.join(homes, on="token", how="semi").group_by("unit").agg(pl.col("token").min())
    by_key = homes.group_by("key", "open").agg(pl.col("token").min())
    turn = pl.int_range(pl.len()).over("token").alias("turn")
    return (
        by_unit.sort("unit")
        .with_columns(turn)
        .join(by_key.sort(~pl.col("open"), "key").with_columns(turn), on=["token", "turn"])
        .select("unit", "key")
    )


def _new_keys(seeds: pl.DataFrame, known: pl.Series, run: int, mint: Mint) -> pl.DataFrame:
    """`unit, key, name` of those who have none. A seed that was used before gives another key in every run."""
    ordered = seeds.sort("seed", "unit").with_columns(turn=pl.int_range(pl.len()).over("seed"))
    first = ordered.with_columns(name=mint(ordered["seed"]))
    is_free = (pl.col("turn") == 0) & ~pl.col("name").is_in(known.implode())
    free = first.filter(is_free)
    rest = first.filter(~is_free)
    again = mint(rest.select(pl.concat_str("seed", pl.lit(str(run)), "turn", separator="|")).to_series())
    named = pl.concat([free, rest.with_columns(name=again)]).sort("unit")
    number = pl.int_range(pl.len(), dtype=pl.Int64) + len(known)
    return named.select("unit", number.alias("key"), "name")


def _turned(
    held: pl.DataFrame,
    taken: pl.DataFrame,
    evidence: pl.DataFrame,
    before: pl.DataFrame,
    keys: pl.DataFrame,
    tiers: Sequence[Tier],
    run: int,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What becomes of the keys that are there (`key, into, absent_since`, those that change), and `key, into` of those
    merged.

    A key that nobody took goes where most of what it is known by went: first those that stand for themselves, with all
    that leads to them; then those merged away whose own records have left the key that they lead to.
    """
    is_taken = pl.col("key").is_in(taken["key"].implode())
    standing = keys.with_columns(into=pl.when(~is_taken).then("into"))
    present = presently(standing).rename({"present": "tree"}).filter(~is_taken)
    is_root = pl.col("key") == pl.col("tree")
    roots = present.filter(is_root)
    trees = present.filter(pl.col("tree").is_in(roots["key"].implode()))
    nobody = pl.DataFrame(schema={"tree": pl.Int64, "stays": pl.Int64})
    merged = _where_most_went(held, evidence, before, trees, taken, tiers, nobody)
    led = standing.update(merged, on="key", how="left")
    leading = presently(led).join(present.filter(~is_root), on="key", how="semi")
    own = leading.select("key", tree="key", stays="present")
    left = _where_most_went(held, evidence, before, own.select("key", "tree"), taken, tiers, own.drop("key"))
    merged = pl.concat([merged, left])
    here = is_taken | pl.col("into").is_not_null()
    turned = led.update(left, on="key", how="left").with_columns(
        absent_since=pl.when(~here).then(pl.coalesce("absent_since", pl.lit(run, pl.Int64)))
    )
    changes = pl.any_horizontal(turned[name].ne_missing(keys[name]) for name in ("into", "absent_since"))
    return turned.filter(changes).select("key", "into", "absent_since"), merged


def _where_most_went(
    held: pl.DataFrame,
    evidence: pl.DataFrame,
    before: pl.DataFrame,
    trees: pl.DataFrame,
    taken: pl.DataFrame,
    tiers: Sequence[Tier],
    stays: pl.DataFrame,
) -> pl.DataFrame:
    """`key, into`: for every tree of `trees` (`key, tree`) the key of the unit that most of it is with, by the first
    tier that has any. `stays` (`tree, stays`): the key that it leads to already, which needs no telling and wins a
    draw; otherwise the first does."""
    evidence = evidence.join(trees, on="key").join(taken.rename({"key": "into"}), on="unit")
    known = before.join(trees, on="key")
    seen = held.filter(pl.col("token").is_in(known["token"].implode()))["token"]
    chosen = _MERGED.to_frame()
    stronger: list[str] = []
    for place, tier in enumerate(tiers):
        weights = (
            evidence.filter(pl.col("place") == place)
            .group_by("tree", "into")
            .agg(pl.len().cast(pl.Int64).alias("weight"))
        )
        if tier.weak:
            of_stronger = known.filter(pl.col("facet").is_in(stronger), pl.col("token").is_in(seen.implode()))
            weights = weights.join(of_stronger, on="tree", how="anti").filter(pl.col("tree").is_unique())
        of_tier = known.filter(pl.col("facet").is_in(list(tier.facets)))
        best = (
            weights.join(of_tier.group_by("tree").agg(pl.col("token").n_unique().alias("known")), on="tree")
            .filter(pl.col("weight") > tier.merges * pl.col("known"))
            .join(chosen, left_on="tree", right_on="key", how="anti")
            .join(stays, on="tree", how="left")
            .sort(
                "tree",
                "weight",
                (pl.col("into") == pl.col("stays")).fill_null(False),
                "into",
                descending=[False, True, True, False],
            )
            .unique("tree", keep="first", maintain_order=True)
        )
        chosen = pl.concat([chosen, best.select(key="tree", into="into")])
        stronger += tier.facets
    told = chosen.join(stays, left_on="key", right_on="tree", how="left")
    return told.filter(pl.col("into").ne_missing(pl.col("stays"))).select("key", "into")


def _rehomed(
    held: pl.DataFrame, taken: pl.DataFrame, holdings: pl.DataFrame, leads: pl.Series, run: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of HOLDINGS that this run opens, and `id, until, over` of those that it closes. `leads`: where each key
    leads after this run."""
    seen = held.join(taken, on="unit").select("token", present="key", its="facet")
    valid = holdings.filter(~pl.col("over"))
    rows = valid.select("id", "facet", "token", "key", "until", leads.gather(valid["key"]).alias("present"))
    both = rows.join(seen, on=["token", "present"], how="full", coalesce=True)
    new = both.filter(pl.col("id").is_null())
    gone = both.filter(pl.col("its").is_null())
    back = both.filter(pl.col("its").is_not_null(), pl.col("until").is_not_null())
    again = seen.filter(pl.col("token").is_in(gone["token"].implode()))["token"]
    elsewhere = gone.filter(
        pl.col("token").is_in(again.implode()), pl.col("present").is_in(taken["key"].implode())
    )
    unseen = gone.join(elsewhere, on="id", how="anti").filter(pl.col("until").is_null())
    closed = pl.concat(
        [
            back.select("id", "until", over=True),
            elsewhere.select("id", until=pl.coalesce("until", pl.lit(run, pl.Int64)), over=True),
            unseen.select("id", until=pl.lit(run, pl.Int64), over=False),
        ]
    ).sort("id")
    last = holdings["id"].max() or 0
    opened = (
        pl.concat(
            [
                new.select("token", facet="its", key="present").select("facet", "token", "key"),
                back.select("facet", "token", "key"),
            ]
        )
        .sort("token", "key")
        .select(
            (pl.int_range(pl.len(), dtype=pl.Int64) + last + 1).alias("id"),
            "facet",
            "token",
            "key",
            since=pl.lit(run, pl.Int64),
            until=pl.lit(None, pl.Int64),
            over=pl.lit(False),
        )
    )
    return opened.cast(HOLDINGS), closed


def _lost(held: pl.DataFrame, before: pl.DataFrame, whole: Tier) -> pl.Series:
    """Keys of which a record of the last run is nowhere now: withdrawn, or corrected."""
    mine = pl.col("facet").is_in(list(whole.facets))
    records = before.filter("open", mine).join(held.filter(mine), on="token", how="anti")
    return records["present"].unique()


def _transfers(
    lost: pl.Series,
    taken: pl.DataFrame,
    fresh: pl.DataFrame,
    evidence: pl.DataFrame,
    merged: pl.DataFrame,
    keys: pl.DataFrame,
    tiers: Sequence[Tier],
) -> pl.DataFrame:
    """`event, key, other`: whose records went to another key, but for those of a key that was merged into it.

    A record that was corrected is one that its key has lost, and of which another has what else it was known by. A key
    that is new, or that stands for itself again, was split off; between others records moved.
    """
    of_records = [place for place, tier in enumerate(tiers) if tier.merges == 0]
    strong = [place for place in of_records if not tiers[place].weak]
    is_new = pl.col("other").is_in(fresh["key"].implode())
    corrected = pl.col("place").is_in(of_records) & pl.col("present").is_in(lost.implode())
    gone_on = pl.col("open") & ((pl.col("place") == 0) | corrected)
    parted = keys.drop_nulls("into").join(taken, on="key", how="semi")["key"]
    return (
        evidence.join(taken.select("unit", other="key"), on="unit")
        .filter(pl.col("present") != pl.col("other"))
        .filter(gone_on | (pl.col("place").is_in(strong) & is_new))
        .select(key="present", other="other")
        .unique()
        .join(merged, left_on=["key", "other"], right_on=["key", "into"], how="anti")
        .select(
            event=pl.when(is_new | pl.col("other").is_in(parted.implode()))
            .then(pl.lit("split"))
            .otherwise(pl.lit("moved")),
            key="key",
            other="other",
        )
    )


def _comings_and_goings(keys: pl.DataFrame, turned: pl.DataFrame) -> pl.DataFrame:
    """`event, key, other` of the keys that nobody has any more, and that somebody has again."""
    both = turned.with_columns(keys["absent_since"].gather(turned["key"]).alias("was"))
    gone = both.filter(pl.col("was").is_null(), pl.col("absent_since").is_not_null())
    back = both.filter(
        pl.col("was").is_not_null(), pl.col("absent_since").is_null(), pl.col("into").is_null()
    )
    none = pl.lit(None, pl.Int64)
    return pl.concat(
        [
            gone.select(event=pl.lit("withdrawn"), key="key", other=none),
            back.select(event=pl.lit("returned"), key="key", other=none),
        ]
    )
