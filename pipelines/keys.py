"""The keys of the identified side: one master key, and one key for each purpose derived from it."""

import hashlib
import hmac
import json
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import polars as pl
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from release.errors import KeyFileError, ReleaseError
from release.keys import make_key, read_key
from release.places import Places
from release.pointer import COMPLETE, current, releases

# 96 bits: among a hundred million tokens, two alike have a chance of one in ten million million.
_TOKEN_DIGITS = 24


class Purpose(StrEnum):
    """What a derived key is for. Tokens of different purposes cannot be compared."""

    PERSON = "person"
    FAMILY = "family"
    EPISODE = "episode"
    WORKER = "worker"
    SCHOOL = "school"
    RECORD = "record"
    FACET = "register facet"
    EXTRACT_DIGEST = "extract digest"


@dataclass(frozen=True)
class Keys:
    """The keys of one data folder, as text of 64 hexadecimal digits each. Never printed, never logged."""

    master: str
    record: str
    protected: str

    def __repr__(self) -> str:
        return "Keys(…)"

    @property
    def fingerprints(self) -> dict[str, str]:
        """Names the keys behind pseudonyms and record keys without telling them: safe in a manifest."""
        return {
            f"{name}_key_fingerprint": _derived(key, "fingerprint").hex()[:16]
            for name, key in (("master", self.master), ("record", self.record))
        }

    def tokens(self, purpose: Purpose, keys: pl.Series) -> pl.DataFrame:
        """Pseudonyms (HMAC-SHA256, 24 hexadecimal digits) of the distinct non-null values of `keys` (String).

        Gives `key, token`. Under one key the same value always gets the same token.
        """
        begun = hmac.new(self._derived(purpose), digestmod="sha256")

        def token(value: str) -> str:
            # Taking up from the key each time is a third faster than starting with it.
            one = begun.copy()
            one.update(value.encode())
            return one.hexdigest()[:_TOKEN_DIGITS]

        values = keys.drop_nulls().unique(maintain_order=True)
        tokens = [token(value) for value in values]
        return pl.DataFrame({"key": values, "token": pl.Series(tokens, dtype=pl.String)})

    def hashes(self, purpose: Purpose, kind: str, texts: pl.Series) -> pl.DataFrame:
        """Keyed hashes (BLAKE2b, 24 hexadecimal digits) of the distinct non-null values of `texts` (String).

        Gives `text, hash`. As safe as `tokens` and three times as fast: for the many that never leave the vault. One
        text under two kinds is two hashes.
        """
        begun = hashlib.blake2b(key=self._derived(f"{purpose} {kind}"), digest_size=_TOKEN_DIGITS // 2)

        def hashed(value: bytes) -> str:
            one = begun.copy()
            one.update(value)
            return one.hexdigest()

        values = texts.drop_nulls().unique(maintain_order=True)
        hashes = [hashed(value) for value in values.cast(pl.Binary).to_list()]
        return pl.DataFrame({"text": values, "hash": pl.Series(hashes, dtype=pl.String)})

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
        return hmac.digest(
            self._derived(Purpose.EXTRACT_DIGEST), hashlib.sha256(content).digest(), "sha256"
        ).hex()

    def _derived(self, purpose: str) -> bytes:
        return _derived(self.master, purpose)


def _derived(key: str, purpose: str) -> bytes:
    info = b"outcome-lens/1/" + purpose.encode()
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(bytes.fromhex(key))


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
    """The keys of a data folder. Raises KeyFileError where one is missing, damaged or open to others."""
    return Keys(
        master=read_key(places.master_key),
        record=read_key(places.record_key),
        protected=read_key(places.protected_key),
    )


def check_same_keys(keys: Keys, places: Places) -> None:
    """Raises KeyFileError where the current release was made with other keys: its people would get new pseudonyms.

    Raises ReleaseError where its manifest cannot be read.
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
    others = [kind for kind, fingerprint in keys.fingerprints.items() if manifest.get(kind) != fingerprint]
    if others:
        raise KeyFileError(
            f"The {' and '.join(kind.split('_')[0] for kind in others)} key of {places.data} is not the one that made "
            f"the release {name}. Put back the copy that you keep of it; or, to begin anew, use another data folder."
        )
