"""The search for a cheap safe pattern: inequalities from attacks, patterns from inequalities, until no attack succeeds.

Branch and cut in the way of Fischetti and Salazar-González (JASA 95, 2000): a pattern is the answer to a program of
zeros and ones over the inequalities known so far; attacks on it find inequalities that it violates; when none is left
it is safe, and nothing cheaper is. What the relaxed program costs is a bound all along.
"""

import time
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from disclosure.audit import check_pattern
from disclosure.suppression.attacker import FURTHEST, REACHED, Attacker, reaches, used
from disclosure.suppression.cuts import Cut, Cutter
from disclosure.suppression.master import Master
from disclosure.suppression.model import Goal, model_of, refuse
from disclosure.suppression.upkeep import Upkeep
from disclosure.tables.system import NOBODY, Flags, Floats, Integers, System

# What a column that is shown counts for when an inequality is looked for: of equally violated ones, that of fewest.
_HINT = 1e-6
_VIOLATED = 1 - 1e-3
# How far a search tree is grown where a little more cost is no matter.
_NODES = 20
# By less than this share of its cost a pattern hardly gets dearer by more inequalities.
_RISE = 0.005
# So many rounds of inequalities make a pattern no better.
_ROUNDS = 40
# After so many steps what was added to a pattern is kept.
_STEPS = 12
# With so few goals missed, attacks go a step further, and with so few as far as it takes.
_FEW = (200, 60)
# So many inequalities are looked for in a row for one goal.
_IN_A_ROW = 6


@dataclass
class Best:
    """The best safe pattern so far (None: none was met), what it costs, and what any safe pattern costs at least."""

    opened: Flags | None = None
    cost: float = np.inf
    key: tuple[float, int] = (np.inf, 0)
    bound: float = 0.0


class Search:
    """One search. `seconds`: the time allowed; after it the best so far stays. Raises UnprotectableError, naming the
    cells, as soon as it is clear that no pattern is safe."""

    def __init__(self, system: System, seconds: float) -> None:
        self._until = time.perf_counter() + seconds
        # How long a check takes: one more is made when the time is up.
        self._checking = 0.0
        self.system = system
        self.model = model_of(system)
        self.master = Master(self.model)
        self.best = Best()
        self._attacker = Attacker(self.model)
        self._upkeep = Upkeep(self.model, self._attacker.regions, self.left)
        self._large = False
        # The last answer of `missing`, and of which pattern.
        self._missing: tuple[Flags, list[tuple[Goal, Integers | None]]] | None = None
        self._cutter = Cutter(self.model)
        self._goals: dict[int, list[Goal]] = {}
        for goal in self.model.goals:
            self._goals.setdefault(goal.column, []).append(goal)
        self._column = np.full(system.cells, -1, np.int64)
        for column, cells in enumerate(self.model.members):
            self._column[cells] = column
        self._latest: Cut | None = None
        self._held = np.zeros(self.model.columns, np.bool_)
        for columns in self.model.known.values():
            self._held[columns] = True

    def left(self) -> float:
        """The seconds that are left, before a last check."""
        return self._until - time.perf_counter() - self._checking

    def tighten(self, radius: int, *, few: int, sweeps: int) -> None:
        """Find inequalities that the relaxed program violates, with attacks over neighbourhoods of up to `radius`
        steps, until a sweep over all goals finds `few` or less, or there were so many `sweeps`."""
        goals = self.model.goals
        active = goals
        while sweeps and self.left() > 0:
            choice = self.master.relaxed()
            self.best.bound = max(self.best.bound, choice.bound)
            violating = tuple(goal for goal in active if self._separate(goal, choice.openness, radius))
            if len(active) == len(goals):
                sweeps -= 1
                if len(violating) <= few:
                    return
            # The goals that were violated first, as long as they bring much; then all again.
            active = violating if len(violating) > few else goals

    def propose(self, *, gap: float, nodes: int) -> Flags | None:
        """The cheapest pattern of the inequalities so far, or one that costs at most the share `gap` more, as far as
        that many `nodes` of the search tree tell. None where the time was up."""
        if self.left() <= 0:
            return None
        choice = self.master.whole_pattern(gap=gap, seconds=self.left(), nodes=nodes, start=self.best.opened)
        self.best.bound = max(self.best.bound, choice.bound)
        return choice.openness > 0.5 if choice.finished else None

    def attack(self, opened: Flags, radius: int) -> int:
        """How many goals a pattern was seen to miss, by attacks over neighbourhoods; each gave an inequality."""
        openness = opened.astype(np.float64)
        return sum(self._separate(goal, openness, radius) for goal in self.model.goals)

    def strengthen(self, opened: Flags) -> bool:
        """Add inequalities for whatever a pattern misses. False where it misses nothing, and is kept."""
        missing = self.missing(opened)
        if missing:
            self._exclude_all(missing, opened, None)
        else:
            self.offer(opened)
        return bool(missing)

    def complete(self, opened: Flags, among: Flags | None = None) -> bool:
        """Suppress what a pattern needs besides to be safe (nothing outside of `among`, a safe pattern), and keep it if
        it is the best. Every step finds inequalities for what the pattern misses and solves for the cheapest addition
        that satisfies all of them. False where the time was up."""
        base, step = opened, 0
        while self.left() > 0:
            missing = self.missing(opened)
            if not missing:
                self.offer(opened)
                return True
            step += 1
            if step % _STEPS == 0:
                # What was added now and then stays, so that this comes to an end.
                base = opened
            self._exclude_all(missing, opened, among)
            choice = self.master.whole_pattern(
                gap=0.01, seconds=max(self.left(), 1.0), nodes=1, within=base, among=among
            )
            wider = choice.openness > 0.5
            opened = self._everything(opened, missing, among) if np.array_equal(wider, opened) else wider
        return False

    def large(self, opened: Flags) -> bool:
        """Whether a pattern misses so much that inequalities alone would take too long to make it safe."""
        self._large = len(self.missing(opened)) > _FEW[0]
        return self._large

    def _everything(
        self, opened: Flags, missing: list[tuple[Goal, Integers | None]], among: Flags | None
    ) -> Flags:
        """All that may be suppressed, where a pattern is not safe and attacks over neighbourhoods do not see why: the
        goal is met by a hair only."""
        whole = np.ones_like(opened) if among is None else among
        shown = np.flatnonzero(whole & ~opened)
        if not shown.size:
            refuse(self.system, np.unique([goal.cell for goal, _known in missing]).astype(np.int64))
        self.master.add(Cut(np.flatnonzero(~opened), np.ones(int((~opened).sum())), missing[0][0].cell))
        return whole

    def refine(self, among: Flags, *, gap: float) -> bool:
        """Find a pattern that costs at most the share `gap` more than the cheapest safe one that suppresses nothing
        outside of `among`, a safe pattern; keep it if it is the best. False where the time was up."""
        before = 0.0
        for _round in range(_ROUNDS):
            if self.left() <= 0:
                return False
            choice = self.master.whole_pattern(gap=gap, seconds=self.left(), nodes=_NODES, among=among)
            if not choice.finished:
                return False
            opened = choice.openness > 0.5
            missing = self.missing(opened)
            if not missing:
                self.offer(opened)
                return True
            cost = self._key(opened)[0]
            if cost > before * (1 + _RISE):
                before = cost
                self._exclude_all(missing, opened, among)
                continue
            # Little is to be had by better inequalities: what is missing yet is cheap.
            if not self.complete(opened, among):
                return False
            if self.best.cost - choice.bound <= gap * self.best.cost:
                return True
        return True

    def _exclude_all(
        self, missing: list[tuple[Goal, Integers | None]], opened: Flags, among: Flags | None
    ) -> None:
        """Add inequalities that a pattern violates, for each column that misses a goal, the closest by; where much is
        missing, far off only if there is nothing near."""
        radii = (3, 4, self.model.columns + 1)
        found = False
        for most in range(1 + sum(len(missing) <= few for few in _FEW), len(radii) + 1):
            for _column, group in groupby(missing, key=lambda pair: pair[0].column):
                pairs = list(group)
                if self.left() <= 0:
                    return
                for radius in radii[:most]:
                    if sum(
                        self._exclude_in_a_row(goal, known, opened, radius, among) for goal, known in pairs
                    ):
                        found = True
                        break
            if found:
                return

    def _exclude_in_a_row(
        self, goal: Goal, known: Integers | None, opened: Flags, radius: int, among: Flags | None
    ) -> bool:
        """Add inequalities for one goal, one after the other, as if the cheapest that the last one asks for were
        suppressed. Whether there was any."""
        more = opened.copy()
        for found in range(_IN_A_ROW):
            if not self._exclude(goal, known, more, radius, among) or self._latest is None:
                return found > 0
            cut = self._latest
            allowed = ~more[cut.columns] if among is None else among[cut.columns] & ~more[cut.columns]
            price = np.where(allowed, (1.0 + self.model.cost[cut.columns]) / cut.weights, np.inf)
            more[cut.columns[np.argmin(price)]] = True
        return True

    def missing(self, opened: Flags) -> list[tuple[Goal, Integers | None]]:
        """The goals that a pattern misses, with what the attacker knows (None: nothing)."""
        if self._missing is not None and np.array_equal(self._missing[0], opened):
            return self._missing[1]
        began = time.perf_counter()
        check = check_pattern(self.system, self.model.suppressed(self.system, opened))
        self._checking = max(self._checking, time.perf_counter() - began)
        found: dict[tuple[int, int], None] = {}
        for cell in np.flatnonzero(check.unsafe):
            found[int(self._column[cell]), int(check.against[cell])] = None
        missing = [
            (goal, None if holder == NOBODY else self.model.known[holder])
            for column, holder in found
            for goal in self._goals[column]
        ]
        self._missing = (opened.copy(), missing)
        return missing

    def within(self, gap: float) -> bool:
        """Whether the best pattern costs at most the share `gap` more than the bound, or nothing lies between."""
        return self.best.cost - self.best.bound < max(self.master.step * 0.9999, gap * self.best.cost)

    def offer(self, opened: Flags) -> None:
        """Keep a safe pattern if it is the cheapest so far; of two that cost the same the one with fewer columns."""
        key = self._key(opened)
        if key < self.best.key:
            self.best.opened, self.best.key, self.best.cost = opened, key, key[0]

    def trim(self) -> dict[int, int]:
        """Show again whatever the best pattern can do without, one column after the other, and tell of each that stays
        which primary cell would be known too closely without it; as long as there is time."""
        best = self.best.opened
        if best is None:
            return {}
        if self._large:
            return self._known_needs(best)
        kept = self._upkeep.mended(best)
        if kept is not None and np.array_equal(kept.opened, best):
            kept, why = self._upkeep.cleaned(kept, self.master.needed)
            if np.array_equal(kept.opened, best) or not self.missing(kept.opened):
                self.offer(kept.opened)
                return why
        return self._trim_slowly(best)

    def _known_needs(self, opened: Flags) -> dict[int, int]:
        """For each column of a pattern the primary cell that needs it, where an inequality says so."""
        why: dict[int, int] = {}
        for column in np.flatnonzero(opened & ~self.model.must).tolist():
            cell = self.master.needed(column, opened)
            if cell is not None:
                why[column] = cell
        return why

    def _trim_slowly(self, best: Flags) -> dict[int, int]:
        """The same by a check for each column, where a goal is met by a hair only."""
        why: dict[int, int] = {}
        opened = best.copy()
        extra = np.flatnonzero(opened & ~self.model.must)
        for column in extra[np.lexsort((extra, -self.model.cost[extra]))].tolist():
            cell = self.master.needed(column, opened)
            if cell is None and self.left() > 0:
                opened[column] = False
                missing = self.missing(opened)
                opened[column] = bool(missing)
                cell = missing[0][0].cell if missing else None
            if cell is not None:
                why[column] = cell
        self.offer(opened)
        return why

    def _key(self, opened: Flags) -> tuple[float, int]:
        return float(self.model.cost[opened].sum()), int(opened.sum())

    def _separate(self, goal: Goal, openness: Floats, radius: int) -> bool:
        """Whether a violated inequality was found for a goal, close by first."""
        hinted = np.minimum(openness + _HINT, 1.0)
        for steps in range(1, radius + 1):
            region = self._attacker.regions.relaxed(goal.column, steps)
            pushes = self._attacker.pushes(goal, region, hinted)
            if not reaches(pushes):
                if self._add(self._cutter.cut(goal, pushes), openness):
                    return True
            else:
                for known in self._holders(goal, used(pushes)):
                    pushes = self._attacker.pushes(goal, region, hinted, known)
                    if not reaches(pushes) and self._add(self._cutter.cut(goal, pushes, known), openness):
                        return True
            if region.whole:
                return False
        return False

    def _exclude(
        self, goal: Goal, known: Integers | None, opened: Flags, radius: int, among: Flags | None = None
    ) -> bool:
        """Whether a pattern is seen to miss a goal by attacks over neighbourhoods of up to `radius` steps; if so an
        inequality that it violates was added, the closest by. `among`: what may be suppressed at all."""
        openness = opened.astype(np.float64)
        hinted = np.minimum(openness + (_HINT if among is None else _HINT * among), 1.0)
        for steps in sorted({*range(1, min(radius, 4) + 1), radius}):
            region = self._attacker.regions.relaxed(goal.column, steps)
            pushes = self._attacker.pushes(goal, region, hinted, known)
            if not reaches(pushes) and self._add(self._cutter.cut(goal, pushes, known), openness):
                return True
            if region.whole:
                break
        if not region.whole:
            return False
        for furthest in (1.0, FURTHEST):
            pushes = self._attacker.pushes(goal, region, openness, known, furthest=furthest)
            if reaches(pushes):
                return False
        if not self._add(self._cutter.cut(goal, pushes, known), openness):
            # Whatever else is wrong with it: the pattern is not safe, so something more must be suppressed.
            shown = np.flatnonzero(~opened)
            self._add(Cut(shown, np.ones(shown.size), goal.cell), openness)
        return True

    def _add(self, cut: Cut | None, openness: Floats) -> bool:
        if cut is None or cut.at(openness) >= _VIOLATED:
            return False
        if cut.weights.sum() < REACHED:
            # Not even everything suppressed would do: name all cells of which that is true.
            check = check_pattern(
                self.system, self.model.suppressed(self.system, np.ones_like(self.model.must))
            )
            refuse(self.system, np.union1d([cut.cell], np.flatnonzero(check.unsafe)).astype(np.int64))
        self.master.add(cut)
        self._latest = cut
        return True

    def _holders(self, goal: Goal, moved: Integers) -> list[Integers]:
        """What the holders know whose cells were moved, save those of the goal's own cell."""
        if not self._held[moved].any():
            return []
        return [
            known
            for known in self.model.known.values()
            if goal.column not in known and np.isin(known, moved).any()
        ]
