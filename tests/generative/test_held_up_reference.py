"""What stands between families and a claim, and when claims are expected, against plain Python, one claim at a time."""

from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from figures.held_up import held_up
from figures.quarters import AHEAD, expected_quarter, quarter_code
from outcomes import read_framework
from outcomes.rules import extracts_of
from release.places import PROJECT

FOLDER = PROJECT / "data" / "frameworks"
NATIONAL = read_framework(FOLDER / "supporting-families-2022.toml")
CONTRACT = read_framework(FOLDER / "family-outcomes-contract.toml")
CODES = [need.code for need in NATIONAL.needs if len(extracts_of(need.rule)) < 3][:12]
RULES = {need.code: need.rule for need in NATIONAL.needs}
OWN = {kind.code: kind.rule for kind in CONTRACT.claims if kind.rule}
HEADLINES = {need.code: headline.id for headline in NATIONAL.headlines for need in headline.needs}
STATES = ["outstanding", "not_evidenced", "sustaining", "sustained", "waived"]
EVIDENCE_STATES = [
    "not_eligible",
    "closed_otherwise",
    "in_progress",
    "evidence_gap",
    "sustaining",
    "claimable",
]
OBSTACLES = ["need_outstanding", "plan_missing", "sustaining", "other_episode", "already_claimed", "none"]
EPISODES = st.sampled_from(["e1", "e2", "e3"])
PERSONS = st.sampled_from([None, "p1", "p2"])
EXTRACTS = st.sampled_from(["police_incident", "housing_event"])


def episodes(kinds):
    return st.lists(
        st.tuples(
            EPISODES,
            st.sampled_from(kinds),
            PERSONS,
            st.sampled_from(EVIDENCE_STATES),
            st.sampled_from(OBSTACLES),
            st.booleans(),
            st.booleans(),
            st.booleans(),
        ),
        max_size=5,
        unique_by=lambda one: one[:3],
    )


needs = st.lists(
    st.tuples(
        EPISODES,
        PERSONS,
        st.sampled_from(CODES),
        st.sampled_from(STATES),
        st.sampled_from(["no_person", "not_met", None]),
    ),
    max_size=8,
    unique_by=lambda one: one[:3],
)
gaps = st.lists(st.tuples(EPISODES, PERSONS, st.sampled_from(CODES), EXTRACTS, st.booleans()), max_size=4)


def claim_frame(rows):
    names = [
        "episode",
        "kind",
        "person",
        "evidence_state",
        "obstacle",
        "assessment_ok",
        "plan_ok",
        "lead_practitioner_ok",
    ]
    schema = {name: pl.Boolean if name.endswith("_ok") else pl.String for name in names}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        family=pl.concat_str(pl.lit("f"), "episode")
    )


def need_frame(rows):
    schema = dict.fromkeys(("episode", "person", "need_code", "state", "reason"), pl.String)
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(headline=pl.col("need_code").replace_strict(HEADLINES, return_dtype=pl.String))


def evidence_frame(rows):
    schema = dict.fromkeys(
        ("episode", "person", "need_code", "kind", "measure", "value", "extract"), pl.String
    )
    return pl.DataFrame(rows, schema=schema, orient="row")


def may_still_come(state, obstacle):
    return state in ("in_progress", "evidence_gap", "sustaining") and obstacle not in (
        "other_episode",
        "already_claimed",
        "none",
    )


def shown_by(rule, gap):
    """What a need that is not evidenced lacks, where one extract can be named."""
    own = [extract for extract in extracts_of(rule) if extract != "progress"]
    extract = gap or (own[0] if len(own) == 1 else None)
    return f"not_evidenced_{extract}" if extract else "not_evidenced"


@settings(deadline=None)
@given(episodes(["successful_family_outcome"]), needs, gaps)
def test_needs_and_practice_tests(claims, all_needs, all_gaps):
    evidence = [
        (episode, person, code, None, "coverage", "not covered" if lacks else "covered", extract)
        for episode, person, code, extract, lacks in all_gaps
    ]
    expected = []
    for episode, kind, person, state, obstacle, *passed in claims:
        if not may_still_come(state, obstacle):
            continue
        tests = ("assessment", "plan", "lead_practitioner")
        expected += [
            (episode, kind, person, None, None, test)
            for test, is_passed in zip(tests, passed, strict=True)
            if not is_passed
        ]
        for at, who, code, need_state, reason in all_needs:
            if at != episode or need_state in ("sustained", "waived"):
                continue
            lacking = sorted(one[3] for one in all_gaps if one[:3] == (at, who, code) and one[4])
            missing = need_state
            if need_state == "not_evidenced":
                missing = (
                    "not_evidenced"
                    if reason == "no_person"
                    else shown_by(RULES[code], lacking and lacking[0])
                )
            expected.append((episode, kind, who, code, HEADLINES[code], missing))
    # Several kinds or persons of one episode are several claims: here each need is told for the kind, once.
    expected = sorted(set(expected), key=str)
    found = held_up(claim_frame(claims), need_frame(all_needs), evidence_frame(evidence), NATIONAL)
    columns = ["episode", "kind", "person", "need", "headline", "missing"]
    assert sorted(set(found.select(columns).iter_rows()), key=str) == expected


@settings(deadline=None)
@given(
    episodes(list(OWN)),
    st.lists(
        st.tuples(EPISODES, st.sampled_from(list(OWN)), PERSONS, st.sampled_from(STATES)),
        max_size=6,
        unique_by=lambda one: one[:3],
    ),
)
def test_kinds_with_a_rule_of_their_own(claims, outcomes):
    evidence = [
        (episode, person, None, kind, "outcome", state, None) for episode, kind, person, state in outcomes
    ]
    expected = []
    for episode, kind, person, state, obstacle, *passed in claims:
        if not may_still_come(state, obstacle):
            continue
        for test, is_passed in zip(("assessment", "plan", "lead_practitioner"), passed, strict=True):
            if test in CONTRACT.practice_tests and not is_passed:
                expected.append((episode, kind, person, None, test))
        for own_state in [one[3] for one in outcomes if one[:3] == (episode, kind, person)]:
            if own_state in ("outstanding", "sustaining"):
                expected.append((episode, kind, person, None, own_state))
            elif own_state == "not_evidenced":
                expected.append((episode, kind, person, None, shown_by(OWN[kind], None)))
    found = held_up(claim_frame(claims), need_frame([]), evidence_frame(evidence), CONTRACT)
    columns = ["episode", "kind", "person", "need", "missing"]
    assert sorted(found.select(columns).iter_rows(), key=str) == sorted(expected, key=str)


@given(st.sampled_from(["claimable", "sustaining", "in_progress"]), st.none() | st.integers(-400, 1200))
def test_the_quarter_in_which_a_claim_is_expected(state, after):
    as_of = date(2024, 10, 31)
    day = None if after is None else as_of + timedelta(after)
    now = as_of.year * 4 + (as_of.month - 1) // 3
    found = pl.DataFrame(
        {"state": [state], "expected_on": [day]}, schema={"state": pl.String, "expected_on": pl.Date}
    )
    if state == "claimable":
        expected = "ready"
    elif day is None or day < date(2024, 10, 1):
        expected = "unknown"
    else:
        number = day.year * 4 + (day.month - 1) // 3
        expected = "later" if number >= now + AHEAD else quarter_code(number)
    assert found.select(expected_quarter(now)).item() == expected
