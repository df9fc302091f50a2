"""What rules say of themselves: in words, what they read, where their parts stand; and which claims come first."""

from dataclasses import replace
from fractions import Fraction

import pytest

from outcomes.claims import turns
from outcomes.frameworks import ClaimKind
from outcomes.rules import (
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
    extracts_of,
    in_words,
    nodes,
)

PLAN, IN_NEED = (("kind", ("CPP", "CLA")),), (("kind", ("CIN",)),)
ABUSE = (("domestic_abuse", (True,)),)


@pytest.mark.parametrize(
    ("rule", "words", "extracts"),
    [
        (
            NoEvent("police_incident", 6, "any_member", ABUSE),
            "no_event police_incident domestic_abuse=Y any member 6 months",
            {"police_incident"},
        ),
        (
            NoStatus("social_care_episode", 3, where=PLAN),
            "no_status social_care_episode kind=CPP/CLA 3 months",
            {"social_care_episode"},
        ),
        (Attendance(Fraction(9, 10), 6), "attendance 0.9 over 2 terms", {"school_attendance"}),
        (Spell("employment_spell", 182), "spell employment_spell 182 days", {"employment_spell"}),
        (Judgement(6), "judgement 6 months", {"progress"}),
        (Judgement(0, needs=("9.1", "9.2")), "judgement of needs 9.1, 9.2 0 months", {"progress"}),
        (
            Count(3, extract="health_contact", months=12),
            "count at least 3 health_contact within 12 months",
            {"health_contact"},
        ),
        (
            Count(1, extract="police_incident", whose="any_member", where=ABUSE),
            "count at least 1 police_incident domestic_abuse=Y any member",
            {"police_incident"},
        ),
        (
            Count(2, (Judgement(6), Spell("employment_spell", 28), Judgement(3))),
            "count at least 2 of(judgement 6 months, spell employment_spell 28 days, judgement 3 months)",
            {"progress", "employment_spell"},
        ),
        (
            Reduction("police_incident", 6, Fraction(1, 3)),
            "reduction police_incident by 1/3 over 6 months",
            {"police_incident"},
        ),
        (
            StatusChange("social_care_episode", PLAN, IN_NEED, 6),
            "status_change social_care_episode from kind=CPP/CLA to kind=CIN 6 months",
            {"social_care_episode"},
        ),
        (
            AllOf((Judgement(1), AnyOf((Judgement(2),)))),
            "all_of(judgement 1 months, any_of(judgement 2 months))",
            {"progress"},
        ),
    ],
    ids=lambda value: value.kind if hasattr(value, "kind") else "",
)
def test_a_rule_in_words_and_what_it_reads(rule: Rule, words: str, extracts: set[str]) -> None:
    assert in_words(rule) == words
    assert extracts_of(rule) == extracts


def test_the_parts_of_a_count_have_places_like_those_of_other_combinations() -> None:
    tree = nodes({"1.1": Count(1, (Judgement(1), AllOf((Judgement(2), Judgement(3)))))})
    assert [node.place for node in tree] == ["1.1", "1.1/1", "1.1/2", "1.1/2/1", "1.1/2/2"]
    assert [node.parent for node in tree] == [None, 0, 0, 2, 2]


def test_a_kind_of_claim_is_looked_at_after_those_that_come_first() -> None:
    entry = ClaimKind("entry", "", "person", "rule", Judgement(1))
    kept = replace(entry, code="kept", after=("entry",))
    grown = replace(entry, code="grown", after=("kept", "entry"))
    assert turns((grown, kept, entry)) == {"entry": 0, "kept": 1, "grown": 2}


@pytest.mark.parametrize("after", [("kept",), ("nothing",)])
def test_kinds_that_wait_for_ever_are_refused(after: tuple[str, ...]) -> None:
    entry = ClaimKind("entry", "", "person", "rule", Judgement(1), after=after)
    with pytest.raises(ValueError, match="wait for each other"):
        turns((entry, replace(entry, code="kept", after=("entry",))))
