"""A release of one family: what would be left of the made-up one if the council helped hardly anybody."""

import polars as pl

from tests.fakes import FakeContents


class OneFamily(FakeContents):
    """Every figure that is shown at all is a 0, and every second one is withheld."""

    def answer(self, question: str) -> pl.DataFrame:
        return super().answer(question).gather_every(2).with_columns(value=pl.lit(0, pl.Int64))
