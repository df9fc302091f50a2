"""Risk and anonymity of records in the plainest Python: lists, counters, loops over everything."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from math import comb, exp, log, prod

Row = Mapping[str, str]


def naive_classes(rows: Sequence[Row], quasi: Sequence[str]) -> list[list[Row]]:
    """The rows that share all of `quasi`, class by class."""
    found: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row[name] for name in quasi)].append(row)
    return list(found.values())


def naive_k(rows: Sequence[Row], quasi: Sequence[str]) -> int:
    return min(len(one) for one in naive_classes(rows, quasi))


def naive_l(rows: Sequence[Row], quasi: Sequence[str], sensitive: str) -> int:
    return min(len({row[sensitive] for row in one}) for one in naive_classes(rows, quasi))


def naive_entropy_l(rows: Sequence[Row], quasi: Sequence[str], sensitive: str) -> float:
    lowest = []
    for one in naive_classes(rows, quasi):
        shares = [count / len(one) for count in Counter(row[sensitive] for row in one).values()]
        lowest.append(exp(-sum(share * log(share) for share in shares)))
    return min(lowest)


def naive_recursive(rows: Sequence[Row], quasi: Sequence[str], sensitive: str, l: int) -> float:  # noqa: E741
    worst = 0.0
    for one in naive_classes(rows, quasi):
        counts = sorted(Counter(row[sensitive] for row in one).values(), reverse=True)
        rest = sum(counts[l - 1 :])
        worst = max(worst, counts[0] / rest if rest else float("inf"))
    return worst


def naive_shares(rows: Sequence[Row], sensitive: str, values: Sequence[str]) -> list[float]:
    counts = Counter(row[sensitive] for row in rows)
    return [counts[value] / len(rows) for value in values]


def naive_t(rows: Sequence[Row], quasi: Sequence[str], sensitive: str, *, ordered: bool = False) -> float:
    values = sorted({row[sensitive] for row in rows})
    whole = naive_shares(rows, sensitive, values)
    worst = 0.0
    for one in naive_classes(rows, quasi):
        apart = [a - b for a, b in zip(naive_shares(one, sensitive, values), whole, strict=True)]
        if ordered:
            carried = [abs(sum(apart[: place + 1])) for place in range(len(apart))]
            worst = max(worst, sum(carried) / max(len(values) - 1, 1))
        else:
            worst = max(worst, sum(map(abs, apart)) / 2)
    return worst


def naive_minimal_uniques(
    rows: Sequence[Row], quasi: Sequence[str], size: int
) -> dict[tuple[str, ...], list[int]]:
    """For each set of up to `size` columns the rows that are alone in it and in none of its smaller sets."""
    minimal: dict[tuple[str, ...], list[int]] = {}
    for count in range(1, size + 1):
        for columns in combinations(quasi, count):
            for place, row in enumerate(rows):
                if _alone(rows, row, columns) and not any(
                    _alone(rows, row, fewer)
                    for smaller in range(count)
                    for fewer in combinations(columns, smaller)
                ):
                    minimal.setdefault(columns, []).append(place)
    return minimal


def _alone(rows: Sequence[Row], row: Row, columns: Sequence[str]) -> bool:
    return sum(all(other[name] == row[name] for name in columns) for other in rows) == 1


def naive_scores(
    minimal: Mapping[tuple[str, ...], Sequence[int]], rows: int, columns: int, size: int
) -> list[int]:
    """SUDA's scores: each minimal set of s columns counts (columns - s) (columns - s - 1) ... down to the largest
    size."""
    scores = [0] * rows
    for names, places in minimal.items():
        for place in places:
            scores[place] += prod(columns - one for one in range(len(names), size))
    return scores


def naive_zayatz(sizes: Sequence[int], part: float) -> float:
    """Zayatz's estimate with exact binomial coefficients."""
    height = sum(sizes)
    population = round(height / part)
    weight = {
        size: count * size * comb(population - size, height - 1) / comb(population, height)
        for size, count in Counter(sizes).items()
    }
    alone = sum(size == 1 for size in sizes)
    return alone * weight[1] / sum(weight.values()) / part


def naive_penalty(
    given: Sequence[Row],
    written: Sequence[Row],
    quasi: Sequence[str],
    under: Mapping[str, Mapping[str, int]],
    values: Mapping[str, int],
) -> float:
    """The normalised certainty penalty: `under[column][label]` says how many values lie under a label."""
    lost = 0.0
    for row in written:
        for name in quasi:
            lost += (under[name][row[name]] - 1) / max(values[name] - 1, 1)
    lost += (len(given) - len(written)) * len(quasi)
    return lost / (len(given) * len(quasi))
