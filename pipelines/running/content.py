"""Gathers what will be in a release, and what it will be checked by."""

from collections.abc import Iterable, Mapping

import polars as pl

from disclosure import Profile, protect_counts
from outcomes import ClaimState, Framework, NeedState, Reason
from outcomes.frameworks import CLOSURE_REASONS
from pipelines.answers import build_answers, dimension_lists, populations
from pipelines.contracts import CONTRACTS
from pipelines.decisions import collected
from pipelines.extracts import ExtractList
from pipelines.policy import Policy
from pipelines.pseudonymise import Pseudonymous
from pipelines.publication import CHECKS, Content
from pipelines.running.journal import LOG_WORDS
from release.catalogue import Catalogue
from release.schema import ANSWERS, PROTECTED, Column, Holds, Table
from release.version import code_version

# What stands in a manifest, beside facts, tables and digests.
_MANIFEST = ("release", "schema", "inputs", "contract", "digest", "tables", "protected", "answers")
# What the engine writes into a piece of evidence, beside days, numbers and codes.
_EVIDENCE = (
    *(reason for vocabulary in (ClaimState, NeedState, Reason) for reason in vocabulary),
    *("passed", "failed", "covered", "not covered", "none", "open", "reason recorded", "needs", "headlines"),
    *CLOSURE_REASONS,
    "a child or expectant parent",
    "no child or expectant parent",
)


def gather(
    pseudonymous: Pseudonymous,
    tables: Mapping[str, pl.DataFrame],
    quality: pl.DataFrame,
    inputs: pl.DataFrame,
    *,
    framework: Framework,
    policy: Policy,
    profile: Profile,
    catalogue: Catalogue,
    listed: ExtractList,
    fingerprints: Mapping[str, str],
) -> Content:
    """Both files' frames; exact figures go into the protected one alone."""
    quality = pl.concat([quality, _matched(pseudonymous.matched)]).sort("extract", "rule")
    protected = {
        "family": pseudonymous.family,
        "person": pseudonymous.person,
        "episode": pseudonymous.episode,
        "activity": pseudonymous.activity,
        **tables,
        "data_quality": quality,
    }
    counted = populations(protected, listed.as_of, policy.minimum_families)
    dimensions = dimension_lists(framework, pseudonymous.places, policy, counted)
    built = build_answers(counted.frames, dimensions, catalogue, profile)
    answers = {
        "question": built.question,
        "answer": built.answer,
        "dimension": dimensions,
        "collected": collected(),
        "data_quality": _safe_quality(quality, profile),
    }
    facts = _facts(listed, framework, profile, fingerprints)
    return Content(
        protected=protected,
        answers=answers,
        codes=_codes(protected, answers, dimensions, framework, facts, inputs),
        own_words=frozenset(_own_words(framework, dimensions, answers, facts)),
        named_places=frozenset(place for named in pseudonymous.places.named.values() for place in named),
        facts=facts,
        inputs=inputs,
        profile=profile,
    )


def _matched(matched: pl.DataFrame) -> pl.DataFrame:
    return matched.select(
        "extract",
        pl.lit("matched").alias("rule"),
        pl.lit("stops_linkage").alias("severity"),
        pl.lit("the row is about somebody in a family worked with").alias("meaning"),
        "rows",
        "failures",
    )


def _safe_quality(quality: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Counts of rows follow the rules of all counts. A rule that fails nowhere, and one that fails a few times, look
    the same."""
    safe = quality.with_row_index("place")
    for column in ("rows", "failures"):
        shown = protect_counts(safe.select("place", column), column, profile)
        safe = safe.drop(column).join(shown, on="place", how="left", maintain_order="left")
        withheld = pl.when(pl.col(column).is_null()).then(pl.lit("c"))
        safe = safe.with_columns(withheld.alias(f"{column}_symbol"))
    return safe.drop("place")


def _facts(
    listed: ExtractList, framework: Framework, profile: Profile, fingerprints: Mapping[str, str]
) -> dict[str, str]:
    return {
        "as_of": listed.as_of.isoformat(),
        "authority": listed.authority,
        "synthetic": "true" if listed.synthetic else "false",
        "payment": listed.payment,
        "price": str(framework.payment.amount_gbp if listed.payment == "by_results" else 0),
        "framework": framework.id,
        "framework_title": framework.title,
        "framework_version": str(framework.version),
        "code_version": code_version(),
        **fingerprints,
        "profile": profile.name,
        "profile_words": profile.words,
        "rounding": str(profile.base),
    }


def _codes(
    protected: Mapping[str, pl.DataFrame],
    answers: Mapping[str, pl.DataFrame],
    dimensions: pl.DataFrame,
    framework: Framework,
    facts: Mapping[str, str],
    inputs: pl.DataFrame,
) -> dict[str, frozenset[str]]:
    """The list of every closed column. What our own code writes into a column of its own (names of rules, measures and
    questions, labels) is closed by that; what came from an extract is closed by the lists of the dimensions."""
    by_dimension = {
        str(name[0]): frozenset(frame["code"].to_list()) for name, frame in dimensions.group_by("dimension")
    }
    contracts = frozenset(CONTRACTS)
    known = {
        **by_dimension,
        "need_code": by_dimension["need"],
        "framework": frozenset({framework.id}),
        "framework_version": frozenset({str(framework.version)}),
        "rule_version": _values(protected["claim_evidence"], "rule_version"),
        "extract": contracts,
        "contract": contracts,
        "need.state": by_dimension["need_state"],
        "claim.state": by_dimension["claim_state"],
        "activity.kind": contracts,
        "privacy_check.name": frozenset(CHECKS),
        "privacy_check.result": frozenset({"passed"}),
        "manifest.name": frozenset({"release", *facts, *(f"input {name}" for name in inputs["contract"])}),
    }
    codes = {}
    for table, column in _closed((*PROTECTED, *ANSWERS)):
        place = f"{table.name}.{column.name}"
        listed = known.get(place, known.get(column.name))
        codes[place] = listed if listed is not None else _own_values(place, protected, answers)
    return codes


def _own_values(
    place: str, protected: Mapping[str, pl.DataFrame], answers: Mapping[str, pl.DataFrame]
) -> frozenset[str]:
    table, column = place.split(".")
    found: frozenset[str] = frozenset()
    for frames in (protected, answers):
        if table in frames and column in frames[table].columns:
            found |= _values(frames[table], column)
    return found


def _values(frame: pl.DataFrame, column: str) -> frozenset[str]:
    return frozenset(frame[column].drop_nulls().unique().to_list())


def _closed(tables: Iterable[Table]) -> Iterable[tuple[Table, Column]]:
    for table in tables:
        for column in table.columns:
            if column.holds is Holds.CODE:
                yield table, column


def _own_words(
    framework: Framework,
    dimensions: pl.DataFrame,
    answers: Mapping[str, pl.DataFrame],
    facts: Mapping[str, str],
) -> Iterable[str]:
    places = pl.col("dimension").is_in(["ward", "locality", "team"])
    yield from dimensions.filter(~places)["label"].to_list()
    yield from dimensions.filter(~places)["code"].to_list()
    yield from LOG_WORDS
    yield from _MANIFEST
    yield from (table.name for table in (*PROTECTED, *ANSWERS))
    yield from facts
    yield from _EVIDENCE
    yield from CHECKS.values()
    yield from (value for name, value in facts.items() if name != "authority")
    # The council's name comes with the extracts: its single words are shared by many, the whole may be anything.
    yield from (word for word in facts["authority"].split() if word.isalpha())
    yield from CONTRACTS
    for headline in framework.headlines:
        yield from (need.text for need in headline.needs)
    for column in ("meaning", "decision", "kind", "column_name"):
        yield from answers["collected"][column].to_list()
    yield from answers["data_quality"]["meaning"].to_list()
    yield from answers["data_quality"]["rule"].to_list()
