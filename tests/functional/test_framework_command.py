"""`framework` as an officer runs it: list, check, activate, deactivate."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from ledger import Event, open_ledger
from outcomes.active import listed
from release.places import Places
from tests.conftest import PROJECT, pipelines

SHIPPED = PROJECT / "data" / "frameworks"
PROGRESS = 'kind = "judgement"\nmonths = 6\n'


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


def own(data: Path, text: str) -> Path:
    """The council's own correction of the family help framework."""
    folder = data / "frameworks"
    folder.mkdir(exist_ok=True)
    file = folder / "our-help.toml"
    file.write_text(text.replace('id = "family-help-local"', 'id = "our-help"'), encoding="utf-8")
    return file


def test_a_shipped_file_is_checked() -> None:
    result = pipelines("framework", "check", SHIPPED / "family-help-local.toml")
    assert result.code == 0, result.words
    assert "34 needs, 9 rules, 1 kinds of claim. All 14 examples come out as expected." in result.words
    assert "Not yet compared with their source (verified = false): 1.1, " in result.words
    assert "all_of(no_event housing_event any member 6 months, judgement 6 months)" in result.words


def test_a_mistake_is_told_with_its_line_and_the_fix(tmp_path: Path) -> None:
    text = (SHIPPED / "family-help-local.toml").read_text(encoding="utf-8")
    file = own(tmp_path, text.replace("days = 182", 'days = "half a year"'))
    line = text[: text.index("days = 182")].count("\n") + 1
    result = pipelines("framework", "check", file)
    assert result.code == 21
    assert f"our-help.toml, line {line}: need 10.1, rule, days: is not a whole number" in result.words
    assert "Write it as `days = 1` or more" in result.words
    assert "Traceback" not in result.words


def test_an_example_that_fails_is_told_day_by_day(tmp_path: Path) -> None:
    text = (SHIPPED / "family-help-local.toml").read_text(encoding="utf-8")
    result = pipelines("framework", "check", own(tmp_path, text.replace("days = 182", "days = 300")))
    assert result.code == 76
    assert "need 10.1 of mother expected: sustained" in result.words
    assert "found: sustaining, achieved on 2024-02-01" in result.words
    assert "2024-02-01 employment_spell of mother: it decides" in result.words
    assert "2024-10-31 the as-of date: sustaining" in result.words


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = pipelines("framework", "check", tmp_path / "none.toml")
    assert result.code == 21
    assert "there is no such file" in result.words


@pytest.mark.proof
def test_from_a_councils_own_file_to_an_active_framework_and_back(data: Path) -> None:
    text = (SHIPPED / "family-help-local.toml").read_text(encoding="utf-8")
    file = own(data, text)
    at = ("--data", data)

    activated = pipelines("framework", "activate", "our-help", *at)
    assert activated.code == 0, activated.words
    assert "our-help/1 is active. Active, the primary one first: supporting-families-2022, our-help" in (
        activated.words
    )
    assert list(listed(Places(data))) == ["supporting-families-2022", "our-help"]

    told = pipelines("framework", "list", *at).words
    assert "supporting-families-2022 primary version 1" in told
    assert "our-help active version 1, always to always, 14 examples; claims: family_outcome" in told

    file.write_text(file.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    assert "CHANGED since it was activated" in pipelines("framework", "list", *at).words
    same_version = pipelines("framework", "activate", "our-help", *at)
    assert same_version.code == 77
    assert "another text was active as version 1" in same_version.words
    assert "raise it: `version = 2`" in same_version.words

    own(data, text.replace("version = 1\n", "version = 2\n"))
    second = pipelines("framework", "activate", "our-help", "--first", *at)
    assert second.code == 0, second.words
    assert list(listed(Places(data))) == ["our-help", "supporting-families-2022"]

    gone = pipelines("framework", "deactivate", "our-help", *at)
    assert gone.code == 0, gone.words
    only = pipelines("framework", "deactivate", "supporting-families-2022", *at)
    assert only.code == 77
    assert "is the only active framework" in only.words

    with closing(open_ledger(Places(data).ledger)) as ledger:
        acts = [(entry.event, entry.subject, dict(entry.detail)) for entry in ledger.entries()]
    assert [(event, subject, detail.get("version")) for event, subject, detail in acts] == [
        (Event.FRAMEWORK_ACTIVATED, "our-help", 1),
        (Event.FRAMEWORK_ACTIVATED, "our-help", 2),
        (Event.FRAMEWORK_DEACTIVATED, "our-help", None),
    ]
    assert len(json.dumps(acts[0][2]["sha256"])) == 64 + 2


def test_what_fails_its_examples_is_not_activated_and_not_written_down(tmp_path: Path) -> None:
    text = (SHIPPED / "family-help-local.toml").read_text(encoding="utf-8")
    own(tmp_path, text.replace("threshold = 0.90", "threshold = 0.50"))
    result = pipelines("framework", "activate", "our-help", "--data", tmp_path)
    assert result.code == 76
    assert "need 1.1 of " in result.words
    assert list(listed(Places(tmp_path))) == ["supporting-families-2022"]
    with closing(open_ledger(Places(tmp_path).ledger)) as ledger:
        assert not list(ledger.entries())
