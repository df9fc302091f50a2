"""Which keys a data folder holds, whether they are what they should be, and the end of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from ledger import Entry, Event, Ledger
from pipelines.keys import check_same_keys, open_keys
from pipelines.register import open_register, register_begun
from pipelines.review import kept_by, open_judgements
from pipelines.rotation import open_known_keys
from release.errors import DataFolderError, KeyFileError, ProjectKeyError
from release.keys import destroy_key, fingerprint
from release.opening import open_protected
from release.places import Places
from release.pointer import releases
from release.projects import destroy_projects, half_destroyed, key_files, open_project, projects


@dataclass(frozen=True)
class Kept:
    """One key that is there, or was. `made`: the day, as the audit log has it, blank where it does not. `since`: what
    became of it, as the end of a sentence."""

    name: str
    fingerprint: str
    made: str
    since: str = ""


def kept_keys(places: Places, ledger: Ledger) -> list[Kept]:
    """Every key of the data folder itself, and every master key before. Raises KeyFileError where one will not do."""
    keys = open_keys(places)
    entries = ledger.entries()
    rotations = [one for one in entries if one.event == Event.KEYS_ROTATED]
    began = {str(one.detail["to"]): one.at[:10] for one in rotations}
    ended = {str(one.detail["from"]): one.at[:10] for one in rotations}
    first = _made(entries, "master")
    gone = [
        Kept(
            "master",
            one.fingerprint,
            began.get(one.fingerprint, first),
            f", rotated away {ended.get(one.fingerprint, '')}".rstrip(),
        )
        for one in keys.earlier
    ]
    present = fingerprint(keys.master)
    return [
        *gone,
        Kept("master", present, began.get(present, first)),
        Kept("record", fingerprint(keys.record), _made(entries, "record"), ", never rotated"),
        Kept("protected", fingerprint(keys.protected), _made(entries, "protected")),
    ]


def _made(entries: Iterable[Entry], name: str) -> str:
    days = [
        one.at[:10]
        for one in entries
        if one.event == Event.KEYS_MADE and name in str(one.detail.get("keys", ""))
    ]
    return days[-1] if days else ""


def verify_keys(places: Places, ledger: Ledger) -> Iterator[str]:
    """Look at every key and at all that hangs on it, and say in a sentence each what was found good.

    Raises KeyFileError or the error of whatever does not agree: RotationError for a rotation that was interrupted,
    EarlierKeysError, ReleaseError, RegisterDamagedError, RegisterOlderError, JudgementsError, ProjectKeyError.
    """
    keys = open_known_keys(places, ledger)
    yield f"The keys are whole, and closed to others. The master key was rotated {len(keys.earlier)} times."
    check_same_keys(keys, places)
    names = releases(places)
    for name in names:
        open_protected(places, name, keys.protected).close()
    yield f"They are those of the current release, and open the protected file of all {len(names)}."
    published = ledger.published() | set(names)
    opened = open_register(places, keys, published, begun=register_begun(ledger))
    register = opened.register
    yield (
        f"The register of keys is theirs: {register.people.keys.height} keys of people, "
        f"{register.families.keys.height} of families."
    )
    answers = open_judgements(places, keys, kept=kept_by(ledger.entries())).count()
    yield f"The answers of the review are theirs: {answers}."
    left = half_destroyed(places)
    if left:
        raise ProjectKeyError(
            f"The destruction of {len(left)} keys of projects was interrupted. Finish it: "
            f"python -m pipelines key project destroy {left[0]}"
        )
    live = [one for one in projects(places) if one.destroyed is None]
    for project in live:
        # Whether its end date is past is another matter.
        open_project(places, project.name, today=project.made)
    yield f"The keys of {len(live)} projects are whole."


def destroy_keys(places: Places, *, today: date) -> None:
    """Destroy every key there is, projects' as well. Call it only while holding the lock of the data folder.

    Raises DataFolderError where one cannot be destroyed; done again, it goes on with what is left.
    """
    try:
        for file in (places.protected_key, places.master_key, places.earlier_keys, places.record_key):
            destroy_key(file)
        destroy_projects(places, today=today)
    except OSError as error:
        raise DataFolderError(
            f"Not every key of {places.data} could be destroyed ({error.strerror}). Mend that, and do it again."
        ) from None


def keys_there(places: Places) -> list[str]:
    """The names of the data folder's own keys that are there, whatever their state. Raises KeyFileError where there is
    no key at all, not even a project's."""
    files = {"master": places.master_key, "record": places.record_key, "protected": places.protected_key}
    found = [name for name, file in files.items() if file.exists()]
    if not found and not key_files(places):
        raise KeyFileError(f"{places.data} has no keys.")
    return found
