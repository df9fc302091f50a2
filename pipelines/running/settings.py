"""The files that a council edits, all read before a row is: a mistake in one should not cost an hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from figures.profiles import Profiles, read_profiles
from outcomes import Framework
from pipelines.linkage import LinkageSettings, Model, read_linkage_settings, read_model
from pipelines.needed import refuse_what_lacks
from pipelines.notes.themes import Themes, read_themes
from pipelines.numbering import Numbering, read_numbering
from pipelines.policy import Policy, read_policy
from pipelines.publication import Limits
from pipelines.publication.limits import read_limits
from pipelines.running.frameworks import FrameworkFile, funds_of, read_frameworks
from pipelines.signs import Sign, read_signs
from release.catalogue import Catalogue, read_catalogue
from release.places import Places


@dataclass(frozen=True)
class Settings:
    """What a run goes by. `files`: the frameworks, the primary one first. `funds`: of these and every other framework
    that is known, the fund. `model`: what likely pairs are weighed by, where it is not to be trained."""

    files: tuple[FrameworkFile, ...]
    funds: Mapping[str, str]
    policy: Policy
    profiles: Profiles
    limits: Limits
    catalogue: Catalogue
    linkage: LinkageSettings
    model: Model | None
    numbering: Numbering
    themes: Themes
    signs: tuple[Sign, ...]

    @property
    def frameworks(self) -> tuple[Framework, ...]:
        """The frameworks in force, the primary one first."""
        return tuple(one.framework for one in self.files)


def read_settings(places: Places, frameworks: Sequence[str] = ()) -> Settings:
    """The settings of a data folder. `frameworks`: their ids, the primary one first; none: those that are active.

    Raises SettingsError, FrameworkError, ModelError or ThemesError, with the place and the fix, where one holds a
    mistake, and NeededColumnError where the policy keeps back what a framework needs.
    """
    linkage = read_linkage_settings(places.setting("linkage.toml"))
    files = read_frameworks(places, frameworks)
    policy = read_policy(places.setting("privacy.toml"))
    for one in files:
        refuse_what_lacks(policy, one.framework, places.setting("privacy.toml"))
    return Settings(
        files=files,
        funds=funds_of(places, [one.framework for one in files]),
        policy=policy,
        profiles=read_profiles(places.setting("disclosure.toml")),
        limits=read_limits(places.setting("disclosure.toml")),
        catalogue=read_catalogue(places.setting("catalogue.toml")),
        linkage=linkage,
        model=read_model(linkage.model) if linkage.model else None,
        numbering=read_numbering(places.setting("identifiers.toml")),
        themes=read_themes(places.setting("themes.toml")),
        signs=read_signs(places.setting("signs.toml")),
    )
