"""What the pages of returns and exports say and read: texts, tables, files of the outbox; without a page."""

import json
import os
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence import export_asking, export_report, outbox, return_tables
from evidence.audit_log import KINDS
from evidence.errors import AccessError, NotGivenError
from evidence.return_history import request_table
from evidence.written_words import one_line, written
from ledger import Event, RequestKind
from ledger.export_records import ExportKind
from tests.fakes import fake_evidence
from tests.made_returns import TABLE, content


@pytest.mark.parametrize(
    "words",
    [
        "ring 01632 960 001",
        "ring +44 (1632) 960001",
        "write to a.b@example.org",
        "see https://council.example/x",
        "see www.council.example",
        "NHS 999 123 4567",
        "number 9991234567",
        "pupil A123456789012",
        "QQ 12 34 56 C",
        "born 1/2/2015",
        "born 2015-02-01",
        "lives in SW1A 1AA",
        "ｓｅｅ １２３４５６７８",
    ],
)
def test_what_somebody_could_be_known_by_is_not_written(words: str) -> None:
    with pytest.raises(AccessError, match="The answer holds what somebody could be known"):
        written(f"It is so: {words}, as told.", "The answer")


@pytest.mark.parametrize(
    "words",
    [
        "1,240 families were helped, 62% more than in 2023-24; £1,234,567 was spent.",
        "The Riverside team began in October 2024, under section 19 of the Act of 2018.",
        "First line.\n\nSecond line – with a dash.",
        "",
    ],
)
def test_what_a_return_has_to_say_is_written_as_it_is(words: str) -> None:
    assert written(f"  {words}\r\n", "The text") == words


@given(st.text(max_size=300))
def test_whatever_is_written_is_kept_printable_and_is_the_same_when_written_again(words: str) -> None:
    try:
        kept = written(words, "The text", 100)
    except AccessError:
        return
    assert len(kept) <= 100
    assert all(one.isprintable() or one == "\n" for one in kept)
    assert written(kept, "The text", 100) == kept
    line = one_line(words, "The text", 100)
    assert line.isprintable()
    assert line == " ".join(line.split())


def test_a_text_that_is_too_long_is_refused_whatever_its_length() -> None:
    for length in (101, 10_000_000):
        with pytest.raises(AccessError, match="at most 100"):
            written("x" * length, "The text", 100)


def may() -> str:
    return ""


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/passwd", ".hidden", "", "a/b", "x" * 201, "a\x00b", "fifo", "folder", "gone"]
)
def test_nothing_but_a_file_of_the_outbox_is_read(tmp_path: Path, name: str) -> None:
    box = tmp_path / "outbox"
    (box / "folder").mkdir(parents=True)
    (tmp_path / "secret").write_bytes(b"x")
    os.mkfifo(box / "fifo")
    assert not outbox.is_there(box, name)
    with pytest.raises(NotGivenError):
        outbox.checked(box, name, sha256(b"x").hexdigest(), may)


def test_a_file_is_given_as_its_digest_says_while_it_may_be(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"safe")
    digest = sha256(b"safe").hexdigest()
    assert outbox.checked(tmp_path, "a.csv", digest, may) == b"safe"
    for wrong in (sha256(b"other").hexdigest(), "", digest.upper()):
        with pytest.raises(NotGivenError, match="not the one that the ledger knows"):
            outbox.checked(tmp_path, "a.csv", wrong, may)
    # What may be given when it is asked for, and may not any more when it was read, is not given.
    said = iter(["", "It was withdrawn."])
    with pytest.raises(NotGivenError, match="It was withdrawn"):
        outbox.checked(tmp_path, "a.csv", digest, lambda: next(said))


def test_a_table_of_a_return_shows_symbols_figures_and_where_they_are_from() -> None:
    shown = return_tables.shown(content(), TABLE)
    assert shown is not None
    assert shown.cells.rows() == [("Total", "240"), ("North", "239"), ("=cmd()", "[c]")]
    assert (shown.figures, shown.symbols) == (2, {"c": 1})
    assert "measure: families_helped" in shown.sources["Where its cells come from"][0]
    assert "quarter = 2024-25 Q2" in shown.sources["Where its cells come from"][0]
    assert return_tables.shown(content(), "../x") is None
    assert return_tables.symbol_words(shown.symbols)[0].startswith("[c] (1): suppressed")


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "words"),
    [
        (1240, "", 0, "1,240"),
        (-40, "", None, "−40"),
        ("96000.5", "£", 2, "£96,000.50"),
        ("62.5", "%", 1, "62.5%"),
        ("1.25", "£m", 2, "£1.25m"),
        ("-0.5", "pp", 1, "−0.5 pp"),
        ("NaN", "", 0, "NaN"),
        ("text", "", 0, "text"),
    ],
)
def test_a_figure_is_written_as_its_unit_is(
    value: object, unit: str, decimals: int | None, words: str
) -> None:
    assert return_tables.figure(value, unit, decimals) == words


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
        max_leaves=20,
    ),
    st.sampled_from(["files", "audit", "risk", "together", "private", "notes", "method", "risk_words"]),
)
def test_a_report_of_any_shape_is_read_without_an_error(said: object, part: str) -> None:
    found = {part: json.loads(json.dumps(said))}
    export_report.file_table(found)
    export_report.class_table(found, "")
    export_report.risk_table(found)
    for words in (
        export_report.attack_words,
        export_report.together_words,
        export_report.private_words,
        export_report.method_words,
        export_report.risk_words,
        export_report.note_words,
    ):
        assert all(isinstance(one, str) for one in words(found))


def test_files_of_one_table_in_several_formats_are_one_row() -> None:
    facts = {"rows": 4, "smallest": 0, "classes": [{"from": None, "to": -1, "cells": 2}]}
    names = ("data/a.csv", "data/a.sav", "data/b.csv", "README.md")
    files = [
        {"name": name, "sha256": name, "bytes": 1, **(facts if name.startswith("data/") else {})}
        for name in names
    ]
    found = {"files": files}
    table = export_report.file_table(found)
    assert table["File"].to_list() == ["data/a", "data/b"]
    assert table["As"].to_list() == ["csv, sav", "csv"]
    assert export_report.beside(found) == "With it go README.md."
    assert export_report.class_table(found, "data/a").rows() == [("up to -1", "2")]


def test_every_kind_of_export_and_request_has_words() -> None:
    assert set(export_asking.KINDS) == {kind.value for kind in ExportKind}
    known = {event for _, events in KINDS.values() for event in events}
    assert known == set(Event)
    from evidence.desk import Asked

    about = [kind for kind in RequestKind if kind.value.endswith(("_return", "_files", "_export"))]
    at = datetime(2026, 11, 1, tzinfo=UTC).isoformat()
    note = "return 1: 3 figures withheld; return-000001-progress.xlsx, return-000001-a.csv in the outbox"
    asked = [Asked(1, kind, "1", "r", "somebody", at, False, True, "Done", note) for kind in about]
    assert len(asked) == 5
    assert set(request_table(asked)["Note"]) == {"return 1: 3 figures withheld"}


def test_what_a_researcher_may_ask_is_what_the_policy_and_the_catalogue_say() -> None:
    evidence = fake_evidence()
    rules = export_asking.offered(evidence)
    assert rules is not None
    measures = {one.code for one in export_asking.measures(evidence, rules, "tables")}
    private = {one.code for one in export_asking.measures(evidence, rules, "private")}
    assert "families_helped" in private <= measures
    assert not any(evidence.catalogue.measures[name].money for name in measures)
    for unit in export_asking.units(rules):
        assert export_asking.columns(rules, unit.code)
    asked = export_asking.of_tables([export_asking.Table("families_helped", ("locality", "quarter"))])
    (table,) = export_asking.preview(evidence, rules, asked)
    # Structure alone: codes and how many cells there could be, and no figure of the release.
    assert table.most_cells > 0
    assert export_asking.column_table(table).columns == [
        "Column",
        "What it is",
        "Kind",
        "What can stand in it",
    ]
