"""What every page is put together from: its head, headline figures, charts with their tables, and its foot."""

import polars as pl
import streamlit

from evidence.access import Who
from evidence.answers import Answer
from evidence.charts import Chart
from evidence.display import harmless
from evidence.evidence import Choice, Evidence
from evidence.symbols import MEANINGS, Symbol
from evidence.template import shaded
from evidence.words import apart, day, in_markdown, written

_PLOT = {"displayModeBar": False, "showTips": False, "responsive": True}
ALL = Choice("", "All")


def head(evidence: Evidence, who: Who, page: str, title: str, accuracy: str | None = None) -> bool:
    """The top of a page. False where the visitor's role may not see it: then nothing else may be drawn.

    `accuracy`: how far a figure on the page may be off, in a line; None: as all figures of the release.
    """
    if not who.may_see(page):
        streamlit.title("Not for this role")
        streamlit.write(f"A {who.role.label.lower()} does not see this page. data/access.toml says who does.")
        return False
    release = evidence.release()
    streamlit.title(title)
    made_up = "**Made-up data: no real family is in it.** " if release.synthetic else ""
    part = evidence.scope_label()
    kept = f"**{in_markdown(part)} alone.** " if part else ""
    streamlit.markdown(
        f":small[{made_up}{kept}{in_markdown(release.authority)}, figures as of {day(release.as_of)}, "
        f"release {in_markdown(release.name)}. {in_markdown(accuracy or release.accuracy)}]"
    )
    return True


def figure(answer: Answer, label: str, explanation: str) -> None:
    """A headline figure, and on request how far it may be off, or why it is not shown."""
    value = written(answer.value, answer.symbol, answer.measure.unit)
    told = " ".join((*answer.told, _off(answer)))
    if answer.value is None:
        value = f"{value} (withheld)" if answer.symbol == Symbol.CONFIDENTIAL else value
        told = f"{value}: {answer.reason}."
    streamlit.metric(
        in_markdown(label), value, help=" ".join((in_markdown(explanation), in_markdown(told))), border=True
    )


def _off(answer: Answer) -> str:
    if answer.tolerance is None or answer.most is None:
        return ""
    usual, most = (apart(distance, answer.measure.unit) for distance in (answer.tolerance, answer.most))
    return (
        f"It is within {usual} of the truth in 19 of 20 cases, and off by no more than {most}, but for one or two "
        "families or people who came or left last."
    )


def draw(chart: Chart, key: str) -> None:
    """A chart under its title, and the table behind it."""
    streamlit.subheader(in_markdown(chart.title), anchor=False)
    if chart.told:
        streamlit.caption(in_markdown(" ".join(chart.told)))
    if not chart.empty:
        dark = streamlit.context.theme.type == "dark"
        figure = shaded(chart.figure, dark=dark)
        streamlit.plotly_chart(figure, theme=None, width="stretch", config=_PLOT, alt=chart.alt, key=key)
    with streamlit.expander("The table behind it"):
        streamlit.table(harmless(chart.table), border="horizontal", hide_index=True)
        streamlit.caption(in_markdown(" ".join((*chart.notes, f"Source: {chart.source}."))))
        symbols()


def table(frame: pl.DataFrame) -> None:
    """A table of texts."""
    streamlit.table(harmless(frame), border="horizontal", hide_index=True)


def symbols() -> None:
    """What the symbols in a table mean."""
    meanings = (f"**{symbol}** {in_markdown(words)}" for symbol, words in MEANINGS.items())
    streamlit.caption("Symbols:  \n" + "  \n".join(meanings))


def says(sentences: list[str]) -> None:
    """Sentences, one a line."""
    streamlit.markdown("\n".join(f"- {in_markdown(sentence)}" for sentence in sentences))


def care(words: str | None) -> None:
    """A word of caution beside the figures that it is about; nothing where there is none."""
    if words:
        streamlit.warning(in_markdown(words), icon=":material/warning:")


def choose(label: str, choices: list[Choice], key: str, *, everything: bool = True) -> str:
    """A code out of a closed list; "" where all are meant."""
    options = [ALL, *choices] if everything else choices
    labels = {one.code: one.label for one in options}
    chosen = streamlit.selectbox(
        label, [one.code for one in options], format_func=lambda code: labels.get(code, ""), key=key
    )
    return chosen if chosen in labels else options[0].code


_FRAMEWORK = "framework"


def framework(evidence: Evidence, *, paid: bool = False) -> Evidence:
    """The evidence under the framework that the visitor chooses, where there are several to choose from.

    `paid`: only those under which the council is paid by results.
    """
    offered = [one for one in evidence.release().frameworks if one.paid_by_results or not paid]
    if len(offered) < 2:
        return evidence.under(offered[0].id) if offered else evidence
    choices = [Choice(one.id, one.title) for one in offered]
    return evidence.under(choose("Framework", choices, _FRAMEWORK, everything=False))


def chosen_framework(evidence: Evidence) -> Evidence:
    """The evidence under the framework that `framework` is going to give, for what is drawn above its list."""
    return evidence.under(str(streamlit.session_state.get(_FRAMEWORK, "")))


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
