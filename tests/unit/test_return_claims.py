"""The tables of claims of a return: counted in the ledger at one line, to the pound, in two ways that must agree."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from custody.returns.claims import Row, claim_histories, claim_rows, pounds_of
from ledger import Ledger
from release.return_periods import period_named
from release.returns import ColumnAsked, Given, Over, TableAsked
from tests.ledgers import FRAMEWORK, OFFICER, Database, both, entered, new_claim, new_window

# Its windows close on the last day of the third quarter.
Q3 = period_named("2024-25-Q3")
WORTHS = (800, 800, 1_234, 5)
KIND = "successful_family_outcome"


def figure(
    name: str, *, over: Over = Over.PERIOD, states: tuple[str, ...] = (), framework: str = FRAMEWORK
) -> ColumnAsked:
    return ColumnAsked(name, name, Given.CLAIMS, (name,), over, framework=framework, states=states)


def told(ledger: Ledger, line: int, period: str, *rows: str, **column: object) -> dict[Row, tuple[int, ...]]:
    """The rows of a table with the number of claims and their pounds."""
    columns = tuple(figure(name, **column) for name in ("count", "pounds"))  # type: ignore[arg-type]
    table = TableAsked("claims", "Claims", "", rows, columns)
    found = {
        codes: figures for codes, _, figures in claim_rows(ledger, line, table, period_named(period), {})
    }
    again = pounds_of(claim_histories(ledger, line), columns[0], period_named(period))
    assert found[(None,) * len(rows)] == again
    return found


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger]:
    with closing(database.open()) as opened:
        yield opened


@both
def test_claims_are_told_to_the_pound_as_they_stood_at_a_line(ledger: Ledger) -> None:
    assert told(ledger, 0, Q3.code, "rate") == {(None,): (0, 0)}
    window = ledger.claims.open_window(new_window(), **OFFICER)
    claims = [new_claim(family, worth=worth) for family, worth in enumerate(WORTHS)]
    ledger.claims.enter(window, claims, **OFFICER)
    line = ledger.log.newest()
    expected = {
        (None,): (4, 2_839),
        ("000000005",): (1, 5),
        ("000000800",): (2, 1_600),
        ("000001234",): (1, 1_234),
    }
    assert told(ledger, line, Q3.code, "rate") == expected
    withdrawn, *_ = ledger.claims.standings()
    ledger.claims.withdraw([withdrawn.number], why="entered twice", **OFFICER)
    now = ledger.log.newest()
    # What was withdrawn since counts no more, and at the line of then it counts for ever.
    assert told(ledger, now, Q3.code) == {(): (3, 2_839 - withdrawn.worth)}
    assert told(ledger, now, Q3.code, states=("withdrawn",)) == {(): (1, withdrawn.worth)}
    assert told(ledger, line, Q3.code, "rate") == expected
    by_two = told(ledger, line, Q3.code, "kind", "state")
    assert set(by_two) == {(kind, state) for kind in (None, KIND) for state in (None, "claimable")}
    assert set(by_two.values()) == {(4, 2_839)}


@pytest.mark.parametrize(
    ("period", "over", "framework", "is_told"),
    [
        ("2024-25-Q3", Over.PERIOD, FRAMEWORK, True),
        ("2024-25-Q3", Over.PERIOD, "another", False),
        ("2024-25-Q2", Over.PERIOD, FRAMEWORK, False),
        ("2024-25-Q4", Over.PERIOD, FRAMEWORK, False),
        ("2024-25-Q4", Over.YEAR_TO_DATE, FRAMEWORK, True),
        ("2025-26-Q1", Over.YEAR_TO_DATE, FRAMEWORK, False),
        ("2025-26-Q1", Over.TO_DATE, FRAMEWORK, True),
        ("2024-25-Q2", Over.TO_DATE, FRAMEWORK, False),
        ("2024-25", Over.PERIOD, FRAMEWORK, True),
    ],
)
def test_a_claim_belongs_to_the_period_in_which_its_window_closed(
    ledger: Ledger, period: str, over: Over, framework: str, is_told: bool
) -> None:
    entered(ledger, range(2))
    found = told(ledger, ledger.log.newest(), period, over=over, framework=framework)
    assert found == {(): (2, 1_600) if is_told else (0, 0)}
