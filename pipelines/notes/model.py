"""The language model: which one is installed, whether its files are what they should be, and how little is loaded.

Nothing is ever downloaded. `data/notes/model.toml` names the model that comes with Outcome Lens, with the digest of
each of its files, and better ones that a council may have installed; those are named in the manifest, and nobody
vouches for them.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.notes.lexicon import FOLDER
from release.errors import SettingsError, UserError
from release.settings_file import read_settings_file

if TYPE_CHECKING:
    from spacy.language import Language

SHIPPED = FOLDER / "model.toml"
NONE = "none"
_FINDS_NAMES = "ner"
# What a part that finds names may listen to, by the ending of what it is called in the model's settings.
_LISTENER = "Listener"
_KEPT_TOGETHER = ("tok2vec", "transformer", "curated_transformer")


class UnverifiedModelError(UserError):
    """The files of the language model are not those that come with Outcome Lens."""

    exit_code = 64


@dataclass(frozen=True)
class Model:
    """A language model as it lies on the disk, or none. `digest`: SHA-256 over all of its files that are read.

    `verified`: whether each file has the digest that we know of it. Can be pickled: it holds no loaded model.
    """

    name: str = NONE
    version: str = ""
    digest: str = ""
    verified: bool = False
    folder: Path | None = None

    def describe(self) -> dict[str, str | bool]:
        """What the manifest says of it."""
        return {"name": self.name, "version": self.version, "digest": self.digest, "verified": self.verified}

    def load(self) -> "Language | None":
        """What of the model finds names; none where there is no model.

        Raises UnverifiedModelError where its files are no longer those that were found.
        """
        if self.folder is None:
            return None
        if _digest(self.folder, _files(self.folder)) != self.digest:
            raise UnverifiedModelError(_changed(self.name, self.folder))
        import spacy
        from spacy.util import load_config

        settings: dict[str, Any] = load_config(self.folder / "config.cfg")
        kept = {_FINDS_NAMES}
        if _LISTENER in str(settings["components"][_FINDS_NAMES]["model"]):
            kept.update(_KEPT_TOGETHER)
        return spacy.load(self.folder, exclude=[name for name in settings["components"] if name not in kept])


NO_MODEL = Model()


@contextmanager
def forgetting(language: "Language") -> Iterator[None]:
    """What the model learns of words inside is forgotten after it: its memory of words would grow with every text."""
    with language.memory_zone():
        yield


def find_model(file: Path = SHIPPED, wanted: str | None = None) -> Model:
    """The best model that is installed: a better one where the council has one, else ours, else `NO_MODEL`.

    `wanted`: this one alone, or "none". Raises SettingsError where `file` holds a mistake or the model that is wanted
    is not installed, and UnverifiedModelError where our own model is there with other files than we know.
    """
    settings = read_settings_file(file)
    ours, version, digests, better = _read(file, settings)
    if wanted == NONE:
        return NO_MODEL
    for name in (wanted,) if wanted else (*better, ours):
        folder = _folder(name)
        if folder is None:
            continue
        if name == ours:
            _verify(name, folder, digests)
            return Model(name, version, _digest(folder, _files(folder)), True, folder)
        return Model(
            name, folder.name.removeprefix(f"{name}-"), _digest(folder, _files(folder)), False, folder
        )
    if wanted:
        raise SettingsError(f"The language model {wanted} is not installed. Install it, or name another.")
    return NO_MODEL


def _read(file: Path, settings: Mapping[str, Any]) -> tuple[str, str, Mapping[str, str], Sequence[str]]:
    name, version, digests, better = (settings.get(key) for key in ("name", "version", "digests", "better"))
    if not (isinstance(name, str) and isinstance(version, str) and isinstance(digests, dict) and digests):
        raise SettingsError(
            f"{file}: name, version or [digests] is missing. Put back the file that is shipped."
        )
    if not isinstance(better, list) or not all(isinstance(one, str) and one.isidentifier() for one in better):
        raise SettingsError(
            f'{file}: better must be a list of names of models, as ["en_core_web_lg"], or empty.'
        )
    return name, version, digests, better


def _folder(name: str) -> Path | None:
    """Where the data of an installed model lie; none where there is no such model. Nothing of it is run."""
    spec = find_spec(name) if name.isidentifier() else None
    if spec is None or spec.origin is None:
        return None
    folders = sorted(path.parent for path in Path(spec.origin).parent.glob(f"{name}-*/config.cfg"))
    return folders[-1] if folders else None


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _digest(folder: Path, names: Sequence[str]) -> str:
    whole = hashlib.sha256()
    for name in names:
        whole.update(f"{name}\0{_digest_of(folder / name)}\0".encode())
    return whole.hexdigest()


def _digest_of(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _verify(name: str, folder: Path, digests: Mapping[str, str]) -> None:
    for file, digest in digests.items():
        path = folder / file
        if not path.is_file() or _digest_of(path) != digest:
            raise UnverifiedModelError(_changed(name, path))


def _changed(name: str, path: Path) -> str:
    return (
        f"The language model {name} was changed: {path} is not the file that it should be. "
        "Install the model anew from the hash-pinned requirements (make .venv)."
    )
