"""Tables that are to leave, counted from releases on disk, beside their dashboards and what left before."""

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from custody.released import (
    Audited,
    Proposed,
    ProposedError,
    Released,
    audit,
    exact_knowledge,
    noisy_knowledge,
)
from figures.profiles import read_profiles
from ledger import Ledger, open_ledger
from release.errors import ReleaseError
from release.places import PROJECT, Places
from release.pointer import COMPLETE
from tests import research_town as town

PROFILES = read_profiles(PROJECT / "data" / "disclosure.toml")
EXACT = exact_knowledge(PROFILES.publication)
FAMILIES = {town.FIRST: 600, town.SECOND: 601}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    return town.copied(tmp_path_factory.mktemp("town") / "data", joined=1)


@pytest.fixture(scope="module")
def ledger(places: Places) -> Iterator[Ledger]:
    with closing(open_ledger(places)) as opened:
        yield opened


def counted(
    release: str, *dimensions: str, withheld: tuple[tuple[str, ...], ...] = (), **fixed: str
) -> pl.DataFrame:
    """The families of a release by some dimensions with all totals, plainly, but for the cells `withheld`."""
    rows = town.family_rows(FAMILIES[release]).with_columns(
        family_size=pl.when(pl.col("size") >= 6).then(pl.lit("6+")).otherwise(pl.col("size").cast(pl.String))
    )
    for name, code in fixed.items():
        rows = rows.filter(pl.col(name) == code)
    parts = [rows.group_by(dimensions).len("value"), pl.DataFrame({"value": [rows.height]})]
    told = pl.concat([part.with_columns(pl.col("value").cast(pl.Float64)) for part in parts], how="diagonal")
    hidden = (
        pl.concat_list(dimensions).is_in([list(one) for one in withheld]) if withheld else pl.lit(value=False)
    )
    return told.select(
        *dimensions, pl.when(hidden.fill_null(value=False)).then(None).otherwise("value").alias("value")
    )


def table(
    cells: pl.DataFrame, *, name: str = "by", measure: str = "families_helped", **fixed: str
) -> Proposed:
    """A table that is to leave."""
    dimensions = tuple(column for column in cells.columns if column != "value")
    return Proposed(
        name, measure, dimensions, cells, EXACT, fixed={one: (code,) for one, code in fixed.items()}
    )


def held(
    places: Places, ledger: Ledger, release: str, *tables: Proposed, before: tuple[Released, ...] = ()
) -> Audited:
    return audit(places, ledger, release, tables, before=before)


def found(audited: Audited) -> set[str]:
    return {one.name for one in audited.report.attacks if not one.passed}


def test_large_exact_counts_beside_the_dashboard_pass(places: Places, ledger: Ledger) -> None:
    """Wards, and sizes of families in a locality: everything that is not small can be told exactly."""
    north = table(counted(town.FIRST, "family_size", locality="North"), name="north", locality="North")
    audited = held(places, ledger, town.FIRST, table(counted(town.FIRST, "ward")), north)
    assert audited.passed
    assert audited.mends
    assert not audited.leaks
    assert (audited.report.use.cells, audited.report.use.withheld, audited.report.leak) == (14, 0.0, 0)
    assert audited.notes == ()


def test_a_small_count_that_is_told_or_follows_is_named(places: Places, ledger: Ledger) -> None:
    """Of one ward nearly all come from one source: the others are few, and follow where one alone is withheld."""
    cells = counted(town.FIRST, "referral_source", ward="E2")
    small = cells.filter(pl.col("value").is_between(1, 5))
    assert small.height >= 1
    told = held(places, ledger, town.FIRST, table(cells, ward="E2"))
    assert "small_counts_told" in found(told)
    assert set(small["referral_source"]) <= set(told.leaks["by"]["referral_source"])
    leaks = tuple(told.leaks["by"].rows())
    mended = counted(town.FIRST, "referral_source", withheld=leaks, ward="E2")
    assert held(places, ledger, town.FIRST, table(mended, ward="E2")).passed
    assert told.mends


def test_what_left_before_and_is_counted_no_more_is_named(places: Places, ledger: Ledger) -> None:
    cells = counted(town.FIRST, "ward")
    gone = Released("return 1", town.FIRST, (table(cells, name="of then", measure="counted_once"),))
    audited = held(places, ledger, town.FIRST, table(cells), before=(gone,))
    assert audited.passed
    assert len(audited.notes) == 1
    assert "of then" in audited.notes[0]


def test_the_return_before_and_this_one_do_not_tell_of_who_came(places: Places, ledger: Ledger) -> None:
    """One family joined between the two releases: its ward may not be told twice, the council as a whole may."""
    before = Released("return 1", town.FIRST, (table(counted(town.FIRST, "ward")),))
    now = counted(town.SECOND, "ward")
    alone = held(places, ledger, town.SECOND, table(now))
    assert alone.passed
    both = held(places, ledger, town.SECOND, table(now), before=(before,))
    assert found(both) == {"moves_found"}
    joined = now.join(before.proposed[0].cells, on=["ward", "value"], how="anti", nulls_equal=True)
    told = set(both.leaks["by"]["ward"])
    # What is left of the council, less all other wards, would be that ward: another one goes too, and no total.
    assert set(joined["ward"].drop_nulls()) < told
    assert len(told) == 2
    assert None not in told
    mended = counted(town.SECOND, "ward", withheld=tuple(both.leaks["by"].rows()))
    assert "moves_found" not in found(held(places, ledger, town.SECOND, table(mended), before=(before,)))


def test_a_return_of_its_own_measure_lies_within_those_of_the_catalogue(
    places: Places, ledger: Ledger
) -> None:
    """Families with a plan: all but two of a ward. Beside all families of the ward, those two are told."""
    rows = town.family_rows(600).select(row_key="record_key", unit="record_key", ward="ward")
    planned = rows.filter(
        ~(
            (pl.col("ward") == "N1")
            & (pl.col("row_key").is_in(rows.filter(ward="N1")["row_key"][:2].implode()))
        )
    )
    cells = planned.group_by("ward").len("value").with_columns(pl.col("value").cast(pl.Float64)).sort("ward")
    own = Proposed("planned", "planned@2024", ("ward",), cells, EXACT, rows=planned)
    every = Released("return 1", town.FIRST, (table(counted(town.FIRST, "ward").drop_nulls()),))
    assert held(places, ledger, town.FIRST, own).passed
    both = held(places, ledger, town.FIRST, own, before=(every,))
    assert "differences_found" in found(both)
    assert ("N1",) in both.leaks["planned"].rows()


def test_an_export_beside_a_return(places: Places, ledger: Ledger) -> None:
    """What a research table withholds or perturbs, an exact margin of a return must not give back."""
    by_both = counted(town.FIRST, "family_size", ward="S1").drop_nulls()
    few = by_both.filter(pl.col("value") <= 5).height
    noisy = by_both.with_columns(pl.when(pl.col("value") >= 10).then(pl.col("value") + 1).alias("value"))
    export = Proposed(
        "sizes",
        "families_helped",
        ("family_size",),
        noisy,
        noisy_knowledge(PROFILES.research),
        fixed={"ward": ("S1",)},
    )
    assert few
    assert held(places, ledger, town.FIRST, export).passed
    given = Released("export 1", town.FIRST, (export,))
    total = table(counted(town.FIRST, "ward").drop_nulls())
    audited = held(places, ledger, town.FIRST, total, before=(given,))
    assert audited.mends


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"measure": "families_in_space"}, "does not count"),
        ({"cells": pl.DataFrame({"ward": ["N1"], "value": [1.0]})}, "are not what"),
        ({"cells": pl.DataFrame({"ward": ["Atlantis"], "value": [10.0]})}, "no code"),
        ({"fixed": {"moon": ("full",)}}, "not counted by moon"),
        ({"cells": pl.DataFrame({"ward": ["N1", "N1"], "value": [None, None]})}, "twice"),
    ],
)
def test_what_the_release_does_not_count_is_not_let_pass(
    places: Places, ledger: Ledger, changed: dict[str, object], words: str
) -> None:
    known: dict[str, object] = {
        "measure": "families_helped",
        "cells": counted(town.FIRST, "ward"),
        "fixed": {},
    }
    asked = known | changed
    proposed = Proposed("by", asked["measure"], ("ward",), asked["cells"], EXACT, fixed=asked["fixed"])  # type: ignore[arg-type]
    with pytest.raises(ProposedError, match=words):
        held(places, ledger, town.FIRST, proposed)


def test_releases_that_are_gone_or_damaged_are_told(places: Places, ledger: Ledger, tmp_path: Path) -> None:
    """It is said of how many releases nothing could be seen, and a release that is gone is no source."""
    mine = Places(tmp_path / "data")
    shutil.copytree(places.data, mine.data)
    wards = table(counted(town.FIRST, "ward"))
    manifest = mine.releases / town.SECOND / COMPLETE
    old = json.loads(manifest.read_text(encoding="utf-8")) | {"schema": "1"}
    manifest.write_text(json.dumps(old), encoding="utf-8")
    assert "1 earlier release cannot" in held(mine, ledger, town.FIRST, wards).notes[-1]
    shutil.rmtree(mine.releases / town.SECOND)
    assert "1 earlier release cannot" in held(mine, ledger, town.FIRST, wards).notes[-1]
    with pytest.raises(ReleaseError):
        held(mine, ledger, town.SECOND, wards)
    strange = Released(
        "return 9", town.FIRST, (table(wards.cells.with_columns(value=pl.lit(77.0)), name="return 9"),)
    )
    audited = held(mine, ledger, town.FIRST, wards, before=(strange,))
    assert any("return 9" in note for note in audited.notes)


def test_no_name_and_no_count_is_in_what_is_told(places: Places, ledger: Ledger) -> None:
    """The words go into the ledger: they hold no ward, and no small count."""
    told = held(
        places, ledger, town.FIRST, table(counted(town.FIRST, "referral_source", ward="E2"), ward="E2")
    )
    assert not any(
        code in " ".join(told.words) for codes in town.CODES.values() for code in codes if len(code) > 2
    )
