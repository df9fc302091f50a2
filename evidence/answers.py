"""An answer: safe figures, each a value or a symbol, never both and never neither."""

from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from evidence.questions import Question
from release.catalogue import Measure


class Symbol(StrEnum):
    """Why a figure is not there (the Government Statistical Service's symbols)."""

    CONFIDENTIAL = "c"
    NOT_APPLICABLE = "z"
    NOT_AVAILABLE = "x"
    LOW = "low"


MEANINGS = {
    Symbol.CONFIDENTIAL: "withheld, so that nobody can be found from it; that may be a small figure, or none",
    Symbol.NOT_APPLICABLE: "not applicable: this cannot occur",
    Symbol.NOT_AVAILABLE: "not available in this release",
    Symbol.LOW: "above nothing, but rounds to nothing",
}


@dataclass(frozen=True)
class Answer:
    """What a release says to a question.

    `frame` has, for every dimension asked by, its code and `<dimension>_label`; then `value` (Int64, or Float64 for
    shares in per cent; null where not shown) and `symbol` (String; null where shown). Every combination of codes has
    a row: absence says nothing. `notes` are sentences for readers, `source` is what it was made from.
    """

    question: Question
    measure: Measure
    frame: pl.DataFrame
    notes: tuple[str, ...]
    source: str

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
