"""A release in memory of which a test says the figures, question by question."""

from collections.abc import Mapping

import polars as pl

from evidence.access import Who
from evidence.evidence import Evidence
from release.catalogue import question_name
from release.places import Places
from tests.fakes import FakeContents, FakeDesk, catalogue, visitor

# By the codes of a question's dimensions, in their alphabetical order; what is not named is withheld.
Figures = Mapping[tuple[str, ...], int]


class ChosenContents(FakeContents):
    """Made-up contents, but for the questions named: `figures` by measure and dimensions, such as "needs|ward"."""

    def __init__(self, figures: Mapping[str, Figures], manifest: Mapping[str, str] | None = None) -> None:
        super().__init__(manifest=manifest)
        self.figures = {self._name(asked): cells for asked, cells in figures.items()}

    @staticmethod
    def _name(asked: str) -> str:
        measure, *dimensions = asked.split("|")
        return question_name(catalogue().measures[measure].name, catalogue().normal(tuple(dimensions)))

    def answer(self, question: str) -> pl.DataFrame:
        if question not in self.figures:
            return super().answer(question)
        rows = [
            {**{f"code_{place}": code for place, code in enumerate(codes, 1)}, "value": value}
            for codes, value in self.figures[question].items()
        ]
        schema = {"code_1": pl.String, "code_2": pl.String, "code_3": pl.String, "value": pl.Int64}
        return pl.DataFrame(rows, schema=schema)


def evidence_with(
    figures: Mapping[str, Figures], *, places: Places | None = None, role: str = "manager", **manifest: str
) -> Evidence:
    """Evidence of these figures, as a reader of a role sees it; `places`: where its settings are."""
    desk = FakeDesk()
    if places is not None:
        desk.places = places
    who: Who = visitor(role)
    return Evidence(ChosenContents(figures, manifest), catalogue(), desk).seen_by(who)
