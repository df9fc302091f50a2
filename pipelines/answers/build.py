"""Counting: every measure by every set of its dimensions, made safe before it is written anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import polars as pl

from disclosure import Profile, protect_counts
from release.catalogue import Catalogue, Measure, question_name, questions_of
from release.opening import in_memory

_SCHEMA = pl.Schema(
    {"question": pl.String, "code_1": pl.String, "code_2": pl.String, "code_3": pl.String, "value": pl.Int64}
)


@dataclass(frozen=True)
class Answers:
    """`question`: every question that can be asked. `answer`: the figures that may be shown, and no others."""

    question: pl.DataFrame
    answer: pl.DataFrame


def build_answers(
    populations: Mapping[str, pl.DataFrame], dimensions: pl.DataFrame, catalogue: Catalogue, profile: Profile
) -> Answers:
    """Count every question of the catalogue over the populations, and keep what `profile` lets be shown.

    `dimensions`: the closed lists (`dimension, code`); a row whose code is on no list counts in totals alone. Exact
    counts exist only within this call.
    """
    questions: list[str] = []
    shown: list[pl.DataFrame] = [_SCHEMA.to_frame()]
    with in_memory() as connection:
        for name, frame in populations.items():
            connection.register(f"population_{name}", frame)
        connection.register("dimension", dimensions)
        for measure in catalogue.counted:
            sets = questions_of(measure)
            questions += [question_name(measure.name, chosen) for chosen in sets]
            counts = _count(connection, measure, sets)
            shown.append(protect_counts(counts, "value", profile))
    answers = pl.concat(shown).sort("question", "code_1", "code_2", "code_3", nulls_last=False)
    return Answers(question=pl.DataFrame({"question": sorted(questions)}), answer=answers)


def _count(
    connection: duckdb.DuckDBPyConnection, measure: Measure, sets: list[tuple[str, ...]]
) -> pl.DataFrame:
    """Exact counts of a measure for all its questions: `question, code_1, code_2, code_3, value`."""
    columns = sorted(measure.dimensions)
    grouped = ", ".join("(" + ", ".join(f'"{name}"' for name in chosen) + ")" for chosen in sets)
    counted = f'count(DISTINCT "{measure.distinct}")' if measure.distinct else "count(*)"
    where, values = _where(measure)
    grouping = ", ".join(f'grouping("{name}") AS "is_total_{name}"' for name in columns)
    rows = connection.execute(
        f"SELECT {', '.join(_quoted(columns))}{', ' if columns else ''}{grouping}{', ' if columns else ''}"  # noqa: S608
        f"{counted} AS value FROM population_{measure.population} WHERE {where} GROUP BY GROUPING SETS ({grouped})",
        values,
    ).pl()
    return pl.concat(
        [_SCHEMA.to_frame(), *(_of_question(connection, measure, rows, chosen) for chosen in sets)]
    )


def _of_question(
    connection: duckdb.DuckDBPyConnection, measure: Measure, rows: pl.DataFrame, chosen: tuple[str, ...]
) -> pl.DataFrame:
    mine = rows.filter(
        pl.all_horizontal(
            pl.lit(True),
            *(pl.col(f"is_total_{name}") == int(name not in chosen) for name in sorted(measure.dimensions)),
        )
    )
    for name in chosen:
        listed = connection.execute("SELECT code FROM dimension WHERE dimension = ?", [name]).pl()["code"]
        mine = mine.filter(pl.col(name).is_in(listed.implode()))
    codes = [
        (pl.col(chosen[place]) if place < len(chosen) else pl.lit(None, pl.String)).alias(f"code_{place + 1}")
        for place in range(3)
    ]
    return mine.select(
        pl.lit(question_name(measure.name, chosen)).alias("question"), *codes, pl.col("value").cast(pl.Int64)
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
