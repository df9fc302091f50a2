"""What may be written into the audit log as a reason or a purpose."""

import pytest

from pipelines.commands.identities import ReasonError, harmless


@pytest.mark.parametrize(
    "words",
    [
        "NHS 943 476 5919",
        "for 12-34-56",
        "number 1.2.3.4.5.6",
        "pupil 10_00_01",
        "born 12/3/14",
        "seen on 12 March 2014",
        "to a.b@council.example",
        "near AS1 9LA",
        "AB 12 34 57 C",
        "who lives at 14 Hope Street",
    ],
)
def test_what_tells_who_was_meant_is_refused_and_not_repeated(words: str) -> None:
    with pytest.raises(ReasonError) as raised:
        harmless(words)
    assert words not in str(raised.value)


@pytest.mark.parametrize(
    "words", ["An auditor asked.", "A yearly change.", " test ", "What helps, and whom.", "For Q3 of 2024"]
)
def test_what_says_why_and_not_who_is_taken(words: str) -> None:
    assert harmless(words) == words.strip()
