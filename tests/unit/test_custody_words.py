"""What a pack says is plain English, whatever the framework asks and whatever somebody wrote."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.letters import shown
from custody.wording import FACTS, REASONS, RECORDS, rule_words
from outcomes import Measure, Reason, read_framework
from outcomes.rules import (
    EXTRACTS,
    AllOf,
    AnyOf,
    Attendance,
    Count,
    Judgement,
    NoEvent,
    NoStatus,
    Reduction,
    Rule,
    Spell,
    StatusChange,
)

FRAMEWORKS = sorted((Path(__file__).parents[2] / "data" / "frameworks").glob("[!a]*.toml"))
RULES: list[tuple[Rule, str]] = [
    (
        NoEvent("police_incident", 6, "any_member", (("domestic_abuse", (True,)),)),
        "no police incident (domestic abuse yes) of any member of the family for 6 months, "
        "on days that the extract covers",
    ),
    (
        NoStatus("social_care_episode", 1, "person", (("kind", ("CPP", "CLA")),)),
        "no open children's social care episode (kind CPP or CLA) of whoever it is about on any day of one "
        "month, on days that the extract covers",
    ),
    (
        Attendance(Fraction(9, 10), 6),
        "at least 90 per cent of the sessions possible attended over the two newest complete terms, of which the last "
        "ended no more than 6 months before the as-of date",
    ),
    (
        Spell("employment_spell", 182),
        "a spell of employment that is open on the as-of date and has lasted 182 days",
    ),
    (
        Judgement(6, waiver=True),
        "a review judged the need met, and none judged it regressed for 6 months; or a waiver with a reason",
    ),
    (
        AllOf((Judgement(3), NoEvent("missing_episode", 2))),
        "all of: (1) a review judged the need met, and none judged it regressed for 3 months; (2) no missing episode "
        "of whoever it is about for 2 months, on days that the extract covers",
    ),
    (
        AnyOf((Spell("probation", 10),)),
        "at least one of: (1) a spell of probation that is open on the as-of date and has lasted 10 days",
    ),
    (
        Count(2, (Judgement(1), Judgement(2), Judgement(3))),
        "at least 2 of: (1) a review judged the need met, and none judged it regressed for one month; (2) a review "
        "judged the need met, and none judged it regressed for 2 months; (3) a review judged the need met, and none "
        "judged it regressed for 3 months",
    ),
    (Judgement(0, needs=("9.1", "9.2")), "a review judged need 9.1 or 9.2 met"),
    (
        Count(3, extract="health_contact", months=4),
        "at least 3 health contacts of whoever it is about within 4 months of the day on which the clock may "
        "start",
    ),
    (
        Reduction("police_incident", 6, Fraction(1, 4), where=(("role", ("suspect",)),)),
        "at least 25 per cent fewer police incidents (role suspect) of whoever it is about in 6 months than in "
        "the 6 months before",
    ),
    (
        StatusChange("benefit_spell", (("kind", ("JSA",)),), (("kind", ("UC",)),), 3),
        "a change from (kind JSA) to (kind UC) in benefit spells, held for 3 months",
    ),
]


@pytest.mark.parametrize(("rule", "words"), RULES, ids=lambda value: getattr(value, "kind", ""))
def test_a_rule_in_words(rule: Rule, words: str) -> None:
    assert rule_words(rule) == words


@pytest.mark.parametrize("file", FRAMEWORKS, ids=lambda file: file.stem)
def test_every_rule_of_every_framework_is_in_words(file: Path) -> None:
    framework = read_framework(file)
    rules = [need.rule for need in framework.needs] + [kind.rule for kind in framework.claims if kind.rule]
    for rule in rules:
        assert "_" not in rule_words(rule)
        assert "(" not in rule_words(rule) or ")" in rule_words(rule)


def test_every_fact_reason_and_extract_has_words() -> None:
    assert set(Measure) <= FACTS.keys()
    assert set(Reason) <= REASONS.keys()
    assert EXTRACTS.keys() <= RECORDS.keys()


@given(st.text())
def test_no_letter_is_left_that_a_document_cannot_show(text: str) -> None:
    words = shown(text)
    assert all(letter.isprintable() for letter in words)
    assert shown(words) == words
    assert len(words) <= 2000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Siân Ó’Neill – £800", "Siân Ó’Neill – £800"),
        ("two\nlines\tand  blanks ", "two lines and blanks"),
        ("turned \u202eround", "turned \ufffdround"),
        ("null \x00 byte", "null \ufffd byte"),
        ("漢字", "\ufffd\ufffd"),
        ("x" * 3000, "x" * 1999 + "…"),
    ],
)
def test_what_is_shown(text: str, words: str) -> None:
    assert shown(text) == words
