"""Whether the rows of a data file say where as the standard asks."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from custody.screening.data_file import DataFile
from custody.screening.data_rules import DATA_RULES
from custody.screening.rules import Finding, found
from custody.screening.standard import (
    COUNTRIES,
    LEVELS,
    NOT_AVAILABLE,
    OBSERVATIONAL,
    REGIONS,
    TOTALS,
)

_LEVEL: Final = "geographic_level"
_AUTHORITY: Final = ("old_la_code", "new_la_code", "la_name")
_CODE_LIMIT: Final = 30
_NAME_LIMIT: Final = 120
# An authority that was abolished before 2009 has no code of nine characters.
_MAY_BE_BLANK: Final = frozenset({"new_la_code"})
_FORMS: Final = {
    "country_code": r"^([A-Z][0-9]{8}|x|z)?$",
    "region_code": r"^([A-Z][0-9]{8}|x|z)?$",
    "new_la_code": r"^([A-Z][0-9]{8}|x|z)?$",
    "old_la_code": r"^([0-9]{3}|x|z)?$",
    "lad_code": r"^([A-Z][0-9]{8}|x|z)?$",
    "ward_code": r"^([A-Z][0-9]{8}|x|z)?$",
    "pcon_code": r"^([A-Z][0-9]{8}|x|z)?$",
}
_PAIRS: Final = (
    ("country_code", "country_name"),
    *dict.fromkeys(pair for level in LEVELS.values() for pair in level.pairs),
)
_NAMED_SCHOOLS: Final = frozenset({"school_name", "provider_name"})


def check_geography(data: DataFile) -> Iterator[Finding]:
    """What is wrong with the columns that say where."""
    yield from _whole(data)
    if data.has(_LEVEL):
        yield from _levels(data)
    for code, name in _PAIRS:
        if data.has(code, name):
            yield from _pair(data, code, name)
    for code, form in _FORMS.items():
        if data.has(code):
            yield from data.found("code_form", code, ~data.frame[code].str.contains(form))
    for column in data.frame.columns:
        if column in OBSERVATIONAL - _NAMED_SCHOOLS:
            yield from data.found("observational_total", column, data.frame[column].is_in(list(TOTALS)))
    for country_or_region, known in (("country", COUNTRIES), ("region", REGIONS)):
        yield from _known(data, country_or_region, known)


def _whole(data: DataFile) -> Iterator[Finding]:
    """Columns that are there by halves."""
    if data.has("region_code") != data.has("region_name"):
        yield found(DATA_RULES["region_pair"], data.name, "the header")
    there = [data.has(column) for column in _AUTHORITY]
    if any(there) and not all(there):
        yield found(DATA_RULES["authority_columns"], data.name, "the header")


def _levels(data: DataFile) -> Iterator[Finding]:
    level = data.frame[_LEVEL]
    yield from data.found("geography_level", _LEVEL, ~level.is_in(list(LEVELS)))
    used = set(level) & set(LEVELS)
    for column in ("country_code", "country_name"):
        if data.has(column):
            yield from data.found("geography_blank", column, _blank(data, column))
    for one in sorted(used):
        missing = [column for column in LEVELS[one].columns if not data.has(column)]
        if missing:
            yield found(DATA_RULES["geography_columns"], data.name, f"column {missing[0]}", len(missing))
        for column in LEVELS[one].columns:
            if data.has(column) and column not in _MAY_BE_BLANK:
                yield from data.found("geography_blank", column, (level == one) & _blank(data, column))
    if "Local authority" in used:
        yield from _region_for_authority(data)
    for owner in LEVELS.values():
        fits = [one.name for one in LEVELS.values() if one is owner or owner.name in one.above]
        for column in owner.columns:
            # Rows of no known level are told of once, above.
            if data.has(column) and column not in _NAMED_SCHOOLS:
                wrong = level.is_in(list(LEVELS)) & ~level.is_in(fits) & ~_blank(data, column)
                yield from data.found("geography_overfilled", column, wrong)
    ignored = {one for one in used if LEVELS[one].ignored}
    alone = used == ignored and ignored <= {"School"} | {"Provider"} and len(ignored) == 1
    if ignored and not alone:
        yield found(DATA_RULES["geography_ignored"], data.name, f"column {_LEVEL}")


def _region_for_authority(data: DataFile) -> Iterator[Finding]:
    authorities = data.frame[_LEVEL] == "Local authority"
    for column in ("region_code", "region_name"):
        if not data.has(column):
            yield found(DATA_RULES["region_for_authority"], data.name, f"column {column}")
        else:
            yield from data.found("region_for_authority", column, authorities & _blank(data, column))


def _pair(data: DataFile, code: str, name: str) -> Iterator[Finding]:
    """A code and its name: as long as allowed, known to each other, and to nobody else."""
    codes, names = data.frame[code], data.frame[name]
    yield from data.found("location_code_long", code, codes.str.len_chars() > _CODE_LIMIT)
    yield from data.found("item_long", name, names.str.len_chars() > _NAME_LIMIT)
    yield from data.found("not_available_name", name, (codes == "x") & (names != NOT_AVAILABLE))
    yield from data.found("not_available_code", code, (names == NOT_AVAILABLE) & (codes != "x"))
    pairs = (
        pl.DataFrame({"code": codes, "name": names}).unique().filter(~pl.col("code").is_in(["", "x", "z"]))
    )
    if pairs["code"].is_duplicated().any():
        yield found(DATA_RULES["code_two_names"], data.name, f"column {code}")
    if pairs["name"].is_duplicated().any():
        yield found(DATA_RULES["name_two_codes"], data.name, f"column {name}")


def _known(data: DataFile, what: str, known: dict[str, str]) -> Iterator[Finding]:
    code, name = f"{what}_code", f"{what}_name"
    if data.has(code, name):
        codes, names = data.frame[code], data.frame[name]
        named = codes.replace_strict(known, default="", return_dtype=pl.String)
        # A place of nobody's list (made up, or grouped) has a code of nobody's list too.
        listed = codes.is_in(list(known)) | names.is_in(list(known.values()))
        yield from data.found(f"{what}_known", code, listed & (named != names))


def _blank(data: DataFile, column: str) -> pl.Series:
    return data.frame[column].str.strip_chars() == ""
