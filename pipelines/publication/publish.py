"""Writing a release aside, checking it as it was written, and making it current in one step."""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import polars as pl

from pipelines.keys import Keys
from pipelines.leaks import Searcher
from pipelines.publication import checks
from pipelines.publication.content import CHECKS, Content
from release.digest import digests
from release.opening import ANSWERS, PROTECTED, create_answers, create_protected
from release.places import Places
from release.pointer import COMPLETE, flush_folder, use
from release.schema import ANSWERS as ANSWER_TABLES
from release.schema import PROTECTED as PROTECTED_TABLES
from release.schema import VERSION, Table

_ASIDE = ".making-"


def publish(
    content: Content, searcher: Searcher, places: Places, keys: Keys, *, name: str, log: Path
) -> None:
    """Publish a release as `name`. Raises LeakError where a check refuses it: then nothing has changed.

    The release is written into a folder that no reader looks at, read back and checked there, flushed to the disk,
    renamed, and only then pointed at. A run that dies leaves at most a folder that the next run sweeps away.
    """
    places.releases.mkdir(parents=True, exist_ok=True)
    aside = places.releases / f"{_ASIDE}{name}"
    aside.mkdir(mode=0o750)
    try:
        manifest = _write(content, searcher, aside, name, keys)
        (aside / COMPLETE).write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        checks.check_bytes({file.name: file for file in sorted(aside.iterdir())}, searcher)
        checks.check_log(log.read_text(encoding="utf-8"), searcher)
        _close_and_flush(aside)
        aside.rename(places.releases / name)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    use(places, name)


def sweep(places: Places) -> None:
    """Take away what a run that died left half written. Call it only while holding the lock of the data folder."""
    if places.releases.is_dir():
        for folder in places.releases.iterdir():
            if folder.name.startswith(_ASIDE):
                shutil.rmtree(folder)


def _write(content: Content, searcher: Searcher, aside: Path, name: str, keys: Keys) -> dict[str, object]:
    facts = {"release": name, **content.facts}
    examined = sum(
        frame.height * frame.width for frame in (*content.protected.values(), *content.answers.values())
    )
    columns = sum(len(table.columns) for table in (*PROTECTED_TABLES, *ANSWER_TABLES))
    shared = {
        "privacy_check": _check_rows(content, examined, columns),
        "manifest": _facts(facts, content.inputs),
    }
    with create_protected(aside / PROTECTED, keys.protected) as connection:
        protected = _fill(
            connection, "protected", PROTECTED_TABLES, {**content.protected, **shared}, content, searcher
        )
    with create_answers(aside / ANSWERS) as connection:
        answers = _fill(
            connection, "answers", ANSWER_TABLES, {**content.answers, **shared}, content, searcher
        )
        checks.check_thresholds(connection, content)
    inputs = content.inputs.to_dicts()
    # Keyed: the plain digest of a table of few counts would confirm a guess at them.
    tables = {
        "protected": {table: keys.digest(digest.encode()) for table, digest in protected.items()},
        "answers": answers,
    }
    return {
        **facts,
        "schema": VERSION,
        "inputs": inputs,
        "tables": tables,
        "linkage_model": dict(content.model),
    }


def _fill(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    tables: Sequence[Table],
    frames: Mapping[str, pl.DataFrame],
    content: Content,
    searcher: Searcher,
) -> dict[str, str]:
    """Write the tables, read them back, check them, and give their digests."""
    for table in tables:
        connection.execute(table.create(schema))
        connection.register("incoming", frames[table.name].select(table.names))
        connection.execute(f'INSERT INTO {schema}."{table.name}" SELECT * FROM incoming')  # noqa: S608
        connection.unregister("incoming")
    connection.execute(f"CHECKPOINT {schema}")
    checks.check_schema(connection, schema, tables)
    checks.check_values(connection, schema, tables, content, searcher)
    return digests(connection, schema, tables)


def _check_rows(content: Content, examined: int, columns: int) -> pl.DataFrame:
    """The table `privacy_check`. It says "passed" throughout: a release of which that is not true is not published."""
    counts = {
        "schema": columns,
        "closed_lists": len(content.codes),
        "thresholds": content.answers["answer"].height,
        "identities_in_values": round(examined, -3),  # how many rows there are is nobody's business
        "identities_in_bytes": 3,
        "identities_in_log": 1,
    }
    return pl.DataFrame(
        [(name, meaning, counts[name], "passed") for name, meaning in CHECKS.items()],
        schema=["name", "meaning", "examined", "result"],
        orient="row",
    )


def _facts(facts: Mapping[str, str], inputs: pl.DataFrame) -> pl.DataFrame:
    rows = [
        *facts.items(),
        *((f"input {row[0]}", row[1]) for row in inputs.select("contract", "digest").iter_rows()),
    ]
    return pl.DataFrame(rows, schema=["name", "value"], orient="row")


def _close_and_flush(folder: Path) -> None:
    for file in folder.iterdir():
        file.chmod(0o600 if file.name == PROTECTED else 0o640)
        with file.open("rb") as handle:
            if os.name == "posix":
                os.fsync(handle.fileno())
    flush_folder(folder)
