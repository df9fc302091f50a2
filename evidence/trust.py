"""How far the figures of a release can be trusted: what shown figures say of the records behind them."""

from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from evidence.evidence import Evidence
from evidence.words import percent

_WHOLE = "all"
# Where more needs than this, in per cent, rest on poorly matched extracts, the figures as a whole are in doubt.
_MANY_NEEDS = 25.0
# More rows than this, in per cent, set aside of one extract are more than the usual slips.
_MOST_SET_ASIDE = 5.0


class Standing(StrEnum):
    """How a reader may take the figures."""

    SOUND = "sound"
    CARE = "care"
    DOUBTFUL = "doubtful"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Share:
    """A share in per cent, or the symbol that stands for it."""

    value: float | None
    symbol: str | None = None

    @property
    def words(self) -> str:
        if self.value is not None and 99.5 <= self.value < 100:
            return "over 99%"
        return percent(self.value, self.symbol)


@dataclass(frozen=True)
class Verdict:
    """Whether the figures can be trusted, in a sentence, and what it rests on."""

    standing: Standing
    words: str
    in_order: Share
    matched: Share
    at_risk: Share
    missed: Share


def verdict(evidence: Evidence) -> Verdict:
    """What a manager should know before believing a figure. Made from shown figures alone."""
    in_order, matched = _in_order(evidence), share(evidence, "decided")
    at_risk, found = share(evidence, "needs_at_risk"), share(evidence, "found_blind")
    missed = Share(None if found.value is None else 100 - found.value, found.symbol)
    poor, spoilt = poorly_matched(evidence), _spoilt(evidence)
    standing = _standing(evidence, poor, spoilt, at_risk)
    if at_risk.value is None and standing is not Standing.UNKNOWN and not poor:
        at_risk = Share(0.0)
    return Verdict(standing, _sentence(standing, poor, spoilt, at_risk), in_order, matched, at_risk, missed)


def poorly_matched(evidence: Evidence) -> list[str]:
    """The extracts that are poorly matched, in order."""
    return evidence.linkage_quality().filter(pl.col("standing") == "poor")["code"].sort().to_list()


def caution(evidence: Evidence) -> str | None:
    """What to say beside figures of outcomes that poorly matched extracts weaken; None where none does."""
    poor = [extract for extract in poorly_matched(evidence) if _reads(evidence, extract)]
    if not poor:
        return None
    at_risk = share(evidence, "needs_at_risk")
    some = f"{at_risk.words} of needs rest" if at_risk.value is not None else "Few needs rest"
    return (
        f"Read with care. {some} on poorly matched extracts ({_listed(poor)}): a record that finds nobody looks like "
        "“nothing happened”, so outcomes may look better than they are. The page Data quality says more."
    )


def headline_caution(evidence: Evidence, headline: str) -> str | None:
    """What to say beside figures of one headline; None where none, or few, of its needs rest on such extracts. How far
    records are matched is measured for the headlines of the primary framework."""
    if evidence.framework:
        return None
    weak = share(evidence, "needs_at_risk", "headline", headline)
    if weak.value is None:
        return None
    return (
        f"Read with care. {weak.words} of the needs of this headline rest on poorly matched extracts "
        f"({_listed(poorly_matched(evidence))}), so its outcomes may look better than they are."
    )


def share(evidence: Evidence, measure: str, dimension: str = _WHOLE, code: str = _WHOLE) -> Share:
    """One measure of linkage as a share; x where the release has none."""
    rows = _rows(evidence, measure, dimension).filter(pl.col("code") == code)
    return _share(rows.row(0, named=True)) if rows.height else Share(None, "x")


def _rows(evidence: Evidence, measure: str, dimension: str) -> pl.DataFrame:
    return evidence.linkage_quality().filter(pl.col("measure") == measure, pl.col("dimension") == dimension)


def _share(row: dict[str, object]) -> Share:
    whole, part = row["whole"], row["part"]
    if not isinstance(whole, int) or not isinstance(part, int):
        return Share(None, str(row["whole_symbol"] or row["part_symbol"] or "c"))
    # Rounding can lift a part above its whole.
    return Share(min(100 * part / whole, 100.0)) if whole else Share(None, "z")


def _in_order(evidence: Evidence) -> Share:
    """The share of all rows received that keep their contract; withheld counts of rows set aside are small."""
    rows = evidence.data_quality()
    if rows.is_empty():
        return Share(None, "x")
    received = int(rows.filter(pl.col("rule") == "received")["rows"].sum())
    aside = int(rows.filter(pl.col("rule") == "quarantined")["failures"].sum())
    return Share(100 * (1 - min(aside / received, 1.0))) if received else Share(None, "c")


def _reads(evidence: Evidence, extract: str) -> bool:
    """Whether any need reads the extract."""
    return extract in set(_rows(evidence, "needs_resting", "extract")["code"])


def _spoilt(evidence: Evidence) -> list[str]:
    """The extracts of which more rows than usual broke their contract, in order."""
    rows = evidence.data_quality().filter(pl.col("rule") == "quarantined")
    return (
        rows.filter(100 * pl.col("failures") > _MOST_SET_ASIDE * pl.col("rows"))["extract"].sort().to_list()
    )


def _standing(evidence: Evidence, poor: list[str], spoilt: list[str], at_risk: Share) -> Standing:
    if evidence.linkage_quality()["standing"].drop_nulls().is_empty():
        return Standing.UNKNOWN
    if at_risk.value is not None and at_risk.value > _MANY_NEEDS:
        return Standing.DOUBTFUL
    return Standing.CARE if poor or spoilt else Standing.SOUND


def _sentence(standing: Standing, poor: list[str], spoilt: list[str], at_risk: Share) -> str:
    if standing is Standing.UNKNOWN:
        return "It is not known how many records were missed: read figures that rest on silence with care."
    if standing is Standing.SOUND:
        return "Yes: rows keep their contracts, and every extract finds the people whom it is about."
    start = "Only in part" if standing is Standing.DOUBTFUL else "Mostly, with care"
    if not poor:
        return f"{start}: many rows of {_listed(spoilt)} broke their contract and are in no figure."
    rest = f"{at_risk.words} of needs rest" if at_risk.value is not None else "few needs rest"
    if len(poor) == 1:
        return f"{start}: the extract {_listed(poor)} is poorly matched, and {rest} on it."
    return f"{start}: the extracts {_listed(poor)} are poorly matched, and {rest} on them."


def _listed(extracts: list[str]) -> str:
    names = [extract.replace("_", " ") for extract in extracts]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
