"""The disclosure policy: what is shipped, what may be changed, and that no profile protects nobody."""

from pathlib import Path

import pytest

from disclosure import CellKeys, ProfileError, Rounding, Suppression
from figures.profiles import read_profiles
from release.errors import SettingsError
from release.places import PROJECT

SHIPPED = (PROJECT / "data" / "disclosure.toml").read_text(encoding="utf-8")


def read(folder: Path, content: str) -> None:
    file = folder / "disclosure.toml"
    file.write_text(content, encoding="utf-8")
    read_profiles(file)


def test_the_shipped_policy_has_three_profiles_and_one_for_rows() -> None:
    profiles = read_profiles(PROJECT / "data" / "disclosure.toml")
    dashboard, research = profiles.dashboard, profiles.research
    assert (dashboard.variance, dashboard.smallest, dashboard.least_difference) == (2.5, 2, 3)
    assert (research.variance, research.smallest, research.threshold) == (2.5, 2, 10)
    # The Department for Education: 1 to 5 withheld, true zeros shown, percentages to one decimal.
    assert profiles.publication == Suppression("publication", 5, True, 1)
    assert profiles.rows == Rounding("rows", 10, 5)


def test_a_profile_says_what_readers_should_know() -> None:
    profiles = read_profiles(PROJECT / "data" / "disclosure.toml")
    assert "at most 5 up or down" in profiles.dashboard.words
    assert "from 1 to 2" in profiles.dashboard.words
    assert "a 0 stands for none, or for very few" in profiles.dashboard.words
    assert "under 10" in profiles.research.words
    assert "from 1 to 5" in profiles.publication.words
    assert "true zeros are shown" in profiles.publication.words
    # By chance, and by two families or people more or fewer.
    assert profiles.dashboard.noise_most == 7


def cell_keys(**other: float) -> CellKeys:
    given = {"variance": 2.5, "bound": 5, "smallest": 2, "least_difference": 3, **other}
    return CellKeys("any", **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "weak",
    [
        {"variance": 0.9},
        {"variance": float("nan")},
        {"variance": float("inf")},
        {"variance": 20},
        {"bound": 1},
        {"bound": 51},
        {"smallest": 0},
        {"smallest": 5},
        {"least_difference": 2},
        {"least_difference": 51},
        {"threshold": 2},
        {"fall_back": 0},
        {"fall_back": 60},
        {"withdraw": 101},
    ],
    ids=str,
)
def test_a_profile_that_protects_nobody_is_refused(weak: dict[str, float]) -> None:
    cell_keys()
    with pytest.raises(ProfileError, match="profile any"):
        cell_keys(**weak)


@pytest.mark.parametrize(("highest", "decimals"), [(1, 1), (0, 1), (1001, 1), (5, 3), (5, -1)])
def test_exact_figures_need_a_threshold_and_few_decimals(highest: int, decimals: int) -> None:
    with pytest.raises(ProfileError):
        Suppression("any", highest, True, decimals)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[profile.research]", "[profile.reserch]", "no such profile"),
        ("[profile.rows]", "[profile.rows]\nthreshhold = 3", "unknown setting"),
        ("[profile.publication]", "[other]", r"\[profile.publication\] is missing"),
        ('method = "rounding"\nthreshold', 'method = "cell keys"\nthreshold', 'method = "rounding"'),
        ("variance = 2.5", "variance = true", "variance: write a number"),
        ("variance = 2.5", "variance = 0.5", "a variance under 1"),
        ("variance = 2.5", "variance = nan", "variance: write a number"),
        ("bound = 5", "bound = 5.0", "bound: write a whole number"),
        ("bound = 5", "bound = -5", "bound: write a whole number"),
        ("bound = 5", "bound = 99999999999", "bound: write a whole number"),
        ("smallest = 2\n", "", "smallest: write a whole number"),
        ("least_difference = 3", "least_difference = 1", "one or two people who are not there"),
        ("variance = 2.5", "variance = 12.5", "There is no noise of at most 5"),
        ('zeros = "shown"', 'zeros = "yes"', '"shown" or "withheld"'),
        ("threshold = 10\nbase = 5", "threshold = 2\nbase = 5", "a threshold under 3"),
        ("[profile.dashboard]", "profile = 3\n[other]", "disclosure.toml"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in SHIPPED
    with pytest.raises(SettingsError, match=words):
        read(tmp_path, SHIPPED.replace(old, new, 1))


def test_the_file_of_an_earlier_version_says_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match='method = "cell keys"'):
        read(tmp_path, "[profile.dashboard]\nthreshold = 10\nbase = 5\n")
