"""The funnel: how far episodes of help have come, from identified to paid, with the money at each step."""

from collections.abc import Sequence
from dataclasses import dataclass

from evidence.claims import Done
from evidence.derived import share_in_words
from evidence.evidence import Evidence
from evidence.findings import largest_drop
from evidence.questions import Question
from evidence.symbols import Symbol
from evidence.words import count, pounds

# What the evidence says, each step holding those after it.
EVIDENCE_STEPS = (
    ("identified", "Episodes of help"),
    ("eligible", "Eligible for the programme"),
    ("reached", "No need outstanding"),
    ("evidenced", "Evidence complete"),
    ("sustained", "Every outcome sustained"),
    ("proven", "Meets every rule"),
)
# What was done about it, out of the ledger; the audit looks at a part of what is entered.
LEDGER_STEPS = (
    ("entered", "Entered as a claim"),
    ("drawn", "… drawn for the audit"),
    ("judged", "… audited"),
    ("submitted", "Submitted to the payer"),
    ("paid", "Paid"),
)


@dataclass(frozen=True)
class Step:
    """One step: how many have come so far and what that is worth, each a value or a symbol. `of_ledger`: it is counted
    from the claims of the ledger, not from the evidence. `noise`: how far it may be off in 19 of 20 cases."""

    label: str
    value: float | None
    symbol: str | None
    worth: float | None = None
    worth_symbol: str | None = None
    of_ledger: bool = False
    noise: int = 0

    @property
    def words(self) -> str:
        return count(self.value, self.symbol)

    @property
    def money(self) -> str:
        return pounds(self.worth, self.worth_symbol)

    def share_of(self, first: "Step") -> str:
        """The share that this is of the first step, or the symbol that stands for it."""
        if self.value is None or first.value is None:
            return self.symbol or first.symbol or Symbol.CONFIDENTIAL
        return share_in_words(self.value, first.value, first.noise)


def steps(evidence: Evidence, found: Done | None, kind: str = "") -> list[Step]:
    """The steps, the first one first; those of the ledger too where `found` says what was done. `kind`: what the
    evidence says of that kind of claim alone. Money is there only where the council is paid by results.
    """
    paid = evidence.release().paid_by_results
    where = {"kind": kind} if kind else {}
    listed = []
    for name, label in EVIDENCE_STEPS:
        answer = evidence.ask(Question(f"claims_{name}", (), where))
        worth = evidence.ask(Question(f"worth_{name}", (), where)) if paid else None
        listed.append(
            Step(
                label,
                answer.value,
                answer.symbol,
                worth.value if worth else None,
                worth.symbol if worth else None,
                noise=evidence.release().noise_usual,
            )
        )
    return [*listed, *_of_ledger(found)] if found else listed


def lost_most(found: Sequence[Step], noise_change: float) -> str | None:
    """Before which step of the evidence most episodes stop, so far; None where none is clearly ahead of the next."""
    shown = [one for one in found if not one.of_ledger]
    return largest_drop([one.label for one in shown], [one.value for one in shown], noise_change)


def _of_ledger(found: Done) -> list[Step]:
    figures = [getattr(found, name) for name, _ in LEDGER_STEPS]
    return [
        Step(label, figure.claims, figure.symbol, figure.worth, figure.symbol, of_ledger=True)
        for (_, label), figure in zip(LEDGER_STEPS, figures, strict=True)
    ]
