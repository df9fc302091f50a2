"""Rows that keep their contract, rows that do not, and what is counted."""

import logging
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.checking import DATA_QUALITY, FINDINGS, QUARANTINE, Checked, check
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
    "social_care_episode": "la_child_id,forename,surname,date_of_birth,nhs_number,upn,kind,start_date,end_date",
}
P1 = "P1,F1,parent,Ann,Other,1990-01-01,9434765919,,,AS1 1AA,2023-01-01,"
P2 = "P2,F1,child,Bo,Other,2015-01-01,,X845212818005,,AS1 1AA,2023-01-01,"
E1 = "E1,F1,2023-01-01,,,,,,"
N1 = "E1,P1,3.2,2023-01-02,W1"
CORE = {"family_member": [P1, P2], "family_episode": [E1], "need": [N1]}


def lands(folder: Path, rows: Mapping[str, Sequence[str]], *, may_be_empty: bool = False) -> list[Landed]:
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


PUPIL = "X845212818005,Bo,Other,2015-01-01,AS1 1AA,2023/24,Autumn,2023-09-01,2023-12-20,{},{}"


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


def assert_findings_agree(checked: Checked) -> None:
    """Every failure that is counted has a line, and every line is counted."""
    assert checked.findings.schema == FINDINGS
    lines = checked.findings.group_by("contract", "rule", "severity").len().rows()
    counted = checked.data_quality.filter(
        pl.col("failures") > 0, ~pl.col("rule").is_in(["received", "quarantined"])
    ).select("extract", "rule", "severity", "failures")
    assert set(lines) == set(counted.rows())
    assert checked.findings.select("contract", "file", "row", "rule").is_duplicated().sum() == 0
    quarantined = checked.quarantined.select("contract", "file", "row", "rule", "place")
    assert set(quarantined.rows()) <= set(checked.findings.select(quarantined.columns).rows())


def found(checked: Checked, rule: str) -> list[tuple[str, int, str]]:
    return checked.findings.filter(rule=rule).select("contract", "row", "place").rows()


def test_every_failure_has_its_place(tmp_path: Path) -> None:
    members = [P1, P2, P1, P2.replace("AS1 1AA", "AS1 1CA").replace("X845212818005", "X845212818006"), ",,,"]
    rows = {
        **CORE,
        "family_member": [*members, P2 + "2022-12-31"],
        "family_member/2": [P2.replace("2015-01-01", "")],
        "progress": ["E1,P1,3.2,2023-01-03,met,", "E1,P1,9.1,2023-01-03,met,"],
    }
    checked = check(lands(tmp_path, rows))
    assert_findings_agree(checked)
    assert found(checked, "upn_is_valid") == [("family_member", 4, "family_member0.csv!H5")]
    assert found(checked, "date_of_birth_is_given") == [("family_member", 1, "family_member3.csv!F2")]
    assert found(checked, "row_is_no_repeat") == [("family_member", 3, "family_member0.csv!4:4")]
    assert found(checked, "judges_an_identified_need") == [("progress", 2, "progress4.csv!C3")]


@pytest.mark.parametrize(
    ("contract", "row", "rules"),
    [
        # A date that does not exist is not also missing, and not also out of order.
        ("family_episode", "E2,F1,2023-02-30,2022-01-01,,,,,", ["start_date_is_a_date"]),
        # What slipped has slipped; what stands in the wrong cells says nothing.
        ("need", "E1,P1,3.2,,W1,and,more", ["row_fits_headings"]),
        ("school_attendance", PUPIL.format(10, 99999), ["sessions_attended_is_in_range"]),
    ],
)
def test_one_cause_is_told_once(tmp_path: Path, contract: str, row: str, rules: list[str]) -> None:
    fine = {**CORE, "school_attendance": [PUPIL.format(10, 9)]}
    checked = checks(tmp_path, **{contract: [*fine[contract], row]})
    assert broken(checked) == [(contract, len(fine[contract]) + 1, rule) for rule in rules]


@pytest.mark.parametrize(
    ("cell", "kept", "rules"),
    [
        ("UN4", None, ["upn_is_no_stand_in"]),
        ("not known", None, ["upn_is_no_stand_in"]),
        ("N/A", None, ["upn_is_no_stand_in"]),
        ("null", None, []),
        ("A950000178301", "A950000178301", ["upn_has_a_known_authority"]),
        ("X84521281800S", "X84521281800S", ["upn_is_valid"]),
        ("X8452l28l8OO5", "X845212818005", []),
    ],
)
def test_what_stands_where_there_is_no_number(
    tmp_path: Path, cell: str, kept: str | None, rules: list[str]
) -> None:
    checked = checks(tmp_path, family_member=[P1, P2.replace("X845212818005", cell)])
    assert checked.good["family_member"]["upn"].to_list() == [None, kept]
    assert [rule for rule, failed in failures(checked, "family_member").items() if failed] == rules
    assert_findings_agree(checked)


def test_an_own_number_of_noughts_is_nobodys(tmp_path: Path) -> None:
    rows = [f"{number},A,B,2015-01-01,,,CIN,2023-01-01," for number in ("00000000", "0", "4153", "99999999")]
    checked = checks(tmp_path, social_care_episode=rows)
    assert checked.good["social_care_episode"]["la_child_id"].to_list() == [None, None, "00004153", None]
    assert failures(checked, "social_care_episode")["la_child_id_is_no_stand_in"] == 3


def test_codes_of_earlier_lists_are_read_and_counted(tmp_path: Path) -> None:
    heading = HEADINGS["family_member"] + ",sex,ethnicity"
    rows = [P1 + ",2,W1", P2 + ",F,WBRI", P2 + ",9,??"]
    landed = lands(tmp_path, CORE)
    file = tmp_path / "again.csv"
    file.write_text("\n".join([heading, *rows]) + "\n", "utf-8")
    days = (date(2023, 1, 1), date(2024, 10, 31))
    checked = check([*landed[1:], land(Extract(file, "family_member", "P", *days, {}, {}))])
    assert checked.good["family_member"]["sex"].to_list() == ["F", "F", "U"]
    assert checked.good["family_member"]["ethnicity"].to_list() == ["WBRI", "WBRI", None]
    counted = failures(checked, "family_member")
    assert counted["sex_is_a_present_code"] == 2
    assert counted["ethnicity_is_a_present_code"] == 1
    assert counted["ethnicity_is_a_known_code"] == 1
    assert_findings_agree(checked)


def test_the_partners_own_words_go_before_codes_of_earlier_lists(tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_text(HEADINGS["family_member"] + ",sex\n" + P1 + ",1\n", "utf-8")
    days = (date(2023, 1, 1), date(2024, 10, 31))
    one = land(Extract(file, "family_member", "P", *days, {}, {"sex": {"1": "F"}}))
    assert one.frame["sex"].to_list() == ["F"]
    assert one.remarks.is_empty()
    other = land(Extract(file, "family_member", "P", *days, {}, {}))
    assert other.frame["sex"].to_list() == ["M"]
    assert "codes of earlier or other lists, read as the present ones, in: sex" in other.notes


AGAIN = P1.replace("Ann", "Zoe").replace("1990-01-01", "1971-02-03")


@pytest.mark.parametrize(
    ("rows", "rule", "places"),
    [
        # One number of a person, two people; a name that was corrected is one person still.
        ({"family_member": [P1, AGAIN, P2]}, "number_means_one_person", [2]),
        ({"family_member": [P1, P1.replace("Ann", "Anne"), P2]}, "number_means_one_person", []),
        ({"family_member": [P1, P1.replace("1990", "1991"), P2]}, "number_means_one_person", []),
        # Child and parent at once; or first the one, then the other.
        ({"family_member": [P1, P1.replace("parent", "child"), P2]}, "roles_do_not_contradict", [2]),
        (
            {
                "family_member": [
                    P1 + "2023-03-01",
                    P1.replace("parent", "carer").replace("2023-01-01", "2023-03-02"),
                    P2,
                ]
            },
            "roles_do_not_contradict",
            [],
        ),
        (
            {"family_member": [P1, P1.replace("parent", "child").replace("F1", "F2"), P2]},
            "roles_do_not_contradict",
            [],
        ),
        (
            {"family_member": [P1, P2.replace("2015-01-01", "2023-11-01")]},
            "from_date_is_not_before_birth",
            [2],
        ),
        (
            {"family_member": [P1, P2.replace("2015-01-01", "2023-09-01")]},
            "from_date_is_not_before_birth",
            [],
        ),
        ({"family_episode": [E1, "E2,F1,2024-01-01,,,,,,"]}, "episodes_do_not_overlap", [2]),
        (
            {"family_episode": ["E1,F1,2023-01-01,2023-06-30,,,,,", "E2,F1,2023-07-01,,,,,,"]},
            "episodes_do_not_overlap",
            [],
        ),
        ({"family_episode": [E1, E1]}, "episodes_do_not_overlap", []),
        ({"need": [N1, N1.replace("2023-01-02", "2022-12-31")]}, "identified_during_the_episode", [2]),
        ({"need": [N1, "E1,,3.2,2023-01-02,W1"]}, "person_is_in_the_family", []),
        (
            {
                "family_member": [P1, P2, "P3,F2,child,Cy,Else,2014-01-01,,,,,,"],
                "need": [N1, N1.replace("P1", "P3")],
            },
            "person_is_in_the_family",
            [2],
        ),
        (
            {"progress": ["E1,P1,3.2,2023-01-01,met,", "E1,P1,3.2,2023-01-02,met,"]},
            "judged_after_it_was_identified",
            [1],
        ),
        ({"progress": ["E1,P1,3.2,2024-11-01,met,"]}, "recorded_on_is_not_after_the_extract", [1]),
        ({"progress": ["E1,P1,3.2,2024-10-31,met,"]}, "recorded_on_is_not_after_the_extract", []),
        (
            {"school_attendance": [PUPIL.format(10, 9), PUPIL.format(12, 9), PUPIL.format(10, 9)]},
            "term_is_told_one_way",
            [],  # without a school nothing is said
        ),
        (
            {"school_attendance": [PUPIL.replace("2015-01-01", "2024-09-30").format(10, 9)]},
            "term_start_is_not_before_birth",
            [1],
        ),
    ],
)
def test_facts_that_contradict_one_another(
    tmp_path: Path, rows: dict[str, list[str]], rule: str, places: list[int]
) -> None:
    checked = checks(tmp_path, **rows)
    assert broken(checked) == []
    assert [row for _, row, _ in found(checked, rule)] == places
    assert_findings_agree(checked)


def test_incidents_and_terms_told_two_ways(tmp_path: Path) -> None:
    incident = "incident_ref,occurred_on,role,domestic_abuse,surname,forename,date_of_birth,postcode"
    told = ["I1,2023-05-01,suspect,Y,A,B,,", "I1,2023-05-01,victim,N,C,D,,", "I2,2023-05-01,victim,N,C,D,,"]
    terms = HEADINGS["school_attendance"] + ",school,authorised_absence,unauthorised_absence"
    pupils = [PUPIL.format(10, 9) + ",S,1,0", PUPIL.format(10, 8) + ",S,2,1", PUPIL.format(10, 8) + ",T,2,0"]
    landed = lands(tmp_path, CORE)
    days = (date(2023, 1, 1), date(2024, 10, 31))
    for contract, heading, lines in (
        ("police_incident", incident, told),
        ("school_attendance", terms, pupils),
    ):
        file = tmp_path / f"{contract}.csv"
        file.write_text("\n".join([heading, *lines]) + "\n", "utf-8")
        landed.append(land(Extract(file, contract, "P", *days, {}, {})))
    checked = check(landed)
    assert [row for _, row, _ in found(checked, "incident_is_told_one_way")] == [2]
    assert [row for _, row, _ in found(checked, "term_is_told_one_way")] == [2]
    assert [row for _, row, _ in found(checked, "sessions_add_up")] == [2]
    assert_findings_agree(checked)


def test_a_person_in_ten_thousand_roles_is_checked_in_no_time(tmp_path: Path) -> None:
    crowd = [P1, *(P1.replace("parent", role) for role in ("child", "carer") * 5000)]
    checked = checks(tmp_path, family_member=crowd)
    assert failures(checked, "family_member")["roles_do_not_contradict"] == 10_000
