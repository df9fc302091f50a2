"""One family's own journey: what was recorded around the start of help, and when its outcomes were sustained."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from disclosure import CellKeys
from figures.journeys import AROUND, EVENTS, IN_TIME, SINCE, cohorts, events_around, held_events
from figures.of_framework import STARTED_TIMES
from figures.populations import Populations
from figures.quarters import quarter_code, quarter_label, with_quarters, year_of
from pipelines.answers import Answers, Earlier, build_answers
from release.catalogue import Catalogue, read_catalogue
from release.places import PROJECT
from tests.generative.naive_journeys import later, month_of

AS_OF = date(2024, 10, 31)
QUARTERS = (2021 * 4 + 1, 2024 * 4 + 3)
LOCALITIES = ("North", "East", "South")
HEADLINES = ("1", "2", "3", "4")
MEASURES = ("needs_followed", "needs_sustained_by", "families_around", "families_with_event")
PROFILE = CellKeys("dashboard", variance=2.5, bound=5, smallest=2, least_difference=3)
FAMILIES = 220
# What the attacker wants to know: of this family, everything; of all others he knows it.
SOMEBODY = "7"
Series = frozenset[tuple[str, str]]


@cache
def catalogue() -> Catalogue:
    shipped = read_catalogue(PROJECT / "data" / "catalogue.toml")
    return replace(shipped, measures={name: shipped.measures[name] for name in MEASURES})


@cache
def town(series: Series) -> Populations:
    """The town with `series` as the events (kind, month) of somebody's family, and all else as it is."""
    chance = np.random.default_rng(11)
    families, needs, activity = [], [], [(SOMEBODY, month, kind) for kind, month in sorted(series)]
    for number in range(1, FAMILIES + 1):
        start = date(2021, 4, 1) + timedelta(days=int(chance.integers(0, 1000)))
        month, locality = (
            f"{start:%Y-%m}",
            LOCALITIES[int(chance.integers(0, 3)) * int(chance.random() < 0.7)],
        )
        key = int(chance.integers(1, 2**63))
        families.append((str(number), key, locality, month))
        for headline in HEADLINES:
            lasts = timedelta(days=int(chance.integers(60, 900)))
            state = "sustained" if start + lasts < AS_OF and chance.random() < 0.8 else "outstanding"
            day = start + lasts if state == "sustained" else None
            needs.append((key, locality, "team", month, headline, state, day, int(chance.integers(1, 2**63))))
        for kind in EVENTS:
            if number != int(SOMEBODY) and chance.random() < 0.3:
                when = later(month_of(month), int(chance.integers(-12, 12)))
                activity.append((str(number), f"{when[0]}-{when[1]:02d}", kind))
    family = _frame(families, "family family_key locality start_month")
    need = _frame(needs, "family_key locality team start_month headline need_state sustained_on row_key")
    coverage = pl.DataFrame(
        {"extract": list(EVENTS), "covers_from": date(2019, 1, 1), "covers_to": AS_OF},
        schema={"extract": pl.String, "covers_from": pl.Date, "covers_to": pl.Date},
    )
    followed = cohorts(need.with_columns(unit="family_key"), AS_OF)
    return Populations(
        {
            "event": events_around(family, _frame(activity, "family month kind"), coverage, AS_OF),
            "need_followed": with_quarters(followed, pl.col("start_month"), *QUARTERS, STARTED_TIMES),
        },
        *QUARTERS,
        as_of=AS_OF,
        held_events=held_events(coverage, AS_OF),
    )


def _frame(rows: Sequence[tuple[object, ...]], names: str) -> pl.DataFrame:
    kinds = {"family_key": pl.UInt64, "row_key": pl.UInt64, "sustained_on": pl.Date}
    return pl.DataFrame(
        rows, schema={name: kinds.get(name, pl.String) for name in names.split()}, orient="row"
    )


@cache
def dimensions() -> pl.DataFrame:
    numbers = range(QUARTERS[0], QUARTERS[1] + 1)
    plain: Mapping[str, Mapping[str, str]] = {
        "locality": {one: one for one in LOCALITIES},
        "team": {"team": "Team"},
        "headline": {one: one for one in HEADLINES},
        "months_since": SINCE,
        "in_time": IN_TIME,
        "event": EVENTS,
        "months_around": AROUND,
        "year": {year_of(number): year_of(number) for number in numbers},
    }
    rows: list[tuple[str | None, ...]] = [
        (name, code, words, None, None) for name, codes in plain.items() for code, words in codes.items()
    ]
    rows += [("quarter", quarter_code(one), quarter_label(one), "year", year_of(one)) for one in numbers]
    columns = ("dimension", "code", "label", "parent_dimension", "parent_code")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


@cache
def built(series: Series, before: Series | None = None) -> Answers:
    """The answers of the town; `before`: the series of the family in a release before, whose figures are kept."""
    earlier = None
    if before is not None:
        then = built(before)
        earlier = Earlier(
            "2024-07-31-001",
            town(before),
            then.cell_change,
            then.question,
            then.answer,
            dimensions(),
            then.attack,
        )
    return build_answers(
        town(series), dimensions(), catalogue(), PROFILE, earlier, [earlier] if earlier else []
    )


def _months() -> list[str]:
    start = town(frozenset())
    month = start.frames["event"].filter(pl.col("family") == SOMEBODY)["start_month"][0]
    return [f"{one[0]}-{one[1]:02d}" for one in (later(month_of(month), by) for by in range(-12, 12))]


def _much() -> Series:
    return frozenset((kind, month) for kind in EVENTS for month in _months()[::4])


def _little() -> Series:
    return frozenset({("police_incident", _months()[13])})


def _counts(series: Series) -> dict[tuple[str, ...], int]:
    """What a naive dashboard would show: families by event, quarter of a year and locality."""
    rows = town(series).frames["event"].drop_nulls("months_around")
    found = rows.group_by("event", "locality", "months_around").agg(pl.col("family").n_unique())
    return {(event, locality, when): many for event, locality, when, many in found.iter_rows()}


def test_a_family_whose_whole_series_changes_changes_no_figure() -> None:
    before, now = _counts(_little()), _counts(_much())
    moved = {cell for cell in before.keys() | now.keys() if before.get(cell, 0) != now.get(cell, 0)}
    # Whoever sees exact counts twice reads the whole series off.
    assert len(moved) > 20
    first, second = built(_little()), built(_much(), _little())
    assert second.facts["kept_from"] == "2024-07-31-001"
    assert second.answer.equals(first.answer)
    assert second.question.equals(first.question)


def test_the_first_release_after_one_that_knew_no_journeys_shows_them() -> None:
    """A release before these questions were asked has neither their codes nor their figures: others are kept."""
    known = dimensions().filter(pl.col("dimension").is_in(["locality", "quarter", "year", "team"]))
    of_families = [pl.col("question") == one for one in ("families_around", "families_around|locality")]
    then = built(_little())
    changes, question, answer = (
        frame.filter(pl.any_horizontal(of_families))
        for frame in (then.cell_change, then.question, then.answer)
    )
    earlier = Earlier("2024-07-31-001", town(_little()), changes, question, answer, known, then.attack)
    now = build_answers(town(_much()), dimensions(), catalogue(), PROFILE, earlier, [earlier])
    assert now.facts["kept_from"] == "2024-07-31-001"
    assert now.question.equals(then.question)
    kept = pl.any_horizontal(of_families)
    assert now.answer.filter(kept).equals(then.answer.filter(kept))
    assert now.answer.filter(pl.col("question") == "families_with_event|event|months_around").height > 20


def test_no_figure_is_of_one_or_two_families() -> None:
    for series in (_little(), _much()):
        answers = built(series)
        figures = answers.answer.filter(pl.col("question").str.starts_with("families_with_event"))
        assert figures.height > 100
        assert figures.filter(pl.col("value").is_between(1, PROFILE.smallest)).is_empty()
        # Some cells are of one or two.
        assert min(_counts(series).values()) <= PROFILE.smallest


@pytest.mark.parametrize("beside", [(), ("locality",), ("headline",)])
def test_what_one_or_two_outcomes_were_sustained_in_between_is_not_told(beside: tuple[str, ...]) -> None:
    """The share sustained by six months lies in that by twelve: were both shown, and one or two between them, the two
    figures would say whether there is anybody."""
    rows = town(_little()).frames["need_followed"].filter(pl.col("in_time") == "yes")
    names = sorted(("months_since", "quarter", *beside))
    asked = "|".join(("needs_sustained_by", *names))
    shown = {
        tuple(codes[: len(names)]): value
        for name, *codes, value in built(_little()).answer.iter_rows()
        if name == asked
    }
    counted = rows.rename({"quarter_started": "quarter"}, strict=False).group_by(names).len()
    true = {tuple(codes): many for *codes, many in counted.select(*names, "len").iter_rows()}
    near = apart = 0
    for cell, value in shown.items():
        sooner = dict(zip(names, cell, strict=True))
        for months, longer in pairwise(SINCE):
            whole = tuple((sooner | {"months_since": longer})[name] for name in names)
            if sooner["months_since"] != months or shown.get(whole) is None or not true.get(cell):
                continue
            between = true[whole] - true[cell]
            if between < PROFILE.least_difference:
                near += 1
                assert value == shown[whole], (cell, between)
            else:
                apart += value != shown[whole]
    assert apart > 5
    assert near or not beside


def test_nothing_is_broken_down_by_what_a_measure_of_the_same_is_kept_to() -> None:
    """One code of such a breakdown is a part of that measure, and no rule knows it: all who were followed and those of
    them who did not come back, of one team, would be the same figure just where nobody did."""
    measures = read_catalogue(PROJECT / "data" / "catalogue.toml").counted
    same = {"episode_ended": "episode", "need_sustained": "need"}
    told = {
        (wide.name, narrow.name)
        for wide in measures
        for narrow in measures
        if (same.get(wide.population or "", wide.population), wide.distinct)
        == (same.get(narrow.population or "", narrow.population), narrow.distinct)
        and (asked := narrow.where.keys() & set(wide.dimensions))
        and narrow.where.keys() - wide.where.keys() <= asked
        and wide.name != narrow.name
    }
    # What is expected is of several states, each a small part of it.
    assert told == {("claims_identified", "claims_expected")}
