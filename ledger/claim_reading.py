"""What stands in the ledger of claims."""

import json
from collections.abc import Callable, Collection, Sequence
from datetime import date

from sqlalchemy import Connection, func, select

from ledger import standings as standing_claims
from ledger import tables
from ledger import windows as standing_windows
from ledger.claim_records import ENDED, ClaimStep, Count, CountAt, DrawnSample, Sample, Standing, Step, Window
from ledger.errors import ClaimError, WindowError
from ledger.quota import Quota, QuotaUse, financial_year
from ledger.records import Entry, Event
from ledger.store import Store, entry


class StandingClaims:
    """Claims, their windows and audit samples as they stand. Every method raises LedgerError where the database is
    out of reach."""

    def __init__(self, store: Store, quotas: Callable[[], tuple[Quota, ...]]) -> None:
        self._store = store
        self._quotas = quotas

    def windows(self, framework: str = "") -> list[Window]:
        """All windows, or those of one framework, by number."""
        conditions = [tables.claim_window.c.framework == framework] if framework else []
        with self._store.reading() as connection:
            return standing_windows.windows(connection, *conditions)

    def window(self, number: int) -> Window:
        """One window. Raises WindowError where there is none of this number."""
        with self._store.reading() as connection:
            return window_of(connection, number)

    def find_window(self, framework: str, code: str) -> Window | None:
        """The window that a framework calls `code`, if it was opened."""
        table = tables.claim_window
        with self._store.reading() as connection:
            found = standing_windows.windows(connection, table.c.framework == framework, table.c.code == code)
        return found[0] if found else None

    def standing(self, number: int) -> Standing:
        """One claim. Raises ClaimError where there is none of this number."""
        with self._store.reading() as connection:
            return claims_of(connection, [number])[0]

    def standings(self, *, window: int = 0, framework: str = "", step: str = "") -> list[Standing]:
        """Claims by number: all, or those of a window, a framework, a step."""
        conditions = [
            *([tables.claim.c.in_window == window] if window else []),
            *([tables.claim_window.c.framework == framework] if framework else []),
            *([standing_claims.LAST.c.step == Step(step)] if step else []),
        ]
        with self._store.reading() as connection:
            return standing_claims.standings(connection, *conditions)

    def history(self, number: int) -> list[ClaimStep]:
        """All steps of a claim, oldest first."""
        with self._store.reading() as connection:
            return standing_claims.history(connection, number)

    def acts(self, window: int) -> list[Entry]:
        """The lines of the audit log about a window and its claims, oldest first."""
        with self._store.reading() as connection:
            return [entry(line) for line in standing_windows.acts(connection, window)]

    def live(self, framework: str = "") -> dict[str, Standing]:
        """The live claims (neither rejected nor withdrawn) by each of their slots."""
        conditions = [tables.claim_window.c.framework == framework] if framework else []
        with self._store.reading() as connection:
            found = standing_claims.live_claims(connection, *conditions)
        return {slot: one for one in found for slot in one.slots}

    def not_upheld(self) -> frozenset[tuple[str, str]]:
        """What no claim can be entered for as it is: slot and evidence digest of each claim that was drawn for audit
        and not upheld."""
        with self._store.reading() as connection:
            return standing_claims.not_upheld(connection)

    def counts(self, *, framework: str = "", window: int = 0) -> list[Count]:
        """How many claims stand at each step, and what they are worth."""
        conditions = [
            *([tables.claim_window.c.framework == framework] if framework else []),
            *([tables.claim.c.in_window == window] if window else []),
        ]
        with self._store.reading() as connection:
            return standing_claims.counts(connection, *conditions)

    def counts_at(self, line: int, *, framework: str = "", window: int = 0) -> list[CountAt]:
        """How many claims stood at each step when `line` was the newest of the audit log (0: before the first), and
        what they were worth. The same line gives the same counts for ever.

        Raises ClaimError where the log has no such line yet.
        """
        conditions = [
            *([tables.claim_window.c.framework == framework] if framework else []),
            *([tables.claim.c.in_window == window] if window else []),
        ]
        with self._store.reading() as connection:
            newest = connection.execute(select(func.max(tables.audit.c.number))).scalar() or 0
            if not 0 <= line <= newest:
                raise ClaimError(
                    f"The ledger has {newest} lines: claims did not stand anywhere at line {line}."
                )
            return standing_claims.counts_at(connection, line, *conditions)

    def evidence_changed(self, framework: str = "") -> list[Standing]:
        """The live claims whose evidence is no longer what they were entered with."""
        return sorted(
            {one.number: one for one in self.live(framework).values() if one.evidence_changed}.values(),
            key=lambda one: one.number,
        )

    def sample(self, window: int) -> Sample:
        """What the audit sample of a window says. Raises WindowError where there is no such window."""
        with self._store.reading() as connection:
            window_of(connection, window)
            return standing_windows.sample(connection, window)

    def drawings(self, window: int) -> list[DrawnSample]:
        """The drawings of a window's audit sample, the first one first."""
        with self._store.reading() as connection:
            return standing_windows.drawings(connection, window)

    def candidates(self, window: int) -> tuple[int, ...]:
        """The claims of a window that can still be drawn."""
        with self._store.reading() as connection:
            return standing_windows.candidates(connection, window)

    def seed(self, window: int) -> str:
        """The seed of a window's next drawing: a digest that nobody chose. Empty where nothing was entered."""
        with self._store.reading() as connection:
            return standing_windows.seed(connection, window)

    def quotas(self) -> tuple[Quota, ...]:
        """The quotas of all frameworks and years. Raises SettingsError where the file holds a mistake."""
        return self._quotas()

    def quota(self, framework: str, year: str) -> QuotaUse:
        """What stands against the quota of a financial year, such as "2024-25"."""
        limits = [one for one in self._quotas() if (one.framework, one.year) == (framework, year)]
        with self._store.reading() as connection:
            used = used_of(connection, framework, year, frozenset(Step) - ENDED)
        return QuotaUse(
            framework,
            year,
            used.claims,
            used.pounds,
            limits[0].claims if limits else None,
            limits[0].pounds if limits else None,
        )


def window_of(connection: Connection, number: int) -> Window:
    found = standing_windows.windows(connection, tables.claim_window.c.number == number)
    if not found:
        raise WindowError(f"There is no window {number} in the ledger.")
    return found[0]


def claims_of(connection: Connection, numbers: Sequence[int]) -> list[Standing]:
    if not numbers:
        raise ClaimError("Say which claims.")
    found = standing_claims.by_number(connection, numbers)
    if missing := [number for number in numbers if number not in found]:
        raise ClaimError(f"There is no claim {missing[0]} in the ledger.")
    return [found[number] for number in numbers]


def newest_release(connection: Connection) -> str:
    """The release that was published or chosen last; empty where the ledger knows of none."""
    last = connection.execute(
        select(tables.audit.c.subject)
        .where(tables.audit.c.event.in_([Event.RELEASE_PUBLISHED, Event.RELEASE_CHOSEN]))
        .order_by(tables.audit.c.number.desc())
        .limit(1)
    ).scalar()
    return str(last or "")


def compared_with(connection: Connection, framework: str) -> str:
    """The release that the evidence of a framework's claims was held against last; empty where it never was."""
    lines = connection.execute(
        select(tables.audit.c.detail)
        .where(tables.audit.c.event.in_([Event.EVIDENCE_CHANGED, Event.EVIDENCE_COMPARED]))
        .order_by(tables.audit.c.number.desc())
    )
    told = (json.loads(line.detail) for line in lines)
    return next((str(one["release"]) for one in told if framework in one.get("frameworks", ())), "")


def used_of(connection: Connection, framework: str, year: str, steps: Collection[Step]) -> QuotaUse:
    """What claims at these steps stand against a year's quota (without the limits)."""
    table = tables.claim_window
    windows = [
        row.number
        for row in connection.execute(
            select(table.c.number, table.c.opens).where(table.c.framework == framework)
        )
        if financial_year(date.fromisoformat(row.opens)) == year
    ]
    found = [
        one
        for one in standing_claims.counts(connection, tables.claim.c.in_window.in_(windows))
        if one.step in steps
    ]
    return QuotaUse(
        framework, year, sum(one.claims for one in found), sum(one.worth for one in found), None, None
    )
