"""The stage that reads texts: what it keeps of them, what it destroys, and that nothing of a text comes out of it."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.notes.gathering import Gathered
from pipelines.notes.known import Known
from pipelines.notes.redactor import Redacted
from pipelines.notes.settings import Keep
from pipelines.notes.spans import Kind, Span
from pipelines.notes.stage import SPANS, ReadTexts, read_texts
from pipelines.notes.texts import TEXTS, free_texts
from pipelines.notes.themes import Negation, Theme, ThemeFinder, Themes
from tests.unit.test_notes_gathering import KEYS, MEMBERS, frames, gathered

THEMES = Themes(
    1,
    (Theme("debt", "Debt", "", ("debt",)), Theme("dog", "Dogs", "", ("dog", "amara"))),
    Negation(2, ("no",)),
)


class Masks:
    """Takes "Amara" out, three texts at a time; leaves what it was given. Says that texts with "unsafe" are so."""

    def __init__(self) -> None:
        self.given: list[tuple[str, Known | None]] = []

    def stream(self, pairs: Iterable[tuple[str, Known | None]]) -> Iterator[Redacted]:
        for batch in _threes(pairs):
            self.given += batch
            yield from [self._one(text) for text, _known in batch]

    @staticmethod
    def _one(text: str) -> Redacted:
        start = text.find("Amara")
        spans = (Span(start, start + 5, Kind.PERSON, "exact", 1.0, "MOTHER_aaaaaa"),) if start >= 0 else ()
        text = text.replace("Amara", "[MOTHER_aaaaaa]")
        return Redacted(None if "unsafe" in text else text, spans)


def _threes(pairs: Iterable[tuple[str, Known | None]]) -> Iterator[list[tuple[str, Known | None]]]:
    some: list[tuple[str, Known | None]] = []
    for pair in pairs:
        some.append(pair)
        if len(some) == 3:
            yield some
            some = []
    if some:
        yield some


def texts(*rows: dict[str, Any]) -> pl.DataFrame:
    return free_texts(frames({"case_note": [{"written_on": date(2024, 3, 5), **row} for row in rows]}))


def read(
    given: pl.DataFrame, keep: Keep = Keep.REDACTED, found: Gathered | None = None, masks: Masks | None = None
) -> ReadTexts:
    return read_texts(given, found or gathered(), masks or Masks(), ThemeFinder(THEMES), keep, KEYS)


NOTES = [
    {"note_ref": "N5", "episode_ref": "E10003", "text": "A dog."},
    {"note_ref": "N1", "episode_ref": "E10001", "text": "Amara has a debt and a dog."},
    {"note_ref": "N2", "episode_ref": "E10002", "text": "unsafe debt of Amara"},
    {"note_ref": "N3", "episode_ref": "E_NONE", "text": "debt of nobody known"},
    {"note_ref": "N4", "episode_ref": "E10001", "text": "No debt, Amara."},
]


def test_each_text_comes_out_as_its_own() -> None:
    """Texts are read family by family and come out a batch at a time: none may be taken for another."""
    result = read(texts(*NOTES))
    assert set(result.themes.iter_rows()) == {
        ("E10001", "2024-03", "debt"),
        ("E10001", "2024-03", "dog"),
        ("E10003", "2024-03", "dog"),
    }
    assert set(result.redacted.select("episode_ref", "text").iter_rows()) == {
        ("E10001", "[MOTHER_aaaaaa] has a debt and a dog."),
        ("E10001", "No debt, [MOTHER_aaaaaa]."),
        ("E10003", "A dog."),
    }


def test_themes_are_found_in_what_is_left() -> None:
    """Somebody called like a word is no theme."""
    result = read(texts({"note_ref": "N1", "episode_ref": "E10001", "text": "Amara"}))
    assert result.themes.is_empty()


@pytest.mark.parametrize("keep", [Keep.THEMES, Keep.NOTHING])
def test_no_text_is_kept_unless_the_policy_says_so(keep: Keep) -> None:
    result = read(texts(*NOTES), keep)
    assert result.redacted.is_empty()
    assert result.themes.height == 3


def test_what_is_destroyed_is_counted_with_the_reason() -> None:
    result = read(texts(*NOTES))
    assert result.counted.rows() == [("case_note", 5, 1, 1)]


def test_a_family_without_names_has_its_texts_destroyed_unread() -> None:
    nameless = [
        {"person_ref": "P1", "family_ref": "F10001", "role": "child", "forename": "Unborn", "surname": "n/a"}
    ]
    rows = {**MEMBERS, "family_member": nameless, "school_attendance": []}
    masks = Masks()
    result = read(texts(*NOTES), found=gathered(rows, episodes=("E10001",)), masks=masks)
    assert masks.given == []
    assert result.themes.is_empty()
    assert result.redacted.is_empty()
    assert result.spans.is_empty()
    assert result.counted.rows() == [("case_note", 5, 5, 0)]


def test_what_is_known_goes_with_each_text_family_by_family() -> None:
    masks = Masks()
    read(texts(*NOTES), masks=masks)
    forenames = [
        {name for person in known.people for name in person.forenames} for _, known in masks.given if known
    ]
    assert [("Amara" in names, "Ned" in names, "Zed" in names) for names in forenames] == [
        (True, False, False),
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    # One object a family: what is made of it is made once.
    assert masks.given[0][1] is masks.given[1][1]


def test_every_span_is_told_and_nothing_of_the_text() -> None:
    result = read(texts(*NOTES), Keep.THEMES)
    assert dict(result.spans.schema) == dict(SPANS)
    told = result.spans.select("row", "start", "end", "kind", "rule", "score").rows()
    assert set(told) == {
        (2, 0, 5, "PERSON", "exact", 1.0),
        (3, 15, 20, "PERSON", "exact", 1.0),
        (5, 9, 14, "PERSON", "exact", 1.0),
    }
    assert result.kinds == {"PERSON": 3}
    cells = {str(cell) for row in result.spans.rows() for cell in row}
    assert not any("Amara" in cell or "debt" in cell for cell in cells)
    assert "Amara" not in repr(result)
    assert "debt" not in repr(result)


def test_the_token_of_a_text_is_the_same_in_every_run_and_of_one_text_alone() -> None:
    one, other = read(texts(*NOTES)), read(texts(*reversed(NOTES)))
    assert (
        one.redacted.select("note", "text").sort("note").rows()
        == other.redacted.select("note", "text").sort("note").rows()
    )
    assert one.redacted["note"].n_unique() == one.redacted.height
    assert one.redacted["note"].str.contains("^[0-9a-f]{24}$").all()


def test_spans_and_redacted_texts_have_nothing_in_common() -> None:
    """Where identities stood tells of files and rows: beside a redacted text that would say whose record it is."""
    one, other = read(texts(*NOTES)), read(texts(*reversed(NOTES)))
    assert one.spans["note"].n_unique() == 3
    assert set(one.spans["note"]) == set(other.spans["note"])
    assert set(one.spans["note"]).isdisjoint(one.redacted["note"])


def test_two_records_of_one_number_are_two_texts() -> None:
    twice = [{"note_ref": "N1", "episode_ref": "E10001", "text": text} for text in ("A dog.", "A debt.")]
    assert read(texts(*twice)).redacted["note"].n_unique() == 2


def test_many_texts_keep_their_order() -> None:
    """More than are turned into a frame at a time."""
    many = [
        {
            "note_ref": f"N{n}",
            "episode_ref": f"E1000{n % 3 + 1}",
            "text": f"{'Amara' if n % 2 else 'She'} {n}",
        }
        for n in range(9_000)
    ]
    result = read(texts(*many))
    assert result.redacted.height == 9_000
    said = result.redacted["text"].str.extract(r"(\d+)$").cast(pl.Int64) % 3 + 1
    assert (
        pl.concat_str(pl.lit("E1000"), said).pipe(pl.select).to_series() == result.redacted["episode_ref"]
    ).all()
    assert result.spans.height == 4_500
    assert (result.spans["row"] % 2 == 0).all()


# The texts themselves


def test_texts_of_every_contract_are_read_once_each() -> None:
    found = free_texts(
        frames(
            {
                "case_note": [
                    {
                        "note_ref": "N1",
                        "episode_ref": "E1",
                        "written_on": date(2024, 1, 2),
                        "worker": "W1",
                        "text": "a",
                    },
                    {
                        "note_ref": "N1",
                        "episode_ref": "E1",
                        "written_on": date(2024, 1, 2),
                        "worker": "W1",
                        "text": "a",
                    },
                    {"note_ref": "N2", "episode_ref": "E1", "text": " - "},
                    {"note_ref": "N3", "episode_ref": "E1", "text": None},
                ],
                "family_episode": [
                    {"episode_ref": "E1", "start_date": date(2023, 5, 6), "referral_reason": "b"}
                ],
                "progress": [{"episode_ref": "E1", "recorded_on": date(2024, 7, 8), "evidence": "c"}],
            }
        )
    )
    assert dict(found.schema) == dict(TEXTS)
    assert found.select("contract", "column", "number", "episode_ref", "day", "worker", "text").rows() == [
        ("case_note", "text", "N1", "E1", date(2024, 1, 2), "W1", "a"),
        ("family_episode", "referral_reason", "E1", "E1", date(2023, 5, 6), None, "b"),
        ("progress", "evidence", None, "E1", date(2024, 7, 8), None, "c"),
    ]


def test_only_what_may_be_read_is() -> None:
    good = frames({"case_note": NOTES, "progress": [{"episode_ref": "E1", "evidence": "c"}]})
    assert set(free_texts(good, {("progress", "evidence")})["contract"]) == {"progress"}
    assert free_texts(good, ()).is_empty()
