"""What takes two people: one asks, and another, under an account of their own, confirms (data/keys.toml)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ledger import DualControlError, Ledger
from release.errors import SettingsError
from release.places import Places
from release.settings_file import read_settings_file

_SECTION = "dual_control"
_MOST_DAYS = 365
_ROLE = "pipelines"


class Act(StrEnum):
    """What may be put under dual control."""

    ROTATE = "rotate"
    DESTROY = "destroy"
    PROJECT = "project"
    REIDENTIFY = "reidentify"


TAKES_TWO: Mapping[Act, str] = {
    Act.ROTATE: "putting a new master key in the place of the old: `key rotate`",
    Act.DESTROY: "destroying the key of a project, or all keys: `key project destroy`, `key destroy`",
    Act.PROJECT: "a key for a new project: `key project new`",
    Act.REIDENTIFY: "finding who a pseudonym is: `reidentify`, `why`",
}


@dataclass(frozen=True)
class DualControl:
    """Which acts take two, and for how many days a request stands."""

    acts: frozenset[Act]
    days: int


@dataclass(frozen=True)
class Agreed:
    """May it be done? `reason` says why, where it may; otherwise `request` is the number that somebody else confirms.

    `confirmed`: the request that was, None where one account is enough.
    """

    reason: str = ""
    request: int | None = None
    confirmed: int | None = None

    @property
    def detail(self) -> dict[str, object]:
        """What the audit log is told: the reason, and by which request."""
        by_request = {} if self.confirmed is None else {"request": self.confirmed}
        return {"reason": self.reason, **by_request}


def read_dual_control(file: Path) -> DualControl:
    """The settings in `file` (data/keys.toml). Raises SettingsError, with the place and the fix."""
    content = read_settings_file(file)
    section = content.get(_SECTION)
    known = {*Act, "days"}
    if set(content) != {_SECTION} or not isinstance(section, dict) or not set(section) <= known:
        raise SettingsError(f"{file}: write one section [{_SECTION}] with {', '.join(sorted(known))}.")
    days = section.get("days", 7)
    if type(days) is not int or not 1 <= days <= _MOST_DAYS:
        raise SettingsError(f"{file}, [{_SECTION}]: write days as a whole number from 1 to {_MOST_DAYS}.")
    for act in Act:
        if not isinstance(section.get(act, False), bool):
            raise SettingsError(f"{file}, [{_SECTION}]: write {act} as true or false.")
    return DualControl(frozenset(act for act in Act if section.get(act, False)), days)


def agreed(
    places: Places,
    ledger: Ledger,
    act: Act,
    *,
    by: str,
    facts: Mapping[str, object],
    reason: str,
    confirm: int | None,
) -> Agreed:
    """Whether `act` may be done now: at once where one account is enough; where it takes two, only if `confirm` names a
    request for the same by another account. Without it a request is written to the audit log.

    `by`: the account, as the operating system tells it. `facts`: to what it is to be done. `reason`: not used where a
    request is confirmed, which has its own. Raises DualControlError, SettingsError.
    """
    control = read_dual_control(places.setting("keys.toml"))
    if act not in control.acts:
        if confirm is not None:
            raise DualControlError(
                f"Nothing waits to be confirmed: {act} takes one account (data/keys.toml)."
            )
        return Agreed(reason=reason)
    if confirm is None:
        number = ledger.ask_approval(act, by=by, role=_ROLE, reason=reason, facts=facts)
        return Agreed(request=number)
    given = ledger.approve(confirm, act, by=by, role=_ROLE, facts=facts, days=control.days)
    return Agreed(reason=given, confirmed=confirm)
