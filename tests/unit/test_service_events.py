"""What services send becomes events without an identity, counted once however many files or people tell of them."""

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import polars as pl
import pytest

from outcomes import FRAMES
from pipelines.contracts import CONTRACTS, Kind
from pipelines.keys import Keys
from pipelines.landing import TYPES
from pipelines.pseudonymise.events import activity, everybodys_events, exclude_strangers
from pipelines.pseudonymise.tokens import Tokens

KEYS = Keys(master="11" * 32, record="22" * 32, protected="33" * 32)
TOKENS = cast(
    Tokens,
    SimpleNamespace(
        person=pl.DataFrame({"person": [1, 2], "token": ["one", "two"], "record_key": [0.1, 0.2]})
    ),
)
SERVICES = (
    "adult_social_care",
    "special_educational_needs",
    "mental_health_support",
    "substance_misuse_treatment",
    "youth_justice",
    "probation",
    "benefit_spell",
    "homelessness_duty",
)
AS_OF = date(2024, 10, 31)
Row = dict[str, Any]


def good(**contracts: list[Row]) -> dict[str, pl.DataFrame]:
    """Good rows of every contract; those of one hold what is given and otherwise nothing."""
    found = {}
    for name, contract in CONTRACTS.items():
        schema: dict[str, Any] = {
            "row": pl.Int64,
            "file": pl.String,
            "record": pl.String,
            "covers_to": pl.Date,
            **{column.name: TYPES[column.type] for column in contract.columns},
        }
        given = [
            {"file": "a.csv", "row": number, "record": f"{name}:1:{number}", "covers_to": AS_OF, **row}
            for number, row in enumerate(contracts.get(name, []), 1)
        ]
        found[name] = pl.DataFrame(given, schema=schema)
    return found


def persons(frames: dict[str, pl.DataFrame], *linked: int) -> pl.DataFrame:
    """Who the rows are about, in the order of the contracts' rows."""
    told = pl.concat(
        [frame.select(pl.lit(name).alias("contract"), "file", "row") for name, frame in frames.items()]
    )
    return told.with_columns(person=pl.Series(linked, dtype=pl.Int64))


def spell(**given: Any) -> Row:
    return {"start_date": date(2024, 3, 1), "end_date": date(2024, 5, 1), "forename": "Secret", **given}


@pytest.mark.parametrize("contract", SERVICES)
def test_a_spell_keeps_its_days_and_codes_and_nothing_else(contract: str) -> None:
    code = next(iter(CONTRACTS[contract].by_name["kind"].codes or {}))
    frames = good(**{contract: [spell(kind=code), spell(kind=code)]})
    events = everybodys_events(frames, persons(frames, 1, 9), TOKENS, KEYS)[contract]
    named = {
        column.name
        for column in CONTRACTS[contract].columns
        if column.kind in (Kind.IDENTIFIER, Kind.DIRECT_IDENTITY, Kind.QUASI_IDENTIFIER)
    }

    assert dict(events.schema) == FRAMES[contract]
    assert not named & set(events.columns)
    assert events["person"].to_list() == ["one", None]
    known = exclude_strangers({contract: events})[contract]
    assert known.select("person", "kind", "start_date").rows() == [("one", code, date(2024, 3, 1))]


@pytest.mark.parametrize("contract", SERVICES)
def test_the_newest_file_is_believed_about_a_spell(contract: str) -> None:
    code = next(iter(CONTRACTS[contract].by_name["kind"].codes or {}))
    older = spell(kind=code, end_date=None, file="old.csv", covers_to=date(2024, 4, 1))
    frames = good(**{contract: [older, spell(kind=code, file="new.csv")]})
    events = everybodys_events(frames, persons(frames, 1, 1), TOKENS, KEYS)[contract]

    assert events["end_date"].to_list() == [date(2024, 5, 1)]


def test_a_duty_owed_to_a_household_is_one_event_of_the_family() -> None:
    duties = [
        spell(case_ref="HC1", kind="PREVENTION"),
        spell(case_ref="HC1", kind="PREVENTION"),
        spell(case_ref="HC1", kind="RELIEF"),
        spell(case_ref="HC2", kind="RELIEF"),
        spell(case_ref="HC3", kind="MAIN", start_date=date(2024, 11, 1)),  # after the as-of date
    ]
    frames = good(homelessness_duty=duties)
    events = everybodys_events(frames, persons(frames, 1, 2, 1, 2, 1), TOKENS, KEYS)
    memberships = pl.DataFrame({"family": ["f", "f"], "token": ["one", "two"]})
    counted = activity(frames, exclude_strangers(events), memberships, AS_OF)

    assert counted.select("family", "kind", "events").rows() == [("f", "homelessness_duty", 3)]


def test_two_people_with_a_spell_each_are_two_events() -> None:
    frames = good(benefit_spell=[spell(kind="UC"), spell(kind="UC"), spell(kind="UC")])
    events = everybodys_events(frames, persons(frames, 1, 2, 2), TOKENS, KEYS)
    memberships = pl.DataFrame({"family": ["f", "f"], "token": ["one", "two"]})

    assert activity(frames, events, memberships, AS_OF)["events"].to_list() == [2]
