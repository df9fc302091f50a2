"""Files of returns and exports: given as the ledger knows them, to whom they are for, as long as they are theirs."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evidence import export_acts, return_files, returns
from evidence.access import Who
from evidence.desk import Desk
from evidence.evidence import Evidence
from ledger import Event
from release.places import Places
from tests.asking import Answer
from tests.fakes import FakeContents, catalogue, visitor
from tests.functional.test_downloads import Served
from tests.functional.test_research_page import PACKAGE, asked, begun, prepared, released
from tests.made_returns import FILES, PERIOD, TABLE, drawn_up, submitted, write_template

COOKIES = {"officer": "outcome-lens-returns-officer", "researcher": "outcome-lens-researcher"}


class Fetching(Served):
    """The route, and people of a role who are offered what lies in the outbox."""

    def signed_in(self, name: str, role: str) -> tuple[Evidence, Who, dict[str, str]]:
        who, cookies = self.signs_in({"email": name, "roles": [f"outcome-lens-{role.replace('_', '-')}"]})
        return Evidence(FakeContents(), catalogue(), self.store.desk).seen_by(who), who, cookies

    def files_of_return(
        self, number: int, name: str = "officer", role: str = "returns_officer"
    ) -> dict[str, Answer]:
        """What somebody gets who follows every link that they are offered to the files of a return."""
        evidence, who, cookies = self.signed_in(name, role)
        template = returns.known(evidence).templates["progress"]
        found = returns.seen(evidence, template, PERIOD, number)
        assert found.version is not None
        offered = return_files.offered(evidence, who, found, found.version, TABLE)
        return {one.label: self.ask(one.path or "", cookies) for one in offered.files} if offered else {}

    def package(self, number: int) -> tuple[str | None, dict[str, str]]:
        """Where the author of an export is led, and their cookies."""
        evidence, who, cookies = self.signed_in("researcher", "researcher")
        export = self.store.desk.ledger.exports.standing(number)
        return export_acts.fetchable(evidence, who, export), cookies

    @property
    def outbox(self) -> Path:
        return self.store.places.outbox

    def refusals(self) -> list[dict[str, object]]:
        entries = self.store.desk.ledger.entries()
        return [dict(one.detail) for one in entries if one.event == Event.DOWNLOAD_REFUSED]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Fetching]:
    write_template(tmp_path)
    made = Fetching(tmp_path, provider=True)
    yield made
    made.store.desk.close()


def test_the_files_of_a_return_are_given_and_written_down(served: Fetching) -> None:
    number = submitted(served.store.desk)
    got = served.files_of_return(number)
    assert {one.status for one in got.values()} == {200}
    assert got["Spreadsheet (XLSX)"].content == FILES["progress.xlsx"]
    assert got["This table (CSV)"].content == FILES[f"progress-{TABLE}.csv"]
    packed = zipfile.ZipFile(io.BytesIO(got["All of its files (ZIP)"].content))
    inside = {name.removeprefix(f"return-{number:06d}-"): packed.read(name) for name in packed.namelist()}
    assert inside == FILES
    taken = [one for one in served.store.desk.ledger.entries() if one.event == Event.DOWNLOAD]
    assert len(taken) == len(got)
    # The same at every time.
    assert served.files_of_return(number)["All of its files (ZIP)"].content == packed.fp.getvalue()  # type: ignore[union-attr]


@pytest.mark.parametrize("harm", ["changed", "gone", "linked", "emptied"])
def test_a_file_that_is_not_what_was_signed_is_not_given(served: Fetching, tmp_path: Path, harm: str) -> None:
    number = submitted(served.store.desk)
    name = f"return-{number:06d}-progress.xlsx"
    evidence, who, cookies = served.signed_in("officer", "returns_officer")
    template = returns.known(evidence).templates["progress"]
    found = returns.seen(evidence, template, PERIOD, number)
    assert found.version is not None
    offered = return_files.offered(evidence, who, found, found.version, "")
    assert offered is not None
    file = served.outbox / name
    if harm == "changed":
        file.write_bytes(FILES["progress.xlsx"][:-1] + b"X")
    elif harm == "emptied":
        file.write_bytes(b"")
    else:
        file.unlink()
    if harm == "linked":
        elsewhere = tmp_path / "elsewhere"
        elsewhere.write_bytes(FILES["progress.xlsx"])
        file.symlink_to(elsewhere)
    for one in offered.files:
        answer = served.ask(one.path or "", cookies)
        held = one.label in ("Spreadsheet (XLSX)", "All of its files (ZIP)")
        assert answer.status == (410 if held else 200), one.label
        if held:
            assert "Reference" in answer.text
            assert FILES["progress.xlsx"][:8] not in answer.content
            assert str(tmp_path) not in answer.text
    assert {str(one["file"]) for one in served.refusals()} == {name, f"return-{number:06d}-progress.zip"}
    assert len(served.refusals()) == 2


def test_a_draft_is_for_those_who_work_on_it_and_a_withdrawn_one_for_nobody(served: Fetching) -> None:
    number = drawn_up(served.store.desk)
    assert served.files_of_return(number)["Spreadsheet (XLSX)"].status == 200
    # A link from before it was withdrawn is of no use afterwards.
    evidence, who, cookies = served.signed_in("officer", "returns_officer")
    found = returns.seen(evidence, returns.known(evidence).templates["progress"], PERIOD, number)
    assert found.version is not None
    offered = return_files.offered(evidence, who, found, found.version, "")
    assert offered is not None
    served.store.desk.ledger.returns.withdraw(number, "a mistake", by="officer", role="returns_officer")
    assert {served.ask(one.path or "", cookies).status for one in offered.files} == {410}
    assert served.files_of_return(number) == {}


def test_a_package_is_given_to_its_author_until_the_project_ends(served: Fetching) -> None:
    desk = served.store.desk
    project = begun(desk)
    number = asked(desk, project)
    assert served.package(number)[0] is None
    prepared(desk, number)
    for name in ("checker", "colleague"):
        assert served.package(number)[0] is None
        desk.ledger.exports.decide(number, "approve", "safe", by=name, role="output_checker")
    # Approved, and laid there by somebody else than the worker: it is not given before it was handed out.
    served.outbox.mkdir(exist_ok=True)
    (served.outbox / f"export-{number:06d}.zip").write_bytes(PACKAGE)
    assert served.package(number)[0] is None
    released(desk, number)
    path, cookies = served.package(number)
    assert path is not None
    assert served.ask(path, cookies).content == PACKAGE
    rival, rivals = served.signed_in("rival", "researcher")[1:]
    assert rival.name == "rival"
    assert served.ask(path, rivals).status == 404
    (served.outbox / f"export-{number:06d}.zip").write_bytes(PACKAGE + b" ")
    assert served.ask(path, cookies).status == 410
    (served.outbox / f"export-{number:06d}.zip").write_bytes(PACKAGE)
    desk.ledger.projects.end(project, "it is done", by="researcher", role="researcher")
    answer = served.ask(path, cookies)
    assert (answer.status, PACKAGE in answer.content) == (410, False)
    assert "is over" in answer.text
    assert served.package(number)[0] is None


@pytest.mark.parametrize("role", ["output_checker", "data_protection_officer", "auditor", "manager"])
def test_no_other_role_is_led_to_a_package_even_of_its_own(tmp_path: Path, role: str) -> None:
    desk = Desk(Places(tmp_path))
    desk.offers.served = True
    number = asked(desk, begun(desk))
    prepared(desk, number)
    for name in ("checker", "colleague"):
        desk.ledger.exports.decide(number, "approve", "safe", by=name, role="output_checker")
    released(desk, number)
    who = replace(visitor(role), name="researcher", session="s")
    evidence = Evidence(FakeContents(), catalogue(), desk).seen_by(who)
    assert export_acts.fetchable(evidence, who, desk.ledger.exports.standing(number)) is None
    desk.close()
