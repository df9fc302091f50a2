"""Evaluates a framework over pseudonymous frames: what became of each need and each claim, and why.

The rules are those of the published method (docs, "When is a need met"): where it is silent, the stricter
reading counts. A naive reference in tests/generative says the same in plain Python, one family at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from outcomes.claims import CLAIM, CLAIM_EVIDENCE, CLAIM_STANDING, claim_settings
from outcomes.database import Database, open_database
from outcomes.frames import FRAMES, Keys, checked, numbered
from outcomes.frameworks import PAYMENT_MODES, Framework
from outcomes.kinds.choose import query_for
from outcomes.kinds.combined import ALL_OF, ANY_OF
from outcomes.rules import AllOf, AnyOf, Node, Rule, in_words, nodes
from outcomes.tables import (
    CONCERNED,
    EPISODE,
    EVIDENCE,
    EVIDENCE_ROWS,
    KEEP_OUTCOME,
    KEEP_WAIVED,
    KEEP_WAIVER,
    MEASURES,
    MEMBER,
    NEED,
    NEED_CASE,
    NEED_ROWS,
    OUTCOME,
    PARTS_AND_OUTCOMES,
    REVIEW,
    SOURCES,
    WAIVED,
    WAIVER,
)
from outcomes.windows import COVERED

LATEST_AS_OF: Final = date(9000, 1, 1)


@dataclass(frozen=True)
class Evaluation:
    """What the evidence says on the as-of date. All keys are pseudonyms; every frame is sorted.

    need: one row a need: episode, person (null: the whole family), need_code, headline, identified_on, state,
        achieved_on, sustained_on, rule (in words), reason (why it is outstanding or not evidenced).
    claim: one row an episode: episode, family, framework, state, evidence_state, claim_date, eligible,
        needs (different codes identified), headlines (different ones), needs_met (codes all of whose needs are
        sustained or waived), assessment_ok, plan_ok, lead_practitioner_ok, worth (pounds).
    claim_evidence: one row a fact: episode, person, need_code, measure, value, window_from, window_to,
        extract, record, rule_version. Rows without a need_code are about the claim itself.
    """

    need: pl.DataFrame
    claim: pl.DataFrame
    claim_evidence: pl.DataFrame


def evaluate(
    frames: Mapping[str, pl.DataFrame], framework: Framework, *, as_of: date, payment: str = "by_results"
) -> Evaluation:
    """Evaluates every need and claim on the day `as_of`.

    `frames` holds the pseudonymous frames by name (their columns: `outcomes.frames.FRAMES`; an event extract
    that is left out counts as not sent: nothing covered). `payment` is how the council is paid; only under
    `by_results` is a claim worth money. Records dated after `as_of` are not known and are ignored.

    Raises ValueError where a frame is not as promised, without any of its values.
    """
    if payment not in PAYMENT_MODES:
        raise ValueError(f"payment is one of {', '.join(PAYMENT_MODES)}")
    if as_of > LATEST_AS_OF:
        raise ValueError("as_of lies too far in the future to count months from it")
    given, keys = numbered(checked(frames))
    tree = nodes({need.code: need.rule for need in framework.needs})
    with open_database(as_of=as_of, sustain_from=framework.sustain_from) as database:
        _load(database, given, framework, tree)
        for rule in dict.fromkeys(node.rule for node in tree):
            if not isinstance(rule, AllOf | AnyOf):
                _judge(database, given, rule, _rule_number(tree, rule), as_of)
        for node in reversed(tree):  # parts stand after their parents
            if isinstance(node.rule, AllOf | AnyOf):
                _combine(database, node)
        database.run(NEED)
        database.run(PARTS_AND_OUTCOMES)
        settings = claim_settings(framework, payment)
        database.run(CLAIM_STANDING, **settings)
        database.run(CLAIM_EVIDENCE, **settings)
        need = _with_keys(database.frame(NEED_ROWS), keys)
        claim = _with_keys(database.frame(CLAIM, **settings), keys)
        evidence = _in_full(database.frame(EVIDENCE_ROWS), need, claim, framework, tree)
    return Evaluation(need, claim, evidence)


def _load(
    database: Database, given: Mapping[str, pl.DataFrame], framework: Framework, tree: tuple[Node, ...]
) -> None:
    """The tables that every rule reads."""
    for name in ("episode", "episode_member", "need", "progress", "earlier_claim", "coverage"):
        database.give(f"given_{name}", given[name].select(list(FRAMES[name])))
    database.give(
        "framework_need",
        pl.DataFrame(
            [(need.code, headline.id) for headline in framework.headlines for need in headline.needs],
            schema={"need_code": pl.String, "headline": pl.String},
            orient="row",
        ),
    )
    database.give(
        "node",
        pl.DataFrame(
            [
                (
                    n.node,
                    n.parent,
                    n.position,
                    n.need_code,
                    n.place,
                    _rule_number(tree, n.rule),
                    in_words(n.rule),
                )
                for n in tree
            ],
            schema={
                "node": pl.Int32,
                "parent": pl.Int32,
                "position": pl.Int32,
                "need_code": pl.String,
                "place": pl.String,
                "rule": pl.Int32,
                "words": pl.String,
            },
            orient="row",
        ),
    )
    for statement in (
        MEASURES,
        SOURCES,
        EPISODE,
        MEMBER,
        NEED_CASE,
        REVIEW,
        WAIVER,
        COVERED,
        OUTCOME,
        EVIDENCE,
    ):
        database.run(statement)


def _with_keys(frame: pl.DataFrame, keys: Keys) -> pl.DataFrame:
    """The frame with the keys of episodes and people that its numbers stand for."""
    known = {"episode": keys.episode, "person": keys.person}
    return frame.with_columns(
        series.gather(frame[column]).alias(column)
        for column, series in known.items()
        if column in frame.columns
    )


def _in_full(
    evidence: pl.DataFrame,
    need: pl.DataFrame,
    claim: pl.DataFrame,
    framework: Framework,
    tree: tuple[Node, ...],
) -> pl.DataFrame:
    """Evidence with the keys, words and rule versions that its numbers stand for."""
    need_code = need["need_code"].gather(evidence["need_at"])
    places = pl.Series([f"{framework.rule_version} {node.place}" for node in tree], dtype=pl.String)
    version = pl.lit(framework.rule_version)
    return evidence.select(
        claim["episode"].gather(evidence["episode_at"]).alias("episode"),
        need["person"].gather(evidence["need_at"]).alias("person"),
        need_code.alias("need_code"),
        pl.col("measure").cast(pl.String),
        "value",
        "window_from",
        "window_to",
        pl.col("extract").cast(pl.String),
        "record",
        pl.coalesce(
            places.gather(evidence["node"]),
            pl.concat_str(version, pl.lit(" "), pl.lit(need_code)),
            version,
        ).alias("rule_version"),
    )


def _rule_number(tree: tuple[Node, ...], rule: Rule) -> int:
    """Needs under the same rule are judged by one query: the rule is numbered by its first place."""
    return next(node.node for node in tree if node.rule == rule)


def _judge(
    database: Database, given: Mapping[str, pl.DataFrame], rule: Rule, number: int, as_of: date
) -> None:
    """Judges every need under one rule that is no combination of others."""
    query = query_for(given, rule, as_of)
    for name, frame in query.frames.items():
        database.give(name, frame)
    database.run(CONCERNED, rule=number)
    database.run(f"CREATE OR REPLACE TEMP TABLE leaf_result AS {query.result}", **query.parameters)
    database.run("CREATE OR REPLACE TEMP VIEW judged AS SELECT *, false AS waived FROM leaf_result")
    _keep(database, rule)
    database.run(f"INSERT INTO evidence {query.evidence}", **query.parameters)
    for name in query.frames:
        database.take_back(name)


def _combine(database: Database, node: Node) -> None:
    """Judges the needs under an all_of or any_of from what its parts came to."""
    query = ALL_OF if isinstance(node.rule, AllOf) else ANY_OF
    database.run("DROP VIEW IF EXISTS judged")
    database.run(f"CREATE OR REPLACE TEMP TABLE combined AS {query}", node=node.node)
    database.run("CREATE OR REPLACE TEMP VIEW judged AS SELECT * FROM combined")
    _keep(database, node.rule)


def _keep(database: Database, rule: Rule) -> None:
    """Adds what has been `judged` to the outcomes, waived where the rule allows it."""
    database.run(KEEP_OUTCOME)
    if rule.waiver:
        database.run(WAIVED)
        database.run(KEEP_WAIVED)
        database.run(KEEP_WAIVER)
