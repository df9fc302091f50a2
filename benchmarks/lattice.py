"""How much of a table its margins give back, after each way to make it safe: the same attack on all, in one run.

A lattice is a table with all of its margins: of each dimension one code, or all of them. Small are counts of one to
four among the finest cells.
"""

import time
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from disclosure.audit import Knowledge, Table, View, attack_world, reconstruct
from disclosure.audit.attack import SMALL
from disclosure.audit.averaging import averaging
from disclosure.audit.differencing import differencing
from disclosure.audit.lattice import finest_of, with_margins
from disclosure.audit.of_world import view_of
from disclosure.audit.reconstruction import attackers, tally
from disclosure.audit.sampling import weigh
from disclosure.cell_key import Ptable
from disclosure.closed_world import Measure, Population, Rules, build_world

Floats = NDArray[np.float64]
DATA = Path("../shared/public-data")
ANCHORED = ("sex", "race", "marital-status", "workclass", "salary-class")
OTHERS = ("marital-status", "occupation", "sex", "workclass")
KEY_SEEDS = (1, 2)
TARGETS = "recovered ≤ .25 · ones ≤ .35 · error ≤ 1.7 · withheld ≤ 10 %"


def main(arguments: list[str]) -> None:
    """Attack Adult by five columns (the anchors of the issue), half of its people, and by other columns."""
    adult = pl.read_csv(Path(arguments[0] if arguments else DATA) / "adult" / "adult.csv", separator=";")
    half = adult.sample(fraction=0.5, seed=1, shuffle=False)
    print(f"\nReconstruction from a lattice. Targets for ours: {TARGETS}")
    for people, columns in ((adult, ANCHORED), (half, ANCHORED), (adult, OTHERS)):
        _attack(people, columns)


def _attack(people: pl.DataFrame, columns: Sequence[str]) -> None:
    """Ours with two sets of keys, since how a few claims come out is luck."""
    codes = {name: tuple(sorted(people[name].unique())) for name in columns}
    shape = tuple(len(codes[name]) for name in columns)
    coded = people.select(pl.col(name).cast(pl.Enum(codes[name])) for name in columns)
    at = np.ravel_multi_index([coded[name].to_physical().to_numpy() for name in columns], shape)
    finest = np.bincount(at, minlength=int(np.prod(shape))).reshape(shape).astype(np.float64)
    true = with_margins(finest)
    keys = np.random.default_rng(KEY_SEEDS[0]).integers(0, 2**63, people.height, dtype=np.uint64)
    print(f"\n{people.height:,} people by {', '.join(columns)}: {true.size:,} cells")
    print(
        f"{'':32}{'recovered':>14}{'ones':>15}{'error':>8}{'withheld':>10}{'close':>8}{'one more':>10}{'averaged':>10}"
    )
    usual = Ptable.maximum_entropy(bound=2, variance=1.08, smallest=1)
    _tell(
        "threshold 5 only", true, np.where((true > 0) & (true < 5), np.nan, true), Knowledge.of_threshold(5)
    )
    tens = np.where(true < 10, np.nan, np.floor(true / 5 + 0.5) * 5)
    _tell("the ONS's 10-5 table", true, tens, Knowledge.of_rounding(5, 10))
    _tell(
        "usual cell keys (D 2, V 1.08)",
        true,
        _noisy(true, at, shape, keys, usual),
        Knowledge.of_cell_keys(2, 1.08),
    )
    for seed in KEY_SEEDS:
        again = np.random.default_rng(seed).integers(0, 2**63, people.height, dtype=np.uint64)
        started = time.process_time()
        view = _ours(coded, columns, again)
        seconds = time.process_time() - started
        shown = _lattice_of(view, columns)
        _tell(f"ours (D 5, V 2.5, js 2), keys {seed}", true, shown, view.knowledge, view)
        _second("  to a second attacker", true, shown, view.knowledge, Rules().table, coarsened=2)
        _reader("  to who reads gaps", true, shown, view.knowledge)
    noisy = _noisy(true, at, shape, keys, usual)
    _second("usual keys, to that one", true, noisy, Knowledge.of_cell_keys(2, 1.08), usual, coarsened=0)
    started = time.process_time()
    report = attack_world(view)
    print(
        f"built in {seconds:.2f} s, attacked in {time.process_time() - started:.2f} s of processor time; all attacks:"
    )
    for attack in report.attacks:
        limit = "" if attack.limit is None else f" (limit {attack.limit:g})"
        figure = "-" if attack.figure is None else f"{attack.figure:.3f}"
        print(
            f"  {attack.name:22}{attack.examined:>9,} examined{attack.found:>9,} found{figure:>8}{limit}",
            attack.result,
        )
    use = report.use
    print(f"  leak score {report.leak} of 100; {100 * use.withheld:.1f} % withheld, error {use.error:.2f}")


def _tell(name: str, true: Floats, shown: Floats, knowledge: Knowledge, view: View | None = None) -> None:
    """The attack run to rest; and, after the stroke, the best that any of several attackers comes to. Then, of figures
    and parts of them: pairs that differ by fewer than three, and how well they tell one more from nobody, as they are
    and averaged over many tables."""
    finest = finest_of(true)
    every = [tally(finest, one) for one in attackers(shown, knowledge, true=true)]
    stated = [one.recovered / one.small for one in every]
    ones = [one.right / one.claimed if one.claimed else 0.0 for one in every]
    error = np.sqrt(np.nanmean((shown - true) ** 2))
    seen = _view_of(true, shown, knowledge) if view is None else view
    close, one_more = differencing(seen)
    print(
        f"{name:32}{stated[0]:7.2f} / {max(stated):.2f}{ones[0]:8.2f} / {max(ones):.2f}{error:8.2f}"
        f"{100 * np.isnan(shown).mean():9.1f}%{close.found:8,}{one_more.figure or 0:10.2f}"
        f"{averaging(seen).figure or 0:10.2f}"
    )


def _view_of(true: Floats, shown: Floats, knowledge: Knowledge) -> View:
    """The tables of a lattice."""
    codes = {f"{axis}": tuple(map(str, range(length - 1))) for axis, length in enumerate(true.shape)}
    tables = {}
    for many in range(true.ndim + 1):
        for names in combinations(codes, many):
            place = tuple(slice(0, -1) if name in names else -1 for name in codes)
            counts, figures = np.asarray(true[place]), np.asarray(shown[place])
            own, possible = np.full(counts.shape, -1), np.ones(counts.shape, np.bool_)
            table = Table("|".join(names), "", "", names, counts, counts, figures, possible, own)
            tables[table.key] = table
    return View(tables, codes, knowledge)


def _reader(name: str, true: Floats, shown: Floats, knowledge: Knowledge) -> None:
    """An attacker who knows by which rule figures are withheld, and takes each finest one that is for a one."""
    finest, gap = finest_of(true), np.isnan(finest_of(shown))
    first = reconstruct(shown, knowledge, true=true)
    claims = np.where(gap, 1.0, first.claims)
    small, ones = (finest >= 1) & (finest <= SMALL), (finest == 1)[gap]
    elsewhere = (finest == 1)[first.ones & ~gap]
    print(
        f"{name:32}{(claims == finest)[small].mean():7.2f}{ones.mean() if ones.size else 0:15.2f}"
        f"   ({ones.size} gaps; confident ones elsewhere "
        f"{elsewhere.mean() if elsewhere.size else 0:.2f} of {elsewhere.size})"
    )


def _second(
    name: str, true: Floats, shown: Floats, knowledge: Knowledge, table: Ptable, *, coarsened: int
) -> None:
    """An attacker of another kind, so that nothing is safe against one attack alone. As many confident claims as the
    first one makes: those that are likeliest."""
    finest = finest_of(true)
    first = reconstruct(shown, knowledge, true=true)
    weighed = weigh(shown, table.transition(30), first.claims, coarsened=coarsened)
    small = (finest >= 1) & (finest <= SMALL)
    sure = np.sort(weighed.chances[..., 1].ravel())[-max(1, int(first.ones.sum()))]
    ones = weighed.ones(float(sure))
    stated = (weighed.claims == finest)[small].mean()
    print(f"{name:32}{stated:7.2f}{(finest == 1)[ones].mean():15.2f}")


def _noisy(
    true: Floats, at: NDArray[np.int64], shape: tuple[int, ...], keys: NDArray[np.uint64], table: Ptable
) -> Floats:
    """Every cell of a lattice with the noise of its key."""
    sums = np.zeros(int(np.prod(shape)), np.uint64)
    np.add.at(sums, at, keys)
    summed = sums.reshape(shape)
    for axis in range(len(shape)):
        summed = np.concatenate([summed, summed.sum(axis, keepdims=True, dtype=np.uint64)], axis=axis)
    counts = true.astype(np.int64)
    return true + table.changes(counts.ravel(), summed.ravel()).reshape(counts.shape)


def _ours(coded: pl.DataFrame, columns: Sequence[str], keys: NDArray[np.uint64]) -> View:
    """The lattice as a closed world of questions by any of the columns together."""
    frame = coded.with_columns(row_key=pl.Series(keys), unit=pl.Series(keys))
    names = sorted(columns)
    questions = tuple(chosen for many in range(len(names) + 1) for chosen in combinations(names, many))
    populations = [Population("people", frame)]
    measures, rules = [Measure("people", "people", questions)], Rules()
    world = build_world(populations, measures, rules)
    return view_of(world.tables(), populations, measures, rules)


def _lattice_of(view: View, columns: Sequence[str]) -> Floats:
    """The shown figures as one array, the last place of each axis for all codes."""
    found = np.full(tuple(len(view.codes[name]) + 1 for name in columns), np.nan)
    for table in view.tables.values():
        place = tuple(slice(0, -1) if name in table.dimensions else -1 for name in columns)
        found[place] = table.in_order(
            table.shown, tuple(name for name in columns if name in table.dimensions)
        )
    return found
