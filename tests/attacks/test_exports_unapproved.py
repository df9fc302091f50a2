"""Somebody who wants an export that nobody let go: by approving it himself, by putting another package in its place, by
waiting past the end, or by asking for the noise once more."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from custody.errors import RoleError
from custody.exports import export_file, hand_out_export, look_after_exports, released_before
from custody.exports import preparing as preparing_module
from custody.exports.errors import NoExportError, PackageChangedError
from custody.exports.handing_out import hand_out
from custody.exports.keeping import folder_of
from custody.exports.preparing import prepare
from ledger import Event, ExportState, Ledger, RequestKind, TwoPeopleError, open_ledger
from ledger.errors import ExportError
from release.places import Places
from release.specification import Private, TableAsked, Tables
from tests import research_town as town

PRIVATE = Private((TableAsked("people_helped", ("sex",)),), rho=50_000, most_records=1)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return town.copied(tmp_path / "data")


@pytest.fixture
def ledger(places: Places) -> Iterator[Ledger]:
    with closing(open_ledger(places)) as opened:
        yield opened


@pytest.fixture
def number(places: Places, ledger: Ledger) -> int:
    """An export that waits for its checkers."""
    found = town.asked(ledger, PRIVATE)
    prepare(places, ledger, found)
    return found


@pytest.mark.parametrize(
    "who", [town.AUTHOR, town.AUTHOR.upper(), f"  {town.AUTHOR} ", town.OTHER, town.OTHER.title()]
)
def test_whoever_belongs_to_the_project_cannot_approve(ledger: Ledger, number: int, who: str) -> None:
    with pytest.raises(TwoPeopleError):
        ledger.exports.decide(number, "approve", "it is fine", by=who, role="output_checker")


@pytest.mark.parametrize("again", [town.ONE, town.ONE.upper(), f"{town.ONE} "])
def test_two_approvals_of_one_checker_let_nothing_go(
    places: Places, ledger: Ledger, number: int, again: str
) -> None:
    ledger.exports.decide(number, "approve", "fine", by=town.ONE, role="output_checker")
    with pytest.raises(TwoPeopleError):
        ledger.exports.decide(number, "approve", "fine", by=again, role="output_checker")
    assert look_after_exports(places, ledger) == []
    with pytest.raises(NoExportError, match="two output checkers"):
        hand_out(places, ledger, number)
    assert not places.outbox.exists()


@pytest.mark.parametrize("swap", ["another", "cut", "gone"])
def test_a_package_that_is_not_the_approved_one_stays_where_it_is(
    places: Places, ledger: Ledger, number: int, swap: str
) -> None:
    town.approve(ledger, number)
    package = folder_of(places, number) / "package.zip"
    match swap:
        case "another":
            package.write_bytes(b"PK another")
        case "cut":
            package.write_bytes(package.read_bytes()[:-1])
        case "gone":
            package.unlink()
    with pytest.raises(PackageChangedError, match="nothing is handed out"):
        hand_out(places, ledger, number)
    assert len(look_after_exports(places, ledger)) == 1
    assert look_after_exports(places, ledger) == []
    assert not (places.outbox / export_file(number)).exists()
    assert ledger.exports.standing(number).state is ExportState.APPROVED
    told = [one for one in ledger.entries() if one.event == Event.DOWNLOAD_REFUSED]
    assert [one.subject for one in told] == [f"export {number}"]


def test_what_two_approved_is_handed_out_byte_for_byte(places: Places, ledger: Ledger, number: int) -> None:
    town.approve(ledger, number)
    assert look_after_exports(places, ledger) == [f"export {number} is handed out"]
    data = (places.outbox / export_file(number)).read_bytes()
    assert hashlib.sha256(data).hexdigest() == ledger.exports.standing(number).files[export_file(number)]


def test_what_stands_in_the_way_of_one_package_keeps_no_other(
    places: Places, ledger: Ledger, number: int
) -> None:
    """A folder where the package should lie: the worker goes on, and nobody is told where on this machine."""
    other = town.asked(ledger, PRIVATE)
    prepare(places, ledger, other)
    for one in (number, other):
        town.approve(ledger, one)
    (places.outbox / export_file(number)).mkdir(parents=True)
    said = look_after_exports(places, ledger)
    assert said[1:] == [f"export {other} is handed out"] and str(places.data) not in said[0]
    assert ledger.exports.standing(number).state is ExportState.APPROVED
    (places.outbox / export_file(number)).rmdir()
    assert look_after_exports(places, ledger) == [f"export {number} is handed out"]


@pytest.mark.parametrize("early", [True, False])
def test_past_its_end_an_export_is_taken_away_and_not_given_again(
    places: Places, ledger: Ledger, number: int, early: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ended before its last day, or on it; however late the worker wakes up."""
    other = town.asked(ledger, PRIVATE)
    prepare(places, ledger, other)
    for one in (number, other):
        town.approve(ledger, one)
    hand_out(places, ledger, number)
    if early:
        ledger.projects.end(
            ledger.exports.standing(number).project, "done", by=town.AUTHOR, role="researcher"
        )
    else:
        later = datetime.now(UTC) + timedelta(days=31)
        monkeypatch.setattr("ledger.store.now", lambda: later.isoformat(timespec="milliseconds"))
    said = look_after_exports(places, ledger)
    assert f"export {number} is taken away" in said
    assert list(places.outbox.iterdir()) == []
    for one in (number, other):
        assert not (folder_of(places, one) / "package.zip").exists()
        with pytest.raises(NoExportError, match="past its end"):
            hand_out(places, ledger, one)


def test_noise_is_drawn_once_for_one_budget(
    places: Places, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Broken off after the budget was spent: it is gone, and nothing is given."""
    number = town.asked(ledger, PRIVATE)

    def broken_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(preparing_module, "keep", broken_off)
    with pytest.raises(KeyboardInterrupt):
        prepare(places, ledger, number)
    monkeypatch.undo()
    with pytest.raises(NoExportError, match="never drawn twice"):
        prepare(places, ledger, number)
    standing = ledger.exports.standing(number)
    assert standing.state is ExportState.REFUSED
    assert ledger.exports.spent(standing.project) == PRIVATE.rho


def test_what_was_put_away_before_a_break_is_what_it_is(
    places: Places, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Broken off before the ledger was told: the very same package goes to the checkers."""
    number = town.asked(ledger, PRIVATE)
    with monkeypatch.context() as patched:
        patched.setattr(type(ledger.exports), "prepared", _broken_off)
        with pytest.raises(KeyboardInterrupt):
            prepare(places, ledger, number)
    package = (folder_of(places, number) / "package.zip").read_bytes()
    prepare(places, ledger, number)
    assert ledger.exports.standing(number).files[export_file(number)] == hashlib.sha256(package).hexdigest()


def _broken_off(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_the_budget_ends(places: Places, ledger: Ledger) -> None:
    """A project has a half of rho: the third export that costs a quarter is refused before any noise."""
    dear = Private(PRIVATE.tables, rho=250_000, most_records=1)
    for _ in range(2):
        prepare(places, ledger, town.asked(ledger, dear))
    third = town.asked(ledger, dear)
    with pytest.raises(ExportError):
        prepare(places, ledger, third)
    standing = ledger.exports.standing(third)
    assert "0 rho of its privacy budget left" in standing.refused_why
    assert ledger.exports.spent(standing.project) == 500_000
    assert not folder_of(places, third).exists()


@pytest.mark.parametrize(
    "record", [{"_unit": None, "sex": "female"}, {"_unit": "one", "sex": "a code of no list"}]
)
def test_what_could_not_be_counted_costs_no_budget(
    places: Places, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, record: dict[str, str | None]
) -> None:
    records = pl.DataFrame([record], schema={"_unit": pl.String, "sex": pl.String})
    codes = {"sex": ["female", "male", "not listed"]}
    monkeypatch.setattr("custody.exports.private._records", lambda *_: (records, codes))
    number = town.asked(ledger, PRIVATE)
    with pytest.raises(NoExportError):
        prepare(places, ledger, number)
    standing = ledger.exports.standing(number)
    assert standing.state is ExportState.REFUSED
    assert ledger.exports.spent(standing.project) == 0


def test_what_is_kept_for_audits_cannot_be_lost_in_silence(
    places: Places, ledger: Ledger, number: int
) -> None:
    """Were a table that somebody has forgotten, the next one would be held against less than is known."""
    tables = town.asked(ledger, Tables((TableAsked("families_helped", ("locality",)),)))
    prepare(places, ledger, tables)
    assert [one.name for one in released_before(places, ledger)] == [f"export {tables}"]
    shutil.rmtree(folder_of(places, tables) / "kept")
    with pytest.raises(PackageChangedError, match="damaged or gone"):
        released_before(places, ledger)


def test_a_researcher_of_another_project_has_nothing_handed_out(
    places: Places, ledger: Ledger, number: int
) -> None:
    town.approve(ledger, number)
    asked = ledger.ask(
        RequestKind.HAND_OUT_EXPORT,
        by="eve@example.org",
        role="researcher",
        release=town.FIRST,
        subject=str(number),
    )
    (request,) = (one for one in ledger.requests() if one.id == asked)
    with pytest.raises(RoleError, match="another's"):
        hand_out_export(places, ledger, request)
    assert not places.outbox.exists()
