"""A chart: a drawing that never goes without its finding, its words for who cannot see it, and its table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from evidence.answers import Answer
from evidence.drawing import Drawing
from evidence.findings import MOST_WORDS
from evidence.symbols import Symbol
from evidence.words import written


@dataclass(frozen=True)
class Chart:
    """One chart. `title` is the finding or the question, `alt` says in a sentence or two what there is to be seen,
    `table` is text, and `told` stands beside the chart: what nobody may overlook. `empty`: the question is withdrawn,
    so there is nothing to draw."""

    figure: Drawing
    title: str
    alt: str
    table: pl.DataFrame
    notes: tuple[str, ...]
    source: str
    told: tuple[str, ...] = ()
    empty: bool = False

    def __post_init__(self) -> None:
        if len(self.title.split()) > MOST_WORDS:
            raise ValueError(f"a title has at most {MOST_WORDS} words")

    def without_figure(self) -> "Chart":
        """The same without its drawing, for what has to be kept: the words and the table are light."""
        return replace(self, figure=Drawing())


def chart_of(
    figure: Drawing, title: str, answer: Answer, table: pl.DataFrame, alt: str, *others: Answer
) -> Chart:
    """A chart of answers, with the notes and the source of the first."""
    empty = bool(answer.told) and not any(one.shown.height for one in (answer, *others))
    return Chart(figure, title, alt, table, answer.notes, answer.source, answer.told, empty)


def extremes_in_words(frame: pl.DataFrame, unit: str) -> str:
    """What is to be seen of an answer's rows, for who cannot see it: the most, the fewest, how many are withheld."""
    label = next(name for name in frame.columns if name.endswith("_label"))
    rows = [(value, name) for name, value in frame.select(label, "value").iter_rows() if value is not None]
    withheld = frame["symbol"].eq(Symbol.CONFIDENTIAL.value).sum()
    uncertain = frame["symbol"].eq(Symbol.UNCERTAIN.value).sum()
    hidden = " and ".join(
        f"{number} of {frame.height} {why}"
        for number, why in ((withheld, "withheld"), (uncertain, "too uncertain"))
        if number
    )
    if not rows:
        return hidden or "nothing to show"
    most, fewest = max(rows, key=lambda row: row[0]), min(rows, key=lambda row: row[0])
    said = f"most for {most[1]} ({written(most[0], None, unit)})"
    if fewest[0] < most[0]:
        said += f", least for {fewest[1]} ({written(fewest[0], None, unit)})"
    elif len(rows) > 1:
        said = f"all {len(rows)} the same ({written(most[0], None, unit)})"
    # One that is not shown may be more than any that is.
    return _of_those_shown(said, hidden)


def _of_those_shown(said: str, hidden: str) -> str:
    return f"of those shown, {said}; {hidden}" if hidden else said


def course_in_words(labels: Sequence[str], values: Sequence[float | None], unit: str) -> str:
    """What is to be seen of a line: where it begins and ends, its highest and lowest, and how many are not shown."""
    rows = [(value, label) for value, label in zip(values, labels, strict=True) if value is not None]
    gaps = len(values) - len(rows)
    hidden = f"{gaps} of {len(values)} not shown" if gaps else ""
    if not rows:
        return hidden or "nothing to show"
    (first, start), (last, end) = rows[0], rows[-1]
    said = f"{written(first, None, unit)} in {start}"
    if len(rows) > 1:
        high, low = max(rows, key=lambda row: row[0]), min(rows, key=lambda row: row[0])
        said += f", {written(last, None, unit)} in {end}; highest {written(high[0], None, unit)} in {high[1]}"
        said += f", lowest {written(low[0], None, unit)} in {low[1]}"
    return _of_those_shown(said, hidden)
