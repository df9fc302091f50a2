"""`python -m benchmarks.asking`: how long an answer takes, beside counting people each time somebody looks.

A large council's closed world: all tables of up to 3 of 10 dimensions, a dozen measures, five million figures.
Questions are asked at random, broken down and filtered at random; "first" is one that nobody asked before.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import combinations, product
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import polars as pl

from evidence.access import Role, Who
from evidence.desk import Desk
from evidence.evidence import Evidence
from evidence.questions import Question
from evidence.store import StoredRelease
from release import schema
from release.catalogue import Catalogue, Dimension, Measure, question_name, questions_of
from release.opening import ANSWERS, create_answers, in_memory, open_answers
from release.places import Places
from release.pointer import COMPLETE

# The dimensions of a large council, and how many codes each has.
DIMENSIONS: Final = {
    "age_band": 11,
    "ethnic_group": 6,
    "headline": 10,
    "locality": 6,
    "need": 40,
    "quarter": 16,
    "referral_source": 7,
    "sex": 4,
    "team": 25,
    "ward": 40,
}
MEASURES: Final = 12
FAMILIES: Final = 1_000_000
TARGET_MILLISECONDS: Final = 10.0
# One figure in so many is withheld.
_WITHHELD: Final = 20
_NAME: Final = "2024-10-31-001"
_MANIFEST: Final = {
    "release": _NAME,
    "as_of": "2024-10-31",
    "authority": "A large council",
    "synthetic": "true",
    "payment": "by_results",
    "price": "800",
    "framework": "a-framework",
    "framework_title": "A framework",
    "profile": "dashboard",
    "profile_words": "Figures are changed a little by chance.",
    "noise_usual": "4",
    "noise_most": "5",
    "noise_change": "11",
    "smallest": "2",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask a release, count live, and print both."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.asking", description=__doc__)
    parser.add_argument("--questions", type=int, default=300, help="How many are asked.")
    parser.add_argument("--seed", type=int, default=1, help="Another seed, other questions.")
    asked = parser.parse_args(arguments)
    catalogue = _catalogue()
    questions = _questions(catalogue, asked.questions, random.Random(asked.seed))
    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder))
        figures = _write(places, catalogue)
        began = time.perf_counter()
        contents = StoredRelease(open_answers(places, _NAME))
        who = Who("somebody", Role.MANAGER, frozenset())
        evidence = Evidence(contents, catalogue, Desk(places)).seen_by(who)
        opened = time.perf_counter() - began
        print(
            f"\n{len(catalogue.measures)} measures, {contents.question.height:,} questions, {figures:,} figures"
        )
        print(f"  opening the release: {opened:.2f} s")
        print(f"  {'milliseconds':38}{'median':>9}{'p95':>9}{'most':>9}{'processor, p95':>16}")
        for name, ask in (
            ("evidence.ask, first", evidence.ask),
            ("evidence.ask, again", evidence.ask),
            ("counting 1,000,000 families each time", _live(catalogue, asked.seed)),
        ):
            _print(name, ask, questions)
    print(f"  {'target':38}{'':9}{TARGET_MILLISECONDS:9.1f}")
    sys.stdout.flush()


def _print(name: str, ask: Callable[[Question], object], questions: Sequence[Question]) -> None:
    walls, processors = [], []
    for question in questions:
        wall, processor = time.perf_counter(), time.process_time()
        ask(question)
        walls.append(1000 * (time.perf_counter() - wall))
        processors.append(1000 * (time.process_time() - processor))
    median, usual, most = np.percentile(walls, [50, 95, 100])
    print(f"  {name:38}{median:9.2f}{usual:9.2f}{most:9.2f}{np.percentile(processors, 95):16.2f}")


def _catalogue() -> Catalogue:
    names = tuple(DIMENSIONS)
    measures = (
        Measure(f"measure_{number}", f"Measure {number}", "families", names, "family")
        for number in range(MEASURES)
    )
    return Catalogue({name: Dimension(name, name) for name in names}, {one.name: one for one in measures})


def _codes(dimension: str) -> list[str]:
    return [f"{dimension} {number:02d}" for number in range(DIMENSIONS[dimension])]


def _questions(catalogue: Catalogue, how_many: int, chance: random.Random) -> list[Question]:
    """Different questions, each at least broken down by something."""
    sets = [chosen for size in (1, 2, 3) for chosen in combinations(DIMENSIONS, size)]
    found = []
    for measure, chosen in chance.sample(list(product(catalogue.measures, sets)), how_many):
        split = chance.randint(1, len(chosen))
        where = {name: chance.choice(_codes(name)) for name in chosen[split:]}
        found.append(Question(measure, chosen[:split], where))
    return found


def _write(places: Places, catalogue: Catalogue) -> int:
    """A release with a figure for every cell but those withheld; gives how many it has."""
    folder = places.releases / _NAME
    folder.mkdir(parents=True)
    (folder / COMPLETE).write_text("{}", encoding="utf-8")
    chance = np.random.default_rng(1)
    stored = sorted(
        (question_name(measure.name, chosen), chosen)
        for measure in catalogue.counted
        for chosen in questions_of(measure, catalogue)
    )
    answers = pl.concat([_cells(name, chosen, chance) for name, chosen in stored])
    question = pl.DataFrame({"question": [name for name, _ in stored]}).with_columns(
        state=pl.lit("shown"), instead=pl.lit(None, pl.String), why=pl.lit(None, pl.String)
    )
    rows = [
        (name, code, code, None, None, place)
        for name in DIMENSIONS
        for place, code in enumerate(_codes(name))
    ]
    tables = {
        "question": question,
        "answer": answers,
        "dimension": pl.DataFrame(
            rows,
            schema=["dimension", "code", "label", "parent_dimension", "parent_code", "position"],
            orient="row",
        ),
        "manifest": pl.DataFrame(list(_MANIFEST.items()), schema=["name", "value"], orient="row"),
    }
    connection = create_answers(folder / ANSWERS)
    for table in schema.ANSWERS:
        connection.execute(table.create("answers"))
        if table.name in tables:
            content = tables[table.name].select(table.names)  # noqa: F841  (DuckDB finds it by its name)
            connection.execute(f'INSERT INTO answers."{table.name}" SELECT * FROM content')
    connection.close()
    return answers.height


def _cells(name: str, chosen: tuple[str, ...], chance: np.random.Generator) -> pl.DataFrame:
    frame = pl.DataFrame({"question": [name]})
    for place, dimension in enumerate(chosen, start=1):
        frame = frame.join(pl.DataFrame({f"code_{place}": _codes(dimension)}), how="cross")
    frame = frame.with_columns(
        pl.lit(None, pl.String).alias(f"code_{place}") for place in range(len(chosen) + 1, 4)
    )
    values = pl.Series("value", chance.integers(3, 1000, frame.height))
    return frame.with_columns(values).filter(pl.Series(chance.integers(0, _WITHHELD, frame.height) > 0))


def _live(catalogue: Catalogue, seed: int) -> Callable[[Question], object]:
    """What a dashboard does that counts people whenever somebody looks."""
    chance = np.random.default_rng(seed)
    families = pl.DataFrame(  # noqa: F841  (DuckDB finds it by its name)
        {
            name: pl.Series(_codes(name)).gather(chance.integers(0, codes, FAMILIES))
            for name, codes in DIMENSIONS.items()
        }
    )
    connection: duckdb.DuckDBPyConnection = in_memory()
    connection.execute("CREATE TABLE family AS SELECT * FROM families")

    def count(question: Question) -> object:
        where = " AND ".join(f"{name} = ?" for name in question.where) or "true"
        by = ", ".join(question.by)
        query = f"SELECT {by}, count(*) FROM family WHERE {where} GROUP BY {by}"
        return connection.execute(query, list(question.where.values())).pl()

    return count


if __name__ == "__main__":
    main()
