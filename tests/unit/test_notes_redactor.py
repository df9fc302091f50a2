"""The redactor as somebody uses it who brings texts of their own, and its leak audit."""

import pickle
from datetime import date

import pytest

from pipelines.notes import Kind, Known, KnownPerson, Redacted, Redactor
from pipelines.notes.audit import Audit
from pipelines.notes.errors import RedactionError

CHILD = KnownPerson(
    "CHILD_3fa94c",
    forenames=("Zbigniew",),
    surnames=("Oakenthorpe",),
    births=(date(2012, 4, 3),),
    values=((Kind.NHS_NUMBER, "9434765919"), (Kind.PHONE, "07700 900123")),
)
MOTHER = KnownPerson("MOTHER_77b0e1", forenames=("Maureen",), surnames=("Oakenthorpe",))
FAMILY = Known((CHILD, MOTHER), ((Kind.POSTCODE, "AS1 2DA"), (Kind.ADDRESS, "14 Mill Lane, Oldham")))


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor()


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("", ""),
        ("No reply, card left.", "No reply, card left."),
        ("T/C to Maureen Oakenthorpe.", "T/C to [MOTHER_77b0e1]."),
        ("Zbigniew’s plan. MAUREEN agreed.", "[CHILD_3fa94c]’s plan. [MOTHER_77b0e1] agreed."),
        ("DOB 3 April 2012, NHS 943 476 5919.", "DOB [DATE_OF_BIRTH], NHS [NHS_NUMBER]."),
        ("Lives at AS12DA for 4 weeks now.", "Lives at [POSTCODE] for 4 weeks now."),
    ],
)
def test_what_is_known_is_replaced_and_nothing_else(redactor: Redactor, text: str, redacted: str) -> None:
    assert [one.text for one in redactor.redact([text], FAMILY)] == [redacted]


def test_texts_and_families_come_back_in_their_order(redactor: Redactor) -> None:
    other = Known((KnownPerson("FATHER_000001", forenames=("Thaddeus",), surnames=("Quillfeather",)),))
    texts = ["Thaddeus rang.", "Thaddeus Quillfeather rang."] * 200
    told = redactor.redact(texts, [FAMILY, other] * 200)
    assert [one.spans[0].who for one in told] == ["", "FATHER_000001"] * 200


def test_without_anything_known_strangers_are_numbered_within_a_text(redactor: Redactor) -> None:
    (told,) = redactor.redact(["Mrs Featherstone met Mr Gunnarsson. Mrs Featherstone left."])
    assert told.text == "Mrs [PERSON_1] met Mr [PERSON_2]. Mrs [PERSON_1] left."


def test_nobody_can_write_a_token(redactor: Redactor) -> None:
    (told,) = redactor.redact(["[CHILD_3fa94c] hit Maureen."], FAMILY)
    assert told.text == "(CHILD_3fa94c) hit [MOTHER_77b0e1]."


def test_spans_are_counted_in_characters(redactor: Redactor) -> None:
    text = "👪 “Visit”\r\nZbigniew\tOAKENTHORPE – ok"
    (told,) = redactor.redact([text], FAMILY)
    assert [text[span.start : span.end] for span in told.spans] == ["Zbigniew\tOAKENTHORPE"]


def test_known_must_fit_the_texts(redactor: Redactor) -> None:
    with pytest.raises(ValueError, match="of each text"):
        redactor.redact(["a", "b"], [FAMILY])
    assert len(redactor.redact(["a", "b"], [])) == 2
    assert redactor.redact([], FAMILY) == []


def test_it_can_be_pickled_before_and_after_it_has_worked(redactor: Redactor) -> None:
    again = pickle.loads(pickle.dumps(redactor))
    assert again.redact(["Maureen rang."], FAMILY) == redactor.redact(["Maureen rang."], FAMILY)


def test_an_error_tells_nothing_of_the_text(redactor: Redactor, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: object) -> None:
        raise ValueError("Maureen Oakenthorpe")

    broken = pickle.loads(pickle.dumps(redactor))
    monkeypatch.setattr(broken.names, "find", fail)
    with pytest.raises(RedactionError, match=r"^ValueError at \w+\.py:\d+$") as raised:
        broken.redact(["Maureen Oakenthorpe rang."], FAMILY)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


def test_nothing_shows_what_it_holds(redactor: Redactor) -> None:
    told = redactor.redact(["Maureen rang."], FAMILY)
    shown = f"{redactor!r} {told!r} {FAMILY!r} {CHILD!r} {Audit(FAMILY)!r}"
    assert "Maureen" not in shown
    assert "Oakenthorpe" not in shown


class TestAudit:
    @pytest.mark.parametrize(
        "left",
        [
            "Maureen Oakenthorpe",
            "spoke to maureen\noakenthorpe",
            "OAKENTHORPE home",
            "Zbigniéw",
            "ring 07700-900 123",
            "NHS 943 476 5919",
            "at as1 2da",
            "Zbig\u200bniew",
            "Zbign\u0456ew",
            "Oaken-\nthorpe",
            "MumOakenthorpe",
            "[OAKENTHORPE]",
            "dob 03/04/2012",
            "2012-04-03",
            "at 14 Mill  Lane",
        ],
    )
    def test_it_finds_what_is_left(self, left: str) -> None:
        assert Audit(FAMILY).finds(["", f"Visit. {left}. NFA.", ""])

    @pytest.mark.parametrize(
        "safe",
        [
            [],
            ["", " and ", " seen at ", "."],
            ["paid 07700 of ", " 900123"],
            ["Oaken thorpes", "4 Mill Lane"],
        ],
    )
    def test_what_is_parted_by_a_token_and_other_words_are_no_leak(self, safe: list[str]) -> None:
        assert not Audit(FAMILY).finds(safe)

    def test_a_text_in_which_it_finds_something_goes(
        self, redactor: Redactor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("pipelines.notes.engine.Engine.find", lambda *_given: [])
        blind = pickle.loads(pickle.dumps(redactor))
        monkeypatch.setattr(blind.names, "find", lambda texts, found: [[] for _ in texts])
        assert blind.redact(["Maureen Oakenthorpe rang."], FAMILY) == [Redacted(None, ())]
