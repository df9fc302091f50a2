"""Tables of data quality as they are shown: what came, who was found, which rules rows broke, and since when."""

import polars as pl

from evidence.display import in_words
from evidence.evidence import Evidence
from evidence.trust import share
from evidence.words import count, percent

_SEVERITIES = {
    "stops_a_claim": "Stops a claim",
    "stops_linkage": "Stops a match to a person",
    "worth_a_look": "Worth a look",
}
# Rules that describe the extract as a whole; all others are about what is wrong in it.
_WHOLE = ("received", "quarantined", "matched")
_STANDINGS = {"good": "Well", "poor": "Poorly"}
# Of fewer pairs the rounding of counts is more than what is missed.
_FEWEST_PAIRS = 100
_GROUPS = {"ethnic_group": "Ethnic group", "age_band": "Age", "sex": "Sex"}


def extracts(evidence: Evidence) -> pl.DataFrame:
    """One row an extract: how many rows came, how many were set aside, now and in the release before."""
    release = evidence.release()
    rows: list[dict[str, str]] = []
    for (extract,), group in evidence.data_quality().group_by("extract", maintain_order=True):
        found = {row["rule"]: row for row in group.filter(pl.col("rule").is_in(_WHOLE)).iter_rows(named=True)}
        received, aside, _ = (found.get(rule, {}) for rule in _WHOLE)
        rows.append(
            {
                "Extract": in_words(str(extract)),
                "Rows received": _cell(received, "rows"),
                "Release before": _cell(received, "rows_before"),
                "Set aside": _with_share(aside),
                "Trend": turn(aside, release.rounding, release.threshold),
            }
        )
    return pl.DataFrame(rows, schema=dict.fromkeys(_EXTRACT_COLUMNS, pl.String))


def matching(evidence: Evidence) -> pl.DataFrame:
    """One row an extract about people: how many of its rows found a family, by what, and what rests on it."""
    quality = evidence.linkage_quality()
    about = quality.filter(pl.col("measure") == "matched", pl.col("dimension") == "extract")["code"]
    standings = quality.filter(pl.col("standing").is_not_null()).select("code", "standing")
    standing = dict(standings.iter_rows())
    rows = [
        {
            "Extract": in_words(extract),
            "Matched": _STANDINGS.get(standing.get(extract, ""), "Not known"),
            "Matched to a family": share(evidence, "matched", "extract", extract).words,
            "Of those that could be": share(evidence, "decided", "extract", extract).words,
            "By a number": share(evidence, "by_number", "extract", extract).words,
            "People known to the case system": _known(evidence, extract),
            "Needs that rest on it": _resting(evidence, extract),
        }
        for extract in about
    ]
    rows.sort(key=lambda row: (row["Matched"] != _STANDINGS["poor"], row["Extract"]))
    return pl.DataFrame(rows, schema=dict.fromkeys(_MATCHING_COLUMNS, pl.String))


def missed(evidence: Evidence) -> pl.DataFrame:
    """One row a group of people: of pairs of records known to be one person's, how many names and dates alone miss."""
    found = evidence.linkage_quality().filter(pl.col("measure") == "found_blind")
    rows = []
    for dimension, words in _GROUPS.items():
        labels = {one.code: one.label for one in evidence.choices(dimension)}
        group = found.filter(pl.col("dimension") == dimension)
        by_code = {row["code"]: row for row in group.iter_rows(named=True)}
        for code, label in labels.items():
            row = by_code.get(code)
            if row is None:
                continue
            rows.append(
                {
                    "Group": words,
                    "Who": label,
                    "Pairs looked at": count(row["whole"], row["whole_symbol"]),
                    "Missed without a number": _missing(evidence, dimension, code, row["whole"]),
                }
            )
    return pl.DataFrame(rows, schema=dict.fromkeys(_MISSED_COLUMNS, pl.String))


def headlines_at_risk(evidence: Evidence) -> pl.DataFrame:
    """One row a headline of which some needs rest on poorly matched extracts, as far as that may be shown."""
    shares = [
        (one.label, share(evidence, "needs_at_risk", "headline", one.code))
        for one in evidence.choices("headline")
    ]
    rows = [
        {"Headline outcome": label, "Needs on poorly matched extracts": weak.words}
        for label, weak in shares
        if weak.value is not None
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(_HEADLINE_COLUMNS, pl.String))


def broken(evidence: Evidence, severity: str) -> pl.DataFrame:
    """One row a rule of that severity and extract whose failures may be shown, the most often broken first."""
    chosen = _rules(evidence).filter(pl.col("severity") == severity, pl.col("failures") > 0)
    return _in_words(evidence, chosen.sort("failures", descending=True, maintain_order=True))


def rules(evidence: Evidence, extract: str) -> pl.DataFrame:
    """One row a rule of that extract, whether it was broken or not."""
    return _in_words(evidence, _rules(evidence).filter(pl.col("extract") == extract))


def extract_names(evidence: Evidence) -> list[tuple[str, str]]:
    """The extracts that were checked, each with its words."""
    return [(extract, in_words(extract)) for extract in evidence.data_quality()["extract"].unique().sort()]


def severities(evidence: Evidence) -> list[tuple[str, str]]:
    """The severities that occur, worst first, each with its words."""
    found = set(_rules(evidence)["severity"])
    return [(code, words) for code, words in _SEVERITIES.items() if code in found]


def turn(row: dict[str, object], rounding: int, threshold: int = 0) -> str:
    """Whether a rule is broken more or less often than in the release before, where shown figures can tell.

    A change that rounding could make of equal shares is none. A withheld count lies under `threshold`, where that is
    known: it may still be plain that there are more, or fewer, than before.
    """
    now = _between(row, "rows", "failures", rounding, threshold)
    before = _between(row, "rows_before", "failures_before", rounding, threshold)
    if now is None or before is None:
        why = row.get("failures_before_symbol") or row.get("failures_symbol") or "z"
        return "–" if why == "z" else str(why)
    if now[0] > before[1]:
        return "worse"
    if now[1] < before[0]:
        return "better"
    hidden = row.get("failures") is None or row.get("failures_before") is None
    return "c" if hidden else "about the same"


def _between(
    row: dict[str, object], whole: str, part: str, rounding: int, threshold: int
) -> tuple[float, float] | None:
    """Between which two a share must lie; None where that cannot be told."""
    rows, failures = row.get(whole), row.get(part)
    if not isinstance(rows, int) or not rows:
        return None
    if isinstance(failures, int):
        return (failures - rounding) / rows, (failures + rounding) / rows
    if row.get(f"{part}_symbol") == "c" and threshold:
        return 0.0, threshold / rows
    return None


_EXTRACT_COLUMNS = (
    "Extract",
    "Rows received",
    "Release before",
    "Set aside",
    "Trend",
)
_MATCHING_COLUMNS = (
    "Extract",
    "Matched",
    "Matched to a family",
    "Of those that could be",
    "By a number",
    "People known to the case system",
    "Needs that rest on it",
)
_MISSED_COLUMNS = ("Group", "Who", "Pairs looked at", "Missed without a number")
_HEADLINE_COLUMNS = ("Headline outcome", "Needs on poorly matched extracts")
_RULE_COLUMNS = ("Extract", "Rule", "Rows looked at", "Rows that fail", "Share", "Trend")


def _with_share(row: dict[str, object]) -> str:
    """A count of failures and its share: 15 (under 1%)."""
    told, part = _cell(row, "failures"), _ratio(row)
    return told if told == part else f"{told} ({part})"


def _missing(evidence: Evidence, dimension: str, code: str, pairs: int | None) -> str:
    """The share of pairs that are missed, as far as rounded counts can tell it."""
    again = share(evidence, "found_blind", dimension, code)
    if again.value is None or pairs is None:
        return again.words
    if pairs < _FEWEST_PAIRS:
        return "too few to tell"
    unsure = 100 * evidence.release().rounding / pairs
    missing = 100 - again.value
    return f"under {percent(missing + unsure)}" if missing < unsure else f"about {percent(missing)}"


def _known(evidence: Evidence, extract: str) -> str:
    known = share(evidence, "people_known", "extract", extract)
    return "z" if known.symbol == "x" else known.words


def _resting(evidence: Evidence, extract: str) -> str:
    resting = share(evidence, "needs_resting", "extract", extract)
    return "none" if resting.symbol == "x" else resting.words


def _rules(evidence: Evidence) -> pl.DataFrame:
    return evidence.data_quality().filter(~pl.col("rule").is_in(_WHOLE))


def _in_words(evidence: Evidence, chosen: pl.DataFrame) -> pl.DataFrame:
    release = evidence.release()
    rows = [
        {
            "Extract": in_words(row["extract"]),
            "Rule": row["meaning"],
            "Rows looked at": _cell(row, "rows"),
            "Rows that fail": _cell(row, "failures"),
            "Share": _ratio(row),
            "Trend": turn(row, release.rounding, release.threshold),
        }
        for row in chosen.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(_RULE_COLUMNS, pl.String))


def _cell(row: dict[str, object], name: str) -> str:
    if not row:
        return "z"
    value = row[name]
    return count(value, None) if isinstance(value, int) else str(row[f"{name}_symbol"] or "c")


def _ratio(row: dict[str, object]) -> str:
    """The share of shown figures; c where either is withheld, z where there is none."""
    if not row:
        return "z"
    rows, failures = row["rows"], row["failures"]
    if not isinstance(rows, int) or not isinstance(failures, int):
        return "c"
    return percent(min(100 * failures / rows, 100.0)) if rows else "z"
