"""Which words are ordinary, and which are names, in folded form (see `folding`).

The lists lie in `data/notes/`: large ones packed (see LICENCES.md there), and two that a council may add to:
`vocabulary.txt`, words of the work itself, and `names.txt`.
"""

import gzip
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pipelines.notes.folding import folded
from release.errors import SettingsError
from release.places import PROJECT

FOLDER = PROJECT / "data" / "notes"
_ONE_TO_A_LINE = "phrases"
_SECTIONS = {
    "vocabulary.txt": ("abbreviations", "words", "institutions", "medicine", "places", "phrases"),
    "names.txt": (
        "names before all",
        "forenames that are words",
        "forenames that are mostly words",
        "forenames",
        "surnames",
    ),
}


def sections(file: Path) -> dict[str, tuple[str, ...]]:
    """The words of each section of one of our own lists, folded.

    Raises SettingsError, with the place and the fix, where the file cannot be read or has a section that is not known.
    """
    known = _SECTIONS[file.name]
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read as UTF-8 text. Restore it from the package.") from error
    out: dict[str, list[str]] = {name: [] for name in known}
    section = ""
    for number, line in enumerate(lines, 1):
        text = folded(line.strip())
        if text.startswith("["):
            section = text.strip("[]")
            if section not in known:
                raise SettingsError(f"{file}, line {number}: no such section. There are: {', '.join(known)}.")
        elif text and not text.startswith("#"):
            if not section:
                raise SettingsError(
                    f"{file}, line {number}: a word before the first section. Move it into one."
                )
            out[section] += [text] if section == _ONE_TO_A_LINE else text.split()
    return {name: tuple(found) for name, found in out.items()}


@cache
def vocabulary() -> Mapping[str, tuple[str, ...]]:
    """The words of the work itself, by section of `vocabulary.txt`."""
    return sections(FOLDER / "vocabulary.txt")


@cache
def _own_names() -> Mapping[str, tuple[str, ...]]:
    return sections(FOLDER / "names.txt")


@cache
def _packed(name: str) -> frozenset[str]:
    return frozenset(gzip.decompress((FOLDER / f"{name}.txt.gz").read_bytes()).decode().split("\n")) - {""}


@cache
def words() -> frozenset[str]:
    """Ordinary English words, as they stand in the lower case of a dictionary, and those of the work itself.

    Names that are words too are among them (mark, may, summer, will, hope); words that nobody writes but as a name
    (peter, john, jenny) are not.
    """
    own = vocabulary()
    return _packed("words").union(own["words"], own["institutions"], own["medicine"])


@cache
def rare_words() -> frozenset[str]:
    """Words that stand in large dictionaries only, and are nobody's name."""
    return _packed("rare_words")


@cache
def forenames() -> frozenset[str]:
    """Forenames in use in England, of every origin."""
    own = _own_names()
    return _packed("forenames").union(
        own["names before all"],
        own["forenames that are words"],
        own["forenames that are mostly words"],
        own["forenames"],
    )


@cache
def surnames() -> frozenset[str]:
    """Surnames in use in England, of every origin."""
    return _packed("surnames").union(_own_names()["surnames"], _packed("surnames_that_are_words"))


@cache
def forenames_that_are_words() -> frozenset[str]:
    """Forenames that are ordinary words too, and are names wherever a capital stands where none need be."""
    own = _own_names()
    return frozenset(own["forenames that are words"]).difference(own["names before all"])


@cache
def weak_names() -> frozenset[str]:
    """Names that have a capital for other reasons, or are words more often: something beside them must tell."""
    own = _own_names()
    weak = _packed("surnames_that_are_words").union(own["forenames that are mostly words"])
    return weak.difference(own["names before all"])


@cache
def places() -> frozenset[str]:
    """Towns, counties and countries that a text may name without telling where anybody lives."""
    return _packed("places").union(vocabulary()["places"])


@cache
def abbreviations() -> frozenset[str]:
    """What practitioners write in capitals."""
    return frozenset(vocabulary()["abbreviations"])


@cache
def institutions() -> frozenset[str]:
    """Words that make what stands before them the name of a place, a service or a thing."""
    return frozenset(vocabulary()["institutions"])


@cache
def never_names() -> frozenset[str]:
    """Words of the work itself, the calendar, brands, peoples and medicines: no name, however they are written."""
    own = vocabulary()
    return frozenset(own["words"]).union(own["medicine"]) - forenames_that_are_words()


@cache
def phrases() -> Mapping[str, tuple[str, ...]]:
    """Phrases that read like a name and are none, by their first word without its possessive ending."""
    out: dict[str, list[str]] = {}
    for phrase in vocabulary()[_ONE_TO_A_LINE]:
        out.setdefault(phrase.split(" ")[0].removesuffix("'s"), []).append(phrase)
    return {first: tuple(found) for first, found in out.items()}
