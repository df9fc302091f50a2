"""Counting: every measure by every set of its dimensions, made safe before it is written anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import polars as pl

from disclosure import Profile, protect_counts
from release.catalogue import (
    OF_A_FRAMEWORK,
    Catalogue,
    Measure,
    list_name,
    measures_of,
    question_name,
    questions_of,
)
from release.opening import in_memory

# Every set of dimensions holds a table of its own while it is counted: this many at a time.
_TOGETHER = 32
_SCHEMA = pl.Schema(
    {"question": pl.String, "code_1": pl.String, "code_2": pl.String, "code_3": pl.String, "value": pl.Int64}
)


@dataclass(frozen=True)
class Answers:
    """`question`: every question that can be asked. `answer`: the figures that may be shown, and no others."""

    question: pl.DataFrame
    answer: pl.DataFrame


def build_answers(
    populations: Mapping[str, pl.DataFrame],
    dimensions: pl.DataFrame,
    catalogue: Catalogue,
    profile: Profile,
    further: Mapping[str, Mapping[str, pl.DataFrame]] | None = None,
) -> Answers:
    """Count every question of the catalogue over the populations, and keep what `profile` lets be shown.

    `dimensions`: the closed lists (`dimension, code`); a row whose code is on no list counts in totals alone.
    `further`: the populations of needs and claims of each framework beside the primary one. Exact counts exist only
    within this call.
    """
    lists = {str(name): frame["code"] for (name,), frame in dimensions.group_by("dimension")}
    questions: list[str] = []
    shown: list[pl.DataFrame] = [_SCHEMA.to_frame()]
    for framework, frames in {"": populations, **(further or {})}.items():
        with in_memory() as connection:
            for name, frame in frames.items():
                connection.register(f"population_{name}", _coded(frame, lists, framework))
            for measure in measures_of(catalogue, framework):
                questions += [
                    question_name(measure.name, chosen, framework) for chosen in questions_of(measure)
                ]
                counts = protect_counts(
                    _count(connection, measure), "value", profile, contributors="families"
                )
                shown.append(_by_question(counts, measure, framework))
    answers = pl.concat(shown).sort("question", "code_1", "code_2", "code_3", nulls_last=False)
    return Answers(question=pl.DataFrame({"question": sorted(questions)}), answer=answers)


def _count(connection: duckdb.DuckDBPyConnection, measure: Measure) -> pl.DataFrame:
    """Exact counts of a measure for all its questions: its dimensions, `total_…` for each (1: not broken down by it),
    `value` (Int64), and `families`: how many families they are about."""
    questions = questions_of(measure)
    parts = [questions[first : first + _TOGETHER] for first in range(0, len(questions), _TOGETHER)]
    return pl.concat([_count_some(connection, measure, part) for part in parts], how="vertical_relaxed")


def _count_some(
    connection: duckdb.DuckDBPyConnection, measure: Measure, questions: list[tuple[str, ...]]
) -> pl.DataFrame:
    used = {name for chosen in questions for name in chosen}
    names = sorted(measure.dimensions)
    columns = [f'"{name}"' if name in used else f'NULL AS "{name}"' for name in names]
    grouping = [(f'grouping("{name}")' if name in used else "1") + f' AS "total_{name}"' for name in names]
    sets = ", ".join("(" + ", ".join(f'"{name}"' for name in chosen) + ")" for chosen in questions)
    counted = f'count(DISTINCT "{measure.distinct}")' if measure.distinct else "count(*)"
    where, values = _where(measure)
    counts = [f"{counted} AS value", "count(DISTINCT family) AS families"]
    return connection.execute(
        f"SELECT {', '.join([*columns, *grouping, *counts])} "  # noqa: S608
        f"FROM population_{measure.population} WHERE {where} GROUP BY GROUPING SETS ({sets})",
        values,
    ).pl()


def _coded(population: pl.DataFrame, lists: Mapping[str, pl.Series], framework: str) -> pl.DataFrame:
    """A population with its dimensions as numbers of their lists' codes; a code that is on no list becomes blank.

    A framework without needs has no list of them: then every code is on none.
    """
    own = {name: lists.get(list_name(name, framework)) for name in population.columns}
    blank = [name for name, codes in own.items() if codes is None and name in OF_A_FRAMEWORK]
    return population.with_columns(
        *(
            pl.col(name).cast(pl.Enum(codes), strict=False)
            for name, codes in own.items()
            if codes is not None
        ),
        *(pl.lit(None, pl.String).alias(name) for name in blank),
    )


def _by_question(counts: pl.DataFrame, measure: Measure, framework: str) -> pl.DataFrame:
    """Counts as rows of the table `answer`: the question's name, and the codes in the order of its dimensions."""
    names = sorted(measure.dimensions)
    asked = {name: pl.col(f"total_{name}") == 0 for name in names}
    listed = counts.filter(
        pl.all_horizontal(pl.lit(True), *(~asked[name] | pl.col(name).is_not_null() for name in names))
    )
    parts = [pl.when(asked[name]).then(pl.lit(f"|{name}")).otherwise(pl.lit("")) for name in names]
    codes = pl.concat_list(
        pl.lit(None, pl.String), *(pl.when(asked[name]).then(pl.col(name).cast(pl.String)) for name in names)
    ).list.drop_nulls()
    return listed.select(
        pl.concat_str(pl.lit(question_name(measure.name, (), framework)), *parts).alias("question"),
        *(codes.list.get(place, null_on_oob=True).alias(f"code_{place + 1}") for place in range(3)),
        pl.col("value").cast(pl.Int64),
    )


def _where(measure: Measure) -> tuple[str, list[str]]:
    parts = ["true"]
    values: list[str] = []
    for column, codes in measure.where.items():
        parts.append(f'"{column}" IN ({", ".join("?" for _ in codes)})')
        values += codes
    return " AND ".join(parts), values


def _quoted(names: list[str]) -> list[str]:
    return [f'"{name}"' for name in names]
