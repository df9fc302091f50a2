"""Whether the columns of a data file are named as the standard asks, and none is missing."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from custody.screening.data_file import DataFile, shown_name
from custody.screening.data_rules import DATA_RULES
from custody.screening.metadata import Metadata
from custody.screening.rules import Finding, found
from custody.screening.standard import REQUIRED

_LETTERS: Final = re.compile(r"[A-Za-z0-9_ ]*")
_NAME_LIMIT: Final = 50
_CHARACTERISTIC: Final = frozenset({"characteristic", "characteristic_group"})
# What is an item of a filter wherever it stands in the name of an indicator.
_ITEMS: Final = re.compile(
    r"(^|_)(male|female|boys?|girls?|white|asian|black|mixed|disabled|fsm|nonfsm|adults?|primary|secondary)(_|$)"
)
_HARMONISED: Final = (
    (
        re.compile("ethnic"),
        frozenset({"ethnicity_major", "ethnicity_minor", "ethnicity_detailed", "minority_ethnic"}),
    ),
    (re.compile(r"(^|_)(sex|gender)(_|$)"), frozenset({"sex"})),
    (re.compile(r"(^|_)sen(_|$)"), frozenset({"sen_status", "sen_provision", "sen_primary_need"})),
)


def check_columns(data: DataFile) -> Iterator[Finding]:
    """What is wrong with the header of a data file."""
    for column in REQUIRED:
        if column not in data.header:
            yield found(DATA_RULES["column_missing"], data.name, f"column {column}")
    times = Counter(data.header)
    for column in times:
        for code in _of_a_name(column, times[column]):
            yield found(DATA_RULES[code], data.name, f"column {shown_name(column)}")
    for column in data.frame.columns:
        if (data.frame[column].str.strip_chars() == "").all():
            yield found(DATA_RULES["empty_column"], data.name, f"column {shown_name(column)}")


def _of_a_name(column: str, times: int) -> Iterator[str]:
    """The codes of the rules that a name breaks."""
    if not column.strip():
        yield "column_blank"
        return
    if times > 1:
        yield "column_twice"
    if " " in column:
        yield "column_spaces"
    if not _LETTERS.fullmatch(column):
        yield "column_letters"
    if column != column.lower():
        yield "column_snake_case"
    if not column[0].isalpha():
        yield "column_start"
    if len(column) > _NAME_LIMIT:
        yield "column_long"


def check_names(metadata: Metadata) -> Iterator[Finding]:
    """Whether filters and indicators are named as others name them."""
    name = metadata.file.name
    for row in metadata.rows:
        place, columns = f"row {row.row}", {row.col_name, row.filter_grouping_column}
        if columns & _CHARACTERISTIC:
            yield found(DATA_RULES["column_characteristic"], name, place)
        if row in metadata.indicators and _ITEMS.search(row.col_name):
            yield found(DATA_RULES["column_smushed"], name, place)
        if row in metadata.filters and any(
            about.search(column) and column not in names for about, names in _HARMONISED for column in columns
        ):
            yield found(DATA_RULES["column_not_harmonised"], name, place)
