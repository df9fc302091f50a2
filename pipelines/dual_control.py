"""What takes two people: one asks, and another, under an account of their own, confirms (data/keys.toml).

The request lies in the audit log, whose chain has no key: whoever may write the file of the ledger, or the keys
themselves, is held up by nothing here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from ledger import DualControlError, Event, Ledger
from release.errors import DataFolderError, SettingsError
from release.places import Places
from release.pointer import releases
from release.settings_file import read_settings_file

_SECTION = "dual_control"
_MOST_DAYS = 365
_DAYS = 7
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
    Act.REIDENTIFY: "finding who a pseudonym is: `reidentify`, `why`, `worklist`",
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
    taking: Callable[[Ledger], object] | None = field(default=None, repr=False, compare=False)

    def take(self, ledger: Ledger) -> None:
        """Use up the request that was confirmed. Call it just before the act, when all is checked. Raises
        DualControlError where somebody else was quicker."""
        if self.taking is not None:
            self.taking(ledger)

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
    days = section.get("days", _DAYS)
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
    request for the same by another account, which is used up by `Agreed.take`. Without it a request is written to the
    audit log.

    `by`: the account, as the operating system tells it. `facts`: to what it is to be done. `reason`: not used where a
    request is confirmed, which has its own. Raises DualControlError, SettingsError, DataFolderError.
    """
    control = read_dual_control(places.setting("keys.toml"))
    _check_it_is_whole(places, ledger)
    _write_down_changes(ledger, control, by)
    if act not in control.acts:
        if confirm is not None:
            raise DualControlError(
                f"Nothing waits to be confirmed: {act} takes one account (data/keys.toml)."
            )
        return Agreed(reason=reason)
    if confirm is None:
        number = ledger.ask_approval(act, by=by, role=_ROLE, reason=reason, facts=facts)
        return Agreed(request=number)
    request = confirm

    def approve(book: Ledger, *, only_look: bool = False) -> str:
        return book.approve(
            request, act, by=by, role=_ROLE, facts=facts, days=control.days, only_look=only_look
        )

    return Agreed(reason=approve(ledger, only_look=True), confirmed=request, taking=approve)


def _check_it_is_whole(places: Places, ledger: Ledger) -> None:
    """Raises DataFolderError where settings and audit log are not those of the keys and releases: in a folder made of
    links to another's, its rules would hold for nothing."""
    home = places.data.resolve()
    for file in _what_counts(places):
        if not file.resolve().is_relative_to(home):
            raise DataFolderError(
                f"{file} is a link out of the data folder {places.data}. Give the folder that it leads to: --data DIR"
            )
    unknown = set(releases(places)) - ledger.published()
    if unknown:
        raise DataFolderError(
            f"The audit log {places.ledger} knows nothing of {len(unknown)} releases of {places.data}. Put back its "
            "newest copy. Where only the last run was interrupted, the next one writes it down."
        )


def _what_counts(places: Places) -> Iterator[Path]:
    yield places.identified
    for room in (places.keys, places.vault, places.protected_key.parent, places.releases):
        yield room
        yield from room.rglob("*")


def _write_down_changes(ledger: Ledger, control: DualControl, by: str) -> None:
    """Which acts take two goes into the audit log whenever it is not what it was."""
    now: dict[str, object] = {"acts": sorted(control.acts), "days": control.days}
    told = [one.detail for one in ledger.entries() if one.event == Event.DUAL_CONTROL_SET]
    before = dict(told[-1]) if told else {"acts": [], "days": _DAYS}
    if now != before:
        ledger.record(Event.DUAL_CONTROL_SET, actor=by, role=_ROLE, subject="keys.toml", detail=now)
