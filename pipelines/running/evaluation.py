"""Evaluate: the rules of a framework over pseudonymous frames, and what stands between an episode and a claim."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from outcomes import Framework, evaluate
from pipelines.checking import rows_in_quarantine
from pipelines.keys import Keys, Purpose
from pipelines.landing import Landed
from pipelines.pseudonymise import Pseudonymous
from pipelines.pseudonymise.tokens import pseudonyms


def quarantined_by_episode(landed: Sequence[Landed], quarantined: pl.DataFrame) -> pl.DataFrame:
    """How many quarantined rows name each episode, or its family: `reference` (the case system's episode),
    `rows_in_quarantine`.

    The rules leave such rows out; whoever makes a claim should look at them first: an earlier claim may be among them.
    """
    of_family = _named(landed, "family_ref", "episode_ref").drop_nulls().unique()
    rows = [pl.DataFrame(schema={"episode_ref": pl.String})]
    for one in landed:
        broken = one.frame.join(rows_in_quarantine(one, quarantined).to_frame(), on="row")
        if "episode_ref" in broken.columns:
            rows.append(broken.select("episode_ref"))
        elif "family_ref" in broken.columns:
            rows.append(broken.select("family_ref").join(of_family, on="family_ref").select("episode_ref"))
    counted = pl.concat(rows).drop_nulls().group_by(reference="episode_ref")
    return counted.agg(pl.len().cast(pl.Int64).alias("rows_in_quarantine"))


def _named(landed: Sequence[Landed], *columns: str) -> pl.DataFrame:
    having = [one.frame.select(columns) for one in landed if set(columns) <= set(one.frame.columns)]
    return pl.concat([pl.DataFrame(schema=dict.fromkeys(columns, pl.String)), *having])


def evaluate_tables(
    pseudonymous: Pseudonymous,
    framework: Framework,
    quarantined: pl.DataFrame,
    undecided: pl.DataFrame,
    *,
    payment: str,
    as_of: date,
    keys: Keys,
) -> dict[str, pl.DataFrame]:
    """The tables `need`, `claim` and `claim_evidence` of a release (release.schema).

    `quarantined`: as `quarantined_by_episode` gives it. `undecided`: `pair, person_key`: pairs of records that wait for
    clerical review, and the persons they may be about, by the register's keys.
    """
    doubtful = pseudonymous.references.filter(pl.col("kind") == "episode").join(quarantined, on="reference")
    evaluation = evaluate(pseudonymous.rules, framework, as_of=as_of, payment=payment)
    named = {"framework": pl.lit(framework.id), "framework_version": pl.lit(framework.version)}
    identified_by = (
        pseudonymous.rules["need"]
        .sort("identified_on", "record")
        .unique(["episode", "person", "need_code"], keep="first", maintain_order=True)
        .select("episode", "person", "need_code", "identified_by")
    )
    need = evaluation.need.join(
        identified_by, on=["episode", "person", "need_code"], how="left", nulls_equal=True
    ).with_columns(framework=named["framework"])
    claim = (
        evaluation.claim.with_columns(**named)
        .join(_worst_needs(need), on="episode", how="left")
        .join(doubtful.select("rows_in_quarantine", episode="pseudonym"), on="episode", how="left")
        .join(
            _pairs_in_review(pseudonymous.rules["episode_member"], undecided, keys), on="episode", how="left"
        )
        .with_columns(pl.col("rows_in_quarantine", "pairs_in_review").fill_null(0))
    )
    return {
        "need": need,
        "claim": claim.with_columns(obstacle=_obstacle()),
        "claim_evidence": _with_record_tokens(evaluation.claim_evidence, keys).with_columns(
            framework=named["framework"]
        ),
    }


def _pairs_in_review(members: pl.DataFrame, undecided: pl.DataFrame, keys: Keys) -> pl.DataFrame:
    """For each episode, how many pairs of records are undecided that may be about one of its people."""
    published = pseudonyms(Purpose.PERSON_PSEUDONYM, undecided["person_key"], keys)
    named = undecided.join(published, left_on="person_key", right_on="key")
    return (
        members.join(named, left_on="person", right_on="token")
        .group_by("episode")
        .agg(pl.col("pair").n_unique().cast(pl.Int64).alias("pairs_in_review"))
    )


def _worst_needs(need: pl.DataFrame) -> pl.DataFrame:
    return need.group_by("episode").agg(
        (pl.col("state") == "not_evidenced").any().alias("some_not_evidenced")
    )


def _obstacle() -> pl.Expr:
    """What stands in the way first, in the order in which the state of a claim is found.

    Nothing more can come of a family that was claimed for, nor of the other episodes of one that is claimable.
    """
    state = pl.col("evidence_state")
    is_claimed = pl.col("state") == "claimed"
    family_is_claimable = (pl.col("state") == "claimable").any().over("family")
    return (
        pl.when(family_is_claimable & (pl.col("state") != "claimable"))
        .then(pl.lit("other_episode"))
        .when(is_claimed)
        .then(pl.lit("already_claimed"))
        .when(state.is_in(["not_eligible", "closed_otherwise"]))
        .then(state)
        .when(state == "in_progress")
        .then(pl.lit("need_outstanding"))
        .when((state == "evidence_gap") & pl.col("some_not_evidenced").fill_null(False))
        .then(pl.lit("need_not_evidenced"))
        .when((state == "evidence_gap") & ~pl.col("assessment_ok"))
        .then(pl.lit("assessment_missing"))
        .when((state == "evidence_gap") & ~pl.col("plan_ok"))
        .then(pl.lit("plan_missing"))
        .when(state == "evidence_gap")
        .then(pl.lit("no_lead_practitioner"))
        .when(state.is_in(["sustaining", "outside_period"]))
        .then(state)
        .otherwise(pl.lit("none"))
    )


def _with_record_tokens(evidence: pl.DataFrame, keys: Keys) -> pl.DataFrame:
    """Replace which row of which extract a record is by a token: the rows of a file are no business of a reader's."""
    tokens = keys.tokens(Purpose.RECORD, evidence["record"]).rename(
        {"key": "record", "token": "record_token"}
    )
    return evidence.join(tokens, on="record", how="left", maintain_order="left").with_columns(
        record="record_token"
    )
