"""What will be in a release, as frames, and what it is held against."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from disclosure import CellKeys, Rounding
from pipelines.publication.uniqueness import MEASURES, Limits


class Check(StrEnum):
    """Everything that is checked before a release is published. A closed list."""

    SCHEMA = "schema"
    CLOSED_LISTS = "closed_lists"
    FORMS = "forms"
    THRESHOLDS = "thresholds"
    IDENTITIES_IN_VALUES = "identities_in_values"
    IDENTITIES_IN_BYTES = "identities_in_bytes"
    IDENTITIES_IN_LOG = "identities_in_log"
    NUMBERS = "numbers"
    PATTERNS = "patterns"
    UNIQUENESS = "uniqueness"
    # What only an existing release can be asked.
    FIGURES = "figures"
    FOLDER = "folder"
    UNCHANGED = "unchanged"


CHECKS: Mapping[str, str] = {
    Check.SCHEMA: "There is no table, column, view, fact of the manifest or anything else but what is described.",
    Check.CLOSED_LISTS: "Every value of a column closed by a code list is on its list, and all other words are ours.",
    Check.FORMS: (
        "Every pseudonym, digest, month and number has the form of its column: a pseudonym is 24 hexadecimal digits, a "
        "digest 64, a count has less than nine."
    ),
    Check.THRESHOLDS: (
        "Every figure is one that was made safe: none lies between zero and the smallest that is shown, none belongs "
        "to a question that is not shown, and every count of rows reaches the threshold and is rounded."
    ),
    Check.IDENTITIES_IN_VALUES: (
        "No name, number, address or other identity of the extracts is in any value of either file, "
        "read back as text, numbers too."
    ),
    Check.IDENTITIES_IN_BYTES: (
        "None is in the raw bytes of anything in the release's folder, pages that are in no table included; what is "
        "compressed in them was read back as values."
    ),
    Check.IDENTITIES_IN_LOG: "None is in the log of the run.",
    Check.NUMBERS: (
        "No text and no number, known or not, is or holds a number that passes the check digit of an NHS, pupil or "
        "learner number, nor anything formed like a National Insurance or police number, a postcode, a telephone "
        "number or an e-mail address."
    ),
    Check.PATTERNS: "The recognisers that read case notes find nothing in any text.",
}
# Said only where an existing release is verified.
AGAIN: Mapping[str, str] = {
    Check.UNIQUENESS: (
        "No more people or families are alone with what is said of them than data/disclosure.toml lets be."
    ),
    Check.FIGURES: (
        "The figures are those that the protected file gives, and withstand every attack, made on them once more."
    ),
    Check.FOLDER: "The folder holds the two files and the manifest, and nothing else.",
    Check.UNCHANGED: "Every table, and the manifest, are as they were published.",
}


class Result(StrEnum):
    """What came of a check or a measure. There is no "failed": such a release is not published."""

    PASSED = "passed"
    MEASURED = "measured"


@dataclass(frozen=True)
class Lists:
    """What the values of a release are held against.

    `codes`: for each closed column of either file ("table.column"), its list. `own_words`: every text that this
    software brings itself; `named_places`: places that many families share; `authority`: the council's name.
    """

    codes: Mapping[str, frozenset[str]]
    own_words: frozenset[str]
    named_places: frozenset[str]
    authority: str = ""


@dataclass(frozen=True)
class Content:
    """The frames of both files, by table (release.schema says which columns), and what they are checked by.

    `facts`: name and value of what the manifest says; `model`: what likely pairs of records were weighed by, for the
    manifest.json alone. `profile`: what figures keep to; `rows`: what counts of rows do. `limits`: how many people may
    be alone with what is said of them. `notes`: what whoever makes the release should know.
    """

    protected: Mapping[str, pl.DataFrame]
    answers: Mapping[str, pl.DataFrame]
    lists: Lists
    facts: Mapping[str, str]
    inputs: pl.DataFrame
    profile: CellKeys
    rows: Rounding
    limits: Limits
    model: Mapping[str, object]
    notes: tuple[str, ...] = ()


# Facts of a release that the council wrote, and that may be any words.
FROM_OUTSIDE = ("authority", "notes_purpose")
NAMES = frozenset({*CHECKS, *MEASURES})
