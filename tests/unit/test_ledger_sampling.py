"""The audit sample: how large, who is in it, and what its verdicts say."""

import hashlib
from collections import Counter
from fractions import Fraction

import pytest

from ledger import AuditTerms, Candidate, SampleState, WindowError, draw
from ledger.sampling import allocate, appraise, interval, smallest_sample

SEED = "5f2c" * 16
TERMS = AuditTerms(Fraction(1, 10), 10, Fraction(1, 20), Fraction(1, 10))


@pytest.mark.parametrize(
    ("claims", "size"),
    [(0, 0), (1, 1), (9, 9), (10, 10), (11, 10), (100, 10), (101, 11), (110, 11), (1000, 100), (1001, 101)],
)
def test_at_least_a_share_and_a_number(claims: int, size: int) -> None:
    assert smallest_sample(TERMS, claims) == size


def test_the_share_is_no_rounded_number() -> None:
    """0.1 × 30 is a little more than 3 to a computer; a tenth of 30 is 3."""
    assert smallest_sample(AuditTerms(Fraction(1, 10), 0, Fraction(0), Fraction(0)), 30) == 3
    assert smallest_sample(AuditTerms(Fraction(1, 3), 0, Fraction(0), Fraction(0)), 3) == 1


def test_a_draw_can_be_repeated_with_a_sha256_at_hand() -> None:
    candidates = [Candidate(number, "all") for number in range(1, 41)]
    tickets = sorted(range(1, 41), key=lambda one: hashlib.sha256(f"{SEED}|{one}|1".encode()).hexdigest())
    lot = draw(candidates, size=5, seed=SEED)
    assert [one.claim for one in lot.drawn] == sorted(tickets[:5])
    assert lot == draw(candidates[::-1], size=5, seed=SEED)
    assert lot.drawn != draw(candidates, size=5, seed="another").drawn


def test_every_stratum_of_some_size_is_seen() -> None:
    # Ten of 100: team C is due half a claim, and goes before the larger rest of team B; team D is due less.
    assert allocate({"A": 72, "B": 19, "C": 5, "D": 4}, size=10, seed=SEED) == {
        "A": 7,
        "B": 2,
        "C": 1,
        "D": 0,
    }
    assert allocate({"A": 50, "B": 50}, size=0, seed=SEED) == {"A": 0, "B": 0}
    assert allocate({"A": 3, "B": 0}, size=3, seed=SEED) == {"A": 3, "B": 0}
    assert allocate({}, size=3, seed=SEED) == {}


def test_ties_are_broken_by_the_seed() -> None:
    sizes = {"A": 1, "B": 1, "C": 1, "D": 1}
    sent = Counter()
    for number in range(400):
        sent.update(name for name, part in allocate(sizes, size=1, seed=f"seed {number}").items() if part)
    assert set(sent) == set(sizes)
    assert min(sent.values()) > 60


def test_weight_is_chances() -> None:
    """A claim with three tickets is drawn first three times as often as one with one."""
    candidates = [Candidate(1, "all", 3), Candidate(2, "all"), Candidate(3, "all")]
    first = Counter(
        one.claim for number in range(2000) for one in draw(candidates, size=1, seed=f"seed {number}").drawn
    )
    # 3 of 5: within four standard errors.
    assert abs(first[1] / 2000 - 0.6) < 0.044
    assert abs(first[2] - first[3]) < 120
    lot = draw(candidates, size=1, seed=SEED)
    assert lot.weighted
    assert "with weight" in lot.drawn[0].why
    assert not draw([Candidate(1, "all", 3), Candidate(2, "all", 3)], size=1, seed=SEED).weighted


def test_why_a_claim_was_drawn_names_no_stratum() -> None:
    lot = draw([Candidate(number, "Team Jones") for number in range(1, 9)], size=2, seed=SEED)
    assert {one.why for one in lot.drawn} == {"drawn by lot, one of 2 out of 8 in its stratum"}
    assert {one.stratum for one in lot.drawn} == {"Team Jones"}


def test_the_inputs_of_a_draw_are_proved_by_their_digest() -> None:
    candidates = [Candidate(1, "A"), Candidate(2, "B", 2)]
    expected = hashlib.sha256(b'[[1, "A", 1], [2, "B", 2]]').hexdigest()
    assert draw(candidates, size=1, seed=SEED).inputs == expected
    assert draw([Candidate(1, "A"), Candidate(2, "A", 2)], size=1, seed=SEED).inputs != expected


@pytest.mark.parametrize(
    "candidates",
    [
        [Candidate(1, "A"), Candidate(1, "B")],
        [Candidate(1, "A", 0)],
        [Candidate(1, "A", 101)],
    ],
)
def test_what_cannot_be_drawn_from(candidates: list[Candidate]) -> None:
    with pytest.raises(WindowError):
        draw(candidates, size=1, seed=SEED)


def test_more_than_there_are() -> None:
    lot = draw([Candidate(1, "A"), Candidate(2, "B")], size=9, seed=SEED)
    assert (lot.size, [one.claim for one in lot.drawn]) == (2, [1, 2])
    assert draw([], size=3, seed=SEED).drawn == ()


@pytest.mark.parametrize(
    ("population", "size", "judged", "struck_out", "state", "more"),
    [
        (0, 0, 0, 0, SampleState.NONE, 0),
        (200, 0, 0, 0, SampleState.OPEN, 20),
        (200, 15, 15, 0, SampleState.OPEN, 5),
        (200, 20, 19, 0, SampleState.OPEN, 0),
        (200, 20, 20, 1, SampleState.PASSED, 0),  # exactly the tolerance
        (200, 20, 20, 2, SampleState.FAILED, 20),
        (200, 40, 40, 2, SampleState.PASSED, 0),
        (200, 190, 190, 30, SampleState.FAILED, 10),  # no more than there are
        (200, 200, 200, 60, SampleState.PASSED, 0),  # all were looked at: what remains is right
        (5, 5, 5, 5, SampleState.PASSED, 0),
    ],
)
def test_what_a_sample_says(
    population: int, size: int, judged: int, struck_out: int, state: SampleState, more: int
) -> None:
    found = appraise(TERMS, population=population, size=size, judged=judged, struck_out=struck_out)
    assert (found.state, found.more) == (state, more)
    assert found.rate == (Fraction(struck_out, judged) if judged else None)
    assert (found.low is None) == (judged == 0)


@pytest.mark.parametrize(
    ("struck_out", "judged", "low", "high"),
    # Wilson's interval as textbooks have it (Newcombe 1998, table I, method 3), of a population without end.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_wilsons(struck_out: int, judged: int, low: float, high: float) -> None:
    assert interval(struck_out, judged, 10**12) == pytest.approx((low, high), abs=0.00006)


def test_the_interval_narrows_as_the_population_is_seen() -> None:
    whole = [interval(2, 20, population) for population in (10**9, 200, 40, 21, 20)]
    widths = [high - low for low, high in whole]
    assert widths == sorted(widths, reverse=True)
    assert whole[-1] == (0.1, 0.1)
    assert all(low <= 0.1 <= high for low, high in whole)
