"""The ledger of claims as plain lists, written from its rules and not from the code: what is refused, what stands."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

DONE, CLAIM, WINDOW, TWO_PEOPLE, QUOTA = "done", "ClaimError", "WindowError", "TwoPeopleError", "QuotaError"


@dataclass
class NaiveClaim:
    window: int
    slots: tuple[str, ...]
    worth: int
    entered_with: str
    known: str
    course: list[str] = field(default_factory=lambda: ["claimable"])
    verdict: str = ""
    turn: int = 1

    @property
    def live(self) -> bool:
        return self.course[-1] not in ("rejected", "withdrawn")

    @property
    def failed_the_audit(self) -> bool:
        return "selected_for_audit" in self.course and self.verdict != "upheld"


@dataclass
class NaiveWindow:
    code: str
    share: Fraction
    minimum: int
    tolerance: Fraction
    enlarge_by: Fraction
    prepared_by: set[str]
    closed: bool = False
    signed_by: str | None = None


@dataclass
class NaiveLedger:
    """One framework's claims, in one year; at most `most` of them."""

    most: int
    windows: list[NaiveWindow] = field(default_factory=list)
    claims: list[NaiveClaim] = field(default_factory=list)

    def open(self, code: str, terms: tuple[Fraction, int, Fraction, Fraction], by: str) -> str:
        if any(one.code == code for one in self.windows):
            return WINDOW
        self.windows.append(NaiveWindow(code, *terms, {by}))
        return DONE

    def enter(self, window: int, new: Sequence[tuple[tuple[str, ...], int, str]], by: str) -> str:
        slots = [slot for one, _, _ in new for slot in one]
        if len(slots) != len(set(slots)):
            return CLAIM
        if window >= len(self.windows):
            return WINDOW
        there = self.windows[window]
        if there.closed or there.signed_by:
            return WINDOW
        if not new:
            return DONE
        if self.drawn_from(window):
            return WINDOW
        if any(slot in one.slots for one in self.claims if one.live for slot in slots):
            return CLAIM
        for mine, _, proof in new:
            for one in self.claims:
                if set(mine) & set(one.slots) and one.entered_with == proof and one.failed_the_audit:
                    return CLAIM
        if sum(one.live for one in self.claims) + len(new) > self.most:
            return QUOTA
        for mine, worth, proof in new:
            before = [one for one in self.claims if mine[0] in one.slots]
            self.claims.append(NaiveClaim(window, mine, worth, proof, proof, turn=len(before) + 1))
        there.prepared_by.add(by)
        return DONE

    def close(self, window: int) -> str:
        if window >= len(self.windows) or self.windows[window].closed or self.windows[window].signed_by:
            return WINDOW
        self.windows[window].closed = True
        return DONE

    def sample(self, window: int) -> tuple[int, int, int, int, str, int]:
        """population, size, judged, struck out, state, how many more"""
        there = self.windows[window]
        size = judged = struck = unseen = 0
        for one in self.claims:
            if one.window != window:
                continue
            if "selected_for_audit" in one.course:
                size += 1
                if one.course[-1] != "selected_for_audit":
                    judged += 1
                    struck += one.verdict != "upheld"
            elif one.course[1:2] != ["withdrawn"]:
                unseen += 1
        population = size + unseen
        needed = min(population, max(there.minimum, math.ceil(population * there.share)))
        if population == 0:
            return population, size, judged, struck, "none", 0
        if size < needed:
            return population, size, judged, struck, "open", needed - size
        if judged < size:
            return population, size, judged, struck, "open", 0
        if judged and unseen and Fraction(struck, judged) > there.tolerance:
            more = max(1, math.ceil(there.enlarge_by * population))
            return population, size, judged, struck, "failed", min(unseen, more)
        return population, size, judged, struck, "passed", 0

    def drawn_from(self, window: int) -> bool:
        return any(one.window == window and "selected_for_audit" in one.course for one in self.claims)

    def can_be_drawn(self, window: int) -> list[int]:
        return [
            number
            for number, one in enumerate(self.claims)
            if one.window == window and one.course == ["claimable"]
        ]

    def select(self, window: int, chosen: Sequence[int], by: str) -> str:
        if window >= len(self.windows) or self.windows[window].signed_by:
            return WINDOW
        if not chosen or len(chosen) < self.sample(window)[5]:
            return WINDOW
        for number in chosen:
            self.claims[number].course.append("selected_for_audit")
        self.windows[window].prepared_by.add(by)
        return DONE

    def judge(self, numbers: Sequence[int], upheld: bool, by: str) -> str:
        if not numbers or any(number >= len(self.claims) for number in numbers):
            return CLAIM
        if any(self.windows[self.claims[number].window].signed_by for number in numbers):
            return WINDOW
        if any(self.claims[number].course[-1] != "selected_for_audit" for number in numbers):
            return CLAIM
        for number in numbers:
            self.claims[number].course.append("audited")
            self.claims[number].verdict = "upheld" if upheld else "struck_out"
            self.windows[self.claims[number].window].prepared_by.add(by)
        return DONE

    def sign(self, window: int, by: str) -> str:
        if window >= len(self.windows) or self.windows[window].signed_by:
            return WINDOW
        if self.sample(window)[4] != "passed":
            return WINDOW
        if by in self.windows[window].prepared_by:
            return TWO_PEOPLE
        self.windows[window].signed_by = by
        return DONE

    def submit(self, window: int, by: str) -> str:
        if window >= len(self.windows) or self.windows[window].signed_by is None:
            return WINDOW
        if self.windows[window].signed_by == by:
            return TWO_PEOPLE
        sent = [
            one
            for one in self.claims
            if one.window == window
            and (one.course == ["claimable"] or (one.course[-1] == "audited" and one.verdict == "upheld"))
        ]
        if not sent:
            return WINDOW
        if any(one.known != one.entered_with for one in sent):
            return CLAIM
        if sum(one.course[-1] in ("submitted", "paid") for one in self.claims) + len(sent) > self.most:
            return QUOTA
        for one in sent:
            one.course.append("submitted")
        return DONE

    def move(self, numbers: Sequence[int], step: str) -> str:
        if not numbers or any(number >= len(self.claims) for number in numbers):
            return CLAIM
        for number in numbers:
            one = self.claims[number]
            unsigned = self.windows[one.window].signed_by is None
            if (
                step == "withdrawn"
                and one.course == ["claimable"]
                and unsigned
                and self.drawn_from(one.window)
            ):
                return CLAIM
            if (one.course[-1] != "submitted") if step in ("paid", "rejected") else not one.live:
                return CLAIM
        for number in numbers:
            self.claims[number].course.append(step)
        return DONE

    def compare(self, found: dict[str, str]) -> list[int]:
        """The claims whose evidence is other than was known."""
        changed = []
        for number, one in enumerate(self.claims):
            now = found.get(one.slots[0], "")
            if one.live and one.known != now:
                one.known = now
                changed.append(number)
        return changed
