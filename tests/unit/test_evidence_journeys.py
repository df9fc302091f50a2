"""Families' journeys and places: whatever is chosen can be asked, and what was given up for that is told."""

from collections.abc import Mapping
from itertools import product

import polars as pl
import pytest

from evidence import journeys, places
from evidence.access import Role, Who
from evidence.around import CAVEAT
from evidence.boundaries import boundaries
from evidence.chart import Chart
from evidence.evidence import Evidence
from evidence.questions import Question
from release.measures import question_name
from tests.fakes import FakeContents, FakeDesk, catalogue, fake_evidence, visitor

FILTERS = [
    {"locality": locality, "team": team, "year": year}
    for locality, team, year in product(("", "L1"), ("", "South team"), ("", "2023-24"))
]


class Withheld(FakeContents):
    """A release of which some cells are withheld. `hidden`: stored question to the codes of the cells left out."""

    hidden: Mapping[str, tuple[str, ...]] = {}

    def answer(self, question: str) -> pl.DataFrame:
        cells = super().answer(question)
        gone = self.hidden.get(question)
        return (
            cells
            if gone is None
            else cells.filter(~pl.concat_list("code_1", "code_2").list.contains(gone[0]))
        )


def charts_of(evidence: Evidence, where: Mapping[str, str]) -> dict[str, Chart]:
    """Every chart of the page, whatever is chosen to compare by."""
    return {
        "way": journeys.way(evidence, where),
        "waits": journeys.waits(evidence, where),
        **{f"waits by {by}": journeys.waits_by(evidence, 28, by, where) for by in journeys.WAITS_BY},
        **{f"endings by {by}": journeys.endings(evidence, by, where) for by in journeys.ENDINGS_BY},
        **{f"back by {by}": journeys.came_back(evidence, by, where) for by in journeys.BACK_BY},
        "around": journeys.around(evidence, "", where),
        "around one": journeys.around(evidence, "missing_episode", where),
    }


@pytest.mark.parametrize("where", FILTERS, ids=lambda where: "+".join(filter(None, where.values())) or "all")
def test_every_choice_can_be_asked_and_what_it_is_not_kept_to_is_told(where: dict[str, str]) -> None:
    evidence = fake_evidence()
    for name, chart in charts_of(evidence, where).items():
        told = " ".join(chart.told)
        assert chart.table.height, name
        if name == "way":
            assert "chosen" not in told, "three filters are what can be asked together"
        if where["team"] and (name.startswith("around") or name.endswith("by team")):
            assert "team" in told, name
        if where["locality"] and name.endswith("by locality"):
            assert "locality" in told, name
        if where["year"] and name.startswith(("endings", "back")):
            assert "whenever it began" in told, name
        if not any(where.values()):
            assert "chosen" not in told, name
            assert "whenever it began" not in told, name


def test_a_filter_that_is_kept_to_moves_the_figures() -> None:
    evidence = fake_evidence()
    for name, chart in charts_of(evidence, {"locality": "L1", "team": "", "year": ""}).items():
        if "locality" not in name:
            assert not chart.table.equals(charts_of(evidence, {})[name].table), name


@pytest.mark.parametrize("show", ["everything", "nothing"])
def test_that_it_is_no_proof_of_cause_stands_beside_the_chart(show: str) -> None:
    assert CAVEAT in journeys.around(fake_evidence(show), "", {}).told


def test_the_share_assessed_in_time_is_withheld_where_one_of_its_bands_is() -> None:
    contents = Withheld()
    contents.hidden = {question_name("episodes_started", ("team", "wait")): ("North team",)}
    evidence = Evidence(contents, catalogue(), FakeDesk()).seen_by(visitor("manager"))
    share, whole = journeys.assessed_within(evidence, 28, "team", {})
    found = dict(zip(share.frame["team"], share.frame["symbol"], strict=True))
    assert found.pop("North team") == "c"
    assert set(found.values()) == {None}
    assert whole.shown.height == whole.frame.height, "how many episodes there are is shown all the same"


def test_bands_tell_within_how_many_days_families_may_be_assessed() -> None:
    evidence = fake_evidence()
    assert journeys.limits(evidence) == [14, 28, 56]
    assert journeys.usual_limit(evidence) == 28


def test_who_came_back_is_told_once_a_whole_quarter_has_been_followed_for_a_year() -> None:
    evidence = fake_evidence()
    as_of = evidence.release().as_of
    assert as_of.isoformat() == "2024-10-31"
    # The second quarter of 2023-24 ends in September 2023: of the third, October alone could be told.
    for measure in ("episodes_followed", "episodes_returned", "share_returned"):
        told = evidence.ask(Question(measure, ("quarter",))).applicable["quarter"].to_list()
        assert told[-1] == "2023-24 Q2"
        assert [one.code for one in evidence.choices("year", measure)][-1] == "2022-23"
    ended = evidence.ask(Question("episodes_ended", ("quarter",))).applicable["quarter"].to_list()
    assert "2024-25 Q3" in ended
    assert journeys.ended(evidence, {}).question.measure == "episodes_ended"


@pytest.mark.parametrize("level", places.LEVELS)
def test_every_measure_of_a_place_is_drawn_and_a_count_is_called_no_rate(level: str) -> None:
    evidence = fake_evidence()
    offered = [one.code for one in places.measures(evidence, level)]
    assert {"share_sustained", "share_returned", "share_assessed", "families_helped"} <= set(offered)
    for code in offered:
        found = places.compared(evidence, code, level, {})
        assert found.level == level
        assert (found.whole is None) == (found.answer.measure.unit != "per cent")
        assert places.beside(evidence, found).table.height == found.answer.applicable.height


def test_the_share_of_all_stands_beside_those_of_places() -> None:
    evidence = fake_evidence()
    found = places.compared(evidence, "share_sustained", "ward", {"headline": "3"})
    assert found.overall == evidence.ask(Question("share_sustained", (), {"headline": "3"})).value


def test_measures_that_are_not_for_a_role_are_not_offered() -> None:
    officer = Who("somebody", Role.DATA_PROTECTION_OFFICER, frozenset({"places"}))
    evidence = Evidence(FakeContents(), catalogue(), FakeDesk())
    closed = [one.code for one in places.measures(evidence, "ward")]
    assert closed == [], "nobody has said who asks"
    assert places.measures(evidence.seen_by(officer), "ward")


def test_a_release_whose_wards_no_file_knows_has_no_map() -> None:
    assert boundaries(fake_evidence(), "ward") is None
