"""What a researcher asks for, written and read again; and whatever is not that, refused in a sentence."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.canonical import canonical
from release.specification import (
    DATES,
    Microdata,
    Private,
    Specification,
    SpecificationError,
    TableAsked,
    Tables,
    read_specification,
    write_specification,
)

names = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
several = st.lists(names, max_size=5, unique=True).map(tuple)
tables = st.lists(
    st.builds(
        TableAsked,
        names,
        several.map(lambda chosen: tuple(sorted(chosen))),
        st.sampled_from(["", "family-help-local", "0-a"]),
    ),
    min_size=1,
    max_size=6,
    unique=True,
).map(tuple)
specifications: st.SearchStrategy[Specification] = st.one_of(
    st.builds(Tables, tables),
    st.builds(Private, tables, st.integers(1, 10_000_000), st.integers(1, 100)),
    st.builds(
        Microdata,
        names,
        st.lists(names, min_size=1, max_size=8, unique=True).map(tuple),
        st.integers(3, 1000),
        st.integers(1, 100),
        st.integers(1, 1000).map(lambda thousandths: thousandths / 1000),
        st.integers(0, 100),
        st.sampled_from(DATES),
    ),
)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2000) | st.floats() | st.text(max_size=5) | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=50)
@given(specifications)
def test_what_is_written_is_read_again_and_has_one_form(specification: Specification) -> None:
    text = write_specification(specification)
    assert read_specification(text) == specification
    assert write_specification(read_specification(text)) == text == canonical(json.loads(text))


@settings(max_examples=60)
@given(specifications, st.data())
def test_a_value_in_place_of_another_is_understood_or_refused(
    specification: Specification, data: st.DataObject
) -> None:
    """Never taken for something else: what is read says again just what was written."""
    said = json.loads(write_specification(specification))
    said[data.draw(st.sampled_from(sorted(said)))] = data.draw(values)
    try:
        read = read_specification(json.dumps(said))
    except SpecificationError:
        return
    again = json.loads(write_specification(read))
    for one in said.get("tables", []):
        one["dimensions"] = sorted(one["dimensions"])
    assert again == said


@given(st.text(max_size=60) | values.map(json.dumps))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(SpecificationError):
        read_specification(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"kind":"tables","kind":"private","tables":[],"version":1}',
        '{"kind":"tables","version":1}',
        '{"kind":"tables","tables":[{"dimensions":[],"framework":"","measure":"a"}],"version":1,"where":"x"}',
        '{"kind":"tables","tables":[{"dimensions":["b","b"],"framework":"","measure":"a"}],"version":1}',
        '{"kind":"tables","tables":[{"dimensions":[],"framework":"../x","measure":"a"}],"version":1}',
        '{"columns":["a"],"dates":"months","k":2,"kind":"microdata","l":1,"most_left_out":0,"t":500,"unit":"a","version":1}',
        '{"kind":"tables","tables":' + "[" * 50_001,
        '{"kind":"private","most_records":1,"rho":Infinity,"tables":[],"version":1}',
        "9" * 20_000,
    ],
)
def test_these_are_refused(text: str) -> None:
    with pytest.raises(SpecificationError):
        read_specification(text)
