"""Every rule for data files finds what breaks it: a good file, broken in one way for each."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace

import pytest

from custody.documents.data_files import data_files
from custody.screening import errors_of, screen, screen_files
from custody.screening.data_rules import DATA_RULES
from custody.screening.rules import Severity
from tests.statistics_document import document

Rows = list[list[str]]
Breaking = Callable[[Rows, Rows], None]

NAME = "return-000004-progress-families"
DATA, META = f"{NAME}.csv", f"{NAME}.meta.csv"
FAMILIES = 13
LOCALITY, SIDE, SEX = 10, 11, 12


def good() -> tuple[Rows, Rows]:
    files = data_files(document())
    return _rows(files[DATA]), _rows(files[META])


def _rows(content: bytes) -> Rows:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def written(rows: Rows) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def broken_by(breaking: Breaking) -> set[str]:
    data, meta = good()
    breaking(data, meta)
    return {finding.rule for finding in screen_files({DATA: written(data), META: written(meta)})}


def cell(place: int, value: str, row: int = 4) -> Breaking:
    """One cell of the data."""

    def breaking(data: Rows, _meta: Rows) -> None:
        data[row][place] = value

    return breaking


def everywhere(place: int, value: str) -> Breaking:
    """A whole column of the data."""

    def breaking(data: Rows, _meta: Rows) -> None:
        for one in data[1:]:
            one[place] = value

    return breaking


def said(row: int, column: int, value: str) -> Breaking:
    """One cell of the metadata: rows 1 locality, 2 sex, 3 to 5 the indicators."""

    def breaking(_data: Rows, meta: Rows) -> None:
        meta[row][column] = value

    return breaking


def renamed(place: int, name: str, *, told: int | None = None) -> Breaking:
    """The name of a column, in the metadata too where `told` is its row there."""

    def breaking(data: Rows, meta: Rows) -> None:
        data[0][place] = name
        if told is not None:
            meta[told][0] = name

    return breaking


def added(name: str, *values: str, told: list[str] | None = None) -> Breaking:
    """A column more, its values in turn; `told` is its row in the metadata."""

    def breaking(data: Rows, meta: Rows) -> None:
        data[0].append(name)
        for number, one in enumerate(data[1:]):
            one.append(values[number % len(values)])
        if told is not None:
            meta.append([name, *told])

    return breaking


def without(place: int) -> Breaking:
    def breaking(data: Rows, _meta: Rows) -> None:
        for one in data:
            del one[place]

    return breaking


def without_said(place: int) -> Breaking:
    def breaking(_data: Rows, meta: Rows) -> None:
        for one in meta:
            del one[place]

    return breaking


def level(name: str, row: int = 4) -> Breaking:
    return cell(2, name, row)


def all_of(*breakings: Breaking) -> Breaking:
    def breaking(data: Rows, meta: Rows) -> None:
        for one in breakings:
            one(data, meta)

    return breaking


def many_items(data: Rows, _meta: Rows) -> None:
    first = data[1]
    data.extend([*first[:LOCALITY], f"Place {number}", *first[LOCALITY + 1 :]] for number in range(25_001))


def told_again(_data: Rows, meta: Rows) -> None:
    meta.append([*meta[2][:2], "Sex, again", *meta[2][3:]])


def too_many(_data: Rows, meta: Rows) -> None:
    meta.extend([f"not_there_{number}", "Filter", f"Not there {number}", *[""] * 5] for number in range(7))


def more_said(_data: Rows, meta: Rows) -> None:
    for one in meta:
        one.append("more")


def no_total(data: Rows, _meta: Rows) -> None:
    for one in data[1:]:
        one[SEX] = one[SEX].replace("Total", "Other")


def a_side_each(data: Rows, _meta: Rows) -> None:
    for number, one in enumerate(data[4:]):
        one[SIDE] = f"Side {number}"


# What breaks each rule, and what else it breaks: nothing, unless it cannot be helped.
BROKEN: dict[str, tuple[Breaking, set[str]]] = {
    "empty_row": (lambda data, _meta: data.insert(3, []), set()),
    "empty_column": (added("remarks", ""), set()),
    "column_missing": (without(4), set()),
    "column_twice": (renamed(14, "family_count", told=4), {"meta_name_twice"}),
    "column_blank": (added("", "1", "2"), set()),
    "column_spaces": (renamed(FAMILIES, "family count", told=3), {"meta_name_spaces"}),
    "column_letters": (renamed(FAMILIES, "family_%", told=3), set()),
    "column_snake_case": (renamed(FAMILIES, "familyCount", told=3), set()),
    "column_start": (renamed(FAMILIES, "2_family_count", told=3), set()),
    "column_long": (renamed(FAMILIES, f"family_{'x' * 44}", told=3), set()),
    "column_characteristic": (renamed(SEX, "characteristic", told=2), set()),
    "column_without_meta": (added("remarks", "good", "bad"), set()),
    "column_smushed": (renamed(FAMILIES, "family_count_female", told=3), set()),
    "column_not_harmonised": (renamed(SEX, "gender", told=2), set()),
    "meta_column_missing": (without_said(3), set()),
    "meta_column_unknown": (
        more_said,
        set(),
    ),
    "meta_name_blank": (said(3, 0, ""), {"column_without_meta"}),
    "meta_name_spaces": (said(3, 0, "family count"), {"meta_without_column", "column_without_meta"}),
    "meta_name_twice": (told_again, set()),
    "meta_type": (said(3, 1, "Measure"), set()),
    "meta_observational": (
        lambda _data, meta: meta.append(["la_name", "Indicator", "Authority", "", "", "0", "", ""]),
        {"indicator_text"},
    ),
    "meta_geography": (renamed(SEX, "home_ward", told=2), set()),
    "meta_without_column": (said(3, 0, "not_there"), {"column_without_meta"}),
    "meta_rows_many": (too_many, {"meta_without_column"}),
    "meta_label_blank": (said(3, 2, " "), set()),
    "meta_label_twice": (said(3, 2, "worth"), set()),
    "meta_label_long": (said(3, 2, "x" * 81), set()),
    "meta_filter_grouping": (said(2, 3, "People"), set()),
    "meta_filter_unit": (said(2, 4, "%"), set()),
    "meta_filter_decimals": (said(2, 5, "0"), set()),
    "meta_indicator_hint": (said(3, 6, "How many"), set()),
    "meta_indicator_group": (said(3, 7, "side"), set()),
    "meta_hint_repeats": (said(2, 6, "sex of the main carer"), set()),
    "meta_decimals_unset": (said(3, 5, ""), set()),
    "meta_decimals": (said(3, 5, "1.5"), set()),
    "meta_unit": (said(4, 4, "per cent"), set()),
    "meta_group_twice": (said(2, 7, "side"), set()),
    "meta_group_listed": (
        lambda _data, meta: meta.append(["side", "Filter", "Side", "", "", "", "", ""]),
        set(),
    ),
    "meta_group_missing": (said(2, 7, "not_there"), set()),
    "meta_groups_alike": (said(5, 3, "Fami-lies"), set()),
    "time_number": (cell(0, "2026-27"), set()),
    "time_identifier": (cell(1, "Quarter 2"), set()),
    "time_mixed": (cell(1, "Financial year"), set()),
    "time_digits": (everywhere(0, "2026"), set()),
    "time_consecutive": (cell(0, "202628"), set()),
    "geography_level": (level("Council"), set()),
    "geography_columns": (
        all_of(level("Ward"), added("ward_code", "E05000001", "")),
        {"geography_overfilled", "geography_blank"},
    ),
    "geography_blank": (cell(7, ""), set()),
    "geography_overfilled": (level("National"), set()),
    "geography_ignored": (level("Planning area"), set()),
    "region_pair": (without(6), {"region_for_authority"}),
    "authority_columns": (without(8), {"geography_columns"}),
    "region_for_authority": (all_of(cell(5, ""), cell(6, "")), set()),
    "not_available_name": (cell(8, "x"), set()),
    "not_available_code": (all_of(everywhere(9, "Not available"), everywhere(7, "x")), set()),
    "code_two_names": (cell(9, "Other Council"), set()),
    "name_two_codes": (cell(7, "998"), set()),
    "country_known": (everywhere(4, "Wales"), set()),
    "region_known": (everywhere(6, "London"), set()),
    "code_form": (everywhere(8, "E089"), set()),
    "location_code_long": (everywhere(8, "E" * 31), {"code_form"}),
    "observational_total": (everywhere(9, "Total"), set()),
    "filter_singular": (everywhere(SEX, "Total"), {"rows_twice"}),
    "filter_total": (
        lambda data, _meta: [
            one.__setitem__(SEX, "Other") for one in data[1:] if one[SEX] == "Total"
        ].clear(),
        {"items_sex"},
    ),
    "filter_blank": (cell(SIDE, ""), set()),
    "filter_spaces": (cell(LOCALITY, "Hill "), set()),
    "filter_items_many": (many_items, set()),
    "item_long": (cell(LOCALITY, "x" * 121), set()),
    "filter_group_levels": (
        a_side_each,
        set(),
    ),
    "item_slash": (cell(LOCALITY, "Hill/Dale"), set()),
    "filter_date": (renamed(SEX, "start_date", told=2), set()),
    "items_sex": (cell(SEX, "Boy"), set()),
    "items_ethnicity": (renamed(SEX, "ethnicity_major", told=2), set()),
    "rows_twice": (lambda data, _meta: data.append(data[4]), set()),
    "null": (cell(FAMILIES, "NULL"), set()),
    "symbol_old": (cell(FAMILIES, ".."), set()),
    "indicator_blank": (cell(FAMILIES, ""), set()),
    "indicator_text": (cell(FAMILIES, "1,234"), set()),
    "indicator_decimals": (cell(FAMILIES, "1.25"), set()),
    "runs_in_spreadsheet": (cell(LOCALITY, "=1+1"), set()),
}


def one_more_cell(content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    return b"".join([*lines[:3], lines[3].rstrip(b"\n") + b",1\n", *lines[4:]])


# Rules about whole files: from the good files, by name, to broken ones.
BROKEN_FILES: dict[str, tuple[Callable[[bytes, bytes], dict[str, bytes]], set[str]]] = {
    "file_name_letters": (lambda data, meta: {"my file.csv": data, "my file.meta.csv": meta}, set()),
    "file_name_capitals": (lambda data, meta: {"Mine.csv": data, "Mine.meta.csv": meta}, set()),
    "file_name_long": (lambda data, meta: {f"{'x' * 197}.csv": data, f"{'x' * 197}.meta.csv": meta}, set()),
    "file_names_match": (lambda data, meta: {DATA: data, "other.meta.csv": meta}, set()),
    "encoding": (lambda data, meta: {DATA: data + b"\xa3\n", META: meta}, set()),
    "byte_order_mark": (lambda data, meta: {DATA: b"\xef\xbb\xbf" + data, META: meta}, set()),
    "unreadable": (lambda data, meta: {DATA: data + b'"open', META: meta}, set()),
    "no_rows": (lambda data, meta: {DATA: data.splitlines()[0], META: meta}, set()),
    "ragged_rows": (lambda data, meta: {DATA: one_more_cell(data), META: meta}, set()),
}


def test_what_is_written_here_breaks_no_rule() -> None:
    of_a_document = document()
    assert screen(of_a_document, data_files(of_a_document)) == ()


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_found(rule: str) -> None:
    breaking, besides = BROKEN[rule]
    assert broken_by(breaking) == {rule, *besides}


@pytest.mark.parametrize("rule", BROKEN_FILES)
def test_a_broken_file_is_found(rule: str) -> None:
    breaking, besides = BROKEN_FILES[rule]
    data, meta = good()
    found = screen_files(breaking(written(data), written(meta)))
    assert {finding.rule for finding in found} == {rule, *besides}


def test_every_rule_has_been_broken() -> None:
    assert set(BROKEN) | set(BROKEN_FILES) == set(DATA_RULES)


def test_a_finding_says_where_and_what_to_do_and_never_what_stands_there() -> None:
    data, meta = good()
    data[4][FAMILIES] = data[6][FAMILIES] = "3 families of Jane Canary"
    (finding,) = screen_files({DATA: written(data), META: written(meta)})
    assert finding.place == "row 5, column family_count"
    assert "(2 times)" in finding.words and "Write digits" in finding.words
    assert "Canary" not in str(finding)
    assert finding.severity is Severity.ERROR and errors_of([finding]) == (finding,)


def test_a_table_without_its_data_file_is_missed() -> None:
    (only,) = document().tables
    two = document(tables=(only, replace(only, name="again")))
    assert [finding.file for finding in screen(two, data_files(document()))] == [
        "return-000004-progress-again.csv"
    ]
