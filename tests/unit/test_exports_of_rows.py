"""Exports of rows: whose needs they tell, and what stands in their way without being the researcher's doing."""

from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from custody.exports.before import GIVEN, rows_before
from custody.exports.commands import _report_lines
from custody.exports.errors import PackageChangedError
from custody.exports.keeping import folder_of
from custody.exports.preparing import prepare
from custody.exports.rows import make_rows
from ledger import ExportState, Ledger, open_ledger
from ledger.errors import LedgerError
from ledger.export_records import present_day
from release.errors import KeyFileError
from release.places import Places
from release.research import RESEARCH, read_policy
from release.specification import Microdata
from tests import microdata_town
from tests import research_town as town

ROWS = Microdata("person", ("age_band", "sex", "locality"), k=5, l=2, t=0.5, most_left_out=20)
NEEDS = Microdata("need", ("age_band", "need_state"), k=5, l=2, t=0.5, most_left_out=20)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return town.copied(tmp_path / "data")


@pytest.fixture
def ledger(places: Places) -> Iterator[Ledger]:
    with closing(open_ledger(places)) as opened:
        yield opened


@pytest.mark.parametrize("framework", [microdata_town.FRAMEWORK, "another"])
def test_of_several_frameworks_the_primary_ones_needs_are_told(
    places: Places, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, framework: str
) -> None:
    families = microdata_town.families(60)
    release = microdata_town.release(families)
    # The second framework has two needs of everybody, in states that the first does not have.
    for code, state in enumerate(("waived", "not_evidenced")):
        release._connection.execute(
            "INSERT INTO protected.need (episode, framework, need_code, headline, identified_on, state) "
            "SELECT episode, 'another', ?, '1', DATE '2024-01-01', ? FROM protected.episode",
            [str(code), state],
        )
    monkeypatch.setattr("custody.exports.rows.open_release", lambda *_: nullcontext(release))
    source: Any = SimpleNamespace(
        name=release.name, lists=microdata_town.dimensions(), facts={"framework": framework}
    )
    standing = ledger.exports.standing(town.asked(ledger, NEEDS))
    policy = read_policy(places.setting(RESEARCH))
    made = make_rows(places, ledger, source, NEEDS, policy, standing, present_day())
    states = {"waived", "not_evidenced"} if framework == "another" else {"sustained", "outstanding"}
    assert set(made.tables[0].frame["need_state"]) == states
    assert any(f"of the framework {framework}" in words for words in made.method)


def _cut(places: Places, number: int) -> None:
    file = folder_of(places, number) / "kept" / GIVEN
    file.write_bytes(file.read_bytes()[:-9])


def _away(places: Places, number: int) -> None:
    (folder_of(places, number) / "kept" / GIVEN).unlink()


@pytest.mark.parametrize("damage", [_cut, _away])
def test_rows_whose_copy_is_damaged_let_no_more_be_made_until_it_is_put_back(
    places: Places, ledger: Ledger, damage: Callable[[Places, int], None]
) -> None:
    first = town.asked(ledger, ROWS)
    prepare(places, ledger, first)
    damage(places, first)
    with pytest.raises(PackageChangedError, match=f"keeps of export {first} .* Put back the copy"):
        rows_before(places, ledger)
    second = town.asked(ledger, ROWS)
    with pytest.raises(PackageChangedError):
        prepare(places, ledger, second)
    assert ledger.exports.standing(second).state is ExportState.ASKED


@pytest.mark.parametrize("error", [KeyFileError, LedgerError])
def test_what_the_researcher_can_do_nothing_about_refuses_nothing(
    places: Places, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise error(f"{places.data} is not as it should be")

    number = town.asked(ledger, ROWS)
    monkeypatch.setattr("custody.exports.preparing.make_rows", failing)
    with pytest.raises(error):
        prepare(places, ledger, number)
    assert ledger.exports.standing(number).state is ExportState.ASKED


def test_a_checker_reads_once_what_it_was_held_against(places: Places, ledger: Ledger) -> None:
    first, second = town.asked(ledger, ROWS), town.asked(ledger, ROWS)
    prepare(places, ledger, first)
    report = prepare(places, ledger, second)
    lines = list(_report_lines(ledger.exports.standing(second), report))
    assert len(set(lines)) == len(lines)
    assert any(line.startswith(f"With export {first}: ") for line in lines)
    assert "together they keep to the rules" in " ".join(report["audit"]["words"])
