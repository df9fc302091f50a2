"""The policy: what it says, what it may say, what it may not do without, and what a release tells of it."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from outcomes import Framework, Headline, Need, read_framework
from outcomes.rules import AllOf, Attendance, Count, Judgement, NoEvent, NoStatus, Rule, Spell
from pipelines.contracts import CONTRACTS, Kind
from pipelines.decisions import (
    MEANINGS,
    NEEDLESS,
    PERMITTED_BY_KIND,
    WHY_NOT,
    WORDS,
    Decision,
    collected,
    in_words,
    permitted,
    undecided,
)
from pipelines.errors import NeededColumnError
from pipelines.needed import needed, refuse_what_lacks
from pipelines.notes.settings import Keep
from pipelines.policy import SHIPPED, Policy, read_policy
from pipelines.pseudonymise import visible
from pipelines.pseudonymise.visible import visible_to_notes, visible_to_rules
from release.errors import SettingsError
from release.places import PROJECT
from tests import canary_town as town

POLICY = read_policy()
FILE = Path("privacy.toml")
NATIONAL = read_framework(PROJECT / "data" / "frameworks" / "supporting-families-2022.toml")
EVERY = [(name, column) for name, contract in CONTRACTS.items() for column in contract.columns]


def framework(*rules: Rule, tests: tuple[str, ...] = (), requires: str = "nobody") -> Framework:
    needs = tuple(
        Need(f"1.{n}", "", "", False, "low", "", "low", "", rule) for n, rule in enumerate(rules, 1)
    )
    return replace(
        NATIONAL,
        practice_tests=tests,
        eligibility=replace(NATIONAL.eligibility, requires=requires),
        headlines=(Headline("1", "", None, needs),),
    )


def without(places: Iterable[tuple[str, str]], instead: Decision | None = None) -> Policy:
    columns = dict(POLICY.columns)
    for place in places:
        if instead is None:
            del columns[place]
        else:
            columns[place] = instead
    return replace(POLICY, columns=columns)


def written(tmp_path: Path, old: str, new: str) -> Path:
    file = tmp_path / "privacy.toml"
    content = SHIPPED.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new), encoding="utf-8")
    return file


def test_the_shipped_policy_decides_about_every_column() -> None:
    assert undecided(POLICY.columns) == {}
    assert len(POLICY.columns) == len(EVERY)


def test_every_decision_has_words_and_every_kind_its_reason() -> None:
    assert set(WORDS) == set(MEANINGS) == set(Decision)
    assert set(PERMITTED_BY_KIND) == set(WHY_NOT) == set(Kind)


@pytest.mark.parametrize(("contract", "column"), EVERY, ids=lambda one: getattr(one, "name", one))
def test_nothing_reads_what_its_kind_does_not_permit(contract: str, column) -> None:
    may = permitted(contract, column)
    assert may[0] is Decision.DROPPED
    assert set(may) <= PERMITTED_BY_KIND[column.kind]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            'forename = "linkage"',
            'forename = "code"',
            "(kind: direct identity). Permitted: dropped, linkage.",
        ),
        (
            'nhs_number = "linkage"',
            'nhs_number = "month"',
            "leaves as a pseudonym at most (kind: identifier)",
        ),
        ('text = "notes"', 'text = "code"', "a text may name anybody"),
        ('arrears_balance = "dropped"', 'arrears_balance = "group"', "nothing here takes it so"),
        ('ward = "named place"', 'ward = "named places"', "Did you mean named place?"),
        ('ward = "named place"', 'ward = "masked"', '"masked" is no decision. There are: dropped,'),
        ('ward = "named place"', "ward = true", "[columns.family_episode] ward: write a word"),
        ('ward = "named place"', 'wards = "named place"', "no such column. Did you mean ward?"),
        (
            "[columns.need]",
            "[columns.needs]",
            "[columns.needs]: there is no such contract. Did you mean need?",
        ),
        ("[columns.need]", "[column.need]", "[column] is not known. Did you mean columns?"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_to_write(
    old: str, new: str, words: str, tmp_path: Path
) -> None:
    file = written(tmp_path, old, new)
    with pytest.raises(SettingsError) as refused:
        read_policy(file)
    assert words in str(refused.value)
    assert str(file) in str(refused.value)


def test_a_policy_from_before_columns_were_decided_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "privacy.toml"
    file.write_text(SHIPPED.read_text(encoding="utf-8").split("[columns.")[0], encoding="utf-8")
    with pytest.raises(SettingsError, match="Take them from"):
        read_policy(file)


def test_a_group_of_people_that_the_answers_have_no_words_for_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "privacy.toml"
    shipped = SHIPPED.read_text(encoding="utf-8")
    file.write_text(shipped.replace('white = ["WBRI"', 'whites = ["WBRI"'), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"\[ethnic_group\] whites: .*Did you mean white\?"):
        read_policy(file)
    file.write_text(shipped.replace('mixed = ["MWBC"', 'unknown = ["MWBC"'), encoding="utf-8")
    assert "unknown" in read_policy(file).ethnic_group.values()


def test_a_table_instead_of_a_word_for_a_contract(tmp_path: Path) -> None:
    file = written(
        tmp_path, "[columns.family_member]", '[columns]\nneed = "dropped"\n[columns.family_member]'
    )
    content = file.read_text(encoding="utf-8")
    head, tail = content.split("[columns.need]")
    file.write_text(head + "[columns.progress]" + tail.split("[columns.progress]")[1], encoding="utf-8")
    with pytest.raises(SettingsError, match=r"write a table \[columns.need\]"):
        read_policy(file)


def test_the_shipped_policy_has_what_the_shipped_framework_needs() -> None:
    refuse_what_lacks(POLICY, NATIONAL, FILE)


@pytest.mark.parametrize(
    ("asked", "place", "words"),
    [
        (framework(), ("need", "need_code"), "every rule"),
        (framework(), ("family_member", "role"), 'write role = "families"'),
        (framework(), ("family_member", "nhs_number"), "none is claimed for twice"),
        (framework(), ("family_member", "date_of_birth"), "none is claimed for twice"),
        (framework(), ("family_episode", "end_date"), "the test that help ended well"),
        (framework(), ("earlier_claim", "claimed_on"), "nobody is paid for one family twice"),
        (framework(tests=("assessment",)), ("family_episode", "assessment_date"), "practice test assessment"),
        (framework(tests=("plan",)), ("family_episode", "assessment_date"), "practice test plan"),
        (framework(tests=("plan",)), ("family_episode", "plan_date"), 'write plan_date = "day"'),
        (
            framework(tests=("lead_practitioner",)),
            ("family_episode", "lead_practitioner"),
            'write lead_practitioner = "yes or no"',
        ),
        (
            framework(requires="child_or_expectant_parent"),
            ("family_member", "date_of_birth"),
            'date_of_birth = "band"',
        ),
        (framework(requires="child_or_expectant_parent"), ("family_member", "to_date"), "a child"),
        (framework(Judgement(6)), ("progress", "state"), "the rule judgement of need 1.1"),
        (framework(AllOf((Judgement(6),))), ("progress", "recorded_on"), "the rule judgement of need 1.1"),
        (framework(Attendance(Fraction(1, 2), 6)), ("school_attendance", "term"), "attendance of need 1.1"),
        (framework(Spell("employment_spell", 9)), ("employment_spell", "end_date"), "spell of need 1.1"),
        (
            framework(Spell("employment_spell", 9, waiver=True)),
            ("progress", "evidence"),
            "waiver of need 1.1",
        ),
        (framework(NoStatus("missing_episode", 6)), ("missing_episode", "missing_to"), "no_status"),
        (framework(NoEvent("missing_episode", 6)), ("missing_episode", "missing_from"), "no_event"),
        (framework(NoEvent("missing_episode", 6)), ("missing_episode", "surname"), "no_event"),
        (
            framework(NoEvent("missing_episode", 6)),
            ("family_member", "date_of_birth"),
            'date_of_birth = "band"',
        ),
        (framework(NoEvent("housing_event", 6)), ("housing_event", "tenant_name"), "no_event"),
        (framework(NoEvent("school_exclusion", 6)), ("school_exclusion", "upn"), "no_event"),
        (
            framework(NoEvent("benefit_spell", 6, where=(("conditionality", ("NONE",)),))),
            ("benefit_spell", "conditionality"),
            'write conditionality = "rules"',
        ),
    ],
)
def test_what_a_rule_needs_cannot_be_dropped(asked: Framework, place: tuple[str, str], words: str) -> None:
    lets_through = {(one.contract, one.column): one.enough[0] for one in needed(asked)}
    assert place in lets_through
    policy = replace(POLICY, columns=POLICY.columns | lets_through)
    refuse_what_lacks(policy, asked, FILE)
    columns = {one: said for one, said in policy.columns.items() if one != place}
    for kept in (columns, columns | {place: Decision.DROPPED}):
        with pytest.raises(NeededColumnError) as refused:
            refuse_what_lacks(replace(policy, columns=kept), asked, FILE)
        assert words in str(refused.value)
        assert f"[columns.{place[0]}] {place[1]}" in str(refused.value)
    assert refused.value.exit_code == 69


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        (framework(), ("progress", "state")),
        (framework(), ("family_member", "address")),
        (framework(Judgement(6)), ("progress", "evidence")),
        (framework(Count(1, extract="missing_episode")), ("progress", "state")),
        (framework(Count(1, extract="missing_episode")), ("missing_episode", "missing_to")),
        (framework(NoEvent("missing_episode", 6)), ("missing_episode", "missing_to")),
        (framework(Spell("employment_spell", 9)), ("employment_spell", "nino")),
        (framework(Spell("employment_spell", 9)), ("employment_spell", "forename")),
        (framework(requires="child_or_expectant_parent"), ("family_episode", "expectant_parent")),
    ],
)
def test_what_no_rule_needs_can_be_dropped(asked: Framework, place: tuple[str, str]) -> None:
    refuse_what_lacks(without([place]), asked, FILE)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (("police_incident", "occurred_on"), Decision.COUNT),
        (("family_episode", "assessment_date"), Decision.WAIT),
        (("family_member", "date_of_birth"), Decision.LINKAGE),
        (("family_member", "from_date"), Decision.FAMILIES),
    ],
)
def test_what_is_not_enough_is_refused_too(place: tuple[str, str], said: Decision) -> None:
    with pytest.raises(NeededColumnError):
        refuse_what_lacks(without([place], said), NATIONAL, FILE)


def test_many_columns_are_named_up_to_a_number() -> None:
    with pytest.raises(NeededColumnError, match=r"So are \d+ more columns\."):
        refuse_what_lacks(replace(POLICY, columns={}), NATIONAL, FILE)


@pytest.mark.parametrize(
    ("column", "rows"),
    [("term", 0), ("term_start", 0), ("term_end", 0), ("school", 1), ("sessions_attended", 1)],
)
def test_a_record_that_says_nothing_without_what_is_kept_back_is_not_shown_to_rules(
    column: str, rows: int
) -> None:
    given = town.frames()["school_attendance"].head(1)
    policy = without([("school_attendance", column)])
    seen = visible({"school_attendance": given}, policy)["school_attendance"]
    assert visible_to_rules("school_attendance", seen, POLICY).height == 1
    assert visible_to_rules("school_attendance", seen, policy).height == rows


@pytest.mark.parametrize(
    ("contract", "column", "words"),
    [
        ("family_member", "forename", "used to find the person, then dropped"),
        ("family_member", "phone", "searched for in notes and in the release, then dropped"),
        ("family_member", "date_of_birth", "age band"),
        ("school_attendance", "academic_year", "dropped"),
        ("special_educational_needs", "uln", NEEDLESS),
        ("youth_justice", "offence_date", NEEDLESS),
        ("case_note", "text", "read for its themes, then destroyed"),
        ("progress", "evidence", "whether there is one; read for its themes, then destroyed"),
    ],
)
def test_what_a_release_says_became_of_a_column(contract: str, column: str, words: str) -> None:
    assert in_words(POLICY.columns, contract, CONTRACTS[contract].by_name[column]) == words
    undecided_now = without([(contract, column)])
    assert (
        in_words(undecided_now.columns, contract, CONTRACTS[contract].by_name[column])
        == "dropped: no decision"
    )


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (Keep.THEMES, "read for its themes, then destroyed"),
        (Keep.REDACTED, "kept redacted"),
        (Keep.NOTHING, "destroyed unread"),
    ],
)
def test_a_release_says_what_was_kept_of_texts(kept: Keep, words: str) -> None:
    told = {(row[0], row[1]): row[6] for row in collected(POLICY.columns, kept).iter_rows()}
    assert told["case_note", "text"] == words
    assert told["progress", "evidence"].endswith(words)


@pytest.mark.parametrize(
    ("place", "said", "is_seen"),
    [
        (("case_note", "text"), Decision.NOTES, True),
        (("case_note", "text"), Decision.DROPPED, False),
        (("case_note", "written_on"), Decision.DROPPED, False),
        (("case_note", "episode_ref"), Decision.DROPPED, False),
        (("case_note", "worker"), Decision.DROPPED, True),  # leads to the name to take out
        (("progress", "evidence"), Decision.YES_OR_NO, False),
        (("progress", "evidence"), Decision.NOTES, True),
    ],
)
def test_texts_are_read_only_where_the_policy_says_so(
    place: tuple[str, str], said: Decision, is_seen: bool
) -> None:
    contract, column = place
    policy = without([place], said)
    seen = visible_to_notes({contract: town.frames()[contract]}, policy)[contract][column]
    assert seen.equals(town.frames()[contract][column]) == is_seen
    assert seen.null_count() == (0 if is_seen else seen.len())


@pytest.mark.parametrize(("contract", "column"), EVERY, ids=lambda one: getattr(one, "name", one))
def test_what_is_said_to_be_unused_is_dropped_and_what_is_dropped_is_used_for_something(
    contract: str, column
) -> None:
    is_unused = column.why.startswith("not used yet")
    assert is_unused == (in_words(POLICY.columns, contract, column) == NEEDLESS)
    if is_unused:
        assert permitted(contract, column) == (Decision.DROPPED,)
