"""What a page is about, in words that hold nothing from an address."""

from dataclasses import replace

import pytest

from evidence.evidence import Evidence
from evidence.selection import in_words
from release.catalogue import Scope
from tests.fakes import FakeContents, FakeDesk, catalogue, fake_evidence, visitor


@pytest.mark.parametrize(
    ("where", "by", "words"),
    [
        ({}, "", "The whole council: as of 31 October 2024."),
        ({"locality": ""}, "", "Every locality: as of 31 October 2024."),
        (
            {"locality": "", "headline": "2"},
            "ward",
            "Every locality, Good early years development, by ward: as of 31 October 2024.",
        ),
        ({"team": "North team"}, "age_band", "North team, by age: as of 31 October 2024."),
        ({"locality": "<b>nowhere</b>"}, "", "The whole council: as of 31 October 2024."),
    ],
)
def test_the_selection_is_said(where: dict[str, str], by: str, words: str) -> None:
    assert in_words(fake_evidence(), where, by) == words


def test_who_is_kept_to_a_part_reads_that() -> None:
    scopes = {"north": Scope("north", "The north", ("L1",))}
    who = replace(visitor("manager"), scope="north")
    part = Evidence(FakeContents(), replace(catalogue(), scopes=scopes), FakeDesk()).seen_by(who)
    assert in_words(part, {"locality": "L1"}) == "North (The north alone): as of 31 October 2024."
    # A place that is none of theirs is not named.
    assert "Centre" not in in_words(part, {"locality": "L2"})
    assert in_words(part, {}).startswith("The north alone: ")
