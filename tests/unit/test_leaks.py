"""What counts as an identity found, and what does not."""

import polars as pl
import pytest

from pipelines.leaks.identities import Identities, _sorted_out
from pipelines.leaks.search import Searcher

FOUND = Identities(
    marked=["12 hope street", "9434765919", "ann o'neil", "p100001", "marlow bridge", "07700 900641"],
    words=["summer", "will", "frodhurst"],
)


@pytest.fixture
def searcher() -> Searcher:
    return Searcher(FOUND, own_words=["Summer term", "the rule will apply"], named_places=["Marlow Bridge"])


@pytest.mark.parametrize(
    "value",
    ["9434765919", "Ann O'Neil", "of 12 HOPE STREET, Ashmere", "P100001", "x Frodhurst y", "07700 900641"],
)
def test_identities_in_text_are_found(searcher: Searcher, value: str) -> None:
    assert searcher.in_text(value)


@pytest.mark.parametrize(
    "value",
    [
        "Summer",
        "it will be",
        "Marlow Bridge",
        "943476591",
        "19434765919",
        "Frodhursts",
        "xp100001",
        "ann  neil",
        "",
    ],
)
def test_what_is_no_identity_is_not(searcher: Searcher, value: str) -> None:
    assert not searcher.in_text(value)


def test_a_single_word_is_no_hit_in_a_closed_list_but_several_are(searcher: Searcher) -> None:
    assert not searcher.in_closed_codes(["Frodhurst", "Priory", "Marlow Bridge"])
    assert searcher.in_closed_codes(["Priory", "Ann O'Neil"])


def test_long_numbers_are_found_among_numbers(searcher: Searcher) -> None:
    assert searcher.in_numbers(["12", "9434765919"])
    assert not searcher.in_numbers(["12", "19434765919", "100001"])


def test_raw_bytes_are_searched_without_bounds(searcher: Searcher) -> None:
    assert searcher.in_bytes(b"\0\1xx12 Hope Streetyy")
    assert not searcher.in_bytes(b"\0\1xxfrodhurst P100001 yy")  # too short to be more than chance


def test_nothing_to_search_for() -> None:
    empty = Searcher(Identities([], []), own_words=[])
    assert not empty.in_text("anything")
    assert not empty.in_bytes(b"\0anything")


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("Ann  O'Neil", "marked"),
        ("AS1 1AA", "marked"),
        ("x@y.example", "marked"),
        ("12345", None),
        ("123456", "marked"),
        ("W0006", "marked"),
        ("Summer", "words"),
        ("Li", None),
        ("Xi Li", "marked"),
    ],
)
def test_what_is_searched_for(value: str, kind: str | None) -> None:
    sorted_out = _sorted_out([pl.Series("value", [value])])
    assert bool(sorted_out.marked) is (kind == "marked")
    assert bool(sorted_out.words) is (kind == "words")


def test_identities_show_nobody_when_printed() -> None:
    assert "frodhurst" not in repr(FOUND)
