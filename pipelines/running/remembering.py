"""The release before: what its figures were drawn for, rebuilt from its own files, and never from its extracts."""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import duckdb

from figures.reading import read_populations, read_table
from pipelines.answers import Earlier
from pipelines.keys import Keys
from release.errors import ReleaseError, UserError
from release.opening import open_answers, open_protected
from release.places import Places
from release.pointer import COMPLETE, current
from release.schema import VERSION

# So many earlier releases are held against this one.
_COMPARED = 1
_RECORD_KEYS = "record_key_fingerprint"


def remembered(places: Places, keys: Keys) -> tuple[Earlier | None, tuple[str, ...]]:
    """The current release, whose figures the next keeps where hardly anybody joined or left, and what to say of it.

    None where there is none, or where nothing can be kept of it: it is gone, or its record key was another, or its
    schema. Then every figure is drawn anew, and the notes say so. Raises ReleaseError where it could be kept but is
    damaged: figures drawn anew under the same key would move just where somebody came or went.
    """
    try:
        name = current(places)
        if name is None:
            return None, ()
        _check_kind(places, name, keys)
    except UserError as error:
        return None, (
            f"the release before is gone or of another kind ({type(error).__name__}): no figure of it is kept, and "
            "figures may move although hardly anybody joined or left",
        )
    try:
        return read_earlier(places, name, keys), ()
    except (UserError, duckdb.Error, OSError, ValueError, KeyError) as error:
        raise ReleaseError(
            f"The current release {name}, whose figures are to be kept, cannot be read ({type(error).__name__}). "
            "Were all drawn anew, those that moved would tell who came or went. Put back a copy of its folder, or make "
            "a release that is whole the current one: python -m pipelines releases use ID"
        ) from None


def compared_with(
    places: Places, others: Iterable[str], kept: Earlier | None, keys: Keys
) -> tuple[Earlier, ...]:
    """Earlier releases that this one is attacked together with: what two of them tell of one person.

    `others`: the releases of other extracts, the newest first: the same extracts again are held against what they were
    held against the first time. Those that are gone, or of another schema, are passed over. `kept`: one that was read.
    """
    found: list[Earlier] = []
    for name in others:
        if len(found) == _COMPARED:
            break
        if kept is not None and kept.release == name:
            found.append(kept)
            continue
        with suppress(UserError, duckdb.Error, OSError, ValueError, KeyError):
            found.append(read_earlier(places, name, keys))
    return tuple(found)


def read_earlier(places: Places, name: str, keys: Keys) -> Earlier:
    """What a release was made of, and what it shows. Raises a UserError where it is of another schema or under other
    record keys than these, or where its files or its frameworks cannot be read, ValueError where its as-of date is
    none."""
    manifest = _check_kind(places, name, keys)
    with open_answers(places, name) as answers, open_protected(places, name, keys.protected) as protected:
        shown = {
            table: read_table(answers, "answers", table)
            for table in ("question", "answer", "dimension", "attack")
        }
        counted = read_populations(protected, shown["dimension"], manifest)
        changes = read_table(protected, "protected", "cell_change")
    return Earlier(name, counted, changes=changes, **shown)


def _check_kind(places: Places, name: str, keys: Keys) -> Mapping[str, Any]:
    """The manifest of a release. Raises ReleaseError where figures of its kind cannot be kept."""
    try:
        manifest = json.loads((places.releases / name / COMPLETE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        manifest = None
    if not isinstance(manifest, dict) or manifest.get("schema") != VERSION:
        raise ReleaseError(f"The release {name} is of another schema than this version reads.")
    if manifest.get(_RECORD_KEYS) != keys.fingerprints[_RECORD_KEYS]:
        raise ReleaseError(f"The release {name} was made under another record key.")
    return manifest
