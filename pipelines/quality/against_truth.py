"""Needs and claims of a release held against a truth: what differs, and whether linkage is why."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.quality.scoring import TruthError, read_table, read_truth

NEED_FACTS = ("state", "achieved_on", "sustained_on")
CLAIM_FACTS = ("state", "claim_date")
DIFFERENCES = pl.Schema(
    {
        "what": pl.String,
        "family_ref": pl.String,
        "episode_ref": pl.String,
        "person_ref": pl.String,
        "need_code": pl.String,
        "truth": pl.String,
        "release": pl.String,
        "linkage": pl.String,
    }
)
# Whether the records of a family are linked as in truth.
RIGHT, WRONG = "as in truth", "differs from truth"
_NOTHING = "not there"


@dataclass(frozen=True)
class Truth:
    """What is so. `needs`: `episode_ref, person_ref` (null: the whole family), `need_code`, and NEED_FACTS as texts.
    `claims`: `family_ref, episode_ref`, and CLAIM_FACTS as texts. `people`: `family_ref, true_person_id`. `records`:
    `contract, row, true_person_id, file`."""

    needs: pl.DataFrame
    claims: pl.DataFrame
    people: pl.DataFrame
    records: pl.DataFrame


@dataclass(frozen=True)
class Compared:
    """What came of it. `differences`: columns of DIFFERENCES, a row a need or claim that is otherwise in the release.
    `needs`, `claims`: how many there are in truth and release together."""

    differences: pl.DataFrame
    needs: int
    claims: int

    def count(self, what: str, linkage: str) -> int:
        """How many needs or claims differ, of families whose linkage is so."""
        return self.differences.filter(what=what, linkage=linkage).height


def read_outcomes_truth(folder: Path) -> Truth:
    """The truth in a folder: need_states.csv, claims.csv, families.csv, records.csv. Raises TruthError."""
    needs = read_table(folder / "need_states.csv", ("episode_ref", "person_ref", "need_code", *NEED_FACTS))
    claims = read_table(folder / "claims.csv", ("family_ref", "episode_ref", *CLAIM_FACTS))
    families = read_table(folder / "families.csv", ("family_ref", "true_person_ids"))
    for name, frame, by in (
        ("need_states.csv", needs, ["episode_ref", "person_ref", "need_code"]),
        ("claims.csv", claims, ["episode_ref"]),
    ):
        if frame.select(by).is_duplicated().any():
            raise TruthError(
                f"{folder / name} says the same thing twice: {', '.join(by)} must be there once."
            )
    people = families.with_columns(pl.col("true_person_ids").str.split("|")).explode("true_person_ids")
    return Truth(
        _blank_is_null(needs),
        _blank_is_null(claims),
        people.rename({"true_person_ids": "true_person_id"}).select("family_ref", "true_person_id"),
        read_truth(folder),
    )


def compare_outcomes(
    truth: Truth, need: pl.DataFrame, claim: pl.DataFrame, references: pl.DataFrame, links: pl.DataFrame
) -> Compared:
    """What of the release is not as the truth says.

    `need`, `claim`: the tables, of one framework. `references`: `kind, pseudonym, reference`. `links`: `contract, file,
    row, person`. A family is linked as in truth where each of its people has all their own records and nobody else's;
    only records in both count. Raises TruthError where no episode is in both.
    """
    episodes = _named(references, "episode")
    people = _named(references, "person")
    ours = claim.join(episodes, on="episode").select(
        "episode_ref", *(pl.col(fact).cast(pl.String) for fact in CLAIM_FACTS)
    )
    if truth.claims.join(ours, on="episode_ref", how="semi").is_empty():
        raise TruthError("No episode is both in the release and in the truth: they are about other extracts.")
    claims = truth.claims.join(ours, on="episode_ref", how="full", coalesce=True, suffix="_ours")
    true_needs = (
        truth.needs.join(episodes, on="episode_ref", how="left")
        .join(people, on="person_ref", how="left")
        .with_columns(there=pl.lit(True))
    )
    our_needs = need.join(episodes, on="episode").select(
        "episode",
        "person",
        "need_code",
        *(pl.col(fact).cast(pl.String) for fact in NEED_FACTS),
        reference="episode_ref",
    )
    # A person of the truth whom the release does not know must not be taken for the whole family.
    known = pl.col("person_ref").is_null() | pl.col("person").is_not_null()
    matched = true_needs.filter(known).join(
        our_needs,
        on=["episode", "person", "need_code"],
        how="full",
        coalesce=True,
        suffix="_ours",
        nulls_equal=True,
    )
    needs = pl.concat([matched, true_needs.filter(~known)], how="diagonal").with_columns(
        pl.coalesce("episode_ref", "reference")
    )
    families = truth.claims.select("episode_ref", "family_ref")
    wrong = _wrongly_linked(truth, links)
    parts = [
        _different(needs.join(families, on="episode_ref", how="left"), "need", NEED_FACTS),
        _different(claims, "claim", CLAIM_FACTS),
    ]
    differences = pl.concat([DIFFERENCES.to_frame(), *parts], how="diagonal").with_columns(
        linkage=pl.when(pl.col("family_ref").is_in(wrong.implode()))
        .then(pl.lit(WRONG))
        .otherwise(pl.lit(RIGHT))
    )
    return Compared(
        differences.select(DIFFERENCES.names()).sort(DIFFERENCES.names(), nulls_last=True),
        needs.height,
        claims.height,
    )


def _blank_is_null(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in frame.columns
    )


def _named(references: pl.DataFrame, kind: str) -> pl.DataFrame:
    """The pseudonyms of a kind, called so, and the case system's references to each: `…_ref`."""
    return references.filter(pl.col("kind") == kind).select(
        pl.col("pseudonym").alias(kind), pl.col("reference").alias(f"{kind}_ref")
    )


def _different(rows: pl.DataFrame, what: str, facts: tuple[str, ...]) -> pl.DataFrame:
    """The rows of which a fact is another one, told as the truth and the release have it."""
    differs = pl.any_horizontal(pl.col(fact).ne_missing(pl.col(f"{fact}_ours")) for fact in facts)

    def told(ending: str) -> pl.Expr:
        parts = (pl.col(f"{fact}{ending}").fill_null("") for fact in facts)
        said = pl.concat_str(*parts, separator=" ").str.strip_chars()
        return pl.when(pl.col(f"state{ending}").is_null()).then(pl.lit(_NOTHING)).otherwise(said)

    return rows.filter(differs).select(
        pl.lit(what).alias("what"),
        *(name for name in ("family_ref", "episode_ref", "person_ref", "need_code") if name in rows.columns),
        truth=told(""),
        release=told("_ours"),
    )


def _wrongly_linked(truth: Truth, links: pl.DataFrame) -> pl.Series:
    """The families of which somebody lacks a record of their own, or has one of somebody else's."""
    by = ["contract", "row"]
    if links.select("contract", "file").unique()["contract"].is_duplicated().any():
        by = ["contract", "file", "row"]
    both = links.select(*by, "person").join(truth.records.select(*by, "true_person_id"), on=by)
    wrong = both.filter(
        (pl.col("person").n_unique().over("true_person_id") > 1)
        | (pl.col("true_person_id").n_unique().over("person") > 1)
    )
    return truth.people.join(wrong, on="true_person_id", how="semi")["family_ref"].unique().sort()
