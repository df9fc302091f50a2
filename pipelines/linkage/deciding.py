"""Which weighed pairs are one person, which are asked, and which are two people however much they have in common.

People of one home share surname, postcode and often a date of birth: all that can outweigh a different forename. So a
pair must agree on forename and birth as one person would, whatever the rest weighs; where one of them is missing or
mistyped, the place must speak for it.
"""

import polars as pl

from pipelines.linkage.comparing import UNKNOWN, level
from pipelines.linkage.settings import LinkageSettings

JOIN, ASK, PART = "join", "ask", "part"
# The forename is whole on both sides, in whatever form.
_WHOLE_FORENAME = level("forename", "near")
_FORM = level("forename", "form")
_KNOWN_PLACE = level("place", "before")
_HOME = level("place", "home")


def decide(weighed: pl.DataFrame, settings: LinkageSettings) -> pl.DataFrame:
    """`weighed` with `verdict` (join, ask or part) and `weak`: whether a pair may be joined only where no other person
    is nearly as likely, for a date of birth is missing, or of a forename there is an initial."""
    agree = _one_person()
    likely = pl.col("probability") >= settings.join_from
    asked = (pl.col("probability") >= settings.ask_from) & _worth_asking()
    return weighed.with_columns(
        verdict=pl.when(agree & likely)
        .then(pl.lit(JOIN))
        .when(asked)
        .then(pl.lit(ASK))
        .otherwise(pl.lit(PART)),
        weak=(pl.col("born") == UNKNOWN) | (pl.col("forename") == level("forename", "initial")),
    )


def _one_person() -> pl.Expr:
    forename, surname, born, place = (pl.col(name) for name in ("forename", "surname", "born", "place"))
    exchanged = forename == level("forename", "exchanged")
    whole = (forename >= _WHOLE_FORENAME) | exchanged
    initial = forename == level("forename", "initial")
    same_birth = born == level("born", "exact")
    birth_unknown = born == UNKNOWN
    known_place = place >= _KNOWN_PLACE
    named = (whole | (initial & (same_birth | (place == _HOME)))) & (
        exchanged
        | (surname > 0)
        | ((surname == 0) & same_birth & known_place & (forename >= _WHOLE_FORENAME))
    )
    # A date of birth that is mistyped or missing needs a place that speaks for it, for the same name alone is a
    # namesake's; and a name that is not mistyped too, for brothers may be called alike and born a year apart.
    born_alike = (
        same_birth | ((born > 0) & known_place) | (birth_unknown & (place >= level("place", "postcode")))
    )
    return named & born_alike


def _worth_asking() -> pl.Expr:
    """Two forenames that are no forms of one another are two people; nobody need be asked."""
    return (pl.col("forename") > 0) & (pl.col("born") != 0) & (pl.col("surname") != 0)
