"""The year so far against the plan and the year before: the real thing against one in plain Python."""

import calendar
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.plan import PLAN, Progress, Standing, year_so_far
from release.places import Places
from tests.chosen_figures import Figures, evidence_with
from tests.fakes import MANIFEST

NOISE, CHANGE = int(MANIFEST["noise_most"]), int(MANIFEST["noise_change"])
YEARS = ("2021-22", "2022-23", "2023-24", "2024-25")
# The lists of a made-up release hold months up to the one of October 2024.
LAST = date(2024, 10, 31)

known = st.integers(min_value=0, max_value=120)


def months_of(year: str) -> list[tuple[int, int]]:
    first = int(year[:4])
    return [(first, month) for month in range(4, 13)] + [(first + 1, month) for month in (1, 2, 3)]


@st.composite
def releases(draw: st.DrawFn) -> tuple[date, dict[str, dict[str, int | None]], int]:
    """A day, figures by year, quarter and month that need not add up, and a target."""
    as_of = draw(st.dates(min_value=date(2024, 4, 1), max_value=LAST))
    if draw(st.booleans()):
        as_of = as_of.replace(day=calendar.monthrange(as_of.year, as_of.month)[1])
    # Where anything may be withheld, nothing is ever learnt of how quarters differ.
    figure = draw(st.sampled_from([known, st.one_of(st.none(), known)]))
    cells: dict[str, dict[str, int | None]] = {
        "year": {year: draw(st.one_of(st.none(), st.integers(0, 900))) for year in YEARS},
        "quarter": {f"{year} Q{n}": draw(figure) for year in YEARS for n in range(1, 5)},
        "month": {f"{y}-{m:02d}": draw(figure) for year in YEARS for y, m in months_of(year)},
    }
    return as_of, cells, draw(st.integers(min_value=1, max_value=1500))


def naive_so_far(
    year: str, months: int, cells: dict[str, dict[str, int | None]], *, whole: bool
) -> tuple[int, int] | None:
    """The months that are over, added up, and out of how many figures; None where one is withheld."""
    if whole or months == 12:
        names = [("year", year)]
    else:
        names = [("quarter", f"{year} Q{n + 1}") for n in range(months // 3)]
        names += [("month", f"{y}-{m:02d}") for y, m in months_of(year)[months - months % 3 : months]]
    total = 0
    for kind, code in names:
        value = cells[kind][code]
        if value is None:
            return None
        total += value
    return total, len(names)


def naive_spread(cells: dict[str, dict[str, int | None]]) -> float:
    """How much more than by chance the change over a year differs from quarter to quarter, before this year; three
    times as much where too few quarters tell."""
    quarters = [f"{year} Q{n}" for year in YEARS[:-1] for n in range(1, 5)]
    scores = []
    for place in range(5, len(quarters)):
        four = [cells["quarter"][quarters[at]] for at in (place, place - 4, place - 1, place - 5)]
        if None in four:
            continue
        now, now_before, then, then_before = (one or 0 for one in four)
        if sum((now, now_before, then, then_before)):
            change = (now - now_before) - (then - then_before)
            scores.append(change**2 / (now + now_before + then + then_before))
    if len(scores) < 4:
        return 3.0
    scores.sort()
    middle = (scores[(len(scores) - 1) // 2] + scores[len(scores) // 2]) / 2
    return max(middle / 0.4549, 1.0)


def naive_months(as_of: date) -> int:
    """Months of the financial year whose last day is not after the day."""
    return sum(
        date(year, month, calendar.monthrange(year, month)[1]) <= as_of
        for year, month in months_of("2024-25")
    )


def answered(as_of: date, cells: dict[str, dict[str, int | None]], plan: str) -> list[Progress]:
    shown: dict[str, Figures] = {
        f"families_helped|{kind}": {(code,): value for code, value in by.items() if value is not None}
        for kind, by in cells.items()
    }
    shown |= {f"outcomes_sustained|{kind}": {} for kind in cells}
    with TemporaryDirectory() as folder:
        (Path(folder) / PLAN).write_text(plan, encoding="utf-8")
        found, care = year_so_far(evidence_with(shown, places=Places(Path(folder)), as_of=as_of.isoformat()))
    assert care is None
    return found


@settings(max_examples=20, deadline=None)
@given(releases())
def test_against_the_plan(release: tuple[date, dict[str, dict[str, int | None]], int]) -> None:
    as_of, cells, target = release
    plan = (
        f'[[target]]\ncouncil = "Ashmere"\nyear = "2024-25"\nmeasure = "families_helped"\ntarget = {target}\n'
    )
    found = answered(as_of, cells, plan)
    months = naive_months(as_of)
    if not months:
        assert found == []
        return
    (one,) = found
    ends = (as_of + timedelta(days=1)).month != as_of.month
    expected = naive_so_far("2024-25", months, cells, whole=ends)
    if expected is None:
        assert (one.value, one.standing) == (None, Standing.UNTOLD)
        return
    value, parts = expected
    assert one.value == value
    # Behind or ahead only where every one of the figures may be off by its most, and it is still so.
    lowest, highest = value - parts * NOISE, value + parts * NOISE
    by_now = target * months / 12
    if highest < by_now:
        assert one.standing is Standing.BEHIND
    elif lowest > by_now:
        assert one.standing is Standing.AHEAD
    else:
        assert one.standing is Standing.LEVEL


@settings(max_examples=20, deadline=None)
@given(releases())
def test_against_the_year_before(release: tuple[date, dict[str, dict[str, int | None]], int]) -> None:
    as_of, cells, _ = release
    found = answered(as_of, cells, "")
    months = naive_months(as_of)
    ends = (as_of + timedelta(days=1)).month != as_of.month
    now = naive_so_far("2024-25", months, cells, whole=ends)
    before = naive_so_far("2023-24", months, cells, whole=False)
    if not months or now is None or before is None:
        assert found == []
        return
    (one,) = found
    assert (one.value, one.against) == (now[0], before[0])
    apart = now[0] - before[0]
    beyond = abs(apart) - CHANGE * (now[1] + before[1]) / 2
    clear = beyond > 0 and beyond**2 > 4 * naive_spread(cells) * (now[0] + before[0])
    assert one.standing is ((Standing.AHEAD if apart > 0 else Standing.BEHIND) if clear else Standing.LEVEL)
