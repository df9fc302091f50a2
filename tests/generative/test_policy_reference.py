"""The policy's enforcement and a naive reading of it agree, whatever a council decides."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.contracts import CONTRACTS, Column, Contract
from pipelines.decisions import Decision, permitted
from pipelines.landing import TYPES
from pipelines.policy import SHIPPED, Policy, read_policy
from pipelines.pseudonymise import linkable, visible
from pipelines.pseudonymise.visible import visible_memberships, visible_to_rules
from release.errors import SettingsError
from tests.generative.naive_policy import (
    BY_KIND,
    NO_FURTHER,
    SEEN_BY_RULES,
    Words,
    passes,
    passes_to_linkage,
    passes_to_rules,
)

POLICY = read_policy()
COLUMNS = [(contract, column) for contract in CONTRACTS.values() for column in contract.columns]
TEXTS = st.sampled_from(
    [None, "", " ", "n/a", "T.B.C.", "N-O-N-E", "Not known", "Priory", "wbri", "1A", "8", "é"]
)
DAYS = st.none() | st.dates(date(2020, 1, 1), date(2024, 12, 31))
VALUES = {
    "text": TEXTS,
    "date": DAYS,
    "integer": st.none() | st.integers(0, 400),
    "decimal": st.none() | st.just(1.5),
}


@st.composite
def decided(draw: st.DrawFn, contract: Contract) -> dict[tuple[str, str], Decision]:
    """Any decisions about a contract that a council may take, some columns forgotten."""
    said = {
        column.name: draw(st.none() | st.sampled_from(permitted(contract.name, column)))
        for column in contract.columns
    }
    return {(contract.name, column): one for column, one in said.items() if one is not None}


def values(column: Column) -> st.SearchStrategy[Any]:
    return st.none() | st.sampled_from(tuple(column.codes)) if column.codes else VALUES[column.type]


@st.composite
def towns(draw: st.DrawFn) -> tuple[Contract, Policy, Words, pl.DataFrame]:
    """A contract, what was decided about it, and rows of it."""
    # Attendance has a column of its own that rows say nothing without.
    contract = draw(st.sampled_from([*CONTRACTS.values(), *[CONTRACTS["school_attendance"]] * 8]))
    columns = draw(decided(contract))
    rows = draw(st.lists(st.fixed_dictionaries({c.name: values(c) for c in contract.columns}), max_size=4))
    schema = {"row": pl.Int64, "file": pl.String} | {c.name: TYPES[c.type] for c in contract.columns}
    frame = pl.DataFrame([{"row": n, "file": "a", **row} for n, row in enumerate(rows, 1)], schema=schema)
    words = {place: str(said) for place, said in columns.items()}
    return contract, replace(POLICY, columns=columns), words, frame


@settings(max_examples=300, deadline=None)
@given(towns())
def test_what_each_stage_may_see(town: tuple[Contract, Policy, Words, pl.DataFrame]) -> None:
    contract, policy, words, frame = town
    groups = {"ethnicity": policy.ethnic_group, "referral_source": policy.referral_source}
    seen = visible({contract.name: frame}, policy)[contract.name]
    linked = linkable({contract.name: frame}, policy)[contract.name]
    for_rules = visible_to_rules(contract.name, seen, policy)

    assert set(seen.columns) <= set(frame.columns)
    assert linked.schema == frame.schema
    for column in contract.columns:
        word, given_values = words.get((contract.name, column.name)), frame[column.name].to_list()
        assert linked[column.name].to_list() == [
            passes_to_linkage(word, column.kind.value, value) for value in given_values
        ]
        expected = [passes(word, value, groups.get(column.name, {})) for value in given_values]
        if column.name in seen.columns:
            assert seen[column.name].to_list() == expected
        else:
            assert word in (*NO_FURTHER, "notes")
        if column.name in for_rules.columns and for_rules.height:
            assert for_rules[column.name].to_list() == [passes_to_rules(word, value) for value in expected]
    # A record whose day is kept back tells rules nothing: it is not there at all.
    hidden = [
        column
        for column in contract.columns
        if column.name in seen.columns and words.get((contract.name, column.name)) not in SEEN_BY_RULES
    ]
    without_day = any((c.type == "date" and not c.nullable) or c.name == "term" for c in hidden)
    assert for_rules.height == (0 if without_day else frame.height)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_what_is_seen_of_a_membership(data: st.DataObject) -> None:
    columns = data.draw(decided(CONTRACTS["family_member"]))
    policy = replace(POLICY, columns=columns)
    day = date(2024, 1, 1)
    row = {"family_ref": "F1", "person": 1, "role": "child", "from_date": day, "to_date": day}
    (seen,) = visible_memberships(pl.DataFrame([row]), policy).to_dicts()
    for name in ("role", "from_date", "to_date"):
        assert seen.pop(name) == passes(columns.get(("family_member", name)), row.pop(name), {})
    assert seen == row


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(COLUMNS), st.sampled_from(list(Decision)))
def test_no_kind_of_column_becomes_what_it_may_not(place: tuple[Contract, Column], said: Decision) -> None:
    """Whatever is accepted, its kind permits; and what is refused is refused in the file's own words."""
    contract, column = place
    table, line = (
        f"[columns.{contract.name}]",
        f'{column.name} = "{POLICY.decision(contract.name, column.name)}"',
    )
    before, after = SHIPPED.read_text(encoding="utf-8").split(f"{table}\n")
    changed = before + f"{table}\n" + after.replace(line, f'{column.name} = "{said}"', 1)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "privacy.toml"
        file.write_text(changed, encoding="utf-8")
        try:
            found = read_policy(file).decision(contract.name, column.name)
        except SettingsError as error:
            assert said not in permitted(contract.name, column)
            assert f'[columns.{contract.name}] {column.name}: not "{said}"' in str(error)
        else:
            assert found is said
            assert said in BY_KIND[column.kind.value]
