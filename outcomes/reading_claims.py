"""Reads the kinds of claim of a framework file: what can be claimed for, once for whom, and for how much."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from outcomes.frameworks import (
    ABOUT,
    CONFIDENCES,
    ORDINARY_CLAIM,
    UNITS,
    ClaimKind,
    Headline,
    Payment,
    Price,
)
from outcomes.reading_rules import needs_a_person, read_rule
from outcomes.toml_place import Place

_CODE: Final = r"[a-z][a-z0-9_]{0,39}"
_DEAREST: Final = 1_000_000


def ordinary_claim(payment: Payment, place: Place) -> ClaimKind:
    """The one kind of a file that names none: every need of the family is met."""
    return ClaimKind(
        ORDINARY_CLAIM,
        "Successful family outcome",
        "family",
        "needs",
        None,
        (Price(payment.amount_gbp, None, None),),
        source=place.text("source_url"),
    )


def read_claims(place: Place, headlines: tuple[Headline, ...], payment: Payment) -> tuple[ClaimKind, ...]:
    """Every `[[claim]]`, in the order of the file."""
    needs = tuple(need.code for headline in headlines for need in headline.needs)
    places = place.tables("claim", "claim")
    kinds: dict[str, ClaimKind] = {}
    # `after` may name what stands further down.
    codes = tuple(str(each.peek("code")) for each in places)
    for each in places:
        kind = _claim(each, payment, codes, needs)
        if kind.code in kinds or kind.code in needs:
            raise each.wrong("code", f"`{kind.code}` names a claim or a need already", "Choose another code")
        kinds[kind.code] = kind
    for each, kind in zip(places, kinds.values(), strict=True):
        each.name = f"claim {kind.code}"
        _check_order(each, kind, kinds)
    return tuple(kinds.values())


def _claim(place: Place, payment: Payment, codes: tuple[str, ...], needs: tuple[str, ...]) -> ClaimKind:
    code = place.code("code", _CODE, "housing_entry")
    place.name = f"claim {code}"
    unit = place.one_of("unit", UNITS)
    about = place.one_of("about", ABOUT)
    kind = ClaimKind(
        code=code,
        label=place.text("label"),
        unit=unit,
        about=about,
        rule=read_rule(place.table("rule"), needs=needs) if about == "rule" else None,
        prices=_prices(place, payment),
        after=place.some_of("after", codes, default=()),
        one_of=place.code("one_of", _CODE, "employment_entry") if place.has("one_of") else None,
        most_per_family=place.whole_or_none("most_per_family", 1, 100),
        verified=place.yes_or_no("verified"),
        confidence=place.one_of("confidence", CONFIDENCES),
        source=place.text("source"),
    )
    if about != "rule" and place.has("rule"):
        raise place.wrong("rule", f"a claim about {about} has no rule of its own", 'Write `about = "rule"`')
    place.nothing_else()
    if about != "rule" and unit != "family":
        raise place.wrong("unit", f"a claim about {about} is the family's", 'Write `unit = "family"`')
    if kind.rule is not None and unit == "family" and needs_a_person(kind.rule):
        raise place.wrong(
            "unit",
            "is a family, and attendance and spells are looked up for a person",
            'Write `unit = "person"` (with `most_per_family = 1` where one member is enough)',
        )
    return kind


def _prices(place: Place, payment: Payment) -> tuple[Price, ...]:
    """One price (`amount_gbp`), or prices by period, each following on the one before."""
    if not place.has("price"):
        amount = place.whole("amount_gbp", 0, _DEAREST, default=payment.amount_gbp)
        return (Price(amount, None, None),)
    if place.has("amount_gbp"):
        raise place.wrong("amount_gbp", "stands beside prices by period", "Keep one of the two")
    found: list[Price] = []
    for each in place.tables("price", "price"):
        price = Price(each.whole("amount_gbp", 0, _DEAREST), each.day("from"), each.day("to"))
        each.nothing_else()
        if price.from_day and price.to_day and price.to_day < price.from_day:
            raise each.wrong("to", "lies before from", "Correct one of the two days")
        if found:
            _follows(each, found[-1], price)
        found.append(price)
    return tuple(found)


def _follows(place: Place, before: Price, price: Price) -> None:
    if before.to_day is None or price.from_day is None:
        raise place.wrong(
            "from", "is one of several prices without a day between them", "Write `to` above and `from` here"
        )
    if price.from_day <= before.to_day:
        raise place.wrong(
            "from", "lies in the period of the price above", f"Write {before.to_day + timedelta(days=1)}"
        )
    if price.from_day > before.to_day + timedelta(days=1):
        raise place.wrong(
            "from",
            "leaves days without a price between it and the price above",
            f"Write {before.to_day + timedelta(days=1)}, or a price of 0 in between",
        )


def _check_order(place: Place, kind: ClaimKind, kinds: Mapping[str, ClaimKind]) -> None:
    """What a kind comes after must be known by then, and be about the same unit or the family."""
    for code in kind.after:
        if kind.unit == "family" and kinds[code].unit == "person":
            raise place.wrong(
                "after",
                f"`{code}` is a person's, and this claim is the family's: nobody could say whose",
                'Write `unit = "person"` here, or leave it out',
            )
    if kind.code in _all_before(kind.after, kinds):
        raise place.wrong("after", "leads back to this claim itself", "Break the circle")
    if kind.one_of is not None:
        beside = [other for other in kinds.values() if other.one_of == kind.one_of]
        if len(beside) == 1:
            raise place.wrong(
                "one_of", f"nothing else is in the set `{kind.one_of}`", "Name the same set in another claim"
            )
        if any(other.unit != kind.unit for other in beside):
            raise place.wrong(
                "one_of", "mixes claims of families and of persons", "Give them all the same `unit`"
            )
        if kind.one_of in kinds:
            raise place.wrong("one_of", f"`{kind.one_of}` names a claim", "Choose another name for the set")
        if any(other.code in _all_before(kind.after, kinds) for other in beside):
            raise place.wrong(
                "after", "names a claim of the same set, of which only one is paid", "Correct one of the two"
            )


def _all_before(codes: Iterable[str], kinds: Mapping[str, ClaimKind]) -> set[str]:
    """Every kind that must have come before, however far back."""
    found: set[str] = set()
    waiting = list(codes)
    while waiting:
        code = waiting.pop()
        if code not in found and code in kinds:
            found.add(code)
            waiting.extend(kinds[code].after)
    return found
