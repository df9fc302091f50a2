"""Places: wards and localities on the council's own map, and which of them differ by more than chance."""

import streamlit

from evidence import places
from evidence.access import Who
from evidence.boundaries import boundaries
from evidence.evidence import Evidence
from pages import parts


def page(evidence: Evidence, who: Who) -> None:
    """One measure by ward or locality: the map, the funnel plot (or bars) beside it, and the tables behind both."""
    if not parts.head(evidence, who, "places", "Does it differ from place to place?"):
        return
    evidence = parts.framework(evidence)
    levels = places.levels(evidence)
    if not levels:
        streamlit.info("This release knows no wards or localities, or nothing of them is for your role.")
        return
    first, second, third = streamlit.columns(3)
    with first:
        level = parts.choose("Places", levels, "level", everything=False)
    with second:
        offered = places.measures(evidence, level)
        measure = parts.choose("What is shown", offered, "shown", everything=False)
    where: dict[str, str] = {}
    if places.by_headline(evidence, measure):
        with third:
            headline = parts.choose(
                "Headline outcome", evidence.choices("headline", "needs_identified"), "headline"
            )
        where = {"headline": headline}
    parts.selection(evidence, where, by=level)
    where = {name: code for name, code in where.items() if code}
    found = evidence.kept(
        ("places", measure, level, *where.values()), lambda: places.compared(evidence, measure, level, where)
    )
    drawn = boundaries(evidence, found.level)
    left, right = streamlit.columns(2) if drawn else (None, streamlit.container())
    if drawn and left:
        with left:
            parts.draw(evidence, who, places.on_map(evidence, found, drawn), "map")
    with right:
        chart = evidence.kept(
            ("places beside", measure, level, *where.values()), lambda: places.beside(evidence, found)
        )
        parts.draw(evidence, who, chart, "beside")
    if drawn is None:
        streamlit.caption(
            "There is no map here: no boundary file in data/boundaries knows these places. "
            "data/boundaries/boundaries.toml says how to give it one."
        )


if __name__ == "__main__":
    parts.hand_over("places")
