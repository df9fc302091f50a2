"""When a share is said to have moved from one year to the next: against plain Python, and in worlds where none did."""

import random
from datetime import date

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from evidence.answers import Answer
from evidence.attention import moved_share
from evidence.questions import Question
from tests.fakes import catalogue

UNTIL = date(2024, 3, 31)
FEWEST = 50
# Of a year: its share in per cent, how many it is of, and by how many points noise may have moved it at most.
Year = tuple[int, int, float] | None


def answers(years: dict[str, Year]) -> tuple[Answer, Answer]:
    """A share and the count that it is of, by year; None: withheld."""

    def answer(measure: str, place: int) -> Answer:
        rows = [
            {
                "year": code,
                "year_label": f"the year {code}",
                "value": None if one is None else float(one[place]),
                "symbol": "c" if one is None else None,
                "tolerance": None,
                "most": None if one is None else one[2],
            }
            for code, one in years.items()
        ]
        schema = {
            "year": pl.String,
            "year_label": pl.String,
            "value": pl.Float64,
            "symbol": pl.String,
            "tolerance": pl.Float64,
            "most": pl.Float64,
        }
        frame = pl.DataFrame(rows, schema=schema)
        return Answer(Question(measure, ("year",)), catalogue().measures[measure], frame, (), "")

    return answer("share_returned", 0), answer("episodes_followed", 1)


def naive(years: dict[str, Year]) -> tuple[str, float, float] | None:
    """By hand: the last year over by the end of March 2024 is 2023-24; it is told against 2022-23."""
    now, then = years.get("2023-24"), years.get("2022-23")
    if now is None or then is None or now[1] < FEWEST or then[1] < FEWEST:
        return None
    variance = 0.0
    for share, size, _ in (now, then):
        variance += share / 100 * (1 - share / 100) / size
    surely_apart = abs(now[0] - then[0]) - now[2] - then[2]
    if surely_apart / 100 <= 2 * max(variance**0.5, 0.01):
        return None
    return "the year 2023-24", float(now[0]), float(then[0])


year = st.one_of(
    st.none(),
    st.tuples(st.integers(0, 100), st.integers(0, 900), st.floats(0, 12).map(lambda off: round(off, 1))),
)


@given(st.fixed_dictionaries(dict.fromkeys(("2021-22", "2022-23", "2023-24", "2024-25"), year)))
@example({"2022-23": (20, 49, 0.0), "2023-24": (90, 900, 0.0)})
@example({"2022-23": (20, 400, 0.0), "2023-24": (40, 400, 10.0)})
@example({"2022-23": (20, 400, 0.0), "2024-25": (90, 400, 0.0)})
def test_a_share_has_moved_as_plain_python_says(years: dict[str, Year]) -> None:
    found = moved_share(*answers(years), UNTIL)
    assert found == naive(years)


def test_where_nothing_moved_it_is_seldom_said() -> None:
    """Two years of the same true share, counted by chance and changed by noise of up to five: said in few of 400."""
    chance = random.Random(7)
    said = 0
    for _ in range(400):
        truth, size = chance.uniform(0.05, 0.6), chance.randint(120, 600)
        years: dict[str, Year] = {}
        for code in ("2022-23", "2023-24"):
            count = sum(chance.random() < truth for _ in range(size)) + chance.randint(-5, 5)
            share = min(max(round(100 * count / size), 0), 100)
            years[code] = (share, size, 100 * 5 * (1 + share / 100) / size + 0.5)
        said += moved_share(*answers(years), UNTIL) is not None
    assert said <= 8
