"""The files that a council edits, all read before a row is: a mistake in one should not cost an hour."""

from dataclasses import dataclass

from disclosure import Profile
from outcomes import Framework, read_framework
from pipelines.linkage import LinkageSettings, Model, read_linkage_settings, read_model
from pipelines.needed import refuse_what_lacks
from pipelines.notes.themes import Themes, read_themes
from pipelines.numbering import Numbering, read_numbering
from pipelines.policy import Policy, read_policy
from pipelines.publication import Limits
from pipelines.running.profiles import read_limits, read_profile
from release.catalogue import Catalogue, read_catalogue
from release.errors import SettingsError
from release.places import Places


@dataclass(frozen=True)
class Settings:
    """What a run goes by. `model`: what likely pairs are weighed by, where it is not to be trained."""

    framework: Framework
    policy: Policy
    profile: Profile
    limits: Limits
    catalogue: Catalogue
    linkage: LinkageSettings
    model: Model | None
    numbering: Numbering
    themes: Themes


def read_settings(places: Places, framework: str) -> Settings:
    """The settings of a data folder. `framework`: its id.

    Raises SettingsError, FrameworkError, ModelError or ThemesError, with the place and the fix, where one holds a
    mistake, and NeededColumnError where the policy keeps back what the framework needs.
    """
    if not framework.replace("-", "").isalnum():
        raise SettingsError(
            "A framework is named by letters, digits and dashes, like supporting-families-2022."
        )
    linkage = read_linkage_settings(places.setting("linkage.toml"))
    read = read_framework(places.setting(f"frameworks/{framework}.toml"))
    policy = read_policy(places.setting("privacy.toml"))
    refuse_what_lacks(policy, read, places.setting("privacy.toml"))
    return Settings(
        framework=read,
        policy=policy,
        profile=read_profile(places.setting("disclosure.toml"), "dashboard"),
        limits=read_limits(places.setting("disclosure.toml")),
        catalogue=read_catalogue(places.setting("catalogue.toml")),
        linkage=linkage,
        model=read_model(linkage.model) if linkage.model else None,
        numbering=read_numbering(places.setting("identifiers.toml")),
        themes=read_themes(places.setting("themes.toml")),
    )
