"""Spells of help, from the early help case system."""

import dataframely as dy
import polars as pl

from pipelines.contracts.codes import CLOSURE_REASON, FLAG, REFERRAL_SOURCE
from pipelines.contracts.contract import Kind, Reference, Row, code, contract, date, in_order, text


class FamilyEpisode(Row):
    """One row is one spell of help for one family."""

    episode_ref = text(
        Kind.IDENTIFIER, "number of the spell of help in the case system", required=True, nullable=False
    )
    family_ref = text(
        Kind.IDENTIFIER, "the family's number in the case system", required=True, nullable=False
    )
    start_date = date(Kind.PLAIN, "day on which help began", required=True, nullable=False)
    end_date = date(Kind.PLAIN, "day on which help ended; none: open", required=True)
    referral_source = code(
        Kind.QUASI_IDENTIFIER,
        "who asked for help, as the children in need census codes it",
        REFERRAL_SOURCE,
        lenient=True,
    )
    referral_reason = text(Kind.FREE_TEXT, "why help was asked for, in a few words")
    assessment_date = date(Kind.PLAIN, "day of the whole-family assessment", required=True)
    plan_date = date(Kind.PLAIN, "day of the family plan", required=True)
    lead_practitioner = text(Kind.DIRECT_IDENTITY, "who leads the work with the family", required=True)
    team = text(Kind.QUASI_IDENTIFIER, "team that helps")
    locality = text(Kind.QUASI_IDENTIFIER, "part of the area")
    ward = text(Kind.QUASI_IDENTIFIER, "ward where the family lives")
    closure_reason = code(Kind.PLAIN, "why help ended", CLOSURE_REASON, required=True, lenient=True)
    expectant_parent = code(Kind.SENSITIVE, "whether a parent was expecting a child", FLAG, lenient=True)

    @dy.rule()
    def dates_in_order(cls) -> pl.Expr:
        """The end is not before the start."""
        return cls.end_date.col >= cls.start_date.col


FAMILY_EPISODE = contract(
    "family_episode",
    FamilyEpisode,
    title="Spells of help",
    partner="early help case system",
    purpose="What is paid for: one spell of help for one family, and the practice tests that a claim must pass.",
    row_rules=(in_order("start_date", "end_date"),),
    references=(Reference("family_ref", "family_member", "family_ref"),),
    key="episode_ref",
)
