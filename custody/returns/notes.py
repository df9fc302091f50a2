"""What a reader of a return must know, in sentences."""

from collections.abc import Mapping, Sequence
from typing import Any

from custody.returns.source import Source
from custody.wording import day_words
from release.returns import Template

_SYMBOLS = {
    "c": "c: withheld, so that nobody can be recognised.",
    "x": "x: not available.",
    "z": "z: cannot occur.",
    "low": "low: rounds to 0, but is more.",
    "u": "u: chance would move it too far to be worth showing.",
}


def notes_of(source: Source, template: Template, tables: Sequence[Mapping[str, Any]]) -> list[str]:
    """The notes of a return: how it was made safe, what symbols mean, and what nobody has checked yet."""
    notes = [
        f"Counted from the release {source.release}, which tells of everything up to {day_words(source.as_of)}."
    ]
    if template.profile == "publication":
        notes.append(source.rules.words)
    else:
        notes.append(
            f"The figures are those of the dashboard. {source.facts.get('profile_words', '')}".strip()
        )
    used = {symbol for table in tables for row in table["rows"] for _, symbol in row["cells"]}
    notes += [words for symbol, words in _SYMBOLS.items() if symbol in used]
    if any(table.of_claims for table in template.tables):
        notes.append(
            "Claims are counted in the ledger of claims, for the windows that closed in the period, and told exactly: "
            "they are the council's own acts. Claims that were rejected or withdrawn are told only where a column says "
            "so."
        )
    if not template.verified or template.unverified:
        notes.append(
            "The items were taken from descriptions of this return, and some from memory: not all of them are marked "
            "as compared with the form itself."
        )
    doubtful = [one["id"] for one in source.frameworks if one.get("checked") is False]
    if doubtful:
        notes.append(
            f"The framework {', '.join(doubtful)} was not the one that was activated when the release was made."
        )
    if source.facts.get("synthetic") == "true":
        notes.append("Every family in it is made up.")
    if source.authority.made_up:
        notes.append("The codes of the authority and its region are made up.")
    elif not source.authority.verified:
        notes.append("Nobody has yet compared the codes of the authority with the published ones.")
    return notes
