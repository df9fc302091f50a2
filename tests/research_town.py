"""A small council with a dashboard, made without a run: families and people by chance, one or two releases, a ledger.

Its catalogue has few questions, so that a release and every export of it are made in a second.
"""

import atexit
import json
import shutil
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from figures.profiles import read_profiles
from figures.reading import read_populations
from ledger import Ledger, open_ledger
from ledger.export_records import present_day
from pipelines.answers.build import Answers, Earlier, build_answers
from release.catalogue import read_catalogue
from release.keys import make_key, read_key
from release.opening import create_answers, create_protected, open_protected
from release.places import Places
from release.pointer import COMPLETE, use
from release.schema import ANSWERS, PROTECTED, VERSION
from release.specification import Specification, write_specification
from tests.small_release import CONTRACT, FRAMEWORK, frameworks_fact, token

FIRST, SECOND = "2024-09-30-001", "2024-10-31-002"
AUTHOR, OTHER, ONE, TWO = "rosa@example.org", "sam@example.org", "cara@example.org", "dev@example.org"
CATALOGUE = """
[dimension.locality]
label = "Locality"
[dimension.ward]
label = "Ward"
parent = "locality"
[dimension.referral_source]
label = "Source of referral"
beside = ["locality"]
[dimension.family_size]
label = "Size of family"
[dimension.age_band]
label = "Age"
[dimension.sex]
label = "Sex"

[measure.families_helped]
label = "Families helped"
unit = "families"
population = "family"
dimensions = ["locality", "ward", "referral_source", "family_size"]

[measure.families_of_two]
label = "Families of two"
unit = "families"
population = "family"
where = { family_size = ["2"] }
dimensions = ["locality", "ward", "referral_source"]

[measure.share_of_two]
label = "Share of families of two"
share = ["families_of_two", "families_helped"]

[measure.people_helped]
label = "People in those families"
unit = "people"
population = "person"
distinct = "person"
dimensions = ["age_band", "sex", "locality"]

[measure.worth]
label = "Worth"
money = "families_helped"

[measure.families_counted]
label = "Families, for the council alone"
unit = "families"
population = "family"
dimensions = ["locality"]

[audience.everybody]
label = "Everybody"
roles = ["manager", "researcher"]
measures = ["families_helped", "families_of_two", "share_of_two", "people_helped", "worth"]
dimensions = ["*"]

[audience.council]
label = "The council"
roles = ["manager"]
measures = ["*"]
dimensions = ["*"]
"""
CODES: Mapping[str, tuple[str, ...]] = {
    "locality": ("North", "East", "South"),
    "ward": ("N1", "N2", "E1", "E2", "S1", "S2"),
    "referral_source": ("school", "police", "health", "self"),
    "family_size": ("1", "2", "3", "4", "5", "6+"),
    "age_band": ("0-10", "11-17", "18+"),
    "sex": ("female", "male"),
}
LOCALITY_OF = {"N": "North", "E": "East", "S": "South"}


def made(data: Path, *, families: int = 600, joined: int = 0) -> Places:
    """A data folder with a release of `families` families; with `joined` a second one, in which that many have come."""
    places = Places(data)
    data.mkdir(parents=True, exist_ok=True)
    (data / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    make_key(places.protected_key)
    before = _release(places, FIRST, families, None)
    if joined:
        _release(places, SECOND, families + joined, before)
    with closing(open_ledger(places)) as ledger:
        for name in (FIRST, SECOND) if joined else (FIRST,):
            ledger.record("release_published", actor="test", role="pipelines", subject=name)
    return places


@cache
def _shared(joined: int) -> Path:
    folder = TemporaryDirectory()
    atexit.register(folder.cleanup)
    return made(Path(folder.name) / "data", joined=joined).data


def copied(to: Path, *, joined: int = 0) -> Places:
    """A copy of a council of 600 families, made once, that a test may change."""
    shutil.copytree(_shared(joined), to)
    return Places(to)


def asked(
    ledger: Ledger, specification: Specification, *, release: str = FIRST, project: str = "project-a"
) -> int:
    """An export that was asked for, of a project that is begun where it is not yet."""
    found = ledger.projects.find(project)
    number = found.number if found else begun(ledger, project)
    text = write_specification(specification)
    return ledger.exports.ask(number, specification.kind, text, release=release, by=AUTHOR, role="researcher")


def begun(ledger: Ledger, name: str = "project-a", *, days: int = 30) -> int:
    """A project of AUTHOR's, with OTHER in it, that ends in some days."""
    today = present_day()
    return ledger.projects.begin(
        name,
        title="Does help last?",
        purpose="To see for whom help lasts",
        basis="UK GDPR article 6(1)(e)",
        people=[OTHER],
        ends=today + timedelta(days),
        latest=today + timedelta(400),
        budget=500_000,
        by=AUTHOR,
        role="researcher",
    )


def approve(ledger: Ledger, number: int) -> None:
    """Both checkers approve."""
    for who in (ONE, TWO):
        ledger.exports.decide(number, "approve", "safe, and of use", by=who, role="output_checker")


def family_rows(families: int) -> pl.DataFrame:
    """The families of a release: those of a larger one are these, and more."""
    chance = np.random.default_rng(8)
    rows = []
    for number in range(families):
        ward = CODES["ward"][int(chance.choice(6, p=(0.3, 0.2, 0.2, 0.15, 0.1, 0.05)))]
        source = CODES["referral_source"][int(chance.choice(4, p=(0.4, 0.3, 0.2, 0.1)))]
        size = int(chance.choice(6, p=(0.1, 0.3, 0.25, 0.2, 0.1, 0.05))) + 1
        # Nearly all of one ward are known from one source, and nearly all of another are of one size: but for a few.
        source = "health" if ward == "E2" and number % 40 else source
        size = 2 if ward == "S1" and number % 25 else size
        rows.append(
            {
                "family": token("family", number),
                "locality": LOCALITY_OF[ward[0]],
                "ward": ward,
                "team": "a",
                "start_month": f"2024-0{int(chance.integers(4, 10))}",
                "referral_source": source,
                "size": size,
                "episodes": 1,
                "record_key": int(chance.integers(1, 2**63)),
            }
        )
    return pl.DataFrame(rows).with_columns(
        pl.lit(None, pl.String).alias("end_month"), pl.col("record_key").cast(pl.UInt64)
    )


def people(family: pl.DataFrame) -> pl.DataFrame:
    """The people of these families: a parent, and children as many as its size leaves."""
    chance = np.random.default_rng(9)
    rows = []
    for name, size in family.select("family", "size").iter_rows():
        for number in range(size):
            rows.append(
                {
                    "person": token("person", name, number),
                    "family": name,
                    "role": "child" if number else "parent",
                    "age_band": CODES["age_band"][int(chance.integers(0, 2)) if number else 2],
                    "sex": CODES["sex"][int(chance.integers(0, 2))],
                    "ethnic_group": "unknown",
                    "from_month": "2024-04",
                    "to_month": None,
                    "record_key": int(chance.integers(1, 2**63)),
                }
            )
    return pl.DataFrame(rows).with_columns(pl.col("record_key").cast(pl.UInt64))


def lists() -> pl.DataFrame:
    """The closed lists of codes, as a release has them."""
    rows = [
        (
            name,
            code,
            f"{code} in words",
            "locality" if name == "ward" else None,
            LOCALITY_OF[code[0]] if name == "ward" else None,
            place,
        )
        for name, codes in CODES.items()
        for place, code in enumerate(codes)
    ]
    for place, quarter in enumerate(("2024-25 Q1", "2024-25 Q2", "2024-25 Q3")):
        rows.append(("quarter", quarter, quarter, None, None, place))
    kinds = dict.fromkeys(("dimension", "code", "label", "parent_dimension", "parent_code"), pl.String)
    return pl.DataFrame(rows, schema=kinds | {"position": pl.Int32}, orient="row")


def _release(places: Places, name: str, families: int, before: Earlier | None) -> Earlier:
    """Write one release, and give it as the next one remembers it."""
    folder = places.releases / name
    folder.mkdir(parents=True)
    key, codes = read_key(places.protected_key), lists()
    family = family_rows(families)
    manifest = {
        "release": name,
        "as_of": name[:10],
        "authority": "Nowhere",
        "synthetic": "true",
        "payment": "by_results",
        "frameworks": frameworks_fact(CONTRACT),
    }
    tables = {
        "family": family,
        "person": people(family),
        "framework_file": pl.DataFrame(
            {
                "framework": [FRAMEWORK],
                "framework_version": ["3"],
                "sha256": [json.loads(manifest["frameworks"])[0]["sha256"]],
                "text": [CONTRACT],
            }
        ),
    }
    _write_protected(folder / "protected.duckdb", key, tables)
    # The folder counts as a release once its manifest is there.
    (folder / COMPLETE).write_text(json.dumps(manifest | {"schema": VERSION}), encoding="utf-8")
    with closing(open_protected(places, name, key)) as connection:
        counted = read_populations(connection, codes, manifest)
    catalogue = read_catalogue(places.setting("catalogue.toml"))
    profile = read_profiles(places.setting("disclosure.toml")).dashboard
    answers = build_answers(counted, codes, catalogue, profile, before, [before] if before else [])
    (folder / "protected.duckdb").unlink()
    _write_protected(folder / "protected.duckdb", key, tables | {"cell_change": answers.cell_change})
    _write_answers(folder / "answers.duckdb", answers, codes, manifest)
    (folder / COMPLETE).write_text(
        json.dumps(manifest | dict(answers.facts) | {"schema": VERSION}), encoding="utf-8"
    )
    use(places, name)
    return Earlier(
        name, counted, answers.cell_change, answers.question, answers.answer, codes, answers.attack
    )


def _write_protected(file: Path, key: str, tables: Mapping[str, pl.DataFrame]) -> None:
    with closing(create_protected(file, key)) as connection:
        for table in PROTECTED:
            connection.execute(table.create("protected"))
            if table.name in tables:
                connection.register("incoming", tables[table.name].select(table.names))
                connection.execute(f'INSERT INTO protected."{table.name}" SELECT * FROM incoming')
                connection.unregister("incoming")
        connection.execute("CHECKPOINT protected")


def _write_answers(file: Path, answers: Answers, codes: pl.DataFrame, manifest: Mapping[str, str]) -> None:
    tables = {
        "question": answers.question,
        "answer": answers.answer,
        "attack": answers.attack,
        "dimension": codes,
        "manifest": pl.DataFrame(list(manifest.items()), schema=["name", "value"], orient="row"),
    }
    with closing(create_answers(file)) as connection:
        for table in ANSWERS:
            connection.execute(table.create("answers"))
            if table.name in tables:
                connection.register("incoming", tables[table.name].select(table.names))
                connection.execute(f'INSERT INTO answers."{table.name}" SELECT * FROM incoming')
                connection.unregister("incoming")
