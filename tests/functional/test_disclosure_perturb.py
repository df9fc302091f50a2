"""`python -m disclosure perturb`, as somebody uses it who has nothing else of this project."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from disclosure.cell_key import record_keys
from disclosure.commands.app import app, main
from disclosure.errors import DisclosureError, PerturbationError
from release.places import PROJECT

SECRET = bytes(range(32))
PEOPLE = [f"person {at}" for at in range(300)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Records of 300 people, 20 of whom have a second one in the same ward, with keys and a secret."""
    keys = record_keys(SECRET, pl.Series(PEOPLE))
    records = pl.DataFrame(
        {
            "ward": ["North", "South", "East"] * 100,
            "age": ["0-4", "5-9"] * 149 + ["10+", "10+"],
            "who": PEOPLE,
            "key": keys,
        }
    )
    pl.concat([records, records[:20]]).write_csv(tmp_path / "records.csv", separator=";")
    records.write_csv(tmp_path / "people.csv")
    (tmp_path / "secret").write_text(SECRET.hex() + "\n")
    rows = (f"{count},{key},{-(count % 5)}\n" for count in range(1, 751) for key in range(4))
    (tmp_path / "ons.csv").write_text("pcv,ckey,pvalue\n" + "".join(rows))
    return tmp_path


def perturbed(folder: Path, *options: str, file: str = "records.csv") -> pl.DataFrame:
    told = folder / "told.csv"
    ended = CliRunner().invoke(app, ["perturb", str(folder / file), "--to", str(told), *options])
    if ended.exception:
        raise ended.exception
    assert "19 of 20" in ended.output
    return pl.read_csv(told, separator=";" if file == "records.csv" else ",", infer_schema=False)


def test_keys_from_a_secret_and_from_a_column_give_the_same_table(folder: Path) -> None:
    by_secret = perturbed(
        folder, "--by", "ward,age", "--secret", str(folder / "secret"), "--unit", "who", "--all-margins"
    )
    by_key = perturbed(folder, "--by", "ward", "--by", "age", "--key", "key", "--distinct", "--all-margins")
    assert by_secret.equals(by_key)
    assert by_secret.columns == ["ward", "age", "value"]
    assert by_secret.height == 4 * 4
    figures = by_secret["value"].cast(pl.Int64)
    assert not figures.is_between(1, 2).any()
    # People are counted, not their records.
    assert abs(int(figures[0]) - 300) <= 5
    assert by_secret.row(0)[:2] == ("Total", "Total")


def test_a_table_of_the_ons_and_a_threshold(folder: Path) -> None:
    told = perturbed(
        folder,
        *("--by", "age", "--key", "key", "--ptable", str(folder / "ons.csv"), "--threshold", "10"),
        *("--record-keys", str(2**64)),
        file="people.csv",
    )
    assert dict(told.rows()) == {"0-4": "145", "5-9": "145", "10+": "c"}


def test_the_table_that_was_used_can_be_kept_and_used_again(folder: Path) -> None:
    options = ("--by", "ward", "--key", "key")
    made = perturbed(
        folder,
        *(*options, "--bound", "7", "--variance", "4", "--ptable-to", str(folder / "kept.csv")),
        file="people.csv",
    )
    again = perturbed(folder, *options, "--ptable", str(folder / "kept.csv"), file="people.csv")
    assert made.equals(again)


def test_it_runs_as_a_program_and_says_a_mistake_in_one_sentence(folder: Path) -> None:
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "disclosure", "perturb", str(folder / "people.csv")),
            *("--by", "ward", "--key", "who", "--to", str(folder / "told.csv")),
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == PerturbationError.code
    assert "record 1: the column who holds no record key" in ended.stderr
    assert "person" not in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (folder / "told.csv").exists()


def _cut(text: str) -> str:
    return text[: len(text) // 2] + '"'


def _ragged(text: str) -> str:
    return text.replace("North,0-4", "North,0-4,more", 1)


def _no_key(text: str) -> str:
    return "\n".join([text.split("\n")[0], "North,0-4,somebody,", *text.split("\n")[1:]])


def _keys_of_rows(text: str) -> str:
    heading, *lines = text.strip().split("\n")
    return "\n".join([heading, *(f"{line.rsplit(',', 1)[0]},{at}" for at, line in enumerate(lines))])


def _with_total(text: str) -> str:
    return text.replace("North", "Total")


@pytest.mark.parametrize(
    ("spoil", "options", "says"),
    [
        (_cut, (), "line"),
        (_ragged, (), "line 2"),
        (_no_key, (), "record 1: the column key holds no record key"),
        (_keys_of_rows, (), "fill only a part"),
        (_with_total, ("--all-margins",), "--total with another word"),
        (lambda _: "", (), "empty"),
        (lambda _: "ward,age,who,key\n", (), "no record"),
        (lambda text: text, ("--by", "nowhere"), "no column nowhere"),
        (lambda text: text, ("--by", "key"), "every record alone"),
        (lambda text: text, ("--unit", "who"), "--secret FILE and --unit"),
        (lambda text: text.replace("age,", "value,"), ("--by", "value"), "another name"),
        (lambda text: text, ("--secret", "secret"), "--secret FILE and --unit"),
        (lambda text: text, ("--by", "ward"), "once"),
        (lambda text: text, ("--ptable", "ons.csv", "--bound", "6"), "leave them out"),
        (lambda text: text, ("--ptable", "ons.csv"), "should lie in 0 to 3"),
        (lambda text: text, ("--ptable", "records.csv"), "perturbation table has"),
        (lambda text: text, ("--ptable", "nowhere.csv"), "no such file"),
        (lambda text: text, ("--variance", "1"), "A variance from 2 to 5 works"),
        (lambda text: text, ("--record-keys", "1000"), "shared out evenly"),
        (lambda text: text, ("--to", "people.csv"), "the records themselves"),
        (lambda text: text, ("--to", "nowhere/told.csv"), "no such folder"),
    ],
)
def test_a_mistake_is_said_in_words_and_nothing_is_written(
    folder: Path,
    spoil: Callable[[str], str],
    options: tuple[str, ...],
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(folder)
    people = Path("people.csv")
    people.write_text(spoil(people.read_text()))
    before = people.read_text()
    arguments = ["people.csv", "--by", "ward", "--key", "key", "--to", "told.csv", *options]
    monkeypatch.setattr(sys, "argv", ["disclosure", "perturb", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr().err
    assert ended.value.code in {kind.code for kind in DisclosureError.__subclasses__()}
    assert says in told
    assert "person" not in told
    assert not Path("told.csv").exists()
    assert people.read_text() == before


def test_without_a_file_to_write_the_table_is_printed_and_a_column_record_key_is_found(folder: Path) -> None:
    records = pl.read_csv(folder / "people.csv").rename({"key": "record_key", "ward": "count"})
    records.write_csv(folder / "people.csv")
    ended = CliRunner().invoke(app, ["perturb", str(folder / "people.csv"), "--by", "count"])
    assert ended.exit_code == 0
    lines = ended.stdout.splitlines()
    assert lines[0] == "count,value"
    assert [line.split(",")[0] for line in lines[1:]] == ["East", "North", "South"]
    assert "19 of 20" in ended.stderr


def test_what_a_spreadsheet_would_run_is_written_as_text(folder: Path) -> None:
    text = (folder / "people.csv").read_text().replace("North", "=1+1")
    (folder / "people.csv").write_text(text)
    told = perturbed(folder, "--by", "ward", "--key", "key", file="people.csv")
    assert "'=1+1" in told["ward"].to_list()
