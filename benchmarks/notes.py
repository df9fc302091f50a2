"""`python -m benchmarks.notes`: how well and how fast identities are taken out of notes, beside Presidio.

On the test half of the sample extracts, by the command that a council runs, and on held-out notes that nobody who wrote
the rules has seen (`note_phrases`, `notes_people`). Shares with 95 % intervals after Wilson. Every measurement has a
process of its own, in which no network call succeeds. Seconds are those of the processor, on one core.
"""

import argparse
import logging
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.linkage import in_own_process
from benchmarks.notes_corpus import Note, held_out_notes
from benchmarks.notes_network import no_network
from benchmarks.notes_people import People
from benchmarks.notes_sample import sample_known, sample_notes, spans_of_command
from benchmarks.notes_scoring import AT_MOST, ROWS, Found, Scores, Share, by, score, shares

HELD_OUT: Final = 3_000
FOR_SPEED: Final = 600
FOR_MEMORY: Final = 20_000
TIMES_AS_FAST: Final = 10
FLAT: Final = 0.10
# What `make bench` prints further, of each set and method.
_BY: Final = {
    "family members, by form": (("form",), "family members, all but misspelt"),
    "family members, by origin": (("origin",), "family members, all but misspelt"),
    "people nobody told us of, by form": (("form",), "people nobody told us of"),
    "people nobody told us of, by origin": (("origin",), "people nobody told us of"),
    "people nobody told us of, by role": (("role",), "people nobody told us of"),
    "all, by kind": (("kind",), None),
}


@dataclass(frozen=True)
class Quality:
    """How well one method did on one set of notes. `further`: as `_BY` says. `calls`: attempts at the network."""

    notes: int
    destroyed: int
    shares: dict[str, Share]
    further: dict[str, dict[tuple[str, ...], Share]]
    calls: int = 0


@dataclass(frozen=True)
class Speed:
    """Notes a second and core, by method, over the same notes in the same process; and attempts at the network."""

    notes: int
    characters: int
    rates: dict[str, float]
    calls: int


@dataclass(frozen=True)
class Memory:
    """Resident MiB after a tenth, a half and all of so many notes, and notes a second and core."""

    notes: int
    mebibytes: dict[str, float]
    rate: float
    calls: int = field(default=0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure quality, speed and memory, each in processes of its own, and print them."""
    asked = _asked(arguments)
    measured = {}
    if asked.sample:
        measured["sample extracts, test half"] = {
            "ours": in_own_process(_sample_by_command),
            "plain Presidio": in_own_process(_with_presidio, "sample", 0, asked.seed),
        }
    if asked.held_out:
        measured["held-out notes"] = {
            "ours": in_own_process(_held_out, asked.held_out, asked.seed),
            "plain Presidio": in_own_process(_with_presidio, "held out", asked.held_out, asked.seed),
        }
    for name, methods in measured.items():
        _show_quality(name, methods)
    for name, methods in measured.items():
        _show_further(name, methods)
    if asked.speed:
        _show_speed(in_own_process(_speed, asked.speed))
    if asked.notes:
        _show_memory(in_own_process(_memory, asked.notes, asked.seed))


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.notes", description=__doc__)
    parser.add_argument(
        "--notes", type=int, default=FOR_MEMORY, help="Notes that memory is measured over; 0: none."
    )
    parser.add_argument("--held-out", type=int, default=HELD_OUT, help="Held-out notes to score; 0: none.")
    parser.add_argument("--speed", type=int, default=FOR_SPEED, help="Notes to measure speed with; 0: none.")
    parser.add_argument("--seed", type=int, default=1, help="Another seed, other people and notes.")
    parser.add_argument(
        "--sample", action=argparse.BooleanOptionalAction, default=True, help="The sample extracts too."
    )
    return parser.parse_args(arguments)


# --- how well ---


def _sample_by_command() -> Quality:
    """Ours on the sample extracts, as a council would have it: known identities come from the linked extracts."""
    notes = sample_notes("test")
    return _quality(notes, *spans_of_command(notes))


def _held_out(count: int, seed: int) -> Quality:
    notes = list(held_out_notes(count, seed=seed))
    with no_network() as calls:
        found = redacted(notes, People(seed, "test").everywhere)
        return _quality(notes, found, calls.attempted)


def redacted(notes: Sequence[Note], everywhere: Any) -> list[Found]:
    """What the redactor finds in notes, each with what is known of its family."""
    from pipelines.notes import Redactor

    done = Redactor(everywhere=everywhere).redact(
        [note.text for note in notes], [note.known for note in notes]
    )
    return [None if one.text is None else [(span.start, span.end) for span in one.spans] for one in done]


def _with_presidio(which: str, count: int, seed: int) -> Quality:
    notes = sample_notes("test") if which == "sample" else list(held_out_notes(count, seed=seed))
    with no_network() as calls:
        from benchmarks.notes_baselines import plain_presidio

        engine = plain_presidio()
        found = [[(one.start, one.end) for one in engine.analyze(note.text, "en")] for note in notes]
        return _quality(notes, found, calls.attempted)


def _quality(notes: Sequence[Note], found: Sequence[Found], calls: int = 0) -> Quality:
    scores: Scores = score(notes, found)
    further = {
        name: by(scores, *columns, which=ROWS[row][0] if row else None)
        for name, (columns, row) in _BY.items()
    }
    return Quality(len(notes), int(scores.notes["destroyed"].sum()), shares(scores), further, calls)


# --- how fast ---


def _speed(count: int) -> Speed:
    """Ours, a plain loop, and the tuned engine, over the same notes. Models are loaded before the clock runs."""
    notes = [*sample_notes("tuning"), *sample_notes("test")][:count]
    texts = [note.text for note in notes]
    of_note, everywhere = sample_known()
    known = [of_note[note.ref] for note in notes]
    logging.disable(logging.WARNING)
    with no_network() as calls:
        from benchmarks.notes_baselines import in_batches, plain_presidio, tuned_presidio

        plain, tuned = plain_presidio(), tuned_presidio()
        plain.analyze("Nothing yet.", "en")
        before = calls.attempted
        from pipelines.notes import Redactor

        redactor = Redactor(everywhere=everywhere)
        redactor.redact(["Nothing about Anybody Yet."])
        seconds = {"ours": _seconds(lambda: redactor.redact(texts, known))}
        ours = calls.attempted - before
        seconds["plain Presidio"] = _seconds(lambda: [plain.analyze(text, "en") for text in texts])
        seconds["tuned Presidio"] = _seconds(lambda: list(in_batches(tuned, texts)))
    rates = {name: len(notes) / spent for name, spent in seconds.items()}
    return Speed(len(notes), sum(map(len, texts)), rates, ours)


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


# --- how much memory ---


def _memory(count: int, seed: int) -> Memory:
    """Notes come one by one, made as they are asked for, family after family, and nothing of them is kept."""
    with no_network() as calls:
        from pipelines.notes import Redactor

        redactor = Redactor(everywhere=People(seed, "test").everywhere)
        marks = {max(1, count // 10): "a tenth", max(1, count // 2): "a half", count: "all"}
        mebibytes: dict[str, float] = {}
        pairs = ((note.text, note.known) for note in held_out_notes(count, seed=seed))
        began = time.process_time()
        for number, _one in enumerate(redactor.stream(pairs), 1):
            if number in marks:
                mebibytes[marks[number]] = resident_mebibytes()
        return Memory(count, mebibytes, count / (time.process_time() - began), calls.attempted)


def resident_mebibytes() -> float:
    """What this process holds in memory now, by Linux's account."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise OSError("/proc/self/status does not say what is resident.")


# --- in words ---


def _show_quality(name: str, methods: Mapping[str, Quality]) -> None:
    one = next(iter(methods.values()))
    print(
        f"\n{f'{name} ({one.notes:,} notes)':36}{'target':>9}"
        + "".join(f"{method:>34}" for method in methods)
    )
    for row in one.shares:
        target = ROWS[row][1] if row in ROWS else AT_MOST[row]
        said = "" if target is None else f"{'≥' if row in ROWS else '≤'} {target:.1%}"
        print(
            f"  {row:34}{said:>9}"
            + "".join(f"{_said(quality.shares[row]):>34}" for quality in methods.values())
        )
    print(f"  {'notes destroyed':43}" + "".join(f"{quality.destroyed:>34,}" for quality in methods.values()))
    print(f"  {'attempts at the network':34}{'0':>9}" + "".join(f"{q.calls:>34,}" for q in methods.values()))
    sys.stdout.flush()


def _show_further(name: str, methods: Mapping[str, Quality]) -> None:
    one = next(iter(methods.values()))
    for title, rows in one.further.items():
        if len(rows) < 2:
            continue
        print(f"\n{f'{name}: {title}':45}" + "".join(f"{method:>34}" for method in methods))
        for key in rows:
            said = "".join(f"{_said(quality.further[title][key]):>34}" for quality in methods.values())
            print(f"  {', '.join(key):43}{said}")
    sys.stdout.flush()


def _said(share: Share) -> str:
    if not share.whole:
        return "–"
    low, high = share.interval
    return f"{share.value:.2%} of {share.whole:,} [{low:.2%}, {high:.2%}]"


def _show_speed(speed: Speed) -> None:
    ours = speed.rates["ours"]
    title = f"{speed.notes:,} notes of {speed.characters // speed.notes} characters"
    print(f"\n{title:36}{'a second and core':>20}{'ours':>16}")
    for method, rate in speed.rates.items():
        times = "" if method == "ours" else f"{ours / rate:.1f} times"
        print(f"  {method:34}{rate:20.0f}{times:>16}")
    print(f"  {'target, against the plain loop':34}{'':20}{f'≥ {TIMES_AS_FAST} times':>16}")
    print(f"  {'attempts at the network, ours':34}{speed.calls:20,}")
    sys.stdout.flush()


def _show_memory(memory: Memory) -> None:
    first = memory.mebibytes["a tenth"]
    print(
        f"\n{memory.notes:,} notes, {memory.rate:.0f} a second and core; resident MiB (target: flat ± {FLAT:.0%})"
    )
    for mark, mebibytes in memory.mebibytes.items():
        print(f"  after {mark:28}{mebibytes:9.0f}{mebibytes / first - 1:+10.1%}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
