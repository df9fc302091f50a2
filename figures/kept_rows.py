"""Which rows of a population anything counts: all others need not be read, joined or kept."""

from collections.abc import Callable, Collection, Iterator, Mapping

from figures.quarters import months_of, quarter_code, year_of

# One condition of all: columns with the codes that a row has in each.
Where = frozenset[tuple[str, frozenset[str]]]


def condition(where: Mapping[str, Collection[str]]) -> Where:
    """A condition of columns and codes, to be compared and kept in sets."""
    return frozenset((column, frozenset(codes)) for column, codes in where.items())


def kept(wheres: Collection[Where]) -> frozenset[Where]:
    """The widest of some conditions: the others hold no row that these do not."""
    widest = {one for one in wheres if not any(other != one and _within(one, other) for other in wheres)}
    return frozenset(widest)


def covered(wheres: Collection[Where], by: Collection[Where]) -> bool:
    """Whether every row of each of `wheres` is one of `by`, by the conditions alone."""
    return all(any(_within(one, other) for other in by) for one in wheres)


def _within(narrow: Where, wide: Where) -> bool:
    theirs = dict(narrow)
    return all(column in theirs and theirs[column] <= codes for column, codes in wide)


def as_text(wheres: Collection[Where]) -> str:
    """SQL for rows of which any of some conditions is true."""
    return " OR ".join(sorted({_all(one) for one in wheres})) or "false"


def _all(where: Where) -> str:
    parts = [f"{_quoted(column)} IN ({_listed(codes)})" if codes else "false" for column, codes in where]
    return f"({' AND '.join(sorted(parts)) or 'true'})"


def time_bounds(
    wheres: Collection[Where],
    time_of: Mapping[str, str],
    first: int,
    last: int,
    of_yes: Callable[[str], str] = lambda _: "",
) -> str:
    """SQL that is true of every row of some conditions, from their times alone, or "" where these say nothing.

    `time_of`: for each column of times ("quarter", "year_ended") the month written YYYY-MM of a row, or "day " and its
    day; `first`, `last`: the quarters told apart, by number; `of_yes`: what is true where a column says "yes", or "".
    """
    found = []
    for where in wheres:
        bounds = sorted(_bounds(where, time_of, first, last, of_yes))
        if not bounds:
            return ""
        found.append(" AND ".join(bounds))
    return " OR ".join(f"({one})" for one in sorted(set(found)))


def _bounds(
    where: Where, time_of: Mapping[str, str], first: int, last: int, of_yes: Callable[[str], str]
) -> Iterator[str]:
    for column, codes in where:
        if codes == {"yes"} and (known := of_yes(column)):
            yield f"({known})"
        if column in time_of:
            months = _months(column.split("_")[0], first, last)
            lie = [month for code in codes for month in months.get(code, ())]
            # "earlier" and "none" have no months: a condition with them is not looked at.
            if lie and all(code in months for code in codes):
                day = time_of[column].removeprefix("day ")
                if day == time_of[column]:
                    yield f"{day} BETWEEN '{min(lie)}' AND '{max(lie)}'"
                else:
                    yield f"{day} BETWEEN '{min(lie)}-01'::DATE AND last_day('{max(lie)}-01'::DATE)"


def _months(unit: str, first: int, last: int) -> dict[str, list[str]]:
    """The months of every code of a time ("month", "quarter" or "year")."""
    found: dict[str, list[str]] = {}
    for number in range(first, last + 1):
        for month in months_of(number):
            code = {"quarter": quarter_code(number), "year": year_of(number)}.get(unit, month)
            found.setdefault(code, []).append(month)
    return found


def _listed(codes: Collection[str]) -> str:
    return ", ".join("'" + code.replace("'", "''") + "'" for code in sorted(codes))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
