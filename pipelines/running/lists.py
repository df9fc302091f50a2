"""What a release may say: the list of every closed column, the words of ours, and the places that may be named.

Made from the settings, the code, and what the extracts say of the release as a whole, so that an existing release can
be held against it again: never from the values that are to be checked.
"""

from collections.abc import Iterable, Mapping

import polars as pl

from outcomes import ClaimState, Framework, NeedState, Reason
from outcomes import Measure as Fact
from outcomes.frameworks import CLOSURE_REASONS
from outcomes.rules import in_words, nodes
from pipelines.contracts import CONTRACTS
from pipelines.linkage.comparing import LEVELS
from pipelines.notes.lexicon import words
from pipelines.notes.settings import Keep
from pipelines.publication.content import CHECKS, FROM_OUTSIDE, NAMES, Lists, Result
from pipelines.publication.uniqueness import MEASURES
from pipelines.quality.linkage import ALL, GROUPS, MEANINGS, Measure
from pipelines.running.journal import LOG_WORDS
from release.catalogue import Catalogue, question_name, questions_of
from release.schema import ANSWERS, PROTECTED, Column, Holds, Table

PLACES = ("ward", "locality", "team")
# Where a family's place has no name: these are codes of ours.
NO_PLACE = ("other", "unknown")
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
# What a fact of the release may be, whatever the settings are today.
_FACTS = (*Keep, "true", "false")
# What the council wrote, and may hold anything.
_PURPOSE = "notes_purpose"
# Why a figure is not there.
_SYMBOLS = frozenset({"c", "z", "x"})


def lists_of(
    dimensions: pl.DataFrame,
    collected: pl.DataFrame,
    rules: pl.DataFrame,
    facts: Mapping[str, str],
    inputs: Iterable[str],
    *,
    framework: Framework,
    catalogue: Catalogue,
) -> Lists:
    """The lists of a release.

    `dimensions`: every code of every dimension, with its words; `collected`: every column of every contract, and what
    became of it; `rules`: `rule, severity, meaning` of all that was counted. `facts`: what we say of the release in its
    manifest, `inputs`: the contracts of the extracts that it was made of.
    """
    is_place = pl.col("dimension").is_in(PLACES)
    named = dimensions.filter(is_place, ~pl.col("code").is_in(NO_PLACE))
    return Lists(
        codes=_codes(dimensions, collected, rules, facts, inputs, framework, catalogue),
        own_words=frozenset(_own_words(dimensions.filter(~is_place), collected, rules, facts, framework)),
        named_places=frozenset(named["code"]),
        authority=facts["authority"],
    )


def _codes(
    dimensions: pl.DataFrame,
    collected: pl.DataFrame,
    rules: pl.DataFrame,
    facts: Mapping[str, str],
    inputs: Iterable[str],
    framework: Framework,
    catalogue: Catalogue,
) -> dict[str, frozenset[str]]:
    """The list of every closed column; a column without one is refused by the check."""
    by_dimension = {
        str(name[0]): frozenset(frame["code"].to_list()) for name, frame in dimensions.group_by("dimension")
    }
    contracts = frozenset(CONTRACTS)
    questions = (
        question_name(measure.name, chosen)
        for measure in catalogue.counted
        for chosen in questions_of(measure)
    )
    needs = [need for headline in framework.headlines for need in headline.needs]
    known = {
        **by_dimension,
        "need_code": by_dimension["need"],
        "framework": frozenset({framework.id}),
        "framework_version": frozenset({str(framework.version)}),
        "rule_version": frozenset(_rule_versions(framework)),
        "extract": contracts,
        "contract": contracts,
        "question": frozenset(questions),
        "need.state": by_dimension["need_state"],
        "need.rule": frozenset(in_words(need.rule) for need in needs),
        "need.reason": frozenset(Reason),
        "claim.state": by_dimension["claim_state"],
        "claim_evidence.measure": frozenset(Fact),
        "activity.kind": contracts,
        "data_quality.rule": frozenset(rules["rule"]),
        "data_quality.severity": frozenset(rules["severity"]),
        "linkage_quality.measure": frozenset(Measure),
        "linkage_quality.dimension": frozenset({ALL, "extract", "headline", *GROUPS}),
        "linkage_quality.code": frozenset({ALL, *contracts}).union(
            *(by_dimension[name] for name in ("headline", *GROUPS))
        ),
        "linkage_quality.standing": frozenset({"poor", "good"}),
        "privacy_check.name": NAMES,
        "privacy_check.result": frozenset(Result),
        "manifest.name": frozenset({"release", *facts, *(f"input {name}" for name in inputs)}),
        **{f"answer.code_{place}": frozenset().union(*by_dimension.values()) for place in (1, 2, 3)},
    }
    of_frames = {"dimension": dimensions, "collected": collected}
    codes: dict[str, frozenset[str]] = {}
    for table, column in closed((*PROTECTED, *ANSWERS)):
        place = f"{table.name}.{column.name}"
        if table.name in of_frames:
            codes[place] = frozenset(of_frames[table.name][column.name].drop_nulls())
        elif column.name.endswith("_symbol"):
            codes[place] = _SYMBOLS
        elif place in known or column.name in known:
            codes[place] = known.get(place, known.get(column.name, frozenset()))
    return {place: frozenset(str(code) for code in listed) for place, listed in codes.items()}


def _rule_versions(framework: Framework) -> Iterable[str]:
    """Every rule of a framework as a piece of evidence names it: the framework's version, the need, and the part."""
    yield framework.rule_version
    rules = {need.code: need.rule for headline in framework.headlines for need in headline.needs}
    yield from (f"{framework.rule_version} {code}" for code in rules)
    yield from (f"{framework.rule_version} {node.place}" for node in nodes(rules))


def closed(tables: Iterable[Table]) -> Iterable[tuple[Table, Column]]:
    """Every column of a closed list."""
    for table in tables:
        for column in table.columns:
            if column.holds is Holds.CODE:
                yield table, column


def _own_words(
    dimensions: pl.DataFrame,
    collected: pl.DataFrame,
    rules: pl.DataFrame,
    facts: Mapping[str, str],
    framework: Framework,
) -> Iterable[str]:
    """`dimensions`: those that are no places."""
    yield from dimensions["label"].to_list()
    yield from dimensions["code"].to_list()
    yield from LOG_WORDS
    yield from _MANIFEST
    yield from (table.name for table in (*PROTECTED, *ANSWERS))
    yield from facts
    yield from (word for comparison, levels in LEVELS.items() for word in (comparison, *levels))
    yield from _EVIDENCE
    yield from _FACTS
    yield from CHECKS.values()
    yield from (of.meaning for of in MEASURES.values())
    yield from (value for name, value in facts.items() if name not in FROM_OUTSIDE)
    # Of what somebody wrote, the words of the language alone.
    yield from (word for word in facts.get(_PURPOSE, "").split() if word.lower() in words())
    # The council's name comes with the extracts: its single words are shared by many, the whole may be anything.
    yield from (word for word in facts["authority"].split() if word.isalpha())
    yield from CONTRACTS
    for headline in framework.headlines:
        yield from (need.text for need in headline.needs)
    for column in ("meaning", "decision", "kind", "column_name", "partner", "why"):
        yield from collected[column].to_list()
    yield from rules["meaning"].to_list()
    yield from rules["rule"].to_list()
    yield from MEANINGS.values()
