"""The lasting keys of everybody in a run: people first, then the families that they make up."""

from dataclasses import dataclass, field

import polars as pl

from pipelines.keys import Keys, Purpose
from pipelines.register.assign import Assigned, Tier, assign
from pipelines.register.book import Book, Changes, as_token, changed, presently
from pipelines.register.facets import Described

# A whole description first; then numbers, which outlast a correction; then names, for want of anything better.
PEOPLE = (
    Tier(("record_key",), merges=0),
    Tier(("own", "nhs_number", "upn", "nino"), merges=0),
    Tier(("name_birth",), merges=0, weak=True),
    Tier(("name_place",), merges=0, weak=True),
    Tier(("birth_place",), merges=0, weak=True),
)
# A family is its number in the case system; where that is new, or gone, most of its members.
FAMILIES = (Tier(("family_ref",), merges=0), Tier(("member",), merges=0.5))
RUNS = pl.Schema({"run": pl.Int64, "name": pl.String})


@dataclass(frozen=True)
class Register:
    """All that is known of keys: the runs that made it so (`run, name`), and a book each of people and families."""

    runs: pl.DataFrame = field(default_factory=RUNS.to_frame)
    people: Book = field(default_factory=Book)
    families: Book = field(default_factory=Book)


@dataclass(frozen=True)
class Kept:
    """The keys of a run: `person, person_key` of everybody, `family_ref, family_key` of every family in the case system
    and of every number that the register knows to mean one of these; the register after it, and what changed."""

    person: pl.DataFrame
    family: pl.DataFrame
    register: Register
    people: Changes
    families: Changes


def keep_keys(
    described: Described,
    persons: pl.DataFrame,
    memberships: pl.DataFrame,
    family_of_ref: pl.DataFrame,
    register: Register,
    keys: Keys,
    name: str,
    *,
    helped: pl.Series,
    claimed: pl.Series,
) -> Kept:
    """Give everybody in the run `name` a lasting key.

    `described`: what the records are known again by. `persons`: `record_id, person` (Int64, from 0, fewer than 2³²):
    whose they are, each once. `memberships`: `family` (Int64), `person`.
    `family_of_ref`: `family, family_ref`. `helped`: numbers of families that have an episode; one of whom nobody is
    known is a family all the same. `claimed`: numbers of families that were claimed for, which may be gone by now.
    """
    run = register.runs.height + 1
    people = assign_people(described, persons, register.people, keys, run)
    after = changed(register.people, people.changes)
    person = people.keys.rename({"unit": "person", "key": "person_key"})
    every = _with_empty(family_of_ref, helped)
    belongs = memberships.select("family", "person").unique().join(person, on="person")
    families = assign_families(every, belongs, _known_today(register.families, after), keys, run)
    book = changed(register.families, families.changes)
    runs = pl.concat([register.runs, pl.DataFrame({"run": [run], "name": [name]}, schema=RUNS)])
    return Kept(
        person,
        _family_refs(pl.concat([every["family_ref"], claimed]), families, book, keys),
        Register(runs, after, book),
        people.changes,
        families.changes,
    )


def _with_empty(family_of_ref: pl.DataFrame, helped: pl.Series) -> pl.DataFrame:
    known = family_of_ref.select(pl.col("family").cast(pl.Int64), "family_ref").unique()
    others = (
        helped.drop_nulls().unique().sort().to_frame("family_ref").join(known, on="family_ref", how="anti")
    )
    number = pl.int_range(pl.len(), dtype=pl.Int64) + (
        pl.lit(known["family"].max(), pl.Int64).fill_null(0) + 1
    )
    return pl.concat([known, others.select(number.alias("family"), "family_ref")])


def assign_people(described: Described, persons: pl.DataFrame, book: Book, keys: Keys, run: int) -> Assigned:
    """The key of every person: `described` and `persons` as `keep_keys` takes them."""
    whose = described.records.join(persons.select("record_id", "person"), on="record_id")
    # One number for a pair is compared much faster than two.
    person, description = _parted(_paired(whose["person"], whose["description"]).unique())
    parts = {}
    for facet, hashes in described.hashes.items():
        code = described.codes[facet].gather(description)
        unit, which = _parted(_paired(person, code).drop_nulls().unique())
        token = hashes.to_frame("hash").select(as_token("hash")).to_series().gather(which)
        parts[facet] = pl.DataFrame({"unit": unit, "token": token})
    held = pl.concat(
        part.select("unit", pl.lit(facet).alias("facet"), "token") for facet, part in parts.items()
    )
    least = [parts[facet].group_by("unit").agg(pl.col("token").min()) for facet in ("own", "record_key")]
    seeds = least[1].join(least[0], on="unit", how="left", suffix="_own")
    seeds = seeds.select("unit", seed=pl.coalesce("token_own", "token").cast(pl.String))
    return assign(held, seeds, book, tiers=PEOPLE, run=run, mint=lambda s: _minted(s, Purpose.PERSON, keys))


def _paired(one: pl.Series, other: pl.Series) -> pl.Series:
    return one.cast(pl.UInt32).cast(pl.UInt64) * 2**32 + other.cast(pl.UInt64)


def _parted(pairs: pl.Series) -> tuple[pl.Series, pl.Series]:
    return (pairs // 2**32).cast(pl.Int64), (pairs % 2**32).cast(pl.UInt32)


def assign_families(
    family_of_ref: pl.DataFrame, belongs: pl.DataFrame, book: Book, keys: Keys, run: int
) -> Assigned:
    """The key of every family: `family_of_ref` has `family, family_ref`, `belongs` has `family, person_key`."""
    named = family_of_ref.join(_ref_tokens(family_of_ref["family_ref"], keys), on="family_ref")
    held = pl.concat(
        [
            _held(named.select(unit="family", family_ref="token"), ("family_ref",)),
            _held(belongs.rename({"family": "unit", "person_key": "member"}), ("member",)),
        ]
    )
    seeds = named.group_by(unit="family").agg(seed=pl.col("token").min())
    return assign(held, seeds, book, tiers=FAMILIES, run=run, mint=lambda s: _minted(s, Purpose.FAMILY, keys))


def _held(wide: pl.DataFrame, facets: tuple[str, ...]) -> pl.DataFrame:
    parts = [
        wide.select("unit", as_token(facet).alias("token"))
        .drop_nulls("token")
        .unique()
        .select("unit", pl.lit(facet).alias("facet"), "token")
        for facet in facets
    ]
    return pl.concat(parts)


def _minted(seeds: pl.Series, purpose: Purpose, keys: Keys) -> pl.Series:
    tokens = keys.tokens(purpose, seeds)
    return seeds.to_frame("key").join(tokens, on="key", how="left", maintain_order="left")["token"]


def _ref_tokens(references: pl.Series, keys: Keys) -> pl.DataFrame:
    """`family_ref, token`: the hash by which the register knows a family's number in the case system."""
    refs = references.unique().sort()
    return keys.hashes(Purpose.FACET, "family_ref", refs).rename({"text": "family_ref", "hash": "token"})


def _known_today(families: Book, people: Book) -> Book:
    """The book of families with each member under the key that they have today."""
    today = presently(people.keys).select(as_token("key").alias("token"), as_token("present").alias("today"))
    holdings = families.holdings.join(today, on="token", how="left", maintain_order="left").with_columns(
        token=pl.coalesce("today", "token")
    )
    return Book(families.keys, holdings.drop("today"), families.events)


def _family_refs(references: pl.Series, families: Assigned, book: Book, keys: Keys) -> pl.DataFrame:
    known = book.holdings.filter(~pl.col("over"), pl.col("facet") == "family_ref")
    leads = presently(book.keys)
    known = known.select("token", leads["present"].gather(known["key"]).alias("present"))
    return (
        _ref_tokens(references, keys)
        .with_columns(as_token("token"))
        .join(known, on="token")
        .join(families.keys, left_on="present", right_on="key", how="semi")
        .select("family_ref", family_key="present")
        .unique()
        .sort("family_ref", "family_key")
    )
