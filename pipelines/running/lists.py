"""What a release may say: the list of every closed column, the words of ours, and the places that may be named.

Made from the settings, the code, and what the extracts say of the release as a whole, so that an existing release can
be held against it again: never from the values that are to be checked.
"""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from ledger import Step
from outcomes import ClaimState, Framework, NeedState, Reason
from outcomes import Measure as Fact
from outcomes.frameworks import CLOSURE_REASONS
from outcomes.rules import in_words, nodes
from pipelines.answers import State, Why, attack_words
from pipelines.contracts import CONTRACTS
from pipelines.contracts.codes import JUDGEMENTS, NEED_CODES, TERM
from pipelines.linkage.comparing import LEVELS
from pipelines.notes.lexicon import words
from pipelines.notes.settings import Keep
from pipelines.publication.content import CHECKS, FROM_OUTSIDE, NAMES, Lists, Result
from pipelines.publication.uniqueness import MEASURES
from pipelines.quality.linkage import ALL, GROUPS, MEANINGS, Measure
from pipelines.running.frameworks import FrameworkFile
from pipelines.running.journal import LOG_WORDS
from pipelines.running.replay import codes_asked_for
from pipelines.running.standing import NO_STEP
from release.catalogue import OF_A_FRAMEWORK, Catalogue, every_question, list_name, question_name
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
_FACTS = (*Keep, "true", "false", "found", "given")
# What the council wrote, and may hold anything.
_PURPOSE = "notes_purpose"
# School years that a release can speak of, by the year in which they begin.
_SCHOOL_YEARS = range(1990, 2100)
# The rule of a need that a framework does not know.
_NO_RULE = "none"
# Why a figure is not there.
_SYMBOLS = frozenset({"c", "z", "x"})


def lists_of(
    dimensions: pl.DataFrame,
    collected: pl.DataFrame,
    rules: pl.DataFrame,
    facts: Mapping[str, str],
    inputs: Iterable[str],
    *,
    files: Sequence[FrameworkFile],
    catalogue: Catalogue,
) -> Lists:
    """The lists of a release. `files`: its frameworks, the primary one first.

    `dimensions`: every code of every dimension, with its words; `collected`: every column of every contract, and what
    became of it; `rules`: `rule, severity, meaning` of all that was counted. `facts`: what we say of the release in its
    manifest, `inputs`: the contracts of the extracts that it was made of.
    """
    is_place = pl.col("dimension").is_in(PLACES)
    named = dimensions.filter(is_place, ~pl.col("code").is_in(NO_PLACE))
    return Lists(
        codes=_codes(dimensions, collected, rules, facts, inputs, files, catalogue),
        own_words=frozenset(_own_words(dimensions.filter(~is_place), collected, rules, facts, files)),
        named_places=frozenset(named["code"]),
        authority=facts["authority"],
    )


def _codes(
    dimensions: pl.DataFrame,
    collected: pl.DataFrame,
    rules: pl.DataFrame,
    facts: Mapping[str, str],
    inputs: Iterable[str],
    files: Sequence[FrameworkFile],
    catalogue: Catalogue,
) -> dict[str, frozenset[str]]:
    """The list of every closed column; a column without one is refused by the check."""
    by_dimension = {
        str(name[0]): frozenset(frame["code"].to_list()) for name, frame in dimensions.group_by("dimension")
    }
    contracts = frozenset(CONTRACTS)
    frameworks = [one.framework for one in files]
    primary = frameworks[0]
    # Of dimensions that each framework has codes of its own for, those of all frameworks.
    for name in OF_A_FRAMEWORK:
        of_each = (list_name(name, one.id if one is not primary else "") for one in frameworks)
        by_dimension[name] = frozenset().union(*(by_dimension.get(one, frozenset()) for one in of_each))
    questions = frozenset(
        question_name(measure.name, chosen, framework, scope)
        for scope, framework, measure, chosen in every_question(catalogue, [one.id for one in frameworks[1:]])
    )
    rules_in_words = (in_words(need.rule) for framework in frameworks for need in framework.needs)
    known = {
        **by_dimension,
        # A need that no framework in force knows stands in the way all the same.
        "need_code": by_dimension["need"] | frozenset(NEED_CODES),
        "framework": frozenset(one.id for one in frameworks),
        "framework_version": frozenset(str(one.version) for one in frameworks),
        "rule_version": frozenset(version for one in frameworks for version in _rule_versions(one)),
        "extract": contracts,
        "contract": contracts,
        "question": questions,
        "question.instead": questions,
        "question.state": frozenset(State),
        "attack.attack": frozenset(attack_words()),
        "attack.result": frozenset({"passed", "told"}),
        "need.state": by_dimension["need_state"],
        "need.rule": frozenset({_NO_RULE, *rules_in_words}),
        "need.reason": frozenset(Reason),
        "claim.state": by_dimension["claim_state"],
        "claim.step": frozenset({NO_STEP, *Step}),
        **_of_rule_frames(frameworks, by_dimension["kind"]),
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
        **{
            f"{table}.code_{place}": frozenset().union(*by_dimension.values())
            for table in ("answer", "cell_change")
            for place in (1, 2, 3)
        },
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
    """Every rule of a framework as a piece of evidence names it: the framework's version, the need or the kind of
    claim, and the part."""
    yield framework.rule_version
    rules = {need.code: need.rule for need in framework.needs}
    yield from (
        f"{framework.rule_version} {code}"
        for code in (*NEED_CODES, *(kind.code for kind in framework.claims))
    )
    rules |= {kind.code: kind.rule for kind in framework.claims if kind.rule}
    yield from (f"{framework.rule_version} {code}" for code in rules)
    yield from (f"{framework.rule_version} {node.place}" for node in nodes(rules))


def _of_rule_frames(frameworks: Sequence[Framework], kinds: frozenset[str]) -> dict[str, frozenset[str]]:
    """The lists of the frames that are kept for a replay: of codes of partners, those that a rule asks for."""
    years = (f"{first}/{(first + 1) % 100:02d}" for first in _SCHOOL_YEARS)
    return {
        "rules_episode.closure_reason": frozenset(CLOSURE_REASONS),
        "rules_need.need_code": frozenset(NEED_CODES),
        "rules_progress.need_code": frozenset(NEED_CODES),
        "rules_progress.state": frozenset(JUDGEMENTS),
        "rules_school_attendance.academic_year": frozenset(years),
        "rules_school_attendance.term": frozenset(TERM),
        "rules_earlier_claim.kind": kinds,
        **{
            f"rules_{extract}.{column}": codes
            for (extract, column), codes in codes_asked_for(frameworks).items()
        },
    }


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
    files: Sequence[FrameworkFile],
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
    yield from Why
    yield from attack_words().values()
    yield from (of.meaning for of in MEASURES.values())
    yield from (value for name, value in facts.items() if name not in FROM_OUTSIDE)
    # Of what somebody wrote, the words of the language alone.
    yield from (word for word in facts.get(_PURPOSE, "").split() if word.lower() in words())
    # The council's name comes with the extracts: its single words are shared by many, the whole may be anything.
    yield from (word for word in facts["authority"].split() if word.isalpha())
    yield from CONTRACTS
    for one in files:
        yield from (need.text for need in one.framework.needs)
        yield one.text
        # What evidence says of a kind of claim by its code.
        yield from (kind.code for kind in one.framework.claims)
    for column in ("meaning", "decision", "kind", "column_name", "partner", "why"):
        yield from collected[column].to_list()
    yield from rules["meaning"].to_list()
    yield from rules["rule"].to_list()
    yield from MEANINGS.values()
