"""The council's plan: read without trust, and set against the year so far as far as the figures bear it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from evidence.evidence import Evidence
from evidence.plan import PLAN, Progress, Standing, Target, read_plan, year_so_far
from release.errors import SettingsError
from release.places import PROJECT, Places
from tests.chosen_figures import Figures, evidence_with
from tests.fakes import catalogue

GOOD = '[[target]]\ncouncil = "Ashmere"\nyear = "2024-25"\nmeasure = "families_helped"\ntarget = 900\n'
YEARS: Figures = {("2023-24",): 820, ("2024-25",): 412}
QUARTERS: Figures = {
    (f"{year} Q{number}",): value
    for year, value in (("2023-24", 200), ("2024-25", 176))
    for number in (1, 2, 3, 4)
}
MONTHS: Figures = {
    (f"{year}-{month:02d}",): value for year, value in ((2023, 66), (2024, 58)) for month in range(1, 13)
}


def asked(tmp_path: Path, plan: str | None = GOOD, **manifest: str) -> Evidence:
    """Evidence of the figures above, in a data folder with this plan."""
    if plan is not None:
        (tmp_path / PLAN).write_text(plan, encoding="utf-8")
    figures: dict[str, Figures] = {
        f"{measure}|{by}": cells
        for measure in ("families_helped", "outcomes_sustained")
        for by, cells in (("year", YEARS), ("quarter", QUARTERS), ("month", MONTHS))
    }
    return evidence_with(figures, places=Places(tmp_path), **manifest)


def only(found: list[Progress]) -> Progress:
    (one,) = found
    return one


@pytest.mark.parametrize(
    ("target", "standing", "words"),
    [
        (900, Standing.BEHIND, "behind, by more than noise can make"),
        (712, Standing.LEVEL, "on course, as far as the noise in the figures lets anybody tell"),
        (690, Standing.AHEAD, "ahead, by more than noise can make"),
    ],
)
def test_the_months_that_are_over_are_set_against_their_part_of_the_plan(
    tmp_path: Path, target: int, standing: Standing, words: str
) -> None:
    found, care = year_so_far(asked(tmp_path, GOOD.replace("900", str(target))))
    one = only(found)
    assert care is None
    assert one.standing is standing
    assert one.words == f"412 of {target} planned for 2024-25; 7 months in 12: {words}."


@pytest.mark.parametrize(
    ("as_of", "months", "value"),
    [
        ("2024-10-31", 7, 412),  # the figure of the year, since the release ends with a month
        ("2024-10-30", 6, 2 * 176),
        ("2024-11-15", 7, 2 * 176 + 58),
        ("2024-04-30", 1, 412),
    ],
)
def test_only_whole_months_count(tmp_path: Path, as_of: str, months: int, value: int) -> None:
    one = only(year_so_far(asked(tmp_path, as_of=as_of))[0])
    assert (one.months, one.value) == (months, value)
    assert one.against == pytest.approx(900 * months / 12)


@pytest.mark.parametrize("as_of", ["2024-04-01", "2024-04-29"])
def test_in_the_first_month_of_a_year_there_is_nothing_to_say(tmp_path: Path, as_of: str) -> None:
    assert year_so_far(asked(tmp_path, as_of=as_of)) == ([], None)


def test_what_is_withheld_is_told_and_not_worked_out(tmp_path: Path) -> None:
    (tmp_path / PLAN).write_text(GOOD, encoding="utf-8")
    evidence = evidence_with({"families_helped|year": {}}, places=Places(tmp_path))
    one = only(year_so_far(evidence)[0])
    assert one.value is None
    assert one.standing is Standing.UNTOLD
    assert "cannot be told" in one.words


def test_without_a_plan_the_same_months_of_the_year_before_are_set_against_it(tmp_path: Path) -> None:
    found, care = year_so_far(asked(tmp_path, GOOD.replace("Ashmere", "Elsewhere")))
    assert care is None
    assert [one.label for one in found] == [
        catalogue().measures[measure].label for measure in ("families_helped", "outcomes_sustained")
    ]
    assert {one.words for one in found} == {
        "412 in the first seven months of 2024-25, 466 in the same months of the year before: "
        "no difference beyond chance and noise."
    }


@pytest.mark.parametrize(("now", "standing"), [(300, Standing.BEHIND), (640, Standing.AHEAD)])
def test_a_clear_difference_from_the_year_before_is_told(
    tmp_path: Path, now: int, standing: Standing
) -> None:
    figures: dict[str, Figures] = {
        "families_helped|year": {("2024-25",): now},
        "families_helped|quarter": QUARTERS,
        "families_helped|month": MONTHS,
        "outcomes_sustained|year": {},
    }
    one = only(year_so_far(evidence_with(figures, places=Places(tmp_path)))[0])
    assert one.standing is standing
    assert "beyond chance and noise" in one.words


def test_a_plan_is_for_the_whole_council(tmp_path: Path) -> None:
    from release.catalogue import Scope
    from tests.fakes import FakeDesk, visitor

    (tmp_path / PLAN).write_text(GOOD, encoding="utf-8")
    whole = asked(tmp_path)
    desk = FakeDesk()
    desk.places = Places(tmp_path)
    scoped = replace(catalogue(), scopes={"north": Scope("north", "The north", ("L1",))})
    part = Evidence(whole.contents, scoped, desk).seen_by(replace(visitor("manager"), scope="north"))
    assert year_so_far(part) == ([], None)


def test_a_broken_plan_is_said_and_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    found, care = year_so_far(asked(tmp_path, "[[target]\n"))
    assert [one.target for one in found] == [None, None]
    assert care is not None
    assert "holds a mistake" in care
    assert str(tmp_path) not in care
    assert "not valid TOML" in caplog.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[target]]\nyear 3\n", "line 2"),
        ("plan = 3", '"plan" is not known'),
        ("[target]\ncouncil = 'A'", "two brackets"),
        ("target = [1]", "two brackets"),
        (GOOD + GOOD, "line 6: the second target for families_helped in 2024-25"),
        (GOOD + GOOD.replace("Ashmere", " ASHMERE "), "line 6: the second target"),
        (GOOD + "price = 3", 'line 1: "price" is not known'),
        (GOOD.replace('"Ashmere"', '" "'), "say whose plan it is"),
        (GOOD.replace('"Ashmere"', "7"), "say whose plan it is"),
        (GOOD.replace("2024-25", "2024-26"), "the year is a financial year"),
        (GOOD.replace("2024-25", "２０２４-25"), "the year is a financial year"),
        (GOOD.replace("families_helped", "share_sustained"), "no such measure that is counted by month"),
        (GOOD.replace("families_helped", "people_helped"), "no such measure that is counted by month"),
        (GOOD.replace('"families_helped"', "['families_helped']"), "no such measure"),
        (GOOD.replace("900", "0"), "a whole number from 1 on"),
        (GOOD.replace("900", "true"), "a whole number from 1 on"),
        (GOOD.replace("900", "9.5"), "a whole number from 1 on"),
        (GOOD.replace("900", "9" * 30), "a whole number from 1 on"),
        ("#" * 64_001, "larger than 64,000 bytes"),
        ("a = " + "[" * 30_000, "not valid TOML"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_the_fix(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / PLAN
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_plan(file, catalogue())
    assert said in str(caught.value)
    assert len(str(caught.value)) < 1_500


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / PLAN).write_bytes(b"\xff\xfe[[target]]")
    with pytest.raises(SettingsError, match="not valid TOML"):
        read_plan(tmp_path / PLAN, catalogue())


def test_no_file_is_no_plan(tmp_path: Path) -> None:
    assert read_plan(tmp_path / PLAN, catalogue()) == ()


def test_the_plan_that_is_shipped_is_the_fictional_councils() -> None:
    found = read_plan(PROJECT / "data" / PLAN, catalogue())
    assert found
    assert {one.council for one in found} == {"Wythbrook"}
    assert Target("Wythbrook", "2024-25", "families_helped", found[0].target) == found[0]
    assert date.fromisoformat(f"{found[0].year[:4]}-04-01")
