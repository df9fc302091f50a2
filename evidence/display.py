"""Tables as they are shown: texts only, in the reader's words."""

import polars as pl

from evidence.evidence import Evidence
from evidence.words import count, in_markdown


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """A table of texts with nothing in it that Markdown would read as a link, a picture or markup."""
    texts = {
        in_markdown(name): [in_markdown(text or "") for text in frame[name].cast(pl.String)]
        for name in frame.columns
    }
    return pl.DataFrame(texts, schema=dict.fromkeys(texts, pl.String))


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
    """One row a column of a contract: what kind it is, what it means, who sends it and why, what became of it."""
    rows = [
        {
            "Column": row["column_name"],
            "Kind": row["kind"],
            "Meaning": row["meaning"],
            "From": row["partner"],
            "Why it is needed": row["why"],
            "What became of it": in_words(row["decision"]),
        }
        for row in evidence.collected().filter(pl.col("contract") == contract).iter_rows(named=True)
    ]
    headings = ("Column", "Kind", "Meaning", "From", "Why it is needed", "What became of it")
    return pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String))


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
