"""All attacks on one release, and the use that it is still of: one without the other is no answer, since nobody should
win by showing nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from disclosure.audit.attack import Attack
from disclosure.audit.averaging import averaging
from disclosure.audit.differencing import by_chance, differencing
from disclosure.audit.equations import exact_by_programs
from disclosure.audit.joint import bounds, exact_disclosures
from disclosure.audit.lattices import worst_lattices
from disclosure.audit.membership import between
from disclosure.audit.nesting import nestings
from disclosure.audit.reconstruction import MOST_CELLS, reconstruction
from disclosure.audit.silence import gaps, silence
from disclosure.audit.together import across, count_the_same, together
from disclosure.audit.view import View


@dataclass(frozen=True)
class Use:
    """What is left for readers: `cells` that can be, of which `shown` have a figure, and their `error`: the root of the
    mean square of how far they are off."""

    cells: int
    shown: int
    error: float

    @property
    def withheld(self) -> float:
        """The share of cells that have no figure."""
        return 1.0 - self.shown / self.cells if self.cells else 0.0


@dataclass(frozen=True)
class Report:
    """What came of the attacks."""

    attacks: tuple[Attack, ...]
    use: Use

    @property
    def passed(self) -> bool:
        """Whether the figures withstood every attack that has a limit."""
        return all(attack.passed for attack in self.attacks)

    @property
    def leak(self) -> int:
        """The leak score: how far the best attack with a limit got, from 0 (no further than guessing) to 100."""
        return round(100 * max((one.success for one in self.attacks if one.limit is not None), default=0.0))

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions in which failed attacks found something, the worst first."""
        failed = [name for one in self.attacks if not one.passed for name in one.questions]
        return tuple(dict.fromkeys(failed))

    def frame(self) -> pl.DataFrame:
        """One row an attack: attack, meaning, examined, found, figure, limit (Float64, null where none), result."""
        rows = [
            (one.name, one.meaning, one.examined, one.found, one.figure, one.limit, one.result)
            for one in self.attacks
        ]
        kinds = {"attack": pl.String, "meaning": pl.String, "examined": pl.Int64, "found": pl.Int64}
        return pl.DataFrame(
            rows,
            schema=kinds | {"figure": pl.Float64, "limit": pl.Float64, "result": pl.String},
            orient="row",
        )


def attack_world(view: View, earlier: Sequence[View] = (), *, cells: int = MOST_CELLS) -> Report:
    """Every attack on all figures of a release at once. `earlier`: releases before; each is held against this one, and
    what told most is reported. `cells`: how many are reconstructed at most. The same figures give the same report."""
    pairs = list(nestings(view))
    lattices = worst_lattices(view, cells)
    attacks = [
        exact_disclosures(view, bounds(view, pairs)),
        exact_by_programs(view, lattices),
        *differencing(view, pairs),
        averaging(view, pairs),
        *reconstruction(view, lattices=lattices),
        silence(view),
        gaps(view),
        by_chance(view),
    ]
    if earlier:
        against_each = zip(*(between(before, view) for before in earlier), strict=True)
        attacks += [max(found, key=_seriousness) for found in against_each]
    return Report(tuple(attacks), use_of(view))


def against(released: Sequence[View], proposed: View) -> Report:
    """What a proposed table (a return, an export) gives away beside everything that was released to anybody: exact
    counts, and figures of two releases that differ by fewer than three. The use is the proposed table's."""
    whole = together([*released, proposed])
    pairs = across(whole)
    moves = [
        one for before in released if not _one_time(before, proposed) for one in between(before, proposed)
    ]
    attacks = (exact_disclosures(whole, bounds(whole)), *differencing(whole, pairs), *moves)
    return Report(attacks, use_of(proposed))


def _one_time(before: View, proposed: View) -> bool:
    """Whether both are about the same people at the same time: then nobody came or went."""
    shared = {table.measure for table in before.tables.values()} & {
        one.measure for one in proposed.tables.values()
    }
    return all(count_the_same(before, proposed, measure) for measure in shared)


def use_of(view: View) -> Use:
    """How many cells are shown, and how far off they are."""
    possible = shown = 0
    squares = 0.0
    for table in view.tables.values():
        seen = table.possible & ~np.isnan(table.shown)
        possible += int(table.possible.sum())
        shown += int(seen.sum())
        squares += float(((table.shown - table.true)[seen] ** 2).sum())
    return Use(possible, shown, float(np.sqrt(squares / shown)) if shown else 0.0)


def _seriousness(attack: Attack) -> tuple[bool, float]:
    return not attack.passed, -1.0 if attack.figure is None else attack.figure
