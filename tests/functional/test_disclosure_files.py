"""What `python -m disclosure` reads is never written over; where no file can be written, nothing is left behind."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from disclosure.commands.app import main
from disclosure.commands.files import write_whole
from disclosure.errors import MicrodataError, TableError
from disclosure.risk.reidentification import check_fraction
from disclosure.tables import read_jj, system_of, write_jj
from tests.conftest import Result

Run = Callable[..., Result]
RECORDS = "id,place,age\n" + "".join(f"p{n},{'ab'[n % 2]},{n % 3}\n" for n in range(60))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cells = system_of([3, 5, 8], [(0.0, [(0, 1.0), (1, 1.0), (2, -1.0)])], status=[*"uss"])
    (tmp_path / "table.JJ").write_text(write_jj(cells))
    (tmp_path / "pattern.csv").write_text("cell,status\n0,u\n1,x\n2,s\n")
    (tmp_path / "names.csv").write_text("cell,name\n0,few\n")
    (tmp_path / "records.csv").write_text(RECORDS)
    (tmp_path / "secret").write_text("00112233445566778899aabbccddeeff")
    (tmp_path / "trees").mkdir()
    (tmp_path / "trees" / "place.csv").write_text("a;*\nb;*\n")
    return tmp_path


@pytest.fixture
def disclosure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path) -> Run:
    """`python -m disclosure` in that folder, within this process."""
    monkeypatch.chdir(folder)

    def run(*arguments: str) -> Result:
        monkeypatch.setattr("sys.argv", ["disclosure", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return Result(int(ended.value.code or 0), *capsys.readouterr())

    return run


AUDIT = "audit table.JJ --pattern pattern.csv --names names.csv --to {}"
PERTURB = "perturb records.csv --by place --secret secret --unit id --to {}"
ANONYMISE = "anonymise records.csv --quasi place,age --hierarchies trees --to {}"


@pytest.mark.parametrize(
    "words",
    [
        *(AUDIT.format(file) for file in ("table.JJ", "pattern.csv", "names.csv", "./trees/../table.JJ")),
        *(PERTURB.format(file) for file in ("records.csv", "secret")),
        PERTURB.format("out.csv --ptable-to secret"),
        PERTURB.format("out.csv --ptable-to out.csv"),
        ANONYMISE.format("trees/place.csv"),
        ANONYMISE.format("out.csv --report out.csv"),
        "risk records.csv --quasi place --report records.csv",
        "protect table.JJ --to table.JJ",
        "protect table.JJ --names names.csv --to names.csv",
    ],
)
def test_what_is_read_is_never_written_over(disclosure: Run, folder: Path, words: str) -> None:
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    ended = disclosure(*words.split())
    assert ended.code >= 80
    assert "write to another file" in ended.err
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before


@pytest.mark.parametrize("words", [AUDIT, PERTURB, ANONYMISE, "protect table.JJ --to {}"])
@pytest.mark.parametrize("place", ["trees", "nowhere/out.csv", "secret/out.csv"])
def test_where_no_file_can_be_nothing_is_left(disclosure: Run, folder: Path, words: str, place: str) -> None:
    before = sorted(folder.rglob("*"))
    ended = disclosure(*words.format(place).split())
    assert ended.code == TableError.code, ended.err
    assert "folder" in ended.err
    assert sorted(folder.rglob("*")) == before


def test_a_pipe_is_not_replaced_by_a_file(disclosure: Run, folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert disclosure(*PERTURB.format("pipe").split()).code == TableError.code
    assert (folder / "pipe").is_fifo()


def test_what_cannot_be_put_in_place_is_taken_away_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device", "another name")

    before = sorted(folder.rglob("*"))
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match=r"out\.csv") as told:
        write_whole(folder / "out.csv", "secret")
    assert told.value.filename == str(folder / "out.csv")
    assert sorted(folder.rglob("*")) == before


def test_a_table_of_no_cells_is_audited(disclosure: Run, folder: Path) -> None:
    (folder / "none.JJ").write_text("0\n0\n0\n")
    ended = disclosure("audit", "none.JJ")
    assert (ended.code, "Safe." in ended.out) == (0, True)


def test_a_coefficient_of_nothing_is_refused() -> None:
    text = "0\n2\n0 1 1 u 0 5\n1 1 1 s 0 5\n1\n0 2 : 0 (0) 1 (0)\n"
    with pytest.raises(TableError, match="equation 1 of 1 has a coefficient of 0"):
        read_jj(text)


@pytest.mark.parametrize("fraction", [5e-324, 1e-300, 9e-11])
def test_no_population_is_larger_than_all_who_ever_lived(fraction: float) -> None:
    with pytest.raises(MicrodataError, match="no population is so large"):
        check_fraction(fraction)
