"""Evidence packs: for whom, of which claims, what stands in them, and that the same claim gives the same bytes."""

import io
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from custody.worker import MAY_ASK, Done, answer, work_once
from ledger import Event, Ledger, RequestKind, RequestState, open_ledger
from release.places import Places
from tests.small_release import CONTRACT, FRAMEWORK, NAME, change, made

TOKEN = re.compile(r"\b[0-9a-f]{24}\b")


def ask(places: Places, ledger: Ledger, kind: str, subject: str, *, role: str, by: str = "somebody") -> Done:
    return answer(places, ledger, ledger.ask(kind, by=by, role=role, release=NAME, subject=subject))


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose window is open and whose sample is drawn."""
    places = made(tmp_path_factory.mktemp("small"))
    with closing(open_ledger(places)) as ledger:
        ask(places, ledger, "open_window", f"{FRAMEWORK}/2024-25-Q3", role="returns_officer")
    return places.data


@pytest.fixture
def places(opened: Path, tmp_path: Path) -> Places:
    shutil.copytree(opened, tmp_path / "data")
    return Places(tmp_path / "data")


@pytest.fixture
def ledger(places: Places) -> Iterator[Ledger]:
    with closing(open_ledger(places)) as opened:
        yield opened


def a_claim(ledger: Ledger, kind: str, *, drawn: bool = True) -> int:
    """The first claim of a kind in the sample, or out of it."""
    return next(
        one.number for one in ledger.claims.standings() if one.kind == kind and bool(one.drawn) is drawn
    )


def pack(places: Places, ledger: Ledger, claim: int) -> tuple[bytes, dict[str, Any]]:
    """The two files of a pack."""
    done = ask(places, ledger, "evidence_pack", str(claim), role="auditor", by="auditor")
    assert done.refusal is None
    pdf, content = sorted(done.files, key=lambda file: file.suffix, reverse=True)
    return pdf.read_bytes(), json.loads(content.read_bytes())


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_what_stands_in_a_pack(places: Places, ledger: Ledger) -> None:
    claim = a_claim(ledger, "needs_met")
    pdf, content = pack(places, ledger, claim)
    standing = ledger.claims.standing(claim)
    said = words(pdf)
    for words_of_it in (
        f"Evidence pack for claim {claim}",
        "A small contract, version 3",
        "claims made from 1 October 2024 to 31 December 2024",
        "£800",
        "Claimable on 31 October 2024",
        "A child goes missing",
        "no missing episode of whoever it is about for 6 months, on days that the extract covers",
        "Rests on an extract of which few records find their people",
        "Last qualifying record, part 1 On record 5 November 2023",
        "Whole-family assessment Passed",
        "Selected for audit",
        standing.evidence,
        standing.drawn,
    ):
        assert words_of_it in said
    assert [need["code"] for need in content["needs"]] == ["3.1", "3.2"]
    assert content["claim"]["claim_date"]["iso"] == standing.claim_date.isoformat()
    assert [one["step"] for one in content["history"]] == ["claimable", "selected_for_audit"]
    assert {one["name"] for one in content["hashes"]} == {
        "release",
        "framework",
        "evidence",
        "ledger",
        "ledger_at_release",
    }
    records = {fact["record"] for need in content["needs"] for fact in need["facts"]} - {""}
    assert len(records) == 5
    for reference in (*records, content["references"]["episode"], content["references"]["family"]):
        assert reference in said


def test_a_kind_with_a_rule_of_its_own(places: Places, ledger: Ledger) -> None:
    pdf, content = pack(places, ledger, a_claim(ledger, "work"))
    (need,) = content["needs"]
    assert (need["name"], need["about"], need["state"]) == ("In work for four weeks", "Person 1", "sustained")
    assert need["achieved_on"]["iso"] == "2024-07-01"
    assert [fact["measure"] for fact in need["facts"]] == ["spell", "outcome"]
    assert len(content["references"]["people"]) == 1
    assert "What became of the outcome" in words(pdf)
    assert "3.1" not in words(pdf)


def test_the_document_is_accessible(places: Places, ledger: Ledger) -> None:
    claim = a_claim(ledger, "needs_met")
    pdf, content = pack(places, ledger, claim)
    reader = PdfReader(io.BytesIO(pdf))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712  a value of the library's own
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert reader.metadata is not None
    assert reader.metadata.title == f"Evidence pack for claim {claim}"
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    kinds, texts = _structure(root["/StructTreeRoot"])
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure"} <= kinds
    assert content["timelines"][0]["words"] in texts
    for page in reader.pages:
        width, height = (float(side) / 72 * 25.4 for side in page.mediabox[2:])
        assert (round(width), round(height)) == (210, 297)
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & descriptor.get_object().keys()


def _structure(node: Any) -> tuple[set[str], set[str]]:
    """The kinds of part in a document's tree, and what is said instead of those that are not read."""
    kinds, texts = set(), set()
    waiting = [node]
    while waiting:
        one = waiting.pop().get_object()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            kinds.add(str(one.get("/S", "")))
            texts.add(str(one.get("/Alt", "")))
            if "/K" in one and not isinstance(one["/K"], int):
                children = one["/K"]
                waiting += (
                    [child for child in children if not isinstance(child, int)]
                    if isinstance(children, list)
                    else [children]
                )
    return kinds, texts


def test_the_same_claim_gives_the_same_bytes(places: Places, ledger: Ledger) -> None:
    claim = a_claim(ledger, "needs_met")
    assert pack(places, ledger, claim) == pack(places, ledger, claim)
    first, second = sorted(places.outbox.glob("*.json"))
    assert first.read_bytes() == second.read_bytes()


def test_days_stand_only_where_a_rule_needs_the_day(places: Places, ledger: Ledger) -> None:
    """The first day of the episode and the day of its end say more than the tests need."""
    change(
        places,
        "UPDATE protected.claim_evidence SET window_from = DATE '2024-01-17', window_to = DATE '2024-01-17', "
        "value = 'passed: outcomes_met' WHERE measure = 'closing'",
    )
    _, content = pack(places, ledger, a_claim(ledger, "needs_met"))
    when = {test["test"]: test["on"]["iso"] for test in content["tests"]}
    assert when["eligible"] == "2023-09"
    assert when["closing"] == "2024-01"
    assert when["assessment"] == "2023-09-01"
    assert "2024-01-17" not in json.dumps(content)


def test_of_an_assessment_months_before_the_plan_no_day_is_told(places: Places, ledger: Ledger) -> None:
    change(
        places, "UPDATE protected.claim_evidence SET window_from = DATE '2023-10-17' WHERE measure = 'plan'"
    )
    _, content = pack(places, ledger, a_claim(ledger, "needs_met"))
    when = {test["test"]: test["on"]["iso"] for test in content["tests"]}
    assert (when["assessment"], when["plan"]) == ("2023-09", "2023-10")


def test_a_claim_that_is_dated_by_its_plan_tells_the_day(tmp_path: Path) -> None:
    attachment = """
[[claim]]
code = "attachment"
label = "A family taken on"
unit = "family"
about = "attachment"
amount_gbp = 100
verified = false
confidence = "low"
source = "ours"

[[window]]
id = "2024-25-Q2"
"""
    places = made(
        tmp_path, families=40, contract=CONTRACT.replace('[[window]]\nid = "2024-25-Q2"\n', attachment, 1)
    )
    with closing(open_ledger(places)) as ledger:
        ask(places, ledger, "open_window", f"{FRAMEWORK}/2024-25-Q3", role="returns_officer")
        claim = a_claim(ledger, "attachment")
        pdf, content = pack(places, ledger, claim)
        assert {test["test"]: test["on"]["iso"] for test in content["tests"]}["plan"] == str(
            ledger.claims.standing(claim).claim_date
        )
    assert content["needs"] == content["timelines"] == content["coverage"] == []
    assert "rests on the assessment and the plan alone" in words(pdf)


def test_a_claim_that_comes_after_another_says_which(tmp_path: Path) -> None:
    after = CONTRACT.replace('code = "work"\n', 'code = "work"\nafter = ["needs_met"]\n')
    places = made(tmp_path, contract=after)
    with closing(open_ledger(places)) as ledger:
        ask(places, ledger, "open_window", f"{FRAMEWORK}/2024-25-Q3", role="returns_officer")
        _, content = pack(places, ledger, a_claim(ledger, "work"))
    (test,) = [test for test in content["tests"] if test["test"] == "after"]
    assert (test["result"], test["found"]) == ("found", "Needs met, Claimable")
    assert test["on"]["iso"] in ("2024-05", "2024-06")  # not the month of the claim, so no day


def test_evidence_that_has_changed_since_is_said_first(places: Places, ledger: Ledger) -> None:
    claim = a_claim(ledger, "needs_met")
    found = {one.slots[0]: one.evidence for one in ledger.claims.standings()}
    found[ledger.claims.standing(claim).slots[0]] = "0" * 64
    ledger.claims.compare_evidence(
        found, frameworks=[FRAMEWORK], by="run", role="pipelines", release="2024-11-30-002"
    )
    pdf, content = pack(places, ledger, claim)
    assert content["care"][0].startswith("The evidence has changed since the claim was entered")
    assert "a later release says otherwise" in words(pdf)


def test_where_the_clock_starts_at_the_end_its_day_stands(tmp_path: Path) -> None:
    contract = CONTRACT.replace('sustain_from = "outcome"', 'sustain_from = "closure"')
    places = made(tmp_path, contract=contract)
    change(
        places,
        "UPDATE protected.claim SET state = 'claimable', evidence_state = 'claimable', obstacle = 'none', "
        "claim_date = DATE '2024-06-01', worth = 800 WHERE kind = 'needs_met'",
    )
    change(
        places,
        "UPDATE protected.claim_evidence SET window_from = DATE '2024-01-17' WHERE measure = 'closing'",
    )
    with closing(open_ledger(places)) as ledger:
        ask(places, ledger, "open_window", f"{FRAMEWORK}/2024-25-Q3", role="returns_officer")
        _, content = pack(places, ledger, a_claim(ledger, "needs_met"))
    assert {test["test"]: test["on"]["iso"] for test in content["tests"]}["closing"] == "2024-01-17"


def test_every_view_is_in_the_audit_log(places: Places, ledger: Ledger) -> None:
    claim = a_claim(ledger, "needs_met")
    pack(places, ledger, claim)
    pack(places, ledger, claim)
    made_of_it = [one for one in ledger.entries() if one.event == Event.EVIDENCE_PACK_MADE]
    assert [(one.actor, one.role, one.subject) for one in made_of_it] == [
        ("auditor", "auditor", f"claim {claim}")
    ] * 2
    ledger.verify()


def test_a_claim_that_was_not_drawn_has_no_pack(places: Places, ledger: Ledger) -> None:
    claim = a_claim(ledger, "needs_met", drawn=False)
    done = ask(places, ledger, "evidence_pack", str(claim), role="auditor")
    assert done.files == ()
    assert "not in the audit sample" in ledger.requests()[0].note
    assert not [one for one in ledger.entries() if one.event == Event.EVIDENCE_PACK_MADE]


@pytest.mark.parametrize("role", ["manager", "returns_officer", "researcher", "", "Auditor", "auditor "])
@pytest.mark.parametrize("kind", ["evidence_pack", "window_bundle"])
def test_packs_are_for_the_auditor_alone(places: Places, ledger: Ledger, kind: str, role: str) -> None:
    done = ask(places, ledger, kind, "1", role=role or "none")
    assert done.files == ()
    assert ledger.requests()[0].state is RequestState.REFUSED
    assert "Not for the role" in ledger.requests()[0].note


def test_every_kind_of_request_says_who_may_ask() -> None:
    assert set(MAY_ASK) == set(RequestKind)


@pytest.mark.parametrize("subject", ["", "0", "-1", "1.0", "one", "999999", "1 OR 1=1", "../1", "1\u0661"])
def test_a_claim_that_is_not_there_has_no_pack(places: Places, ledger: Ledger, subject: str) -> None:
    assert ask(places, ledger, "evidence_pack", subject, role="auditor").files == ()
    assert ledger.requests()[0].state is RequestState.REFUSED


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM protected.claim", "holds 0 rows for claim"),
        ("INSERT INTO protected.claim SELECT * FROM protected.claim", "holds 2 rows for claim"),
        ("DELETE FROM protected.claim_evidence WHERE measure = 'outcome'", "does not say what became of"),
        ("DELETE FROM protected.framework_file", "not evaluated under the framework"),
        ("DROP TABLE protected.claim_evidence", "before evidence was kept"),
    ],
)
def test_a_release_that_was_changed_gives_no_pack(
    places: Places, ledger: Ledger, statement: str, said: str
) -> None:
    change(places, statement)
    assert ask(places, ledger, "evidence_pack", str(a_claim(ledger, "work")), role="auditor").files == ()
    assert said in ledger.requests()[0].note


@pytest.mark.parametrize("manifest", ["", "{}", "[]", '{"as_of": 1}', '{"as_of": "soon"}', "[" * 100_000])
def test_a_damaged_manifest_gives_no_pack(places: Places, ledger: Ledger, manifest: str) -> None:
    (places.releases / NAME / "manifest.json").write_text(manifest)
    assert ask(places, ledger, "evidence_pack", "1", role="auditor").files == ()
    assert ledger.requests()[0].state is RequestState.REFUSED


def test_a_release_that_was_moved_away_is_told_without_its_folder(places: Places, ledger: Ledger) -> None:
    (places.releases / NAME).rename(places.data / "moved")
    claim = next(one.number for one in ledger.claims.standings() if one.drawn)
    done = ask(places, ledger, "evidence_pack", str(claim), role="auditor")
    assert done.refusal is not None and done.refusal.exit_code == 5
    assert ledger.requests()[0].note == "ReleaseError: a release that it rests on is missing or damaged"


def test_a_damaged_file_stops_no_other_request(places: Places, ledger: Ledger) -> None:
    file = places.releases / NAME / "protected.duckdb"
    content = bytearray(file.read_bytes())
    for place in range(20_000, len(content), 100):
        content[place] ^= 255
    file.write_bytes(content)
    sampled = [one.number for one in ledger.claims.standings() if one.drawn]
    for claim in (sampled[0], sampled[1]):
        ledger.ask("evidence_pack", by="x", role="auditor", release=NAME, subject=str(claim))
    done = work_once(places, ledger)
    assert len(done) == 2
    assert all(one.refusal is not None for one in done)


def test_files_are_named_by_the_claim_and_closed_to_others(places: Places, ledger: Ledger) -> None:
    claim = a_claim(ledger, "needs_met")
    done = ask(places, ledger, "evidence_pack", str(claim), role="auditor")
    assert [file.name for file in done.files] == [
        f"000002-claim-{claim:06d}.pdf",
        f"000002-claim-{claim:06d}.json",
    ]
    assert {file.stat().st_mode & 0o777 for file in done.files} == {0o640}
    assert sorted(places.outbox.iterdir()) == sorted([*done.files, places.outbox / "000001-open_window.csv"])


def test_a_framework_in_welsh_is_shown_as_it_is(tmp_path: Path) -> None:
    contract = CONTRACT.replace("A child goes missing", "Mae plentyn yn mynd ar goll: tŷ, ŵyl")
    places = made(tmp_path, contract=contract)
    with closing(open_ledger(places)) as ledger:
        ask(places, ledger, "open_window", f"{FRAMEWORK}/2024-25-Q3", role="returns_officer")
        pdf, _ = pack(places, ledger, a_claim(ledger, "needs_met"))
    assert "Mae plentyn yn mynd ar goll: tŷ, ŵyl" in words(pdf)


def test_no_day_of_making_is_in_the_document(places: Places, ledger: Ledger) -> None:
    pdf, content = pack(places, ledger, a_claim(ledger, "needs_met"))
    metadata = PdfReader(io.BytesIO(pdf)).metadata
    assert metadata is not None
    assert metadata.creation_date is not None
    assert metadata.creation_date.date().isoformat() == content["as_of"]["iso"] == "2024-10-31"
    assert TOKEN.search(json.dumps(content))
