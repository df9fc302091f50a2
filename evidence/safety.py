"""How safe a release is: what was checked, whom somebody with the key could recognise, and what it was made with."""

from collections.abc import Mapping

import polars as pl

from evidence.chart import Chart
from evidence.display import in_words
from evidence.drawing import Drawing
from evidence.evidence import Evidence
from evidence.template import ACCENT, GREY, MAIN
from evidence.trust import Share
from evidence.words import count, day, in_chart, percent

# Measures end in these: nobody else, and fewer than four others, share what is said of somebody.
_ALONE, _FEW = "alone", "few"
# What somebody would have to know, by the measures that tell of it.
_KNOWING: Mapping[str, tuple[str, str]] = {
    "What a neighbour knows of a person": ("people_alone_to_a_neighbour", "people_few_to_a_neighbour"),
    "All that is said of a person": ("people_alone", "people_few"),
    "All that is said of a family": ("families_alone", "families_few"),
}
_CLASSES = ("Alone", "With up to three others", "With more")
_COLOURS = (ACCENT, GREY, MAIN)
_NAMES = {
    "schema": "Nothing but what is described",
    "forms": "Forms of columns",
    "numbers": "Check digits and forms",
    "patterns": "Recognisers of case notes",
}
_NOTES = {
    "themes": "Notes were read, counted by theme, and destroyed: no text is in the release.",
    "redacted": "Redacted texts are kept in the protected file, for the purpose and until the day named here.",
    "nothing": "Notes were not read: no text and no theme is in the release.",
}


def passed(evidence: Evidence) -> str | None:
    """What was checked before the release was published, in a sentence; None where the release does not say."""
    checked = _checks(evidence)
    if checked.is_empty():
        return None
    looked_at = checked["examined"].max()
    values = (
        f" About {looked_at:,} values were read back and looked at." if isinstance(looked_at, int) else ""
    )
    return f"All {checked.height} checks were passed before anybody could see this release.{values}"


def checks(evidence: Evidence) -> pl.DataFrame:
    """One row a check made on the release before it was published."""
    headings = ("Check", "What was checked", "Looked at", "Result")
    rows = [
        (
            _NAMES.get(row["name"], in_words(row["name"])),
            row["meaning"],
            count(row["examined"]),
            in_words(row["result"]),
        )
        for row in _checks(evidence).iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row")


def measures(evidence: Evidence) -> pl.DataFrame:
    """One row a measure of how many are alone with what is said of them, and the limit it was held against."""
    headings = ("Of", "How many", "Of them", "Share", "At most")
    rows = [
        (
            row["meaning"],
            count(row["examined"], row["examined_symbol"]),
            count(row["figure"], row["figure_symbol"]),
            _share(row).words,
            percent(row["most"]) or "no limit",
        )
        for row in _measures(evidence).iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row")


def share(evidence: Evidence, measure: str) -> Share:
    """One of these measures as a share; x where the release does not say."""
    rows = _measures(evidence).filter(pl.col("name") == measure)
    return _share(rows.row(0, named=True)) if rows.height else Share(None, "x")


def chart(evidence: Evidence) -> Chart | None:
    """How many people and families are alone with what is said of them; None where too little may be shown."""
    classes = _classes(evidence)
    if classes.is_empty():
        return None
    figure = Drawing()
    for name, colour in zip(_CLASSES, _COLOURS, strict=True):
        figure.add_bar(
            x=classes[name].to_list(),
            y=[in_chart(knowing, width=18) for knowing in classes["knowing"]],
            name=name,
            orientation="h",
            marker={"color": colour},
            hovertemplate="%{y}<br>" + name + ": %{x:.0f}%<extra></extra>",
        )
    figure.update_layout(barmode="stack", height=90 + 60 * classes.height, margin={"r": 28})
    figure.update_xaxes(range=[0, 100], ticksuffix="%")
    figure.update_yaxes(autorange="reversed", ticklabelstandoff=6)
    alone = ", ".join(
        f"{percent(value)} are alone with {knowing[:1].lower()}{knowing[1:]}"
        for knowing, value in classes.select("knowing", _CLASSES[0]).iter_rows()
    )
    table = classes.select(
        pl.col("knowing").alias("Knowing"),
        *(pl.Series(name, [percent(value) for value in classes[name]], dtype=pl.String) for name in _CLASSES),
    )
    release = evidence.release()
    source = f"{release.authority}, release {release.name}, as of {day(release.as_of)}"
    notes = ("Worked out from rounded counts.",)
    return Chart(figure, "Who would be alone with their facts?", f"{alone}.", table, notes, source)


def made_with(evidence: Evidence) -> pl.DataFrame:
    """What a data protection officer asks of a release: its rules, what became of notes, and the keys behind it."""
    facts = evidence.contents.manifest
    rows = [
        ("Figures", facts.get("profile_words", "")),
        ("Case notes", _NOTES.get(facts.get("notes", ""), "")),
        ("Purpose of redacted texts", facts.get("notes_purpose", "")),
        ("Kept until", facts.get("notes_until", "")),
        ("Model that looked for names", facts.get("notes_model", "")),
        ("Key behind the pseudonyms", facts.get("master_key_fingerprint", "")),
        ("Key behind the record keys", facts.get("record_key_fingerprint", "")),
        ("Framework", f"{facts.get('framework_title', '')} {facts.get('framework_version', '')}".strip()),
        ("Made by version", facts.get("code_version", "")),
    ]
    return pl.DataFrame(
        [row for row in rows if row[1]], schema={"What": pl.String, "Which": pl.String}, orient="row"
    )


def changed(evidence: Evidence) -> list[str]:
    """How figures are changed so that nobody can be found from them, in sentences."""
    release, facts = evidence.release(), evidence.contents.manifest
    said = [
        release.profile_words,
        f"19 of 20 figures are within {release.noise_usual} of the true count, and none was off by more than "
        f"{release.noise_most} when it was drawn. The same people always give the same figure, so asking again tells "
        "nothing.",
        f"Two figures that differ by less than {release.noise_change} may be the same, and this app calls nothing a "
        "difference that is smaller.",
        f"Nothing from 1 to {release.smallest} is ever shown: a 0 stands for none, or for very few.",
    ]
    kept = facts.get("kept_from", "none")
    if kept != "none":
        said.append(
            f"A figure that fewer than three people or families have joined or left since release {kept} is shown as "
            "it was then."
        )
    return said


def _checks(evidence: Evidence) -> pl.DataFrame:
    return evidence.privacy_checks().filter(pl.col("figure_symbol") == "z")


def _measures(evidence: Evidence) -> pl.DataFrame:
    return evidence.privacy_checks().filter(pl.col("figure_symbol").ne_missing(pl.lit("z")))


def _share(row: Mapping[str, object]) -> Share:
    whole, part = row["examined"], row["figure"]
    if not isinstance(whole, int) or not isinstance(part, int) or not whole:
        return Share(None, str(row["examined_symbol"] or row["figure_symbol"] or "c"))
    return Share(min(100 * part / whole, 100.0))


def _classes(evidence: Evidence) -> pl.DataFrame:
    """`knowing`, and the shares of the classes in per cent, where all of them may be shown."""
    rows = []
    for knowing, (alone, few) in _KNOWING.items():
        first, second = share(evidence, alone).value, share(evidence, few).value
        if first is not None and second is not None:
            rows.append((knowing, first, max(second - first, 0.0), 100 - max(first, second)))
    return pl.DataFrame(
        rows, schema={"knowing": pl.String, **dict.fromkeys(_CLASSES, pl.Float64)}, orient="row"
    )
