"""Numbers of people and places: their canonical forms and their check digits, as polars expressions.

Every `clean_x` takes a String expression and gives the canonical form (String; null stays null). A value that cannot be
such a number is kept, tidied, so that nothing is lost. Every `valid_x` takes the canonical form and gives Boolean
(null for null): only valid numbers may join two records.

Sources: NHS number: NHS Data Dictionary, modulus 11. UPN: the rules 1510 to 1550 of the children in need census.
ULN: the ILR validation service of the ESFA. PNC: HMPPS. National Insurance number and postcode: format alone.
"""

from collections.abc import Callable, Mapping

import polars as pl

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
PNC_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
# The Police National Computer opened in 1974: two digits from here on mean the last century.
PNC_CENTURY_TURNS_AT = 40


def _packed(expr: pl.Expr) -> pl.Expr:
    """Upper case, without spaces, dashes and dots."""
    return expr.str.to_uppercase().str.replace_all(r"[\s\-‐‑–.]+", "").replace("", None)


def clean_nhs_number(expr: pl.Expr) -> pl.Expr:
    """Ten digits without spaces or dashes."""
    return _packed(expr)


def clean_uln(expr: pl.Expr) -> pl.Expr:
    """Unique learner number: ten digits."""
    return _packed(expr)


def clean_upn(expr: pl.Expr) -> pl.Expr:
    """Unique pupil number: upper case, no spaces."""
    return _packed(expr)


def clean_nino(expr: pl.Expr) -> pl.Expr:
    """National Insurance number: upper case, no spaces."""
    return _packed(expr)


def clean_uprn(expr: pl.Expr) -> pl.Expr:
    """Unique property reference number, without the leading zeros that come and go with spreadsheets."""
    packed = _packed(expr)
    return (
        pl.when(packed.str.contains(r"^[0-9]+$"))
        .then(packed.str.replace(r"^0+([0-9])", "$1"))
        .otherwise(packed)
    )


def clean_postcode(expr: pl.Expr) -> pl.Expr:
    """Upper case, one space before the last three characters."""
    packed = _packed(expr)
    spaced = packed.str.replace(r"^([A-Z0-9]{2,4})([0-9][A-Z]{2})$", "$1 $2")
    tidy = expr.str.to_uppercase().str.replace_all(r"\s+", " ").str.strip_chars().replace("", None)
    return pl.when(packed.str.contains(r"^[A-Z0-9]{2,4}[0-9][A-Z]{2}$")).then(spaced).otherwise(tidy)


def clean_la_child_id(expr: pl.Expr) -> pl.Expr:
    """A child's number in social care: eight digits, leading zeros given back."""
    packed = expr.str.to_uppercase().str.replace_all(r"\s+", "").replace("", None)
    return pl.when(packed.str.contains(r"^[0-9]{1,8}$")).then(packed.str.zfill(8)).otherwise(packed)


def clean_pnc_id(expr: pl.Expr) -> pl.Expr:
    """Police National Computer number as `YYYY/NNNNNNNL`."""
    packed = _packed(expr)
    groups = packed.str.extract_groups(r"^([0-9]{4}|[0-9]{2})/?([0-9]{1,7})([A-Z])$")
    year = groups.struct.field("1")
    century = (
        pl.when(year.str.len_chars() == 4)
        .then(pl.lit(""))
        .when(year.cast(pl.Int64, strict=False) < PNC_CENTURY_TURNS_AT)
        .then(pl.lit("20"))
        .otherwise(pl.lit("19"))
    )
    form = pl.concat_str(
        century, year, pl.lit("/"), groups.struct.field("2").str.zfill(7), groups.struct.field("3")
    )
    # Without the stroke two and four digits of year cannot be told apart.
    return pl.when(packed.str.contains(r"^([0-9]{4}|[0-9]{2})/[0-9]{1,7}[A-Z]$")).then(form).otherwise(packed)


def _digit(expr: pl.Expr, position: int) -> pl.Expr:
    return expr.str.slice(position, 1).cast(pl.Int64, strict=False)


def _weighted(expr: pl.Expr, weights: Mapping[int, int]) -> pl.Expr:
    """The sum of digit × weight, by position counted from 0."""
    return pl.sum_horizontal(*(_digit(expr, at) * weight for at, weight in weights.items()))


def _known(expr: pl.Expr, valid: pl.Expr) -> pl.Expr:
    """`valid`, but null where there is no number at all."""
    return pl.when(expr.is_null()).then(None).otherwise(valid.fill_null(False))


def valid_nhs_number(expr: pl.Expr) -> pl.Expr:
    """Ten digits with the right check digit, not all the same."""
    remainder = 11 - _weighted(expr, {i: 10 - i for i in range(9)}) % 11
    check = pl.when(remainder == 11).then(0).otherwise(remainder)
    alike = expr.str.slice(1) == expr.str.slice(0, 9)
    return _known(expr, expr.str.contains(r"^[0-9]{10}$") & (check == _digit(expr, 9)) & ~alike)


def valid_uln(expr: pl.Expr) -> pl.Expr:
    """Ten digits with the right check digit, not the placeholder 9999999999."""
    remainder = _weighted(expr, {i: 10 - i for i in range(9)}) % 11
    return _known(
        expr,
        expr.str.contains(r"^[0-9]{10}$")
        & (remainder != 0)
        & (10 - remainder == _digit(expr, 9))
        & (expr != "9999999999"),
    )


def _upn_index(letter: pl.Expr) -> pl.Expr:
    return letter.replace_strict(
        list(UPN_LETTERS), list(range(len(UPN_LETTERS))), default=None, return_dtype=pl.Int64
    )


def valid_upn(expr: pl.Expr) -> pl.Expr:
    """A permanent or a temporary pupil number with the right check letter."""
    total = _weighted(expr, {i: i + 1 for i in range(1, 12)})
    last = pl.coalesce(_digit(expr, 12), _upn_index(expr.str.slice(12, 1)))
    return _known(
        expr,
        expr.str.contains(rf"^[{UPN_LETTERS}][0-9]{{11}}[0-9{UPN_LETTERS}]$")
        & ((total + last * 13) % 23 == _upn_index(expr.str.slice(0, 1))),
    )


def temporary_upn(expr: pl.Expr) -> pl.Expr:
    """Whether a pupil number is a temporary one (it ends in a letter): it may change, and may not be unique."""
    return expr.str.contains(r"^[A-Z][0-9]{11}[A-Z]$")


def valid_nino(expr: pl.Expr) -> pl.Expr:
    """Two letters that are in use, six digits, a suffix from A to D. There is no check digit."""
    return _known(
        expr,
        expr.str.contains(r"^[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]$")
        & ~expr.str.contains(r"^(BG|GB|NK|KN|NT|TN|ZZ)"),
    )


def valid_pnc_id(expr: pl.Expr) -> pl.Expr:
    """`YYYY/NNNNNNNL` with the right check letter."""
    number = pl.concat_str(expr.str.slice(2, 2), expr.str.slice(5, 7)).cast(pl.Int64, strict=False)
    letter = (number % 23).replace_strict(
        list(range(23)), list(PNC_LETTERS), default=None, return_dtype=pl.String
    )
    return _known(expr, expr.str.contains(r"^[0-9]{4}/[0-9]{7}[A-Z]$") & (letter == expr.str.slice(12, 1)))


def valid_uprn(expr: pl.Expr) -> pl.Expr:
    """One to twelve digits, not nought. There is no check digit."""
    return _known(expr, expr.str.contains(r"^[1-9][0-9]{0,11}$"))


def valid_postcode(expr: pl.Expr) -> pl.Expr:
    """One of the six shapes of a British postcode, or GIR 0AA."""
    return _known(
        expr,
        expr.str.contains(r"^[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][ABD-HJLNP-UW-Z]{2}$") | (expr == "GIR 0AA"),
    )


CLEAN: Mapping[str, Callable[[pl.Expr], pl.Expr]] = {
    "nhs_number": clean_nhs_number,
    "upn": clean_upn,
    "uln": clean_uln,
    "nino": clean_nino,
    "pnc_id": clean_pnc_id,
    "uprn": clean_uprn,
    "postcode": clean_postcode,
    "la_child_id": clean_la_child_id,
}
VALID: Mapping[str, Callable[[pl.Expr], pl.Expr]] = {
    "nhs_number": valid_nhs_number,
    "upn": valid_upn,
    "uln": valid_uln,
    "nino": valid_nino,
    "pnc_id": valid_pnc_id,
    "uprn": valid_uprn,
    "postcode": valid_postcode,
}
