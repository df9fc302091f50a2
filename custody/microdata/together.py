"""What an extract would give away together with those that were released before it.

Two extracts of one project share its tokens: whoever holds both sees them as one, in which a row's class is the pair of
its classes, and those who are in one of the two alone are a class too. Two of different projects share none; but
whoever knows somebody's class in each knows that what is sensitive is among the values of both (the composition
attack of Ganta, Kasiviswanathan and Smith, KDD 2008), joins rows by what both tell, and subtracts the one from the
other (custody.microdata.apart).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from custody.microdata.apart import alike_in_few, subtracted
from custody.microdata.given import CLASS, FAMILY, ROW, Given, counts, joined

_NOW, _EARLIER = " now", " earlier"
# Counts of people under this are not told.
_FEW = 10


@dataclass(frozen=True)
class Finding:
    """What one earlier extract and this one give away together. `families`: how many families the smallest class of
    both joined has, None where no token joins them; `narrowed`: of the people in both the part for whom the two leave
    no choice of a sensitive value, None where they tell none in common."""

    project: str
    export: int
    same_project: bool
    joined: bool
    families: int | None
    narrowed: float | None
    passed: bool
    words: str

    def as_json(self) -> dict[str, object]:
        """Safe figures alone: the smallest class of what failed is not told."""
        few = self.families is not None and self.families < _FEW and not self.passed
        return {
            "project": self.project,
            "export": self.export,
            "joined": self.joined,
            "families": None if few else self.families,
            "narrowed_per_cent": (
                None if self.narrowed is None or not self.passed else round(100 * self.narrowed, 1)
            ),
            "passed": self.passed,
            "words": self.words,
        }


def together(
    earlier: Sequence[Given],
    now: Given,
    *,
    narrowed: float = 0.0,
    facts: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Finding, ...]:
    """What each earlier extract and this one give away together, and, of those of its own project, what all of them do.
    `narrowed`: the part of the people in both, from 0 to 1, whose sensitive value may be left without a choice;
    `facts`: of sensitive columns what rows about other units tell alike (release.microdata)."""
    same = [one for one in earlier if one.unit == now.unit]
    few = alike_in_few(
        [one for one in same if not _tied(one, now)], now, [one for one in same if _tied(one, now)]
    )
    found = [_one(one, now, narrowed, facts, alike=one.export in few) for one in earlier]
    tied = [one for one in earlier if _tied(one, now)]
    if len(tied) > 1:
        found.append(_all(tied, now))
    return tuple(found)


def _tied(earlier: Given, now: Given) -> bool:
    return earlier.project == now.project and earlier.joinable and now.joinable


def _one(earlier: Given, now: Given, most: float, facts: Mapping[str, str], *, alike: bool) -> Finding:
    tied = _tied(earlier, now)
    least: int | None = None
    good, words = True, []
    if tied:
        cells = _cells(earlier, now)
        if cells is None:
            words.append("Rows of the two carry no token in common.")
            tied = False
        else:
            least, values = _least(cells, earlier, now)
            k, diverse = min(earlier.k, now.k), min(earlier.l, now.l)
            good = least >= k and values >= diverse
            words.append(
                f"Joined by the project's tokens, every class is of {least:,} families or more."
                if good
                else f"Joined by the project's tokens, a class has fewer than {k} families or {diverse} values."
            )
    part = _narrowed(earlier, now, facts)
    if part is not None:
        fine = part <= most
        good &= fine
        # Whoever asks again and again must not learn of how many: where it fails no part is told.
        told = "none" if not part else f"{100 * part:.1f} %" if fine else "too many"
        words.append(
            f"Of the people in both, {told} would be left with one possible value of what is sensitive "
            f"({100 * most:g} % is the most)."
        )
    elif earlier.unit == now.unit and not now.rows[ROW].is_in(earlier.rows[ROW].implode()).any():
        # After the master key was rotated every pseudonym is another, and so is every token.
        words.append(
            "None of its rows is known by its token any more: what the two tell together cannot be worked out."
        )
    elif not tied:
        words.append("They tell nothing sensitive in common of anybody who is in both.")
    if alike:
        good = False
        words.append("Rows could be joined by what both tell of them, and somebody be found among too few.")
    if not tied and earlier.unit == now.unit and subtracted(earlier, now):
        good = False
        words.append("The one subtracted from the other would show too few who are in one of them alone.")
    return Finding(
        earlier.project,
        earlier.export,
        earlier.project == now.project,
        tied,
        least,
        part,
        good,
        " ".join(words),
    )


def _all(earlier: Sequence[Given], now: Given) -> Finding:
    """All extracts of the project at once: classes that hold two by two may not hold three by three."""
    rows = now.rows.select(ROW, FAMILY, *now.sensitive, pl.col(CLASS).alias(_NOW))
    names = [_NOW]
    for place, one in enumerate(earlier):
        classes = joined(one, now.unit, now.rows, linked=bool(now.rows[" linked"].any()))
        if classes is not None:
            rows = rows.with_columns(classes.alias(f"{_EARLIER} {place}"))
            names.append(f"{_EARLIER} {place}")
    found = counts(rows, names, now.sensitive)
    good = found[FAMILY] >= now.k and all(found[name] >= now.l for name in now.sensitive)
    return Finding(
        now.project,
        now.export,
        True,
        True,
        found[FAMILY],
        None,
        good,
        "All extracts of the project joined: "
        + (
            f"every class is of {found[FAMILY]:,} families or more."
            if good
            else f"a class has fewer than {now.k} families or {now.l} values."
        ),
    )


def _cells(earlier: Given, now: Given) -> pl.DataFrame | None:
    """The rows of both, each with its class in the one and in the other; none where it is in one alone."""
    linked = bool(now.rows[" linked"].any())
    classes = joined(earlier, now.unit, now.rows, linked=linked)
    if classes is None:
        return None
    rows = now.rows.select(ROW, FAMILY, *now.sensitive, pl.col(CLASS).alias(_NOW), classes.alias(_EARLIER))
    if earlier.unit != now.unit:
        return rows
    told_before = [name for name in earlier.sensitive if name not in now.sensitive]
    before = earlier.rows.select(ROW, *told_before)
    rows = rows.join(before, on=ROW, how="left", maintain_order="left")
    gone = earlier.rows.join(now.rows.select(ROW), on=ROW, how="anti").select(
        ROW, FAMILY, *earlier.sensitive, pl.lit(None, pl.Int64).alias(_NOW), pl.col(CLASS).alias(_EARLIER)
    )
    return pl.concat([rows, gone], how="diagonal")


def _least(cells: pl.DataFrame, earlier: Given, now: Given) -> tuple[int, int]:
    """Of the joined classes the fewest families, and the fewest different values of a sensitive column."""
    by = [_NOW, _EARLIER]
    names = [name for name in dict.fromkeys((*now.sensitive, *earlier.sensitive)) if name in cells.columns]
    here = cells.group_by(*by).agg(
        pl.col(FAMILY).n_unique(),
        # A column that the rows of this cell do not have at all says nothing of them.
        *(
            pl.when(pl.col(name).is_null().all())
            .then(None)
            .otherwise(pl.col(name).drop_nulls().n_unique())
            .alias(name)
            for name in names
        ),
    )
    lowest = here.select(pl.min(FAMILY, *names)).row(0)
    values = [int(least) for least in lowest[1:] if least is not None]
    return int(lowest[0] or 0), min(values, default=max(earlier.l, now.l))


def _narrowed(earlier: Given, now: Given, facts: Mapping[str, str]) -> float | None:
    """Of those who are in both, the part for whom some sensitive value is the only one that their classes share. Where
    rows are about other units: of the families that have one row in each."""
    shared = [
        (name, other)
        for name in now.sensitive
        for other in earlier.sensitive
        if (name == other if earlier.unit == now.unit else facts.get(name, name) == facts.get(other, other))
    ]
    if not shared:
        return None
    on = ROW if earlier.unit == now.unit else FAMILY
    both = _once(now, on, _NOW).join(_once(earlier, on, _EARLIER), on=on)
    if not both.height:
        return None
    pairs = both.select(_NOW, _EARLIER).unique()
    alone = pairs.with_columns(pl.lit(False).alias("alone"))
    for name, other in shared:
        of_now = now.rows.select(pl.col(CLASS).alias(_NOW), pl.col(name).alias("told")).unique()
        of_earlier = earlier.rows.select(pl.col(CLASS).alias(_EARLIER), pl.col(other).alias("told")).unique()
        left = pairs.join(of_now, on=_NOW).join(of_earlier, on=[_EARLIER, "told"])
        one = left.group_by(_NOW, _EARLIER).agg((pl.len() == 1).alias("one"))
        alone = alone.join(one, on=[_NOW, _EARLIER], how="left").select(
            _NOW, _EARLIER, (pl.col("alone") | pl.col("one").fill_null(False)).alias("alone")
        )
    return float(both.join(alone, on=[_NOW, _EARLIER])["alone"].mean())  # type: ignore[arg-type]


def _once(one: Given, on: str, name: str) -> pl.DataFrame:
    """The class of everything that has just one row."""
    return one.rows.filter(pl.len().over(on) == 1).select(on, pl.col(CLASS).alias(name))
