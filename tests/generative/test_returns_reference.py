"""What returns count, against counting by hand: one family, child, episode and need after the other."""

import random
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from itertools import product
from typing import Any

import pytest

from custody.returns.asking import Asked, asked_of
from custody.returns.counting import Holders, count_table
from figures.at_a_date import CHILDREN, HELP
from figures.coding import CountedRows
from figures.in_file import FiguresInFile
from release.catalogue import read_catalogue
from release.opening import in_memory
from release.places import PROJECT
from release.return_periods import Period, period_named
from release.returns import ColumnAsked, Given, Over, TableAsked
from release.schema import PROTECTED
from tests import return_release

PERIOD = period_named("2024-25-Q2")
MONTHS = ("2024-07", "2024-08", "2024-09")
Row = dict[str, Any]


def _counting(tables: Mapping[str, list[Row]]) -> FiguresInFile:
    connection = in_memory()
    connection.execute("ATTACH ':memory:' AS protected")
    for table in PROTECTED:
        connection.execute(table.create("protected"))
        for row in tables.get(table.name, ()):
            named = ", ".join(f'"{column}"' for column in row)
            connection.execute(
                f'INSERT INTO protected."{table.name}" ({named}) VALUES ({", ".join("?" * len(row))})',
                list(row.values()),
            )
    return FiguresInFile(connection, return_release.dimension(), return_release.manifest())


def _open_at_end(episode: Row, period: Period) -> bool:
    month = period.last_month
    return episode["start_month"] <= month and (episode["end_month"] is None or episode["end_month"] > month)


def _open_in(episode: Row, month: str) -> bool:
    end = episode["end_month"]
    return episode["start_month"] <= month and (end is None or end >= month)


def _belongs(person: Row, month: str) -> bool:
    return (person["from_month"] or month) <= month <= (person["to_month"] or month)


def _in(month: str | None, periods: Iterable[Period]) -> bool:
    return month is not None and any(one.first_month <= month <= one.last_month for one in periods)


Naive = Callable[[Mapping[str, list[Row]]], list[tuple[Any, Row]]]


def _families(fits: Callable[[Row], bool]) -> Naive:
    return lambda tables: [(one["family"], one) for one in tables["episode"] if fits(one)]


def _with_lead(tables: Mapping[str, list[Row]]) -> list[tuple[Any, Row]]:
    led = {one["episode"] for one in tables["claim"] if one["lead_practitioner_ok"]}
    return [
        (one["family"], one)
        for one in tables["episode"]
        if _open_at_end(one, PERIOD) and one["episode"] in led
    ]


def _children(fits: Callable[[Row, Row], bool]) -> Naive:
    def found(tables: Mapping[str, list[Row]]) -> list[tuple[Any, Row]]:
        family = {one["family"]: one for one in tables["family"]}
        return [
            (person["person"], {**family[person["family"]], **person})
            for person in tables["person"]
            for episode in tables["episode"]
            if person["role"] == "child" and person["family"] == episode["family"] and fits(person, episode)
        ]

    return found


def _needs_sustained(tables: Mapping[str, list[Row]]) -> list[tuple[Any, Row]]:
    episodes = {one["episode"]: one for one in tables["episode"]}
    return [
        (number, {**episodes[need["episode"]], "headline": need["headline"]})
        for number, need in enumerate(tables["need"])
        if need["state"] in ("sustained", "waived") and _in(f"{need['sustained_on']:%Y-%m}", [PERIOD])
    ]


AT_END = _families(lambda one: _open_at_end(one, PERIOD))
CLOSED = _families(lambda one: _in(one["end_month"], [PERIOD]))
NAIVE: list[tuple[Given, str, Over, tuple[str, ...], Naive]] = [
    (
        Given.COUNTED,
        "families_open",
        Over.PERIOD,
        ("ward",),
        _families(lambda one: _open_at_end(one, PERIOD)),
    ),
    (
        Given.COUNTED,
        "families_open",
        Over.PERIOD,
        ("locality", "team"),
        _families(lambda one: _open_at_end(one, PERIOD)),
    ),
    (
        Given.COUNTED,
        "families_in_help",
        Over.PERIOD,
        ("locality",),
        _families(lambda one: any(_open_in(one, month) for month in MONTHS)),
    ),
    (
        Given.COUNTED,
        "families_started",
        Over.YEAR_TO_DATE,
        ("referral_source",),
        _families(lambda one: _in(one["start_month"], PERIOD.year_to_date)),
    ),
    (
        Given.COUNTED,
        "families_closed",
        Over.PERIOD,
        ("closure_reason",),
        _families(lambda one: _in(one["end_month"], [PERIOD])),
    ),
    (Given.COUNTED, "families_open_with_lead", Over.PERIOD, ("team",), _with_lead),
    (
        Given.COUNTED,
        "children_open",
        Over.PERIOD,
        ("age_band", "sex"),
        _children(
            lambda person, episode: _open_at_end(episode, PERIOD) and _belongs(person, PERIOD.last_month)
        ),
    ),
    (
        Given.COUNTED,
        "children_in_help",
        Over.PERIOD,
        ("ward",),
        _children(
            lambda person, episode: any(
                _open_in(episode, month) and _belongs(person, month) for month in MONTHS
            )
        ),
    ),
    (
        Given.MEASURE,
        "episodes_ended",
        Over.YEAR_TO_DATE,
        ("closure_reason",),
        lambda tables: [
            (one["episode"], one) for one in tables["episode"] if _in(one["end_month"], PERIOD.year_to_date)
        ],
    ),
    (Given.MEASURE, "outcomes_sustained", Over.PERIOD, ("headline",), _needs_sustained),
    (
        Given.MEASURE,
        "families_helped",
        Over.TO_DATE,
        ("ward",),
        lambda tables: [(one["family"], one) for one in tables["family"]],
    ),
]


@pytest.mark.parametrize(("given", "measure", "over", "rows", "naive"), NAIVE)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_cell_is_what_counting_by_hand_gives(
    given: Given, measure: str, over: Over, rows: tuple[str, ...], naive: Naive, seed: int
) -> None:
    tables = return_release.rows(random.Random(seed), 25)
    counting = _counting(tables)
    column = ColumnAsked("figure", "Figure", given, (measure,), over)
    table = TableAsked("table", "Table", "", rows, (column,))
    catalogue = read_catalogue(PROJECT / "data" / "catalogue.toml")
    asked: Asked = asked_of(column, table, PERIOD, catalogue, "")
    codes = {name: tuple(counting.codes(name)["code"]) for name in rows}
    counted = count_table(counting, "table", rows, codes, {}, {"figure": asked}, Holders())
    found = naive(tables)
    for row in product(*((None, *codes[name]) for name in rows)):
        fitting = [
            (key, one)
            for key, one in found
            if all(code is None or one[name] == code for name, code in zip(rows, row, strict=True))
        ]
        figure = counted.figure("figure", row)
        assert figure.value == len({key for key, _ in fitting})
        families = {one["family"] for _, one in fitting}
        assert min(figure.units, 3) == min(len(families), 3)
        assert (figure.holder != -1) == (len(families) == 1)


def test_whether_a_family_came_back_is_what_the_dashboard_counts() -> None:
    tables = return_release.rows(random.Random(3), 30)
    counting = _counting(tables)
    from datetime import date

    import polars as pl

    from figures.cubes import Counted
    from figures.journeys import with_journeys
    from outcomes.reading import framework_from_text
    from tests.small_release import CONTRACT

    episode = pl.DataFrame(tables["episode"], infer_schema_length=None).with_columns(
        family_key=pl.col("family")
    )
    need = pl.DataFrame(tables["need"], infer_schema_length=None)
    framework = framework_from_text("small.toml", CONTRACT)
    expected = with_journeys(episode, need, framework, date(2024, 10, 31)).group_by("returned").len()
    cubes = counting.cubes(CountedRows("episode", None, {}), "", ["returned"])
    found = cubes.count(["returned"], {"": Counted()})[""].drop_nulls("returned")
    assert dict(found.select("returned", "value").iter_rows()) == dict(expected.iter_rows())
    with closing(counting._protected):
        pass


def test_a_population_that_is_made_again_by_more_columns_is_not_taken_for_another() -> None:
    tables = return_release.rows(random.Random(4), 25)
    families, children = CountedRows(HELP, "family_key", {}), CountedRows(CHILDREN, "person_key", {})
    counting, afresh = _counting(tables), _counting(tables)
    expected = afresh.cubes(families, "", ["ward"]).distinct_rows("family_key", ["ward"], {})
    for rows, columns in ((families, ["ward"]), (children, ["ward", "team"])):
        counting.cubes(rows, "", columns)
    wide = counting.cubes(families, "", ["ward", "team", "locality"])
    counting.cubes(children, "", ["ward", "team", "locality"])
    assert wide.distinct_rows("family_key", ["ward"], {}).equals(expected)
