"""The questions of a release that are answered by coarser ones, or not at all, and why."""

import polars as pl

from evidence.display import in_words
from evidence.evidence import Choice, Evidence
from evidence.settling import COARSER
from evidence.words import count
from release.catalogue import FRAMEWORK_POPULATIONS


def sentence(evidence: Evidence) -> str | None:
    """How many questions are answered as they are asked, in a sentence; None where the release has none."""
    states = dict(_questions(evidence).group_by("state").len().iter_rows())
    whole = sum(states.values())
    if not whole:
        return None
    if set(states) == {"shown"}:
        return f"Of {count(whole)} questions that can be asked, all are answered as they are asked."
    coarser, withdrawn = states.get(COARSER, 0), states.get("withdrawn", 0)
    return (
        f"Of {count(whole)} questions that can be asked, {count(whole - coarser - withdrawn)} are answered as they are "
        f"asked, {count(coarser)} by a coarser one, and {count(withdrawn)} not at all: too much of them would be "
        "withheld."
    )


def measures(evidence: Evidence) -> list[Choice]:
    """The measures some of whose questions are not answered as they are asked, in the catalogue's order."""
    names = set(_gone(evidence)["measure"])
    return [Choice(name, evidence.label(name)) for name in evidence.catalogue.measures if name in names]


def table(evidence: Evidence, measure: str) -> pl.DataFrame:
    """One row a question of a measure that is not answered as it is asked: its breakdown, what is shown, and why."""
    headings = ("Broken down by", "What is shown", "Why")
    rows = [
        (
            _breakdown(evidence, row["dimensions"]),
            f"By {_breakdown(evidence, row['coarser']).lower()}" if row["state"] == COARSER else "Nothing",
            in_words(row["why"] or ""),
        )
        for row in _gone(evidence).filter(pl.col("measure") == measure).iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row")


def _questions(evidence: Evidence) -> pl.DataFrame:
    """Those that the reader can ask under the chosen framework: `state`, `why`, `measure`, `dimensions` and `coarser`
    (the dimensions of what is shown instead)."""
    named = evidence.questions().with_columns(pl.col("question").str.splitn("@", 2).alias("_scope"))
    scoped = pl.col("question").str.contains("@", literal=True)
    scope = pl.when(scoped).then(pl.col("_scope").struct.field("field_0")).otherwise(pl.lit(""))
    asked = pl.when(scoped).then(pl.col("_scope").struct.field("field_1")).otherwise(pl.col("question"))
    parts = named.select(
        "state",
        "why",
        scope.alias("scope"),
        asked.str.extract("^(.*):", 1).fill_null("").alias("framework"),
        asked.str.replace("^.*:", "").str.split("|").alias("parts"),
        pl.col("instead").str.split("|").list.slice(1).alias("coarser"),
    ).with_columns(measure=pl.col("parts").list.first(), dimensions=pl.col("parts").list.slice(1))
    of_frameworks = [
        name for name, one in evidence.catalogue.measures.items() if one.population in FRAMEWORK_POPULATIONS
    ]
    own = (
        pl.when(pl.col("measure").is_in(of_frameworks)).then(pl.lit(evidence.framework)).otherwise(pl.lit(""))
    )
    known = pl.col("measure").is_in(list(evidence.catalogue.measures))
    return parts.filter(pl.col("scope") == evidence.scope, pl.col("framework") == own, known)


def _gone(evidence: Evidence) -> pl.DataFrame:
    return _questions(evidence).filter(pl.col("state") != "shown")


def _breakdown(evidence: Evidence, dimensions: list[str] | None) -> str:
    if not dimensions:
        return "Nothing: the figure as a whole"
    labels = [evidence.dimension_label(one) for one in dimensions if one in evidence.catalogue.dimensions]
    return ", ".join(label if place == 0 else label.lower() for place, label in enumerate(labels))
