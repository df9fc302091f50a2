"""Nonsense identities in every column of every contract, of every type: none comes out again, whichever way DuckDB
compresses its pages."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from evidence.questions import Question
from evidence.store import Store
from release.keys import read_key
from release.opening import create_answers, create_protected, in_memory, open_answers, open_protected
from release.places import Places
from release.pointer import COMPLETE
from tests.attacks.canaries import LONG_AGO, MARK, MARKED, everything_said, plant
from tests.attacks.conftest import TABLES
from tests.conftest import pipelines
from tests.fakes import visitor

pytestmark = pytest.mark.proof

# Those for numbers with decimals are left out: a release holds none.
COMPRESSIONS = ("uncompressed", "rle", "dictionary", "bitpacking", "fsst", "dict_fsst", "zstd", "roaring")
_NEWER = ("dict_fsst", "zstd", "roaring")
# The functions of the packages are called like these modules.
publishing = import_module("pipelines.publication.publish")
running = import_module("pipelines.running.run")
NEVER_THERE = str(LONG_AGO)


@dataclass(frozen=True)
class Marked:
    """A run over marked extracts, and how it called the publication of its release."""

    places: Places
    secrets: frozenset[str]
    asked: tuple[tuple[Any, ...], dict[str, Any]]


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Marked]:
    folder = tmp_path_factory.mktemp("marked")
    assert pipelines("demo", "--to", folder / "council", "--families", "60", "--seed", "11").code == 0
    secrets = plant(folder / "council", folder / "extracts")
    asked: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def publish(*arguments: Any, **named: Any) -> None:
        asked.append((arguments, named))
        publishing.publish(*arguments, **named)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(running, "publish", publish)
        running.run(folder / "extracts", Places(folder / "data"))
    yield Marked(Places(folder / "data"), frozenset(secrets), asked[0])


def read(places: Places) -> dict[tuple[str, str], pl.DataFrame]:
    """Every table of both files."""
    with (
        open_protected(places, "current", read_key(places.protected_key)) as protected,
        open_answers(places) as answers,
    ):
        return {
            (file, table.name): connection.execute(f'SELECT * FROM {file}."{table.name}"').pl()
            for file, connection in (("protected", protected), ("answers", answers))
            for table in TABLES[file]
        }


def told(places: Places, secrets: frozenset[str]) -> list[str]:
    """Where a mark, a number or a day of birth stands in the values of a release."""
    return [
        place
        for place, value in everything_said(read(places))
        if MARKED.search(value) or value in secrets or NEVER_THERE in value
    ]


def shown_bytes(places: Places) -> list[str]:
    """The files around a release in whose bytes a mark stands."""
    files = [*places.releases.rglob("*"), *places.logs.iterdir(), places.ledger]
    return [
        file.name for file in files if file.is_file() and MARKED.search(file.read_bytes().decode("latin-1"))
    ]


def test_no_canary_is_in_a_release_its_log_or_the_ledger(marked: Marked) -> None:
    assert len(marked.secrets) > 300
    assert not told(marked.places, marked.secrets)
    assert not shown_bytes(marked.places)


def test_no_canary_is_in_anything_the_app_answers(marked: Marked) -> None:
    opened = Store(marked.places).current()
    assert opened is not None
    evidence = opened.seen_by(visitor("manager"))
    # A dimension that is asked with others alone is asked with the first of them.
    asked = evidence.catalogue.dimensions
    answers = [
        evidence.ask(Question(name, by)).frame
        for name, measure in evidence.catalogue.measures.items()
        for by in ((), *((one, *sorted(asked[one].with_one_of)[:1]) for one in measure.dimensions))
    ]
    answers += [
        evidence.collected(),
        evidence.attacks(),
        evidence.questions(),
        evidence.privacy_checks(),
        evidence.data_quality(),
        evidence.linkage_quality(),
    ]
    said = "\n".join(frame.select(pl.all().cast(pl.String)).write_csv() for frame in answers)
    assert len(answers) > 50
    assert not MARKED.search(said)
    assert not MARKED.search(json.dumps(dict(evidence.contents.manifest)))


def used_in(file: Path) -> set[str]:
    """The compressions that pages of a file have."""
    with duckdb.connect(str(file), read_only=True) as answers:
        tables = [table.name for table in TABLES["answers"]]
        queries = [
            f"SELECT DISTINCT lower(compression) FROM pragma_storage_info('{table}')" for table in tables
        ]
        return {name for query in queries for (name,) in answers.execute(query).fetchall()}


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_nor_whichever_way_pages_are_compressed(
    marked: Marked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compression: str
) -> None:
    def forced() -> duckdb.DuckDBPyConnection:
        connection = in_memory()
        if compression in _NEWER:
            connection.execute("SET storage_compatibility_version = 'latest'")
        connection.execute(f"SET force_compression = '{compression}'")
        return connection

    monkeypatch.setattr("release.opening.in_memory", forced)
    places = Places(tmp_path / "data")
    shutil.copytree(marked.places.protected_key.parent, places.protected_key.parent)
    shutil.copytree(marked.places.logs, places.logs)
    (content, searcher, _places, keys), named = marked.asked
    publishing.publish(content, searcher, places, keys, **named)
    assert compression in used_in(places.releases / named["name"] / "answers.duckdb")
    assert not told(places, marked.secrets)
    assert [file.name for file in places.releases.rglob(COMPLETE)] == [COMPLETE]
    files = [file for file in places.releases.rglob("*") if file.is_file()]
    assert not [file.name for file in files if MARK.encode() in file.read_bytes().lower()]


def test_a_canary_that_got_through_would_be_seen(marked: Marked, tmp_path: Path) -> None:
    """The search of these tests finds a mark, a number and a day of birth that are there."""
    places = Places(tmp_path / "data")
    for part in ("releases", "protected", "ledger", "identified/logs"):
        shutil.copytree(marked.places.data / part, places.data / part)
    (name,) = (folder.name for folder in places.releases.iterdir() if folder.is_dir())
    with create_answers(places.releases / name / "answers.duckdb") as answers:
        answers.execute(f"UPDATE answers.question SET question = 'a {MARK.upper()}' WHERE rowid = 0")
    protected_file = places.releases / name / "protected.duckdb"
    with create_protected(protected_file, read_key(places.protected_key)) as protected:
        protected.execute(f"UPDATE protected.need SET identified_on = DATE '{LONG_AGO}' WHERE rowid = 0")
        secret = min(marked.secrets)
        protected.execute("UPDATE protected.manifest SET value = ? WHERE name = 'payment'", [secret])
    assert set(told(places, marked.secrets)) == {
        "answers.question.question",
        "protected.need.identified_on",
        "protected.manifest.value",
    }
    with next(places.logs.iterdir()).open("a", encoding="utf-8") as log:
        log.write(f"{MARK.title()}\n")
    assert next(places.logs.iterdir()).name in shown_bytes(places)
