"""Reads what a person answered: every row is right, or the whole file waits until it is."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.errors import EmptyFileError, UnreadableFileError
from pipelines.reading import Table, read_table
from pipelines.review.errors import AnswersError
from pipelines.review.judgements import ANSWERS

_COLUMNS = ("pair", "answer", "note")
_MOST_NAMED = 20


@dataclass(frozen=True)
class Answer:
    """One answered row: where it stands, and what it says."""

    place: str
    pair: str
    answer: str


def read_answers(files: Sequence[Path], known: Collection[str]) -> list[Answer]:
    """The answered rows of all files, each pair once.

    `known`: every pair that was ever asked. Raises AnswersError that names every row that is wrong: an answer that is
    none, a pair that nobody asked about, two answers to one pair, cells beyond the headings.
    """
    answers: dict[str, Answer] = {}
    wrong: list[str] = []
    for file in files:
        for place, pair, answer, slipped in _rows(file):
            if slipped:
                wrong.append(f"{place} has more cells than there are headings")
            elif answer not in ANSWERS:
                wrong.append(f"{place}: the answer is none of {', '.join(ANSWERS)}")
            elif pair not in known:
                wrong.append(f"{place}: the number of the pair is none that was ever asked about")
            elif pair in answers and answers[pair].answer != answer:
                wrong.append(f"{place} answers a pair otherwise than {answers[pair].place}")
            else:
                answers.setdefault(pair, Answer(place, pair, answer))
    if wrong:
        more = f"; and {len(wrong) - _MOST_NAMED} more" if len(wrong) > _MOST_NAMED else ""
        raise AnswersError(
            f"Nothing was taken in: {'; '.join(wrong[:_MOST_NAMED])}{more}. Correct these rows, or clear their "
            "answers, and hand the file in again."
        )
    return list(answers.values())


def read_typed(file: Path) -> dict[str, tuple[str, str]] | None:
    """Answer and note by pair as they stand; none where the file cannot be read, or has a pair twice."""
    try:
        table = _table(file)
    except AnswersError:
        return None
    rows = list(_cells(table).select("pair", "answer", "note").iter_rows())
    typed = {pair: (answer, note) for pair, answer, note in rows if pair}
    return typed if len(typed) == len(rows) else None


def _rows(file: Path) -> Iterable[tuple[str, str, str, bool]]:
    table = _table(file)
    cells = _cells(table).filter(pl.col("answer") != "")
    for row, pair, answer, slipped in cells.select("row", "pair", "answer", "slipped").iter_rows():
        yield f"{file.name} row {row}", pair, answer.casefold(), slipped


def _table(file: Path) -> Table:
    try:
        table = read_table(
            file, file.name, lambda cells: len({_plain(cell) for cell in cells} & set(_COLUMNS))
        )
    except EmptyFileError:
        raise AnswersError(f"{file.name} is empty. Nothing was taken in.") from None
    except UnreadableFileError:
        raise AnswersError(
            f"{file.name} cannot be read as a table. Save it as CSV (UTF-8) or as an Excel workbook (.xlsx), and hand "
            "it in again. Nothing was taken in."
        ) from None
    headings = [_plain(heading) for heading in table.headings]
    missing = [name for name in _COLUMNS[:2] if headings.count(name) != 1]
    if missing:
        raise AnswersError(
            f"{file.name} has not one column each for: {', '.join(missing)}. Keep the headings of the file as they "
            "were written. Nothing was taken in."
        )
    return table


def _plain(heading: str) -> str:
    return heading.replace("\ufeff", "").strip().casefold()


def _cells(table: Table) -> pl.DataFrame:
    """`row` (as a spreadsheet shows it), `pair, answer, note` (trimmed, "" for blank), `slipped`."""
    headings = [_plain(heading) for heading in table.headings]
    columns = {
        name: pl.col(str(headings.index(name))) if name in headings else pl.lit("") for name in _COLUMNS
    }
    return table.cells.select(
        row=pl.int_range(pl.len(), dtype=pl.Int64) + table.headings_at + 1,
        **{name: column.fill_null("").str.strip_chars() for name, column in columns.items()},
    ).with_columns(pl.col("pair").str.to_lowercase(), table.slipped.alias("slipped"))
