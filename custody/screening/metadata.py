"""Whether a metadata file is one, and whether it and its data file speak of the same columns."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from custody.screening.data_file import DataFile, shown_name
from custody.screening.data_rules import DATA_RULES
from custody.screening.rules import Finding, found
from custody.screening.standard import (
    META_OPTIONAL,
    META_REQUIRED,
    OBSERVATIONAL,
    REQUIRED,
    TOTAL,
    UNITS,
)

FILTER: Final = "Filter"
INDICATOR: Final = "Indicator"
_LABEL_LIMIT: Final = 80
_NAMED_LIKE_A_PLACE: Final = re.compile(
    r"(^|_)(la|lad|lea|ward|region|country|pcon|lsip|urn|ukprn|laestab|estab|lep)(_|$)"
)
# The only filter of a file of schools or providers may be their name.
_MAY_BE_ONLY_FILTER: Final = frozenset({"school_name", "provider_name"})


@dataclass(frozen=True, slots=True)
class MetaRow:
    """A row of a metadata file: what it says of one column. `row` is its place in the file."""

    row: int
    col_name: str
    col_type: str
    label: str
    indicator_grouping: str
    indicator_unit: str
    indicator_dp: str
    filter_hint: str
    filter_grouping_column: str
    filter_default: str = ""


@dataclass(frozen=True, slots=True)
class Metadata:
    """A metadata file, row by row."""

    file: DataFile
    rows: tuple[MetaRow, ...]

    @property
    def filters(self) -> tuple[MetaRow, ...]:
        """The rows of filters."""
        return tuple(row for row in self.rows if row.col_type == FILTER)

    @property
    def indicators(self) -> tuple[MetaRow, ...]:
        """The rows of indicators."""
        return tuple(row for row in self.rows if row.col_type == INDICATOR)

    @property
    def groups(self) -> dict[str, str]:
        """The columns that group filters, by the filter's name."""
        return {
            row.col_name: row.filter_grouping_column for row in self.filters if row.filter_grouping_column
        }

    @property
    def filter_columns(self) -> tuple[str, ...]:
        """Filters and what groups them, each once."""
        return tuple(dict.fromkeys([*(row.col_name for row in self.filters), *self.groups.values()]))


def read_metadata(file: DataFile) -> Metadata:
    """The file's rows; a column that it lacks is blank in all of them."""
    columns = [name for name in (*META_REQUIRED, *META_OPTIONAL) if file.has(name)]
    rows = file.frame.select(columns).to_dicts() if columns else [dict[str, str]()] * len(file.rows)
    said = zip(file.rows, rows, strict=True)
    blank = dict.fromkeys(META_REQUIRED, "")
    return Metadata(file, tuple(MetaRow(row=place, **{**blank, **row}) for place, row in said))


def check_metadata(metadata: Metadata) -> Iterator[Finding]:
    """What is wrong with the metadata alone."""
    name, header = metadata.file.name, metadata.file.header
    for column in META_REQUIRED:
        if column not in header:
            yield found(DATA_RULES["meta_column_missing"], name, f"column {column}")
    for column in header:
        if column not in {*META_REQUIRED, *META_OPTIONAL}:
            yield found(DATA_RULES["meta_column_unknown"], name, f"column {shown_name(column)}")
    names = Counter(row.col_name for row in metadata.rows)
    labels = Counter(row.label.strip().lower() for row in metadata.rows)
    for row in metadata.rows:
        for code in _of_a_row(row, names, labels):
            yield found(DATA_RULES[code], name, f"row {row.row}")
    yield from _groups(metadata)


def _of_a_row(row: MetaRow, names: Counter[str], labels: Counter[str]) -> Iterator[str]:
    """The codes of the rules that one row breaks."""
    if not row.col_name.strip():
        yield "meta_name_blank"
    elif " " in row.col_name:
        yield "meta_name_spaces"
    if row.col_name and names[row.col_name] > 1:
        yield "meta_name_twice"
    if row.col_type not in {FILTER, INDICATOR}:
        yield "meta_type"
    if not row.label.strip():
        yield "meta_label_blank"
    elif labels[row.label.strip().lower()] > 1:
        yield "meta_label_twice"
    if len(row.label) > _LABEL_LIMIT:
        yield "meta_label_long"
    if row.indicator_unit not in UNITS:
        yield "meta_unit"
    if row.indicator_dp and not (row.indicator_dp.isascii() and row.indicator_dp.isdigit()):
        yield "meta_decimals"
    if row.col_type == FILTER:
        yield from _of_a_filter(row)
    if row.col_type == INDICATOR:
        yield from _of_an_indicator(row)


def _of_a_filter(row: MetaRow) -> Iterator[str]:
    if row.indicator_grouping:
        yield "meta_filter_grouping"
    if row.indicator_unit:
        yield "meta_filter_unit"
    if row.indicator_dp:
        yield "meta_filter_decimals"
    if row.filter_hint and row.filter_hint.strip().lower() == row.label.strip().lower():
        yield "meta_hint_repeats"


def _of_an_indicator(row: MetaRow) -> Iterator[str]:
    if row.filter_hint:
        yield "meta_indicator_hint"
    if row.filter_grouping_column:
        yield "meta_indicator_group"
    if not row.indicator_dp:
        yield "meta_decimals_unset"


def _groups(metadata: Metadata) -> Iterator[Finding]:
    name = metadata.file.name
    names = {row.col_name for row in metadata.rows}
    grouping = Counter(metadata.groups.values())
    for row in metadata.filters:
        group = row.filter_grouping_column
        if group and grouping[group] > 1:
            yield found(DATA_RULES["meta_group_twice"], name, f"row {row.row}")
        if group and group in names:
            yield found(DATA_RULES["meta_group_listed"], name, f"row {row.row}")
    for said in (
        {row.filter_grouping_column for row in metadata.filters},
        {row.indicator_grouping for row in metadata.indicators},
    ):
        bare = Counter("".join(filter(str.isalnum, one)).lower() for one in said if one)
        if any(times > 1 for times in bare.values()):
            yield found(DATA_RULES["meta_groups_alike"], name, "groupings")


def check_together(data: DataFile, metadata: Metadata) -> Iterator[Finding]:
    """Whether every column has its row, and every row its column."""
    name = metadata.file.name
    only_filter = {row.col_name for row in metadata.filters} <= _MAY_BE_ONLY_FILTER
    for row in metadata.rows:
        place = f"row {row.row}"
        if row.col_name and row.col_name not in data.header:
            yield found(DATA_RULES["meta_without_column"], name, place)
        group = row.filter_grouping_column
        if group and group not in data.header:
            yield found(DATA_RULES["meta_group_missing"], name, place)
        for column in (row.col_name, group):
            if column in OBSERVATIONAL and not (only_filter and column in _MAY_BE_ONLY_FILTER):
                yield found(DATA_RULES["meta_observational"], name, place)
            elif row.col_type == FILTER and _NAMED_LIKE_A_PLACE.search(column) and not only_filter:
                yield found(DATA_RULES["meta_geography"], name, place)
    if len(metadata.rows) > len(data.header) - len(REQUIRED):
        yield found(DATA_RULES["meta_rows_many"], name, f"{len(metadata.rows)} rows")
    known = {*OBSERVATIONAL, *(row.col_name for row in metadata.rows), *metadata.groups.values()}
    for column in dict.fromkeys(data.header):
        if column and column not in known and data.frame[column].n_unique() > 1:
            yield found(DATA_RULES["column_without_meta"], data.name, f"column {shown_name(column)}")


def default_of(row: MetaRow) -> str:
    """The item of a filter that stands for all of it."""
    return row.filter_default or TOTAL
