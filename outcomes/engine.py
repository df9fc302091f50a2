"""Evaluates a framework over pseudonymous frames: what became of each need and each claim, and why.

The rules are those of the published method (docs, "When is a need met"): where it is silent, the stricter
reading counts. A naive reference in tests/generative says the same in plain Python, one family at a time.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from outcomes import claims, tables
from outcomes.database import Database, open_database
from outcomes.frames import Given, checked
from outcomes.frameworks import PAYMENT_MODES, Framework
from outcomes.kinds.choose import query_for
from outcomes.kinds.combined import ALL_OF, ANY_OF, COUNT
from outcomes.numbers import Cases, Keys, Records, RecordTexts, numbered
from outcomes.rules import AllOf, AnyOf, Count, Judgement, Node, Rule, extracts_of, in_words, nodes, parts_of
from outcomes.tables import SOURCES
from outcomes.vocabulary import Measure, NeedState, Reason
from outcomes.windows import COVERED

LATEST_AS_OF: Final = date(9000, 1, 1)
EPISODES_AT_ONCE: Final = 20_000


@dataclass(frozen=True)
class Evaluation:
    """What the evidence says on the as-of date. All keys are pseudonyms; every frame is sorted.

    need: one row a need: episode, person (null: the whole family), need_code, headline, identified_on, state,
        achieved_on, sustained_on, rule (in words), reason (why it is outstanding or not evidenced).
    claim: one row an episode, kind of claim and unit: episode, family, person (null: the family), framework, kind,
        state, evidence_state, claim_date, expected_on (when it is complete if nothing changes; null where that
        cannot be told), eligible, needs (different codes identified), headlines (different ones), needs_met (codes
        all of whose needs are sustained or waived), assessment_ok, plan_ok, lead_practitioner_ok, worth (pounds).
    claim_evidence: one row a fact: episode, person, need_code, measure, value, window_from, window_to, extract,
        record, rule_version, kind. Rows with a kind are about that claim, the others about a need.
    """

    need: pl.DataFrame
    claim: pl.DataFrame
    claim_evidence: pl.DataFrame


def evaluate(
    frames: Mapping[str, Given], framework: Framework, *, as_of: date, payment: str = "by_results"
) -> Evaluation:
    """Evaluates every need and claim on the day `as_of`.

    `frames` holds the pseudonymous frames by name (their columns: `outcomes.frames.FRAMES` and `OPTIONAL`; an event
    extract that is left out counts as not sent: nothing covered). `payment` is how the council is paid; only under
    `by_results` is a claim worth money. Records dated after `as_of` are not known and are ignored.

    Raises ValueError where a frame is not as promised, without any of its values.
    """
    with judged(frames, framework, as_of=as_of, payment=payment) as answers:
        return Evaluation(answers.need, answers.claim, pl.concat(answers.evidence(EPISODES_AT_ONCE)))


def claim_units(frames: Mapping[str, Given], framework: Framework, *, as_of: date) -> pl.DataFrame:
    """What can be claimed for: `episode, family, kind, person` of every row that `claim` will have, in its order."""
    cases, keys = _cases(checked(frames), framework, as_of, RecordTexts())
    with open_database(as_of=as_of) as database:
        _give_cases(database, cases, framework, keys)
        for statement in (tables.EPISODE, tables.MEMBER, claims.CLAIM_CASE):
            database.run(statement)
        units = database.frame(
            "SELECT episode, family, position AS kind, person FROM claim_case ORDER BY claim_id"
        )
    return units.select(
        keys.episode.gather(units["episode"]).alias("episode"),
        keys.family.gather(units["family"]).alias("family"),
        _kinds(framework).gather(units["kind"]).alias("kind"),
        keys.person.gather(units["person"]).alias("person"),
    )


@contextmanager
def judged(
    frames: Mapping[str, Given], framework: Framework, *, as_of: date, payment: str = "by_results"
) -> Iterator["Answers"]:
    """As `evaluate`, for councils whose evidence would not fit into memory at once: it is handed out in parts."""
    if payment not in PAYMENT_MODES:
        raise ValueError(f"payment is one of {', '.join(PAYMENT_MODES)}")
    if as_of > LATEST_AS_OF:
        raise ValueError("as_of lies too far in the future to count months from it")
    given, texts = checked(frames), RecordTexts()
    cases, keys = _cases(given, framework, as_of, texts)
    of_needs, of_claims = _rules(framework)
    tree = nodes(of_needs | of_claims)
    records = Records(given, cases, keys, of_needs, of_claims, as_of, texts)
    with open_database(as_of=as_of, sustain_from=framework.sustain_from) as database:
        _give_cases(database, cases, framework, keys)
        del cases  # a large council's would stand beside the tables that are made of it
        _load(database, given["coverage"].collect(), framework, keys, tree, payment)
        for rule in _leaves(tree):
            _judge(database, records, rule, _rule_number(tree, rule), as_of)
        del records
        for node in reversed(tree):  # parts stand after their parents
            if parts_of(node.rule):
                _combine(database, node)
        for statement in tables.NO_LONGER_NEEDED:
            database.run(statement)
        database.run(tables.JUDGED_CASE)
        settings = claims.claim_settings(framework)
        for statement in (
            claims.EPISODE_TESTED,
            claims.CLAIM_EARLIER,
            claims.CLAIM_BASIS,
            claims.CLAIM_EVIDENCED,
        ):
            database.run(statement, **settings)
        for turn in sorted(set(claims.turns(framework.claims).values())):
            database.run(claims.CLAIM_STATE, turn=turn, **settings)
        database.run(claims.CLAIM_STANDING, **settings)
        for statement in claims.NO_LONGER_NEEDED:
            database.run(statement)
        yield Answers(database, framework, keys, tree, texts.texts())


class Answers:
    """What an evaluation came to, as the frames of `Evaluation`, while its database is open."""

    def __init__(
        self, database: Database, framework: Framework, keys: Keys, tree: tuple[Node, ...], records: pl.Series
    ) -> None:
        self._database = database
        self._framework = framework
        self._keys = keys
        self._tree = tree
        self._records = records
        needs, claimed = database.frame(tables.NEED_ROWS), database.frame(claims.CLAIM_ROWS)
        self._of_need = needs.select("person", "code")
        self._of_claim = claimed.select("person", "kind")
        self.need = self._needs(needs)
        self.claim = self._claims(claimed)

    @property
    def episodes(self) -> int:
        """How many episodes there are."""
        return self._keys.episode.len()

    def evidence(self, episodes_at_once: int) -> Iterator[pl.DataFrame]:
        """`claim_evidence` in parts of so many episodes, in order; one empty part where there are none."""
        at_once = max(1, episodes_at_once)
        for first in range(0, max(1, self.episodes), at_once):
            for statement in (tables.SOME_CASE, claims.SOME_CLAIM, claims.CLAIM_FACT):
                self._database.run(statement, first=first, last=first + at_once - 1)
            yield self._in_full(self._database.frame(tables.EVIDENCE_ROWS))

    def _needs(self, rows: pl.DataFrame) -> pl.DataFrame:
        headlines = {
            need.code: headline.id for headline in self._framework.headlines for need in headline.needs
        }
        headline = pl.Series([headlines.get(code) for code in self._keys.code], dtype=pl.String)
        words = pl.Series([in_words(node.rule) for node in self._tree], dtype=pl.String)
        return rows.select(
            self._keys.episode.gather(rows["episode"]).alias("episode"),
            self._keys.person.gather(rows["person"]).alias("person"),
            self._keys.code.gather(rows["code"]).alias("need_code"),
            headline.gather(rows["code"]).alias("headline"),
            "identified_on",
            pl.Series([str(state) for state in NeedState], dtype=pl.String)
            .gather(rows["state"])
            .alias("state"),
            "achieved_on",
            "sustained_on",
            words.gather(rows["node"]).alias("rule").fill_null("none"),
            pl.Series(list(Reason), dtype=pl.String).gather(rows["reason"]).alias("reason"),
        )

    def _claims(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.select(
            self._keys.episode.gather(rows["episode"]).alias("episode"),
            self._keys.family.gather(rows["family"]).alias("family"),
            self._keys.person.gather(rows["person"]).alias("person"),
            pl.lit(self._framework.id).alias("framework"),
            _kinds(self._framework).gather(rows["kind"]).alias("kind"),
            pl.exclude("episode", "family", "person", "kind"),
        )

    def _in_full(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Evidence with the keys, words and rule versions that its numbers stand for."""
        version, codes = self._framework.rule_version, self._keys.code
        code = self._of_need["code"].gather(rows["need_id"])
        need_code = codes.gather(code)
        person = pl.select(
            pl.coalesce(
                self._of_need["person"].gather(rows["need_id"]),
                self._of_claim["person"].gather(rows["claim_id"]),
            )
        ).to_series()
        # A fact stands under the rule, else under the need, else under the framework.
        versions = pl.Series(
            [
                *(f"{version} {node.place}" for node in self._tree),
                *(f"{version} {code}" for code in codes),
                version,
            ]
        )
        under = pl.select(
            pl.coalesce(
                rows["node"].cast(pl.UInt32), len(self._tree) + code, pl.lit(versions.len() - 1, pl.UInt32)
            )
        ).to_series()
        return rows.select(
            self._keys.episode.gather(rows["episode"]).alias("episode"),
            self._keys.person.gather(person).alias("person"),
            need_code.alias("need_code"),
            pl.Series(list(Measure), dtype=pl.String).gather(rows["measure"]).alias("measure"),
            pl.coalesce("value", need_code).alias("value"),
            "window_from",
            "window_to",
            pl.Series(SOURCES, dtype=pl.String).gather(rows["extract"]).alias("extract"),
            self._records.gather(rows["record"]).alias("record"),
            versions.gather(under).alias("rule_version"),
            _kinds(self._framework).gather(self._of_claim["kind"].gather(rows["claim_id"])).alias("kind"),
        )


def _rules(framework: Framework) -> tuple[dict[str, Rule], dict[str, Rule]]:
    """The rules of the needs, and of the kinds of claim that have one of their own, by code."""
    return (
        {need.code: need.rule for need in framework.needs},
        {kind.code: kind.rule for kind in framework.claims if kind.rule is not None},
    )


def _kinds(framework: Framework) -> pl.Series:
    return pl.Series([kind.code for kind in framework.claims], dtype=pl.String)


def _cases(
    given: Mapping[str, pl.LazyFrame], framework: Framework, as_of: date, records: RecordTexts
) -> tuple[Cases, Keys]:
    """Where no kind of claim is about needs, needs that the framework does not have are no business of it."""
    of_needs = [need.code for need in framework.needs]
    is_about_needs = any(kind.about == "needs" for kind in framework.claims)
    codes = [*of_needs, *(kind.code for kind in framework.claims)]
    only = None if is_about_needs else of_needs
    return numbered(given, codes=codes, only_needs=only, as_of=as_of, records=records)


def _give_cases(database: Database, cases: Cases, framework: Framework, keys: Keys) -> None:
    """The tables of cases, and of the kinds of claim that there are."""
    database.give("given_episode", cases.episode)
    database.give("given_member", cases.member)
    database.give("given_need", cases.need)
    database.give("given_earlier_claim", cases.earlier_claim)
    database.give("known_review", cases.progress)
    codes = pl.DataFrame({"need_code": keys.code}).with_row_index("code")
    database.give("code", codes)
    number = dict(zip(codes["need_code"], codes["code"], strict=True))
    database.give("claim_kind", claims.kind_rows(framework, number))
    database.give(
        "framework_need", _headlines(framework).join(codes, on="need_code").select("code", "headline")
    )


def _headlines(framework: Framework) -> pl.DataFrame:
    return pl.DataFrame(
        [(need.code, headline.id) for headline in framework.headlines for need in headline.needs],
        schema={"need_code": pl.String, "headline": pl.String},
        orient="row",
    )


def _load(
    database: Database,
    coverage: pl.DataFrame,
    framework: Framework,
    keys: Keys,
    tree: tuple[Node, ...],
    payment: str,
) -> None:
    """The other tables that every rule and claim reads."""
    database.give("given_coverage", coverage)
    database.give("claim_price", claims.price_rows(framework, payment))
    database.give("claim_after", claims.after_rows(framework))
    number = {code: place for place, code in enumerate(keys.code)}
    _of_needs, of_claims = _rules(framework)
    database.give(
        "node",
        pl.DataFrame(
            [
                (
                    n.node,
                    n.parent,
                    n.position,
                    number[n.code],
                    n.code in of_claims,
                    _rule_number(tree, n.rule),
                )
                for n in tree
            ],
            schema={
                "node": pl.UInt16,
                "parent": pl.UInt16,
                "position": pl.Int32,
                "code": pl.UInt32,
                "is_claim": pl.Boolean,
                "rule": pl.Int32,
            },
            orient="row",
        ),
    )
    for statement in (
        tables.MEASURE_TYPE,
        tables.REASON_TYPE,
        tables.SOURCE_TYPE,
        tables.EPISODE,
        tables.MEMBER,
        tables.NEED_CASE,
        tables.REVIEW,
        tables.WAIVER,
        COVERED,
        tables.OUTCOME,
        tables.EVIDENCE,
        claims.CLAIM_CASE,
        claims.CASE_OF_CLAIM,
    ):
        database.run(statement)
    database.take_back("given_need")
    database.take_back("given_member")
    if not any(isinstance(n.rule, Judgement) and n.rule.needs for n in tree):
        database.take_back("known_review")


def _rule_number(tree: tuple[Node, ...], rule: Rule) -> int:
    """Needs under the same rule are judged by one query: the rule is numbered by its first place."""
    return next(node.node for node in tree if node.rule == rule)


def _leaves(tree: tuple[Node, ...]) -> list[Rule]:
    """Each rule that is no combination of others once; those that read the same extract next to each other."""
    rules = dict.fromkeys(node.rule for node in tree if not parts_of(node.rule))
    return sorted(rules, key=lambda rule: sorted(extracts_of(rule)))


def _judge(
    database: Database, records: Mapping[str, pl.DataFrame], rule: Rule, number: int, as_of: date
) -> None:
    """Judges every need under one rule that is no combination of others."""
    query = query_for(records, rule, as_of)
    for name, frame in query.frames.items():
        database.give(name, frame)
    database.run(tables.CONCERNED, rule=number)
    database.run(tables.LOOKED_AT)
    database.run(f"CREATE OR REPLACE TEMP TABLE leaf_result AS {query.result}", **query.parameters)
    database.run("CREATE OR REPLACE TEMP VIEW judged AS SELECT *, false AS waived FROM leaf_result")
    _keep(database, rule)
    database.run(f"INSERT INTO evidence {query.evidence}", **query.parameters)
    for name in query.frames:
        database.take_back(name)


def _combine(database: Database, node: Node) -> None:
    """Judges the needs under an all_of, any_of or count from what its parts came to."""
    match node.rule:
        case AllOf():
            query, at_least = ALL_OF, 0
        case AnyOf():
            query, at_least = ANY_OF, 0
        case Count(at_least=asked):
            query, at_least = COUNT, asked
        case _:
            raise ValueError("a rule that combines nothing is judged from records")
    database.run("DROP VIEW IF EXISTS judged")
    database.run(f"CREATE OR REPLACE TEMP TABLE combined AS {query}", node=node.node, at_least=at_least)
    database.run("CREATE OR REPLACE TEMP VIEW judged AS SELECT * FROM combined")
    _keep(database, node.rule)


def _keep(database: Database, rule: Rule) -> None:
    """Adds what has been `judged` to the outcomes, waived where the rule allows it."""
    database.run(tables.KEEP_OUTCOME)
    if rule.waiver:
        database.run(tables.WAIVED)
        database.run(tables.KEEP_WAIVED)
        database.run(tables.KEEP_WAIVER)
