"""How well identities were found in notes, against the truth.

A mention counts as found when every one of its characters lies in what was found, whatever kind it was taken for: a
name of which a letter is left can be read. Wrongly masked are characters outside all mentions that lie in what was
found; a title before a name and the ending of a possessive, or of a household's name, behind it belong to neither side.
A word that ought to survive is touched when one of its characters was masked. Of a note that was destroyed, nothing
stands any more: that loses all its characters, and finds no mention. Shares stand with 95 % intervals after Wilson,
which take every mention for a draw of its own: where a phrase comes again and again the truth may lie further off.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

import polars as pl

from benchmarks.notes_corpus import Note

# Where something was found: from, up to. None: the note was destroyed.
Found = Sequence[tuple[int, int]] | None
_TITLE: Final = re.compile(
    r"(?:mr|mrs|ms|miss|mx|dr|doctor|prof|rev|pc|dc|sgt|ds|di|pcso|insp|sister|nurse)\.?\s+$", re.IGNORECASE
)
_ENDING: Final = re.compile(r"(?:['’`]s?|s)(?!\w)", re.IGNORECASE)
_Z: Final = 1.959964
NUMBERS: Final = (
    "NHS_NUMBER",
    "UPN",
    "NINO",
    "POSTCODE",
    "PHONE",
    "EMAIL",
    "CASE_REFERENCE",
    "DATE_OF_BIRTH",
)
FURTHER_NUMBERS: Final = (
    "ULN", "PNC_ID", "ASN", "UPRN", "PASSPORT", "DRIVING_LICENCE", "BANK_ACCOUNT", "WEB_ADDRESS",
)  # fmt: skip


@dataclass(frozen=True)
class Scores:
    """`mentions`: one row each (`note, kind, form, role, origin, is_family_member, told, found`).

    `notes`: one row each, in characters and words (`note, outside, wrong, survive, touched, destroyed`).
    """

    mentions: pl.DataFrame
    notes: pl.DataFrame


@dataclass(frozen=True)
class Share:
    """So many of so many, and between which two shares the true one lies in 19 of 20 samples."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        return self.part / self.whole if self.whole else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.part, self.whole)


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval after Wilson of a share; everything where nothing was counted."""
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, _Z * _Z
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    half = _Z * sqrt(share * (1 - share) / whole + square / (4 * whole * whole)) / (1 + square / whole)
    return max(0.0, middle - half), min(1.0, middle + half)


def score(notes: Sequence[Note], found: Sequence[Found]) -> Scores:
    """What was found in each note against its truth. Raises ValueError where there is not one `found` for each note."""
    mentions, counts = [], []
    for note, spans in zip(notes, found, strict=True):
        masked = bytearray(len(note.text))
        for start, end in spans or ():
            masked[start:end] = b"\1" * (end - start)
        for one in note.mentions:
            mentions.append(
                (note.ref, one.kind, one.form, one.role, one.origin, one.is_family_member, one.told,
                 all(masked[one.start : one.end]))
            )  # fmt: skip
        if spans is None:
            masked = bytearray(b"\1" * len(note.text))
        apart = _not_counted(note)
        outside = len(apart) - sum(apart)
        wrong = sum(1 for here, kept in zip(masked, apart, strict=True) if here and not kept)
        touched = sum(1 for start, end in note.survive if any(masked[start:end]))
        counts.append((note.ref, outside, wrong, len(note.survive), touched, spans is None))
    return Scores(
        pl.DataFrame(mentions, schema=_MENTIONS, orient="row"),
        pl.DataFrame(counts, schema=_NOTES, orient="row"),
    )


_MENTIONS: Final = {
    "note": pl.String, "kind": pl.String, "form": pl.String, "role": pl.String, "origin": pl.String,
    "is_family_member": pl.Boolean, "told": pl.Boolean, "found": pl.Boolean,
}  # fmt: skip
_NOTES: Final = {
    "note": pl.String, "outside": pl.Int64, "wrong": pl.Int64, "survive": pl.Int64, "touched": pl.Int64,
    "destroyed": pl.Boolean,
}  # fmt: skip


def _not_counted(note: Note) -> bytearray:
    """Which characters are of a mention, of the title before it, or of the ending behind it."""
    apart = bytearray(len(note.text))
    for one in note.mentions:
        start, end = one.start, one.end
        if one.kind == "PERSON":
            if title := _TITLE.search(note.text[max(0, start - 12) : start]):
                start -= len(title.group())
            if ending := _ENDING.match(note.text, end):
                end = ending.end()
        apart[start:end] = b"\1" * (end - start)
    return apart


# --- what the targets are about ---

_PERSON: Final = pl.col("kind") == "PERSON"
_FAMILY: Final = _PERSON & pl.col("is_family_member") & pl.col("told")
# Name, which mentions, and the share to be reached.
ROWS: Final[Mapping[str, tuple[pl.Expr, float | None]]] = {
    "family members, all but misspelt": (_FAMILY & (pl.col("form") != "misspelt"), 0.999),
    "family members, misspelt": (_FAMILY & (pl.col("form") == "misspelt"), 0.98),
    "numbers, births, postcodes, …": (pl.col("kind").is_in(NUMBERS), 0.999),
    "the family's addresses": ((pl.col("kind") == "ADDRESS") & pl.col("is_family_member"), 0.995),
    "others' addresses": ((pl.col("kind") == "ADDRESS") & ~pl.col("is_family_member"), 0.95),
    "vehicles": (pl.col("kind") == "VEHICLE", 0.98),
    "social handles": (pl.col("kind") == "SOCIAL_HANDLE", 0.98),
    "schools and surgeries": (pl.col("kind").is_in(["SCHOOL", "SURGERY"]), 0.98),
    "people nobody told us of": (_PERSON & ~pl.col("told") & (pl.col("role") != "worker"), 0.93),
    "workers": (_PERSON & (pl.col("role") == "worker"), None),
    "further numbers": (pl.col("kind").is_in(FURTHER_NUMBERS), None),
}
# At most so many: characters that identify nobody, and words that ought to survive.
WRONG, TOUCHED = "characters wrongly masked", "words that survive, touched"
AT_MOST: Final = {WRONG: 0.015, TOUCHED: 0.005}


def shares(scores: Scores) -> dict[str, Share]:
    """Every row of `ROWS`, and both of `AT_MOST`."""
    out = {}
    for name, (which, _target) in ROWS.items():
        rows = scores.mentions.filter(which)
        out[name] = Share(int(rows["found"].sum()), rows.height)
    sums = scores.notes.select(pl.col("outside", "wrong", "survive", "touched").sum()).row(0, named=True)
    return {
        **out,
        WRONG: Share(sums["wrong"], sums["outside"]),
        TOUCHED: Share(sums["touched"], sums["survive"]),
    }


def by(scores: Scores, *columns: str, which: pl.Expr | None = None) -> dict[tuple[str, ...], Share]:
    """Shares found by what stands in those columns, in order."""
    rows = scores.mentions if which is None else scores.mentions.filter(which)
    counted = rows.group_by(columns).agg(pl.col("found").sum(), pl.len().alias("whole")).sort(columns)
    return {tuple(map(str, row[:-2])): Share(row[-2], row[-1]) for row in counted.iter_rows()}
