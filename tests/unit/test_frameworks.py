"""Framework files: the national one as published, and mistakes named with their place and fix."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from outcomes import FrameworkError, read_framework
from outcomes.rules import AllOf, Attendance, Judgement, NotBuilt, in_words, nodes
from release.errors import SettingsError

NATIONAL = Path(__file__).parents[2] / "data" / "frameworks" / "supporting-families-2022.toml"

SMALL = """
id = "small"
title = "A small framework"
publisher = "A council"
version = 3
source_url = "https://example.org"
sustain_from = "outcome"
claimable_closures = ["outcomes_met"]
practice_tests = ["plan"]
[payment]
amount_gbp = 800
unit = "family"
mode = "by_results"
one_claim_per_family = true
[eligibility]
minimum = 3
count_by = "need"
requires = "child_or_expectant_parent"
[[headline]]
id = "1"
label = "Education"
[[headline.need]]
code = "1.1"
text = "A need"
subject = "child"
verified = true
confidence = "high"
outcome = "An outcome"
outcome_confidence = "low"
source = "a page"
[headline.need.rule]
kind = "judgement"
months = 6
"""
RULE = 'kind = "judgement"\nmonths = 6\n'
NO_EVENT = 'kind = "no_event"\nextract = "police_incident"\nmonths = 6\n'


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "small.toml"


def test_the_national_framework_of_2022() -> None:
    framework = read_framework(NATIONAL)
    assert framework.id == "supporting-families-2022"
    assert [headline.id for headline in framework.headlines] == [str(n) for n in range(1, 11)]
    assert len(framework.needs) == 34
    assert not any(need.verified for need in framework.needs)
    assert (framework.valid_from, framework.valid_to) == (date(2022, 10, 3), date(2025, 3, 31))
    assert framework.payment.amount_gbp == 800
    assert framework.payment.suspended_on == date(2024, 11, 18)
    assert framework.sustain_from == "outcome"
    assert framework.claimable_closures == ("outcomes_met", "step_down")
    assert framework.eligibility.minimum == 3
    two_wordings = {h.id: h.alternative_label for h in framework.headlines if h.alternative_label}
    assert two_wordings == {
        "4": "Promoting recovery and reducing harm from substance use",
        "7": "Crime prevention and tackling crime",
    }


def test_the_rules_of_the_national_framework() -> None:
    words = {need.code: in_words(need.rule) for need in read_framework(NATIONAL).needs}
    judged = {code for code, rule in words.items() if rule == "judgement 6 months"}
    assert {code: rule for code, rule in words.items() if code not in judged} == {
        "1.1": "attendance 0.9 over 2 terms",
        "1.2": "attendance 0.9 over 2 terms",
        "6.1": "all_of(no_status social_care_episode kind=CPP/CLA 6 months, judgement 6 months)",
        "6.2": "no_event missing_episode 6 months",
        "7.1": "no_event police_incident role=suspect 6 months",
        "7.3": "no_event police_incident role=suspect 6 months",
        "8.1": "all_of(no_event police_incident domestic_abuse=Y any member 6 months, judgement 6 months)",
        "8.2": "all_of(no_event police_incident role=suspect domestic_abuse=Y 6 months, judgement 6 months)",
        "8.3": "all_of(no_event police_incident domestic_abuse=Y any member 6 months, judgement 6 months)",
        "9.1": "all_of(no_event housing_event any member 6 months, judgement 6 months)",
        "9.2": "all_of(no_event housing_event any member 6 months, judgement 6 months)",
        "10.1": "spell employment_spell 182 days",
    }


def test_only_attendance_may_be_waived_in_the_national_framework() -> None:
    rules = {need.code: need.rule for need in read_framework(NATIONAL).needs}
    assert {node.place for node in nodes(rules) if node.rule.waiver} == {"1.1", "1.2"}
    attendance = rules["1.1"]
    assert isinstance(attendance, Attendance)
    assert attendance.threshold == Fraction(9, 10)


def test_a_small_framework(written: Path) -> None:
    written.write_text(SMALL, encoding="utf-8")
    framework = read_framework(written)
    assert framework.rule_version == "small/3"
    assert framework.valid_from is framework.valid_to is framework.payment.suspended_on is None
    assert framework.needs[0].rule == Judgement(6)


def test_kinds_that_are_declared_but_not_built_are_read(written: Path) -> None:
    parts = "".join(
        f'[[headline.need.rule.of]]\nkind = "{k}"\nanything = 1\n' for k in ("count", "reduction")
    )
    written.write_text(SMALL.replace(RULE, f'kind = "all_of"\n{parts}'), encoding="utf-8")
    rule = read_framework(written).needs[0].rule
    assert rule == AllOf((NotBuilt("count"), NotBuilt("reduction")))
    assert in_words(rule) == "all_of(count, reduction)"


@pytest.mark.parametrize(
    ("find", "put", "place", "problem"),
    [
        ('title = "A small framework"\n', "", "title", "is missing"),
        ('title = "A small framework"', 'title = " "', "title", "is not a text"),
        ("version = 3", "version = 0", "version", "is not a whole number from 1"),
        ("version = 3", "version = true", "version", "is not a whole number"),
        ("version = 3", 'version = 3\nvalid_from = "2022-10-03"', "valid_from", "is not a day"),
        ("version = 3", "version = 3\nvalid_from = 2022-10-03T00:00:00", "valid_from", "is not a day"),
        (
            "version = 3",
            "version = 3\nvalid_from = 2022-10-03\nvalid_to = 2022-10-02",
            "valid_to",
            "lies before valid_from",
        ),
        ("version = 3", "version = 3\ncolour = 1", "colour", "is not a setting known here"),
        ('"outcome"\nclaim', '"start"\nclaim', "sustain_from", "`start` is not known"),
        ('["outcomes_met"]', '["met"]', "claimable_closures", "`met` is not known"),
        ('["outcomes_met"]', '"outcomes_met"', "claimable_closures", "is not a list of texts"),
        ('["plan"]', '["plan", "plan"]', "practice_tests", "says the same twice"),
        ("one_claim_per_family = true", "one_claim_per_family = 1", "payment, one_claim", "is neither true"),
        ("amount_gbp = 800", "amount_gbp = 800.5", "payment, amount_gbp", "is not a whole number"),
        ("minimum = 3", "minimum = 3\nleast = 3", "eligibility, least", "is not a setting known here"),
        ("[payment]", "[[payment]]", "payment", "is not a table"),
        ("[[headline]]", "[headline]", "headline", "is not a list of tables"),
        ("months = 6", "", "need 1.1, rule, months", "is missing"),
        ("months = 6", "months = 0", "need 1.1, rule, months", "is not a whole number from 1 to 120"),
        ("months = 6", "months = 6\nmoths = 6", "need 1.1, rule, moths", "is not a setting known here"),
        ('kind = "judgement"', 'kind = "opinion"', "need 1.1, rule, kind", "`opinion` is not known"),
        (RULE, 'kind = "all_of"\nof = []\n', "need 1.1, rule, of", "is not a list of tables"),
        (
            RULE,
            'kind = "all_of"\nof = [{ kind = "judgement" }]\n',
            "need 1.1, rule, part 1, months",
            "is missing",
        ),
        (RULE, NO_EVENT.replace("police", "polite"), "rule, extract", "`polite_incident` is not known"),
        (
            RULE,
            NO_EVENT.replace("no_event", "no_status"),
            "rule, extract",
            "Choose one of: missing_episode, social_care_episode, employment_spell",
        ),
        (RULE, NO_EVENT + 'where = { role = "suspekt" }', "rule, where, role", "Choose from: suspect"),
        (
            RULE,
            NO_EVENT + "where = { domestic_abuse = 1 }",
            "where, domestic_abuse",
            "not known. Choose from: true",
        ),
        (RULE, NO_EVENT + 'where = { domestic_abuse = "Y" }', "where, domestic_abuse", "Choose from: true"),
        (RULE, NO_EVENT + "where = { role = [] }", "rule, where, role", "no record would qualify"),
        (RULE, NO_EVENT + 'where = { street = "x" }', "rule, where, street", "cannot be filtered by it"),
        (RULE, NO_EVENT + 'whose = "everybody"', "rule, whose", "`everybody` is not known"),
        (
            RULE,
            'kind = "attendance"\nstale_after_months = 6\nthreshold = "0.9"',
            "rule, threshold",
            "is not a number",
        ),
        (
            RULE,
            'kind = "attendance"\nstale_after_months = 6\nthreshold = 90',
            "rule, threshold",
            "Write it as 0.90",
        ),
        (
            RULE,
            'kind = "attendance"\nstale_after_months = 6\nthreshold = nan',
            "rule, threshold",
            "not a share",
        ),
        (
            'code = "1.1"\n',
            "",
            "headline 1, need 1, code",
            "is missing",
        ),
        ("= = =", "", "", ""),
    ],
)
def test_a_mistake_is_named_with_its_place_and_its_fix(
    written: Path, find: str, put: str, place: str, problem: str
) -> None:
    if find == "= = =":
        written.write_text("id = = 3", encoding="utf-8")
        place, problem = "small.toml", "is not valid TOML"
    else:
        assert SMALL.count(find) == 1, find
        written.write_text(SMALL.replace(find, put), encoding="utf-8")
    with pytest.raises(FrameworkError) as caught:
        read_framework(written)
    message = str(caught.value)
    assert message.startswith("small.toml: ")
    assert place in message
    assert problem in message


def test_rules_nested_too_deep_are_refused(written: Path) -> None:
    rule = '{ kind = "judgement", months = 6 }'
    for _ in range(5):
        rule = f'{{ kind = "any_of", of = [{rule}] }}'
    written.write_text(SMALL.replace(f"[headline.need.rule]\n{RULE}", f"rule = {rule}\n"), encoding="utf-8")
    with pytest.raises(FrameworkError, match="at most 5 levels"):
        read_framework(written)


@pytest.mark.parametrize("what", ["headline", "need"])
def test_what_appears_twice_is_refused(written: Path, what: str) -> None:
    start = SMALL.index("[[headline]]" if what == "headline" else "[[headline.need]]")
    written.write_text(SMALL + SMALL[start:], encoding="utf-8")
    with pytest.raises(FrameworkError, match=f"{what} 1.* appears twice"):
        read_framework(written)


@pytest.mark.parametrize("content", [None, b"\xff\xfeid"], ids=["missing", "binary"])
def test_a_file_that_cannot_be_read(written: Path, content: bytes | None) -> None:
    if content is not None:
        written.write_bytes(content)
    with pytest.raises(FrameworkError, match=r"small\.toml: .*\. [PS]"):
        read_framework(written)


def test_the_error_is_one_of_settings_with_an_exit_code_of_its_own() -> None:
    assert issubclass(FrameworkError, SettingsError)
    assert FrameworkError.exit_code == 21
