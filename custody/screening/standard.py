"""What the Explore Education Statistics standard knows by name: columns, levels, times, units, symbols, places.

From the Department for Education's analysts' guide (statistics-production/ud.qmd), as of 2026.
"""

from dataclasses import dataclass
from typing import Final

REQUIRED: Final = ("time_period", "time_identifier", "geographic_level", "country_code", "country_name")
META_REQUIRED: Final = (
    "col_name",
    "col_type",
    "label",
    "indicator_grouping",
    "indicator_unit",
    "indicator_dp",
    "filter_hint",
    "filter_grouping_column",
)
META_OPTIONAL: Final = ("filter_default",)
UNITS: Final = frozenset({"", "£", "£m", "%", "pp", "numberstring"})
SYMBOLS: Final = frozenset({"c", "k", "low", "u", "x", "z"})
OLD_SYMBOLS: Final = frozenset({"~", ":", "*", "**", ".", "..", "-", "--", "–", "—", "N/A", "n/a", "#", "!"})
NULLS: Final = frozenset(
    {"NULL", "Null", "null", "NA", "na", "Na", "NaN", "nan", "NAN", "None", "none", "<NA>", "#N/A"}
)
TOTAL: Final = "Total"
TOTALS: Final = frozenset({"Total", "total", "All", "all"})
NOT_AVAILABLE: Final = "Not available"

_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
# What may stand together in one file, and how many digits its time_period has.
TIMES: Final = (
    (frozenset({"Calendar year"}), 4),
    (frozenset({"Reporting year"}), 4),
    (frozenset({"Academic year"}), 6),
    (frozenset({"Financial year"}), 6),
    (frozenset({f"Financial year Q{quarter}" for quarter in range(1, 5)}), 6),
    (frozenset({"Part 1 (April to September)", "Part 2 (October to March)"}), 6),
    (frozenset({"Tax year"}), 6),
    (frozenset({"Autumn term", "Spring term", "Summer term"}), 6),
    (frozenset({"Autumn and spring term"}), 6),
    (frozenset(_MONTHS), 4),
    (frozenset({f"Week {week}" for week in range(1, 53)}), 4),
)


@dataclass(frozen=True, slots=True)
class Level:
    """A geographic level: the columns that its rows need, and of them the pairs of code and name. `above`: other levels
    whose columns its rows may have. `ignored`: the table tool does not read it beside other levels."""

    name: str
    columns: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...] = ()
    above: tuple[str, ...] = ()
    ignored: bool = False


_PLACED: Final = ("Regional", "Local authority")
LEVELS: Final = {
    level.name: level
    for level in (
        Level("National", ()),
        Level("Regional", ("region_code", "region_name"), (("region_code", "region_name"),)),
        Level(
            "Local authority",
            ("old_la_code", "new_la_code", "la_name"),
            (("new_la_code", "la_name"), ("old_la_code", "la_name")),
            ("Regional",),
        ),
        Level("RSC region", ("rsc_region_lead_name",)),
        Level(
            "Parliamentary constituency", ("pcon_code", "pcon_name"), (("pcon_code", "pcon_name"),), _PLACED
        ),
        Level("Local authority district", ("lad_code", "lad_name"), (("lad_code", "lad_name"),), _PLACED),
        Level(
            "Local skills improvement plan area",
            ("lsip_code", "lsip_name"),
            (("lsip_code", "lsip_name"),),
            ("Regional",),
        ),
        Level(
            "Local enterprise partnership",
            ("local_enterprise_partnership_code", "local_enterprise_partnership_name"),
            (("local_enterprise_partnership_code", "local_enterprise_partnership_name"),),
            ("Regional",),
        ),
        Level(
            "English devolved area",
            ("english_devolved_area_code", "english_devolved_area_name"),
            (("english_devolved_area_code", "english_devolved_area_name"),),
            ("Regional",),
        ),
        Level(
            "Opportunity area",
            ("opportunity_area_code", "opportunity_area_name"),
            (("opportunity_area_code", "opportunity_area_name"),),
            _PLACED,
        ),
        Level(
            "Ward",
            ("ward_code", "ward_name"),
            (("ward_code", "ward_name"),),
            (*_PLACED, "Local authority district", "Parliamentary constituency"),
        ),
        Level("MAT", ("trust_id", "trust_name"), (("trust_id", "trust_name"),)),
        Level("Sponsor", ("sponsor_id", "sponsor_name"), (("sponsor_id", "sponsor_name"),)),
        Level(
            "School",
            ("school_name", "school_urn", "school_laestab"),
            (("school_urn", "school_name"),),
            (*_PLACED, "Local authority district", "Parliamentary constituency", "Ward", "MAT", "Sponsor"),
            ignored=True,
        ),
        Level(
            "Provider",
            ("provider_name", "provider_ukprn"),
            (("provider_ukprn", "provider_name"),),
            (*_PLACED, "Local authority district", "English devolved area"),
            ignored=True,
        ),
        Level("Planning area", (), (), _PLACED, ignored=True),
        Level("Institution", (), (), _PLACED, ignored=True),
    )
}
_BESIDE: Final = ("planning_area_code", "planning_area_name", "institution_id", "institution_name")
OBSERVATIONAL: Final = frozenset(
    {*REQUIRED, *_BESIDE, *(column for level in LEVELS.values() for column in level.columns)}
)
# Statutory names and codes of the Office for National Statistics.
COUNTRIES: Final = {
    "E92000001": "England",
    "N92000002": "Northern Ireland",
    "S92000003": "Scotland",
    "W92000004": "Wales",
    "K02000001": "United Kingdom",
    "K03000001": "Great Britain",
    "K04000001": "England and Wales",
}
REGIONS: Final = {
    "E12000001": "North East",
    "E12000002": "North West",
    "E12000003": "Yorkshire and The Humber",
    "E12000004": "East Midlands",
    "E12000005": "West Midlands",
    "E12000006": "East of England",
    "E12000007": "London",
    "E12000008": "South East",
    "E12000009": "South West",
    "E13000001": "Inner London",
    "E13000002": "Outer London",
}
SEXES: Final = frozenset({"Female", "Male", "Unknown", TOTAL})
ETHNICITIES: Final = frozenset(
    {
        "White",
        "Mixed / Multiple ethnic groups",
        "Asian / Asian British",
        "Black / African / Caribbean / Black British",
        "Other ethnic group",
        "Unknown",
        TOTAL,
    }
)
