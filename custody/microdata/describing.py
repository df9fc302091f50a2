"""What an extract says of itself: its dictionary, and how it was made safe."""

from collections.abc import Mapping, Sequence

import polars as pl

from custody.microdata.report import told_loss
from custody.microdata.rows import tells_needs
from custody.packages import PackageColumn
from disclosure.microdata import Anonymised, Hierarchy
from release.microdata import TOP, Asked, Column, Dates, Microdata, Part, codes_of

_DERIVED = "HMAC-SHA256 under the project's key, 24 hexadecimal digits. Tokens of two projects have nothing in common."


def described(
    columns: Sequence[Column],
    tokens: Sequence[str],
    done: Anonymised,
    hierarchies: Mapping[str, Hierarchy],
    dimensions: pl.DataFrame,
    asked: Asked,
) -> tuple[PackageColumn, ...]:
    """The dictionary: tokens first, then the columns as they were asked for."""
    told = [
        PackageColumn(
            name,
            f"{name.removesuffix('_token').capitalize()}, by a token",
            "stands for it in this project alone",
            derivation=_DERIVED,
            disclosure="Replaces the pseudonym of the protected file, which nobody is given.",
            nullable=False,
        )
        for name in tokens
    ]
    return (*told, *(_column(column, done, hierarchies, dimensions, asked) for column in columns))


def _column(
    column: Column,
    done: Anonymised,
    hierarchies: Mapping[str, Hierarchy],
    dimensions: pl.DataFrame,
    asked: Asked,
) -> PackageColumn:
    words = dict(codes_of(column, dimensions))
    codes = list(words)
    if column.part is Part.QUASI:
        codes = list(dict.fromkeys(label for level in hierarchies[column.name].labels for label in level))
    if column.calendar:
        # No list that everybody has: a month that is written nowhere would be told as some family's own.
        written = set(done.records[column.name])
        codes = [code for code in codes if code in written]
    return PackageColumn(
        column.name,
        column.label,
        column.meaning,
        unit=column.unit or ("month" if column.calendar else ""),
        codes=tuple((code, words.get(code) or _words(code)) for code in codes),
        derivation=f"From {column.source} of the release.",
        disclosure=_done_to(column, done, hierarchies, asked),
        nullable=False,
    )


def _words(code: str) -> str:
    return "Not told" if code == TOP else code


def _done_to(column: Column, done: Anonymised, hierarchies: Mapping[str, Hierarchy], asked: Asked) -> str:
    if column.part is Part.SENSITIVE:
        return (
            f"Written as it is. Every class of rows that are alike in all quasi-identifiers has at least {asked.l} "
            f"different values, and its spread of them is within {asked.t:g} of that of all rows."
        )
    if column.part is Part.KEPT:
        return "Written as it is."
    hierarchy = hierarchies[column.name]
    levels = {
        label: level for level, labels in reversed(list(enumerate(hierarchy.labels))) for label in labels
    }
    at = done.records[column.name].replace_strict(levels, return_dtype=pl.Int64)
    shares = [100 * (at == level).sum() / max(len(at), 1) for level in range(hierarchy.levels)]
    parts = [f"{shares[0]:.0f} % of cells as they were"]
    parts += [f"{share:.0f} % on level {level}" for level, share in enumerate(shares[1:-1], 1)]
    parts.append(f"{shares[-1]:.0f} % not told ({TOP})")
    moved = (
        " Before that, moved by as many months for all of a family."
        if column.calendar and asked.dates is Dates.SHIFTED
        else ""
    )
    loss = told_loss(done).columns[column.name]
    return f"Made coarser where needed: {', '.join(parts)}.{moved} Loss (NCP): {loss:.3f}."


def method(microdata: Microdata, asked: Asked, own_tokens: bool, others: bool) -> tuple[str, ...]:
    """How an extract was made safe, in paragraphs."""
    sensitive = [name for name in asked.columns if microdata.columns[name].part is Part.SENSITIVE]
    told = [
        f"Rows about a {asked.unit} from the pseudonymous rows of one release. No name, no day, no address, no free "
        "text, no worker and no record of a partner is among what can be asked for.",
        f"k-anonymity (Samarati and Sweeney 1998), k = {asked.k}, counted in families: rows that are alike in all "
        "columns that somebody might be known by are of at least so many different families. Five siblings who are "
        "alike are one family.",
        "Reached by local recoding along published hierarchies (Xu et al. 2006; LeFevre et al. 2006): a rare row is "
        f"written coarser, its frequent neighbours are not. Up to {100 * asked.limit:g} % of the rows may be left out.",
    ]
    if asked.framework and tells_needs(asked, (microdata.columns[name] for name in asked.columns)):
        told.append(f"Needs, and what became of them, are those of the framework {asked.framework}.")
    if sensitive:
        told.append(
            f"For {', '.join(sensitive)}: distinct l-diversity, l = {asked.l} (Machanavajjhala et al. 2007), and "
            f"t-closeness with equal distances, t = {asked.t:g} (Li et al. 2007), for each column by itself."
        )
    if asked.dates is Dates.SHIFTED:
        told.append(
            f"Months are moved by up to {microdata.shift} months either way, all of a family alike and otherwise for "
            "each project, within the first and last month of all rows; what lies between two months stays. Moved "
            "months are quasi-identifiers as others are."
        )
    if asked.linked and asked.unit != "family":
        told.append(
            f"Rows of one family carry one token where at least {asked.k} families have rows in just the same classes. "
            "All other rows carry a family token of their own, which joins nothing."
        )
    if others:
        told.append(
            "Held against every extract released before, to whatever project: where both tell the same column, rows "
            "that share both classes keep to k and l, and so do those by which the one is more than the other. "
            + (
                "Its tokens are its own: they join no other extract of the project, which together with them would "
                "have made people known."
                if own_tokens
                else "Its tokens join the other extracts of the project; joined, every class keeps to k and l."
            )
        )
    told.append("The order of the rows is that of what is written, and tells nothing.")
    return tuple(told)
