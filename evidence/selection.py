"""What a page is about, in words: which part of the council, which outcomes, broken down by what, as of when."""

from collections.abc import Mapping

from evidence.evidence import Evidence
from evidence.words import day


def in_words(evidence: Evidence, where: Mapping[str, str], by: str = "") -> str:
    """A line such as "Every locality, North team, by ward: as of 31 October 2026.".

    `where`: the chosen code of every dimension that can be chosen, "" where all are meant. A code that is on no list of
    the reader's is left out: nothing that came from an address is repeated.
    """
    said = []
    for dimension, code in where.items():
        label = evidence.dimension_label(dimension)
        if not code:
            said.append(f"every {label.lower()}")
            continue
        chosen = [one.label for one in evidence.choices(dimension) if one.code == code]
        said.extend(chosen)
    if by:
        said.append(f"by {evidence.dimension_label(by).lower()}")
    part = evidence.scope_label()
    alone = f"{part} alone" if part else ""
    words = ", ".join(said)
    words = f"{words} ({alone})" if words and alone else words or alone or "the whole council"
    return f"{words[:1].upper()}{words[1:]}: as of {day(evidence.release().as_of)}."
