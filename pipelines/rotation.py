"""Rotating the master key: everybody gets another pseudonym, and nothing that is known is lost.

What the vault knows people again by are keyed hashes. Each is hashed once more under the new master key, so that no
identity is needed, and the old key is destroyed. The new files are written beside the old, read back and held against
them, and then take their places together (pipelines.swap): whenever the machine stops, all are old or all are new.
"""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ledger import Event, Ledger
from pipelines.errors import EarlierKeysError, RotationError
from pipelines.keys import Keys, check_same_keys, open_keys, rotation_journal, told_earlier
from pipelines.register import (
    Opened,
    nothing_lost,
    open_register,
    register_begun,
    register_file,
    rekeyed,
    renew_copies,
    settle,
    write_rekeyed,
)
from pipelines.register.facets import HASHED
from pipelines.review import Judgements, judgements_file, kept_by, open_judgements
from pipelines.review.answers import read_typed
from pipelines.review.judgements import BEFORE_NAME
from pipelines.review.questions import FILE_NAME
from pipelines.swap import aside, commit, end, forget, pending, replace
from release.errors import DataFolderError
from release.keys import fingerprint, new_key, wipe, write_key
from release.places import Places
from release.pointer import releases

# Two hashes of 64 bits that become one are so rare that a second key in a row never makes any.
_TRIES = 3
_ROLE = "pipelines"


@dataclass(frozen=True)
class Rotated:
    """Fingerprints of the master key before and after, and how much was re-keyed: keys of people and of families,
    hashes of the register, and answers of the review."""

    before: str
    after: str
    people: int
    families: int
    hashes: int
    answers: int


def rotate(
    places: Places,
    ledger: Ledger,
    *,
    by: str,
    detail: Mapping[str, object],
    last: Callable[[], object] = lambda: None,
) -> Rotated:
    """Put a new master key in the place of the one there is. Call it only while holding the lock of the data folder.

    `by`: the account. `detail`: why, for the audit log. `last`: called when all is checked, just before it counts.
    Raises RotationError where answers wait to be taken in, or where something would be lost; the errors of keys,
    register and judgements where they are not whole to begin with; DataFolderError where the disk will not take it;
    whatever `last` does. Nothing has changed then.
    """
    finish_rotation(places, ledger)
    published = ledger.published() | set(releases(places))
    settle(places, published)
    keys = open_keys(places)
    check_lineage(keys, ledger)
    check_same_keys(keys, places)
    opened = open_register(places, keys, published, begun=register_begun(ledger))
    judgements = open_judgements(places, keys, kept=kept_by(ledger.entries()))
    _check_nothing_waits(places)
    _check_it_can_finish(places)
    try:
        coming = _write(places, keys, opened, judgements)
        rotated = Rotated(
            fingerprint(keys.master),
            fingerprint(coming.master),
            opened.register.people.keys.height,
            opened.register.families.keys.height,
            opened.register.people.holdings.height + opened.register.families.holdings.height,
            judgements.count(),
        )
        facts = {"by": by, "from": rotated.before, "to": rotated.after, "detail": _detail(rotated, detail)}
        last()
        commit(rotation_journal(places), [file for file in _files(places) if aside(file).exists()], facts)
    except OSError as error:
        # A journal that is there counts, whatever failed afterwards.
        if not rotation_journal(places).exists():
            raise DataFolderError(
                f"The new key cannot be written into {places.identified} ({error.strerror}). Nothing was changed."
            ) from None
    finally:
        forget(rotation_journal(places), _files(places))
    finish_rotation(places, ledger)
    return rotated


def finish_rotation(places: Places, ledger: Ledger) -> None:
    """Finish a rotation that was interrupted, or throw away what it left where it never came to count. Call it only
    while holding the lock of the data folder, before anything else is done there."""
    journal = rotation_journal(places)
    try:
        facts = pending(journal)
    except ValueError:
        raise RotationError(
            f"{journal} is damaged. Put back the copies that you keep of {places.keys} and {places.vault}, which go "
            "together."
        ) from None
    if facts is None:
        forget(journal, _files(places))
        return
    try:
        if aside(places.master_key).exists() and places.master_key.exists():
            wipe(places.master_key)
        replace(_files(places))
    except OSError as error:
        raise DataFolderError(
            f"A rotation of the master key cannot be finished in {places.identified} ({error.strerror}). Mend that, "
            "and run again: what was begun goes on."
        ) from None
    # Copies from before are of a key that is gone. Want of room for new ones must not undo what is done.
    with suppress(OSError):
        renew_copies(places)
        _renew_copy_of_judgements(places)
    events = ledger.entries()
    if not any(one.event == Event.KEYS_ROTATED and one.detail.get("to") == facts["to"] for one in events):
        told = {"from": facts["from"], "to": facts["to"], **facts["detail"]}
        ledger.record(Event.KEYS_ROTATED, actor=facts["by"], role=_ROLE, subject="master key", detail=told)
    end(journal)


def check_lineage(keys: Keys, ledger: Ledger) -> None:
    """Raises EarlierKeysError where the keys are not what the rotations in the audit log have made of the first: a
    master key that was destroyed does not come back unseen, nor does one that no rotation made."""
    known = keys.lineage.split()
    rotations = [one.detail for one in ledger.entries() if one.event == Event.KEYS_ROTATED]
    told = [str(rotation["to"]) for rotation in rotations]
    began = [str(rotations[0]["from"])] if rotations else known[:1]
    if known != [*began, *told]:
        raise EarlierKeysError(
            f"The audit log knows of {len(rotations)} rotations of the master key, and the keys are not what came of "
            "them. Put back the newest copies that you keep of the folder of keys and of the vault."
        )


def open_known_keys(places: Places, ledger: Ledger) -> Keys:
    """The keys of a data folder, and those that its audit log knows of. Raises the errors of `open_keys`, RotationError
    for a rotation that was interrupted, EarlierKeysError."""
    if rotation_journal(places).exists():
        raise RotationError(
            "A rotation was interrupted. The next run finishes it, and so does: python -m pipelines review"
        )
    keys = open_keys(places)
    check_lineage(keys, ledger)
    return keys


def _files(places: Places) -> tuple[Path, ...]:
    """All that is re-keyed together; the master key last."""
    return register_file(places), judgements_file(places), places.earlier_keys, places.master_key


def _check_nothing_waits(places: Places) -> None:
    file = places.review / FILE_NAME
    if file.exists():
        typed = read_typed(file)
        if typed is None or any(answer for answer, _ in typed.values()):
            raise RotationError(
                f"{file} holds answers that were not taken in, and pairs get other names with another key. Take them "
                "in first: python -m pipelines review"
            )


def _check_it_can_finish(places: Places) -> None:
    """Once it counts, it is to end: the old key can be written over where it lies, and all can be replaced."""
    for file in _files(places):
        if file.is_symlink():
            raise DataFolderError(
                f"{file} is a link, and what it leads to would stay behind. Put the file itself there."
            )
        if file.exists():
            try:
                file.chmod(0o600)
                file.open("r+b").close()
            except OSError as error:
                raise DataFolderError(
                    f"{file} cannot be written ({error.strerror}), and it is to be replaced. Nothing was changed."
                ) from None


def _write(places: Places, keys: Keys, opened: Opened, judgements: Judgements) -> Keys:
    """Write all that is to come beside what is there, read it back, and give the new keys. Raises RotationError where
    what is read back is not the same under another key."""
    for _ in range(_TRIES):
        forget(rotation_journal(places), _files(places))
        coming = keys.rotated(new_key(), HASHED)
        whole = True
        if opened.file is not None:
            file = aside(register_file(places))
            read = write_rekeyed(places, rekeyed(opened.register, coming), opened, coming, file)
            whole = (
                nothing_lost(opened.register, read.register)
                and read.digest == opened.digest
                and read.released_before == opened.released_before
            )
        if whole and judgements.file.exists():
            file = aside(judgements_file(places))
            whole = judgements.nothing_lost(judgements.write_rekeyed(file, coming))
        if whole:
            write_key(aside(places.master_key), coming.master)
            _write_closed(aside(places.earlier_keys), told_earlier(coming))
            return coming
    raise RotationError("Re-keying would have lost something that the vault knows. Please report this.")


def _detail(rotated: Rotated, detail: Mapping[str, object]) -> dict[str, object]:
    counts = {name: getattr(rotated, name) for name in ("people", "families", "hashes", "answers")}
    told: dict[str, object] = json.loads(json.dumps({**counts, **detail}))
    return told


def _write_closed(file: Path, text: str) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(text)


def _renew_copy_of_judgements(places: Places) -> None:
    before = judgements_file(places).with_name(BEFORE_NAME)
    if before.exists():
        half = before.with_suffix(".part")
        half.unlink(missing_ok=True)
        half.touch(mode=0o600)
        shutil.copyfile(judgements_file(places), half)
        half.replace(before)
