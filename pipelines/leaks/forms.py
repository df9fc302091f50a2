"""What is formed like somebody's number or address, be it known or not: numbers with their check digits, postcodes,
telephone numbers and e-mail addresses, in any text or number."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines import identifiers
from pipelines.identifiers import Clean

_GAP = r"[\s\p{Pd}.]?"
# Days, releases, and shares with their decimals: digits that stand side by side and are no number of anybody's.
_NOBODYS = (
    r"\b(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9](-[0-9]{3,6})?\b",
    r"\b[0-3]?[0-9][./-][01]?[0-9][./-](19|20)[0-9]{2}\b",
    r"\b[0-9]+\.[0-9]+\b",
)
_TEN_DIGITS = rf"\b(?:[0-9]{{3}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{4}}|[0-9]{{5}}{_GAP}[0-9]{{5}})\b"


@dataclass(frozen=True)
class Form:
    """`shape`: what to look for (a regular expression). `clean` and `valid`: how what has this shape is made canonical,
    and which of that counts; none: all of it."""

    shape: str
    clean: Clean | None = None
    valid: Clean | None = None


FORMS: Mapping[str, Form] = {
    "NHS number": Form(_TEN_DIGITS, identifiers.clean_nhs_number, identifiers.valid_nhs_number),
    "unique learner number": Form(_TEN_DIGITS, identifiers.clean_uln, identifiers.valid_uln),
    "unique pupil number": Form(
        rf"(?i)\b[A-Z]{_GAP}[0-9]{{3}}{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}[0-9A-Z]\b",
        identifiers.clean_upn,
        identifiers.valid_upn,
    ),
    "National Insurance number": Form(
        rf"(?i)\b[A-Z]{{2}}{_GAP}[0-9]{{2}}{_GAP}[0-9]{{2}}{_GAP}[0-9]{{2}}{_GAP}[A-D]\b",
        identifiers.clean_nino,
        identifiers.valid_nino,
    ),
    "number of the Police National Computer": Form(
        r"(?i)\b(?:[0-9]{4}|[0-9]{2})/[0-9]{1,7}[A-Z]\b", identifiers.clean_pnc_id, identifiers.valid_pnc_id
    ),
    # In small letters "y9 2nd" would be one.
    "postcode": Form(
        r"\b[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}\b", identifiers.clean_postcode, identifiers.valid_postcode
    ),
    "telephone number": Form(
        rf"(?:\+44|\b0044|\b0){_GAP}(?:\(0\))?{_GAP}\(?[1-35789](?:[\s\p{{Pd}}.()]?[0-9]){{8,9}}\b"
    ),
    "e-mail address": Form(r"[^\s@]+@[^\s@]+\.[^\s@.]{2,}"),
}


def forms_in(values: pl.Series) -> list[str]:
    """Which of FORMS stand in any of the texts (String), in their order. A number is found as it is written by itself
    or in its usual groups, not as part of a longer one."""
    value = pl.col("value")
    texts = values.alias("value").drop_nulls().to_frame().select(value.str.normalize("NFKC"))
    for shape in _NOBODYS:
        texts = texts.with_columns(value.str.replace_all(shape, " "))
    texts = texts.select(value.str.replace_all("_", " ", literal=True)).unique()
    texts = texts.filter(value.str.contains(r"[0-9@]"))
    return [name for name, form in FORMS.items() if _stands_in(texts, form)]


def _stands_in(texts: pl.DataFrame, form: Form) -> bool:
    value = pl.col("value")
    shaped = texts.filter(value.str.contains(form.shape))
    if shaped.is_empty() or form.clean is None or form.valid is None:
        return not shaped.is_empty()
    found = shaped.select(value.str.extract_all(form.shape).explode()).drop_nulls()
    return bool(found.select(form.valid(form.clean(value))).to_series().any())
