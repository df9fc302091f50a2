"""The data-quality report of one run, as values: what is wrong where, how to mend it, and what to mend first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from pipelines.contracts import CONTRACTS, Severity
from pipelines.quality.advice import gain, how_to_mend
from pipelines.quality.trend import WHOLE, Trend, not_sent, with_trend

SEVERE_FIRST = (Severity.STOPS_LINKAGE, Severity.STOPS_A_CLAIM, Severity.WORTH_A_LOOK)
_ASKS_OF_A_PARTNER = 3
_TRIFLE = 10


@dataclass(frozen=True)
class Line:
    """One rule on one extract. Counts are rows; those of the last run are None where there was none, or no such rule.

    `set_aside`: a row that fails is in quarantine. `more`: how many places there are beyond `places`.
    """

    extract: str
    partner: str
    rule: str
    severity: Severity
    meaning: str
    mend: str
    gain: str
    set_aside: bool
    rows: int
    failures: int
    rows_before: int | None
    failures_before: int | None
    trend: Trend | None
    places: tuple[str, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class Received:
    """One extract as a whole: rows received, set aside, and, once linkage has run, those in no family worked with."""

    extract: str
    partner: str
    rows: int
    set_aside: int
    set_aside_before: int | None
    rows_before: int | None
    unmatched: int | None
    about_people: int | None


@dataclass(frozen=True)
class Report:
    """Everything that the report of a run says. `places`: every place of every rule (ranges.RANGES).

    `lines`: every rule of every extract, severe first, the most failures first. `before`: the run that this one is held
    against. `not_sent`: extracts that came then and not now.
    """

    authority: str
    as_of: date
    release: str
    before: str | None
    received: tuple[Received, ...]
    lines: tuple[Line, ...]
    places: pl.DataFrame = field(repr=False)
    not_sent: tuple[str, ...] = ()

    @property
    def failing(self) -> list[Line]:
        """The rules that some row fails."""
        return [line for line in self.lines if line.failures]

    def count(self, trend: Trend) -> int:
        """How many rules took this turn since the last run."""
        return sum(line.trend is trend for line in self.lines)

    def asks(self) -> list[tuple[str, list[Line]]]:
        """What to ask of each partner first, at most three things: whoever's extracts lose most rows comes first.

        What is worth a look alone is not asked for, and a trifle is not named beside something ten times its size.
        """
        by_partner: dict[str, list[Line]] = {}
        for line in self.failing:
            if line.severity is not Severity.WORTH_A_LOOK:
                by_partner.setdefault(line.partner, []).append(line)
        chosen = []
        for partner, lines in by_partner.items():
            lines.sort(key=lambda line: (-line.failures, line.extract, line.rule))
            large = [line for line in lines if _TRIFLE * line.failures >= lines[0].failures]
            chosen.append((partner, large[:_ASKS_OF_A_PARTNER]))
        return sorted(chosen, key=lambda one: (-one[1][0].failures, one[0]))


def make_report(
    quality: pl.DataFrame,
    places: pl.DataFrame,
    *,
    reasons: Mapping[tuple[str, str], str],
    set_aside: Collection[tuple[str, str]],
    partners: Mapping[str, str],
    needs: Mapping[str, Sequence[str]],
    authority: str,
    as_of: date,
    release: str,
    before: pl.DataFrame | None = None,
    before_name: str | None = None,
    most_places: int = 50,
) -> Report:
    """The report of a run.

    `quality`: columns of trend.COUNTS. `places`: those of every rule (columns of ranges.RANGES). `reasons`: contract
    and rule to the rule's own words, as far as it has any. `set_aside`: contract and rule of those that put a row into
    quarantine. `partners`: contract to who sends it. `needs`: contract to the codes of the needs whose rules read it.
    `before`: the counts of the run before, called `before_name`. No value of a cell goes in, so none can come out.
    """
    compared = with_trend(quality, before)
    shown = places.group_by("contract", "rule", maintain_order=True).agg(
        pl.col("place").head(most_places), pl.len().alias("places")
    )
    found = {(contract, rule): (some, total) for contract, rule, some, total in shown.iter_rows()}

    def line(row: Mapping[str, object]) -> Line:
        extract, rule = str(row["extract"]), str(row["rule"])
        severity, failures = Severity(str(row["severity"])), _whole(row["failures"])
        some, total = found.get((extract, rule), ([], 0))
        aside = (extract, rule) in set_aside
        return Line(
            extract=extract,
            partner=_partner(extract, partners),
            rule=rule,
            severity=severity,
            meaning=str(row["meaning"]),
            mend=how_to_mend(rule, reasons.get((extract, rule), "")),
            gain=gain(severity, failures, set_aside=aside, needs=needs.get(extract, ())),
            set_aside=aside,
            rows=_whole(row["rows"]),
            failures=failures,
            rows_before=_maybe(row["rows_before"]),
            failures_before=_maybe(row["failures_before"]),
            trend=Trend(str(row["trend"])) if row["trend"] is not None else None,
            places=tuple(some),
            more=total - len(some),
        )

    rules = [line(row) for row in compared.filter(~pl.col("rule").is_in(WHOLE)).iter_rows(named=True)]
    rules.sort(key=lambda one: (SEVERE_FIRST.index(one.severity), -one.failures, one.extract, one.rule))
    return Report(
        authority=authority,
        as_of=as_of,
        release=release,
        before=before_name if before is not None else None,
        received=tuple(_received(compared, partners)),
        lines=tuple(rules),
        places=places,
        not_sent=tuple(not_sent(quality, before)),
    )


def _received(compared: pl.DataFrame, partners: Mapping[str, str]) -> list[Received]:
    found = []
    for (name,), group in compared.group_by("extract", maintain_order=True):
        by_rule = {
            row["rule"]: row for row in group.filter(pl.col("rule").is_in(WHOLE)).iter_rows(named=True)
        }
        received, aside, matched = (by_rule.get(rule) for rule in WHOLE)
        if received is None:
            continue
        found.append(
            Received(
                extract=str(name),
                partner=_partner(str(name), partners),
                rows=received["rows"],
                set_aside=aside["failures"] if aside else 0,
                set_aside_before=aside["failures_before"] if aside else None,
                rows_before=received["rows_before"],
                unmatched=matched["failures"] if matched else None,
                about_people=matched["rows"] if matched else None,
            )
        )
    return found


def _partner(extract: str, partners: Mapping[str, str]) -> str:
    contract = CONTRACTS.get(extract)
    return partners.get(extract) or (contract.partner if contract else extract)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _maybe(value: object) -> int | None:
    return value if isinstance(value, int) else None
