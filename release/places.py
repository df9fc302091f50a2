"""Where things lie below the data folder. Nobody else puts a path together."""

from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Places:
    """The rooms of one data folder, each with an owner of its own.

    `identified` belongs to the pipelines, `protected` to the worker (`custody`), `releases`, `ledger` and
    `outbox` are shared as docs/explanation.md says.
    """

    data: Path

    @property
    def identified(self) -> Path:
        return self.data / "identified"

    @property
    def landing(self) -> Path:
        return self.identified / "landing"

    @property
    def vault(self) -> Path:
        return self.identified / "vault"

    @property
    def quarantine(self) -> Path:
        return self.identified / "quarantine"

    @property
    def quality(self) -> Path:
        return self.identified / "quality"

    @property
    def review(self) -> Path:
        return self.identified / "review"

    @property
    def exclusions(self) -> Path:
        return self.identified / "exclusions.csv"

    @property
    def logs(self) -> Path:
        return self.identified / "logs"

    @property
    def keys(self) -> Path:
        return self.identified / "keys"

    @property
    def master_key(self) -> Path:
        return self.keys / "master.key"

    @property
    def earlier_keys(self) -> Path:
        """What is kept of master keys that were rotated away."""
        return self.keys / "earlier.json"

    @property
    def record_key(self) -> Path:
        return self.keys / "record.key"

    @property
    def protected_key(self) -> Path:
        return self.data / "protected" / "protected.key"

    @property
    def projects(self) -> Path:
        """The keys of projects, each of which is given tables with tokens of its own."""
        return self.data / "protected" / "projects"

    @property
    def exports(self) -> Path:
        """What custody keeps of research exports: packages not handed out yet, and what they showed."""
        return self.data / "protected" / "exports"

    @property
    def releases(self) -> Path:
        return self.data / "releases"

    @property
    def pointer(self) -> Path:
        return self.releases / "current"

    @property
    def ledger(self) -> Path:
        return self.data / "ledger" / "ledger.sqlite"

    @property
    def outbox(self) -> Path:
        return self.data / "outbox"

    def setting(self, name: str) -> Path:
        """The file or folder `name` that a council edits: the data folder's own, or else the one shipped."""
        own = self.data / name
        return own if own.exists() else PROJECT / "data" / name
