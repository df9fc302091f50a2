"""A claim of the ledger, found in the release that it was entered from."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import polars as pl

from custody.errors import EvidenceError
from ledger import Standing
from outcomes import Framework
from outcomes.reading import framework_from_text
from release.keys import read_key
from release.opening import open_protected
from release.places import Places
from release.pointer import COMPLETE, resolve


@dataclass(frozen=True)
class Found:
    """What a release says of one claim.

    `claim`: its row of the table `claim`; `need`, `evidence`: the rows of `need` and `claim_evidence` that it rests on.
    `facts`: the manifest's; `manifest_digest`, `framework_digest`: SHA-256 of the manifest and of the framework's file.
    """

    facts: Mapping[str, str]
    manifest_digest: str
    framework: Framework
    framework_digest: str
    claim: Mapping[str, Any]
    need: pl.DataFrame
    evidence: pl.DataFrame

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.facts["as_of"])

    @property
    def ledger_head(self) -> str:
        """The line and the digest of the ledger as the run that made the release read it."""
        return self.facts.get("ledger_head", "")


class ProtectedRelease:
    """The protected rows of one release, as long as it is open."""

    def __init__(self, name: str, connection: duckdb.DuckDBPyConnection, manifest: bytes) -> None:
        self.name = name
        self.manifest_digest = hashlib.sha256(manifest).hexdigest()
        self.facts = _facts(manifest, name)
        self._connection = connection
        self._frameworks: dict[str, tuple[Framework, str]] = {}

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.facts["as_of"])

    def rows(self, query: str, *values: object) -> pl.DataFrame:
        """The rows of a query over the tables of the schema `protected`. Raises EvidenceError where the release has no
        such table or column: it is of an earlier schema."""
        try:
            return self._connection.execute(query, list(values)).pl()
        except (duckdb.CatalogException, duckdb.BinderException):
            said = (
                "was made before evidence was kept for a replay. Make a release with this version, and open the "
                "window from that one."
            )
        except duckdb.Error:
            said = "cannot be read: it is damaged. Put back a whole copy of it."
        raise EvidenceError(f"The release {self.name} {said}")

    def framework(self, framework: str) -> tuple[Framework, str]:
        """The framework as the release was evaluated under it, and the SHA-256 of its file. Raises EvidenceError where
        the release does not hold it, or holds another text than it says."""
        if framework not in self._frameworks:
            files = self.rows(
                "SELECT sha256, text FROM protected.framework_file WHERE framework = ?", framework
            )
            if files.height != 1:
                raise EvidenceError(
                    f"The release {self.name} was not evaluated under the framework {framework}. Choose one that was: "
                    "python -m pipelines releases list"
                )
            ((sha256, text),) = files.iter_rows()
            if (
                not hashlib.sha256(text.encode()).hexdigest()
                == sha256
                == self._said_of(framework).get("sha256")
            ):
                raise EvidenceError(
                    f"The text of the framework {framework} in the release {self.name} is not the one that was "
                    "evaluated: it was changed by hand. Keep the release as evidence."
                )
            self._frameworks[framework] = framework_from_text(f"{framework}.toml", text), sha256
        return self._frameworks[framework]

    def payment(self, framework: str) -> str:
        """How the council is paid for what the framework claims."""
        return str(self._said_of(framework).get("payment", self.facts.get("payment", "by_results")))

    def checked(self, framework: str) -> bool:
        """Whether the file of the framework was the active one, as it was when it was activated."""
        return self._said_of(framework).get("checked") is True

    def _said_of(self, framework: str) -> Mapping[str, Any]:
        """What the manifest says of a framework. Raises EvidenceError where it cannot be read."""
        try:
            said = json.loads(self.facts.get("frameworks", "[]"))
            return next((dict(one) for one in said if one["id"] == framework), {})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise EvidenceError(
                f"What the manifest of the release {self.name} says of frameworks is damaged. Put back a whole copy."
            ) from None

    def find(self, standing: Standing) -> Found:
        """What the release says of a claim of the ledger. Raises EvidenceError where it says nothing of it."""
        framework, framework_digest = self.framework(standing.framework)
        rows = self.rows(
            "SELECT * FROM protected.claim WHERE framework = ? AND kind = ? AND slot = ? AND state = 'claimable'",
            standing.framework,
            standing.kind,
            standing.slots[0],
        )
        if rows.height != 1:
            raise EvidenceError(
                f"The release {self.name} holds {rows.height} rows for claim {standing.number}, where one was entered: "
                "it is not as it was. Verify it: python -m pipelines verify"
            )
        (claim,) = rows.iter_rows(named=True)
        try:
            kind = framework.kind(standing.kind)
        except KeyError:
            raise EvidenceError(
                f"The framework {standing.framework} in the release {self.name} has no kind of claim as claim "
                f"{standing.number} is: the release is not the one that it was entered from."
            ) from None
        # A claim about needs rests on all of them; one with a rule of its own on none.
        need = self.rows(
            "SELECT * FROM protected.need WHERE framework = ? AND episode = ? ORDER BY ALL",
            standing.framework,
            claim["episode"],
        )
        if kind.about != "needs":
            need = need.clear()
        evidence = self.rows(
            "SELECT * FROM protected.claim_evidence WHERE framework = ? AND episode = ? ORDER BY ALL",
            standing.framework,
            claim["episode"],
        )
        evidence = evidence.filter(
            _of_claim(claim) | (pl.col("kind").is_null() & pl.lit(kind.about == "needs"))
        )
        order = {code.code: place for place, code in enumerate(framework.needs)}
        return Found(
            self.facts,
            self.manifest_digest,
            framework,
            framework_digest,
            claim,
            need.sort(
                pl.col("need_code").replace_strict(order, default=len(order), return_dtype=pl.Int64),
                "need_code",
                "person",
                nulls_last=False,
            ),
            evidence,
        )


def _of_claim(claim: Mapping[str, Any]) -> pl.Expr:
    """Rows of `claim_evidence` about this claim itself: of its kind, and of its person where it has one."""
    same_kind = pl.col("kind") == pl.lit(claim["kind"], pl.String)
    return same_kind & pl.col("person").eq_missing(pl.lit(claim["person"], pl.String))


@contextmanager
def open_release(places: Places, name: str) -> Iterator[ProtectedRelease]:
    """The protected rows of a release. Raises ReleaseError or KeyFileError where they cannot be opened."""
    name = resolve(places, name)
    manifest = (places.releases / name / COMPLETE).read_bytes()
    with open_protected(places, name, read_key(places.protected_key)) as connection:
        yield ProtectedRelease(name, connection, manifest)


def _facts(manifest: bytes, name: str) -> dict[str, str]:
    try:
        facts = json.loads(manifest)
        date.fromisoformat(facts["as_of"])
        return {fact: value for fact, value in facts.items() if isinstance(value, str)}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise EvidenceError(
            f"The manifest of the release {name} is damaged. Put back a whole copy."
        ) from None
