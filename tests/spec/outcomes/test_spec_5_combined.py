"""Chapter 5. All of several rules, any of several; needs written down twice; kinds not built; closure."""
# ruff: noqa: E501 — tables are read across

from datetime import date

from outcomes.rules import AllOf, AnyOf, Judgement, NoEvent, Rule, Spell
from tests.spec.outcomes.auditor import (
    ALWAYS,
    Case,
    cases,
    council,
    coverage,
    day,
    episode,
    frame,
    framework,
    matches,
    period,
    some,
)
from tests.spec.outcomes.auditor import judge as judge_need

SILENCE = NoEvent("police_incident", 6)
WORK = Spell("employment_spell", 182, waiver=True)


@cases("""
    parts: no incident, judged met            | incident   | met        | covered    | state         | achieved   | sustained  | reason
    both sustained: the later of the days     | 2024-02-01 | 2024-03-15 | 2024-10-31 | sustained     | 2024-03-15 | 2024-09-14 |
    both sustained: silence came later        | 2024-04-01 | 2024-03-15 | 2024-10-31 | sustained     | 2024-04-02 | 2024-10-01 |
    one is sustaining: so are all             | 2024-02-01 | 2024-09-01 | 2024-10-31 | sustaining    | 2024-09-01 |            |
    one is not evidenced: so are all          | 2024-02-01 | 2024-09-01 | 2024-06-30 | not_evidenced | 2024-09-01 |            | not_covered
    one is outstanding: so are all            | 2024-02-01 |            | 2024-10-31 | outstanding   |            |            | not_met
    outstanding is worse than not evidenced   | 2024-02-01 |            | 2024-06-30 | outstanding   |            |            | not_met
    silence alone is never enough             |            |            | 2024-10-31 | outstanding   |            |            | not_met
    both outstanding: the first says why      | 2024-10-31 |            | 2024-10-31 | outstanding   |            |            | event_on_as_of
""")
def test_all_of_is_as_bad_as_its_worst_part(case: Case) -> None:
    matches(judged(AllOf((SILENCE, Judgement(6))), case), case)


@cases("""
    parts: no incident, judged met            | incident   | met        | covered    | state         | achieved   | sustained  | reason
    both sustained: the earlier of the days   | 2024-02-01 | 2024-03-15 | 2024-10-31 | sustained     | 2024-02-02 | 2024-08-01 |
    one is sustained                          | 2024-10-31 | 2024-03-15 | 2024-10-31 | sustained     | 2024-03-15 | 2024-09-14 |
    one is sustaining                         | 2024-10-31 | 2024-09-01 | 2024-10-31 | sustaining    | 2024-09-01 |            |
    one is not evidenced, one outstanding     | 2024-02-01 |            | 2024-06-30 | not_evidenced | 2024-02-02 |            | not_covered
    both outstanding: the first says why      | 2024-10-31 |            | 2024-10-31 | outstanding   |            |            | event_on_as_of
""")
def test_any_of_is_as_good_as_its_best_part(case: Case) -> None:
    matches(judged(AnyOf((SILENCE, Judgement(6))), case), case)


def judged(rule: Rule, case: Case) -> dict[str, object]:
    incidents = [("child", day(on), "suspect", False) for on in some(case["incident"])]
    met = [("episode", "child", "1.1", day(on), "met", False) for on in some(case["met"])]
    return judge_need(
        rule,
        identified="2024-01-10",
        as_of="2024-10-31",
        police_incident=frame("police_incident", *incidents),
        progress=frame("progress", *met),
        coverage=coverage("police_incident", f"2020-04-01..{case['covered']}"),
    )


@cases("""
    work (may be waived) and a judgement | kind   | work         | reviews                                         | state       | achieved   | sustained  | reason
    all: one waived, one sustained       | all_of |              | 2024-02-01 met; 2024-04-01 waived               | waived      | 2024-04-01 | 2024-07-31 |
    all: one waived, one outstanding     | all_of |              | 2024-04-01 waived                               | outstanding |            |            | not_met
    all: one sustained, none waived      | all_of | 2023-01-01.. | 2024-02-01 met; 2024-04-01 waived               | sustained   | 2024-02-01 | 2024-07-31 |
    any: sustained without the waiver    | any_of |              | 2024-02-01 met; 2024-04-01 waived               | sustained   | 2024-02-01 | 2024-04-01 |
    any: nothing but the waiver          | any_of |              | 2024-04-01 waived                               | waived      | 2024-04-01 | 2024-04-01 |
""")
def test_waivers_of_parts(case: Case) -> None:
    parts = (WORK, Judgement(6))
    reviews = [part.split() for part in some(case["reviews"])]
    row = judge_need(
        AllOf(parts) if case["kind"] == "all_of" else AnyOf(parts),
        identified="2024-01-10",
        as_of="2024-10-31",
        employment_spell=frame("employment_spell", *(("child", *period(w)) for w in some(case["work"]))),
        progress=frame("progress", *(("episode", "child", "1.1", day(on), s, True) for on, s in reviews)),
    )
    matches(row, case)


def test_a_need_written_down_twice_is_one_need_from_its_earliest_day() -> None:
    need = frame(
        "need",
        ("episode", "child", "1.1", day("2024-03-01")),
        ("episode", "child", "1.1", day("2024-02-01")),
        ("episode", "child", "1.1", day("2024-11-01")),  # after the as-of date: not known
        ("episode", "mother", "1.1", day("2024-04-01")),  # somebody else's
        ("episode", None, "1.1", day("2024-05-01")),  # the family's
    )
    evaluation = council(as_of="2024-10-31", given=framework({"1.1": Judgement(6)}), need=need)
    days = dict(evaluation.need.select("person", "identified_on").iter_rows())
    assert days == {"child": date(2024, 2, 1), "mother": date(2024, 4, 1), None: date(2024, 5, 1)}


def test_a_need_that_the_framework_does_not_know_stands_in_the_way() -> None:
    need = frame("need", ("episode", "child", "7.7", day("2024-03-01")))
    evaluation = council(as_of="2024-10-31", given=framework({"1.1": Judgement(6)}), need=need)
    (row,) = evaluation.need.to_dicts()
    assert (row["state"], row["reason"], row["headline"]) == ("not_evidenced", "need_not_in_framework", None)
    assert evaluation.claim["needs"].to_list() == [0]


@cases("""
    sustain from closure                       | rule     | ended      | state       | achieved   | sustained  | reason
    open: nothing has been achieved            | judged   |            | outstanding |            |            | episode_open
    ended: the clock starts with the end       | judged   | 2024-04-01 | sustained   | 2024-04-01 | 2024-09-30 |
    ended lately                               | judged   | 2024-06-01 | sustaining  | 2024-06-01 |            |
    ended before the outcome: from the outcome | judged   | 2024-01-15 | sustained   | 2024-02-01 | 2024-07-31 |
    ends after the as-of date: open            | judged   | 2024-11-01 | outstanding |            |            | episode_open
    silence: open                              | silence  |            | outstanding |            |            | episode_open
    silence: from the end                      | silence  | 2024-04-01 | sustained   | 2024-04-01 | 2024-09-30 |
    work: from the end                         | work     | 2024-04-01 | sustained   | 2024-04-01 | 2024-09-29 |
    a waiver: open                             | waived   |            | outstanding |            |            | episode_open
    a waiver: not before the end               | waived   | 2024-04-01 | waived      | 2024-04-01 | 2024-04-01 |
""")
def test_sustain_from_closure(case: Case) -> None:
    rules: dict[str, Rule] = {
        "judged": Judgement(6),
        "silence": SILENCE,
        "work": Spell("employment_spell", 182),
        "waived": Spell("missing_episode", 1, waiver=True),
    }
    ended = day(case["ended"])
    row = judge_need(
        rules[case["rule"]],
        identified="2024-01-10",
        as_of="2024-10-31",
        changes={"sustain_from": "closure"},
        episode=frame("episode", episode(end_date=ended, closure_reason="step_down" if ended else None)),
        employment_spell=frame("employment_spell", ("child", day("2023-01-01"), None)),
        progress=frame(
            "progress",
            ("episode", "child", "1.1", day("2024-02-01"), "met", False),
            ("episode", "child", "1.1", day("2024-02-01"), "waived", True),
        ),
        coverage=coverage("police_incident", ALWAYS),
    )
    matches(row, case)
