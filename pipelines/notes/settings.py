"""What becomes of notes and other free texts: `[notes]` of the privacy policy (`data/privacy.toml`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from pipelines.days import days_in
from release.errors import SettingsError

_LONGEST_PURPOSE = 200
_KNOWN = ("keep", "purpose", "until", "no_names")


class Keep(StrEnum):
    """What a run keeps of texts."""

    THEMES = "themes"
    REDACTED = "redacted"
    NOTHING = "nothing"


@dataclass(frozen=True)
class NotesPolicy:
    """What is kept of texts, and, where redacted texts are, for which purpose and until which day.

    `no_names`: what stands in a cell in place of somebody's name.
    """

    keep: Keep = Keep.THEMES
    purpose: str = ""
    until: date | None = None
    no_names: tuple[str, ...] = ()

    def on(self, day: date) -> Keep:
        """What is kept on `day`: redacted texts until their last day, and themes alone after it."""
        if self.keep is Keep.REDACTED and (self.until is None or day > self.until):
            return Keep.THEMES
        return self.keep


def read_notes_policy(file: Path, content: Mapping[str, object]) -> NotesPolicy:
    """The policy for texts in the content of `file`; where it says nothing, themes.

    Raises SettingsError, with the place and the fix, where it holds a mistake.
    """
    table = content.get("notes", {})
    where = f"{file}, [notes]"
    if not isinstance(table, dict):
        raise SettingsError(f'{where}: write [notes] and below it keep = "themes".')
    for key in table:
        if key not in _KNOWN:
            raise SettingsError(f"{where}: {key} is no setting. Known are: {', '.join(_KNOWN)}.")
    no_names = table.get("no_names", [])
    if not isinstance(no_names, list) or not all(isinstance(one, str) and one.strip() for one in no_names):
        raise SettingsError(f'{where} no_names: write a list of words, like ["unknown", "unborn"].')
    keep = table.get("keep", Keep.THEMES.value)
    if keep not in list(Keep):
        raise SettingsError(f'{where} keep: write "themes", "redacted" or "nothing".')
    if keep != Keep.REDACTED:
        for key in ("purpose", "until"):
            if key in table:
                raise SettingsError(
                    f'{where}: {key} goes with keep = "redacted" alone. Take it out, or keep redacted texts.'
                )
        return NotesPolicy(Keep(keep), no_names=tuple(no_names))
    return NotesPolicy(Keep.REDACTED, _purpose(where, table), _until(where, table), tuple(no_names))


def _purpose(where: str, table: Mapping[str, object]) -> str:
    purpose = table.get("purpose")
    if not isinstance(purpose, str) or not purpose.strip() or len(purpose) > _LONGEST_PURPOSE:
        raise SettingsError(
            f"{where} purpose: say in up to {_LONGEST_PURPOSE} characters what redacted texts are kept for."
        )
    if not purpose.isprintable():
        raise SettingsError(f"{where} purpose: write it in one line.")
    if any(days_in(purpose)):
        raise SettingsError(f"{where} purpose: write it without a day: it might be somebody's day of birth.")
    return purpose.strip()


def _until(where: str, table: Mapping[str, object]) -> date:
    until = table.get("until")
    # A moment is a day too, to Python.
    if type(until) is not date:
        raise SettingsError(
            f"{where} until: write the last day for which redacted texts are kept, like 2027-03-31, without quotes."
        )
    return until
