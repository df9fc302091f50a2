"""One digest for what a claim rests on: the same as long as nothing about the claim changed."""

from typing import Final

import polars as pl

from outcomes.database import open_database

_CLAIM: Final = ("episode", "kind", "person")
_NEED_FACTS: Final = (
    "need_code",
    "identified_on",
    "state",
    "achieved_on",
    "sustained_on",
    "rule",
    "reason",
)
_CLAIM_FACTS: Final = ("slot", "kind", "evidence_state", "claim_date", "eligible")
_EVIDENCE_FACTS: Final = (
    "need_code",
    "measure",
    "value",
    "window_from",
    "window_to",
    "extract",
    "rule_version",
)
# That the family is eligible and that help ended well must stay so; how broad its needs are and when an open episode
# closes may change without touching a claim.
_PASSED_OR_FAILED: Final = ("eligible", "closing")


def evidence_digests(need: pl.DataFrame, claim: pl.DataFrame, claim_evidence: pl.DataFrame) -> pl.DataFrame:
    """The digest of every claim: `episode, kind, person, evidence_digest` (SHA-256, 64 hexadecimal digits), sorted.

    `need`, `claim`, `claim_evidence`: of one framework, as `outcomes.evaluate` gives them, or as a release holds them
    (more columns are ignored). It is taken over the state, days, values and rule versions of the rows that the claim
    rests on: for a claim about needs those of all needs of its episode. Which records they came from (`record`), what
    has been done about the claim and what it is worth are left out, so that it stays the same in a later release
    where nothing about the claim changed. So are pseudonyms, which keys that are replaced change: people are told
    apart by what is said of them. Where `claim` has a column `slot`, that is in it: it keeps the rest from being
    guessed.
    """
    facts = claim_evidence.filter(pl.col("measure") != "earlier_claim").with_columns(
        value=pl.when(pl.col("measure").is_in(_PASSED_OR_FAILED))
        .then(pl.col("value").str.split(":").list.first())
        .otherwise("value"),
        **{
            day: pl.when(pl.col("measure") != "closing").then(pl.col(day))
            for day in ("window_from", "window_to")
        },
    )
    of_claims = facts.filter(pl.col("kind").is_not_null())
    of_needs = facts.filter(pl.col("kind").is_null())
    on_its_own = of_claims.filter(pl.col("measure") == "outcome").select(_CLAIM).unique()
    about_needs = claim.select(_CLAIM).join(on_its_own, on=_CLAIM, how="anti", nulls_equal=True)
    slot = pl.col("slot") if "slot" in claim.columns else pl.lit(None, pl.String).alias("slot")
    claim_lines = claim.with_columns(slot).select(*_CLAIM, line=_line("claim", _CLAIM_FACTS))
    fact = _line("fact", _EVIDENCE_FACTS)
    said = pl.concat(
        [
            of_claims.select(*_CLAIM, who="person", line=fact),
            about_needs.join(
                pl.concat(
                    [
                        need.select("episode", who="person", line=_line("need", _NEED_FACTS)),
                        of_needs.select("episode", who="person", line=fact),
                    ]
                ),
                on="episode",
            ),
        ]
    )
    blocks = (
        said.group_by(*_CLAIM, "who")
        .agg(pl.col("line").sort().str.join("\n"))
        .select(
            *_CLAIM,
            block=pl.when(pl.col("who").is_null()).then(pl.lit("family\n")).otherwise(pl.lit("somebody\n"))
            + pl.col("line"),
        )
    )
    everything = blocks.group_by(_CLAIM).agg(pl.col("block").sort().str.join("\n"))
    texts = claim_lines.join(everything, on=_CLAIM, how="left", nulls_equal=True).select(
        *_CLAIM, text=pl.concat_str("line", "block", separator="\n", ignore_nulls=True)
    )
    with open_database() as database:
        database.give("texts", texts)
        return database.frame(
            "SELECT episode, kind, person, sha256(text) AS evidence_digest FROM texts "
            "ORDER BY episode, kind, person NULLS FIRST"
        )


def _line(name: str, columns: tuple[str, ...]) -> pl.Expr:
    """The columns as one text from which each could be read back: its length before it, `-` for none."""
    texts = (pl.col(column).cast(pl.String) for column in columns)
    parts = (
        pl.when(text.is_null()).then(pl.lit(" -")).otherwise(pl.format(" {}:{}", text.str.len_bytes(), text))
        for text in texts
    )
    return pl.concat_str(pl.lit(name), *parts)
