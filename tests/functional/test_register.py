"""The register of keys through the public commands: who keeps a key, what the commands tell, and a run that dies."""

import csv
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipelines.running import vault
from release.places import Places
from release.pointer import releases
from tests.conftest import PROJECT, SAMPLE, pipelines

FIRST, SECOND = "2024-10-31-001", "2024-10-31-002"
Rows = list[dict[str, str]]


@pytest.fixture
def extracts(tmp_path: Path) -> Path:
    """A copy of the sample extracts that a test may change."""
    copy = tmp_path / "extracts"
    shutil.copytree(SAMPLE, copy)
    return copy


def rewrite(file: Path, change: Callable[[Rows], Rows]) -> None:
    with file.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    changed = change([dict(row) for row in rows])
    with file.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(changed)


def keys_of(places: Places, name: str) -> dict[tuple[str, str], str]:
    """Kind and the case system's reference, to the key."""
    rows = vault.read_references(places, name).select("kind", "reference", "pseudonym").iter_rows()
    return {(kind, reference): key for kind, reference, key in rows}


@pytest.mark.proof
def test_keys_outlast_corrections(own_data: Path, extracts: Path) -> None:
    """A quarter later: names and postcodes changed, dates lost, people gone."""
    places = Places(own_data)

    def mend(rows: Rows) -> Rows:
        for number, row in enumerate(rows):
            if number % 50 == 7:
                row["First Name"] = row["First Name"] + "e"
            if number % 50 == 8:
                row["Post Code"] = "AS9 9ZZ"
            if number % 50 == 9:
                row["DOB"] = ""
        return [row for number, row in enumerate(rows) if number % 100 != 11]

    rewrite(extracts / "family_members.csv", mend)
    assert pipelines("run", "--extracts", extracts, "--data", own_data).code == 0
    before, after = keys_of(places, FIRST), keys_of(places, SECOND)
    people = [one for one in before if one[0] == "person" and one in after]
    assert len(people) > 1000
    assert sum(before[one] == after[one] for one in people) >= 0.999 * len(people)
    families = [one for one in before if one[0] == "family" and one in after]
    assert all(before[one] == after[one] for one in families)
    shown = pipelines("register", "show", "--data", own_data).words
    assert re.search(rf"{SECOND} .*people (merged|moved|new|split|withdrawn)", shown), shown


def test_what_the_commands_tell(own_data: Path) -> None:
    places = Places(own_data)
    known = keys_of(places, FIRST)
    person = next(key for (kind, _), key in known.items() if kind == "person")
    family = next(key for (kind, _), key in known.items() if kind == "family")
    verified = pipelines("register", "verify", "--data", own_data)
    assert verified.code == 0
    assert "1 runs" in verified.words
    assert pipelines("register", "resolve", person, "--data", own_data).words == f"people {person}"
    history = pipelines("register", "history", family, "--data", own_data)
    assert FIRST in history.words
    for unknown in ("0" * 24, "P100001", "'; DROP TABLE run"):
        refused = pipelines("register", "resolve", unknown, "--data", own_data)
        assert refused.code == 52
        assert unknown not in refused.words
    log = pipelines("audit", "list", "--data", own_data).words
    assert log.count("keys_looked_up") == 2
    assert person not in log


def test_before_the_first_run_there_is_none(tmp_path: Path) -> None:
    assert pipelines("key", "new", "--data", tmp_path).code == 0
    for command in (("show",), ("verify",), ("resolve", "0" * 24)):
        assert pipelines("register", *command, "--data", tmp_path).code == 51


@pytest.mark.proof
def test_a_damaged_an_older_and_a_missing_register_stop_the_run(own_data: Path) -> None:
    places = Places(own_data)
    file = places.vault / "register.sqlite"
    assert pipelines("run", "--extracts", SAMPLE, "--data", own_data).code == 0
    backups = places.vault / "register-backups"
    for code, change in (
        (50, lambda: file.write_bytes(b"SQLite format 3\0 and no more")),
        (51, lambda: shutil.copy(backups / f"{FIRST}.sqlite", file)),
        (51, file.unlink),
    ):
        change()
        there = file.read_bytes() if file.exists() else None
        refused = pipelines("run", "--extracts", SAMPLE, "--data", own_data)
        assert refused.code == code, refused.words
        assert f"{SECOND}.sqlite" in refused.words
        assert (file.read_bytes() if file.exists() else None) == there
        assert releases(places) == [FIRST, SECOND]
    shutil.copy(backups / f"{SECOND}.sqlite", file)
    assert pipelines("run", "--extracts", SAMPLE, "--data", own_data).code == 0


# Where a run dies, and whether its release is out by then.
DEATHS = [
    ("pipelines.register.store._flush", False),
    ("pipelines.publication.checks.log_faults", False),
    ("pipelines.publication.publish.use", True),
    ("pipelines.register.store.adopt", True),
    ("pipelines.register.store._copy", True),
]


@pytest.mark.proof
@pytest.mark.parametrize(("where", "out"), DEATHS)
def test_a_run_that_dies_leaves_register_and_releases_in_step(
    own_data: Path, extracts: Path, where: str, out: bool
) -> None:
    places = Places(own_data)
    # Its register would be another: some people are gone.
    rewrite(extracts / "family_members.csv", lambda rows: rows[:-40])
    module, name = where.rsplit(".", 1)
    dying = (
        f"import importlib, os, sys; import pipelines.commands.app as app;"
        f"setattr(importlib.import_module('{module}'), '{name}', lambda *_: os._exit(9));"
        f"sys.argv = ['', 'run', '--extracts', {str(extracts)!r}, '--data', {str(own_data)!r}]; app.main()"
    )
    assert subprocess.run([sys.executable, "-c", dying], cwd=PROJECT, capture_output=True).returncode == 9
    assert (SECOND in releases(places)) == out
    for command in ("verify", "show"):
        told = pipelines("register", command, "--data", own_data)
        assert told.code == 0, told.words
        assert (SECOND in told.words or "2 runs" in told.words) == out
    assert pipelines("run", "--extracts", SAMPLE, "--data", own_data).code == 0
    last = releases(places)[-1]
    assert f"{len(releases(places))} runs" in pipelines("register", "verify", "--data", own_data).words
    # Whoever was gone for a quarter has the key of old.
    assert keys_of(places, last) == keys_of(places, FIRST)
    assert {file.name for file in places.vault.glob("register*")} == {"register.sqlite", "register-backups"}


@pytest.mark.proof
def test_an_earlier_claim_counts_for_the_whole_of_a_family_with_two_numbers(
    tmp_path: Path, extracts: Path
) -> None:
    """Thirty families are entered a second time, and claimed for under the number that has no episode."""
    twice: dict[str, str] = {}

    def enter_again(rows: Rows) -> Rows:
        for row in rows:
            if len(twice) < 30:
                twice.setdefault(row["Family ID"], f"F9{len(twice):04d}")
        return rows + [
            {**row, "Family ID": twice[row["Family ID"]]} for row in rows if row["Family ID"] in twice
        ]

    rewrite(extracts / "family_members.csv", enter_again)
    rows = [f"C{again},{again},Supporting Families 2022,2023-05-01" for again in twice.values()]
    claims = "\n".join(["claim_ref,family_ref,framework,claimed_on", *rows, ""])
    (extracts / "earlier_claims.csv").write_text(claims, encoding="utf-8")
    data = tmp_path / "data"
    assert pipelines("run", "--extracts", extracts, "--data", data).code == 0
    table = tmp_path / "claim.parquet"
    assert pipelines("releases", "table", "current", "claim", "--to", table, "--data", data).code == 0
    states = defaultdict(set)
    for key, state in pl.read_parquet(table).select("family", "state").iter_rows():
        states[key].add(state)
    keys = keys_of(Places(data), FIRST)
    united = [
        keys["family", first]
        for first, again in twice.items()
        if ("family", first) in keys and keys.get(("family", again)) == keys["family", first]
    ]
    united = [key for key in united if key in states]
    assert len(united) >= 15
    assert all(states[key] == {"claimed"} for key in united)
    # Of the others, which nobody claimed for, none is.
    assert not any(
        "claimed" in state for key, state in states.items() if key not in united and len(state) == 1
    )
