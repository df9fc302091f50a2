"""What a team's families still lack for a claim, in the case system's own references."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from outcomes import Framework, Reason
from outcomes.rules import AllOf, AnyOf, Attendance, Count, Reduction, Rule, Spell
from pipelines.contracts import CONTRACTS
from release.errors import UserError

# What stands in the way of a claim that may still be made, or nothing does: these are on the list.
_ON_THE_LIST: Final = (
    "none",
    "need_outstanding",
    "need_not_evidenced",
    "assessment_missing",
    "plan_missing",
    "no_lead_practitioner",
    "sustaining",
    "not_eligible",
)
_NOT_MET: Final = ("outstanding", "not_evidenced", "sustaining")
_STATES: Final[Mapping[str, str]] = {
    "outstanding": "not reached",
    "not_evidenced": "not evidenced",
    "sustaining": "reached, must hold",
}
_REASONS: Final[Mapping[str, str]] = {
    Reason.EVENT_ON_AS_OF: "There was an event on the very last day that the extracts tell of.",
    Reason.STATUS_OPEN: "A plan, order or the like that must be over is still open.",
    Reason.TOO_EARLY: "The newest complete term began before the need was identified: wait for the next.",
    Reason.BELOW_THRESHOLD: "Attendance in the newest complete term is too low.",
    Reason.NO_OPEN_SPELL: "No spell of work is open.",
    Reason.NOT_MET: "No review says that the need is met: record one when it is.",
    Reason.REGRESSED: "The last review says that it got worse: record when it is met again.",
    Reason.TOO_FEW_RECORDS: "There are too few records of what is counted.",
    Reason.NOTHING_TO_REDUCE: "There was nothing before help began that could have become less.",
    Reason.NOT_REDUCED: "There are too many records still.",
    Reason.NO_STATUS_CHANGE: "There is no change from the old status to the new one yet.",
    Reason.STATUS_RETURNED: "The old status came back.",
    Reason.STATUS_ENDED: "The new status ended too soon.",
    Reason.EPISODE_OPEN: "The time runs from the end of help, and help goes on.",
    Reason.NOT_COVERED: "The extract does not tell of all the days that must be looked at",
    Reason.PERSON_NOT_LINKED: (
        "Nobody could look for this person's records: is the date of birth missing, or the person's row in quarantine?"
    ),
    Reason.NO_RECORD: "School sends no sessions of this child in the newest complete term.",
    Reason.NO_COMPLETE_TERM: "The attendance extract holds no complete term.",
    Reason.STALE_EXTRACT: "The newest complete term in the attendance extract is too long ago: it must be sent anew.",
    Reason.NO_PERSON: "The need names nobody, and its rule needs a person: put the person in.",
    Reason.NEED_NOT_IN_FRAMEWORK: "The framework knows no such need: correct the need's code.",
}
_TESTS: Final = (
    ("assessment", "assessment_ok", "no whole-family assessment"),
    ("plan", "plan_ok", "no plan, or one from before the assessment"),
    ("lead_practitioner", "lead_practitioner_ok", "no lead practitioner"),
)
_YES, _NO = "yes", "no"


class WorklistError(UserError):
    """There is no such team in a release."""

    exit_code = 79


@dataclass(frozen=True)
class Worklist:
    """What a team works from.

    `families`: a row an episode (and kind of claim), with what its claim lacks. `needs`: a row a need that is not met.
    `episodes`: the pseudonyms of the episodes that are on the list. `left_out`: how many episodes of the team nothing
    more is to be done about.
    """

    families: pl.DataFrame
    needs: pl.DataFrame
    episodes: tuple[str, ...]
    left_out: int


def make_worklist(
    team: str,
    tables: Mapping[str, pl.DataFrame],
    references: pl.DataFrame,
    frameworks: Sequence[Framework],
) -> Worklist:
    """What the families of a team lack, as the tables `episode, need, claim, claim_evidence` of a release tell it.

    `references`: `kind, pseudonym, reference`. `frameworks`: those of the release. On the list is every episode of
    which a claim may still come; not one that is claimed, counts elsewhere, lies outside the period or ended for
    another reason. A kind of claim with an outcome of its own, such as work found, is listed once that is reached: it
    is no need of the family's. Raises WorklistError where no episode is of that team.
    """
    teams = tables["episode"]["team"].unique().sort().to_list()
    if team not in teams:
        raise WorklistError(
            f"No family of this release is with a team called so. Teams are: {', '.join(teams)}. A team with few "
            "families is among the others."
        )
    mine = tables["episode"].filter(pl.col("team") == team).select("episode", "family")
    claims = tables["claim"].join(mine.select("episode"), on="episode", how="semi")
    of_their_own = [(one.id, kind.code) for one in frameworks for kind in one.claims if kind.about == "rule"]
    chance = pl.DataFrame(
        of_their_own, schema={"framework": pl.String, "kind": pl.String}, orient="row"
    ).with_columns(obstacle=pl.lit("need_outstanding"))
    open_claims = claims.filter(pl.col("obstacle").is_in(_ON_THE_LIST)).join(
        chance, on=["framework", "kind", "obstacle"], how="anti"
    )
    named = {kind: _references(references, kind) for kind in ("family", "episode", "person")}
    needs = [_needs(open_claims, tables, one) for one in frameworks]
    on_list = open_claims["episode"].unique().sort()
    return Worklist(
        families=_families(open_claims, named, frameworks),
        needs=_named_needs(pl.concat(needs, how="diagonal"), named),
        episodes=tuple(on_list),
        left_out=mine["episode"].n_unique() - on_list.len(),
    )


def _references(references: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Each pseudonym of a kind and all that the case system calls it."""
    return (
        references.filter(pl.col("kind") == kind)
        .group_by(pl.col("pseudonym").alias(kind))
        .agg(pl.col("reference").unique().sort().str.join(", ").alias(f"{kind}_ref"))
    )


def _families(
    claims: pl.DataFrame, named: Mapping[str, pl.DataFrame], frameworks: Sequence[Framework]
) -> pl.DataFrame:
    labels = {(one.id, kind.code): f"{one.title}: {kind.label}" for one in frameworks for kind in one.claims}
    tests = {one.id: one.practice_tests for one in frameworks}
    minimum = {one.id: one.eligibility.minimum for one in frameworks}
    rows = (
        claims.join(named["family"], on="family", how="left")
        .join(named["episode"], on="episode", how="left")
        .join(named["person"], on="person", how="left")
        .sort("family_ref", "episode_ref", "framework", "kind", "person_ref", nulls_last=True)
    )
    lacks = [
        _lacks(row, tests[row["framework"]], minimum[row["framework"]]) for row in rows.iter_rows(named=True)
    ]
    claim = [labels.get((row["framework"], row["kind"]), row["kind"]) for row in rows.iter_rows(named=True)]
    return rows.with_columns(
        pl.Series("claim for", claim, dtype=pl.String), pl.Series("what is lacking", lacks, dtype=pl.String)
    ).select(
        "family_ref",
        "episode_ref",
        pl.col("person_ref").alias("person_ref (where it is about one)"),
        "claim for",
        "what is lacking",
        pl.col("needs").alias("different needs"),
        pl.col("needs_met").alias("of them met"),
        *(_yes_or_no(passed).alias(f"{test.replace('_', ' ')} recorded") for test, passed, _words in _TESTS),
        pl.col("claim_date").alias("complete on"),
        pl.col("expected_on").alias("complete on, if nothing changes"),
        pl.col("rows_in_quarantine").alias("rows in quarantine"),
        pl.col("pairs_in_review").alias("pairs in review"),
        _yes_or_no("poor_match").alias("rests on a poorly matched extract"),
    )


def _yes_or_no(column: str) -> pl.Expr:
    return pl.when(pl.col(column)).then(pl.lit(_YES)).otherwise(pl.lit(_NO))


def _lacks(claim: Mapping[str, object], tests: Sequence[str], minimum: int) -> str:
    """Everything that one claim lacks, in words."""
    words = []
    obstacle = claim["obstacle"]
    if obstacle == "none":
        words.append("nothing: it can be claimed")
    if obstacle == "not_eligible":
        words.append(
            f"not eligible: {claim['needs']} different needs under {claim['headlines']} headlines, of {minimum} asked "
            "for, or no child and no expectant parent"
        )
    if obstacle == "need_outstanding":
        words.append("something is not reached: see the sheet Needs")
    if obstacle == "need_not_evidenced":
        words.append("something is not evidenced: see the sheet Needs")
    if obstacle == "sustaining":
        words.append("all is reached, and must hold longer")
    words += [lack for test, passed, lack in _TESTS if test in tests and not claim[passed]]
    for column, one, several, where in (
        (
            "rows_in_quarantine",
            "row about it is",
            "rows about it are",
            "in quarantine: see the data-quality report",
        ),
        (
            "pairs_in_review",
            "pair of records about its people waits",
            "pairs of records about its people wait",
            "for an answer: see review.csv",
        ),
    ):
        if claim[column]:
            words.append(f"{claim[column]} {one if claim[column] == 1 else several} {where}")
    return "; ".join(words)


def _needs(claims: pl.DataFrame, tables: Mapping[str, pl.DataFrame], framework: Framework) -> pl.DataFrame:
    """The needs of open claims that are not met, with `until` (the last day of the window) and `lacking`."""
    mine = pl.col("framework") == framework.id
    about_needs = [kind.code for kind in framework.claims if kind.about == "needs"]
    open_claims = claims.filter(mine, pl.col("kind").is_in(about_needs)).select("episode", "family").unique()
    needs = tables["need"].filter(mine, pl.col("state").is_in(_NOT_MET)).join(open_claims, on="episode")
    evidence = tables["claim_evidence"].filter(mine, pl.col("need_code").is_not_null())
    by = ["episode", "person", "need_code"]
    parts = (
        evidence.filter(pl.col("measure") == "part")
        .group_by(by)
        .agg(pl.col("window_to").max().alias("until"))
    )
    gaps = (
        evidence.filter(pl.col("measure") == "coverage", pl.col("value") == "not covered")
        .sort("extract", "window_from")
        .unique(by, keep="first", maintain_order=True)
        .select(*by, gap_extract="extract", gap_from="window_from", gap_to="window_to")
    )
    rules = {need.code: need.rule for need in framework.needs}
    texts = {need.code: need.text for need in framework.needs}
    found = needs.join(parts, on=by, how="left", nulls_equal=True).join(
        gaps, on=by, how="left", nulls_equal=True
    )
    rows = list(found.iter_rows(named=True))
    return found.with_columns(
        pl.Series("text", [texts.get(row["need_code"], "") for row in rows], dtype=pl.String),
        pl.Series("lacking", [_lacking(row) for row in rows], dtype=pl.String),
        pl.Series("until", [_until(row, rules.get(row["need_code"])) for row in rows], dtype=pl.Date),
        under=pl.lit(framework.title),
    )


def _lacking(need: Mapping[str, object]) -> str:
    if need["state"] == "sustaining":
        return "Nothing: it must hold until the window ends."
    words = _REASONS.get(str(need["reason"]), "See the evidence of the need.")
    if need["reason"] != Reason.NOT_COVERED:
        return words
    if need["gap_extract"] is None:
        return f"{words}."
    title = CONTRACTS[str(need["gap_extract"])].title
    days = f", {need['gap_from']} to {need['gap_to']}" if need["gap_from"] else ""
    return f"{words}: {title}{days}."


def _until(need: Mapping[str, object], rule: Rule | None) -> date | None:
    """The last day of the window that runs; none where nothing runs, or the rule has none."""
    since, until = need["achieved_on"], need["until"]
    if need["state"] != "sustaining" or not isinstance(since, date):
        return None
    if isinstance(until, date):
        return until
    match rule:
        case None | Attendance() | AllOf() | AnyOf() | Count() | Reduction():
            return None
        case Spell():
            offset = f"{rule.days}d"
        case _:
            offset = f"{rule.months}mo"
    last = pl.select(pl.lit(since).dt.offset_by(offset).dt.offset_by("-1d")).item()
    return last if isinstance(last, date) else None


def _named_needs(needs: pl.DataFrame, named: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    return (
        needs.join(named["family"], on="family", how="left")
        .join(named["episode"], on="episode", how="left")
        .join(named["person"], on="person", how="left")
        .sort("family_ref", "episode_ref", "need_code", "person_ref", "under", nulls_last=True)
        .select(
            "family_ref",
            "episode_ref",
            pl.col("person_ref").alias("person_ref (blank: the whole family)"),
            pl.col("need_code").alias("need"),
            pl.col("text").alias("what it is"),
            pl.col("state").replace_strict(_STATES, return_dtype=pl.String).alias("state"),
            pl.col("lacking").alias("what is lacking"),
            pl.col("identified_on").alias("identified on"),
            pl.col("achieved_on").alias("reached since"),
            pl.col("until").alias("must hold until"),
            _yes_or_no("poor_match").alias("rests on a poorly matched extract"),
            pl.col("under").alias("under"),
        )
    )
