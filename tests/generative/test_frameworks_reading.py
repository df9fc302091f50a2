"""Framework files: what is written is read as it was meant, and no corruption of a file gets past FrameworkError."""

import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from outcomes import FrameworkError, framework_from_text
from outcomes.frameworks import Audit, ClaimKind, Price, Window
from outcomes.rules import (
    EXTRACTS,
    AllOf,
    AnyOf,
    Attendance,
    Count,
    Judgement,
    NoEvent,
    NoStatus,
    Reduction,
    Rule,
    Spell,
    StatusChange,
)
from outcomes.toml_lines import Lines
from outcomes.toml_lines import Path as Keys

SHIPPED = Path(__file__).parents[2] / "data" / "frameworks"
FILES = sorted(SHIPPED.glob("*-*.toml"))
TEXTS = {file.stem: file.read_text(encoding="utf-8") for file in FILES}
WITH_PERIODS = sorted(name for name, facts in EXTRACTS.items() if facts.last_day)
MONTHS = st.integers(1, 120)
DAYS = st.dates(date(1995, 1, 1), date(2090, 1, 1))
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp", "Zs"], exclude_characters="�"),
    min_size=1,
    max_size=20,
)
CODES = {
    (extract, column): WORDS if codes is None else st.sampled_from(codes)
    for extract, facts in EXTRACTS.items()
    for column, codes in facts.conditions.items()
}
Table = dict[str, Any]


def toml(value: Any) -> str:
    """A value on one line, as somebody would write it who never heard of this reader."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | date():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case Fraction():
            return f'"{value.numerator}/{value.denominator}"'
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case dict():
            return "{ " + ", ".join(f"{key} = {toml(one)}" for key, one in value.items()) + " }"
        case _:
            return "[" + ", ".join(map(toml, value)) + "]"


@st.composite
def filters(draw: st.DrawFn, extract: str) -> tuple[tuple[str, tuple[str | bool, ...]], ...]:
    known = EXTRACTS[extract].conditions
    columns = draw(st.lists(st.sampled_from(sorted(known)), unique=True)) if known else []
    return tuple(
        (
            column,
            tuple(draw(st.lists(CODES[extract, column], min_size=1, unique=True))),
        )
        for column in columns
    )


@st.composite
def leaves(draw: st.DrawFn) -> tuple[Rule, Table]:
    """A rule that combines no others, and how a file says it."""
    months, waiver = draw(MONTHS), draw(st.booleans())
    extract = draw(st.sampled_from(sorted(EXTRACTS)))
    whose = draw(st.sampled_from(["person", "any_member"]))
    where = draw(filters(extract))
    said: Table = {"waiver": waiver, "extract": extract, "months": months, "whose": whose}
    if where:
        said["where"] = {column: list(codes) for column, codes in where}
    match draw(
        st.sampled_from(
            ["no_event", "no_status", "attendance", "spell", "judgement", "count", "less", "change"]
        )
    ):
        case "no_event":
            return NoEvent(extract, months, whose, where, waiver), {"kind": "no_event", **said}
        case "no_status" if extract in WITH_PERIODS:
            return NoStatus(extract, months, whose, where, waiver), {"kind": "no_status", **said}
        case "spell" if extract in WITH_PERIODS:
            del said["months"], said["whose"]
            return Spell(extract, months, where, waiver), {"kind": "spell", "days": months, **said}
        case "attendance":
            threshold = Fraction(draw(st.integers(1, 10_000)), 10_000)
            table = {"kind": "attendance", "stale_after_months": months, "waiver": waiver}
            return Attendance(threshold, months, waiver), {
                **table,
                "threshold": Decimal(threshold.numerator) / threshold.denominator,
            }
        case "count":
            least = draw(st.integers(1, 50))
            rule = Count(least, extract=extract, months=months, whose=whose, where=where, waiver=waiver)
            return rule, {"kind": "count", "at_least": least, **said}
        case "less":
            share = Fraction(draw(st.integers(1, 60)), draw(st.integers(60, 99)))
            return (
                Reduction(extract, months, share, whose, where, waiver),
                {"kind": "reduction", "share": share, **said},
            )
        case "change" if where and extract in WITH_PERIODS:
            # To what it is from, but for one code: a change of one column at the least.
            to_where = ((where[0][0], (draw(CODES[extract, where[0][0]]),)), *where[1:])
            if set(to_where) == set(where):
                return Judgement(months), {"kind": "judgement", "months": months}
            said = {"extract": extract, "months": months, "waiver": waiver, "from_where": said["where"]}
            said["to_where"] = {column: list(codes) for column, codes in to_where}
            return StatusChange(extract, where, to_where, months, waiver), {"kind": "status_change", **said}
        case _:
            return Judgement(months, waiver), {"kind": "judgement", "months": months, "waiver": waiver}


@st.composite
def combined(draw: st.DrawFn, parts: st.SearchStrategy[tuple[Rule, Table]]) -> tuple[Rule, Table]:
    found = draw(st.lists(parts, min_size=1, max_size=3))
    rules, tables, waiver = (
        tuple(rule for rule, _ in found),
        [table for _, table in found],
        draw(st.booleans()),
    )
    match draw(st.sampled_from(["all_of", "any_of", "count"])):
        case "all_of":
            return AllOf(rules, waiver), {"kind": "all_of", "waiver": waiver, "of": tables}
        case "any_of":
            return AnyOf(rules, waiver), {"kind": "any_of", "waiver": waiver, "of": tables}
        case _:
            least = draw(st.integers(1, len(rules)))
            said = {"kind": "count", "waiver": waiver, "at_least": least, "of": tables}
            return Count(least, of=rules, waiver=waiver), said


RULES = leaves() | combined(leaves() | combined(leaves()))


@st.composite
def prices(draw: st.DrawFn) -> tuple[tuple[Price, ...], list[Table]]:
    """Prices by period that follow on one another, the first and the last perhaps without an end."""
    days = sorted(draw(st.lists(DAYS, min_size=1, max_size=3, unique=True)))
    amounts = draw(st.lists(st.integers(0, 1_000_000), min_size=len(days) + 1, max_size=len(days) + 1))
    bounds = [None, *days, None]
    found = [
        Price(amount, begins, ends - timedelta(days=1) if ends else None)
        for amount, begins, ends in zip(amounts, bounds[:-1], bounds[1:], strict=True)
    ]
    said = [
        {"amount_gbp": one.amount_gbp}
        | ({"from": one.from_day} if one.from_day else {})
        | ({"to": one.to_day} if one.to_day else {})
        for one in found
    ]
    return tuple(found), said


@st.composite
def kinds(draw: st.DrawFn) -> tuple[list[ClaimKind], list[Table]]:
    """Kinds of claim of persons, each perhaps after some that stand above it, with a set of two at the end."""
    found: list[ClaimKind] = []
    said: list[Table] = []
    for number in range(draw(st.integers(1, 4))):
        rule, table = draw(RULES)
        periods, periods_said = draw(prices())
        after = draw(st.lists(st.sampled_from([one.code for one in found]), unique=True)) if found else []
        most = draw(st.none() | st.integers(1, 100))
        label, source = draw(WORDS), draw(WORDS)
        confidence, verified = draw(st.sampled_from(["high", "medium", "low"])), draw(st.booleans())
        one_of = "a_set" if number >= 2 and not after else None
        kind = ClaimKind(
            code=f"kind_{number}",
            label=label,
            unit="person",
            about="rule",
            rule=rule,
            prices=periods,
            after=tuple(after),
            one_of=one_of,
            most_per_family=most,
            verified=verified,
            confidence=confidence,
            source=source,
        )
        found.append(kind)
        said.append(
            {
                "code": kind.code,
                "label": label,
                "unit": "person",
                "about": "rule",
                "rule": table,
                "price": periods_said,
                "after": after,
                **({"one_of": one_of} if one_of else {}),
                **({"most_per_family": most} if most else {}),
                "verified": verified,
                "confidence": confidence,
                "source": source,
            }
        )
    return found, said


HEAD = """\
id = "any"
title = "Any"
publisher = "A council"
version = 1
source_url = "https://example.org"
sustain_from = "closure"
claimable_closures = []
practice_tests = []
payment = { amount_gbp = 5, unit = "family", mode = "none", one_claim_per_family = false }
eligibility = { minimum = 0, count_by = "need", requires = "nobody" }
"""


@settings(max_examples=150, deadline=None)
@given(kinds(), st.data())
def test_what_is_written_is_read_as_it_was_meant(
    meant: tuple[list[ClaimKind], list[Table]], data: st.DataObject
) -> None:
    claims, said = meant
    if sum(kind.one_of is not None for kind in claims) == 1:
        claims = [ClaimKind(**{**vars(kind), "one_of": None}) for kind in claims]
        said = [{key: value for key, value in one.items() if key != "one_of"} for one in said]
    days = sorted(data.draw(st.lists(DAYS, max_size=6, unique=True)))
    windows = [Window(f"w{n}", a, b - timedelta(days=1)) for n, (a, b) in enumerate(pairwise(days))]
    shares = [Fraction(data.draw(st.integers(1, 98)), 99) for _ in range(4)]
    audit = Audit(max(shares[0], Fraction(1, 10)), data.draw(st.integers(1, 500)), shares[1], shares[2])
    # One line a table, or a line a key: the reader must not mind.
    body = [f"claim = {toml(said)}"] if data.draw(st.booleans()) else []
    text = HEAD + f"deadweight = {toml(shares[3])}\naudit = {toml(vars(audit))}\n" + "\n".join(body) + "\n"
    if not body:
        for one in said:
            text += "[[claim]]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in one.items())
    for window in windows:
        text += "[[window]]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in vars(window).items())
    read = framework_from_text("any.toml", text)
    assert read.claims == tuple(claims)
    assert read.windows == tuple(windows)
    assert (read.audit, read.deadweight) == (audit, shares[3])


def paths(value: Any, path: Keys = ()) -> Iterator[Keys]:
    """Every key and place of a document."""
    items: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, one in items:
        yield (*path, key)
        yield from paths(one, (*path, key))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_every_setting_of_a_shipped_file_is_found_on_a_line_that_names_it(text: str) -> None:
    lines, found = text.split("\n"), Lines(text)
    names = [path for path in paths(tomllib.loads(text)) if isinstance(path[-1], str)]
    assert len(names) > 100
    for path in names:
        line = found.at(path)
        assert line is not None
        assert str(path[-1]) in lines[line - 1], path


@st.composite
def corrupted(draw: st.DrawFn) -> str:
    """A shipped file with one to three things done to it that hands and editors do."""
    lines = draw(st.sampled_from(sorted(TEXTS.values()))).split("\n")
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        other = draw(st.integers(0, len(lines) - 1))
        match draw(st.integers(0, 7)):
            case 0:
                del lines[at : at + draw(st.integers(1, 30))]
                lines.append("")
            case 1:
                lines.insert(at, lines[other])
            case 2:
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                key, _, _ = lines[at].partition("=")
                lines[at] = f"{key}= {draw(st.sampled_from(HOSTILE))}"
            case 4:
                lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
            case 5:
                place = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:place] + draw(st.text(max_size=5)) + lines[at][place:]
            case 6:
                _, _, value = lines[at].partition("=")
                lines[at] = (
                    f"{draw(st.sampled_from(['id', 'code', 'kind', 'of', 'where', 'x.y', '[a]']))} = {value}"
                )
            case _:
                lines[at] = lines[at].replace("[[", "[").replace("]]", "]")
    return "\n".join(lines)


HOSTILE = [
    "nan", "inf", "-1", "0", "1e999999", "1e-999999", "99999999999999999999999", '""', '"\\u202e"', "true",
    "[]", "[[]]", "{}", "[{}]", "0001-01-01", "9999-12-31", "2024-02-30", "1979-05-27T07:32:00Z", "07:32:00",
    '"' + "x" * 3000 + '"', "[" * 500, "{ a = " * 200, '"../../etc/passwd"', '"1/0"', '"999999/1"',
    "0x7fffffffffffffff", "'''", '"""', "[1, \"a\", 2024-01-01]",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(corrupted())
@example("")
@example("\ufeffid = 1")
@example("id = 1\x00")
@example("a" * 10_000)
@example(f"{HEAD}claim = [{'{' * 300}")
def test_no_corruption_gets_past_an_error_that_names_the_file(text: str) -> None:
    try:
        framework_from_text("any.toml", text)
    except FrameworkError as error:
        assert str(error).startswith("any.toml")
        assert len(str(error)) < 1_500
        assert "\x1b" not in str(error)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_no_text_at_all_gets_past_it(text: str) -> None:
    with pytest.raises(FrameworkError, match="any"):
        framework_from_text("any.toml", text)
