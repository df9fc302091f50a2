"""Who is known for each text of a run, out of the linked records of all sources.

Near, for the texts about a family: everybody who ever was of it, whoever is recorded as related to somebody of it or
lives elsewhere with somebody of it, and its workers. Far, for every text: all workers of the council. Of each, every
form of the name that any record has, births, numbers, addresses and schools.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from pipelines.contracts import CONTRACTS, Part
from pipelines.keys import Keys, Purpose
from pipelines.notes.casework import (
    PARENT,
    RELATIVE,
    Rows,
    every_family,
    find_cases,
    find_workers,
    halves,
    people_of_cases,
    relationships,
)
from pipelines.notes.facts import FACTS, KINDS, facts_of_people, persons_of_broken, useful
from pipelines.notes.folding import folded
from pipelines.notes.known import Known, KnownPerson
from pipelines.notes.spans import Kind

_TOKEN_DIGITS = 6
# Rows become objects for so many cases at a time.
_CASES_AT_A_TIME = 256
_MOTHER_OR_FATHER: Mapping[str, str] = {"F": "MOTHER", "M": "FATHER"}
_ROLES: Mapping[str, str] = {"child": "CHILD", "unborn": "UNBORN", RELATIVE: "RELATIVE"}
_PARENTS = ("parent", "carer", PARENT)
_ADULT, _WORKER = "ADULT", "WORKER"
_LISTS: Mapping[str, tuple[Part, ...]] = {
    "forenames": (Part.FORENAME,),
    "surnames": (Part.SURNAME,),
    "whole_names": (Part.WHOLE_NAME, Part.WORKER_NAME),
    "other_names": (Part.OTHER_NAME,),
    "births": (Part.DATE_OF_BIRTH,),
}


@dataclass(frozen=True)
class Gathered:
    """Who is known for the texts of a run.

    `episodes`: `episode_ref, case`: whose texts those of a spell of help are. `everywhere`: what is known for every
    text: all workers, all schools. `forenames`, `surnames`: all those of the run, folded.
    """

    episodes: pl.DataFrame
    everywhere: Known
    forenames: frozenset[str]
    surnames: frozenset[str]
    _people: pl.DataFrame = field(repr=False)
    _workers: pl.DataFrame = field(repr=False)
    _references: pl.DataFrame = field(repr=False)

    def __repr__(self) -> str:
        return f"Gathered({self.episodes['case'].n_unique()} cases)"

    def known(self, cases: Sequence[int]) -> Iterator[tuple[int, Known, bool]]:
        """Each of `cases` with what is known for its texts, and whether anybody of the family has a name of use."""
        for first in range(0, len(cases), _CASES_AT_A_TIME):
            some = cases[first : first + _CASES_AT_A_TIME]
            people = _people_by_case(self._people, some)
            workers = _people_by_case(self._workers, some)
            references = _references_by_case(self._references, some)
            for case in some:
                family = Known(people.get(case, ()))
                everybody = (*family.people, *workers.get(case, ()))
                yield case, Known(everybody, references.get(case, ())), family.has_names


def gather_known(
    good: Rows,
    broken: Rows,
    episodes: pl.Series,
    *,
    persons: pl.DataFrame,
    memberships: pl.DataFrame,
    person_keys: pl.DataFrame,
    keys: Keys,
    no_names: Sequence[str] = (),
) -> Gathered:
    """Who is known for the texts about `episodes` (their numbers in the case system).

    `good`, `broken`: contract to its good rows and to those in quarantine (`row`, `file` and the contract's columns).
    `persons`: `contract, file, row, person` of every good row about a person. `memberships`: `family, family_ref,
    person, role, from_date`. `person_keys`: `person, person_key`, the keys that last. `no_names`: what stands in place
    of a name.
    """
    rows = {name: pl.concat([frame, *_rows_of(broken, name)]) for name, frame in good.items()}
    found = persons_of_broken(broken, good, persons)
    everybody = pl.concat([persons.select(found.columns), found])
    family_of_ref = every_family(rows, memberships)
    cases = find_cases(rows, family_of_ref, episodes)
    members = _members(memberships, broken, found, family_of_ref)
    people = people_of_cases(cases, members, relationships(rows, everybody))
    facts = facts_of_people(rows, everybody, people["person"].unique(), no_names)
    workers = find_workers(rows, cases)
    forenames, surnames = (_values(rows, part) for part in (Part.FORENAME, Part.SURNAME))
    of_workers = _described(_facts_of_workers(workers.facts, forenames, surnames, no_names))
    named = of_workers.join(_worker_tokens(workers.facts, keys), on="person")
    schools = _values(rows, Part.SCHOOL).unique().sort()
    return Gathered(
        episodes=cases.episodes,
        everywhere=Known(
            tuple(_person(row, near=False) for row in named.sort("person").iter_rows(named=True)),
            tuple((Kind.SCHOOL, school) for school in schools),
        ),
        forenames=_words(forenames),
        surnames=_words(surnames),
        _people=_with_tokens(people, facts, person_keys, keys)
        .join(_described(facts), on="person", how="left")
        .sort("case", "person"),
        _workers=workers.near.rename({"worker": "person"}).join(named, on="person").sort("case", "person"),
        _references=_references(cases.references),
    )


def _rows_of(broken: Rows, name: str) -> list[pl.DataFrame]:
    return [broken[name]] if name in broken else []


def _values(rows: Rows, part: Part) -> pl.Series:
    """All that any row says of a part of an identity, with repeats."""
    said = [
        frame[column.name].drop_nulls().alias("value")
        for name, frame in rows.items()
        for column in CONTRACTS[name].parts(part)
    ]
    return pl.concat([pl.Series("value", [], pl.String), *said])


def _words(names: pl.Series) -> frozenset[str]:
    """The words of names, folded; initials are none."""
    words = (folded(name).replace("-", " ").split() for name in names.unique())
    return frozenset(word.strip(".,'") for name in words for word in name if len(word.strip(".,'")) > 1)


# People


def _members(
    memberships: pl.DataFrame, broken: Rows, found: pl.DataFrame, family_of_ref: pl.DataFrame
) -> pl.DataFrame:
    """`family, person, role, from_date`: memberships, and those that rows in quarantine tell of."""
    columns = pl.Schema({"family": pl.Int64, "person": pl.Int64, "role": pl.String, "from_date": pl.Date})
    parts = [memberships.select(columns.names()).cast(columns)]
    for name, frame in broken.items():
        contract = CONTRACTS[name]
        if contract.about_people and contract.parts(Part.FAMILY):
            mine = found.filter(pl.col("contract") == name).select("file", "row", "person")
            told = frame.rename({contract.parts(Part.FAMILY)[0].name: "family_ref"})
            parts.append(
                told.join(mine, on=["file", "row"])
                .join(family_of_ref, on="family_ref")
                .select(columns.names())
            )
    return pl.concat(parts).unique()


def _with_tokens(
    people: pl.DataFrame, facts: pl.DataFrame, person_keys: pl.DataFrame, keys: Keys
) -> pl.DataFrame:
    """`case, person, token`: what stands in a text for each of `people`: the role, and a token of the person's key."""
    sexes = facts.filter(pl.col("part") == Part.SEX).sort("person", "value").unique("person", keep="first")
    role = pl.col("role")
    called = (
        pl.when(role.is_in(_PARENTS))
        .then(pl.col("value").replace_strict(_MOTHER_OR_FATHER, default=_ADULT, return_dtype=pl.String))
        .otherwise(role.replace_strict(_ROLES, default=_ADULT, return_dtype=pl.String))
    )
    key = pl.coalesce("person_key", pl.concat_str(pl.lit("nobody linked "), "person"))
    keyed = (
        people.join(person_keys.select("person", "person_key"), on="person", how="left")
        .join(sexes.select("person", "value"), on="person", how="left")
        .select("case", "person", called=called, key=key)
    )
    tokens = keys.tokens(Purpose.NOTE, keyed["key"])
    token = pl.concat_str("called", pl.lit("_"), pl.col("token").str.slice(0, _TOKEN_DIGITS))
    return keyed.join(tokens, on="key").select("case", "person", token=token)


def _worker_tokens(facts: pl.DataFrame, keys: Keys) -> pl.DataFrame:
    """`person, token` of every worker."""
    keyed = facts.select("worker", key=pl.concat_str(pl.lit("worker "), "key")).unique()
    tokens = keys.tokens(Purpose.NOTE, keyed["key"])
    token = pl.concat_str(pl.lit(f"{_WORKER}_"), pl.col("token").str.slice(0, _TOKEN_DIGITS))
    return keyed.join(tokens, on="key").select(person="worker", token=token)


def _facts_of_workers(
    facts: pl.DataFrame, forenames: pl.Series, surnames: pl.Series, no_names: Sequence[str]
) -> pl.DataFrame:
    """FACTS of workers, with the two halves of each name beside it."""
    said = facts.select(pl.col("worker").alias("person"), "part", "value").cast(FACTS)
    apart = halves(said.filter(pl.col("part") == Part.WORKER_NAME)["value"], forenames, surnames)
    parts = [
        said.join(apart.select(value="name", half=half), on="value").select(
            "person", part=pl.lit(part.value), value="half"
        )
        for half, part in (("forename", Part.FORENAME), ("surname", Part.SURNAME))
    ]
    return useful(pl.concat([said, *parts]), no_names)


def _described(facts: pl.DataFrame) -> pl.DataFrame:
    """One row a person: the columns of _LISTS, and `kinds` and `values` beside each other."""
    value, part = pl.col("value"), pl.col("part")
    kinds = {one.value: kind.value for one, kind in KINDS.items()}
    return facts.group_by("person", maintain_order=True).agg(
        *(
            value.filter(part.is_in([one.value for one in parts])).alias(name)
            for name, parts in _LISTS.items()
        ),
        part.filter(part.is_in(list(kinds)))
        .replace_strict(kinds, default=None, return_dtype=pl.String)
        .alias("kinds"),
        value.filter(part.is_in(list(kinds))).alias("values"),
    )


def _people_by_case(people: pl.DataFrame, cases: Sequence[int]) -> dict[int, tuple[KnownPerson, ...]]:
    mine = people.filter(pl.col("case").is_in(list(cases)))
    found: dict[int, list[KnownPerson]] = {}
    for row in mine.iter_rows(named=True):
        found.setdefault(row["case"], []).append(_person(row, near=True))
    return {case: tuple(those) for case, those in found.items()}


def _person(row: Mapping[str, Any], *, near: bool) -> KnownPerson:
    births, kinds, values = (row[name] or () for name in ("births", "kinds", "values"))
    return KnownPerson(
        token=row["token"],
        **{name: tuple(row[name] or ()) for name in _LISTS if name != "births"},
        births=tuple(date.fromisoformat(day) for day in births),
        values=tuple((Kind(kind), value) for kind, value in zip(kinds, values, strict=True)),
        near=near,
    )


# Numbers of families


def _references(references: pl.DataFrame) -> pl.DataFrame:
    """`case, value` of what is long enough to be a reference."""
    facts = references.select(person="case", part=pl.lit(Part.FAMILY.value), value="value")
    return useful(facts).select(case="person", value="value")


def _references_by_case(
    references: pl.DataFrame, cases: Sequence[int]
) -> dict[int, tuple[tuple[Kind, str], ...]]:
    mine = references.filter(pl.col("case").is_in(list(cases)))
    by_case = mine.group_by("case", maintain_order=True).agg("value").iter_rows()
    return {case: tuple((Kind.CASE_REFERENCE, value) for value in values) for case, values in by_case}
