"""Whom the texts of a spell of help are about: the family's people, their relatives, and the workers who know them."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.contracts import CONTRACTS, Part
from pipelines.linkage.names import folded
from pipelines.linkage.whole_names import parse_whole_names
from pipelines.notes.texts import episode_column

_MEMBERS, _EPISODES, _RELATIONSHIPS = "family_member", "family_episode", "relationship"
RELATIVE, PARENT = "relative", "parent"
# Somebody in more families than this is a slip of the pen: those of the others are no relatives.
_MOST_FAMILIES = 12
_PARENT_OF, _CHILD_OF = "parent_of", "child_of"

Rows = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Cases:
    """Families as texts need them.

    `episodes`: `episode_ref, case`: a case is the family of the episode; where rows of one episode name several
    families, all of them together. `every_episode`: the like of all episodes of the family, with texts or without.
    `families`: `case, family`. `references`: `case, value`: numbers of the family, its episodes and its claims.
    """

    episodes: pl.DataFrame
    every_episode: pl.DataFrame
    families: pl.DataFrame
    references: pl.DataFrame


def find_cases(rows: Rows, family_of_ref: pl.DataFrame, wanted: pl.Series) -> Cases:
    """The cases of the episodes in `wanted`.

    `rows`: contract to rows, good and in quarantine. `family_of_ref`: `family, family_ref`, of every number that any
    row gives a family (see `every_family`).
    """
    named = _named(rows, Part.FAMILY, Part.RECORD).join(family_of_ref, on="family_ref")
    of_episode = (
        named.filter(pl.col("contract") == _EPISODES, pl.col("value").is_in(wanted.implode()))
        .group_by(episode_ref="value")
        .agg(pl.col("family").unique().sort())
        .sort("episode_ref")
        .with_columns(
            case=pl.col("family").list.eval(pl.element().cast(pl.String)).list.join("+").rank("dense")
        )
        .with_columns(pl.col("case").cast(pl.Int64) - 1)
    )
    families = of_episode.select("case", "family").unique("case").explode("family").sort("case", "family")
    numbers = pl.concat([named.select("family", "value"), family_of_ref.select("family", value="family_ref")])
    references = families.join(numbers.drop_nulls().unique(), on="family").select("case", "value").unique()
    of_family = (
        named.filter(pl.col("contract") == _EPISODES).select("family", episode_ref="value").drop_nulls()
    )
    every = (
        of_family.join(families, on="family")
        .select("episode_ref", "case")
        .unique()
        .sort("episode_ref", "case")
    )
    return Cases(of_episode.select("episode_ref", "case"), every, families, references.sort("case", "value"))


def every_family(rows: Rows, memberships: pl.DataFrame) -> pl.DataFrame:
    """`family, family_ref` of every number that any row gives a family: those of `memberships` (`family, family_ref`),
    and a family of its own for each that stands in quarantined rows alone."""
    known = memberships.select("family", "family_ref").unique()
    others = _named(rows, Part.FAMILY).select("family_ref").unique().join(known, on="family_ref", how="anti")
    first = known.select(pl.col("family").max().fill_null(-1)).item() + 1
    numbered = (
        others.sort("family_ref")
        .with_row_index("place")
        .select(family=pl.col("place").cast(pl.Int64) + first, family_ref="family_ref")
    )
    return pl.concat([known, numbered])


def people_of_cases(cases: Cases, members: pl.DataFrame, related: pl.DataFrame) -> pl.DataFrame:
    """`case, person, role` of everybody near: the role in the family, the newest where there were several; `parent` or
    `relative` for those who are related to somebody of it, or live elsewhere with somebody of it.

    `members`: `family, person, role, from_date`. `related`: `person, what, other_person`: what one is to the other.
    """
    inside = (
        cases.families.join(members, on="family")
        .sort("case", "person", "from_date", "role", nulls_last=False)
        .unique(["case", "person"], keep="last", maintain_order=True)
        .select("case", "person", "role")
    )
    turned = related.select(
        person="other_person",
        what=pl.when(pl.col("what") == _CHILD_OF).then(pl.lit(_PARENT_OF)),
        other_person="person",
    )
    said = pl.concat([related.with_columns(pl.when(pl.col("what") == _PARENT_OF).then("what")), turned])
    kin = said.join(inside.select("case", other_person="person"), on="other_person").select(
        "case",
        "person",
        role=pl.when(pl.col("what").is_not_null()).then(pl.lit(PARENT)).otherwise(pl.lit(RELATIVE)),
    )
    plausible = members.filter(pl.col("family").n_unique().over("person") <= _MOST_FAMILIES)
    homes = inside.join(plausible.select("person", "family").unique(), on="person").select("case", "family")
    elsewhere = homes.unique().join(members.select("family", "person").unique(), on="family")
    outside = pl.concat([kin, elsewhere.select("case", "person", role=pl.lit(RELATIVE))])
    outside = outside.join(inside, on=["case", "person"], how="anti")
    # "parent" comes before "relative".
    return pl.concat(
        [inside, outside.sort("case", "person", "role").unique(["case", "person"], keep="first")]
    ).sort("case", "person")


def relationships(rows: Rows, persons: pl.DataFrame) -> pl.DataFrame:
    """`person, what, other_person`: what the case system says that one person is to another."""
    own = CONTRACTS[_MEMBERS].parts(Part.OWN_KEY)[0].name
    mine = persons.filter(pl.col("contract") == _MEMBERS)
    known = (
        rows[_MEMBERS].join(mine, on=["file", "row"]).select(ref=own, person="person").drop_nulls().unique()
    )
    first, second = (column.name for column in CONTRACTS[_RELATIONSHIPS].parts(Part.OWN_KEY))
    return (
        rows[_RELATIONSHIPS]
        .select(first=first, second=second, what="relationship")
        .join(known.rename({"ref": "first"}), on="first")
        .join(known.rename({"ref": "second", "person": "other_person"}), on="second")
        .select("person", "what", "other_person")
        .unique()
    )


@dataclass(frozen=True)
class Workers:
    """`facts`: `worker, key, part, value`: what is known of each worker, and what names them from run to run. `near`:
    `case, worker`: who works with the family: who leads, wrote a text, or identified a need."""

    facts: pl.DataFrame
    near: pl.DataFrame


def find_workers(rows: Rows, cases: Cases) -> Workers:
    """The workers of the council's table, and those whom an episode alone names."""
    tables = [contract for contract in CONTRACTS.values() if _numbers_workers(contract.name)]
    said = [
        rows[table.name].select(number=table.key, part=pl.lit(str(column.part)), value=column.name)
        for table in tables
        for column in table.parts(Part.WORKER, Part.WORKER_NAME, Part.EMAIL)
    ]
    listed = pl.concat(
        [pl.DataFrame(schema=dict.fromkeys(("number", "part", "value"), pl.String)), *said]
    ).drop_nulls()
    by_number, by_name = _meetings(rows, cases)
    names = listed.filter(pl.col("part") == Part.WORKER_NAME).select("number", name=folded(pl.col("value")))
    unlisted = by_name.join(names, on="name", how="anti")
    facts = pl.concat(
        [
            listed.select(pl.concat_str(pl.lit("number "), "number").alias("key"), "part", "value"),
            unlisted.select(
                pl.concat_str(pl.lit("name "), "name").alias("key"),
                pl.lit(Part.WORKER_NAME.value).alias("part"),
                pl.col("written").alias("value"),
            ),
        ]
    ).unique()
    numbered = facts.with_columns(worker=pl.col("key").rank("dense").cast(pl.Int64) - 1)
    keys = numbered.select("key", "worker").unique()
    near = pl.concat(
        [
            by_number.select("case", pl.concat_str(pl.lit("number "), "number").alias("key")),
            by_name.join(names, on="name").select(
                "case", pl.concat_str(pl.lit("number "), "number").alias("key")
            ),
            unlisted.select("case", pl.concat_str(pl.lit("name "), "name").alias("key")),
        ]
    )
    return Workers(
        numbered.select("worker", "key", "part", "value").sort("worker", "part", "value"),
        near.join(keys, on="key").select("case", "worker").unique().sort("case", "worker"),
    )


def halves(names: pl.Series, forenames: pl.Series, surnames: pl.Series) -> pl.DataFrame:
    """`name, forename, surname` of each of `names`, distinct. The others: names of the run, which tell them apart."""
    distinct = names.drop_nulls().unique().sort()
    return parse_whole_names(distinct, forenames, surnames).with_columns(name=distinct)


def _meetings(rows: Rows, cases: Cases) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Which workers the records of a case name: `case, number`; and `case, name` (folded), `written`."""
    by_number = [pl.DataFrame(schema={"case": pl.Int64, "number": pl.String})]
    by_name = [pl.DataFrame(schema={"case": pl.Int64, "name": pl.String, "written": pl.String})]
    for contract in CONTRACTS.values():
        episode = episode_column(contract)
        if episode is None or rows[contract.name].is_empty():
            continue
        of_case = rows[contract.name].join(
            cases.every_episode.select(pl.col("episode_ref").alias("of_episode"), "case"),
            left_on=episode,
            right_on="of_episode",
        )
        by_number += [of_case.select("case", number=column.name) for column in contract.parts(Part.WORKER)]
        by_name += [
            of_case.select("case", name=folded(pl.col(column.name)), written=column.name)
            for column in contract.parts(Part.WORKER_NAME)
        ]
    return pl.concat(by_number).drop_nulls().unique(), pl.concat(by_name).drop_nulls().unique()


def _numbers_workers(name: str) -> bool:
    contract = CONTRACTS[name]
    return contract.key is not None and contract.by_name[contract.key].part is Part.WORKER


def _named(rows: Rows, *parts: Part) -> pl.DataFrame:
    """`contract, family_ref, value` of every row that names a family, and what it says of `parts`: blank for none."""
    found = [pl.DataFrame(schema=dict.fromkeys(("contract", "family_ref", "value"), pl.String))]
    for contract in CONTRACTS.values():
        if not contract.parts(Part.FAMILY):
            continue
        family = contract.parts(Part.FAMILY)[0].name
        others = [column.name for column in contract.parts(*parts) if column.name != family]
        found += [
            rows[contract.name].select(
                contract=pl.lit(contract.name),
                family_ref=family,
                value=pl.col(other) if other else pl.lit(None, pl.String),
            )
            for other in others or [""]
        ]
    return pl.concat(found).drop_nulls("family_ref").unique()
