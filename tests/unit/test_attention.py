"""What needs attention: said only where shown figures bear it, the most useful first, never more than six."""

import pytest

from evidence import attention
from evidence.attention import Notice
from evidence.evidence import Evidence
from evidence.questions import Question
from tests.chosen_figures import Figures, evidence_with
from tests.fakes import FakeContents, evidence_of, fake_evidence, visitor

MONTHS = [f"{year}-{month:02d}" for year in (2022, 2023, 2024) for month in range(1, 13)][:34]
# Nothing to be said of: what a test is about comes on top of this.
QUIET: dict[str, Figures] = {
    "families_helped|month": {},
    "episodes_started|quarter": {},
    "outcomes_sustained|month": {},
    "needs_sustained|ward": {},
    "episodes_returned|year": {},
    "episodes_returned|team": {},
    "episodes_started|year": {},
    "episodes_started|year|wait": {},
    "needs_sustained|headline": {},
    "claims_identified|obstacle": {},
    "claims_claimable": {},
    "needs_sustaining": {},
}


def said(figures: dict[str, Figures], payment: str = "by_results") -> list[Notice]:
    return attention.notices(evidence_with(QUIET | figures, payment=payment))


def only(found: list[Notice]) -> Notice:
    (one,) = found
    return one


@pytest.mark.parametrize("show", ["nothing", "empty"])
def test_nothing_is_said_of_what_is_withheld_or_not_there(show: str) -> None:
    assert attention.notices(fake_evidence(show).seen_by(visitor("manager"))) == []


def test_nothing_is_said_where_all_is_quiet() -> None:
    assert said({}) == []


def test_at_most_six_are_said_and_each_leads_to_a_page() -> None:
    found = attention.notices(evidence_of(FakeContents()))
    assert 0 < len(found) <= attention.MOST
    assert all(one.words.endswith(".") for one in found)
    assert all(one.page in {"journeys", "outcomes", "places", "payment"} for one in found)


@pytest.mark.parametrize(
    ("since", "words"), [(40, "above the mean since Apr 2024"), (2, "below the mean since Apr 2024")]
)
def test_months_that_leave_the_usual_are_told(since: int, words: str) -> None:
    figures: dict[tuple[str, ...], int] = {
        (code,): 20 + (place % 2) for place, code in enumerate(MONTHS[:27])
    }
    figures |= {(code,): since for code in MONTHS[27:]}
    one = only(said({"families_helped|month": figures}))
    assert words in one.words
    assert one.page == "journeys"


def test_months_that_noise_could_move_as_much_are_not_told() -> None:
    figures: dict[tuple[str, ...], int] = {
        (code,): 20 + (place % 2) for place, code in enumerate(MONTHS[:27])
    }
    figures |= {(code,): 23 for code in MONTHS[27:]}
    assert said({"families_helped|month": figures}) == []


@pytest.mark.parametrize(
    ("last", "before", "words"),
    [
        (240, 120, "240 episodes of help started in Jul to Sep 2024, up from 120 "),
        (120, 240, "120 episodes of help started in Jul to Sep 2024, down from 240 "),
        (180, 120, None),  # of so short a history it is not known that counts differ no more than by chance
        (130, 120, None),  # noise alone could make it
        (420, 400, None),  # chance alone could make it, though noise could not
    ],
)
def test_a_quarter_is_told_where_chance_and_noise_seldom_make_it(
    last: int, before: int, words: str | None
) -> None:
    found = said({"episodes_started|quarter": {("2024-25 Q2",): last, ("2023-24 Q2",): before}})
    if words is None:
        assert found == []
    else:
        assert only(found).words.startswith(words)


def wards(evidence: Evidence) -> list[str]:
    return [one.code for one in evidence.choices("ward")]


def test_wards_outside_the_funnel_are_named_and_the_map_is_a_click_away() -> None:
    places = wards(evidence_of(FakeContents()))
    needs: Figures = {(code,): 400 for code in places}
    figures: dict[str, Figures] = {
        "needs_identified|ward": needs,
        "needs_sustained|ward": {(code,): 40 if code == places[0] else 160 for code in places},
        "needs_identified": {(): 400 * len(places)},
        "needs_sustained": {(): 160 * (len(places) - 1) + 40},
    }
    one = only(said(figures))
    assert one.words == (
        "Outcomes are sustained less often than elsewhere in Abbotsleigh: chance and noise do not explain it."
    )
    assert (one.page, one.selection["shown"], one.selection["level"]) == ("places", "share_sustained", "ward")
    figures["needs_sustained|ward"] = {(code,): 150 if code == places[0] else 160 for code in places}
    assert said(figures) == []


@pytest.mark.parametrize(
    ("last", "before", "way"), [(120, 40, "more"), (40, 120, "less"), (75, 60, None), (60, 60, None)]
)
def test_families_who_come_back_are_told_by_whole_years_that_were_followed(
    last: int, before: int, way: str | None
) -> None:
    figures: dict[str, Figures] = {
        "episodes_followed|year": {("2021-22",): 400, ("2022-23",): 400, ("2023-24",): 400},
        # The last year has not been followed for long enough, whatever it shows.
        "episodes_returned|year": {("2021-22",): before, ("2022-23",): last, ("2023-24",): 300},
    }
    found = said(figures)
    if way is None:
        assert found == []
    else:
        words = only(found).words
        assert words.startswith(f"Families come back {way} often: ")
        assert "2022" in words
        assert "75%" not in words


def waits(soon: dict[str, int]) -> dict[str, Figures]:
    """400 episodes a year, of which so many were assessed within 28 days."""
    return {
        "episodes_started|year": {(year,): 400 for year in soon},
        # As a stored question has its dimensions: by their names.
        "episodes_started|year|wait": {
            (wait, year): number
            for year, number in soon.items()
            for wait, number in (("0-14", number // 2), ("15-28", number - number // 2), ("57+", 30))
        },
    }


@pytest.mark.parametrize(("last", "way"), [(160, "Fewer"), (275, None), (385, "More")])
def test_waits_are_told_where_they_clearly_changed(last: int, way: str | None) -> None:
    # The year that is not over yet is not told of.
    found = said(waits({"2022-23": 280, "2023-24": last, "2024-25": 10}))
    if way is None:
        assert found == []
    else:
        words = only(found).words
        assert words.startswith(f"{way} families are assessed within 28 days: {last / 4:.0f}% of those ")
        assert words.endswith("whose help began in 2023 to 2024, 70% of those of the year before.")


def test_a_year_with_a_withheld_wait_says_nothing() -> None:
    figures = waits({"2022-23": 280, "2023-24": 160})
    bands = figures["episodes_started|year|wait"]
    for hidden in [codes for codes in bands if codes[0] != "57+"]:
        left = {codes: value for codes, value in bands.items() if codes != hidden}
        assert said(figures | {"episodes_started|year|wait": left}) == []
    assert said(figures | {"episodes_started|year": {("2023-24",): 400}}) == []


def test_what_stands_in_the_way_is_told_where_it_is_clearly_ahead() -> None:
    codes = [one.code for one in evidence_of(FakeContents()).choices("obstacle")]
    open_ = [code for code in codes if code not in {"none", "not_eligible", "closed_otherwise"}]
    figures: dict[tuple[str, ...], int] = {(code,): 20 for code in codes}
    figures |= {(open_[0],): 90, ("not_eligible",): 400}
    one = only(said({"claims_identified|obstacle": figures}))
    assert one.words.startswith("What stands in the way most often, and can still be put right: ")
    assert one.words.endswith("(90 episodes).")
    level: Figures = dict(figures) | {(open_[1],): 85}
    assert said({"claims_identified|obstacle": level}) == []


def test_money_is_said_where_outcomes_are_paid_for_alone() -> None:
    claims: dict[str, Figures] = {"claims_claimable": {(): 40}}
    assert only(said(claims)).words == "40 claims are ready to make, worth £32,000."
    assert said(claims, payment="earned_autonomy") == []


def test_what_is_kept_is_for_one_kind_of_reader() -> None:
    evidence = evidence_of(FakeContents())
    first = attention.notices(evidence)
    assert attention.notices(evidence) is first
    other = evidence.seen_by(visitor("researcher"))
    assert attention.notices(other) is not first
    question = Question("families_helped", ("quarter",))
    assert evidence.ask(question) is evidence.ask(question)
    assert evidence.ask(question) is not other.ask(question)
