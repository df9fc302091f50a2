"""The books of returns and research against plain lists: any acts in any order, by anybody, in both databases.

Each act is tried twice: by its rows alone, past the code, so that the database itself refuses what the rules forbid;
and as the ledger offers it.
"""

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import CheckResult, Event, Ledger, canonical
from ledger import export_tables as research
from ledger import return_tables as returns
from ledger.canonical import digest_of
from ledger.store import append
from release.errors import UserError
from tests.generative.naive_books import DEMANDED, DONE, LASTS, NEEDED, SIGNERS, NaiveResearch, NaiveReturns
from tests.ledgers import Database, both, evidence


def _courses(how_many: int) -> settings:
    return settings(
        max_examples=how_many, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
    )


_PEOPLE = st.sampled_from(["ann@x", " ANN@x ", "ben@x", "cho@x", "dee@x", "Dee@X"])
_WHICH = st.sampled_from([0, 0, 0, 0, 1, 2, 9])
_ROLES = st.sampled_from(["manager", "returns_officer", "returns_officer", "researcher"])
_WORKERS = st.sampled_from(["worker", "worker", "worker", "returns_officer"])
_OUTCOMES = st.fixed_dictionaries(
    {"audit": st.sampled_from(["passed", "passed", "failed"])},
    optional={"totals": st.just("passed"), "change": st.sampled_from(["query", "passed"])},
)
_RETURNS = st.one_of(
    st.tuples(
        st.just("draw_up"), st.sampled_from(["2026-27-Q1", "2026-27-Q2"]), st.sampled_from(["", "so"]), _ROLES
    ),
    st.tuples(st.just("checked"), _WHICH, _OUTCOMES, _WORKERS),
    st.tuples(st.just("answer"), _WHICH, st.sampled_from(["change", "audit"]), _ROLES),
    st.tuples(st.just("sign"), _WHICH, st.booleans(), _PEOPLE, _ROLES),
    st.tuples(st.just("submit"), _WHICH, _ROLES),
    st.tuples(st.just("withdraw"), _WHICH, _ROLES),
)
_CHECKER_ROLES = st.sampled_from(["output_checker", "output_checker", "output_checker", "researcher"])
_OFFICER: Final = "data_protection_officer"
_ENDERS = st.sampled_from(["researcher", _OFFICER])
_VERDICTS = st.sampled_from(["approve", "approve", "return"])
_RESEARCH = st.one_of(
    st.tuples(
        st.just("begin"), st.sampled_from(["one", "two"]), st.lists(_PEOPLE, max_size=1), st.just(10), _PEOPLE
    ),
    st.tuples(st.just("end"), _WHICH, _PEOPLE, _ENDERS),
    st.tuples(st.just("ask"), _WHICH, st.sampled_from(["tables", "private", "private"]), _PEOPLE),
    st.tuples(st.just("spend"), _WHICH, st.sampled_from([4, 7]), _WORKERS),
    st.tuples(st.just("prepared"), _WHICH, _WORKERS),
    st.tuples(st.just("refused"), _WHICH, _WORKERS),
    st.tuples(st.just("decide"), _WHICH, _VERDICTS, _PEOPLE, _CHECKER_ROLES),
    st.tuples(st.just("hand_out"), _WHICH, st.booleans(), _WORKERS),
    st.tuples(st.just("withdraw"), _WHICH, _PEOPLE, _ENDERS),
    st.tuples(st.just("take_away"), _WHICH, _WORKERS),
    st.tuples(st.just("time_passes"), st.sampled_from([200, 400])),
)


@st.composite
def _course(draw_one: st.DrawFn, usual: Sequence[tuple[Any, ...]], other: Any) -> list[tuple[Any, ...]]:
    """What should be done, as far as it goes, with anything at all in between; and sometimes the rest after all."""
    cut = draw_one(st.integers(0, len(usual)))
    anything = draw_one(st.lists(other, max_size=8))
    return [*usual[:cut], *anything, *(usual[cut:] if draw_one(st.booleans()) else [])]


_RETURN: Final = (
    ("draw_up", "2026-27-Q1", "", "returns_officer"),
    ("checked", 0, {"audit": "passed", "totals": "passed", "change": "query"}, "worker"),
    ("sign", 0, True, "ann@x", "returns_officer"),
    ("answer", 0, "change", "returns_officer"),
    ("sign", 0, True, "ann@x", "returns_officer"),
    ("sign", 0, True, " ANN@x ", "manager"),
    ("sign", 0, True, "ben@x", "manager"),
    ("submit", 0, "returns_officer"),
    ("draw_up", "2026-27-Q1", "", "manager"),
    ("draw_up", "2026-27-Q1", "so", "manager"),
    ("checked", 1, {"audit": "passed", "totals": "passed"}, "worker"),
    ("sign", 1, True, "cho@x", "manager"),
    ("sign", 1, True, "dee@x", "manager"),
    ("submit", 1, "manager"),
)
_APPROVED: Final = (
    ("prepared", 1, "worker"),
    ("decide", 1, "approve", "ben@x", "output_checker"),
    ("decide", 1, "approve", "cho@x", "output_checker"),
)
# Besides: what ends each way in which an export can end.
_ENDINGS: Final = (
    (("refused", 1, "worker"),),
    (("withdraw", 1, "ann@x", "researcher"),),
    (("prepared", 1, "worker"), ("withdraw", 1, "x", "data_protection_officer")),
    (
        ("prepared", 1, "worker"),
        ("decide", 1, "return", "ben@x", "output_checker"),
        ("decide", 1, "approve", "cho@x", "output_checker"),
    ),
    (("end", 0, "ann@x", "researcher"),),
    (("spend", 0, 4, "worker"), ("withdraw", 0, "x", "data_protection_officer")),
    (*_APPROVED, ("withdraw", 1, "ann@x", "researcher")),
    (*_APPROVED, ("end", 0, "ann@x", "researcher")),
)
_EXPORT: Final = (
    ("begin", "one", ["dee@x"], 10, "ann@x"),
    ("ask", 0, "private", "Dee@X"),
    ("spend", 0, 7, "worker"),
    ("prepared", 0, "worker"),
    ("ask", 0, "private", "ann@x"),
    ("spend", 1, 4, "worker"),
    ("decide", 0, "approve", " ANN@x ", "output_checker"),
    ("decide", 0, "approve", "ben@x", "output_checker"),
    ("hand_out", 0, True, "worker"),
    ("decide", 0, "approve", "cho@x", "output_checker"),
    ("hand_out", 0, True, "worker"),
    ("withdraw", 0, "ann@x", "data_protection_officer"),
    ("take_away", 0, "worker"),
    ("time_passes", 400),
)


# Everything that can be tried on the first two, by the right people and by others.
_PROBED_RETURNS: Final = [
    *(("draw_up", "2026-27-Q1", why, "manager") for why in ("", "so")),
    *(
        act
        for which in (0, 1)
        for act in (
            ("checked", which, {"audit": "passed", "totals": "passed"}, "worker"),
            ("checked", which, {"audit": "passed", "totals": "passed"}, "manager"),
            *(("answer", which, "change", role) for role in ("manager", "researcher")),
            *(("sign", which, as_shown, "eve@x", "manager") for as_shown in (True, False)),
            ("sign", which, True, "ANN@x ", "manager"),
            ("sign", which, True, "eve@x", "researcher"),
            *((name, which, role) for name in ("submit", "withdraw") for role in ("manager", "researcher")),
        )
    ),
]
_PROBED_RESEARCH: Final = [
    *(("end", 0, *who) for who in (("ann@x", "researcher"), ("eve@x", "researcher"), ("eve@x", _OFFICER))),
    *(("ask", 0, "tables", by) for by in ("ann@x", "DEE@x", "eve@x")),
    *(
        act
        for which in (0, 1)
        for act in (
            *(
                (name, which, role)
                for name in ("prepared", "refused", "take_away")
                for role in ("worker", "manager")
            ),
            *(("spend", which, rho, "worker") for rho in (1, 11)),
            ("spend", which, 1, "manager"),
            *(
                ("decide", which, "return", by, "output_checker")
                for by in ("eve@x", " ANN@x", "dee@x", "Ben@x")
            ),
            ("decide", which, "approve", "eve@x", "manager"),
            *(("hand_out", which, *how) for how in ((True, "worker"), (False, "worker"), (True, "manager"))),
            *(
                ("withdraw", which, *who)
                for who in (("ann@x", "x"), ("Dee@X", "x"), ("eve@x", "x"), ("eve@x", _OFFICER))
            ),
        )
    ),
]


class _Undone(Exception):
    """Takes back what was tried."""


class _Pair:
    """The ledger and the lists, which are told the same."""

    naive: Any

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.by_rows_alone = ledger, False

    def do(self, act: tuple[Any, ...]) -> None:
        name, *values = act
        getattr(self, name)(*values)

    def probe(self, acts: Iterable[tuple[Any, ...]]) -> None:
        """Try each act by its rows alone, as things stand: nothing of it stays."""
        self.by_rows_alone, stands = True, self.naive
        for act in acts:
            self.naive = copy.deepcopy(stands)
            self.do(act)
        self.by_rows_alone, self.naive = False, stands

    def both_do(
        self,
        expected: str,
        event: Event,
        by: str,
        role: str,
        rows: Mapping[Any, Any],
        told: Callable[[], Any],
    ) -> Any:
        """By its rows alone, then by the code: both end as the lists do. Gives what the code gave."""
        raw = DONE
        try:
            with self.ledger.returns._store.writing() as connection:
                append(connection, event, by, role, "subject", {}, rows)
                raise _Undone
        except _Undone:
            pass
        except UserError as error:
            raw = type(error).__name__
        assert (raw == DONE) == (expected == DONE), (event, raw, expected)
        if self.by_rows_alone:
            return None
        try:
            given, outcome = told(), DONE
        except UserError as error:
            given, outcome = None, type(error).__name__
        assert outcome == expected
        return given


class _Returns(_Pair):
    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self.naive = NaiveReturns()
        self.template = f"return-{ledger.log.newest()}"
        self.numbers: list[int] = []

    def draw_up(self, period: str, why: str, role: str) -> None:
        content = canonical([len(self.numbers), "£"])
        before = sum(one.period == period for one in self.naive.versions)
        expected = self.naive.draw_up(period, why, role)
        row = {
            "number": len(self.ledger.returns.standings()) + 1,
            "template": self.template,
            "period": period,
            "version": before + 1,
            "release": "r",
            "ledger_line": 0,
            "template_digest": evidence("t"),
            "digest": evidence("d"),
            "signatures": NEEDED,
            "why": why,
        }

        def told() -> int:
            return self.ledger.returns.draw_up(
                self.template,
                period,
                release="r",
                ledger_line=0,
                template_digest=evidence("t"),
                content=content,
                files={"a.csv": evidence("a")},
                signers=SIGNERS,
                checks=DEMANDED,
                why=why,
                by="ann@x",
                role=role,
            )

        rows = {returns.return_version: [row]}
        number = self.both_do(expected, Event.RETURN_DRAWN_UP, "ann@x", role, rows, told)
        if number is not None:
            self.numbers.append(number)

    def checked(self, which: int, outcomes: dict[str, str], role: str) -> None:
        expected = self.naive.checked(which, outcomes, role)
        number = self._number(which)
        results = [CheckResult(name, outcome, "so it is") for name, outcome in outcomes.items()]
        turn = max((row.turn for row in self._rows(returns.return_check, number)), default=0) + 1
        # That a check is missing, the database says when somebody signs.
        rows = [
            {
                "version": number,
                "turn": turn,
                "name": name,
                "outcome": outcomes.get(name, "surely"),
                "words": "w",
            }
            for name in {*outcomes, *DEMANDED}
        ]
        self.both_do(
            expected,
            Event.RETURN_CHECKED,
            "custody",
            role,
            {returns.return_check: rows},
            lambda: self.ledger.returns.checked(number, results, role=role),
        )

    def answer(self, which: int, check: str, role: str) -> None:
        expected = self.naive.answer(which, check, role)
        number = self._number(which)
        turn = max((row.turn for row in self._rows(returns.return_check, number)), default=0)
        row = {"version": number, "turn": turn, "name": check, "words": "because"}
        self.both_do(
            expected,
            Event.RETURN_ANSWERED,
            "ben@x",
            role,
            {returns.return_answer: [row]},
            lambda: self.ledger.returns.answer(number, check, "because", by="ben@x", role=role),
        )

    def sign(self, which: int, as_shown: bool, by: str, role: str) -> None:
        expected = self.naive.sign(which, as_shown, by, role)
        number = self._number(which)
        digest = self._digest(number) if as_shown else evidence("another")
        # Whatever person the row names: who wrote the line counts.
        row = {"version": number, "person": by.replace(".", ""), "digest": digest}
        self.both_do(
            expected,
            Event.RETURN_SIGNED,
            by,
            role,
            {returns.return_signature: [row]},
            lambda: self.ledger.returns.sign(number, digest, by=by, role=role),
        )

    def submit(self, which: int, role: str) -> None:
        expected = self.naive.submit(which, role)
        number = self._number(which)
        row = {"version": number, "digest": self._digest(number)}
        self.both_do(
            expected,
            Event.RETURN_SUBMITTED,
            "cho@x",
            role,
            {returns.return_submission: [row]},
            lambda: self.ledger.returns.submit(number, by="cho@x", role=role),
        )

    def withdraw(self, which: int, role: str) -> None:
        expected = self.naive.withdraw(which, role)
        number = self._number(which)
        self.both_do(
            expected,
            Event.RETURN_WITHDRAWN,
            "cho@x",
            role,
            {returns.return_withdrawal: [{"version": number, "why": "wrong"}]},
            lambda: self.ledger.returns.withdraw(number, "wrong", by="cho@x", role=role),
        )

    def compare(self) -> None:
        there = self.ledger.returns.standings(self.template)
        assert [(one.period, one.version, one.state) for one in there] == self.naive.states()
        for one, naive in zip(there, self.naive.versions, strict=True):
            assert [same.by.lower() for same in one.signatures] == naive.signed_by
            assert {check.name: check.outcome for check in one.checks} == naive.checks
            assert {check.name for check in one.checks if check.answer} == naive.answered
            assert self.ledger.returns.history(one.number)[0].event == Event.RETURN_DRAWN_UP
        for period in ("2026-27-Q1", "2026-27-Q2"):
            counts = self.ledger.returns.submitted(self.template, period)
            sent = [
                place
                for place, one in enumerate(self.naive.versions)
                if one.period == period and one.submitted
            ]
            assert (counts.number if counts else None) == (self.numbers[sent[-1]] if sent else None)

    def _number(self, which: int) -> int:
        return self.numbers[which] if which < len(self.numbers) else 10**6

    def _digest(self, number: int) -> str:
        found = [one.digest for one in self.ledger.returns.standings(self.template) if one.number == number]
        return found[0] if found else evidence("none")

    def _rows(self, table: Any, number: int) -> Sequence[Any]:
        with self.ledger.returns._store.reading() as connection:
            return connection.execute(table.select().where(table.c.version == number)).all()


class _Research(_Pair):
    def __init__(self, ledger: Ledger, clock: "_Clock") -> None:
        super().__init__(ledger)
        self.naive, self.clock = NaiveResearch(), clock
        self.prefix = f"p{ledger.log.newest()}-"
        self.projects: list[int] = []
        self.exports: list[int] = []

    def time_passes(self, days: int) -> None:
        self.naive.day += days
        self.clock.days += days

    def begin(self, name: str, people: list[str], budget: int, by: str) -> None:
        expected = self.naive.begin(name, people, budget, by)
        ends = self.clock.today() + timedelta(days=LASTS)
        row = {
            "number": len(self.ledger.projects.standings()) + 1,
            "name": self.prefix + name,
            "title": "t",
            "purpose": "p",
            "basis": "b",
            "ends": ends.isoformat(),
            "budget": budget,
        }
        number = self.both_do(
            expected,
            Event.PROJECT_BEGUN,
            by,
            "researcher",
            {research.project: [row]},
            lambda: self.ledger.projects.begin(
                self.prefix + name,
                title="t",
                purpose="p",
                basis="b",
                people=people,
                ends=ends,
                latest=ends,
                budget=budget,
                by=by,
                role="researcher",
            ),
        )
        if number is not None:
            self.projects.append(number)

    def end(self, which: int, by: str, role: str) -> None:
        expected = self.naive.end(which, by, role)
        number = self.projects[which] if which < len(self.projects) else 10**6
        self.both_do(
            expected,
            Event.PROJECT_ENDED,
            by,
            role,
            {research.project_end: [{"project": number, "why": "done"}]},
            lambda: self.ledger.projects.end(number, "done", by=by, role=role),
        )

    def ask(self, which: int, kind: str, by: str) -> None:
        expected = self.naive.ask(which, kind, by)
        project = self.projects[which] if which < len(self.projects) else 10**6
        row = {
            "number": len(self.ledger.exports.standings()) + 1,
            "project": project,
            "kind": kind,
            "specification": "{}",
            "release": "r",
        }
        number = self.both_do(
            expected,
            Event.EXPORT_ASKED,
            by,
            "researcher",
            {research.export: [row]},
            lambda: self.ledger.exports.ask(project, kind, "{}", release="r", by=by, role="researcher"),
        )
        if number is not None:
            self.exports.append(number)

    def spend(self, which: int, rho: int, role: str) -> None:
        expected, number = self.naive.spend(which, rho, role), self._number(which)
        self._worker(
            expected,
            Event.EXPORT_BUDGET_SPENT,
            role,
            {research.export_spending: [{"export": number, "rho": rho}]},
            lambda: self.ledger.exports.spend(number, rho, role=role),
        )

    def prepared(self, which: int, role: str) -> None:
        expected, number = self.naive.prepared(which, role), self._number(which)
        files = self._files(which)
        self._worker(
            expected,
            Event.EXPORT_PREPARED,
            role,
            {research.export_preparation: [{"export": number, "digest": digest_of(files), "report": "{}"}]},
            lambda: self.ledger.exports.prepared(number, files, "{}", role=role),
        )

    def refused(self, which: int, role: str) -> None:
        expected, number = self.naive.refused(which, role), self._number(which)
        self._worker(
            expected,
            Event.EXPORT_REFUSED,
            role,
            {research.export_refusal: [{"export": number, "why": "gone"}]},
            lambda: self.ledger.exports.refused(number, "gone", role=role),
        )

    def decide(self, which: int, verdict: str, by: str, role: str) -> None:
        expected, number = self.naive.decide(which, verdict, by, role), self._number(which)
        row = {"export": number, "person": by, "verdict": verdict, "why": "seen", "salt": "0" * 64}
        self.both_do(
            expected,
            Event.EXPORT_DECIDED,
            by,
            role,
            {research.export_decision: [row]},
            lambda: self.ledger.exports.decide(number, verdict, "seen", by=by, role=role),
        )

    def hand_out(self, which: int, as_prepared: bool, role: str) -> None:
        expected, number = self.naive.hand_out(which, as_prepared, role), self._number(which)
        files = self._files(which) if as_prepared else {"a.zip": evidence("swapped")}
        self._worker(
            expected,
            Event.EXPORT_RELEASED,
            role,
            {research.export_release: [{"export": number, "digest": digest_of(files)}]},
            lambda: self.ledger.exports.released(number, files, role=role),
        )

    def withdraw(self, which: int, by: str, role: str) -> None:
        expected, number = self.naive.withdraw(which, by, role), self._number(which)
        self.both_do(
            expected,
            Event.EXPORT_WITHDRAWN,
            by,
            role,
            {research.export_withdrawal: [{"export": number, "why": "wrong"}]},
            lambda: self.ledger.exports.withdraw(number, "wrong", by=by, role=role),
        )

    def take_away(self, which: int, role: str) -> None:
        expected, number = self.naive.take_away(which, role), self._number(which)
        self._worker(
            expected,
            Event.EXPORT_TAKEN_AWAY,
            role,
            {research.export_removal: [{"export": number}]},
            lambda: self.ledger.exports.taken_away(number, role=role),
        )

    def compare(self) -> None:
        exports = [one for one in self.ledger.exports.standings() if one.number in self.exports]
        assert [one.state for one in exports] == [self.naive.state(one) for one in self.naive.exports]
        for one, naive in zip(exports, self.naive.exports, strict=True):
            both_in = len(naive.decisions) == 2
            seen = self.ledger.exports.seen_by(one.number, "BEN@x")
            assert [(told.by.lower(), told.verdict) for told in one.decisions] == (
                naive.decisions if both_in else []
            )
            assert (seen.own.verdict if seen.own else None) == dict(naive.decisions).get("ben@x")
            assert (seen.decided, seen.both, seen.decisions) == (len(naive.decisions), both_in, one.decisions)
        for number, naive_project in zip(self.projects, self.naive.projects, strict=True):
            home = self.ledger.projects.standing(number)
            assert (home.spent, home.over()) == (
                self.naive.spent(naive_project),
                self.naive.over(naive_project),
            )

    def _worker(
        self, expected: str, event: Event, role: str, rows: Mapping[Any, Any], told: Callable[[], Any]
    ) -> None:
        self.both_do(expected, event, "custody", role, rows, told)

    def _number(self, which: int) -> int:
        return self.exports[which] if which < len(self.exports) else 10**6

    def _files(self, which: int) -> dict[str, str]:
        return {"a.zip": evidence("zip", which)}


class _Clock:
    """The time that the ledger writes down."""

    def __init__(self) -> None:
        self.days = 0

    def now(self) -> str:
        return (datetime(2026, 11, 1, 9, tzinfo=UTC) + timedelta(days=self.days)).isoformat(
            timespec="seconds"
        )

    def today(self) -> date:
        return date.fromisoformat(self.now()[:10])


def _returns_go(database: Database, acts: Sequence[tuple[Any, ...]], *, probed: bool = False) -> None:
    """Do the acts, and where they are `probed`, try everything after each."""
    ledger = database.open()
    pair = _Returns(ledger)
    for act in acts:
        pair.do(act)
        pair.probe(_PROBED_RETURNS if probed else ())
    pair.compare()
    ledger.verify()
    ledger.close()


def _exports_go(
    database: Database, clock: "_Clock", acts: Sequence[tuple[Any, ...]], *, probed: bool = False
) -> None:
    """As `_returns_go`."""
    ledger = database.open()
    pair = _Research(ledger, clock)
    for act in acts:
        pair.do(act)
        pair.probe(_PROBED_RESEARCH if probed else ())
    pair.compare()
    ledger.verify()
    ledger.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> "_Clock":
    made = _Clock()
    monkeypatch.setattr("ledger.store.now", made.now)
    return made


def test_everything_that_can_be_tried_at_each_step_of_a_return(database: Database) -> None:
    """The database refuses what the rules forbid, and nothing else."""
    _returns_go(database, (*_RETURN[:7], ("withdraw", 0, "manager")), probed=True)
    failing = ("checked", 0, {"audit": "failed", "totals": "passed"}, "worker")
    _returns_go(database, (_RETURN[0], failing, ("withdraw", 0, "manager")), probed=True)
    _returns_go(database, _RETURN, probed=True)


@pytest.mark.parametrize("ending", [(), *_ENDINGS])
def test_everything_that_can_be_tried_at_each_step_of_an_export(
    database: Database, clock: "_Clock", ending: tuple[Any, ...]
) -> None:
    if not ending:
        _exports_go(database, clock, _EXPORT, probed=True)
        return
    ledger = database.open()
    pair = _Research(ledger, clock)
    for act in (*_EXPORT[:2], ("ask", 0, "tables", "ann@x"), *ending):
        pair.do(act)
    pair.probe(_PROBED_RESEARCH)
    ledger.close()


@both
@_courses(4)
@given(acts=_course(_RETURN, _RETURNS))
def test_returns_go_as_plain_lists_do(database: Database, acts: list[tuple[Any, ...]]) -> None:
    _returns_go(database, acts)


@both
@_courses(4)
@given(acts=_course(_EXPORT, _RESEARCH))
def test_exports_go_as_plain_lists_do(
    database: Database, clock: "_Clock", acts: list[tuple[Any, ...]]
) -> None:
    clock.days = 0
    _exports_go(database, clock, acts)


@pytest.mark.proof
@both
@_courses(25)
@given(acts=_course(_RETURN, _RETURNS))
def test_many_returns_go_as_plain_lists_do(database: Database, acts: list[tuple[Any, ...]]) -> None:
    _returns_go(database, acts, probed=True)


@pytest.mark.proof
@both
@_courses(25)
@given(acts=_course(_EXPORT, _RESEARCH))
def test_many_exports_go_as_plain_lists_do(
    database: Database, clock: "_Clock", acts: list[tuple[Any, ...]]
) -> None:
    clock.days = 0
    _exports_go(database, clock, acts, probed=True)
