"""What the audit sample of a window says, in words: how much of it is judged, and how many claims would be wrong."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from evidence.access import Who
from evidence.answers import Symbol
from evidence.charts import Chart
from evidence.claim_charts import Rate, intervals
from evidence.claims import safe, sees_exact
from evidence.evidence import Evidence
from evidence.words import count, day, percent
from ledger import Sample, SampleState, Window, WindowState
from ledger.sampling import interval

STATES = {
    WindowState.OPEN: "Open",
    WindowState.CLOSED: "Closed, not signed",
    WindowState.SIGNED: "Signed, not submitted",
    WindowState.SUBMITTED: "Submitted",
    WindowState.SETTLED: "Settled",
}
RESULTS = {
    SampleState.NONE: "Nothing to audit",
    SampleState.OPEN: "Not finished",
    SampleState.PASSED: "Passed",
    SampleState.FAILED: "Failed",
}


@dataclass(frozen=True)
class Audited:
    """One window and its audit sample, as somebody may see them."""

    window: Window
    sample: Sample
    claims: str
    drawn: str
    judged: str
    struck_out: str
    rate: Rate

    @property
    def result(self) -> str:
        return RESULTS[self.sample.state]


def audits(evidence: Evidence, who: Who) -> list[Audited]:
    """Every window under the framework of `evidence`, the newest first."""
    windows = evidence.desk.ledger.claims.windows(framework=evidence.release().framework)
    return [audited(evidence, who, one) for one in sorted(windows, key=lambda one: -one.number)]


def audited(evidence: Evidence, who: Who, window: Window) -> Audited:
    """A window and its sample. Who does not work there sees rounded figures, small ones withheld, and a rate that is
    worked out from these; where they are withheld, on which side of what is tolerated it lies."""
    sample = evidence.desk.ledger.claims.sample(window.number)
    figures = [
        safe(evidence, who, one, 0)
        for one in (sample.population, sample.size, sample.judged, sample.struck_out)
    ]
    claims, drawn, judged, struck_out = (one.words for one in figures)
    if sees_exact(who):
        rate = _rate(window.code, sample)
    else:
        rate = _safe_rate(window.code, sample, [one.claims for one in figures])
    return Audited(window, sample, claims, drawn, judged, struck_out, rate)


def table(found: Iterable[Audited]) -> pl.DataFrame:
    """One row a window, in texts."""
    headings = ("Window", "State", "Claims", "Drawn", "Audited", "Struck out", "Error rate", "Sample")
    rows = [
        (
            one.window.code,
            STATES[one.window.state],
            one.claims,
            one.drawn,
            one.judged,
            one.struck_out,
            one.rate.words,
            one.result,
        )
        for one in found
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row")


def chart(evidence: Evidence, found: list[Audited]) -> Chart | None:
    """The error rates of the windows with their intervals, against what is tolerated; None where none is shown."""
    rates = [one.rate for one in found if one.rate.rate is not None]
    if not rates:
        return None
    limit = 100 * float(found[0].sample.tolerance)
    over = [one for one in found if one.sample.state is SampleState.FAILED]
    finding = None if over else "No sample of a window has failed"
    return intervals(
        rates,
        limit,
        limit_words=f"tolerated: {limit:g}%",
        question="How many claims does the audit strike out?",
        finding=finding,
        source=_source(evidence),
    )


def _source(evidence: Evidence) -> str:
    release = evidence.release()
    return f"{release.authority}, ledger of claims, release {release.name} of {day(release.as_of)}"


def _rate(window: str, sample: Sample) -> Rate:
    if sample.rate is None or sample.low is None or sample.high is None:
        return Rate(window, None, 0.0, 0.0, "not audited yet")
    rate, low, high = 100 * float(sample.rate), 100 * sample.low, 100 * sample.high
    return Rate(window, rate, low, high, f"{rate:.1f}% (95% interval {low:.1f}% to {high:.1f}%)")


def _safe_rate(window: str, sample: Sample, shown: Sequence[int | None]) -> Rate:
    """The rate by shown figures alone: claims, drawn, judged, struck out."""
    population, _, judged, struck_out = shown
    if population and judged and struck_out is not None:
        part = min(struck_out, judged)
        low, high = interval(part, judged, max(population, judged))
        rate, low, high = 100 * part / judged, 100 * low, 100 * high
        return Rate(window, rate, low, high, f"{rate:.0f}% (95% interval {low:.0f}% to {high:.0f}%)")
    limit = percent(100 * float(sample.tolerance))
    sides = {SampleState.PASSED: f"at most {limit}, as tolerated", SampleState.FAILED: f"over {limit}"}
    return Rate(window, None, 0.0, 0.0, sides.get(sample.state, Symbol.CONFIDENTIAL))


def progress(sample: Sample) -> str:
    """How far the audit of a sample has come, in a sentence."""
    if sample.state is SampleState.NONE:
        return "No claim is in this window."
    left = sample.size - sample.judged
    if sample.more:
        start = "The sample failed. " if sample.state is SampleState.FAILED else ""
        return f"{start}{count(sample.more)} more claims are to be drawn."
    if left:
        return f"{count(left)} of {count(sample.size)} sampled claims wait for a verdict."
    return f"Every sampled claim has its verdict: the sample has {RESULTS[sample.state].lower()}."
