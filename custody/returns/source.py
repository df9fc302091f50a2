"""What a return is drawn up from: one release, open, with its lists of codes, and the files that a council edits."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from custody.returns.errors import ReturnChangedError, ReturnContentError
from custody.returns.shown import Dashboard
from disclosure import Suppression
from figures.in_file import FiguresInFile
from figures.profiles import read_profiles
from release.catalogue import Catalogue, read_catalogue
from release.errors import ReleaseError, SettingsError
from release.keys import read_key
from release.opening import open_answers, open_protected
from release.places import Places
from release.pointer import COMPLETE, is_release_name, releases, resolve
from release.returns import Authority, Template
from release.returns_reading import check_codes, read_authority


@dataclass(frozen=True)
class Source:
    """`facts`: the release's manifest; `counting`: its protected rows; `dashboard`: its safe answers."""

    places: Places
    release: str
    facts: Mapping[str, Any]
    catalogue: Catalogue
    counting: FiguresInFile
    dashboard: Dashboard
    rules: Suppression
    authority: Authority

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.facts["as_of"])

    @property
    def frameworks(self) -> list[dict[str, Any]]:
        """Id, version, digest and whether it was checked, of each framework that the release was made under."""
        kept = ("id", "version", "sha256", "checked")
        return [{name: one.get(name) for name in kept} for one in json.loads(self.facts["frameworks"])]

    @property
    def kinds(self) -> dict[str, str]:
        """Words for the kinds of claims of every framework of the release."""
        said = json.loads(self.facts["frameworks"])
        return {kind["kind"]: kind["label"] for one in said for kind in one.get("claims", ())}

    def first_quarter(self) -> str:
        """The first quarter that the release tells apart: "2021-22 Q3"."""
        codes = self.counting.codes("quarter")["code"].to_list()
        return min((one for one in codes if one[:1].isdigit()), default="")

    def check(self, template: Template) -> None:
        """Raises ReturnContentError where a template asks for what the release does not hold."""
        known = [one["id"] for one in self.frameworks]
        for column in (one for table in template.tables for one in table.columns if one.counted):
            if column.framework and column.framework not in known:
                raise ReturnContentError(
                    f"{template.title} counts needs under the framework {column.framework}, and the release "
                    f"{self.release} was not evaluated under it. Activate it and make a release: python -m pipelines "
                    "framework activate"
                )
        further = self.counting.further(template.framework)
        lists = {
            name: frame["code"].to_list()
            for (name,), frame in self.counting.lists.group_by("dimension", maintain_order=True)
        }
        try:
            # No folder of this machine is named: the worker tells others what is wrong.
            check_codes(template, Path(f"{template.id}.toml"), lists, further)
        except SettingsError as error:
            raise ReturnContentError(str(error)) from None


@contextmanager
def open_source(places: Places, release: str) -> Iterator[Source]:
    """One release, open for as long as a return is drawn up. Raises ReturnChangedError where it is gone."""
    name = resolve_kept(places, release)
    catalogue = read_catalogue(places.setting("catalogue.toml"))
    profiles = read_profiles(places.setting("disclosure.toml"))
    authority = read_authority(places)
    facts = _facts(places, name)
    key = read_key(places.protected_key)
    with closing(open_protected(places, name, key)) as protected:
        try:
            # Not held open: whoever audits the return opens the file too.
            with closing(open_answers(places, name)) as answers:
                dimension = answers.execute("SELECT * FROM dimension").pl()
            counting = FiguresInFile(protected, dimension, facts)
        except duckdb.Error:
            raise ReturnChangedError(
                f"The release {name} is damaged, or of another version. Choose one that is whole: "
                "python -m pipelines releases list"
            ) from None
        yield Source(
            places,
            name,
            facts,
            catalogue,
            counting,
            Dashboard(places, name, catalogue),
            profiles.publication,
            authority,
        )


def resolve_kept(places: Places, release: str) -> str:
    """The release that is meant. Raises ReturnChangedError where it was, and is no more."""
    if release != "current" and is_release_name(release) and release not in releases(places):
        raise ReturnChangedError(
            f"The release {release} is gone: it was moved away or deleted. Put it back into the folder of releases, or "
            "draw the return up again from a release that is there"
        )
    return resolve(places, release)


def _facts(places: Places, name: str) -> Mapping[str, Any]:
    try:
        facts = json.loads((places.releases / name / COMPLETE).read_text(encoding="utf-8"))
        date.fromisoformat(facts["as_of"])
        json.loads(facts["frameworks"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        raise ReleaseError(
            f"The manifest of the release {name} is damaged. Put back a whole copy of the release."
        ) from None
    return {str(fact): value for fact, value in facts.items()}
