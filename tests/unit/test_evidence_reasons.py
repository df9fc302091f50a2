"""Why something was done to a claim: out of a list, with a remark that can name nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import AccessError
from evidence.reasons import MOST_CHARACTERS, OTHER, REASONS, Occasion, harmless, reason


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("", ""),
        ("  the plan is\n missing ", "the plan is missing"),
        ("The letter of the GP is missing. No plan either: see DWP", None),
        ("two needs, 10 weeks and £800", None),
        ("5 marks", None),
        ("it may be, and 120 days on", None),
        ("a\x00b\u202ec\u200bd", "a b c d"),
    ],
)
def test_what_tells_of_nobody_is_kept(said: str, kept: str | None) -> None:
    assert harmless(said) == (said if kept is None else kept)


@pytest.mark.parametrize(
    "said",
    [
        "John was not seen",
        "the mother, Smith, said so",
        "MRS SMITHSON",
        "not seen. O'Neill moved",
        "Ángel moved",
        "call 07700 900123",
        "9434765919",
        "nhs 943-476-5919",
        "٩٤٣٤٧٦٥٩",
        "born 12/3/2009",
        "born 2009.03.12",
        "on 3 May",
        "on the 3rd of march",
        "lives at ab1 2cd",
        "a@b.example",
        "see https://b.example",
        "see www.b.example",
        "mother is KHAN",
        "LI WEI",
        "JACK",
        "the McDonald file",
        "the deVries file",
        "\u0627\u0644\u0623\u0645",
        "\u674e\u5a01",
        "born may 2014",
        "born 2014 may",
        "seen in june",
        "case 12345",
        "case 1 2-3.4",
        "house 7 oak street, march 3",
        "x" * (MOST_CHARACTERS + 1),
    ],
)
def test_what_could_tell_who_is_meant_is_refused_and_not_repeated(said: str) -> None:
    with pytest.raises(AccessError) as caught:
        harmless(said)
    assert said not in str(caught.value)


@given(st.text(max_size=300))
def test_whatever_is_said_is_one_printable_line_or_refused(said: str) -> None:
    try:
        kept = harmless(said)
    except AccessError:
        return
    assert kept.isprintable()
    assert kept == kept.strip()
    assert len(kept) <= MOST_CHARACTERS
    assert harmless(kept) == kept


@pytest.mark.parametrize("occasion", Occasion)
def test_every_occasion_has_reasons_which_are_themselves_harmless(occasion: Occasion) -> None:
    for code, words in REASONS[occasion].items():
        assert reason(occasion, code, "seen") == f"{words}: seen"
        assert reason(occasion, code, "seen").isprintable()


def test_another_reason_is_told_and_an_unknown_one_refused() -> None:
    with pytest.raises(AccessError, match="what the reason is"):
        reason(Occasion.WITHDRAWN, OTHER, "  ")
    with pytest.raises(AccessError, match="from the list"):
        reason(Occasion.UPHELD, OTHER, "it agrees")
    with pytest.raises(AccessError, match="from the list"):
        reason(Occasion.REJECTED, "'; DROP TABLE claim; --")
