"""A real PostgreSQL server for the tests: Debian's package, on loopback, thrown away afterwards."""

import contextlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import pytest

_DEBIAN = Path("/usr/lib/postgresql")
_ACCOUNT = "ledger"
_TRIES = 5


@dataclass
class Postgres:
    """A server that is up. Each test has a place of its own there, so that they do not meet."""

    port: int
    password: str
    _numbers: Iterator[int] = field(default_factory=count)

    def new_database(self) -> str:
        """The address of a place with nothing in it: a schema, which is made sooner than a database."""
        name = f"ledger_{next(self._numbers)}"
        address = f"{_ACCOUNT}:{self.password}@127.0.0.1:{self.port}/postgres"
        with psycopg.connect(f"postgresql://{address}", autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return f"postgresql+psycopg://{address}?options=-csearch_path%3D{name}"


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, or None: it is not installed."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    folders += [folder / "bin" for folder in sorted(_DEBIAN.glob("*"), reverse=True)]
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


@contextlib.contextmanager
def serve(*, safely: bool = False) -> Iterator[Postgres]:
    """A server for as long as it is needed. `safely`: it waits for the disk, as one in service does.

    Skips the test where PostgreSQL is not installed."""
    bin_folder = programs()
    if bin_folder is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    home = Path(tempfile.mkdtemp(prefix="outcome-lens-postgres-"))
    try:
        password = secrets.token_urlsafe(24)
        secret = home / "password"
        secret.write_text(password)
        if _is_root():  # the server refuses to run as root
            account = pwd.getpwnam("postgres")
            for path in (home, secret):
                os.chown(path, account.pw_uid, account.pw_gid)
        data = home / "data"
        _run(
            bin_folder / "initdb",
            *("-D", data, "-U", _ACCOUNT, "-E", "UTF8", "--locale=C", "--no-sync"),
            *("--auth=scram-sha-256", f"--pwfile={secret}"),
        )
        yield from _started(bin_folder, home, data, password, safely)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _started(bin_folder: Path, home: Path, data: Path, password: str, safely: bool) -> Iterator[Postgres]:
    for attempt in range(_TRIES):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = (
            f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={home} "
            f"-c fsync={'on' if safely else 'off'} -c max_connections=60 -c shared_buffers=32MB"
        )
        try:
            _run(
                bin_folder / "pg_ctl",
                "-D",
                data,
                "-l",
                home / "log",
                "-o",
                settings,
                "-w",
                "-t",
                "60",
                "start",
            )
        except subprocess.CalledProcessError:
            if attempt == _TRIES - 1:
                raise
            continue  # somebody else took the port in between
        try:
            yield Postgres(port, password)
        finally:
            _run(bin_folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        return


def _run(*command: str | Path) -> None:
    whose = pwd.getpwnam("postgres") if _is_root() else None
    subprocess.run(
        [str(part) for part in command],
        user=whose.pw_uid if whose else None,
        group=whose.pw_gid if whose else None,
        extra_groups=[] if whose else None,
        check=True,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        timeout=120,
    )


def _is_root() -> bool:
    return os.geteuid() == 0
