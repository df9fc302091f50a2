"""The policy decides, not the code beside it: what it drops changes nothing in a release, and stands nowhere in one."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from outcomes import FRAMES, read_framework
from pipelines.contracts import CONTRACTS
from pipelines.decisions import Decision, permitted
from pipelines.keys import Keys
from pipelines.needed import needed
from pipelines.policy import SHIPPED, Policy, read_policy
from pipelines.pseudonymise import linkable, pseudonymise, visible
from pipelines.quality.linkage import people_worked_with
from release.keys import read_key
from release.opening import open_answers, open_protected
from release.places import PROJECT, Places
from tests import canary_town as town
from tests.conftest import SAMPLE, every_value, pipelines

pytestmark = pytest.mark.proof

POLICY = read_policy()
FRAMEWORK = read_framework(PROJECT / "data" / "frameworks" / "supporting-families-2022.toml")
KEYS = Keys(master="11" * 32, record="22" * 32, protected="33" * 32)
# Without these a run refuses to start (tests/unit/test_policy.py).
NEEDED = {(one.contract, one.column) for one in needed(FRAMEWORK)}
LET_THROUGH = [
    (name, column.name)
    for name, contract in CONTRACTS.items()
    for column in contract.columns
    if name not in ("case_note", "relationship")
    and POLICY.decision(name, column.name) not in (Decision.DROPPED, Decision.LINKAGE, Decision.FAMILIES)
    and (name, column.name) != ("family_episode", "referral_reason")
]


def stages(policy: Policy, changed: tuple[str, str] | None = None) -> dict[str, pl.DataFrame]:
    """All that the stage pseudonymise gives on, but for what stays in the vault; and the groups of linkage quality."""
    good = town.frames(changed)
    persons = town.persons(good)
    linked = linkable(good, policy)["family_member"]
    memberships = linked.join(
        persons.filter(contract="family_member").select("row", "person"), on="row"
    ).select("family_ref", "person", "role", "from_date", "to_date")
    keyed = linked.select("family_ref").unique().sort("family_ref")
    common = {"policy": policy, "as_of": town.AS_OF}
    seen = visible(good, policy)
    found = pseudonymise(
        seen,
        persons,
        memberships,
        town.files(),
        person_keys=pl.DataFrame({"person": list(range(town.PEOPLE)), "person_key": list("abcdef")}),
        family_keys=keyed.with_columns(
            family_key=pl.int_range(pl.len()).cast(pl.String).str.pad_start(24, "0")
        ),
        keys=KEYS,
        name_somebody=lambda _places: set(),
        **common,
    )
    worked = people_worked_with(seen, persons, memberships, town.files(), **common)
    tables = {f"table {name}": getattr(found, name) for name in ("family", "person", "episode", "activity")}
    every = {**found.rules, **tables, "matched": found.matched, "worked": worked}
    return {name: frame.sort(frame.columns) for name, frame in every.items()}


def policy_without(*dropped: tuple[str, str]) -> Policy:
    one_family = replace(POLICY, minimum_families=1)
    return replace(one_family, columns={p: said for p, said in POLICY.columns.items() if p not in dropped})


def alike(one: Mapping[str, pl.DataFrame], other: Mapping[str, pl.DataFrame]) -> bool:
    return one.keys() == other.keys() and all(frame.equals(other[name]) for name, frame in one.items())


@pytest.fixture(scope="module")
def as_shipped() -> dict[str, pl.DataFrame]:
    return stages(policy_without())


@pytest.mark.parametrize("place", LET_THROUGH, ids=".".join)
def test_what_is_let_through_matters(place: tuple[str, str], as_shipped: dict[str, pl.DataFrame]) -> None:
    """Or the tests below would see no difference either."""
    assert not alike(as_shipped, stages(policy_without(), place))


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (("family_member", "role"), Decision.FAMILIES),
        (("family_member", "from_date"), Decision.FAMILIES),
        (("family_member", "to_date"), Decision.FAMILIES),
        (("family_member", "date_of_birth"), Decision.LINKAGE),
        (("family_member", "sex"), Decision.LINKAGE),
        (("family_member", "role"), Decision.DROPPED),
        (("family_member", "ethnicity"), Decision.DROPPED),
        (("family_episode", "team"), Decision.DROPPED),
        (("police_incident", "domestic_abuse"), Decision.DROPPED),
        (("school_attendance", "school"), Decision.DROPPED),
    ],
)
def test_what_goes_no_further_matters_no_more(place: tuple[str, str], said: Decision) -> None:
    """Of every other column the tests below show that the stage does not even see it."""
    policy = policy_without()
    policy = replace(policy, columns={**policy.columns, place: said})
    assert alike(stages(policy), stages(policy, place))


KEPT_FROM_RULES = {
    (name, column.name): said
    for name, contract in CONTRACTS.items()
    for column in contract.columns
    for said in (Decision.COUNT, Decision.WAIT)
    if said in permitted(name, column)
}


@pytest.fixture(scope="module")
def counted_only() -> tuple[Policy, dict[str, pl.DataFrame]]:
    policy = policy_without()
    policy = replace(policy, columns={**policy.columns, **KEPT_FROM_RULES})
    return policy, stages(policy)


@pytest.mark.parametrize("place", KEPT_FROM_RULES, ids=".".join)
def test_what_is_counted_no_rule_sees(
    place: tuple[str, str], counted_only: tuple[Policy, dict[str, pl.DataFrame]]
) -> None:
    policy, plain = counted_only
    changed = stages(policy, place)
    for name in FRAMES:
        assert plain[name].equals(changed[name]), name


@pytest.mark.parametrize(
    "place",
    [
        (n, c.name)
        for n, contract in CONTRACTS.items()
        for c in contract.columns
        if (n, c.name) not in LET_THROUGH
    ],
    ids=".".join,
)
def test_what_is_for_linkage_alone_is_out_of_reach(place: tuple[str, str]) -> None:
    plain, changed = town.frames(), town.frames(place)
    assert not plain[place[0]].equals(changed[place[0]]), "the town cannot tell"
    if place[0] != "case_note":
        assert alike(visible(plain, POLICY), visible(changed, POLICY))
        assert place[1] not in visible(plain, POLICY)[place[0]].columns


@pytest.mark.parametrize("place", sorted(POLICY.columns), ids=".".join)
def test_what_is_dropped_no_stage_sees(place: tuple[str, str]) -> None:
    """What two towns that differ in it look like is the same to whoever looks for people and to whoever goes on."""
    policy = policy_without(place)
    assert alike(linkable(town.frames(), policy), linkable(town.frames(place), policy))
    assert alike(visible(town.frames(), policy), visible(town.frames(place), policy))


def lines(keep: set[tuple[str, str]]) -> Iterator[str]:
    """The shipped policy without the decisions about any other column."""
    contract = ""
    for line in SHIPPED.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            contract = line.strip("[]").removeprefix("columns.")
        is_decision = contract in CONTRACTS and " = " in line
        if not is_decision or (contract, line.split(" = ")[0]) in keep:
            yield line


def released(room: Path, policy: str) -> Path:
    """A data folder with a release of the town under a policy."""
    town.write(room / "extracts")
    (room / "data").mkdir()
    (room / "data" / "privacy.toml").write_text(policy, encoding="utf-8")
    result = pipelines("run", "--extracts", room / "extracts", "--data", room / "data")
    assert result.code == 0, result.words
    (room / "data" / "words").write_text(result.words, encoding="utf-8")
    return room / "data"


@pytest.fixture(scope="module")
def strictest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release under the policy that drops all that may be dropped."""
    return released(tmp_path_factory.mktemp("strictest"), "\n".join(lines(NEEDED)) + "\n")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return released(tmp_path_factory.mktemp("shipped"), SHIPPED.read_text(encoding="utf-8"))


@pytest.mark.parametrize("data", ["strictest", "shipped"])
def test_no_value_that_may_not_leave_is_in_either_file(data: str, request: pytest.FixtureRequest) -> None:
    """No text of any column, and no day of one whose days no rule may see."""
    folder = request.getfixturevalue(data)
    values = {value for _place, found in every_value(Places(folder)) for value in found}
    whole = "\n".join(values).lower()
    assert "family_member" in whole, "there is something to be searched"
    for name, contract in CONTRACTS.items():
        for column in contract.columns:
            canaries = town.texts(name, column.name)
            if column.type == "text" and column.name != "framework":
                assert not [one for one in canaries if one.lower() in whole], column.name
            if town.days(name, column):
                assert not canaries & values, column.name
    for file in (folder / "releases" / "2024-10-31-001").iterdir():
        content = file.read_bytes().lower()
        assert not [word for word in ("canary", *town.NAMES) if word.lower().encode() in content]


def test_days_that_rules_may_see_are_in_the_file(shipped: Path) -> None:
    """Or the test above would find none either."""
    values = {value for _place, found in every_value(Places(shipped)) for value in found}
    assert town.texts("need", "identified_on") <= values
    assert town.texts("family_episode", "start_date") <= values


def test_nobody_is_looked_for_by_what_is_dropped(strictest: Path, shipped: Path) -> None:
    """Benefits are asked for by no rule here: all that could find their people may be dropped."""
    found = {}
    for folder in (strictest, shipped):
        places = Places(folder)
        with open_protected(places, "current", read_key(places.protected_key)) as connection:
            found[folder] = connection.execute(
                "SELECT whole, part FROM protected.linkage_quality "
                "WHERE measure = 'matched' AND code = 'benefit_spell'"
            ).fetchone()
    assert found[shipped] == (12, 12)
    assert found[strictest] == (12, 0)


def test_a_release_says_what_nobody_decided(strictest: Path) -> None:
    with open_answers(Places(strictest)) as connection:
        said = connection.execute("SELECT contract, column_name, decision FROM collected").fetchall()
    undecided = {(name, column) for name, column, decision in said if decision == "dropped: no decision"}
    assert undecided == set(POLICY.columns) - NEEDED
    words = (strictest / "words").read_text(encoding="utf-8")
    assert "no decision in privacy.toml, so dropped: family_member (also_known_as," in words


def test_a_run_says_what_need_not_be_asked_for(shipped: Path) -> None:
    words = (shipped / "words").read_text(encoding="utf-8")
    assert "better not asked for: worker (team);" in words
    assert "special_educational_needs (uln, primary_type)" in words
    assert "no decision" not in words


@pytest.mark.parametrize(
    ("line", "instead", "code", "words"),
    [
        (
            'forename = "linkage"',
            'forename = "code"',
            4,
            'forename: not "code": what names somebody never leaves',
        ),
        ('forename = "linkage"', 'forname = "linkage"', 4, "Did you mean forename?"),
        ("[columns.police_incident]", "[columns.police_incidents]", 4, "Did you mean police_incident?"),
        (
            'role = "rules"',
            'role = "dropped"',
            69,
            "[columns.police_incident] role is needed for the rule no_event",
        ),
        ('plan_date = "day"', "", 69, 'write plan_date = "day"'),
    ],
)
def test_a_policy_that_will_not_do_is_refused_before_a_row_is_read(
    line: str, instead: str, code: int, words: str, tmp_path: Path
) -> None:
    policy = SHIPPED.read_text(encoding="utf-8")
    assert line in policy
    (tmp_path / "privacy.toml").write_text(policy.replace(line, instead), encoding="utf-8")
    result = pipelines("run", "--extracts", SAMPLE, "--data", tmp_path)
    assert result.code == code, result.words
    assert words in result.words
    assert "land:" not in result.words


def test_what_becomes_of_a_column_is_what_the_file_says() -> None:
    """The shipped file decides about every column of every contract, and reads back as it was written."""
    tables = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["columns"]
    for name, contract in CONTRACTS.items():
        assert list(tables[name]) == [column.name for column in contract.columns]
        for column in contract.columns:
            assert POLICY.decision(name, column.name) == tables[name][column.name]
            assert POLICY.decision(name, column.name) in permitted(name, column)
