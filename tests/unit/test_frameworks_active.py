"""Which frameworks are active: in which order, and only as they were when they were activated."""

import hashlib
import shutil
from pathlib import Path

import pytest

from outcomes import FrameworkError
from outcomes.active import (
    activate,
    active_files,
    deactivate,
    framework_file,
    known_ids,
    listed,
)
from outcomes.errors import ActivationError, ExampleError
from pipelines.needed import refuse_what_lacks
from pipelines.policy import read_policy
from release.places import PROJECT, Places
from tests.unit.test_frameworks import SHIPPED, SMALL
from tests.unit.test_frameworks_examples import EXAMPLE


@pytest.fixture
def here(tmp_path: Path) -> Places:
    """A data folder with a framework of its own, whose examples come out."""
    folder = tmp_path / "frameworks"
    folder.mkdir()
    (folder / "small.toml").write_text(SMALL + EXAMPLE, encoding="utf-8")
    return Places(tmp_path)


def test_the_list_that_is_shipped_fits_its_files() -> None:
    """Mend it with: python -m pipelines framework activate ID (or write the digest of `sha256sum` into the list)."""
    for identifier, sha256 in listed(Places(PROJECT / "data")).items():
        content = (SHIPPED / f"{identifier}.toml").read_bytes()
        assert hashlib.sha256(content).hexdigest() == sha256, (
            f"{identifier}.toml was changed: write its new digest into data/frameworks/active.toml"
        )


def test_the_framework_of_2022_alone_is_active_as_shipped(tmp_path: Path) -> None:
    (framework,) = (file.framework for file in active_files(Places(tmp_path)))
    assert framework.id == "supporting-families-2022"


@pytest.mark.parametrize("identifier", known_ids(Places(PROJECT / "data")))
def test_what_is_shipped_asks_for_nothing_that_the_policy_shipped_keeps_back(identifier: str) -> None:
    framework = framework_file(Places(PROJECT / "data"), identifier).framework
    refuse_what_lacks(read_policy(), framework, PROJECT / "data" / "privacy.toml")


def test_what_shares_a_fund_and_pays_otherwise_is_not_activated(here: Places) -> None:
    path = here.data / "frameworks" / "small.toml"
    mixed = path.read_text(encoding="utf-8").replace(
        "one_claim_per_family = true", "one_claim_per_family = false"
    )
    path.write_text('fund = "supporting-families"\n' + mixed, encoding="utf-8")
    with pytest.raises(ActivationError, match="Give small a fund of its own"):
        activate(here, framework_file(here, "small"))
    assert list(listed(here)) == ["supporting-families-2022"]


def test_what_is_activated_comes_last_or_first(here: Places) -> None:
    activate(here, framework_file(here, "small"))
    assert list(listed(here)) == ["supporting-families-2022", "small"]
    assert [file.framework.id for file in active_files(here)] == ["supporting-families-2022", "small"]
    activate(here, framework_file(here, "small"), first=True)
    assert list(listed(here)) == ["small", "supporting-families-2022"]
    activate(here, framework_file(here, "supporting-families-2022"))
    assert list(listed(here)) == ["small", "supporting-families-2022"], "it stays where it stood"


def test_what_is_deactivated_is_gone_and_one_stays(here: Places) -> None:
    activate(here, framework_file(here, "small"))
    deactivate(here, "supporting-families-2022")
    assert list(listed(here)) == ["small"]
    with pytest.raises(ActivationError, match=r"small is the only active framework\. Activate another"):
        deactivate(here, "small")
    with pytest.raises(ActivationError, match="No active framework has that id"):
        deactivate(here, "supporting-families-2022")


def test_a_file_that_was_changed_since_is_refused_until_it_is_activated_again(here: Places) -> None:
    activate(here, framework_file(here, "small"))
    file = here.data / "frameworks" / "small.toml"
    file.write_text(file.read_text(encoding="utf-8") + "# a word\n", encoding="utf-8")
    with pytest.raises(
        ActivationError, match=r"small\.toml: was changed since it was activated.*activate small"
    ):
        active_files(here)
    activate(here, framework_file(here, "small"))
    assert active_files(here)[1].sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_file_that_is_gone_is_refused(here: Places) -> None:
    activate(here, framework_file(here, "small"))
    (here.data / "frameworks" / "small.toml").unlink()
    with pytest.raises(ActivationError, match=r"small\.toml: there is no such file"):
        active_files(here)


def test_what_fails_its_examples_is_not_activated_and_nothing_is_said_before(here: Places) -> None:
    file = here.data / "frameworks" / "small.toml"
    file.write_text(SMALL + EXAMPLE.replace('"sustained"', '"waived"'), encoding="utf-8")
    said: list[str] = []
    with pytest.raises(ExampleError):
        activate(here, framework_file(here, "small"), before=lambda: said.append("before"))
    assert list(listed(here)) == ["supporting-families-2022"]
    assert said == []


def test_before_is_called_before_anything_is_written(here: Places) -> None:
    def before() -> None:
        assert "small" not in listed(here)
        raise RuntimeError("no audit log, no activation")

    with pytest.raises(RuntimeError):
        activate(here, framework_file(here, "small"), before=before)
    assert "small" not in listed(here)


def test_a_file_is_called_by_its_id(here: Places) -> None:
    shutil.copy(here.data / "frameworks" / "small.toml", here.data / "frameworks" / "large.toml")
    with pytest.raises(ActivationError, match=r"its id is small\. Call the file small\.toml"):
        framework_file(here, "large")


@pytest.mark.parametrize(
    "identifier", ["../small", "small.toml", "", "Small", "small\n", "nothing-here", "active"]
)
def test_an_id_that_is_none_is_refused(here: Places, identifier: str) -> None:
    with pytest.raises(FrameworkError):
        framework_file(here, identifier)


def test_the_files_of_the_data_folder_and_those_shipped_are_known(here: Places) -> None:
    known = known_ids(here)
    assert {"small", "supporting-families-2022", "family-outcomes-contract"} <= set(known)
    assert "active" not in known


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("[[active]", "line 1: is not valid TOML"),
        ("", "active: is missing"),
        ("active = []", "is not a list of tables"),
        ('[[active]]\nid = "small"\n', "line 1: framework 1, sha256: is missing"),
        ('[[active]]\nid = "small"\nsha256 = "1234"\n', "line 3: framework 1, sha256: `1234` cannot be"),
        (f'[[active]]\nid = "../x"\nsha256 = "{"0" * 64}"\n', "line 2: framework 1, id: "),
        (2 * f'[[active]]\nid = "small"\nsha256 = "{"0" * 64}"\n', "line 5: framework 2, id: appears twice"),
        (f'[[active]]\nid = "small"\nsha256 = "{"0" * 64}"\nnote = 1\n', "is not a setting known here"),
        (f'[[active]]\nid = "small"\nsha256 = "{"0" * 64}"\n', r"small\.toml: was changed since"),
    ],
)
def test_a_list_that_holds_a_mistake_is_refused(here: Places, content: str, problem: str) -> None:
    (here.data / "frameworks" / "active.toml").write_text(content, encoding="utf-8")
    with pytest.raises(FrameworkError, match=problem):
        active_files(here)


def test_errors_have_exit_codes_of_their_own() -> None:
    assert (ExampleError.exit_code, ActivationError.exit_code) == (76, 77)
