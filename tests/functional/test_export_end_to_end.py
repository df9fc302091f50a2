"""Research exports of the sample, through the public commands: asked for, prepared, approved by two, handed out, and
read back with what researchers use."""

import hashlib
import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from custody.__main__ import app
from release.errors import UserError
from release.places import Places
from tests.conftest import Result

pytestmark = pytest.mark.proof

AUTHOR, CHECKERS = "r.researcher", ("c.checker", "d.checker")
TABLES = [{"measure": "needs_identified", "dimensions": ["headline", "locality", "sex"], "framework": ""}]
PEOPLE = [{"measure": "people_helped", "dimensions": ["sex"], "framework": ""}]
ASKED: dict[str, dict[str, Any]] = {
    "tables": {"version": 1, "kind": "tables", "tables": TABLES},
    "microdata": {
        "version": 1,
        "kind": "microdata",
        "unit": "person",
        "columns": ["age_band", "sex", "role", "first_headline"],
        "k": 5,
        "l": 2,
        "t": 500,
        "most_left_out": 20,
        "dates": "months",
    },
    "private": {"version": 1, "kind": "private", "tables": PEOPLE, "rho": 100_000, "most_records": 1},
}


class Council:
    """The commands, run by one account or another."""

    def __init__(self, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.places, self._monkeypatch = Places(data), monkeypatch

    def exports(self, *arguments: object, by: str = AUTHOR) -> Result:
        self._monkeypatch.setattr("custody.exports.commands.whoever_runs_this", lambda: by)
        told = CliRunner().invoke(app, ["exports", *map(str, arguments), "--data", str(self.places.data)])
        if isinstance(told.exception, UserError):
            return Result(told.exception.exit_code, told.output, str(told.exception))
        if told.exception is not None and not isinstance(told.exception, SystemExit):
            raise told.exception
        return Result(told.exit_code, told.output, "")

    def done(self, *arguments: object, by: str = AUTHOR) -> str:
        result = self.exports(*arguments, by=by)
        assert result.code == 0, result.words
        return result.words


@pytest.fixture(scope="module")
def council(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    data = tmp_path_factory.mktemp("exports") / "data"
    shutil.copytree(sample_data, data)
    with pytest.MonkeyPatch.context() as monkeypatch:
        made = Council(data, monkeypatch)
        begun = ["--title", "Early help", "--purpose", "Whether help lasts", "--basis", "Public task"]
        made.done("begin", "early-help", *begun, "--until", "2027-06-30", "--person", "e.named")
        yield made


@pytest.mark.parametrize("kind", ASKED)
def test_from_a_question_to_a_package_that_is_read(council: Council, tmp_path: Path, kind: str) -> None:
    specification = tmp_path / "asked.json"
    specification.write_text(json.dumps(ASKED[kind]), encoding="utf-8")
    number = list(ASKED).index(kind) + 1
    council.done("ask", "early-help", "--specification", specification)
    council.done("prepare", number)
    name = f"export-{number:06d}.zip"
    outbox = council.places.outbox / name

    # Nobody fetches, or decides, who may not.
    assert council.exports("hand-out", number).code != 0
    for barred in (AUTHOR, " R.Researcher", "e.named"):
        assert council.exports("decide", number, "approve", "--why", "fine", by=barred).code != 0
    council.done("decide", number, "approve", "--why", "nobody stands out", by=CHECKERS[0])
    assert council.exports("decide", number, "approve", "--why", "again", by="C.CHECKER ").code != 0
    assert f"{number} early-help {kind} prepared" in council.done("list")
    assert council.exports("hand-out", number).code != 0
    assert not outbox.exists()
    council.done("decide", number, "approve", "--why", "neither here", by=CHECKERS[1])
    council.done("hand-out", number)

    folder = tmp_path / "package"
    with zipfile.ZipFile(io.BytesIO(outbox.read_bytes())) as archive:
        archive.extractall(folder)
    _check_sums(folder)
    _check_tables(folder)


def _check_sums(folder: Path) -> None:
    told = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    there = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    assert set(told) == there - {"SHA256SUMS"}
    for name, sha256 in told.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256


def _check_tables(folder: Path) -> None:
    """Every form of a table says the same, and the data package describes it."""
    import pyreadstat
    from frictionless import Package, system

    with system.use_context(trusted=True):
        report = Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "message"])
    for parquet in (folder / "data").glob("*.parquet"):
        frame = pl.read_parquet(parquet)
        assert frame.height
        texts = pl.read_csv(parquet.with_suffix(".csv"), infer_schema=False)
        assert texts.columns == frame.columns
        for name in frame.columns:
            if frame[name].dtype in (pl.String, pl.Int64):
                assert texts[name].equals(frame[name].cast(pl.String)), name
        for suffix, read in ((".sav", pyreadstat.read_sav), (".dta", pyreadstat.read_dta)):
            found, _ = read(str(parquet.with_suffix(suffix)))
            assert len(found) == frame.height
            assert len(found.columns) == frame.width


def test_a_package_that_was_changed_on_disk_is_not_handed_out(council: Council, tmp_path: Path) -> None:
    specification = tmp_path / "asked.json"
    specification.write_text(json.dumps({**ASKED["tables"], "tables": PEOPLE}), encoding="utf-8")
    words = council.done("ask", "early-help", "--specification", specification)
    number = int(words.split("Export ")[1].split()[0])
    council.done("prepare", number)
    for by in CHECKERS:
        council.done("decide", number, "approve", "--why", "nobody stands out", by=by)
    (file,) = (council.places.exports / f"{number:06d}").glob("*.zip")
    file.chmod(0o600)
    changed = bytearray(file.read_bytes())
    changed[len(changed) // 2] ^= 1
    file.write_bytes(changed)
    refused = council.exports("hand-out", number)
    assert refused.code == 92, refused.words
    assert not (council.places.outbox / f"export-{number:06d}.zip").exists()
