"""A window of claims from its opening to the payer's answers, as the pages read it and act on it."""

from collections.abc import Callable, Iterator

import pytest

from evidence import acts, audit, window_tables, windows
from evidence.access import PAGES, Role, Who, read_rules
from evidence.acts import MAY, Act
from evidence.errors import AccessError
from evidence.evidence import Evidence
from evidence.windows import Progress, Seen
from ledger import (
    ClaimError,
    Event,
    RequestKind,
    RequestState,
    SampleState,
    Step,
    TwoPeopleError,
    WindowError,
)
from release.places import PROJECT
from tests.fakes import NAME, draw_more, fake_evidence, open_a_window

CODE = "2024-25-Q3"


@pytest.fixture
def evidence() -> Iterator[Evidence]:
    made = fake_evidence()
    yield made
    made.desk.close()


def _who(role: Role, name: str) -> Who:
    rules = read_rules(PROJECT / "data" / "access.toml")
    return Who(name, role, rules.pages_of(role))


OFFICER = _who(Role.RETURNS_OFFICER, "officer")
COLLEAGUE = _who(Role.RETURNS_OFFICER, "colleague")
AUDITOR = _who(Role.AUDITOR, "auditor")


def _stages(found: Seen) -> list[Progress]:
    return [one.progress for one in windows.stages(found)]


def _drawn(evidence: Evidence) -> list[int]:
    return [one.number for one in windows.seen(evidence, CODE).at(Step.SELECTED)]


def test_windows_that_have_begun_can_be_chosen_the_newest_first(evidence: Evidence) -> None:
    codes = [one.code for one in windows.choices(evidence)]
    assert codes == ["2024-25-Q3", "2024-25-Q2", "2024-25-Q1"]
    assert windows.choices(evidence)[0].label == (
        "2024-25-Q3: 1 October 2024 to 31 December 2024 (not opened)"
    )
    open_a_window(evidence.desk)
    assert windows.choices(evidence)[0].label.endswith("(open)")


def test_a_window_from_its_opening_to_the_payers_answers(evidence: Evidence) -> None:
    done, now, later = Progress.DONE, Progress.NOW, Progress.LATER
    assert _stages(windows.seen(evidence, CODE)) == [now, later, later, later, later]
    assert "opens the window" in windows.next_step(windows.seen(evidence, CODE))

    said = acts.open_window(evidence, OFFICER, CODE, by_risk=True)
    assert said.startswith("Request 1 is with the worker")
    (asked,) = evidence.desk.ledger.requests(RequestKind.OPEN_WINDOW)
    assert (asked.subject, asked.release) == (f"supporting-families-2022/{CODE}", NAME)
    assert dict(asked.detail) == {"by_risk": True}
    assert (
        acts.open_window(evidence, OFFICER, CODE, by_risk=True) == said
    )  # one request, however often it is asked
    window = open_a_window(evidence.desk, by=OFFICER.name)
    evidence.desk.ledger.end(1, RequestState.DONE, actor="custody", note="120 claims entered")
    (told,) = windows.requests(evidence, windows.seen(evidence, CODE))
    assert (told.state, told.note) == ("Done", "120 claims entered")

    found = windows.seen(evidence, CODE)
    assert _stages(found) == [done, now, later, later, later]
    assert windows.next_step(found) == "Next: the auditor judges 12 claims."
    assert windows.total(found.live) == "120 claims, £96,000"
    drawn = _drawn(evidence)
    upheld, last = drawn[:-1], drawn[-1:]
    assert acts.judge(evidence, AUDITOR, window, upheld, "file_agrees", upheld=True) == "11 claims upheld."
    said = acts.judge(evidence, AUDITOR, window, last, "evidence_missing", "no letter", upheld=False)
    assert said == "1 claim struck out."

    # One of twelve is more than is tolerated: the sample grows.
    found = windows.seen(evidence, CODE)
    assert found.sample and found.sample.state is SampleState.FAILED
    assert windows.next_step(found) == f"Next: the sample is enlarged by {found.sample.more} claims."
    assert "more claims" in acts.enlarge(evidence, AUDITOR, window)
    draw_more(evidence.desk, window)
    acts.judge(evidence, AUDITOR, window, _drawn(evidence), "file_agrees", upheld=True)
    found = windows.seen(evidence, CODE)
    assert found.sample and found.sample.state is SampleState.PASSED
    assert _stages(found) == [done, done, now, later, later]
    with pytest.raises(AccessError, match="as large as it must be"):
        acts.enlarge(evidence, AUDITOR, window)

    # Three people: who prepared does not sign, who signed does not submit.
    assert found.window and acts.keeps_from_signing(evidence, OFFICER, found.window)
    with pytest.raises(TwoPeopleError):
        acts.sign(evidence, OFFICER, window)
    assert acts.keeps_from_signing(evidence, COLLEAGUE, found.window) is None
    with pytest.raises(WindowError):
        acts.submit(evidence, OFFICER, window)
    assert acts.sign(evidence, COLLEAGUE, window) == (
        f"Window {CODE} is signed by colleague. Somebody else submits it."
    )
    found = windows.seen(evidence, CODE)
    assert found.window and acts.keeps_from_submitting(COLLEAGUE, found.window)
    assert acts.keeps_from_submitting(OFFICER, found.window) is None
    with pytest.raises(TwoPeopleError):
        acts.submit(evidence, COLLEAGUE, window)
    assert [one.number for one in found.unsettled] == last
    assert acts.withdraw(evidence, OFFICER, window, last, "struck_out") == "1 claim withdrawn, worth £800."
    assert acts.submit(evidence, OFFICER, window) == "119 claims submitted, worth £95,200."

    assert _stages(windows.seen(evidence, CODE)) == [done, done, done, done, now]
    submitted = [one.number for one in windows.seen(evidence, CODE).at(Step.SUBMITTED)]
    said = acts.record_rejected(evidence, OFFICER, window, submitted[:1], "evidence_short")
    assert said == "1 claim recorded as rejected, worth £800."
    assert "118 claims" in windows.next_step(windows.seen(evidence, CODE))
    said = acts.record_paid(evidence, OFFICER, window, submitted[1:])
    assert said == "118 claims recorded as paid, worth £94,400."
    found = windows.seen(evidence, CODE)
    assert _stages(found) == [done] * 5
    assert "Nothing more" in windows.next_step(found)
    assert [choice.label for choice in windows.step_choices(found)] == [
        "Paid (118)",
        "Rejected (1)",
        "Withdrawn (1)",
    ]

    history = window_tables.history_table(evidence, last[0])
    assert history["Step"].to_list() == ["Entered", "Drawn for the audit", "Audited: struck out", "Withdrawn"]
    assert history["Why"].to_list()[2] == "The case file does not hold the evidence: no letter"
    assert found.window
    told = window_tables.act_table(evidence, found.window)["What"].to_list()
    assert told[0] == "Paid: 118 claims, £94,400"
    assert told[-1].startswith("Window opened")
    evidence.desk.ledger.verify()


@pytest.mark.parametrize("role", Role)
def test_who_may_do_what(evidence: Evidence, role: Role) -> None:
    """Every act, by every role: where the role may not, the ledger stays as it was."""
    window = open_a_window(evidence.desk, claims=12)
    claims = _drawn(evidence)
    who = _who(role, "somebody else")
    do: dict[Act, Callable[[], str]] = {
        Act.OPEN: lambda: acts.open_window(evidence, who, CODE, by_risk=False),
        Act.ENLARGE: lambda: acts.enlarge(evidence, who, window),
        Act.ASK_PACK: lambda: acts.ask_packs(evidence, who, window, claims),
        Act.ASK_BUNDLE: lambda: acts.ask_bundle(evidence, who, window),
        Act.JUDGE: lambda: acts.judge(evidence, who, window, claims, "file_agrees", upheld=True),
        Act.SIGN: lambda: acts.sign(evidence, who, window),
        Act.SUBMIT: lambda: acts.submit(evidence, who, window),
        Act.RECORD_PAID: lambda: acts.record_paid(evidence, who, window, claims),
        Act.RECORD_REJECTED: lambda: acts.record_rejected(evidence, who, window, claims, "claimed_elsewhere"),
        Act.WITHDRAW: lambda: acts.withdraw(evidence, who, window, claims, "mistake"),
    }
    assert set(do) == set(Act) == set(MAY)
    for act, doing in do.items():
        before = len(evidence.desk.ledger.entries())
        assert acts.may(who, act) is (role in MAY[act])
        if role not in MAY[act]:
            with pytest.raises(AccessError, match="may not"):
                doing()
            assert len(evidence.desk.ledger.entries()) == before
            continue
        # What is refused to these is refused for the state of the window, not for who they are.
        try:
            assert doing().endswith(".")
        except AccessError as error:
            assert act in {Act.OPEN, Act.ENLARGE}, error
        except (ClaimError, WindowError):
            assert act in {Act.SIGN, Act.SUBMIT, Act.RECORD_PAID, Act.RECORD_REJECTED}


def test_a_role_that_may_act_and_may_not_see_the_page_may_not_act() -> None:
    nobody = Who("somebody", Role.RETURNS_OFFICER, frozenset(PAGES) - {"window"})
    assert not any(acts.may(nobody, act) for act in Act)


@pytest.mark.parametrize("code", ["2024-25-Q4", CODE, "", "'; DROP TABLE claim; --", "x" * 100_000])
def test_only_a_window_of_the_framework_that_has_begun_and_is_not_closed_is_opened(
    evidence: Evidence, code: str
) -> None:
    closed = open_a_window(evidence.desk, claims=0)
    evidence.desk.ledger.claims.close_window(closed, by="officer", role="returns_officer", release=NAME)
    with pytest.raises(AccessError):
        acts.open_window(evidence, OFFICER, code, by_risk=False)
    assert evidence.desk.ledger.requests() == []


def test_a_window_that_is_over_is_not_opened(evidence: Evidence) -> None:
    with pytest.raises(AccessError, match="was over on 30 September 2024"):
        acts.open_window(evidence, OFFICER, "2024-25-Q2", by_risk=False)


def test_a_window_is_added_to_until_its_sample_is_drawn(evidence: Evidence) -> None:
    open_a_window(evidence.desk, claims=0)
    acts.open_window(evidence, OFFICER, CODE, by_risk=False, most=50)
    (asked,) = evidence.desk.ledger.requests(RequestKind.OPEN_WINDOW)
    assert (asked.subject, dict(asked.detail)) == (f"supporting-families-2022/{CODE}", {"most": 50})


def test_a_window_that_was_drawn_from_is_not_added_to(evidence: Evidence) -> None:
    open_a_window(evidence.desk, claims=12)
    with pytest.raises(AccessError, match="goes into the next window"):
        acts.open_window(evidence, OFFICER, CODE, by_risk=False)
    assert evidence.desk.ledger.requests() == []


def test_a_window_is_opened_only_where_results_are_paid_for() -> None:
    evidence = fake_evidence(payment="earned_autonomy")
    with pytest.raises(AccessError):
        acts.open_window(evidence, OFFICER, CODE, by_risk=False)
    evidence.desk.close()


def test_claims_of_another_window_or_none_are_refused(evidence: Evidence) -> None:
    first = open_a_window(evidence.desk, claims=12)
    second = open_a_window(evidence.desk, claims=12, code="2024-25-Q2")
    of_second = [one.number for one in evidence.desk.ledger.claims.standings(window=second)]
    for claims in ([], of_second[:1], [-1], [10**30], [0]):
        with pytest.raises(AccessError):
            acts.withdraw(evidence, OFFICER, first, claims, "mistake")
        with pytest.raises(AccessError):
            acts.judge(evidence, AUDITOR, first, claims, "file_agrees", upheld=True)
    assert all(one.live for one in evidence.desk.ledger.claims.standings())


def test_only_a_sampled_claim_has_a_pack(evidence: Evidence) -> None:
    window = open_a_window(evidence.desk, by=OFFICER.name)
    found = windows.seen(evidence, CODE)
    drawn = [one.number for one in found.claims if one.drawn]
    others = [one.number for one in found.claims if not one.drawn]
    with pytest.raises(AccessError, match="drawn"):
        acts.ask_packs(evidence, AUDITOR, window, [drawn[0], others[0]])
    assert acts.ask_packs(evidence, AUDITOR, window, drawn[:2]).startswith("2 evidence packs asked for")
    packs = evidence.desk.requests(windows.PACK)
    assert sorted(one.subject for one in packs) == sorted(str(one) for one in drawn[:2])
    table = window_tables.sample_table([one for one in found.claims if one.drawn], packs)
    told = table["Evidence pack"].to_list()
    assert all(one.startswith("Waiting for the worker (request ") for one in told[:2])
    assert set(told[2:]) == {""}
    evidence.desk.ledger.end(1, RequestState.REFUSED, actor="custody", note="no such claim")
    packs = evidence.desk.requests(windows.PACK)
    table = window_tables.sample_table([one for one in found.claims if one.drawn], packs)
    assert "Refused: no such claim" in table["Evidence pack"].to_list()


def test_a_claim_whose_evidence_has_changed_is_told_by_its_number(evidence: Evidence) -> None:
    open_a_window(evidence.desk, claims=12)
    claims = evidence.desk.ledger.claims
    found = {one.slots[0]: one.evidence for one in claims.standings()}
    first, second = sorted(found)[:2]
    found[first] = "f" * 64
    del found[second]
    claims.compare_evidence(
        found, frameworks=["supporting-families-2022"], by="pipelines", role="run", release="later"
    )
    changed = windows.seen(evidence, CODE).changed
    assert [one.slots[0] for one in changed] == [first, second]
    table = window_tables.claim_table(evidence, changed)
    assert table["Evidence"].to_list() == ["Changed since"] * 2


def test_the_audit_tells_its_rate_with_the_interval(evidence: Evidence) -> None:
    window = open_a_window(evidence.desk)
    drawn = _drawn(evidence)
    acts.judge(evidence, AUDITOR, window, drawn[:1], "not_eligible", upheld=False)
    acts.judge(evidence, AUDITOR, window, drawn[1:], "file_agrees", upheld=True)
    (seen,) = audit.audits(evidence, AUDITOR)
    assert (seen.claims, seen.drawn, seen.judged, seen.struck_out) == ("120", "12", "12", "1")
    assert seen.rate.rate == pytest.approx(100 / 12)
    assert seen.rate.low < 100 / 12 < seen.rate.high
    assert seen.rate.words.startswith("8.3% (95% interval ")
    assert seen.result == "Failed"
    chart = audit.chart(evidence, [seen])
    assert chart and "tolerated: 5%" in chart.alt
    # Who does not work there: no figure that is small, and on which side of what is tolerated the rate lies.
    (manager,) = audit.audits(evidence, _who(Role.MANAGER, "manager"))
    assert (manager.claims, manager.drawn, manager.struck_out) == ("120", "10", "c")
    assert (manager.rate.rate, manager.rate.words) == (None, "over 5%")
    assert audit.chart(evidence, [manager]) is None


def test_every_event_about_a_window_has_words() -> None:
    about = {event for event in Event if event.value.split("_")[0] in {"window", "claims", "sample"}}
    assert about <= set(window_tables.EVENTS)
