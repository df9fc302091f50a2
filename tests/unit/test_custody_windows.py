"""Opening a window through the worker: what is entered, what is drawn, and what is refused."""

import csv
import json
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
from release.pointer import COMPLETE, use
from tests.small_release import CONTRACT, FRAMEWORK, NAME, change, frameworks_fact, made

Q2, Q3, Q4 = (f"{FRAMEWORK}/2024-25-Q{number}" for number in (2, 3, 4))
NEWER = "2024-11-30-002"
LONGER = CONTRACT.replace(
    "[[headline]]",
    '[[window]]\nid = "2024-25-Q4"\nopens = 2025-01-01\ncloses = 2025-03-31\n\n[[headline]]',
    1,
)
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


def _say(places: Places, **facts: str) -> None:
    """Have the manifest of the release say these things."""
    manifest = places.releases / NAME / COMPLETE
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), **facts}))


def _publish_another(places: Places) -> None:
    shutil.copytree(places.releases / NAME, places.releases / NEWER)
    use(places, NEWER)


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
    change(places, "UPDATE protected.claim SET claim_date = DATE '2025-01-02' WHERE kind = 'work'")
    ask(places, ledger, Q3)
    assert "4 claims dated after the window" in note(ledger)
    assert {one.kind for one in ledger.claims.standings()} == {"needs_met"}


@pytest.mark.parametrize(
    ("window", "days"),
    [
        (Q2, "2024-25-Q2 was over on 2024-09-30, and the release speaks for 2024-10-31"),
        (Q4, "2024-25-Q4 opens on 2025-01-01, and the release speaks for 2024-10-31"),
    ],
)
def test_a_window_of_other_days_than_the_release_is_refused(tmp_path: Path, window: str, days: str) -> None:
    """Its quota is another year's, or used up already."""
    places = made(tmp_path, contract=LONGER)
    with closing(open_ledger(places)) as ledger:
        assert ask(places, ledger, window).files == ()
        assert days in note(ledger)
        assert ledger.claims.windows() == []


def test_an_open_window_that_is_over_takes_nothing_more(places: Places, ledger: Ledger) -> None:
    ask(places, ledger, Q3, most=5)
    _say(places, as_of="2025-01-01")
    assert ask(places, ledger, Q3).files == ()
    assert "2024-25-Q3 was over on 2024-12-31" in note(ledger)
    assert len(ledger.claims.standings()) == 5


def test_nothing_is_entered_from_a_release_that_was_replaced(places: Places, ledger: Ledger) -> None:
    """What the newer one says of its claims was compared before they were there: none would be flagged."""
    waits = ledger.ask("open_window", by="officer", role="returns_officer", release=NAME, subject=Q3)
    _publish_another(places)
    assert answer(places, ledger, waits).files == ()
    assert f"{NAME}, current when this was asked, has been replaced by {NEWER}" in note(ledger)
    assert ledger.claims.windows() == []


def test_nothing_is_entered_where_another_release_came_meanwhile(
    places: Places, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def publishes(*given: Any, **wished: Any) -> Any:
        _publish_another(places)
        return choose(*given, **wished)

    monkeypatch.setattr("custody.entering.choose", publishes)
    assert ask(places, ledger, Q3).files == ()
    assert f"has been replaced by {NEWER}" in note(ledger)
    assert ledger.claims.standings() == []


def test_nothing_is_entered_from_a_release_with_given_links(places: Places, ledger: Ledger) -> None:
    _say(places, links="given")
    assert ask(places, ledger, Q3).files == ()
    assert "links that were given to it" in note(ledger)
    assert ledger.claims.windows() == []
    _say(places, links="found")
    assert ask(places, ledger, Q3).refusal is None


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


def test_into_a_window_that_was_drawn_from_nothing_is_entered(places: Places, ledger: Ledger) -> None:
    """What comes after the draw could not have been drawn."""
    first = rows(ask(places, ledger, Q3, most=5))
    assert rows(ask(places, ledger, Q3)) == first
    assert "11 claims left for the next window, as this one's sample is drawn" in note(ledger)
    assert len(ledger.claims.standings()) == 5


def test_what_was_not_upheld_waits_until_its_evidence_has_changed(tmp_path: Path) -> None:
    places = made(tmp_path, families=6, contract=LONGER)
    with closing(open_ledger(places)) as ledger:
        ask(places, ledger, Q3)
        first, second, *_ = (one for one in ledger.claims.standings() if one.drawn)
        ledger.claims.judge(
            {one.number: Judged(Verdict.STRUCK_OUT, "no plan") for one in (first, second)},
            by="auditor",
            role="auditor",
            release=NAME,
        )
        ledger.claims.withdraw(
            [first.number, second.number],
            by="officer",
            role="returns_officer",
            release=NAME,
            why="struck out",
        )
        change(
            places,
            "UPDATE protected.claim SET evidence_digest = ? WHERE slot = ?",
            "0" * 64,
            second.slots[0],
        )
        _say(places, as_of="2025-01-31")
        ask(places, ledger, Q4)
        assert "1 claim left out as not upheld before" in note(ledger)
        assert [one.slots for one in ledger.claims.standings(window=2)] == [second.slots]


def test_nothing_is_claimed_by_a_framework_that_is_not_the_active_one(places: Places, ledger: Ledger) -> None:
    _say(places, frameworks=frameworks_fact(CONTRACT, checked=False))
    assert ask(places, ledger, Q3).files == ()
    assert "not the active one" in note(ledger)
    assert ledger.claims.windows() == []


@pytest.mark.parametrize("said", ["{", "[1]", '[{"sha256": "x"}]', "null", "[" * 100_000])
def test_a_manifest_whose_frameworks_cannot_be_read_is_told(
    places: Places, ledger: Ledger, said: str
) -> None:
    _say(places, frameworks=said)
    assert ask(places, ledger, Q3).files == ()
    assert "says of frameworks is damaged" in note(ledger)


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
        "evidence_digest": st.sampled_from("12"),
        "claim_date": st.dates(date(2024, 9, 28), date(2024, 10, 3)),
    }
)
BARRED = st.sets(st.tuples(st.sampled_from("abcxyz"), st.sampled_from("12")), max_size=4)


@given(
    st.lists(ROW, max_size=12), st.sets(st.sampled_from("abcdefxyz"), max_size=4), BARRED, st.integers(0, 8)
)
def test_what_is_entered_by_a_naive_reference(
    rows: list[dict[str, Any]], live: set[str], barred: set[tuple[str, str]], most: int
) -> None:
    """Row by row: a claim goes in if neither of its slots is live or used, or not upheld with the same evidence, its
    day has come, and there is room."""
    closes, used = date(2024, 9, 30), set(live)
    numbers: list[int] = []
    for number, row in enumerate(rows):
        slots, evidence = [row["slot"], row["fund_slot"]], row["evidence_digest"]
        free = not any(slot in used or (slot, evidence) in barred for slot in slots)
        if free and row["claim_date"] <= closes and len(numbers) < most:
            numbers.append(number)
            used |= {row["slot"], row["fund_slot"]}
    chosen = choose(rows, live, barred, closes=closes, most=most)
    assert list(chosen.entered) == [rows[number] for number in numbers]
    assert len(rows) == len(chosen.entered) + chosen.live + chosen.barred + chosen.late + chosen.left
    slots = [slot for row in chosen.entered for slot in {row["slot"], row["fund_slot"]}]
    assert len(set(slots)) == len(slots)


def test_two_claims_on_one_slot_of_a_fund_are_entered_once(places: Places, ledger: Ledger) -> None:
    change(places, "UPDATE protected.claim SET fund_slot = 'the-same-for-all' WHERE kind = 'work'")
    ask(places, ledger, Q3)
    assert [one.kind for one in ledger.claims.standings()].count("work") == 1
    assert "3 claims left out as live already" in note(ledger)
