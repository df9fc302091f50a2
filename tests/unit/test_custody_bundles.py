"""The bundle of a window: the same bytes each time, and whatever is changed in it afterwards is found."""

import csv
import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from custody.bundles import check_bundle, zipped
from custody.errors import BundleError
from custody.worker import answer
from ledger import Judged, Ledger, Verdict, open_ledger
from release.places import Places
from tests.small_release import FRAMEWORK, NAME, made

OFFICER: dict[str, Any] = {"by": "officer", "role": "returns_officer", "release": NAME}
AUDITOR: dict[str, Any] = {"by": "auditor", "role": "auditor", "release": NAME}


def bundle(places: Places, ledger: Ledger) -> Path:
    done = answer(places, ledger, ledger.ask("window_bundle", subject="1", **AUDITOR))
    assert done.refusal is None
    (file,) = done.files
    return file


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose window failed its audit, was enlarged, and signed; and its bundle."""
    places = made(tmp_path_factory.mktemp("small"))
    with closing(open_ledger(places)) as ledger:
        claims, subject = ledger.claims, f"{FRAMEWORK}/2024-25-Q3"
        answer(places, ledger, ledger.ask("open_window", subject=subject, **OFFICER))
        first = [one.number for one in claims.standings() if one.drawn]
        drawn = [one.number for one in claims.standings() if one.drawn]
        claims.judge(
            {
                one: Judged(Verdict.STRUCK_OUT if one == first[0] else Verdict.UPHELD, "looked at")
                for one in drawn
            },
            **AUDITOR,
        )
        answer(places, ledger, ledger.ask("enlarge_sample", subject="1", **OFFICER))
        more = [one.number for one in claims.standings() if one.drawn and one.number not in drawn]
        while more:
            claims.judge({one: Judged(Verdict.UPHELD, "looked at") for one in more}, **AUDITOR)
            if claims.sample(1).more == 0:
                break
            answer(places, ledger, ledger.ask("enlarge_sample", subject="1", **OFFICER))
            more = [one.number for one in claims.standings(step="selected_for_audit")]
        claims.sign(1, by="signer", role="returns_officer", release=NAME, why="all verdicts are in")
        claims.withdraw([first[1]], why="claimed by mistake", **OFFICER)
        bundle(places, ledger)
    return places.data


@pytest.fixture
def places(audited: Path, tmp_path: Path) -> Places:
    shutil.copytree(audited, tmp_path / "data")
    return Places(tmp_path / "data")


@pytest.fixture
def ledger(places: Places) -> Iterator[Ledger]:
    with closing(open_ledger(places)) as opened:
        yield opened


@pytest.fixture
def made_bundle(places: Places) -> Path:
    (file,) = places.outbox.glob("*-window-000001.zip")
    return file


def files_in(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_what_is_in_it(made_bundle: Path, ledger: Ledger) -> None:
    files = files_in(made_bundle)
    sampled = [one for one in ledger.claims.standings() if one.drawn]
    packs = {f"packs/claim-{one.number:06d}{end}" for one in sampled for end in (".pdf", ".json")}
    assert set(files) == packs | {
        "manifest.json",
        "sample.csv",
        "claims.json",
        "drawings.json",
        "ledger.json",
        "sign-off.json",
        "sign-off.pdf",
    }
    sample = list(csv.DictReader(io.StringIO(files["sample.csv"].decode())))
    assert [int(row["claim"]) for row in sample] == [one.number for one in sampled]
    sign_off = json.loads(files["sign-off.json"])
    assert (sign_off["signed"], sign_off["signed_by"]) == (True, "signer")
    assert sign_off["sample"]["struck_out"] == 1
    events = [line["event"] for line in json.loads(files["ledger.json"])]
    assert events[0] == "window_opened"
    assert events[-2:] == ["window_signed", "claims_withdrawn"]
    manifest = json.loads(files["manifest.json"])
    assert manifest["files"] == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name != "manifest.json"
    }


def test_the_sign_off_can_be_read(made_bundle: Path) -> None:
    reader = PdfReader(io.BytesIO(files_in(made_bundle)["sign-off.pdf"]))
    words = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for said in (
        "Sign-off of the window 2024-25-Q3",
        "A small contract, version 3",
        "of which 1 struck out",
        "with 95% confidence between",
        "Window signed",
        "all verdicts are in",
        "claimed by mistake",
        "Audited, struck out",
    ):
        assert said in words
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] == True  # type: ignore[index]  # noqa: E712
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"  # type: ignore[index]


def test_the_same_window_gives_the_same_bytes(places: Places, ledger: Ledger, made_bundle: Path) -> None:
    assert bundle(places, ledger).read_bytes() == made_bundle.read_bytes()


def test_an_act_makes_another_bundle(places: Places, ledger: Ledger, made_bundle: Path) -> None:
    ledger.claims.submit(1, by="submitter", role="returns_officer", release=NAME)
    assert bundle(places, ledger).read_bytes() != made_bundle.read_bytes()


def test_a_whole_bundle_is_found_whole(made_bundle: Path, ledger: Ledger) -> None:
    checked = check_bundle(made_bundle, ledger)
    assert checked.window == "small-contract, 2024-25-Q3"
    assert checked.packs == sum(bool(one.drawn) for one in ledger.claims.standings())
    assert checked.drawings == len(ledger.claims.drawings(1)) >= 2
    assert checked.lines == len(ledger.claims.acts(1))
    assert checked.made.startswith("made by auditor (auditor) on ")
    alone = check_bundle(made_bundle)
    assert (alone.made, alone.sha256) == ("", hashlib.sha256(made_bundle.read_bytes()).hexdigest())


@pytest.mark.parametrize("add", [lambda whole: b"#!/bin/sh\n" + whole, lambda whole: whole + b"\0"])
def test_bytes_beside_the_files_are_found(
    made_bundle: Path, tmp_path: Path, add: Callable[[bytes], bytes]
) -> None:
    forged = tmp_path / "forged.zip"
    forged.write_bytes(add(made_bundle.read_bytes()))
    with pytest.raises(BundleError):
        check_bundle(forged)


def _with_manifest(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files with a manifest that fits them: what somebody would do who wants a change not to be seen."""
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name != "manifest.json"
    }
    return {**files, "manifest.json": json.dumps(manifest).encode()}


def _changed(name: str, change: Callable[[Any], None]) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    def made(files: dict[str, bytes]) -> dict[str, bytes]:
        content = json.loads(files[name])
        change(content)
        return _with_manifest({**files, name: json.dumps(content).encode()})

    return made


def _other_claim(drawings: list[dict[str, Any]]) -> None:
    drawings[0]["claims"] = drawings[1]["claims"]


def _heavy(claims: list[dict[str, Any]]) -> None:
    for one in claims:
        one.update(weight=10**9)


CHANGES: dict[str, tuple[Callable[[dict[str, bytes]], dict[str, bytes]], str]] = {
    "a pack": (lambda files: {**files, "sample.csv": files["sample.csv"] + b"\n"}, "sample.csv was changed"),
    "a file more": (lambda files: {**files, "more.txt": b""}, "more.txt was added"),
    "a file less": (
        lambda files: {name: content for name, content in files.items() if name != "sample.csv"},
        "sample.csv is missing",
    ),
    "no manifest": (
        lambda files: {name: content for name, content in files.items() if name != "manifest.json"},
        "no bundle of a window",
    ),
    "a manifest of nothing": (lambda files: {**files, "manifest.json": b"[]"}, "no bundle of a window"),
    "a manifest too deep": (
        lambda files: {**files, "manifest.json": b"[" * 100_000},
        "no bundle of a window",
    ),
    "who signed": (
        _changed("ledger.json", lambda lines: lines[-1].update(actor="somebody else")),
        "of the ledger in it was changed",
    ),
    "a line that is none": (
        _changed("ledger.json", lambda lines: lines[-1].pop("previous")),
        "cannot be read",
    ),
    "no drawing": (
        _changed("drawings.json", lambda drawings: drawings.clear()),
        "another number of drawings",
    ),
    "no line": (
        _changed("ledger.json", lambda lines: lines.clear()),
        "about a step of its claims is missing",
    ),
    "the line of a step": (
        _changed("claims.json", lambda claims: claims[0]["history"][0].update(digest="0" * 64)),
        "about a step of its claims is missing",
    ),
    "a claim without steps": (
        _changed("claims.json", lambda claims: claims[0].pop("history")),
        "a claim in it cannot be read",
    ),
    "the seed": (
        _changed("drawings.json", lambda drawings: drawings[0].update(seed="chosen")),
        "drawing 1 of the sample does not come out the same",
    ),
    "who was drawn": (_changed("drawings.json", _other_claim), "drawing 1 of the sample does not"),
    "a stratum": (
        _changed("claims.json", lambda claims: claims[-1].update(stratum="elsewhere")),
        "does not come out the same",
    ),
    "a weight that is none": (
        _changed("claims.json", _heavy),
        "does not come out the same",
    ),
    "whole, and known to nobody": (
        lambda files: _with_manifest({**files, "sample.csv": files["sample.csv"] + b"\n"}),
        "The ledger knows no bundle like",
    ),
}


@pytest.mark.parametrize(("change", "said"), CHANGES.values(), ids=CHANGES)
def test_what_was_changed_is_found(
    made_bundle: Path,
    ledger: Ledger,
    tmp_path: Path,
    change: Callable[[dict[str, bytes]], dict[str, bytes]],
    said: str,
) -> None:
    forged = tmp_path / "forged.zip"
    forged.write_bytes(zipped(change(files_in(made_bundle))))
    with pytest.raises(BundleError, match=said):
        check_bundle(forged, ledger)


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"not a zip", b"PK\x05\x06" + bytes(18), bytes(1000)], ids=repr
)
def test_what_is_no_bundle_is_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file.zip"
    file.write_bytes(content)
    with pytest.raises(BundleError):
        check_bundle(file)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no file"):
        check_bundle(tmp_path / "none.zip")


def test_an_archive_that_would_swell_is_not_unpacked(made_bundle: Path, tmp_path: Path) -> None:
    file = tmp_path / "swells.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", bytes(50_000_000))
    with pytest.raises(BundleError, match="packed otherwise"):
        check_bundle(file)


def test_a_byte_changed_anywhere_is_found(made_bundle: Path, ledger: Ledger, tmp_path: Path) -> None:
    whole = made_bundle.read_bytes()
    forged = tmp_path / "forged.zip"
    for place in range(0, len(whole), len(whole) // 40):
        changed = bytearray(whole)
        changed[place] ^= 1
        forged.write_bytes(changed)
        with pytest.raises(BundleError):
            check_bundle(forged, ledger)
