"""Reads the examples of a framework file: small invented families, and what is expected of each need and claim."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import polars as pl

from outcomes.frames import FRAMES
from outcomes.frameworks import (
    CLOSURE_REASONS,
    ClaimKind,
    Example,
    ExampleClaim,
    ExampleNeed,
    Headline,
    Record,
)
from outcomes.rules import EXTRACTS
from outcomes.toml_place import Place
from outcomes.vocabulary import ClaimState, NeedState, Reason

MOST_EXAMPLES: Final = 500
MOST_ROWS: Final = 500
_WHO: Final = r"[a-z][a-z0-9 _-]{0,29}"
_JUDGEMENTS: Final = ("met", "regressed", "waived")
_RECORDS: Final = ("progress", "school_attendance", *EXTRACTS)
_COVERED: Final = ("school_attendance", *EXTRACTS)
# What a record may leave out: everything but whose it is and its first day.
_NEEDED: Final = {
    "school_attendance": ("academic_year", "term", "term_start", "term_end"),
    **{name: (facts.first_day,) for name, facts in EXTRACTS.items()},
}


def read_examples(
    place: Place, headlines: tuple[Headline, ...], claims: tuple[ClaimKind, ...]
) -> tuple[Example, ...]:
    """Every `[[example]]`, in the order of the file."""
    codes = tuple(need.code for headline in headlines for need in headline.needs)
    places = place.tables("example", "example", may_be_none=True)
    if len(places) > MOST_EXAMPLES:
        raise place.wrong(
            "example", f"there are more than {MOST_EXAMPLES} examples", "Leave those out that repeat others"
        )
    found: list[Example] = []
    for each in places:
        example = _example(each, codes, {kind.code: kind for kind in claims})
        if any(example.name == before.name for before in found):
            raise each.wrong("name", "names two examples", "Rename one of them")
        found.append(example)
    return tuple(found)


def _example(place: Place, codes: tuple[str, ...], kinds: dict[str, ClaimKind]) -> Example:
    name = place.text("name")
    place.name = f"example “{name[:60]}”"
    as_of, start = place.needed_day("as_of"), place.needed_day("start")
    if start > as_of:
        raise place.wrong("start", "lies after as_of, when nobody knew of it", "Correct one of the two days")
    children, adults = _names(place, "children"), _names(place, "adults")
    members = {**dict.fromkeys(children, True), **dict.fromkeys(adults, False)}
    if len(members) != len(children) + len(adults) or not members:
        raise place.wrong(
            "children",
            "and adults name nobody, or one member twice",
            'Write `children = ["child"]`, `adults = ["mother"]`, each name once',
        )
    end = place.day("end")
    if end is not None and end < start:
        raise place.wrong("end", "lies before start", "Correct one of the two days")
    example = Example(
        name=name,
        line=place.line,
        as_of=as_of,
        start=start,
        end=end,
        closure=place.one_of("closure", CLOSURE_REASONS) if place.has("closure") else None,
        assessment=_day_or_none(place, "assessment", start),
        plan=_day_or_none(place, "plan", start),
        lead_practitioner=place.yes_or_no("lead_practitioner", default=True),
        expectant_parent=place.yes_or_no("expectant_parent", default=False),
        earlier_claim=place.day("earlier_claim"),
        members=tuple(members.items()),
        unlinked=place.some_of("unlinked", tuple(members), default=()),
        needs=_needs(place, codes, tuple(members)),
        claims=_claims(place, kinds, tuple(members)),
        records=_records(place, codes, kinds, tuple(members)),
        covers=_covers(place),
    )
    place.nothing_else()
    return example


def _names(place: Place, key: str) -> tuple[str, ...]:
    """Names of members: what they are to each other, never the name of somebody."""
    return place.codes(key, _WHO, "older child")


def _day_or_none(place: Place, key: str, usual: date) -> date | None:
    """A day; `false` says that there was none, and the usual one need not be written."""
    if place.peek(key) is False:
        place.value(key)
        return None
    return place.needed_day(key) if place.has(key) else usual


def _who(place: Place, members: tuple[str, ...]) -> str | None:
    return place.one_of("who", members) if place.has("who") else None


def _needs(place: Place, codes: tuple[str, ...], members: tuple[str, ...]) -> tuple[ExampleNeed, ...]:
    found: dict[tuple[str, str | None], ExampleNeed] = {}
    for each in place.tables("need", "need", may_be_none=True):
        who, state = _who(each, members), each.one_of("state", tuple(NeedState))
        identified_on = each.needed_day("from")
        achieved_on, sustained_on = each.day("achieved"), each.day("sustained")
        reason = each.one_of("reason", tuple(Reason)) if each.has("reason") else None
        for code in each.some_of("codes", codes):
            if (code, who) in found:
                raise each.wrong("codes", f"{code} of {who or 'the family'} appears twice", "Remove one")
            found[code, who] = ExampleNeed(
                code, who, identified_on, state, achieved_on, sustained_on, reason, each.line
            )
        each.nothing_else()
    return tuple(found.values())


def _claims(place: Place, kinds: dict[str, ClaimKind], members: tuple[str, ...]) -> tuple[ExampleClaim, ...]:
    found: dict[tuple[str, str | None], ExampleClaim] = {}
    for each in place.tables("claim", "claim", may_be_none=True):
        kind, who = kinds[each.one_of("kind", tuple(kinds))], _who(each, members)
        if (kind.unit == "person") != (who is not None):
            raise each.wrong(
                "who",
                f"{kind.code} is claimed for a {kind.unit}",
                'Write `who = "…"`' if kind.unit == "person" else "Leave `who` out",
            )
        if (kind.code, who) in found:
            raise each.wrong("kind", f"{kind.code} of {who or 'the family'} appears twice", "Remove one")
        found[kind.code, who] = ExampleClaim(
            kind.code,
            who,
            each.one_of("state", tuple(ClaimState)),
            each.day("date"),
            each.whole_or_none("worth", 0, 1_000_000),
            each.line,
        )
        each.nothing_else()
    return tuple(found.values())


def _records(
    place: Place, codes: tuple[str, ...], kinds: dict[str, ClaimKind], members: tuple[str, ...]
) -> tuple[tuple[str, tuple[Record, ...]], ...]:
    if not place.has("records"):
        return ()
    records = place.table("records")
    found = []
    for name in records.keys():  # noqa: SIM118 — a Place is no mapping
        if name not in _RECORDS:
            raise records.wrong(name, "is no extract", f"Choose from: {', '.join(_RECORDS)}")
        rows: list[Record] = []
        for each in records.tables(name, "record"):
            if name == "progress":
                rows.extend(_judgements(each, (*codes, *kinds), members))
            else:
                rows.append(_record(each, name, members))
            each.nothing_else()
        if len(rows) > MOST_ROWS:
            raise records.wrong(name, f"holds more than {MOST_ROWS} records", "Leave most of them out")
        found.append((name, tuple(rows)))
    return tuple(found)


def _judgements(place: Place, codes: tuple[str, ...], members: tuple[str, ...]) -> Iterator[Record]:
    """What a practitioner judged of one need or several on one day."""
    person, state = _who(place, members), place.one_of("state", _JUDGEMENTS)
    day, has_reason = place.needed_day("on"), place.yes_or_no("has_reason", default=state == "waived")
    for code in place.some_of("codes", codes):
        yield (
            ("person", person),
            ("need_code", code),
            ("recorded_on", day),
            ("state", state),
            ("has_reason", has_reason),
        )


def _record(place: Place, name: str, members: tuple[str, ...]) -> Record:
    """A record of one member, under the names of the columns of its frame."""
    found: list[tuple[str, Any]] = [("person", place.one_of("who", members))]
    conditions = EXTRACTS[name].conditions if name in EXTRACTS else {}
    for column, kind in FRAMES[name].items():
        if column in ("person", "record"):
            continue
        codes = conditions.get(column)
        if not place.has(column) and column not in _NEEDED[name]:
            found.append((column, None))
        elif kind == pl.Date():
            found.append((column, place.needed_day(column)))
        elif kind == pl.Boolean():
            found.append((column, place.yes_or_no(column)))
        elif kind == pl.Int64():
            found.append((column, place.whole(column, 0, 10_000)))
        elif codes is not None:
            found.append((column, place.one_of(column, [str(code) for code in codes])))
        else:
            found.append((column, place.text(column)))
    return tuple(found)


def _covers(place: Place) -> tuple[tuple[str, tuple[tuple[date, date], ...]], ...]:
    """What extracts cover, where that is not always; an empty list: the extract was not sent."""
    if not place.has("covers"):
        return ()
    covers = place.table("covers")
    found = []
    for name in covers.keys():  # noqa: SIM118 — a Place is no mapping
        if name not in _COVERED:
            raise covers.wrong(name, "is no extract", f"Choose from: {', '.join(_COVERED)}")
        found.append((name, covers.spans(name)))
    return tuple(found)
