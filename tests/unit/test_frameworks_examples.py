"""A framework's own examples: those that are shipped come out, and what does not is told day by day."""

from pathlib import Path

import pytest

from outcomes import FrameworkError, read_framework
from outcomes.errors import ExampleError
from outcomes.examples import check_examples, refuse_what_fails, rules_without_example
from outcomes.examples_told import WHY
from outcomes.rules import Judgement, in_words
from outcomes.vocabulary import ClaimState, NeedState, Reason
from tests.unit.test_frameworks import NATIONAL, SHIPPED, SMALL

FILES = sorted(SHIPPED.glob("*-*.toml"))
EXAMPLE = """
[[example]]
name = "A family"
as_of = 2024-10-31
start = 2023-11-06
children = ["child"]
adults = ["mother"]
need = [{ codes = ["1.1"], who = "child", from = 2023-11-06, state = "sustained" }]
claim = [{ kind = "successful_family_outcome", state = "not_eligible" }]
[example.records]
progress = [{ codes = ["1.1"], who = "child", state = "met", on = 2024-03-01 }]
"""
FIRST = len(SMALL.splitlines()) + 2  # the line on which the example begins


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "small.toml"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_examples_of_what_is_shipped_come_out_as_expected(file: Path) -> None:
    assert "\n".join(map(str, check_examples(read_framework(file)))) == ""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_examples_of_what_is_shipped_fix_every_rule_in_every_state(file: Path) -> None:
    framework = read_framework(file)
    rules = {need.code: need.rule for need in framework.needs}
    shown = {(rules[need.code], need.state) for example in framework.examples for need in example.needs}
    for rule in dict.fromkeys(rules.values()):
        states = [NeedState.SUSTAINED, NeedState.SUSTAINING, NeedState.OUTSTANDING]
        states += [] if isinstance(rule, Judgement) else [NeedState.NOT_EVIDENCED]
        states += [NeedState.WAIVED] if rule.waiver else []
        for state in states:
            assert (rule, state) in shown, f"no example shows {in_words(rule)} as {state}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_examples_of_what_is_shipped_show_every_claim_paid_and_not_paid(file: Path) -> None:
    framework = read_framework(file)
    shown = {(claim.kind, claim.state) for example in framework.examples for claim in example.claims}
    for kind in framework.claims:
        assert (kind.code, ClaimState.CLAIMABLE) in shown
        assert any(code == kind.code and state != ClaimState.CLAIMABLE for code, state in shown)
    possible = set(ClaimState) - ({ClaimState.OUTSIDE_PERIOD} if framework.valid_from is None else set())
    assert {state for _, state in shown} == possible


def test_an_example_that_comes_out_says_nothing(written: Path) -> None:
    written.write_text(SMALL + EXAMPLE, encoding="utf-8")
    framework = read_framework(written)
    assert check_examples(framework) == ()
    refuse_what_fails(framework, written.name)


def test_a_disagreement_is_told_day_by_day(written: Path) -> None:
    text = EXAMPLE.replace(
        'progress = [{ codes = ["1.1"], who = "child", state = "met", on = 2024-03-01 }]',
        'progress = [\n  { codes = ["1.1"], who = "child", state = "met", on = 2024-06-03 },\n'
        '  { codes = ["1.1"], who = "mother", state = "met", on = 2024-06-04 },\n]',
    )
    written.write_text(SMALL + text, encoding="utf-8")
    (wrong,) = check_examples(read_framework(written))
    assert (wrong.line, wrong.what) == (FIRST + 6, "need 1.1 of child")
    assert wrong.expected == "sustained"
    assert wrong.found == "sustaining, achieved on 2024-06-03"
    days = [line.split("  ", 1) for line in wrong.story if line[0].isdigit()]
    assert [day for day, _ in days] == sorted(day for day, _ in days)
    told = "\n".join(wrong.story)
    assert "the rule: judgement 6 months" in told
    assert "2023-11-06  the episode begins" in told
    assert "2024-06-03  need 1.1 of child judged met: it decides" in told
    assert "2024-06-03  achieved: the clock starts" in told
    assert "mother" not in told
    assert wrong.story[-2:] == (
        "2024-10-31  the as-of date: sustaining",
        "2024-12-02  the last day of the window, if nothing happens",
    )


def test_records_that_do_not_decide_are_told_too(written: Path) -> None:
    rule = 'kind = "no_event"\nextract = "police_incident"\nmonths = 6\nwhere = { role = "suspect" }\n'
    records = """[example.records]
police_incident = [
    { who = "child", occurred_on = 2024-06-20, role = "suspect", domestic_abuse = true },
    { who = "child", occurred_on = 2024-07-20, role = "victim", domestic_abuse = false },
    { who = "mother", occurred_on = 2024-08-20, role = "suspect", domestic_abuse = false },
]
missing_episode = [{ who = "child", missing_from = 2024-08-20 }]
"""
    text = SMALL.replace('kind = "judgement"\nmonths = 6\n', rule) + EXAMPLE
    written.write_text(text[: text.index("[example.records]")] + records, encoding="utf-8")
    (wrong,) = check_examples(read_framework(written))
    told = "\n".join(wrong.story)
    assert "police_incident of child (role suspect, domestic abuse yes): it decides" in told
    assert "police_incident of child (role victim, domestic abuse no)\n" in told
    assert "mother" not in told
    assert "missing_episode" not in told


def test_a_claim_that_nobody_expected_is_a_disagreement(written: Path) -> None:
    text = SMALL.replace("minimum = 3", "minimum = 1") + EXAMPLE
    text = text.replace('claim = [{ kind = "successful_family_outcome", state = "not_eligible" }]\n', "")
    written.write_text(text, encoding="utf-8")
    (wrong,) = check_examples(read_framework(written))
    assert wrong.what == "claim successful_family_outcome of the family"
    assert wrong.expected.startswith("not to be claimed")
    assert wrong.found.startswith("claimable")
    assert "need 1.1 of child: sustained" in "\n".join(wrong.story)


def test_every_reason_is_told_in_words() -> None:
    assert set(WHY) == set(Reason)


def test_a_need_that_nobody_knew_of_yet_is_a_disagreement(written: Path) -> None:
    written.write_text(SMALL + EXAMPLE.replace("from = 2023-11-06", "from = 2024-11-06"), encoding="utf-8")
    (wrong,) = check_examples(read_framework(written))
    assert wrong.found == "not known on 2024-10-31: it was identified on 2024-11-06"


@pytest.mark.parametrize(
    ("find", "put", "found"),
    [
        ('state = "sustained" }', 'state = "sustained", achieved = 2024-03-02 }', "achieved on 2024-03-01"),
        ('state = "sustained" }', 'state = "sustained", sustained = 2024-09-01 }', "sustained on 2024-08-31"),
        ('state = "not_eligible" }', 'state = "not_eligible", date = 2024-09-01 }', "claim date 2024-08-31"),
        ('state = "not_eligible" }', 'state = "not_eligible", worth = 800 }', "worth £0"),
    ],
)
def test_days_and_pounds_are_compared_where_they_are_given(
    written: Path, find: str, put: str, found: str
) -> None:
    written.write_text(SMALL + EXAMPLE.replace(find, put), encoding="utf-8")
    (wrong,) = check_examples(read_framework(written))
    assert found in wrong.found


def test_examples_of_different_calendars_and_coverage_do_not_reach_into_each_other(written: Path) -> None:
    term = (
        '{{ who = "child", academic_year = "2023/24", term = "{}", term_start = {}, term_end = {}, '
        "sessions_possible = 100, sessions_attended = 95 }}"
    )
    spring, summer = (
        term.format("Spring", "2024-01-08", "2024-03-28"),
        term.format("Summer", "2024-04-15", "2024-07-24"),
    )
    example = EXAMPLE[: EXAMPLE.index("[example.records]")]
    one = f"{example}[example.records]\nschool_attendance = [{spring}, {summer}]\n"
    other = f"{example}[example.records]\nschool_attendance = [{spring}]\n"
    other = other.replace("A family", "Another").replace(
        'state = "sustained" }', 'state = "not_evidenced", reason = "stale_extract" }'
    )
    text = SMALL.replace("months = 6", "threshold = 0.90\nstale_after_months = 6").replace(
        '"judgement"', '"attendance"'
    )
    written.write_text(text + one + other, encoding="utf-8")
    assert check_examples(read_framework(written)) == ()


def test_a_rule_without_an_example_is_named(written: Path) -> None:
    written.write_text(SMALL, encoding="utf-8")
    framework = read_framework(written)
    assert rules_without_example(framework) == (
        "need 1.1: judgement 6 months",
        "claim successful_family_outcome: Successful family outcome",
    )
    with pytest.raises(ExampleError, match="2 of its rules and claims have no example"):
        refuse_what_fails(framework, written.name)


def test_what_fails_is_refused_with_the_line_and_the_story(written: Path) -> None:
    written.write_text(SMALL + EXAMPLE.replace('"sustained"', '"waived"'), encoding="utf-8")
    with pytest.raises(ExampleError) as caught:
        refuse_what_fails(read_framework(written), written.name)
    message = str(caught.value)
    assert message.startswith("small.toml: 1 of what its 1 examples expect does not come about")
    assert f"line {FIRST + 6}: example “A family”, need 1.1 of child" in message
    assert "2024-03-01  achieved: the clock starts" in message
    assert ExampleError.exit_code == 76


@pytest.mark.parametrize(
    ("find", "put", "line", "problem"),
    [
        ('name = "A family"\n', "", 0, "name: is missing"),
        ("start = 2023-11-06", "start = 2025-11-06", 3, "lies after as_of"),
        ("start = 2023-11-06", "start = 2023-11-06\nend = 2023-11-05", 4, "lies before start"),
        ("start = 2023-11-06", 'start = 2023-11-06\nclosure = "done"', 4, "`done` is not known"),
        ("start = 2023-11-06", "start = 2023-11-06\nplan = true", 4, "plan: is not a day"),
        ('adults = ["mother"]', 'adults = ["child"]', 4, "or one member twice"),
        ('children = ["child"]\nadults = ["mother"]', "", 0, "name nobody"),
        ('adults = ["mother"]', 'adults = ["Mrs Smith"]', 5, "cannot be a name here"),
        ('adults = ["mother"]', 'adults = "mother"', 5, "is not a list of texts"),
        ('adults = ["mother"]', 'adults = ["mother"]\nunlinked = ["aunt"]', 6, "`aunt` is not known"),
        ('codes = ["1.1"], who = "child", from', 'codes = ["9.9"], who = "child", from', 6, "`9.9` is not"),
        ('codes = ["1.1"], who = "child", from', 'codes = ["1.1"], who = "dog", from', 6, "`dog` is not"),
        (
            'state = "sustained" }]',
            'state = "sustained" }, { codes = ["1.1"], who = "child", from = 2023-11-06, state = "waived" }]',
            6,
            "1.1 of child appears twice",
        ),
        ('state = "sustained"', 'state = "fine"', 6, "`fine` is not known. Choose one of: outstanding"),
        ('state = "not_eligible"', 'state = "eligible"', 7, "`eligible` is not known"),
        ('kind = "successful_family_outcome"', 'kind = "other"', 7, "`other` is not known"),
        ('state = "not_eligible"', 'state = "not_eligible", who = "child"', 7, "is claimed for a family"),
        ('state = "met", on', 'state = "better", on', 9, "`better` is not known"),
        ("progress = [", "progress_notes = [", 9, "is no extract. Choose from: progress"),
        (
            "progress = [",
            'police_incident = [{ who = "child", occurred_on = 2024-01-01, role = "thief" }]\nprogress = [',
            9,
            "`thief` is not known",
        ),
        (
            "progress = [",
            'police_incident = [{ who = "child", role = "suspect" }]\nprogress = [',
            9,
            "occurred_on: is missing",
        ),
        (
            "progress = [",
            'police_incident = [{ who = "child", occurred_on = 2024-01-01, street = "x" }]\nprogress = [',
            9,
            "street: is not a setting known here",
        ),
        (
            "[example.records]",
            "[example.covers]\nweather = []\n[example.records]",
            9,
            "weather: is no extract",
        ),
        (
            "[example.records]",
            "[example.covers]\npolice_incident = [[2024-01-01]]\n[example.records]",
            9,
            "is not a list of periods",
        ),
        (
            "[example.records]",
            "[example.covers]\npolice_incident = [[2024-01-02, 2024-01-01]]\n[example.records]",
            9,
            "ends before it begins",
        ),
    ],
)
def test_a_mistake_in_an_example_is_named_with_its_line(
    written: Path, find: str, put: str, line: int, problem: str
) -> None:
    assert EXAMPLE.count(find) == 1, find
    written.write_text(SMALL + EXAMPLE.replace(find, put), encoding="utf-8")
    with pytest.raises(FrameworkError) as caught:
        read_framework(written)
    assert str(caught.value).startswith(f"small.toml, line {FIRST + line}: example "), caught.value
    assert problem in str(caught.value)


def test_two_examples_of_one_name_are_refused(written: Path) -> None:
    written.write_text(SMALL + EXAMPLE + EXAMPLE, encoding="utf-8")
    with pytest.raises(FrameworkError, match=r"names two examples\. Rename one of them"):
        read_framework(written)


def test_a_rule_made_laxer_is_caught_by_the_examples_of_the_national_framework(written: Path) -> None:
    """Every number that decides is fixed by an example: no loosening goes unseen."""
    text = NATIONAL.read_text(encoding="utf-8")
    examples = text.index("[[example]]")
    rules = text[:examples]
    for strict, lax in (
        ("threshold = 0.90", "threshold = 0.80"),
        ("days = 182", "days = 90"),
        ('where = { kind = ["CPP", "CLA"] }', 'where = { kind = "CPP" }'),
        ("minimum = 3\ncount_by", "minimum = 2\ncount_by"),
        ("suspended_on = 2024-11-18", "suspended_on = 2024-11-19"),
        ('claimable_closures = ["outcomes_met", "step_down"]', 'claimable_closures = ["step_up"]'),
        ('practice_tests = ["assessment", "plan", ', 'practice_tests = ["assessment", '),
        ('whose = "any_member"\nmonths = 6', 'whose = "any_member"\nmonths = 3'),
    ):
        assert strict in rules, strict
        written.write_text(rules.replace(strict, lax) + text[examples:], encoding="utf-8")
        assert check_examples(read_framework(written)), f"{lax} goes unseen"
