"""The frameworks of a run: their files, read once, and what a release says of each."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from outcomes import Framework, FrameworkError
from outcomes.active import ActiveFile, active_files, framework_file, known_ids, listed, refuse_mixed_funds
from outcomes.frameworks import ClaimKind
from release.errors import SettingsError
from release.places import Places

BY_RESULTS, NOT_PAID = "by_results", "none"


@dataclass(frozen=True)
class FrameworkFile:
    """A framework, and its file as it was read: `text`, and `sha256` of its bytes (64 hexadecimal digits).

    `checked`: it is active, and as it was when it was activated; what is not may be tried, and nothing is claimed by
    it.
    """

    framework: Framework
    text: str = field(repr=False)
    sha256: str
    checked: bool = False


def read_frameworks(places: Places, names: Sequence[str] = ()) -> tuple[FrameworkFile, ...]:
    """The frameworks called so, in this order; none named: those that are active. The first is the primary one.

    Raises SettingsError where one is named twice, FrameworkError where a file will not do, and ActivationError where
    there is none of that name, or one was changed since it was activated, or those of one fund do not go together.
    """
    if len(set(names)) < len(names):
        raise SettingsError("A framework is named twice. Name each once.")
    found = [framework_file(places, name) for name in names] if names else active_files(places)
    refuse_mixed_funds([one.framework for one in found])
    active = listed(places)
    return tuple(_read(one, checked=active.get(one.id) == one.sha256) for one in found)


def funds_of(places: Places, frameworks: Sequence[Framework]) -> dict[str, str]:
    """By framework the fund that it draws on: of `frameworks`, and of every other file that can be read. Claims were
    made under frameworks that are active no longer."""
    funds = {}
    for name in known_ids(places):
        with suppress(FrameworkError):
            funds[name] = fund_of(framework_file(places, name).framework)
    return funds | {one.id: fund_of(one) for one in frameworks}


def _read(file: ActiveFile, *, checked: bool) -> FrameworkFile:
    """A framework and the very bytes that it was read from."""
    try:
        content = file.path.read_bytes()
    except OSError:
        content = b""
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise FrameworkError(f"{file.path.name}: was changed while it was read. Run again")
    return FrameworkFile(file.framework, content.decode(), file.sha256, checked)


def payments(frameworks: Sequence[Framework], arrangement: str) -> dict[str, str]:
    """By framework, how the council is paid under it.

    `arrangement`: what the council says of itself (extracts.toml). It speaks of the fund that the primary framework
    draws on; what draws on another fund is paid as its own file says. Where a file says that nothing is paid, nothing
    is.
    """
    fund = fund_of(frameworks[0])
    return {
        one.id: (arrangement if fund_of(one) == fund and one.payment.mode != NOT_PAID else one.payment.mode)
        for one in frameworks
    }


def fund_of(framework: Framework) -> str:
    """The fund that a framework draws on: nothing is paid twice out of one."""
    return framework.fund or framework.id


def price_on(kind: ClaimKind, day: date, payment: str) -> int:
    """What a claim of this kind is worth on `day`, in pounds."""
    if payment != BY_RESULTS:
        return 0
    return next((price.amount_gbp for price in kind.prices if price.holds_on(day)), 0)


def described(files: Sequence[FrameworkFile], paid: Mapping[str, str], as_of: date) -> str:
    """What a manifest says of its frameworks: JSON, a list in their order. `paid`: as `payments` gives it."""
    return json.dumps(
        [_facts(one, paid[one.framework.id], as_of) for one in files], sort_keys=True, separators=(", ", ": ")
    )


def _facts(file: FrameworkFile, payment: str, as_of: date) -> dict[str, object]:
    framework = file.framework
    kinds = [
        {
            "kind": kind.code,
            "label": kind.label,
            "unit": kind.unit,
            "price": price_on(kind, as_of, payment),
        }
        for kind in framework.claims
    ]
    audit = framework.audit
    return {
        "id": framework.id,
        "title": framework.title,
        "version": framework.version,
        "sha256": file.sha256,
        "checked": file.checked,
        "fund": fund_of(framework),
        "payment": payment,
        "price": price(framework, payment, as_of),
        "unit": framework.claims[0].unit,
        "deadweight": _share(framework.deadweight),
        "valid_from": _day(framework.valid_from),
        "valid_to": _day(framework.valid_to),
        "suspended_on": _day(framework.payment.suspended_on),
        "claims": kinds,
        "windows": [
            {"id": one.id, "opens": _day(one.opens), "closes": _day(one.closes)} for one in framework.windows
        ],
        "audit": {
            "share": _share(audit.share),
            "minimum": audit.minimum,
            "tolerance": _share(audit.tolerance),
            "enlarge_by": _share(audit.enlarge_by),
        },
    }


def price(framework: Framework, payment: str, as_of: date) -> int:
    """What a count of claims is priced at: the first kind's price on the as-of date; one that has run out or is yet to
    come counts as its file has it for claims at large."""
    if payment != BY_RESULTS:
        return 0
    return price_on(framework.claims[0], as_of, payment) or framework.payment.amount_gbp


def _share(share: Fraction) -> str:
    return str(share)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
