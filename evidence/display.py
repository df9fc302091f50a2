"""Tables as they are shown: texts only, in the reader's words."""

import polars as pl

from evidence.evidence import Evidence
from evidence.words import count, in_markdown, percent

_SEVERITIES = {
    "stops_a_claim": "Stops a claim",
    "stops_linkage": "Stops a match to a person",
    "worth_a_look": "Worth a look",
}
# Rules that describe the extract as a whole; all others are about what is wrong in it.
_WHOLE = ("received", "quarantined", "matched")


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """A table of texts with nothing in it that Markdown would read as a link, a picture or markup."""
    texts = {
        in_markdown(name): [in_markdown(text or "") for text in frame[name].cast(pl.String)]
        for name in frame.columns
    }
    return pl.DataFrame(texts, schema=dict.fromkeys(texts, pl.String))


def extracts(evidence: Evidence) -> pl.DataFrame:
    """One row an extract: how many rows came, how many were set aside, how many were matched to a family."""
    quality = evidence.data_quality()
    rows: list[dict[str, str]] = []
    for (extract,), group in quality.group_by("extract", maintain_order=True):
        found = {row["rule"]: row for row in group.filter(pl.col("rule").is_in(_WHOLE)).iter_rows(named=True)}
        received, aside, matched = (found.get(rule, {}) for rule in _WHOLE)
        rows.append(
            {
                "Extract": in_words(str(extract)),
                "Rows received": _cell(received, "rows"),
                "Set aside": _cell(aside, "failures"),
                "Set aside, share": _ratio(aside),
                "Matched to a family, share": _ratio(matched, turned=True),
            }
        )
    return pl.DataFrame(rows, schema=dict.fromkeys(_EXTRACT_COLUMNS, pl.String))


def broken(evidence: Evidence, severity: str) -> pl.DataFrame:
    """One row a rule of that severity and extract whose failures may be shown, the most often broken first."""
    chosen = _rules(evidence).filter(pl.col("severity") == severity, pl.col("failures") > 0)
    return _rules_in_words(chosen.sort("failures", descending=True, maintain_order=True))


def rules(evidence: Evidence, extract: str) -> pl.DataFrame:
    """One row a rule of that extract, whether it was broken or not."""
    return _rules_in_words(_rules(evidence).filter(pl.col("extract") == extract))


def extract_names(evidence: Evidence) -> list[tuple[str, str]]:
    """The extracts that were checked, each with its words."""
    return [(extract, in_words(extract)) for extract in evidence.data_quality()["extract"].unique().sort()]


def _rules(evidence: Evidence) -> pl.DataFrame:
    return evidence.data_quality().filter(~pl.col("rule").is_in(_WHOLE))


def _rules_in_words(chosen: pl.DataFrame) -> pl.DataFrame:
    rows = [
        {
            "Extract": in_words(row["extract"]),
            "Rule": row["meaning"],
            "Rows looked at": _cell(row, "rows"),
            "Rows that fail": _cell(row, "failures"),
            "Share": _ratio(row),
        }
        for row in chosen.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(_RULE_COLUMNS, pl.String))


def severities(evidence: Evidence) -> list[tuple[str, str]]:
    """The severities that occur, worst first, each with its words."""
    found = set(_rules(evidence)["severity"])
    return [(code, words) for code, words in _SEVERITIES.items() if code in found]


def checks(evidence: Evidence) -> pl.DataFrame:
    """One row a check made on the release before it was published."""
    rows = [
        {
            "Check": in_words(row["name"]),
            "What was checked": row["meaning"],
            "Looked at": count(row["examined"]),
            "Result": in_words(row["result"]),
        }
        for row in evidence.privacy_checks().iter_rows(named=True)
    ]
    return pl.DataFrame(
        rows, schema=dict.fromkeys(("Check", "What was checked", "Looked at", "Result"), pl.String)
    )


def fates(evidence: Evidence) -> pl.DataFrame:
    """What became of everything collected: one row a decision, the number of columns and which kinds they were."""
    grouped = evidence.collected().group_by("decision").agg(pl.len(), pl.col("kind").unique().sort())
    rows = [
        {
            "What became of it": in_words(decision),
            "Columns": count(columns),
            "Kinds of column": ", ".join(kinds),
        }
        for decision, columns, kinds in grouped.sort("len", "decision", descending=[True, False]).iter_rows()
    ]
    return pl.DataFrame(
        rows, schema=dict.fromkeys(("What became of it", "Columns", "Kinds of column"), pl.String)
    )


def contracts(evidence: Evidence) -> list[tuple[str, str]]:
    """The contracts that something was collected under, each with its words."""
    found = evidence.collected()["contract"].unique().sort()
    return [(contract, in_words(contract)) for contract in found]


def collected(evidence: Evidence, contract: str) -> pl.DataFrame:
    """One row a column of a contract: what kind it is, what it means, what became of it."""
    rows = [
        {
            "Column": row["column_name"],
            "Kind": row["kind"],
            "Meaning": row["meaning"],
            "What became of it": in_words(row["decision"]),
        }
        for row in evidence.collected().filter(pl.col("contract") == contract).iter_rows(named=True)
    ]
    return pl.DataFrame(
        rows, schema=dict.fromkeys(("Column", "Kind", "Meaning", "What became of it"), pl.String)
    )


def requests(evidence: Evidence) -> pl.DataFrame:
    """The requests for the list of claimable episodes, newest first. Raises a UserError without the ledger."""
    rows = [
        {
            "Request": str(one.number),
            "Release": one.release,
            "Asked by": one.by,
            "Asked at": one.at,
            "State": one.state,
            "Note": one.note,
        }
        for one in evidence.desk.requests()
    ]
    columns = ("Request", "Release", "Asked by", "Asked at", "State", "Note")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String))


def in_words(code: str) -> str:
    """A code as words: family_member becomes Family member."""
    words = code.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


_EXTRACT_COLUMNS = ("Extract", "Rows received", "Set aside", "Set aside, share", "Matched to a family, share")
_RULE_COLUMNS = ("Extract", "Rule", "Rows looked at", "Rows that fail", "Share")


def _cell(row: dict[str, object], name: str) -> str:
    if not row:
        return "z"
    value = row[name]
    return count(value, None) if isinstance(value, int) else str(row[f"{name}_symbol"] or "c")


def _ratio(row: dict[str, object], *, turned: bool = False) -> str:
    """The share of shown figures; c where either is withheld, z where there is none."""
    if not row:
        return "z"
    rows, failures = row["rows"], row["failures"]
    if not isinstance(rows, int) or not isinstance(failures, int):
        return "c"
    if rows == 0:
        return "z"
    failed = min(100 * failures / rows, 100.0)
    return percent(100 - failed if turned else failed)
