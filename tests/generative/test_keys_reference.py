"""Tokens and hashes against the plainest way to make them, through any number of rotations."""

import json
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.keys import Keys, Purpose, open_keys, told_earlier
from pipelines.register.book import HOLDINGS, Book, as_token
from pipelines.register.facets import HASHED
from pipelines.register.keep import Register
from pipelines.register.rekeying import nothing_lost, rekeyed
from pipelines.tables import alone, for_project
from release.keys import fingerprint, write_key
from release.places import Places
from release.schema import PROTECTED, Holds
from release.tokens import project_tokens
from tests.generative.naive_keys import naive_derived, naive_hash, naive_token

_KEYS = st.binary(min_size=32, max_size=32).map(bytes.hex)
_MASTERS = st.lists(_KEYS, min_size=1, max_size=4, unique=True)
_TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=12)), max_size=8)
_KINDS = st.sampled_from(HASHED)
_RECORD, _PROTECTED = "22" * 32, "33" * 32


def _keys(masters: list[str]) -> Keys:
    keys = Keys(masters[0], _RECORD, _PROTECTED)
    for master in masters[1:]:
        keys = keys.rotated(master, HASHED)
    return keys


def _tokens(hashes: list[str]) -> list[int]:
    return (
        pl.DataFrame({"hash": hashes}, schema={"hash": pl.String}).select(as_token("hash"))["hash"].to_list()
    )


@settings(max_examples=80, deadline=None)
@given(masters=_MASTERS, kind=_KINDS, texts=_TEXTS)
def test_a_hash_is_its_whole_chain(masters: list[str], kind: str, texts: list[str | None]) -> None:
    found = _keys(masters).hashes(Purpose.FACET, kind, pl.Series(texts, dtype=pl.String))
    expected = {text: naive_hash(masters, kind, text) for text in texts if text is not None}
    assert dict(found.iter_rows()) == expected
    # What is hashed for anything else has no chain.
    only = _keys(masters).tokens(Purpose.EPISODE, pl.Series(texts, dtype=pl.String))
    assert dict(only.iter_rows()) == {text: naive_token(masters[-1], "episode", text) for text in expected}


@settings(max_examples=80, deadline=None)
@given(masters=_MASTERS, kind=_KINDS, texts=_TEXTS, new=_KEYS)
def test_what_was_kept_is_hashed_on_to_what_a_later_run_finds(
    masters: list[str], kind: str, texts: list[str | None], new: str
) -> None:
    said = pl.Series([text for text in texts if text is not None], dtype=pl.String)
    before = _keys(masters).hashes(Purpose.FACET, kind, said)
    after = _keys(masters).rotated(new, HASHED)
    kept = before.with_columns(as_token("hash").alias("token"))
    further = dict(after.hashed_on(kind, kept["token"]).iter_rows())
    found = dict(after.hashes(Purpose.FACET, kind, said).iter_rows())
    assert {text: further[token] for text, _, token in kept.iter_rows()} == found
    assert found == {text: naive_hash([*masters, new], kind, text) for text in said}


@settings(max_examples=40, deadline=None)
@given(masters=_MASTERS, new=_KEYS)
def test_earlier_keys_are_read_as_they_were_written(masters: list[str], new: str) -> None:
    keys = _keys(masters)
    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder))
        for file, key in (
            (places.master_key, keys.master),
            (places.record_key, _RECORD),
            (places.protected_key, _PROTECTED),
        ):
            write_key(file, key)
        if keys.earlier:
            places.earlier_keys.touch(mode=0o600)
            places.earlier_keys.write_text(told_earlier(keys))
            told = json.loads(places.earlier_keys.read_text())
            assert [one["fingerprint"] for one in told["earlier"]] == [
                naive_derived(master, "fingerprint").hex()[:16] for master in masters[:-1]
            ]
            assert [one["facets"]["own"] for one in told["earlier"]] == [
                naive_derived(master, "register facet own").hex() for master in masters[:-1]
            ]
        assert open_keys(places) == keys
    assert keys.lineage.split() == [fingerprint(master) for master in masters]


_ROWS = st.lists(st.tuples(st.sampled_from((*HASHED, "member")), st.integers(0, 4)), max_size=12, unique=True)


@settings(max_examples=60, deadline=None)
@given(masters=_MASTERS, rows=_ROWS, new=_KEYS)
def test_a_register_is_rekeyed_to_what_it_would_be_had_the_chain_been_longer(
    masters: list[str], rows: list[tuple[str, int]], new: str
) -> None:
    def book(chain: list[str]) -> Book:
        hashes = [
            f"{value:024x}" if facet == "member" else naive_hash(chain, facet, str(value))
            for facet, value in rows
        ]
        holdings = [
            (number, facet, token, number % 3, 1, 2 if number % 2 else None, number % 5 == 0)
            for number, ((facet, _), token) in enumerate(zip(rows, _tokens(hashes), strict=True), start=1)
        ]
        return Book(holdings=pl.DataFrame(holdings, schema=HOLDINGS, orient="row"))

    before = Register(people=book(masters), families=book(masters))
    after = rekeyed(before, _keys([*masters, new]))
    expected = book([*masters, new])
    assert after.people.holdings.equals(expected.holdings)
    assert after.families.holdings.equals(expected.holdings)
    assert nothing_lost(before, after)
    hashed = expected.holdings.filter(pl.col("facet") != "member")
    if hashed.height:
        assert not nothing_lost(before, before)
        spoilt = after.people.holdings.with_columns(
            token=pl.when(pl.col("id") == hashed["id"][0]).then(pl.lit(0, pl.UInt64)).otherwise("token")
        )
        families = Book(holdings=spoilt.with_columns(since=pl.col("since") + 1))
        assert not nothing_lost(before, Register(people=after.people, families=families))


_PSEUDONYMS = st.integers(0, 5).map(lambda number: f"{number:024x}")


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(_PSEUDONYMS, st.one_of(st.none(), _PSEUDONYMS)), max_size=8),
    one=_KEYS,
    other=_KEYS,
)
def test_two_projects_share_no_token_and_no_order(
    rows: list[tuple[str, str | None]], one: str, other: str
) -> None:
    need = next(table for table in PROTECTED if table.name == "need")
    blank = {
        column.name: pl.Series([None] * len(rows), dtype=pl.String)
        for column in need.columns
        if column.name not in ("episode", "person")
    }
    frame = pl.DataFrame({"episode": [row[0] for row in rows], "person": [row[1] for row in rows], **blank})
    frame = frame.cast({"episode": pl.String, "person": pl.String}).select(need.names)
    given_to = {key: for_project(frame, "need", key) for key in (one, other)}
    for key, found in given_to.items():
        expected = sorted(
            (
                (
                    naive_token(key, "project episode", episode),
                    naive_token(key, "project person", person) if person is not None else None,
                )
                for episode, person in rows
            ),
            key=lambda row: (row[0], row[1] is None, row[1] or ""),
        )
        assert found.select("episode", "person").rows() == expected
    if one != other:
        tokens = [
            {value for name in ("episode", "person") for value in found[name] if value is not None}
            for found in given_to.values()
        ]
        assert not tokens[0] & tokens[1]


def test_every_key_column_is_rekeyed_and_no_text_or_digest_goes_to_a_project() -> None:
    for table in PROTECTED:
        columns = {
            column.name: [date(2024, 3, 17) if column.holds is Holds.DAY else f"{column.name}-value"]
            for column in table.columns
        }
        found = for_project(pl.DataFrame(columns), table.name, "ab" * 32)
        for column in table.columns:
            if column.holds in (Holds.TEXT, Holds.DIGEST):
                assert column.name not in found.columns
            else:
                value = found[column.name].item()
                if column.holds is Holds.KEY:
                    expected = project_tokens("ab" * 32, column.name, pl.Series([f"{column.name}-value"]))
                    assert value == expected["token"].item()
                elif column.holds is Holds.DAY:
                    assert value == "2024-03"
                else:
                    assert value == f"{column.name}-value"


_DAYS = st.dates(date(2023, 11, 1), date(2024, 2, 29))
_EVIDENCE = st.lists(
    st.tuples(
        _PSEUDONYMS, st.one_of(st.none(), _DAYS), st.one_of(st.none(), st.integers(0, 2), _DAYS.map(str))
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(rows=_EVIDENCE, key=_KEYS)
def test_a_project_is_told_no_day_and_how_many_rows_are_alone(
    rows: list[tuple[str, date | None, int | str | None]], key: str
) -> None:
    evidence = next(table for table in PROTECTED if table.name == "claim_evidence")
    frame = pl.DataFrame(
        {
            column.name: pl.Series(
                [None] * len(rows), dtype=pl.Date if column.holds is Holds.DAY else pl.String
            )
            for column in evidence.columns
        }
    ).with_columns(
        pl.Series("episode", [row[0] for row in rows], dtype=pl.String),
        pl.Series("window_from", [row[1] for row in rows], dtype=pl.Date),
        pl.Series("value", [None if row[2] is None else f"since {row[2]}" for row in rows], dtype=pl.String),
    )
    found = for_project(frame, "claim_evidence", key)

    def month(day: date | None) -> str | None:
        return None if day is None else f"{day.year}-{day.month:02}"

    def value(said: int | str | None) -> str | None:
        if said is None:
            return None
        return f"since {month(date.fromisoformat(said)) if isinstance(said, str) else said}"

    expected = [(month(day), value(said)) for _, day, said in rows]
    assert Counter(found.select("window_from", "value").rows()) == Counter(expected)
    assert found.schema["window_from"] == pl.String
    assert alone(found, "claim_evidence") == sum(count == 1 for count in Counter(expected).values())
