"""Spells of help, from the early help case system."""

import dataframely as dy
import polars as pl

from pipelines.contracts.codes import CLOSURE_REASON, FLAG, REFERRAL_SOURCE
from pipelines.contracts.contract import Kind, Part, Reference, Row, code, contract, date, in_order, text


class FamilyEpisode(Row):
    """One row is one spell of help for one family."""

    episode_ref = text(
        Kind.IDENTIFIER,
        "number of the spell of help in the case system",
        required=True,
        nullable=False,
        part=Part.RECORD,
        why="to tell which needs and judgements belong to this spell of help",
    )
    family_ref = text(
        Kind.IDENTIFIER,
        "the family's number in the case system",
        required=True,
        nullable=False,
        part=Part.FAMILY,
        why="to tell which family was helped",
    )
    start_date = date(
        Kind.PLAIN,
        "day on which help began",
        required=True,
        nullable=False,
        why="outcomes are measured from the day help began",
    )
    end_date = date(
        Kind.PLAIN,
        "day on which help ended; none: open",
        required=True,
        why="outcomes must last beyond the day help ended",
    )
    referral_source = code(
        Kind.QUASI_IDENTIFIER,
        "who asked for help, as the children in need census codes it",
        REFERRAL_SOURCE,
        lenient=True,
        why="to see through which doors families come",
    )
    referral_reason = text(
        Kind.FREE_TEXT,
        "why help was asked for, in a few words",
        why="to count why families come, with every identity taken out",
    )
    assessment_date = date(
        Kind.PLAIN,
        "day of the whole-family assessment",
        required=True,
        why="a claim needs an assessment of the whole family",
    )
    plan_date = date(Kind.PLAIN, "day of the family plan", required=True, why="a claim needs a family plan")
    lead_practitioner = text(
        Kind.DIRECT_IDENTITY,
        "who leads the work with the family",
        required=True,
        part=Part.WORKER_NAME,
        why="a claim needs a lead practitioner; only whether there is one goes on",
    )
    team = text(
        Kind.QUASI_IDENTIFIER, "team that helps", why="to compare teams where enough families share one"
    )
    locality = text(
        Kind.QUASI_IDENTIFIER,
        "part of the area",
        why="to compare parts of the area where enough families share one",
    )
    ward = text(
        Kind.QUASI_IDENTIFIER,
        "ward where the family lives",
        why="to compare wards where enough families share one",
    )
    closure_reason = code(
        Kind.PLAIN,
        "why help ended",
        CLOSURE_REASON,
        required=True,
        lenient=True,
        why="to tell a family that succeeded from one that left",
    )
    expectant_parent = code(
        Kind.SENSITIVE,
        "whether a parent was expecting a child",
        FLAG,
        lenient=True,
        why="a claim needs a child in the family, or one that is expected",
    )

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
