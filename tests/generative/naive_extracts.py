"""Extracts of rows in the plainest Python: classes of families, what two extracts tell together, who is linked."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


def groups_of(rows: Sequence[Row], by: Sequence[str]) -> list[list[Row]]:
    found: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row[name] for name in by)].append(row)
    return list(found.values())


def fewest_families(rows: Sequence[Row], by: Sequence[str], family: str = "family") -> int:
    return min(len({row[family] for row in group}) for group in groups_of(rows, by))


def fewest_values(rows: Sequence[Row], by: Sequence[str], sensitive: str) -> int:
    return min(len({row[sensitive] for row in group}) for group in groups_of(rows, by))


def joint_rows(before: Sequence[Row], now: Sequence[Row]) -> list[dict[str, Any]]:
    """Whoever holds both extracts joins them by `row`: `now` and `before` are the classes, None where a row is in one
    alone."""
    earlier = {row["row"]: row for row in before}
    later = {row["row"]: row for row in now}
    return [
        {
            "family": (later.get(row) or earlier[row])["family"],
            "now": later[row]["class"] if row in later else None,
            "before": earlier[row]["class"] if row in earlier else None,
        }
        for row in sorted({*earlier, *later})
    ]


def narrowed(before: Sequence[Row], now: Sequence[Row], sensitive: str) -> float:
    """Of the rows in both the part for which just one sensitive value is in the class before and in that of now."""
    earlier, both, alone = {row["row"]: row for row in before}, 0, 0
    for row in now:
        if row["row"] in earlier:
            both += 1
            one = {other[sensitive] for other in now if other["class"] == row["class"]}
            two = {other[sensitive] for other in before if other["class"] == earlier[row["row"]]["class"]}
            alone += len(one & two) == 1
    return alone / both


def subtracted(before: Sequence[Row], now: Sequence[Row], k: int) -> list[list[Row]]:
    """The rows that are left of each set of classes where those of the other extract are taken from it: classes with k
    families in common belong together. Classes that have none are subtracted from nothing."""
    here, there = ({row["row"]: row["class"] for row in one} for one in (now, before))
    joint = groups_of(
        [{**row, "before": there[row["row"]]} for row in now if row["row"] in there], ("class", "before")
    )
    parts: list[set[tuple[str, Any]]] = []
    for group in joint:
        if len({row["family"] for row in group}) >= k:
            part = {("now", group[0]["class"]), ("before", group[0]["before"])}
            for other in [one for one in parts if one & part]:
                parts.remove(other)
                part |= other
            parts.append(part)
    left = []
    for part in parts:
        for rows, mine, others, name in ((now, "now", there, "before"), (before, "before", here, "now")):
            of_part = [row for row in rows if (mine, row["class"]) in part]
            left.append([row for row in of_part if (name, others.get(row["row"])) not in part])
    return [rows for rows in left if rows]


def profile_of(rows: Sequence[Row], family: str) -> tuple[tuple[int, int], ...]:
    """In which classes the rows of a family are, and how many in each."""
    return tuple(sorted(Counter(row["class"] for row in rows if row["family"] == family).items()))
