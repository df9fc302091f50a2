"""One column of a return's table: read, and checked against what can be counted."""

from collections.abc import Mapping
from typing import Any, Final

from release.catalogue import MOST_DIMENSIONS, Catalogue, Measure
from release.in_file import InFile
from release.return_measures import RETURN_MEASURES, When
from release.returns import ColumnAsked, Given, Over, TableAsked

CLAIM_FIGURES: Final = ("count", "pounds")
# The steps of a claim, as the ledger has them.
CLAIM_STEPS: Final = (
    "claimable",
    "selected_for_audit",
    "audited",
    "submitted",
    "paid",
    "rejected",
    "withdrawn",
)
_SETTINGS: Final = frozenset(
    {"name", "label", "over", "filters", "framework", "states", "about", "verified", "source", *Given}
)
_PUBLISHED: Final = (Over.PERIOD, Over.YEAR_TO_DATE, Over.TO_DATE)


def read_column(place: InFile, table: Mapping[str, Any], framework: str) -> ColumnAsked:
    """The column that a table of a template's file describes. `framework`: the template's own."""
    place.only_keys(table, _SETTINGS)
    given = [one for one in Given if one in table]
    if len(given) != 1:
        raise place.wrong(f"say exactly one of {', '.join(Given)}.")
    (kind,) = given
    if kind in (Given.SHARE, Given.CHANGE):
        of = place.at(kind).texts(table[kind])
        if len(of) != 2:
            raise place.at(kind).wrong("name two columns of this table that stand before this one.")
    else:
        of = (place.at(kind).text(table[kind]),)
    filters = place.at("filters").table(table.get("filters", {}))
    return ColumnAsked(
        name=place.at("name").text(table.get("name")),
        label=place.at("label").text(table.get("label")),
        given=kind,
        of=of,
        over=Over(place.at("over").one_of(table.get("over", Over.PERIOD.value), tuple(Over))),
        filters={name: place.at("filters", name).texts(codes) for name, codes in filters.items()},
        framework=place.at("framework").text(table.get("framework", framework), empty=True),
        states=place.at("states").texts(table.get("states", [])),
        about=place.at("about").text(table.get("about", ""), empty=True),
        verified=place.at("verified").truth(table.get("verified", False)),
        source=place.at("source").text(table.get("source", ""), empty=True),
    )


def check_column(
    place: InFile,
    column: ColumnAsked,
    table: TableAsked,
    profile: str,
    frequency: str,
    catalogue: Catalogue,
) -> None:
    """Refuse a column that cannot be counted, or cannot be made safe by the profile."""
    if column.states and column.given is not Given.CLAIMS:
        raise place.at("states").wrong("only claims have states. Take it out.")
    if column.filters and not column.counted:
        raise place.at("filters").wrong("only what is counted is kept to codes. Take it out.")
    if column.given is Given.MEASURE:
        _check_measure(place, column, table, profile, frequency, catalogue)
    elif column.given is Given.COUNTED:
        _check_counted(place, column, table, profile)
    elif column.given is Given.CLAIMS:
        place.at("claims").one_of(column.of[0], CLAIM_FIGURES)
        for step in column.states:
            place.at("states").one_of(step, CLAIM_STEPS)
        if not column.framework:
            raise place.at("framework").wrong("say under which framework the claims are: here, or above.")
        if column.over not in _PUBLISHED:
            raise place.at("over").wrong(f"claims are told for {', '.join(_PUBLISHED)}.")
    elif column.given in (Given.SHARE, Given.CHANGE):
        before = {one.name: one for one in table.columns[: table.columns.index(column)]}
        for name in column.of:
            if name not in before or not before[name].counted:
                raise place.at(column.given).wrong(f"{name!r} is no counted column of this table before it.")


def _check_measure(
    place: InFile,
    column: ColumnAsked,
    table: TableAsked,
    profile: str,
    frequency: str,
    catalogue: Catalogue,
) -> None:
    measure = catalogue.measures.get(column.of[0])
    if measure is None:
        raise place.at("measure").wrong(
            f"there is no measure {column.of[0]!r}. Known are: {', '.join(catalogue.measures)}."
        )
    if measure.derived:
        raise place.at("measure").wrong(
            f"{measure.name} is worked out from others. Count those, and add a column `share` of the two."
        )
    asked = {*table.rows, *column.filters}
    timed = column.over is not Over.TO_DATE
    for name in (*asked, *((frequency,) if timed else ())):
        if name not in measure.dimensions:
            fix = (
                'Count it with over = "to_date".'
                if name == frequency
                else f"It has: {', '.join(measure.dimensions)}."
            )
            raise place.at("measure").wrong(f"{measure.name} is not counted by {name}. {fix}")
    if timed and asked & {"month", "quarter", "year"}:
        raise place.wrong(
            'the period is a time already. Take the time out of rows and filters, or over = "to_date".'
        )
    _check_possible(place, column, table, measure, catalogue)
    if profile == "dashboard":
        _check_question(place, column, table, frequency, catalogue)
    elif column.over not in _PUBLISHED:
        raise place.at("over").wrong(
            f"a return of the profile publication is about {', '.join(_PUBLISHED)}: other periods were published then."
        )


def _check_possible(
    place: InFile, column: ColumnAsked, table: TableAsked, measure: Measure, catalogue: Catalogue
) -> None:
    for dimension, codes in column.filters.items():
        for code in codes:
            if not catalogue.possible(measure, dimension, code):
                raise place.at("filters", dimension).wrong(f"{measure.name} can have no code {code!r}.")
        if dimension in table.rows:
            raise place.at("filters", dimension).wrong("the rows tell it already. Take it out of one.")


def _check_question(
    place: InFile, column: ColumnAsked, table: TableAsked, frequency: str, catalogue: Catalogue
) -> None:
    """What the dashboard shows is asked as the dashboard is: each dimension by one code or by all, three at most."""
    if column.over is Over.YEAR_TO_DATE and frequency == "quarter":
        raise place.at("over").wrong("the dashboard has no figure for a part of a year. Ask for the period.")
    dimensions = {*table.rows, *column.filters, *(() if column.over is Over.TO_DATE else (frequency,))}
    if len(dimensions) > MOST_DIMENSIONS or not catalogue.goes_together(dimensions):
        raise place.wrong(
            f"the dashboard does not tell {', '.join(sorted(dimensions))} together (data/catalogue.toml). Ask for "
            "fewer."
        )
    for dimension, codes in column.filters.items():
        if len(codes) != 1:
            raise place.at("filters", dimension).wrong("the dashboard tells one code or all. Name one.")


def _check_counted(place: InFile, column: ColumnAsked, table: TableAsked, profile: str) -> None:
    measure = RETURN_MEASURES.get(column.of[0])
    if measure is None:
        raise place.at("counted").wrong(
            f"there is no measure of returns {column.of[0]!r}. Known are: {', '.join(RETURN_MEASURES)}."
        )
    if profile == "dashboard":
        raise place.at("counted").wrong("the dashboard does not tell it. Use the profile publication.")
    for name in (*table.rows, *column.filters):
        if name not in measure.dimensions:
            raise place.at("counted").wrong(
                f"{measure.name} is not counted by {name}. It has: {', '.join(measure.dimensions)}."
            )
    for dimension in column.filters:
        if dimension in table.rows:
            raise place.at("filters", dimension).wrong("the rows tell it already. Take it out of one.")
    if column.over is Over.YEAR_TO_DATE and measure.when is When.OPEN_AT_END:
        raise place.at("over").wrong("what is open at a date has no year to date. Ask for the period.")
    if column.over not in (Over.PERIOD, Over.YEAR_TO_DATE):
        raise place.at("over").wrong("a measure of returns is told for period or year_to_date.")
