"""Gathers what will be in a release, and what it will be checked by."""

from collections.abc import Iterable, Mapping

import polars as pl

from disclosure import Profile
from outcomes import ClaimState, Framework, NeedState, Reason
from outcomes.frameworks import CLOSURE_REASONS
from pipelines.answers import build_answers, dimension_lists, populations
from pipelines.contracts import CONTRACTS
from pipelines.decisions import collected
from pipelines.extracts import ExtractList
from pipelines.linkage.comparing import LEVELS
from pipelines.policy import Policy
from pipelines.pseudonymise import Pseudonymous
from pipelines.publication import CHECKS, Content
from pipelines.quality.linkage import (
    ALL,
    GROUPS,
    MEANINGS,
    Measure,
    measure_needs,
    poorly_matched,
    with_every_line,
)
from pipelines.running.journal import LOG_WORDS
from pipelines.running.measures import linkage_table, quality_table, safe_linkage, safe_quality
from pipelines.running.reports import Earlier
from release.catalogue import Catalogue
from release.schema import ANSWERS, PROTECTED, Column, Holds, Table
from release.version import code_version

# What stands in a manifest, beside facts, tables and digests.
_MANIFEST = (
    "linkage_model",
    "chances",
    "trained_on",
    "version",
    "release",
    "schema",
    "inputs",
    "contract",
    "digest",
    "tables",
    "protected",
    "answers",
)
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
    counts: pl.DataFrame,
    linkage: pl.DataFrame,
    inputs: pl.DataFrame,
    *,
    earlier: Earlier,
    poor_match_rate: float,
    framework: Framework,
    policy: Policy,
    profile: Profile,
    catalogue: Catalogue,
    listed: ExtractList,
    fingerprints: Mapping[str, str],
    model: Mapping[str, object],
) -> Content:
    """Both files' frames; exact figures go into the protected one alone.

    `counts`: what was counted of each rule (measures.quality_counts). `linkage`: how far records found their people
    (quality.linkage.measure_linkage). `earlier`: the release that the counts are held against.
    """
    quality = quality_table(counts, earlier.counts)
    poor = poorly_matched(linkage, poor_match_rate)
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
    every = with_every_line(linkage, dimensions)
    measured = linkage_table(pl.concat([every, measure_needs(_needs(tables), framework, poor)]), poor)
    protected["linkage_quality"] = measured
    built = build_answers(counted.frames, dimensions, catalogue, profile)
    answers = {
        "question": built.question,
        "answer": built.answer,
        "dimension": dimensions,
        "collected": collected(),
        "data_quality": safe_quality(quality, earlier.shown, profile),
        "linkage_quality": safe_linkage(measured, profile),
    }
    facts = _facts(listed, framework, profile, fingerprints)
    return Content(
        protected=protected,
        answers=answers,
        codes=_codes(protected, answers, dimensions, framework, facts, inputs),
        own_words=frozenset(_own_words(framework, dimensions, answers, facts)),
        named_places=frozenset(place for named in pseudonymous.places.named.values() for place in named),
        facts=facts,
        model=model,
        inputs=inputs,
        profile=profile,
    )


def _needs(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    return tables["need"].join(tables["claim"].select("episode", "family"), on="episode")


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
        "threshold": str(profile.threshold),
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
        "linkage_quality.measure": frozenset(Measure),
        "linkage_quality.dimension": frozenset({ALL, "extract", "headline", *GROUPS}),
        "linkage_quality.code": frozenset({ALL, *contracts}).union(
            *(by_dimension[name] for name in ("headline", *GROUPS))
        ),
        "linkage_quality.standing": frozenset({"poor", "good"}),
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
    yield from (word for comparison, levels in LEVELS.items() for word in (comparison, *levels))
    yield from _EVIDENCE
    yield from CHECKS.values()
    yield from (value for name, value in facts.items() if name != "authority")
    # The council's name comes with the extracts: its single words are shared by many, the whole may be anything.
    yield from (word for word in facts["authority"].split() if word.isalpha())
    yield from CONTRACTS
    for headline in framework.headlines:
        yield from (need.text for need in headline.needs)
    for column in ("meaning", "decision", "kind", "column_name", "partner", "why"):
        yield from answers["collected"][column].to_list()
    yield from answers["data_quality"]["meaning"].to_list()
    yield from answers["data_quality"]["rule"].to_list()
    yield from MEANINGS.values()
