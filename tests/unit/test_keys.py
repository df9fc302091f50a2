"""Projects and their keys, what takes two, and the end of a key."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import release.projects as projects_
from ledger import DualControlError, Event, Ledger, LedgerError, open_ledger, store
from pipelines.dual_control import Act, agreed, read_dual_control
from pipelines.holding import destroy_keys, keys_there
from pipelines.keys import make_keys, open_keys
from release.errors import DataFolderError, KeyFileError, ProjectKeyError, SettingsError
from release.keys import destroy_key, read_key, wipe
from release.places import PROJECT, Places
from release.projects import destroy_project, half_destroyed, make_project, open_project, projects

TODAY = date(2026, 11, 22)
LATER = TODAY + timedelta(days=30)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "data")


def new(places: Places, name: str = "evaluation", **other: object) -> projects_.Project:
    told = {"purpose": "what helps", "until": LATER, "today": TODAY, **other}
    return make_project(places, name, **told)


class TestProjects:
    def test_each_has_a_key_of_its_own(self, places: Places) -> None:
        made = [new(places, name) for name in ("one", "two")]
        assert projects(places) == made
        keys = [open_project(places, name, today=TODAY) for name in ("one", "two")]
        assert keys[0] != keys[1]
        assert made[0].fingerprint != made[1].fingerprint
        for file in places.projects.iterdir():
            assert file.stat().st_mode & 0o077 == 0
        assert not any(key in file.read_text() for key in keys for file in places.projects.glob("*.json"))

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": "../../etc/passwd"},
            {"name": "A"},
            {"name": "x"},
            {"name": "a.key"},
            {"name": "a" * 41},
            {"name": "a\n"},
            {"until": TODAY - timedelta(days=1)},
            {"purpose": " \n"},
            {"purpose": "x" * 201},
            {"purpose": "a \x1b[2J b"},
            {"purpose": "a \u202e b"},
        ],
    )
    def test_what_will_not_do_is_refused(self, places: Places, wrong: dict[str, object]) -> None:
        with pytest.raises(ProjectKeyError):
            new(places, **wrong)
        assert not places.projects.exists()

    def test_it_ends_on_its_day(self, places: Places) -> None:
        new(places)
        open_project(places, "evaluation", today=LATER)
        with pytest.raises(ProjectKeyError, match="ended"):
            open_project(places, "evaluation", today=LATER + timedelta(days=1))

    def test_a_destroyed_key_is_gone_and_its_name_is_never_used_again(self, places: Places) -> None:
        new(places)
        key = open_project(places, "evaluation", today=TODAY)
        gone = destroy_project(places, "evaluation", today=TODAY)
        assert gone.destroyed == TODAY
        assert not any(key in file.read_text() for file in places.projects.iterdir())
        assert [file.name for file in places.projects.iterdir()] == ["evaluation.json"]
        for act in (
            lambda: open_project(places, "evaluation", today=TODAY),
            lambda: destroy_project(places, "evaluation", today=TODAY),
            lambda: new(places),
        ):
            with pytest.raises(ProjectKeyError):
                act()
        # Nor where the word about it is lost, and the audit log has it.
        (places.projects / "evaluation.json").unlink()
        with pytest.raises(ProjectKeyError, match="No name is used twice"):
            new(places, used={"evaluation"})

    def test_one_that_was_interrupted_is_finished(
        self, places: Places, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        new(places)
        with monkeypatch.context() as patch:
            patch.setattr(projects_, "destroy_key", lambda _file: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                destroy_project(places, "evaluation", today=TODAY)
        assert half_destroyed(places) == ["evaluation"]
        with pytest.raises(ProjectKeyError, match="destroyed on"):
            open_project(places, "evaluation", today=TODAY)
        # The day is that on which it was decided.
        assert destroy_project(places, "evaluation", today=LATER).destroyed == TODAY
        assert half_destroyed(places) == []
        with monkeypatch.context() as patch:
            patch.setattr(projects_, "_keep", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                new(places, "another")
        assert [one.name for one in projects(places)] == ["evaluation"]
        new(places, "another")
        open_project(places, "another", today=TODAY)

    def test_a_file_that_is_not_what_it_should_be_is_refused(self, places: Places) -> None:
        new(places, "one")
        new(places, "two")
        about = places.projects / "one.json"
        told = about.read_text()
        for damage in ("", "{", "[]", "{}", told.replace("one", "two"), told.replace("2026", "now")):
            about.write_text(damage)
            with pytest.raises(ProjectKeyError, match="damaged"):
                open_project(places, "one", today=TODAY)
        about.write_text(told)
        (places.projects / "one.key").write_text((places.projects / "two.key").read_text())
        with pytest.raises(ProjectKeyError, match="not the one"):
            open_project(places, "one", today=TODAY)
        (places.projects / "one.key").chmod(0o644)
        with pytest.raises(KeyFileError, match="open to other users"):
            open_project(places, "one", today=TODAY)
        with pytest.raises(ProjectKeyError, match="no such project"):
            open_project(places, "three", today=TODAY)

    def test_a_folder_that_cannot_be_written(self, places: Places) -> None:
        places.projects.parent.mkdir(parents=True)
        places.projects.write_text("no folder")
        with pytest.raises(DataFolderError):
            new(places)


def test_a_wiped_file_holds_nothing_of_what_it_held(tmp_path: Path) -> None:
    file = tmp_path / "a.key"
    file.write_text("ab" * 32 + "\n")
    wipe(file)
    assert file.read_bytes() == bytes(65)
    destroy_key(file)
    assert not file.exists()
    destroy_key(file)


def test_all_keys_are_destroyed(places: Places) -> None:
    make_keys(places)
    new(places)
    kept = [*open_keys(places).__dict__.values()][:3]
    assert keys_there(places) == ["master", "record", "protected"]
    destroy_keys(places, today=TODAY)
    files = [file.read_text() for file in places.data.rglob("*") if file.is_file()]
    assert not any(key in text for key in kept for text in files)
    assert [one.destroyed for one in projects(places)] == [TODAY]
    with pytest.raises(KeyFileError):
        read_key(places.master_key)
    with pytest.raises(KeyFileError, match="no keys"):
        keys_there(places)
    # Where it was interrupted, it is done again.
    destroy_keys(places, today=TODAY)


def test_all_keys_are_destroyed_whatever_is_said_about_projects(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_keys(places)
    for name in ("damaged", "lost", "whole"):
        new(places, name)
    (places.projects / "damaged.json").write_text("{")
    (places.projects / "lost.json").unlink()
    with monkeypatch.context() as patch:
        patch.setattr(projects_, "destroy_key", lambda _file: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            destroy_keys(places, today=TODAY)
    # The data folder's own go first, and what is left is still found.
    assert {file.parent for file in places.data.rglob("*.key")} == {places.projects}
    assert keys_there(places) == []
    destroy_keys(places, today=TODAY)
    assert not [*places.data.rglob("*.key")]
    with pytest.raises(ProjectKeyError, match="No name is used twice"):
        new(places, "damaged")
    (places.projects / "damaged.json").unlink()
    stuck = places.projects / "no file.key"
    stuck.mkdir()
    with pytest.raises(DataFolderError, match="Mend that"):
        destroy_keys(places, today=TODAY)
    stuck.rmdir()
    assert [(one.name, one.destroyed) for one in projects(places)] == [("whole", TODAY)]


class TestDualControl:
    @pytest.fixture
    def ledger(self, places: Places):
        with closing(open_ledger(places.ledger)) as ledger:
            yield ledger

    def configure(self, places: Places, text: str) -> None:
        (places.data / "keys.toml").write_text(text)

    def ask(self, places: Places, ledger: Ledger, by: str, confirm: int | None = None, **other: object):
        told = {"act": Act.ROTATE, "facts": {"key": "1234"}, "reason": "a leak", **other}
        act = told.pop("act")
        found = agreed(places, ledger, act, by=by, confirm=confirm, **told)
        found.take(ledger)
        return found

    def test_what_is_shipped_takes_one(self, places: Places, ledger: Ledger) -> None:
        assert read_dual_control(PROJECT / "data" / "keys.toml").acts == frozenset()
        done = self.ask(places, ledger, "ann")
        assert done.request is None
        assert done.detail == {"reason": "a leak"}
        assert ledger.entries() == []
        with pytest.raises(DualControlError, match="takes one"):
            self.ask(places, ledger, "bea", confirm=1)

    def test_one_asks_and_another_confirms_once(self, places: Places, ledger: Ledger) -> None:
        self.configure(places, "[dual_control]\nrotate = true\n")
        asked = self.ask(places, ledger, "ann")
        assert asked.request == 2
        with pytest.raises(DualControlError, match="by this account"):
            self.ask(places, ledger, "ann", confirm=2)
        for other in ({"facts": {"key": "5678"}}, {"facts": {}}):
            with pytest.raises(DualControlError, match="Nobody asked"):
                self.ask(places, ledger, "bea", confirm=2, **other)
        for number in (0, 1, 3, -1):
            with pytest.raises(DualControlError, match="Nobody asked"):
                self.ask(places, ledger, "bea", confirm=number)
        done = self.ask(places, ledger, "bea", confirm=2, reason="")
        assert done.detail == {"reason": "a leak", "request": 2}
        for account in ("bea", "cat"):
            with pytest.raises(DualControlError, match="confirmed already"):
                self.ask(places, ledger, account, confirm=2)
        assert [(entry.event, entry.actor) for entry in ledger.entries()] == [
            (Event.DUAL_CONTROL_SET, "ann"),
            (Event.APPROVAL_ASKED, "ann"),
            (Event.APPROVAL_GIVEN, "bea"),
        ]
        assert ledger.verify() == 3

    def test_a_request_is_used_up_by_the_act_alone(self, places: Places, ledger: Ledger) -> None:
        self.configure(places, "[dual_control]\nrotate = true\n")
        told = {"facts": {}, "reason": "a leak"}
        number = agreed(places, ledger, Act.ROTATE, by="ann", confirm=None, **told).request
        both = [
            agreed(places, ledger, Act.ROTATE, by=by, confirm=number, **told) for by in ("bea", "bea", "cat")
        ]
        assert Event.APPROVAL_GIVEN not in [one.event for one in ledger.entries()]
        both[2].take(ledger)
        for late in both:
            with pytest.raises(DualControlError, match="confirmed already"):
                late.take(ledger)
        assert [one.event for one in ledger.entries()].count(Event.APPROVAL_GIVEN) == 1

    def test_a_forged_request_is_none(self, places: Places, ledger: Ledger) -> None:
        self.configure(places, "[dual_control]\nrotate = true\n")
        self.ask(places, ledger, "bea")
        (first,) = (one for one in ledger.entries() if one.event == Event.APPROVAL_ASKED)
        with closing(sqlite3.connect(places.ledger)) as file:
            forged = json.dumps(dict(first.detail), sort_keys=True)
            line = (3, first.at, first.event, "ann", first.role, first.subject, forged, "0" * 64, "1" * 64)
            file.execute("DROP TRIGGER audit_in_order")
            file.execute(f"INSERT INTO audit VALUES ({', '.join('?' * len(line))})", line)
            file.commit()
        with pytest.raises(LedgerError, match="line 3"):
            self.ask(places, ledger, "bea", confirm=3)
        assert len(ledger.entries()) == 3

    def test_what_takes_two_is_written_down_when_it_changes(self, places: Places, ledger: Ledger) -> None:
        on, off = "[dual_control]\nproject = true\n", "[dual_control]\n"
        for text in (off, on, on, off, off, on):
            self.configure(places, text)
            self.ask(places, ledger, "ann")
        told = [one.detail["acts"] for one in ledger.entries() if one.event == Event.DUAL_CONTROL_SET]
        assert told == [["project"], [], ["project"]]

    def test_a_folder_of_links_into_another_is_refused(
        self, places: Places, ledger: Ledger, tmp_path: Path
    ) -> None:
        make_keys(places)
        (places.releases / "2024-10-31-001").mkdir(parents=True)
        other = Places(tmp_path / "other")
        for room in ("identified", "identified/keys", "protected", "releases", "releases/2024-10-31-001"):
            link = other.data / room
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(places.data / room)
            with pytest.raises(DataFolderError, match="a link out of"):
                self.ask(other, ledger, "ann")
            link.unlink()
        # A link within is nobody else's.
        (other.data / "elsewhere").mkdir()
        (other.data / "identified" / "vault").symlink_to(other.data / "elsewhere")
        self.ask(other, ledger, "ann")

    def test_releases_that_the_log_knows_nothing_of_are_refused(self, places: Places, ledger: Ledger) -> None:
        name = "2024-10-31-001"
        (places.releases / name).mkdir(parents=True)
        (places.releases / name / "manifest.json").touch()
        with pytest.raises(DataFolderError, match="nothing of 1 releases"):
            self.ask(places, ledger, "ann")
        ledger.record(Event.RELEASE_PUBLISHED, actor="a", role="r", subject=name)
        self.ask(places, ledger, "ann")

    def test_a_request_for_one_thing_is_none_for_another(self, places: Places, ledger: Ledger) -> None:
        self.configure(places, "[dual_control]\nrotate = true\ndestroy = true\n")
        self.ask(places, ledger, "ann")
        with pytest.raises(DualControlError, match="Nobody asked"):
            self.ask(places, ledger, "bea", confirm=1, act=Act.DESTROY)
        # Nor is any other line of the log a request.
        number = ledger.record(Event.KEYS_MADE, actor="ann", role="r", subject=Act.ROTATE)
        with pytest.raises(DualControlError, match="Nobody asked"):
            self.ask(places, ledger, "bea", confirm=number)

    def test_a_request_lapses(self, places: Places, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
        self.configure(places, "[dual_control]\nrotate = true\ndays = 3\n")
        now = store.now
        for age, lapsed in ((4, True), (2, False)):
            with monkeypatch.context() as patch:
                then = datetime.now(UTC) - timedelta(days=age)
                patch.setattr(store, "now", lambda then=then: then.isoformat(timespec="seconds"))
                number = self.ask(places, ledger, "ann").request
            assert store.now is now
            if lapsed:
                with pytest.raises(DualControlError, match="3 days old"):
                    self.ask(places, ledger, "bea", confirm=number)
            else:
                assert self.ask(places, ledger, "bea", confirm=number).confirmed == number

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "dual_control = true",
            "[dual_control]\nrotate = 1",
            "[dual_control]\nrotat = true",
            "[dual_control]\ndays = 0",
            "[dual_control]\ndays = true",
            "[dual_control]\ndays = 366",
            "[dual_control]\nrotate = true\n[other]\n",
            "[dual_control",
        ],
    )
    def test_settings_with_a_mistake_stop_it(self, places: Places, ledger: Ledger, text: str) -> None:
        self.configure(places, text)
        with pytest.raises(SettingsError, match=r"keys\.toml"):
            self.ask(places, ledger, "ann")
        assert ledger.entries() == []
