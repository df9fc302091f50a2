"""Numbers of people and places: their canonical forms and their check digits, as polars expressions.

Every `clean_x` takes a String expression and gives the canonical form (String; null stays null). Case, spaces of every
kind, dashes, leading noughts and what a spreadsheet adds do not count; a letter where only a digit can stand is read as
the digit it looks like (O as 0, I and L as 1), and the other way round. Where a number has a check digit, such a repair
counts only if the result passes it. A value that cannot be such a number is kept, tidied, so that nothing is lost.
Every `valid_x` takes the canonical form and gives Boolean (null for null): only valid numbers may join two records.

Sources: NHS number: NHS Data Dictionary, modulus 11. UPN: the rules 1510 to 1550 of the children in need census.
ULN: the ILR validation service of the ESFA. PNC: HMPPS. National Insurance number and postcode: format alone.
"""

from collections.abc import Callable, Mapping

import polars as pl

from pipelines.contracts import Column, Part

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
PNC_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
# The Police National Computer opened in 1974: two digits from here on mean the last century.
PNC_CENTURY_TURNS_AT = 40
# Typed by somebody who had no number; all but the first pass the check of an NHS number.
_RUNS = ("1234567890", "0123456789", "9876543210", "0987654321")
_ALIKE = "|".join(f"{digit}+" for digit in range(10))
# How a spreadsheet keeps a number from being counted with: an apostrophe in front, or ="…".
_WRAPPING = "^=?[\"'’‘`´]+|[\"'’‘`´]+$"

Clean = Callable[[pl.Expr], pl.Expr]


def _unwrapped(expr: pl.Expr) -> pl.Expr:
    return expr.str.normalize("NFKC").str.strip_chars().str.replace_all(_WRAPPING, "")


def _packed(expr: pl.Expr) -> pl.Expr:
    """Upper case, without spaces, dashes and dots."""
    return _unwrapped(expr).str.to_uppercase().str.replace_all(r"[\s\p{Pd}\u2212.]+", "").replace("", None)


def _whole(expr: pl.Expr) -> pl.Expr:
    """A number that passed through a spreadsheet as a quantity, its digits again: `9434765919.0`, `9.434765919E+09`.

    Where digits were rounded away it stays as written.
    """
    bare = _unwrapped(expr)
    power = bare.str.extract_groups(r"^([0-9])[.,]([0-9]+)[eE]\+?([0-9]{1,2})$")
    lead, rest = power.struct.field("1"), power.struct.field("2")
    complete = rest.str.len_chars() == power.struct.field("3").cast(pl.UInt32, strict=False)
    return (
        pl.when(complete)
        .then(pl.concat_str(lead, rest))
        .otherwise(pl.coalesce(bare.str.extract(r"^([0-9]+)[.,]0+$", 1), expr))
    )


def _as_digits(expr: pl.Expr) -> pl.Expr:
    return expr.str.replace_many(["O", "I", "L"], ["0", "1", "1"])


def _mended(written: pl.Expr, valid: Clean, *repairs: Clean) -> pl.Expr:
    """What was written, or the first of its repairs that is valid where it is not itself.

    Only what is not valid is looked at again: that is little, and repairs are dear.
    """

    def mend(cells: pl.Series) -> pl.Series:
        cell = pl.col("cell")
        doubtful = cells.alias("cell").to_frame().filter(~valid(cell)).unique()
        if doubtful.is_empty():
            return cells
        tried = doubtful.with_columns(repair(cell).alias(str(at)) for at, repair in enumerate(repairs))
        better = tried.select(
            cell,
            better=pl.coalesce(pl.when(valid(pl.col(name))).then(name) for name in tried.columns[1:]),
        ).drop_nulls()
        return cells.replace(better["cell"], better["better"])

    return written.map_batches(mend, return_dtype=pl.String, is_elementwise=True)


def _where(shape: str, repair: Clean) -> Clean:
    """A repair of what has this shape; null for the rest."""
    return lambda cell: pl.when(cell.str.contains(shape)).then(repair(cell))


def clean_nhs_number(expr: pl.Expr) -> pl.Expr:
    """Ten digits without spaces or dashes.

    A nought in front is given back only where it begins a day and a month, as Scotland's numbers do: those of England
    and Wales never begin with one.
    """
    return _mended(
        _packed(_whole(expr)),
        valid_nhs_number,
        _where(r"^[0-9OIL]{10}$", _as_digits),
        _where(r"^[1-9](0[1-9]|1[0-2])[0-9]{6}$", lambda cell: cell.str.zfill(10)),
    )


def clean_uln(expr: pl.Expr) -> pl.Expr:
    """Unique learner number: ten digits; a true one never begins with a nought."""
    return _mended(_packed(_whole(expr)), valid_uln, _where(r"^[0-9OIL]{10}$", _as_digits))


def clean_upn(expr: pl.Expr) -> pl.Expr:
    """Unique pupil number: upper case, no spaces."""
    shape = rf"^[{UPN_LETTERS}][0-9OIL]{{11}}[0-9OIL{UPN_LETTERS}]$"

    def body(cell: pl.Expr) -> pl.Expr:
        return pl.concat_str(cell.str.slice(0, 1), _as_digits(cell.str.slice(1, 11)), cell.str.slice(12, 1))

    # An L may end a temporary number, so that it is read as a 1 only where the L fails the check.
    return _mended(
        _packed(expr),
        valid_upn,
        _where(shape, body),
        _where(shape, lambda cell: pl.concat_str(cell.str.slice(0, 1), _as_digits(cell.str.slice(1)))),
    )


def clean_nino(expr: pl.Expr) -> pl.Expr:
    """National Insurance number: upper case, no spaces."""

    def repaired(cell: pl.Expr) -> pl.Expr:
        return pl.concat_str(
            cell.str.slice(0, 1).str.replace("0", "O", literal=True),
            cell.str.slice(1, 1),
            _as_digits(cell.str.slice(2, 6)),
            cell.str.slice(8, 1),
        )

    return _mended(_packed(expr), valid_nino, _where(r"^[A-Z0][A-Z][0-9OIL]{6}[A-D]$", repaired))


def clean_uprn(expr: pl.Expr) -> pl.Expr:
    """Unique property reference number, without the leading zeros that come and go with spreadsheets."""
    packed = _packed(_whole(expr))
    digits = _as_digits(packed)
    return (
        pl.when(packed.str.contains(r"^[0-9OIL]*[0-9][0-9OIL]*$"))
        .then(digits.str.replace(r"^0+([0-9])", "$1"))
        .otherwise(packed)
    )


def clean_postcode(expr: pl.Expr) -> pl.Expr:
    """Upper case, one space before the last three characters."""
    packed = _packed(expr)
    shaped = packed.str.contains(r"^[A-Z0-9]{2,4}[0-9OIL][A-Z]{2}$")
    inward = pl.concat_str(_as_digits(packed.str.tail(3).str.head(1)), packed.str.tail(2))
    # No district ends in one of these letters: AS1O is AS10, and SWO is SW0.
    outward = packed.str.head(-3)
    numbered = outward.str.contains(r"^([A-Z]{2}|[A-Z]{1,2}[0-9])[OIL]$")
    district = (
        pl.when(numbered)
        .then(pl.concat_str(outward.str.head(-1), _as_digits(outward.str.tail(1))))
        .otherwise(outward)
    )
    spaced = pl.when(shaped).then(pl.concat_str(district, inward, separator=" "))
    tidy = _unwrapped(expr).str.to_uppercase().str.replace_all(r"\s+", " ").str.strip_chars()
    return _mended(pl.coalesce(spaced, tidy.replace("", None)), valid_postcode, _lettered)


def _lettered(postcode: pl.Expr) -> pl.Expr:
    """Noughts where a letter must stand: 0X1 is OX1, and S015 is SO15."""
    first = postcode.str.replace(r"^0([A-Z0-9])", "O$1")
    return first.str.replace(r"^([A-Z])0([0-9]{2} )", "${1}O$2")


def clean_own_key(expr: pl.Expr, digits: int = 0) -> pl.Expr:
    """The sender's own number of a person or a record, as the sender writes it.

    Its case is kept, for some systems tell numbers apart by it. Where it is known to have so many `digits`, leading
    zeros that a spreadsheet took are given back.
    """
    bare = _whole(_unwrapped(expr)).replace("", None)
    if not digits:
        return bare
    packed = bare.str.to_uppercase().str.replace_all(r"\s+", "")
    return (
        pl.when(packed.str.contains(rf"^[0-9]{{1,{digits}}}$"))
        .then(packed.str.zfill(digits))
        .otherwise(packed)
    )


def clean_pnc_id(expr: pl.Expr) -> pl.Expr:
    """Police National Computer number as `YYYY/NNNNNNNL`."""
    packed = _packed(expr)
    number = pl.when(packed.str.contains(r"^[0-9OIL/]+[A-Z]$")).then(
        pl.concat_str(_as_digits(packed.str.head(-1)), packed.str.tail(1))
    )
    # Without the stroke two and four digits of year cannot be told apart, but for a number of full length.
    parted = pl.coalesce(number, packed).str.replace(r"^([0-9]{4})([0-9]{7}[A-Z])$", "$1/$2")
    groups = parted.str.extract_groups(r"^([0-9]{4}|[0-9]{2})/([0-9]{1,7})([A-Z])$")
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
    as_written = packed.str.contains(r"^([0-9]{4}|[0-9]{2})/[0-9]{1,7}[A-Z]$")
    return pl.when(as_written | valid_pnc_id(form)).then(form).otherwise(packed)


def _digit(expr: pl.Expr, position: int) -> pl.Expr:
    return expr.str.slice(position, 1).cast(pl.Int64, strict=False)


def _weighted(expr: pl.Expr, weights: Mapping[int, int]) -> pl.Expr:
    """The sum of digit × weight, by position counted from 0."""
    return pl.sum_horizontal(*(_digit(expr, at) * weight for at, weight in weights.items()))


def _known(expr: pl.Expr, valid: pl.Expr) -> pl.Expr:
    """`valid`, but null where there is no number at all."""
    return pl.when(expr.is_null()).then(None).otherwise(valid.fill_null(False))


def _typed_for_none(digits: pl.Expr) -> pl.Expr:
    """Whether the digits are all the same, or run up or down: nobody's number, whatever the check digit says."""
    return digits.str.contains(rf"^({_ALIKE})$") | digits.is_in(_RUNS)


def valid_nhs_number(expr: pl.Expr) -> pl.Expr:
    """Ten digits with the right check digit, not all the same and no run."""
    remainder = 11 - _weighted(expr, {i: 10 - i for i in range(9)}) % 11
    check = pl.when(remainder == 11).then(0).otherwise(remainder)
    return _known(
        expr, expr.str.contains(r"^[0-9]{10}$") & (check == _digit(expr, 9)) & ~_typed_for_none(expr)
    )


def valid_uln(expr: pl.Expr) -> pl.Expr:
    """Ten digits with the right check digit, not a placeholder such as 9999999999."""
    remainder = _weighted(expr, {i: 10 - i for i in range(9)}) % 11
    return _known(
        expr,
        expr.str.contains(r"^[0-9]{10}$")
        & (remainder != 0)
        & (10 - remainder == _digit(expr, 9))
        & ~_typed_for_none(expr),
    )


def _upn_index(letter: pl.Expr) -> pl.Expr:
    return letter.replace_strict(
        list(UPN_LETTERS), list(range(len(UPN_LETTERS))), default=None, return_dtype=pl.Int64
    )


def valid_upn(expr: pl.Expr) -> pl.Expr:
    """A permanent or a temporary pupil number with the right check letter, its digits not all the same and no run."""
    total = _weighted(expr, {i: i + 1 for i in range(1, 12)})
    last = pl.coalesce(_digit(expr, 12), _upn_index(expr.str.slice(12, 1)))
    digits = expr.str.slice(1, 11)
    return _known(
        expr,
        expr.str.contains(rf"^[{UPN_LETTERS}][0-9]{{11}}[0-9{UPN_LETTERS}]$")
        & ((total + last * 13) % 23 == _upn_index(expr.str.slice(0, 1)))
        & ~_typed_for_none(digits)
        & ~_typed_for_none(digits.str.head(10)),
    )


def temporary_upn(expr: pl.Expr) -> pl.Expr:
    """Whether a pupil number is a temporary one (it ends in a letter): it may change, and may not be unique."""
    return expr.str.contains(r"^[A-Z][0-9]{11}[A-Z]$")


def upn_authority(expr: pl.Expr) -> pl.Expr:
    """The three digits of a pupil number that name the authority which gave it."""
    return expr.str.slice(1, 3)


def valid_nino(expr: pl.Expr) -> pl.Expr:
    """Two letters that are in use, six digits, a suffix from A to D. There is no check digit."""
    digits = expr.str.slice(2, 6)
    return _known(
        expr,
        expr.str.contains(r"^[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]$")
        & ~expr.str.contains(r"^(BG|GB|NK|KN|NT|TN|ZZ)")
        & ~(_typed_for_none(digits) | digits.is_in([run[:6] for run in _RUNS])),
    )


def valid_pnc_id(expr: pl.Expr) -> pl.Expr:
    """`YYYY/NNNNNNNL` with the right check letter, and a serial that is not nought."""
    serial = expr.str.slice(5, 7)
    number = pl.concat_str(expr.str.slice(2, 2), serial).cast(pl.Int64, strict=False)
    letter = (number % 23).replace_strict(
        list(range(23)), list(PNC_LETTERS), default=None, return_dtype=pl.String
    )
    return _known(
        expr,
        expr.str.contains(r"^[0-9]{4}/[0-9]{7}[A-Z]$")
        & (letter == expr.str.slice(12, 1))
        & (serial != "0000000"),
    )


def valid_uprn(expr: pl.Expr) -> pl.Expr:
    """One to twelve digits, not nought, and not many that are the same. There is no check digit."""
    many = expr.str.len_chars() >= 6
    return _known(expr, expr.str.contains(r"^[1-9][0-9]{0,11}$") & ~(many & _typed_for_none(expr)))


def valid_postcode(expr: pl.Expr) -> pl.Expr:
    """One of the six shapes of a British postcode, or GIR 0AA."""
    return _known(
        expr,
        expr.str.contains(r"^[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][ABD-HJLNP-UW-Z]{2}$") | (expr == "GIR 0AA"),
    )


# The sender's own numbers, of whatever they number.
OWN_NUMBERS = (Part.OWN_KEY, Part.RECORD, Part.FAMILY, Part.WORKER)
CLEAN: Mapping[Part, Clean] = {
    Part.NHS_NUMBER: clean_nhs_number,
    Part.UPN: clean_upn,
    Part.ULN: clean_uln,
    Part.NINO: clean_nino,
    Part.PNC_ID: clean_pnc_id,
    Part.UPRN: clean_uprn,
    Part.POSTCODE: clean_postcode,
}
VALID: Mapping[Part, Clean] = {
    Part.NHS_NUMBER: valid_nhs_number,
    Part.UPN: valid_upn,
    Part.ULN: valid_uln,
    Part.NINO: valid_nino,
    Part.PNC_ID: valid_pnc_id,
    Part.UPRN: valid_uprn,
    Part.POSTCODE: valid_postcode,
}


def cleaner(column: Column) -> Clean | None:
    """What makes the cells of a column canonical; none where they are no numbers."""
    if column.part in OWN_NUMBERS:
        return lambda expr: clean_own_key(expr, column.digits)
    return CLEAN.get(column.part) if column.part else None
