"""What people have decided about the records of a run, before linkage; and what is to be asked of them, after it."""

from dataclasses import dataclass

import polars as pl

from pipelines.keys import Keys
from pipelines.review.exclusions import exclusions
from pipelines.review.judgements import Judgements, open_judgements
from pipelines.review.matching import judgements_for
from pipelines.review.questions import FILE_NAME, write_open
from release.places import Places


@dataclass(frozen=True)
class Standing:
    """`apart` and `together` are for linkage (pipelines.linkage.link_all), `warnings` for whoever watches the run."""

    apart: pl.DataFrame
    together: pl.DataFrame
    warnings: tuple[str, ...]
    judgements: Judgements


def standing_decisions(
    places: Places, records: pl.DataFrame, facets: pl.DataFrame, keys: Keys, *, kept: int
) -> Standing:
    """Exclusions and earlier answers.

    `records`: identified records. `facets`: of the same records. `kept`: how many answers the audit log knows of
    (pipelines.review.kept_by). Raises ExclusionsError, JudgementsError: nothing is linked without them.
    """
    excluded = exclusions(places.exclusions, records)
    judgements = open_judgements(places, keys, kept=kept)
    judged = judgements_for(records, facets, judgements)
    warnings = excluded.warnings
    if judged.contradictions.height:
        warnings += (
            f"{judged.contradictions.height} answers of the review cannot hold beside others, and are left out: "
            "python -m pipelines review names them.",
        )
    # The names of groups differ, so that a record may stand in several.
    return Standing(pl.concat([excluded.apart, judged.apart]), judged.together, warnings, judgements)


def ask_what_is_open(
    places: Places,
    release: str,
    reviews: pl.DataFrame,
    records: pl.DataFrame,
    facets: pl.DataFrame,
    persons: pl.DataFrame,
    standing: Standing,
    keys: Keys,
    *,
    first: pl.Series,
) -> tuple[str, ...]:
    """Write review.csv anew (see pipelines.review.questions), and say in a sentence how much is asked."""
    asked = write_open(
        places,
        release,
        reviews,
        records,
        facets,
        persons,
        standing.judgements,
        keys,
        apart=standing.apart,
        first=first,
    )
    if not asked.asked:
        return ()
    waiting = f"; {asked.waiting} more wait" if asked.waiting else ""
    return (
        f"{asked.asked} pairs of records are for a person to judge, in {places.review / FILE_NAME}{waiting}: type the "
        "answers in, then python -m pipelines review",
    )
