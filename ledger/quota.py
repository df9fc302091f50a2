"""The council's allocation: how much may be claimed in a year (`data/payment.toml`)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from ledger.errors import QuotaError
from release.errors import SettingsError
from release.settings_file import read_settings_file

# The file of the data folder that says it.
QUOTAS: Final = "payment.toml"
_YEAR = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_KEYS = {"framework", "year", "claims", "pounds"}
_MOST = 10**12


@dataclass(frozen=True)
class Quota:
    """At most so many claims, and so many pounds, in a financial year under a framework. None: no limit."""

    framework: str
    year: str
    claims: int | None
    pounds: int | None


@dataclass(frozen=True)
class QuotaUse:
    """What stands against the quota of a year: live claims and pounds, beside the limits (None: there is none)."""

    framework: str
    year: str
    claims: int
    pounds: int
    claims_quota: int | None
    pounds_quota: int | None


def financial_year(day: date) -> str:
    """The financial year (April to March) of a day, e.g. "2024-25"."""
    first = day.year if day.month >= 4 else day.year - 1
    return f"{first:04d}-{(first + 1) % 100:02d}"


def read_quotas(file: Path) -> tuple[Quota, ...]:
    """The quotas that `file` holds. Raises SettingsError with the place and the fix."""
    settings = read_settings_file(file)
    if unknown := sorted(set(settings) - {"quota"}):
        raise SettingsError(f'{file}: "{unknown[0]}" is not known. Write each quota below [[quota]].')
    listed = settings.get("quota", [])
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise SettingsError(f"{file}: write each quota below [[quota]], with two brackets.")
    quotas = tuple(_quota(one, f"{file}: quota {place}") for place, one in enumerate(listed, start=1))
    seen = set()
    for place, one in enumerate(quotas, start=1):
        if (one.framework, one.year) in seen:
            raise SettingsError(
                f"{file}: quota {place} is the second for {one.framework} in {one.year}. Leave one of them."
            )
        seen.add((one.framework, one.year))
    return quotas


def check_quota(quotas: Iterable[Quota], use: QuotaUse, claims: int, pounds: int, doing: str) -> None:
    """Raises QuotaError with the figures where `claims` more, worth `pounds` more, would go over the quota of `use`.

    `doing` says what the others have had done: "entered", "submitted".
    """
    quota = next((one for one in quotas if (one.framework, one.year) == (use.framework, use.year)), None)
    if quota is None:
        return
    if quota.claims is not None and use.claims + claims > quota.claims:
        raise QuotaError(
            f"The quota for {use.framework} in {use.year} is {quota.claims} claims: {use.claims} are {doing} and "
            f"{claims} more are asked for, {use.claims + claims - quota.claims} too many. Nothing was changed."
        )
    if quota.pounds is not None and use.pounds + pounds > quota.pounds:
        raise QuotaError(
            f"The quota for {use.framework} in {use.year} is £{quota.pounds:,}: claims worth £{use.pounds:,} are "
            f"{doing} and £{pounds:,} more is asked for, £{use.pounds + pounds - quota.pounds:,} too much. "
            "Nothing was changed."
        )


def _quota(values: dict[str, Any], where: str) -> Quota:
    if unknown := sorted(set(values) - _KEYS):
        raise SettingsError(
            f'{where}: "{unknown[0]}" is not known. It has framework, year, claims and pounds.'
        )
    framework, year = values.get("framework"), values.get("year")
    if not isinstance(framework, str) or not framework.strip():
        raise SettingsError(f'{where}: say the framework, e.g. framework = "supporting-families-2022".')
    parts = _YEAR.fullmatch(year) if isinstance(year, str) else None
    if parts is None or int(parts[2]) != (int(parts[1]) + 1) % 100:
        raise SettingsError(f'{where}: the year is a financial year, e.g. year = "2024-25".')
    if "claims" not in values and "pounds" not in values:
        raise SettingsError(f"{where}: say how many claims or how many pounds at most.")
    return Quota(framework, parts[0], _limit(values, "claims", where), _limit(values, "pounds", where))


def _limit(values: dict[str, Any], name: str, where: str) -> int | None:
    limit = values.get(name)
    if limit is not None and (type(limit) is not int or not 0 <= limit <= _MOST):
        raise SettingsError(f"{where}: {name} is a whole number from 0 on.")
    return limit
