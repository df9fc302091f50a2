"""The ledger of claims, as an officer and an auditor meet it, in both databases."""

from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ledger import (
    AuditTerms,
    Candidate,
    ClaimError,
    Event,
    Judged,
    Ledger,
    NewClaim,
    NewWindow,
    QuotaError,
    Step,
    TwoPeopleError,
    Verdict,
    WindowError,
    WindowState,
    draw,
    open_ledger,
)
from ledger.sampling import Draw
from tests.ledgers import (
    AUDITOR,
    DATABASES,
    FINANCE,
    FRAMEWORK,
    HEAD,
    OFFICER,
    TERMS,
    Database,
    database_in,
    drawn,
    entered,
    evidence,
    judged,
    new_claim,
    new_window,
    signed,
    token,
)


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    return database_in(request.param, tmp_path, request, monkeypatch)


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger]:
    opened = database.open()
    yield opened
    opened.close()


@pytest.fixture
def file_ledger(tmp_path: Path) -> Iterator[Ledger]:
    """In SQLite alone: for what is refused before a database is asked."""
    opened = open_ledger(tmp_path / "ledger.sqlite")
    yield opened
    opened.close()


def test_a_window_from_its_opening_to_the_money(ledger: Ledger) -> None:
    claims = ledger.claims
    window, numbers = entered(ledger, range(20))
    assert claims.window(window).state is WindowState.OPEN
    sampled = drawn(ledger, window)
    assert len(sampled) == claims.sample(window).size == 2
    judged(ledger, sampled)
    claims.sign(window, **HEAD)
    assert claims.window(window).state is WindowState.SIGNED
    assert claims.submit(window, **FINANCE) == numbers
    assert claims.window(window).state is WindowState.SUBMITTED
    claims.pay(numbers, **FINANCE)

    there = claims.window(window)
    assert (there.opened_by, there.signed_by, there.submitted_by) == (
        "officer",
        "head of service",
        ("finance",),
    )
    assert there.state is WindowState.SETTLED
    assert [(one.step, one.claims, one.worth) for one in claims.counts()] == [(Step.PAID, 20, 16_000)]
    steps = claims.history(sampled[0])
    assert [one.step for one in steps] == ["claimable", "selected_for_audit", "audited", "submitted", "paid"]
    assert [one.by for one in steps] == ["officer", "officer", "auditor", "finance", "finance"]
    assert {one.evidence for one in steps} == {claims.standing(sampled[0]).evidence}
    assert {(one.release, one.framework_version) for one in steps} == {("2024-10-31-001", 1)}
    lines = {entry.number: entry.digest for entry in ledger.entries()}
    assert all(lines[one.line] == one.digest for one in steps)
    assert [entry.event for entry in claims.acts(window)] == [
        Event.WINDOW_OPENED,
        Event.CLAIMS_ENTERED,
        Event.SAMPLE_DRAWN,
        Event.CLAIMS_AUDITED,
        Event.WINDOW_SIGNED,
        Event.CLAIMS_SUBMITTED,
        Event.CLAIMS_PAID,
    ]
    assert ledger.verify() == 7


def test_a_claim_stands_on_all_its_slots(ledger: Ledger) -> None:
    _, (number,) = entered(ledger, range(1))
    live = ledger.claims.live()
    assert set(live) == set(new_claim(0).slots)
    assert {one.number for one in live.values()} == {number}
    assert ledger.claims.live("another-framework") == {}
    # Another framework of the same fund cannot claim for the same episode.
    other = ledger.claims.open_window(new_window(framework="supporting-families-2020"), **OFFICER)
    rival = NewClaim((token("other slot"), token("fund", 0)), "kind", evidence(1), date(2024, 9, 1), 800)
    with pytest.raises(ClaimError, match=f"1 live claims stand on what these are for: {number}"):
        ledger.claims.enter(other, [rival], **OFFICER)
    assert ledger.claims.standings(window=other) == []
    ledger.claims.withdraw([number], why="entered by mistake", **OFFICER)
    ledger.claims.enter(other, [rival], **OFFICER)


def test_all_or_nothing(ledger: Ledger) -> None:
    window, _ = entered(ledger, range(3))
    before = ledger.anchor()
    with pytest.raises(ClaimError, match="Nothing was entered"):
        ledger.claims.enter(window, [new_claim(7), new_claim(2)], **OFFICER)
    with pytest.raises(ClaimError, match="twice in one go"):
        ledger.claims.enter(window, [new_claim(7), new_claim(7)], **OFFICER)
    assert len(ledger.claims.standings()) == 3
    assert ledger.anchor() == before


@pytest.mark.parametrize("ended", ["rejected", "withdrawn"])
def test_a_claim_that_ended_reopens_by_a_new_one(ledger: Ledger, ended: str) -> None:
    claims = ledger.claims
    window, numbers = signed(ledger, range(5))
    claims.submit(window, **FINANCE)
    first = numbers[3]
    if ended == "rejected":
        claims.reject([first], why="the payer found the evidence too weak", **FINANCE)
    else:
        claims.pay([first], **FINANCE)
        claims.withdraw([first], why="the money was given back", **FINANCE)
    following = claims.open_window(new_window("2024-25-Q4"), **OFFICER)
    (again,) = claims.enter(following, [new_claim(3)], **OFFICER)
    assert (claims.standing(first).turn, claims.standing(again).turn) == (1, 2)
    assert claims.standing(first).step == ended
    assert claims.live()[token("slot", 3)].number == again
    with pytest.raises(ClaimError, match="it cannot become withdrawn"):
        claims.withdraw([first], why="once more", **FINANCE)
    ledger.verify()


@pytest.mark.parametrize(
    ("act", "refusal"),
    [
        (
            lambda claims, number: claims.pay([number], **FINANCE),
            "Claim 1 is claimable: it cannot become paid",
        ),
        (
            lambda claims, number: claims.reject([number], why="no", **FINANCE),
            "Claim 1 is claimable: it cannot become rejected",
        ),
        (
            lambda claims, number: claims.judge({number: Judged(Verdict.UPHELD, "seen")}, **AUDITOR),
            "Claim 1 is claimable: it cannot become audited",
        ),
        (lambda claims, number: claims.withdraw([number], why=" ", **OFFICER), "Say the reason"),
        (lambda claims, number: claims.withdraw([number], why="a\nb", **OFFICER), "on one line"),
        (lambda claims, number: claims.withdraw([number], why="x" * 501, **OFFICER), "at most 500"),
        (lambda claims, number: claims.withdraw([99], why="x", **OFFICER), "There is no claim 99"),
        (lambda claims, number: claims.pay([], **OFFICER), "Say which claims"),
        (
            lambda claims, number: claims.pay([number], by=" ", role="r", release="r"),
            "Say the account",
        ),
    ],
)
def test_a_step_out_of_order_is_refused(
    file_ledger: Ledger, act: Callable[[Any, int], None], refusal: str
) -> None:
    _, (number,) = entered(file_ledger, range(1))
    before = file_ledger.anchor()
    with pytest.raises(ClaimError, match=refusal):
        act(file_ledger.claims, number)
    assert file_ledger.anchor() == before


@pytest.mark.parametrize(
    ("claim", "refusal"),
    [
        (NewClaim((), "kind", evidence(1), date(2024, 9, 1), 1), "one to 4 slots"),
        (NewClaim((token(1), token(1)), "kind", evidence(1), date(2024, 9, 1), 1), "one to 4 slots"),
        (NewClaim(("Jane Smith",), "kind", evidence(1), date(2024, 9, 1), 1), "keyed token"),
        (NewClaim((token(1),), "a kind", evidence(1), date(2024, 9, 1), 1), "kind of claim"),
        (NewClaim((token(1),), "kind", "abc", date(2024, 9, 1), 1), "64 hexadecimal"),
        (NewClaim((token(1),), "kind", evidence(1), date(2024, 9, 1), -1), "whole number of pounds"),
        (NewClaim((token(1),), "kind", evidence(1), date(2024, 9, 1), 2**31), "whole number of pounds"),
        (NewClaim((token(1),), "kind", evidence(1), date(2025, 1, 1), 1), "dated after 2024-12-31"),
    ],
)
def test_a_claim_that_says_what_cannot_be_is_refused(
    file_ledger: Ledger, claim: NewClaim, refusal: str
) -> None:
    window = file_ledger.claims.open_window(new_window(), **OFFICER)
    with pytest.raises(ClaimError, match=refusal):
        file_ledger.claims.enter(window, [claim], **OFFICER)


@pytest.mark.parametrize(
    ("window", "refusal"),
    [
        (NewWindow("a framework", "q", 1, date(2024, 1, 1), date(2024, 3, 31), TERMS), "letters, digits"),
        (NewWindow("f", "", 1, date(2024, 1, 1), date(2024, 3, 31), TERMS), "letters, digits"),
        (NewWindow("f", "q", 0, date(2024, 1, 1), date(2024, 3, 31), TERMS), "version"),
        (NewWindow("f", "q", 1, date(2024, 4, 1), date(2024, 3, 31), TERMS), "closes before it opens"),
        (
            NewWindow(
                "f",
                "q",
                1,
                date(2024, 1, 1),
                date(2024, 3, 31),
                AuditTerms(Fraction(11, 10), 1, Fraction(0), Fraction(0)),
            ),
            "out of range",
        ),
    ],
)
def test_a_window_that_says_what_cannot_be_is_refused(
    file_ledger: Ledger, window: NewWindow, refusal: str
) -> None:
    with pytest.raises(WindowError, match=refusal):
        file_ledger.claims.open_window(window, **OFFICER)


def test_nothing_is_entered_into_a_window_that_is_closed_or_signed(ledger: Ledger) -> None:
    window, _ = entered(ledger, range(4))
    ledger.claims.close_window(window, **OFFICER)
    with pytest.raises(WindowError, match="is closed: nothing is entered"):
        ledger.claims.enter(window, [new_claim(9)], **OFFICER)
    with pytest.raises(WindowError, match="is closed already"):
        ledger.claims.close_window(window, **OFFICER)
    with pytest.raises(WindowError, match="was opened already"):
        ledger.claims.open_window(new_window(), **OFFICER)
    judged(ledger, drawn(ledger, window))
    ledger.claims.sign(window, **HEAD)
    with pytest.raises(WindowError, match="is signed: nothing is entered"):
        ledger.claims.enter(window, [new_claim(9)], **OFFICER)
    with pytest.raises(WindowError, match="is signed"):
        ledger.claims.sign(window, **HEAD)
    with pytest.raises(WindowError, match="There is no window 7"):
        ledger.claims.submit(7, **FINANCE)


def test_a_window_is_signed_once_its_sample_has_passed(ledger: Ledger) -> None:
    claims = ledger.claims
    window, numbers = entered(ledger, range(20))
    with pytest.raises(WindowError, match="not signed"):
        claims.submit(window, **FINANCE)
    with pytest.raises(WindowError, match="its sample needs 2 more claims"):
        claims.sign(window, **HEAD)
    first = drawn(ledger, window)
    with pytest.raises(WindowError, match="2 sampled claims have no verdict yet"):
        claims.sign(window, **HEAD)
    judged(ledger, first, struck_out=1)
    with pytest.raises(
        WindowError, match=r"1 of 2 sampled claims were struck out, more than 25\.0%\. Draw 4 more"
    ):
        claims.sign(window, **HEAD)
    second = drawn(ledger, window)
    assert len(second) == 4 and not set(first) & set(second)
    judged(ledger, second)
    claims.sign(window, **HEAD)
    assert claims.submit(window, **FINANCE) == tuple(one for one in numbers if one != first[0])
    struck = claims.standing(first[0])
    assert (struck.step, struck.verdict) == (Step.AUDITED, Verdict.STRUCK_OUT)
    assert [(one.number, one.size) for one in claims.drawings(window)] == [(1, 2), (2, 4)]
    with pytest.raises(WindowError, match="Nothing is left to submit"):
        claims.submit(window, **FINANCE)


def test_a_bad_claim_is_not_taken_out_of_its_own_audit(ledger: Ledger) -> None:
    window, _ = entered(ledger, range(20))
    sampled = drawn(ledger, window)
    ledger.claims.withdraw(sampled[:1], why="entered by mistake", **OFFICER)
    judged(ledger, sampled[1:])
    sample = ledger.claims.sample(window)
    assert (sample.size, sample.judged, sample.struck_out, sample.state) == (2, 2, 1, "failed")


def test_an_empty_window_is_not_signed(ledger: Ledger) -> None:
    window = ledger.claims.open_window(new_window(), **OFFICER)
    assert ledger.claims.enter(window, [], **OFFICER) == ()
    with pytest.raises(WindowError, match="no claim is in it"):
        ledger.claims.sign(window, **HEAD)


@pytest.mark.parametrize("who", ["officer", "auditor", "Officer", " AUDITOR "])
def test_who_prepared_a_window_does_not_sign_it(ledger: Ledger, who: str) -> None:
    window, _ = entered(ledger, range(4))
    judged(ledger, drawn(ledger, window))
    with pytest.raises(TwoPeopleError, match="Somebody else signs it"):
        ledger.claims.sign(window, by=who, role="returns_officer", release="r")


@pytest.mark.parametrize("who", ["head of service", "Head of Service "])
def test_who_signed_a_window_does_not_submit_it(ledger: Ledger, who: str) -> None:
    window, _ = signed(ledger, range(4))
    with pytest.raises(TwoPeopleError, match="Somebody else submits it"):
        ledger.claims.submit(window, by=who, role="returns_officer", release="r")
    # Whoever opened it may.
    ledger.claims.submit(window, **OFFICER)


def test_nobody_chooses_the_sample(ledger: Ledger) -> None:
    claims = ledger.claims
    window, numbers = entered(ledger, range(10))
    listed = [Candidate(number, "all") for number in numbers]
    with pytest.raises(WindowError, match="seed is not the ledger's"):
        claims.select(window, draw(listed, size=2, seed="the one that I like"), **OFFICER)
    seed = claims.seed(window)
    with pytest.raises(WindowError, match="not drawn from the claims"):
        claims.select(window, draw(listed[:4], size=2, seed=seed), **OFFICER)
    with pytest.raises(WindowError, match="needs 2 more"):
        claims.select(window, draw(listed, size=1, seed=seed), **OFFICER)
    with pytest.raises(WindowError, match="not drawn from the claims"):
        claims.select(window, Draw(seed, 0, (), 10, "0" * 64, False), **OFFICER)
    # What was drawn holds for the claims as they were.
    lot = draw(listed, size=2, seed=seed)
    claims.withdraw([numbers[0]], why="entered by mistake", **OFFICER)
    with pytest.raises(WindowError, match="has changed since"):
        claims.select(window, lot, **OFFICER)
    again = claims.candidates(window)
    lot = draw(
        [Candidate(number, "all", 1 + number % 3) for number in again], size=2, seed=claims.seed(window)
    )
    assert claims.select(window, lot, why="the quarter's sample", **OFFICER) == 1
    (recorded,) = claims.drawings(window)
    assert (recorded.seed, recorded.inputs, recorded.weighted) == (lot.seed, lot.inputs, True)
    assert recorded.claims == tuple(one.claim for one in lot.drawn)
    assert "drawn by lot" in claims.standing(recorded.claims[0]).drawn


def _quota(database: Database, words: str) -> None:
    (database.places.data / "payment.toml").write_text(f"[[quota]]\n{words}", encoding="utf-8")


def test_more_than_the_quota_is_refused_with_the_figures(database: Database, ledger: Ledger) -> None:
    _quota(database, f'framework = "{FRAMEWORK}"\nyear = "2024-25"\nclaims = 5\n')
    claims = ledger.claims
    window, numbers = entered(ledger, range(4))
    with pytest.raises(
        QuotaError, match=r"in 2024-25 is 5 claims: 4 are entered and 2 more are asked for, 1 too many"
    ):
        claims.enter(window, [new_claim(8), new_claim(9)], **OFFICER)
    claims.withdraw(numbers[:1], why="entered by mistake", **OFFICER)
    claims.enter(window, [new_claim(8), new_claim(9)], **OFFICER)
    assert claims.quota(FRAMEWORK, "2024-25").claims == 5
    assert claims.quota(FRAMEWORK, "2025-26").claims_quota is None
    # Another framework's claims and another year's are their own affair.
    other = claims.open_window(new_window(framework="supporting-families-2020"), **OFFICER)
    claims.enter(other, [new_claim(10)], **OFFICER)
    later = NewWindow(FRAMEWORK, "2025-26-Q1", 1, date(2025, 4, 1), date(2025, 6, 30), TERMS)
    claims.enter(claims.open_window(later, **OFFICER), [new_claim(11)], **OFFICER)


def test_a_quota_that_shrank_is_seen_when_claims_are_submitted(database: Database, ledger: Ledger) -> None:
    window, _ = signed(ledger, range(4))
    _quota(database, f'framework = "{FRAMEWORK}"\nyear = "2024-25"\npounds = 2400\n')
    with pytest.raises(
        QuotaError, match=r"is £2,400: claims worth £0 are submitted and £3,200 more .* £800 too much"
    ):
        ledger.claims.submit(window, **FINANCE)
    assert ledger.claims.quota(FRAMEWORK, "2024-25").pounds_quota == 2400
    _quota(database, f'framework = "{FRAMEWORK}"\nyear = "2024-25"\npounds = 3200\n')
    assert len(ledger.claims.submit(window, **FINANCE)) == 4


def test_evidence_that_changed_is_flagged_and_not_submitted(ledger: Ledger) -> None:
    claims = ledger.claims
    window, numbers = signed(ledger, range(4))
    as_entered = {token("slot", family): new_claim(family).evidence for family in range(4)}

    def compare(found: dict[str, str], release: str) -> tuple[int, ...]:
        return claims.compare_evidence(
            found, frameworks=[FRAMEWORK], by="pipelines", role="pipelines", release=release
        )

    assert compare(as_entered, "r2") == ()
    other = {**as_entered, token("slot", 1): evidence("something else")}
    del other[token("slot", 2)]
    assert compare(other, "r3") == numbers[1:3]
    assert compare(other, "r4") == ()
    assert [one.number for one in claims.evidence_changed()] == list(numbers[1:3])
    assert (claims.standing(numbers[2]).evidence_now, claims.standing(numbers[2]).evidence_changed) == (
        "",
        True,
    )
    assert claims.standing(numbers[1]).step in {Step.CLAIMABLE, Step.AUDITED}
    with pytest.raises(ClaimError, match=f"2 claims has changed .*: {numbers[1]}, {numbers[2]}"):
        claims.submit(window, **FINANCE)
    # One is again as it was, the other is withdrawn: the rest goes.
    assert compare({**other, token("slot", 1): as_entered[token("slot", 1)]}, "r5") == numbers[1:2]
    claims.withdraw(numbers[2:3], why="the evidence has changed since", **OFFICER)
    assert claims.submit(window, **FINANCE) == (numbers[0], numbers[1], numbers[3])
    assert claims.evidence_changed() == []
    events = [entry for entry in ledger.entries() if entry.event == Event.EVIDENCE_CHANGED]
    assert [entry.detail["claims"] for entry in events] == [list(numbers[1:3]), [numbers[1]]]
    ledger.verify()


def test_claims_of_several_windows_are_paid_in_one_go(ledger: Ledger) -> None:
    one, first = signed(ledger, range(3))
    other, second = signed(ledger, range(3, 6), "2024-25-Q4")
    for window in (one, other):
        ledger.claims.submit(window, **FINANCE)
    ledger.claims.pay([*second, *first], **FINANCE)
    assert {count.step for count in ledger.claims.counts()} == {Step.PAID}
    assert [count.window for count in ledger.claims.counts(framework=FRAMEWORK)] == [one, other]
    assert [len(ledger.claims.standings(window=number, step="paid")) for number in (one, other)] == [3, 3]
    found = ledger.claims.find_window(FRAMEWORK, "2024-25-Q4")
    assert found is not None and found.number == other
    assert ledger.claims.find_window(FRAMEWORK, "1999-00-Q1") is None


def test_nobody_escapes_the_sample_by_coming_later(ledger: Ledger) -> None:
    window, _ = entered(ledger, range(6))
    drawn(ledger, window)
    with pytest.raises(WindowError, match=r"was drawn already, .* Enter it into the next window"):
        ledger.claims.enter(window, [new_claim(9)], **OFFICER)
    ledger.claims.enter(
        ledger.claims.open_window(new_window("2024-25-Q4"), **OFFICER), [new_claim(9)], **OFFICER
    )


@pytest.mark.parametrize("judge_it", [True, False])
def test_what_the_audit_did_not_uphold_comes_back_with_other_evidence_alone(
    ledger: Ledger, judge_it: bool
) -> None:
    claims = ledger.claims
    window, numbers = entered(ledger, range(20))
    first, second = drawn(ledger, window)
    families = {number: family for family, number in enumerate(numbers)}
    if judge_it:
        judged(ledger, [first], struck_out=1)
    judged(ledger, [second])
    claims.withdraw([first, second], why="not as it should be", **OFFICER)
    following = claims.open_window(new_window("2024-25-Q4"), **OFFICER)
    failed, upheld = new_claim(families[first]), new_claim(families[second])
    assert claims.not_upheld() == {(slot, failed.evidence) for slot in failed.slots}
    with pytest.raises(ClaimError, match="did not uphold 1 of these claims before"):
        claims.enter(following, [failed, upheld], **OFFICER)
    mended = new_claim(families[first], proof="seen to")
    (_, number) = claims.enter(following, [upheld, mended], **OFFICER)
    # Nor does it come back behind another one.
    claims.withdraw([number], why="entered by mistake", **OFFICER)
    with pytest.raises(ClaimError, match="did not uphold 1 of these claims before"):
        claims.enter(following, [failed], **OFFICER)


def test_a_failed_sample_is_not_escaped_by_withdrawing_the_rest(ledger: Ledger) -> None:
    claims = ledger.claims
    window, numbers = entered(ledger, range(20))
    sampled = drawn(ledger, window)
    unseen = [one for one in numbers if one not in sampled]
    for struck_out in (0, 1):
        with pytest.raises(ClaimError, match=r"18 claims were not drawn, .* once the window is signed"):
            claims.withdraw(unseen, why="entered by mistake", **OFFICER)
        if not struck_out:
            judged(ledger, sampled, struck_out=1)
    assert (claims.sample(window).population, claims.sample(window).state) == (20, "failed")
    second = drawn(ledger, window)
    judged(ledger, second)
    claims.sign(window, **HEAD)
    late = next(one for one in unseen if one not in second)
    claims.withdraw([late], why="the family asked for it", **OFFICER)
    assert late not in claims.submit(window, **FINANCE)
    ledger.verify()


def test_claims_are_entered_from_the_newest_release_and_submitted_once_it_was_compared(
    ledger: Ledger,
) -> None:
    claims = ledger.claims
    as_entered = {token("slot", family): new_claim(family).evidence for family in range(4)}

    def compare(release: str, *frameworks: str) -> tuple[int, ...]:
        return claims.compare_evidence(
            as_entered, frameworks=frameworks, by="pipelines", role="run", release=release
        )

    ledger.record(Event.RELEASE_PUBLISHED, actor="a", role="r", subject=OFFICER["release"])
    window, numbers = signed(ledger, range(4))
    following = claims.open_window(new_window("2024-25-Q4"), **OFFICER)
    for event, name in (
        (Event.RELEASE_PUBLISHED, "2024-11-30-001"),
        (Event.RELEASE_CHOSEN, "2024-10-31-002"),
    ):
        ledger.record(event, actor="a", role="r", subject=name)
        with pytest.raises(ClaimError, match=f"from 2024-10-31-001, and the newest release is {name}"):
            claims.enter(following, [new_claim(9)], **OFFICER)
        with pytest.raises(ClaimError, match=f"not held against the release {name}"):
            claims.submit(window, **FINANCE)
        compare(name, "another-framework")
        with pytest.raises(ClaimError, match=f"not held against the release {name}"):
            claims.submit(window, **FINANCE)
        assert compare(name, "another-framework", FRAMEWORK) == ()
    newest = ledger.entries()[-1]
    assert (newest.event, newest.subject) == (Event.EVIDENCE_COMPARED, "2024-10-31-002")
    assert newest.detail["frameworks"] == ["another-framework", FRAMEWORK]
    claims.enter(following, [new_claim(9)], **{**OFFICER, "release": "2024-10-31-002"})
    assert claims.submit(window, **FINANCE) == numbers
    ledger.verify()


def test_claims_as_they_stood_at_a_line(database: Database) -> None:
    ledger = database.open()
    window, _ = signed(ledger, range(3))
    line = ledger.log.newest()
    before = ledger.claims.counts_at(line)
    ledger.claims.submit(window, **FINANCE)
    assert ledger.claims.counts_at(line) == before
    (after,) = ledger.claims.counts_at(ledger.log.newest(), window=window)
    assert (after.step, after.claims, after.rate, after.worth) == (Step.SUBMITTED, 3, 800, 2400)
    assert ledger.claims.counts_at(0) == []
    assert ledger.claims.counts_at(line, framework="another") == []
    for beyond in (-1, ledger.log.newest() + 1):
        with pytest.raises(ClaimError, match="did not stand anywhere"):
            ledger.claims.counts_at(beyond)
    ledger.close()
