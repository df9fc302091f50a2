"""The answers of earlier reviews, kept for ever in the vault: keyed hashes of both sides, and no identity."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from ledger import Entry, Event
from pipelines.keys import Keys, rotation_journal
from pipelines.register.book import as_token
from pipelines.register.facets import FACETS
from pipelines.review.errors import JudgementsError
from pipelines.swap import in_force
from release.places import Places

ANSWERS = ("same", "different", "unsure")
FILE_NAME = "judgements.sqlite"
BEFORE_NAME = "judgements-before.sqlite"
_SCHEMA = 1
_TABLES = """
CREATE TABLE about (schema INTEGER NOT NULL, master_key TEXT NOT NULL);
CREATE TABLE asked (pair TEXT PRIMARY KEY, run TEXT NOT NULL);
CREATE TABLE side (
    pair TEXT NOT NULL REFERENCES asked (pair), side TEXT NOT NULL CHECK (side IN ('a', 'b')),
    facet TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (pair, side, facet)
);
CREATE TABLE judgement (
    number INTEGER PRIMARY KEY, pair TEXT NOT NULL REFERENCES asked (pair),
    answer TEXT NOT NULL CHECK (answer IN ('same', 'different', 'unsure')),
    run TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TRIGGER judgement_no_update BEFORE UPDATE ON judgement
BEGIN SELECT RAISE(ABORT, 'judgements are kept'); END;
CREATE TRIGGER judgement_no_delete BEFORE DELETE ON judgement
BEGIN SELECT RAISE(ABORT, 'judgements are kept'); END;
"""
_SIDES = {"pair": pl.String, "side": pl.String, "facet": pl.String, "hash": pl.String}
_JUDGED = {"pair": pl.String, "answer": pl.String, "number": pl.Int64}


def kept_by(entries: Iterable[Entry]) -> int:
    """How many judgements there were when the audit log last heard of them."""
    kept = [entry.detail.get("kept") for entry in entries if entry.event == Event.PAIRS_JUDGED]
    return int(str(kept[-1])) if kept and kept[-1] is not None else 0


def judgements_file(places: Places) -> Path:
    """Where the judgements lie."""
    return places.vault / FILE_NAME


def open_judgements(places: Places, keys: Keys, *, kept: int = 0) -> "Judgements":
    """The judgements of a data folder; none where nothing was ever asked.

    `kept`: how many the audit log knows of. Raises JudgementsError where there are fewer, where the file is damaged, of
    another schema or made under another master key. Nothing is written over then.
    """
    file = in_force(rotation_journal(places), judgements_file(places))
    judgements = Judgements(file, keys.lineage)
    if judgements.count() < kept:
        raise JudgementsError(
            f"{judgements.file} holds {judgements.count()} answers, and the audit log knows of {kept}: it is gone, or "
            f"an older copy. {judgements.way_back}"
        )
    return judgements


class Judgements:
    """What was asked and answered. Read as frames; written in whole transactions."""

    def __init__(self, file: Path, lineage: str) -> None:
        self.file = file
        self._before = file.with_name(BEFORE_NAME)
        self._fingerprint = lineage
        if self.file.exists():
            self._check()

    @property
    def way_back(self) -> str:
        """What to do about a file that will not do."""
        return (
            f"Put back the copy that you keep of it (the one from before the last review is {self._before.name} "
            "beside it); nothing was changed."
        )

    def sides(self) -> pl.DataFrame:
        """`pair, side, facet, hash` of every pair ever asked. `side`: a or b."""
        return self._frame("SELECT pair, side, facet, hash FROM side ORDER BY pair, side, facet", _SIDES)

    def judged(self) -> pl.DataFrame:
        """`pair, answer, number`: the last answer to every pair that has one, in the order they were given."""
        return self._frame(
            "SELECT pair, answer, max(number) AS number FROM judgement GROUP BY pair ORDER BY number", _JUDGED
        )

    def asked(self) -> set[str]:
        """Every pair that was ever asked."""
        return set(self._frame("SELECT pair FROM asked", {"pair": pl.String})["pair"])

    def count(self) -> int:
        """How many answers are kept, changed ones included."""
        return int(self._frame("SELECT count(*) AS number FROM judgement", {"number": pl.Int64}).item())

    def ask(self, sides: pl.DataFrame, run: str) -> None:
        """Remember by what both sides of each pair are known. `sides`: `pair, side, facet, hash`."""
        pairs = sides["pair"].unique().sort()
        with self._transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO asked VALUES (?, ?)", [(pair, run) for pair in pairs]
            )
            rows = sides.select(list(_SIDES)).sort(list(_SIDES)).rows()
            connection.executemany("INSERT OR IGNORE INTO side VALUES (?, ?, ?, ?)", rows)

    def judge(self, answers: Iterable[tuple[str, str]], *, run: str, by: str) -> None:
        """Keep answers (pair, answer), all or none. What was there before is kept as a copy beside the file."""
        if self.file.exists():
            self._copy()
        at = datetime.now(UTC).isoformat(timespec="seconds")
        with self._transaction() as connection:
            connection.executemany(
                "INSERT INTO judgement (pair, answer, run, by, at) VALUES (?, ?, ?, ?, ?)",
                [(pair, answer, run, by, at) for pair, answer in answers],
            )

    def write_rekeyed(self, file: Path, keys: Keys) -> "Judgements":
        """Write all of it as it is under `keys`, whose master key follows on the one that it was made with, into
        `file`, and give that as it is read again."""
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        sides = self.sides().with_columns(as_token("hash").alias("token"))
        further = pl.concat(
            [
                keys.hashed_on(facet, sides.filter(pl.col("facet") == facet)["token"]).select(
                    "token", facet=pl.lit(facet), further="hash"
                )
                for facet in FACETS
            ]
        )
        rows = sides.join(further, on=["facet", "token"]).select("further", "pair", "side", "facet").rows()
        try:
            with closing(self._connect()) as source, closing(sqlite3.connect(file)) as target:
                source.backup(target)
                target.executemany("UPDATE side SET hash = ? WHERE pair = ? AND side = ? AND facet = ?", rows)
                target.execute("UPDATE about SET master_key = ?", (keys.lineage,))
                target.commit()
                # Pages that are free hold hashes of before.
                target.execute("VACUUM")
        except sqlite3.Error as error:
            raise JudgementsError(
                f"{file} cannot be written ({type(error).__name__}). Is the disk full? Nothing was changed."
            ) from None
        return Judgements(file, keys.lineage)

    def nothing_lost(self, after: "Judgements") -> bool:
        """Whether `after` is the same under another master key: the same pairs, answers and sides, and no two hashes of
        a facet made one."""
        query = "SELECT number, pair, answer, run, by, at FROM judgement ORDER BY number"
        plain = dict.fromkeys(("pair", "answer", "run", "by", "at"), pl.String)
        answers = [one._frame(query, {"number": pl.Int64, **plain}) for one in (self, after)]
        both = self.sides().join(after.sides(), on=["pair", "side", "facet"], how="full", suffix="_after")
        told = both.select("facet", "hash", "hash_after").unique()
        return (
            answers[0].equals(answers[1])
            and self.asked() == after.asked()
            and sum(both.null_count().row(0)) == 0
            and all(told.select("facet", name).is_unique().all() for name in ("hash", "hash_after"))
            and bool((told["hash"] != told["hash_after"]).all())
        )

    def _frame(self, query: str, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
        if not self.file.exists():
            empty = pl.DataFrame(schema=dict(schema))
            return pl.DataFrame({"number": [0]}) if list(schema) == ["number"] else empty
        try:
            with closing(self._connect()) as connection:
                rows = connection.execute(query).fetchall()
        except sqlite3.Error as error:
            raise self._damaged(error) from None
        return pl.DataFrame(rows, schema=dict(schema), orient="row")

    def _check(self) -> None:
        try:
            with closing(self._connect()) as connection:
                sound = connection.execute("PRAGMA quick_check").fetchone()[0] == "ok"
                about = connection.execute("SELECT schema, master_key FROM about").fetchall()
        except (sqlite3.Error, TypeError) as error:
            raise self._damaged(error) from None
        if not sound or len(about) != 1:
            raise self._damaged(None)
        schema, fingerprint = about[0]
        if schema != _SCHEMA:
            raise JudgementsError(
                f"{self.file} is of schema {schema}, and this version reads {_SCHEMA}. Use the version that wrote it. "
                "Nothing was changed."
            )
        if fingerprint != self._fingerprint:
            raise JudgementsError(
                f"{self.file} was made under another master key: nobody in it would be known again. Put back the key, "
                "or the file that belongs to this one; nothing was changed."
            )

    def _damaged(self, error: Exception | None) -> JudgementsError:
        why = type(error).__name__ if error else "it does not check"
        return JudgementsError(f"{self.file} cannot be read ({why}). {self.way_back}")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.file, isolation_level=None)
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        is_new = not self.file.exists()
        if is_new:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.file.touch(mode=0o600)
        try:
            with closing(self._connect()) as connection:
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("BEGIN IMMEDIATE")
                if is_new:
                    for statement in _statements():
                        connection.execute(statement)
                    connection.execute("INSERT INTO about VALUES (?, ?)", (_SCHEMA, self._fingerprint))
                yield connection
                connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise JudgementsError(
                f"{self.file} cannot be written ({type(error).__name__}). Is the disk full, or the file read-only? "
                "Nothing was changed."
            ) from None
        finally:
            if is_new and self.file.exists() and not self.file.stat().st_size:
                self.file.unlink()

    def _copy(self) -> None:
        aside = self._before.with_suffix(".part")
        aside.unlink(missing_ok=True)
        aside.touch(mode=0o600)
        try:
            with closing(self._connect()) as source, closing(sqlite3.connect(aside)) as target:
                source.backup(target)
        except sqlite3.Error as error:
            raise self._damaged(error) from None
        aside.replace(self._before)


def _statements() -> Iterator[str]:
    statement = ""
    for line in _TABLES.strip().splitlines():
        statement += f"{line}\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
