"""The probabilistic model: how much each agreement speaks for one person, after Fellegi and Sunter (1969), by Splink.

It is trained on the records themselves: how often two people agree by chance from random pairs, how often two records
of one person do by expectation maximisation over blocked pairs. Splink works in a database in
memory that may not spill.
"""

import json
import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from pipelines.linkage.comparing import LEVELS, comparisons
from pipelines.linkage.errors import ModelError
from release.places import PROJECT

SHIPPED_MODEL = PROJECT / "data" / "linkage-model.json"
VERSION = 1
_SEED = 1
# Faces enough to learn how often people agree by chance, and how often one person's faces do.
_ENOUGH_FOR_CHANCE = 20_000
_ENOUGH_FOR_PEOPLE = 150_000
# More faces that agree on what is blocked on are no person's.
_LARGEST_GROUP = 50
# What a session blocks on it cannot learn: the first learns of names, the second of birth and place.
_BLOCKED = (["born", "postcode"], ["forename", "surname", "sex"])
# Pairs are weighed in portions, so that memory stays bounded.
_PORTION = 1_000_000
# Chances are kept to three digits: no more is known, and the last bits of a sum depend on the order it was made in.
_DIGITS = 3
_LEAST_CHANCE = 1e-6
# Fewer faces than this say nothing of how rare a namesake is.
_FEWEST = 1_000
_FACE_COLUMNS = (
    "face", "forename", "surname", "first", "roots", "surnames", "born", "sex", "postcode", "postcodes", "home", "uprn",
)  # fmt: skip


@dataclass(frozen=True)
class Model:
    """`chances`: for each comparison and level the chances (m, u) that two records of one person, and of two, agree so.
    `trained_on`: how many faces, 0 for a shipped one."""

    chances: Mapping[str, Mapping[str, tuple[float, float]]]
    trained_on: int

    def to_dict(self) -> dict[str, object]:
        """The model as `read_model` reads it, as JSON. It holds chances only: nothing about anybody.

        Each is written like 2.91e-04: "0.000291" could be taken for six digits of somebody's number.
        """
        chances = {
            comparison: {
                name: [f"{chance:.{_DIGITS - 1}e}" for chance in pair] for name, pair in levels.items()
            }
            for comparison, levels in self.chances.items()
        }
        return {"version": VERSION, "trained_on": f"{self.trained_on:.0e}", "chances": chances}


def read_model(file: Path) -> Model:
    """A saved model. Raises ModelError where the file is no model of this version."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(
            f'There is no model {file}. Write model = "train" in linkage.toml to train one.'
        ) from None
    except (OSError, ValueError, RecursionError):
        raise ModelError(f"The model {file} cannot be read. Put back the file, or train a new one.") from None
    try:
        # The manifest of a release holds the model that the release was made with.
        return _checked(content.get("linkage_model", content))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ModelError(
            f"The model {file} is not one of version {VERSION} ({type(error).__name__}). Train a new one: "
            'model = "train" in linkage.toml.'
        ) from None


def _checked(content: Any) -> Model:
    if content["version"] != VERSION:
        raise ValueError
    chances = {
        comparison: {name: _chances(content["chances"][comparison][name]) for name in names}
        for comparison, names in LEVELS.items()
    }
    return Model(chances, int(float(content["trained_on"])))


def _chances(pair: Any) -> tuple[float, float]:
    m, u = pair
    return _chance(m), _chance(u)


def _chance(value: Any) -> float:
    if not isinstance(value, float | str) or not 0 < float(value) < 1:
        raise ValueError
    return float(value)


def train(faces: pl.DataFrame, most_pairs: int) -> Model:
    """A model of these faces, trained on about `most_pairs` pairs at a time. The same faces give the same model.

    A level that no pair of the training reached keeps the chances of the shipped model.
    """
    shipped = read_model(SHIPPED_MODEL)
    anybody = _share(faces, pl.col("face"), _ENOUGH_FOR_CHANCE)
    with _linker(anybody, comparisons(shipped.chances)) as linker:
        linker.training.estimate_u_using_random_sampling(max_pairs=most_pairs, seed=_SEED, num_chunks=1)
        by_chance = _chances_of(linker, shipped)
    chances = by_chance
    for names in _BLOCKED:
        # All faces that agree on what is blocked on come together, or none of them.
        some = _share(faces.drop_nulls(names), pl.concat_str(names), _ENOUGH_FOR_PEOPLE)
        # Where a column is filled with one value, whatever agrees on it says nothing.
        some = some.filter(pl.len().over(names).is_between(2, _LARGEST_GROUP))
        if some.height < _FEWEST:
            continue
        with _linker(some, comparisons(chances)) as linker:
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(*names), max_pairs=most_pairs
            )
            chances = _chances_of(linker, shipped)
    # About how many, for the manifest: the exact number of people is nobody's business.
    return Model(_sensible(chances, shipped), int(float(f"{faces.height:.0e}")))


def _sensible(
    chances: Mapping[str, Mapping[str, tuple[float, float]]], otherwise: Model
) -> dict[str, Mapping[str, tuple[float, float]]]:
    """`chances`, but those of the other model for a comparison where agreeing speaks against one person, or differing
    for it: of a column that is always the same, say, nothing can be learned."""
    return {
        comparison: levels
        if _speaks_for(levels[LEVELS[comparison][0]]) and not _speaks_for(levels[LEVELS[comparison][-1]])
        else otherwise.chances[comparison]
        for comparison, levels in chances.items()
    }


def _speaks_for(chances: tuple[float, float]) -> bool:
    m, u = chances
    return m > u


def _share(faces: pl.DataFrame, by: pl.Expr, enough: int) -> pl.DataFrame:
    """About `enough` of the faces, chosen by a hash of `by`."""
    every = -(-faces.height // enough)
    return faces.filter(by.hash(_SEED) % max(every, 1) == 0)


def _chances_of(linker: Linker, otherwise: Model) -> dict[str, dict[str, tuple[float, float]]]:
    found = {
        one["output_column_name"]: one["comparison_levels"]
        for one in linker.misc.save_model_to_json()["comparisons"]
    }
    return {
        comparison: {
            name: _trained(found[comparison][at + 1], otherwise.chances[comparison][name])
            for at, name in enumerate(names)
        }
        for comparison, names in LEVELS.items()
    }


def _trained(level: Mapping[str, Any], otherwise: tuple[float, float]) -> tuple[float, float]:
    m, u = (
        value if isinstance(value := level.get(name), float) and value > 0 else instead
        for name, instead in zip(("m_probability", "u_probability"), otherwise, strict=True)
    )
    return _kept(m), _kept(u)


def _kept(chance: float) -> float:
    return float(f"{min(max(chance, _LEAST_CHANCE), 1 - _LEAST_CHANCE):.{_DIGITS}g}")


def weigh(
    faces: pl.DataFrame, pairs: pl.DataFrame, model: Model, least: float, among: int | None = None
) -> pl.DataFrame:
    """How likely each pair of faces is one person, where at least `least` likely.

    `pairs`: `left`, `right` (face). `among`: of how many faces these are, where not of themselves: the more there are,
    the likelier a namesake. Gives `left`, `right`, `weight` (powers of two for and against, the prior included),
    `probability` and for each comparison the level, as `comparing.level` numbers it (-1: cannot be compared).
    """
    schema = {"left": pl.UInt32, "right": pl.UInt32, "weight": pl.Float64, "probability": pl.Float64}
    found = [pl.DataFrame(schema={**schema, **dict.fromkeys(LEVELS, pl.Int8)})]
    if pairs.is_empty():
        return found[0]
    with _linker(faces, comparisons(model.chances), among) as linker:
        for portion in pairs.iter_slices(_PORTION):
            found.append(_weighed(linker, portion, least).cast(found[0].schema))
    return pl.concat(found).sort("left", "right")


def _weighed(linker: Linker, pairs: pl.DataFrame, least: float) -> pl.DataFrame:
    asked = pairs.select(match_key=pl.lit("0"), join_key_l="left", join_key_r="right")
    registered = linker._db_api.register(asked)
    linker.table_management.register_blocked_pairs_for_predict(registered)
    answer = linker.inference.predict(threshold_match_probability=least, warning_mode="never")
    named = ", ".join(f"gamma_{name} AS {name}" for name in LEVELS)
    columns = f'face_l AS "left", face_r AS "right", match_weight AS weight, match_probability AS probability, {named}'
    frame = answer.as_duckdbpyrelation().project(columns).pl()
    answer.drop_table_from_database_and_remove_from_cache()
    return frame


@contextmanager
def _linker(faces: pl.DataFrame, compared: list[Any], among: int | None = None) -> Iterator[Linker]:
    """A Splink linker over `faces`, in a database of its own in memory that is closed afterwards."""
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="face",
        comparisons=compared,
        blocking_rules_to_generate_predictions=[],
        # Most people have another face or two among them all.
        probability_two_random_records_match=1 / max(among or faces.height, _FEWEST),
        # Otherwise the answer does not say how alike they are.
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=False,
        linker_uid="linkage",
    )
    logging.getLogger("splink").setLevel(logging.CRITICAL)
    days = pl.col("born").str.to_date("%Y%m%d", strict=False).dt.epoch("d").cast(pl.Int32)
    with closing(duckdb.connect(":memory:")) as connection:
        connection.execute("SET temp_directory = ''")
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET preserve_insertion_order = false")
        database = DuckDBAPI(connection)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield Linker(
                database.register(faces.select(*_FACE_COLUMNS, born_day=days)),
                settings,
                log_level=logging.CRITICAL,
            )
