"""Research exports through the public commands and the worker: from a question to a package that somebody reads."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from custody.__main__ import app
from custody.worker import work_once
from ledger import ExportState, Ledger, RequestKind, RequestState, open_ledger
from ledger.export_records import present_day
from release.errors import UserError
from release.places import Places
from release.specification import Microdata, Private, Specification, TableAsked, Tables, write_specification
from tests import research_town as town
from tests.conftest import Result

DEEP = Tables(
    (
        TableAsked("families_helped", ("family_size", "referral_source", "ward")),
        TableAsked("share_of_two", ("locality", "referral_source")),
    )
)
ROWS = Microdata("person", ("age_band", "sex", "locality"), k=5, l=2, t=0.5, most_left_out=20)
PRIVATE = Private((TableAsked("people_helped", ("sex",)),), rho=50_000, most_records=1)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return town.copied(tmp_path / "data")


@pytest.fixture
def ledger(places: Places) -> Iterator[Ledger]:
    with closing(open_ledger(places)) as opened:
        yield opened


def exports(places: Places, *arguments: str | Path) -> Result:
    """Run `python -m custody exports …`, in this process."""
    told = CliRunner().invoke(app, ["exports", *map(str, arguments), "--data", str(places.data)])
    if isinstance(told.exception, UserError):
        return Result(told.exception.exit_code, told.output, str(told.exception))
    return Result(told.exit_code, told.output, "")


def prepared(places: Places, ledger: Ledger, specification: Specification, release: str = town.FIRST) -> int:
    """An export that the worker was asked to prepare."""
    number = town.asked(ledger, specification, release=release)
    ledger.ask(
        RequestKind.PREPARE_EXPORT, by=town.AUTHOR, role="researcher", release=release, subject=str(number)
    )
    work_once(places, ledger)
    return number


def package(places: Places, number: int) -> dict[str, bytes]:
    with zipfile.ZipFile(places.outbox / f"export-{number:06d}.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_tables_from_question_to_package(places: Places, ledger: Ledger) -> None:
    number = prepared(places, ledger, DEEP)
    assert ledger.exports.standing(number).state is ExportState.PREPARED
    assert not places.outbox.exists()
    town.approve(ledger, number)
    work_once(places, ledger)
    files, told = package(places, number), ledger.exports.standing(number).files
    assert {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}.items() <= told.items()
    deep = pl.read_csv(io.BytesIO(files["data/table_01_families_helped.csv"]), infer_schema=False)
    assert deep.columns == ["family_size", "referral_source", "ward", "value", "symbol"]
    assert deep.row(0)[:3] == ("Total", "Total", "Total")
    assert deep.height == 7 * 5 * 7
    shown = deep.filter(pl.col("symbol").fill_null("") == "")["value"].cast(pl.Int64)
    assert shown.min() >= 10  # type: ignore[operator]
    report = json.loads(ledger.exports.report(number))
    (table,) = (one for one in report["files"] if one["name"] == "data/table_01_families_helped.csv")
    assert (table["shown"], table["withheld"]) == (shown.len(), deep.height - shown.len())
    assert table["smallest"] == table["smallest_above_zero"] == shown.min()
    assert sum(one["cells"] for one in table["classes"]) == shown.len()
    assert report["audit"]["passed"] is True
    # Shares are worked out from what is shown.
    share = pl.read_csv(io.BytesIO(files["data/table_02_share_of_two.csv"]), null_values="").drop_nulls(
        "share"
    )
    assert share.height > 5
    expected = (100 * share["part"] / share["whole"]).clip(0, 100)
    assert (expected - share["share"]).abs().max() <= 0.05 + 1e-9  # type: ignore[operator]


@pytest.mark.proof
def test_the_same_question_gives_the_same_figures_in_another_export(places: Places, ledger: Ledger) -> None:
    asked = Tables((TableAsked("families_helped", ("family_size", "ward")),))
    one, two = prepared(places, ledger, asked), prepared(places, ledger, asked)
    reports = [json.loads(ledger.exports.report(number))["files"] for number in (one, two)]
    digests = [
        {file["name"]: file["sha256"] for file in report if file["name"].endswith((".csv", ".parquet"))}
        for report in reports
    ]
    assert len(digests[0]) == 3
    assert digests[0] == digests[1]


@pytest.mark.parametrize(
    ("specification", "file"), [(ROWS, "data/person.csv"), (PRIVATE, "data/table_01_people_helped.csv")]
)
def test_the_other_kinds_go_the_same_way(
    places: Places, ledger: Ledger, specification: Specification, file: str
) -> None:
    number = prepared(places, ledger, specification)
    town.approve(ledger, number)
    work_once(places, ledger)
    assert file in package(places, number)
    ledger.projects.end(ledger.exports.standing(number).project, "done", by=town.AUTHOR, role="researcher")
    work_once(places, ledger)
    assert list(places.outbox.glob("export-*")) == []
    assert list(places.projects.glob("*.key")) == []
    assert ledger.exports.standing(number).state is ExportState.ENDED


@pytest.mark.parametrize(
    ("specification", "release", "words"),
    [
        (Tables((TableAsked("families_gone"),)), town.FIRST, "there is no measure families_gone"),
        (Tables((TableAsked("families_helped", ("sex",)),)), town.FIRST, "cannot be broken down by sex"),
        (DEEP, "2019-01-31-009", "release"),
        (Microdata("person", ("shoe_size",), 5, 2, 0.5, 20), town.FIRST, "shoe_size"),
        (Microdata("person", ("sex",), 4, 2, 0.5, 20), town.FIRST, "at least 5 is the policy"),
    ],
)
def test_what_cannot_be_made_is_refused_and_nothing_leaves(
    places: Places, ledger: Ledger, specification: Specification, release: str, words: str
) -> None:
    """Also where the page was passed by: the worker looks again."""
    number = prepared(places, ledger, specification, release)
    standing = ledger.exports.standing(number)
    assert standing.state is ExportState.REFUSED
    assert words in standing.refused_why
    assert not places.exports.joinpath(f"{number:06d}").exists()


def test_somebody_else_cannot_have_it_prepared(places: Places, ledger: Ledger) -> None:
    number = town.asked(ledger, DEEP)
    ledger.ask(
        RequestKind.PREPARE_EXPORT,
        by="eve@example.org",
        role="researcher",
        release=town.FIRST,
        subject=str(number),
    )
    work_once(places, ledger)
    assert ledger.requests()[0].state is RequestState.REFUSED
    assert ledger.exports.standing(number).state is ExportState.ASKED


def test_a_policy_that_gives_two_noises_to_the_same_people_stops_it(places: Places, ledger: Ledger) -> None:
    """It waits until that is mended: the researcher can do nothing about it."""
    text = Places(places.data).setting("disclosure.toml").read_text(encoding="utf-8")
    start, research = text.split("[profile.research]")
    (places.data / "disclosure.toml").write_text(
        f"{start}[profile.research]{research.replace('variance = 2.5', 'variance = 2.0', 1)}",
        encoding="utf-8",
    )
    number = prepared(places, ledger, DEEP)
    assert ledger.requests()[0].state is RequestState.REFUSED
    assert ledger.exports.standing(number).state is ExportState.ASKED


def test_the_commands_say_what_is_what(places: Places, tmp_path: Path) -> None:
    until = (present_day() + timedelta(30)).isoformat()
    about = ("--title", "T", "--purpose", "To see", "--basis", "Article 6(1)(e)", "--until", until)
    assert exports(places, "begin", "help-lasts", *about).code == 0
    file = tmp_path / "asked.json"
    file.write_text(write_specification(PRIVATE), encoding="utf-8")
    look = exports(places, "ask", "help-lasts", "--specification", file, "--look")
    assert look.code == 0
    assert "table_01_people_helped" in look.words
    assert exports(places, "ask", "help-lasts", "--specification", file).code == 0
    assert exports(places, "prepare", "1").code == 0
    assert "help-lasts private prepared" in exports(places, "list").words
    assert "0.45 of rho 0.5 left" in exports(places, "projects").words
    assert "e^" in exports(places, "report", "1").words
    own = exports(places, "decide", "1", "approve", "--why", "fine")
    assert own.code == 73
    assert exports(places, "hand-out", "1").code == 91
    ended = ("end", "help-lasts", "--why", "done")
    assert "Not for the role auditor" in exports(places, *ended, "--role", "auditor").words
    assert exports(places, *ended).code == 0
    assert "nothing to be done" in exports(places, "look-after").words


@pytest.mark.parametrize(
    ("content", "words"), [("{", "not readable as JSON"), ("{}", "no version"), (None, "cannot be read")]
)
def test_a_specification_that_is_none_is_refused_in_words(
    places: Places, tmp_path: Path, content: str | None, words: str
) -> None:
    file = tmp_path / "asked.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    result = exports(places, "ask", "help-lasts", "--specification", file)
    assert result.code == 90
    assert words in result.words
