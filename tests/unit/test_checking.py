"""Rows that keep their contract, rows that do not, and what is counted."""

import logging
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.checking import DATA_QUALITY, QUARANTINE, Checked, check
from pipelines.contracts import CONTRACTS
from pipelines.errors import BrokenExtractError, EmptyExtractError
from pipelines.extracts import Extract
from pipelines.landing import TYPES, Landed, land

MEMBERS = (
    "person_ref,family_ref,role,forename,surname,date_of_birth,nhs_number,upn,nino,postcode,from_date,to_date"
)
EPISODES = "episode_ref,family_ref,start_date,end_date,assessment_date,plan_date,lead_practitioner,closure_reason,other"
NEEDS = "episode_ref,person_ref,need_code,identified_on,identified_by"
PROGRESS = "episode_ref,person_ref,need_code,recorded_on,state,evidence"
ATTENDANCE = (
    "upn,forename,surname,date_of_birth,postcode,academic_year,term,term_start,term_end,sessions_possible,"
    "sessions_attended"
)
HEADINGS = {
    "family_member": MEMBERS,
    "family_episode": EPISODES,
    "need": NEEDS,
    "progress": PROGRESS,
    "school_attendance": ATTENDANCE,
    "worker": "worker_id,name",
    "case_note": "note_ref,episode_ref,written_on,worker,text",
    "earlier_claim": "claim_ref,family_ref,framework,claimed_on",
}
P1 = "P1,F1,parent,Ann,Other,1990-01-01,9434765919,,,AS1 1AA,2023-01-01,"
P2 = "P2,F1,child,Bo,Other,2015-01-01,,A950000178301,,AS1 1AA,2023-01-01,"
E1 = "E1,F1,2023-01-01,,,,,,"
N1 = "E1,P1,3.2,2023-01-02,W1"
CORE = {"family_member": [P1, P2], "family_episode": [E1], "need": [N1]}


def lands(folder: Path, rows: dict[str, Sequence[str]], *, may_be_empty: bool = False) -> list[Landed]:
    found = []
    for number, (contract, lines) in enumerate(rows.items()):
        contract, _, _ = contract.partition("/")
        file = folder / f"{contract}{number}.csv"
        file.write_text("\n".join([HEADINGS[contract], *lines]) + "\n", "utf-8")
        days = (date(2023, 1, 1), date(2024, 10, 31))
        found.append(land(Extract(file, contract, "P", *days, {}, {}, may_be_empty=may_be_empty)))
    return found


def checks(folder: Path, **rows: Sequence[str]) -> Checked:
    return check(lands(folder, {**CORE, **rows}))


def broken(checked: Checked) -> list[tuple[str, int, str]]:
    return checked.quarantined.select("contract", "row", "rule").rows()


def failures(checked: Checked, contract: str) -> dict[str, int]:
    lines = checked.data_quality.filter(extract=contract)
    return dict(lines.select("rule", "failures").rows())


def test_all_is_well(tmp_path: Path) -> None:
    checked = checks(tmp_path)
    assert broken(checked) == []
    assert checked.data_quality["failures"].sum() == 0
    assert checked.quarantined.schema == QUARANTINE
    assert checked.data_quality.schema == DATA_QUALITY
    assert list(checked.good) == list(CONTRACTS)
    for name, contract in CONTRACTS.items():
        types = {column.name: TYPES[column.type] for column in contract.columns}
        assert checked.good[name].schema == {"row": pl.Int64, "file": pl.String, **types}
    assert checked.good["need"].rows() == [(1, "need2.csv", "E1", "P1", "3.2", date(2023, 1, 2), "W1")]


@pytest.mark.parametrize(
    ("contract", "row", "rules"),
    [
        ("family_member", P2.replace("P2", ""), ["person_ref_is_given"]),
        ("family_member", P2.replace("F1", " "), ["family_ref_is_given"]),
        ("family_member", P2.replace("child", "lodger"), ["role_is_a_known_code"]),
        ("family_member", P2.replace("child", ""), ["role_is_given"]),
        ("family_member", P2.replace("2015-01-01", "2015-02-30"), ["date_of_birth_is_a_date"]),
        ("family_member", P2 + "2022-12-31", ["dates_in_order"]),
        ("family_member", P2 + "2023-01-01", []),
        ("family_episode", "E2,F1,,,,,,,", ["start_date_is_given"]),
        ("family_episode", "E2,F1,2023-13-01,,,,,,", ["start_date_is_a_date"]),
        ("family_episode", "E2,F9,2023-01-01,,,,,,", ["family_ref_is_known"]),
        ("family_episode", "E2,F1,2023-01-01,2022-01-01,,,,,", ["dates_in_order"]),
        # Practice tests are no rules of the contract: a plan before its assessment fails the claim, not the row.
        ("family_episode", "E2,F1,2023-01-01,,2023-03-01,2023-02-01, \xa0,,", []),
        ("family_episode", "E2,F1,2023-01-01,2023-02-01,,,,in our words,", []),
        ("need", "E1,P1,DV,2023-01-02,W1", ["need_code_is_a_known_code"]),
        ("need", "E1,P1,11.9,2023-01-02,W1", ["need_code_is_a_known_code"]),
        ("need", "E9,P9,3.2,2023-01-02,W1", ["episode_ref_is_known", "person_ref_is_known"]),
        ("need", "E1,,3.2,2023-01-02,W9", []),
        ("need", ",,,,", ["row_is_not_empty"]),
        ("need", ",TOTAL,,,,,,,", ["row_is_about_somebody"]),
        ("need", "E1,P1,3.2,2023-01-02,W1,and,more", ["row_fits_headings"]),
        ("need", "E1,P1", ["identified_on_is_given", "need_code_is_given"]),
        ("progress", "E1,P1,3.2,2023-01-02,done-ish,", ["state_is_a_known_code"]),
        ("progress", "E1,P1,3.2,2023-01-02,waived,", []),
        ("earlier_claim", "C1,F9,fw,2023-01-02", ["family_ref_is_known"]),
        ("case_note", "N1,E9,2023-01-02,W1,x", ["episode_ref_is_known"]),
        ("case_note", "N1,E1,2023-01-02,W9,x", []),
    ],
)
def test_a_row_is_quarantined_for_the_right_reason(
    tmp_path: Path, contract: str, row: str, rules: list[str]
) -> None:
    fine = {
        "progress": ["E1,P1,3.2,2023-01-02,met,"],
        "earlier_claim": ["C0,F1,fw,2023-01-02"],
        "case_note": ["N0,E1,2023-01-02,W1,x"],
        **CORE,
    }
    before = list(fine[contract])
    checked = checks(tmp_path, **{contract: [*before, row]})
    assert broken(checked) == [(contract, len(before) + 1, rule) for rule in rules]
    assert checked.good[contract].height == len(before) + (not rules)
    counted = failures(checked, contract)
    assert counted["quarantined"] == bool(rules)
    assert all(counted[rule] == 1 for rule in rules)


PUPIL = "A950000178301,Bo,Other,2015-01-01,AS1 1AA,2023/24,Autumn,2023-09-01,2023-12-20,{},{}"


@pytest.mark.parametrize(
    ("possible", "attended", "rules"),
    [
        ("126", "126", []),
        ("0", "0", []),
        ("126", "127", ["attended_within_possible"]),
        ("n/a", "100", ["sessions_possible_is_a_whole_number"]),
        ("12O", "100", ["sessions_possible_is_a_whole_number"]),
        ("", "100", ["sessions_possible_is_given"]),
        ("126", "-1", ["sessions_attended_is_in_range"]),
        ("99999", "1", ["sessions_possible_is_in_range"]),
    ],
)
def test_sessions(tmp_path: Path, possible: str, attended: str, rules: list[str]) -> None:
    rows = [PUPIL.format(10, 9), PUPIL.format(possible, attended)]
    checked = checks(tmp_path, school_attendance=rows)
    assert broken(checked) == [("school_attendance", 2, rule) for rule in rules]


def test_the_total_row_of_a_school(tmp_path: Path) -> None:
    checked = checks(tmp_path, school_attendance=[PUPIL.format(10, 9), ",,TOTAL,,,,,,,764874,656852"])
    assert broken(checked) == [("school_attendance", 2, "row_is_about_somebody")]


def test_one_bad_row_does_not_take_its_neighbours_along(tmp_path: Path) -> None:
    checked = checks(
        tmp_path,
        family_member=[P1, P2.replace("2015-01-01", "31/02/2015")],
        family_episode=[E1, "E2,F1,,,,,,,"],
        need=[N1, "E1,P2,1.1,2023-01-02,W1", "E2,P1,3.2,2023-01-02,W1"],
    )
    assert [line[:2] for line in broken(checked)] == [("family_member", 2), ("family_episode", 2)]
    assert checked.good["need"].height == 3
    counted = failures(checked, "need")
    assert counted["person_ref_is_out_of_quarantine"] == 1
    assert counted["episode_ref_is_out_of_quarantine"] == 1


def test_places_are_those_of_excel_and_reasons_show_no_value(tmp_path: Path) -> None:
    checked = checks(tmp_path, need=[N1, "E1,P1,Zaphod,2023-01-02,W1", ",,,,"])
    (code, empty) = checked.quarantined.rows(named=True)
    assert code["place"] == "need2.csv!C3"
    assert (code["file"], code["sheet"], code["row"], code["column"]) == ("need2.csv", None, 2, "need_code")
    assert empty["place"] == "need2.csv!4:4"
    assert empty["column"] is None
    assert "Zaphod" not in str(checked.quarantined.rows())
    assert "extracts.toml" in code["reason"]


def test_what_is_only_counted(tmp_path: Path) -> None:
    members = [
        P1,
        P2,
        P1,
        "P3,F1,child,,,,9434765918,Q82020001574M,QQ123456A,AS1 1CA,,",
        "P4,F1,unborn,,Other,,,,,,,",
        "P5,F1,child,Cy,Other,2024-12-01,,R247962919251,,,,",
        "P6,F1,carer,Di,Other,1901-01-01,,,,,,",
    ]
    checked = checks(
        tmp_path,
        family_member=members,
        family_episode=[E1, E1, "E1,F1,2024-01-01,,,,,,"],
        worker=["W2,Bo"],
        progress=["E1,P1,3.2,2023-01-03,met,", "E1,P1,9.1,2023-01-03,met,"],
    )
    assert broken(checked) == []
    counted = {rule: number for rule, number in failures(checked, "family_member").items() if number}
    assert counted == {
        "row_is_no_repeat": 1,
        "nhs_number_is_valid": 1,
        "upn_is_valid": 1,
        "upn_is_permanent": 1,
        "nino_is_valid": 1,
        "postcode_is_valid": 1,
        "date_of_birth_is_given": 1,
        "date_of_birth_is_plausible": 2,
    }
    episodes = failures(checked, "family_episode")
    assert (episodes["row_is_no_repeat"], episodes["episode_ref_is_unique"]) == (1, 1)
    assert failures(checked, "need")["identified_by_is_known"] == 1
    assert failures(checked, "progress")["judges_an_identified_need"] == 1


def test_words_that_no_list_knows_are_counted_where_the_row_is_worth_more(tmp_path: Path) -> None:
    checked = checks(tmp_path, family_episode=[E1, "E2,F1,2023-01-01,2023-02-01,,,,done,"])
    assert failures(checked, "family_episode")["closure_reason_is_a_known_code"] == 1
    assert checked.good["family_episode"]["closure_reason"].to_list() == [None, None]


def test_several_files_of_one_contract_stand_below_one_another(tmp_path: Path) -> None:
    rows = {**CORE, "need/2": ["E1,P2,1.1,2023-01-02,W1", "E1,P2,DV,2023-01-02,W1"]}
    checked = check(lands(tmp_path, rows))
    assert checked.good["need"].select("row", "file").rows() == [(1, "need2.csv"), (1, "need3.csv")]
    assert broken(checked) == [("need", 2, "need_code_is_a_known_code")]
    received = checked.data_quality.filter(extract="need", rule="received")
    assert received["rows"].to_list() == [3]


def test_what_was_not_sent_cannot_be_referred_to_wrongly(tmp_path: Path) -> None:
    checked = check(lands(tmp_path, {"need": [N1]}))
    assert broken(checked) == []
    assert set(checked.data_quality["extract"]) == {"need"}
    assert "identified_by_is_known" not in failures(checked, "need")


@pytest.mark.parametrize("count", [1, 50])
def test_an_extract_of_which_every_row_is_broken(tmp_path: Path, count: int) -> None:
    with pytest.raises(BrokenExtractError) as caught:
        checks(tmp_path, need=["E1,P1,Zaphod,2023-01-02,W1"] * count)
    words = str(caught.value)
    assert f"Every one of the {count} rows of need2.csv" in words
    assert "need_code is no code of the list" in words
    assert "need2.csv!C2" in words
    assert "Zaphod" not in words


def test_an_extract_of_totals_and_empty_rows_is_empty(tmp_path: Path) -> None:
    rows = {**CORE, "earlier_claim": [",,,", "TOTAL,,,"]}
    with pytest.raises(EmptyExtractError, match="all of them empty or totals"):
        check(lands(tmp_path, rows))
    assert check(lands(tmp_path, rows, may_be_empty=True)).good["earlier_claim"].is_empty()


def test_nothing_is_logged_and_nothing_is_changed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    landed = lands(tmp_path, {**CORE, "need": [N1, ",,,,"]})
    before = [one.frame.clone() for one in landed]
    with caplog.at_level(logging.DEBUG):
        check(landed)
    assert caplog.text == ""
    assert all(old.equals(one.frame) for old, one in zip(before, landed, strict=True))
