"""`verify`: a release is held against its extracts again, long after it was published."""

import json
import os
import shutil
from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl
import pytest

from ledger import Event, open_ledger
from pipelines.publication.errors import VerificationError
from pipelines.running.verifying import Verified, verify
from release.keys import make_key, read_key
from release.opening import create_answers, create_protected
from release.places import PROJECT, Places
from release.pointer import COMPLETE, current
from tests.conftest import SAMPLE, pipelines

NAME = "2024-10-31-001"


@pytest.fixture
def places(own_data: Path) -> Places:
    return Places(own_data)


def somebody() -> str:
    """A whole name of the sample."""
    people = pl.read_csv(SAMPLE / "truth" / "persons.csv", infer_schema=False)
    names = people.select(pl.concat_str("forename", "surname", separator=" ")).to_series().drop_nulls()
    return max(names, key=len)


def found(verified: Verified) -> set[tuple[str, str]]:
    return {(str(fault.check), fault.where) for fault in verified.faults}


def test_an_honest_release_passes_and_the_audit_log_says_who_looked(places: Places) -> None:
    ended = pipelines("verify", "current", "--extracts", SAMPLE, "--data", places.data)
    assert ended.code == 0, ended.words
    assert "passes all" in ended.words
    with closing(open_ledger(places.ledger)) as ledger:
        (entry,) = (one for one in ledger.entries() if one.event == Event.RELEASE_VERIFIED)
    assert entry.subject == NAME
    assert entry.detail["failed"] == []


def test_what_is_planted_later_is_found_and_not_told(places: Places) -> None:
    name, folder = somebody(), places.releases / NAME
    with create_answers(folder / "answers.duckdb") as answers:
        answers.execute(
            "UPDATE answers.dimension SET label = ? WHERE dimension = 'sex' AND code = 'F'", [name]
        )
        answers.execute("UPDATE answers.manifest SET value = ? WHERE name = 'framework_title'", [name])
    with create_protected(folder / "protected.duckdb", read_key(places.protected_key)) as protected:
        protected.execute("UPDATE protected.claim_evidence SET value = ? WHERE measure = 'waiver'", [name])
    file = folder / COMPLETE
    manifest = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**manifest, "author": name}), encoding="utf-8")
    (folder / f"{name}.txt").write_text(name, encoding="utf-8")
    (log,) = places.logs.glob("*.jsonl")
    with log.open("a", encoding="utf-8") as out:
        out.write(json.dumps({"rows": name}) + "\n")
    with closing(open_ledger(places.ledger)) as ledger:
        ledger.record(Event.TABLE_TAKEN, actor="somebody", role="pipelines", subject=f"for {name}")

    ended = pipelines("verify", NAME, "--extracts", SAMPLE, "--data", places.data)
    assert ended.code == 67, ended.words
    for where in (
        "answers.duckdb, table dimension, column label",
        "answers.duckdb, table manifest, column value",
        "protected.duckdb, table claim_evidence, column value",
        "manifest.json: an identity of the extracts is in its bytes",
        "something is there that is not described",
        "that is not described: an identity of the extracts is in its bytes",
        "the log: an identity",
        "the ledger: an identity",
        "table dimension: it is not as it was published",
        "table claim_evidence: it is not as it was published",
    ):
        assert where in ended.words, where
    assert not any(part.lower() in ended.words.lower() for part in (name, name.split()[-1]))
    with closing(open_ledger(places.ledger)) as ledger:
        *_, entry = (one for one in ledger.entries() if one.event == Event.RELEASE_VERIFIED)
    assert entry.detail["failed"] == [
        "schema",
        "closed_lists",
        "identities_in_values",
        "identities_in_bytes",
        "identities_in_log",
        "folder",
        "unchanged",
    ]


def test_a_place_that_only_the_release_names_is_found(places: Places) -> None:
    """A single word, on the list of the release itself: what the extracts say of places decides."""
    with create_answers(places.releases / NAME / "answers.duckdb") as answers:
        answers.execute(
            "UPDATE answers.dimension SET code = 'Frodhurst', label = 'Frodhurst' "
            "WHERE dimension = 'ward' AND position = 0"
        )
    checked = found(verify(SAMPLE, places, "current"))
    assert ("closed_lists", "answers.duckdb, table dimension, column code") in checked
    assert ("closed_lists", "answers.duckdb, table dimension, column label") in checked


def test_a_figure_that_is_not_safe_is_found(places: Places) -> None:
    with create_answers(places.releases / NAME / "answers.duckdb") as answers:
        answers.execute("UPDATE answers.answer SET value = 1 WHERE rowid = 0")
    assert ("thresholds", "answers.duckdb, table answer, column value") in found(verify(SAMPLE, places, NAME))


def test_too_many_who_are_alone_are_found(places: Places) -> None:
    settings = places.setting("disclosure.toml").read_text(encoding="utf-8")
    assert settings.count("[uniqueness]\n") == 1
    stricter = settings.replace("[uniqueness]\n", "[uniqueness]\npeople_alone = 5\nfamilies_few = 100\n")
    (places.data / "disclosure.toml").write_text(stricter, encoding="utf-8")
    assert found(verify(SAMPLE, places, NAME)) == {("uniqueness", "protected.duckdb, table person")}


@pytest.mark.proof
def test_a_run_in_which_too_many_are_alone_publishes_nothing(places: Places) -> None:
    settings = places.setting("disclosure.toml").read_text(encoding="utf-8")
    stricter = settings.replace("[uniqueness]\n", "[uniqueness]\npeople_alone = 5\n")
    (places.data / "disclosure.toml").write_text(stricter, encoding="utf-8")
    ended = pipelines("run", "--extracts", SAMPLE, "--data", places.data)
    assert ended.code == 25
    assert "uniqueness: protected.duckdb, table person" in ended.words
    assert current(places) == NAME


def test_what_only_the_ledger_says_is_not_laid_to_the_release(places: Places) -> None:
    with closing(open_ledger(places.ledger)) as ledger:
        ledger.record(Event.TABLE_TAKEN, actor="somebody", role="pipelines", subject=f"for {somebody()}")
    ended = pipelines("verify", NAME, "--extracts", SAMPLE, "--data", places.data)
    assert ended.code == 67
    assert f"Nothing is wrong with the release {NAME}" in ended.words
    assert "releases use" not in ended.words


def test_what_is_in_no_table_of_the_answers_is_found(places: Places) -> None:
    file = places.releases / NAME / "answers.duckdb"
    with create_answers(file) as answers:
        answers.execute("CREATE TABLE answers.more AS SELECT random() AS x FROM range(500000)")
        answers.execute("CHECKPOINT answers")
        answers.execute("DROP TABLE answers.more")
    assert ("schema", "answers.duckdb") in found(verify(SAMPLE, places, NAME))


def test_what_stands_behind_the_end_of_the_answers_is_found(places: Places) -> None:
    with (places.releases / NAME / "answers.duckdb").open("ab") as file:
        file.write(b"something else")
    assert found(verify(SAMPLE, places, NAME)) == {("schema", "answers.duckdb")}


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_who_may_read_it_and_where_it_lies_is_looked_at(places: Places) -> None:
    folder = places.releases / NAME
    (folder / "protected.duckdb").chmod(0o644)
    assert found(verify(SAMPLE, places, NAME)) == {("folder", "protected.duckdb")}
    (folder / "protected.duckdb").chmod(0o400)
    moved = places.data / "elsewhere"
    folder.rename(moved)
    folder.symlink_to(moved)
    assert found(verify(SAMPLE, places, NAME)) == {("folder", "the folder of the release")}


def _without_extracts(places: Places, extracts: Path) -> None:
    shutil.rmtree(extracts)


def _with_another_key(places: Places, extracts: Path) -> None:
    places.protected_key.unlink()
    make_key(places.protected_key)


def _with_a_damaged_file(places: Places, extracts: Path) -> None:
    (places.releases / NAME / "answers.duckdb").write_bytes(b"nothing")


def _with_a_damaged_manifest(places: Places, extracts: Path) -> None:
    (places.releases / NAME / COMPLETE).write_text("[", encoding="utf-8")


def _of_another_schema(places: Places, extracts: Path) -> None:
    (places.releases / NAME / COMPLETE).write_text('{"schema": "1"}', encoding="utf-8")


def _with_a_framework_that_walks_the_disk(places: Places, extracts: Path) -> None:
    file = places.releases / NAME / COMPLETE
    manifest = json.loads(file.read_text(encoding="utf-8"))
    named = json.dumps([{"id": "../../secret", "sha256": "0" * 64}])
    file.write_text(json.dumps({**manifest, "frameworks": named}), encoding="utf-8")


def _with_another_file_of_its_framework(places: Places, extracts: Path) -> None:
    shipped = PROJECT / "data" / "frameworks" / "supporting-families-2022.toml"
    (places.data / "frameworks").mkdir()
    changed = shipped.read_text(encoding="utf-8") + "\n# one line more\n"
    (places.data / "frameworks" / shipped.name).write_text(changed, encoding="utf-8")


def _moved_away(places: Places, extracts: Path) -> None:
    shutil.rmtree(places.releases / NAME)


@pytest.mark.parametrize(
    "spoil",
    [
        _without_extracts,
        _with_another_key,
        _with_a_damaged_file,
        _with_a_damaged_manifest,
        _of_another_schema,
        _with_a_framework_that_walks_the_disk,
        _with_another_file_of_its_framework,
        _moved_away,
    ],
    ids=lambda spoil: spoil.__name__.strip("_"),
)
def test_where_it_cannot_be_done_it_says_so(places: Places, tmp_path: Path, spoil: object) -> None:
    extracts = tmp_path / "extracts"
    shutil.copytree(SAMPLE, extracts, ignore=shutil.ignore_patterns("truth"))
    assert callable(spoil)
    spoil(places, extracts)
    with pytest.raises(VerificationError) as raised:
        verify(extracts, places, NAME)
    assert raised.value.exit_code == 68
    assert not isinstance(raised.value.__context__, duckdb.Error) or raised.value.__suppress_context__
