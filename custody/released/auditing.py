"""Holding what is to leave against everything that left before, to anybody who might hold both."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from custody.released.counted import Counted, linked_measures, measures_of_rows, read_counted
from custody.released.proposed import Proposed, Released
from custody.released.words import PARTLY, not_held, words_of
from custody.released.world import World, world_of
from disclosure.audit.linked import Linked
from disclosure.audit.offered import Tried, try_out
from disclosure.audit.report import Report, Use
from figures.profiles import read_profiles
from figures.quarters import TIMES
from ledger import Ledger
from release.catalogue import read_catalogue
from release.errors import ReleaseError
from release.keys import read_key
from release.places import Places
from release.pointer import releases, resolve

# So many cells of earlier releases are held against a new one at most; of how many releases that was too much, is said.
MOST_CELLS = 1_500_000
# So many releases are looked at with all their tables, this one among them; of others those tables that are broken down
# by the dimensions of what is proposed: they say of the same cells all that can be said.
_WHOLE = 2
# What times are called in the populations that are counted by them.
_TIMES = frozenset(f"{name}{end}" for name in TIMES for end in ("", "_ended", "_sustained", "_started"))


@dataclass
class Shelf:
    """Releases that were read, for audits that are made one after the other: what is withheld after one is tried by
    the next. It holds pseudonymous rows: keep it no longer than that."""

    read: dict[str, Counted] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Audited:
    """`passed`: whether it may leave as it is. `report`: every attack, and of what use the tables are. `words`: the
    same for a reader, a sentence each. `leaks`: of each table in which something must be withheld besides for it to
    pass the cells (their dimensions). `mends`: whether withholding these is enough. `notes`: what it could not be held
    against. `seconds`: of the processor."""

    passed: bool
    report: Report
    words: tuple[str, ...]
    leaks: Mapping[str, pl.DataFrame] = field(repr=False)
    mends: bool
    notes: tuple[str, ...]
    seconds: float


def audit(
    places: Places,
    ledger: Ledger,
    release: str,
    proposed: Sequence[Proposed],
    *,
    before: Sequence[Released] | None = None,
    shelf: Shelf | None = None,
) -> Audited:
    """Hold tables that are to leave, counted from `release`, against the dashboards of every release that is there, and
    against every return and every export of tables before them.

    `before`: what left (None: all that custody.returns and custody.exports know of), whoever has it: what was given to
    one project is taken to be known to all. `shelf`: keeps what was read for the next audit. Raises ProposedError where
    a table cannot be counted again from its release, and ReleaseError where there is no such release.
    """
    began = time.process_time()
    name = resolve(places, release)
    earlier = left_before(places, ledger) if before is None else before
    worlds, notes = _worlds(places, name, proposed, earlier, (shelf or Shelf()).read)
    held = len(worlds)
    there = {name, *releases(places), *(one.release for one in earlier)} | ledger.published()
    if held < len(there):
        notes.append(not_held(len(there) - held))
    linked = Linked([one.view for one in worlds], (it.place for one in worlds for it in one.offered))
    offered = worlds[0].offered
    tried = try_out(linked, [said for one in worlds for said in one.said], offered, open_dimensions=_TIMES)
    if tried.partly:
        notes.append(PARTLY)
    report = Report(tried.attacks, _use(linked, worlds[0]))
    leaks = _leaks(proposed, worlds[0], tried)
    return Audited(
        passed=tried.passed,
        report=report,
        words=words_of(report, leaks, held),
        leaks=leaks,
        mends=all(one.passed for one in tried.left),
        notes=tuple(notes),
        seconds=time.process_time() - began,
    )


def left_before(places: Places, ledger: Ledger) -> list[Released]:
    """Every return and every export of tables that left."""
    from custody.exports import released_before as exported
    from custody.returns.before import released_before as returned

    return [*returned(places, ledger), *exported(places, ledger)]


def _worlds(
    places: Places,
    name: str,
    proposed: Sequence[Proposed],
    earlier: Sequence[Released],
    read: dict[str, Counted],
) -> tuple[list[World], list[str]]:
    """The release that is proposed from, and then the others, the newest first, as far as they can be read; and what
    is to be noted."""
    key = read_key(places.protected_key)
    catalogue = read_catalogue(places.setting("catalogue.toml"))
    profiles = read_profiles(places.setting("disclosure.toml"))
    now = read.get(name) or read.setdefault(name, read_counted(places, name, key, catalogue, profiles))
    by_rows = {
        holding
        for one in proposed
        if one.rows is not None
        for holding in measures_of_rows(now, one.rows["row_key"])
    }
    measures = linked_measures(now, sorted({*_measures(proposed), *by_rows}))
    own = {one.measure for one in proposed if one.rows is not None}
    worlds: list[World] = []
    lost: dict[str, None] = {}
    others = sorted(
        (one for one in releases(places) if one != name), key=lambda one: int(one[11:]), reverse=True
    )
    for one in (name, *others):
        if sum(world.view.cells for world in worlds) > MOST_CELLS:
            break
        try:
            counted = read.get(one) or read_counted(places, one, key, catalogue, profiles)
        except ReleaseError:
            continue
        if one not in read:
            read[one] = counted
        before = [
            table
            for it in earlier
            if it.release == one
            for table in it.proposed
            if _matters(table, counted, measures, own)
        ]
        only = None if len(worlds) < _WHOLE else _reached(worlds[0])
        world = world_of(len(worlds), counted, measures, before, proposed if one == name else (), only=only)
        lost |= dict.fromkeys(world.lost)
        worlds.append(world)
    notes = []
    if lost:
        notes.append(
            f"Left before and cannot be counted again as it was, so it is not held against this: {', '.join(lost)}."
        )
    return worlds, notes


def _reached(world: World) -> frozenset[str]:
    """The dimensions of what is offered, and those in which these lie."""
    return frozenset(
        above
        for one in world.offered
        for name in one.place[1][2]
        for above in world.view.ascent.get(name, (name,))
    )


def _measures(tables: Sequence[Proposed]) -> Iterator[str]:
    """The measures of a catalogue that tables have to do with."""
    for one in tables:
        yield from one.within
        if one.rows is None:
            yield f"{one.framework}:{one.measure}" if one.framework else one.measure


def _matters(table: Proposed, counted: Counted, measures: Sequence[str], own: set[str]) -> bool:
    """Whether a table that left before says anything of what is proposed."""
    if table.rows is not None:
        return bool(own) or not {*measures_of_rows(counted, table.rows["row_key"])}.isdisjoint(measures)
    named = {counted.called.get(name, name) for name in _measures([table])}
    # What the release counts no more is kept, so that it is said that nothing is held against it.
    return not named.isdisjoint(measures) or not named <= counted.called.keys()


def _use(linked: Linked, world: World) -> Use:
    """How many cells are shown of those that are offered, and how far off they are."""
    cells = shown = 0
    squares = 0.0
    for one in world.offered:
        seen = ~np.isnan(one.shown)
        true = linked.true[linked.cells(one.place)][one.cells]
        cells, shown = cells + seen.size, shown + int(seen.sum())
        squares += float(((one.shown - true)[seen] ** 2).sum())
    return Use(cells, shown, float(np.sqrt(squares / shown)) if shown else 0.0)


def _leaks(proposed: Sequence[Proposed], world: World, tried: Tried) -> dict[str, pl.DataFrame]:
    """Which cells of each table are to be withheld besides."""
    rows: dict[str, list[int]] = {}
    for one, gone in zip(world.offered, tried.withhold, strict=True):
        rows.setdefault(one.name, []).extend(one.rows[gone].tolist())
    return {
        one.name: one.cells.select(one.dimensions)[sorted(rows[one.name])]
        for one in proposed
        if rows.get(one.name)
    }
