"""Reads the rules of a framework file: of needs, and of kinds of claim that have one of their own."""

from fractions import Fraction
from typing import Final

from outcomes.rules import (
    EXTRACTS,
    KINDS,
    AllOf,
    AnyOf,
    Attendance,
    Conditions,
    Count,
    Judgement,
    NoEvent,
    NoStatus,
    Reduction,
    Rule,
    Spell,
    StatusChange,
    Whose,
    parts_of,
)
from outcomes.toml_place import Place

MOST_MONTHS: Final = 120
DEEPEST: Final = 5


def read_rule(place: Place, *, needs: tuple[str, ...] = (), depth: int = 1) -> Rule:
    """The rule that stands in the table `place`, with the rules that it combines.

    `needs`: of a kind of claim, the codes of the needs whose judgements it may rest on; a need's own rule has none.
    """
    kind = place.one_of("kind", KINDS)
    waiver = place.yes_or_no("waiver", default=False)
    rule: Rule
    match kind:
        case "no_event" | "no_status":
            rule = _silence(place, kind, waiver)
        case "attendance":
            rule = _attendance(place, waiver)
        case "spell":
            extract = place.one_of("extract", _with_periods(), default="employment_spell")
            rule = Spell(extract, place.whole("days", 1, 3660), _conditions(place, "where", extract), waiver)
        case "judgement":
            named = place.some_of("needs", needs) if needs and place.has("needs") else ()
            # What was judged of a need may count at once for a claim that rests on it.
            rule = Judgement(place.whole("months", 0 if named else 1, MOST_MONTHS), waiver, named)
        case "reduction":
            rule = _reduction(place, waiver)
        case "status_change":
            rule = _status_change(place, waiver)
        case "count" if not place.has("of"):
            rule = _count_of_records(place, waiver)
        case _:
            rule = _combined(place, kind, waiver, needs, depth)
    place.nothing_else()
    return rule


def needs_a_person(rule: Rule) -> bool:
    """Whether the rule, or one that it combines, looks for the records of one person: a family has none of its own."""
    return isinstance(rule, Attendance | Spell | StatusChange) or any(map(needs_a_person, parts_of(rule)))


def _combined(
    place: Place, kind: str, waiver: bool, needs: tuple[str, ...], depth: int
) -> AllOf | AnyOf | Count:
    if depth >= DEEPEST:
        raise place.wrong("kind", f"lies {depth} rules deep", f"Combine at most {DEEPEST} levels")
    parts = tuple(read_rule(part, needs=needs, depth=depth + 1) for part in place.tables("of", "part"))
    if place.has("extract"):
        raise place.wrong("extract", "stands beside the rules of `of`", "Keep one of the two")
    if kind != "count":
        return AllOf(parts, waiver) if kind == "all_of" else AnyOf(parts, waiver)
    return Count(place.whole("at_least", 1, len(parts)), of=parts, waiver=waiver)


def _count_of_records(place: Place, waiver: bool) -> Count:
    extract = place.one_of("extract", tuple(EXTRACTS))
    return Count(
        place.whole("at_least", 1, 1000),
        extract=extract,
        months=place.whole_or_none("months", 1, MOST_MONTHS),
        whose=_whose(place),
        where=_conditions(place, "where", extract),
        waiver=waiver,
    )


def _silence(place: Place, kind: str, waiver: bool) -> NoEvent | NoStatus:
    extract = place.one_of("extract", tuple(EXTRACTS) if kind == "no_event" else _with_periods())
    months = place.whole("months", 1, MOST_MONTHS)
    whose, where = _whose(place), _conditions(place, "where", extract)
    if kind == "no_event":
        return NoEvent(extract, months, whose, where, waiver)
    return NoStatus(extract, months, whose, where, waiver)


def _attendance(place: Place, waiver: bool) -> Attendance:
    threshold = place.decimal("threshold")
    if not (threshold.is_finite() and 0 < threshold <= 1 and threshold == round(threshold, 4)):
        raise place.wrong(
            "threshold", "is not a share above 0, up to 1, of at most four decimals", "Write it as 0.90"
        )
    return Attendance(Fraction(threshold), place.whole("stale_after_months", 1, MOST_MONTHS), waiver)


def _reduction(place: Place, waiver: bool) -> Reduction:
    extract = place.one_of("extract", tuple(EXTRACTS))
    return Reduction(
        extract,
        place.whole("months", 1, MOST_MONTHS),
        place.share("share", above_nothing=True),
        _whose(place),
        _conditions(place, "where", extract),
        waiver,
    )


def _status_change(place: Place, waiver: bool) -> StatusChange:
    extract = place.one_of("extract", _with_periods())
    rule = StatusChange(
        extract,
        _conditions(place, "from_where", extract, needed=True),
        _conditions(place, "to_where", extract, needed=True),
        place.whole("months", 0, MOST_MONTHS),
        waiver,
    )
    if set(rule.from_where) == set(rule.to_where):
        raise place.wrong("to_where", "is the same as from_where, so nothing changes", "Correct one of them")
    return rule


def _with_periods() -> tuple[str, ...]:
    return tuple(name for name, facts in EXTRACTS.items() if facts.last_day)


def _is_word(code: str | bool) -> bool:
    """Whether a partner may have such a word of its own: short, and nothing in it that cannot be seen."""
    return isinstance(code, str) and bool(code.strip()) and len(code) <= 100 and code.isprintable()


def _whose(place: Place) -> Whose:
    return (
        "person"
        if place.one_of("whose", ("person", "any_member"), default="person") == "person"
        else "any_member"
    )


def _conditions(place: Place, key: str, extract: str, *, needed: bool = False) -> Conditions:
    """The filter under `key`: which columns hold which codes."""
    if not place.has(key) and not needed:
        return ()
    where = place.table(key)
    found: list[tuple[str, tuple[str | bool, ...]]] = []
    for column in where.keys():  # noqa: SIM118 — a Place is no mapping
        known = EXTRACTS[extract].conditions
        if column not in known:
            raise where.wrong(
                column,
                f"{extract} cannot be filtered by it",
                f"Filter by: {', '.join(known) or 'nothing (this extract has no codes)'}",
            )
        value = where.value(column)
        values = value if isinstance(value, list) else [value]
        codes = known[column]
        for code in values:
            # `is` and type are compared because True == 1 in Python
            if not isinstance(code, str | bool) or (
                not _is_word(code)
                if codes is None
                else not any(type(code) is type(c) and code == c for c in codes)
            ):
                choice = ", ".join(str(c).lower() if isinstance(c, bool) else c for c in codes or ("texts",))
                raise where.wrong(column, "holds a code that is not known", f"Choose from: {choice}")
        if not values:
            raise where.wrong(
                column, "is an empty list, so no record would qualify", "Name a code or drop it"
            )
        found.append((column, tuple(values)))
    if needed and not found:
        raise place.wrong(
            key, "names no code, so every record would do", f'Write it as `{key} = {{ kind = "…" }}`'
        )
    return tuple(found)
