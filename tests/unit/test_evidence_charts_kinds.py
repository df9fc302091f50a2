"""Every kind of chart: what it finds, what it leaves out, how it looks where figures are withheld."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from evidence import charts, funnel
from evidence.answers import Answer
from evidence.chart import Chart
from evidence.evidence import Evidence
from evidence.questions import Question
from evidence.template import DARK, FEW_TO_MANY, LIGHT, shaded
from tests.fakes import fake_evidence
from tests.made_answers import made_boundaries

AS_OF = date(2024, 10, 31)
HOSTILE = '<img src=x onerror="alert(1)">'


def _with_holes(answer: Answer) -> Answer:
    """The same with every third figure withheld."""
    if not answer.question.by:
        return answer
    gone = (pl.int_range(pl.len()) % 3 == 1) & pl.col("value").is_not_null()
    kept = [pl.when(~gone).then(name).alias(name) for name in ("value", "tolerance", "most")]
    frame = answer.frame.with_columns(*kept, symbol=pl.when(gone).then(pl.lit("c")).otherwise("symbol"))
    return replace(answer, frame=frame)


def _hostile(answer: Answer) -> Answer:
    """The same with markup in every label."""
    labels = [
        (pl.lit(HOSTILE) + pl.col(name)).alias(name)
        for name in answer.frame.columns
        if name.endswith("_label")
    ]
    return replace(answer, frame=answer.frame.with_columns(labels))


def _kinds(
    evidence: Evidence, change: Callable[[Answer], Answer] = lambda answer: answer
) -> dict[str, Chart]:
    def ask(measure: str, *by: str) -> Answer:
        return change(evidence.ask(Question(measure, by)))

    wards, months = ask("families_helped", "ward"), ask("families_helped", "month")
    share, whole = ask("share_sustained", "ward"), ask("needs_identified", "ward")
    cohorts = (
        ask(measure, "quarter", "months_since")
        for measure in ("needs_followed", "needs_sustained_by", "share_sustained_by")
    )
    way = ("episodes_started", "episodes_assessed", "episodes_met", "episodes_lasting")
    question = "What is it?"
    return {
        "xmr": charts.xmr_chart(months, AS_OF, noise_change=11, question=question),
        "funnel": charts.funnel_plot(share, whole, by="Ward", question=question),
        "conversion": charts.conversion([(one, ask(one)) for one in way], question=question, noise_change=11),
        "waterfall": charts.waterfall(
            funnel.steps(evidence, None), question=question, notes=("A note.",), source="a source"
        ),
        "cohorts": charts.cohort_table(*cohorts, by="Quarter", question=question),
        "around": charts.before_after(
            ask("families_with_event", "event", "months_around"),
            ask("families_around", "event"),
            question=question,
        ),
        "map": charts.choropleth(wards, made_boundaries(wards), by="Ward", question=question),
    }


@pytest.mark.parametrize("show", ["everything", "nothing", "empty", "holes"])
def test_every_kind_has_a_title_words_and_a_table(show: str) -> None:
    found = _kinds(fake_evidence(), _with_holes) if show == "holes" else _kinds(fake_evidence(show))
    for name, chart in found.items():
        assert 0 < len(chart.title.split()) <= 10
        assert chart.alt.endswith(".")
        assert len(chart.alt) < 1200
        assert set(chart.table.dtypes) <= {pl.String, pl.Null}
        assert chart.table.height or show == "empty"
        assert chart.notes
        assert chart.source
        # Plotly's own checks.
        assert chart.figure.checked
        drawn = shaded(chart.figure, dark=True).to_json()
        gone = set(LIGHT) - set(DARK) | set(FEW_TO_MANY)
        assert not [colour for colour in gone if colour in drawn]
        if show in ("holes", "nothing") and name not in ("waterfall", "conversion"):
            assert "c" in {cell for column in chart.table.columns for cell in chart.table[column]}
            if show == "holes" and name != "funnel":
                assert "not shown" in chart.alt or "withheld" in chart.alt


def test_every_kind_is_made_anew_in_the_same_words() -> None:
    for one, two in zip(_kinds(fake_evidence()).values(), _kinds(fake_evidence()).values(), strict=True):
        assert one.figure.content() == two.figure.content()
        assert (one.title, one.alt, one.notes) == (two.title, two.alt, two.notes)


def test_no_label_becomes_markup() -> None:
    for name, chart in _kinds(fake_evidence(), _hostile).items():
        assert "<img" not in json.dumps(chart.figure.content()), name
