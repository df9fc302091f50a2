"""Which frameworks a run goes by, how each is paid, and what the manifest says of them."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from figures.reading import frameworks_of
from outcomes import read_framework
from pipelines.running.frameworks import (
    FrameworkFile,
    described,
    funds_of,
    payments,
    price,
    read_frameworks,
)
from pipelines.running.replay import codes_asked_for
from release.errors import SettingsError, UserError
from release.places import PROJECT, Places

FOLDER = PROJECT / "data" / "frameworks"
NATIONAL = read_framework(FOLDER / "supporting-families-2022.toml")
OLDER = read_framework(FOLDER / "troubled-families-2015.toml")
CONTRACT = read_framework(FOLDER / "family-outcomes-contract.toml")
LOCAL = read_framework(FOLDER / "family-help-local.toml")
AS_OF = date(2024, 10, 31)


@pytest.mark.parametrize(
    ("frameworks", "arrangement", "paid"),
    [
        ((NATIONAL,), "by_results", ["by_results"]),
        ((NATIONAL,), "earned_autonomy", ["earned_autonomy"]),
        ((NATIONAL,), "none", ["none"]),
        (
            (NATIONAL, OLDER, CONTRACT, LOCAL),
            "by_results",
            ["by_results", "by_results", "by_results", "none"],
        ),
        # Earned Autonomy is about the programme's money; whoever else pays, pays as agreed.
        (
            (NATIONAL, OLDER, CONTRACT),
            "earned_autonomy",
            ["earned_autonomy", "earned_autonomy", "by_results"],
        ),
        ((CONTRACT, NATIONAL), "none", ["none", NATIONAL.payment.mode]),
        ((LOCAL, NATIONAL), "by_results", ["none", NATIONAL.payment.mode]),
    ],
)
def test_how_the_council_is_paid(frameworks: tuple, arrangement: str, paid: list[str]) -> None:
    assert list(payments(frameworks, arrangement).values()) == paid


def test_the_price_is_that_of_the_day_and_nothing_where_nothing_is_paid() -> None:
    assert price(NATIONAL, "by_results", AS_OF) == NATIONAL.payment.amount_gbp == 800
    assert price(NATIONAL, "earned_autonomy", AS_OF) == 0
    tiered = next(kind for kind in CONTRACT.claims if len({one.amount_gbp for one in kind.prices}) > 1)
    alone = replace(CONTRACT, claims=(tiered,))
    days = [one.from_day or one.to_day for one in tiered.prices]
    assert [price(alone, "by_results", day) for day in days] == [one.amount_gbp for one in tiered.prices]


def test_a_manifest_names_them_so_that_they_are_found_again() -> None:
    files = [FrameworkFile(one, "text", "ab" * 32) for one in (NATIONAL, CONTRACT)]
    told = described(files, payments([NATIONAL, CONTRACT], "by_results"), AS_OF)
    assert list(frameworks_of({"frameworks": told})) == [
        (NATIONAL.id, "ab" * 32),
        (CONTRACT.id, "ab" * 32),
    ]
    of_contract = json.loads(told)[1]
    assert of_contract["fund"] != json.loads(told)[0]["fund"]
    assert of_contract["deadweight"] == "1/6"
    assert {kind["unit"] for kind in of_contract["claims"]} == {"family", "person"}


@pytest.mark.parametrize("said", [None, 3, "", "3", "[3]", '[{"id": "a"}]', "[" * 100_000])
def test_a_manifest_that_does_not_say_so_is_refused(said: object) -> None:
    with pytest.raises(SettingsError):
        list(frameworks_of({"frameworks": said}))


def test_without_a_name_the_active_ones_are_read_as_they_lie_there(tmp_path: Path) -> None:
    (only,) = read_frameworks(Places(tmp_path))
    assert only.framework == NATIONAL
    assert only.text == (FOLDER / "supporting-families-2022.toml").read_text(encoding="utf-8")
    named = read_frameworks(Places(tmp_path), [OLDER.id, NATIONAL.id])
    assert [one.framework.id for one in named] == [OLDER.id, NATIONAL.id]


def test_what_is_named_and_not_active_or_was_edited_is_said_not_to_be_checked(tmp_path: Path) -> None:
    def checked(*names: str) -> list[bool]:
        files = read_frameworks(Places(tmp_path), names)
        told = json.loads(described(files, payments([one.framework for one in files], "none"), AS_OF))
        assert [one["checked"] for one in told] == [one.checked for one in files]
        return [one.checked for one in files]

    assert checked() == [True]
    assert checked(OLDER.id, NATIONAL.id) == [False, True]
    edited = tmp_path / "frameworks" / f"{NATIONAL.id}.toml"
    edited.parent.mkdir()
    edited.write_text((FOLDER / edited.name).read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert checked(NATIONAL.id) == [False]


def test_the_fund_of_a_framework_that_is_active_no_longer_is_known(tmp_path: Path) -> None:
    folder = tmp_path / "frameworks"
    folder.mkdir()
    (folder / "half-written.toml").write_text("id =", encoding="utf-8")
    elsewhere = replace(LOCAL, id="elsewhere", fund="")
    funds = funds_of(Places(tmp_path), [NATIONAL, elsewhere])
    assert funds[OLDER.id] == funds[NATIONAL.id] == "supporting-families"
    assert funds["elsewhere"] == "elsewhere"
    assert "half-written" not in funds


def test_a_run_refuses_two_of_one_fund_of_which_one_pays_once_for_a_family(tmp_path: Path) -> None:
    folder = tmp_path / "frameworks"
    folder.mkdir()
    text = (FOLDER / f"{CONTRACT.id}.toml").read_text(encoding="utf-8")
    mixed = text.replace(f'fund = "{CONTRACT.fund}"', 'fund = "supporting-families"')
    (folder / f"{CONTRACT.id}.toml").write_text(mixed, encoding="utf-8")
    read_frameworks(Places(tmp_path), [CONTRACT.id])
    for names in ([CONTRACT.id, OLDER.id], [OLDER.id, CONTRACT.id]):
        with pytest.raises(SettingsError, match=f"Give {CONTRACT.id} a fund of its own"):
            read_frameworks(Places(tmp_path), names)


@pytest.mark.parametrize("names", [["../secret"], ["no-such-one"], [""], [NATIONAL.id, NATIONAL.id]])
def test_a_name_that_is_none_is_refused(tmp_path: Path, names: list[str]) -> None:
    with pytest.raises(UserError):
        read_frameworks(Places(tmp_path), names)


def test_of_codes_only_those_are_kept_that_some_rule_asks_for() -> None:
    asked = codes_asked_for([NATIONAL])
    assert asked["police_incident", "role"] == {"suspect"}
    assert asked["social_care_episode", "kind"] == {"CPP", "CLA"}
    assert asked["housing_event", "kind"] == frozenset()
    assert asked["police_incident", "domestic_abuse"] == frozenset(), "yes and no are no codes"
    more = codes_asked_for([NATIONAL, CONTRACT])
    assert all(codes <= more[place] for place, codes in asked.items())
    assert more != asked
