"""From release to release: what hardly anybody joined or left is shown as it was, and the attacks go on being told."""

import polars as pl
import pytest

from disclosure import CellKeys
from figures.populations import Populations
from pipelines.answers import Answers, Earlier, attack_words, build_answers
from release.catalogue import Catalogue, Dimension, Measure

PROFILE = CellKeys("any", 2.5, 5, 2, 3)
PLACES = ["North", "South", "West"]
CATALOGUE = Catalogue(
    {"ward": Dimension("ward", "Ward")}, {"helped": Measure("helped", "", "", ("ward",), population="family")}
)
LISTS = pl.DataFrame(
    {
        "dimension": ["ward"] * 3,
        "code": PLACES,
        "parent_dimension": [None] * 3,
        "parent_code": [None] * 3,
    },
    schema_overrides={"parent_dimension": pl.String, "parent_code": pl.String},
)


def families(numbers: range) -> Populations:
    keys = pl.Series([n * 0x9E3779B97F4A7C15 % 2**64 for n in numbers], dtype=pl.UInt64)
    frame = pl.DataFrame({"ward": [PLACES[n % 3] for n in numbers]}).with_columns(
        row_key=keys, unit=keys, family_key=keys
    )
    return Populations({"family": frame}, 0, 0)


def release(numbers: range, name: str, before: Earlier | None = None) -> tuple[Answers, Earlier]:
    counted = families(numbers)
    built = build_answers(counted, LISTS, CATALOGUE, PROFILE, before, (before,) if before is not None else ())
    kept = Earlier(name, counted, built.cell_change, built.question, built.answer, LISTS, built.attack)
    return built, kept


def figures(built: Answers) -> dict[tuple[str, str | None], int]:
    return {(row[0], row[1]): row[-1] for row in built.answer.iter_rows()}


def test_two_families_more_change_no_figure_and_a_third_draws_it_anew() -> None:
    first, one = release(range(1, 301), "2024-01-31-001")
    assert first.facts["kept_from"] == "none"
    assert first.cell_change.is_empty()
    now = figures(first)
    # Families who join one ward, one release after another.
    for number, last in ((2, 301), (3, 304)):
        built, one = release(range(1, last + 1), f"2024-0{number}-28-00{number}", one)
        assert (
            built.facts["kept_from"] == f"2024-0{number - 1}-{'31' if number == 2 else '28'}-00{number - 1}"
        )
        joined = (last - 300 + 2) // 3
        assert joined < 3
        same = {cell: value for cell, value in figures(built).items() if cell[1] is not None}
        assert same == {cell: value for cell, value in now.items() if cell[1] is not None}
        assert built.cell_change.height > 0
    built, one = release(range(1, 331), "2024-04-30-004", one)
    assert figures(built) == figures(release(range(1, 331), "other")[0])
    assert built.cell_change.is_empty()


def test_the_same_again_is_the_same() -> None:
    first, one = release(range(1, 301), "2024-01-31-001")
    again, _ = release(range(1, 301), "2024-01-31-002", one)
    assert again.answer.equals(first.answer)
    assert again.cell_change.equals(first.cell_change)


def test_other_people_altogether_keep_nothing_and_that_is_told() -> None:
    _, one = release(range(1, 301), "2024-01-31-001")
    built, _ = release(range(5001, 5301), "2024-02-28-002", one)
    assert built.facts["kept_from"] == "none"
    assert any("no figure of it is kept" in note for note in built.notes)


@pytest.mark.parametrize("releases", [3, 15])
def test_attacks_are_told_of_this_release_and_up_to_twelve_before_it(releases: int) -> None:
    built, one = release(range(1, 301), "2024-01-31-001")
    for number in range(2, releases + 1):
        built, one = release(range(1, 301), f"2024-01-31-{number:03d}", one)
    told = built.attack["release"].unique(maintain_order=True).to_list()
    newest = [f"2024-01-31-{number:03d}" for number in range(releases - 1, max(0, releases - 13), -1)]
    assert told == [None, *newest]
    assert dict(built.attack.select("attack", "meaning").iter_rows()).items() <= attack_words().items()
    # What was tried is told to the nearest ten.
    assert (built.attack["examined"] % 10 == 0).all()


@pytest.mark.parametrize(("many", "asked"), [(0, False), (1, False), (2, False), (3, True)])
def test_of_one_or_two_families_not_even_the_questions_are_there(many: int, asked: bool) -> None:
    built, _ = release(range(1, many + 1), "2024-01-31-001")
    assert built.question.is_empty() is not asked
    assert built.answer.is_empty() is not asked
