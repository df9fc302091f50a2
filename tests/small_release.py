"""A release of a few made-up families, made without a run: what custody reads, and nothing that an extract could hold.

Under a contract of its own with two kinds of claim: one about a family's needs, one for each person who finds work.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from ledger import open_ledger
from outcomes import FRAMES, evaluate
from outcomes.digest import evidence_digests
from outcomes.reading import framework_from_text
from release.keys import make_key, read_key
from release.opening import create_protected
from release.places import Places
from release.pointer import COMPLETE, use
from release.schema import PROTECTED, VERSION
from release.version import code_version

AS_OF = date(2024, 10, 31)
NAME = "2024-10-31-001"
FRAMEWORK = "small-contract"
CONTRACT = """
id = "small-contract"
title = "A small contract"
publisher = "A council"
version = 3
valid_from = 2020-01-01
valid_to = 2030-12-31
source_url = "https://example.org/"
sustain_from = "outcome"
claimable_closures = ["outcomes_met"]
practice_tests = ["assessment", "plan", "lead_practitioner"]

[payment]
amount_gbp = 0
unit = "family"
mode = "by_results"
one_claim_per_family = false

[eligibility]
minimum = 1
count_by = "need"
requires = "nobody"

[audit]
share = 0.10
minimum = 4
tolerance = 0.05
enlarge_by = 0.10

[[claim]]
code = "needs_met"
label = "All needs met"
unit = "family"
about = "needs"
amount_gbp = 800
verified = false
confidence = "low"
source = "ours"

[[claim]]
code = "work"
label = "In work for four weeks"
unit = "person"
about = "rule"
amount_gbp = 300
verified = false
confidence = "low"
source = "ours"
[claim.rule]
kind = "spell"
extract = "employment_spell"
days = 28

[[window]]
id = "2024-25-Q2"
opens = 2024-07-01
closes = 2024-09-30

[[window]]
id = "2024-25-Q3"
opens = 2024-10-01
closes = 2024-12-31

[[headline]]
id = "3"
label = "Good early years development"

[[headline.need]]
code = "3.1"
text = "A child needs support"
subject = "child"
verified = false
confidence = "low"
outcome = "The child is supported"
outcome_confidence = "low"
source = "ours"
[headline.need.rule]
kind = "judgement"
months = 6
waiver = true

[[headline.need]]
code = "3.2"
text = "A child goes missing"
subject = "child"
verified = false
confidence = "low"
outcome = "No missing episode"
outcome_confidence = "low"
source = "ours"
[headline.need.rule]
kind = "all_of"
[[headline.need.rule.of]]
kind = "no_event"
extract = "missing_episode"
months = 6
[[headline.need.rule.of]]
kind = "judgement"
months = 6
"""


def token(*parts: object) -> str:
    """What stands for somebody or something: 24 hexadecimal digits."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def made(data: Path, *, families: int = 12, contract: str = CONTRACT, **facts: str) -> Places:
    """A data folder with one release of `families` families and an empty ledger. Of every third family somebody works;
    every fourth has a waived need, every fifth a row in quarantine. `facts`: others of the manifest than these."""
    places = Places(data)
    folder = places.releases / NAME
    folder.mkdir(parents=True)
    make_key(places.protected_key)
    tables = _tables(families, contract)
    told = {
        "release": NAME,
        "as_of": AS_OF.isoformat(),
        "authority": "Nowhere",
        "synthetic": "true",
        "payment": "by_results",
        "ledger_head": f"1 {'ab' * 32}",
        "code_version": code_version(),
        "frameworks": frameworks_fact(contract),
        **facts,
    }
    with closing(create_protected(folder / "protected.duckdb", read_key(places.protected_key))) as connection:
        for table in PROTECTED:
            connection.execute(table.create("protected"))
            if table.name in tables:
                connection.register("incoming", tables[table.name].select(table.names))
                connection.execute(f'INSERT INTO protected."{table.name}" SELECT * FROM incoming')
                connection.unregister("incoming")
        connection.execute("CHECKPOINT protected")
    (folder / COMPLETE).write_text(json.dumps({**told, "schema": VERSION}), encoding="utf-8")
    use(places, NAME)
    with closing(open_ledger(places)) as ledger:
        ledger.record("release_published", actor="test", role="pipelines", subject=NAME)
        ledger.claims.compare_evidence({}, frameworks=[FRAMEWORK], by="test", role="pipelines", release=NAME)
    return places


def frameworks_fact(contract: str, *, checked: bool = True) -> str:
    """What a manifest says of the framework that the release was evaluated under."""
    sha256 = hashlib.sha256(contract.encode()).hexdigest()
    return json.dumps([{"id": FRAMEWORK, "sha256": sha256, "checked": checked}])


def change(places: Places, statement: str, *values: object) -> None:
    """Change the protected file of the release by hand, as somebody with its key could."""
    file = places.releases / NAME / "protected.duckdb"
    with closing(create_protected(file, read_key(places.protected_key))) as connection:
        connection.execute(statement, list(values))
        connection.execute("CHECKPOINT protected")


def _tables(families: int, contract: str) -> dict[str, pl.DataFrame]:
    framework = framework_from_text("small.toml", contract)
    frames = _frames(families)
    found = evaluate(frames, framework, as_of=AS_OF, payment="by_results")
    unit = ["episode", "kind", "person"]
    claim = found.claim.with_columns(
        pl.lit(framework.id).alias("framework"),
        pl.lit(str(framework.version)).alias("framework_version"),
        pl.struct("episode", "kind", "person").map_elements(_slot, pl.String).alias("slot"),
        pl.struct("person", "kind", "episode").map_elements(_slot, pl.String).alias("fund_slot"),
        pl.lit("none").alias("step"),
        pl.lit(False).alias("evidence_changed"),
        pl.lit(False).alias("poor_match"),
        pl.when(pl.col("state") == "claimable").then(pl.lit("none")).otherwise("state").alias("obstacle"),
        pl.col("episode")
        .is_in([token("episode", n) for n in range(0, families, 5)])
        .cast(pl.Int64)
        .alias("rows_in_quarantine"),
        pl.lit(0, pl.Int64).alias("pairs_in_review"),
    )
    digests = evidence_digests(found.need, claim, found.claim_evidence)
    claim = claim.join(digests, on=unit, nulls_equal=True)
    named = pl.lit(framework.id).alias("framework")
    return {
        "episode": pl.DataFrame(
            {
                "episode": [token("episode", n) for n in range(families)],
                "family": [token("family", n) for n in range(families)],
                "team": ["North" if n % 2 else "South" for n in range(families)],
            }
        )
        .with_columns(
            pl.lit("x").alias(name)
            for name in (
                "locality",
                "ward",
                "referral_source",
                "start_month",
                "end_month",
                "closure_reason",
                "wait",
            )
        )
        .with_columns(pl.lit(2, pl.Int64).alias("members")),
        "claim": claim,
        "need": found.need.with_columns(
            named,
            pl.lit(token("worker")).alias("identified_by"),
            (pl.col("need_code") == "3.2").alias("poor_match"),
        ),
        "claim_evidence": found.claim_evidence.with_columns(named),
        **{f"rules_{name}": _as_kept(name, frames) for name in FRAMES},
        "framework_file": pl.DataFrame(
            {
                "framework": [framework.id],
                "framework_version": [str(framework.version)],
                "sha256": [hashlib.sha256(contract.encode()).hexdigest()],
                "text": [contract],
            }
        ),
    }


def _slot(unit: Mapping[str, Any]) -> str:
    return token("slot", *unit.values())


def _as_kept(name: str, frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """A frame with every column of its table; those that the families need not have are blank."""
    frame = frames.get(name, pl.DataFrame(schema=FRAMES[name]))
    (table,) = (table for table in PROTECTED if table.name == f"rules_{name}")
    return frame.with_columns(
        pl.lit(None, pl.String).alias(one) for one in table.names if one not in frame.columns
    )


def _frames(families: int) -> dict[str, pl.DataFrame]:
    """Each family has a child and a grown-up, and needs 3.1 (the family's) and 3.2 (the child's)."""
    began = date(2023, 9, 1)
    rows: dict[str, list[tuple[object, ...]]] = {name: [] for name in FRAMES}
    for n in range(families):
        episode, child, grown_up = token("episode", n), token("child", n), token("grown-up", n)
        rows["episode"].append(
            (episode, token("family", n), began, None, began, began + timedelta(n), True, None, False)
        )
        rows["episode_member"] += [(episode, child, True), (episode, grown_up, False)]
        for code, person in (("3.1", None), ("3.2", child)):
            met = date(2023, 12, 1) + timedelta(n)
            rows["need"].append((episode, person, code, began + timedelta(n), token("need", n, code)))
            state = "waived" if code == "3.1" and n % 4 == 0 else "met"
            rows["progress"].append((episode, person, code, met, state, True, token("progress", n, code)))
        rows["missing_episode"].append((child, date(2023, 11, 5), date(2023, 11, 6), token("missing", n)))
        if n % 3 == 0:
            rows["employment_spell"].append((grown_up, date(2024, 7, 1), None, token("work", n)))
    rows["coverage"] = [
        (extract, date(2020, 1, 1), AS_OF)
        for extract in ("missing_episode", "employment_spell", "progress", "need")
    ]
    return {name: pl.DataFrame(rows[name], schema=dict(FRAMES[name]), orient="row") for name in FRAMES}
