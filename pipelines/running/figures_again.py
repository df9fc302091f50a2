"""The figures of a release worked out and attacked once more, from its protected file."""

from collections.abc import Mapping
from typing import Any

import duckdb
import polars as pl

from disclosure.errors import DisclosureError
from pipelines.answers import Answers, Earlier, UnsafeFiguresError, build_answers
from pipelines.keys import Keys
from pipelines.publication.checks import Fault
from pipelines.publication.content import Check
from pipelines.running.remembering import read_earlier
from pipelines.running.settings import Settings
from release.errors import UserError
from release.opening import ANSWERS
from release.places import Places

_NONE = "none"


def figures_again(
    places: Places, name: str, manifest: Mapping[str, Any], keys: Keys, settings: Settings
) -> tuple[list[Fault], list[str]]:
    """What is wrong with the figures of a release, and what could not be told.

    They are made from its protected file, from the release whose figures it kept, and by the settings of today.
    """
    catalogue, profile = settings.catalogue, settings.profiles.dashboard
    kept_from = manifest.get("kept_from", _NONE)
    try:
        release = read_earlier(places, name, keys)
        remembered = None if kept_from == _NONE else read_earlier(places, str(kept_from), keys)
    except (UserError, duckdb.Error, OSError, ValueError, KeyError) as error:
        return [], [
            f"its figures cannot be worked out again ({type(error).__name__}): it, or one before it, is not here"
        ]
    where = f"{ANSWERS}, table answer"
    try:
        again = build_answers(release.counted, release.dimension, catalogue, profile, remembered)
    except UnsafeFiguresError:
        return [Fault(Check.FIGURES, where, "the figures do not withstand an attack")], []
    except DisclosureError as error:
        return [], [f"its figures cannot be worked out again ({type(error).__name__})"]
    different = _different(again, release)
    return [Fault(Check.FIGURES, where, f"{different} figures are not those that the protected file gives")][
        :different
    ], []


def _different(again: Answers, release: Earlier) -> int:
    """How many figures are shown that would not be, or as another."""
    shown = [
        frame.select(
            pl.col("question", "code_1", "code_2", "code_3").cast(pl.String), pl.col("value").cast(pl.Int64)
        )
        for frame in (release.answer, again.answer)
    ]
    return shown[0].join(shown[1], on=shown[0].columns, how="anti", nulls_equal=True).height
