"""The ledger of claims against plain lists: any acts in any order, by anybody, in both databases."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import (
    AuditTerms,
    Candidate,
    Judged,
    Ledger,
    NewClaim,
    NewWindow,
    Verdict,
    draw,
)
from release.errors import UserError
from tests.generative.naive_ledger import DONE, NaiveLedger
from tests.ledgers import DATABASES, Database, database_in, evidence, token

_PEOPLE = st.sampled_from(["anna", "bert", "carol", "dev"])
_WINDOWS = st.sampled_from([0, 0, 0, 1, 2])
# Of the claims that there are, counted round and round; 99 is none of them.
_CLAIMS = st.lists(st.sampled_from([0, 1, 2, 3, 4, 5, 99]), min_size=0, max_size=3, unique=True)
_FAMILIES = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 2000)), min_size=0, max_size=5
)
_TERMS = st.tuples(
    st.sampled_from([Fraction(0), Fraction(1, 10), Fraction(1, 2), Fraction(1)]),
    st.integers(0, 3),
    st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1)]),
    st.sampled_from([Fraction(0), Fraction(1, 3)]),
)
_ACTS = st.one_of(
    st.tuples(st.just("open"), st.sampled_from(["Q1", "Q2", "Q3"]), _TERMS, _PEOPLE),
    st.tuples(st.just("enter"), _WINDOWS, _FAMILIES, _PEOPLE),
    st.tuples(st.just("enter"), st.just(0), _FAMILIES, _PEOPLE),
    st.tuples(st.just("close"), _WINDOWS),
    st.tuples(st.just("select"), _WINDOWS, st.integers(-1, 2), _PEOPLE),
    st.tuples(st.just("judge"), _CLAIMS, st.booleans(), _PEOPLE),
    st.tuples(st.just("judge the drawn"), _WINDOWS, st.booleans(), _PEOPLE),
    st.tuples(st.just("sign"), _WINDOWS, _PEOPLE),
    st.tuples(st.just("submit"), _WINDOWS, _PEOPLE),
    st.tuples(st.just("move"), _CLAIMS, st.sampled_from(["paid", "rejected", "withdrawn"])),
    st.tuples(st.just("move"), st.lists(st.integers(0, 3), min_size=1, max_size=1), st.just("withdrawn")),
    st.tuples(st.just("compare"), st.lists(st.integers(0, 2), min_size=10, max_size=10)),
)


@st.composite
def _courses(draw_one: st.DrawFn) -> list[tuple[Any, ...]]:
    """A window as it should go, now and then by the wrong person, as far as it goes; then anything at all; and
    sometimes the rest of the window after all, so that what comes late is come to."""
    usual: list[tuple[Any, ...]] = [
        ("open", "Q1", (Fraction(1, 10), 1, Fraction(1, 3), Fraction(1, 3)), "anna"),
        ("enter", 0, [(family, family, 800) for family in range(4)], "anna"),
        ("select", 0, 0, "anna"),
        ("judge the drawn", 0, draw_one(st.booleans()), "bert"),
        ("sign", 0, draw_one(st.sampled_from(["carol", "anna", "bert"]))),
        ("sign", 0, "carol"),
        ("compare", draw_one(st.sampled_from([[0] * 10, [0, 1, *[0] * 8]]))),
        ("submit", 0, draw_one(st.sampled_from(["dev", "carol"]))),
        ("submit", 0, "dev"),
        ("move", [0, 1], "paid"),
        ("move", [2], "rejected"),
    ]
    cut = draw_one(st.integers(0, len(usual)))
    anything = draw_one(st.lists(_ACTS, max_size=12))
    return [*usual[:cut], *anything, *(usual[cut:] if draw_one(st.booleans()) else [])]


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    return database_in(request.param, tmp_path, request, monkeypatch)


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger]:
    opened = database.open()
    yield opened
    opened.close()


# Both databases are given the same examples.
@settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=_courses(), most=st.sampled_from([100, 5, 4]))
def test_the_ledger_does_what_plain_lists_do(
    database: Database, ledger: Ledger, acts: list[tuple[Any, ...]], most: int
) -> None:
    pair = _pair(database, ledger, most)
    for act in acts:
        pair.do(act)
    pair.compare_all()
    ledger.verify()


def _pair(database: Database, ledger: Ledger, most: int) -> "_Pair":
    """A framework of its own in the same ledger."""
    framework = f"framework-{ledger.anchor().number}"
    (database.places.data / "payment.toml").write_text(
        f'[[quota]]\nframework = "{framework}"\nyear = "2024-25"\nclaims = {most}\n', encoding="utf-8"
    )
    return _Pair(ledger, framework, NaiveLedger(most), [], [])


@dataclass
class _Pair:
    """The ledger and the lists, which are told the same. Windows and claims have numbers of their own in each."""

    ledger: Ledger
    framework: str
    naive: NaiveLedger
    windows: list[int]
    claims: list[int]
    # How many claims stood where, and what they were worth, when a line was the newest.
    then: list[tuple[int, dict[tuple[str, str], tuple[int, int]]]] = field(default_factory=list)

    def do(self, act: tuple[Any, ...]) -> None:
        name, *values = act
        getattr(self, name.replace(" ", "_"))(*values)
        counted: dict[tuple[str, str], tuple[int, int]] = {}
        for one in self.naive.claims:
            step = one.course[-1]
            where = (step, one.verdict if step == "audited" else "")
            claims, worth = counted.get(where, (0, 0))
            counted[where] = (claims + 1, worth + one.worth)
        self.then.append((self.ledger.anchor().number, counted))

    def open(self, code: str, terms: tuple[Any, ...], by: str) -> None:
        window = NewWindow(self.framework, code, 1, date(2024, 10, 1), date(2024, 12, 31), AuditTerms(*terms))
        outcome, number = self._told("open_window", window, **_by(by))
        assert outcome == self.naive.open(code, terms, by)
        self.windows += [number] if outcome == DONE else []

    def enter(self, window: int, families: list[tuple[int, int, int]], by: str) -> None:
        new = [
            (
                (token(self.framework, "slot", one), token(self.framework, "fund", other)),
                worth,
                self._proof(one, 0),
            )
            for one, other, worth in families
        ]
        listed = [NewClaim(slots, "kind", proof, date(2024, 9, 30), worth) for slots, worth, proof in new]
        outcome, numbers = self._told("enter", self._window(window), listed, **_by(by))
        assert outcome == self.naive.enter(window, new, by)
        self.claims += numbers if outcome == DONE else []

    def close(self, window: int) -> None:
        outcome, _ = self._told("close_window", self._window(window), **_by("anna"))
        assert outcome == self.naive.close(window)

    def select(self, window: int, besides: int, by: str) -> None:
        there = self._window(window)
        can_be = list(self.ledger.claims.candidates(there))
        if window < len(self.windows):
            assert [self.claims.index(one) for one in can_be] == self.naive.can_be_drawn(window)
        more = self.naive.sample(window)[5] if window < len(self.windows) else 1
        lot = draw(
            [Candidate(one, "odd" if one % 2 else "even") for one in can_be],
            size=max(0, more + besides),
            seed=self.ledger.claims.seed(there),
        )
        outcome, _ = self._told("select", there, lot, **_by(by))
        chosen = [self.claims.index(one.claim) for one in lot.drawn]
        assert outcome == self.naive.select(window, chosen, by)

    def judge(self, numbers: list[int], upheld: bool, by: str) -> None:
        numbers = self._meant(numbers)
        verdict = Judged(Verdict.UPHELD if upheld else Verdict.STRUCK_OUT, "seen")
        outcome, _ = self._told("judge", {self._claim(one): verdict for one in numbers}, **_by(by))
        assert outcome == self.naive.judge(numbers, upheld, by)

    def judge_the_drawn(self, window: int, upheld: bool, by: str) -> None:
        drawn = [
            number
            for number, one in enumerate(self.naive.claims)
            if one.window == window and one.course[-1] == "selected_for_audit"
        ]
        self.judge(drawn, upheld, by)

    def sign(self, window: int, by: str) -> None:
        outcome, _ = self._told("sign", self._window(window), **_by(by))
        assert outcome == self.naive.sign(window, by)

    def submit(self, window: int, by: str) -> None:
        outcome, _ = self._told("submit", self._window(window), **_by(by))
        assert outcome == self.naive.submit(window, by)

    def move(self, numbers: list[int], step: str) -> None:
        numbers = self._meant(numbers)
        act = {"paid": "pay", "rejected": "reject", "withdrawn": "withdraw"}[step]
        outcome, _ = self._told(act, [self._claim(one) for one in numbers], why="because", **_by("anna"))
        assert outcome == self.naive.move(numbers, step)

    def compare(self, versions: list[int]) -> None:
        found = {
            token(self.framework, "slot", family): self._proof(family, version)
            for family, version in enumerate(versions)
            if version < 2
        }
        outcome, changed = self._told("compare_evidence", found, frameworks=[self.framework], **_by("anna"))
        assert outcome == DONE
        assert [self.claims.index(one) for one in changed] == self.naive.compare(found)

    def compare_all(self) -> None:
        """Everything that can be read says the same."""
        claims = self.ledger.claims
        there = claims.standings(framework=self.framework)
        assert [self.claims.index(one.number) for one in there] == list(range(len(self.naive.claims)))
        for one, plain in zip(there, self.naive.claims, strict=True):
            assert (one.step, one.verdict, one.turn, one.worth) == (
                plain.course[-1],
                plain.verdict,
                plain.turn,
                plain.worth,
            )
            assert (one.live, one.evidence_changed) == (plain.live, plain.known != plain.entered_with)
            assert [step.step for step in claims.history(one.number)] == plain.course
            assert bool(one.drawn) == ("selected_for_audit" in plain.course)
        live = {slot for one in self.naive.claims if one.live for slot in one.slots}
        assert set(claims.live(self.framework)) == live
        for number, window in enumerate(self.windows):
            sample = claims.sample(window)
            assert (
                sample.population,
                sample.size,
                sample.judged,
                sample.struck_out,
                sample.state,
                sample.more,
            ) == self.naive.sample(number)
            assert claims.window(window).signed_by == (self.naive.windows[number].signed_by or "")
        counted = {
            (count.step, count.verdict): count.claims for count in claims.counts(framework=self.framework)
        }
        assert sum(counted.values()) == len(self.naive.claims)
        assert claims.quota(self.framework, "2024-25").claims == sum(one.live for one in self.naive.claims)
        self.compare_what_stood()

    def compare_what_stood(self) -> None:
        """At earlier lines, some of them, the claims are counted as they stood then."""
        for line, naive in self.then[-1::-5]:
            counted: dict[tuple[str, str], tuple[int, int]] = {}
            for one in self.ledger.claims.counts_at(line, framework=self.framework):
                assert one.worth == one.rate * one.claims
                assert (one.code[:1], one.kind, one.opens) == ("Q", "kind", date(2024, 10, 1))
                claims, worth = counted.get((one.step, one.verdict), (0, 0))
                counted[one.step, one.verdict] = (claims + one.claims, worth + one.worth)
            assert counted == naive

    def _told(self, act: str, *values: Any, **who: Any) -> tuple[str, Any]:
        """What the ledger makes of an act, and what it gives. A refusal leaves no trace."""
        before = self.ledger.anchor()
        try:
            return DONE, getattr(self.ledger.claims, act)(*values, **who)
        except UserError as error:
            assert self.ledger.anchor() == before
            return type(error).__name__, None

    def _meant(self, numbers: list[int]) -> list[int]:
        there = max(1, len(self.naive.claims))
        return sorted({one if one == 99 else one % there for one in numbers})

    def _proof(self, family: int, version: int) -> str:
        return evidence(self.framework, family, version)

    def _window(self, window: int) -> int:
        return self.windows[window] if window < len(self.windows) else 10**6

    def _claim(self, number: int) -> int:
        return self.claims[number] if number < len(self.claims) else 10**6 + number


def _by(who: str) -> dict[str, Any]:
    return {"by": who, "role": "returns_officer", "release": "2024-10-31-001"}
