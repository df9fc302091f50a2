"""The judge of what was found in case notes, and the held-out notes that it judges on."""

from itertools import pairwise

import pytest

from benchmarks.note_phrases import PHRASES
from benchmarks.notes_corpus import Mention, Note, held_out_notes
from benchmarks.notes_scoring import score, shares, wilson


def test_a_mention_counts_only_with_all_its_letters() -> None:
    note = _note()
    (mention,) = note.mentions
    half, whole = (mention.start, mention.end - 1), (mention.start, mention.end)
    assert shares(score([note], [[half]]))["people nobody told us of"].part == 0
    assert shares(score([note], [[whole]]))["people nobody told us of"].part == 1


def test_a_title_and_an_ending_belong_to_neither_side_and_a_destroyed_note_loses_all() -> None:
    note = _note()
    (mention,) = note.mentions
    wider = score([note], [[(mention.start - 3, mention.end + 2)]])
    assert wider.notes["wrong"].sum() == 0
    further = score([note], [[(mention.start - 4, mention.end + 3)]])
    assert further.notes["wrong"].sum() == 2
    destroyed = score([note], [None])
    assert destroyed.notes["wrong"].sum() == destroyed.notes["outside"].sum() > 0
    assert destroyed.notes["touched"].sum() == 1
    assert destroyed.mentions["found"].sum() == 0


def _note() -> Note:
    """One with one stranger, a title before and a possessive behind."""
    text = "Saw Mr Oduya's van for 4 weeks."
    start = text.index("Oduya")
    mention = Mention(start, start + 5, "PERSON", "possessive", "neighbour")
    survive = text.index("for 4 weeks")
    return Note("N1", text, (mention,), ((survive, survive + 11),))


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (50, 100, 0.4038, 0.5962), (0, 0, 0.0, 1.0)],
)
def test_intervals_after_wilson(part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole) == pytest.approx((low, high), abs=1e-4)


def test_held_out_notes_are_the_same_for_the_same_seed_and_their_truth_fits_them() -> None:
    some, more = list(held_out_notes(40)), list(held_out_notes(60))
    assert some == more[:40]
    assert some != list(held_out_notes(40, seed=2))
    for note in more:
        assert all(0 <= one.start < one.end <= len(note.text) for one in note.mentions)
        ends = sorted((one.start, one.end) for one in note.mentions)
        assert all(first[1] <= second[0] for first, second in pairwise(ends))
        for start, end in note.survive:
            assert all(end <= one.start or start >= one.end for one in note.mentions)


def test_what_was_tuned_on_and_what_is_tested_share_no_phrase_and_hardly_a_name() -> None:
    assert not set(PHRASES["tuning"]) & set(PHRASES["test"])
    assert len({*PHRASES["tuning"], *PHRASES["test"]}) >= 150
    tuned, tested = (
        {
            note.text[one.start : one.end].lower()
            for note in held_out_notes(300, part=part)
            for one in note.mentions
            if one.form == "full"
        }
        for part in ("tuning", "test")
    )
    assert len(tuned & tested) < len(tested) * 0.01
