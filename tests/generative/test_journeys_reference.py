"""Journeys, cohorts and what was recorded around the start of help, against plain Python."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from figures.journeys import (
    EVENTS,
    cohorts,
    events_around,
    held_events,
    time_taken,
    with_journeys,
)
from figures.quarters import quarter_code
from outcomes import read_framework
from pipelines.pseudonymise.events import absences
from release.cohorts import MONTHS_SINCE, not_followed, not_yet
from release.places import PROJECT
from tests.generative import naive_journeys as naive

Drawn = list[dict[str, Any]]
PRIMARY = read_framework(PROJECT / "data" / "frameworks" / "supporting-families-2022.toml")
FIRST = date(2020, 1, 1)
AS_OF = some.dates(date(2022, 1, 1), date(2024, 12, 31)) | some.sampled_from(
    [date(2023, 3, 31), date(2023, 4, 1), date(2024, 2, 28), date(2024, 2, 29)]
)
months = some.tuples(some.integers(2020, 2023), some.integers(1, 12)).map(
    lambda one: f"{one[0]}-{one[1]:02d}"
)
days = some.integers(0, 1700).map(lambda one: FIRST + timedelta(days=one))
states = some.sampled_from(["sustained", "waived", "sustaining", "outstanding"])
episode = some.fixed_dictionaries(
    {
        "family": some.integers(1, 5).map(str),
        "start_month": months,
        "lasted": some.none() | some.integers(0, 14),
        "closure_reason": some.sampled_from(["outcomes_met", "step_down", "step_up", "other"]),
        "wait": some.sampled_from(["0-14", "15+", "none"]),
    }
)
_FAST = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def key(text: str) -> int:
    """A number as random as those of a register."""
    return int.from_bytes(text.encode()) * 0x9E3779B97F4A7C15 % 2**64


def frame(rows: Drawn, **kinds: Any) -> pl.DataFrame:
    return pl.DataFrame([{name: one.get(name) for name in kinds} for one in rows], schema=kinds)


@_FAST
@given(
    drawn=some.lists(episode, min_size=1, max_size=12),
    needs=some.lists(some.tuples(some.integers(0, 11), states), max_size=20),
    as_of=AS_OF,
)
def test_who_came_back_and_how_far_an_episode_came(
    drawn: Drawn, needs: list[tuple[int, str]], as_of: date
) -> None:
    for number, one in enumerate(drawn):
        one["episode"], one["family_key"] = f"e{number}", key(one["family"])
        lasted = one["lasted"]
        ends = None if lasted is None else naive.later(naive.month_of(one["start_month"]), lasted)
        one["end_month"] = ends and f"{ends[0]}-{ends[1]:02d}"
        if ends is None:
            one["closure_reason"] = "open"
    of_needs = [
        {"episode": f"e{number}", "state": state, "framework": name}
        for number, state in needs
        # What another framework says of an episode is nothing to the primary one.
        for name in (PRIMARY.id, "another")
        for state in ([state] if name == PRIMARY.id else ["outstanding"])
    ]
    text = dict.fromkeys(
        ("episode", "family", "start_month", "end_month", "closure_reason", "wait"), pl.String
    )
    found = with_journeys(
        frame(drawn, **text, family_key=pl.UInt64),
        frame(of_needs, episode=pl.String, state=pl.String, framework=pl.String),
        PRIMARY,
        as_of,
    )
    own = [one for one in of_needs if one["framework"] == PRIMARY.id]
    assert found.height == len(drawn)
    for one in found.iter_rows(named=True):
        assert one["returned"] == naive.returned(one, drawn, as_of)
        assert one["stage"] == naive.stage(one, own)
        if one["end_month"]:
            year, month = naive.month_of(one["end_month"])
            code = quarter_code(year * 4 + (month - 1) // 3)
            # Of a quarter that is told, all that ended in it have been followed.
            assert one["returned"] in ("yes", "no") or code in not_followed([code], [code], as_of)


need = some.fixed_dictionaries(
    {
        "start_month": months,
        "need_state": states,
        "identified_on": some.none() | days,
        "sustained_on": some.none() | days,
    }
)


@_FAST
@given(drawn=some.lists(need, max_size=25), as_of=AS_OF)
def test_cohorts_are_followed_as_whole_quarters(drawn: Drawn, as_of: date) -> None:
    rows = [{**one, "row_key": key(f"n{number}"), "unit": 1} for number, one in enumerate(drawn)]
    needs = frame(
        rows,
        start_month=pl.String,
        need_state=pl.String,
        identified_on=pl.Date,
        sustained_on=pl.Date,
        row_key=pl.UInt64,
        unit=pl.UInt64,
    )
    found = cohorts(needs, as_of)
    assert found["row_key"].n_unique() == found.height
    told: dict[int, dict[str, str]] = {one["row_key"]: {} for one in rows}
    for one in found.iter_rows(named=True):
        told[one["need_key"]][one["months_since"]] = one["in_time"]
    assert told == {one["row_key"]: naive.cohort(one, as_of) for one in rows}
    bands = needs.select(time_taken())["literal"].to_list()
    assert bands == [naive.taken(one) for one in rows]


@_FAST
@given(as_of=AS_OF, first=some.integers(2019 * 4, 2021 * 4))
def test_a_cohort_that_is_not_followed_yet_has_no_row(as_of: date, first: int) -> None:
    """What readers are told cannot be yet is what no need can be in; of a year all quarters have to be followed."""
    quarters = {
        number: f"{number // 4 - (number % 4 == 0)}-{(number // 4 + (number % 4 > 0)) % 100:02d}"
        f" Q{(number % 4) or 4}"
        for number in range(first, 2025 * 4)
    }

    def followed(number: int) -> set[str]:
        start = f"{number // 4}-{3 * (number % 4) + 1:02d}"
        sample = {"start_month": start, "need_state": "outstanding", "sustained_on": None}
        return set(naive.cohort(sample, as_of))

    yet = {
        (code, months)
        for number, code in quarters.items()
        for months in MONTHS_SINCE
        if months not in followed(number)
    }
    before = {("earlier", months) for months in MONTHS_SINCE if months not in followed(first - 1)}
    assert not_yet(["earlier", *quarters.values()], quarters.values(), as_of) == yet | before
    whole = {
        code[:7]: set.intersection(
            *(followed(one) for one, other in quarters.items() if other[:7] == code[:7])
        )
        for number, code in quarters.items()
        if code.endswith("Q4")
    }
    of_years = {
        (year, months) for year, known in whole.items() for months in MONTHS_SINCE if months not in known
    }
    assert not_yet(list(whole), quarters.values(), as_of) == of_years


covers = some.fixed_dictionaries(
    {
        "extract": some.sampled_from(["police_incident", "school_exclusion"]),
        "covers_from": some.sampled_from([FIRST, date(2020, 1, 2), date(2021, 3, 15)]),
        "lasts": some.sampled_from([364, 365, 800, 1200, 1826]),
    }
)
event = some.fixed_dictionaries(
    {
        "family": some.integers(1, 6).map(str),
        "month": months,
        "kind": some.sampled_from(["police_incident", "school_exclusion", "health_contact"]),
    }
)


@_FAST
@given(
    starts=some.lists(months, min_size=1, max_size=6),
    recorded=some.lists(event, max_size=40),
    files=some.lists(covers, max_size=5),
    as_of=AS_OF,
)
def test_events_around_the_start_are_told_only_where_both_years_are_covered(
    starts: list[str], recorded: Drawn, files: Drawn, as_of: date
) -> None:
    families = [
        {"family": f"{number}", "family_key": key(f"f{number}"), "locality": "North", "start_month": start}
        for number, start in enumerate(starts, 1)
    ]
    coverage = [{**one, "covers_to": one["covers_from"] + timedelta(days=one["lasts"])} for one in files]
    # Nobody records what is still to come.
    activity = [one for one in recorded if one["month"] <= f"{as_of:%Y-%m}"]
    covered = frame(coverage, extract=pl.String, covers_from=pl.Date, covers_to=pl.Date)
    found = events_around(
        frame(families, family=pl.String, family_key=pl.UInt64, locality=pl.String, start_month=pl.String),
        frame(activity, family=pl.String, month=pl.String, kind=pl.String),
        covered,
        as_of,
    )
    expected = set()
    known: dict[str, set[str]] = {kind: set() for kind in EVENTS}
    for family in families:
        for kind in EVENTS:
            when = naive.around(family, kind, activity, coverage, as_of)
            if when is not None:
                known[kind].add(str(family["family"]))
                expected |= {(family["family"], kind, code) for code in (None, *when)}
    assert sorted(map(str, found.select("family", "event", "months_around").rows())) == sorted(
        map(str, expected)
    )
    assert found["row_key"].n_unique() == found.height
    assert found["unit"].equals(found["family_key"], check_names=False)
    for kind, wider in held_events(covered, as_of).items():
        assert all(known[kind] <= known[other] for other in wider)


attended = some.fixed_dictionaries(
    {
        "person": some.sampled_from(["a", "b", "c", None]),
        "term": some.sampled_from([(0, 100), (105, 200), (230, 235)]),
        "sessions_possible": some.sampled_from([0, 10, 20]),
        "sessions_missed": some.sampled_from([0, 1, 2, 5]),
    }
)


@_FAST
@given(drawn=some.lists(attended, max_size=20), days_after=some.integers(-5, 300))
def test_a_term_missed_by_a_tenth_is_an_event_in_each_of_its_months(drawn: Drawn, days_after: int) -> None:
    as_of = FIRST + timedelta(days=days_after)
    rows = [
        {
            **one,
            "term_start": FIRST + timedelta(days=one["term"][0]),
            "term_end": FIRST + timedelta(days=one["term"][1]),
            "sessions_attended": max(one["sessions_possible"] - one["sessions_missed"], 0),
        }
        for one in drawn
    ]
    of_family = {"a": "1", "b": "1", "c": "2"}
    found = absences(
        frame(
            rows,
            person=pl.String,
            term_start=pl.Date,
            term_end=pl.Date,
            sessions_possible=pl.Int64,
            sessions_attended=pl.Int64,
        ),
        pl.DataFrame({"family": list(of_family.values()), "person": list(of_family)}),
        as_of,
    )
    expected: dict[tuple[str, str], set[str]] = {}
    for person, _, (year, month) in naive.absent(rows, as_of):
        expected.setdefault((of_family[person], f"{year}-{month:02d}"), set()).add(person)
    assert _counts(found.select("family", "month", "events").rows()) == {
        place: len(people) for place, people in expected.items()
    }


def _counts(rows: Iterable[tuple[str, str, int]]) -> dict[tuple[str, str], int]:
    return {(family, month): events for family, month, events in rows}
