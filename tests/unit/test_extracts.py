"""extracts.toml: every mistake is named with its place and its fix."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import (
    EmptyFolderError,
    ExtractListError,
    MissingFileError,
    NoExtractListError,
    UnknownContractError,
    UnreadableFileError,
)
from pipelines.extracts import read_extract_list
from release.errors import UserError

HEAD = 'as_of = 2024-10-31\nauthority = "Ashmere"\nsynthetic = true\n'
COVERS = "covers_from = 2020-04-01\ncovers_to = 2024-10-31\n"


def entry(file: str, contract: str, more: str = "", covers: str = COVERS) -> str:
    return f'[[extract]]\nfile = "{file}"\ncontract = "{contract}"\npartner = "P"\n{covers}{more}\n'


CORE = (
    entry("members.csv", "family_member")
    + entry("episodes.csv", "family_episode")
    + entry("needs.csv", "need")
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "extracts"
    inside.mkdir()
    for name in ("members.csv", "episodes.csv", "needs.csv", "work.csv"):
        (inside / name).write_text("x\n")
    (tmp_path / "outside.csv").write_text("x\n")
    return inside


def read_with(folder: Path, more: str, head: str = HEAD) -> None:
    (folder / "extracts.toml").write_text(head + CORE + more, "utf-8")
    read_extract_list(folder)


def test_a_whole_list(folder: Path) -> None:
    more = entry(
        "work.csv",
        "employment_spell",
        'may_be_empty = true\n[extract.columns]\n"N I" = "nino"\n[extract.values.surname]\n"a" = "b"',
    )
    (folder / "extracts.toml").write_text("\ufeff" + HEAD + 'payment = "none"\n' + CORE + more, "utf-8")
    found = read_extract_list(folder)
    assert (found.as_of, found.authority, found.synthetic, found.payment) == (
        date(2024, 10, 31),
        "Ashmere",
        True,
        "none",
    )
    assert [extract.contract for extract in found.extracts] == [
        "family_member",
        "family_episode",
        "need",
        "employment_spell",
    ]
    last = found.extracts[-1]
    assert last.columns == {"N I": "nino"}
    assert last.values == {"surname": {"a": "b"}}
    assert last.may_be_empty
    assert last.file == (folder / "work.csv").resolve()
    assert (last.covers_from, last.covers_to) == (date(2020, 4, 1), date(2024, 10, 31))


def test_payment_by_results_unless_said_otherwise(folder: Path) -> None:
    (folder / "extracts.toml").write_text(HEAD + CORE)
    assert read_extract_list(folder).payment == "by_results"


@pytest.mark.parametrize(
    ("more", "error", "words"),
    [
        (entry("work.csv", "employment_spel"), UnknownContractError, "Did you mean employment_spell?"),
        (entry("gone.csv", "employment_spell"), MissingFileError, "gone.csv is not in"),
        (entry("wrok.csv", "employment_spell"), MissingFileError, "Did you mean work.csv?"),
        (entry("../outside.csv", "employment_spell"), ExtractListError, "leads out of the folder"),
        (entry("sub/../../outside.csv", "employment_spell"), ExtractListError, "leads out of the folder"),
        (entry("/etc/passwd", "employment_spell"), ExtractListError, "leads out of the folder"),
        (entry("C:\\\\secret.csv", "employment_spell"), ExtractListError, "leads out of the folder"),
        (
            entry("\\\\\\\\server\\\\share.csv", "employment_spell"),
            ExtractListError,
            "leads out of the folder",
        ),
        (entry("a\\u0000b.csv", "employment_spell"), ExtractListError, "leads out of the folder"),
        (entry(".", "employment_spell"), UnreadableFileError, "is no file"),
        (entry("members.csv", "employment_spell"), ExtractListError, "members.csv is listed twice"),
        (entry("./members.csv", "employment_spell"), ExtractListError, "is listed twice"),
        (
            entry("work.csv", "employment_spell", "colour = 1"),
            ExtractListError,
            "work.csv: colour is no setting",
        ),
        (entry("work.csv", "employment_spell", "column = 1"), ExtractListError, "Did you mean columns?"),
        (entry("work.csv", "employment_spell", "columns = 1"), ExtractListError, "columns is no table"),
        (
            entry("work.csv", "employment_spell", "columns = {a = 1}"),
            ExtractListError,
            "columns.a is no text",
        ),
        (
            entry("work.csv", "employment_spell", 'columns = {a = "ninno"}'),
            ExtractListError,
            "is no column of employment_spell. Did you mean nino?",
        ),
        (
            entry("work.csv", "employment_spell", 'values = {kind = {a = "b"}}'),
            ExtractListError,
            "values.kind is no column of employment_spell",
        ),
        (
            entry("work.csv", "housing_event", 'values = {kind = {a = "EVICTON"}}'),
            ExtractListError,
            "is no code of kind",
        ),
        (
            entry("work.csv", "housing_event", 'values = {occurred_on = {a = "b"}}'),
            ExtractListError,
            "translates words, but occurred_on is of type date",
        ),
        (entry("work.csv", "housing_event", "values = {kind = 3}"), ExtractListError, "is no table of words"),
        (entry("work.csv", "housing_event", "sheet = 3"), ExtractListError, "sheet is no text"),
        (
            entry("work.csv", "housing_event", 'may_be_empty = "yes"'),
            ExtractListError,
            "neither true nor false",
        ),
        (entry("work.csv", "need", "may_be_empty = true"), ExtractListError, "cannot be true for need"),
        (
            entry("work.csv", "need", covers="covers_from = 2024-01-02\ncovers_to = 2024-01-01\n"),
            ExtractListError,
            "work.csv: covers_from lies after covers_to",
        ),
        (
            entry("work.csv", "need", covers="covers_from = 2024-01-02\n"),
            ExtractListError,
            "covers_to is missing",
        ),
        (
            entry("work.csv", "need", covers='covers_from = "2024-01-02"\ncovers_to = 2024-01-01\n'),
            ExtractListError,
            "covers_from is no day",
        ),
        (
            entry("work.csv", "need", covers="covers_from = 2024-01-02T00:00:00\ncovers_to = 2024-01-01\n"),
            ExtractListError,
            "covers_from is no day",
        ),
        ('[[extract]]\ncontract = "need"\n', ExtractListError, "extract number 4: file is missing"),
        ("[[extract]]\nfile = 3\n", ExtractListError, "file is no text"),
        ('[[extract]]\nfile = "work.csv"\n', ExtractListError, "work.csv: contract is missing"),
        ("this is no toml", ExtractListError, "no valid TOML, at line 25"),
    ],
)
def test_each_mistake_is_named(folder: Path, more: str, error: type[UserError], words: str) -> None:
    with pytest.raises(error) as caught:
        read_with(folder, more)
    assert type(caught.value) is error
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (HEAD.replace("2024-10-31", '"31/10/2024"'), "as_of is no day"),
        (HEAD.replace('"Ashmere"', '" "'), "authority is no text"),
        (HEAD.replace("true", "1"), "synthetic is neither true nor false"),
        (HEAD.replace("as_of", "asof"), "Did you mean as_of?"),
        (HEAD + 'payment = "by_result"\n', "Did you mean by_results?"),
        (HEAD.replace("authority", "#"), "authority is missing"),
    ],
)
def test_each_mistake_of_the_first_lines_is_named(folder: Path, head: str, words: str) -> None:
    with pytest.raises(ExtractListError) as caught:
        read_with(folder, "", head)
    assert words in str(caught.value)


def test_the_line_of_a_mistake_in_toml_is_named(folder: Path) -> None:
    (folder / "extracts.toml").write_text(HEAD + "authority = \n")
    with pytest.raises(ExtractListError, match="line 4"):
        read_extract_list(folder)


@pytest.mark.parametrize("listed", ["extract = 1\n", "extract = []\n", ""])
def test_a_list_of_nothing(folder: Path, listed: str) -> None:
    (folder / "extracts.toml").write_text(HEAD + listed)
    with pytest.raises(ExtractListError, match="no file is listed"):
        read_extract_list(folder)


def test_without_needs_there_is_nothing_to_evaluate(folder: Path) -> None:
    (folder / "extracts.toml").write_text(
        HEAD + entry("members.csv", "family_member") + entry("episodes.csv", "family_episode")
    )
    with pytest.raises(ExtractListError, match='contract = "need"'):
        read_extract_list(folder)


def test_no_folder_an_empty_one_and_one_without_a_list(tmp_path: Path) -> None:
    with pytest.raises(EmptyFolderError, match="There is no folder"):
        read_extract_list(tmp_path / "nowhere")
    with pytest.raises(EmptyFolderError, match="is empty"):
        read_extract_list(tmp_path)
    (tmp_path / "members.csv").write_text("x")
    with pytest.raises(NoExtractListError, match=r"holds no extracts\.toml"):
        read_extract_list(tmp_path)


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"as_of = \xe9"])
def test_a_list_that_is_not_utf_8(folder: Path, data: bytes) -> None:
    (folder / "extracts.toml").write_bytes(data)
    with pytest.raises(ExtractListError, match="not UTF-8"):
        read_extract_list(folder)


def test_deeply_nested_and_huge_lists_are_refused(folder: Path) -> None:
    (folder / "extracts.toml").write_text("a = " + "[" * 100_000)
    with pytest.raises(ExtractListError, match="no valid TOML"):
        read_extract_list(folder)
    (folder / "extracts.toml").write_text("#" * 1_000_001)
    with pytest.raises(ExtractListError, match="over a megabyte"):
        read_extract_list(folder)


@pytest.mark.parametrize("name", ["work.csv", "extracts.toml"])
def test_links_are_not_followed_out_of_the_folder(folder: Path, name: str) -> None:
    (folder / "extracts.toml").write_text(HEAD + CORE + entry("work.csv", "employment_spell"))
    target = folder.parent / "elsewhere"
    (folder / name).rename(target)
    (folder / name).symlink_to(target)
    with pytest.raises(ExtractListError, match="leads out of the folder"):
        read_extract_list(folder)


def test_two_names_of_one_file_are_one_file(folder: Path) -> None:
    (folder / "same.csv").symlink_to(folder / "members.csv")
    with pytest.raises(ExtractListError, match="listed twice"):
        read_with(folder, entry("same.csv", "employment_spell"))
