"""Chapter 4. Spells that go on, judgements that nobody took back, and waivers."""
# ruff: noqa: E501 — tables are read across

import polars as pl
import pytest

from outcomes.rules import Judgement, NoEvent, Rule, Spell
from tests.spec.outcomes.auditor import (
    ALWAYS,
    Case,
    cases,
    coverage,
    day,
    frame,
    judge,
    matches,
    period,
    some,
)

WORK = Spell("employment_spell", 182)


def reviews(cell: str, person: str | None = "child") -> pl.DataFrame:
    """Reviews as `2024-01-31 met`; `waived!` has a reason written beside it."""
    rows = [part.split() for part in some(cell)]
    return frame(
        "progress",
        *(("episode", person, "1.1", day(on), state.rstrip("!"), state.endswith("!")) for on, state in rows),
    )


@cases("""
    spells of work                          | spells                                          | identified | state       | achieved   | sustained  | reason
    none                                    |                                                 | 2024-01-10 | outstanding |            |            | no_open_spell
    open, 182 days on the as-of date        | 2024-05-03..                                    | 2024-01-10 | sustained   | 2024-05-03 | 2024-10-31 |
    open, 181 days                          | 2024-05-04..                                    | 2024-01-10 | sustaining  | 2024-05-04 |            |
    from the day of identification          | 2020-01-01..                                    | 2024-01-10 | sustained   | 2024-01-10 | 2024-07-09 |
    ended the day before                    | 2024-01-20..2024-10-30                          | 2024-01-10 | outstanding |            |            | no_open_spell
    ends on the as-of date: open            | 2024-01-20..2024-10-31                          | 2024-01-10 | sustained   | 2024-01-20 | 2024-07-19 |
    ends after it: open                     | 2024-01-20..2024-12-08                          | 2024-01-10 | sustained   | 2024-01-20 | 2024-07-19 |
    begins after it: not known              | 2024-11-01..                                    | 2024-01-10 | outstanding |            |            | no_open_spell
    two open: the earlier start             | 2024-09-01..; 2024-02-01..                      | 2024-01-10 | sustained   | 2024-02-01 | 2024-07-31 |
    an earlier one that ended does not help | 2024-01-20..2024-06-30; 2024-07-01..            | 2024-01-10 | sustaining  | 2024-07-01 |            |
""")
def test_a_spell_that_is_open_on_the_as_of_date(case: Case) -> None:
    spells = frame("employment_spell", *(("child", *period(spell)) for spell in some(case["spells"])))
    row = judge(WORK, identified=case["identified"], as_of="2024-10-31", employment_spell=spells)
    matches(row, case)


def test_a_spell_needs_a_person() -> None:
    spells = frame("employment_spell", ("mother", day("2023-01-01"), None))
    row = judge(WORK, identified="2024-01-10", as_of="2024-10-31", person=None, employment_spell=spells)
    assert (row["state"], row["reason"]) == ("not_evidenced", "no_person")


@cases("""
    reviews                                   | reviews                                              | state       | achieved   | sustained  | reason
    none                                      |                                                      | outstanding |            |            | not_met
    met                                       | 2024-04-30 met                                       | sustained   | 2024-04-30 | 2024-10-29 |
    met, lately                               | 2024-05-01 met                                       | sustained   | 2024-05-01 | 2024-10-31 |
    met, too lately                           | 2024-05-02 met                                       | sustaining  | 2024-05-02 |            |
    confirmed: the first one counts           | 2024-03-01 met; 2024-06-01 met; 2024-10-01 met       | sustained   | 2024-03-01 | 2024-08-31 |
    regressed after: nothing is left          | 2024-03-01 met; 2024-10-01 regressed                 | outstanding |            |            | regressed
    regressed and met again: from there       | 2024-03-01 met; 2024-08-01 regressed; 2024-09-01 met | sustaining  | 2024-09-01 |            |
    both on one day: the worse wins           | 2024-03-01 met; 2024-03-01 regressed                 | outstanding |            |            | regressed
    both on one day, then met                 | 2024-03-01 met; 2024-03-01 regressed; 2024-03-02 met | sustained   | 2024-03-02 | 2024-09-01 |
    met the day before identification         | 2024-01-09 met                                       | outstanding |            |            | not_met
    met on the day of identification          | 2024-01-10 met                                       | sustained   | 2024-01-10 | 2024-07-09 |
    regressed before identification           | 2024-01-10 met; 2024-01-09 regressed                 | sustained   | 2024-01-10 | 2024-07-09 |
    regressed on the as-of date               | 2024-03-01 met; 2024-10-31 regressed                 | outstanding |            |            | regressed
    regressed after it: not known             | 2024-03-01 met; 2024-11-01 regressed                 | sustained   | 2024-03-01 | 2024-08-31 |
    a waiver is not met                       | 2024-03-01 waived!                                   | outstanding |            |            | not_met
""")
def test_judgement(case: Case) -> None:
    progress = reviews(case["reviews"])
    matches(judge(Judgement(6), identified="2024-01-10", as_of="2024-10-31", progress=progress), case)


@pytest.mark.parametrize(
    ("need_of", "review_of", "state"),
    [
        ("child", "child", "sustained"),
        (None, None, "sustained"),
        ("child", "mother", "outstanding"),
        ("child", None, "outstanding"),
        (None, "child", "outstanding"),
        (None, "stranger", "outstanding"),
    ],
)
def test_a_review_is_about_one_need(need_of: str | None, review_of: str | None, state: str) -> None:
    progress = reviews("2024-03-01 met", review_of)
    row = judge(Judgement(6), identified="2024-01-10", as_of="2024-10-31", person=need_of, progress=progress)
    assert row["state"] == state


NO_INCIDENT = NoEvent("police_incident", 6, waiver=True)


@cases("""
    waivers                                  | rule      | reviews                                     | state       | achieved   | sustained  | reason
    with a reason                            | allows    | 2024-03-01 waived!                          | waived      | 2024-03-01 | 2024-03-01 |
    without a reason                         | allows    | 2024-03-01 waived                           | outstanding |            |            | not_met
    the rule allows none                     | forbids   | 2024-03-01 waived!                          | outstanding |            |            | not_met
    the earliest counts                      | allows    | 2024-06-01 waived!; 2024-03-01 waived!      | waived      | 2024-03-01 | 2024-03-01 |
    the earliest with a reason counts        | allows    | 2024-06-01 waived!; 2024-03-01 waived       | waived      | 2024-06-01 | 2024-06-01 |
    on the day of identification             | allows    | 2024-01-10 waived!                          | waived      | 2024-01-10 | 2024-01-10 |
    before it                                | allows    | 2024-01-09 waived!                          | outstanding |            |            | not_met
    on the as-of date                        | allows    | 2024-10-31 waived!                          | waived      | 2024-10-31 | 2024-10-31 |
    after it                                 | allows    | 2024-11-01 waived!                          | outstanding |            |            | not_met
    sustained anyway: stays so               | allows    | 2024-02-01 met; 2024-03-01 waived!          | sustained   | 2024-02-01 | 2024-07-31 |
    sustaining: waived                       | allows    | 2024-09-01 met; 2024-10-01 waived!          | waived      | 2024-10-01 | 2024-10-01 |
    regressed since: the waiver stands       | allows    | 2024-03-01 waived!; 2024-10-01 regressed    | waived      | 2024-03-01 | 2024-03-01 |
    of a rule on silence that is not covered | no_event  | 2024-03-01 waived!                          | waived      | 2024-03-01 | 2024-03-01 |
    of a rule on silence, covered            | covered   | 2024-03-01 waived!                          | sustained   | 2024-01-10 | 2024-07-09 |
""")
def test_waivers(case: Case) -> None:
    rules: dict[str, Rule] = {
        "allows": Judgement(6, waiver=True),
        "forbids": Judgement(6),
        "no_event": NO_INCIDENT,
        "covered": NO_INCIDENT,
    }
    row = judge(
        rules[case["rule"]],
        identified="2024-01-10",
        as_of="2024-10-31",
        progress=reviews(case["reviews"]),
        coverage=coverage("police_incident", ALWAYS if case["rule"] == "covered" else ""),
    )
    matches(row, case)
