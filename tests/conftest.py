"""What several kinds of test share: a release made from the sample extracts, once."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from release.keys import read_key
from release.opening import open_answers, open_protected
from release.places import Places
from release.schema import ANSWERS, PROTECTED
from tests.ledgers import Database, database_in
from tests.postgres import Postgres, serve
from tests.small_catalogue import small_catalogue

PROJECT = Path(__file__).parent.parent
SAMPLE = Path(__file__).parent / "sample-extracts"


@dataclass(frozen=True)
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """All that the user saw, with line breaks as blanks."""
        return " ".join((self.out + " " + self.err).split())


def command(room: str, *arguments: str | Path) -> Result:
    """Run `python -m ROOM …` as a user would."""
    ended = subprocess.run(
        [sys.executable, "-m", room, *map(str, arguments)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    return Result(ended.returncode, ended.stdout, ended.stderr)


def pipelines(*arguments: str | Path) -> Result:
    """Run `python -m pipelines …` as a user would, with a catalogue of fewer questions where a folder has none."""
    if arguments and arguments[0] == "run" and "--data" in arguments:
        file = Path(arguments[arguments.index("--data") + 1]) / "catalogue.toml"
        if file.parent.is_dir() and not file.exists():
            file.write_text(small_catalogue(), encoding="utf-8")
    return command("pipelines", *arguments)


def once(
    factory: pytest.TempPathFactory,
    name: str,
    arguments: Sequence[str | Path],
    settings: Mapping[str, str] | None = None,
) -> Path:
    """A data folder in which a run was made, shared by all tests of all workers. `settings`: file to what it holds."""
    # Workers have folders of their own in the session's; alone, the session's is all there is.
    session = factory.getbasetemp()
    shared = (session.parent if "PYTEST_XDIST_WORKER" in os.environ else session) / name
    with FileLock(shared.with_suffix(".lock")):
        if not (shared / "whole").exists():
            shutil.rmtree(shared, ignore_errors=True)
            shared.mkdir()
            for file, content in (settings or {}).items():
                (shared / file).write_text(content, encoding="utf-8")
            result = pipelines(*arguments, "--data", shared)
            assert result.code == 0, result.words
            (shared / "words").write_text(result.words, encoding="utf-8")
            (shared / "whole").touch()
    return shared


def every_value(places: Places) -> list[tuple[str, list[str]]]:
    """Every value of every column of both files as text, by "file.table.column"."""
    values = []
    with (
        open_protected(places, "current", read_key(places.protected_key)) as protected,
        open_answers(places) as answers,
    ):
        for connection, schema, tables in ((protected, "protected.", PROTECTED), (answers, "", ANSWERS)):
            for table in tables:
                frame = connection.execute(f'SELECT COLUMNS(*)::VARCHAR FROM {schema}"{table.name}"').pl()
                assert frame.columns == table.names
                for name in frame.columns:
                    values.append(
                        (f"{schema}{table.name}.{name}", frame[name].drop_nulls().unique().to_list())
                    )
    return values


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """An empty ledger in a data folder of its own (tests.ledgers.both: in each of the databases)."""
    return database_in(getattr(request, "param", "sqlite"), tmp_path, request, monkeypatch)


@pytest.fixture(autouse=True)
def _same_main() -> Iterator[None]:
    """A page that is run in a test takes the place of the main module, which other processes are started from."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before


@pytest.fixture(scope="session")
def sample_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one release of the sample extracts. To be read only."""
    return once(tmp_path_factory, "sample-data", ["run", "--extracts", SAMPLE])


@pytest.fixture
def own_data(sample_data: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    own = tmp_path / "data"
    shutil.copytree(sample_data, own)
    return own


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server; tests that need one are skipped where it is not installed."""
    with serve() as server:
        yield server
