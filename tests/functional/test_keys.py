"""Keys through the public commands: rotated, given to projects, destroyed, and under the control of two."""

import json
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from ledger import Event, open_ledger
from pipelines.running.lock import only_run
from release.keys import read_key
from release.opening import open_protected
from release.places import Places
from release.pointer import releases
from release.schema import PROTECTED, Holds
from tests.conftest import PROJECT, SAMPLE, Result, pipelines

pytestmark = pytest.mark.proof

REASON = ("--reason", "A yearly change.")
TABLES = [table.name for table in PROTECTED if any(column.holds is Holds.KEY for column in table.columns)]


def as_account(number: int, *arguments: str | Path) -> Result:
    """Run a command under another account of the operating system."""
    words = [str(one) for one in ("", *arguments)]
    code = (
        f"import os, sys; os.getuid = lambda: {number}; import pipelines.commands.app as app; "
        f"sys.argv = {words!r}; app.main()"
    )
    # What the environment says about the account counts for nothing.
    environment = {"USER": "somebody", "LOGNAME": "somebody", "PATH": ""}
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, env=environment
    )
    return Result(ended.returncode, ended.stdout, ended.stderr)


def references(data: Path, release: str) -> pl.DataFrame:
    return pl.read_parquet(data / "identified" / "vault" / "references" / f"{release}.parquet")


def protected(data: Path, release: str, query: str) -> pl.DataFrame:
    places = Places(data)
    with open_protected(places, release, read_key(places.protected_key)) as connection:
        return connection.execute(query).pl()


def tokens(frame: pl.DataFrame, table: str) -> set[str]:
    columns = next(one.columns for one in PROTECTED if one.name == table)
    names = [column.name for column in columns if column.holds is Holds.KEY]
    return {value for name in names for value in frame[name].drop_nulls()}


@pytest.fixture(scope="module")
def rotated(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A data folder with a rotation between two runs over the same extracts. To be read only."""
    data = tmp_path_factory.mktemp("rotated") / "data"
    shutil.copytree(sample_data, data)
    done = pipelines("key", "rotate", *REASON, "--data", data)
    assert done.code == 0, done.words
    assert "Nothing was lost" in done.words
    again = pipelines("run", "--extracts", SAMPLE, "--data", data)
    assert again.code == 0, again.words
    first, second = releases(Places(data))
    return data, first, second


def test_the_same_people_have_other_pseudonyms_and_the_same_random_numbers(
    rotated: tuple[Path, str, str],
) -> None:
    data, first, second = rotated
    before, after = (references(data, name) for name in (first, second))
    assert before.height == after.height > 1000
    assert not set(before["pseudonym"]) & set(after["pseudonym"])
    same = before.join(after, on=["kind", "reference"], how="full", coalesce=True, suffix="_after")
    assert same.height == before.height
    assert same["key"].equals(same["key_after"].rename("key"))
    assert same.filter(pl.col("kind") != "episode")["key"].null_count() < 20
    for table, kind in (("person", "person"), ("family", "family")):
        numbers = [
            protected(
                data, name, f'SELECT DISTINCT "{table}" AS pseudonym, record_key FROM protected."{table}"'
            )
            .join(told.filter(kind=kind), on="pseudonym")
            .select("reference", "record_key")
            .sort("reference", "record_key")
            for name, told in ((first, before), (second, after))
        ]
        assert numbers[0].height > 250
        assert numbers[0].equals(numbers[1])
    # No lasting key of the register is published anywhere.
    lasting = set(before["key"].drop_nulls())
    for name in (first, second):
        for table in TABLES:
            frame = protected(data, name, f'SELECT * FROM protected."{table}"')
            assert not tokens(frame, table) & lasting, table


def test_nothing_but_the_keys_is_different(rotated: tuple[Path, str, str]) -> None:
    """Neither the answers nor any exact figure, nor what the counts are held against."""
    data, first, second = rotated
    manifests = [
        json.loads((data / "releases" / name / "manifest.json").read_text()) for name in (first, second)
    ]
    assert manifests[0]["tables"]["answers"] == manifests[1]["tables"]["answers"]
    assert manifests[0]["master_key_fingerprint"] != manifests[1]["master_key_fingerprint"]
    assert manifests[0]["record_key_fingerprint"] == manifests[1]["record_key_fingerprint"]
    states = [
        protected(data, name, "SELECT state, count(*) AS n FROM protected.claim GROUP BY ALL ORDER BY ALL")
        for name in (first, second)
    ]
    assert states[0].equals(states[1])
    shown = pipelines("register", "show", "--data", data)
    assert f"{second} nothing changed" in shown.words


def test_what_a_pseudonym_meant_is_found_through_the_rotation(
    rotated: tuple[Path, str, str], tmp_path: Path
) -> None:
    data, first, second = rotated
    both = references(data, first).join(references(data, second), on=["kind", "reference"], suffix="_now")
    for kind, book in (("person", "people"), ("family", "families")):
        old, now, key = (
            both.filter(pl.col("kind") == kind)
            .drop_nulls("key")
            .select("pseudonym", "pseudonym_now", "key")
            .row(0)
        )
        for asked, answer in ((old, now), (now, now), (key, key)):
            told = pipelines("register", "resolve", asked, "--data", data)
            assert told.words == f"{book} {answer}"
            assert answer in pipelines("register", "history", asked, "--data", data).words
        found = tmp_path / f"{kind}.csv"
        asked = ("reidentify", old, "--kind", kind, "--release", first, *REASON, "--to", found)
        assert pipelines(*asked, "--data", data).code == 0
        expected = both.filter(pseudonym=old)["reference"].unique().sort().to_list()
        assert pl.read_csv(found)["reference"].sort().to_list() == expected


def test_the_keys_are_listed_and_verified(rotated: tuple[Path, str, str]) -> None:
    data, _, second = rotated
    listed = pipelines("key", "list", "--data", data)
    assert listed.code == 0
    manifest = json.loads((data / "releases" / second / "manifest.json").read_text())
    lines = listed.out.splitlines()
    assert [line.split()[0] for line in lines] == ["master", "master", "record", "protected"]
    assert "rotated away 20" in lines[0]
    assert manifest["master_key_fingerprint"] in lines[1]
    assert manifest["record_key_fingerprint"] in lines[2]
    verified = pipelines("key", "verify", "--data", data)
    assert verified.code == 0, verified.words
    assert "rotated 1 times" in verified.words
    assert pipelines("register", "verify", "--data", data).code == 0
    with closing(open_ledger(Places(data).ledger)) as ledger:
        (line,) = [entry for entry in ledger.entries() if entry.event == Event.KEYS_ROTATED]
    assert line.detail["reason"] == "A yearly change."
    for file in (Places(data).master_key, Places(data).record_key, Places(data).protected_key):
        assert read_key(file) not in listed.words + verified.words


def test_two_projects_share_no_token_and_a_destroyed_one_is_given_nothing(
    own_data: Path, tmp_path: Path
) -> None:
    until = ("--until", "2999-12-31", "--purpose", "What helps, and whom.")
    for name in ("one", "two"):
        made = pipelines("key", "project", "new", name, *until, "--data", own_data)
        assert made.code == 0, made.words
    given: dict[str, set[str]] = {}
    for table in ("person", "need"):
        plain = tmp_path / f"{table}.plain"
        assert pipelines("releases", "table", "current", table, "--to", plain, "--data", own_data).code == 0
        rows = pl.read_parquet(plain)
        given.setdefault("none", set()).update(tokens(rows, table))
        for project in ("one", "two"):
            file = tmp_path / f"{table}.{project}"
            asked = ("releases", "table", "current", table, "--to", file, "--project", project)
            assert pipelines(*asked, "--data", own_data).code == 0
            found = pl.read_parquet(file)
            assert found.height == rows.height
            assert "record_key" not in found.columns
            assert len(tokens(found, table)) == len(tokens(rows, table))
            given.setdefault(project, set()).update(tokens(found, table))
            assert file.stat().st_mode & 0o077 == 0
    assert len(given["one"]) == len(given["two"]) == len(given["none"]) > 1000
    assert not given["one"] & given["two"]
    assert not (given["one"] | given["two"]) & given["none"]
    # Within one project, tables go together.
    person, need = (pl.read_parquet(tmp_path / f"{name}.one") for name in ("person", "need"))
    assert set(need["person"].drop_nulls()) & set(person["person"])
    assert "project two" in pipelines("key", "list", "--data", own_data).words
    key = (own_data / "protected" / "projects" / "one.key").read_text()

    assert pipelines("key", "project", "destroy", "one", "--data", own_data).code == 26
    gone = pipelines("key", "project", "destroy", "one", *REASON, "--data", own_data)
    assert gone.code == 0, gone.words
    assert not (own_data / "protected" / "projects" / "one.key").exists()
    for file in (own_data / "protected").rglob("*.*"):
        assert key.strip().encode() not in file.read_bytes()
    table = ("releases", "table", "current", "need", "--to", tmp_path / "n", "--data", own_data)
    for asked in (
        (*table, "--project", "one"),
        ("key", "project", "new", "one", *until, "--data", own_data),
    ):
        refused = pipelines(*asked)
        assert refused.code == 61, refused.words
    assert not (tmp_path / "n").exists()
    told = pipelines("key", "project", "new", "named", *until[:3], "For 943 476 5919", "--data", own_data)
    assert told.code == 26
    assert pipelines("key", "verify", "--data", own_data).code == 0
    listed = pipelines("key", "project", "list", "--data", own_data).out.splitlines()
    assert len(listed) == 2
    assert "destroyed 20" in listed[0]
    events = []
    with closing(open_ledger(Places(own_data).ledger)) as ledger:
        events = [entry.event for entry in ledger.entries()]
        assert ledger.entries()[-1].detail["reason"] == "A yearly change."
    assert events.count(Event.PROJECT_KEY_MADE) == 2
    assert events[-1] == Event.PROJECT_KEY_DESTROYED


def test_what_takes_two_is_done_by_two_accounts(own_data: Path, tmp_path: Path) -> None:
    (own_data / "keys.toml").write_text("[dual_control]\nrotate = true\nreidentify = true\n")
    master = read_key(Places(own_data).master_key)
    asked = as_account(1, "key", "rotate", *REASON, "--data", own_data)
    assert asked.code == 0, asked.words
    number = asked.words.split("--confirm ")[1].split()[0]
    assert read_key(Places(own_data).master_key) == master
    for code, account, confirm in ((62, 1, number), (62, 2, "1"), (62, 2, "999")):
        refused = as_account(account, "key", "rotate", "--confirm", confirm, "--data", own_data)
        assert refused.code == code, refused.words
        assert read_key(Places(own_data).master_key) == master
    done = as_account(2, "key", "rotate", "--confirm", number, "--data", own_data)
    assert done.code == 0, done.words
    assert read_key(Places(own_data).master_key) != master
    assert as_account(2, "key", "rotate", "--confirm", number, "--data", own_data).code == 62

    release = releases(Places(own_data))[-1]
    people = references(own_data, release).filter(kind="person")["pseudonym"].unique().sort()
    file = tmp_path / "found.csv"
    look = ("reidentify", "--kind", "person", "--to", file, "--data", own_data)
    asked = as_account(1, *look, people[0], *REASON)
    assert asked.code == 0, asked.words
    assert not file.exists()
    number = asked.words.split("--confirm ")[1].split()[0]
    # For the one who was asked about, and nobody else.
    assert as_account(2, *look, people[1], "--confirm", number).code == 62
    assert not file.exists()
    assert as_account(2, *look, people[0], "--confirm", number).code == 0
    assert pl.read_csv(file)["pseudonym"].unique().to_list() == [people[0]]
    # The reason behind a person is somebody's identity as well.
    why = ("why", people[0], "--to", tmp_path / "why.csv", "--data", own_data)
    assert as_account(1, *why, *REASON).code == 0
    assert not (tmp_path / "why.csv").exists()
    with closing(open_ledger(Places(own_data).ledger)) as ledger:
        ledger.verify()
        lines = [(entry.event, entry.actor) for entry in ledger.entries()]
        told = json.dumps([dict(entry.detail) for entry in ledger.entries()])
    import pwd

    first, second = (pwd.getpwuid(number).pw_name for number in (1, 2))
    assert (Event.APPROVAL_ASKED, first) in lines
    assert (Event.APPROVAL_GIVEN, second) in lines
    assert (Event.KEYS_ROTATED, second) in lines
    assert people[0] not in told


def test_a_request_outlives_an_act_that_failed(own_data: Path) -> None:
    (own_data / "keys.toml").write_text("[dual_control]\nrotate = true\n")
    asked = as_account(1, "key", "rotate", *REASON, "--data", own_data)
    number = asked.words.split("--confirm ")[1].split()[0]
    confirm = ("key", "rotate", "--confirm", number, "--data", own_data)
    review = Places(own_data).review / "review.csv"
    kept = review.read_bytes()
    review.write_text("pair,answer,note\nq-1,same,\n")
    assert as_account(2, *confirm).code == 60
    review.write_bytes(kept)
    done = as_account(2, *confirm)
    assert done.code == 0, done.words


def test_a_master_key_that_was_destroyed_is_refused_when_it_comes_back(
    own_data: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    shutil.copytree(own_data / "identified", kept)
    person = references(own_data, releases(Places(own_data))[-1]).filter(kind="person")["pseudonym"][0]
    assert pipelines("key", "rotate", *REASON, "--data", own_data).code == 0
    shutil.rmtree(own_data / "identified")
    shutil.copytree(kept, own_data / "identified")
    for asked in (
        ("run", "--extracts", SAMPLE),
        ("reidentify", "--kind", "person", person, *REASON, "--to", tmp_path / "a"),
        ("why", person, *REASON, "--to", tmp_path / "a"),
        ("releases", "table", "current", "need", "--to", tmp_path / "a"),
        ("review",),
        ("key", "rotate", *REASON),
    ):
        refused = pipelines(*asked, "--data", own_data)
        assert refused.code == 63, refused.words
    assert not (tmp_path / "a").exists()


def test_what_a_project_is_for_is_shown_as_it_was_written(own_data: Path) -> None:
    purpose = "pilot [/x] [bold]of help"
    until = ("--until", "2999-12-31")
    made = pipelines("key", "project", "new", "pilot", *until, "--purpose", purpose, "--data", own_data)
    assert made.code == 0, made.words
    for asked in (("key", "list"), ("key", "project", "list")):
        shown = pipelines(*asked, "--data", own_data)
        assert shown.code == 0, shown.words
        assert purpose in shown.words
    with closing(open_ledger(Places(own_data).ledger)) as ledger:
        before = len(ledger.entries())
    for name, wrong in (("a-b", "a \x1b[2J b"), ("a-b", "x" * 201), ("Ann Smith", "pilot")):
        refused = pipelines("key", "project", "new", name, *until, "--purpose", wrong, "--data", own_data)
        assert refused.code == 61, refused.words
    with closing(open_ledger(Places(own_data).ledger)) as ledger:
        assert len(ledger.entries()) == before


def test_a_project_is_given_no_day_and_nothing_while_the_folder_is_held(
    own_data: Path, tmp_path: Path
) -> None:
    new = ("key", "project", "new", "pilot", "--until", "2999-12-31", "--purpose", "pilot")
    assert pipelines(*new, "--data", own_data).code == 0
    file = tmp_path / "need"
    table = ("releases", "table", "current", "need", "--project", "pilot", "--to", file, "--data", own_data)
    with only_run(Places(own_data)):
        assert pipelines(*table).code == 3
    assert not file.exists()
    told = pipelines(*table)
    assert told.code == 0, told.words
    rows = pl.read_parquet(file)
    months = rows["identified_on"].drop_nulls()
    assert months.len() > 0
    assert months.str.contains(r"^\d{4}-\d{2}$").all()
    assert pl.Date not in rows.dtypes
    said = [name for name in rows.columns if name not in _tokens_of("need")]
    count = rows.group_by(said).len().filter(pl.col("len") == 1).height
    assert f"{count} of them say what no other row of them says" in told.words


def _tokens_of(table: str) -> list[str]:
    columns = next(one.columns for one in PROTECTED if one.name == table)
    return [column.name for column in columns if column.holds is Holds.KEY]


def test_the_family_behind_a_claim_is_found(sample_data: Path, tmp_path: Path) -> None:
    release = releases(Places(sample_data))[-1]
    claim, family = protected(
        sample_data,
        release,
        "SELECT episode, family FROM protected.claim WHERE state = 'claimable' ORDER BY ALL",
    ).row(0)
    file = tmp_path / "family.csv"
    asked = ("reidentify", claim, "--kind", "claim", *REASON, "--to", file, "--data", sample_data)
    assert pipelines(*asked).code == 0
    found = pl.read_csv(file)
    assert found["pseudonym"].unique().to_list() == [claim]
    expected = references(sample_data, release).filter(kind="family", pseudonym=family)["reference"]
    assert found["reference"].sort().to_list() == expected.sort().to_list()
    stranger = ("reidentify", family, "--kind", "claim", *REASON, "--to", tmp_path / "x")
    assert pipelines(*stranger, "--data", sample_data).code == 5


def test_all_keys_are_destroyed_for_ever(own_data: Path) -> None:
    destroy = ("key", "destroy", own_data.name, "--data", own_data)
    assert pipelines("key", "destroy", "another", *REASON, "--data", own_data).code == 3
    assert pipelines(*destroy).code == 26
    assert pipelines("key", "verify", "--data", own_data).code == 0
    assert pipelines(*destroy, *REASON).code == 0
    for asked in (
        ("key", "list"),
        ("key", "verify"),
        ("key", "new"),
        destroy[:3] + REASON,
        ("run", "--extracts", SAMPLE),
        ("releases", "table", "current", "need", "--to", own_data / "n.parquet"),
    ):
        refused = pipelines(*asked, "--data", own_data)
        assert refused.code == 6, refused.words
    assert pipelines("audit", "verify", "--data", own_data).code == 0
    listed = pipelines("audit", "list", "--data", own_data).words
    assert 0 < listed.index("keys_to_be_destroyed") < listed.index("keys_destroyed")


def test_a_rotation_that_was_interrupted_is_finished_by_the_next_run(own_data: Path) -> None:
    dying = (
        "import os, sys; import pipelines.commands.app as app; from pipelines import rotation;"
        "rotation.replace = lambda *_: os._exit(9);"
        f"sys.argv = ['', 'key', 'rotate', '--reason', 'A leak.', '--data', {str(own_data)!r}]; app.main()"
    )
    assert subprocess.run([sys.executable, "-c", dying], cwd=PROJECT, capture_output=True).returncode == 9
    interrupted = pipelines("key", "verify", "--data", own_data)
    assert interrupted.code == 60, interrupted.words
    assert pipelines("register", "verify", "--data", own_data).code == 0
    assert pipelines("review", "--data", own_data).code == 0
    assert pipelines("key", "verify", "--data", own_data).code == 0
    assert "keys_rotated" in pipelines("audit", "list", "--data", own_data).words
