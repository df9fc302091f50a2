"""Whoever keeps the first quarter's return subtracts it from the second's year to date: no small count follows."""

from dataclasses import replace
from itertools import product
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from custody.returns.asking import Asked
from custody.returns.counting import Codes, CountedTable, Figure
from custody.returns.protecting import Protected, protect
from custody.returns.system import Earlier
from disclosure import Suppression

RULES = Suppression("publication", highest=5, zeros=True, decimals=1)
WARDS = ("A", "B", "C", "D")
Counts = dict[tuple[str, str], int]
Known = dict[tuple[tuple[str, ...], str | None], int]


def _table(counts: Counts, columns: dict[str, tuple[str, ...]]) -> CountedTable:
    """A table by ward with a column for each choice of quarters, counted from `counts` (ward, quarter)."""
    figures: dict[tuple[str, Codes], Figure] = {}
    asked = {}
    for title, quarters in columns.items():
        asked[title] = Asked(
            "help", "", None, (("quarter", quarters),), {"ward": "ward"}, frozenset({"quarter"})
        )
        for ward in (None, *WARDS):
            value = sum(counts[one, quarter] for one in WARDS if ward in (None, one) for quarter in quarters)
            figures[title, (ward,)] = Figure(value, value)
    return CountedTable("families", ("ward",), {"ward": WARDS}, {}, asked, figures)


def _shown(table: CountedTable, protected: Protected) -> dict[tuple[str, str | None], int]:
    return {
        (title, ward): table.figure(title, (ward,)).value
        for title, ward in product(table.columns, (None, *WARDS))
        if not protected.hides(table.key(title, (ward,)))
    }


def _limits(known: Known, ward: str, quarter: str) -> tuple[float, float]:
    """What an attacker finds of one count: the least and the most that all published figures leave."""
    cells = list(product(WARDS, ("Q1", "Q2")))
    lines = [
        [1.0 if (where in (None, one)) and when in quarters else 0.0 for one, when in cells]
        for quarters, where in known
    ]
    aim = np.array([1.0 if cell == (ward, quarter) else 0.0 for cell in cells])
    found = []
    for sign in (1, -1):
        solved = linprog(sign * aim, A_eq=lines or None, b_eq=list(known.values()) or None, bounds=(0, None))
        found.append(sign * solved.fun if solved.status == 0 else sign * -inf)
    return found[0], found[1]


small = st.one_of(st.integers(0, 8), st.integers(0, 60))


@settings(max_examples=15, deadline=None)
@given(st.lists(small, min_size=8, max_size=8))
def test_no_small_quarter_follows_from_the_year_to_date_and_the_return_before(values: list[int]) -> None:
    counts = dict(zip(product(WARDS, ("Q1", "Q2")), values, strict=True))
    first = _table(counts, {"quarter": ("Q1",), "year": ("Q1",)})
    told_first = _shown(first, protect([first], [], RULES))
    earlier = Earlier(first, frozenset((title, (ward,)) for title, ward in told_first))
    second = _table(counts, {"quarter": ("Q2",), "year": ("Q1", "Q2")})
    told_second = _shown(second, protect([second], [earlier], RULES))
    known: Known = {(("Q1",), ward): value for (_, ward), value in told_first.items()}
    known |= {
        (("Q2",) if title == "quarter" else ("Q1", "Q2"), ward): value
        for (title, ward), value in told_second.items()
    }
    for (ward, quarter), count in counts.items():
        if 0 < count <= RULES.highest:
            least, most = _limits(known, ward, quarter)
            assert least <= count - 1 + 1e-6
            assert most >= RULES.highest + 1 - 1e-6


def test_protected_alone_the_second_return_would_be_found_out() -> None:
    """The attack works where earlier quarters are not looked at: that is what the test above keeps from happening."""
    counts = dict.fromkeys(product(WARDS, ("Q1", "Q2")), 40) | {("A", "Q2"): 3, ("B", "Q2"): 7}
    second = _table(counts, {"quarter": ("Q2",), "year": ("Q1", "Q2")})
    naive = _shown(second, protect([_table(counts, {"quarter": ("Q2",)})], [], RULES))
    known: Known = {(("Q1",), ward): counts[ward, "Q1"] for ward in WARDS}
    known |= {
        (("Q2",) if title == "quarter" else ("Q1", "Q2"), ward): value
        for (title, ward), value in naive.items()
    }
    assert _limits(known, "A", "Q2") == (3.0, 3.0)
    first = _table(counts, {"quarter": ("Q1",)})
    earlier = Earlier(first, frozenset(("quarter", (ward,)) for ward in (None, *WARDS)))
    told = _shown(second, protect([second], [earlier], RULES))
    known = {(("Q1",), ward): counts[ward, "Q1"] for ward in WARDS}
    known |= {
        (("Q2",) if title == "quarter" else ("Q1", "Q2"), ward): value
        for (title, ward), value in told.items()
    }
    least, most = _limits(known, "A", "Q2")
    assert least <= 2 and most >= 6


def test_a_narrower_column_beside_a_wider_one_does_not_tell_the_few_between() -> None:
    """Open at the end is part of open during the quarter: the difference ended, and few did."""
    during = (("during@2024-07..2024-09", ("yes",)),)
    wide = Asked("help", "", "family_key", during, {})
    narrow = Asked("help", "", "family_key", (*during, ("open@2024-09", ("yes",))), {})
    figures: dict[tuple[str, Codes], Figure] = {("wide", ()): Figure(43, 43), ("narrow", ()): Figure(40, 40)}
    table = CountedTable("families", (), {}, {}, {"wide": wide, "narrow": narrow}, figures)
    protected = protect([table], [], RULES)
    assert protected.hides(table.key("wide", ())) or protected.hides(table.key("narrow", ()))


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_family_that_finds_out_its_own_figure_is_no_reason_to_refuse_a_return(place: int) -> None:
    """One family is alone in its ward, in one quarter: it is behind that quarter, the year to date, and what the year
    has more than the quarters without it. Another is alone in another ward and quarter."""
    quarters = ("Q1", "Q2", "Q3")
    counts = dict.fromkeys(product(WARDS, quarters), 40)
    counts |= {(ward, quarter): 0 for ward in ("A", "B") for quarter in quarters}
    counts |= {("A", quarters[place]): 1, ("B", quarters[place - 1]): 1}
    first = _held(_table(counts, {"quarter": ("Q1",), "year": ("Q1",)}))
    second = _held(_table(counts, {"quarter": ("Q2",), "year": ("Q1", "Q2")}))
    third = _held(_table(counts, {"quarter": ("Q3",), "year": quarters}))
    protected = protect([third], [Earlier(first, frozenset()), Earlier(second, frozenset())], RULES)
    assert protected.hides(third.key("year", ("A",)))
    assert protected.hides(third.key("year", ("B",)))


def _held(table: CountedTable) -> CountedTable:
    """The same table, where each ward's only family holds its figures."""
    figures = {
        (title, codes): replace(figure, holder=WARDS.index(codes[0]))
        if codes[0] and figure.value == 1
        else figure
        for (title, codes), figure in table.figures.items()
    }
    return replace(table, figures=figures)


def test_the_same_figures_give_the_same_pattern_in_whatever_order() -> None:
    counts = dict(zip(product(WARDS, ("Q1", "Q2")), (3, 30, 12, 4, 0, 25, 9, 41), strict=True))
    tables = [
        _table(counts, {"quarter": ("Q1",), "year": ("Q1", "Q2")}),
        _table(counts, {"later": ("Q2",)}),
    ]
    assert protect(tables, [], RULES).withheld == protect(tables[::-1], [], RULES).withheld
