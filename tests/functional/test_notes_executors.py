"""Texts worked on here, in a pool of processes, and on a Ray of this machine: the same comes out, in order."""

from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path

import numpy
import pytest
import ray

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


def test_ray_keeps_texts_in_memory_alone() -> None:
    """Also what its store has no room for, which it would else write to a disk."""
    memory = Path("/dev/shm")
    with closing(Redactor(executor="ray", workers=1).stream(pairs())) as stream:
        assert len(list(islice(stream, 1))) == 1
        held = [ray.put(numpy.full(50_000_000, number, dtype=numpy.uint8)) for number in range(8)]
        mapped = set()
        for process in Path("/proc").glob("[0-9]*/maps"):
            with suppress(OSError):
                lines = process.read_text().splitlines()
                mapped |= {line.split()[5] for line in lines if "/plasma" in line}
        assert all(Path(file).is_relative_to(memory) for file in mapped), sorted(mapped)
        overflow = [file for file in memory.glob("outcome-lens-*/**/*") if file.is_file()]
        assert sum(file.stat().st_size for file in overflow) > 100_000_000, "nothing overflowed"
        session = Path("/tmp/ray/session_latest").resolve()
        on_disk = [file.stat().st_size for file in session.rglob("*") if file.is_file()]
        assert max(on_disk) < 10_000_000
        del held
    assert not list(memory.glob("outcome-lens-*"))
