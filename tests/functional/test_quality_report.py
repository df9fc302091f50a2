"""What a run leaves for people: the data-quality report, its trend, and scores of links against the truth."""

import csv
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import polars as pl
import pytest

from release.keys import read_key
from release.opening import open_answers, open_protected
from release.places import Places
from release.pointer import releases
from tests.conftest import SAMPLE, pipelines

NAME, SECOND = "2024-10-31-001", "2024-10-31-002"


def lines(places: Places, name: str = NAME) -> list[dict[str, str]]:
    with (places.quality / name / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def table(places: Places, name: str, which: str, query: str) -> pl.DataFrame:
    if which == "answers":
        with open_answers(places, name) as connection:
            return connection.execute(query).pl()
    with open_protected(places, name, read_key(places.protected_key)) as connection:
        return connection.execute(query.replace("FROM ", "FROM protected.")).pl()


@pytest.fixture(scope="module")
def places(sample_data: Path) -> Places:
    return Places(sample_data)


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory, sample_data: Path) -> Places:
    """The sample's data folder after a second run, whose police extract lost days and whose landlord sent nothing."""
    folder = tmp_path_factory.mktemp("later")
    extracts, data = folder / "extracts", folder / "data"
    shutil.copytree(SAMPLE, extracts)
    shutil.copytree(sample_data, data)
    listed = (extracts / "extracts.toml").read_text(encoding="utf-8")
    before, _, housing = listed.partition('file = "housing_events.xlsx"')
    rest = housing.partition("[[extract]]")[2]
    (extracts / "extracts.toml").write_text(before.rpartition("[[extract]]")[0] + "[[extract]]" + rest)
    police = extracts / "police_incidents_export.csv"
    content = police.read_bytes().split(b"\r\n")
    spoilt = [re.sub(rb"\d\d-([A-Z][a-z]{2}-\d{4})", rb"39-\1", line, count=1) for line in content[1:121]]
    police.write_bytes(b"\r\n".join([content[0], *spoilt, *content[121:]]))
    result = pipelines("run", "--extracts", extracts, "--data", data)
    assert result.code == 0, result.words
    return Places(data)


def test_the_user_is_told_where_the_report_lies(sample_data: Path, places: Places) -> None:
    words = (sample_data / "words").read_text(encoding="utf-8")
    assert str(places.quality / NAME / "report.html") in words
    for file in (places.quality, *places.quality.rglob("*")):
        assert file.stat().st_mode & 0o077 == 0, file.name


def test_the_sheet_agrees_with_the_release_and_holds_every_place(places: Places) -> None:
    exact = table(places, NAME, "protected", "SELECT extract, rule, rows, failures FROM data_quality")
    counted = {(extract, rule): (rows, failures) for extract, rule, rows, failures in exact.iter_rows()}
    told: dict[tuple[str, str], tuple[int, int]] = {}
    placed: dict[tuple[str, str], int] = {}
    for line in lines(places):
        key = line["contract"], line["code"]
        told[key] = int(line["rows_looked_at"]), int(line["rows_failing"])
        placed[key] = placed.get(key, 0) + int(line["rows_at_place"] or 0)
    assert told == {
        key: value for key, value in counted.items() if key[1] not in ("received", "quarantined", "matched")
    }
    assert placed == {key: failures for key, (_, failures) in told.items()}


def test_no_identity_is_in_the_report(places: Places) -> None:
    """The truth's own list, in both files; what stands in our own words, as a child called Hope, is no identity."""
    folder = places.quality / NAME
    content = "\n".join(
        (folder / name).read_text(encoding="utf-8-sig") for name in ("report.html", "report.csv")
    )
    words = re.sub(r"[^\w]+", " ", re.sub(r"<style>.*?</style>", "", content, flags=re.DOTALL)).casefold()
    identities = (SAMPLE / "truth" / "identities.txt").read_text(encoding="utf-8").split("\n")
    several = [re.sub(r"[^\w]+", " ", one).casefold().strip() for one in identities]
    found = [one for one in several if len(one) > 5 and (" " in one or any(map(str.isdigit, one)))]
    assert len(found) > 1000
    assert not [one for one in found if f" {one} " in words]


def test_the_broken_rows_of_the_truth_are_at_their_places(places: Places) -> None:
    with (SAMPLE / "truth" / "broken_rows.csv").open(newline="") as file:
        broken = {(row["contract"], int(row["row"])) for row in csv.DictReader(file)}
    found = set()
    for line in lines(places):
        if line["set_aside"] == "yes":
            first, _, last = re.sub(r"[A-Z]", "", line["place"].rpartition("!")[2]).partition(":")
            shift = 1 if line["file"].endswith(".csv") else None
            if shift is not None:
                rows = range(int(first) - shift, int(last or first) - shift + 1)
                found |= {(line["contract"], row) for row in rows}
    assert found == {one for one in broken if one[0] != "housing_event"}


class _Text(HTMLParser):
    def __init__(self, content: str) -> None:
        super().__init__()
        self.words = ""
        self.feed(content)
        self.words = " ".join(self.words.split())

    def handle_data(self, data: str) -> None:
        self.words += f" {data}"


def test_the_second_report_says_what_became_worse_and_what_did_not_come(later: Places) -> None:
    name = releases(later)[-1]
    page = _Text((later.quality / name / "report.html").read_text(encoding="utf-8")).words
    assert f"Since the run {NAME}:" in page
    assert "Came last time and not now: Housing event" in page
    day = next(line for line in lines(later, name) if line["code"] == "occurred_on_is_a_date")
    assert day["since_last_run"] == "worse"
    assert int(day["rows_failing"]) > int(day["rows_failing_last_run"])
    first = {(line["contract"], line["code"]): line for line in lines(later)}
    assert first["police_incident", "occurred_on_is_a_date"]["since_last_run"] == ""
    assert day["rows_failing_last_run"] == first["police_incident", "occurred_on_is_a_date"]["rows_failing"]


def test_everybody_sees_of_the_release_before_what_it_showed_then(later: Places) -> None:
    query = "SELECT extract, rule, rows, failures FROM data_quality"
    then = table(later, NAME, "answers", query)
    query = "SELECT extract, rule, rows_before AS rows, failures_before AS failures FROM data_quality"
    now = table(later, releases(later)[-1], "answers", query)
    both = now.join(then, on=["extract", "rule"], suffix="_then")
    assert both.height > 100
    assert both["rows"].equals(both["rows_then"].rename("rows"))
    assert both["failures"].equals(both["failures_then"].rename("failures"))
    shown = both["failures"].drop_nulls()
    assert shown.len() > 3
    assert all(value >= 10 and value % 5 == 0 for value in shown)
    first = table(
        later,
        NAME,
        "answers",
        "SELECT DISTINCT failures_before, failures_before_symbol AS why FROM data_quality",
    )
    assert first.rows() == [(None, "z")]


def test_how_far_records_find_their_people_is_in_both_files(places: Places) -> None:
    query = "SELECT measure, dimension, code, whole, part FROM linkage_quality"
    exact, safe = (table(places, NAME, which, query) for which in ("protected", "answers"))
    assert exact.height == safe.height > 30
    both = exact.join(safe, on=["measure", "dimension", "code"], suffix="_shown")
    for name in ("whole", "part"):
        shown = both.drop_nulls(f"{name}_shown")
        assert shown.height
        assert shown.filter((pl.col(name) - pl.col(f"{name}_shown")).abs() > 2).is_empty()
        assert shown.filter((pl.col(f"{name}_shown") < 10) | (pl.col(f"{name}_shown") % 5 != 0)).is_empty()
    # The rule `matched` counts the same rows from the other side.
    matched = table(
        places,
        NAME,
        "protected",
        "SELECT extract AS code, rows, failures FROM data_quality WHERE rule = 'matched'",
    )
    same = exact.filter(measure="matched", dimension="extract").join(matched, on="code")
    assert same.height == matched.height
    assert same["whole"].to_list() == same["rows"].to_list()
    assert same["part"].to_list() == (same["rows"] - same["failures"]).to_list()


@pytest.mark.proof
def test_a_refused_run_leaves_its_report_until_the_next_run(own_data: Path, tmp_path: Path) -> None:
    places = Places(own_data)
    refused = tmp_path / "extracts"
    shutil.copytree(SAMPLE, refused)
    listed = refused / "extracts.toml"
    words = listed.read_text(encoding="utf-8")
    # The council's name holds a worker's e-mail address, which the check before publication finds.
    named = 'authority = "holly.hargreaves5@ashmere-council.example"'
    listed.write_text(words.replace('authority = "Ashmere"', named), encoding="utf-8")
    result = pipelines("run", "--extracts", refused, "--data", own_data)
    assert result.code == 25, result.words
    left = places.quality / SECOND / "report.html"
    assert left.exists()
    assert str(left) in result.words
    assert releases(places) == [NAME]
    # The next run sweeps it away, even where it does not come as far; what was published keeps its report.
    assert pipelines("run", "--extracts", tmp_path / "nowhere", "--data", own_data).code != 0
    assert not left.exists()
    assert (places.quality / NAME / "report.html").exists()
    assert {file.stem for file in (places.vault / "quality").iterdir()} == {NAME}


def test_links_are_scored_against_a_truth(sample_data: Path, tmp_path: Path) -> None:
    mine = tmp_path / "links.csv"
    assert pipelines("links", "--to", mine, "--data", sample_data).code == 0
    alone = tmp_path / "alone.csv"
    pl.read_csv(mine).with_columns(person=pl.int_range(pl.len())).write_csv(alone)
    truth = SAMPLE / "truth"
    result = pipelines("links", "--score", truth, "--beside", alone, "--data", sample_data)
    assert result.code == 0, result.words
    (every,) = re.findall(
        r"│ all +│ +([\d,]+) │ +([\d.]+) │ +([\d.]+) │ +([–\d.]+) │ +([\d.]+) │", result.out
    )
    # Nobody linked: nothing wrong, and nothing found.
    assert every[3:] == ("–", "0.0000")
    assert float(every[1]) > 0.99
    assert float(every[2]) > 0.9
    # The same, counted plainly.
    with (truth / "records.csv").open(newline="", encoding="utf-8") as file:
        persons = {(row["contract"], row["row"]): row["true_person_id"] for row in csv.DictReader(file)}
    with mine.open(newline="") as file:
        found = {(row["contract"], row["row"]): row["person"] for row in csv.DictReader(file)}
    groups: dict[str, int] = {}
    for key in found.keys() & persons.keys():
        groups[persons[key]] = groups.get(persons[key], 0) + 1
    assert int(every[0].replace(",", "")) == sum(size * (size - 1) // 2 for size in groups.values())
    assert "extract: police incident" in result.out
    assert "ethnic group: white" in result.out


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"contract,row\na,1\n", "lacks the column true_person_id"),
        (b"contract,row,true_person_id,file\nneed,one,T1,x\n", "damaged"),
        (b"contract,row,true_person_id,file\nnothing,1,T1,x\n", "other extracts"),
        (b"contract,row,true_person_id,file\nneed,1,T1,x\nneed,1,T2,x\n", "twice"),
    ],
)
def test_a_truth_that_will_not_do_is_told(
    sample_data: Path, tmp_path: Path, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / "records.csv").write_bytes(content)
    result = pipelines("links", "--score", tmp_path, "--data", sample_data)
    assert result.code == 57, result.words
    assert words in result.words


@pytest.mark.parametrize("options", [[], ["--beside", "x.csv"]])
def test_links_wants_to_know_what_for(sample_data: Path, options: list[str]) -> None:
    assert pipelines("links", *options, "--data", sample_data).code == 2


@pytest.mark.proof
def test_an_older_release_without_these_tables_is_told(own_data: Path) -> None:
    """A file of an earlier version stands in nobody's way: there is no trend, and the run goes on."""
    places = Places(own_data)
    file = places.releases / NAME / "answers.duckdb"
    file.chmod(0o640)
    with duckdb.connect(str(file)) as connection:
        connection.execute("DROP TABLE data_quality")
    extracts = own_data.parent / "extracts"
    shutil.copytree(SAMPLE, extracts)
    with (extracts / "workers.csv").open("ab") as more:
        more.write(b"\r\n")
    result = pipelines("run", "--extracts", extracts, "--data", own_data)
    assert result.code == 0, result.words
    why = table(
        places, SECOND, "answers", "SELECT DISTINCT failures_before, failures_before_symbol FROM data_quality"
    )
    assert why.rows() == [(None, "x")]


def test_nobody_and_a_few_look_the_same_in_the_measures_of_linkage(places: Places) -> None:
    shown = table(places, NAME, "answers", "SELECT * FROM linkage_quality")
    codes = table(places, NAME, "answers", "SELECT dimension, code FROM dimension WHERE code <> 'family'")
    for group in ("sex", "age_band", "ethnic_group"):
        there = shown.filter(measure="found_blind", dimension=group)
        assert set(there["code"]) == set(codes.filter(dimension=group)["code"])
        nobody = table(
            places,
            NAME,
            "protected",
            f"SELECT code FROM linkage_quality WHERE measure = 'found_blind' AND dimension = '{group}' AND whole = 0",
        )
        few = there.join(nobody, on="code", how="semi")
        assert set(few["whole_symbol"]) <= {"c"}
    extracts = set(shown.filter(measure="matched", dimension="extract")["code"])
    for measure in ("decided", "by_number", "by_name", "by_answer"):
        assert set(shown.filter(measure=measure, dimension="extract")["code"]) == extracts
