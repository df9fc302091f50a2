"""How many true pairs linkage would miss without numbers: estimated from pairs that a number makes certain.

Records that agree on a valid number are one person, whatever else they say. Judged blind, by name, birth and place
alone, some of them are not found: the share estimates what is missed among records without numbers, group by group,
where nobody knows the truth.
"""

import polars as pl

from pipelines.linkage.deciding import JOIN, decide
from pipelines.linkage.describing import NUMBERS
from pipelines.linkage.faces import make_faces
from pipelines.linkage.model import Model, weigh
from pipelines.linkage.settings import LinkageSettings

_MOST_PAIRS = 5_000
_SEED = 2


def blind_pairs(
    descriptions: pl.DataFrame, model: Model, settings: LinkageSettings, among: int
) -> pl.DataFrame:
    """Up to 5,000 pairs of descriptions of different sources that a number joins.

    Gives `left`, `right` (description), `found`: whether they would have been joined without the number.

    `descriptions`: as `Certain.descriptions`. `among`: how many faces were linked in all.
    """
    pairs = _pairs(descriptions)
    if pairs.is_empty():
        return pairs.with_columns(found=pl.lit(True))
    taken = pl.concat([pairs["left"], pairs["right"]]).unique()
    # Each stands for itself, so that what is known of its other faces does not help it.
    alone = descriptions.filter(pl.col("description").is_in(taken.implode())).with_columns(
        entity="description"
    )
    faces = make_faces(alone, settings.forms)
    face = faces.select("entity", "face")
    asked = pairs.join(face, left_on="left", right_on="entity").join(
        face, left_on="right", right_on="entity", suffix="_b"
    )
    asked = asked.select(
        "left", "right", low=pl.min_horizontal("face", "face_b"), high=pl.max_horizontal("face", "face_b")
    )
    weighed = weigh(
        faces,
        asked.select(left="low", right="high").unique().sort("left", "right"),
        model,
        settings.join_from,
        among,
    )
    joined = (
        decide(weighed, settings)
        .filter(pl.col("verdict") == JOIN)
        .select(low="left", high="right", found=True)
    )
    return (
        asked.join(joined, on=["low", "high"], how="left")
        .select("left", "right", pl.col("found").fill_null(False))
        .sort("left", "right")
    )


def _pairs(descriptions: pl.DataFrame) -> pl.DataFrame:
    """Pairs of descriptions of two sources with one number, a person once a number, chosen by a hash."""
    parts = []
    for number in NUMBERS:
        known = descriptions.drop_nulls(number).filter(pl.col("entity").n_unique().over(number) == 1)
        first = known.sort("description").unique([number, "source"], keep="first", maintain_order=True)
        both = (
            first.group_by(number, maintain_order=True)
            .agg(pl.col("description").head(2))
            .filter(pl.col("description").list.len() == 2)
        )
        parts.append(
            both.select(
                left=pl.col("description").list.get(0),
                right=pl.col("description").list.get(1),
            )
        )
    pairs = pl.concat(parts).unique().sort("left", "right")
    every = max(1, -(-pairs.height // _MOST_PAIRS))
    return pairs.filter(pl.concat_str("left", pl.lit("|"), "right").hash(_SEED) % every == 0)
