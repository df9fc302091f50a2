"""Which strings are identities: every value of the extracts that names or numbers somebody, as written and as read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.contracts import CONTRACTS, Column, Kind
from pipelines.decisions import NAMED_PLACE, decision
from pipelines.landing import Landed

_SHORTEST_NAME = 3
_SHORTEST_NUMBER = 6
_SHORTEST_MIXED = 5
# A stretch of a case note as long as this is nobody else's words.
_NOTE_FROM, _NOTE_TO = 20, 60


@dataclass(frozen=True)
class Identities:
    """Identities in folded form (`fold`), each once.

    `marked`: what cannot be there by chance: several words, or digits (numbers, addresses, e-mail addresses).
    `words`: single words of letters, such as a forename, which closed code lists may hold by chance.
    """

    marked: Sequence[str]
    words: Sequence[str]

    def __repr__(self) -> str:
        return f"Identities({len(self.marked)} marked, {len(self.words)} words)"


class IdentityCollector:
    """Collects every identity of the extracts, file by file, so that no file need be kept.

    Of good and quarantined rows alike, as the partner wrote it and as we read it: identifiers, direct identities, what
    quasi-identifiers are not named places, and the beginnings of free text.
    """

    def __init__(self) -> None:
        self._values: list[pl.Series] = []

    def __repr__(self) -> str:
        return "IdentityCollector(…)"

    def add(self, landed: Landed) -> None:
        """Collect the identities of one extract."""
        self._values += _of(landed)

    def collect(self) -> Identities:
        """All identities collected, folded, each once."""
        return _sorted_out(self._values)


def _sorted_out(parts: Iterable[pl.Series]) -> Identities:
    values = pl.concat([pl.Series("value", [], pl.String), *parts]).to_frame("value").unique()
    folded = (
        values.select(fold(pl.col("value")).alias("value"))
        .unique()
        .filter(pl.col("value") != "")
        .sort("value")
    )
    letters = pl.col("value").str.len_chars()
    digits = pl.col("value").str.contains(r"\d")
    only_digits = pl.col("value").str.contains(r"^[\d ]+$")
    several = pl.col("value").str.contains(r"[ @]")
    marked = (
        (only_digits & (pl.col("value").str.count_matches(r"\d") >= _SHORTEST_NUMBER))
        | (~only_digits & digits & (letters >= _SHORTEST_MIXED))
        | (~digits & several & (letters >= _SHORTEST_MIXED))
    )
    word = ~digits & ~several & (letters >= _SHORTEST_NAME)
    return Identities(
        marked=folded.filter(marked)["value"].to_list(),
        words=folded.filter(word & ~marked)["value"].to_list(),
    )


def fold(value: pl.Expr) -> pl.Expr:
    """A string as it is compared: lower case, every run of blanks one blank."""
    return value.str.replace_all(r"\s+", " ").str.strip_chars().str.to_lowercase()


def _of(landed: Landed) -> list[pl.Series]:
    contract = CONTRACTS[landed.extract.contract]
    partners = _partners_headings(landed)
    found: list[pl.Series] = []
    for column in contract.columns:
        read = landed.frame[column.name].cast(pl.String)
        written = [landed.raw[heading] for heading in partners.get(column.name, [])]
        if column.kind is Kind.FREE_TEXT:
            found += [_beginnings(series) for series in (read, *written)]
        elif _names_somebody(contract.name, column):
            found += [read, *written]
            found += [
                series.str.replace_all(r"\s+", "")
                for series in (read, *written)
                if column.kind is Kind.IDENTIFIER
            ]
    if {"forename", "surname"} <= set(landed.frame.columns):
        found += [
            landed.frame.select(pl.concat_str(first, last, separator=between))[first]
            for first, last, between in (("forename", "surname", " "), ("surname", "forename", ", "))
        ]
    return [series.drop_nulls().unique().rename("value") for series in found]


def _names_somebody(contract: str, column: Column) -> bool:
    if column.kind in (Kind.IDENTIFIER, Kind.DIRECT_IDENTITY):
        return True
    return (
        column.kind is Kind.QUASI_IDENTIFIER
        and column.type == "text"
        and decision(contract, column) != NAMED_PLACE
    )


def _beginnings(series: pl.Series) -> pl.Series:
    text = series.drop_nulls().str.strip_chars()
    return text.filter(text.str.len_chars() >= _NOTE_FROM).str.slice(0, _NOTE_TO)


def _partners_headings(landed: Landed) -> dict[str, list[str]]:
    """For each column of the contract, the partner's headings that are read as it."""
    columns = {_plain(heading): name for heading, name in landed.extract.columns.items()}
    headings: dict[str, list[str]] = {}
    for heading in landed.raw.columns:
        name = columns.get(_plain(heading), _plain(heading))
        headings.setdefault(name, []).append(heading)
    return headings


def _plain(heading: str) -> str:
    return " ".join(heading.split()).casefold()
