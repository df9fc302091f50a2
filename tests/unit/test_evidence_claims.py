"""Claims in figures: the funnel, the quota and the audit, exact for who works there and safe for everybody else."""

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence import audit, funnel, quota
from evidence.access import Role, Who, read_rules
from evidence.claims import EXACT, done, entered_since, safe
from evidence.errors import QuestionError
from evidence.evidence import Evidence
from evidence.facts import read_facts
from evidence.questions import Question
from ledger import Judged, Verdict
from release.errors import ReleaseError
from release.places import PROJECT
from tests.fakes import (
    MANIFEST,
    NAME,
    FakeContents,
    FakeDesk,
    TwoFrameworks,
    evidence_of,
    fake_evidence,
    frameworks_fact,
    open_a_window,
    visitor,
)

OFFICER, MANAGER = visitor("returns_officer"), visitor("manager")
QUOTA = '[[quota]]\nframework = "supporting-families-2022"\nyear = "2024-25"\n'


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    """A window of 120 claims of which nothing has been judged."""
    made = fake_evidence()
    open_a_window(made.desk)
    return made


def _who(role: Role) -> Who:
    return Who("somebody", role, read_rules(PROJECT / "data" / "access.toml").pages_of(role))


@settings(max_examples=200, deadline=None)
@given(
    role=st.sampled_from(Role),
    first=st.integers(0, 400),
    second=st.integers(0, 400),
    price=st.integers(1, 2000),
)
def test_a_figure_of_the_ledger_is_exact_for_who_works_there_and_safe_for_others(
    evidence: Evidence, role: Role, first: int, second: int, price: int
) -> None:
    who = _who(role)
    figures = [safe(evidence, who, claims, claims * price) for claims in (first, second)]
    for claims, figure in zip((first, second), figures, strict=True):
        if role in EXACT:
            assert (figure.claims, figure.worth, figure.symbol) == (claims, claims * price, None)
        elif claims < 10:
            # Whatever a small figure is, none included, the same is shown.
            assert (figure.claims, figure.worth, figure.symbol) == (None, None, "c")
        else:
            assert figure.claims is not None and figure.worth is not None
            assert figure.claims % 5 == 0
            assert abs(figure.claims - claims) <= 2.5
            # The money tells no more than the shown count does.
            assert figure.worth % (5 * 800) == 0
    if role not in EXACT and figures[0].claims == figures[1].claims and price == 800:
        assert figures[0] == figures[1]


def test_what_was_audited_stays_audited_once_it_is_submitted() -> None:
    evidence = fake_evidence()
    claims, act = evidence.desk.ledger.claims, {"role": "returns_officer", "release": NAME}
    window = open_a_window(evidence.desk)
    drawn = [one.number for one in claims.standings() if one.drawn]
    claims.judge({one: Judged(Verdict.UPHELD, "it agrees") for one in drawn}, by="auditor", **act)
    claims.sign(window, by="colleague", **act)
    submitted = claims.submit(window, by="officer", **act)
    claims.pay(submitted[:50], by="officer", **act)
    claims.withdraw(submitted[-20:], by="officer", why="a mistake", **act)
    found = done(evidence, OFFICER)
    figures = (found.entered, found.drawn, found.judged, found.submitted, found.paid, found.ended)
    live = len([one for one in drawn if one in submitted[:-20]])
    assert [one.claims for one in figures] == [100, live, live, 100, 50, 20]
    assert found.paid.worth == 40_000
    evidence.desk.close()


def test_what_was_done_is_counted_from_live_claims(evidence: Evidence) -> None:
    found = done(evidence, OFFICER)
    assert (found.entered.claims, found.entered.worth) == (120, 96_000)
    assert (found.drawn.claims, found.judged.claims, found.submitted.claims, found.paid.claims) == (
        12,
        0,
        0,
        0,
    )
    assert found.ended.claims == 0
    shown = done(evidence, MANAGER)
    assert (shown.entered.words, shown.drawn.words, shown.judged.words) == ("120", "10", "c")


def test_the_funnel_leads_from_identified_to_paid_with_the_money_at_each_step(evidence: Evidence) -> None:
    found = funnel.steps(evidence, done(evidence, OFFICER))
    assert [(one.words, one.money) for one in found[:2]] == [("2,240", "£1,792,000"), ("1,835", "£1,468,000")]
    assert [(one.label, one.words, one.money) for one in found if one.of_ledger] == [
        ("Entered as a claim", "120", "£96,000"),
        ("… drawn for the audit", "12", "£9,600"),
        ("… audited", "0", "£0"),
        ("Submitted to the payer", "0", "£0"),
        ("Paid", "0", "£0"),
    ]
    assert found[1].share_of(found[0]) == "82%"
    assert funnel.lost_most(found, 11) == "Largest drop: before “No need outstanding”"


@pytest.mark.parametrize("payment", ["earned_autonomy", "none"])
def test_where_nothing_is_paid_by_results_the_funnel_ends_with_the_evidence(payment: str) -> None:
    found = funnel.steps(fake_evidence(payment=payment), None)
    assert len(found) == len(funnel.EVIDENCE_STEPS)
    assert all(one.worth is None and not one.money for one in found)


@pytest.mark.parametrize(
    ("values", "leads"),
    [
        ((100, 90, 40), "C"),
        ((100, 50, 45), "B"),
        ((100, 80, 39), None),  # 20 and 41: noise alone could make that
        ((100, 80, 38), "C"),
        ((100, None, 20), None),
        ((100, 20), None),
    ],
)
def test_where_most_are_lost_is_said_only_where_it_is_clear(
    values: tuple[int | None, ...], leads: str | None
) -> None:
    steps = [
        funnel.Step(label, value, None if value is not None else "c")
        for label, value in zip("ABC", values, strict=False)
    ]
    assert funnel.lost_most(steps, 11) == (f"Largest drop: before “{leads}”" if leads else None)


@pytest.mark.parametrize(
    ("limits", "unit", "limit", "used"),
    [
        ("claims = 500", "claims", 500, "120"),
        ("pounds = 400000", "pounds", 400_000, "£96,000"),
        ("claims = 5000\npounds = 100000", "pounds", 100_000, "£96,000"),
        ("claims = 130\npounds = 1000000", "claims", 130, "120"),
    ],
)
def test_the_quota_that_is_nearer_to_its_end_is_told(limits: str, unit: str, limit: int, used: str) -> None:
    desk = FakeDesk(QUOTA + limits)
    evidence = evidence_of(FakeContents(), desk)
    open_a_window(desk)
    found = quota.quota(evidence, OFFICER, done(evidence, OFFICER))
    assert found
    assert (found.year, found.unit, found.limit, found.used_words) == ("2024-25", unit, limit, used)
    assert found.left == limit - (120 if unit == "claims" else 96_000)
    # What is entered counts once: it is among what the release has as ready.
    assert found.ready == (385 - 120 if unit == "claims" else 308_000 - 96_000)
    chart = quota.chart(evidence, found)
    assert "Quota 2024-25" in chart.alt
    assert ("more than is left" in quota.sentence(found)) is (found.ready > found.left)
    desk.close()


@pytest.mark.parametrize(
    ("ready", "said"),
    [
        (94.0, "are left: what is ready fits"),
        (95.0, "about as much as is ready"),
        (105.0, "about as much as is ready"),
        (106.0, "about 6 more than is left"),
    ],
)
def test_whether_what_is_ready_fits_is_said_only_where_noise_could_not_make_it(
    ready: float, said: str
) -> None:
    found = quota.Quota("2024-25", "claims", 300, 200.0, "200", ready, 20.0, noise=5.0)
    assert said in quota.sentence(found)


@pytest.mark.parametrize(("expected", "over"), [(21.0, False), (22.0, True)])
def test_a_quota_is_called_too_small_only_where_noise_could_not_make_it_so(
    expected: float, over: bool
) -> None:
    found = quota.Quota("2024-25", "claims", 300, 200.0, "200", 94.0, expected, noise=5.0)
    assert (quota.chart(fake_evidence(), found).title == "More will be ready than the quota allows") is over


class _Submitted(FakeContents):
    """A release by which so many claims were submitted, and none paid."""

    def __init__(self, submitted: int) -> None:
        super().__init__()
        self.submitted = submitted

    def answer(self, question: str) -> pl.DataFrame:
        cells = super().answer(question)
        if question != "claims_entered|step":
            return cells
        none = pl.Series(None, [None, None], dtype=pl.String)
        return pl.DataFrame(
            {
                "code_1": ["submitted", "paid"],
                "code_2": none,
                "code_3": none,
                "value": [self.submitted, 0],
            }
        )


@pytest.mark.parametrize(("submitted", "entered"), [(0, 120), (109, 11), (110, 0), (125, 0)])
def test_what_noise_could_have_made_is_not_told_as_entered(submitted: int, entered: int) -> None:
    evidence = evidence_of(_Submitted(submitted))
    open_a_window(evidence.desk)
    assert entered_since(evidence, done(evidence, OFFICER)) == entered


def test_what_is_entered_is_told_beside_what_is_ready(evidence: Evidence) -> None:
    nothing = fake_evidence("nothing")
    assert entered_since(evidence, done(evidence, OFFICER)) == 120
    assert entered_since(nothing, done(evidence, OFFICER)) is None
    assert entered_since(nothing, done(nothing, MANAGER)) is None


def test_without_a_quota_or_payment_by_results_none_is_told(evidence: Evidence) -> None:
    assert quota.quota(evidence, OFFICER, done(evidence, OFFICER)) is None
    up_front = fake_evidence(payment="earned_autonomy")
    assert quota.quota(up_front, OFFICER, done(up_front, OFFICER)) is None


def test_before_anything_is_opened_nothing_is_audited() -> None:
    evidence = fake_evidence()
    assert audit.audits(evidence, OFFICER) == []
    assert audit.table([]).is_empty()
    evidence.desk.close()


def _two() -> Evidence:
    return evidence_of(TwoFrameworks())


def test_a_further_framework_has_questions_codes_and_prices_of_its_own() -> None:
    primary = _two()
    other = primary.under("contract")
    assert other.release().framework_title == "A contract"
    assert other.release().rules.deadweight == Fraction(1, 6)
    assert primary.release().framework == "supporting-families-2022"
    assert [one.code for one in other.choices("kind")] == ["entry", "sustain"]
    assert [one.code for one in primary.choices("kind")] == ["successful_family_outcome"]
    assert other.ask(Question("claims_claimable")).value == 385
    shown = other.ask(Question("claims_claimable", ("kind",))).frame["value"].to_list()
    assert shown == [230, 155]
    assert other.ask(Question("worth_claimable", (), {"kind": "sustain"})).value == 155 * 1200
    # Without a kind: the sum over the kinds that are shown, each at its price, cell by cell.
    assert other.ask(Question("worth_claimable")).value == 230 * 300 + 155 * 1200
    teams = other.ask(Question("worth_claimable", ("team",))).frame["value"].to_list()
    kinds = other.ask(Question("claims_claimable", ("team", "kind"))).frame
    for team, worth in zip(other.choices("team"), teams, strict=True):
        of_team = dict(kinds.filter(team=team.code)["kind", "value"].iter_rows())
        known = {kind: value for kind, value in of_team.items() if value is not None}
        assert worth == sum(TwoFrameworks.KINDS[kind][0] * value for kind, value in known.items())
    assert primary.ask(Question("worth_claimable")).value == 308_000
    assert other.ask(Question("families_helped")).value == 2000
    with pytest.raises(QuestionError):
        other.ask(Question("claims_claimable", (), {"kind": "successful_family_outcome"}))


def test_what_a_further_framework_has_not_published_is_not_answered_with_the_first_ones_figure() -> None:
    contents = TwoFrameworks()
    contents.question = contents.question.filter(pl.col("question") != "contract:claims_eligible")
    other = evidence_of(contents).under("contract")
    assert other.ask(Question("claims_eligible")).symbol == "x"


@pytest.mark.parametrize("payment", ["earned_autonomy", "none"])
def test_where_nothing_is_paid_by_results_every_cell_of_money_is_not_applicable(payment: str) -> None:
    evidence = fake_evidence(payment=payment)
    answer = evidence.ask(Question("worth_held_up", ("headline",)))
    assert answer.frame.height == 10
    assert set(answer.frame["symbol"]) == {"z"}


@pytest.mark.parametrize(
    "framework", ["", "supporting-families-2022", "unknown", "contract:x", "x" * 100_000]
)
def test_whatever_is_no_further_framework_is_the_primary_one(framework: str) -> None:
    primary = _two()
    assert primary.under(framework) is primary
    assert primary.under("contract").under("contract").release().framework == "contract"


@pytest.mark.parametrize(
    "fact",
    [
        "",
        "{}",
        "[]",
        "[1]",
        "not JSON",
        '[{"id": "a"}]',
        frameworks_fact(MANIFEST).replace("2024-04-01", "2024-04-31"),
        frameworks_fact(MANIFEST).replace('"1/20"', '"1/0"'),
        frameworks_fact(MANIFEST).replace('"by_results"', '"by_luck"'),
    ],
)
def test_a_manifest_that_cannot_be_read_is_a_users_error(fact: str) -> None:
    with pytest.raises(ReleaseError):
        read_facts(MANIFEST | {"frameworks": fact})


def test_a_release_of_before_there_were_several_frameworks_has_one() -> None:
    facts = read_facts({name: value for name, value in MANIFEST.items() if name != "frameworks"})
    assert [one.id for one in facts.frameworks] == ["supporting-families-2022"]
    assert (facts.price, facts.rules.windows) == (800, ())
