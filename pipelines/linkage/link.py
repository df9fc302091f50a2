"""Linkage on exact agreement: valid identifiers, a sender's own number, and name + date of birth + postcode."""

from collections.abc import Callable, Sequence

import polars as pl

from pipelines import identifiers
from pipelines.linkage.components import components

# An identifier that stands beside more dates of birth than a person can be mistyped with is somebody's placeholder.
_MOST_DATES_OF_BIRTH = 4


def link(records: pl.DataFrame) -> pl.DataFrame:
    """Give every record its person.

    `records`: identified records of any number of sources, with `record_id` (unique) and `source`, and any of
    `forename, surname, also_known_as, date_of_birth, sex, postcode, address, uprn, nhs_number, upn, nino, own_key`,
    each nullable. Gives `record_id, person` (Int64, opaque, of meaning within this call only), a row for every
    record. Two records share a person where they agree on a valid NHS number, UPN or National Insurance number, on
    the sender's own number within a source, or on name, date of birth and postcode; and so on through others. A number
    that stands beside several forenames and dates of birth links only records that agree on one of these.
    A record with neither number nor date of birth joins the one person of its surname and initial at its property,
    if there is exactly one.
    """
    frame = _with_every_column(records)
    described = frame.with_columns(
        nhs_token=_valid("nhs_number", identifiers.valid_nhs_number),
        upn_token=_valid("upn", identifiers.valid_upn),
        nino_token=_valid("nino", identifiers.valid_nino),
        own_token=pl.when(pl.col("own_key").is_not_null()).then(
            pl.concat_str("source", pl.lit("|"), "own_key")
        ),
        surname_key=_letters("surname"),
        forename_key=_letters("forename"),
        property_key=pl.coalesce("uprn", _property()),
    )
    described = described.with_columns(
        name_token=pl.when(pl.col("surname_key") != "", pl.col("forename_key").str.len_chars() > 1).then(
            pl.concat_str("surname_key", "forename_key", "date_of_birth", _compact("postcode"), separator="|")
        ),
    )
    numbers = ["nhs_token", "upn_token", "nino_token"]
    described = _without_placeholders(described, numbers)
    described, careful = _with_care(described, numbers)
    tokens = [*careful, "own_token", "name_token"]
    distinct = described.select(*tokens, "surname_key", "forename_key", "property_key").unique(
        maintain_order=True
    )
    distinct = distinct.with_columns(component=components(distinct, tokens))
    linked = described.join(
        distinct, on=distinct.columns[:-1], how="left", nulls_equal=True, maintain_order="left"
    )
    # A record that holds nothing to link by is a person of its own, not one with all others like it.
    bare = pl.all_horizontal(pl.col(name).is_null() for name in tokens)
    linked = linked.with_columns(person=pl.when(~bare).then(pl.col("component").cast(pl.Int64)))
    linked = _join_by_property(linked)
    alone = pl.int_range(pl.len(), dtype=pl.Int64) + distinct.height
    return linked.select("record_id", person=pl.coalesce("person", alone))


def _with_every_column(records: pl.DataFrame) -> pl.DataFrame:
    wanted = ["forename", "surname", "postcode", "address", "uprn", "nhs_number", "upn", "nino", "own_key"]
    types = {**dict.fromkeys(wanted, pl.String), "date_of_birth": pl.Date}
    return records.with_columns(
        (pl.col(name) if name in records.columns else pl.lit(None)).cast(type_).alias(name)
        for name, type_ in types.items()
    )


def _valid(name: str, check: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    return pl.when(check(pl.col(name))).then(pl.col(name))


def _letters(name: str) -> pl.Expr:
    """A name as it is compared: lower case, accents off, letters only."""
    folded = pl.col(name).str.normalize("NFKD").str.to_lowercase()
    return folded.str.replace_all(r"[^\p{L}]", "").fill_null("")


def _compact(name: str) -> pl.Expr:
    return pl.col(name).str.replace_all(r"\s+", "").str.to_uppercase()


def _property() -> pl.Expr:
    """Postcode and house number: the property, where no property number is sent."""
    number = pl.col("address").str.extract_all(r"\d+[a-zA-Z]?\b").list.slice(0, 2).list.join("/")
    return pl.when(number != "").then(
        pl.concat_str(_compact("postcode"), number.str.to_lowercase(), separator="|")
    )


def _without_placeholders(frame: pl.DataFrame, tokens: Sequence[str]) -> pl.DataFrame:
    for token in tokens:
        spread = pl.col("date_of_birth").drop_nulls().n_unique().over(token)
        frame = frame.with_columns(pl.when(spread <= _MOST_DATES_OF_BIRTH).then(pl.col(token)).alias(token))
    return frame


def _with_care(frame: pl.DataFrame, numbers: Sequence[str]) -> tuple[pl.DataFrame, list[str]]:
    """`frame` with the tokens that numbers link by, and their names.

    A number whose records differ in both forename and date of birth was mistyped somewhere, and may be two people's: a
    brother given his sister's number must not become her. Then it links only records that agree on one of the two.
    """
    added = []
    for number in numbers:
        forename = pl.col("forename_key").replace("", None)
        known = [fact.drop_nulls().n_unique().over(number) for fact in (pl.col("date_of_birth"), forename)]
        one_person = (known[0] <= 1) | (known[1] <= 1)
        frame = frame.with_columns(
            pl.when(one_person).then(pl.col(number)).alias(f"{number}_alone"),
            pl.when(~one_person)
            .then(pl.concat_str(number, "date_of_birth", separator="|"))
            .alias(f"{number}_born"),
            pl.when(~one_person)
            .then(pl.concat_str(pl.col(number), forename, separator="|"))
            .alias(f"{number}_named"),
        )
        added += [f"{number}_alone", f"{number}_born", f"{number}_named"]
    return frame, added


def _join_by_property(linked: pl.DataFrame) -> pl.DataFrame:
    """Give records without number and date of birth the one person of that name at that property: by the whole
    forename, or else by its initial."""
    linked = linked.with_columns(initial=pl.col("forename_key").str.slice(0, 1))
    for forename in ("forename_key", "initial"):
        here = ["surname_key", forename, "property_key"]
        usable = pl.all_horizontal((pl.col(name).fill_null("") != "") for name in here)
        known = (
            linked.filter(pl.col("person").is_not_null() & usable)
            .group_by(here)
            .agg(pl.col("person").n_unique().alias("candidates"), pl.col("person").first().alias("only"))
            .filter(pl.col("candidates") == 1)
            .select(*here, "only")
        )
        joined = linked.join(known, on=here, how="left", maintain_order="left")
        linked = joined.with_columns(person=pl.coalesce("person", "only")).drop("only")
    return linked
