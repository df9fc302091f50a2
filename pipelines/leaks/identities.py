"""Which strings are identities: every value of the extracts that names or numbers somebody, as written and as read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

import polars as pl

from pipelines.contracts import CONTRACTS, Column, Kind, Part
from pipelines.decisions import Decision, permitted
from pipelines.landing import Landed
from pipelines.leaks.fold import fold

_SHORTEST_NAME = 3
_SHORTEST_NUMBER = 6
_SHORTEST_MIXED = 5
_LONG_NUMBER = 8
# A stretch of a case note as long as this is nobody else's words.
_NOTE_FROM, _NOTE_TO = 20, 60
# What is left of it without its marks must be as long as this.
_NOTE_LEAST = 12
# Somebody's address may be no more than the name of a ward; nobody's name, telephone number or e-mail address may be.
_WHOLE_NAMES = (Part.WHOLE_NAME, Part.WORKER_NAME, Part.PHONE, Part.EMAIL)
# Days, months, quarters and years: what slipped into a column of names would else be found in every release.
_TIMES = r"^((19|20)\d\d \d\d( \d\d)?|(19|20)\d\d \d\d q[1-4])$"


@dataclass(frozen=True)
class Identities:
    """Identities in folded form (`leaks.fold`), each once.

    `marked`: what cannot be there by chance: several words, or digits (numbers, addresses, e-mail addresses).
    `words`: single words of letters, such as a forename, which closed code lists may hold by chance. `names`: whole
    names of people, of one word too where a partner gave no more: no place may be called so. `people`: those of them
    that are put together of a forename and a surname, which a firm or a council has not. `texts`: how free texts begin.
    `births`: days of birth.
    """

    marked: Sequence[str]
    words: Sequence[str]
    names: frozenset[str] = frozenset()
    texts: Sequence[str] = ()
    people: frozenset[str] = frozenset()
    births: frozenset[date] = frozenset()

    def __repr__(self) -> str:
        return f"Identities({len(self.marked)} marked, {len(self.words)} words, {len(self.texts)} texts)"

    def name_somebody(self, places: Sequence[str]) -> set[str]:
        """Which of `places` are called like somebody, or hold somebody's name."""
        named = pl.Series("place", places, dtype=pl.String).to_frame()
        folded = named.with_columns(fold(pl.col("place")).alias("words")).iter_rows()
        return {place for place, words in folded if self.names & set(_stretches(words.split()))}


class IdentityCollector:
    """Collects every identity of the extracts, file by file, so that no file need be kept.

    Of good and quarantined rows alike, as the partner wrote it and as we read it: identifiers, direct identities, what
    quasi-identifiers are not named places, and the beginnings of free text.
    """

    def __init__(self) -> None:
        self._values: list[pl.Series] = []
        self._names: list[pl.Series] = []
        self._people: list[pl.Series] = []
        self._births: set[date] = set()
        self._texts: list[pl.Series] = []

    def __repr__(self) -> str:
        return "IdentityCollector(…)"

    def add(self, landed: Landed) -> None:
        """Collect the identities of one extract."""
        contract = CONTRACTS[landed.extract.contract]
        for column in contract.columns:
            values = [landed.frame[column.name].cast(pl.String)]
            # What stands where there is no number ("not known") is nobody's.
            nobodys = _stand_ins(landed, column)
            if column.name in landed.written:
                somebodys = landed.raw.filter(~pl.col("row").is_in(nobodys.implode()))
                values.append(somebodys[landed.written[column.name]])
            if column.kind is Kind.FREE_TEXT:
                self._texts += [_beginnings(series) for series in values]
            elif _names_somebody(contract.name, column):
                self._values += [_distinct(series) for series in values]
            if column.part is Part.DATE_OF_BIRTH:
                self._births.update(landed.frame[column.name].drop_nulls().to_list())
            if column.part in _WHOLE_NAMES:
                self._names += [_distinct(series) for series in values]
        for forename, surname in product(contract.parts(Part.FORENAME), contract.parts(Part.SURNAME)):
            whole = pl.concat_str(forename.name, surname.name, separator=" ")
            self._people.append(_distinct(landed.frame.select(whole.alias("value"))["value"]))

    def collect(self) -> Identities:
        """All identities collected, folded, each once."""
        names = _folded([*self._names, *self._people])
        people = _folded(self._people)
        whole = pl.concat([names, _turned(names)]).filter(pl.col("value").str.len_chars() >= _SHORTEST_NAME)
        values = pl.concat([_folded(self._values), names, _turned(names)]).unique()
        found = _sorted_out(values, whole["value"], _folded(self._texts)["value"])
        both = pl.concat([people, _turned(people)])["value"]
        return replace(found, people=frozenset(both), births=frozenset(self._births))


def _sorted_out(folded: pl.DataFrame, names: pl.Series, texts: pl.Series | None = None) -> Identities:
    value = pl.col("value")
    letters, digits = value.str.len_chars(), value.str.contains(r"\d")
    only_digits = value.str.contains(r"^[\d ]+$")
    several = value.str.contains(" ", literal=True)
    marked = (
        (only_digits & (value.str.count_matches(r"\d") >= _SHORTEST_NUMBER))
        | (~only_digits & digits & (letters >= _SHORTEST_MIXED))
        | (~digits & several & (letters >= _SHORTEST_MIXED))
    ) & ~value.str.contains(_TIMES)
    word = ~digits & ~several & (letters >= _SHORTEST_NAME)
    close = _written_otherwise(folded.filter(marked & digits))
    return Identities(
        marked=pl.concat([folded.filter(marked), close]).unique().sort("value")["value"].to_list(),
        words=folded.filter(word).sort("value")["value"].to_list(),
        names=frozenset(names),
        texts=() if texts is None else texts.filter(texts.str.len_chars() >= _NOTE_LEAST).sort().to_list(),
    )


def _folded(parts: Sequence[pl.Series]) -> pl.DataFrame:
    values = pl.concat([pl.Series("value", [], pl.String), *parts]).to_frame("value").unique()
    return values.select(fold(pl.col("value"))).unique().filter(pl.col("value") != "")


def _written_otherwise(numbers: pl.DataFrame) -> pl.DataFrame:
    """Numbers and postcodes without their blanks, and long numbers that lost the zeros in front."""
    joined = numbers.select(pl.col("value").str.replace_all(" ", "", literal=True))
    short = joined.filter(pl.col("value").str.len_chars() <= 16)
    bare = short.select(pl.col("value").str.strip_chars_start("0"))
    lost = bare.filter(
        pl.col("value").str.contains(r"^\d+$"), pl.col("value").str.len_chars() >= _LONG_NUMBER
    )
    return pl.concat([short.filter(~pl.col("value").str.contains(_TIMES)), lost])


def _turned(names: pl.DataFrame) -> pl.DataFrame:
    """Names with the surname first."""
    several = names.filter(pl.col("value").str.contains(r"^\S+ \S+( \S+)?$"))
    return several.select(pl.col("value").str.replace(r"^(.*) (\S+)$", "$2 $1"))


def _stretches(words: Sequence[str]) -> list[str]:
    return [
        " ".join(words[first:last])
        for first in range(len(words))
        for last in range(first + 1, len(words) + 1)
    ]


def _stand_ins(landed: Landed, column: Column) -> pl.Series:
    told = landed.remarks.filter(pl.col("column") == column.name, pl.col("remark") == "stand_in")
    return told["row"]


def _names_somebody(contract: str, column: Column) -> bool:
    if column.kind in (Kind.IDENTIFIER, Kind.DIRECT_IDENTITY):
        return True
    is_text = column.kind is Kind.QUASI_IDENTIFIER and column.type == "text"
    return is_text and Decision.NAMED_PLACE not in permitted(contract, column)


def _distinct(series: pl.Series) -> pl.Series:
    return series.drop_nulls().unique().rename("value")


def _beginnings(series: pl.Series) -> pl.Series:
    text = _distinct(series.str.strip_chars())
    return text.filter(text.str.len_chars() >= _NOTE_FROM).str.slice(0, _NOTE_TO)
