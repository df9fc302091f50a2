"""Journeys as they are asked: what cannot be yet is told apart from what is withheld, and parts from their wholes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from disclosure import CellKeys
from evidence.answers import Symbol
from evidence.errors import QuestionError
from evidence.evidence import Evidence
from evidence.questions import Question
from figures.journeys import AROUND, EVENTS, SINCE, events_around
from figures.populations import Populations
from figures.row_keys import row_keys
from outcomes import read_framework
from pipelines.answers import build_answers, dimension_lists
from pipelines.answers.scopes import check_scopes
from pipelines.policy import read_policy
from pipelines.pseudonymise.places import NamedPlaces
from release.catalogue import Scope
from release.errors import SettingsError
from release.places import PROJECT
from tests.fakes import catalogue, fake_evidence

AS_OF = date(2024, 10, 31)
PROFILE = CellKeys("dashboard", variance=2.5, bound=5, smallest=2, least_difference=3)


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return fake_evidence(as_of=AS_OF.isoformat())


@pytest.mark.parametrize("measure", ["needs_followed", "needs_sustained_by", "share_sustained_by"])
@pytest.mark.parametrize(
    ("time", "code", "applicable"),
    [
        ("quarter", "2022-23 Q2", ["06", "12", "18", "24"]),
        ("quarter", "2022-23 Q3", ["06", "12", "18"]),
        ("quarter", "2023-24 Q4", ["06"]),
        ("quarter", "2024-25 Q1", []),
        ("quarter", "none", []),
        # A year once all of it has been followed.
        ("year", "2022-23", ["06", "12", "18"]),
        ("year", "2023-24", ["06"]),
    ],
)
def test_what_cannot_be_yet_is_not_withheld(
    evidence: Evidence, measure: str, time: str, code: str, applicable: list[str]
) -> None:
    answers = [
        evidence.ask(Question(measure, (time, "months_since"))),
        evidence.ask(Question(measure, ("months_since",), {time: code})),
    ]
    for answer, rows in zip(
        answers, (answers[0].frame.filter(pl.col(time) == code), answers[1].frame), strict=True
    ):
        told = dict(rows.select("months_since", "symbol").iter_rows())
        assert list(told) == list(SINCE)
        not_yet = [one for one, symbol in told.items() if symbol == Symbol.NOT_APPLICABLE.value]
        assert [one for one in told if one not in not_yet] == applicable
        assert answer.applicable.height == answer.frame.height - answer.frame["symbol"].eq("z").sum()
    one = evidence.ask(Question(measure, (), {time: code, "months_since": "24"}))
    assert (one.symbol == Symbol.NOT_APPLICABLE.value) == ("24" not in applicable)


@pytest.mark.parametrize("beside", [(), ("locality",), ("headline", "team")])
def test_how_long_since_is_asked_of_a_cohort_alone(evidence: Evidence, beside: tuple[str, ...]) -> None:
    with pytest.raises(QuestionError, match="together with financial year or quarter alone"):
        evidence.ask(Question("needs_followed", ("months_since", *beside)))


def test_every_code_has_its_words_and_no_month_lies_ahead() -> None:
    national = read_framework(PROJECT / "data" / "frameworks" / "supporting-families-2022.toml")
    places = NamedPlaces({"locality": ["North"], "ward": [], "team": []}, {})
    policy = read_policy(PROJECT / "data" / "privacy.toml")
    listed = dimension_lists(
        [national], places, policy, Populations({}, 2024 * 4, 2024 * 4 + 3, as_of=AS_OF), {}
    )

    def codes(dimension: str) -> list[str]:
        return listed.filter(pl.col("dimension") == dimension)["code"].to_list()

    assert codes("months_since") == list(SINCE)
    assert codes("months_around") == list(AROUND)
    assert codes("event") == list(EVENTS)
    assert codes("month")[-2:] == ["2024-10", "none"]
    assert codes("quarter")[-2:] == ["2024-25 Q3", "none"]
    asked = {name for one in catalogue().counted for name in (*one.dimensions, *one.where)}
    assert asked <= {*listed["dimension"], "theme"}
    for measure in catalogue().counted:
        for name, allowed in measure.where.items():
            assert set(allowed) <= set(codes(name)), (measure.name, name)


def test_a_scope_of_no_locality_there_is_stops_the_run() -> None:
    listed = pl.DataFrame({"dimension": ["locality", "locality", "ward"], "code": ["North", "East", "Hills"]})
    there = replace(catalogue(), scopes={"north": Scope("north", "The north", ("North", "East"))})
    check_scopes(there, listed)
    wrong = replace(catalogue(), scopes={"north": Scope("north", "The north", ("North", "Hills"))})
    with pytest.raises(SettingsError, match=r"scope\.north\.localities.*'Hills'.*There are: North, East"):
        check_scopes(wrong, listed)


def _keys(many: int) -> pl.Series:
    return pl.Series([n * 0x9E3779B97F4A7C15 % 2**64 for n in range(1, many + 1)], dtype=pl.UInt64)


def _built(frames: Mapping[str, pl.DataFrame], measures: list[str]) -> dict[tuple[str, ...], int]:
    lists = {
        "locality": ["North", "South"],
        "need_state": ["sustained", "waived", "outstanding"],
        "in_time": ["yes", "no"],
        "months_since": list(SINCE),
        "quarter": ["2022-23 Q2", "2023-24 Q4"],
        "event": list(EVENTS),
        "months_around": list(AROUND),
    }
    rows = [(name, code, None, None) for name, codes in lists.items() for code in codes]
    columns = ("dimension", "code", "parent_dimension", "parent_code")
    listed = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    shipped = catalogue()
    some = {
        name: replace(
            shipped.measures[name],
            dimensions=tuple(one for one in shipped.measures[name].dimensions if one in lists),
        )
        for name in measures
    }
    built = build_answers(
        Populations(frames, 0, 0, as_of=AS_OF), listed, replace(shipped, measures=some), PROFILE
    )
    return {tuple(one for one in row[:-1] if one is not None): row[-1] for row in built.answer.iter_rows()}


@pytest.mark.parametrize("new", [0, 1, 2, 3])
def test_needs_that_are_followed_are_some_of_those_identified(new: int) -> None:
    """So many families began too late to be followed: one or two of them are told by no pair of figures."""
    family = pl.DataFrame({"family_key": _keys(40)}).with_columns(
        locality=pl.lit("North"), unit="family_key", number=pl.int_range(40)
    )
    need = family.join(pl.DataFrame({"code": ["a", "b"]}), how="cross").with_columns(
        need_state=pl.when(pl.col("number") < 30).then(pl.lit("sustained")).otherwise(pl.lit("outstanding"))
    )
    need = need.with_columns(row_keys(need, "family_key", ["code"]))
    followed = need.filter(pl.col("number") >= new).with_columns(
        need_key="row_key",
        # Of this quarter no more than six months are over.
        months_since=pl.lit("06"),
        in_time=pl.when(pl.col("need_state") == "sustained").then(pl.lit("yes")).otherwise(pl.lit("no")),
        quarter_started=pl.lit("2023-24 Q4"),
    )
    figures = _built(
        {"need": need.with_columns(quarter=pl.lit("2022-23 Q2")), "need_followed": followed},
        ["needs_identified", "needs_sustained", "needs_followed", "needs_sustained_by"],
    )
    pairs = [("needs_identified", "needs_followed"), ("needs_sustained", "needs_sustained_by")]
    for whole, part in pairs:
        for codes in ((), ("North",)):
            names = ("|locality",) if codes else ("",)
            one, other = figures[whole + names[0], *codes], figures.get((part + names[0], *codes))
            if new < PROFILE.least_difference:
                assert other in (None, one)
            else:
                assert other not in (None, one)


@pytest.mark.parametrize("strangers", [0, 2, 5])
def test_families_known_around_the_start_are_some_of_those_helped(strangers: int) -> None:
    family = pl.DataFrame({"family_key": _keys(40)}).with_columns(
        family=pl.int_range(40).cast(pl.String),
        locality=pl.lit("North"),
        # The extracts begin too late for the first of them.
        start_month=pl.when(pl.int_range(40) < strangers)
        .then(pl.lit("2020-12"))
        .otherwise(pl.lit("2022-01")),
        quarter=pl.lit("2022-23 Q2"),
        row_key="family_key",
        unit="family_key",
    )
    coverage = pl.DataFrame(
        {"extract": list(EVENTS), "covers_from": date(2020, 1, 1), "covers_to": AS_OF},
        schema={"extract": pl.String, "covers_from": pl.Date, "covers_to": pl.Date},
    )
    activity = family.select("family", month=pl.lit("2021-12"), kind=pl.lit("police_incident"))
    frames = {"family": family, "event": events_around(family, activity, coverage, AS_OF)}
    figures = _built(frames, ["families_helped", "families_around", "families_with_event"])
    helped, around = figures["families_helped",], figures.get(("families_around",))
    assert around in (None, helped) if strangers < PROFILE.least_difference else around != helped
    # All of those known had one in the three months before: that is the figure of those known.
    assert figures.get(("families_with_event|event|months_around", "police_incident", "-03")) in (
        None,
        around,
    )
    assert figures["families_with_event|event|months_around", "police_incident", "+00"] == 0
