"""How families get through the council's help: from referral to outcomes that last, and what came before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from evidence import charts, derived
from evidence.answers import Answer
from evidence.chart import Chart
from evidence.evidence import Choice, Evidence
from evidence.periods import FORMS, is_period
from evidence.questions import Question
from evidence.symbols import Symbol

# From referral to outcomes that last, each step holding those after it.
STEPS: Final = (
    ("Help began", "episodes_started"),
    ("Whole family assessed", "episodes_assessed"),
    ("Outcomes met, or stepped down", "episodes_met"),
    ("Every outcome sustained", "episodes_lasting"),
)
# How help ended, as it is followed over time: what was meant to come of it, and what was not.
ENDINGS: Final = ("outcomes_met", "step_down", "step_up")
ENDINGS_BY: Final = ("quarter", "year", "closure_reason")
WAITS_BY: Final = ("team", "locality", "quarter", "referral_source")
BACK_BY: Final = ("closure_reason", "team", "locality", "ward", "quarter")
# Filters in the order in which they are given up where not all of them can be asked together.
_GIVEN_UP: Final = ("team", "locality")


@dataclass(frozen=True)
class Narrowed:
    """The filters that can be asked together, and what has to be told of those that cannot."""

    where: Mapping[str, str]
    told: tuple[str, ...] = ()


def narrowed(evidence: Evidence, measure: str, by: Sequence[str], where: Mapping[str, str]) -> Narrowed:
    """As many of the filters `where` ("": none) as can be asked of a measure by these dimensions.

    A question has three dimensions at most, and what is compared is not kept to one. What is given up for that is told:
    a figure of all teams is never taken for one of the team that was chosen.
    """
    catalogue = evidence.catalogue
    chosen = {name: code for name, code in where.items() if code}
    dimensions = catalogue.measures[measure].dimensions
    kept = {name: code for name, code in chosen.items() if name in dimensions and name not in by}
    for name in _GIVEN_UP:
        if not catalogue.goes_together(catalogue.normal({*by, *kept})):
            kept.pop(name, None)
    told = []
    for name in chosen:
        label = evidence.dimension_label(name).lower()
        if name in by:
            told.append(f"Compared by {label}, so not the chosen one alone.")
        elif name not in kept:
            told.append(f"Not kept to the {label} chosen: this is not counted so finely.")
    return Narrowed(kept, tuple(told))


def way(evidence: Evidence, where: Mapping[str, str]) -> Chart:
    """How far help that began has come: started, assessed, ended well, every outcome sustained."""
    kept = narrowed(evidence, STEPS[-1][1], (), where)
    answers = [(label, evidence.ask(Question(measure, (), kept.where))) for label, measure in STEPS]
    chart = charts.conversion(
        answers,
        question="How far do families come?",
        noise_change=evidence.release().noise_change,
    )
    return _telling(chart, ("Help that began lately has had less time to come so far.", *kept.told))


def years(evidence: Evidence) -> list[Choice]:
    """The financial years in which help may have begun, the latest first."""
    listed = evidence.choices("year", "episodes_started")
    return [one for one in reversed(listed) if is_period("year", one.code)]


def waits(evidence: Evidence, where: Mapping[str, str]) -> Chart:
    """How long families wait for an assessment, in bands of days."""
    kept = narrowed(evidence, "episodes_started", ("wait",), where)
    answer = evidence.ask(Question("episodes_started", ("wait",), kept.where))
    chart = charts.ranked(
        answer,
        by=evidence.dimension_label(answer.dimension),
        question="How long do families wait for an assessment?",
    )
    return _telling(chart, kept.told)


def limits(evidence: Evidence) -> list[int]:
    """In how many days families may be assessed, as far as the bands of this release tell: their upper ends."""
    ends = (one.code.partition("-")[2] for one in evidence.choices("wait"))
    return sorted(int(end) for end in ends if end.isdecimal())


def usual_limit(evidence: Evidence) -> int | None:
    """The limit that is asked about first: the middle one; None where the bands tell none."""
    known = limits(evidence)
    return known[(len(known) - 1) // 2] if known else None


def assessed_within(
    evidence: Evidence, days: int, by: str, where: Mapping[str, str]
) -> tuple[Answer, Answer]:
    """The share of families assessed within so many days of referral, by one dimension ("": overall), and the episodes
    that it is a share of.

    It is worked out from shown figures: where one of the bands is withheld, so is the share.
    """
    dimensions = (by, "wait") if by else ("wait",)
    bands = evidence.ask(Question("episodes_started", dimensions, where))
    finer = tuple(name for name in bands.question.by if name != "wait")
    whole = evidence.ask(Question("episodes_started", finer, bands.question.where))
    soon = [
        one.code
        for one in evidence.choices("wait")
        if one.code.partition("-")[2].isdecimal() and int(one.code.partition("-")[2]) <= days
    ]
    part = _summed(bands.frame.filter(pl.col("wait").is_in(soon)), finer, whole.frame)
    figures = derived.share(part, whole.frame.select(derived.FIGURE))
    label = f"Assessed within {days} days"
    measure = replace(whole.measure, name="share_assessed", label=label, unit="per cent")
    # What cannot be has no share either.
    impossible = whole.frame["symbol"].eq_missing(Symbol.NOT_APPLICABLE.value)
    figures = figures.with_columns(
        symbol=pl.when(impossible).then(pl.lit(Symbol.NOT_APPLICABLE.value)).otherwise("symbol")
    )
    frame = whole.frame.with_columns(*(figures[name] for name in derived.FIGURE))
    notes = (
        *bands.notes,
        "Shares are worked out from the shown counts, to the nearest per cent. Families not assessed yet count as not "
        "assessed.",
    )
    return replace(whole, measure=measure, frame=frame, notes=notes, told=bands.told), whole


def waits_by(evidence: Evidence, days: int, by: str, where: Mapping[str, str]) -> Chart:
    """The share of families assessed in time, by team, place or source of referral; or over time."""
    kept = narrowed(evidence, "episodes_started", (by, "wait"), where)
    share, whole = assessed_within(evidence, days, by, kept.where)
    label = evidence.dimension_label(share.dimension)
    if share.dimension in FORMS:
        question = f"Are more families assessed within {days} days?"
        chart = charts.trend([share], evidence.release().as_of, question=question)
    else:
        question = f"Who is assessed within {days} days, by {label.lower()}?"
        overall = assessed_within(
            evidence, days, "", narrowed(evidence, "episodes_started", ("wait",), where).where
        )
        chart = charts.shares(share, whole, overall[0].value, by=label, question=question)
    told = f"Assessed within {days} days, of all families whose help began."
    late = ("Those who came last may still be.",) if share.dimension in FORMS else ()
    return _telling(chart, (told, *late, *kept.told))


def ended_where(evidence: Evidence, measure: str, by: Sequence[str], where: Mapping[str, str]) -> Narrowed:
    """As `narrowed`, for what is counted by when help ended: it is not kept to the year in which help began."""
    began = where.get("year", "")
    kept = narrowed(evidence, measure, by, {name: code for name, code in where.items() if name != "year"})
    told = ("Counted by when help ended, whenever it began.",) if began else ()
    return Narrowed(kept.where, (*told, *kept.told))


def endings(evidence: Evidence, by: str, where: Mapping[str, str]) -> Chart:
    """How help ended: step-up and step-down over time, beside outcomes met; or, by "closure_reason", every way."""
    if by not in FORMS:
        kept = ended_where(evidence, "episodes_ended", ("closure_reason",), where)
        answer = evidence.ask(Question("episodes_ended", ("closure_reason",), kept.where))
        label = evidence.dimension_label(answer.dimension)
        return _telling(charts.ranked(answer, by=label, question="How does help end?"), kept.told)
    known = {one.code: one.label for one in evidence.choices("closure_reason", "episodes_ended")}
    kept = ended_where(evidence, "episodes_ended", (by, "closure_reason"), where)
    answers = [
        _named(
            evidence.ask(Question("episodes_ended", (by,), {**kept.where, "closure_reason": code})),
            known[code],
        )
        for code in ENDINGS
        if code in known
    ]
    if not answers:
        answers = [evidence.ask(Question("episodes_ended", (by,), kept.where))]
    # All are of one stored question, so all are as coarse.
    question = f"Do more families step up, each {answers[0].dimension}?"
    return _telling(charts.trend(answers, evidence.release().as_of, question=question), kept.told)


def came_back(evidence: Evidence, by: str, where: Mapping[str, str]) -> Chart:
    """The share of families who came back within twelve months of the end of help."""
    kept = ended_where(evidence, "share_returned", (by,), where)
    share = evidence.ask(Question("share_returned", (by,), kept.where))
    whole = evidence.ask(replace(share.question, measure="episodes_followed"))
    label = evidence.dimension_label(share.dimension)
    if share.dimension in FORMS:
        question = f"Do fewer families come back, each {share.dimension}?"
        chart = charts.trend([share], evidence.release().as_of, question=question)
    else:
        overall = evidence.ask(
            Question("share_returned", (), ended_where(evidence, "share_returned", (), where).where)
        )
        question = f"Which families come back, by {label.lower()}?"
        chart = charts.shares(share, whole, overall.value, by=label, question=question)
    told = "Came back within twelve months, of families whose help ended at least twelve months ago."
    return _telling(chart, (told, *kept.told))


def ended(evidence: Evidence, where: Mapping[str, str]) -> Answer:
    """How many episodes ended, those of the last twelve months among them: of these it is too early to tell whether the
    family comes back. (How many these are is no figure of its own: beside those of months it would tell of single
    ones.)"""
    return evidence.ask(
        Question("episodes_ended", (), ended_where(evidence, "episodes_ended", (), where).where)
    )


def around(evidence: Evidence, event: str, where: Mapping[str, str]) -> Chart:
    """What partners recorded of families in the year before help began and in the year after. `event`: that kind
    alone."""
    where = {name: code for name, code in where.items() if name != "year"}
    kept = narrowed(evidence, "families_with_event", ("event", "months_around"), where)
    chosen = {**kept.where, **({"event": event} if event else {})}
    answer = evidence.ask(Question("families_with_event", ("event", "months_around"), chosen))
    # The extracts of each kind cover years of their own, so each has its own families.
    families = evidence.ask(Question("families_around", () if event else ("event",), chosen))
    chart = charts.before_after(answer, families, question="What was recorded before and after help began?")
    return _telling(chart, kept.told)


def _summed(bands: pl.DataFrame, dimensions: tuple[str, ...], whole: pl.DataFrame) -> pl.DataFrame:
    """The sums of several bands, row by row of `whole`: where one is withheld, so is the sum. Errors of independent
    figures add up by their squares, the furthest ones as they are."""
    shown = pl.col("value").is_not_null().all()
    sums = (
        pl.when(shown).then(pl.col("value").sum()).alias("value"),
        pl.col("symbol").drop_nulls().first().alias("symbol"),
        pl.when(shown).then((pl.col("tolerance") ** 2).sum().sqrt()).alias("tolerance"),
        pl.when(shown).then(pl.col("most").sum()).alias("most"),
    )
    if not dimensions:
        return bands.select(*sums)
    found = bands.group_by(dimensions, maintain_order=True).agg(*sums)
    joined = whole.select(dimensions).join(found, on=dimensions, how="left", maintain_order="left")
    return joined.select(derived.FIGURE)


def _named(answer: Answer, label: str) -> Answer:
    """An answer under another name, where several of one measure are drawn together."""
    return replace(answer, measure=replace(answer.measure, label=label))


def _telling(chart: Chart, told: Sequence[str]) -> Chart:
    """A chart that tells more beside it, not only in the table."""
    return replace(chart, told=(*told, *chart.told))
