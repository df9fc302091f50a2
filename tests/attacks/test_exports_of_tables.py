"""A researcher who takes many tables, holds them beside the dashboard, beside one another and beside those of another
release, and tries to find one family. The true counts are counted here, plainly, from the rows."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations, product
from math import erf, sqrt
from pathlib import Path

import pytest

from custody.exports.counting import count_deeper
from custody.exports.source import Source, open_source
from release.specification import TableAsked
from tests import research_town as town

NAMES = ("family_size", "referral_source", "ward")
FAMILIES = 600
Cell = frozenset[tuple[str, str]]
Shown = dict[Cell, int]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return town.copied(tmp_path_factory.mktemp("town") / "data", joined=1).data


@pytest.fixture(scope="module")
def first(data: Path) -> Source:
    return open_source(town.Places(data), town.FIRST)


def taken(source: Source, *dimensions: str, threshold: int = 10) -> Shown:
    """Every figure of one export of a table, totals too."""
    deeper = count_deeper(source, [TableAsked("families_helped", tuple(sorted(dimensions)))])
    found = {}
    for question, cells in deeper.exported(threshold, {}).items():
        names = question.split("|")[1:]
        for row in cells.select(*(f"code_{place + 1}" for place in range(len(names))), "shown").rows():
            if row[-1] is not None:
                found[frozenset(zip(names, row[:-1], strict=True))] = row[-1]
    return found


def true_counts(families: int) -> Counter[Cell]:
    counts: Counter[Cell] = Counter()
    for row in town.family_rows(families).iter_rows(named=True):
        own = {**row, "family_size": "6+" if row["size"] >= 6 else str(row["size"])}
        pairs = [(name, own[name]) for name in (*NAMES, "locality")]
        for many in range(len(pairs) + 1):
            counts.update(frozenset(chosen) for chosen in combinations(pairs, many))
    return counts


def dashboard(source: Source) -> Shown:
    rows = source.answer.rows(named=True)
    found = {}
    for row in rows:
        measure, *names = row["question"].split("|")
        if measure == "families_helped":
            found[frozenset((name, row[f"code_{place}"]) for place, name in enumerate(names, 1))] = row[
                "value"
            ]
    return found


def pairs(parts: Shown, wholes: Shown) -> Iterator[tuple[Cell, Cell]]:
    """Every figure with every other one that holds it: fewer conditions, or the locality for the ward."""
    for part in parts:
        conditions = [
            [(name, code), ("locality", town.LOCALITY_OF[code[0]]), None]
            if name == "ward"
            else [(name, code), None]
            for name, code in part
        ]
        for chosen in product(*conditions):
            whole = frozenset(one for one in chosen if one)
            if whole != part and whole in wholes:
                yield part, whole


def test_a_figure_and_its_whole_never_tell_that_there_is_one_more_or_nobody(first: Source) -> None:
    """Wherever a deeper figure and one that holds it, of the export or of the dashboard, differ by one or two families
    they are the same figure."""
    true, export = true_counts(FAMILIES), taken(first, *NAMES)
    everything = {**export, **dashboard(first)}
    near = [(part, whole) for part, whole in pairs(export, everything) if 0 < true[whole] - true[part] < 3]
    assert len(near) >= 5
    assert [pair for pair in near if everything[pair[0]] != everything[pair[1]]] == []
    assert min(export.values()) >= 10


def test_what_the_dashboard_shows_too_is_the_very_same_figure(first: Source) -> None:
    export, told = taken(first, *NAMES), dashboard(first)
    both = export.keys() & told.keys()
    assert len(both) > 20
    assert all(export[cell] == told[cell] for cell in both)


def test_asking_again_in_other_company_gives_the_same_figures(first: Source) -> None:
    """Whatever else a table is broken down by: there is nothing to average."""
    exports = [taken(first, *names) for names in (NAMES, NAMES[:2], NAMES[1:])]
    figures: dict[Cell, set[int]] = {}
    for export in exports:
        for cell, value in export.items():
            figures.setdefault(cell, set()).add(value)
    assert {cell: values for cell, values in figures.items() if len(values) > 1} == {}


def test_adding_up_parts_finds_no_more_than_noise_leaves(first: Source) -> None:
    """A total can be added up in many ways from overlapping tables, each with noise of its own. Averaged by what each
    is worth, they state the true count no more often than that much noise does by itself."""
    true, export = true_counts(FAMILIES), taken(first, *NAMES)
    variance = first.profile.variance
    hits = expected = spread = 0.0
    for cell in export:
        estimates = [(float(export[cell]), variance)]
        free = [name for name in NAMES if name not in dict(cell)]
        for many in range(1, len(free) + 1):
            for chosen in combinations(free, many):
                parts = [
                    cell | frozenset(zip(chosen, codes, strict=True))
                    for codes in product(*(town.CODES[name] for name in chosen))
                ]
                if all(part in export for part in parts):
                    estimates.append((float(sum(export[part] for part in parts)), variance * len(parts)))
        weight = sum(1 / one for _, one in estimates)
        best = sum(value / one for value, one in estimates) / weight
        chance = erf(0.5 / sqrt(2 / weight))
        hits += round(best) == true[cell]
        expected += chance
        spread += chance * (1 - chance)
    assert hits <= expected + 3 * sqrt(spread)
    assert hits < 0.6 * len(export)


def test_one_family_that_comes_moves_no_figure_of_a_later_export(data: Path, first: Source) -> None:
    """The same deep table of the next release: where one family has come the figure stays as it was drawn, so that a
    figure that moves does not say that somebody came."""
    before = taken(first, *NAMES)
    after = taken(open_source(town.Places(data), town.SECOND), *NAMES)
    moved = _moved(true_counts(FAMILIES), true_counts(FAMILIES + 1))
    known = [cell for cell in moved if cell in before and cell in after]
    assert len(known) >= 3
    assert [cell for cell in known if before[cell] != after[cell]] == []


def _moved(then: Mapping[Cell, int], now: Mapping[Cell, int]) -> list[Cell]:
    return [cell for cell in now if now[cell] != then.get(cell, 0)]
