"""Names as they are compared: folded to plain letters, in words, with the forms that one person goes by."""

from collections.abc import Mapping, Sequence

import polars as pl

# Letters that no accent was put on, so that taking accents off leaves them.
_PLAIN = {
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th",
}  # fmt: skip
# Before a forename or a surname, and no part of it.
_TITLES = r"^(?:(?:mr|mrs|ms|miss|mx|dr|prof|rev|sir|lady|master) )+"


def folded(text: pl.Expr) -> pl.Expr:
    """Lower case, accents off, every run of what is no letter one space; null for nothing. Any alphabet stays."""
    plain = (
        text.str.normalize("NFKD").str.to_lowercase().str.replace_many(list(_PLAIN), list(_PLAIN.values()))
    )
    words = (
        plain.str.replace_all(r"\p{M}", "").str.replace_all("['’‘ʼ`´]", "").str.replace_all(r"[^\p{L}]+", " ")
    )
    return words.str.strip_chars().str.replace(_TITLES, "").str.strip_chars().replace("", None)


def letters(text: pl.Expr) -> pl.Expr:
    """A name as one word of plain letters; null for nothing."""
    return folded(text).str.replace_all(" ", "", literal=True)


def first_word(text: pl.Expr) -> pl.Expr:
    """The first word of a name, folded: of "Mei Ling" it is "mei", of "Ellie-Mae" it is "ellie"."""
    return folded(text).str.extract(r"^(\S+)", 1)


class Forms:
    """Which forenames are forms of one another: "bill" and "william", and not "bill" and "bella"."""

    def __init__(self, diminutives: Mapping[str, Sequence[str]]) -> None:
        written = [(short, full) for full, shorts in diminutives.items() for short in shorts]
        listed = pl.DataFrame(written, schema={"name": pl.String, "full": pl.String}, orient="row")
        pairs = listed.select(first_word(pl.all())).drop_nulls().unique().sort("name", "full").rows()
        self._full = pl.DataFrame(pairs, schema={"name": pl.String, "full": pl.String}, orient="row")
        self._roots: dict[str, frozenset[str]] = {}
        for short, full in pairs:
            self._roots[short] = self._roots.get(short, frozenset()) | {full}

    def roots(self, names: pl.Series) -> pl.DataFrame:
        """Every distinct non-null name: `name`, `roots` (List(String)): itself and what it may be short for."""
        distinct = names.drop_nulls().unique().sort().to_frame("name")
        both = pl.concat([distinct.select("name", full="name"), distinct.join(self._full, on="name")])
        return both.group_by("name").agg(pl.col("full").unique().sort().alias("roots")).sort("name")

    def of(self, name: str) -> frozenset[str]:
        """The name itself and the names it may be short for."""
        return self._roots.get(name, frozenset()) | {name}
