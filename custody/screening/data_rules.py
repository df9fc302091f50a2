"""The rules of the Explore Education Statistics standard that a data file and its metadata can be held against.

Written from their descriptions: the Department for Education's analysts' guide (dfe-analytical-services/analysts-guide,
statistics-production/ud.qmd and api-data-standards.qmd), and what its screener says that it checks
(dfe-analytical-services/eesyscreener, reference). `SAFE` are the house's own.

Left out, because one file and its metadata do not tell: whether names and items stand in the department's data
dictionary, and whether the codes and names of authorities, districts, wards, constituencies, partnerships and devolved
areas belong together (lists that change, on the network; countries and regions are checked), whether indicators
add up over filters, whether a file holds as many years as there are, whether items are harmonised beyond sex and major
ethnic group, and what only the whole of a publication tells.
"""

from typing import Final

from custody.screening.rules import Rule, Severity, table_of

OPEN_DATA: Final = "DfE Open Data Standards (ud.qmd)"
API: Final = "DfE Statistics API Data Standards (api-data-standards.qmd)"
SCREENER: Final = "DfE eesyscreener, reference"
SAFE: Final = "Outcome Lens"
_WARNING: Final = Severity.WARNING

_FILES: Final = (
    Rule(
        "file_name_letters",
        "The name of a file has letters that are not allowed",
        "Use letters, digits, _ and - only.",
        OPEN_DATA,
    ),
    Rule("file_name_capitals", "The name of a file has capitals", "Use lower case.", OPEN_DATA, _WARNING),
    Rule("file_name_long", "The name of a file is longer than 200 letters", "Shorten it.", OPEN_DATA),
    Rule(
        "file_names_match",
        "A data file and its metadata are not named alike",
        "Name them NAME.csv and NAME.meta.csv.",
        OPEN_DATA,
    ),
    Rule("encoding", "The file is not in UTF-8", "Save it as UTF-8.", OPEN_DATA),
    Rule(
        "byte_order_mark",
        "The file begins with a byte order mark",
        "Save it without one.",
        OPEN_DATA,
        _WARNING,
    ),
    Rule("unreadable", "The file cannot be read as CSV", "Save it as comma-separated values.", OPEN_DATA),
    Rule("no_rows", "The file has no rows under its header", "Put the data in.", OPEN_DATA),
    Rule(
        "ragged_rows",
        "A row has more or fewer cells than the header",
        "Put text with commas in quotes, and fill every row.",
        OPEN_DATA,
    ),
    Rule("empty_row", "A row is empty", "Take it out.", SCREENER),
    Rule("empty_column", "A column is empty", "Take it out.", SCREENER, _WARNING),
)
_COLUMNS: Final = (
    Rule("column_missing", "A column that every data file needs is missing", "Add it.", OPEN_DATA),
    Rule("column_twice", "Two columns have one name", "Rename one.", SCREENER),
    Rule("column_blank", "A column has no name", "Name it in the first row.", OPEN_DATA),
    Rule("column_spaces", "The name of a column has spaces", "Use _ instead.", OPEN_DATA),
    Rule(
        "column_letters",
        "The name of a column has letters that are not allowed",
        "Use letters, digits and _ only.",
        OPEN_DATA,
    ),
    Rule(
        "column_snake_case", "The name of a column has capitals", "Use lower case and _.", OPEN_DATA, _WARNING
    ),
    Rule(
        "column_start",
        "The name of a column does not start with a letter",
        "Start it with a lower-case letter.",
        OPEN_DATA,
        _WARNING,
    ),
    Rule("column_long", "The name of a column is longer than 50 letters", "Shorten it.", API),
    Rule(
        "column_characteristic",
        "A column is called characteristic or characteristic_group",
        "Use a filter for each characteristic, or breakdown_topic and breakdown.",
        SCREENER,
        _WARNING,
    ),
    Rule(
        "column_without_meta",
        "A column has no row in the metadata",
        "Add one: it has more than one value and says neither when nor where.",
        SCREENER,
    ),
    Rule(
        "column_smushed",
        "The name of an indicator says what a filter should",
        "Move female, male and the like into a filter.",
        API,
        _WARNING,
    ),
    Rule(
        "column_not_harmonised",
        "A column is named otherwise than in the harmonised standards",
        "Use sex, ethnicity_major, ethnicity_minor, sen_status, sen_provision or sen_primary_need.",
        OPEN_DATA,
        _WARNING,
    ),
)
_METADATA: Final = (
    Rule("meta_column_missing", "A column that every metadata file needs is missing", "Add it.", OPEN_DATA),
    Rule("meta_column_unknown", "The metadata has a column that nobody reads", "Take it out.", SCREENER),
    Rule("meta_name_blank", "A row of the metadata names no column", "Fill col_name.", SCREENER),
    Rule("meta_name_spaces", "A name in col_name has spaces", "Use the column's name.", SCREENER),
    Rule("meta_name_twice", "A column has two rows in the metadata", "Take one out.", SCREENER),
    Rule("meta_type", "col_type is neither Filter nor Indicator", "Write one of the two.", OPEN_DATA),
    Rule(
        "meta_observational",
        "The metadata has a row for a column that says when or where",
        "Take it out: the platform knows them.",
        OPEN_DATA,
    ),
    Rule(
        "meta_geography",
        "A filter is named like a column of geography",
        "Rename it, or use the columns of the standard.",
        SCREENER,
        _WARNING,
    ),
    Rule(
        "meta_without_column", "The metadata has a row for no column of the data", "Take it out.", OPEN_DATA
    ),
    Rule(
        "meta_rows_many",
        "The metadata has more rows than the data has columns beside the five that every file needs",
        "Leave one row for each filter and indicator.",
        SCREENER,
    ),
    Rule("meta_label_blank", "A label is blank", "Write what readers shall see.", OPEN_DATA),
    Rule("meta_label_twice", "Two columns have one label", "Tell them apart.", SCREENER),
    Rule("meta_label_long", "A label is longer than 80 letters", "Shorten it.", API),
    Rule("meta_filter_grouping", "A filter has an indicator_grouping", "Leave it blank.", SCREENER),
    Rule("meta_filter_unit", "A filter has an indicator_unit", "Leave it blank.", SCREENER),
    Rule("meta_filter_decimals", "A filter has an indicator_dp", "Leave it blank.", SCREENER),
    Rule("meta_indicator_hint", "An indicator has a filter_hint", "Leave it blank.", SCREENER, _WARNING),
    Rule(
        "meta_indicator_group",
        "An indicator has a filter_grouping_column",
        "Leave it blank.",
        SCREENER,
        _WARNING,
    ),
    Rule(
        "meta_hint_repeats",
        "A filter_hint says the same as the label",
        "Say more, or leave it blank.",
        OPEN_DATA,
        _WARNING,
    ),
    Rule(
        "meta_decimals_unset",
        "An indicator has no indicator_dp, so that two decimals are shown",
        "Say how many.",
        SCREENER,
        _WARNING,
    ),
    Rule("meta_decimals", "indicator_dp is no whole number", "Write 0, 1, 2 and so on.", SCREENER),
    Rule(
        "meta_unit",
        "indicator_unit is none that is known",
        "Use £, £m, %, pp, numberstring, or none.",
        OPEN_DATA,
    ),
    Rule("meta_group_twice", "Two filters have one filter_grouping_column", "Use one each.", SCREENER),
    Rule(
        "meta_group_listed",
        "A column that groups a filter has a row of its own in the metadata",
        "Take the row out.",
        OPEN_DATA,
    ),
    Rule(
        "meta_group_missing",
        "A filter_grouping_column is no column of the data",
        "Use its exact name.",
        OPEN_DATA,
    ),
    Rule(
        "meta_groups_alike",
        "Two groupings differ only in letters that are neither letters nor digits",
        "Tell them apart.",
        SCREENER,
    ),
)
_TIMES: Final = (
    Rule("time_number", "time_period is no number", "Write digits only.", OPEN_DATA),
    Rule("time_identifier", "time_identifier is none that is known", "Use one of the list.", OPEN_DATA),
    Rule(
        "time_mixed",
        "time_identifiers that do not go together are in one file",
        "Use a file for each, or a filter.",
        OPEN_DATA,
    ),
    Rule(
        "time_digits",
        "time_period has not as many digits as its identifier asks for",
        "Four for a calendar or reporting year, months and weeks; six for all others.",
        OPEN_DATA,
    ),
    Rule(
        "time_consecutive",
        "The two years of a time_period do not follow each other",
        "Write 202627 for 2026-27.",
        OPEN_DATA,
    ),
)
_GEOGRAPHY: Final = (
    Rule("geography_level", "geographic_level is none that is known", "Use one of the list.", OPEN_DATA),
    Rule("geography_columns", "A level lacks a column that it needs", "Add it.", OPEN_DATA),
    Rule("geography_blank", "A row lacks the code or name of its level", "Fill it, or write x.", OPEN_DATA),
    Rule(
        "geography_overfilled",
        "A row has the code or name of a level below its own",
        "Leave it blank.",
        OPEN_DATA,
    ),
    Rule(
        "geography_ignored",
        "The file holds rows of levels that do not go together",
        "Put schools, providers, institutions and planning areas into files of their own.",
        OPEN_DATA,
    ),
    Rule(
        "region_pair",
        "region_code is there without region_name, or the other way",
        "Add the other.",
        SCREENER,
    ),
    Rule(
        "authority_columns",
        "Some columns of local authorities are there and others are not",
        "Have old_la_code, new_la_code and la_name.",
        SCREENER,
    ),
    Rule(
        "region_for_authority",
        "A row of a local authority has no region",
        "Fill region_code and region_name.",
        OPEN_DATA,
        _WARNING,
    ),
    Rule("not_available_name", "A place of the code x is not called Not available", "Call it so.", OPEN_DATA),
    Rule("not_available_code", "A place called Not available has not the code x", "Write x.", OPEN_DATA),
    Rule("code_two_names", "One code has two names", "Use one.", OPEN_DATA),
    Rule("name_two_codes", "One name has two codes", "Use one.", OPEN_DATA),
    Rule(
        "country_known",
        "country_code and country_name do not belong together",
        "Use the standard ones.",
        OPEN_DATA,
    ),
    Rule(
        "region_known",
        "region_code and region_name do not belong together",
        "Use the standard ones.",
        OPEN_DATA,
    ),
    Rule(
        "code_form",
        "A code is not of the form of its kind",
        "A letter and eight digits; old authority codes have three digits.",
        OPEN_DATA,
        _WARNING,
    ),
    Rule("location_code_long", "A location's code is longer than 30 letters", "Use the standard one.", API),
    Rule(
        "observational_total",
        "Total or All stands in a column that says when or where",
        "Put it into a filter, or use the right level.",
        SCREENER,
    ),
)
_ITEMS: Final = (
    Rule(
        "filter_singular",
        "A filter has only one item",
        "Leave it out of the metadata.",
        OPEN_DATA,
    ),
    Rule(
        "filter_total",
        "A filter has no item Total, nor the one that filter_default names",
        "Add the rows of the total.",
        OPEN_DATA,
    ),
    Rule("filter_blank", "A filter is blank", "Write Total, or the item.", SCREENER),
    Rule("filter_spaces", "An item of a filter begins or ends with a space", "Take it off.", SCREENER),
    Rule("filter_items_many", "A filter has more than 25,000 items", "Use coarser ones.", SCREENER),
    Rule("item_long", "An item or a location's name is longer than 120 letters", "Shorten it.", API),
    Rule(
        "filter_group_levels",
        "A column that groups a filter has more items than the filter",
        "Swap them.",
        SCREENER,
    ),
    Rule(
        "item_slash",
        "An item has a / without spaces around it",
        "Write Mixed / Multiple, for screen readers and for wrapping.",
        OPEN_DATA,
        _WARNING,
    ),
    Rule(
        "filter_date",
        "A filter of dates is not written as 2026-09-30",
        "Write year-month-day.",
        OPEN_DATA,
        _WARNING,
    ),
    Rule(
        "items_sex",
        "An item of sex is none of the standard",
        "Use Female, Male, Unknown, Total.",
        OPEN_DATA,
        _WARNING,
    ),
    Rule(
        "items_ethnicity",
        "An item of ethnicity_major is none of the standard",
        "Use its words.",
        OPEN_DATA,
        _WARNING,
    ),
    Rule("rows_twice", "Two rows say the same about when, where and what", "Take one out.", SCREENER),
    Rule("null", "A cell says NULL, NA, NaN or None", "Write the symbol for why it is not there.", SCREENER),
    Rule(
        "symbol_old",
        "A symbol is used that has been retired",
        "Use c, x, z, low, k or u.",
        OPEN_DATA,
    ),
    Rule(
        "indicator_blank", "An indicator is blank", "Write the number, or the symbol for why not.", SCREENER
    ),
    Rule(
        "indicator_text",
        "An indicator is neither a number nor a symbol",
        "Write digits without commas, £ or %; the unit stands in the metadata.",
        OPEN_DATA,
    ),
    Rule(
        "indicator_decimals",
        "An indicator has more decimals than its indicator_dp shows",
        "Round it, unless the finer figure may be read by anybody.",
        SAFE,
        _WARNING,
    ),
    Rule(
        "runs_in_spreadsheet",
        "A text begins like a formula, so that a spreadsheet would run it",
        "Put an apostrophe before it.",
        SAFE,
    ),
)
DATA_RULES: Final = table_of((*_FILES, *_COLUMNS, *_METADATA, *_TIMES, *_GEOGRAPHY, *_ITEMS))
