"""The keys of the identified side: one master key, and one key for each purpose derived from it.

A master key can be rotated (pipelines.rotation). What the register of keys knows people again by is then hashed once
more under the new one, so a hash is a chain, with one link for every master key there ever was. Of those that are gone
only the keys of their links are kept.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import polars as pl

from pipelines.errors import EarlierKeysError
from pipelines.swap import in_force
from release.errors import KeyFileError, ReleaseError
from release.keys import derived, fingerprint, is_key, make_key, read_closed, read_key
from release.places import Places
from release.pointer import COMPLETE, current, releases
from release.tokens import TOKEN_DIGITS, keyed_tokens

# The register keeps 64 bits of a hash, so that is what the next link of its chain is made over.
_KEPT_BYTES = 8


class Purpose(StrEnum):
    """What a derived key is for. Tokens of different purposes cannot be compared."""

    PERSON = "person"
    FAMILY = "family"
    PERSON_PSEUDONYM = "person pseudonym"
    FAMILY_PSEUDONYM = "family pseudonym"
    UNLINKED_PERSON = "unlinked person"
    EPISODE = "episode"
    WORKER = "worker"
    SCHOOL = "school"
    RECORD = "record"
    NOTE = "note"
    FACET = "register facet"
    EXTRACT_DIGEST = "extract digest"
    CLAIM_SLOT = "claim slot"
    HOUSEHOLD = "household"


@dataclass(frozen=True)
class EarlierKey:
    """What is kept of a master key that was rotated away: its fingerprint, and by kind of facet the key (64 hexadecimal
    digits) of its link in the chain. These make none of the hashes in the vault, whose last link is under the key of
    today, and no token and no pseudonym."""

    fingerprint: str
    facets: Mapping[str, str]

    def __repr__(self) -> str:
        return f"EarlierKey({self.fingerprint})"


@dataclass(frozen=True)
class Keys:
    """The keys of one data folder, as text of 64 hexadecimal digits each. Never printed, never logged.

    `earlier`: the master keys before this one, oldest first.
    """

    master: str
    record: str
    protected: str
    earlier: tuple[EarlierKey, ...] = ()

    def __repr__(self) -> str:
        return "Keys(…)"

    @property
    def fingerprints(self) -> dict[str, str]:
        """Names the keys behind pseudonyms and record keys without telling them: safe in a manifest."""
        return {
            f"{name}_key_fingerprint": fingerprint(key)
            for name, key in (("master", self.master), ("record", self.record))
        }

    @property
    def lineage(self) -> str:
        """The fingerprints of all master keys there ever were, oldest first: what hashes in the vault hang on."""
        return " ".join([*(one.fingerprint for one in self.earlier), fingerprint(self.master)])

    def tokens(self, purpose: Purpose, keys: pl.Series) -> pl.DataFrame:
        """Tokens (release.tokens) of the distinct non-null values of `keys` (String): `key, token`."""
        return keyed_tokens(self._derived(purpose), keys)

    def lasting_tokens(self, purpose: Purpose, keys: pl.Series) -> pl.DataFrame:
        """As `tokens`, under the key that never rotates: for what must be known again for as long as a claim lives."""
        return keyed_tokens(derived(self.record, f"lasting {purpose}"), keys)

    def hashes(self, purpose: Purpose, kind: str, texts: pl.Series) -> pl.DataFrame:
        """Keyed hashes (BLAKE2b, 24 hexadecimal digits) of the distinct non-null values of `texts` (String).

        Gives `text, hash`. As safe as `tokens` and three times as fast: for the many that never leave the vault. One
        text under two kinds is two hashes. Each is a chain: first under the oldest master key that has a link of this
        kind, then under every one since.
        """
        first, *others = (_hasher(secret) for secret in self._links(purpose, kind))

        def hashed(value: bytes) -> str:
            found = first(value)
            for link in others:
                found = link(found[:_KEPT_BYTES])
            return found.hex()

        values = texts.drop_nulls().unique(maintain_order=True)
        hashes = [hashed(value) for value in values.cast(pl.Binary).to_list()]
        return pl.DataFrame({"text": values, "hash": pl.Series(hashes, dtype=pl.String)})

    def hashed_on(self, kind: str, tokens: pl.Series) -> pl.DataFrame:
        """One link more: what `hashes` gives under these keys, of what it gave before this master key was.

        `tokens` (UInt64): what the register kept of those hashes. Gives `token, hash`, each once.
        """
        link = _hasher(self._derived(f"{Purpose.FACET} {kind}"))
        values = tokens.drop_nulls().unique(maintain_order=True)
        hashes = [link(value.to_bytes(_KEPT_BYTES)).hex() for value in values.to_list()]
        return pl.DataFrame({"token": values, "hash": pl.Series(hashes, dtype=pl.String)})

    def record_keys(self, purpose: Purpose, keys: pl.Series) -> pl.DataFrame:
        """Random numbers for the cell-key method: `key, record_key` (UInt64), under the key that never rotates."""
        secret = bytes.fromhex(self.record)
        values = keys.drop_nulls().unique().sort()
        numbers = [
            int.from_bytes(hmac.digest(secret, f"{purpose}:{value}".encode(), "sha256")[:8])
            for value in values
        ]
        return pl.DataFrame({"key": values, "record_key": pl.Series(numbers, dtype=pl.UInt64)})

    def digest(self, content: bytes) -> str:
        """A keyed digest of an input: proves to us that it was the same file, and confirms nobody's guess."""
        return _digest(self._derived(Purpose.EXTRACT_DIGEST), content)

    def lasting_digest(self, content: bytes) -> str:
        """As `digest`, and the same after a rotation: how the vault knows the same extracts again. It never leaves."""
        return _digest(derived(self.record, "same extracts"), content)

    def retired(self, kinds: Iterable[str]) -> EarlierKey:
        """What is kept of the master key when it is rotated away. `kinds`: of all facets that there are."""
        links = {kind: self._derived(f"{Purpose.FACET} {kind}").hex() for kind in kinds}
        return EarlierKey(fingerprint(self.master), links)

    def rotated(self, master: str, kinds: Iterable[str]) -> "Keys":
        """These keys with `master` as the master key."""
        return Keys(master, self.record, self.protected, (*self.earlier, self.retired(kinds)))

    def _links(self, purpose: Purpose, kind: str) -> list[bytes]:
        earlier = self.earlier if purpose is Purpose.FACET else ()
        gone = [bytes.fromhex(one.facets[kind]) for one in earlier if kind in one.facets]
        return [*gone, self._derived(f"{purpose} {kind}")]

    def _derived(self, purpose: str) -> bytes:
        return derived(self.master, purpose)


def _hasher(secret: bytes) -> Callable[[bytes], bytes]:
    begun = hashlib.blake2b(key=secret, digest_size=TOKEN_DIGITS // 2)

    def hashed(value: bytes) -> bytes:
        one = begun.copy()
        one.update(value)
        return one.digest()

    return hashed


def _digest(secret: bytes, content: bytes) -> str:
    return hmac.digest(secret, hashlib.sha256(content).digest(), "sha256").hex()


def make_keys(places: Places, published: Collection[str] = ()) -> list[str]:
    """Make whichever keys are missing, and give their names.

    `published`: releases that the ledger knows. Raises KeyFileError where a release was ever made and a key it needs
    is missing: a new key would silently give everybody another pseudonym.
    """
    files = {"master": places.master_key, "record": places.record_key, "protected": places.protected_key}
    missing = {name: file for name, file in files.items() if not file.exists()}
    if missing and (published or releases(places)):
        raise KeyFileError(
            f"The {' and the '.join(missing)} key of {places.data} is missing, but there are releases made with it. "
            "Put back the copy that you keep of it; or, to begin anew, use another data folder."
        )
    for file in missing.values():
        make_key(file)
    return list(missing)


def open_keys(places: Places) -> Keys:
    """The keys of a data folder. Raises KeyFileError where one is missing, damaged or open to others, EarlierKeysError
    where what is kept of earlier master keys does not belong to this one."""
    journal = rotation_journal(places)
    master = read_key(in_force(journal, places.master_key))
    return Keys(
        master=master,
        record=read_key(places.record_key),
        protected=read_key(places.protected_key),
        earlier=_read_earlier(in_force(journal, places.earlier_keys), master),
    )


def rotation_journal(places: Places) -> Path:
    """Where a rotation says what it is about to do."""
    return places.keys / "rotation.json"


def told_earlier(keys: Keys) -> str:
    """The text of the file of earlier keys, sealed: whoever lacks the master key cannot put another in its place."""
    earlier = [{"fingerprint": one.fingerprint, "facets": dict(one.facets)} for one in keys.earlier]
    return json.dumps({"earlier": earlier, "seal": _earlier_seal(keys.master, earlier)}, indent=1) + "\n"


def _read_earlier(file: Path, master: str) -> tuple[EarlierKey, ...]:
    if not file.exists():
        return ()
    try:
        told = json.loads(read_closed(file))
        earlier = told["earlier"]
        sound = hmac.compare_digest(str(told["seal"]), _earlier_seal(master, earlier))
        found = tuple(EarlierKey(one["fingerprint"], dict(one["facets"])) for one in earlier)
        sound = sound and all(is_key(link) for one in found for link in one.facets.values())
    except (ValueError, KeyError, TypeError, AttributeError):
        sound = False
    if not sound:
        raise EarlierKeysError(
            f"{file} is damaged, or does not belong to the master key beside it. Put back the copies that you keep of "
            "both: they go together."
        )
    return found


def _earlier_seal(master: str, earlier: object) -> str:
    return _digest(derived(master, "earlier keys"), json.dumps(earlier, sort_keys=True).encode())


def check_same_keys(keys: Keys, places: Places) -> None:
    """Raises KeyFileError where the current release was made with other keys: its people would get new pseudonyms by
    accident. A master key that was rotated away is none such. Raises ReleaseError where its manifest cannot be read.
    """
    name = current(places)
    if name is None:
        return
    try:
        manifest = json.loads((places.releases / name / COMPLETE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ReleaseError(
            f"The manifest of the release {name} is damaged. Choose another: python -m pipelines releases use ID"
        ) from None
    known = {kind: {mark} for kind, mark in keys.fingerprints.items()}
    known["master_key_fingerprint"] |= {one.fingerprint for one in keys.earlier}
    others = [kind for kind, marks in known.items() if manifest.get(kind) not in marks]
    if others:
        raise KeyFileError(
            f"The {' and '.join(kind.split('_')[0] for kind in others)} key of {places.data} is not the one that made "
            f"the release {name}. Put back the copy that you keep of it; or, to begin anew, use another data folder."
        )
