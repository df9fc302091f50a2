"""What a release keeps so that a claim can be evaluated again: the frames that rules read, and the frameworks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from outcomes import Framework
from outcomes.rules import (
    EXTRACTS,
    Conditions,
    Count,
    NoEvent,
    NoStatus,
    Reduction,
    Rule,
    Spell,
    StatusChange,
    extracts_of,
    nodes,
)
from pipelines.keys import Keys, Purpose
from pipelines.running.frameworks import FrameworkFile
from release.schema import PROTECTED

_RULES, _EARLIER, _ATTENDANCE = "rules_", "earlier_claim", "school_attendance"
_TABLES = tuple(table for table in PROTECTED if table.name.startswith(_RULES))
# What partners recorded: kept only where a rule reads it.
_EVENTS = frozenset({*EXTRACTS, _ATTENDANCE})
_CALENDAR = ("academic_year", "term", "term_start", "term_end")


def replay_tables(
    rules: Mapping[str, pl.DataFrame],
    earlier_claim: pl.DataFrame,
    claim: pl.DataFrame,
    files: Sequence[FrameworkFile],
    keys: Keys,
    as_of: date,
) -> dict[str, pl.DataFrame]:
    """The tables `rules_…` and `framework_file` of a release.

    `rules`: the frames that rules were evaluated over. `earlier_claim`: that frame as they saw it. `claim`: the table.
    Kept are the families of which something may be claimed (not those that are not eligible), extracts that a rule
    reads, and codes that a rule asks for: a code that none asks for is blank, and an extract that none reads is empty.
    Of school attendance the two newest complete terms stay, which are all that a rule looks at, and everybody's terms,
    without anybody.
    """
    frameworks = [one.framework for one in files]
    families = claim.filter(pl.col("evidence_state") != "not_eligible").select("family").unique()
    episodes = rules["episode"].join(families, on="family", how="semi").select("episode")
    people = (
        pl.concat([rules[name].select("episode", "person") for name in ("episode_member", "need")])
        .join(episodes, on="episode", how="semi")
        .select("person")
        .drop_nulls()
        .unique()
    )
    of_framework = pl.DataFrame({"framework": [one.id for one in frameworks]})
    read = frozenset().union(*(extracts_of(rule) for rule in _rules(frameworks)))
    asked = codes_asked_for(frameworks)
    kept: dict[str, pl.DataFrame] = {}
    for table in _TABLES:
        name = table.name.removeprefix(_RULES)
        given = (
            earlier_claim.join(of_framework, on="framework", how="semi") if name == _EARLIER else rules[name]
        )
        frame = _of(given, families, episodes, people)
        if name == _ATTENDANCE:
            newest = frame.join(_newest_terms(given, as_of), on=["academic_year", "term"], how="semi")
            frame = pl.concat([newest, given.select(_CALENDAR).unique()], how="diagonal")
        if name in _EVENTS and name not in read:
            frame = frame.clear()
        frame = frame.with_columns(
            pl.when(pl.col(column).is_in(sorted(codes))).then(pl.col(column)).alias(column)
            for (extract, column), codes in asked.items()
            if extract == name and frame.schema[column] == pl.String
        ).with_columns(pl.lit(None, pl.String).alias(one) for one in table.names if one not in frame.columns)
        if "record" in frame.columns:
            frame = with_record_tokens(frame, keys)
        kept[table.name] = frame.select(table.names).unique().sort(table.names, nulls_last=True)
    kept["framework_file"] = pl.DataFrame(
        [(one.framework.id, str(one.framework.version), one.sha256, one.text) for one in files],
        schema=dict.fromkeys(("framework", "framework_version", "sha256", "text"), pl.String),
        orient="row",
    )
    return kept


def _of(
    frame: pl.DataFrame, families: pl.DataFrame, episodes: pl.DataFrame, people: pl.DataFrame
) -> pl.DataFrame:
    """The rows of a frame that are about these families; all of one that is about nobody."""
    for name, known in (("family", families), ("episode", episodes), ("person", people)):
        if name in frame.columns:
            return frame.join(known, on=name, how="semi")
    return frame


def _newest_terms(attendance: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The two newest complete terms, as a rule about attendance finds them: `academic_year, term`."""
    terms = attendance.group_by("academic_year", "term").agg(
        pl.col("term_start").min(), pl.col("term_end").max()
    )
    order = ["term_end", "term_start", "academic_year", "term"]
    complete = terms.filter(pl.col("term_end") <= as_of).sort(order, descending=True)
    return complete.head(2).select("academic_year", "term")


def codes_asked_for(frameworks: Iterable[Framework]) -> dict[tuple[str, str], frozenset[str]]:
    """For each extract and column that rules may filter by, the codes that some rule asks for."""
    found: dict[tuple[str, str], set[str]] = {
        (extract, column): set() for extract, facts in EXTRACTS.items() for column in facts.conditions
    }
    for rule in _rules(frameworks):
        for extract, conditions in conditions_of(rule):
            for column, codes in conditions:
                found[extract, column] |= {code for code in codes if isinstance(code, str)}
    return {place: frozenset(codes) for place, codes in found.items()}


def conditions_of(rule: Rule) -> Iterator[tuple[str, Conditions]]:
    """The extract that a rule reads, and what it filters it by; nothing for a rule of other rules."""
    match rule:
        case StatusChange():
            yield rule.extract, rule.from_where
            yield rule.extract, rule.to_where
        case NoEvent() | NoStatus() | Spell() | Reduction():
            yield rule.extract, rule.where
        case Count(extract=str(extract)):
            yield extract, rule.where


def _rules(frameworks: Iterable[Framework]) -> list[Rule]:
    """Every rule of the frameworks, parts of rules too: of needs, and of kinds of claim."""
    found: list[Rule] = []
    for framework in frameworks:
        rules = {need.code: need.rule for need in framework.needs}
        rules |= {kind.code: kind.rule for kind in framework.claims if kind.rule}
        found += [node.rule for node in nodes(rules)]
    return found


def with_record_tokens(frame: pl.DataFrame, keys: Keys) -> pl.DataFrame:
    """`frame` with a token for which row of which extract a record is: the rows of a file are no business of a
    reader's."""
    tokens = keys.tokens(Purpose.RECORD, frame["record"]).rename({"key": "record", "token": "record_token"})
    return (
        frame.join(tokens, on="record", how="left", maintain_order="left")
        .with_columns(record="record_token")
        .drop("record_token")
    )
