"""The books of returns and of research as plain lists, written from their rules and not from the code."""

from dataclasses import dataclass, field

DONE, RETURN, EXPORT, TWO_PEOPLE = "done", "ReturnError", "ExportError", "TwoPeopleError"
# Whoever signs the returns of these tests, and the checks that they must pass.
SIGNERS = ("manager", "returns_officer")
DEMANDED = ("audit", "totals")
NEEDED = 2
LASTS = 365


def same(name: str) -> str:
    return name.strip().lower()


@dataclass
class NaiveReturn:
    period: str
    drawn_up_as: str
    # The newest checking: outcome by check, and which queries were answered.
    checks: dict[str, str] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    signed_by: list[str] = field(default_factory=list)
    submitted: bool = False
    withdrawn: bool = False

    @property
    def in_hand(self) -> bool:
        return not self.submitted and not self.withdrawn

    @property
    def may_be_signed(self) -> bool:
        asking = {name for name, outcome in self.checks.items() if outcome == "query"}
        return (
            self.in_hand
            and len(self.signed_by) < NEEDED
            and set(DEMANDED) <= set(self.checks)
            and "failed" not in self.checks.values()
            and asking <= self.answered
        )

    def is_for(self, role: str) -> bool:
        return role in (*SIGNERS, self.drawn_up_as)


@dataclass
class NaiveReturns:
    versions: list[NaiveReturn] = field(default_factory=list)

    def draw_up(self, period: str, why: str, role: str) -> str:
        before = [one for one in self.versions if one.period == period]
        if any(one.in_hand for one in before) or (not why and any(one.submitted for one in before)):
            return RETURN
        self.versions.append(NaiveReturn(period, role))
        return DONE

    def checked(self, which: int, outcomes: dict[str, str], role: str) -> str:
        one = self._find(which)
        if one is None or role != "worker" or not one.in_hand or one.signed_by:
            return RETURN
        if not set(DEMANDED) <= set(outcomes):
            return RETURN
        one.checks, one.answered = outcomes, set()
        return DONE

    def answer(self, which: int, check: str, role: str) -> str:
        one = self._find(which)
        if one is None or not one.in_hand or one.signed_by or not one.is_for(role):
            return RETURN
        if one.checks.get(check) != "query" or check in one.answered:
            return RETURN
        one.answered.add(check)
        return DONE

    def sign(self, which: int, as_shown: bool, by: str, role: str) -> str:
        one = self._find(which)
        if one is None or not one.may_be_signed or role not in SIGNERS or not as_shown:
            return RETURN
        if same(by) in one.signed_by:
            return TWO_PEOPLE
        one.signed_by.append(same(by))
        return DONE

    def submit(self, which: int, role: str) -> str:
        one = self._find(which)
        if one is None or not one.in_hand or len(one.signed_by) < NEEDED or not one.is_for(role):
            return RETURN
        one.submitted = True
        return DONE

    def withdraw(self, which: int, role: str) -> str:
        one = self._find(which)
        if one is None or not one.in_hand or not one.is_for(role):
            return RETURN
        one.withdrawn = True
        return DONE

    def states(self) -> list[tuple[str, int, str]]:
        """Period, version and state of each."""
        told, counted = [], dict[str, int]()
        for place, one in enumerate(self.versions):
            counted[one.period] = counted.get(one.period, 0) + 1
            later = [two for two in self.versions[place + 1 :] if two.period == one.period and two.submitted]
            if one.withdrawn:
                state = "withdrawn"
            elif one.submitted:
                state = "superseded" if later else "submitted"
            elif len(one.signed_by) == NEEDED:
                state = "signed"
            else:
                state = "checked" if one.checks else "draft"
            told.append((one.period, counted[one.period], state))
        return told

    def _find(self, which: int) -> NaiveReturn | None:
        return self.versions[which] if which < len(self.versions) else None


@dataclass
class NaiveProject:
    name: str
    author: str
    people: list[str]
    budget: int
    last_day: int
    ended: bool = False

    def has(self, person: str) -> bool:
        return same(person) in [same(self.author), *(same(one) for one in self.people)]


@dataclass
class NaiveExport:
    project: NaiveProject
    kind: str
    author: str
    spent: int = 0
    prepared: bool = False
    refused: bool = False
    decisions: list[tuple[str, str]] = field(default_factory=list)
    released: bool = False
    withdrawn: bool = False
    taken_away: bool = False

    @property
    def returned(self) -> bool:
        return len(self.decisions) == 2 and any(verdict == "return" for _, verdict in self.decisions)

    @property
    def approved(self) -> bool:
        return len(self.decisions) == 2 and not self.returned


@dataclass
class NaiveResearch:
    day: int = 0
    projects: list[NaiveProject] = field(default_factory=list)
    exports: list[NaiveExport] = field(default_factory=list)

    def over(self, project: NaiveProject) -> bool:
        return project.ended or self.day > project.last_day

    def spent(self, project: NaiveProject) -> int:
        return sum(one.spent for one in self.exports if one.project is project)

    def begin(self, name: str, people: list[str], budget: int, by: str) -> str:
        if any(one.name == name for one in self.projects):
            return EXPORT
        self.projects.append(NaiveProject(name, by, people, budget, self.day + LASTS))
        return DONE

    def end(self, which: int, by: str, role: str) -> str:
        if which >= len(self.projects):
            return EXPORT
        one = self.projects[which]
        if one.ended or (role != "data_protection_officer" and same(by) != same(one.author)):
            return EXPORT
        one.ended = True
        return DONE

    def ask(self, which: int, kind: str, by: str) -> str:
        if which >= len(self.projects):
            return EXPORT
        home = self.projects[which]
        if self.over(home) or not home.has(by):
            return EXPORT
        self.exports.append(NaiveExport(home, kind, by))
        return DONE

    def spend(self, which: int, rho: int, role: str) -> str:
        one = self._being_made(which, role)
        if one is None or one.kind != "private" or one.spent:
            return EXPORT
        if self.spent(one.project) + rho > one.project.budget:
            return EXPORT
        one.spent = rho
        return DONE

    def prepared(self, which: int, role: str) -> str:
        one = self._being_made(which, role)
        if one is None or (one.kind == "private" and not one.spent):
            return EXPORT
        one.prepared = True
        return DONE

    def refused(self, which: int, role: str) -> str:
        one = self._find(which)
        if one is None or role != "worker" or one.prepared or one.refused or one.withdrawn:
            return EXPORT
        one.refused = True
        return DONE

    def decide(self, which: int, verdict: str, by: str, role: str) -> str:
        one = self._find(which)
        if one is None or role != "output_checker":
            return EXPORT
        if same(by) == same(one.author) or one.project.has(by):
            return TWO_PEOPLE
        if not one.prepared or one.withdrawn or self.over(one.project):
            return EXPORT
        if same(by) in [person for person, _ in one.decisions]:
            return TWO_PEOPLE
        if len(one.decisions) == 2:
            return EXPORT
        one.decisions.append((same(by), verdict))
        return DONE

    def hand_out(self, which: int, as_prepared: bool, role: str) -> str:
        one = self._find(which)
        if one is None or role != "worker" or not one.approved or one.released or one.withdrawn:
            return EXPORT
        if self.over(one.project) or not as_prepared:
            return EXPORT
        one.released = True
        return DONE

    def withdraw(self, which: int, by: str, role: str) -> str:
        one = self._find(which)
        if one is None or one.refused or one.withdrawn or one.returned or self.over(one.project):
            return EXPORT
        if role != "data_protection_officer" and same(by) != same(one.author):
            return EXPORT
        one.withdrawn = True
        return DONE

    def take_away(self, which: int, role: str) -> str:
        one = self._find(which)
        if one is None or role != "worker" or not one.released or one.taken_away:
            return EXPORT
        if not one.withdrawn and not self.over(one.project):
            return EXPORT
        one.taken_away = True
        return DONE

    def state(self, one: NaiveExport) -> str:
        if one.withdrawn:
            return "withdrawn"
        if one.refused:
            return "refused"
        if one.returned:
            return "returned"
        if self.over(one.project):
            return "ended"
        if one.released:
            return "released"
        if one.approved:
            return "approved"
        return "prepared" if one.prepared else "asked"

    def _being_made(self, which: int, role: str) -> NaiveExport | None:
        """An export that the worker may be making."""
        one = self._find(which)
        if one is None or role != "worker" or one.prepared or one.refused or one.withdrawn:
            return None
        return None if self.over(one.project) else one

    def _find(self, which: int) -> NaiveExport | None:
        return self.exports[which] if which < len(self.exports) else None
