"""Opening a window through the worker: what is entered, what is drawn, and what is refused."""

import csv
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.entering import choose
from custody.worker import Done, answer
from ledger import Judged, Ledger, RequestState, SampleState, Verdict, open_ledger
from ledger.sampling import Candidate, draw
from release.keys import read_key
from release.opening import open_protected
from release.places import Places
from tests.small_release import CONTRACT, FRAMEWORK, NAME, change, made

Q2, Q3 = f"{FRAMEWORK}/2024-25-Q2", f"{FRAMEWORK}/2024-25-Q3"
# Twelve families, each with its needs met; in four of them somebody works.
CLAIMS = 16


@pytest.fixture(scope="module")
def once_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("small")).data


@pytest.fixture
def places(once_made: Path, tmp_path: Path) -> Places:
    shutil.copytree(once_made, tmp_path / "data")
    return Places(tmp_path / "data")


@pytest.fixture
def ledger(places: Places) -> Iterator[Ledger]:
    with closing(open_ledger(places)) as opened:
        yield opened


def ask(places: Places, ledger: Ledger, subject: str, kind: str = "open_window", **detail: object) -> Done:
    number = ledger.ask(
        kind, by="officer", role="returns_officer", release=NAME, subject=subject, detail=detail
    )
    return answer(places, ledger, number)


def protected(places: Places) -> duckdb.DuckDBPyConnection:
    return open_protected(places, NAME, read_key(places.protected_key))


def note(ledger: Ledger) -> str:
    """What the newest request came to."""
    return ledger.requests()[0].note


def rows(done: Done) -> list[dict[str, str]]:
    (file,) = done.files
    return list(csv.DictReader(file.read_text().splitlines()))


def test_every_claimable_claim_is_entered_and_the_sample_drawn(places: Places, ledger: Ledger) -> None:
    sample = rows(ask(places, ledger, Q3))
    standings = ledger.claims.standings()
    assert len(standings) == CLAIMS
    assert sum(one.worth for one in standings) == 12 * 800 + 4 * 300
    assert [int(row["claim"]) for row in sample] == [one.number for one in standings if one.drawn]
    assert len(sample) == 4
    assert {row["stratum"].partition(" · ")[2] for row in sample} == {"needs_met", "work"}
    assert note(ledger) == (
        "16 claims entered into 2024-25-Q3, worth £10,800; 4 drawn for audit; 000001-open_window.csv in the outbox"
    )
    window = ledger.claims.find_window(FRAMEWORK, "2024-25-Q3")
    assert window is not None
    assert (window.opened_by, window.framework_version, window.release) == ("officer", 3, NAME)


def test_no_pseudonym_and_no_team_is_in_the_ledger(places: Places, ledger: Ledger) -> None:
    ask(places, ledger, Q3)
    known = {"North", "South"}
    with closing(protected(places)) as connection:
        for column in ("episode", "family", "person"):
            known |= set(connection.execute(f"SELECT DISTINCT {column} FROM protected.claim").pl()[column])
    written = places.ledger.read_bytes()
    for beside in places.ledger.parent.glob(f"{places.ledger.name}-*"):
        written += beside.read_bytes()
    for word in known - {None}:
        assert word.encode() not in written


def test_a_claim_dated_after_the_window_waits_for_the_next(places: Places, ledger: Ledger) -> None:
    change(places, "UPDATE protected.claim SET claim_date = DATE '2024-10-02' WHERE kind = 'work'")
    ask(places, ledger, Q2)
    assert "4 claims dated after the window" in note(ledger)
    assert {one.kind for one in ledger.claims.standings()} == {"needs_met"}
    ask(places, ledger, Q3)
    assert note(ledger).startswith(
        "4 claims entered into 2024-25-Q3, worth £1,200; 4 drawn for audit; 12 claims left"
    )
    assert len(ledger.claims.standings()) == CLAIMS


def test_what_another_framework_of_the_fund_pays_for_is_left_out(places: Places, ledger: Ledger) -> None:
    change(places, "UPDATE protected.claim SET obstacle = 'other_framework', worth = 0 WHERE kind = 'work'")
    ask(places, ledger, Q3)
    assert {one.kind for one in ledger.claims.standings()} == {"needs_met"}


def test_asked_again_nothing_is_entered_twice(places: Places, ledger: Ledger) -> None:
    first = rows(ask(places, ledger, Q3))
    again = rows(ask(places, ledger, Q3))
    assert again == first
    assert note(ledger).startswith(
        "0 claims entered into 2024-25-Q3, worth £0; 0 drawn for audit; 16 claims left out"
    )


@pytest.mark.parametrize("act", ["enter", "select"])
def test_a_worker_that_died_is_taken_up_where_it_stopped(
    places: Places, ledger: Ledger, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(type(ledger.claims), act, dies)
        with pytest.raises(KeyboardInterrupt):
            ask(places, ledger, Q3)
    assert ledger.requests()[0].state is RequestState.WAITING
    assert len(rows(answer(places, ledger, 1))) == 4
    assert len(ledger.claims.standings()) == CLAIMS
    assert [drawing.size for drawing in ledger.claims.drawings(1)] == [4]


def test_the_fewest_claims_are_the_earliest(places: Places, ledger: Ledger) -> None:
    ask(places, ledger, Q3, most=5)
    with closing(protected(places)) as connection:
        days = connection.execute(
            "SELECT claim_date FROM protected.claim WHERE state = 'claimable' ORDER BY claim_date LIMIT 5"
        ).fetchall()
    assert [one.claim_date for one in ledger.claims.standings()] == [day for (day,) in days]
    assert "11 claims left for later, as asked" in note(ledger)


def test_the_sample_can_be_drawn_again_by_anybody(places: Places, ledger: Ledger) -> None:
    ask(places, ledger, Q3)
    (drawing,) = ledger.claims.drawings(1)
    with closing(protected(places)) as connection:
        teams = connection.execute(
            "SELECT slot, team, kind FROM protected.claim JOIN protected.episode USING (episode)"
        ).fetchall()
    stratum = {slot: f"{team} · {kind}" for slot, team, kind in teams}
    candidates = [Candidate(one.number, stratum[one.slots[0]]) for one in ledger.claims.standings()]
    again = draw(candidates, size=drawing.size, seed=drawing.seed)
    assert again.inputs == drawing.inputs
    assert [one.claim for one in again.drawn] == list(drawing.claims)


def test_by_risk_what_could_be_wrong_weighs_more(places: Places, ledger: Ledger) -> None:
    sample = rows(ask(places, ledger, Q3, by_risk=True))
    assert ledger.claims.drawings(1)[0].weighted
    with closing(protected(places)) as connection:
        expected = dict(
            connection.execute(
                """
                SELECT slot, 1 + rows_in_quarantine + waived FROM protected.claim JOIN (
                    SELECT episode, count(*) FILTER (state = 'waived') AS waived FROM protected.need GROUP BY episode
                ) USING (episode)
                """
            ).fetchall()
        )
    slot = {one.number: one.slots[0] for one in ledger.claims.standings()}
    assert {int(row["weight"]) for row in sample} <= {1, 2, 3}
    for row in sample:
        assert int(row["weight"]) == expected[slot[int(row["claim"])]]


def test_no_claim_weighs_more_than_a_draw_can_bear(places: Places, ledger: Ledger) -> None:
    change(
        places,
        "UPDATE protected.claim SET rows_in_quarantine = 1000000, pairs_in_review = 1000000, poor_match = true",
    )
    sample = rows(ask(places, ledger, Q3, by_risk=True))
    assert {int(row["weight"]) for row in sample} <= {9, 10}


def test_more_than_the_quota_is_refused_with_the_figure(places: Places, ledger: Ledger) -> None:
    (places.data / "payment.toml").write_text(
        f'[[quota]]\nframework = "{FRAMEWORK}"\nyear = "2024-25"\nclaims = 10\npounds = 100000\n',
        encoding="utf-8",
    )
    done = ask(places, ledger, Q3)
    assert done.refusal is not None
    assert ledger.requests()[0].state is RequestState.REFUSED
    assert "10" in note(ledger) and "16" in note(ledger)
    assert ledger.claims.standings() == []
    ask(places, ledger, Q3, most=10)
    assert len(ledger.claims.standings()) == 10


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        ("small-contract/2031-32-Q1", "It has: 2024-25-Q2, 2024-25-Q3"),
        ("other-contract/2024-25-Q3", "not evaluated under the framework other-contract"),
        ("small-contract", "names no window"),
        ("../../x/2024-25-Q3", "names no window"),
        ("small-contract/2024-25-Q3'; DROP TABLE claim", "names no window"),
        ("", "names no window"),
    ],
)
def test_a_window_that_is_not_there_is_refused(
    places: Places, ledger: Ledger, subject: str, reason: str
) -> None:
    assert ask(places, ledger, subject).files == ()
    assert reason in note(ledger)
    assert ledger.claims.windows() == []


@pytest.mark.parametrize("most", [0, -1, True, "5", 1.5, None])
def test_a_number_of_claims_that_is_none_is_refused(places: Places, ledger: Ledger, most: object) -> None:
    assert ask(places, ledger, Q3, most=most).files == ()
    assert "whole number" in note(ledger)


def test_into_a_closed_window_nothing_is_entered(places: Places, ledger: Ledger) -> None:
    ask(places, ledger, Q3, most=5)
    ledger.claims.close_window(1, by="officer", role="returns_officer", release=NAME)
    assert ask(places, ledger, Q3).files == ()
    assert "closed: nothing more is entered" in note(ledger)
    assert len(ledger.claims.standings()) == 5


def test_a_failed_sample_is_enlarged_and_no_other(places: Places, ledger: Ledger) -> None:
    ask(places, ledger, Q3)
    assert ask(places, ledger, "1", "enlarge_sample").files == ()
    assert "needs no more claims" in note(ledger)
    drawn = [one.number for one in ledger.claims.standings() if one.drawn]
    ledger.claims.judge(
        {number: Judged(Verdict.STRUCK_OUT, "no plan in the case system") for number in drawn},
        by="auditor",
        role="auditor",
        release=NAME,
    )
    assert ledger.claims.sample(1).state is SampleState.FAILED
    grown = rows(ask(places, ledger, "1", "enlarge_sample"))
    assert len(grown) == 6
    assert {int(row["claim"]) for row in grown} > set(drawn)
    assert note(ledger).startswith("2 claims more drawn for audit in 2024-25-Q3")


@pytest.mark.parametrize("subject", ["", "0", "-1", "1e3", "9", "1; 2", "１"])
def test_a_window_number_that_is_none_is_refused(places: Places, ledger: Ledger, subject: str) -> None:
    assert ask(places, ledger, subject, "enlarge_sample").files == ()
    assert ledger.requests()[0].state is RequestState.REFUSED


def test_a_release_of_an_earlier_schema_says_what_to_do(places: Places, ledger: Ledger) -> None:
    change(places, "DROP TABLE protected.framework_file")
    assert ask(places, ledger, Q3).files == ()
    assert "Make a release with this version" in note(ledger)


def test_a_framework_that_was_changed_by_hand_is_not_used(places: Places, ledger: Ledger) -> None:
    change(places, "UPDATE protected.framework_file SET text = ?", CONTRACT.replace("= 800", "= 900"))
    assert ask(places, ledger, Q3).files == ()
    assert "changed by hand" in note(ledger)


def test_a_cell_that_a_spreadsheet_would_reckon_with_is_text(places: Places, ledger: Ledger) -> None:
    change(places, "UPDATE protected.episode SET team = '=cmd()'")
    assert all(row["stratum"].startswith("'=") for row in rows(ask(places, ledger, Q3)))
    assert pl.read_csv(places.outbox / "000001-open_window.csv").height == 4


ROW = st.fixed_dictionaries(
    {
        "slot": st.sampled_from("abcdef"),
        "fund_slot": st.sampled_from("abcxyz"),
        "claim_date": st.dates(date(2024, 9, 28), date(2024, 10, 3)),
    }
)


@given(st.lists(ROW, max_size=12), st.sets(st.sampled_from("abcdefxyz"), max_size=4), st.integers(0, 8))
def test_what_is_entered_by_a_naive_reference(rows: list[dict[str, Any]], live: set[str], most: int) -> None:
    """Row by row: a claim goes in if neither of its slots is live or used, its day has come, and there is room."""
    closes, used, numbers = date(2024, 9, 30), set(live), []
    for number, row in enumerate(rows):
        free = row["slot"] not in used and row["fund_slot"] not in used
        if free and row["claim_date"] <= closes and len(numbers) < most:
            numbers.append(number)
            used |= {row["slot"], row["fund_slot"]}
    chosen = choose(rows, live, closes=closes, most=most)
    assert list(chosen.entered) == [rows[number] for number in numbers]
    assert len(rows) == len(chosen.entered) + chosen.live + chosen.late + chosen.left
    slots = [slot for row in chosen.entered for slot in {row["slot"], row["fund_slot"]}]
    assert len(set(slots)) == len(slots)


def test_two_claims_on_one_slot_of_a_fund_are_entered_once(places: Places, ledger: Ledger) -> None:
    change(places, "UPDATE protected.claim SET fund_slot = 'the-same-for-all' WHERE kind = 'work'")
    ask(places, ledger, Q3)
    assert [one.kind for one in ledger.claims.standings()].count("work") == 1
    assert "3 claims left out as live already" in note(ledger)
