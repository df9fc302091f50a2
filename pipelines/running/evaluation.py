"""Evaluate: the rules of all frameworks over pseudonymous frames, and what stands between an episode and a claim."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from outcomes import Evaluation, Framework, claim_units, evaluate
from outcomes.digest import evidence_digests
from outcomes.rules import extracts_of
from outcomes.sharing import needs_of
from pipelines.checking import rows_in_quarantine
from pipelines.keys import Keys, Purpose
from pipelines.landing import Landed
from pipelines.pseudonymise import Pseudonymous
from pipelines.pseudonymise.tokens import pseudonyms
from pipelines.running.replay import with_record_tokens
from pipelines.running.slots import ASKED_FOR, claims_made, with_slots
from pipelines.running.standing import (
    barred_by_earlier_claims,
    beside_what_is_entered,
    obstacle,
    once_for_each_fund,
    with_steps,
)

# What a claim is about: an episode, and where there are several the kind of claim and the person.
UNIT = ("episode", "kind", "person")


@dataclass(frozen=True)
class Evaluated:
    """What the rules say. `need`, `claim`, `claim_evidence`: tables of a release (release.schema), of all frameworks.
    `earlier_claim`: the frame of that name as the rules saw it."""

    need: pl.DataFrame
    claim: pl.DataFrame
    claim_evidence: pl.DataFrame
    earlier_claim: pl.DataFrame

    @property
    def tables(self) -> dict[str, pl.DataFrame]:
        return {"need": self.need, "claim": self.claim, "claim_evidence": self.claim_evidence}


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


def evaluate_all(
    pseudonymous: Pseudonymous,
    frameworks: Sequence[Framework],
    funds: Mapping[str, str],
    quarantined: pl.DataFrame,
    undecided: pl.DataFrame,
    *,
    paid: Mapping[str, str],
    as_of: date,
    keys: Keys,
    live: pl.DataFrame,
    merged: pl.DataFrame,
    poor: Sequence[str],
) -> Evaluated:
    """What every need and claim comes to under each of the frameworks, in their order.

    `funds`: by framework, active or not, the fund. `quarantined`: as `quarantined_by_episode` gives it. `undecided`:
    `pair, person_key`: pairs of records that wait for clerical review, and the persons they may be about, by the
    register's keys. `paid`: by framework, how the council is paid. `live`: the live claims of the ledger
    (slots.LIVE). `merged`: `key, present`: keys of the register that were found to be another's. `poor`: extracts of
    which too few rows find their people.
    """
    units = {
        one.id: with_slots(
            claim_units(pseudonymous.rules, one, as_of=as_of),
            one,
            pseudonymous.references,
            keys,
            live,
            merged,
        )
        for one in frameworks
    }
    asked_for = live.filter(pl.col("step").is_in(ASKED_FOR))
    made = [claims_made(units[one.id], asked_for, one, as_of) for one in frameworks]
    earlier = pl.concat([pseudonymous.rules["earlier_claim"], *made], how="diagonal_relaxed")
    known = earlier.filter(pl.col("claimed_on") <= as_of)
    doubts = _doubts(pseudonymous, quarantined, undecided, keys)
    parts = []
    for framework in frameworks:
        seen = {
            **pseudonymous.rules,
            "need": needs_of(pseudonymous.rules["need"], framework, frameworks),
            "earlier_claim": earlier,
        }
        found = evaluate(seen, framework, as_of=as_of, payment=paid[framework.id])
        parts.append(_tables(found, seen["need"], framework, units[framework.id], doubts, live, known, poor))
    need, claim, evidence = (pl.concat(frames) for frames in zip(*parts, strict=True))
    claim = barred_by_earlier_claims(
        claim,
        frameworks,
        funds,
        pseudonymous.rules["earlier_claim"],
        pseudonymous.rules["episode"],
        as_of,
    )
    return Evaluated(
        need=need,
        claim=once_for_each_fund(claim, frameworks, live),
        claim_evidence=with_record_tokens(evidence, keys),
        earlier_claim=earlier,
    )


def _tables(
    found: Evaluation,
    needs: pl.DataFrame,
    framework: Framework,
    units: pl.DataFrame,
    doubts: pl.DataFrame,
    live: pl.DataFrame,
    earlier: pl.DataFrame,
    poor: Sequence[str],
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The tables need, claim and claim_evidence under one framework."""
    named = pl.lit(framework.id).alias("framework")
    identified_by = (
        needs.sort("identified_on", "record")
        .unique(["episode", "person", "need_code"], keep="first", maintain_order=True)
        .select("episode", "person", "need_code", "identified_by")
    )
    need = found.need.join(
        identified_by,
        on=["episode", "person", "need_code"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    ).with_columns(named, poor_match=pl.col("need_code").is_in(_weak_needs(framework, poor)))
    slotted = found.claim.join(
        units.drop("family"), on=UNIT, how="left", nulls_equal=True, maintain_order="left"
    )
    digests = evidence_digests(found.need, slotted, found.claim_evidence)
    claim = (
        slotted.with_columns(named, framework_version=pl.lit(framework.version))
        .join(digests, on=UNIT, how="left", nulls_equal=True, maintain_order="left")
        .join(
            _of_needs(need, found, framework, poor),
            on=UNIT,
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        .join(_made(found.claim_evidence), on=UNIT, how="left", nulls_equal=True, maintain_order="left")
        .join(doubts, on="episode", how="left", maintain_order="left")
        .with_columns(
            pl.col("rows_in_quarantine", "pairs_in_review").fill_null(0),
            pl.col("made").fill_null(False),
            pl.col("poor_match").fill_null(False),
        )
    )
    claim = with_steps(claim, live).with_columns(obstacle=obstacle(framework))
    claim = beside_what_is_entered(claim, framework, earlier)
    return need, claim.drop("some_not_evidenced", "made"), found.claim_evidence.with_columns(named)


def _weak_needs(framework: Framework, poor: Sequence[str]) -> list[str]:
    """The needs whose rules read a poorly matched extract."""
    return [need.code for need in framework.needs if extracts_of(need.rule) & set(poor)]


def _of_needs(
    need: pl.DataFrame, found: Evaluation, framework: Framework, poor: Sequence[str]
) -> pl.DataFrame:
    """What each claim rests on: `poor_match`, and `some_not_evidenced`: some need, or the kind's own rule, is."""
    about_needs = [kind.code for kind in framework.claims if kind.about == "needs"]
    weak = [kind.code for kind in framework.claims if kind.rule and extracts_of(kind.rule) & set(poor)]
    episodes = need.group_by("episode").agg(
        (pl.col("state") == "not_evidenced").any().alias("some_not_evidenced"), pl.col("poor_match").any()
    )
    outcomes = found.claim_evidence.filter(
        pl.col("kind").is_not_null(), pl.col("measure") == "outcome"
    ).select(*UNIT, not_evidenced=pl.col("value") == "not_evidenced")
    is_about_needs = pl.col("kind").is_in(about_needs)
    return (
        found.claim.select(UNIT)
        .join(episodes, on="episode", how="left")
        .join(outcomes, on=UNIT, how="left", nulls_equal=True)
        .select(
            *UNIT,
            pl.when(is_about_needs)
            .then("some_not_evidenced")
            .otherwise("not_evidenced")
            .alias("some_not_evidenced"),
            pl.when(is_about_needs)
            .then("poor_match")
            .otherwise(pl.col("kind").is_in(weak))
            .alias("poor_match"),
        )
    )


def _made(evidence: pl.DataFrame) -> pl.DataFrame:
    """The claims that an earlier one bars: `made`."""
    return (
        evidence.filter(pl.col("measure") == "earlier_claim")
        .select(*UNIT, made=pl.lit(True))
        .unique(maintain_order=True)
    )


def _doubts(
    pseudonymous: Pseudonymous, quarantined: pl.DataFrame, undecided: pl.DataFrame, keys: Keys
) -> pl.DataFrame:
    """`episode, rows_in_quarantine, pairs_in_review` of every episode."""
    doubtful = pseudonymous.references.filter(pl.col("kind") == "episode").join(quarantined, on="reference")
    waiting = _pairs_in_review(pseudonymous.rules["episode_member"], undecided, keys)
    return (
        pseudonymous.rules["episode"]
        .select("episode")
        .join(doubtful.select("rows_in_quarantine", episode="pseudonym"), on="episode", how="left")
        .join(waiting, on="episode", how="left")
    )


def _pairs_in_review(members: pl.DataFrame, undecided: pl.DataFrame, keys: Keys) -> pl.DataFrame:
    """For each episode, how many pairs of records are undecided that may be about one of its people."""
    published = pseudonyms(Purpose.PERSON_PSEUDONYM, undecided["person_key"], keys)
    named = undecided.join(published, left_on="person_key", right_on="key")
    return (
        members.join(named, left_on="person", right_on="token")
        .group_by("episode")
        .agg(pl.col("pair").n_unique().cast(pl.Int64).alias("pairs_in_review"))
    )
