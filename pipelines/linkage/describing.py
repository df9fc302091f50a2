"""What each record says of somebody, as it is compared: folded names, days as text, places, valid numbers."""

from collections.abc import Callable, Mapping

import polars as pl

from pipelines import identifiers
from pipelines.distinctly import distinctly
from pipelines.linkage.names import first_word, folded, letters

# Columns that a record may have, each nullable; what is missing is blank.
_TAKEN: Mapping[str, type[pl.DataType]] = {
    **dict.fromkeys(
        (
            "source",
            "own_key",
            "forename",
            "surname",
            "also_known_as",
            "sex",
            "postcode",
            "address",
            "uprn",
            "nhs_number",
            "upn",
            "nino",
            "pnc_id",
        ),
        pl.String,
    ),
    "date_of_birth": pl.Date,
}
_Expression = Callable[[pl.Expr], pl.Expr]
# Numbers that join records: what makes each canonical, and its check.
NUMBERS: Mapping[str, tuple[_Expression, _Expression]] = {
    "nhs_number": (identifiers.clean_nhs_number, identifiers.valid_nhs_number),
    "upn": (identifiers.clean_upn, identifiers.valid_upn),
    "nino": (identifiers.clean_nino, identifiers.valid_nino),
    "pnc_id": (identifiers.clean_pnc_id, identifiers.valid_pnc_id),
}
_PLACES: Mapping[str, tuple[_Expression, _Expression]] = {
    "postcode": (identifiers.clean_postcode, identifiers.valid_postcode),
    "uprn": (identifiers.clean_uprn, identifiers.valid_uprn),
}
# Years in which somebody in a record may be born.
_YEARS = (1800, 2200)
# What is no name, though it stands where one should.
_NOBODY = (
    "unknown",
    "notknown",
    "unnamed",
    "baby",
    "unborn",
    "na",
    "none",
    "null",
    "tbc",
    "x",
    "xx",
    "xxx",
    "test",
    "nk",
    "mr",
    "mrs",
    "ms",
    "miss",
)
# What tells one look of a person from another.
LOOKS = ("forename", "first", "surname", "other", "born")
# What two rows must say alike to be one description.
SAID = ("forename", "surname", "first", "other", "born", "sex", "postcode", "home", "uprn")


def described(records: pl.DataFrame) -> pl.DataFrame:
    """Every record as it is compared.

    `records`: as for `link`. Gives `record_id`, `source`, `own_key`, `forename`, `surname` (letters alone), `first`
    (first word of the forename), `other` (first word of another name), `born` (YYYYMMDD), `sex` (M or F), `postcode`
    (no space), `home` (postcode and numbers of the address), `uprn`, and each of NUMBERS where it is valid; all String
    and nullable.
    """
    frame = records.select(
        "record_id",
        *(
            (pl.col(name) if name in records.columns else pl.lit(None)).cast(type_).alias(name)
            for name, type_ in _TAKEN.items()
        ),
    )
    names = {
        "forename": distinctly(frame["forename"], letters),
        "surname": distinctly(frame["surname"], letters),
        "first": distinctly(frame["forename"], first_word),
        "other": distinctly(frame["also_known_as"], first_word),
        "parts": distinctly(frame["surname"], folded),
    }
    postcode = _checked(frame["postcode"], *_PLACES["postcode"]).str.replace_all(" ", "", literal=True)
    houses = distinctly(frame["address"], _house)
    described = frame.select(
        "record_id",
        pl.col("source").fill_null(""),
        "own_key",
        *(series.alias(name) for name, series in names.items()),
        born=pl.when(pl.col("date_of_birth").dt.year().is_between(*_YEARS)).then(
            pl.col("date_of_birth").dt.strftime("%Y%m%d")
        ),
        sex=distinctly(frame["sex"], _sex),
        postcode=postcode,
        uprn=_checked(frame["uprn"], *_PLACES["uprn"]),
        home=pl.concat_str(postcode, houses, separator="|"),
        **{number: _checked(frame[number], *checks) for number, checks in NUMBERS.items()},
    )  # fmt: skip
    # "Not known" is nobody in whatever form it is compared.
    return described.with_columns(
        pl.when(~pl.col(whole).is_in(list(_NOBODY))).then(pl.col(name)).alias(name)
        for whole, names in {
            "forename": ("forename", "first"),
            "surname": ("surname", "parts"),
            "other": ("other",),
        }.items()
        for name in names
    )


def _checked(series: pl.Series, clean: _Expression, valid: _Expression) -> pl.Series:
    """Numbers in canonical form; null for one that fails its check."""

    def canonical(written: pl.Expr) -> pl.Expr:
        return pl.when(valid(clean(written))).then(clean(written))

    return distinctly(series, canonical)


def _sex(text: pl.Expr) -> pl.Expr:
    letter = text.str.to_uppercase().str.slice(0, 1)
    return pl.when(letter.is_in(["M", "F"])).then(letter)


def _house(address: pl.Expr) -> pl.Expr:
    """The numbers of an address before its postcode, at most two: of "Flat 16, 4 Bright Street" they are "16/4"."""
    numbers = address.str.to_lowercase().str.extract_all(r"\b\d+[a-z]?\b").list.slice(0, 2).list.join("/")
    return numbers.replace("", None)
