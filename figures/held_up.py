"""What keeps eligible families from a claim: which need, which evidence, which practice test."""

from collections.abc import Sequence

import polars as pl

from outcomes import Framework
from outcomes.rules import EXTRACTS, extracts_of

ATTENDANCE, PROGRESS = "school_attendance", "progress"
NOT_EVIDENCED = "not_evidenced"
# What partners send that rules read, in the order of the list.
EVIDENCE = (ATTENDANCE, *EXTRACTS)
# A practice test: as a framework names it, and the column of a claim that says whether it is passed.
_TESTS = (
    ("assessment", "assessment_ok"),
    ("plan", "plan_ok"),
    ("lead_practitioner", "lead_practitioner_ok"),
)
# While the evidence says so, a claim may still come of it.
_OPEN = ("in_progress", "evidence_gap", "sustaining")
# As far as these: something else of the family is claimed or claimable, and nothing more can come of it.
_SHUT = ("already_claimed", "other_episode", "other_claim", "other_framework")
_NOT_MET = ("outstanding", NOT_EVIDENCED, "sustaining")
HELD_UP = pl.Schema(
    {
        "episode": pl.String,
        "family": pl.String,
        "kind": pl.String,
        "person": pl.String,
        "need": pl.String,
        "headline": pl.String,
        "missing": pl.String,
    }
)


def missing_code(extract: str) -> str:
    """The code of what is missing where records of `extract` are: "not_evidenced_police_incident"."""
    return f"{NOT_EVIDENCED}_{extract}"


def held_up(
    claim: pl.DataFrame, need: pl.DataFrame, evidence: pl.DataFrame, framework: Framework
) -> pl.DataFrame:
    """What is missing of the claims of eligible episodes that are neither claimable nor claimed (columns of HELD_UP).

    `claim`, `need`, `claim_evidence`: the tables, of this framework alone. One row a need that is not met, or a kind's
    own rule (then `need` and `headline` are null), and one a practice test that fails. `missing`: `outstanding`,
    `sustaining`, the practice test, or what is not evidenced: by the extract that does not show it, where one alone can
    be named.
    """
    about = {kind.code: kind.about for kind in framework.claims}
    open_claims = claim.filter(
        pl.col("evidence_state").is_in(_OPEN), ~pl.col("obstacle").is_in([*_SHUT, "none"])
    ).with_columns(about=pl.col("kind").replace_strict(about, return_dtype=pl.String))
    unit = ["episode", "family", "kind"]
    tests = [
        open_claims.filter(~pl.col(passed)).select(*unit, "person", missing=pl.lit(test))
        for test, passed in _TESTS
        if test in framework.practice_tests
    ]
    extracts = {one.code: one.rule for one in framework.needs}
    of_needs = (
        open_claims.filter(pl.col("about") == "needs")
        .select(unit)
        .join(need.filter(pl.col("state").is_in(_NOT_MET)), on="episode")
        .join(
            _not_covered(evidence, ["need_code"]),
            on=["episode", "person", "need_code"],
            how="left",
            nulls_equal=True,
        )
        .select(
            *unit,
            "person",
            "headline",
            need="need_code",
            missing=_missing(
                pl.col("need_code"),
                {code: _extract_of(extracts_of(rule)) for code, rule in extracts.items()},
            ),
        )
    )
    rules = {kind.code: _extract_of(extracts_of(kind.rule)) for kind in framework.claims if kind.rule}
    outcomes = evidence.filter(pl.col("kind").is_not_null(), pl.col("measure") == "outcome").select(
        "episode", "kind", "person", state="value"
    )
    of_rules = (
        open_claims.filter(pl.col("about") == "rule")
        .select(*unit, "person")
        .join(
            outcomes.filter(pl.col("state").is_in(_NOT_MET)),
            on=["episode", "kind", "person"],
            nulls_equal=True,
        )
        .join(
            _not_covered(evidence, ["kind"]), on=["episode", "kind", "person"], how="left", nulls_equal=True
        )
        .with_columns(reason=pl.lit(None, pl.String))
        .select(*unit, "person", missing=_missing(pl.col("kind"), rules))
    )
    every = pl.concat([HELD_UP.to_frame(), *tests, of_needs, of_rules], how="diagonal_relaxed")
    return every.sort(HELD_UP.names(), nulls_last=True)


def _extract_of(extracts: frozenset[str]) -> str | None:
    """The one extract that a rule reads beside people's judgement; none where there are several."""
    shown = sorted(extracts - {PROGRESS})
    return shown[0] if len(shown) == 1 else None


def _not_covered(evidence: pl.DataFrame, about: Sequence[str]) -> pl.DataFrame:
    """`episode, person`, `about`, `extract`: the first extract that does not cover the window of a need or rule."""
    return (
        evidence.filter(
            pl.col("measure") == "coverage",
            pl.col("value") == "not covered",
            *(pl.col(name).is_not_null() for name in about),
        )
        .sort("extract")
        .unique(["episode", "person", *about], keep="first", maintain_order=True)
        .select("episode", "person", *about, lacking="extract")
    )


def _missing(code: pl.Expr, extracts: dict[str, str | None]) -> pl.Expr:
    known = {name: extract for name, extract in extracts.items() if extract is not None}
    extract = pl.coalesce("lacking", code.replace_strict(known, default=None, return_dtype=pl.String))
    shows = extract.is_in(list(EVIDENCE))
    return (
        pl.when(pl.col("state") != NOT_EVIDENCED)
        .then(pl.col("state"))
        .when(shows & ~pl.col("reason").eq_missing(pl.lit("no_person")))
        .then(pl.concat_str(pl.lit(f"{NOT_EVIDENCED}_"), extract))
        .otherwise(pl.lit(NOT_EVIDENCED))
    )
