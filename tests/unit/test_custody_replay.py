"""A claim evaluated again: the same as long as nobody touched anything, and each thing that was touched is named."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from custody.errors import EvidenceError
from custody.finding import open_release
from custody.replay import Replay, replay
from custody.worker import answer
from ledger import Ledger, Standing, open_ledger
from release.places import Places
from release.pointer import COMPLETE
from tests.small_release import CONTRACT, FRAMEWORK, NAME, change, made


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    places = made(tmp_path_factory.mktemp("small"))
    with closing(open_ledger(places)) as ledger:
        number = ledger.ask(
            "open_window",
            by="officer",
            role="returns_officer",
            release=NAME,
            subject=f"{FRAMEWORK}/2024-25-Q3",
        )
        answer(places, ledger, number)
    return places.data


@pytest.fixture
def places(opened: Path, tmp_path: Path) -> Places:
    shutil.copytree(opened, tmp_path / "data")
    return Places(tmp_path / "data")


@pytest.fixture
def ledger(places: Places) -> Iterator[Ledger]:
    with closing(open_ledger(places)) as opened:
        yield opened


def again(places: Places, standing: Standing) -> Replay:
    with open_release(places, standing.release) as release:
        return replay(release, standing)


def of_kind(ledger: Ledger, kind: str) -> Standing:
    return next(one for one in ledger.claims.standings() if one.kind == kind)


def test_claims_of_both_kinds_are_the_same(places: Places, ledger: Ledger) -> None:
    for standing in ledger.claims.standings()[::2]:
        replayed = again(places, standing)
        assert replayed.same, replayed.differences
        assert replayed.facts > 5
        assert replayed.code == ""
        assert (replayed.needs == 2) is (standing.kind == "needs_met")


# What somebody with the key could change, and what the replay says of it.
TAMPERED = {
    "a need's state in the release": (
        "UPDATE protected.need SET state = 'sustaining' WHERE need_code = '3.2'",
        "Need 3.2, Person 1: state is sustained, in the release sustaining.",
    ),
    "a day in the release": (
        "UPDATE protected.need SET sustained_on = sustained_on - 1 WHERE need_code = '3.1'",
        "Need 3.1, the whole family: sustained on is",
    ),
    "the claim date in the release": (
        "UPDATE protected.claim SET claim_date = DATE '2024-03-03'",
        "The claim: claim date is 2024-",
    ),
    "a practice test in the release": (
        "UPDATE protected.claim SET plan_ok = false",
        "The claim: plan ok is yes, in the release no.",
    ),
    "the digest in the release": (
        f"UPDATE protected.claim SET evidence_digest = '{'0' * 64}'",
        "The digest in the release is not the one that the claim was entered with",
    ),
    "a fact of the evidence": (
        "UPDATE protected.claim_evidence SET value = 'not_covered' WHERE measure = 'coverage'",
        "Evidence of need 3.2: 1 fact (coverage) in the release, and not found again.",
    ),
    "a fact taken away": (
        "DELETE FROM protected.claim_evidence WHERE measure = 'met'",
        "Evidence of need 3.2: 1 fact (met) found again, and not in the release.",
    ),
    "a fact told twice": (
        "INSERT INTO protected.claim_evidence SELECT * FROM protected.claim_evidence WHERE measure = 'plan'",
        "Evidence of the claim: 1 fact (plan) in the release, and not found again.",
    ),
    "a need taken away": (
        "DELETE FROM protected.need WHERE need_code = '3.1'",
        "Need 3.1, the whole family: the evaluation has it, and the release has no such need.",
    ),
    "a record that the rules read": (
        "UPDATE protected.rules_missing_episode SET missing_from = DATE '2024-06-01', missing_to = DATE '2024-06-01'",
        "Need 3.2, Person 1: state is sustaining, in the release sustained.",
    ),
    "a review that the rules read": (
        "DELETE FROM protected.rules_progress WHERE need_code = '3.2'",
        "Need 3.2, Person 1: reason is not_met, in the release blank.",
    ),
    "what an extract covers": (
        "UPDATE protected.rules_coverage SET covers_to = DATE '2023-12-31' WHERE extract = 'missing_episode'",
        "Need 3.2, Person 1: state is not_evidenced, in the release sustained.",
    ),
    "who belonged to the family": (
        "DELETE FROM protected.rules_need WHERE need_code = '3.1'",
        "Need 3.1, the whole family: it is in the release, and the evaluation has no such need.",
    ),
    "what the claim is worth": (
        "UPDATE protected.claim SET worth = 99999",
        "The claim: worth is 800, in the release 99999.",
    ),
    "the version": (
        "UPDATE protected.claim SET framework_version = '9'",
        "The claim: framework version is 3 in the ledger, in the release 9.",
    ),
    "a need told twice": (
        "INSERT INTO protected.need SELECT * FROM protected.need WHERE need_code = '3.1'",
        "Need 3.1, the whole family: rows are 1, in the release 2.",
    ),
    "every record": (
        "UPDATE protected.claim_evidence SET record = NULL",
        "(met) in the release, and not found again.",
    ),
    "one record for all": (
        "UPDATE protected.claim_evidence SET record = other.record FROM (SELECT episode, min(record) AS record "
        "FROM protected.claim_evidence WHERE measure = 'met' GROUP BY episode) AS other "
        "WHERE claim_evidence.episode = other.episode AND claim_evidence.record IS NOT NULL",
        "of the records that the evidence names are not among those that the rules read.",
    ),
    "which record it was": (
        f"UPDATE protected.claim_evidence SET record = '{'f' * 24}' WHERE measure = 'met' AND need_code = '3.2'",
        "1 of the records that the evidence names are not among those that the rules read.",
    ),
}


@pytest.mark.parametrize(("statement", "said"), TAMPERED.values(), ids=TAMPERED)
def test_what_was_changed_by_hand_is_named(places: Places, ledger: Ledger, statement: str, said: str) -> None:
    # Of a claim without a waived need.
    standing = [one for one in ledger.claims.standings() if one.kind == "needs_met"][1]
    change(places, statement)
    replayed = again(places, standing)
    assert not replayed.same
    assert any(said in one for one in replayed.differences), replayed.differences


def test_a_change_to_one_family_is_no_change_to_another(places: Places, ledger: Ledger) -> None:
    first, second = [one for one in ledger.claims.standings() if one.kind == "needs_met"][1:3]
    change(
        places,
        "DELETE FROM protected.rules_progress WHERE episode = (SELECT episode FROM protected.claim WHERE slot = ?)",
        first.slots[0],
    )
    assert not again(places, first).same
    assert again(places, second).same


def test_the_spell_behind_a_persons_claim(places: Places, ledger: Ledger) -> None:
    change(places, "UPDATE protected.rules_employment_spell SET start_date = DATE '2024-10-20'")
    differences = again(places, of_kind(ledger, "work")).differences
    assert "The claim: evidence state is sustaining, in the release claimable." in differences
    assert "The digest of the evidence is not the one that the claim was entered with." in differences


def test_another_text_of_the_framework_is_refused(places: Places, ledger: Ledger) -> None:
    change(places, "UPDATE protected.framework_file SET text = ?", CONTRACT.replace("days = 28", "days = 2"))
    with pytest.raises(EvidenceError, match="changed by hand"):
        again(places, of_kind(ledger, "work"))


def test_a_framework_changed_together_with_its_digest_is_refused(places: Places, ledger: Ledger) -> None:
    text = CONTRACT.replace("days = 28", "days = 2")
    digest = hashlib.sha256(text.encode()).hexdigest()
    change(places, "UPDATE protected.framework_file SET text = ?, sha256 = ?", text, digest)
    with pytest.raises(EvidenceError, match="changed by hand"):
        again(places, of_kind(ledger, "work"))


def test_what_was_changed_before_it_was_entered_is_named(tmp_path: Path) -> None:
    places = made(tmp_path, families=1)
    change(places, "UPDATE protected.claim SET worth = 99999")
    with closing(open_ledger(places)) as ledger:
        number = ledger.ask(
            "open_window", by="o", role="returns_officer", release=NAME, subject=f"{FRAMEWORK}/2024-25-Q3"
        )
        answer(places, ledger, number)
        (said,) = again(places, of_kind(ledger, "needs_met")).differences
    assert said == "The claim: worth is 800, in the release 99999."


def test_another_as_of_date_is_named(places: Places, ledger: Ledger) -> None:
    manifest = places.releases / NAME / COMPLETE
    manifest.write_text(manifest.read_text().replace('"as_of": "2024-10-31"', '"as_of": "2024-11-01"'))
    said = "The manifest says that the release is as of 2024-11-01."
    assert said in again(places, of_kind(ledger, "needs_met")).differences


def test_a_release_without_its_frames_says_what_it_lacks(places: Places, ledger: Ledger) -> None:
    change(places, "DROP TABLE protected.rules_progress")
    with pytest.raises(EvidenceError, match="before evidence was kept"):
        again(places, of_kind(ledger, "work"))


def test_frames_that_no_run_could_have_made_are_told(places: Places, ledger: Ledger) -> None:
    change(places, "UPDATE protected.rules_progress SET state = NULL")
    with pytest.raises(EvidenceError, match="cannot be evaluated again"):
        again(places, of_kind(ledger, "work"))


def test_a_release_made_by_other_code_is_told(tmp_path: Path) -> None:
    places = made(tmp_path, families=1, code_version="0.0.1+abc")
    with closing(open_ledger(places)) as ledger:
        number = ledger.ask(
            "open_window", by="o", role="returns_officer", release=NAME, subject=f"{FRAMEWORK}/2024-25-Q3"
        )
        answer(places, ledger, number)
        assert again(places, ledger.claims.standing(1)).code == "0.0.1+abc"


def test_no_pseudonym_is_in_what_is_said(places: Places, ledger: Ledger) -> None:
    standing = of_kind(ledger, "needs_met")
    change(places, "DELETE FROM protected.rules_progress")
    change(places, "DELETE FROM protected.need WHERE need_code = '3.1'")
    for one in again(places, standing).differences:
        assert not any(len(word) >= 24 for word in one.split())
