"""Writing a release aside, checking it as it was written, and making it current in one step."""

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb
import polars as pl

from pipelines.keys import Keys
from pipelines.leaks import LeakError, Searcher
from pipelines.publication import checks
from pipelines.publication.checks import Fault, FileCheck
from pipelines.publication.content import CHECKS, Check, Content
from pipelines.publication.uniqueness import Limits, Measured, measure, measure_rows
from release.digest import digests
from release.opening import ANSWERS, PROTECTED, create_answers, create_protected
from release.places import Places
from release.pointer import COMPLETE, flush_folder, use
from release.schema import ANSWERS as ANSWER_TABLES
from release.schema import PRIVACY_CHECK, VERSION, Table
from release.schema import PROTECTED as PROTECTED_TABLES

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
        (aside / COMPLETE).write_text(checks.written_manifest(manifest), encoding="utf-8")
        files = {file.name: file for file in sorted(aside.iterdir())}
        _refuse(checks.bytes_faults(files, content.lists, searcher))
        _refuse(checks.log_faults(log.read_text(encoding="utf-8"), searcher))
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


def uniqueness_faults(measured: Iterable[Measured], limits: Limits) -> list[Fault]:
    """The measures of which more is counted than the limits let be."""
    return [
        Fault(
            Check.UNIQUENESS,
            f"{PROTECTED}, table {'family' if one.name.startswith('families') else 'person'}",
            f"{one.name} is over the {limits[one.name]} per cent that data/disclosure.toml allows",
        )
        for one in measured
        if one.is_over(limits)
    ]


def _refuse(faults: Iterable[Fault]) -> None:
    """Raises LeakError with the first fault."""
    for fault in faults:
        raise LeakError(
            f"Refused by the check {fault.check}: {fault.where}: {fault.words}. "
            "Nothing was published; the release before stays current."
        )


def _write(content: Content, searcher: Searcher, aside: Path, name: str, keys: Keys) -> dict[str, object]:
    facts = {"release": name, **content.facts}
    measured = measure(content.protected)
    _refuse(uniqueness_faults(measured, content.limits))
    _refuse(checks.place_faults(content.lists))
    shared = {
        "privacy_check": _check_rows(content, measured),
        "manifest": _facts(facts, content.inputs),
    }
    with create_protected(aside / PROTECTED, keys.protected) as connection:
        frames = {**content.protected, **shared}
        protected = _fill(connection, "protected", PROTECTED_TABLES, frames, content, searcher)
    with create_answers(aside / ANSWERS) as connection:
        frames = {**content.answers, **shared}
        answers = _fill(connection, "answers", ANSWER_TABLES, frames, content, searcher)
        _refuse(checks.threshold_faults(connection, content.profile, content.rows, content.answers["answer"]))
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
    _refuse(FileCheck(connection, schema, tables, content.lists, searcher).faults())
    return digests(connection, schema, tables)


def _check_rows(content: Content, measured: Sequence[Measured]) -> pl.DataFrame:
    """The table `privacy_check`. No row says "failed": a release of which that is true is not published."""
    values = sum(
        frame.height * frame.width for frame in (*content.protected.values(), *content.answers.values())
    )
    columns = sum(len(table.columns) for table in (*PROTECTED_TABLES, *ANSWER_TABLES))
    values = round(values, -3)  # how many rows there are is nobody's business
    counts: dict[str, int] = {
        Check.SCHEMA: columns,
        Check.CLOSED_LISTS: len(content.lists.codes),
        Check.FORMS: columns,
        Check.THRESHOLDS: content.answers["answer"].height,
        Check.IDENTITIES_IN_VALUES: values,
        Check.IDENTITIES_IN_BYTES: 3,
        Check.IDENTITIES_IN_LOG: 1,
        Check.NUMBERS: values,
        Check.PATTERNS: values,
    }
    checked = pl.DataFrame(
        [(name, meaning, counts[name]) for name, meaning in CHECKS.items()],
        schema={"name": pl.String, "meaning": pl.String, "examined": pl.Int64},
        orient="row",
    ).with_columns(figure_symbol=pl.lit("z"), result=pl.lit("passed"))
    measures = measure_rows(measured, content.limits, content.rows)
    return pl.concat([checked, measures], how="diagonal").select(PRIVACY_CHECK.names)


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
