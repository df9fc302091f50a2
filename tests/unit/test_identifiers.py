"""Canonical forms and check digits."""

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import identifiers

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
        ("la_child_id", "4153", "00004153"),
        ("la_child_id", "00004153", "00004153"),
        ("la_child_id", "ax12", "AX12"),
        ("uln", "1000 0000 00", "1000000000"),
    ],
)
def test_canonical_form(column: str, written: str, expected: str) -> None:
    assert values(identifiers.CLEAN[column], [written, None, ""]) == [expected, None, None]


@pytest.mark.parametrize(
    ("column", "number", "valid"),
    [
        ("nhs_number", "9434765919", True),
        ("nhs_number", "9434765918", False),
        ("nhs_number", "9999999999", False),
        ("nhs_number", "943476591", False),
        ("upn", "A950000178301", True),
        ("upn", "H243278544154", True),
        ("upn", "X845212818005", True),
        ("upn", "R247962919251", False),
        ("upn", "X428558133462", False),
        ("upn", "Q82020001574M", True),
        ("upn", "Q82020001574N", False),
        ("upn", "I950000178301", False),
        ("uln", "1000000000", True),
        ("uln", "0000000042", True),
        ("uln", "1000000001", False),
        ("uln", "9999999999", False),
        ("nino", "AS708867B", True),
        ("nino", "QQ123456A", False),
        ("nino", "BG123456A", False),
        ("nino", "AO123456A", False),
        ("nino", "AS708867E", False),
        ("pnc_id", "2001/0171310W", True),
        ("pnc_id", "2003/0062845E", True),
        ("pnc_id", "1979/0163001B", True),
        ("pnc_id", "2001/0171310X", False),
        ("pnc_id", "01/171310W", False),
        ("uprn", "10016107785", True),
        ("uprn", "0", False),
        ("uprn", "1234567890123", False),
        ("postcode", "AS1 8PA", True),
        ("postcode", "GIR 0AA", True),
        ("postcode", "SW1A 1AA", True),
        ("postcode", "AS1 8CA", False),
        ("postcode", "NO FIXED ABODE", False),
    ],
)
def test_validity(column: str, number: str, valid: bool) -> None:
    assert values(identifiers.VALID[column], [number, None]) == [valid, None]


def naive_nhs(number: str) -> bool:
    total = sum(int(digit) * (10 - at) for at, digit in enumerate(number[:9]))
    check = (11 - total % 11) % 11
    return check != 10 and check == int(number[9]) and len(set(number)) > 1


def naive_uln(number: str) -> bool:
    rest = sum(int(digit) * (10 - at) for at, digit in enumerate(number[:9])) % 11
    return rest != 0 and 10 - rest == int(number[9]) and number != "9999999999"


def naive_upn(number: str) -> bool:
    last = int(number[12]) if number[12].isdigit() else UPN.index(number[12])
    total = sum(int(digit) * weight for weight, digit in enumerate(number[1:12], 2)) + last * 13
    return UPN[total % 23] == number[0]


def naive_pnc(number: str) -> bool:
    return PNC[int(number[2:4] + number[5:12]) % 23] == number[12]


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
        assert values(identifiers.VALID[column], list(batch)) == [naive(number) for number in batch]

    agree()


def test_temporary_pupil_numbers_end_in_a_letter() -> None:
    assert values(identifiers.temporary_upn, ["Q82020001574M", "A950000178301", None]) == [True, False, None]
