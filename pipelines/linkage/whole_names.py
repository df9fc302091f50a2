"""A landlord sends one field for a name: `MR D OKAFOR`, `Okafor, Daniel`, `OKAFOR D`, `Mr & Mrs D Okafor`."""

import polars as pl

from pipelines.linkage.names import folded

_TITLES = "(?:mr|mrs|ms|miss|mx|dr|prof|rev|sir|lady|master)"
# In brackets, or in front: of the whole, of another's name, or of the forename behind a comma. Elsewhere it is a name.
_TITLE = rf"(?i)[(\[]\s*{_TITLES}\.?\s*[)\]]|(^|,\s*|[&+/]\s*|\band\s+)(?:{_TITLES}\b\.?\s*)+"
_INITIAL = r"^\p{L}\.?$"
_AND = r"(?i)\s*(?:&|\+|/|\band\b)\s*"
_POSTCODE = r"(?i)\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\s*$"


def parse_whole_names(names: pl.Series, forenames: pl.Series, surnames: pl.Series) -> pl.DataFrame:
    """Each of `names` (String, nullable) as `forename`, `surname` (String, nullable; a forename may be an initial).

    `forenames`, `surnames`: the names of everybody else, with repeats: what of two words is the forename is told by
    them where nothing in the field says so. "Surname, Forename" is plain, and an initial is never a surname. Of people
    named together the first is taken ("Mr & Mrs D Okafor": D Okafor).
    """
    distinct = names.drop_nulls().unique().sort().to_frame("name")
    read = _in_words(distinct)
    read = read.join(
        _frequencies(forenames, "as_forename"), left_on="first_folded", right_on="word", how="left"
    )
    read = read.join(_frequencies(surnames, "as_surname"), left_on="last_folded", right_on="word", how="left")
    read = read.join(
        _frequencies(forenames, "last_as_forename"), left_on="last_folded", right_on="word", how="left"
    )
    read = read.join(
        _frequencies(surnames, "first_as_surname"), left_on="first_folded", right_on="word", how="left"
    )
    # One more than seen: a word that nobody else has says little either way.
    counts = {
        name: pl.col(name).fill_null(0) + 1
        for name in ("as_forename", "as_surname", "last_as_forename", "first_as_surname")
    }
    turned = (
        counts["last_as_forename"] * counts["first_as_surname"] > counts["as_forename"] * counts["as_surname"]
    )
    surname_first = turned & ~pl.col("by_initial")
    single = pl.col("before").is_null()
    comma = pl.col("after_comma").is_not_null()
    answer = read.select(
        "name",
        forename=pl.when(comma)
        .then("after_comma")
        .when(pl.col("by_initial"))
        .then("initial")
        .when(single)
        .then(None)
        .when(surname_first)
        .then("last")
        .otherwise("first"),
        surname=pl.when(comma)
        .then("before_comma")
        .when(pl.col("by_initial"))
        .then("plain")
        .when(single)
        .then("last")
        .when(surname_first)
        .then("before")
        .otherwise("rest"),
    )
    return names.to_frame("name").join(answer, on="name", how="left", maintain_order="left").drop("name")


def _in_words(distinct: pl.DataFrame) -> pl.DataFrame:
    """`distinct` with the words of each name: titles off, of people named together the first."""
    tidy = pl.col("name").str.replace_all(r"\s+", " ").str.strip_chars()
    bare = tidy.str.replace_all(_TITLE, "$1")
    parts = bare.str.replace_all(_AND, "&").str.strip_chars(" &,").str.split("&")
    first_party = parts.list.first().str.strip_chars()
    last_word = parts.list.last().str.strip_chars().str.extract(r"(\S+)$", 1)
    # "D & S Okafor": the surname stands with the last of them.
    alone = (parts.list.len() > 1) & ~first_party.str.contains(r"\S\s*[ ,]\s*\S")
    party = pl.when(alone).then(pl.concat_str(first_party, pl.lit(" "), last_word)).otherwise(first_party)
    comma = party.str.splitn(",", 2)
    words = party.str.replace_all(",", " ").str.replace_all(r"\s+", " ").str.strip_chars().str.split(" ")
    initials = words.list.eval(pl.element().filter(pl.element().str.contains(_INITIAL)))
    whole = words.list.eval(pl.element().filter(~pl.element().str.contains(_INITIAL)))
    outermost = pl.any_horizontal(
        words.list.get(at, null_on_oob=True).str.contains(_INITIAL).fill_null(False) for at in (0, -1)
    )
    plain = whole.list.join(" ")
    after = comma.struct.field("field_1").str.strip_chars().replace("", None)
    worded = distinct.with_columns(
        before_comma=pl.when(party.str.contains(",")).then(comma.struct.field("field_0").str.strip_chars()),
        # Of "Okafor, D A" the first initial; of "Okafor, Mary Ann" both words.
        after_comma=pl.when(party.str.contains(",")).then(
            pl.when(after.str.contains(r"^\p{L}\.?\s")).then(after.str.slice(0, 1)).otherwise(after)
        ),
        # "D A Okafor", "OKAFOR D A": what is no initial is the surname. "Daniel A Okafor" has both names in full.
        by_initial=outermost & (whole.list.len() > 0),
        initial=initials.list.first().str.slice(0, 1),
        plain=plain.replace("", None),
        first=plain.str.extract(r"^(\S+)", 1),
        rest=plain.str.extract(r"^\S+\s+(.*)$", 1),
        last=plain.str.extract(r"(\S+)$", 1),
        before=plain.str.extract(r"^(.*)\s+\S+$", 1),
    )
    return worded.with_columns(first_folded=folded(pl.col("first")), last_folded=folded(pl.col("last")))


def _frequencies(names: pl.Series, called: str) -> pl.DataFrame:
    """How often each word stands among `names`: `word`, and the number as `called`."""
    return (
        names.drop_nulls()
        .to_frame("word")
        .select(folded(pl.col("word")))
        .drop_nulls()
        .group_by("word")
        .agg(pl.len().cast(pl.Int64).alias(called))
    )


def postcode_at_end(address: pl.Expr) -> pl.Expr:
    """The postcode that an address ends with, upper case; null where it ends with none."""
    return address.str.replace_all(r"\s+", " ").str.extract(_POSTCODE, 0).str.strip_chars().str.to_uppercase()
