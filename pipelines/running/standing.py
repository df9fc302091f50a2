"""What has been done about a claim, beside what the evidence says; and what stands in its way first."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from outcomes import Framework
from pipelines.running.frameworks import fund_of
from pipelines.running.slots import ASKED_FOR

NO_STEP = "none"
# Each practice test: as a framework names it, the column that says whether it is passed, and what its want is called.
PRACTICE_TESTS = (
    ("assessment", "assessment_ok", "assessment_missing"),
    ("plan", "plan_ok", "plan_missing"),
    ("lead_practitioner", "lead_practitioner_ok", "no_lead_practitioner"),
)
# Where the evidence of a claim is complete and this is its obstacle, it is the one that counts in its fund.
_TAKEN = ("none", "already_claimed")
_UNIT = ("episode", "kind", "person")


def with_steps(claim: pl.DataFrame, live: pl.DataFrame) -> pl.DataFrame:
    """`claim` with `step` and `evidence_changed`: the step of the live claim of the ledger that a row is about, and
    whether it was entered with other evidence.

    Several rows may share a slot; the ledger knows the slot alone. The live claim is about the row with the very
    evidence that it was entered with; where there is none, about the likeliest: of the same kind, claimable, of the
    same day, the first.
    """
    order = claim.with_row_index("place").join(live.filter("own"), on="slot")
    mine = (
        order.sort(
            pl.col("evidence") != pl.col("evidence_digest"),
            pl.col("kind") != pl.col("live_kind"),
            pl.col("evidence_state") != "claimable",
            pl.col("claim_date").ne_missing(pl.col("live_date")),
            "claim_date",
            "place",
            nulls_last=True,
        )
        .unique("slot", keep="first", maintain_order=True)
        .select("place", "step", evidence_changed=pl.col("evidence") != pl.col("evidence_digest"))
    )
    return (
        claim.with_row_index("place")
        .join(mine, on="place", how="left", maintain_order="left")
        .with_columns(pl.col("step").fill_null(NO_STEP), pl.col("evidence_changed").fill_null(False))
        .drop("place")
    )


def evidence_by_slot(claim: pl.DataFrame) -> dict[str, str]:
    """For each slot the digest of the evidence that its live claim is held against (ledger.Claims.compare_evidence):
    that of the row with a step, or of the first."""
    rows = claim.sort(pl.col("step") == NO_STEP, maintain_order=True).unique(
        "slot", keep="first", maintain_order=True
    )
    return dict(rows.select("slot", "evidence_digest").iter_rows())


def obstacle(framework: Framework) -> pl.Expr:
    """What stands in the way first, in the order in which the state of a claim is found.

    Nothing more can come of a family that was claimed for, nor of what shares a slot with a claim that is claimable.
    """
    state = pl.col("evidence_state")
    is_claimed = pl.col("state") == "claimed"
    slot_is_claimable = (pl.col("state") == "claimable").any().over("slot")
    once = framework.payment.one_claim_per_family
    tests = framework.practice_tests
    found = (
        pl.when(slot_is_claimable & (pl.col("state") != "claimable"))
        .then(pl.lit("other_episode" if once else "other_claim"))
        .when(is_claimed & ~pl.lit(once) & ~pl.col("made"))
        .then(pl.lit("other_claim"))
        .when(is_claimed)
        .then(pl.lit("already_claimed"))
        .when(state.is_in(["not_eligible", "closed_otherwise"]))
        .then(state)
        .when(state == "in_progress")
        .then(pl.lit("need_outstanding"))
        .when((state == "evidence_gap") & pl.col("some_not_evidenced").fill_null(False))
        .then(pl.lit("need_not_evidenced"))
    )
    for test, passed, code in PRACTICE_TESTS:
        if test in tests:
            found = found.when((state == "evidence_gap") & ~pl.col(passed)).then(pl.lit(code))
    return (
        found.when(state == "evidence_gap")
        .then(pl.lit("need_not_evidenced"))
        .when(state.is_in(["sustaining", "outside_period"]))
        .then(state)
        .otherwise(pl.lit("none"))
    )


def beside_what_is_entered(claim: pl.DataFrame, framework: Framework, earlier: pl.DataFrame) -> pl.DataFrame:
    """`claim`, under one framework, so that what is entered into a window leaves room for no more than its cap.

    `earlier`: claims made by the as-of date (the frame `earlier_claim`). A claim that is entered and not submitted
    stays claimable, and takes a place among those of its kind that are paid for a family; on a slot it is the one that
    counts, else the earliest. What finds no place has the obstacle `other_claim`, and is worth nothing.
    """
    caps = {kind.code: kind.most_per_family for kind in framework.claims}
    kinds = [name for name in ("person", "episode") if name in earlier.columns]
    made = (
        earlier.filter(pl.col("framework") == framework.id, pl.col("kind").is_not_null())
        .unique(["family", "kind", *kinds])
        .group_by("family", "kind")
        .agg(made_before=pl.len().cast(pl.Int64))
    )
    counts = (pl.col("state") == "claimable") & (pl.col("obstacle") == "none")
    is_entered = ~pl.col("step").is_in([NO_STEP, *ASKED_FOR])
    placed = (
        claim.with_row_index("place")
        .join(made, on=["family", "kind"], how="left", maintain_order="left")
        .with_columns(
            cap=pl.col("kind").replace_strict(caps, return_dtype=pl.Int64),
            taken=pl.col("made_before").fill_null(0) + is_entered.sum().over("family", "kind"),
            is_open=counts & (pl.col("step") == NO_STEP),
            is_held=(pl.col("step") != NO_STEP).any().over("slot"),
        )
        .sort("claim_date", "place", nulls_last=True)
        .with_columns(
            is_open=pl.col("is_open") & ~pl.col("is_held"),
            was_open="is_open",
            of_slot=pl.col("is_open").cum_sum().over("slot"),
        )
        .with_columns(is_open=pl.col("is_open") & (pl.col("of_slot") == 1))
        .with_columns(of_kind=pl.col("is_open").cum_sum().over("family", "kind"))
        .sort("place")
    )
    over_the_cap = (pl.col("taken") + pl.col("of_kind") > pl.col("cap")).fill_null(False)
    barred = pl.col("was_open") & (~pl.col("is_open") | over_the_cap)
    return placed.with_columns(
        obstacle=pl.when(barred).then(pl.lit("other_claim")).otherwise("obstacle"),
        worth=pl.when(barred).then(pl.lit(0, pl.Int64)).otherwise("worth"),
    ).select(claim.columns)


def barred_by_earlier_claims(
    claim: pl.DataFrame,
    frameworks: Sequence[Framework],
    funds: Mapping[str, str],
    earlier: pl.DataFrame,
    episodes: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """`claim`, of all frameworks, so that nothing counts which was claimed for under another framework of its fund.

    `funds`: of every framework that is known, active or not, the fund it draws on. `earlier`: the frame `earlier_claim`
    as received. `episodes`: `episode, start_date`. Such a claim, made on or after the first day of an episode, is for
    that episode, unless it names another one, or another person; where a fund pays for several kinds of claim, unless
    it names another kind. The obstacle is `other_framework`, and what is barred is worth nothing.
    """
    once = [one.id for one in frameworks if one.payment.one_claim_per_family]
    given = (
        earlier.filter(pl.col("claimed_on") <= as_of)
        .with_columns(fund=pl.col("framework").replace_strict(funds, default=None, return_dtype=pl.String))
        .drop_nulls("fund")
        .select("family", "fund", "claimed_on", *(_named(earlier, name) for name in ("framework", *_UNIT)))
    )
    rows = claim.select(
        "family",
        *_UNIT,
        "framework",
        fund=pl.col("framework").replace_strict(funds, return_dtype=pl.String),
    )
    barred = (
        rows.join(episodes.select("episode", "start_date"), on="episode")
        .join(given, on=["family", "fund"])
        .filter(
            pl.col("framework") != pl.col("given_framework"),
            pl.col("claimed_on") >= pl.col("start_date"),
            *((pl.col(name) == pl.col(f"given_{name}")).fill_null(True) for name in ("episode", "person")),
            pl.col("framework").is_in(once) | (pl.col("kind") == pl.col("given_kind")).fill_null(True),
        )
        .select("framework", *_UNIT, is_barred=pl.lit(True))
        .unique()
    )
    return (
        claim.join(barred, on=["framework", *_UNIT], how="left", nulls_equal=True, maintain_order="left")
        .with_columns(is_barred=pl.col("is_barred").fill_null(False) & (pl.col("obstacle") == "none"))
        .with_columns(
            obstacle=pl.when("is_barred").then(pl.lit("other_framework")).otherwise("obstacle"),
            worth=pl.when("is_barred").then(pl.lit(0, pl.Int64)).otherwise("worth"),
        )
        .drop("is_barred")
    )


def _named(earlier: pl.DataFrame, name: str) -> pl.Expr:
    """What an earlier claim names, as `given_…`: null where it does not."""
    column = pl.col(name) if name in earlier.columns else pl.lit(None, pl.String)
    return column.alias(f"given_{name}")


def once_for_each_fund(
    claim: pl.DataFrame, frameworks: Sequence[Framework], live: pl.DataFrame
) -> pl.DataFrame:
    """`claim`, of all frameworks in their order, so that no episode counts twice in one fund.

    Where an episode is claimed or claimable under several frameworks of a fund, it counts under the one that a live
    claim of the ledger is under, or else under the first; under the others its obstacle is `other_framework`, and it is
    worth nothing.
    """
    place = {one.id: number for number, one in enumerate(frameworks)}
    fund = {one.id: fund_of(one) for one in frameworks}
    holders = live.filter(~pl.col("own")).join(
        live.filter("own").select("number", holder="slot"), on="number"
    )
    held = holders.select(fund_slot="slot", holder="holder").unique(
        "fund_slot", keep="first", maintain_order=True
    )
    claim = claim.join(held, on="fund_slot", how="left", maintain_order="left").with_columns(
        place=pl.col("framework").replace_strict(place, return_dtype=pl.Int32),
        fund=pl.col("framework").replace_strict(fund, return_dtype=pl.String),
        obstacle=pl.when((pl.col("holder") != pl.col("slot")) & (pl.col("obstacle") == "none"))
        .then(pl.lit("other_framework"))
        .otherwise("obstacle"),
    )
    counts = (pl.col("evidence_state") == "claimable") & pl.col("obstacle").is_in(_TAKEN)
    first = pl.when(counts).then("place").min().over("fund", "episode")
    barred = (pl.col("obstacle") == "other_framework") | (
        (pl.col("obstacle") == "none") & (first < pl.col("place"))
    )
    return claim.with_columns(
        obstacle=pl.when(barred).then(pl.lit("other_framework")).otherwise("obstacle"),
        worth=pl.when(barred).then(pl.lit(0, pl.Int64)).otherwise("worth"),
    ).drop("holder", "place", "fund")
