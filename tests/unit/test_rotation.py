"""Rotating the master key: nothing is lost, nothing of the old key is left, and no moment is half of each."""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ledger import DualControlError, Event, Ledger, LedgerError, open_ledger
from pipelines import rotation
from pipelines.errors import EarlierKeysError, RotationError
from pipelines.holding import kept_keys, verify_keys
from pipelines.keys import Keys, Purpose, check_same_keys, make_keys, open_keys, rotation_journal
from pipelines.register import (
    DIGEST,
    FACETS,
    facets,
    keep_keys,
    open_register,
    prepare,
    register_begun,
    settle,
)
from pipelines.register.facets import describe
from pipelines.review import judgements_for, kept_by, open_judgements
from pipelines.review.errors import JudgementsError
from pipelines.rotation import finish_rotation, open_known_keys, rotate
from release import pointer
from release.errors import DataFolderError, KeyFileError
from release.places import Places

BORN = date(1990, 5, 6)
PEOPLE = pl.DataFrame(
    [
        ("1", "school", "7", "Ann", "Smith", BORN, "AS1 1AA", "9434765919"),
        ("2", "police", None, "Anne", "Smith", BORN, "AS1 1AA", None),
        ("3", "school", "8", "Bea", "Smith", BORN, "AS1 1AB", None),
        ("4", "health", "9", "Beatrice", "Smyth", BORN, None, None),
    ],
    schema={
        "record_id": pl.String,
        "source": pl.String,
        "own_key": pl.String,
        "forename": pl.String,
        "surname": pl.String,
        "date_of_birth": pl.Date,
        "postcode": pl.String,
        "nhs_number": pl.String,
    },
    orient="row",
)
WHO = pl.DataFrame({"record_id": ["1", "2", "3", "4"], "person": [0, 0, 1, 2]})


class Town:
    """A data folder, with what runs and reviews do in it."""

    def __init__(self, data: Path) -> None:
        self.places = Places(data)

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        with closing(open_ledger(self.places.ledger)) as ledger:
            yield ledger

    def begin(self) -> None:
        self.places.vault.mkdir(parents=True)
        make_keys(self.places)
        with self.ledger() as ledger:
            ledger.record(Event.KEYS_MADE, actor="a", role="r", detail={"keys": ["master", "record"]})

    def run(self) -> dict[int, str]:
        """A run over the people above: who has which key."""
        with self.ledger() as ledger:
            finish_rotation(self.places, ledger)
            published = ledger.published()
            keys = open_keys(self.places)
            check_same_keys(keys, self.places)
            opened = open_register(self.places, keys, published, begun=register_begun(ledger))
            name = pointer.next_name(self.places, "2024-10-31", published)
            kept = keep_keys(
                describe(PEOPLE, keys),
                WHO,
                pl.DataFrame({"family": [0, 0], "person": [0, 1]}),
                pl.DataFrame({"family": [0], "family_ref": ["F1"]}),
                opened.register,
                keys,
                name,
                helped=pl.Series(["F1", "F2"]),
                claimed=pl.Series([], dtype=pl.String),
            )
            digest = prepare(self.places, opened, kept, keys)
            folder = self.places.releases / name
            folder.mkdir(parents=True)
            (folder / "manifest.json").write_text(json.dumps({**keys.fingerprints, DIGEST: digest}))
            pointer.use(self.places, name)
            ledger.record(Event.REGISTER_BEGUN, actor="a", role="r")
            ledger.record(Event.RELEASE_PUBLISHED, actor="a", role="r", subject=name)
            settle(self.places, {*published, name})
        return {**dict(kept.person.iter_rows()), **dict(kept.family.iter_rows())}

    def judge(self) -> None:
        """Ann and Anne are one, Bea and Beatrice are two."""
        judgements = open_judgements(self.places, open_keys(self.places))
        told = facets(PEOPLE, open_keys(self.places))
        for pair, (one, other) in {"q-1": ("1", "2"), "q-2": ("3", "4")}.items():
            sides = [
                told.filter(record_id=record)
                .unpivot(FACETS, variable_name="facet", value_name="hash")
                .drop_nulls()
                .select(pl.lit(pair).alias("pair"), pl.lit(side).alias("side"), "facet", "hash")
                for side, record in (("a", one), ("b", other))
            ]
            judgements.ask(pl.concat(sides), "2024-10-31-001")
        judgements.judge([("q-1", "same")], run="2024-10-31-001", by="officer")
        judgements.judge([("q-2", "different")], run="2024-10-31-001", by="officer")
        with self.ledger() as ledger:
            ledger.record(Event.PAIRS_JUDGED, actor="officer", role="r", detail={"kept": 2})

    def judged(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Whom the answers hold together and apart."""
        keys = open_keys(self.places)
        with self.ledger() as ledger:
            judgements = open_judgements(self.places, keys, kept=kept_by(ledger.entries()))
        judged = judgements_for(PEOPLE, facets(PEOPLE, keys), judgements)
        return judged.together, judged.apart

    def rotate(self) -> rotation.Rotated:
        with self.ledger() as ledger:
            return rotate(self.places, ledger, by="officer", detail={"reason": "a yearly change"})

    def looked_at(self) -> tuple[Keys, pl.DataFrame, int]:
        """Keys, keys of people and how many answers, as somebody sees them who only looks."""
        keys = open_keys(self.places)
        with self.ledger() as ledger:
            opened = open_register(self.places, keys, ledger.published(), begun=register_begun(ledger))
            answers = open_judgements(self.places, keys, kept=kept_by(ledger.entries())).count()
        return keys, opened.register.people.keys, answers

    def content(self) -> dict[str, bytes]:
        """Every file but the ledger."""
        return {
            str(file.relative_to(self.places.data)): file.read_bytes()
            for file in sorted(self.places.identified.rglob("*"))
            if file.is_file()
        }


@pytest.fixture
def town(tmp_path: Path) -> Town:
    one = Town(tmp_path / "data")
    one.begin()
    one.run()
    one.judge()
    return one


def test_everybody_keeps_their_key_and_every_answer_holds(town: Town) -> None:
    before, judged = town.run(), town.judged()
    assert [frame.height for frame in judged] == [2, 2]
    for times in range(1, 4):
        old = open_keys(town.places)
        done = town.rotate()
        new = open_keys(town.places)
        assert (done.before, done.after) == (
            old.fingerprints["master_key_fingerprint"],
            new.fingerprints["master_key_fingerprint"],
        )
        assert (done.people, done.families, done.answers) == (3, 2, 2)
        assert done.hashes > 10
        assert new.lineage == f"{old.lineage} {done.after}"
        assert (new.record, new.protected) == (old.record, old.protected)
        for after, kept in zip(town.judged(), judged, strict=True):
            assert after.equals(kept)
        # Also where nothing ran in between.
        if times != 2:
            assert town.run() == before
        with town.ledger() as ledger:
            list(verify_keys_but_releases(town, ledger))
            events = [entry for entry in ledger.entries() if entry.event == Event.KEYS_ROTATED]
        assert len(events) == times
        assert events[-1].detail["to"] == done.after
        assert events[-1].detail["reason"] == "a yearly change"


def verify_keys_but_releases(town: Town, ledger: Ledger) -> Iterator[str]:
    """The releases of these tests hold no protected file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.holding.releases", lambda _places: [])
        yield from verify_keys(town.places, ledger)


def test_pseudonyms_change_and_random_numbers_stay(town: Town) -> None:
    keys = pl.Series(list(town.run().values()))
    old = open_keys(town.places)
    town.rotate()
    new = open_keys(town.places)
    for purpose in (Purpose.PERSON_PSEUDONYM, Purpose.FAMILY_PSEUDONYM, Purpose.EPISODE):
        tokens = [set(one.tokens(purpose, keys)["token"]) for one in (old, new)]
        assert not tokens[0] & tokens[1]
        assert not (tokens[0] | tokens[1]) & set(keys)
    assert old.record_keys(Purpose.PERSON, keys).equals(new.record_keys(Purpose.PERSON, keys))
    assert old.lasting_digest(b"x") == new.lasting_digest(b"x") != old.digest(b"x") != new.digest(b"x")


def test_nothing_of_the_old_key_is_left(town: Town) -> None:
    old = open_keys(town.places)
    register = (town.places.vault / "register.sqlite").read_bytes()
    hashes = open_judgements(town.places, old).sides()["hash"].unique().to_list()
    town.run()
    town.rotate()
    content = town.content()
    assert not any(old.master.encode() in found or register in found for found in content.values())
    assert not any(one.encode() in found for one in hashes for found in content.values())
    assert sorted(file.name for file in (town.places.vault / "register-backups").iterdir()) == [
        "2024-10-31-002.sqlite"
    ]
    assert set(content) >= {"identified/keys/earlier.json", "identified/keys/master.key"}
    assert not [name for name in content if "coming" in name or "part" in name or "rotation" in name]
    for name in content:
        assert (town.places.data / name).stat().st_mode & 0o077 == 0
    with town.ledger() as ledger:
        told = [f"{one.name} {one.fingerprint}{one.since}" for one in kept_keys(town.places, ledger)]
    assert [one.split()[0] for one in told] == ["master", "master", "record", "protected"]
    assert "rotated away 20" in told[0]
    # The copies that are kept are of use.
    shutil.copy(town.places.vault / "judgements-before.sqlite", town.places.vault / "judgements.sqlite")
    shutil.copy(
        town.places.vault / "register-backups" / "2024-10-31-002.sqlite",
        town.places.vault / "register.sqlite",
    )
    town.looked_at()


class Watch:
    """Keeps the data folder as it is before every step that is taken in it: what a machine that stops then leaves."""

    def __init__(self, data: Path, kept: Path) -> None:
        self.data, self.kept, self.states, self.on = data, kept, 0, False
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        steps = ("open", "os.rename", "os.remove", "os.mkdir", "os.truncate", "sqlite3.connect")
        if self.on and event in steps and str(self.data) in str(arguments[0]):
            self.on = False
            shutil.copytree(self.data, self.kept / str(self.states))
            self.states += 1
            self.on = True


def test_whenever_the_machine_stops_all_is_old_or_all_is_new(town: Town, tmp_path: Path) -> None:
    before = town.run()
    old = town.looked_at()[0]
    watch = Watch(town.places.data, tmp_path / "states")
    watch.on = True
    town.rotate()
    watch.on = False
    new = town.looked_at()[0]
    assert watch.states > 30
    found, last = [], None
    for state in range(watch.states):
        left = Town(tmp_path / "states" / str(state))
        files = (left.content(), left.places.ledger.read_bytes())
        if files == last:
            continue
        last = files
        # Whoever only looks sees one or the other, and so does whoever goes on.
        seen = left.looked_at()
        with left.ledger() as ledger:
            finish_rotation(left.places, ledger)
            rotations = sum(entry.event == Event.KEYS_ROTATED for entry in ledger.entries())
        after = left.looked_at()
        assert seen[0] == after[0]
        assert after[0] in (old, new)
        assert seen[1].equals(after[1])
        assert seen[2] == after[2] == 2
        assert rotations == (after[0] == new)
        assert not [name for name in left.content() if "coming" in name or "rotation" in name]
        content = left.content()
        if after[0] == new:
            assert not any(old.master.encode() in one for one in content.values())
        assert [frame.height for frame in left.judged()] == [2, 2]
        assert left.run() == before
        found.append(after[0] == new)
    # There is one moment from which on it counts.
    assert found == sorted(found)
    assert 3 < sum(found) < len(found) - 3


def test_keys_register_and_answers_of_different_times_are_not_mixed(town: Town) -> None:
    files = {
        name: town.places.identified / name
        for name in ("keys/master.key", "vault/register.sqlite", "vault/judgements.sqlite")
    }
    old = {name: file.read_bytes() for name, file in files.items()}
    town.rotate()
    new = {name: file.read_bytes() for name, file in files.items()}
    refused = {
        "keys/master.key": EarlierKeysError,
        "vault/register.sqlite": KeyFileError,
        "vault/judgements.sqlite": JudgementsError,
    }
    for name, error in refused.items():
        files[name].write_bytes(old[name])
        with pytest.raises(error):
            town.looked_at()
        files[name].write_bytes(new[name])
    earlier = town.places.earlier_keys
    told = earlier.read_text()
    earlier.unlink()
    with pytest.raises(KeyFileError, match="another master key"):
        town.looked_at()
    with town.ledger() as ledger, pytest.raises(EarlierKeysError, match="1 rotations"):
        rotation.check_lineage(open_keys(town.places), ledger)
    for damage in ("", "{", "[]", "{}", told.replace("a", "b"), json.dumps({"earlier": [], "seal": "x"})):
        earlier.write_text(damage)
        earlier.chmod(0o600)
        with pytest.raises(EarlierKeysError):
            town.looked_at()
    earlier.write_text(told)
    earlier.chmod(0o640)
    with pytest.raises(KeyFileError, match="open to other users"):
        town.looked_at()
    earlier.chmod(0o600)
    town.looked_at()


def test_a_key_that_was_rotated_away_does_not_come_back(town: Town) -> None:
    before = town.content()
    kept = town.places.data.with_name("kept")
    shutil.copytree(town.places.identified, kept)
    with town.ledger() as ledger:
        open_known_keys(town.places, ledger)
    town.rotate()
    with town.ledger() as ledger:
        open_known_keys(town.places, ledger)
    shutil.rmtree(town.places.identified)
    shutil.copytree(kept, town.places.identified)
    assert town.content() == before
    town.looked_at()
    with town.ledger() as ledger, pytest.raises(EarlierKeysError, match="1 rotations"):
        open_known_keys(town.places, ledger)


def test_a_key_of_a_rotation_that_the_log_knows_nothing_of_is_refused(town: Town) -> None:
    kept = town.places.ledger.with_name("kept")
    shutil.copy(town.places.ledger, kept)
    town.rotate()
    shutil.copy(kept, town.places.ledger)
    with town.ledger() as ledger, pytest.raises(EarlierKeysError, match="0 rotations"):
        open_known_keys(town.places, ledger)


def test_a_rotation_that_could_not_finish_is_none(town: Town) -> None:
    master = town.places.master_key
    elsewhere = town.places.data / "elsewhere.key"
    master.rename(elsewhere)
    master.symlink_to(elsewhere)
    before = town.content()
    with pytest.raises(DataFolderError, match="is a link"):
        town.rotate()
    assert town.content() == before
    master.unlink()
    elsewhere.rename(master)
    # What its owner has closed against writing is opened again.
    master.chmod(0o400)
    old = open_keys(town.places)
    town.rotate()
    assert open_keys(town.places) != old


def test_a_file_that_cannot_be_written_stops_a_rotation_before_it_counts(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = town.content()
    opened = Path.open

    def refused(self: Path, mode: str = "r", *further: object, **named: object) -> object:
        if self == town.places.master_key and mode == "r+b":
            raise PermissionError(1, "Operation not permitted")
        return opened(self, mode, *further, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refused)
        with pytest.raises(DataFolderError, match="Nothing was changed"):
            town.rotate()
    assert town.content() == before


def test_what_comes_last_may_still_refuse(town: Town) -> None:
    before = town.content()
    with town.ledger() as ledger, pytest.raises(DualControlError):
        rotate(town.places, ledger, by="officer", detail={}, last=_refused)
    assert town.content() == before
    with town.ledger() as ledger:
        (town.places.review).mkdir(parents=True)
        (town.places.review / "review.csv").write_text("pair,answer,note\nq-1,same,\n")
        # Not asked at all where there is something else in the way.
        with pytest.raises(RotationError):
            rotate(town.places, ledger, by="officer", detail={}, last=_refused)


def _refused() -> None:
    raise DualControlError("confirmed already")


def test_answers_that_wait_are_taken_in_first(town: Town) -> None:
    file = town.places.review / "review.csv"
    file.parent.mkdir(parents=True)
    before = town.content()
    for text in ("pair,answer,note\nq-1,same,\n", "no such table"):
        file.write_text(text)
        with pytest.raises(RotationError, match="python -m pipelines review"):
            town.rotate()
        file.unlink()
        assert town.content() == before
    file.write_text("pair,answer,note\nq-1,,look again\n")
    town.rotate()


def test_a_rotation_that_would_lose_something_is_none(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    before = town.content()
    further = Keys.hashed_on

    def two_become_one(self: Keys, kind: str, tokens: pl.Series) -> pl.DataFrame:
        found = further(self, kind, tokens)
        return found.with_columns(hash=pl.col("hash").first())

    for lossy in (two_become_one, lambda _self, _kind, tokens: further(_self, _kind, tokens).head(1)):
        monkeypatch.setattr(Keys, "hashed_on", lossy)
        with pytest.raises(RotationError, match="would have lost"):
            town.rotate()
        assert town.content() == before
    monkeypatch.setattr(Keys, "hashed_on", further)
    town.rotate()


@pytest.mark.parametrize("where", ["write_key", "_write_closed", "commit"])
def test_a_full_disk_changes_nothing(town: Town, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    before = town.content()

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rotation, where, full)
    with pytest.raises(DataFolderError, match="Nothing was changed"):
        town.rotate()
    monkeypatch.undo()
    assert town.content() == before
    assert town.rotate().answers == 2


@pytest.mark.parametrize("where", ["wipe", "replace"])
def test_a_disk_that_fails_once_the_new_key_counts_only_delays(
    town: Town, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    before = town.run()
    old = open_keys(town.places)

    def broken(*_arguments: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(rotation, where, broken)
        with pytest.raises(DataFolderError, match="what was begun goes on"):
            town.rotate()
    assert open_keys(town.places) != old
    assert town.run() == before
    assert not rotation_journal(town.places).exists()


def test_a_journal_that_nobody_can_read_stops_everything(town: Town) -> None:
    rotation_journal(town.places).write_text("{ half")
    with pytest.raises(RotationError, match="damaged"):
        town.rotate()
    with town.ledger() as ledger, pytest.raises(RotationError, match="interrupted"):
        list(verify_keys(town.places, ledger))


def test_a_ledger_that_cannot_be_written_leaves_the_rotation_to_be_finished(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object, **_named: object) -> int:
        raise LedgerError("broken")

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "record", broken)
        with pytest.raises(LedgerError):
            town.rotate()
    with town.ledger() as ledger:
        finish_rotation(town.places, ledger)
        finish_rotation(town.places, ledger)
        assert sum(entry.event == Event.KEYS_ROTATED for entry in ledger.entries()) == 1
    town.looked_at()


def test_before_the_first_run_there_is_only_a_key_to_rotate(tmp_path: Path) -> None:
    bare = Town(tmp_path / "data")
    bare.begin()
    old = open_keys(bare.places)
    done = bare.rotate()
    assert (done.people, done.hashes, done.answers) == (0, 0, 0)
    assert open_keys(bare.places).master != old.master
    assert len(bare.run()) == 5
