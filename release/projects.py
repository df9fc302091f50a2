"""Projects that are given pseudonymous tables, each under a key of its own: two of them share no token.

A project is two files in data/protected/projects/: NAME.key, and NAME.json, which says what it is for and until when.
When a project's key is destroyed its NAME.json stays, so that the name never comes to stand for another key.
"""

import json
import os
import re
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from release.errors import DataFolderError, ProjectKeyError
from release.keys import destroy_key, fingerprint, new_key, read_key, write_key
from release.places import Places
from release.pointer import flush_folder

_NAME = re.compile(r"[a-z][a-z0-9-]{1,39}")
_LONGEST_PURPOSE = 200


@dataclass(frozen=True)
class Project:
    """What a project's tokens are for. `until`: the last day on which it is given anything. `destroyed`: since when its
    key is gone, None while it is there."""

    name: str
    fingerprint: str
    purpose: str
    made: date
    until: date
    destroyed: date | None = None


def make_project(
    places: Places, name: str, *, purpose: str, until: date, today: date, used: Collection[str] = ()
) -> Project:
    """Make a project and its key. Call it only while holding the lock of the data folder.

    Raises as `check_project` does, and DataFolderError where it cannot be written.
    """
    purpose = check_project(places, name, purpose=purpose, until=until, today=today, used=used)
    # A key without a word about it was left by somebody who was interrupted, and nobody can have used it.
    destroy_key(_key(places, name))
    key = new_key()
    project = Project(name, fingerprint(key), purpose, today, until)
    try:
        write_key(_key(places, name), key)
        _keep(places, project)
    except OSError as error:
        raise DataFolderError(
            f"The project cannot be written into {places.projects} ({error.strerror})."
        ) from None
    return project


def check_project(
    places: Places, name: str, *, purpose: str, until: date, today: date, used: Collection[str] = ()
) -> str:
    """What a new project is for, as it will be kept.

    `used`: names that the audit log knows of. Raises ProjectKeyError where the name will not do or was ever used, or
    where the end date or the purpose will not do.
    """
    if not _NAME.fullmatch(name):
        raise ProjectKeyError(
            "A project's name is 2 to 40 small letters, digits and dashes, beginning with a letter."
        )
    if name in used or _about(places, name).exists():
        raise ProjectKeyError(
            f"There is, or was, a project {name}. No name is used twice: choose another, such as {name}-2."
        )
    if until < today:
        raise ProjectKeyError(f"The end date of a project lies ahead: {until} is past.")
    purpose = " ".join(purpose.split())
    if not purpose or len(purpose) > _LONGEST_PURPOSE or not purpose.isprintable():
        raise ProjectKeyError(
            f"Say in at most {_LONGEST_PURPOSE} letters, all of which can be printed, what the project is for: "
            "--purpose …"
        )
    return purpose


def projects(places: Places) -> list[Project]:
    """All projects that ever were, by name. Raises ProjectKeyError where the file about one is damaged."""
    return [_read(places, file.stem) for file in sorted(places.projects.glob("*.json"))]


def open_project(places: Places, name: str, *, today: date) -> str:
    """The key of a project (64 hexadecimal digits).

    Raises ProjectKeyError where there is no such project, its key was destroyed, or its end date is past; KeyFileError
    where the key is missing, damaged, open to others, or another's.
    """
    project = _known(places, name)
    if project.destroyed is not None:
        raise ProjectKeyError(f"The key of the project {name} was destroyed on {project.destroyed}.")
    if project.until < today:
        raise ProjectKeyError(
            f"The project {name} ended on {project.until}: it is given nothing more. Destroy its key: "
            f"python -m pipelines key project destroy {name}"
        )
    key = read_key(_key(places, name))
    if fingerprint(key) != project.fingerprint:
        raise ProjectKeyError(
            f"The key at {_key(places, name)} is not the one that the project {name} was made with. "
            "Put back the copy that you keep of it."
        )
    return key


def destroy_project(places: Places, name: str, *, today: date) -> Project:
    """Destroy the key of a project: by no token can what it was given be tied to anything here again. What its rows say
    besides may still be found in others.

    Call it only while holding the lock of the data folder. One that was interrupted is finished. Raises ProjectKeyError
    where there is no such project, or its key is gone already.
    """
    project = to_be_destroyed(places, name)
    if project.destroyed is None:
        project = replace(project, destroyed=today)
        # First the word: from here on nobody opens the key.
        _keep(places, project)
    destroy_key(_key(places, name))
    flush_folder(places.projects)
    return project


def to_be_destroyed(places: Places, name: str) -> Project:
    """A project whose key is there to be destroyed. Raises ProjectKeyError where there is none such."""
    project = _known(places, name)
    if project.destroyed is not None and not _key(places, name).exists():
        raise ProjectKeyError(f"The key of the project {name} was destroyed already, on {project.destroyed}.")
    return project


def key_files(places: Places) -> list[Path]:
    """Every key of a project that lies there, whatever is said about it."""
    return sorted(places.projects.glob("*.key"))


def destroy_projects(places: Places, *, today: date) -> None:
    """Destroy the key of every project, also where what is kept about it is damaged or lost. Call it only while holding
    the lock of the data folder."""
    for file in key_files(places):
        destroy_key(file)
    for about in sorted(places.projects.glob("*.json")):
        # One that nobody can read keeps its name from being used again, and there is no key of it.
        with suppress(ProjectKeyError):
            project = _read(places, about.stem)
            if project.destroyed is None:
                _keep(places, replace(project, destroyed=today))


def half_destroyed(places: Places) -> list[str]:
    """Projects whose key lies there still, though it was to be destroyed."""
    return [
        one.name for one in projects(places) if one.destroyed is not None and _key(places, one.name).exists()
    ]


def _known(places: Places, name: str) -> Project:
    if not _NAME.fullmatch(name) or not _about(places, name).exists():
        raise ProjectKeyError("There is no such project. See: python -m pipelines key project list")
    return _read(places, name)


def _key(places: Places, name: str) -> Path:
    return places.projects / f"{name}.key"


def _about(places: Places, name: str) -> Path:
    return places.projects / f"{name}.json"


def _read(places: Places, name: str) -> Project:
    file = _about(places, name)
    try:
        kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        destroyed = kept["destroyed"]
        project = Project(
            str(kept["name"]),
            str(kept["fingerprint"]),
            str(kept["purpose"]),
            date.fromisoformat(kept["made"]),
            date.fromisoformat(kept["until"]),
            None if destroyed is None else date.fromisoformat(destroyed),
        )
    except (OSError, ValueError, KeyError, TypeError):
        project = None
    if project is None or project.name != name:
        raise ProjectKeyError(f"{file} is damaged. Put back the copy that you keep of it.")
    return project


def _keep(places: Places, project: Project) -> None:
    file = _about(places, project.name)
    aside = file.with_suffix(".part")
    told = {
        "name": project.name,
        "fingerprint": project.fingerprint,
        "purpose": project.purpose,
        "made": project.made.isoformat(),
        "until": project.until.isoformat(),
        "destroyed": project.destroyed.isoformat() if project.destroyed else None,
    }
    aside.unlink(missing_ok=True)
    aside.touch(mode=0o600)
    with aside.open("w", encoding="utf-8") as out:
        out.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        out.flush()
        os.fsync(out.fileno())
    aside.replace(file)
    flush_folder(places.projects)
