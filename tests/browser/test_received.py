"""All that a browser ever receives, over a real run of the sample extracts: pages, the frames of the socket with the
tables and charts in them, and files. No identity is in it, no pseudonym, and no figure that is withheld."""

import re
import shutil
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from ahocorasick_rs import AhoCorasick
from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from evidence.words import in_chart
from pipelines.keys import open_keys
from pipelines.running.remembering import Earlier, read_earlier
from release.catalogue import Measure, question_name, read_catalogue
from release.keys import read_key
from release.opening import open_protected
from release.places import Places
from release.pointer import current
from release.schema import PROTECTED
from tests.browser import wire
from tests.browser.driving import (
    TITLES,
    Watched,
    become,
    go_to,
    open_tables,
    opened,
    served,
    watching,
)
from tests.conftest import SAMPLE

pytestmark = pytest.mark.browser
# What anybody may see of these is in answers.duckdb too; the text of a framework and its digest are no secret.
_OPEN = {"manifest", "privacy_check", "data_quality", "linkage_quality", "framework_file"}
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


class _Truth:
    """What stands behind the figures of a release: the exact counts, and which of them are shown, and as what."""

    def __init__(self, data: Path) -> None:
        places = Places(data)
        keys = open_keys(places)
        self.earlier: Earlier = read_earlier(places, str(current(places)), keys)
        self.catalogue = read_catalogue(places.setting("catalogue.toml"))
        labels: dict[str, list[Measure]] = defaultdict(list)
        for measure in self.catalogue.counted:
            labels[measure.label].append(measure)
        self.measures = {label: found[0] for label, found in labels.items() if len(found) == 1}
        self.dimensions = {one.label: name for name, one in self.catalogue.dimensions.items()}

    def cells(
        self, measure: Measure, dimension: str, where: Mapping[str, str]
    ) -> Mapping[str, tuple[int, int | None]]:
        """By the label of a code: the exact count, and what is shown of it (None: it is withheld). Nothing where the
        question is not answered as it is asked, or its rows are those of another population."""
        asked = self.catalogue.normal((dimension, *where))
        if set(asked) != {dimension, *where}:
            # One lies within the other.
            return {}
        name = question_name(measure.name, asked)
        frame = self.earlier.counted.frames.get(measure.population or "")
        state = self.earlier.question.filter(question=name, state="shown")
        if frame is None or state.is_empty() or {*asked, *measure.where} - set(frame.columns):
            return {}
        shown = self.earlier.answer.filter(question=name)
        for column, codes in {**measure.where, **{one: (code,) for one, code in where.items()}}.items():
            frame = frame.filter(pl.col(column).is_in(list(codes)))
        for column, code in where.items():
            shown = shown.filter(pl.col(f"code_{asked.index(column) + 1}") == code)
        counted = pl.col(f"{measure.distinct}_key").n_unique() if measure.distinct else pl.len()
        exact = dict(frame.group_by(dimension).agg(counted.alias("n")).iter_rows())
        safe = dict(shown.select(f"code_{asked.index(dimension) + 1}", "value").iter_rows())
        listed = self.earlier.dimension.filter(dimension=dimension).select("code", "label").iter_rows()
        return {label: (exact.get(code, 0), safe.get(code)) for code, label in listed}

    def hides_most(self, dimension: str, by: str) -> str:
        """The code of a dimension under which most of the needs identified are withheld, broken down."""
        measure = self.catalogue.measures["needs_identified"]
        codes = self.earlier.dimension.filter(dimension=dimension)["code"].to_list()
        hidden = {code: self.cells(measure, by, {dimension: code}).values() for code in codes}
        return max(codes, key=lambda code: sum(safe is None for _, safe in hidden[code]))


@pytest.fixture(scope="module")
def truth(sample_data: Path) -> _Truth:
    return _Truth(sample_data)


@dataclass(frozen=True)
class Received:
    """Everything that came, as text; and the tables and charts of each view: what was chosen there (code by dimension),
    and those."""

    text: str
    views: list[tuple[Mapping[str, str], list[pl.DataFrame], list[dict[str, Any]]]]


@pytest.fixture(scope="module")
def received(
    browser: Browser, sample_data: Path, truth: _Truth, tmp_path_factory: pytest.TempPathFactory
) -> Received:
    """A walk over every page by one who sees all of them, then over the views that withhold most; with every table
    opened and every file fetched."""
    data = tmp_path_factory.mktemp("own") / "data"
    shutil.copytree(sample_data, data)
    parts: list[str] = []
    views = []
    locality, headline = truth.hides_most("locality", "headline"), truth.hides_most("headline", "quarter")
    with served(data) as address, watching(browser, address) as seen:
        become(opened(seen), "Auditor")
        first = len(seen.frames)
        for title in TITLES:
            go_to(seen, title)
            open_tables(seen.page)
            parts += [seen.page.content(), *_files(seen)]
        frames = seen.frames[first:]
        views.append(({}, list(wire.tables(frames)), list(wire.charts(frames))))
        for where, path in (
            ({"locality": locality}, f"outcomes?locality={locality}"),
            ({"headline": headline}, f"outcomes?headline={headline}&by=quarter"),
        ):
            first = len(seen.frames)
            open_tables(opened(seen, path, TITLES["Outcomes"]))
            parts += [seen.page.content(), *_files(seen)]
            frames = seen.frames[first:]
            views.append((where, list(wire.tables(frames)), list(wire.charts(frames))))
        parts += _bodies(seen)
        parts.append(wire.everything(seen.frames))
    return Received("\n".join(parts), views)


def _files(seen: Watched) -> list[str]:
    """Every file that the page offers."""
    links = seen.page.locator("a[href*='/download/']").evaluate_all("(all) => all.map((one) => one.href)")
    answers = [seen.page.context.request.get(link) for link in links]
    assert all(answer.ok for answer in answers)
    return [answer.text() for answer in answers]


def _bodies(seen: Watched) -> list[str]:
    """What came over HTTP, but for the app's own files."""
    found = []
    for answer in seen.answers:
        if "/static/" not in answer.url:
            try:
                found.append(f"{answer.url}\n{answer.headers}\n{answer.text()}")
            except (PlaywrightError, UnicodeDecodeError):
                continue
    assert found
    return found


def test_no_identity_was_received(received: Received) -> None:
    identities = (SAMPLE / "truth" / "identities.txt").read_text(encoding="utf-8").split("\n")
    wanted = [one for one in identities if len(one) > 5]
    assert len(wanted) > 100
    # What should be there is there: the search looks at pages, tables, charts and files alike.
    for known in ("Ashmere", "Download this table", '"Source: ', '"hovertemplate"'):
        assert known in received.text
    assert set(AhoCorasick(wanted).find_matches_as_indexes(received.text)) == set()


def test_no_pseudonym_was_received(received: Received, sample_data: Path) -> None:
    places = Places(sample_data)
    secret: set[str] = set()
    with open_protected(places, "current", read_key(places.protected_key)) as connection:
        for table in PROTECTED:
            if table.name in _OPEN:
                continue
            frame = connection.execute(f'SELECT COLUMNS(*)::VARCHAR FROM protected."{table.name}"').pl()
            for name in frame.columns:
                secret |= set(frame[name].drop_nulls())
    tokens = {one for one in secret if re.fullmatch(r"[0-9a-f]{16,}", one)}
    keys = {one for one in secret if re.fullmatch(r"\d{10,}", one)}
    assert len(tokens) > 100
    assert len(keys) > 100
    assert len(tokens & set(re.findall(r"[0-9a-f]{16,}", received.text))) == 0
    assert len(keys & set(re.findall(r"\d{10,}", received.text))) == 0


def test_what_is_withheld_stands_nowhere(received: Received, truth: _Truth) -> None:
    """Where a table has a cell that is withheld, a symbol stands there; where it has a figure, it is the safe one. In
    charts nothing at that place is the true count, and every withheld place looks like every other."""
    shown = withheld = 0
    for where, tables, charts in received.views:
        for table in tables:
            dimension = truth.dimensions.get(table.columns[0], "")
            for heading in table.columns[1:]:
                measure = truth.measures.get(heading)
                cells = truth.cells(measure, dimension, where) if measure and dimension else {}
                for label, text in table.select(table.columns[0], heading).iter_rows():
                    exact, safe = cells.get(label, (0, 0))
                    if safe is None:
                        withheld += 1
                        assert not _NUMBER.fullmatch(text), (
                            f"{heading} by {dimension}: a withheld figure is shown"
                        )
                        _hidden(charts, label, exact)
                    elif label in cells and _NUMBER.fullmatch(text):
                        shown += 1
                        assert text == f"{safe:,}", f"{heading} by {dimension}: not the safe figure"
    assert shown > 50
    assert withheld > 0


def _hidden(charts: list[dict[str, Any]], label: str, exact: int) -> None:
    """In no chart that names a withheld cell and shows nothing of it, the true count stands at its place."""
    name = in_chart(label)
    for chart in charts:
        for trace in chart["data"]:
            for along, across in (("x", "y"), ("y", "x")):
                places = trace.get(along)
                if not isinstance(places, list) or name not in places:
                    continue
                place = places.index(name)
                drawn = [
                    str(trace[key][place])
                    for key in (across, "text", "customdata", "hovertext", "ids")
                    if isinstance(trace.get(key), list) and place < len(trace[key])
                ]
                if "c" in drawn:
                    assert exact < 3 or not [
                        one for one in drawn if _NUMBER.fullmatch(one) and float(one) == exact
                    ]
