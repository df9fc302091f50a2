"""Sets documents that anybody can read: tagged, with a title and a language, and the same bytes each time.

What a document says reaches the typesetter as data, never as markup: whatever is in a value is shown, and does nothing.
"""

import json
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import typst

from custody.letters import shown

_HERE: Final = Path(__file__).parent
_HOUSE: Final = "house.typ"
# The standard for accessible documents: the typesetter refuses what a screen reader could not follow.
_STANDARD: Final = "ua-1"


class Document(StrEnum):
    """What can be set, each by a template of its own."""

    PACK = "pack.typ"
    SIGN_OFF = "sign_off.typ"
    RETURN = "return.typ"


class Typesetter:
    """Sets documents one after another. No font of the machine, no file and no network has a part in it."""

    def __init__(self) -> None:
        house = (_HERE / _HOUSE).read_bytes()
        self._templates = {one: house + (_HERE / one.value).read_bytes() for one in Document}
        self._compiler = typst.Compiler(ignore_system_fonts=True)

    def pdf(self, document: Document, content: dict[str, Any]) -> bytes:
        """`content` as PDF/UA-1, dated by its `as_of`: the day on which it is made has no part in its bytes."""
        as_of = date.fromisoformat(content["as_of"]["iso"])
        made = self._compiler.compile(
            self._templates[document],
            format="pdf",
            sys_inputs={"content": json.dumps(_shown(content), ensure_ascii=True)},
            pdf_standards=[_STANDARD],
            timestamp=datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC),
        )
        if not isinstance(made, bytes):
            raise TypeError("the typesetter gave no document")
        return made


def as_json(content: object) -> bytes:
    """The same for a machine: every value as the release or the ledger has it."""
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _shown(value: Any) -> Any:
    """The same with no letter in it that a document cannot show."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, dict):
        return {name: _shown(part) for name, part in value.items()}
    return [_shown(part) for part in value] if isinstance(value, list) else value
