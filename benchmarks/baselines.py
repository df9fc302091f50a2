"""What a user would do instead of `pipelines.linkage`: joins on equal values, or Splink as its guide shows it."""

import logging
import warnings
from typing import Final

import duckdb
import polars as pl

from pipelines import identifiers
from pipelines.linkage.components import components

NUMBERS: Final = {
    "nhs_number": identifiers.valid_nhs_number,
    "upn": identifiers.valid_upn,
    "nino": identifiers.valid_nino,
}
PAIRS_TO_DRAW: Final = 10_000_000
PAIRS_TO_TRAIN_ON: Final = 1_000_000


def exact_matching(records: pl.DataFrame) -> pl.DataFrame:
    """Persons by joins: a valid number is equal, or forename, surname and date of birth are. As `link` gives them."""
    tidy = _tidied(records).with_columns(
        whole=pl.concat_str("forename", "surname", "date_of_birth", separator="|")
    )
    tokens = [*NUMBERS, "whole"]
    distinct = tidy.select(tokens).unique(maintain_order=True)
    distinct = distinct.with_columns(person=components(distinct, tokens).cast(pl.Int64))
    joined = tidy.join(distinct, on=tokens, how="left", nulls_equal=True, maintain_order="left")
    bare = pl.all_horizontal(pl.col(token).is_null() for token in tokens)
    alone = pl.int_range(pl.len(), dtype=pl.Int64) + distinct.height
    return joined.select("record_id", person=pl.when(bare).then(alone).otherwise("person"))


def plain_splink(records: pl.DataFrame, *, threshold: float = 0.95) -> pl.DataFrame:
    """Persons by the model that Splink's guide leads to: its ready comparisons, its defaults, trained on these records.

    As `link` gives them: a cluster is whatever hangs together by pairs of at least that probability.
    """
    import splink.comparison_library as ready
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    connection = duckdb.connect(config={"temp_directory": "", "threads": 2})
    connection.execute("SET enable_progress_bar = false")
    tidy = _tidied(records).select(
        "record_id", "forename", "surname", "date_of_birth", "sex", "postcode", *NUMBERS
    )
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=[
            ready.NameComparison("forename"),
            ready.NameComparison("surname"),
            ready.DateOfBirthComparison("date_of_birth", input_is_string=True),
            ready.ExactMatch("postcode").configure(term_frequency_adjustments=True),
            ready.ExactMatch("sex"),
            *(ready.ExactMatch(number) for number in NUMBERS),
        ],
        blocking_rules_to_generate_predictions=[
            *(block_on(number) for number in NUMBERS),
            block_on("forename", "surname", "postcode"),
            block_on("forename", "date_of_birth"),
            block_on("surname", "date_of_birth"),
            block_on("postcode", "date_of_birth"),
        ],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        linker = Linker(DuckDBAPI(connection).register(tidy.to_arrow()), settings, log_level=logging.ERROR)
        training = linker.training
        training.estimate_probability_two_random_records_match(
            [
                *(block_on(number) for number in NUMBERS),
                block_on("forename", "surname", "date_of_birth"),
            ],
            recall=0.9,
        )
        training.estimate_u_using_random_sampling(max_pairs=PAIRS_TO_DRAW, seed=1)
        for rule in (block_on("date_of_birth"), block_on("forename", "surname")):
            training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=PAIRS_TO_TRAIN_ON)
        pairs = linker.inference.predict(threshold_match_probability=threshold)
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            pairs, threshold_match_probability=threshold
        )
        found = clusters.as_duckdbpyrelation().pl()
    return found.select("record_id", person=pl.col("cluster_id").rank("dense").cast(pl.Int64))


def _tidied(records: pl.DataFrame) -> pl.DataFrame:
    """What anybody does first: names in lower case, postcodes without spaces, dates as text, numbers only if valid."""
    wanted = ["forename", "surname", "date_of_birth", "sex", "postcode", *NUMBERS]
    frame = records.select(
        "record_id",
        *(
            (pl.col(name) if name in records.columns else pl.lit(None)).cast(pl.String).alias(name)
            for name in wanted
        ),
    )
    return frame.with_columns(
        *(
            pl.col(name).str.to_lowercase().str.strip_chars().replace("", None)
            for name in ("forename", "surname")
        ),
        pl.col("postcode").str.to_uppercase().str.replace_all(r"\s+", "").replace("", None),
        *(pl.when(valid(pl.col(name))).then(pl.col(name)).alias(name) for name, valid in NUMBERS.items()),
    )
