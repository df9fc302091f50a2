"""What is searched for before publication, against plain Python that looks at one text and one identity at a time."""

import re
import unicodedata
from collections import Counter
from unittest.mock import patch

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosure import Rounding
from pipelines.leaks import Identities, Searcher, forms_in
from pipelines.publication.uniqueness import MEASURES, measure, measure_rows

WORDS = [
    "ann",
    "o",
    "neil",
    "zoë",
    "barnard",
    "hope",
    "street",
    "12",
    "943",
    "476",
    "5919",
    "9434765919",
    "p1001",
]
# Names, addresses and numbers that may be found whole, in pieces, or only in part.
KNOWN = Identities(
    marked=["ann o neil", "hope street", "12 hope street", "9434765919", "p1001", "zoë barnard"],
    words=["barnard", "hope"],
    names=frozenset({"ann o neil", "zoë barnard"}),
    texts=["ann o neil hope street 12"],
)
ORDINARY = frozenset({"hope", "street", "neil", "ann", "o"})
OURS = ["Hope street", "the barnard rule", "Ann O'Neil of 12 Hope street"]
TEXTS = st.lists(st.sampled_from([*WORDS, *(word.upper() for word in WORDS)]), max_size=8).flatmap(
    lambda words: st.lists(
        st.sampled_from([" ", "'", "-", ", ", "’", "  ", "x", "_", "\u00a0", "."]),
        min_size=len(words),
        max_size=len(words),
    ).map(lambda gaps: "".join(word + gap for word, gap in zip(words, gaps, strict=True)))
)


def plain(text: str) -> str:
    """Letters and digits in lower case, everything else one blank."""
    composed = unicodedata.normalize("NFKC", text).lower()
    return " ".join("".join(one if unicodedata.category(one)[0] in "LN" else " " for one in composed).split())


def stands(identity: str, text: str) -> bool:
    """Whether an identity stands in a plain text as words of its own, or as digits in any spacing."""
    if f" {identity} " in f" {text} ":
        return True
    if len(identity) < 9:
        return False
    return f" {identity} " in f" {re.sub('(?<=[0-9]) (?=[0-9])', '', text)} "


def expected(text: str, patterns: list[str]) -> bool:
    # Whole names and what holds digits are nobody's words.
    plain_words = [one for one in patterns if one not in KNOWN.names and not re.search("[0-9]", one)]
    ours = {one for one in plain_words if any(stands(one, plain(words)) for words in OURS)}
    return any(stands(one, plain(text)) for one in patterns if one not in ours)


@given(st.lists(TEXTS, max_size=4))
@settings(deadline=None)
def test_the_search_finds_what_looking_at_each_finds(texts: list[str]) -> None:
    searcher = Searcher(KNOWN, OURS)
    several = [*KNOWN.texts, *KNOWN.marked]
    assert searcher.in_text(texts) == any(expected(text, [*several, *KNOWN.words]) for text in texts)
    assert searcher.in_closed_codes(texts) == any(expected(text, several) for text in texts)
    in_notes = [
        one
        for one in (*KNOWN.marked, *KNOWN.words)
        if (one in KNOWN.names and " " in one) or not set(one.split()) <= ORDINARY
    ]
    with patch("pipelines.notes.lexicon.words", return_value=ORDINARY):
        assert searcher.in_notes(texts) == [expected(text, in_notes) for text in texts]


def has_nhs_number(text: str) -> bool:
    """Ten digits by themselves, whole or as 3, 3 and 4 or twice 5, that pass modulus 11."""
    for found in re.finditer(
        r"(?<![0-9A-Za-z])([0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}|[0-9]{5}[ -]?[0-9]{5})(?![0-9A-Za-z])", text
    ):
        digits = [int(one) for one in found[0] if one.isdigit()]
        check = 11 - sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
        if check % 11 == digits[9] and len(set(digits)) > 1 and "".join(map(str, digits)) not in RUNS:
            return True
    return False


RUNS = ("1234567890", "0123456789", "9876543210", "0987654321")


def with_check_digit(nine: str) -> str:
    remainder = 11 - sum(int(one) * weight for one, weight in zip(nine, range(10, 1, -1), strict=True)) % 11
    return nine + str(remainder % 11)


NUMBERS = (
    st.text("0123456789", min_size=9, max_size=9).map(with_check_digit).filter(lambda one: len(one) == 10)
)
GROUPED = st.builds(
    lambda number, gap, groups: gap.join(
        (number[:3], number[3:6], number[6:]) if groups else (number[:5], number[5:])
    ),
    st.one_of(NUMBERS, st.text("0123456789", min_size=8, max_size=12)),
    st.sampled_from(["", " ", "-"]),
    st.booleans(),
)


@given(
    st.lists(
        st.builds(
            lambda before, number, after: before + number + after,
            st.sampled_from(["", "no ", "a", "12 ", "(", "NHS: "]),
            GROUPED,
            st.sampled_from(["", " x", ")", "b", " 7"]),
        ),
        max_size=3,
    )
)
@settings(deadline=None)
def test_nhs_numbers_are_found_by_their_check_digit(texts: list[str]) -> None:
    assert ("NHS number" in forms_in(pl.Series(texts, dtype=pl.String))) == any(map(has_nhs_number, texts))


PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["F1", "F2", "F3", "F4"]),
        st.sampled_from(["0-4", "25-34"]),
        st.sampled_from(["F", "M"]),
        st.sampled_from(["", "1.1", "1.1 2.1", "8.1"]),
    ),
    max_size=25,
)
FAMILIES = {
    "F1": ("North", "Priory", "2023-01", 3),
    "F2": ("North", "Castle", "2023-01", 3),
    "F3": ("South", "Fenwick", "2023-01", 3),
    "F4": ("South", "Fenwick", "2023-01", 3),
}


@given(PEOPLE)
@settings(deadline=None)
def test_how_many_are_alone_with_what_is_said_of_them(people: list[tuple[str, str, str, str]]) -> None:
    places = FAMILIES
    family = pl.DataFrame(
        [(name, *facts[:2], "one team", facts[2], "school", facts[3]) for name, facts in places.items()],
        schema=["family", "locality", "ward", "team", "start_month", "referral_source", "size"],
        orient="row",
    )
    person = pl.DataFrame(
        [(f"P{at}", one[0], "child", one[1], one[2], "white") for at, one in enumerate(people)],
        schema=dict.fromkeys(("person", "family", "role", "age_band", "sex", "ethnic_group"), pl.String),
        orient="row",
    )
    need = pl.DataFrame(
        [(f"P{at}", code) for at, one in enumerate(people) for code in one[3].split()],
        schema={"person": pl.String, "need_code": pl.String},
        orient="row",
    )
    found = {one.name: one.part for one in measure({"person": person, "family": family, "need": need})}

    street = [(age, sex, places[home][0]) for home, age, sex, _ in people]
    everything = [(*known, *places[home][1:3]) for known, (home, *_) in zip(street, people, strict=True)]
    alike = {
        known: {
            frozenset(one[3].split()) for other, one in zip(street, people, strict=True) if other == known
        }
        for known in street
    }
    by_street, by_everything = Counter(street), Counter(everything)
    by_family = Counter((facts[1], facts[2], facts[3]) for facts in places.values())
    assert found == {
        "people_alone_to_a_neighbour": sum(by_street[one] == 1 for one in street),
        "people_few_to_a_neighbour": sum(by_street[one] < 5 for one in street),
        "people_alone": sum(by_everything[one] == 1 for one in everything),
        "people_few": sum(by_everything[one] < 5 for one in everything),
        "people_with_the_same_needs": sum(by_street[one] > 1 and len(alike[one]) == 1 for one in street),
        "families_alone": sum(n for n in by_family.values() if n == 1),
        "families_few": sum(n for n in by_family.values() if n < 5),
    }
    assert list(found) == list(MEASURES)


@given(PEOPLE, st.integers(3, 12), st.integers(2, 10))
@settings(deadline=None)
def test_measures_that_are_shown_keep_the_rules_of_all_figures(
    people: list[tuple[str, str, str, str]], threshold: int, base: int
) -> None:
    person = pl.DataFrame(
        [(f"P{at}", "F1", "child", one[1], one[2], "white") for at, one in enumerate(people)],
        schema=dict.fromkeys(("person", "family", "role", "age_band", "sex", "ethnic_group"), pl.String),
        orient="row",
    )
    family = pl.DataFrame(
        [("F1", "North", "Priory", "one team", "2023-01", "school", 3)],
        schema=["family", "locality", "ward", "team", "start_month", "referral_source", "size"],
        orient="row",
    )
    need = pl.DataFrame(schema={"person": pl.String, "need_code": pl.String})
    exact = measure({"person": person, "family": family, "need": need})
    shown = measure_rows(exact, {}, Rounding("test", threshold, base))
    for one, row in zip(exact, shown.iter_rows(named=True), strict=True):
        for value, figure, symbol in (
            (one.whole, row["examined"], row["examined_symbol"]),
            (one.part, row["figure"], row["figure_symbol"]),
        ):
            if value < threshold:
                assert (figure, symbol) == (None, "c")
            else:
                assert symbol is None
                assert figure == (value + base // 2) // base * base
