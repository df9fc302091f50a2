"""The audit sample against a naive reference."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ledger import AuditTerms, Candidate, SampleState, draw
from ledger.sampling import allocate, appraise, interval, smallest_sample
from tests.generative.naive_sampling import lot, parts

_STRATA = st.sampled_from(["A", "B", "C", "D|1", "é", ""])
_CANDIDATES = st.lists(
    st.tuples(st.integers(1, 10_000), _STRATA, st.integers(1, 6)), max_size=40, unique_by=lambda one: one[0]
)
_SHARES = st.fractions(0, 1, max_denominator=40)


@given(_CANDIDATES, st.integers(0, 45), st.text("0123456789abcdef", min_size=1, max_size=8))
def test_who_is_drawn(candidates: list[tuple[int, str, int]], size: int, seed: str) -> None:
    drawn = draw([Candidate(*one) for one in candidates], size=size, seed=seed)
    assert {one.claim for one in drawn.drawn} == lot(candidates, size, seed)
    assert len(drawn.drawn) == drawn.size == min(size, len(candidates))
    assert drawn.population == len(candidates)


@given(st.dictionaries(_STRATA, st.integers(1, 60), min_size=1), st.data())
def test_how_many_of_each_stratum(sizes: dict[str, int], data: st.DataObject) -> None:
    everybody = sum(sizes.values())
    size = data.draw(st.integers(0, everybody))
    given_out = allocate(sizes, size=size, seed="seed")
    assert given_out == parts(sizes, size, "seed")
    assert sum(given_out.values()) == size
    for name, members in sizes.items():
        due = Fraction(size * members, everybody)
        assert 0 <= given_out[name] <= members
        assert abs(given_out[name] - due) < 1
        if due >= 1:
            assert given_out[name] >= 1


@given(st.integers(0, 400), _SHARES, st.integers(0, 30))
def test_the_smallest_sample_is_enough_and_no_more(population: int, share: Fraction, minimum: int) -> None:
    size = smallest_sample(AuditTerms(share, minimum, Fraction(0), Fraction(0)), population)

    def enough(number: int) -> bool:
        return number == population or (
            number >= minimum and number * share.denominator >= population * share.numerator
        )

    assert enough(size)
    assert not any(enough(number) for number in range(size))


@given(st.integers(1, 300), st.data())
def test_the_interval_holds_the_rate(population: int, data: st.DataObject) -> None:
    judged = data.draw(st.integers(1, population))
    struck_out = data.draw(st.integers(0, judged))
    low, high = interval(struck_out, judged, population)
    assert 0 <= low <= struck_out / judged + 1e-12
    assert struck_out / judged - 1e-12 <= high <= 1


@given(st.integers(1, 120), _SHARES, st.integers(0, 20), _SHARES, _SHARES, st.data())
def test_drawing_and_judging_comes_to_an_end(
    population: int,
    share: Fraction,
    minimum: int,
    tolerance: Fraction,
    enlarge_by: Fraction,
    data: st.DataObject,
) -> None:
    """Whatever the verdicts, a window can be signed in the end: the sample passes, or everything was looked at."""
    terms = AuditTerms(share, minimum, tolerance, enlarge_by)
    size = struck_out = 0
    for _ in range(population + 2):
        found = appraise(terms, population=population, size=size, judged=size, struck_out=struck_out)
        if found.state is SampleState.PASSED:
            break
        assert 1 <= found.more <= population - size
        size += found.more
        struck_out += data.draw(st.integers(0, found.more))
    assert found.state is SampleState.PASSED
    assert size == population or (
        size >= minimum and size >= share * population and struck_out <= tolerance * size
    )
