"""What every page is put together from: its head, headline figures, charts with their tables, and its foot."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

import polars as pl
import streamlit

from evidence import files
from evidence.access import Who
from evidence.answers import Answer
from evidence.attention import Notice
from evidence.charts import Chart
from evidence.display import harmless
from evidence.drawing import Drawing
from evidence.evidence import Evidence
from evidence.moving import Moved, Outcome
from evidence.selection import in_words
from evidence.symbols import MEANINGS, Symbol
from evidence.template import shaded
from evidence.words import apart, day, in_markdown, written
from pages.choosing import arrive, choose, chosen_framework, framework, page_drawn

__all__ = [
    "care",
    "chart_of",
    "choose",
    "chosen_framework",
    "draw",
    "figure",
    "framework",
    "hand_over",
    "head",
    "notices",
    "says",
    "section",
    "selection",
    "symbols",
    "table",
]

_PLOT: Final = {"displayModeBar": False, "showTips": False, "responsive": True}
# Whether this turn has said already that nothing can be downloaded.
_SAID: Final = "outcome lens no downloads"
# How far a figure on the page may be off, in the words of its head: what is downloaded says so too.
_ACCURACY: Final = "outcome lens accuracy"


def head(evidence: Evidence, who: Who, page: str, title: str, accuracy: str | None = None) -> bool:
    """The top of a page. False where the visitor's role may not see it: then nothing else may be drawn.

    `accuracy`: how far a figure on the page may be off, in a line; None: as all figures of the release.
    """
    if not who.may_see(page):
        streamlit.title("Not for this role")
        streamlit.write(f"A {who.role.label.lower()} does not see this page. data/access.toml says who does.")
        return False
    arrive(page)
    streamlit.session_state[_SAID] = False
    release = evidence.release()
    accuracy = accuracy or release.accuracy
    streamlit.session_state[_ACCURACY] = accuracy
    streamlit.title(title)
    made_up = "**Made-up data: no real family is in it.** " if release.synthetic else ""
    part = evidence.scope_label()
    kept = f"**{in_markdown(part)} alone.** " if part else ""
    streamlit.markdown(
        f":small[{made_up}{kept}{in_markdown(release.authority)}, figures as of {day(release.as_of)}, "
        f"release {in_markdown(release.name)}. {in_markdown(accuracy)}]"
    )
    return True


def section(words: str) -> None:
    """The heading of a section that is no chart."""
    streamlit.header(words, anchor=False)


def selection(evidence: Evidence, where: Mapping[str, str], by: str = "") -> None:
    """What the page is about, in words: `where` has a code ("": all) for every dimension that can be chosen."""
    streamlit.markdown(f"**{in_markdown(in_words(evidence, where, by))}**")


def figure(
    answer: Answer,
    label: str,
    explanation: str,
    moved: Moved | None = None,
    *,
    happened: str = "",
    beside: str = "",
) -> None:
    """A headline figure, and on request how far it may be off, or why it is not shown.

    `moved`: whether what `happened` (such as "newly sustained") in a period has changed; `beside`: what else is said.
    """
    value = written(answer.value, answer.symbol, answer.measure.unit)
    told = " ".join((*answer.told, _off(answer)))
    if answer.value is None:
        value = f"{value} (withheld)" if answer.symbol == Symbol.CONFIDENTIAL else value
        told = f"{value}: {answer.reason}."
    sentence = moved.sentence if moved else ""
    explained = " ".join(in_markdown(words) for words in (explanation, sentence, told) if words)
    with streamlit.container(border=True, height="stretch"):
        streamlit.metric(in_markdown(label), value, help=explained)
        if moved:
            streamlit.caption(f"{_ARROWS[moved.outcome]} {in_markdown(_moved(moved, happened))}")
        elif beside and answer.value is not None:
            streamlit.caption(in_markdown(beside))


# More is not always better: no change is green or red.
_ARROWS: Final[Mapping[Outcome, str]] = {
    Outcome.UP: ":material/trending_up:",
    Outcome.DOWN: ":material/trending_down:",
    Outcome.NONE: ":material/trending_flat:",
    Outcome.UNTOLD: ":material/help:",
}


def _moved(moved: Moved, happened: str) -> str:
    """Whether a figure moved, in as few words as a card has room for."""
    if moved.last is None or moved.before is None:
        return f"Whether it has changed {Outcome.UNTOLD.value}"
    last, before = (written(value, None, moved.unit) for value in (moved.last, moved.before))
    return f"{last} {happened} in {moved.period}, {before} a year before: {moved.words}"


def _off(answer: Answer) -> str:
    if answer.tolerance is None or answer.most is None:
        return ""
    usual, most = (apart(distance, answer.measure.unit) for distance in (answer.tolerance, answer.most))
    return (
        f"It is within {usual} of the truth in 19 of 20 cases, and off by no more than {most}, but for one or two "
        "families or people who came or left last."
    )


def draw(evidence: Evidence, who: Who, chart: Chart, key: str) -> None:
    """A chart under its title, what must be told of it, and the table behind it with a download of just that.

    `key`: unique on the page, and the same at every turn.
    """
    streamlit.header(in_markdown(chart.title), anchor=False)
    if chart.told:
        streamlit.caption(in_markdown(" ".join(chart.told)))
    if not chart.empty:
        dark = streamlit.context.theme.type == "dark"
        figure = shaded(chart.figure, dark=dark)
        streamlit.plotly_chart(figure, theme=None, width="stretch", config=_PLOT, alt=chart.alt, key=key)
    with streamlit.expander("The table behind it"):
        streamlit.table(harmless(chart.table), border="horizontal", hide_index=True)
        notes = in_markdown(" ".join((*chart.notes, f"Source: {chart.source}.")))
        link = _download(evidence, who, key, partial(files.as_csv, chart.without_figure()))
        streamlit.caption("\n\n".join((notes, _SYMBOLS, *link)))


def chart_of(evidence: Evidence, make: Callable[..., Chart], where: Mapping[str, str], *more: str) -> Chart:
    """The chart that `make` makes of the evidence, of what is chosen in `where` and of `more`: once for all readers
    of its kind. `make` is a function of a module, and takes nothing else."""
    chosen = (text for pair in sorted(where.items()) for text in pair)
    key = ("chart", make.__module__, make.__name__, *more, "where", *chosen)
    return evidence.kept(key, lambda: make(evidence, where, *more))


def table(
    frame: pl.DataFrame,
    *,
    evidence: Evidence | None = None,
    who: Who | None = None,
    key: str = "",
    title: str = "",
) -> None:
    """A table of texts; with a download of just that where it is said whose evidence it is, for whom, and its `key` (as
    of a chart) and `title`."""
    streamlit.table(harmless(frame), border="horizontal", hide_index=True)
    if evidence is not None and who is not None:
        # A table has the same file as a chart, which has a table and words.
        notes = (str(streamlit.session_state.get(_ACCURACY, "")),)
        chart = Chart(Drawing(), title, "", frame, notes, evidence.source())
        content = partial(files.as_csv, chart)
        for link in _download(evidence, who, key, content):
            streamlit.caption(link)


def _download(evidence: Evidence, who: Who, key: str, content: Callable[[], bytes]) -> list[str]:
    """A link to a file, in Markdown; where none can be given, that is said once a page."""
    page = page_drawn()
    name = files.file_name(evidence, page, key)
    path = evidence.desk.offers.offer(who, page, key, name, content)
    if path is not None:
        return [f"[Download this table (CSV)]({path})"]
    if streamlit.session_state.get(_SAID):
        return []
    streamlit.session_state[_SAID] = True
    return ["Tables cannot be downloaded here: the app was started without what serves them (asgi.py)."]


_SYMBOLS: Final = "Symbols:  \n" + "  \n".join(
    f"**{symbol}** {in_markdown(words)}" for symbol, words in MEANINGS.items()
)


def symbols() -> None:
    """What the symbols in a table mean."""
    streamlit.caption(_SYMBOLS)


def says(sentences: Sequence[str]) -> None:
    """Sentences, one a line."""
    streamlit.markdown("\n".join(f"- {in_markdown(sentence)}" for sentence in sentences))


def notices(who: Who, found: Sequence[Notice]) -> None:
    """What needs attention, each a link to the page that says more, where the reader may see it."""
    for one in found:
        words = in_markdown(one.words)
        if one.page and who.may_see(one.page):
            # The same address as the page that app.py offers: Streamlit knows a page by that alone.
            page = streamlit.Page(lambda: None, title=one.page, url_path=one.page)
            streamlit.page_link(
                page, label=words, icon=":material/arrow_forward:", query_params=dict(one.selection)
            )
        else:
            streamlit.markdown(f":material/arrow_forward: {words}")


def care(words: str | None) -> None:
    """A word of caution beside the figures that it is about; nothing where there is none."""
    if words:
        streamlit.warning(in_markdown(words), icon=":material/warning:")


def hand_over(page: str) -> None:
    """Leave it to app.py whether `page` is shown, and to whom.

    Streamlit takes a folder `pages` beside the app for pages of its own kind, until the app has said otherwise: the
    first visitor of all, with a link to a page, would otherwise get the bare file.
    """
    start = streamlit.Page(lambda: None, title="Outcome Lens", url_path="home", default=True)
    streamlit.navigation([start, streamlit.Page(lambda: None, title=page, url_path=page)], position="hidden")
    streamlit.rerun()


if __name__ == "__main__":
    hand_over("parts")
