"""Numbers in every spacing are found wholly, as a naive reading of their rules says, and quantities never are.

The reference here is written anew from the rules: it knows nothing of how the recognisers look.
"""

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.notes.patterns import recognizers
from pipelines.notes.spans import Kind

ALL = recognizers()
# Words that speak of no number, vehicle, birth or address.
WORDS = st.sampled_from(
    [
        "visited",
        "again",
        "shouting",
        "garden",
        "calmer",
        "Mum",
        "said",
        "they",
        "will",
        "try;",
        "nothing",
        "(new)",
        "wished,",
        "Asif",
    ]
)
PLAIN = st.lists(WORDS, max_size=6).map(" ".join)
DIGITS = "0123456789"
UPN = "ABCDEFGHJKLMNPQRTUVWXYZ"
PNC = "ZABCDEFGHJKLMNPQRTUVWXY"


def places(text: str) -> list[tuple[int, int, str]]:
    return [
        (result.start, result.end, result.entity_type)
        for recognizer in ALL
        for result in recognizer.analyze(text, recognizer.supported_entities)
    ]


def covered(text: str) -> set[int]:
    return {at for start, end, _kind in places(text) for at in range(start, end)}


def nobody(digits: str) -> bool:
    return len(set(digits)) == 1 or digits in "01234567890" or digits in "09876543210"


def naive_nhs(digits: str) -> bool:
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    check = 11 - weighted % 11
    return (0 if check == 11 else check) == int(digits[9]) and not nobody(digits)


@st.composite
def nhs_numbers(draw: st.DrawFn) -> str:
    nine = draw(st.text(DIGITS, min_size=9, max_size=9).filter(lambda it: it[0] != "0"))
    right = [nine + last for last in DIGITS if naive_nhs(nine + last)]
    return right[0] if right else "9434765919"


@st.composite
def upns(draw: st.DrawFn) -> str:
    body = draw(st.text(DIGITS, min_size=11, max_size=11).filter(lambda it: len(set(it)) > 2))
    last = draw(st.sampled_from(DIGITS + UPN))
    total = sum(int(digit) * weight for digit, weight in zip(body, range(2, 13), strict=True))
    total += 13 * (int(last) if last.isdigit() else UPN.index(last))
    return UPN[total % 23] + body + last


@st.composite
def ninos(draw: st.DrawFn) -> str:
    first = draw(st.sampled_from("ABCEGHJKLMOPRSTWXYZ"))
    second = draw(st.sampled_from("ABCEGHJKLMNPRSTWXYZ"))
    lead = first + second if first + second not in {"BG", "GB", "NK", "KN", "NT", "TN", "ZZ"} else "JP"
    return lead + draw(st.text(DIGITS, min_size=6, max_size=6)) + draw(st.sampled_from("ABCD"))


@st.composite
def pnc_ids(draw: st.DrawFn) -> str:
    year = draw(st.integers(1975, 2030))
    serial = draw(st.integers(1, 9999999))
    letter = PNC[int(f"{year % 100:02d}{serial:07d}") % 23]
    written = draw(st.sampled_from((f"{year}/{serial:07d}", f"{year % 100:02d}/{serial}")))
    return written + draw(st.sampled_from(("", " "))) + letter


@st.composite
def postcodes(draw: st.DrawFn) -> str:
    outward = draw(st.from_regex(r"[A-Z]{1,2}[0-9][0-9A-Z]?", fullmatch=True))
    inward = draw(st.from_regex(r"[0-9][ABD-HJLNP-UW-Z]{2}", fullmatch=True))
    return outward + draw(st.sampled_from(("", " ", "  ", "\u00a0", "\n", "-"))) + inward


TELEPHONES = st.from_regex(
    r"0(?:7[1-9][0-9]{8}|1[1-9][0-9]{8}|20[0-9]{8}|3[0-9]{9}|8[0-9]{9})", fullmatch=True
)


@st.composite
def spaced(draw: st.DrawFn, numbers: st.SearchStrategy[str], gaps: tuple[str, ...]) -> str:
    """The number with gaps wherever chance has it, one kind of them throughout."""
    number = draw(numbers)
    gap = draw(st.sampled_from(gaps))
    split = draw(st.lists(st.booleans(), min_size=len(number), max_size=len(number)))
    written = "".join(char + (gap if here else "") for char, here in zip(number, split, strict=True))
    return draw(st.sampled_from((str.upper, str.lower, str)))(written.removesuffix(gap) if gap else written)


SPACES = ("", " ", "\u00a0", "\u2009", "\n", "\r\n", "  ")


def is_found_whole(kind: Kind, before: str, written: str, after: str) -> bool:
    text = f"{before} {written} {after}"
    start = len(before) + 1
    return any(
        began <= start and ended >= start + len(written) and called == kind
        for began, ended, called in places(text)
    )


@given(before=PLAIN, written=spaced(nhs_numbers(), (*SPACES, "-", ".")), after=PLAIN)
def test_nhs_numbers(before: str, written: str, after: str) -> None:
    assert is_found_whole(Kind.NHS_NUMBER, before, written, after)


@given(before=PLAIN, written=spaced(upns(), (*SPACES, "-")), after=PLAIN)
def test_pupil_numbers(before: str, written: str, after: str) -> None:
    assert is_found_whole(Kind.UPN, before, written, after)


@given(before=PLAIN, written=spaced(ninos(), ("", " ", "\u00a0", "\n")), after=PLAIN)
def test_national_insurance_numbers(before: str, written: str, after: str) -> None:
    assert is_found_whole(Kind.NINO, f"{before} NINO", written, after)


@given(before=PLAIN, written=ninos(), lower=st.booleans(), after=PLAIN)
def test_national_insurance_numbers_alone(before: str, written: str, lower: bool, after: str) -> None:
    assert is_found_whole(Kind.NINO, before, written.lower() if lower else written, after)
    pairs = " ".join((written[:2], written[2:4], written[4:6], written[6:8], written[8]))
    assert is_found_whole(Kind.NINO, before, pairs, after)


@given(before=PLAIN, written=pnc_ids(), lower=st.booleans(), after=PLAIN)
def test_police_numbers(before: str, written: str, lower: bool, after: str) -> None:
    assert is_found_whole(Kind.PNC_ID, before, written.lower() if lower else written, after)


@given(before=PLAIN, written=postcodes(), after=PLAIN)
def test_postcodes(before: str, written: str, after: str) -> None:
    assert is_found_whole(Kind.POSTCODE, before, written, after)


@given(before=PLAIN, written=spaced(TELEPHONES, SPACES), after=PLAIN)
def test_telephone_numbers(before: str, written: str, after: str) -> None:
    assert is_found_whole(Kind.PHONE, before, written, after)


@given(
    before=PLAIN,
    number=TELEPHONES,
    lead=st.sampled_from(("+44 ", "+44", "0044 ", "+44 (0)", "(+44) ", "+44 (0) ")),
    gap=st.sampled_from(("", " ", "-", ".")),
    after=PLAIN,
)
def test_telephone_numbers_with_the_code_of_the_country(
    before: str, number: str, lead: str, gap: str, after: str
) -> None:
    written = f"{lead}{number[1:5]}{gap}{number[5:8]}{gap}{number[8:]}"
    assert is_found_whole(Kind.PHONE, before, written, after)


@given(st.lists(st.text(DIGITS, min_size=1, max_size=11), min_size=1, max_size=9).map(" ".join))
def test_no_ten_digits_that_pass_the_check_are_left_among_others(text: str) -> None:
    """Every stretch of whole groups that is a valid NHS number is covered, whatever stands beside it."""
    groups = list(re.finditer("[0-9]+", text))
    found = covered(text)
    for first in range(len(groups)):
        for last in range(first, len(groups)):
            digits = "".join(group[0] for group in groups[first : last + 1])
            if len(digits) == 10 and naive_nhs(digits):
                wanted = {at for group in groups[first : last + 1] for at in range(*group.span())}
                assert wanted <= found


def times() -> st.SearchStrategy[str]:
    hour, minute = st.integers(0, 23), st.integers(0, 59)
    return st.builds(
        lambda written, h, m: written.format(h=h, m=m),
        st.sampled_from(("{h:02d}:{m:02d}", "{h}.{m:02d}", "{h:02d}{m:02d}hrs")),
        hour,
        minute,
    )


def days() -> st.SearchStrategy[str]:
    return st.builds(
        lambda written, day, month, year: written.format(d=day, m=month, y=year, s=year % 100),
        st.sampled_from(
            ("{d:02d}/{m:02d}/{y}", "{d}/{m}/{s:02d}",
             "{d}.{m}.{y}", "{y}-{m:02d}-{d:02d}", "{d}/{m}", "{y}", "{y}/{s:02d}")
        ),
        st.integers(1, 28),
        st.integers(1, 12),
        st.integers(2015, 2029),
    )  # fmt: skip


NUMBERS = st.integers(0, 99999)
QUANTITIES: dict[str, st.SearchStrategy[str]] = {
    "amounts": st.builds(
        lambda n, form: form.format(n), NUMBERS, st.sampled_from(("£{}", "£{}.50", "£{:,}", "{}%", "€{}"))
    ),
    "times": times(),
    "days": days(),
    "ages": st.builds(
        lambda n, form: form.format(n),
        st.integers(0, 90),
        st.sampled_from(("aged {}", "Year {}", "Y{}", "{} yrs old")),
    ),
    "durations": st.builds(
        lambda n, unit: f"for {n} {unit}",
        st.integers(1, 999),
        st.sampled_from(["weeks", "months", "days", "hours", "mins", "minutes", "years", "nights", "terms"]),
    ),
    "counts": st.builds(
        lambda n, unit: f"{n} {unit}", NUMBERS, st.sampled_from(["people", "children", "sessions", "steps"])
    ),
    "scores": st.builds(lambda n, m: f"total {n} (was {m})", st.integers(0, 40), st.integers(0, 40)),
    "measures": st.builds(
        lambda n, unit: f"{n}{unit}", st.integers(1, 999), st.sampled_from(["mg", "ml", "kg", "cm", "g"])
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", QUANTITIES)
def test_quantities_are_left(kind: str) -> None:
    @given(before=PLAIN, written=QUANTITIES[kind], after=PLAIN)
    def survives(before: str, written: str, after: str) -> None:
        assert places(f"{before} {written} {after}") == []

    run: Callable[[], None] = survives
    run()


@example(["0.01", "01/01/2015"], " ")
@given(
    st.lists(st.one_of(times(), days(), *QUANTITIES.values()), min_size=2, max_size=5),
    st.sampled_from((" ", ", ", "; ", " and ", " - ")),
)
def test_quantities_in_a_row_are_left(written: list[str], between: str) -> None:
    """But for the one in eleven rows of bare digits that happen to make a number with a right check digit."""
    text = between.join(written)
    digits = re.sub("[^0-9]", "", text)
    chance = any(naive_nhs(digits[at : at + 10]) for at in range(len(digits) - 9))
    found = [place for place in places(text) if place[2] != Kind.NHS_NUMBER or not chance]
    assert found == []


@given(
    st.text(max_size=60),
    st.sampled_from(("９４３４７６５９１９", "07700\u200b900123", "AS1\u00ad3EA", "a@b.example")),
)
def test_nothing_before_it_hides_a_number(noise: str, written: str) -> None:
    """Whatever strange characters stand before it, and offsets are those of the text as given."""
    text = f"{noise} \nMum: {written}. Then"
    start = len(noise) + len(" \nMum: ")
    found = covered(text)
    assert all(
        at in found for at, char in enumerate(text) if start <= at < start + len(written) and char.isalnum()
    )
