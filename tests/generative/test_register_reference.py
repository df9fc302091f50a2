"""Histories of runs: the register against the obvious one, and what must hold whatever happens."""

import hashlib
from collections import defaultdict

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.register.assign import Tier, assign
from pipelines.register.book import Book, changed, presently
from tests.generative.naive_register import NaiveBook, Token, naive_assign

PEOPLE = (
    Tier(("record",), 0),
    Tier(("own", "number"), 0),
    Tier(("name",), 0, weak=True),
    Tier(("place",), 0, weak=True),
)
FAMILIES = (Tier(("record",), 0), Tier(("name",), 0.5))
# Few values of each, so that everything is shared, lost and found again.
_TOKENS = st.one_of(
    st.tuples(st.just("record"), st.integers(0, 9)),
    st.tuples(st.just("own"), st.integers(0, 3)),
    st.tuples(st.just("number"), st.integers(0, 3)),
    st.tuples(st.just("name"), st.integers(0, 4)),
    st.tuples(st.just("place"), st.integers(0, 4)),
).map(lambda token: (token[0], f"{token[0]}{token[1]}"))
# The register keeps hashes as numbers.
_FACETS = ("record", "own", "number", "name", "place")
_VALUES = sorted(f"{facet}{number}" for facet in _FACETS for number in range(10))
_NUMBERS = {value: number for number, value in enumerate(_VALUES)}
_RECORDS = st.integers(0, 9).map(lambda number: ("record", f"record{number}"))
_UNITS = st.builds(lambda record, others: {record, *others}, _RECORDS, st.sets(_TOKENS, max_size=5))
_RUNS = st.lists(st.lists(_UNITS, min_size=0, max_size=6), min_size=1, max_size=5)


def _mint(seed: str) -> str:
    return hashlib.sha256(seed.encode()).hexdigest()[:24]


def _mint_all(seeds: pl.Series) -> pl.Series:
    return pl.Series([_mint(seed) for seed in seeds], dtype=pl.String)


def _held(units: list[set[Token]]) -> pl.DataFrame:
    rows = [
        (unit, facet, _NUMBERS[value]) for unit, tokens in enumerate(units) for facet, value in sorted(tokens)
    ]
    return pl.DataFrame(
        rows, schema={"unit": pl.Int64, "facet": pl.String, "token": pl.UInt64}, orient="row"
    ).sample(fraction=1, shuffle=True, seed=1)


def _seeds(units: list[set[Token]]) -> dict[int, str]:
    return {
        unit: min(value for facet, value in tokens if facet == "record") for unit, tokens in enumerate(units)
    }


def _run(
    units: list[set[Token]], book: Book, tiers: tuple[Tier, ...], run: int
) -> tuple[dict[int, str], Book]:
    seeds = pl.DataFrame(
        list(_seeds(units).items()), schema={"unit": pl.Int64, "seed": pl.String}, orient="row"
    )
    assigned = assign(_held(units), seeds, book, tiers=tiers, run=run, mint=_mint_all)
    return dict(assigned.keys.iter_rows()), changed(book, assigned.changes)


@pytest.mark.parametrize("tiers", [PEOPLE, FAMILIES], ids=["people", "families"])
@settings(max_examples=60, deadline=None)
@given(history=_RUNS)
def test_the_register_is_what_the_obvious_one_is(
    tiers: tuple[Tier, ...], history: list[list[set[Token]]]
) -> None:
    book, naive = Book(), NaiveBook()
    plain = [(tier.facets, tier.merges, tier.weak) for tier in tiers]
    for run, units in enumerate(history, start=1):
        keys, book = _run(units, book, tiers, run)
        expected = naive_assign(dict(enumerate(units)), _seeds(units), naive, plain, run, _mint)
        assert keys == expected
        assert book.keys.rows() == [
            (key, one.born, one.into, one.absent_since) for key, one in naive.keys.items()
        ]
        place = {key: number for number, key in enumerate(naive.keys)}
        assert sorted(book.holdings.drop("id").iter_rows(), key=str) == sorted(
            (
                (one.token[0], _NUMBERS[one.token[1]], place[one.key], one.since, one.until, one.over)
                for one in naive.rows
            ),
            key=str,
        )
        assert set(book.events.iter_rows()) == naive.events
        assert book.events.is_unique().all()


_STRONG = ("record", "own", "number")


@pytest.mark.proof
@settings(max_examples=150, deadline=None)
@given(history=_RUNS)
def test_whom_a_correction_takes_elsewhere(history: list[list[set[Token]]]) -> None:
    """A key whose records all read otherwise now is found by names, or by nothing: and numbers come before names."""
    book = Book()
    for run, units in enumerate(history, start=1):
        leads = dict(presently(book.keys).iter_rows())
        known = _known(book)
        was_open = {token for token, rows in known.items() if any(is_open for _, is_open in rows)}
        # Where a hash that says of one key alone was.
        home = {
            token: leads[rows[0][0]]
            for token, rows in known.items()
            if len({leads[key] for key, _ in rows}) == 1
        }
        keys, book = _run(units, book, PEOPLE, run)
        holders = defaultdict(set)
        for unit, tokens in enumerate(units):
            for token in tokens:
                holders[token].add(unit)
        one = {token: keys[min(having)] for token, having in holders.items() if len(having) == 1}

        events = [(event, key, other) for at, event, key, other in book.events.iter_rows() if at == run]
        for event, key, other in events:
            # Those that led to it go with it, but for those that stand for themselves again.
            tree = {key, *(at for at, present in leads.items() if present == key)} - set(keys.values())
            mine = {token for token, rows in known.items() if any(at in tree for at, _ in rows)}
            strong = {token for token in mine if token[0] in _STRONG and token in holders}
            if event == "withdrawn" and not strong:
                # Nobody else can be who they were; or two are called so.
                for facet in ("name", "place"):
                    called = [token for token in mine if token[0] == facet and token in holders]
                    where = {one[token] for token in called if token in one and home.get(token) == key}
                    assert len(where) != 1, (facet, where)
                    if called:
                        break
            if event == "merged" and any(at == key for token in strong for at, _ in known[token]):
                assert any(one.get(token) == other for token in strong)
        gone = {home[token] for token in was_open & {*home} - {*holders} if token[0] == "record"}
        told = {(key, other) for _, key, other in events}
        for token, was in home.items():
            if token in was_open and was in gone and one.get(token, was) != was:
                assert (was, one[token]) in told, token


Known = dict[Token, list[tuple[str, bool]]]


def _known(book: Book) -> Known:
    """Which keys each hash is at home with, and whether it was seen there in the last run."""
    rows = defaultdict(list)
    for _, facet, number, place, _, until, over in book.holdings.iter_rows():
        if not over:
            rows[facet, _VALUES[number]].append((book.keys["key"][place], until is None))
    return {
        token: [row for row in every if row[1]] if any(is_open for _, is_open in every) else every
        for token, every in rows.items()
    }


@settings(max_examples=60, deadline=None)
@given(history=_RUNS)
def test_what_always_holds(history: list[list[set[Token]]]) -> None:
    book = Book()
    held_before: dict[Token, str] = {}
    for run, units in enumerate(history, start=1):
        keys, book = _run(units, book, PEOPLE, run)
        # Everybody has one key, nobody another's.
        assert sorted(keys) == list(range(len(units)))
        assert len(set(keys.values())) == len(keys)
        # Every key leads to one that stands for itself, in one step, and those in use do.
        present = dict(presently(book.keys).iter_rows())
        assert all(present[present[key]] == present[key] for key in present)
        assert all(present[key] == key for key in keys.values())
        # A record whose key is another than before: an event says so.
        holders = defaultdict(set)
        for unit, tokens in enumerate(units):
            for token in tokens:
                if token[0] == "record":
                    holders[token].add(keys[unit])
        events = [(event, key, other) for at, event, key, other in book.events.iter_rows() if at == run]
        told = {(key, other) for _, key, other in events}
        for token, now in holders.items():
            if len(now) == 1 and token in held_before and held_before[token] not in now:
                assert (held_before[token], *now) in told, token
        held_before = {token: min(now) for token, now in holders.items() if len(now) == 1}
        # The same again changes nothing.
        again, same = _run(units, book, PEOPLE, run + 1)
        assert again == keys
        assert same.keys.equals(book.keys)
        assert same.holdings.equals(book.holdings)
        assert same.events.equals(book.events)
