"""How far records find their people: measures of linkage, as exact counts that know nobody."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum

import polars as pl

from outcomes import Framework
from outcomes.rules import extracts_of
from pipelines import identifiers
from pipelines.policy import Policy
from pipelines.pseudonymise.coarse import UNKNOWN, age_band, age_on
from pipelines.pseudonymise.newest import COVERS_TO
from pipelines.pseudonymise.people import worked_with
from pipelines.pseudonymise.visible import Visible

# Everybody that the council works with is in this extract: it is what others are matched to.
CASE_SYSTEM = "family_member"
GROUPS = ("ethnic_group", "age_band", "sex")
ALL = "all"


class Measure(StrEnum):
    """What was measured. Each is a share: `part` of `whole`."""

    MATCHED = "matched"
    DECIDED = "decided"
    KNOWN = "people_known"
    BY_NUMBER = "by_number"
    BY_NAME = "by_name"
    BY_ANSWER = "by_answer"
    FOUND_BLIND = "found_blind"
    RESTING = "needs_resting"
    AT_RISK = "needs_at_risk"


MEANINGS: Mapping[Measure, str] = {
    Measure.MATCHED: "rows about people; of them, about somebody in a family worked with",
    Measure.DECIDED: (
        "rows that could be about somebody in a family worked with (matched; too little in the row to look by; so like "
        "somebody that a person must say; or, by estimate, missed); of them, matched"
    ),
    Measure.KNOWN: "people in the extract; of them, known to the case system",
    Measure.BY_NUMBER: "rows matched to a family worked with; of them, by a number",
    Measure.BY_NAME: "rows matched to a family worked with; of them, by name, birth and place",
    Measure.BY_ANSWER: "rows matched to a family worked with; of them, because a person said so in review",
    Measure.FOUND_BLIND: "pairs of records that agree on a number; of them, found again without looking at numbers",
    Measure.RESTING: "needs identified; of them, those whose rule reads the extract",
    Measure.AT_RISK: "needs identified; of them, those whose rule reads a poorly matched extract",
}
# How a record came to its person (`how`, as linkage tells it), and what it rests on.
_RESTS_ON: Mapping[Measure, tuple[str, ...]] = {
    Measure.BY_NUMBER: ("own", "number"),
    Measure.BY_NAME: ("name", "likely"),
    Measure.BY_ANSWER: ("judged",),
}
# Of fewer pairs than this the share found blind is chance more than it is an estimate: then that of all pairs counts.
_FEWEST_PAIRS = 100
# `whole_units` and `part_units`: how many families, or people of no family, are behind each count.
COUNTED = pl.Schema(
    {
        "measure": pl.String,
        "dimension": pl.String,
        "code": pl.String,
        "whole": pl.Int64,
        "part": pl.Int64,
        "whole_units": pl.Int64,
        "part_units": pl.Int64,
    }
)


def people_worked_with(
    seen: Visible,
    persons: pl.DataFrame,
    memberships: pl.DataFrame,
    files: pl.DataFrame,
    *,
    policy: Policy,
    as_of: date,
) -> pl.DataFrame:
    """Everybody in a family worked with, once: `person`, `family` (the first reference), and the groups of GROUPS.

    `seen`: what the policy lets through (pseudonymise.visible). `persons`: `contract, file, row, person`.
    `memberships`: `family_ref, person, from_date`. `files`: `extract, file, covers_to`. Ages are those on the as-of
    date; where rows disagree, the first known value counts, as in the release.
    """
    dated = seen["family_episode"].join(
        files.filter(pl.col("extract") == "family_episode").select("file", COVERS_TO), on="file", how="left"
    )
    families = worked_with(dated, as_of)["family_ref"].unique()
    worked = (
        memberships.filter(
            pl.col("family_ref").is_in(families.implode()),
            pl.col("from_date").is_null() | (pl.col("from_date") <= as_of),
        )
        .group_by("person")
        .agg(pl.col("family_ref").min().alias("family"))
    )
    own = persons.filter(pl.col("contract") == CASE_SYSTEM).select("file", "row", "person")
    facts = (
        seen[CASE_SYSTEM]
        .join(own, on=["file", "row"])
        .sort("file", "row")
        .group_by("person", maintain_order=True)
        .agg(pl.col(name).drop_nulls().first() for name in ("date_of_birth", "sex", "ethnicity"))
    )
    return (
        worked.join(facts, on="person", how="left")
        .with_columns(as_of=pl.lit(as_of))
        .select(
            "person",
            "family",
            pl.col("ethnicity").fill_null(UNKNOWN).alias("ethnic_group"),
            age_band(age_on("as_of", "date_of_birth"), policy.age_bands).alias("age_band"),
            pl.col("sex").fill_null("U").alias("sex"),
        )
        .sort("person")
    )


def measure_linkage(
    records: pl.DataFrame,
    persons: pl.DataFrame,
    worked: pl.DataFrame,
    *,
    reviews: pl.DataFrame | None = None,
    blind: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Counts of every measure but those of needs (columns of COUNTED), by extract, and by group where it is known.

    `records`: identified records. `persons`: `record_id, contract, person` and, where linkage tells, `how`. `worked`:
    as people_worked_with gives it. `reviews`: `record_id_a, record_id_b` of pairs that wait for a person's answer.
    `blind`: `record_id_a, record_id_b, found`: pairs that agree on a valid number, judged without it. What share of
    them is found again tells how many rows that can only be matched by name are missed: where three in four are found,
    thirty matched rows stand for forty.
    """
    rows = persons.join(worked.select("person", "family"), on="person", how="left").with_columns(
        matched=pl.col("family").is_not_null(),
        unit=pl.coalesce("family", pl.col("person").cast(pl.String)),
    )
    undecided = _too_little(records, rows)
    if reviews is not None:
        undecided = pl.concat([undecided, _waiting(reviews, rows)]).unique()
    could = rows.with_columns(
        could=pl.col("matched") | pl.col("record_id").is_in(undecided["record_id"].implode())
    )
    pairs = None if blind is None else _pairs(blind, rows, worked)
    decided = _by_extract(could, Measure.DECIDED, pl.col("could"), pl.col("matched"))
    parts = [
        _by_extract(could, Measure.MATCHED, pl.lit(True), pl.col("matched")),
        decided if pairs is None else _with_missed(decided, rows, pairs),
        _known(rows),
    ]
    if "how" in persons.columns:
        parts += [
            _by_extract(could, measure, pl.col("matched"), pl.col("how").is_in(ways), all_together=False)
            for measure, ways in _RESTS_ON.items()
        ]
    if pairs is not None:
        parts.append(_blind(pairs))
    return pl.concat([COUNTED.to_frame(), *parts]).sort("measure", "dimension", "code")


def with_every_line(counted: pl.DataFrame, dimensions: pl.DataFrame) -> pl.DataFrame:
    """`counted` with a line of noughts for every extract and group of which nothing was counted.

    `dimensions`: `dimension, code` of all codes. What is withheld and what is nobody then look the same, in one release
    and from one to the next.
    """
    extracts = counted.filter(measure=Measure.MATCHED.value, dimension="extract").select("dimension", "code")
    partners = extracts.filter(pl.col("code") != CASE_SYSTEM)
    # A pair of records is about a person, never about a whole family.
    groups = dimensions.filter(pl.col("dimension").is_in(GROUPS), pl.col("code") != "family")
    lists = {
        **dict.fromkeys((Measure.DECIDED, *_RESTS_ON), extracts),
        Measure.KNOWN: partners,
        Measure.FOUND_BLIND: pl.concat(
            [groups.select("dimension", "code"), pl.DataFrame({"dimension": [ALL], "code": [ALL]})]
        ),
    }
    every = pl.concat(
        codes.select(pl.lit(measure.value).alias("measure"), "dimension", "code")
        for measure, codes in lists.items()
    )
    lacking = every.join(counted, on=["measure", "dimension", "code"], how="anti")
    noughts = lacking.with_columns(pl.lit(0, pl.Int64).alias(name) for name in COUNTED.names()[3:])
    return pl.concat([counted, noughts]).sort("measure", "dimension", "code")


def poorly_matched(counted: pl.DataFrame, rate: float) -> list[str]:
    """The extracts of which less than `rate` (0 to 1) of the rows that could be matched were, in order."""
    return (
        counted.filter(
            pl.col("measure") == Measure.DECIDED,
            pl.col("dimension") == "extract",
            pl.col("part") < rate * pl.col("whole"),
        )["code"]
        .sort()
        .to_list()
    )


def measure_needs(needs: pl.DataFrame, framework: Framework, poor: Sequence[str]) -> pl.DataFrame:
    """Counts of the measures of needs (columns of COUNTED): how many rest on each extract, and on a poorly matched one.

    `needs`: `family, need_code, headline`, a row a need.
    """
    reads = {need.code: extracts_of(need.rule) for need in framework.needs}
    extracts = sorted(frozenset().union(*reads.values()))
    weak = [code for code, read in reads.items() if read & set(poor)]
    rows = needs.select("headline", "need_code", unit="family")
    parts = [
        _counted(rows, Measure.RESTING, "extract", pl.lit(extract), pl.lit(True), _of(reads, extract))
        for extract in extracts
    ]
    at_risk = pl.col("need_code").is_in(weak)
    parts.append(_counted(rows, Measure.AT_RISK, "headline", pl.col("headline"), pl.lit(True), at_risk))
    parts.append(_counted(rows, Measure.AT_RISK, ALL, pl.lit(ALL), pl.lit(True), at_risk))
    return pl.concat([COUNTED.to_frame(), *parts]).sort("measure", "dimension", "code")


def needs_by_extract(frameworks: Iterable[Framework]) -> dict[str, list[str]]:
    """For each extract, the codes of the needs, and of the kinds of claim, whose rules read it, in the order of the
    frameworks, each once."""
    found: dict[str, list[str]] = {}
    for framework in frameworks:
        rules = [(need.code, need.rule) for need in framework.needs]
        rules += [(kind.code, kind.rule) for kind in framework.claims if kind.rule]
        for code, rule in rules:
            for extract in sorted(extracts_of(rule)):
                codes = found.setdefault(extract, [])
                if code not in codes:
                    codes.append(code)
    return found


def _of(reads: Mapping[str, Iterable[str]], extract: str) -> pl.Expr:
    return pl.col("need_code").is_in([code for code, read in reads.items() if extract in read])


def _too_little(records: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """`record_id` of the unmatched records that name nobody well enough to be looked for: no valid number, and no
    forename and surname with either a date of birth or a place."""
    unmatched = records.join(rows.filter(~pl.col("matched")).select("record_id"), on="record_id", how="semi")
    given = {name: pl.col(name).is_not_null() for name in unmatched.columns}
    place = given["postcode"] | given["uprn"] if "uprn" in given else given["postcode"]
    named = given["forename"] & given["surname"] & (given["date_of_birth"] | place)
    # Numbers are checked where nothing else tells: few rows.
    bare = unmatched.filter(~named)
    valid = (
        identifiers.valid_nhs_number(pl.col("nhs_number")),
        identifiers.valid_upn(pl.col("upn")),
        identifiers.valid_nino(pl.col("nino")),
    )
    return bare.filter(~pl.any_horizontal(one.fill_null(False) for one in valid)).select("record_id")


def _waiting(reviews: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """`record_id` of the unmatched records in a pair with a matched one that waits for an answer."""
    matched = rows.filter("matched").select("record_id")
    both = pl.concat(
        [
            reviews.select(record_id="record_id_a", other="record_id_b"),
            reviews.select(record_id="record_id_b", other="record_id_a"),
        ]
    )
    return (
        both.join(matched, left_on="other", right_on="record_id", how="semi")
        .join(matched, on="record_id", how="anti")
        .select("record_id")
        .unique()
    )


def _by_extract(
    rows: pl.DataFrame, measure: Measure, whole: pl.Expr, part: pl.Expr, *, all_together: bool = True
) -> pl.DataFrame:
    """A measure by extract, and of all partners' extracts together."""
    counts = [_counted(rows, measure, "extract", pl.col("contract"), whole, part)]
    if all_together:
        partners = rows.filter(pl.col("contract") != CASE_SYSTEM)
        counts.append(_counted(partners, measure, ALL, pl.lit(ALL), whole, part))
    return pl.concat(counts)


def _known(rows: pl.DataFrame) -> pl.DataFrame:
    """Of the people in each partner's extract, who is known to the case system."""
    known = rows.filter(pl.col("contract") == CASE_SYSTEM)["person"].unique()
    people = rows.filter(pl.col("contract") != CASE_SYSTEM).unique(["contract", "person"])
    found = pl.col("person").is_in(known.implode())
    return _counted(people, Measure.KNOWN, "extract", pl.col("contract"), pl.lit(True), found)


def _pairs(blind: pl.DataFrame, rows: pl.DataFrame, worked: pl.DataFrame) -> pl.DataFrame:
    """The blind pairs with `unit`, `contract`, `contract_b` and the groups of whoever is in a family worked with."""
    facts = rows.select("record_id", "person", "unit", "contract", "family").join(
        worked.drop("family"), on="person", how="left"
    )
    pairs = blind.join(facts, left_on="record_id_a", right_on="record_id").join(
        facts, left_on="record_id_b", right_on="record_id", suffix="_b"
    )
    return pairs.with_columns(
        unit=pl.coalesce("family", "family_b", "unit"),
        **{group: pl.coalesce(group, f"{group}_b") for group in GROUPS},
    )


def _with_missed(decided: pl.DataFrame, rows: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Add to the partners' rows that could be matched those that were missed, by estimate."""
    ends = pl.concat([pairs.select("contract", "found"), pairs.select(contract="contract_b", found="found")])
    by_extract = ends.group_by("contract").agg(pl.col("found").sum(), pl.len().alias("pairs"))
    by_name = pl.lit(True)
    if "how" in rows.columns:
        by_name = pl.col("how").is_in(_RESTS_ON[Measure.BY_NAME])
    few = pl.col("pairs").fill_null(0) < _FEWEST_PAIRS
    missed = (
        rows.filter(pl.col("matched") & by_name & (pl.col("contract") != CASE_SYSTEM))
        .group_by("contract")
        .len("named")
        .join(by_extract, on="contract", how="left")
        .with_columns(
            found=pl.when(few).then(pl.lit(pairs["found"].sum())).otherwise("found"),
            pairs=pl.when(few).then(pl.lit(pairs.height)).otherwise("pairs"),
        )
        .select(code="contract", missed=_missed())
    )
    together = pl.DataFrame({"code": [ALL], "missed": [missed["missed"].sum()]}, schema=missed.schema)
    every = pl.concat([missed, together])
    return (
        decided.join(every, on="code", how="left", maintain_order="left")
        .with_columns(whole=pl.col("whole") + pl.col("missed").fill_null(0))
        .drop("missed")
    )


def _missed() -> pl.Expr:
    """How many rows are missed for `named` that were found, where `found` of `pairs` are; none where none is known."""
    missing = pl.col("named") * (pl.col("pairs") - pl.col("found")) / pl.col("found")
    return pl.when(pl.col("found") > 0).then(missing.round()).otherwise(0).cast(pl.Int64)


def _blind(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs found again without numbers, of all, and by group where one of the two is in a family worked with."""
    everybody, found = pl.lit(True), pl.col("found")
    counts = [_counted(pairs, Measure.FOUND_BLIND, ALL, pl.lit(ALL), everybody, found)]
    counts += [
        _counted(
            pairs.filter(pl.col(group).is_not_null()),
            Measure.FOUND_BLIND,
            group,
            pl.col(group),
            everybody,
            found,
        )
        for group in GROUPS
    ]
    return pl.concat(counts)


def _counted(
    rows: pl.DataFrame, measure: Measure, dimension: str, code: pl.Expr, whole: pl.Expr, part: pl.Expr
) -> pl.DataFrame:
    """A measure by `code`: rows in `whole`, those of them in `part`, and how many different `unit` are behind each."""
    return (
        rows.select("unit", code=code, whole=whole, part=whole & part)
        .filter(pl.col("whole") & pl.col("code").is_not_null())
        .group_by("code")
        .agg(
            pl.len().cast(pl.Int64).alias("whole"),
            pl.col("part").sum().cast(pl.Int64),
            pl.col("unit").n_unique().cast(pl.Int64).alias("whole_units"),
            pl.col("unit").filter("part").n_unique().cast(pl.Int64).alias("part_units"),
        )
        .select(
            pl.lit(measure.value).alias("measure"),
            pl.lit(dimension).alias("dimension"),
            "code",
            "whole",
            "part",
            "whole_units",
            "part_units",
        )
    )
