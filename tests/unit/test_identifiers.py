"""Canonical forms and check digits."""

from collections.abc import Callable, Sequence
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import identifiers
from pipelines.contracts import Part

UPN = "ABCDEFGHJKLMNPQRTUVWXYZ"
PNC = "ZABCDEFGHJKLMNPQRTUVWXY"


def values(function: Callable[[pl.Expr], pl.Expr], written: list[str | None]) -> list[object]:
    return (
        pl.DataFrame({"x": written}, schema={"x": pl.String}).select(y=function(pl.col("x")))["y"].to_list()
    )


@pytest.mark.parametrize(
    ("column", "written", "expected"),
    [
        ("nhs_number", "943 476 5919", "9434765919"),
        ("nhs_number", "943-476-5919", "9434765919"),
        ("nhs_number", "not known", "NOTKNOWN"),
        ("upn", " h243278544154 ", "H243278544154"),
        ("nino", "as 70 88 67 b", "AS708867B"),
        ("pnc_id", "79/163001B", "1979/0163001B"),
        ("pnc_id", "01/171310w", "2001/0171310W"),
        ("pnc_id", "2001/0171310W", "2001/0171310W"),
        ("uprn", "010016107785", "10016107785"),
        ("uprn", "10016107785", "10016107785"),
        ("uprn", "0", "0"),
        ("postcode", "as1  8pa", "AS1 8PA"),
        ("postcode", "AS18PA", "AS1 8PA"),
        ("postcode", "sw1a1aa", "SW1A 1AA"),
        ("postcode", "no fixed abode", "NO FIXED ABODE"),
        ("uln", "1000 0000 00", "1000000000"),
        # What a spreadsheet adds or takes.
        ("nhs_number", "'9434765919", "9434765919"),
        ("nhs_number", '="9434765919"', "9434765919"),
        ("nhs_number", "9434765919.0", "9434765919"),
        ("nhs_number", "9.434765919E+09", "9434765919"),
        ("nhs_number", "9.43477E+09", "943477E+09"),  # digits are lost
        ("nhs_number", "0101803451", "0101803451"),
        ("nhs_number", "101803451", "0101803451"),  # Scotland's begin with the day of birth
        ("nhs_number", "943476591", "943476591"),
        ("uprn", "1.0016107785E+10", "10016107785"),
        ("uprn", "10016107785.00", "10016107785"),
        ("nhs_number", "943\u2013476\u22125919", "9434765919"),
        ("nhs_number", "\u00a0943\u2009476\u202f5919", "9434765919"),
        ("nhs_number", "９４３４７６５９１９", "9434765919"),
        # Letters for the digits they look like, and the other way round.
        ("upn", "A95OOOOl783O1", "A950000178301"),
        ("upn", "Q8202000I574M", "Q82020001574M"),
        ("upn", "A95OOOOl783O2", "A95OOOOL783O2"),  # as written: it does not pass its check
        ("nino", "AS7O88O7B", "AS708807B"),
        ("nino", "0L123457A", "OL123457A"),
        ("nino", "AS708867", "AS708867"),
        ("uprn", "1OO16107785", "10016107785"),
        ("uprn", "OIL", "OIL"),
        ("postcode", "S015 2AA", "SO15 2AA"),
        ("postcode", "0X1 1AA", "OX1 1AA"),
        ("postcode", "AS1 OPA", "AS1 0PA"),
        ("postcode", "SW1A IAA", "SW1A 1AA"),
        ("postcode", "AS1O 8PA", "AS10 8PA"),
        ("postcode", "SWO 1AA", "SW0 1AA"),
        ("postcode", "SW1AOAA", "SW1A 0AA"),
        ("pnc_id", "2OO1/O17131OW", "2001/0171310W"),
        ("pnc_id", "20010171310W", "2001/0171310W"),
        ("pnc_id", "20010171310X", "20010171310X"),
        ("pnc_id", "79163001B", "79163001B"),
    ],
)
def test_canonical_form(column: str, written: str, expected: str) -> None:
    assert values(identifiers.CLEAN[Part(column)], [written, None, ""]) == [expected, None, None]


@pytest.mark.parametrize(
    ("column", "number", "valid"),
    [
        ("nhs_number", "9434765919", True),
        ("nhs_number", "9434765918", False),
        ("nhs_number", "9999999999", False),
        ("nhs_number", "943476591", False),
        ("nhs_number", "0000000000", False),
        ("nhs_number", "0123456789", False),  # passes its check digit
        ("nhs_number", "9876543210", False),  # so does this
        ("upn", "A950000178301", True),
        ("upn", "H243278544154", True),
        ("upn", "X845212818005", True),
        ("upn", "R247962919251", False),
        ("upn", "X428558133462", False),
        ("upn", "Q82020001574M", True),
        ("upn", "Q82020001574N", False),
        ("upn", "I950000178301", False),
        ("upn", "A000000000000", False),  # passes its check letter
        ("upn", "UN1", False),
        ("uln", "1000000000", True),
        ("uln", "0000000042", True),
        ("uln", "1000000001", False),
        ("uln", "9999999999", False),
        ("nino", "AS708867B", True),
        ("nino", "QQ123456A", False),
        ("nino", "BG123456A", False),
        ("nino", "AO123456A", False),
        ("nino", "AS708867E", False),
        ("nino", "TN010190A", False),
        ("nino", "AB123456C", False),
        ("nino", "JX000000A", False),
        ("pnc_id", "2001/0171310W", True),
        ("pnc_id", "2003/0062845E", True),
        ("pnc_id", "1979/0163001B", True),
        ("pnc_id", "2001/0171310X", False),
        ("pnc_id", "01/171310W", False),
        ("pnc_id", "2000/0000000Z", False),
        ("uprn", "10016107785", True),
        ("uprn", "0", False),
        ("uprn", "1234567890123", False),
        ("uprn", "99999999", False),
        ("uprn", "22", True),
        ("postcode", "AS1 8PA", True),
        ("postcode", "GIR 0AA", True),
        ("postcode", "SW1A 1AA", True),
        ("postcode", "AS1 8CA", False),
        ("postcode", "NO FIXED ABODE", False),
    ],
)
def test_validity(column: str, number: str, valid: bool) -> None:
    assert values(identifiers.VALID[Part(column)], [number, None]) == [valid, None]


def test_every_kind_of_number_has_a_form_and_a_check() -> None:
    assert set(identifiers.CLEAN) == set(identifiers.VALID)


@pytest.mark.parametrize(
    ("written", "digits", "expected"),
    [
        ("4153", 8, "00004153"),
        ("00004153", 8, "00004153"),
        ("'00004153", 8, "00004153"),
        ("4153.0", 8, "00004153"),
        ("ax12", 8, "AX12"),
        ("123456789", 8, "123456789"),
        ("p100001", 0, "p100001"),  # some systems tell numbers apart by case
        ("'100001", 0, "100001"),
        ("100001.0", 0, "100001"),
        ("A 12", 0, "A 12"),
    ],
)
def test_a_number_of_the_senders_own(written: str, digits: int, expected: str) -> None:
    assert values(lambda expr: identifiers.clean_own_key(expr, digits), [written, None, ""]) == [
        expected,
        None,
        None,
    ]


def typed_for_none(digits: str) -> bool:
    return len(set(digits)) == 1 or digits in "01234567890" or digits in "09876543210"


def naive_nhs(number: str) -> bool:
    total = sum(int(digit) * (10 - at) for at, digit in enumerate(number[:9]))
    check = (11 - total % 11) % 11
    return check != 10 and check == int(number[9]) and not typed_for_none(number)


def naive_uln(number: str) -> bool:
    rest = sum(int(digit) * (10 - at) for at, digit in enumerate(number[:9])) % 11
    return rest != 0 and 10 - rest == int(number[9]) and not typed_for_none(number)


def naive_upn(number: str) -> bool:
    last = int(number[12]) if number[12].isdigit() else UPN.index(number[12])
    total = sum(int(digit) * weight for weight, digit in enumerate(number[1:12], 2)) + last * 13
    nobodys = typed_for_none(number[1:11]) or typed_for_none(number[1:12])
    return UPN[total % 23] == number[0] and not nobodys


def naive_pnc(number: str) -> bool:
    return PNC[int(number[2:4] + number[5:12]) % 23] == number[12] and int(number[5:12]) > 0


DIGITS = "0123456789"


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=length, max_size=length)


@pytest.mark.parametrize(
    ("column", "naive", "numbers"),
    [
        ("nhs_number", naive_nhs, digits(10)),
        ("uln", naive_uln, digits(10)),
        (
            "upn",
            naive_upn,
            st.builds(
                lambda a, b, c: a + b + c, st.sampled_from(UPN), digits(11), st.sampled_from(DIGITS + UPN)
            ),
        ),
        (
            "pnc_id",
            naive_pnc,
            st.builds(lambda y, n, c: f"{y}/{n}{c}", digits(4), digits(7), st.sampled_from(PNC)),
        ),
    ],
)
def test_check_digits_agree_with_a_naive_reading(
    column: str, naive: Callable[[str], bool], numbers: st.SearchStrategy[str]
) -> None:
    @settings(max_examples=25, deadline=None, derandomize=True)
    @given(st.lists(numbers, min_size=30, max_size=60))
    def agree(batch: list[str]) -> None:
        assert values(identifiers.VALID[Part(column)], list(batch)) == [naive(number) for number in batch]

    agree()


def test_temporary_pupil_numbers_end_in_a_letter() -> None:
    assert values(identifiers.temporary_upn, ["Q82020001574M", "A950000178301", None]) == [True, False, None]


# Numbers that pass their check, by which part of an identity they are.
def nhs_numbers() -> st.SearchStrategy[str]:
    def with_check(body: str) -> str:
        # One body in eleven has no check digit: the next one has.
        bodies = (f"{int(body) + more:09d}"[-9:] for more in range(3))
        return next(found for one in bodies for last in DIGITS if naive_nhs(found := one + last))

    return digits(9).map(with_check)


def pupil_numbers() -> st.SearchStrategy[str]:
    def with_letter(body: str, last: str) -> str:
        tail = int(last) if last.isdigit() else UPN.index(last)
        total = sum(int(digit) * weight for weight, digit in enumerate(body, 2)) + tail * 13
        return UPN[total % 23] + body + last

    return st.builds(with_letter, digits(11), st.sampled_from(DIGITS + UPN)).filter(naive_upn)


def police_numbers() -> st.SearchStrategy[str]:
    def with_letter(year: int, serial: str) -> str:
        return f"{year}/{serial}" + PNC[int(f"{year % 100:02d}{serial}") % 23]

    return st.builds(with_letter, st.integers(1950, 2030), digits(7)).filter(naive_pnc)


LOOKALIKE = {"0": "Oo", "1": "Il"}
SPACES = ["", "", "", " ", "\u00a0", "\u2009", "-", "\u2013"]


@pytest.mark.parametrize(
    ("part", "numbers", "in_digits"),
    [
        (Part.NHS_NUMBER, nhs_numbers(), range(10)),
        (Part.UPN, pupil_numbers(), range(1, 12)),
        (Part.PNC_ID, police_numbers(), (0, 1, 2, 3, *range(5, 12))),
    ],
)
def test_a_number_that_was_spoilt_by_hand_is_itself_again(
    part: Part, numbers: st.SearchStrategy[str], in_digits: Sequence[int]
) -> None:
    """However spaces, dashes, case and letters for digits are mixed in."""

    @settings(max_examples=40, deadline=None, derandomize=True)
    @given(st.lists(numbers, min_size=10, max_size=30), st.randoms(use_true_random=False))
    def comes_back(originals: list[str], chance: Random) -> None:
        spoilt = []
        for number in originals:
            written = ""
            for at, sign in enumerate(number):
                if at in in_digits and sign in LOOKALIKE and chance.random() < 0.5:
                    sign = chance.choice(LOOKALIKE[sign])
                sign = chance.choice((sign.lower(), sign.upper())) if at not in in_digits else sign
                written += sign + (chance.choice(SPACES) if sign != "/" else "")
            spoilt.append(chance.choice(("", "'")) + written)
        assert values(identifiers.CLEAN[part], list(spoilt)) == originals

    comes_back()


@pytest.mark.parametrize("part", list(identifiers.CLEAN), ids=str)
def test_the_canonical_form_of_a_canonical_form_is_itself(part: Part) -> None:
    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(st.lists(st.text("0123456789OIlABSxq /.'-E+\u00a0", max_size=14), min_size=20, max_size=40))
    def steady(written: list[str]) -> None:
        once = values(identifiers.CLEAN[part], list(written))
        valid = values(identifiers.VALID[part], [str(one) if one else None for one in once])
        again = values(identifiers.CLEAN[part], [str(one) if one else None for one in once])
        assert [two for two, fine in zip(again, valid, strict=True) if fine] == [
            one for one, fine in zip(once, valid, strict=True) if fine
        ]

    steady()
