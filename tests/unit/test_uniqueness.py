"""How many may be alone with what is said of them: the limits, and what is over them."""

from pathlib import Path

import pytest

from pipelines.publication.limits import read_limits
from pipelines.publication.publish import uniqueness_faults
from pipelines.publication.uniqueness import MEASURES, Measured
from release.errors import SettingsError
from release.places import PROJECT


def test_the_shipped_limits_keep_nothing_back() -> None:
    assert read_limits(PROJECT / "data" / "disclosure.toml") == {}


def test_every_measure_is_explained_where_limits_are_set() -> None:
    content = (PROJECT / "data" / "disclosure.toml").read_text(encoding="utf-8")
    assert [name for name in MEASURES if name not in content] == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("uniqueness = 5", r"write \[uniqueness\] as a table"),
        ("[uniqueness]\npeople = 5", "there is no measure people"),
        ("[uniqueness]\npeople_alone = 101", "from 0 to 100"),
        ("[uniqueness]\npeople_alone = -1", "from 0 to 100"),
        ("[uniqueness]\npeople_alone = true", "from 0 to 100"),
        ('[uniqueness]\npeople_alone = "5"', "from 0 to 100"),
        ("[uniqueness]\npeople_alone = 0.5", "from 0 to 100"),
    ],
)
def test_a_mistake_in_the_limits_is_told(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "disclosure.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=words):
        read_limits(file)


@pytest.mark.parametrize(
    ("whole", "part", "most", "over"),
    [(100, 20, 20, False), (100, 21, 20, True), (1000, 201, 20, True), (0, 0, 0, False), (3, 3, 100, False)],
)
def test_a_share_over_its_limit_refuses(whole: int, part: int, most: int, over: bool) -> None:
    measured = [Measured("people_alone", whole, part), Measured("families_alone", 5, 5)]
    faults = uniqueness_faults(measured, {"people_alone": most})
    assert [fault.where for fault in faults] == (["protected.duckdb, table person"] if over else [])


def test_exact_counts_are_not_printed() -> None:
    assert "87" not in repr(Measured("people_alone", 987, 87))
