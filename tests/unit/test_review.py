"""Clerical review: asked once, answered for ever, and no file that somebody typed does harm."""

import csv
import io
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ledger import Event, open_ledger
from pipelines.keys import Keys, make_keys, open_keys
from pipelines.register.facets import facets
from pipelines.review import (
    Judged,
    judgements_for,
    kept_by,
    open_judgements,
    take_in,
    whom_it_matters,
    write_open,
)
from pipelines.review import questions as questions_
from pipelines.review.errors import AnswersError, JudgementsError
from release.places import Places

BORN = date(1990, 5, 6)
BLANK = dict.fromkeys(
    ("own_key", "also_known_as", "sex", "address", "uprn", "nhs_number", "upn", "nino", "pnc_id")
)
ANN = {
    "source": "family_member",
    "own_key": "P1",
    "forename": "Ann",
    "surname": "Smith",
    "date_of_birth": BORN,
}
ANNE = {"source": "police_incident", "forename": "Anne", "surname": "Smith", "date_of_birth": BORN}
ANNA = {"source": "police_incident", "forename": "Anna", "surname": "Smyth", "date_of_birth": BORN}


def records(*told: dict, file: str = "a.csv") -> pl.DataFrame:
    """Identified records. `person` is whom linkage would find: each one alone, unless it is told."""
    rows = [
        {
            "record_id": f"{one['source']}:{file}:{number}",
            "contract": one["source"],
            "file": file,
            "row": number,
            "postcode": "AS1 1AA",
            "person": number,
            **BLANK,
            **one,
        }
        for number, one in enumerate(told, 1)
    ]
    texts = dict.fromkeys([*BLANK, "forename", "surname", "postcode"], pl.String)
    return pl.DataFrame(rows, schema_overrides={**texts, "date_of_birth": pl.Date, "person": pl.Int64})


NOBODY = pl.DataFrame(schema={"group": pl.String, "side": pl.String, "record_id": pl.String})


class Council:
    """A data folder, with what a run and the command `review` do in it."""

    def __init__(self, folder: Path) -> None:
        self.places = Places(folder)
        make_keys(self.places)
        self.keys: Keys = open_keys(self.places)
        self.file = self.places.review / "review.csv"

    def ask(
        self,
        told: pl.DataFrame,
        *pairs: tuple,
        apart: pl.DataFrame = NOBODY,
        first: list[int] = (),
        release: str = "2024-10-31-001",
    ):
        ids = told["record_id"].to_list()
        reviews = pl.DataFrame(
            [(ids[one], ids[other], share, reason) for one, other, share, reason in pairs],
            schema={
                "record_id_a": pl.String,
                "record_id_b": pl.String,
                "probability": pl.Float64,
                "reason": pl.String,
            },
            orient="row",
        )
        return write_open(
            self.places,
            release,
            reviews,
            told,
            facets(told, self.keys),
            told.select("record_id", "person"),
            self.judgements(),
            self.keys,
            apart=apart,
            first=pl.Series(first, dtype=pl.Int64),
        )

    def judgements(self, kept: int = 0):
        return open_judgements(self.places, self.keys, kept=kept)

    def judged(self, told: pl.DataFrame) -> Judged:
        return judgements_for(told, facets(told, self.keys), self.judgements())

    def rows(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.file.read_text("utf-8-sig"))))

    def answer(self, *answers: str, notes: tuple[str, ...] = ()) -> None:
        """Type answers into the first rows of review.csv."""
        rows = self.rows()
        for row, answer in zip(rows, answers, strict=False):
            row["answer"] = answer
        for row, note in zip(rows, notes, strict=False):
            row["note"] = note
        self.write(rows)

    def write(self, rows: list[dict[str, str]], separator: str = ",", encoding: str = "utf-8-sig") -> None:
        text = io.StringIO()
        writer = csv.DictWriter(text, fieldnames=list(rows[0]), delimiter=separator)
        writer.writeheader()
        writer.writerows(rows)
        self.file.write_bytes(text.getvalue().encode(encoding))

    def take_in(self, *files: Path):
        with closing(open_ledger(self.places.ledger)) as ledger:
            return take_in(self.places, self.keys, ledger, files, by="officer")


@pytest.fixture
def council(tmp_path: Path) -> Council:
    return Council(tmp_path)


LIKELY = (0, 1, 0.7, "likely")


def test_what_is_asked(council: Council) -> None:
    asked = council.ask(records({**ANN, "also_known_as": "=HYPERLINK(1)"}, ANNE), LIKELY)
    assert (asked.asked, asked.waiting) == (1, 0)
    (row,) = council.rows()
    assert row["pair"].startswith("q-")
    assert (row["answer"], row["note"]) == ("", "")
    assert row["how likely one person"] == "more likely than not"
    assert row["alike"] == "surname, date of birth, postcode"
    assert row["different"] == "forename"
    assert (row["forename (1)"], row["forename (2)"]) == ("Ann", "Anne")
    assert row["extract (1)"] == "People in families"
    assert row["other name (1)"] == "'=HYPERLINK(1)"
    assert council.file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("answer", ["same", "different"])
def test_a_pair_once_judged_is_never_asked_again(council: Council, answer: str) -> None:
    council.ask(records(ANN, ANNE), LIKELY)
    council.answer(answer)
    taken = council.take_in()
    assert dict(taken.answers) == {answer: 1}
    assert council.rows() == []
    # The other way round, in another file, on another row.
    turned = records(ANNA, ANNE, ANN, file="b.csv")
    assert council.ask(turned, (1, 2, 0.8, "likely"), (2, 0, 0.6, "likely")).asked == 1
    assert council.rows()[0]["forename (2)"] == "Anna"
    judged = council.judged(turned)
    mine = judged.together if answer == "same" else judged.apart
    assert set(mine["record_id"]) == {"police_incident:b.csv:2", "family_member:b.csv:3"}
    assert (judged.apart if answer == "same" else judged.together).is_empty()


@pytest.mark.parametrize(
    ("correction", "known"),
    [
        ({"forename": "Annie"}, True),  # the own number tells
        ({"own_key": None, "forename": "Annie", "nhs_number": "9434765919"}, True),  # the number tells
        (
            {"own_key": None, "postcode": "AS2 2BB", "nhs_number": None},
            True,
        ),  # the name and the birthday tell
        ({"own_key": None, "forename": "Annie", "nhs_number": None}, False),
    ],
)
def test_a_corrected_row_is_known_again(council: Council, correction: dict, known: bool) -> None:
    before = {**ANN, "nhs_number": "9434765919"}
    council.ask(records(before, ANNE), LIKELY)
    council.answer("different")
    council.take_in()
    after = records({**before, **correction}, ANNE)
    assert council.ask(after, LIKELY).asked == (0 if known else 1)
    assert council.judged(after).apart.is_empty() is not known


def test_unsure_is_asked_again_once_something_has_changed(council: Council) -> None:
    council.ask(records(ANN, ANNE), LIKELY)
    council.answer("unsure")
    council.take_in()
    assert council.ask(records(ANN, ANNE, file="b.csv"), LIKELY).asked == 0
    judged = council.judged(records(ANN, ANNE))
    assert judged.apart.is_empty()
    assert judged.together.is_empty()
    assert council.ask(records(ANN, {**ANNE, "postcode": "AS2 2BB"}), LIKELY).asked == 1


def test_other_records_of_two_people_who_were_judged_are_not_asked_about(council: Council) -> None:
    council.ask(records(ANN, ANNE), LIKELY)
    council.answer("different")
    council.take_in()
    more = records(ANN, ANNE, {**ANNE, "postcode": "AS3 3CC", "person": 2})
    assert council.ask(more, (0, 2, 0.6, "likely")).asked == 0


def test_who_must_stay_apart_is_never_shown_side_by_side(council: Council) -> None:
    told = records(ANN, ANNE, {**ANNE, "postcode": "AS3 3CC", "person": 2}, ANNA)
    ids = told["record_id"]
    apart = pl.DataFrame({"group": ["x", "x"], "side": ["a", "b"], "record_id": [ids[0], ids[1]]})
    pairs = ((1, 0, 0.7, "conflict"), (0, 2, 0.6, "likely"), (0, 3, 0.6, "likely"))
    assert council.ask(told, *pairs, apart=apart).asked == 1
    assert {council.rows()[0][f"forename ({side})"] for side in (1, 2)} == {"Ann", "Anna"}


def test_two_people_are_asked_about_once(council: Council) -> None:
    more = records(ANN, ANNE, {**ANNE, "postcode": "AS3 3CC", "person": 2})
    assert council.ask(more, (0, 2, 0.6, "likely"), (1, 0, 0.7, "likely")).asked == 1
    assert council.rows()[0]["how likely one person"] == "more likely than not"
    within = records(ANN, {**ANNE, "person": 1}, {**ANNA, "person": 1})
    assert council.ask(within, (0, 1, 0.6, "weak_link"), (0, 2, 0.6, "weak_link")).asked == 2


def test_pairs_about_one_record_stand_together(council: Council) -> None:
    told = records(
        ANN, ANNE, ANNA, {**ANN, "own_key": "P2", "postcode": "AS9 9ZZ"}, {**ANNE, "postcode": "AS9 9ZZ"}
    )
    asked = council.ask(told, (0, 1, 0.9, "conflict"), (3, 4, 0.8, "likely"), (1, 3, 0.6, "conflict"))
    assert asked.asked == 3
    likely = [row["how likely one person"] for row in council.rows()]
    assert [words.split(",")[0] for words in likely] == ["likely", "more likely than not", "likely"]
    assert [words.endswith("if there were nothing against it") for words in likely] == [True, True, False]
    others = ["somebody else as well" in row["why it is asked"] for row in council.rows()]
    assert others == [True, True, False]


def test_a_postcode_after_an_address_is_no_difference(council: Council) -> None:
    told = records(
        {**ANN, "address": "1 Ings Lane, Ashmere"}, {**ANNE, "address": "1 INGS LANE, Ashmere, AS1 1AA"}
    )
    council.ask(told, LIKELY)
    assert "address" in council.rows()[0]["alike"]


def test_those_who_matter_come_first_and_the_rest_wait(
    council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions_, "MOST_ASKED", 2)
    told = records(ANN, *({**ANNE, "forename": f"Ann{letter}"} for letter in "abcd"))
    pairs = [(0, number, 0.5 + number / 10, "likely") for number in (1, 2, 3, 4)]
    asked = council.ask(told, *pairs, first=[2])
    assert (asked.asked, asked.waiting) == (2, 2)
    assert {row["forename (1)"] for row in council.rows()} | {
        row["forename (2)"] for row in council.rows()
    } == {
        "Ann",
        "Anna",
        "Annd",
    }
    council.answer("same", "different")
    taken = council.take_in()
    assert (taken.open.asked, taken.open.waiting) == (2, 0)


def test_answers_that_contradict_one_another(council: Council) -> None:
    told = records(ANN, ANNE, ANNA)
    council.ask(told, (0, 1, 0.9, "likely"), (1, 2, 0.8, "likely"), (0, 2, 0.7, "likely"))
    rows = council.rows()
    for row in rows:
        row["answer"] = (
            "different" if {row["forename (1)"], row["forename (2)"]} == {"Ann", "Anna"} else "same"
        )
    council.write(rows)
    taken = council.take_in()
    assert len(taken.contradictions) == 1
    judged = council.judged(told)
    assert judged.contradictions.rows() == list(taken.contradictions)
    assert set(judged.apart["record_id"]) == {told["record_id"][0], told["record_id"][2]}
    assert judged.together.height == 2, "of two answers that contradict a third, the earlier holds"
    # Answered otherwise, they agree.
    file = council.places.identified / "again.csv"
    file.write_text(f"pair;answer\n{taken.contradictions[0][0].upper()};Different\n", encoding="utf-16")
    again = council.take_in(file)
    assert again.changed == 1
    assert again.contradictions == ()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_answers_in_any_dress(council: Council, separator: str, encoding: str) -> None:
    council.ask(records({**ANN, "surname": "Smîth"}, ANNE), LIKELY)
    rows = [{**row, "answer": " SAME "} for row in council.rows()]
    council.write(rows, separator, encoding)
    assert dict(council.take_in().answers) == {"same": 1}


def _two_answers(rows: list[dict]) -> list[dict]:
    return [{**rows[0], "answer": "same"}, {**rows[0], "answer": "different"}]


def _unknown_word(rows: list[dict]) -> list[dict]:
    return [{**rows[0], "answer": "same"}, {**rows[1], "answer": "perhaps Bartholomew"}]


def _changed_pair(rows: list[dict]) -> list[dict]:
    return [{**rows[0], "answer": "same"}, {**rows[1], "answer": "same", "pair": rows[1]["pair"] + "0"}]


def _no_pair(rows: list[dict]) -> list[dict]:
    return [{**rows[0], "answer": "same"}, {**rows[1], "answer": "same", "pair": ""}]


def _no_column(rows: list[dict]) -> list[dict]:
    return [{("result" if name == "answer" else name): cell for name, cell in row.items()} for row in rows]


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (_two_answers, "row 3"),
        (_unknown_word, "row 3"),
        (_changed_pair, "row 3"),
        (_no_pair, "row 3"),
        (_no_column, "answer"),
    ],
)
def test_a_file_with_a_mistake_is_named_and_nothing_is_taken(council: Council, spoil, named: str) -> None:
    told = records(ANN, ANNE, ANNA)
    council.ask(told, LIKELY, (0, 2, 0.6, "conflict"))
    council.write(spoil(council.rows()))
    before = council.file.read_bytes()
    with pytest.raises(AnswersError) as refused:
        council.take_in()
    assert named in str(refused.value)
    assert "Bartholomew" not in str(refused.value)
    assert council.file.read_bytes() == before
    assert council.judgements().count() == 0


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02" * 50, b"PK\x03\x04 no workbook", b"Ann,Smith\n"])
def test_what_is_no_table_of_answers(council: Council, content: bytes) -> None:
    council.ask(records(ANN, ANNE), LIKELY)
    council.file.write_bytes(content)
    with pytest.raises(AnswersError) as refused:
        council.take_in()
    assert "Smith" not in str(refused.value)
    # A run asks anew, and what was there is kept.
    assert council.ask(records(ANN, ANNE), LIKELY).asked == 1
    assert [file.read_bytes() for file in (council.places.review / "handed-in").iterdir()] == [content]


def test_nothing_that_was_typed_is_lost(council: Council) -> None:
    told = records(ANN, ANNE, ANNA)
    council.ask(told, LIKELY, (0, 2, 0.6, "conflict"))
    council.answer("same", notes=("sure", "=ask the school"))
    council.take_in()
    assert [(row["answer"], row["note"]) for row in council.rows()] == [("", "'=ask the school")]
    council.answer("different")
    council.ask(told, LIKELY, (0, 2, 0.6, "conflict"), release="2024-10-31-002")
    assert [(row["answer"], row["note"]) for row in council.rows()] == [("different", "'=ask the school")]
    kept = sorted((council.places.review / "handed-in").iterdir())
    assert len(kept) == 2
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in kept)


def test_answers_are_counted_in_the_audit_log_and_taken_once(council: Council) -> None:
    council.ask(records(ANN, ANNE), LIKELY)
    council.answer("same")
    file = council.places.identified / "copy.csv"
    file.write_bytes(council.file.read_bytes())
    council.take_in(file)
    assert council.take_in(file).answers.total() == 0
    with closing(open_ledger(council.places.ledger)) as ledger:
        (line,) = [entry for entry in ledger.entries() if entry.event == Event.PAIRS_JUDGED]
        assert dict(line.detail) == {"same": 1, "changed": 0, "kept": 1}
        assert line.actor == "officer"
        assert kept_by(ledger.entries()) == 1


def test_the_store_holds_no_identity(council: Council) -> None:
    council.ask(records({**ANN, "nhs_number": "9434765919"}, ANNE), LIKELY)
    council.answer("same", notes=("Bartholomew knows",))
    council.take_in()
    raw = (council.places.vault / "judgements.sqlite").read_bytes()
    for identity in (b"Smith", b"smith", b"Ann", b"9434765919", b"AS1 1AA", b"1990", b"P1", b"Bartholomew"):
        assert identity not in raw
    assert (council.places.vault / "judgements.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_store_that_will_not_do_is_refused_and_left_as_it_is(council: Council) -> None:
    council.ask(records(ANN, ANNE, ANNA), LIKELY, (0, 2, 0.6, "conflict"))
    council.answer("same")
    council.take_in()
    file = council.places.vault / "judgements.sqlite"
    good = file.read_bytes()
    with pytest.raises(JudgementsError, match="older copy"):
        council.judgements(kept=2)
    for damage in (b"no database at all" * 100, good[:2000], good[:100] + b"\xff" * 3000 + good[3100:]):
        file.write_bytes(damage)
        with pytest.raises(JudgementsError, match="nothing was changed"):
            council.judgements()
        assert file.read_bytes() == damage
    file.write_bytes(good)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE about SET master_key = 'another'")
        connection.commit()
    with pytest.raises(JudgementsError, match="another master key"):
        council.judgements()


def test_judgements_are_never_changed(council: Council) -> None:
    council.ask(records(ANN, ANNE), LIKELY)
    council.answer("same")
    council.take_in()
    with closing(sqlite3.connect(council.places.vault / "judgements.sqlite")) as connection:
        for statement in ("UPDATE judgement SET answer = 'different'", "DELETE FROM judgement"):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)


def test_a_review_before_anything_was_asked(council: Council) -> None:
    taken = council.take_in()
    assert taken.answers.total() == 0
    assert (taken.open.asked, taken.open.waiting) == (0, 0)
    assert council.judged(records(ANN, ANNE)).apart.is_empty()


def test_whom_it_matters_most() -> None:
    episodes = pl.DataFrame(
        [
            ("A", None, None),  # open
            ("B", BORN, "outcomes_met"),  # can be claimed for
            ("C", BORN, "withdrew"),
            ("D", None, None),  # paid for already, under another number of the family
        ],
        schema={"family_ref": pl.String, "end_date": pl.Date, "closure_reason": pl.String},
        orient="row",
    )
    memberships = pl.DataFrame(
        {"family": [0, 1, 2, 3, 3], "family_ref": ["A", "B", "C", "D", "E"], "person": [10, 11, 12, 13, 14]}
    )
    claims = pl.DataFrame({"family_ref": ["E"]})
    assert whom_it_matters(episodes, claims, memberships).to_list() == [10, 11]
