"""Makes the checks of publication again on a release that is there, from its extracts and its settings."""

import json
import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from disclosure import ProfileError
from figures import quarters
from figures.populations import Populations
from figures.reading import frameworks_of
from ledger import is_there, open_ledger
from pipelines.answers import ANSWER_FACTS, dimension_lists
from pipelines.checking import check
from pipelines.decisions import collected
from pipelines.extracts import ExtractList, read_extract_list
from pipelines.keys import Keys, open_keys
from pipelines.landing import Landed, land
from pipelines.leaks import Identities, IdentityCollector, Searcher
from pipelines.policy import Policy
from pipelines.pseudonymise.coarse import common_places
from pipelines.pseudonymise.places import NamedPlaces
from pipelines.publication import checks
from pipelines.publication.checks import Fault, FileCheck
from pipelines.publication.content import AGAIN, CHECKS, Check, Lists
from pipelines.publication.errors import VerificationError
from pipelines.publication.publish import uniqueness_faults
from pipelines.publication.uniqueness import Measured, measure
from pipelines.register.store import DIGEST
from pipelines.running.content import facts_of
from pipelines.running.figures_again import figures_again
from pipelines.running.lists import NO_PLACE, PLACES, lists_of
from pipelines.running.measures import quality_counts
from pipelines.running.notes import believed_facts, every_count, no_notes
from pipelines.running.settings import Settings, read_settings
from release.digest import digests
from release.errors import UserError
from release.opening import ANSWERS, PROTECTED, open_answers, open_protected
from release.places import Places
from release.pointer import COMPLETE, resolve
from release.schema import ANSWERS as ANSWER_TABLES
from release.schema import PROTECTED as PROTECTED_TABLES
from release.schema import VERSION, Table
from release.version import code_version

_FINGERPRINT = "master_key_fingerprint"
# What a run alone knows of its keys and its register.
_RUN_FACTS = (_FINGERPRINT, "record_key_fingerprint", DIGEST)
_HEX = re.compile("[0-9a-f]{16,64}")
# What else a run alone knows, and the form that it has.
_TOLD = {
    "ledger_head": re.compile(r"\d{1,12} [0-9a-f]{64}"),
    "links": re.compile("found|given"),
    **{name: re.compile(form) for name, form in ANSWER_FACTS.items()},
}
# What the settings say of notes may be different by now.
_OF_NOTES = frozenset(
    {
        "notes",
        "notes_purpose",
        "notes_until",
        "notes_model",
        "notes_model_version",
        "notes_model_digest",
        "notes_model_verified",
        "themes_version",
    }
)
# What may be done with each file of a release, and with its folder, on a system that says so.
_MODES = {ANSWERS: 0o640, COMPLETE: 0o640, PROTECTED: 0o600}
_FOLDER_MODE = 0o750
LEDGER = "the ledger"
_MEASURED_TABLES = ("person", "family", "need")


@dataclass(frozen=True)
class Verified:
    """What came of every check on a release.

    `faults`: what was found, in the order of the checks. `measured`: the measures, exact, for the data team alone.
    `notes`: what could not be checked, or is different since, in plain words.
    """

    release: str
    faults: tuple[Fault, ...]
    measured: tuple[Measured, ...] = field(repr=False)
    notes: tuple[str, ...]

    @property
    def checks(self) -> dict[str, list[Fault]]:
        """Every check by name, with what it found."""
        return {name: [fault for fault in self.faults if fault.check == name] for name in {**CHECKS, **AGAIN}}


def verify(extracts: Path, places: Places, name: str) -> Verified:
    """Make every check again on the release `name` (or "current"), with the identities of a folder of extracts.

    Nothing is written. Raises VerificationError where it cannot be done.
    """
    try:
        return _verify(extracts, places, resolve(places, name))
    except VerificationError:
        raise
    except (UserError, ProfileError) as error:
        raise VerificationError(f"The release cannot be verified. {error}") from None


def _verify(extracts: Path, places: Places, name: str) -> Verified:
    manifest = _manifest(places, name)
    frameworks = dict(frameworks_of(manifest))
    settings = read_settings(places, list(frameworks))
    _same_frameworks(frameworks, settings)
    listed = read_extract_list(extracts)
    keys = open_keys(places)
    landed, identities = _landed(listed, settings)
    with _opened(places, name, keys) as (answers, protected):
        there = answers.execute('SELECT * FROM "dimension"').pl()
        lists = _lists(there, landed, identities, manifest, listed, settings)
        searcher = Searcher(identities, lists.own_words, lists.named_places, lists.authority)
        folder = places.releases / name
        measured = measure(
            {
                table: protected.execute(f'SELECT * FROM protected."{table}"').pl()  # noqa: S608
                for table in _MEASURED_TABLES
            }
        )
        faults = [
            *_folder_faults(folder),
            *_unchanged(answers, protected, manifest, keys),
            *FileCheck(protected, "protected", PROTECTED_TABLES, lists, searcher).faults(),
            *FileCheck(answers, "answers", ANSWER_TABLES, lists, searcher).faults(),
            *checks.place_faults(lists),
            *checks.threshold_faults(answers, settings.profiles.dashboard, settings.profiles.rows),
            *checks.bytes_faults(_files(folder), lists, searcher),
            *checks.spare_faults(answers, folder / ANSWERS),
            *_log_faults(places, searcher),
            *uniqueness_faults(measured, settings.limits),
        ]
    notes = list(_notes(manifest, listed, keys))
    if not faults:
        # What is changed already need not be worked out again.
        again, more = figures_again(places, name, manifest, keys, settings)
        faults += again
        notes += more
    order = list({**CHECKS, **AGAIN})
    faults.sort(key=lambda fault: order.index(fault.check))
    return Verified(name, tuple(faults), tuple(measured), tuple(notes))


@contextmanager
def _opened(
    places: Places, name: str, keys: Keys
) -> Iterator[tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection]]:
    """Both files of a release, closed again whatever happens. What DuckDB says of a damaged one may hold its values."""
    try:
        with open_answers(places, name) as answers, open_protected(places, name, keys.protected) as protected:
            yield answers, protected
    except duckdb.Error as error:
        raise VerificationError(
            f"The files of the release {name} cannot be read ({type(error).__name__}): damaged, or of another version."
        ) from None


def _manifest(places: Places, name: str) -> dict[str, Any]:
    try:
        manifest = json.loads((places.releases / name / COMPLETE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise VerificationError(f"The manifest of the release {name} is damaged.") from None
    if not isinstance(manifest, dict) or manifest.get("schema") != VERSION:
        raise VerificationError(
            f"The release {name} is of another schema than this version writes ({VERSION}): verify it with the version "
            "that made it."
        )
    return manifest


def _same_frameworks(made_with: Mapping[str, str], settings: Settings) -> None:
    """`made_with`: id and SHA-256 of each framework that the release was made with."""
    for one in settings.files:
        if made_with[one.framework.id] != one.sha256:
            raise VerificationError(
                f"The release was made with another version of the framework {one.framework.id} than is here "
                f"({one.framework.version}). Put back the file of that version."
            )


def _landed(listed: ExtractList, settings: Settings) -> tuple[list[Landed], Identities]:
    identities = IdentityCollector()
    landed = []
    for extract in listed.extracts:
        one = land(extract, settings.numbering)
        identities.add(one)
        landed.append(one)
    return landed, identities.collect()


def _lists(
    there: pl.DataFrame,
    landed: Sequence[Landed],
    identities: Identities,
    manifest: Mapping[str, Any],
    listed: ExtractList,
    settings: Settings,
) -> Lists:
    """What the release may say, made anew. `there`: its table `dimension`, of which no more is believed than which of
    the places that may be named it names, and which quarters it speaks of."""
    fingerprints = {name: value for name, value in manifest.items() if name in _RUN_FACTS and _is_hex(value)}
    told = {
        name: manifest[name]
        for name, form in _TOLD.items()
        if isinstance(manifest.get(name), str) and form.fullmatch(manifest[name])
    }
    facts = {
        **facts_of(listed, settings.files, settings.profiles, fingerprints),
        **told,
        **no_notes(settings.policy.notes, settings.themes, listed.as_of).facts,
        **believed_facts(manifest),
    }
    first, last = quarters.told_apart(there.filter(pl.col("dimension") == "quarter")["code"])
    dimensions = dimension_lists(
        settings.frameworks,
        _named_places(there, landed, identities, settings.policy),
        settings.policy,
        Populations({}, first, last),
        settings.themes.labels,
    )
    lists = lists_of(
        dimensions,
        collected(settings.policy.columns, settings.policy.notes.on(listed.as_of)),
        _rules(landed, settings),
        facts,
        (entry.get("contract", "") for entry in manifest.get("inputs", ())),
        files=settings.files,
        catalogue=settings.catalogue,
    )
    # Of the facts that only a run knows, those that it writes.
    names = _OF_NOTES & manifest.keys()
    codes = {**lists.codes, "manifest.name": lists.codes["manifest.name"] | names}
    return Lists(codes, lists.own_words, lists.named_places)


def _named_places(
    there: pl.DataFrame, landed: Sequence[Landed], identities: Identities, policy: Policy
) -> NamedPlaces:
    """The places that the release names, of those that families enough gave and that are called like nobody."""
    episodes = pl.concat(
        [
            one.frame.select("family_ref", *PLACES)
            for one in landed
            if one.extract.contract == "family_episode"
        ]
    )
    named = {}
    for place in PLACES:
        may_be = common_places(episodes, place, "family_ref", policy.minimum_families)
        may_be = sorted(set(may_be) - identities.name_somebody(may_be))
        codes = there.filter(pl.col("dimension") == place)["code"]
        named[place] = [code for code in codes if code in may_be]
    lies_in = {
        ward: locality
        for ward, locality in there.filter(pl.col("dimension") == "ward")
        .select("code", "parent_code")
        .iter_rows()
        if locality in (*named["locality"], *NO_PLACE)
    }
    return NamedPlaces(named, lies_in)


def _rules(landed: Sequence[Landed], settings: Settings) -> pl.DataFrame:
    """`rule, severity, meaning` of all that is counted of these extracts."""
    matched = pl.DataFrame({"extract": ["family_member"], "rows": [0], "failures": [0]})
    return quality_counts(check(landed, settings.numbering).data_quality, matched, every_count())


def _folder_faults(folder: Path) -> Iterator[Fault]:
    where = "the folder of the release"
    if folder.is_symlink():
        yield Fault(Check.FOLDER, where, "it is somewhere else: a link stands in its place")
    if _is_open(folder, _FOLDER_MODE):
        yield Fault(Check.FOLDER, where, "it is open to others than it was made for")
    for file in folder.iterdir():
        if file.name not in _MODES or file.is_symlink() or not file.is_file():
            yield Fault(Check.FOLDER, where, "something is there that is not described")
        elif _is_open(file, _MODES[file.name]):
            yield Fault(Check.FOLDER, file.name, "it is open to others than it was made for")


def _is_open(file: Path, mode: int) -> bool:
    """Whether more may be done with a file or folder than `mode` says."""
    return os.name == "posix" and bool(stat.S_IMODE(file.stat().st_mode) & ~mode)


def _files(folder: Path) -> dict[str, Path]:
    """Every file below the folder of a release. The name of one that is not described is not told."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file() and not file.is_symlink()]
    return {
        file.name if file.name in _MODES else f"file {number} that is not described": file
        for number, file in enumerate(files, start=1)
    }


def _log_faults(places: Places, searcher: Searcher) -> Iterator[Fault]:
    """The logs of all runs, and what the ledger says was done."""
    for file in sorted(places.logs.glob("*.jsonl")):
        yield from checks.log_faults(file.read_text(encoding="utf-8", errors="replace"), searcher)
    if is_there(places):
        with closing(open_ledger(places.ledger)) as ledger:
            said = [f"{one.subject} {json.dumps(dict(one.detail))}" for one in ledger.entries()]
        # Reasons are written in plain language: a word that is somebody's name too is none there by itself.
        if any(searcher.in_notes(said)):
            yield Fault(
                Check.IDENTITIES_IN_LOG,
                LEDGER,
                "an identity of the extracts is there, and not in the release",
            )


def _unchanged(
    answers: duckdb.DuckDBPyConnection,
    protected: duckdb.DuckDBPyConnection,
    manifest: Mapping[str, Any],
    keys: Keys,
) -> Iterator[Fault]:
    """Tables that are not as the manifest says they were published; facts that the manifests tell differently."""
    said = _told(manifest)
    files = (
        (answers, "answers", ANSWER_TABLES, str),
        (protected, "protected", PROTECTED_TABLES, lambda digest: keys.digest(digest.encode())),
    )
    for connection, schema, tables, named in files:
        if not _has(connection, schema, tables):
            continue  # the check of the schema says so
        rows = dict(connection.execute(f"SELECT name, value FROM {schema}.manifest").fetchall())  # noqa: S608
        if rows != said:
            yield Fault(
                Check.UNCHANGED, f"{schema}.duckdb, table manifest", f"it is not what {COMPLETE} says"
            )
        if schema == "protected" and not _same_keys(manifest, keys):
            continue
        published = manifest.get("tables", {}).get(schema, {})
        for table, digest in digests(connection, schema, tables).items():
            if published.get(table) != named(digest):
                yield Fault(
                    Check.UNCHANGED, f"{schema}.duckdb, table {table}", "it is not as it was published"
                )


def _has(connection: duckdb.DuckDBPyConnection, schema: str, tables: Sequence[Table]) -> bool:
    query = "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = ?"
    there = set(connection.execute(query, [schema]).fetchall())
    return there >= {(table.name, name) for table in tables for name in table.names}


def _told(manifest: Mapping[str, Any]) -> dict[str, str]:
    """What the tables `manifest` should say, by what the manifest.json does."""
    facts = {name: value for name, value in manifest.items() if isinstance(value, str) and name != "schema"}
    inputs = {f"input {one.get('contract')}": one.get("digest") for one in manifest.get("inputs", ())}
    return {**facts, **inputs}


def _same_keys(manifest: Mapping[str, Any], keys: Keys) -> bool:
    return manifest.get(_FINGERPRINT) == keys.fingerprints[_FINGERPRINT]


def _is_hex(value: object) -> bool:
    return isinstance(value, str) and _HEX.fullmatch(value) is not None


def _notes(manifest: Mapping[str, Any], listed: ExtractList, keys: Keys) -> Iterator[str]:
    if manifest.get("code_version") != code_version():
        yield f"it was made by the version {manifest.get('code_version')}, and is verified by {code_version()}"
    if not _same_keys(manifest, keys):
        yield (
            "it was made under a master key that has been rotated: whether the tables of its protected file are "
            "unchanged cannot be told any more"
        )
        return
    made_of = {one.get("digest") for one in manifest.get("inputs", ())}
    here = {keys.digest(extract.file.read_bytes()) for extract in listed.extracts}
    if made_of - here:
        yield f"{len(made_of - here)} of the {len(made_of)} extracts that it was made of are not these"
