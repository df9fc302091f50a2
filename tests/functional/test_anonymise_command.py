"""`python -m disclosure anonymise` and `risk` as a user runs them."""

import csv
import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from disclosure.commands.app import main
from tests.conftest import Result, command

TREE = "a;north;*\nb;north;*\nc;south;*\nd;south;*\n"
QUASI = ("--quasi", "place,age")


Run = Callable[..., Result]


@pytest.fixture
def disclosure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`python -m disclosure`, within this process."""

    def run(*arguments: str | Path) -> Result:
        monkeypatch.setattr(sys, "argv", ["disclosure", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return Result(int(ended.value.code or 0), *capsys.readouterr())

    return run


def write(folder: Path, separator: str = ";", encoding: str = "utf-8", count: int = 120) -> Path:
    """A file of invented people, and the hierarchy of one of its columns."""
    dice = random.Random(7)
    file = folder / "people.csv"
    with file.open("w", encoding=encoding, newline="") as handle:
        writer = csv.writer(handle, delimiter=separator)
        writer.writerow(["name", "place", "age", "ill"])
        for number in range(count):
            ill = "café" if dice.random() < 0.3 else "=1+1"
            writer.writerow([f"N{number}", dice.choice("abcd"), dice.randint(-3, 9), ill])
    (folder / "trees").mkdir(exist_ok=True)
    (folder / "trees" / "town_hierarchy_place.csv").write_text(TREE.replace(";", separator))
    return file


@pytest.mark.parametrize(("separator", "encoding"), [(";", "utf-8-sig"), (",", "cp1252"), ("\t", "utf-16")])
def test_a_file_in_a_safe_file_out(disclosure: Run, tmp_path: Path, separator: str, encoding: str) -> None:
    file, out, report = write(tmp_path, separator, encoding), tmp_path / "out.csv", tmp_path / "report.json"
    ended = disclosure(
        "anonymise", file, *QUASI, "--hierarchies", tmp_path / "trees", "-k", "4", "-l", "2", "-t", "0.3",
        "--sensitive", "ill", "--to", out, "--report", report,
    )  # fmt: skip
    assert ended.code == 0, ended.words
    with out.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter=separator))
    assert list(rows[0]) == ["place", "age", "ill"] and len(rows) == 120
    assert min(Counter((row["place"], row["age"]) for row in rows).values()) >= 4
    # What a spreadsheet would run does not begin as a formula any more; an interval from -3 on is none.
    assert {row["ill"] for row in rows} == {"café", "'=1+1"}
    assert not any(row["age"].startswith("'") for row in rows)
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["after"]["reached"]["k"] >= 4 and told["after"]["reached"]["l"] >= 2
    assert told["after"]["reached"]["t"] <= 0.3 + 1e-9 < told["before"]["reached"]["t"]
    assert told["written_as_sets"] == ["age"] and told["before"]["reached"]["recursive_c"] is None
    assert "written as intervals or sets" in ended.words


def test_the_risk_is_told_before_and_after(disclosure: Run, tmp_path: Path) -> None:
    file, out, report = write(tmp_path), tmp_path / "out.csv", tmp_path / "risk.json"
    ended = command(
        "disclosure", "risk", file, *QUASI, "--sensitive", "ill", "--population", "1200", "--report", report
    )
    assert ended.code == 0, ended.words
    before = json.loads(report.read_text())
    assert before["fraction"] == 0.1 and before["special_uniques"]["records"] > 0
    assert before["uniques"]["sample"] <= before["uniques"]["pitman"] <= 1200
    assert "alone in the population" in ended.words
    # Two runs, one of them on the lines in another order: the same file to the byte.
    written = []
    for turn in (1, -1):
        lines = file.read_text().splitlines()
        file.write_text("\n".join([lines[0], *lines[1:][::turn]]))
        assert disclosure("anonymise", file, *QUASI, "--to", out, "--limit", "0.05").code == 0
        written.append(out.read_bytes())
    assert written[0] == written[1]
    ended = disclosure("risk", out, "--quasi", "place", "--quasi", "age", "--report", report, "--size", "0")
    after = json.loads(report.read_text())
    assert after["reached"]["k"] >= 5 and after["reidentification"]["prosecutor"]["highest"] <= 0.2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"place;age;ill\n", "holds no record"),
        (b"place;age;ill\na;1\n", "line 2: has 2 cells, and the first line names 3 columns"),
        (b"place;;ill\na;1;x\n", "line 1: column 2 has no name"),
        (b"place;age;age\na;1;x\n", "line 1: age is there more than once"),
        (b'place;age;ill\na;1;"x\n', "a quotation mark that is not closed"),
        (b"place;age;ill\na;1;" + b"x" * 1_000_000 + b"\n", "line 2: a cell of more than 131,072 characters"),
        (b"place;age;ill\na;1;\x81\n", "is no text"),
        (b"place;age;ill\na;1;\x00\n", "is no text"),
        (b"place;ill\na;x\n", "there is no column age"),
        (
            b"place;age;ill\nz;1;x\nz;1;x\nz;1;x\nz;1;x\nz;1;x\n",
            "place has 1 different values that its hierarchy lacks",
        ),
        (b"place;age;ill\na;1;x\n", "k = 5, and there are 1 records"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    disclosure: Run, tmp_path: Path, content: bytes, words: str
) -> None:
    file = write(tmp_path, count=1)
    file.write_bytes(content)
    ended = disclosure(
        "anonymise", file, *QUASI, "--hierarchies", tmp_path / "trees", "--to", tmp_path / "out.csv"
    )
    assert ended.code in (83, 88) and words in ended.words and "Traceback" not in ended.words
    assert not (tmp_path / "out.csv").exists()


def test_what_is_wrong_with_what_is_asked_is_said(disclosure: Run, tmp_path: Path) -> None:
    file = write(tmp_path)
    before = file.read_bytes()
    second = tmp_path / "trees" / "place.csv"
    second.write_text(TREE)
    trees = ("--hierarchies", tmp_path / "trees")
    for arguments, words in (
        (("anonymise", file, *QUASI, *trees, "--to", tmp_path / "out.csv"), "are both for place"),
        (("anonymise", file, *QUASI, "--hierarchies", tmp_path / "none", "--to", file), "the records themselves"),
        (("anonymise", file, *QUASI, "--hierarchies", tmp_path / "none", "--to", tmp_path / "o"), "no such folder"),
        (("anonymise", tmp_path / "nobody.csv", *QUASI, "--to", tmp_path / "o"), "there is no such file"),
        (("anonymise", file, *QUASI, "-l", "3", "--sensitive", "ill", "--to", tmp_path / "o"), "2 different values"),
        (("risk", file, *QUASI, "--population", "7"), "the file alone has 120 records"),
        (("risk", file, *QUASI, "--population", "700", "--fraction", "0.1"), "say the same"),
        (("risk", tmp_path, *QUASI), "this is a folder"),
    ):  # fmt: skip
        ended = disclosure(*arguments)
        assert ended.code in (83, 88) and words in ended.words, (arguments, ended.words)
    assert file.read_bytes() == before


@pytest.mark.parametrize("name", ["count", "len", "value", "many", "number", "index", "k"])
def test_a_column_may_be_called_as_it_likes(disclosure: Run, tmp_path: Path, name: str) -> None:
    file, to = tmp_path / "people.csv", tmp_path / "out.csv"
    file.write_text(f"{name},age,ill\n" + "".join(f"{'ab'[n % 2]},{n % 7},{n % 3}\n" for n in range(40)))
    done = disclosure(
        "anonymise", file, "--quasi", f"{name},age", "--sensitive", "ill", "-k", "4", "--to", to
    )
    assert done.code == 0, done.words
    rows = [line.split(",")[:2] for line in to.read_text().splitlines()]
    assert rows[0] == [name, "age"]
    assert min(Counter(map(tuple, rows[1:])).values()) >= 4
    turned = disclosure("anonymise", file, "--quasi", "age", "--sensitive", name, "-l", "2", "--to", to)
    assert turned.code == 0, turned.words


@pytest.mark.parametrize("name", ["*", "^.*$"])
def test_a_name_that_would_mean_several_columns_is_refused(
    disclosure: Run, tmp_path: Path, name: str
) -> None:
    file, to = tmp_path / "people.csv", tmp_path / "out.csv"
    file.write_text(f"{name},secret\n" + "a,b\n" * 9)
    for words in (
        ("risk", file),
        ("anonymise", file, "--to", to),
        ("perturb", file, "--to", to, "--unit", "secret"),
    ):
        option = "--by" if words[0] == "perturb" else "--quasi"
        ended = disclosure(*words, option, name)
        assert ended.code >= 86, ended.words
    assert "no name of a column" in disclosure("risk", file, "--quasi", name).words
    assert not to.exists()
