"""Examples of a framework: what they come to depends on nothing but themselves, and what is found is agreed to."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes import framework_from_text
from outcomes.examples import check_examples
from outcomes.frameworks import Example, ExampleClaim, ExampleNeed, Framework, Record

pytestmark = pytest.mark.proof

FRAMEWORK = framework_from_text(
    "any.toml",
    """
id = "any"
title = "Any"
publisher = "A council"
version = 1
source_url = "https://example.org"
sustain_from = "outcome"
claimable_closures = ["outcomes_met"]
practice_tests = ["plan"]
payment = { amount_gbp = 5, unit = "family", mode = "by_results", one_claim_per_family = false }
eligibility = { minimum = 1, count_by = "need", requires = "nobody" }
[[headline]]
id = "1"
label = "All"
need = [
    { code = "1.1", text = "a", subject = "b", verified = false, confidence = "low", outcome = "c", outcome_confidence = "low", source = "d", rule = { kind = "attendance", threshold = 0.90, stale_after_months = 6, waiver = true } },
    { code = "1.2", text = "a", subject = "b", verified = false, confidence = "low", outcome = "c", outcome_confidence = "low", source = "d", rule = { kind = "all_of", of = [{ kind = "no_event", extract = "police_incident", months = 2 }, { kind = "judgement", months = 1 }] } },
]
[[claim]]
code = "all"
label = "All needs"
unit = "family"
about = "needs"
verified = false
confidence = "low"
source = "ours"
[[claim]]
code = "quiet"
label = "Nothing for three months"
unit = "person"
about = "rule"
verified = false
confidence = "low"
source = "ours"
rule = { kind = "no_event", extract = "police_incident", months = 3 }
""",  # noqa: E501
)
AS_OF = date(2024, 10, 31)
DAYS = st.dates(date(2024, 1, 1), AS_OF)
MEMBERS = ("child", "mother")
TERMS = (
    ("Spring", date(2024, 1, 8), date(2024, 3, 28)),
    ("Summer", date(2024, 4, 15), date(2024, 7, 24)),
    ("Autumn", date(2024, 9, 2), date(2024, 12, 20)),
)


@st.composite
def records(draw: st.DrawFn) -> tuple[tuple[str, tuple[Record, ...]], ...]:
    who = st.sampled_from(MEMBERS)
    incidents = [
        (("person", draw(who)), ("occurred_on", draw(DAYS)), ("role", "suspect"), ("domestic_abuse", False))
        for _ in range(draw(st.integers(0, 2)))
    ]
    terms = [
        (
            ("person", draw(who)),
            ("academic_year", "2023/24"),
            ("term", term),
            ("term_start", first),
            ("term_end", last),
            ("sessions_possible", 100),
            ("sessions_attended", draw(st.sampled_from([80, 90, 100]))),
        )
        for term, first, last in TERMS
        if draw(st.booleans())
    ]
    judged = [
        (
            ("person", draw(st.none() | who)),
            ("need_code", draw(st.sampled_from(["1.1", "1.2"]))),
            ("recorded_on", draw(DAYS)),
            ("state", draw(st.sampled_from(["met", "regressed", "waived"]))),
            ("has_reason", draw(st.booleans())),
        )
        for _ in range(draw(st.integers(0, 3)))
    ]
    found = {"police_incident": incidents, "school_attendance": terms, "progress": judged}
    return tuple((name, tuple(rows)) for name, rows in found.items() if rows)


@st.composite
def examples(draw: st.DrawFn, number: int) -> Example:
    start = draw(st.dates(date(2023, 12, 1), date(2024, 6, 1)))
    concerned = draw(
        st.lists(st.tuples(st.sampled_from(["1.1", "1.2"]), st.sampled_from([*MEMBERS, None])), unique=True)
    )
    needs = [
        ExampleNeed(code, who, start + timedelta(days=draw(st.integers(0, 90))), "sustained", line=2)
        for code, who in concerned
    ]
    covered = draw(st.sampled_from([None, (), ((date(2020, 1, 1), date(2024, 6, 30)),)]))
    return Example(
        name=f"example {number}",
        line=1,
        as_of=draw(st.sampled_from([AS_OF, date(2024, 8, 31)])),
        start=start,
        end=draw(st.none() | DAYS.filter(lambda day: day >= start)),
        closure=draw(st.sampled_from([None, "outcomes_met", "step_up"])),
        assessment=start,
        plan=draw(st.sampled_from([None, start])),
        lead_practitioner=draw(st.booleans()),
        expectant_parent=False,
        earlier_claim=draw(st.sampled_from([None, date(2024, 5, 1)])),
        members=(("child", True), ("mother", False)),
        unlinked=draw(st.sampled_from([(), ("mother",)])),
        needs=tuple(needs),
        claims=(ExampleClaim("all", None, "claimable", line=3),),
        records=draw(records()),
        covers=(("police_incident", covered),) if covered is not None else (),
    )


def told(framework: Framework) -> list[str]:
    return [str(one) for one in check_examples(framework)]


@settings(max_examples=8, deadline=None)
@given(st.tuples(*(examples(number) for number in range(4))))
def test_together_examples_come_to_what_each_comes_to_alone(given_examples: tuple[Example, ...]) -> None:
    alone = [line for one in given_examples for line in told(replace(FRAMEWORK, examples=(one,)))]
    assert told(replace(FRAMEWORK, examples=given_examples)) == alone


@settings(max_examples=8, deadline=None)
@given(st.tuples(*(examples(number) for number in range(4))))
def test_an_example_that_expects_what_was_found_agrees(given_examples: tuple[Example, ...]) -> None:
    found: dict[tuple[str, str], str] = {}
    for one in check_examples(replace(FRAMEWORK, examples=given_examples)):
        # "sustaining, achieved on …" or "claimable, claim date …": the state is what comes first.
        found[one.example, one.what] = one.found.split(",")[0]
    mended = []
    for one in given_examples:
        needs = [
            replace(
                need,
                state=found.get((one.name, f"need {need.code} of {need.who or 'the family'}"), need.state),
            )
            for need in one.needs
        ]
        claims = [
            replace(claim, state=found.get((one.name, "claim all of the family"), claim.state))
            for claim in one.claims
        ]
        claims += [
            ExampleClaim("quiet", who, found[one.name, f"claim quiet of {who}"])
            for who in MEMBERS
            if (one.name, f"claim quiet of {who}") in found
        ]
        mended.append(replace(one, needs=tuple(needs), claims=tuple(claims)))
    assert told(replace(FRAMEWORK, examples=tuple(mended))) == []
