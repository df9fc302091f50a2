"""Opens the ledger: a SQLite file of the data folder, or a PostgreSQL database that the council names."""

import contextlib
import os
from pathlib import Path
from typing import Any, Final

import sqlalchemy
from sqlalchemy import exc

from ledger import guards, tables
from ledger.errors import LedgerError
from ledger.store import Store, begin, keep_writers_out
from release.errors import SettingsError
from release.places import Places
from release.settings_file import read_settings_file

# Says where the ledger is, above the file of settings.
VARIABLE: Final = "OUTCOME_LENS_LEDGER"
SETTINGS: Final = "ledger.toml"
_DRIVER: Final = "postgresql+psycopg"
# Two writers wait for each other this long, in seconds, before one gives up.
_PATIENCE = 30
_TO_CONNECT = 10


def data_folder_of(where: Path | Places) -> Places | None:
    """The data folder whose ledger `where` is, or None: a file of its own."""
    if isinstance(where, Places):
        return where
    places = Places(where.parent.parent)
    return places if places.ledger == where else None


def open_store(where: Path | Places) -> Store:
    """The database of the ledger, made where there is none yet; one of an earlier version gains what is new.

    Raises LedgerError where it cannot be opened, SettingsError where its address is not understood.
    """
    address = address_of(where)
    file = Path(address.database or "") if address.drivername == "sqlite" else None
    engine = _engine(address)
    try:
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o770)
        _set_up(engine)
        if file is not None:
            _close_to_others(file)
    except (OSError, exc.SQLAlchemyError, UnicodeError) as error:
        engine.dispose()
        raise LedgerError(
            f"The ledger {_name(address)} cannot be opened ({type(error).__name__}). "
            "Is the folder writable, or the server there, and is it a ledger? Nothing in it was changed."
        ) from None
    return Store(engine)


def is_there(where: Path | Places) -> bool:
    """Whether there is a ledger yet. Raises LedgerError where that cannot be told."""
    address = address_of(where)
    if address.drivername == "sqlite":
        return Path(address.database or "").exists()
    engine = _engine(address)
    try:
        return sqlalchemy.inspect(engine).has_table(tables.audit.name)
    except exc.SQLAlchemyError as error:
        raise LedgerError(
            f"The ledger {_name(address)} cannot be reached ({type(error).__name__})."
        ) from None
    finally:
        engine.dispose()


def address_of(where: Path | Places) -> sqlalchemy.URL:
    """Where the ledger lies: what the environment says, else the settings of the data folder, else a file of it.

    Raises SettingsError where that is no address of a PostgreSQL database, or a password stands in the settings.
    """
    places = data_folder_of(where)
    if places is None:
        assert isinstance(where, Path)
        return sqlalchemy.URL.create("sqlite", database=str(where))
    if said := os.environ.get(VARIABLE, "").strip():
        return _address(said, f"the environment variable {VARIABLE}")
    file = places.setting(SETTINGS)
    settings = read_settings_file(file)
    if unknown := sorted(set(settings) - {"url"}):
        raise SettingsError(f'{file}: "{unknown[0]}" is not known. Only url can be said.')
    if "url" not in settings:
        return sqlalchemy.URL.create("sqlite", database=str(places.ledger))
    if not isinstance(settings["url"], str):
        raise SettingsError(f'{file}: url is a text, such as "{_DRIVER}://ledger@db.council.example/ledger".')
    address = _address(settings["url"], str(file))
    if address.password is not None:
        raise SettingsError(
            f"{file}: the url holds a password. Leave it out here; put it into ~/.pgpass of each account that opens "
            f"the ledger, or the whole url into the environment variable {VARIABLE}."
        )
    return address


def _address(text: str, where: str) -> sqlalchemy.URL:
    try:
        address = sqlalchemy.make_url(text)
    except (exc.ArgumentError, ValueError):
        address = None
    if address is None or address.drivername not in {_DRIVER, "postgresql"} or not address.database:
        raise SettingsError(
            f'{where} does not say where the ledger is: write "{_DRIVER}://ACCOUNT@HOST/DATABASE", or nothing for a '
            "file in the data folder."
        )
    return address.set(drivername=_DRIVER)


def _name(address: sqlalchemy.URL) -> str:
    """What a message calls the ledger: without account, password or options."""
    if address.drivername == "sqlite":
        return str(address.database)
    return f"on PostgreSQL (database {address.database})"


def _engine(address: sqlalchemy.URL) -> sqlalchemy.Engine:
    if address.drivername == "sqlite":
        engine = sqlalchemy.create_engine(address, connect_args={"timeout": _PATIENCE})
        sqlalchemy.event.listen(engine, "connect", _on_connect)
        sqlalchemy.event.listen(engine, "begin", begin)
        return engine
    return sqlalchemy.create_engine(
        address,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": _TO_CONNECT,
            "application_name": "outcome-lens",
            # The address may bring options of its own, such as a schema to work in.
            "options": f"{address.query.get('options', '')} -c lock_timeout={_PATIENCE}s -c synchronous_commit=on",
        },
    )


def _set_up(engine: sqlalchemy.Engine) -> None:
    """Make the tables and guards that are not there. A ledger that has all its tables is left as it is: a guard that
    somebody took away is not put back behind the back of `verify`."""
    with engine.execution_options(ledger_reads=True).begin() as connection:
        there = set(sqlalchemy.inspect(connection).get_table_names())
    chained, live = (set(one.tables) <= there for one in (tables.metadata, tables.live))
    if chained and live:
        return
    with engine.begin() as connection:
        keep_writers_out(connection)
        if not chained:
            tables.metadata.create_all(connection)
            guards.put_in_place(connection)
        tables.live.create_all(connection)
        for index in tables.INDEXES:
            index.create(connection, checkfirst=True)


def _close_to_others(file: Path) -> None:
    """The owner and a group write the ledger (the app, the worker and the pipelines are users apart); nobody reads it
    besides. Whoever is not the owner leaves the rights as they are."""
    with contextlib.suppress(PermissionError):
        file.chmod(0o660)


def _on_connect(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions on its own.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
