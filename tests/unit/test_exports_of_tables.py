"""Tables of an export: what the joint audit finds is withheld and held again; and what nothing helps is refused."""

import io
import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from custody.exports import export_file, look_after_exports
from custody.exports import tables as tables_module
from custody.exports.errors import UnsafeExportError
from custody.exports.keeping import put_away, tables_kept
from custody.exports.preparing import prepare
from custody.released import Audited, Proposed
from disclosure.errors import PatternError
from ledger import ExportState, Ledger, open_ledger
from release.places import Places
from release.specification import Private, TableAsked, Tables
from tests import research_town as town

ASKED = Tables((TableAsked("families_helped", ("family_size", "ward")),))
LEAK = {"family_size": "2", "ward": "S1"}
TOTAL = {"family_size": "5", "ward": None}
ALL = {"family_size": None, "ward": None}


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return town.copied(tmp_path / "data")


@pytest.fixture
def ledger(places: Places) -> Iterator[Ledger]:
    with closing(open_ledger(places)) as opened:
        yield opened


class Auditor:
    """An audit that finds three cells at its first look (or, if `stubborn`, something at every look)."""

    def __init__(self, real: Any, leaks: Mapping[str, pl.DataFrame], *, stubborn: bool) -> None:
        self.real, self.leaks, self.stubborn = real, leaks, stubborn
        self.looks: list[tuple[Proposed, ...]] = []
        self.before: list[str] = []

    def __call__(
        self, places: Places, ledger: Ledger, release: str, proposed: tuple[Proposed, ...], **how: Any
    ) -> Audited:
        self.looks.append(proposed)
        self.before = [one.name for one in how["before"]]
        found: Audited = self.real(places, ledger, release, proposed, **how)
        failed = self.stubborn or len(self.looks) == 1
        return replace(found, passed=False, leaks=self.leaks) if failed else found


def shown(frame: pl.DataFrame, codes: Mapping[str, str | None]) -> list[float | None]:
    kept = frame.filter(pl.col(name).eq_missing(pl.lit(code, pl.String)) for name, code in codes.items())
    return kept["value"].to_list()


def test_what_gives_away_is_withheld_everywhere_and_held_again(
    places: Places, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaks = pl.DataFrame([LEAK, TOTAL, ALL], schema={"family_size": pl.String, "ward": pl.String})
    auditor = Auditor(tables_module.audit, {"part_01": leaks}, stubborn=False)
    monkeypatch.setattr(tables_module, "audit", auditor)
    number = town.asked(ledger, ASKED)
    report = prepare(places, ledger, number)
    first, second = (look[0].cells for look in auditor.looks)
    for codes in (LEAK, TOTAL, ALL):
        assert shown(first, codes) != [None]
        assert shown(second, codes) == [None]
    assert second["value"].null_count() == first["value"].null_count() + 3
    assert not set(report["risk_words"]) & set(report["audit"]["words"])
    assert "3 further cells are withheld" in " ".join(report["method"])
    kept = put_away(places, number)
    assert kept is not None
    with zipfile.ZipFile(io.BytesIO(kept[0])) as archive:
        packed = pl.read_csv(archive.read("data/table_01_families_helped.csv"), infer_schema=False)
    for codes in (LEAK, TOTAL, ALL):
        said = {name: code or "Total" for name, code in codes.items()}
        row = packed.filter(pl.col(name) == code for name, code in said.items())
        assert row["symbol"].to_list() == ["c"]
    (table,) = tables_kept(places, number)
    assert table.cells.equals(second)


@pytest.mark.parametrize("leaks", [pytest.param(True, marks=pytest.mark.proof), False])
def test_what_nothing_helps_is_refused(
    places: Places, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, leaks: bool
) -> None:
    cells = pl.DataFrame([LEAK], schema={"family_size": pl.String, "ward": pl.String})
    auditor = Auditor(tables_module.audit, {"part_01": cells} if leaks else {}, stubborn=True)
    monkeypatch.setattr(tables_module, "audit", auditor)
    monkeypatch.setattr(tables_module, "_ROUNDS", 2)
    number = town.asked(ledger, ASKED)
    with pytest.raises(UnsafeExportError, match="would give somebody away"):
        prepare(places, ledger, number)
    assert ledger.exports.standing(number).state is ExportState.REFUSED
    assert put_away(places, number) is None


def test_an_export_is_held_against_those_of_other_projects_that_still_wait(
    places: Places, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not against those that were returned: nobody ever had them."""
    few = Tables((TableAsked("families_helped", ("locality",)),))
    waits, returned, own = (
        town.asked(ledger, few, project=name) for name in ("project-a", "project-b", "project-c")
    )
    prepare(places, ledger, waits)
    prepare(places, ledger, returned)
    for who in (town.ONE, town.TWO):
        ledger.exports.decide(returned, "return", "of no use", by=who, role="output_checker")
    auditor = Auditor(tables_module.audit, {}, stubborn=False)
    auditor.looks.append(())
    monkeypatch.setattr(tables_module, "audit", auditor)
    prepare(places, ledger, own)
    assert auditor.before == [f"export {waits}"]


@pytest.mark.parametrize("safe", [True, False, pytest.param(None, id="cannot be attacked")])
def test_tables_are_held_against_a_release_that_came_after_they_were_prepared(
    places: Places, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, safe: bool | None
) -> None:
    number = town.asked(ledger, Tables((TableAsked("families_helped", ("locality",)),)))
    prepare(places, ledger, number)
    town.approve(ledger, number)
    later = town.copied(places.data.parent / "later", joined=1)
    shutil.copytree(later.releases / town.SECOND, places.releases / town.SECOND)
    held = []

    def audited(
        _places: Places, _ledger: Ledger, release: str, proposed: tuple[Proposed, ...], **_: Any
    ) -> Any:
        held.append((release, [one.measure for one in proposed]))
        if safe is None:
            raise PatternError("what the pattern says of it is not true of the table")
        return SimpleNamespace(passed=safe)

    monkeypatch.setattr("custody.released.audit", audited)
    said = look_after_exports(places, ledger) + look_after_exports(places, ledger)
    assert held == [(town.FIRST, ["families_helped"])]
    assert (places.outbox / export_file(number)).exists() is bool(safe)
    assert len(said) == 1
    assert ("is handed out" if safe else "published since") in said[0]


def test_noise_is_what_it_says_it_is(places: Places, ledger: Ledger) -> None:
    """Figures of people are off by chance, and as good as never by more than is told."""
    asked = Private((TableAsked("people_helped", ("age_band", "sex")),), rho=100_000, most_records=1)
    number = town.asked(ledger, asked)
    report = prepare(places, ledger, number)
    (told,) = report["private"]["tables"]
    assert told["rho"] <= 100_000
    kept = put_away(places, number)
    assert kept is not None
    with zipfile.ZipFile(io.BytesIO(kept[0])) as archive:
        cells = pl.read_csv(archive.read("data/table_01_people_helped.csv"))
    assert cells.height == 4 * 3
    true = town.people(town.family_rows(600)).group_by("age_band", "sex").len()
    both = cells.join(true, on=["age_band", "sex"], how="left").with_columns(pl.col("len").fill_null(0))
    off = (both["value"] - both["len"].cast(pl.Int64)).abs()
    assert off.max() <= 2 * told["all_within_19_of_20"]  # type: ignore[operator]
    assert off.sum() > 0
    assert json.loads(kept[1]) == json.loads(ledger.exports.report(number))
