"""An answer: safe figures, each a value or a symbol, never both and never neither."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from evidence.questions import Question
from evidence.symbols import MEANINGS, Symbol
from release.catalogue import Measure

__all__ = ["MEANINGS", "Answer", "Symbol"]


@dataclass(frozen=True)
class Answer:
    """What a release says to a question.

    `question` is the one that was answered, which may be coarser than what was asked. `frame` has, for every dimension
    of it asked by, its code and `<dimension>_label`; then `value` (Int64, or Float64 for shares in per cent; null where
    not shown), `symbol` (String; null where shown), and how far the value may be off: `tolerance` in 19 of 20 cases,
    `most` at most (Float64, in the measure's unit; null where not shown). Every combination of codes has a row: absence
    says nothing. `notes` are sentences for readers, `source` is what it was made from. `told` are those of the notes
    that nobody may overlook: it is not what was asked. `reasons` is why there is a symbol, by symbol.
    """

    question: Question
    measure: Measure
    frame: pl.DataFrame
    notes: tuple[str, ...]
    source: str
    told: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(
        default_factory=lambda: {symbol.value: words for symbol, words in MEANINGS.items()}, hash=False
    )

    @property
    def dimension(self) -> str:
        """The only dimension asked by. For answers with exactly one."""
        (dimension,) = self.question.by
        return dimension

    @property
    def value(self) -> float | None:
        """The figure of an answer without dimensions, or the first one; None where it is not shown."""
        value = self.frame["value"][0]
        return None if value is None else float(value)

    @property
    def symbol(self) -> str | None:
        """The symbol beside `value`."""
        symbol = self.frame["symbol"][0]
        return None if symbol is None else str(symbol)

    @property
    def reason(self) -> str | None:
        """Why there is a symbol beside `value`; None where it is shown."""
        return None if self.symbol is None else self.reasons.get(self.symbol, "")

    @property
    def tolerance(self) -> float | None:
        """How far a shown figure may be off in 19 of 20 cases: the furthest of them; None where none is shown."""
        return _furthest(self.frame["tolerance"])

    @property
    def most(self) -> float | None:
        """How far a shown figure may be off at most: the furthest of them; None where none is shown."""
        return _furthest(self.frame["most"])

    @property
    def applicable(self) -> pl.DataFrame:
        """The rows that can occur at all."""
        return self.frame.filter(pl.col("symbol").ne_missing(pl.lit(Symbol.NOT_APPLICABLE.value)))

    @property
    def shown(self) -> pl.DataFrame:
        """The rows that have a value."""
        return self.frame.filter(pl.col("value").is_not_null())

    @property
    def withheld(self) -> int:
        """How many rows that can occur are withheld."""
        return self.frame.filter(pl.col("symbol") == Symbol.CONFIDENTIAL.value).height


def _furthest(distances: pl.Series) -> float | None:
    furthest = distances.max()
    return float(furthest) if isinstance(furthest, int | float) else None
