"""Case notes of the fictional council: every identity in them is marked where it stands."""

from datetime import date

import pytest

from pipelines.council.council import Council, imagine
from pipelines.council.notes import SLOTS, Note, write_down
from pipelines.council.phrases import OPENINGS, PHRASES


@pytest.fixture(scope="module")
def council() -> Council:
    return imagine(60, 4, "by_results", date(2024, 10, 31), lambda share: None)


@pytest.fixture(scope="module")
def notes(council) -> list[Note]:
    return list(write_down(council))


def test_spans_stand_where_they_say_and_do_not_overlap(notes):
    for note in notes:
        ends = [0]
        for span in note.spans:
            assert note.text[span["start"] : span["end"]] == span["text"] != ""
            assert span["start"] >= ends[-1]
            ends.append(span["end"])
        for kept in note.survive:
            assert note.text[kept["start"] : kept["end"]] == kept["text"]


def test_all_types_and_forms_occur(notes):
    spans = [span for note in notes for span in note.spans]

    assert {span["type"] for span in spans} == {
        "PERSON", "ADDRESS", "POSTCODE", "SCHOOL", "SURGERY", "PHONE", "EMAIL", "NHS_NUMBER", "UPN", "NINO",
        "DATE_OF_BIRTH", "VEHICLE", "SOCIAL_HANDLE",
    }  # fmt: skip
    assert {span["form"] for span in spans} >= {
        "full", "forename", "nickname", "possessive", "lower", "upper", "misspelt", "initials", "title", "split",
        "surname_first", "value",
    }  # fmt: skip


def test_no_surname_of_the_family_stands_unmarked(council, notes):
    """A surname outside every span would be an identity that the truth does not know of."""
    surnames = {
        episode.ref: {person.surname for person in episode.family.people() if len(person.surname) > 4}
        for episode in council.episodes
    }
    for note in notes:
        rest = list(note.text)
        for span in note.spans:
            rest[span["start"] : span["end"]] = " " * (span["end"] - span["start"])
        left = set("".join(rest).replace(",", " ").replace(".", " ").split())
        assert not left & surnames[note.episode]


def test_notes_belong_to_their_episode(council, notes):
    spells = {episode.ref: (episode.started, episode.ended or council.as_of) for episode in council.episodes}

    assert all(spells[note.episode][0] <= note.day <= spells[note.episode][1] for note in notes)
    assert 4 <= len(notes) / len(council.families) <= 9


@pytest.mark.parametrize("words", [*(phrase for phrase, _, _ in PHRASES), *OPENINGS])
def test_every_place_of_a_phrase_is_known(words):
    places = [piece.split("}")[0] for piece in words.split("{")[1:]]

    assert set(places) <= set(SLOTS)
