"""Families that would be eligible and that nobody works with: counted from what partners know, without identities."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from outcomes import Framework
from outcomes.rules import EXTRACTS
from pipelines.keys import Keys, Purpose
from pipelines.policy import Policy
from pipelines.pseudonymise.events import school_calendar
from pipelines.pseudonymise.newest import COVERS_TO, newest
from pipelines.pseudonymise.visible import FOR_RULES, Visible, visible_to_rules
from pipelines.signs import ATTENDANCE, CHILD, Sign

_TABLE = pl.Schema(
    {
        "household": pl.String,
        "framework": pl.String,
        "needs": pl.Int64,
        "headlines": pl.Int64,
        "record_key": pl.UInt64,
    }
)
_BY_HEADLINE = pl.Schema({"household": pl.String, "framework": pl.String, "headline": pl.String})
_SHOWN = pl.Schema({"household": pl.String, "need": pl.String})


@dataclass(frozen=True)
class Possible:
    """Households that would be eligible.

    `table`, `by_headline`: the tables `possible_family` and `possible_headline` of a release. `unseen`: the
    extracts of signs that the policy keeps back.
    """

    table: pl.DataFrame
    by_headline: pl.DataFrame
    unseen: tuple[str, ...] = ()


def nobody_possible() -> Possible:
    """Nothing looked for."""
    return Possible(_TABLE.to_frame(), _BY_HEADLINE.to_frame())


def possible_families(
    seen: Visible,
    persons: pl.DataFrame,
    households: pl.DataFrame,
    files: pl.DataFrame,
    signs: Sequence[Sign],
    frameworks: Sequence[Framework],
    *,
    keys: Keys,
    policy: Policy,
    as_of: date,
) -> Possible:
    """The households that show signs of as many needs as a framework asks for.

    `seen`: contract to good rows, as far as the policy lets them through. `persons`: `contract, file, row, person`.
    `households`: `person, household, is_child`, of people in no family worked with. `files`: `extract, file,
    covers_to`.
    A framework that asks for a child or an expectant parent wants somebody under 18 on the as-of date: whether somebody
    expects a child, partners do not tell. One that asks for no need is left out.
    """
    shown = [_SHOWN.to_frame()]
    unseen = []
    for extract in sorted({sign.extract for sign in signs}):
        of_extract = [sign for sign in signs if sign.extract == extract]
        frame = visible_to_rules(extract, seen[extract], policy)
        if _is_kept_back(extract, of_extract, policy):
            unseen.append(extract)
        records = _records(frame, extract, persons, households, files)
        shown += [_shown(records, sign, as_of) for sign in of_extract]
    found = pl.concat(shown).unique()
    tokens = (
        keys.tokens(Purpose.HOUSEHOLD, found["household"])
        .join(keys.record_keys(Purpose.HOUSEHOLD, found["household"]), on="key")
        .rename({"key": "household"})
    )
    with_child = households.filter(pl.col("is_child").fill_null(False)).select("household").unique()
    tables, headlines = [_TABLE.to_frame()], [_BY_HEADLINE.to_frame()]
    for framework in frameworks:
        if not framework.needs or framework.eligibility.minimum == 0:
            continue
        known = pl.DataFrame(
            [(need.code, headline.id) for headline in framework.headlines for need in headline.needs],
            schema={"need": pl.String, "headline": pl.String},
            orient="row",
        )
        mine = found.join(known, on="need")
        if framework.eligibility.requires == "child_or_expectant_parent":
            mine = mine.join(with_child, on="household", how="semi")
        counted = "need" if framework.eligibility.count_by == "need" else "headline"
        mine = (
            mine.filter(pl.col(counted).n_unique().over("household") >= framework.eligibility.minimum)
            .join(tokens, on="household")
            .with_columns(household="token", framework=pl.lit(framework.id))
        )
        tables.append(
            mine.group_by("household", "framework").agg(
                pl.col("need").n_unique().cast(pl.Int64).alias("needs"),
                pl.col("headline").n_unique().cast(pl.Int64).alias("headlines"),
                pl.col("record_key").first(),
            )
        )
        headlines.append(mine.select(_BY_HEADLINE.names()).unique())
    return Possible(
        pl.concat(tables).sort("framework", "household"),
        pl.concat(headlines).sort("framework", "household", "headline"),
        tuple(unseen),
    )


def _is_kept_back(extract: str, signs: Sequence[Sign], policy: Policy) -> bool:
    """Whether the policy keeps back what one of the signs rests on: a day, or a code that it asks for."""
    if extract == ATTENDANCE:
        asked = {"term", "term_start", "term_end", "sessions_possible", "sessions_attended"}
    else:
        facts = EXTRACTS[extract]
        asked = {day for day in (facts.first_day, facts.last_day) if day is not None}
        asked |= {column for sign in signs for column, _codes in sign.where}
    return any(policy.decision(extract, column) not in FOR_RULES for column in asked)


def _records(
    frame: pl.DataFrame,
    extract: str,
    persons: pl.DataFrame,
    households: pl.DataFrame,
    files: pl.DataFrame,
) -> pl.DataFrame:
    """The records of an extract about people of these households, with `linked` (the person), `household, is_child`."""
    whose = (
        persons.filter(pl.col("contract") == extract)
        .select("file", "row", linked="person")
        .join(households.rename({"person": "linked"}), on="linked")
    )
    covers = files.filter(pl.col("extract") == extract).select("file", COVERS_TO)
    return frame.join(whose, on=["file", "row"]).join(covers, on="file", how="left")


def _shown(records: pl.DataFrame, sign: Sign, as_of: date) -> pl.DataFrame:
    """`household, need` of those of whom a record is a sign."""
    since = pl.lit(as_of).dt.offset_by(f"-{sign.months}mo")
    if sign.who is not None:
        records = records.filter(pl.col("is_child") == (sign.who == CHILD))
    if sign.extract == ATTENDANCE:
        found = _absent(records, sign, since, as_of)
    else:
        facts = EXTRACTS[sign.extract]
        first = pl.col(facts.first_day)
        last = pl.col(facts.last_day).fill_null(as_of) if facts.last_day else first
        found = records.filter(first <= as_of, last >= since, *_conditions(sign))
    return found.select("household", need=pl.lit(sign.need)).unique()


def _conditions(sign: Sign) -> list[pl.Expr]:
    said: list[pl.Expr] = []
    for column, codes in sign.where:
        if all(isinstance(code, bool) for code in codes):
            # Partners write yes and no.
            said.append(pl.col(column).is_in(["Y" if code else "N" for code in codes]))
        else:
            said.append(pl.col(column).is_in(list(codes)))
    return said


def _absent(records: pl.DataFrame, sign: Sign, since: pl.Expr, as_of: date) -> pl.DataFrame:
    """The pupils whose attendance over the two newest complete terms, with sessions in both, lies under the share."""
    assert sign.below is not None
    told = school_calendar(newest(records, ["linked", "school", "term_start"]))
    terms = (
        told.select("academic_year", "term", "term_start", "term_end")
        .unique()
        .filter(pl.col("term_end") <= as_of)
    )
    two = terms.sort("term_end", "term_start", descending=True).head(2)
    recent = two.filter(pl.col("term_end") >= since)
    if two.height < 2 or recent.is_empty():
        return records.clear()
    rows = told.join(two.select("academic_year", "term"), on=["academic_year", "term"]).unique(
        ["linked", "school", "academic_year", "term", "sessions_possible", "sessions_attended"]
    )
    sums = (
        rows.group_by("linked", "household", "academic_year", "term")
        .agg(pl.col("sessions_possible", "sessions_attended").sum())
        .filter(pl.col("sessions_possible") > 0)
        .group_by("linked", "household")
        .agg(pl.len().alias("terms"), pl.col("sessions_possible", "sessions_attended").sum())
    )
    under = (
        pl.col("sessions_attended") * sign.below.denominator
        < pl.col("sessions_possible") * sign.below.numerator
    )
    return sums.filter(pl.col("terms") == 2, under)
