"""Whoever signs in, turns pages, signs out, is thrown out, in any order and by any clock: as the naive rules say."""

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from hypothesis import event, given, settings
from hypothesis import strategies as some

from ledger import PROVIDER, Limits, SignIn, open_ledger
from tests.generative.naive_sessions import Naive

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PEOPLE = ("ann@council.example", "ben@council.example")
AGE, IDLE = 4 * 3600, 3600
LIMITS = Limits(timedelta(seconds=AGE), timedelta(seconds=IDLE))
DESK = {"by": "officer", "role": "data_protection_officer"}

people = some.sampled_from(PEOPLE)
keys = some.sampled_from("abc")
# Around each limit, and clocks that are put back.
steps = some.sampled_from(
    [0, 1, 59, 60, 61, 299, 301, 1800, 3599, 3600, 3601, 4 * 3600, -1, -299, -301, -3600]
)
acts = some.one_of(
    some.tuples(some.just("turn"), keys, people, some.integers(0, 2)),
    some.tuples(some.just("again"), keys),
    some.tuples(some.just("again"), keys),
    some.tuples(some.just("end"), keys),
    some.tuples(some.just("end person"), people),
    some.tuples(some.just("wait"), steps),
    some.tuples(some.just("wait"), steps),
)


@cache
def _empty() -> Path:
    file = Path(tempfile.mkdtemp()) / "ledger.sqlite"
    open_ledger(file).close()
    return file


@settings(max_examples=30, derandomize=True, deadline=None)
@given(some.lists(acts, min_size=6, max_size=30))
def test_sessions_are_as_the_rules_say(told: list[tuple[object, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.sqlite"
        shutil.copy(_empty(), file)
        ledger = open_ledger(file)
        naive, now = Naive(AGE, IDLE), 0
        for one in told:
            at = START + timedelta(seconds=now)
            if one[0] == "again":
                # Another turn of whoever has this key.
                person, since = naive.whose.get(str(one[1]), (PEOPLE[0], 0))
                one = ("turn", one[1], person, since // 1800)
            match one:
                case "turn", str(key), str(person), int(hour):
                    since = 1800 * hour
                    sign_in = SignIn(
                        key, person.upper(), "manager", "", PROVIDER, START + timedelta(seconds=since)
                    )
                    found = ledger.sessions.turn(sign_in, LIMITS, at)
                    event(found)
                    assert found == naive.turn(key, person, since, now)
                case "end", str(key):
                    assert ledger.sessions.end(key, by="a", role="manager") == naive.end(key)
                case "end person", str(person):
                    assert ledger.sessions.revoke_person(person, now=at, **DESK) == naive.end_person(
                        person, now
                    )
                case _, int(step):
                    now += step
        ledger.verify()
        ledger.close()
