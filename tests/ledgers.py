"""Ledgers to try things on, in both databases, and claims to fill them with."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from ledger import AuditTerms, Candidate, Judged, Ledger, NewClaim, NewWindow, Verdict, draw, open_ledger
from ledger.opening import VARIABLE
from release.places import Places
from tests.postgres import Postgres

DATABASES = ("sqlite", "postgresql")
# For a test that takes the fixture `database`: once in each. Without it: in SQLite.
both = pytest.mark.parametrize("database", DATABASES, indirect=True)
FRAMEWORK = "supporting-families-2022"
TERMS = AuditTerms(share=Fraction(1, 10), minimum=2, tolerance=Fraction(1, 4), enlarge_by=Fraction(1, 5))
OFFICER: dict[str, Any] = {"by": "officer", "role": "returns_officer", "release": "2024-10-31-001"}
AUDITOR: dict[str, Any] = {"by": "auditor", "role": "auditor", "release": "2024-10-31-001"}
HEAD: dict[str, Any] = {"by": "head of service", "role": "returns_officer", "release": "2024-10-31-001"}
FINANCE: dict[str, Any] = {"by": "finance", "role": "returns_officer", "release": "2024-10-31-001"}


@dataclass(frozen=True)
class Database:
    """A data folder whose ledger lies in one of the databases."""

    places: Places
    address: str

    def open(self) -> Ledger:
        return open_ledger(self.places)

    @contextmanager
    def past_the_code(self) -> Iterator[sqlalchemy.Connection]:
        """A connection that knows nothing of the ledger's code; what is done is kept."""
        engine = sqlalchemy.create_engine(self.address)
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()

    @property
    def is_postgres(self) -> bool:
        return self.address.startswith("postgresql")


def database_in(
    kind: str, folder: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Database:
    """An empty ledger of this kind, in a data folder of its own."""
    places = Places(folder / "data")
    places.data.mkdir()
    monkeypatch.delenv(VARIABLE, raising=False)
    address = f"sqlite:///{places.ledger}"
    if kind == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        address = server.new_database()
        monkeypatch.setenv(VARIABLE, address)
    return Database(places, address)


def token(*parts: object) -> str:
    """A slot as the pipelines make them: opaque."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:24]


def evidence(*parts: object) -> str:
    """The digest of some evidence."""
    return hashlib.sha256(f"evidence {parts}".encode()).hexdigest()


def new_window(code: str = "2024-25-Q3", framework: str = FRAMEWORK, terms: AuditTerms = TERMS) -> NewWindow:
    return NewWindow(framework, code, 1, date(2024, 10, 1), date(2024, 12, 31), terms)


def new_claim(family: object, *, worth: int = 800, proof: object = "as it was") -> NewClaim:
    return NewClaim(
        slots=(token("slot", family), token("fund", family)),
        kind="successful_family_outcome",
        evidence=evidence(family, proof),
        claim_date=date(2024, 9, 30),
        worth=worth,
    )


def entered(ledger: Ledger, families: range, code: str = "2024-25-Q3") -> tuple[int, tuple[int, ...]]:
    """A window with a claim for each of `families`: its number, and theirs."""
    window = ledger.claims.open_window(new_window(code), **OFFICER)
    return window, ledger.claims.enter(window, [new_claim(family) for family in families], **OFFICER)


def drawn(ledger: Ledger, window: int, size: int = 0) -> list[int]:
    """Draw what the sample needs (or `size`), and give the claims."""
    claims = ledger.claims
    lot = draw(
        [Candidate(number, "all") for number in claims.candidates(window)],
        size=size or claims.sample(window).more,
        seed=claims.seed(window),
    )
    claims.select(window, lot, **OFFICER)
    return [one.claim for one in lot.drawn]


def judged(ledger: Ledger, claims: list[int], struck_out: int = 0) -> None:
    """The auditor's verdicts: the first `struck_out` are struck out."""
    ledger.claims.judge(
        {
            number: Judged(
                Verdict.STRUCK_OUT if place < struck_out else Verdict.UPHELD, "seen in the case file"
            )
            for place, number in enumerate(claims)
        },
        **AUDITOR,
    )


def signed(ledger: Ledger, families: range, code: str = "2024-25-Q3") -> tuple[int, tuple[int, ...]]:
    """A window that was audited and signed: its number, and those of its claims."""
    window, numbers = entered(ledger, families, code)
    judged(ledger, drawn(ledger, window))
    ledger.claims.sign(window, **HEAD)
    return window, numbers
