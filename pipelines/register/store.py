"""The register as a file of the vault: `register.sqlite`, never written where it lies.

A run writes a whole new register beside it, publishes its release, and puts the one in the place of the other. What a
run left that died in between is settled by the next: a register whose release was published comes into force, any other
is thrown away. So register and releases agree whenever anybody looks.
"""

import hashlib
import io
import json
import os
import shutil
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ledger import Event, Ledger
from pipelines.keys import Keys, rotation_journal
from pipelines.register.book import HOLDINGS, KEYS, Book
from pipelines.register.errors import RegisterDamagedError, RegisterOlderError
from pipelines.register.keep import RUNS, Kept, Register
from pipelines.swap import in_force
from release.errors import DataFolderError, KeyFileError
from release.places import Places
from release.pointer import COMPLETE, flush_folder, is_release_name, releases

FINGERPRINT = "master_key_fingerprint"
# The name of the register's digest in the manifest of a release.
DIGEST = "register_digest"
# What the manifest of the last release calls a register by that was re-keyed since.
_CALLED = "called"
_VERSION = "2"
_KINDS = ("person", "family")
# What comes of reading a file that has our tables and not our values.
_NOT_OURS = (AttributeError, KeyError, OverflowError, TypeError, ValueError)
_BACKUPS = 3
_AT_ONCE = 200_000
# How the file names what a hash is of. A number, once used, is never another's.
_FACETS = {
    "record_key": 1,
    "own": 2,
    "nhs_number": 3,
    "upn": 4,
    "nino": 5,
    "name_birth": 6,
    "name_place": 7,
    "birth_place": 8,
    "family_ref": 9,
    "member": 10,
}
# As KEYS and EVENTS, with the number of a key for the key.
_NUMBERED_KEYS = pl.Schema(
    {"id": pl.Int64, "key": pl.String, "born": pl.Int64, "into": pl.Int64, "absent_since": pl.Int64}
)
_NUMBERED_EVENTS = pl.Schema({"run": pl.Int64, "event": pl.String, "key": pl.Int64, "other": pl.Int64})
# As HOLDINGS, packed.
_PACKED = pl.Schema(
    {
        "facet": pl.UInt8,
        "token": pl.UInt64,
        "key": pl.UInt32,
        "since": pl.UInt32,
        "until": pl.UInt32,
        "over": pl.Boolean,
    }
)
_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE run (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE released_before (name TEXT PRIMARY KEY) STRICT;
"""
_BOOK = """
CREATE TABLE {kind}_key (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, born INTEGER NOT NULL REFERENCES run,
    merged_into INTEGER REFERENCES {kind}_key, absent_since INTEGER REFERENCES run
) STRICT;
CREATE TABLE {kind}_event (
    run INTEGER NOT NULL REFERENCES run, event TEXT NOT NULL, key INTEGER NOT NULL REFERENCES {kind}_key,
    other INTEGER REFERENCES {kind}_key
) STRICT;
"""
# Millions of hashes, which nobody reads one by one: the columns of _PACKED as one Arrow IPC file a book.
_HASHES = "CREATE TABLE hashes (kind TEXT PRIMARY KEY, packed BLOB NOT NULL) STRICT;"


@dataclass(frozen=True)
class Opened:
    """A register and its file; None where there was never one. `released_before`: releases older than the register.
    `digest`: what the manifest of its last release calls it by."""

    register: Register
    file: Path | None
    released_before: frozenset[str]
    digest: str = ""


def open_register(places: Places, keys: Keys, published: Collection[str], *, begun: bool) -> Opened:
    """The register that the next run goes on from.

    `published`: every release that ever was; `begun`: whether the ledger knows of a release that was made with a
    register. Raises RegisterDamagedError where the file is damaged, was changed, or is of a newer version,
    RegisterOlderError where it is missing or not the one of the last release, and KeyFileError where it was made with
    other keys. Nothing is written.
    """
    file = _in_force(places, published)
    if file is None:
        if begun or any(DIGEST in _manifest(places, name) for name in releases(places)):
            raise RegisterOlderError(
                f"The register of keys {register_file(places)} is missing. {_way_back(places)}"
            )
        return Opened(Register(), None, frozenset(published))
    opened = _read(places, file, keys)
    runs = set(opened.register.runs["name"])
    lost = set(published) - runs - opened.released_before
    if lost:
        raise RegisterOlderError(
            f"The register of keys {file} is older than the releases: it knows nothing of {len(lost)} of them "
            f"({max(lost)} among them). {_way_back(places)}"
        )
    if runs:
        last = opened.register.runs["name"][-1]
        told = _manifest(places, last).get(DIGEST)
        if told is not None and told != opened.digest:
            raise RegisterOlderError(
                f"The register of keys {file} is not the one that the release {last} was made with. "
                f"{_way_back(places)}"
            )
    return opened


def register_begun(ledger: Ledger) -> bool:
    """Whether the ledger knows of a release that was published since there is a register."""
    events = [entry.event for entry in ledger.entries()]
    begun = Event.REGISTER_BEGUN in events
    return begun and Event.RELEASE_PUBLISHED in events[events.index(Event.REGISTER_BEGUN) :]


def settle(places: Places, published: Collection[str]) -> None:
    """Finish what a run left that died: its register comes into force where its release was published, and is thrown
    away where it was not. Call it only while holding the lock of the data folder."""
    aside = _aside(places)
    for half in (*places.vault.glob("register*.part"), *_backups(places).glob("*.part")):
        half.unlink()
    if aside.exists():
        if _last_run(aside) in set(published):
            adopt(places)
        else:
            discard(places)


def prepare(places: Places, opened: Opened, kept: Kept, keys: Keys) -> str:
    """Write the register as the run leaves it, beside the one in force, and give its digest.

    Raises DataFolderError where it cannot be written.
    """
    half = _aside(places).with_name("register.part")
    digest = _make(places, half, _told(kept.register), opened.released_before, keys)
    try:
        half.replace(_aside(places))
        flush_folder(places.vault)
    except OSError as error:
        raise _unwritable(places, error) from None
    return digest


def write_rekeyed(places: Places, register: Register, opened: Opened, keys: Keys, file: Path) -> Opened:
    """Write `register`, which is that of `opened` under other keys, into `file`, and give it as it is read again.

    The release that was made with it goes on calling it what it does. Raises DataFolderError where it cannot be
    written.
    """
    _make(places, file, _told(register), opened.released_before, keys, called=opened.digest)
    return _read(places, file, keys)


def _make(
    places: Places, half: Path, told: "_Told", released_before: frozenset[str], keys: Keys, called: str = ""
) -> str:
    """Write a register into a file that nobody looks at yet, down to the disk, and give its digest."""
    content = _content(told)
    try:
        half.unlink(missing_ok=True)
        half.touch(mode=0o600)
        with closing(sqlite3.connect(half, isolation_level=None)) as connection:
            # Nobody else looks at it, and it is thrown away where anything goes wrong.
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("BEGIN")
            _write(connection, told)
            meta = {
                "version": _VERSION,
                FINGERPRINT: keys.lineage,
                "seal": _seal(told, content, released_before, called, keys),
                **({_CALLED: called} if called else {}),
            }
            connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
            before = [(name,) for name in sorted(released_before)]
            connection.executemany("INSERT INTO released_before VALUES (?)", before)
            connection.execute("COMMIT")
        _flush(half)
    except (OSError, sqlite3.OperationalError) as error:
        half.unlink(missing_ok=True)
        raise _unwritable(places, error) from None
    return _digest(content, keys)


def _unwritable(places: Places, error: Exception) -> DataFolderError:
    return DataFolderError(
        f"The register of keys cannot be written into {places.vault} ({type(error).__name__}). Is the disk full?"
    )


def adopt(places: Places) -> None:
    """Put the register that a run prepared into force, its release being published, and keep a copy of it."""
    aside = _aside(places)
    name = _last_run(aside)
    aside.replace(register_file(places))
    flush_folder(places.vault)
    # The release is out: want of room for a copy must not make it look as if it were not.
    with suppress(OSError):
        _copy(places, f"{name}.sqlite")


def _copy(places: Places, name: str) -> None:
    backups = _backups(places)
    backups.mkdir(mode=0o700, exist_ok=True)
    half = backups / f"{name}.part"
    half.touch(mode=0o600)
    with register_file(places).open("rb") as old, half.open("wb") as new:
        shutil.copyfileobj(old, new)
    half.replace(backups / name)
    for old_copy in _copies(places)[:-_BACKUPS]:
        old_copy.unlink()


def renew_copies(places: Places) -> None:
    """Keep a copy of a register that was re-keyed, and throw away those of before: their keys are gone."""
    name = _last_run(register_file(places))
    if name is not None:
        _copy(places, f"{name}.sqlite")
    for old_copy in _copies(places):
        if old_copy.stem != name:
            old_copy.unlink()


def discard(places: Places) -> None:
    """Throw away the register that a run prepared, its release being refused."""
    _aside(places).unlink(missing_ok=True)


def register_file(places: Places) -> Path:
    """Where the register lies."""
    return places.vault / "register.sqlite"


def _aside(places: Places) -> Path:
    return places.vault / "register.next.sqlite"


def _backups(places: Places) -> Path:
    return places.vault / "register-backups"


def _copies(places: Places) -> list[Path]:
    """The copies that are kept, oldest first."""
    found = [file for file in _backups(places).glob("*.sqlite") if is_release_name(file.stem)]
    return sorted(found, key=lambda file: int(file.stem[11:]))


def _in_force(places: Places, published: Collection[str]) -> Path | None:
    """The register that counts: the prepared one, where its release came out and the run died before the swap."""
    aside, file = _aside(places), in_force(rotation_journal(places), register_file(places))
    if aside.exists() and _last_run(aside) in set(published):
        return aside
    return file if file.exists() else None


def _last_run(file: Path) -> str | None:
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT name FROM run ORDER BY number DESC LIMIT 1").fetchone()
    except sqlite3.Error:
        return None
    return str(row[0]) if row else None


def _manifest(places: Places, name: str) -> dict[str, object]:
    """The manifest of a release; empty where it is not here or cannot be read (which others complain of)."""
    try:
        found = json.loads((places.releases / name / COMPLETE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _way_back(places: Places) -> str:
    copies = _copies(places)
    copy = f"the newest copy, {copies[-1]}," if copies else "the copy that you keep of the vault"
    file = register_file(places)
    return f"Put back {copy} as {file}; or, to begin anew, use another data folder. Nothing was changed."


@dataclass(frozen=True)
class _Told:
    """A register as its file has it: rows of runs; by kind of key, rows of keys and of events, and packed hashes."""

    runs: pl.DataFrame
    keys: Mapping[str, pl.DataFrame]
    events: Mapping[str, pl.DataFrame]
    hashes: Mapping[str, bytes]


def _told(register: Register) -> _Told:
    books = {"person": register.people, "family": register.families}
    keys, events, hashes = {}, {}, {}
    for kind, book in books.items():
        # The number of a key is its place: keys are only ever added.
        number = book.keys.select("key").with_row_index("number", 1).cast({"number": pl.Int64})
        keys[kind] = _numbered(book.keys, number, "into").select(
            pl.int_range(1, pl.len() + 1).alias("id"), "key", "born", "into", "absent_since"
        )
        events[kind] = _numbered(_numbered(book.events, number, "key"), number, "other")
        packed = book.holdings.select(
            pl.col("facet").replace_strict(_FACETS, return_dtype=pl.UInt8), *list(_PACKED)[1:]
        )
        file = io.BytesIO()
        packed.cast(_PACKED).rechunk().write_ipc(file)
        hashes[kind] = file.getvalue()
    return _Told(register.runs, keys, events, hashes)


def _numbered(frame: pl.DataFrame, number: pl.DataFrame, column: str) -> pl.DataFrame:
    named = frame.join(number.rename({"key": column}), on=column, how="left", maintain_order="left")
    return named.with_columns(pl.col("number").alias(column)).drop("number")


def _write(connection: sqlite3.Connection, told: _Told) -> None:
    for statement in (_TABLES + _BOOK.format(kind="person") + _BOOK.format(kind="family") + _HASHES).split(
        ";"
    ):
        connection.execute(statement)
    connection.executemany("INSERT INTO run VALUES (?, ?)", told.runs.iter_rows())
    for kind in _KINDS:
        connection.executemany(f"INSERT INTO {kind}_key VALUES (?, ?, ?, ?, ?)", told.keys[kind].iter_rows())  # noqa: S608
        connection.executemany(f"INSERT INTO {kind}_event VALUES (?, ?, ?, ?)", told.events[kind].iter_rows())  # noqa: S608
        connection.execute("INSERT INTO hashes VALUES (?, ?)", (kind, told.hashes[kind]))


def _read(places: Places, file: Path, keys: Keys) -> Opened:
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            meta = dict(connection.execute("SELECT name, value FROM meta"))
            if meta.get("version", "").isdecimal() and int(meta["version"]) > int(_VERSION):
                raise RegisterDamagedError(
                    f"The register of keys {file} was made by a newer version of this program. Use that version. "
                    "Nothing was changed."
                )
            if meta.get(FINGERPRINT) not in (None, keys.lineage):
                raise KeyFileError(
                    f"The register of keys {file} was made with another master key than {places.master_key}, or with "
                    f"other earlier ones than are in {places.earlier_keys}. "
                    "Put back the copy that you keep of the key; or, to begin anew, use another data folder."
                )
            before = frozenset(row[0] for row in connection.execute("SELECT name FROM released_before"))
            told = _told_by(connection)
        # Nothing of it is unpacked before it is known to be as it was written.
        content = _content(told)
        called = meta.get(_CALLED, "")
        seal = _seal(told, content, before, called, keys)
        sound = meta.get("version") == _VERSION and meta.get("seal") == seal
    except (sqlite3.Error, pl.exceptions.PolarsError, *_NOT_OURS):
        sound = False
    if not sound:
        raise RegisterDamagedError(
            f"The register of keys {file} is damaged, or was changed by something else. {_way_back(places)}"
        )
    register = Register(told.runs, _book(told, "person"), _book(told, "family"))
    return Opened(register, file, before, called or _digest(content, keys))


def _told_by(connection: sqlite3.Connection) -> _Told:
    return _Told(
        _frame(connection, "SELECT number, name FROM run ORDER BY number", RUNS),
        {
            kind: _frame(
                connection,
                f"SELECT id, key, born, merged_into, absent_since FROM {kind}_key ORDER BY id",  # noqa: S608
                _NUMBERED_KEYS,
            )
            for kind in _KINDS
        },
        {
            kind: _frame(
                connection,
                f"SELECT run, event, key, other FROM {kind}_event ORDER BY rowid",  # noqa: S608
                _NUMBERED_EVENTS,
            )
            for kind in _KINDS
        },
        dict(connection.execute("SELECT kind, packed FROM hashes")),
    )


def _book(told: _Told, kind: str) -> Book:
    keys = told.keys[kind]
    named = keys.select("id", name="key")

    def with_key(frame: pl.DataFrame, column: str) -> pl.DataFrame:
        joined = frame.join(named, left_on=column, right_on="id", how="left", maintain_order="left")
        return joined.with_columns(pl.col("name").alias(column)).drop("name")

    packed = pl.read_ipc(told.hashes[kind])
    holdings = packed.with_columns(
        pl.col("facet").replace_strict(
            {number: facet for facet, number in _FACETS.items()}, return_dtype=pl.String
        ),
        pl.int_range(1, pl.len() + 1).alias("id"),
    )
    return Book(
        with_key(keys, "into").select(list(KEYS)),
        holdings.select(list(HOLDINGS)).cast(HOLDINGS),
        with_key(with_key(told.events[kind], "key"), "other"),
    )


def _frame(connection: sqlite3.Connection, query: str, schema: pl.Schema) -> pl.DataFrame:
    cursor = connection.execute(query)
    parts = [schema.to_frame()]
    while rows := cursor.fetchmany(_AT_ONCE):
        columns = zip(schema.items(), zip(*rows, strict=True), strict=True)
        parts.append(
            pl.DataFrame([pl.Series(name, values, dtype=type_) for (name, type_), values in columns])
        )
    return pl.concat(parts)


def _content(told: _Told) -> bytes:
    """SHA-256 over all but the runs, in a form that can be read one way only."""
    digest = hashlib.sha256()
    for kind in _KINDS:
        for frame in (told.keys[kind], told.events[kind]):
            digest.update(f"{frame.height} rows\n".encode())
            cells = [pl.col(name).cast(pl.String).fill_null("-") for name in frame.columns]
            lines = frame.select(pl.concat_str(cells, separator="|").str.join("\n")).item()
            digest.update(lines.encode())
        digest.update(f"{len(told.hashes[kind])} bytes\n".encode())
        digest.update(told.hashes[kind])
    return digest.digest()


def _digest(content: bytes, keys: Keys) -> str:
    """A keyed digest of all that is in the register but the runs: it changes when a key or a hash does."""
    return keys.digest(b"register" + content)


def _seal(told: _Told, content: bytes, released_before: Iterable[str], called: str, keys: Keys) -> str:
    """Proves that all of the file is as it was written, by whoever has the keys."""
    names = json.dumps([_VERSION, sorted(released_before), told.runs.rows(), *([called] if called else [])])
    return keys.digest(b"seal" + content + names.encode())


def _flush(file: Path) -> None:
    with file.open("rb") as handle:
        if os.name == "posix":
            os.fsync(handle.fileno())
