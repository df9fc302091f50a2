"""The engine and the naive reference agree on families that nobody would think of.

Hypothesis chooses the settings and a list of seeds; each seed makes one family whose days crowd around the
edges that matter (the as-of date, ends of months, of windows, of what extracts cover). A failing example
shrinks to the one family that shows it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest import MonkeyPatch

from outcomes import FRAMES, Framework, Headline, Need, claim_units, evaluate, read_framework
from outcomes.engine import judged
from outcomes.frames import OPTIONAL
from outcomes.frameworks import ClaimKind, Price
from outcomes.rules import (
    AllOf,
    AnyOf,
    Attendance,
    Count,
    Judgement,
    NoEvent,
    NoStatus,
    Reduction,
    Rule,
    Spell,
    StatusChange,
)
from tests.generative.naive_outcomes import Naive, Row

FILE = Path(__file__).parents[2] / "data" / "frameworks" / "supporting-families-2022.toml"
NATIONAL = replace(read_framework(FILE), examples=())
AS_OF = date(2024, 10, 31)
NINETY = Fraction(9, 10)
SUSPECT = (("role", ("suspect",)),)
VIOLENCE = (("domestic_abuse", (True,)),)
PLANS = (("kind", ("CPP", "CLA")),)
SEARCHING = (("kind", ("UC", "JSA")), ("conditionality", ("SEARCHING",)))
DROPPED = (("end_reason", ("DROPPED_OUT",)),)
PLAN, IN_NEED = (("kind", ("CPP",)),), (("kind", ("CIN",)),)
EVERY_KIND: dict[str, Rule] = {
    "1.1": NoEvent("police_incident", 6, "person", SUSPECT),
    "1.2": NoEvent("police_incident", 1, "any_member", VIOLENCE, waiver=True),
    "1.3": NoStatus("social_care_episode", 6, "person", PLANS),
    "1.4": NoStatus("missing_episode", 3, "any_member"),
    "1.5": NoStatus("homelessness_duty", 6, "any_member", (("kind", ("RELIEF", "MAIN")),)),
    "1.6": NoEvent("substance_misuse_treatment", 3, "person", DROPPED),
    "2.1": Attendance(NINETY, 6, waiver=True),
    "2.2": Attendance(Fraction(1, 2), 2),
    "2.3": Spell("employment_spell", 182),
    "2.4": Spell("social_care_episode", 30, PLANS, waiver=True),
    "2.5": Spell("benefit_spell", 60, SEARCHING),
    "3.1": Judgement(6),
    "3.2": Judgement(1, waiver=True),
    "3.3": AllOf((NoEvent("housing_event", 6, "any_member"), Judgement(6))),
    "3.4": AllOf((Attendance(NINETY, 6, waiver=True), Judgement(1), Spell("employment_spell", 10))),
    "4.1": AnyOf((Attendance(NINETY, 6, waiver=True), Judgement(3))),
    "4.2": AnyOf((NoStatus("social_care_episode", 6), AllOf((Judgement(1), Spell("employment_spell", 60))))),
    "4.3": AllOf((AnyOf((Judgement(1), Count(3, (Judgement(1),) * 3))), NoEvent("missing_episode", 1)), True),
    "5.1": Count(
        2, (Judgement(1, waiver=True), NoEvent("police_incident", 3), Spell("employment_spell", 30))
    ),
    "5.2": Count(1, (Judgement(6), Attendance(NINETY, 6, waiver=True))),
    "5.3": Count(2, extract="police_incident", months=6, whose="any_member"),
    "5.4": Count(1, extract="employment_spell", waiver=True),
    "6.1": Reduction("police_incident", 2, Fraction(1, 3)),
    "6.2": Reduction("police_incident", 1, Fraction(1, 2), "any_member", VIOLENCE, waiver=True),
    "6.3": Reduction("housing_event", 6, Fraction(1), "any_member"),
    "7.1": StatusChange("social_care_episode", PLAN, IN_NEED, 3),
    "7.2": StatusChange("social_care_episode", PLANS, IN_NEED, 0, waiver=True),
    "7.3": StatusChange("homelessness_duty", (("kind", ("RELIEF",)),), (("kind", ("MAIN",)),), 1),
}


def framework_of(rules: dict[str, Rule]) -> Framework:
    def need(code: str) -> Need:
        return Need(code, "", "", False, "low", "", "low", "", rules[code])

    headlines = tuple(
        Headline(h, "", None, tuple(need(code) for code in rules if code[0] == h)) for h in "1234567"
    )
    return replace(NATIONAL, headlines=headlines)


MIXED = framework_of(EVERY_KIND)

TIERS = (Price(500, None, date(2024, 3, 31)), Price(700, date(2024, 4, 1), date(2024, 8, 31)))
NEEDS_MET = ClaimKind("needs_met", "", "family", "needs", None, (Price(800, None, None),))
TAKEN_ON = ClaimKind("taken_on", "", "family", "attachment", None, TIERS, most_per_family=1)
WORK = ClaimKind(
    "work", "", "person", "rule", Spell("employment_spell", 30, waiver=True), TIERS, one_of="entry"
)
TRAINING = ClaimKind(
    "training", "", "person", "rule", Judgement(0, needs=("3.1", "3.2")), TIERS, one_of="entry"
)
KEPT = ClaimKind(
    "kept",
    "",
    "person",
    "rule",
    Spell("employment_spell", 100),
    after=("work", "training"),
    most_per_family=2,
)
QUIET = ClaimKind("quiet", "", "family", "rule", NoEvent("police_incident", 3), TIERS, after=("taken_on",))
STEPS = ClaimKind(
    "steps",
    "",
    "family",
    "rule",
    Count(
        2,
        (
            Judgement(1, needs=("3.1", "2.1")),
            NoEvent("missing_episode", 6),
            Reduction("police_incident", 2, NINETY),
        ),
    ),
    after=("quiet",),
    most_per_family=1,
)
ORDINARY = NATIONAL.claims
KINDS = (
    ORDINARY,
    (NEEDS_MET, replace(WORK, one_of=None, most_per_family=1)),
    (TAKEN_ON, WORK, TRAINING, KEPT, QUIET, STEPS),
    (KEPT, WORK, TRAINING, NEEDS_MET),
)


@st.composite
def frameworks(draw: Callable[[Any], Any]) -> Framework:
    base = draw(st.sampled_from([NATIONAL, MIXED, MIXED]))
    claims = draw(st.sampled_from([ORDINARY, ORDINARY, *KINDS]))
    fewest = int(any(kind.about == "needs" for kind in claims))
    return replace(
        base,
        claims=claims,
        sustain_from=draw(st.sampled_from(["outcome", "outcome", "closure"])),
        practice_tests=draw(st.sampled_from([base.practice_tests, ("plan",)])),
        valid_from=draw(st.sampled_from([base.valid_from, date(2024, 3, 31), None])),
        valid_to=draw(st.sampled_from([base.valid_to, date(2024, 6, 30), None])),
        eligibility=replace(
            base.eligibility,
            minimum=draw(st.integers(fewest, 3)),
            count_by=draw(st.sampled_from(["need", "headline"])),
            requires=draw(st.sampled_from(["child_or_expectant_parent", "nobody"])),
        ),
        payment=replace(
            base.payment,
            suspended_on=draw(st.sampled_from([base.payment.suspended_on, date(2024, 2, 1), None])),
            one_claim_per_family=draw(st.booleans()),
        ),
    )


class World:
    """The extracts of a small council; `add_family` grows them from a seed."""

    def __init__(self, framework: Framework, as_of: date, seed: int) -> None:
        self.as_of = as_of
        self.framework = framework
        self.codes = [need.code for need in framework.needs] + ["9.9"]
        self.judged = [need.code for need in framework.needs if isinstance(need.rule, Judgement)]
        self.kinds = [kind.code for kind in framework.claims]
        self.rows: dict[str, list[Row]] = {name: [] for name in FRAMES}
        self.shared = Random(seed)
        edges = [as_of, *(self.months_back(n) for n in (1, 2, 3, 6, 7, 12, 13))]
        self.edges = [day + timedelta(days=n) for day in edges for n in (-1, -1, 0, 0, 0, 1)]
        self.edges += [date(2024, 2, 29), date(2024, 1, 31), date(2023, 8, 31), as_of - timedelta(days=181)]
        self.terms = [self.months_back(14 - 4 * n) - timedelta(weeks=12) for n in range(4)]
        for extract in (
            "police_incident",
            "missing_episode",
            "social_care_episode",
            "housing_event",
            "homelessness_duty",
            "substance_misuse_treatment",
        ):
            for _ in range(self.shared.choice([0, 1, 1, 1, 2, 3])):
                self.cover(extract)

    def months_back(self, months: int) -> date:
        """The day from which a window of so many months has its last day on the as-of date."""
        turn = self.as_of + timedelta(days=1)
        year, month = divmod(turn.year * 12 + turn.month - 1 - months, 12)
        return date(year, month + 1, min(turn.day, 28))

    def cover(self, extract: str) -> None:
        start = self.shared.choice([date(2020, 4, 1), date(2020, 4, 1), self.shared.choice(self.edges)])
        until = self.shared.choice([self.as_of, self.as_of, date(2026, 1, 1), self.shared.choice(self.edges)])
        until = max(start, until)
        if self.shared.random() < 0.5:  # two files: side by side, overlapping, or with a day between
            cut = max(start, min(self.shared.choice(self.edges), until))
            self.put("coverage", extract, start, cut)
            start = min(until, cut + timedelta(days=self.shared.choice([1, 1, 2, 0])))
        self.put("coverage", extract, start, until)

    def put(self, frame: str, *values: Any) -> None:
        row = dict(zip(FRAMES[frame] | OPTIONAL.get(frame, {}), values, strict=False))
        if "record" in FRAMES[frame]:
            row["record"] = f"{frame} {len(self.rows[frame])}"
        self.rows[frame].append(row)
        if self.shared.random() < 0.05:  # rows are repeated
            self.rows[frame].append(row)

    def add_family(self, number: int, seed: int) -> None:
        random = Random(seed)
        family = f"family {number}"
        people = [f"person {number}.{n}" for n in range(random.choice([1, 2, 3]))]
        smooth = random.random() < 0.5  # else hardly any family would get as far as a claim

        own = list(self.edges)  # then: the days on which this family's episodes began, and soon after

        def day(chance_of_none: float = 0.0) -> Any:
            if random.random() < chance_of_none:
                return None
            return random.choice(self.edges if random.random() < 0.7 else own) + timedelta(
                days=random.choice([0, 0, 0, -1, 1, -20, 20])
            )

        first = [self.months_back(n) for n in (4, 7, 9, 13, 18)]
        for visit in range(random.choice([1, 2, 3] if smooth else [1, 1, 2])):
            episode = f"episode {number}.{visit}"
            start = random.choice([*first, *first, *first, day(), self.as_of + timedelta(days=1)])
            end = random.choice([None, start + timedelta(days=random.choice([0, 30, 90, 200, 300]))])
            reason = random.choice(["outcomes_met", "step_down", "step_up", None]) if end else None
            own = [*own[-4:], *(start + timedelta(days=n) for n in (0, 0, 5, 60))]
            assessed = start + timedelta(days=random.choice([0, 20]))
            self.put(
                "episode",
                episode,
                family,
                start,
                end,
                *(
                    2 * [assessed]
                    if smooth
                    else [random.choice([assessed, assessed, None, day()]) for _ in "ap"]
                ),
                smooth or random.random() < 0.9,
                "step_down" if smooth and random.random() < 0.8 else reason,
                random.choice([True, False, None]),
            )
            for person in people:
                if random.random() < 0.9:
                    child = random.choice([True, True, False]) or (smooth and random.random() < 0.8)
                    self.put("episode_member", episode, person, child)
            if smooth:
                for code in random.sample(self.judged * 2, random.choice([1, 2, 3])):
                    self.put("need", episode, people[0], code, start)
                    for _ in "12":
                        self.put("progress", episode, people[0], code, max(start, day()), "met", True)
                if random.random() < 0.6:
                    continue
            if random.random() < 0.2:
                kind = random.choice(self.kinds)
                self.put("progress", episode, random.choice([None, *people]), kind, day(), "waived", True)
            for _ in range(random.choice([0, 1, 2, 3, 3, 4, 6])):
                self.add_need(random, episode, random.choice([None, *people, *people]), start, day)
        for _ in range(random.choice([0] * 8 + [1, 2])):
            framework = random.choice([self.framework.id, self.framework.id, "another"])
            self.put(
                "earlier_claim",
                family,
                framework,
                random.choice([day(), self.as_of]),
                random.choice([None, *self.kinds, "no kind"]),
                random.choice([None, None, *people, "nobody"]),
                random.choice([None, None, None, f"episode {number}.0", "no episode"]),
            )
        for person in people:
            self.add_records(random, person, day)
            if random.random() < 0.05:
                self.put("unlinked_person", person)

    def add_need(self, random: Random, episode: str, person: str | None, start: date, day: Any) -> None:
        code = random.choice(self.codes)
        for _ in range(random.choice([1, 1, 1, 2])):
            identified = start + timedelta(days=random.choice([0, 0, 5, 60, -10]))
            self.put(
                "need", episode, person, code, random.choice([identified, identified, day(), *self.terms[2:]])
            )
        if random.random() < 0.7:
            self.put("progress", episode, person, code, start + timedelta(days=10), "met", True)
        for _ in range(random.choice([0, 0, 1, 1, 2, 3])):
            state = random.choice(["met", "met", "regressed", "waived"])
            reviewed = day()
            self.put("progress", episode, person, code, reviewed, state, random.random() < 0.7)
            if random.random() < 0.3:  # another judgement on the same day
                other = random.choice(["met", "regressed"])
                self.put("progress", episode, person, code, reviewed, other, False)

    def add_records(self, random: Random, person: str, day: Any) -> None:
        def some() -> range:
            return range(random.choice([0, 0, 0, 1, 1, 2]))

        for _ in some():
            role = random.choice(["suspect", "suspect", "victim", "witness"])
            self.put("police_incident", person, day(), role, random.choice([True, False]))
        for frame, before, after in (
            ("missing_episode", (), ()),
            ("employment_spell", (), ()),
            ("social_care_episode", (random.choice(["CIN", "CPP", "CLA"]),), ()),
            ("homelessness_duty", (random.choice(["PREVENTION", "RELIEF", "MAIN"]),), ("SECURED",)),
            ("benefit_spell", (random.choice(["UC", "PIP"]),), (random.choice(["SEARCHING", "NONE", None]),)),
            ("substance_misuse_treatment", ("RECOVERY",), (random.choice(["COMPLETED", "DROPPED_OUT"]),)),
        ):
            for _ in some():
                start, end = day(), random.choice([day(0.4), day(0.4), day(0.4), self.as_of])
                self.put(frame, person, *before, start, end and max(start, end), *after)
        for _ in some():
            self.put("housing_event", person, random.choice(["NSP", "EVICTION"]), day())
        if random.random() < 0.7:
            self.add_attendance(random, random.choice([person, person, person, None]))

    def add_attendance(self, random: Random, person: str | None) -> None:
        weeks = random.choice([10, 12])
        for n, term in enumerate(("Autumn", "Spring", "Summer", "Autumn again", "Spring again")):
            end = self.months_back(14 - 4 * n) + timedelta(days=random.choice([0, 0, 0, 0, 1]))
            start = end - timedelta(weeks=weeks)
            for _ in range(random.choice([0, 1, 1, 1, 1, 2])):
                possible = random.choice([0, 10, 100, 120, 130])
                attended = possible * random.choice([10, 9, 9, 9, 8, 5]) // 10
                self.put("school_attendance", person, "2023/24", term, start, end, possible, attended)

    def frames(self) -> dict[str, pl.DataFrame]:
        return {
            name: pl.DataFrame(rows, schema=FRAMES[name] | OPTIONAL.get(name, {}), orient="row")
            for name, rows in self.rows.items()
        }


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    framework=frameworks(),
    as_of=st.sampled_from([date(2024, 10, 31), date(2024, 2, 29), date(2023, 8, 31), date(2024, 3, 30)]),
    payment=st.sampled_from(["by_results", "earned_autonomy"]),
    council=st.integers(0, 10**6),
    seeds=st.lists(st.integers(0, 10**9), min_size=40, max_size=60, unique=True)
    | st.lists(st.integers(0, 10**9), min_size=1, max_size=3),
)
def test_engine_and_reference_agree(
    framework: Framework, as_of: date, payment: str, council: int, seeds: list[int]
) -> None:
    world = World(framework, as_of, council)
    for number, seed in enumerate(seeds):
        world.add_family(number, seed)
    frames = world.frames()
    evaluation = evaluate(frames, framework, as_of=as_of, payment=payment)
    naive = Naive(world.rows, framework, as_of, payment)
    needs, claims = {}, {}
    for number in range(len(seeds)):
        outcomes, family_claims = naive.family(f"family {number}")
        needs |= outcomes
        claims |= family_claims
    for row in evaluation.need.iter_rows(named=True):
        expected = needs.pop((row["episode"], row["person"], row["need_code"]))
        state = "waived" if expected.is_waived else expected.state
        ours = (row["state"], row["achieved_on"], row["sustained_on"])
        assert ours == (state, expected.achieved_on, expected.sustained_on), row
        assert (row["reason"] is None) == (state not in ("outstanding", "not_evidenced"))
    assert not needs
    for row in evaluation.claim.iter_rows(named=True):
        expected_claim = claims.pop((row["episode"], row["kind"], row["person"]))
        assert {name: row[name] for name in expected_claim} == expected_claim
    assert not claims
    units = claim_units(frames, framework, as_of=as_of)
    assert units.equals(evaluation.claim.select(units.columns))


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    framework=frameworks(),
    council=st.integers(0, 10**6),
    seeds=st.lists(st.integers(0, 10**9), min_size=5, max_size=20, unique=True),
    rows_at_once=st.integers(1, 7),
    episodes_at_once=st.integers(1, 4),
)
def test_files_read_and_evidence_handed_out_in_parts_give_the_same_answers(
    framework: Framework, council: int, seeds: list[int], rows_at_once: int, episodes_at_once: int
) -> None:
    world = World(framework, AS_OF, council)
    for number, seed in enumerate(seeds):
        world.add_family(number, seed)
    whole = evaluate(world.frames(), framework, as_of=AS_OF)
    lazy = {name: frame.lazy() for name, frame in world.frames().items()}
    with MonkeyPatch.context() as changed:
        changed.setattr("outcomes.numbers._ROWS_AT_ONCE", rows_at_once)
        with judged(lazy, framework, as_of=AS_OF) as answers:
            assert answers.need.equals(whole.need)
            assert answers.claim.equals(whole.claim)
            parts = list(answers.evidence(episodes_at_once))
    assert len(parts) == max(1, -(-whole.claim["episode"].n_unique() // episodes_at_once))
    assert pl.concat(parts).equals(whole.claim_evidence)
