"""Which frameworks are active, in which order, and whether their files are still those that were activated.

`frameworks/active.toml` names each with the SHA-256 of its file on that day: rules that pay money do not change
because somebody has edited a file.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from outcomes.errors import ActivationError, FrameworkError
from outcomes.examples import refuse_what_fails
from outcomes.frameworks import Framework
from outcomes.reading import bytes_of, framework_from_text, place_of_text, text_of
from release.places import PROJECT, Places

MOST_ACTIVE: Final = 20
_ACTIVE: Final = "frameworks/active.toml"
_ID: Final = r"[a-z0-9][a-z0-9-]{0,59}"
_HEADING: Final = """# The frameworks that a run evaluates, in this order; the first is the primary one.
# `sha256` is that of the file when it was activated: a file that was changed since is refused.
# Written by `python -m pipelines framework activate ID` and `deactivate ID`.
"""


@dataclass(frozen=True)
class ActiveFile:
    """A framework file: its id, the SHA-256 of its bytes (hexadecimal), where it lies, and what it says."""

    id: str
    sha256: str
    path: Path
    framework: Framework = field(repr=False)


def active_files(places: Places) -> tuple[ActiveFile, ...]:
    """The files of the active frameworks, the primary one first.

    Raises ActivationError, with the fix, where a file is gone or was changed since it was activated, and
    FrameworkError where the list or a file of it holds a mistake.
    """
    files = []
    for identifier, sha256 in listed(places).items():
        file = framework_file(places, identifier)
        if file.sha256 != sha256:
            raise ActivationError(
                f"{file.path.name}: was changed since it was activated. Check it, then activate it as it is now "
                f"(python -m pipelines framework activate {identifier}), or put back the file as it was"
            )
        files.append(file)
    return tuple(files)


def framework_file(places: Places, identifier: str) -> ActiveFile:
    """The framework file of that id, of the data folder or as shipped.

    Raises ActivationError where there is none or its id is another, FrameworkError where it holds a mistake.
    """
    if not re.fullmatch(_ID, identifier, re.ASCII):
        raise ActivationError(
            "A framework is named by small letters, digits and dashes, like supporting-families-2022"
        )
    path = places.setting(f"frameworks/{identifier}.toml")
    if not path.is_file():
        raise ActivationError(
            f"{path.name}: there is no such file. Put it into {places.data / 'frameworks'}, or see "
            "python -m pipelines framework list"
        )
    content = bytes_of(path)
    framework = framework_from_text(path.name, text_of(path, content))
    if framework.id != identifier:
        raise ActivationError(f"{path.name}: its id is {framework.id}. Call the file {framework.id}.toml")
    return ActiveFile(identifier, hashlib.sha256(content).hexdigest(), path, framework)


def known_ids(places: Places) -> tuple[str, ...]:
    """The id of every framework file, of the data folder and as shipped, sorted."""
    found = {
        path.stem
        for folder in (PROJECT / "data" / "frameworks", places.data / "frameworks")
        for path in folder.glob("*.toml")
        if re.fullmatch(_ID, path.stem, re.ASCII) and path.stem != "active"
    }
    return tuple(sorted(found))


def activate(
    places: Places, file: ActiveFile, *, first: bool = False, before: Callable[[], None] | None = None
) -> None:
    """Lists `file` as active: where it stood already, else last, or as the primary one (`first`).

    `before` is called once it is known that the file may be, and before it is. Raises ExampleError where the
    framework fails its examples, ActivationError where it does not go together with those that are active.
    """
    refuse_what_fails(file.framework, file.path.name)
    found = dict(listed(places))
    if first:
        found = {file.id: file.sha256, **{one: found[one] for one in found if one != file.id}}
    else:
        found[file.id] = file.sha256
    if len(found) > MOST_ACTIVE:
        raise ActivationError(f"{MOST_ACTIVE} frameworks are active. Deactivate one first")
    refuse_mixed_funds([*_others(places, found, file), file.framework])
    if before is not None:
        before()
    _write(places, found)


def refuse_mixed_funds(frameworks: Sequence[Framework]) -> None:
    """Raises ActivationError where frameworks of one fund differ in whether a family is claimed for once: what one of
    them has paid for would not be known to the other."""
    first: dict[str, Framework] = {}
    for one in frameworks:
        other = first.setdefault(one.fund or one.id, one)
        if one.payment.one_claim_per_family != other.payment.one_claim_per_family:
            card = other if one.payment.one_claim_per_family else one
            raise ActivationError(
                f"{other.id} and {one.id} draw on one fund, and only one of them pays once for a family. Give "
                f"{card.id} a fund of its own: write another `fund` into {card.id}.toml"
            )


def _others(places: Places, names: Iterable[str], file: ActiveFile) -> Iterator[Framework]:
    """The other active frameworks, as far as their files can be read: a run refuses those that cannot."""
    for name in names:
        if name != file.id:
            with suppress(FrameworkError):
                yield framework_file(places, name).framework


def deactivate(places: Places, identifier: str, *, before: Callable[[], None] | None = None) -> None:
    """Takes a framework off the list; `before` is called once it is known that it may be.

    Raises ActivationError where it is not on the list, or is the only one.
    """
    found = dict(listed(places))
    if identifier not in found:
        raise ActivationError(f"No active framework has that id. Active: {', '.join(found)}")
    if len(found) == 1:
        raise ActivationError(f"{identifier} is the only active framework. Activate another one first")
    del found[identifier]
    if before is not None:
        before()
    _write(places, found)


def listed(places: Places) -> dict[str, str]:
    """Id and SHA-256 of each framework that is listed as active, the primary one first, whatever has become of its
    file. Raises FrameworkError where the list cannot be read.
    """
    path = places.setting(_ACTIVE)
    place = place_of_text(path.name, text_of(path, bytes_of(path)))
    found: dict[str, str] = {}
    for each in place.tables("active", "framework"):
        identifier = each.code("id", _ID, "supporting-families-2022")
        if identifier in found:
            raise each.wrong("id", "appears twice", "Remove one of the two")
        found[identifier] = each.code("sha256", r"[0-9a-f]{64}", "64 hexadecimal digits")
        each.nothing_else()
    place.nothing_else()
    return found


def _write(places: Places, active: Mapping[str, str]) -> None:
    """Replaces the list of the data folder as a whole: a reader sees the old one or the new one."""
    path = places.data / _ACTIVE
    tables = "".join(
        f'\n[[active]]\nid = "{identifier}"\nsha256 = "{sha256}"\n' for identifier, sha256 in active.items()
    )
    beside = path.with_name(f".active.{os.getpid()}.toml")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(_HEADING + tables, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise ActivationError(
            f"{path}: cannot be written ({error.strerror}). Make it writable to you"
        ) from None
    finally:
        beside.unlink(missing_ok=True)
