"""What was tried against the figures of a release before anybody saw it, and how far it got, in words for everybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import polars as pl

from evidence.chart import Chart
from evidence.display import in_words
from evidence.drawing import Drawing
from evidence.evidence import Evidence
from evidence.template import ACCENT, MAIN
from evidence.words import count, day, in_chart

# Rows of the table `attack` that tell what got out in all, and of what use the figures still are.
LEAK, SHOWN, ERROR = "leak_score", "use_shown", "use_error"
_SUMMARY: Final = (LEAK, SHOWN, ERROR)


@dataclass(frozen=True)
class _Attack:
    """What somebody would try, what it gets out of a plain dashboard (measured on public data: `make bench`), and
    how its figure is written: as `found` of those tried, as a `share`, or as `guesses` of which half are right by
    chance."""

    words: str
    plain: str
    style: str


_PLAIN_HIDES = "All of them, where only counts under 5 are hidden"
_ATTACKS: Final[Mapping[str, _Attack]] = MappingProxyType(
    {
        "exact_disclosures": _Attack(
            "Take everything that is shown together and work out what is withheld or changed",
            "49 of 103, where three tables were each made safe alone",
            "found",
        ),
        "exact_by_programs": _Attack(
            "Do the same for the smallest counts, by every total that they are in",
            "49 of 103, where three tables were each made safe alone",
            "found",
        ),
        "close_pairs": _Attack(
            "Look for a figure and a part of it that differ by one or two people: those are alone",
            "Any pair, where filters are free",
            "found",
        ),
        "reconstruction": _Attack(
            "Work the smallest counts out from all totals at once",
            _PLAIN_HIDES,
            "share",
        ),
        "reconstruction_by_others": _Attack(
            "Work the smallest counts out in the best of several other ways",
            "",
            "share",
        ),
        "this_is_a_one": _Attack(
            "Say of a count: it is one single person",
            "Right every time, where only counts under 5 are hidden",
            "share",
        ),
        "ones_by_others": _Attack(
            "Say of a count that it is one person, in the best of several other ways",
            "",
            "share",
        ),
        "one_more_or_nobody": _Attack(
            "Compare a figure with a part of it: does the larger hold one more, or nobody?",
            "Right every time, where filters are free",
            "guesses",
        ),
        "averaging": _Attack(
            "Look the same difference up in 25 pairs of tables, and average the changes away",
            "Finds the person, even in rounded figures",
            "guesses",
        ),
        "membership_between": _Attack(
            "Compare a figure with the release before: did somebody join or leave?",
            "",
            "guesses",
        ),
        "came_and_went": _Attack(
            "See a figure come or go since the release before: did somebody join or leave?",
            "",
            "guesses",
        ),
        "people_between": _Attack(
            "Know all about somebody, and look at all figures about people like them then and now: did they join?",
            "",
            "guesses",
        ),
        "silence": _Attack(
            "See that a figure is withheld: is there somebody, or nobody?",
            "",
            "guesses",
        ),
        "gap_is_a_one": _Attack(
            "Take every figure of the finest tables that is withheld for one single person",
            "",
            "share",
        ),
        "by_chance": _Attack(
            "Find two figures of few that happen to be about the same people, or one more. Of use only to somebody who "
            "knows all of them; the same people give the same figure",
            "",
            "found",
        ),
    }
)


@dataclass(frozen=True)
class Summary:
    """A release in two figures: `leak`, from 0 (no attack does better than guessing) to 100, and the `shown` share in
    per cent; and how far what is shown is off, by the root of the mean square (`error`). None: it is not told."""

    leak: float | None
    shown: float | None
    error: float | None


def summary(evidence: Evidence) -> Summary:
    """What the attacks on this release came to."""
    return _summary(_of(evidence, evidence.release().name))


def verdict(evidence: Evidence) -> str | None:
    """Whether the figures withstood what was tried, in a sentence; None where the release does not say."""
    tried = _tried(evidence)
    limited = tried.filter(pl.col("limit").is_not_null())
    if limited.is_empty():
        return None
    passed = limited.filter(pl.col("result") == "passed").height
    many = "both" if limited.height == 2 else f"all {limited.height}"
    if passed == limited.height:
        return (
            f"Before anybody saw it, this release was attacked as somebody determined would: it withstood {many} "
            "attacks that have a limit. One that does not is never published."
        )
    return f"This release withstood {passed} of {limited.height} attacks that have a limit."


def table(evidence: Evidence) -> pl.DataFrame:
    """One row an attack: what somebody would try, what they would get elsewhere and here, and whether that is within
    its limit."""
    headings = ("What somebody would try", "Against a plain dashboard", "Here", "Limit")
    rows = []
    for row in _tried(evidence).iter_rows(named=True):
        known = _words_of(row["attack"], row["meaning"])
        rows.append(
            (
                known.words,
                known.plain or "not measured",
                _got(row, known.style),
                _limit(row, known.style),
            )
        )
    return pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row")


def releases(evidence: Evidence) -> list[str]:
    """The releases of which the attacks are known, the oldest first."""
    return evidence.attacks()["release"].unique().sort().to_list()


def chart(evidence: Evidence) -> Chart | None:
    """The leak score and what is shown, from release to release; None where there is but one."""
    names = releases(evidence)
    if len(names) < 2:
        return None
    found = [_summary(_of(evidence, name)) for name in names]
    labels = [in_chart(name, 40) for name in names]
    figure = Drawing()
    for label, values, colour, dash, mark in (
        ("Figures shown, in per cent", [one.shown for one in found], MAIN, "solid", "circle"),
        ("Leak score, of 100", [one.leak for one in found], ACCENT, "dash", "diamond"),
    ):
        figure.add_scatter(
            x=labels,
            y=values,
            name=label,
            mode="lines+markers",
            connectgaps=False,
            line={"color": colour, "width": 2.5, "dash": dash},
            marker={"color": colour, "size": 9, "symbol": mark},
            customdata=[[_whole(value)] for value in values],
            hovertemplate="%{x}: %{customdata[0]}<extra>" + label + "</extra>",
        )
    figure.update_layout(height=320, showlegend=True)
    figure.update_xaxes(type="category", showgrid=False)
    figure.update_yaxes(range=[0, 105])
    frame = pl.DataFrame(
        {
            "Release": names,
            "Leak score": [_whole(one.leak) for one in found],
            "Figures shown": [f"{_whole(one.shown)}%" if one.shown is not None else "x" for one in found],
            "Typically off by": [_one_place(one.error) for one in found],
        }
    )
    alt = (
        f"Line chart over {len(names)} releases: the leak score went from {_whole(found[0].leak)} to "
        f"{_whole(found[-1].leak)}, figures shown from {_whole(found[0].shown)}% to {_whole(found[-1].shown)}%."
    )
    release = evidence.release()
    source = f"{release.authority}, release {release.name}, as of {day(release.as_of)}"
    notes = ("A lower leak score is safer, and more figures shown are of more use.",)
    return Chart(figure, "Does it stay safe, and of use?", alt, frame, notes, source)


def _of(evidence: Evidence, release: str) -> pl.DataFrame:
    return evidence.attacks().filter(pl.col("release") == release)


def _tried(evidence: Evidence) -> pl.DataFrame:
    """The attacks on this release, those with a limit first."""
    rows = _of(evidence, evidence.release().name).filter(~pl.col("attack").is_in(_SUMMARY))
    known = {name: place for place, name in enumerate(_ATTACKS)}
    order = pl.col("attack").replace_strict(known, default=len(known), return_dtype=pl.Int64)
    return rows.sort(pl.col("limit").is_null(), order, "attack")


def _summary(rows: pl.DataFrame) -> Summary:
    figures = dict(rows.select("attack", "figure").iter_rows())

    def thousandths(name: str, times: float) -> float | None:
        value = figures.get(name)
        return None if value is None else value / 1000 * times

    return Summary(thousandths(LEAK, 1), thousandths(SHOWN, 100), thousandths(ERROR, 1))


def _words_of(attack: str, meaning: str) -> _Attack:
    """An attack on an earlier release has a number at its end."""
    stem, _, number = attack.rpartition("_")
    if number.isdigit() and stem in _ATTACKS:
        known = _ATTACKS[stem]
        words = known.words.replace("the release before", f"the release {number} before")
        return _Attack(words, known.plain, known.style)
    return _ATTACKS.get(attack) or _Attack(meaning, "", "number")


def _got(row: Mapping[str, Any], style: str) -> str:
    if style == "found":
        found, examined = count(row["found"] or 0), count(row["examined"] or 0)
        return f"none of {examined}" if not row["found"] else f"about {found} of {examined}"
    return _written(row["figure"], style)


def _limit(row: Mapping[str, Any], style: str) -> str:
    if row["limit"] is None:
        return "No limit: told only"
    held = {"passed": "Withstood"}.get(row["result"], in_words(row["result"]))
    most = "none" if style == "found" and not row["limit"] else f"at most {row['limit'] / 10:g} of 100"
    return f"{held}: {most} may" if most == "none" else f"{held}: {most}"


def _written(thousandths: int | None, style: str) -> str:
    if thousandths is None:
        return "nothing to try it on"
    hundredths = f"{thousandths / 10:.0f} of 100"
    if style == "guesses":
        return f"{hundredths} right; 50 is chance"
    return hundredths if style == "share" else f"{thousandths / 1000:g}"


def _whole(value: float | None) -> str:
    return "x" if value is None else f"{value:.0f}"


def _one_place(value: float | None) -> str:
    return "x" if value is None else f"{value:.1f}"
