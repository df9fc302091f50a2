"""Figures of quality against plain readings of what they mean: places, trends, linkage, scores, safe counts."""

from fractions import Fraction
from itertools import combinations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosure import Rounding
from outcomes import read_framework
from outcomes.rules import AllOf, AnyOf, Attendance, Judgement, NoEvent, NoStatus, Rule, Spell
from pipelines.quality.linkage import (
    CASE_SYSTEM,
    COUNTED,
    Measure,
    measure_linkage,
    measure_needs,
    poorly_matched,
)
from pipelines.quality.ranges import ranges
from pipelines.quality.scoring import linkage_error
from pipelines.quality.trend import COUNTS, Trend, with_trend
from pipelines.running.measures import linkage_table, quality_table, safe_linkage, safe_quality
from release.places import PROJECT

FRAMEWORK = read_framework(PROJECT / "data" / "frameworks" / "supporting-families-2022.toml")
PROFILE = Rounding("dashboard", 10, 5)
CONTRACTS = (CASE_SYSTEM, "police_incident", "school_attendance")

cells = st.tuples(
    st.sampled_from(["a.csv!", "b.xlsx!S!"]), st.sampled_from(["", "B", "AA"]), st.integers(1, 30)
)


@settings(max_examples=60, deadline=None)
@given(st.lists(cells, max_size=60))
def test_ranges_hold_every_place_once(places: list[tuple[str, str, int]]) -> None:
    told = [
        f"{before}{letters}{line}" if letters else f"{before}{line}:{line}"
        for before, letters, line in places
    ]
    frame = pl.DataFrame(
        {
            "contract": ["c"] * len(told),
            "rule": ["r"] * len(told),
            "file": [p[0] for p in places],
            "place": told,
        },
        schema=dict.fromkeys(("contract", "rule", "file", "place"), pl.String),
    )
    found: list[tuple[str, str, int]] = []
    spans = ranges(frame)
    for place, rows in spans.select("place", "rows").iter_rows():
        before, _, cell = place.rpartition("!")
        first, _, last = cell.partition(":")
        letters = first.rstrip("0123456789")
        start, end = int(first[len(letters) :]), int((last or first)[len(letters) :])
        assert end - start + 1 == rows
        found += [(f"{before}!", letters, line) for line in range(start, end + 1)]
    assert sorted(found) == sorted(set(places))
    # No range could be longer: the line after its last stands in none.
    ends = {(before, letters, line) for before, letters, line in found}
    assert spans.height == sum((before, letters, line + 1) not in ends for before, letters, line in ends)


counted = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda one: (max(one), min(one)))


@settings(max_examples=60, deadline=None)
@given(counted, st.none() | counted)
def test_the_trend_is_that_of_exact_shares(now: tuple[int, int], then: tuple[int, int] | None) -> None:
    line = ("need", "rule", "worth_a_look", "…")
    frame = pl.DataFrame([(*line, *now)], schema=COUNTS, orient="row")
    before = pl.DataFrame([(*line, *then)] if then else [], schema=COUNTS, orient="row")
    (found,) = with_trend(frame, before)["trend"]
    failed = then[1] if then else 0
    if now[1] and not failed:
        expected = Trend.NEW
    elif failed and not now[1]:
        expected = Trend.GONE
    elif not now[1] or then is None or Fraction(now[1], now[0]) == Fraction(failed, then[0]):
        expected = Trend.SAME
    else:
        expected = Trend.WORSE if Fraction(now[1], now[0]) > Fraction(failed, then[0]) else Trend.BETTER
    assert found == expected


linked = st.lists(
    st.tuples(
        st.sampled_from(CONTRACTS), st.integers(0, 6), st.integers(0, 6), st.sampled_from(["F", "M", None])
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(linked)
def test_scores_are_those_of_listing_every_pair(rows: list[tuple[str, int, int, str | None]]) -> None:
    """Each row: contract, person found, true person; and the sex of the true person."""
    sexes = {true: sex for _, _, true, sex in rows}
    links = pl.DataFrame(
        [(contract, number, found) for number, (contract, found, _, _) in enumerate(rows, 1)],
        schema=["contract", "row", "person"],
        orient="row",
    )
    truth = pl.DataFrame(
        [(contract, number, f"T{true}") for number, (contract, _, true, _) in enumerate(rows, 1)],
        schema=["contract", "row", "true_person_id"],
        orient="row",
    )
    groups = pl.DataFrame(
        [(f"T{true}", sex) for true, sex in sexes.items()],
        schema={"true_person_id": pl.String, "sex": pl.String},
        orient="row",
    )
    scores = linkage_error(links, truth, groups)
    for about, which, *figures in scores.select("about", "which", "linked", "true", "right").iter_rows():
        expected = [0, 0, 0]
        for one, other in combinations(rows, 2):
            touched = {
                "all": True,
                "across sources": one[0] != other[0],
                "extract": which in (one[0], other[0]),
                "sex": which in (sexes[one[2]], sexes[other[2]]),
            }[about]
            if touched:
                same = one[1] == other[1], one[2] == other[2]
                expected = [a + b for a, b in zip(expected, (*same, all(same)), strict=True)]
        assert figures == expected, (about, which)


records = st.lists(
    st.tuples(
        st.sampled_from(CONTRACTS),
        st.integers(0, 5),  # person
        st.booleans(),  # has a date of birth
        st.booleans(),  # has a postcode
        st.booleans(),  # has a valid number
        st.sampled_from(["own", "number", "name", "likely", "alone"]),
    ),
    min_size=1,
    max_size=30,
)
pairs = st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29), st.booleans()), max_size=15)


@settings(max_examples=60, deadline=None)
@given(records, st.sets(st.integers(0, 5)), pairs, pairs)
def test_measures_of_linkage_are_those_of_counting_row_by_row(
    rows: list[tuple[str, int, bool, bool, bool, str]],
    worked: set[int],
    reviewed: list[tuple[int, int, bool]],
    judged: list[tuple[int, int, bool]],
) -> None:
    names = [f"r{number}" for number in range(len(rows))]
    identified = pl.DataFrame(
        {
            "record_id": names,
            "forename": ["Ann"] * len(rows),
            "surname": ["Lee"] * len(rows),
            "date_of_birth": ["2001-02-03" if row[2] else None for row in rows],
            "postcode": ["AS1 1AA" if row[3] else None for row in rows],
            "nhs_number": ["9990000018" if row[4] else "9990000019" for row in rows],
            "upn": [None] * len(rows),
            "nino": [None] * len(rows),
        },
        schema_overrides=dict.fromkeys(("upn", "nino", "date_of_birth", "postcode"), pl.String),
    )
    persons = pl.DataFrame(
        {
            "record_id": names,
            "contract": [row[0] for row in rows],
            "person": [row[1] for row in rows],
            "how": [row[5] for row in rows],
        }
    )
    people = pl.DataFrame(
        [(person, f"F{person}", "white", "5-10", "F") for person in sorted(worked)],
        schema={
            "person": pl.Int64,
            "family": pl.String,
            "ethnic_group": pl.String,
            "age_band": pl.String,
            "sex": pl.String,
        },
        orient="row",
    )

    def listed(some: list[tuple[int, int, bool]]) -> list[tuple[str, str, bool]]:
        return [(f"r{a}", f"r{b}", found) for a, b, found in some if a != b and max(a, b) < len(rows)]

    columns = {"record_id_a": pl.String, "record_id_b": pl.String, "found": pl.Boolean}
    reviews = pl.DataFrame(listed(reviewed), schema=columns, orient="row")
    blind = pl.DataFrame(listed(judged), schema=columns, orient="row")
    measured = measure_linkage(identified, persons, people, reviews=reviews, blind=blind)
    figures = {
        (measure, dimension, code): (whole, part)
        for measure, dimension, code, whole, part in measured.select(
            "measure", "dimension", "code", "whole", "part"
        ).iter_rows()
    }

    matched = [row[1] in worked for row in rows]
    asked = {(a, b) for a, b, _ in listed(reviewed)} | {(b, a) for a, b, _ in listed(reviewed)}
    for contract in {row[0] for row in rows}:
        mine = [number for number, row in enumerate(rows) if row[0] == contract]
        hits = sum(matched[number] for number in mine)
        assert figures[Measure.MATCHED, "extract", contract] == (len(mine), hits)
        undecided = 0
        for number in mine:
            if matched[number]:
                continue
            too_little = not (rows[number][2] or rows[number][3] or rows[number][4])
            waits = any((f"r{number}", f"r{other}") in asked and matched[other] for other in range(len(rows)))
            undecided += too_little or waits
        found = sum(one[2] for one in listed(judged))
        by_name = sum(matched[number] and rows[number][5] in ("name", "likely") for number in mine)
        missed = 0
        if (
            found and contract != CASE_SYSTEM
        ):  # fewer than a hundred pairs: those of all extracts speak for each
            missed = round(by_name * (len(listed(judged)) - found) / found)
        decided = figures.get((Measure.DECIDED, "extract", contract), (0, 0))
        assert decided[1] == hits
        if hits + undecided:
            assert abs(decided[0] - (hits + undecided + missed)) <= (
                missed > 0
            )  # halves may round either way
        if any(row[5] in ("own", "number") for row in rows):
            by_number = sum(matched[number] and rows[number][5] in ("own", "number") for number in mine)
            assert figures.get((Measure.BY_NUMBER, "extract", contract), (0, 0)) == (hits, by_number)
        if contract != CASE_SYSTEM:
            seen = {rows[number][1] for number in mine}
            known = {row[1] for row in rows if row[0] == CASE_SYSTEM}
            assert figures[Measure.KNOWN, "extract", contract] == (len(seen), len(seen & known))
        rate = 0.9
        poor = contract in poorly_matched(measured, rate)
        assert poor == (decided[1] < rate * decided[0])
    assert figures.get((Measure.FOUND_BLIND, "all", "all"), (0, 0)) == (
        len(listed(judged)),
        sum(one[2] for one in listed(judged)),
    )


def reads(rule: Rule) -> set[str]:
    """Which extracts a rule reads, plainly."""
    if isinstance(rule, AllOf | AnyOf):
        return {name for part in rule.of for name in reads(part)}
    if isinstance(rule, NoEvent | NoStatus | Spell):
        return {rule.extract}
    if isinstance(rule, Attendance):
        return {"school_attendance"}
    if isinstance(rule, Judgement):
        return {"progress"}
    raise AssertionError(rule)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(FRAMEWORK.needs), st.integers(0, 9)), min_size=1, max_size=40),
    st.sets(st.sampled_from(["police_incident", "housing_event", "school_attendance", "missing_episode"])),
)
def test_needs_at_risk_are_those_whose_rule_reads_a_poor_extract(needs: list, poor: set[str]) -> None:
    headline = {need.code: one.id for one in FRAMEWORK.headlines for need in one.needs}
    frame = pl.DataFrame(
        [(f"F{family}", need.code, headline[need.code]) for need, family in needs],
        schema=["family", "need_code", "headline"],
        orient="row",
    )
    measured = measure_needs(frame, FRAMEWORK, sorted(poor))
    for measure, dimension, code, whole, part in measured.select(
        "measure", "dimension", "code", "whole", "part"
    ).iter_rows():
        some = [need for need, _ in needs if dimension != "headline" or headline[need.code] == code]
        extracts = {code} if measure == Measure.RESTING else poor
        assert (whole, part) == (len(some), sum(bool(reads(need.rule) & extracts) for need in some))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(counted, st.none() | counted), min_size=1, max_size=12), st.booleans())
def test_no_count_of_rows_that_is_shown_is_exact_or_small(
    lines: list[tuple[tuple[int, int], tuple[int, int] | None]], moved_away: bool
) -> None:
    rules = [("need", f"rule {number}", "worth_a_look", "…") for number in range(len(lines))]
    now = pl.DataFrame(
        [(*rule, *one) for rule, (one, _) in zip(rules, lines, strict=True)], schema=COUNTS, orient="row"
    )
    then = pl.DataFrame(
        [(*rule, *one) for rule, (_, one) in zip(rules, lines, strict=True) if one],
        schema=COUNTS,
        orient="row",
    )
    first = safe_quality(quality_table(then, None), None, PROFILE)
    shown = first.select("extract", "rule", rows_before="rows", failures_before="failures")
    safe = safe_quality(quality_table(now, then), None if moved_away else shown, PROFILE)
    assert safe.height == now.height
    for name in ("rows", "failures", "rows_before", "failures_before"):
        for value, symbol in safe.select(name, f"{name}_symbol").iter_rows():
            assert (value is None) != (symbol is None)
            assert value is None or (value >= PROFILE.threshold and value % PROFILE.base == 0)
    # What is shown of the release before is what it showed, and nothing else.
    if moved_away:
        assert safe["rows_before"].null_count() == safe.height
    else:
        both = safe.join(shown, on=["extract", "rule"], how="left", suffix="_then", maintain_order="left")
        assert both["failures_before"].equals(both["failures_before_then"].rename("failures_before"))
    # Exact figures of the release before make no difference to what is shown.
    other = then.with_columns(pl.col("failures") * 0)
    assert safe_quality(quality_table(now, other), None if moved_away else shown, PROFILE).equals(safe)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(counted, st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=10),
    st.booleans(),
)
def test_no_count_of_linkage_is_shown_with_fewer_than_ten_families_behind_it(
    lines: list[tuple[tuple[int, int], int, int]], is_poor: bool
) -> None:
    frame = pl.DataFrame(
        [("decided", "extract", f"e{n}", *one, behind, some) for n, (one, behind, some) in enumerate(lines)],
        schema=COUNTED,
        orient="row",
    )
    exact = linkage_table(frame, ["e0"] if is_poor else [])
    for row, (one, behind, some) in zip(
        safe_linkage(exact, PROFILE).iter_rows(named=True), lines, strict=True
    ):
        assert (row["whole"] is not None) == (one[0] >= 10 and behind >= 10)
        assert (row["part"] is not None) == (one[1] >= 10 and some >= 10)
        assert row["whole"] is None or abs(row["whole"] - one[0]) <= 2
        hidden = row["whole"] is None or row["part"] is None
        assert (row["standing"] == "poor") == (is_poor and row["code"] == "e0" and not hidden)
