"""Links that are given to a run: read strictly, and gone by to the letter."""

from pathlib import Path

import polars as pl
import pytest

from pipelines.linkage.given import LinksError, link_given, read_given

HEAD = "contract,row,person\n"


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "links.csv"
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("contract,row\nneed,1\n", "the column person nowhere"),
        ("contract,row,person,person\nneed,1,a,a\n", "the column person twice"),
        ("contract,row,person,file,file\nneed,1,a,x,x\n", "the column file twice"),
        (HEAD + "police_incident,1\n", "line 2: it has 2 cells"),
        (HEAD + "police_incident,1,a\nghost,2,b\n", "line 3: there is no contract"),
        (HEAD + "police_incident,0,a\n", "line 2: the row is no number"),
        (HEAD + "police_incident,-1,a\n", "the row is no number"),
        (HEAD + "police_incident,1.5,a\n", "the row is no number"),
        (HEAD + f"police_incident,{'9' * 30},a\n", "the row is no number"),
        (HEAD + "police_incident,١,a\n", "the row is no number"),
        (HEAD + "police_incident,1, \n", "line 2: no person is named"),
        (HEAD + "police_incident,1,a\npolice_incident,1,b\n", "line 3: the same record is there twice"),
        (HEAD + 'police_incident,1,"a\n', "cannot be read"),
    ],
)
def test_a_mistake_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(LinksError) as refused:
        read_given(written(tmp_path, text))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [HEAD + "police_incident,1,Maureen Frodhurst\nghost,1,Maureen Frodhurst\n", HEAD + "Maureen,1,a\n"],
)
def test_no_cell_is_in_a_message(tmp_path: Path, text: str) -> None:
    with pytest.raises(LinksError) as refused:
        read_given(written(tmp_path, text))
    assert "Maureen" not in str(refused.value)


def test_what_is_no_text_or_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LinksError, match="cannot be read"):
        read_given(written(tmp_path, HEAD + "police_incident,1,a\n", "utf-16"))
    with pytest.raises(LinksError, match="no file"):
        read_given(tmp_path / "nowhere.csv")
    with pytest.raises(LinksError, match="cannot be read"):
        read_given(tmp_path)


def test_it_reads_what_a_spreadsheet_saves(tmp_path: Path) -> None:
    text = "\ufeffperson,file,row,contract\r\n p1 ,,3,police_incident\r\np1,b.csv,1,housing_event\r\n"
    assert read_given(written(tmp_path, text)).rows() == [
        ("police_incident", None, 3, "p1"),
        ("housing_event", "b.csv", 1, "p1"),
    ]


RECORDS = pl.DataFrame(
    [
        ("police_incident", "a.csv", 1),
        ("police_incident", "a.csv", 2),
        ("housing_event", "b.csv", 1),
        ("family_member", "one.csv", 1),
        ("family_member", "two.csv", 1),
    ],
    schema=["contract", "file", "row"],
    orient="row",
).with_columns(record_id=pl.concat_str("contract", "file", "row", separator=":"))


def given(folder: Path, *lines: str) -> pl.DataFrame:
    return read_given(written(folder, "contract,file,row,person\n" + "\n".join(lines) + "\n"))


def test_every_record_gets_the_person_given_and_the_rest_stand_alone(tmp_path: Path) -> None:
    linked = link_given(
        RECORDS,
        given(
            tmp_path,
            "police_incident,,1,p",
            "housing_event,b.csv,1,p",
            "family_member,two.csv,1,q",
            "need,,9,z",
        ),
    )
    person = dict(linked.persons.select("record_id", "person").iter_rows())
    how = dict(linked.persons.select("record_id", "how").iter_rows())
    assert person["police_incident:a.csv:1"] == person["housing_event:b.csv:1"]
    assert len(set(person.values())) == 4
    assert sorted(set(person.values())) == [0, 1, 2, 3]
    assert how["police_incident:a.csv:2"] == how["family_member:one.csv:1"] == "alone"
    assert how["family_member:two.csv:1"] == "given"
    assert "1 lines of it name no good record" in linked.warnings[0]
    assert linked.reviews.is_empty()


def test_a_person_called_like_a_record_by_itself_is_not_taken_for_it(tmp_path: Path) -> None:
    linked = link_given(RECORDS, given(tmp_path, "police_incident,,1,record police_incident:a.csv:2"))
    assert linked.persons["person"].n_unique() == RECORDS.height


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["family_member,,1,p"], "the column file must say"),
        (["need,,1,p"], "about others"),
        (["police_incident,,1,p", "police_incident,a.csv,1,p"], "with its file and without"),
    ],
)
def test_a_line_that_could_mean_two_records_or_none_is_refused(
    tmp_path: Path, lines: list[str], said: str
) -> None:
    with pytest.raises(LinksError) as refused:
        link_given(RECORDS, given(tmp_path, *lines))
    assert said in str(refused.value)
