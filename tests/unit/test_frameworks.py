"""Framework files: those that are shipped, and mistakes named with their line, their place and their fix."""

import tomllib
from datetime import date
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from docs.framework_reference import frameworks
from outcomes import Framework, FrameworkError, read_framework
from outcomes.frameworks import ClaimKind
from outcomes.rules import (
    AllOf,
    Attendance,
    Count,
    Judgement,
    Reduction,
    StatusChange,
    in_words,
    nodes,
)
from release.errors import SettingsError

SHIPPED = Path(__file__).parents[2] / "data" / "frameworks"
NATIONAL = SHIPPED / "supporting-families-2022.toml"

SMALL = """\
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
COUNT = 'kind = "count"\nextract = "health_contact"\nat_least = 3\n'
REDUCTION = 'kind = "reduction"\nextract = "police_incident"\nmonths = 6\nshare = "1/3"\n'
CHANGE = (
    'kind = "status_change"\nextract = "social_care_episode"\nmonths = 6\n'
    'from_where = { kind = "CPP" }\nto_where = { kind = "CIN" }\n'
)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "small.toml"


def read_with(written: Path, find: str, put: str) -> Framework:
    """The small framework with one thing changed."""
    assert SMALL.count(find) == 1, find
    written.write_text(SMALL.replace(find, put), encoding="utf-8")
    return read_framework(written)


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
    assert [(kind.code, kind.about, kind.unit) for kind in framework.claims] == [
        ("successful_family_outcome", "needs", "family")
    ]
    assert framework.audit.share == Fraction(1, 10)


def test_the_windows_of_2022_are_its_quarters_without_a_gap() -> None:
    framework = read_framework(NATIONAL)
    windows = framework.windows
    assert (windows[0].opens, windows[-1].closes) == (framework.valid_from, framework.valid_to)
    assert all((b.opens - a.closes).days == 1 for a, b in pairwise(windows))
    assert windows[-2].id == "2024-25-Q3"


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


@pytest.mark.parametrize("identifier", ["troubled-families-2015", "supporting-families-2020"])
def test_the_earlier_programmes_ask_for_two_of_six_problems_or_employment(identifier: str) -> None:
    framework = read_framework(SHIPPED / f"{identifier}.toml")
    assert len(framework.headlines) == 6
    assert (framework.eligibility.minimum, framework.eligibility.count_by) == (2, "headline")
    assert [(kind.code, kind.unit) for kind in framework.claims] == [
        ("significant_and_sustained_progress", "family"),
        ("continuous_employment", "person"),
    ]
    assert framework.payment.one_claim_per_family
    assert framework.plan == "local"
    assert framework.fund == read_framework(NATIONAL).fund
    assert {need.code for need in framework.needs} == {need.code for need in read_framework(NATIONAL).needs}


def test_the_programmes_of_one_fund_follow_on_one_another() -> None:
    periods = [
        (framework.valid_from, framework.valid_to)
        for framework in (
            read_framework(SHIPPED / f"{identifier}.toml")
            for identifier in (
                "troubled-families-2015",
                "supporting-families-2020",
                "supporting-families-2022",
            )
        )
    ]
    for (_, ended), (began, _) in pairwise(periods):
        assert ended and began and (began - ended).days == 1


def test_family_help_tracks_the_needs_of_2022_and_pays_nothing() -> None:
    local, national = read_framework(SHIPPED / "family-help-local.toml"), read_framework(NATIONAL)
    assert {need.code: need.rule for need in local.needs} == {need.code: need.rule for need in national.needs}
    assert local.payment.mode == "none"
    assert {price.amount_gbp for kind in local.claims for price in local.prices(kind)} == {0}
    assert local.fund != national.fund


def test_the_contract_has_what_rate_cards_have() -> None:
    contract = read_framework(SHIPPED / "family-outcomes-contract.toml")
    kinds = {kind.code: kind for kind in contract.claims}
    assert contract.deadweight == Fraction(1, 6)
    assert kinds["attachment"].about == "attachment"
    assert [price.amount_gbp for price in kinds["attachment"].prices] == [600, 400, 200]
    assert kinds["housing_sustained"].after == ("housing_entry",)
    assert kinds["employment_entry"].one_of == kinds["learning_entry"].one_of
    assert kinds["employment_entry"].most_per_family == 2
    steps = kinds["steps_forward"].rule
    assert isinstance(steps, Count) and steps.at_least == 3 and len(steps.of) > 3
    rules = {code: kind.rule for code, kind in kinds.items() if kind.rule}
    built = {type(node.rule) for node in nodes(rules)}
    assert built >= {Count, Reduction, StatusChange, Judgement, AllOf}


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*-*.toml")), ids=lambda file: file.stem)
def test_nothing_that_is_shipped_claims_to_be_verified(file: Path) -> None:
    framework = read_framework(file)
    assert framework.id == file.stem
    known = [(one.source, one.verified) for one in framework.needs]
    known += [(one.source, one.verified) for one in framework.claims]
    assert all(source and not verified for source, verified in known)


def test_a_file_of_the_old_form_is_read(written: Path) -> None:
    written.write_text(SMALL, encoding="utf-8")
    framework = read_framework(written)
    assert framework.rule_version == "small/3"
    assert framework.valid_from is framework.valid_to is framework.payment.suspended_on is None
    assert framework.needs[0].rule == Judgement(6)
    assert framework.fund == "small"
    assert not framework.windows
    assert not framework.examples
    assert framework.deadweight == 0
    (kind,) = framework.claims
    assert (kind.code, kind.about, kind.unit) == ("successful_family_outcome", "needs", "family")
    assert [price.amount_gbp for price in kind.prices] == [800]


def test_a_file_as_windows_saves_it_is_read(written: Path) -> None:
    written.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert read_framework(written).rule_version == "small/3"
    written.write_bytes(
        b"\xef\xbb\xbf" + SMALL.replace("version = 3", "version = 0").replace("\n", "\r\n").encode()
    )
    with pytest.raises(FrameworkError, match="line 4: version"):
        read_framework(written)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (COUNT, "count at least 3 health_contact"),
        (COUNT + "months = 12\nwhose = 'any_member'\n", "count at least 3 health_contact any member within"),
        (
            'kind = "count"\nat_least = 1\nof = [{ kind = "judgement", months = 1 }]\n',
            "count at least 1 of(judgement 1 months)",
        ),
        (REDUCTION, "reduction police_incident by 1/3 over 6 months"),
        (CHANGE, "status_change social_care_episode from kind=CPP to kind=CIN 6 months"),
    ],
)
def test_the_rules_of_rate_cards(written: Path, rule: str, words: str) -> None:
    assert words in in_words(read_with(written, RULE, rule).needs[0].rule)


@pytest.mark.parametrize(
    ("find", "put", "line", "place", "problem"),
    [
        ('title = "A small framework"\n', "", None, "title", "is missing"),
        ('title = "A small framework"', 'title = " "', 2, "title", "is not a text"),
        (
            'title = "A small framework"',
            'title = "A\\u202esmall"',
            2,
            "title",
            "or a sign that cannot be seen",
        ),
        ('id = "small"', 'id = "Small one"', 1, "id", "cannot be a name here. Write one like"),
        ("version = 3", "version = 0", 4, "version", "is not a whole number from 1"),
        ("version = 3", "version = true", 4, "version", "is not a whole number"),
        ("version = 3", 'version = 3\nvalid_from = "2022-10-03"', 5, "valid_from", "is not a day"),
        ("version = 3", "version = 3\nvalid_from = 2022-10-03T00:00:00", 5, "valid_from", "is not a day"),
        ("version = 3", "version = 3\nvalid_to = 9999-12-31", 5, "valid_to", "lies outside the years"),
        (
            "version = 3",
            "version = 3\nvalid_from = 2022-10-03\nvalid_to = 2022-10-02",
            6,
            "valid_to",
            "lies before valid_from",
        ),
        ("version = 3", "version = 3\ncolour = 1", 5, "colour", "is not a setting known here"),
        ('"outcome"\nclaim', '"start"\nclaim', 6, "sustain_from", "`start` is not known"),
        ('["outcomes_met"]', '["met"]', 7, "claimable_closures", "`met` is not known"),
        ('["outcomes_met"]', '"outcomes_met"', 7, "claimable_closures", "is not a list of texts"),
        ('["plan"]', '["plan", "plan"]', 8, "practice_tests", "says the same twice"),
        (
            "one_claim_per_family = true",
            "one_claim_per_family = 1",
            13,
            "payment, one_claim",
            "is neither true",
        ),
        ("amount_gbp = 800", "amount_gbp = 800.5", 10, "payment, amount_gbp", "is not a whole number"),
        ("amount_gbp = 800\n", "", 9, "payment, amount_gbp", "is missing. Add `amount_gbp = …` here"),
        (
            "minimum = 3",
            "minimum = 3\nleast = 3",
            16,
            "eligibility, least",
            "known: count_by, minimum, requires",
        ),
        ("minimum = 3", "minimum = 0", 15, "eligibility, minimum", "is not a whole number from 1"),
        ("[payment]", "[[payment]]", 9, "payment", "is not a table"),
        ("[[headline]]", "[headline]", 18, "headline", "is not a list of tables"),
        ("months = 6", "", 30, "need 1.1, rule, months", "is missing"),
        ("months = 6", "months = 0", 32, "need 1.1, rule, months", "is not a whole number from 1 to 120"),
        ("months = 6", "months = 6\nmoths = 6", 33, "need 1.1, rule, moths", "is not a setting known here"),
        ("months = 6", 'months = 6\nneeds = ["1.1"]', 33, "rule, needs", "is not a setting known here"),
        ('kind = "judgement"', 'kind = "opinion"', 31, "need 1.1, rule, kind", "`opinion` is not known"),
        (RULE, 'kind = "all_of"\nof = []\n', 32, "need 1.1, rule, of", "is not a list of tables"),
        (
            RULE,
            'kind = "all_of"\nof = [\n  { kind = "judgement" },\n]\n',
            33,
            "need 1.1, rule, part 1, months",
            "is missing",
        ),
        (RULE, NO_EVENT.replace("police", "polite"), 32, "rule, extract", "`polite_incident` is not known"),
        (
            RULE,
            NO_EVENT.replace("no_event", "no_status"),
            32,
            "rule, extract",
            "Choose one of: missing_episode, social_care_episode, employment_spell",
        ),
        (RULE, NO_EVENT + 'where = { role = "suspekt" }', 34, "rule, where, role", "Choose from: suspect"),
        (
            RULE,
            NO_EVENT + "where = { domestic_abuse = 1 }",
            34,
            "where, domestic_abuse",
            "not known. Choose from: true",
        ),
        (
            RULE,
            NO_EVENT + 'where = { domestic_abuse = "Y" }',
            34,
            "where, domestic_abuse",
            "Choose from: true",
        ),
        (RULE, NO_EVENT + "where = { role = [] }", 34, "rule, where, role", "no record would qualify"),
        (RULE, NO_EVENT + 'where = { street = "x" }', 34, "rule, where, street", "cannot be filtered by it"),
        (RULE, NO_EVENT + 'whose = "everybody"', 34, "rule, whose", "`everybody` is not known"),
        (
            RULE,
            COUNT + 'where = { kind = "vi\\nsit" }\n',
            34,
            "rule, where, kind",
            "holds a code that is not known",
        ),
        (RULE, COUNT.replace("3", "0"), 33, "rule, at_least", "is not a whole number from 1"),
        (
            RULE,
            'kind = "count"\nat_least = 2\nof = [{ kind = "judgement", months = 1 }]\n',
            32,
            "rule, at_least",
            "is not a whole number from 1 to 1",
        ),
        (
            RULE,
            COUNT + 'of = [{ kind = "judgement", months = 1 }]\n',
            32,
            "rule, extract",
            "stands beside the rules of `of`",
        ),
        (RULE, REDUCTION.replace("1/3", "4/3"), 34, "rule, share", "is not a share above 0, up to 1"),
        (
            RULE,
            REDUCTION.replace("1/3", "1/0"),
            34,
            "rule, share",
            'Write it as `share = 0.90` or `share = "',
        ),
        (RULE, REDUCTION.replace('"1/3"', "0.0"), 34, "rule, share", "is not a share above 0"),
        (RULE, REDUCTION.replace('"1/3"', "1e-999999"), 34, "rule, share", "is not a share above 0"),
        (RULE, REDUCTION.replace('"1/3"', "nan"), 34, "rule, share", "is not a share above 0"),
        (RULE, CHANGE.replace("CIN", "CPP"), 35, "rule, to_where", "so nothing changes"),
        (
            RULE,
            CHANGE.replace('kind = "CIN"', ""),
            35,
            "rule, to_where",
            "names no code, so every record would do",
        ),
        (
            RULE,
            CHANGE.replace('from_where = { kind = "CPP" }\n', ""),
            30,
            "rule, from_where",
            "is missing",
        ),
        (
            RULE,
            'kind = "attendance"\nstale_after_months = 6\nthreshold = "0.9"',
            33,
            "rule, threshold",
            "is not a number",
        ),
        (
            RULE,
            'kind = "attendance"\nstale_after_months = 6\nthreshold = 90',
            33,
            "rule, threshold",
            "Write it as 0.90",
        ),
        (
            RULE,
            'kind = "attendance"\nstale_after_months = 6\nthreshold = nan',
            33,
            "rule, threshold",
            "not a share",
        ),
        ('code = "1.1"\n', "", 21, "headline 1, need 1, code", "is missing"),
        ("[payment]", "deadweight = 1\n[payment]", 9, "deadweight", "from 0, below 1"),
        ("[payment]", 'plan = "mine"\n[payment]', 9, "plan", "Choose one of: national, local"),
        ("[payment]", 'fund = "Our fund"\n[payment]', 9, "fund", "cannot be a name here"),
        ("[payment]", "[audit]\nshare = 0\n[payment]", 10, "audit, share", "above 0"),
        ("[payment]", "[audit]\nshare = 0.0999\n[payment]", 10, "audit, share", "Write 0.10 or more"),
        ("[payment]", "[audit]\nminimum = 0\n[payment]", 10, "audit, minimum", "from 1 to"),
        ("[payment]", "[audit]\nmaximum = 1\n[payment]", 10, "audit, maximum", "is not a setting known"),
    ],
)
def test_a_mistake_is_named_with_its_line_its_place_and_its_fix(
    written: Path, find: str, put: str, line: int | None, place: str, problem: str
) -> None:
    with pytest.raises(FrameworkError) as caught:
        read_with(written, find, put)
    message = str(caught.value)
    assert message.startswith(f"small.toml, line {line}: " if line else "small.toml: "), message
    assert place in message
    assert problem in message


WINDOW = '[[window]]\nid = "{}"\nopens = {}\ncloses = {}\n'


@pytest.mark.parametrize(
    ("windows", "line", "problem"),
    [
        ([("Q1", "2024-04-01", "2024-03-31")], 36, "lies before the day on which it opens"),
        (
            [("Q1", "2024-04-01", "2024-06-30"), ("Q2", "2024-06-30", "2024-09-30")],
            39,
            "opens before the window Q1 has closed. Write 2024-07-01",
        ),
        (
            [("Q2", "2024-07-01", "2024-09-30"), ("Q1", "2024-04-01", "2024-06-30")],
            39,
            "or put the windows in order",
        ),
        ([("Q1", "2024-04-01", "2024-06-30"), ("q1", "2024-07-01", "2024-09-30")], 38, "appears twice"),
        ([("../../up", "2024-04-01", "2024-06-30")], 34, "cannot be a name here"),
        ([("Q1", '"soon"', "2024-06-30")], 35, "is not a day"),
    ],
)
def test_windows_stand_in_order_and_share_no_day(
    written: Path, windows: list[tuple[str, str, str]], line: int, problem: str
) -> None:
    written.write_text(SMALL + "".join(WINDOW.format(*one) for one in windows), encoding="utf-8")
    with pytest.raises(FrameworkError, match=f"line {line}: ") as caught:
        read_framework(written)
    assert problem in str(caught.value)


def kind(code: str, more: str = "", unit: str = "person", about: str = "rule") -> str:
    """A kind of claim as a file has it; `more` replaces what it says beside."""
    rule = '[claim.rule]\nkind = "spell"\ndays = 28\n' if about == "rule" and "rule" not in more else ""
    return (
        f'[[claim]]\ncode = "{code}"\nlabel = "A claim"\nunit = "{unit}"\nabout = "{about}"\n'
        f'verified = false\nconfidence = "low"\nsource = "ours"\n{more}{rule}'
    )


def claims(written: Path, *kinds: str) -> tuple[ClaimKind, ...]:
    written.write_text(SMALL + "".join(kinds), encoding="utf-8")
    return read_framework(written).claims


PERIODS = "[[claim.price]]\namount_gbp = 10\nto = 2024-03-31\n[[claim.price]]\namount_gbp = 5\nfrom = {}\n{}"


def test_kinds_of_claim(written: Path) -> None:
    read = claims(
        written,
        kind("entry", 'one_of = "start"\nmost_per_family = 2\namount_gbp = 30\n'),
        kind("other_entry", 'one_of = "start"\n' + PERIODS.format("2024-04-01", "")),
        kind("sustained", 'after = ["entry", "other_entry"]\n'),
        kind("all_needs", unit="family", about="needs"),
        kind("judged", '[claim.rule]\nkind = "judgement"\nneeds = ["1.1"]\nmonths = 0\n'),
    )
    entry, other, sustained, needs, judged = read
    assert (entry.one_of, entry.most_per_family) == ("start", 2)
    assert [price.amount_gbp for price in entry.prices] == [30]
    assert other.prices[0].holds_on(date(2024, 3, 31)) and not other.prices[0].holds_on(date(2024, 4, 1))
    assert other.prices[1].holds_on(date(2024, 4, 1)) and other.prices[1].holds_on(date(2099, 1, 1))
    assert sustained.after == ("entry", "other_entry")
    assert needs.rule is None
    assert [price.amount_gbp for price in needs.prices] == [800]
    assert judged.rule == Judgement(0, False, ("1.1",))


FIRST = len(SMALL.splitlines()) + 1  # the line on which the first kind of claim begins


@pytest.mark.parametrize(
    ("kinds", "line", "problem"),
    [
        ([kind("Entry")], FIRST + 1, "cannot be a name here"),
        ([kind("a"), kind("a")], FIRST + 12, "names a claim or a need already"),
        ([kind("a", 'after = ["b"]\n')], FIRST + 8, "`b` is not known. Choose from: a"),
        ([kind("a", 'after = ["a"]\n')], FIRST + 8, "leads back to this claim itself"),
        (
            [kind("a", 'after = ["b"]\n'), kind("b", 'after = ["a"]\n')],
            FIRST + 8,
            "leads back to this claim itself. Break the circle",
        ),
        (
            [
                kind("a"),
                kind("b", 'after = ["a"]\nrule = { kind = "judgement", months = 6 }\n', unit="family"),
            ],
            FIRST + 19,
            "`a` is a person's, and this claim is the family's",
        ),
        ([kind("a", 'one_of = "set"\n')], FIRST + 8, "nothing else is in the set `set`"),
        ([kind("a", 'one_of = "a"\n'), kind("b", 'one_of = "a"\n')], FIRST + 8, "`a` names a claim"),
        (
            [
                kind("a", 'one_of = "set"\n'),
                kind("b", 'one_of = "set"\nrule = { kind = "judgement", months = 6 }\n', unit="family"),
            ],
            FIRST + 8,
            "mixes claims of families and of persons",
        ),
        (
            [kind("a", 'one_of = "set"\n'), kind("b", 'one_of = "set"\nafter = ["a"]\n')],
            FIRST + 21,
            "names a claim of the same set",
        ),
        ([kind("a", unit="person", about="needs")], FIRST + 3, "is the family's. Write `unit = "),
        ([kind("a", unit="person", about="attachment")], FIRST + 3, "is the family's. Write `unit = "),
        ([kind("a", unit="family")], FIRST + 3, "attendance and spells are looked up for a person"),
        (
            [kind("a", 'rule = { kind = "judgement", months = 6 }\n', unit="family", about="needs")],
            FIRST + 8,
            "a claim about needs has no rule of its own",
        ),
        ([kind("a", "[claim.rules]\n")], FIRST, "rule: is missing"),
        ([kind("a", "most_per_family = 0\n")], FIRST + 8, "is not a whole number from 1"),
        ([kind("a", "amount_gbp = -1\n")], FIRST + 8, "is not a whole number from 0"),
        (
            [kind("a", "amount_gbp = 1\n" + PERIODS.format("2024-04-01", ""))],
            FIRST + 8,
            "stands beside prices by period",
        ),
        (
            [kind("a", PERIODS.format("2024-03-31", ""))],
            FIRST + 13,
            "lies in the period of the price above. Write 2024-04-01",
        ),
        (
            [kind("a", PERIODS.format("2024-04-02", ""))],
            FIRST + 13,
            "leaves days without a price between it and the price above",
        ),
        (
            [kind("a", PERIODS.format("2024-04-01", "to = 2024-03-31\n"))],
            FIRST + 14,
            "lies before from",
        ),
        (
            [kind("a", "[[claim.price]]\namount_gbp = 1\n[[claim.price]]\namount_gbp = 2\n")],
            FIRST + 10,
            "is one of several prices without a day between them",
        ),
        (
            [kind("a", '[claim.rule]\nkind = "judgement"\nneeds = ["9.9"]\nmonths = 0\n')],
            FIRST + 10,
            "`9.9` is not known. Choose from: 1.1",
        ),
        (
            [kind("a", '[claim.rule]\nkind = "judgement"\nmonths = 0\n')],
            FIRST + 10,
            "is not a whole number from 1 to 120",
        ),
    ],
)
def test_a_mistake_in_a_kind_of_claim(written: Path, kinds: list[str], line: int, problem: str) -> None:
    with pytest.raises(FrameworkError) as caught:
        claims(written, *kinds)
    assert f"line {line}: claim " in str(caught.value), caught.value
    assert problem in str(caught.value)


def test_a_framework_of_rules_alone_needs_no_headline(written: Path) -> None:
    start, end = SMALL.index("[[headline]]"), len(SMALL)
    text = SMALL[:start].replace("minimum = 3", "minimum = 0") + SMALL[end:]
    written.write_text(text + kind("entry"), encoding="utf-8")
    assert read_framework(written).needs == ()
    written.write_text(text.replace("minimum = 0", "minimum = 1"), encoding="utf-8")
    with pytest.raises(FrameworkError, match="headline: is missing, and a claim is about needs"):
        read_framework(written)


def test_rules_nested_too_deep_are_refused(written: Path) -> None:
    rule = '{ kind = "judgement", months = 6 }'
    for kind_of_rule in ("any_of", "all_of", "count", "any_of", "count"):
        rule = f'{{ kind = "{kind_of_rule}", at_least = 1, of = [{rule}] }}'
        rule = rule if kind_of_rule == "count" else rule.replace(" at_least = 1,", "", 1)
    written.write_text(SMALL.replace(f"[headline.need.rule]\n{RULE}", f"rule = {rule}\n"), encoding="utf-8")
    with pytest.raises(FrameworkError, match="at most 5 levels"):
        read_framework(written)


@pytest.mark.parametrize(("what", "line"), [("headline", 34), ("need", 34)])
def test_what_appears_twice_is_named_where_it_appears_again(written: Path, what: str, line: int) -> None:
    start = SMALL.index("[[headline]]" if what == "headline" else "[[headline.need]]")
    written.write_text(SMALL + SMALL[start:], encoding="utf-8")
    with pytest.raises(FrameworkError, match=f"line {line}: .*{what} 1.* appears twice"):
        read_framework(written)


@pytest.mark.parametrize("content", [None, b"\xff\xfeid"], ids=["missing", "binary"])
def test_a_file_that_cannot_be_read(written: Path, content: bytes | None) -> None:
    if content is not None:
        written.write_bytes(content)
    with pytest.raises(FrameworkError, match=r"small\.toml: .*\. [PS]"):
        read_framework(written)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("id = = 3", r"line 1: is not valid TOML: Invalid value \(column 6\)\. Mend that line"),
        ('id = "a"\n\nid = "b"', "line 3: is not valid TOML: Cannot overwrite a value"),
        ('id = "a', "line 1: is not valid TOML"),
        ("id = 2023-02-30", "line 1: is not valid TOML"),
        ("x = " + "[" * 3000, "nested too deep"),
        ("x = " + "9" * 5000, "line 1: is longer than"),
        ("x = 1\n" + "a." * 1000 + "a = 1", "line 2: is longer than .*, or has a key of 20 parts"),
        ("x = 1\n" * 200_000, "is larger than"),
    ],
)
def test_a_file_that_is_no_toml_or_too_much(written: Path, content: str, problem: str) -> None:
    written.write_text(content, encoding="utf-8")
    with pytest.raises(FrameworkError, match=problem):
        read_framework(written)


def test_what_a_message_repeats_of_a_file_is_short_and_can_be_seen(written: Path) -> None:
    hostile = "\\u001b[31m" + "x" * 500
    with pytest.raises(FrameworkError) as caught:
        read_with(written, '"outcome"\nclaim', f'"{hostile}"\nclaim')
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 300


def keys_of(value: object) -> set[str]:
    """Every name of a setting in a document, however deep."""
    if isinstance(value, dict):
        return set(value).union(*map(keys_of, value.values()))
    return set().union(*map(keys_of, value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*-*.toml")), ids=lambda file: file.stem)
def test_every_setting_of_what_is_shipped_is_in_the_reference(file: Path) -> None:
    told = "\n".join(frameworks())
    assert {
        key for key in keys_of(tomllib.loads(file.read_text(encoding="utf-8"))) if key not in told
    } == set()


def test_errors_are_ones_of_settings_with_exit_codes_of_their_own() -> None:
    assert issubclass(FrameworkError, SettingsError)
    assert FrameworkError.exit_code == 21
