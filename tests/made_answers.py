"""Answers made up for a test, cell by cell."""

from collections.abc import Sequence

import polars as pl

from evidence.answers import Answer
from evidence.boundaries import Boundaries
from evidence.questions import Question
from tests.fakes import catalogue

Row = tuple[str, float | None]


def made_answer(
    measure: str, by: str, rows: Sequence[Row], *, most: float = 0.0, told: tuple[str, ...] = ()
) -> Answer:
    """An answer by one dimension: None is withheld, and a code ending in "!" cannot occur."""
    return made_by((by,), measure, [((code,), value) for code, value in rows], most=most, told=told)


def made_by(
    dimensions: tuple[str, ...],
    measure: str,
    rows: Sequence[tuple[tuple[str, ...], float | None]],
    *,
    most: float = 0.0,
    told: tuple[str, ...] = (),
) -> Answer:
    columns: dict[str, list[object]] = {}
    for place, name in enumerate(dimensions):
        columns[name] = [codes[place].rstrip("!") for codes, _ in rows]
        columns[f"{name}_label"] = [f"L {codes[place].rstrip('!')}" for codes, _ in rows]
    columns["value"] = [value for _, value in rows]
    columns["symbol"] = [
        "z" if codes[-1].endswith("!") else "c" if value is None else None for codes, value in rows
    ]
    for name in ("tolerance", "most"):
        columns[name] = [None if value is None else most for _, value in rows]
    kinds = dict.fromkeys(columns, pl.String) | dict.fromkeys(("value", "tolerance", "most"), pl.Float64)
    question = Question(measure, dimensions)
    return Answer(
        question,
        catalogue().measures[measure],
        pl.DataFrame(columns, schema=kinds),
        ("A note.",),
        "a source",
        told,
    )


def made_boundaries(answer: Answer) -> Boundaries:
    """Squares, one with a hole, for all places but the last."""
    shapes = {}
    for place, code in enumerate(answer.frame["ward"][:-1]):
        x, y = place % 4 * 500, place // 4 * 500
        square = ((x, x + 500, x + 500, x, x), (y, y, y + 500, y + 500, y))
        hole = ((x + 200, x + 200, x + 300, x + 300, x + 200), (y + 200, y + 300, y + 300, y + 200, y + 200))
        shapes[code] = (square, hole) if place == 1 else (square,)
    return Boundaries(shapes, notes=("Whose map it is.",))
