"""The rows of an extract as they are in the protected file, before anything is made safe: for this room alone."""

from collections.abc import Iterable
from typing import Final

import polars as pl

from custody.finding import ProtectedRelease
from custody.microdata.shifting import shifted
from release.microdata import (
    NO_NEED,
    OPEN,
    UNKNOWN,
    WHOLE_FAMILY,
    Asked,
    Column,
    Dates,
    ExtractError,
    Microdata,
    capped,
    codes_of,
)

# What a row is, and whose it is: names that no column can have.
ROW, FAMILY = "row_token", "family_token"
_CHILDREN: Final = ("unborn", "0-4", "5-10", "11-15", "16-17")
# Worked out of the needs of one framework, whose are meant.
_OF_NEEDS: Final = frozenset(
    f"{table}.{name}" for table in ("made", "own") for name in ("needs", "first_headline", "outcome")
)
_NEEDS: Final = (
    "need.need_code, need.headline, need.state, need.identified_on FROM protected.need "
    "JOIN protected.episode USING (episode)"
)
_DONE: Final = ("sustained", "waived")
_ROWS: Final = {
    "family": "SELECT family AS row, family FROM protected.family",
    "person": (
        'SELECT person || \' \' || family AS row, family, age_band AS "person.age_band", sex AS "person.sex", '
        'ethnic_group AS "person.ethnic_group", role AS "person.role" FROM protected.person'
    ),
    "episode": (
        'SELECT episode AS row, family, referral_source AS "episode.referral_source", '
        'start_month AS "episode.start_month", end_month AS "episode.end_month", '
        'closure_reason AS "episode.closure_reason", wait AS "episode.wait", members AS "episode.members" '
        "FROM protected.episode"
    ),
    "need": (
        "SELECT need.episode || ' ' || coalesce(need.person, '') || ' ' || need.need_code AS row, episode.family, "
        'person.age_band AS "person.age_band", person.sex AS "person.sex", '
        'person.ethnic_group AS "person.ethnic_group", person.role AS "person.role", '
        "need.person IS NULL AS of_family, "
        'episode.referral_source AS "episode.referral_source", episode.start_month AS "episode.start_month", '
        'episode.end_month AS "episode.end_month", episode.closure_reason AS "episode.closure_reason", '
        'episode.wait AS "episode.wait", episode.members AS "episode.members", '
        'need.headline AS "need.headline", need.need_code AS "need.need_code", need.state AS "need.state", '
        "strftime(need.identified_on, '%Y-%m') AS \"need.identified_month\", "
        "strftime(need.achieved_on, '%Y-%m') AS \"need.achieved_month\", "
        "strftime(need.sustained_on, '%Y-%m') AS \"need.sustained_month\" "
        "FROM protected.need JOIN protected.episode USING (episode) "
        "LEFT JOIN (SELECT * FROM protected.person QUALIFY row_number() OVER (PARTITION BY person ORDER BY family) = 1)"
        " AS person ON person.person = need.person WHERE need.framework = ?"
    ),
}
_FAMILY_ROWS: Final = (
    'SELECT family, locality AS "family.locality", ward AS "family.ward", '
    'referral_source AS "family.referral_source", start_month AS "family.start_month", '
    'end_month AS "family.end_month", size AS "family.size", episodes AS "family.episodes" FROM protected.family'
)


def read_rows(
    release: ProtectedRelease, dimensions: pl.DataFrame, microdata: Microdata, asked: Asked, project_key: str
) -> pl.DataFrame:
    """The rows that are asked for: `row_token` and `family_token` (pseudonyms still), then each asked column as codes
    of its list, or months. With shifted dates all months of a family are moved alike. Raises ExtractError where the
    needs of no one framework are meant, EvidenceError where the release is of an earlier schema."""
    columns = [microdata.columns[name] for name in asked.columns]
    framework = ""
    if tells_needs(asked, columns):
        framework = _framework(release, asked)
    rows = release.rows(_ROWS[asked.unit], *([framework] if asked.unit == "need" else []))
    rows = rows.join(release.rows(_FAMILY_ROWS), on="family", how="left")
    for source in sorted({column.source for column in columns}):
        if source.startswith("own."):
            rows = rows.join(_own(release, source, framework), on="row", how="left")
        elif source.startswith("made."):
            rows = rows.join(_made(release, source, framework), on="family", how="left")
    if not rows.height:
        raise ExtractError(
            f"The release {release.name} holds no rows about a {asked.unit}: nothing can be given."
        )
    # In an order of their own: that of the file must decide nothing.
    told = rows.sort("row").select(
        pl.col("row").alias(ROW),
        pl.col("family").alias(FAMILY),
        *(_told(column, dimensions, rows.columns).alias(column.name) for column in columns),
    )
    months = [column.name for column in columns if column.calendar]
    if asked.dates is Dates.SHIFTED and months:
        last = f"{release.as_of:%Y-%m}"
        told = shifted(told, FAMILY, months, microdata.shift, last, project_key)
    return told


def tells_needs(asked: Asked, columns: Iterable[Column]) -> bool:
    """Whether the rows tell anything of needs, which are those of one framework."""
    return asked.unit == "need" or any(column.source in _OF_NEEDS for column in columns)


def _framework(release: ProtectedRelease, asked: Asked) -> str:
    there = release.rows("SELECT DISTINCT framework FROM protected.need ORDER BY framework")[
        "framework"
    ].to_list()
    if asked.framework:
        if asked.framework not in there:
            raise ExtractError(
                f"The release {release.name} holds no needs of that framework. There are: {', '.join(there) or 'none'}."
            )
        return asked.framework
    if len(there) != 1:
        raise ExtractError(
            f"Say whose needs are meant: one of the frameworks {', '.join(there) or '(none)'}."
        )
    return str(there[0])


def _told(column: Column, dimensions: pl.DataFrame, there: list[str]) -> pl.Expr:
    """A column by the codes of its list; what the list lacks is not known."""
    value = pl.col(column.source)
    if column.calendar:
        return value.fill_null(OPEN if column.source.endswith("end_month") else UNKNOWN)
    if column.most:
        return capped(value.fill_null(0).clip(0), column.most)
    known = [code for code, _words in codes_of(column, dimensions)]
    fallback = pl.lit(UNKNOWN if UNKNOWN in known else known[-1])
    told = pl.when(value.is_in(known)).then(value).otherwise(fallback)
    if "of_family" in there and column.source.startswith("person.") and WHOLE_FAMILY in known:
        told = pl.when(pl.col("of_family")).then(pl.lit(WHOLE_FAMILY)).otherwise(told)
    return told


def _made(release: ProtectedRelease, source: str, framework: str) -> pl.DataFrame:
    """What is worked out of a family from several rows: `family` and the source."""
    if source == "made.children":
        people = release.rows("SELECT family, age_band FROM protected.person")
        return people.group_by("family").agg(
            pl.col("age_band").is_in(_CHILDREN).sum().cast(pl.Int64).alias(source)
        )
    if source == "made.last_closure":
        spells = release.rows("SELECT family, episode, start_month, closure_reason FROM protected.episode")
        ordered = spells.sort("family", "start_month", "episode", nulls_last=False)
        return ordered.group_by("family").agg(pl.col("closure_reason").last().alias(source))
    needs = release.rows(
        f"SELECT episode.family AS whose, {_NEEDS} WHERE need.framework = ?",
        framework,
    )
    whose = release.rows("SELECT family AS whose FROM protected.family")
    return _of_needs(source, whose, needs).rename({"whose": "family"})


def _own(release: ProtectedRelease, source: str, framework: str) -> pl.DataFrame:
    """What is worked out of a person's own needs: `row` and the source."""
    needs = release.rows(
        f"SELECT need.person || ' ' || episode.family AS whose, {_NEEDS} "
        "WHERE need.framework = ? AND need.person IS NOT NULL",
        framework,
    )
    people = release.rows("SELECT person || ' ' || family AS whose FROM protected.person")
    return _of_needs(source, people, needs).rename({"whose": "row"})


def _of_needs(source: str, whose: pl.DataFrame, needs: pl.DataFrame) -> pl.DataFrame:
    """What needs (`whose`, need_code, headline, state, identified_on) come to, of everybody in `whose`."""
    what = source.split(".")[1]
    if what == "first_headline":
        order = _in_order(needs["headline"].unique().to_list())
        ordered = needs.with_columns(
            pl.col("headline").replace_strict(order, default=len(order), return_dtype=pl.Int64).alias("order")
        ).sort("whose", "identified_on", "order")
        found = ordered.group_by("whose").agg(pl.col("headline").first().alias(source))
        return whose.join(found, on="whose", how="left").with_columns(pl.col(source).fill_null(NO_NEED))
    if what == "needs":
        found = needs.group_by("whose").agg(pl.col("need_code").n_unique().cast(pl.Int64).alias(source))
        return whose.join(found, on="whose", how="left").with_columns(pl.col(source).fill_null(0))
    met = needs.group_by("whose").agg(pl.col("state").is_in(_DONE).mean().alias("met"))
    share = pl.col("met")
    return whose.join(met, on="whose", how="left").select(
        "whose",
        pl.when(share.is_null())
        .then(pl.lit(NO_NEED))
        .when(share == 0)
        .then(pl.lit("none"))
        .when(share == 1)
        .then(pl.lit("all"))
        .otherwise(pl.lit("some"))
        .alias(source),
    )


def _in_order(codes: list[str]) -> dict[str, int]:
    """Codes in the order that people count in: 2 before 10."""
    ordered = sorted((code for code in codes if code), key=lambda code: (len(code), code))
    return {code: place for place, code in enumerate(ordered)}
