"""Texts worked on here, in a pool of processes, and on a Ray of this machine: the same comes out, in order."""

from collections.abc import Iterator

import pytest

from pipelines.notes import Known, KnownPerson, Redactor

pytestmark = pytest.mark.proof

FAMILIES = [
    Known((KnownPerson(f"CHILD_{number:06x}", forenames=("Zbigniew",), surnames=(f"Oakenthorpe{letter}",)),))
    for number, letter in enumerate("abcdefgh")
]
TEXTS = [f"Visit {number}: Zbigniew and Mrs Featherstone seen." for number in range(400)]


def pairs() -> Iterator[tuple[str, Known]]:
    for number, text in enumerate(TEXTS):
        yield text, FAMILIES[number % len(FAMILIES)]


@pytest.mark.parametrize("executor", ["pool", "ray"])
def test_the_same_comes_out_wherever_it_is_done(executor: str) -> None:
    here = list(Redactor().stream(pairs()))
    assert len(here) == len(TEXTS)
    assert len({one.spans[0].who for one in here}) == len(FAMILIES)
    assert list(Redactor(executor=executor, workers=2).stream(pairs())) == here


def test_few_texts_are_in_hand_at_a_time() -> None:
    taken = 0

    def counted() -> Iterator[tuple[str, Known]]:
        nonlocal taken
        for pair in pairs():
            taken += 1
            yield pair

    stream = Redactor().stream(counted())
    next(stream)
    assert taken <= 128
