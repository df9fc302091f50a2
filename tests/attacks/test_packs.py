"""Packs hold no identity, and nothing that comes from outside does anything in them."""

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from ahocorasick_rs import BytesAhoCorasick
from pypdf import PdfReader

from custody.worker import answer
from ledger import Judged, Ledger, Verdict, open_ledger
from release.errors import UserError
from release.places import Places
from tests.conftest import SAMPLE
from tests.small_release import CONTRACT, FRAMEWORK, NAME, change, made

HOSTILE = [
    '#panic("x")',
    "] #pagebreak() [",
    '#import "@preview/cetz:0.1.0"',
    '#read("/etc/passwd")',
    "*bold* _slanted_ $x^2$ `raw` <label> @reference",
    "// a comment /* and another",
    "\\u{41} \\ \\n",
    '"], "needs": [], "x": ["',
    "<script>alert(1)</script>",
    "=HYPERLINK(1)",
    "= A heading",
    "- a list",
    "x" * 400,
    "\u202eturned \u0000 \u0007 \ufeff",
    "漢字 🧑‍🧑‍🧒 ﷽",
    "{{ x }} ${x} %s {0}",
    "https://example.org/#read",
]


def words_in(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def streams_in(pdf: bytes) -> Iterator[bytes]:
    """Every stream of a document as it is before it is compressed: its pages, its tags, what it says of itself."""
    reader = PdfReader(io.BytesIO(pdf))
    for number in range(1, len(reader.xref[0]) + len(reader.xref_objStm) + 1):
        one = reader.get_object(number)
        if one is not None and hasattr(one, "get_data"):
            yield one.get_data()


@pytest.fixture(scope="module")
def bundle(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Places:
    """The sample's release with a window, its packs and its bundle in the outbox."""
    data = tmp_path_factory.mktemp("packs") / "data"
    shutil.copytree(sample_data, data)
    places = Places(data)
    with closing(open_ledger(places)) as ledger:
        release = sorted(file.name for file in places.releases.iterdir() if file.is_dir())[-1]
        for kind, role, subject in (
            ("claimable_episodes", "returns_officer", ""),
            ("open_window", "returns_officer", "supporting-families-2022/2024-25-Q3"),
            ("window_bundle", "auditor", "1"),
        ):
            number = ledger.ask(kind, by="x", role=role, release=release, subject=subject)
            assert answer(places, ledger, number).refusal is None
    return places


def test_no_identity_is_in_anything_that_leaves(bundle: Places) -> None:
    """The truth's own list, in plain Python: by word within what is read, by byte within what is stored."""
    identities = (SAMPLE / "truth" / "identities.txt").read_text(encoding="utf-8").split("\n")
    wanted = {identity.lower() for identity in identities if identity}
    longest = max(len(identity.split()) for identity in wanted)
    texts, raw = [], []
    for file in bundle.outbox.iterdir():
        texts.append((file.name, file.name))
        raw.append((file.name, file.read_bytes()))
        if file.suffix == ".csv":
            texts.append((file.name, file.read_text(encoding="utf-8")))
    (archive,) = bundle.outbox.glob("*.zip")
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()
        for name in names:
            content = opened.read(name)
            raw.append((name, content))
            if name.endswith(".pdf"):
                texts.append((name, words_in(content)))
                raw += [(name, stream) for stream in streams_in(content)]
            else:
                texts.append((name, content.decode()))
    assert sum(name.endswith(".pdf") for name in names) == 11
    assert len(raw) > 100
    for name, text in texts:
        plain = text.lower().replace(",", " , ").replace('"', " ")
        assert not _stretches(plain.split(), longest) & wanted, f"an identity is in {name}"
    # Shorter ones are in any random bytes by chance.
    searched = BytesAhoCorasick([identity.encode() for identity in identities if len(identity) >= 6])
    for name, content in raw:
        assert not searched.find_matches_as_indexes(content), f"an identity is in the bytes of {name}"


def _stretches(words: list[str], longest: int) -> set[str]:
    return {
        " ".join(words[first:last]).replace(" ,", ",")
        for first in range(len(words))
        for last in range(first + 1, min(first + longest, len(words)) + 1)
    }


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """A release in which every text that could come from outside is hostile, and a ledger with hostile reasons."""
    places = made(tmp_path_factory.mktemp("small"), authority=" ".join(HOSTILE))
    one = "list_extract(?, 1 + (hash(episode, {}) % ?)::BIGINT)"
    change(
        places,
        f"UPDATE protected.claim_evidence SET value = {one.format('measure')} "
        "WHERE measure NOT IN ('coverage', 'outcome', 'part')",
        HOSTILE,
        len(HOSTILE),
    )
    for column in ("reason", "rule"):
        change(
            places,
            f"UPDATE protected.need SET {column} = {one.format('need_code')}",
            HOSTILE,
            len(HOSTILE),
        )
    change(places, "UPDATE protected.claim_evidence SET extract = value WHERE measure IN ('met', 'spell')")
    return places


@pytest.fixture
def ledger(hostile: Places, tmp_path: Path) -> Iterator[Ledger]:
    shutil.copytree(hostile.data, tmp_path / "data")
    with closing(open_ledger(Places(tmp_path / "data"))) as opened:
        yield opened


def test_hostile_words_are_shown_and_do_nothing(ledger: Ledger, tmp_path: Path) -> None:
    places = Places(tmp_path / "data")
    number = ledger.ask(
        "open_window", by="x", role="returns_officer", release=NAME, subject=f"{FRAMEWORK}/2024-25-Q3"
    )
    assert answer(places, ledger, number).refusal is None
    sampled = [one.number for one in ledger.claims.standings() if one.drawn]
    reason = "".join(letter for letter in " ".join(HOSTILE[:-4]) if letter.isprintable())[:490]
    ledger.claims.judge(
        {one: Judged(Verdict.UPHELD, reason) for one in sampled}, by="#x ] <a>", role="auditor", release=NAME
    )
    seen = set()
    for claim in sampled:
        number = ledger.ask("evidence_pack", by="x", role="auditor", release=NAME, subject=str(claim))
        done = answer(places, ledger, number)
        assert done.refusal is None
        pdf, content = (file.read_bytes() for file in done.files)
        words = words_in(pdf)
        assert '#panic("x") ] #pagebreak() [ #import "@preview/cetz:0.1.0" #read("/etc/passwd")' in words
        assert "root:" not in words
        assert "#x ] <a>" in words
        said = json.loads(content)
        assert said["authority"] == " ".join(HOSTILE)
        assert said["history"][-1]["why"] == reason
        seen |= {fact["value"] for need in said["needs"] for fact in need["facts"]}
        for danger in (b"/JavaScript", b"/JS", b"/Launch", b"/URI", b"/EmbeddedFile", b"/OpenAction"):
            assert danger not in pdf
            assert not any(danger in stream for stream in streams_in(pdf))
        reader = PdfReader(io.BytesIO(pdf))
        assert len(reader.pages) <= 6
        assert reader.metadata is not None
        assert reader.metadata.title == f"Evidence pack for claim {claim}"
    assert seen & set(HOSTILE)


def test_a_framework_cannot_bring_markup(tmp_path: Path) -> None:
    contract = CONTRACT.replace(
        "A child goes missing", "#panic() ] = Heading *x* <y> #read('/etc/passwd')"
    ).replace("A small contract", "#sys.inputs ] $x$")
    places = made(tmp_path, families=4, contract=contract)
    with closing(open_ledger(places)) as ledger:
        for kind, role, subject in (
            ("open_window", "returns_officer", f"{FRAMEWORK}/2024-25-Q3"),
            ("window_bundle", "auditor", "1"),
        ):
            number = ledger.ask(kind, by="x", role=role, release=NAME, subject=subject)
            done = answer(places, ledger, number)
            assert done.refusal is None
    with zipfile.ZipFile(done.files[0]) as archive:
        texts = [words_in(archive.read(name)) for name in archive.namelist() if name.endswith(".pdf")]
    assert any("#panic() ] = Heading *x* <y> #read('/etc/passwd')" in text for text in texts)
    assert all("#sys.inputs ] $x$" in text for text in texts)


@pytest.mark.parametrize(
    "subject", ["../../etc/passwd", "1/../2", "claim-1", "1\n2", "1;", "٣", "1e0", "0x1"]
)
def test_no_request_names_a_file(hostile: Places, tmp_path: Path, subject: str) -> None:
    shutil.copytree(hostile.data, tmp_path / "data")
    places = Places(tmp_path / "data")
    before = {file for file in tmp_path.rglob("*") if "ledger" not in file.parts}
    with closing(open_ledger(places)) as ledger:
        for kind, role in (
            ("evidence_pack", "auditor"),
            ("window_bundle", "auditor"),
            ("enlarge_sample", "auditor"),
            ("open_window", "returns_officer"),
        ):
            try:
                number = ledger.ask(kind, by="x", role=role, release=NAME, subject=subject)
            except UserError:
                continue  # the ledger itself takes printable lines alone
            assert answer(places, ledger, number).files == ()
    after = {file for file in tmp_path.rglob("*") if "ledger" not in file.parts}
    assert {file.name for file in after - before} <= {"worker.lock"}
