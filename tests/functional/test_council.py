"""A fictional council from end to end: the same every time, safe, believable, and as true as it says."""

import csv
import json
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import outcomes
from pipelines.checking import Checked, check
from pipelines.contracts import CONTRACTS, SERVICES
from pipelines.contracts.codes import NEED_CODES
from pipelines.council import write_council
from pipelines.extracts import read_extract_list
from pipelines.landing import land
from pipelines.linkage import identified_records
from release.places import PROJECT

FAMILIES = 700
SPELL = ("kind", "start_date", "end_date")
# Every postcode area of Great Britain, Northern Ireland and the islands.
REAL_AREAS = (
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH "
    "EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M "
    "ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST "
    "SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE "
)


def rows(path: Path, encoding: str = "utf-8-sig", separator: str = ",") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=separator))


def digest(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def council(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("council")
    write_council(folder, families=FAMILIES, seed=1, notes=False)
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    write_council(folder, families=40, seed=8)
    return folder


@pytest.fixture(scope="module")
def later(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("later")
    write_council(folder, families=FAMILIES, seed=1, notes=False, quarter=2)
    return folder


@pytest.fixture(scope="module")
def checked(council) -> Checked:
    return landed_and_checked(council)


@pytest.fixture(scope="module")
def checked_later(later) -> Checked:
    return landed_and_checked(later)


def landed_and_checked(folder: Path) -> Checked:
    return check([land(extract) for extract in read_extract_list(folder).extracts])


@pytest.mark.parametrize("quarter", [1, 2])
def test_the_same_arguments_give_the_same_bytes_anywhere(tmp_path, quarter):
    """Another process, another hash seed, another language, another time zone."""
    here, there = tmp_path / "here", tmp_path / "there"
    write_council(here, families=40, seed=8, quarter=quarter)
    program = (
        "import sys; from pathlib import Path; from pipelines.council import write_council; "
        f"write_council(Path(sys.argv[1]), families=40, seed=8, quarter={quarter})"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Asia/Tokyo", "PYTHONUTF8": "0"}
    subprocess.run(
        [sys.executable, "-c", program, str(there)], check=True, cwd=PROJECT, env=environment, timeout=60
    )

    assert digest(there) == digest(here)


def test_another_seed_is_another_council_and_notes_change_no_other_file(small, tmp_path):
    write_council(tmp_path / "other", families=40, seed=9)
    write_council(tmp_path / "without", families=40, seed=8, notes=False)
    with_notes, without = digest(small), digest(tmp_path / "without")

    assert digest(tmp_path / "other")["family_members.csv"] != with_notes["family_members.csv"]
    assert {name for name, held in with_notes.items() if without.get(name) != held} == {
        "case_notes.csv",
        "extracts.toml",
        "fictional-council.txt",
        "truth/identities.txt",
        "truth/note_spans.jsonl",
        "truth/broken_rows.csv",
    } & set(with_notes)


@pytest.mark.parametrize(
    ("families", "quarter", "as_of"),
    [
        (1, 1, date(2024, 10, 31)),
        (2, 1, date(2024, 10, 31)),
        (9, 1, date(2024, 10, 31)),
        (1, 2, date(2024, 10, 31)),
        (9, 2, date(2024, 7, 31)),
    ],
)
def test_a_tiny_council_lands_too(tmp_path, families, quarter, as_of):
    write_council(tmp_path, families=families, seed=3, quarter=quarter, as_of=as_of)
    listed = read_extract_list(tmp_path)
    landed = check([land(extract) for extract in listed.extracts])

    assert {extract.contract for extract in listed.extracts} == set(CONTRACTS)
    true = {row["true_family_id"] for row in rows(tmp_path / "truth" / "families.csv")}
    assert landed.good["family_episode"]["family_ref"].n_unique() >= len(true)
    assert len(true) == families + quarter - 1
    assert landed.quarantined.is_empty() == (not rows(tmp_path / "truth" / "broken_rows.csv"))


def test_the_list_says_that_it_is_synthetic(council):
    listed = tomllib.loads((council / "extracts.toml").read_text("utf-8"))

    assert listed["synthetic"] is True
    assert listed["payment"] == "by_results"
    assert listed["as_of"] == date(2024, 10, 31)


@pytest.mark.parametrize(("folder", "found"), [("council", "checked"), ("later", "checked_later")])
def test_quarantine_holds_what_the_truth_calls_broken_and_nothing_else(request, folder, found):
    truth = rows(request.getfixturevalue(folder) / "truth" / "broken_rows.csv")
    broken = {(row["contract"], int(row["row"])) for row in truth}

    quarantined = request.getfixturevalue(found).quarantined
    assert set(quarantined.select("contract", "row").iter_rows()) == broken
    assert len(broken) > 30


def test_every_row_about_a_person_says_who(council):
    people = {row["true_person_id"] for row in rows(council / "truth" / "persons.csv")}
    records = rows(council / "truth" / "records.csv")
    attendance = rows(council / "attendance_by_term.csv", "cp1252")
    known = {int(row["row"]): row for row in records if row["contract"] == "school_attendance"}
    names = {row["true_person_id"]: row for row in rows(council / "truth" / "persons.csv")}

    assert {row["true_person_id"] for row in records} - {""} <= people
    assert set(known) == set(range(1, len(attendance)))  # all but the total row
    for place, row in enumerate(attendance[:-1], 1):
        if not known[place]["mess"]:
            true = names[known[place]["true_person_id"]]
            assert (row["UPN"], row["Legal Surname"]) == (true["upn"], true["surname"])


def test_three_rows_in_ten_of_a_partners_file_are_about_strangers(council):
    family = {
        row["true_person_id"]: bool(row["family_ref"]) for row in rows(council / "truth" / "persons.csv")
    }
    about: dict[str, list[bool]] = defaultdict(list)
    for row in rows(council / "truth" / "records.csv"):
        if row["true_person_id"] and row["contract"] != "family_member":
            about[row["contract"]].append(not family[row["true_person_id"]])

    assert {
        name: 0.24 < sum(strange) / len(strange) < 0.36 for name, strange in about.items()
    } == dict.fromkeys(about, True)
    assert len(about) == 16


def test_most_records_of_family_members_link_exactly(council):
    """By a valid identifier, or by name, date of birth and postcode; the workbook's names are another matter."""
    mess = Counter()
    family = {
        row["true_person_id"]: bool(row["family_ref"]) for row in rows(council / "truth" / "persons.csv")
    }
    spoils_all = {
        "no_identifiers",
        "typo_surname",
        "typo_forename",
        "transposed",
        "birth_year_wrong",
        "old_address",
    }
    for row in rows(council / "truth" / "records.csv"):
        if family.get(row["true_person_id"]) and row["contract"] not in {"family_member", "housing_event"}:
            mess["hard" if spoils_all & set(row["mess"].split("|")) else "easy"] += 1

    assert mess["easy"] / mess.total() > 0.85
    assert mess["hard"] > 50


def test_identities_are_nobodys(small):
    text = "\n".join(
        path.read_text("cp1252" if path.name == "progress_reviews.csv" else "utf-8", errors="replace")
        for path in (*small.glob("*.csv"), *(small / "truth").iterdir())
    )
    persons = rows(small / "truth" / "persons.csv")

    areas = {re.match(r"[A-Z]+", row["postcode"]).group() for row in persons}
    assert areas == {"WB"} and not areas & set(REAL_AREAS.split())
    assert {row["nhs_number"][:3] for row in persons} - {""} == {"999"}
    assert {
        address.rsplit(".", 1)[1]
        for address in re.findall(r"[\w.]+@[\w.-]*\w", text)
        if "." in address.split("@")[1]
    } == {"example"}
    drama = re.compile(r"(\+44 7|07)700 ?900 ?\d{3}|01(61|13|14) ?496 ?0\d{3}|01632 ?960\d{3}")
    phones = {row["Telephone"] for row in rows(small / "family_members.csv")} - {""}
    notes = (small / "truth" / "note_spans.jsonl").read_text("utf-8").splitlines()
    phones |= {
        span["text"] for note in notes for span in json.loads(note)["spans"] if span["type"] == "PHONE"
    }
    assert len(phones) > 50
    assert all(drama.fullmatch(phone) for phone in phones)


def test_every_span_of_a_note_is_in_the_file_as_decoded(small):
    texts = {row["note_ref"]: row["text"] for row in rows(small / "case_notes.csv")}
    spans = [
        json.loads(line) for line in (small / "truth" / "note_spans.jsonl").read_text("utf-8").splitlines()
    ]

    assert len(spans) > 150
    for note in spans:
        for span in note["spans"]:
            assert texts[note["note_ref"]][span["start"] : span["end"]] == span["text"]


def test_every_need_and_state_and_obstacle_occurs(council):
    needs = rows(council / "truth" / "need_states.csv")
    claims = rows(council / "truth" / "claims.csv")
    episodes = rows(council / "family_episodes.csv")

    assert {row["need_code"] for row in needs} == set(NEED_CODES)
    assert {row["state"] for row in needs} == {
        "outstanding", "not_evidenced", "sustaining", "sustained", "waived"
    }  # fmt: skip
    assert {row["state"] for row in claims} == {
        "claimed", "not_eligible", "closed_otherwise", "in_progress", "evidence_gap", "sustaining", "outside_period",
        "claimable",
    }  # fmt: skip
    ended = [row for row in episodes if row["end_date"]]
    assert any(not row["assessment_date"] for row in ended)
    assert any(row["assessment_date"] and not row["plan_date"] for row in ended)
    assert any("" < row["plan_date"] < row["assessment_date"] for row in ended)
    assert any(not row["lead_practitioner"] for row in ended)
    assert any(row["lead_practitioner"] and not row["lead_practitioner"].strip() for row in ended)
    assert len({row["ward"] for row in episodes}) == 12
    assert len({row["locality"] for row in episodes}) == 4
    assert len({row["team"] for row in episodes}) == 6


def test_about_four_in_ten_ended_episodes_are_claimed_or_claimable(council):
    ended = {row["episode_ref"] for row in rows(council / "family_episodes.csv") if row["end_date"]}
    states = Counter(
        row["state"] for row in rows(council / "truth" / "claims.csv") if row["episode_ref"] in ended
    )

    assert 0.35 <= (states["claimed"] + states["claimable"]) / states.total() <= 0.45


def test_a_managers_stories(council):
    # A broken copy follows the good row.
    episodes = {row["episode_ref"]: row for row in reversed(rows(council / "family_episodes.csv"))}.values()
    starts = Counter(row["start_date"][:7] for row in episodes if row["start_date"])
    months = Counter(month[5:] for month in starts.elements())
    waits: dict[tuple[bool, str], list[int]] = defaultdict(list)
    for row in episodes:
        if row["assessment_date"] and row["start_date"] and row["locality"] in {"Eastmoor", "Central"}:
            days = (date.fromisoformat(row["assessment_date"]) - date.fromisoformat(row["start_date"])).days
            waits[row["locality"] == "Eastmoor", row["start_date"][:4]].append(days)
    mean = {key: sum(days) / len(days) for key, days in waits.items()}
    first, last = (
        sum(count for month, count in starts.items() if since <= month < until)
        for since, until in (("2021-11", "2022-11"), ("2023-11", "2024-11"))
    )

    assert last > 1.15 * first
    assert months["08"] + months["12"] < 0.8 * (months["09"] + months["10"])
    assert mean[True, "2024"] > mean[True, "2022"] * 1.15
    assert mean[True, "2024"] > mean[False, "2024"] * 1.4


def test_who_has_which_need_makes_sense(council):
    people = {
        reference: row
        for row in rows(council / "truth" / "persons.csv")
        for reference in row["person_ref"].split("|")
    }
    starts: dict[str, str] = {}
    for row in rows(council / "family_episodes.csv"):
        starts.setdefault(row["episode_ref"], row["start_date"])  # a broken copy follows the good row
    ages: dict[str, set[int]] = defaultdict(set)
    for need in rows(council / "truth" / "need_states.csv"):
        born = people[need["person_ref"]]["date_of_birth"] if need["person_ref"] else ""
        if born and starts.get(need["episode_ref"]):
            days = (date.fromisoformat(starts[need["episode_ref"]]) - date.fromisoformat(born)).days
            ages[need["need_code"]].add(int(days / 365.25))

    for code, youngest, oldest in (
        ("1.1", 4, 15), ("2.2", 0, 6), ("2.3", 0, 6), ("3.1", 6, 18), ("3.2", 17, 90), ("7.3", 10, 18),
        ("9.3", 15, 18), ("10.1", 17, 61), ("10.3", 15, 20),
    ):  # fmt: skip
        assert youngest <= min(ages[code]) and max(ages[code]) <= oldest, code


def test_what_makes_people_hard_to_tell_apart_is_there(council):
    people = {row["true_person_id"]: row for row in rows(council / "truth" / "persons.csv")}
    households = [
        [people[one] for one in row["true_person_ids"].split("|")]
        for row in rows(council / "truth" / "families.csv")
    ]

    def alike(one: dict[str, str], other: dict[str, str], *columns: str) -> bool:
        return all(one[column] and one[column] == other[column] for column in columns)

    pairs = [
        (one, other)
        for household in households
        for place, one in enumerate(household)
        for other in household[:place]
    ]
    same_name = [pair for pair in pairs if alike(*pair, "forename", "surname", "address", "sex")]
    years = [abs(int(one["date_of_birth"][:4]) - int(other["date_of_birth"][:4])) for one, other in same_name]
    twins = [pair for pair in pairs if alike(*pair, "surname", "date_of_birth", "sex", "address")]
    cousins = [row for row in rows(council / "relationships.csv") if row["Relationship"] == "Cousin"]
    by_name = defaultdict(list)
    for person in people.values():
        if person["family_ref"] and person["date_of_birth"]:
            by_name[person["forename"], person["surname"]].append(person)
    namesakes = [
        (one, other)
        for alikes in by_name.values()
        for place, one in enumerate(alikes)
        for other in alikes[:place]
        if one["family_ref"] != other["family_ref"] and 0 <= days_between(one, other) <= 1
    ]

    assert years and min(years) > 14, "a father and a son"
    assert len(twins) >= 2
    assert all(one["forename"] != other["forename"] for one, other in twins)
    assert cousins
    assert any(days_between(*pair) == 0 for pair in namesakes)
    assert (
        sum(bool(person["maiden_name"]) and person["date_of_birth"] > "2008" for person in people.values())
        > 5
    )


def days_between(one: dict[str, str], other: dict[str, str]) -> int:
    first, second = (date.fromisoformat(row["date_of_birth"]) for row in (one, other))
    return abs((first - second).days)


def test_a_child_with_two_homes_is_in_two_families_and_a_family_entered_twice_is_one(council):
    families = rows(council / "truth" / "families.csv")
    true = {row["family_ref"]: row["true_family_id"] for row in families}
    homes: dict[str, set[str]] = defaultdict(set)
    numbers: dict[str, list[set[str]]] = defaultdict(list)
    for row in families:
        for person in row["true_person_ids"].split("|"):
            homes[person].add(row["true_family_id"])
        numbers[row["true_family_id"]].append(set(row["true_person_ids"].split("|")))
    twice = [people for people in numbers.values() if len(people) > 1]

    assert sum(len(refs) == 2 for refs in homes.values()) > 5
    assert len(twice) > 3
    assert all(later <= first for first, later in twice)
    claims = Counter(
        true[row["family_ref"]]
        for row in rows(council / "truth" / "claims.csv")
        if row["state"] == "claimable"
    )
    assert max(claims.values()) == 1


def test_an_adopted_child_is_two_people_who_share_no_number(council):
    people = rows(council / "truth" / "persons.csv")
    columns = {
        "la_child_id": "la_child_id",
        "nhs_number": "nhs_number",
        "person_ref": "person_ref",
        "upn": "upn",
    }
    owner = {
        (kind, number): person["true_person_id"]
        for person in people
        for kind, column in columns.items()
        for number in person[column].split("|")
        if number
    }
    exclusions = rows(council / "truth" / "exclusions.csv")
    pairs = {
        (owner[row["kind_a"], row["number_a"]], owner[row["kind_b"], row["number_b"]]) for row in exclusions
    }
    births = {person["true_person_id"]: person["date_of_birth"] for person in people}

    assert list(exclusions[0]) == ["kind_a", "number_a", "kind_b", "number_b", "reason"]
    assert len(pairs) >= 2
    assert all(before != after and births[before] == births[after] for before, after in pairs)


def test_relationships_name_people_of_the_case_system(council, checked):
    members = {row["Person ID"] for row in rows(council / "family_members.csv")}
    kinds = checked.good["relationship"]["relationship"]

    assert set(checked.good["relationship"]["related_person_ref"]) <= members
    assert {"parent_of", "child_of", "partner_of", "former_partner_of", "sibling_of"} <= set(kinds)


def test_a_quarter_later_everybody_is_who_they_were(council, later):
    before, after = (
        {row["true_person_id"]: row for row in rows(folder / "truth" / "persons.csv")}
        for folder in (council, later)
    )
    lasting = ("forename", "surname", "date_of_birth", "nhs_number", "upn", "nino", "pnc_id", "la_child_id")
    new = set(after) - set(before)

    assert set(before) <= set(after)
    assert all(after[one][column] == row[column] for one, row in before.items() for column in lasting)
    assert 0.05 < len(new) / len(before) < 0.12
    assert tomllib.loads((later / "extracts.toml").read_text("utf-8"))["as_of"] == date(2025, 1, 31)
    assert digest(later)["workers.csv"] == digest(council)["workers.csv"]


def test_a_quarter_later_a_tenth_is_new_and_little_is_put_right_or_gone(
    council, later, checked, checked_later
):
    """Records of people as linkage sees them, without the rows' numbers: counted, not compared one by one."""
    then, now = (
        identified_records(found.good).drop("record_id", "file", "row") for found in (checked, checked_later)
    )
    columns = then.columns
    counts = (
        then.group_by(columns)
        .len("then")
        .join(now.group_by(columns).len("now"), on=columns, how="full", nulls_equal=True, coalesce=True)
        .select(pl.col("then", "now").fill_null(0).cast(pl.Int64))
    )
    gone = counts.select((pl.col("then") - pl.col("now")).clip(0).sum()).item()
    new = counts.select((pl.col("now") - pl.col("then")).clip(0).sum()).item()
    right = sum("corrected" in row["mess"] for row in rows(later / "truth" / "records.csv"))

    assert 0.01 < right / then.height < 0.03
    assert 0.005 < (gone - right) / then.height < 0.02
    assert 0.08 < (new - right) / then.height < 0.15


@pytest.mark.parametrize("payment", ["earned_autonomy", "none"])
def test_without_payment_by_results_nothing_was_claimed_before(tmp_path, payment):
    write_council(tmp_path, families=150, seed=1, notes=False, payment=payment)

    assert f'payment = "{payment}"' in (tmp_path / "extracts.toml").read_text("utf-8")
    assert {row["framework"] for row in rows(tmp_path / "earlier_claims.csv")} == {"troubled-families-2015"}


def _frames(folder: Path, good: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """What the engine reads, with people told apart by the truth instead of by linkage."""
    records = pl.read_csv(folder / "truth" / "records.csv", infer_schema=False).select(
        "contract", pl.col("row").cast(pl.Int64), person="true_person_id"
    )
    people = pl.read_csv(folder / "truth" / "persons.csv", infer_schema=False).rename(
        {"true_person_id": "person"}
    )
    references = (
        people.select("person", pl.col("person_ref").str.split("|")).explode("person_ref").drop_nulls()
    )
    within = people.filter(pl.col("family_ref").is_not_null()).select("person")
    births = people.select("person", born=pl.col("date_of_birth").str.to_date(strict=False))

    def events(contract: str, *columns: str) -> pl.DataFrame:
        mine = records.filter(pl.col("contract") == contract).join(within, on="person", how="semi")
        found = good[contract].join(mine, on="row", how="left")
        if contract != "school_attendance":
            found = found.filter(pl.col("person").is_not_null())
        return found.select("person", *columns, record=pl.lit(contract) + pl.col("row").cast(pl.String))

    true_families = pl.read_csv(folder / "truth" / "families.csv", infer_schema=False).select(
        "family_ref", "true_family_id"
    )
    episodes = good["family_episode"].unique("episode_ref").join(true_families, on="family_ref")
    memberships = good["family_member"].join(references, on="person_ref")
    together = (
        episodes.join(memberships.select("family_ref", "person", "from_date", "to_date"), on="family_ref")
        .filter(
            pl.col("end_date").is_null() | (pl.col("from_date") <= pl.col("end_date")),
            pl.col("to_date").is_null() | (pl.col("to_date") >= pl.col("start_date")),
        )
        .join(births, on="person")
    )
    child = (pl.col("born") <= pl.col("start_date")) & (
        pl.col("born").dt.offset_by("18y") > pl.col("start_date")
    )
    work = good["need"].join(references, on="person_ref", how="left")
    reviews = good["progress"].join(references, on="person_ref", how="left")
    row = pl.col("row").cast(pl.String)
    return {
        "episode": episodes.select(
            "start_date",
            "end_date",
            "assessment_date",
            "plan_date",
            "closure_reason",
            episode="episode_ref",
            family="true_family_id",
            has_lead_practitioner=pl.col("lead_practitioner").fill_null("").str.strip_chars() != "",
            expectant_parent=pl.col("expectant_parent") == "Y",
        ),
        "episode_member": together.group_by("person", episode="episode_ref").agg(
            child_on_first_day=child.fill_null(False).any()
        ),
        "need": work.select("person", "need_code", "identified_on", episode="episode_ref", record=row),
        "progress": reviews.select(
            "person",
            "need_code",
            "recorded_on",
            "state",
            episode="episode_ref",
            has_reason=pl.col("evidence").fill_null("").str.strip_chars() != "",
            record=row,
        ),
        "school_attendance": events(
            "school_attendance", "school", "academic_year", "term", "term_start", "term_end", "sessions_possible",
            "sessions_attended",
        ),
        "police_incident": events("police_incident", "occurred_on", "role", "domestic_abuse").with_columns(
            pl.col("domestic_abuse") == "Y"
        ),
        "missing_episode": events("missing_episode", "missing_from", "missing_to"),
        "social_care_episode": events("social_care_episode", "kind", "start_date", "end_date"),
        "housing_event": events("housing_event", "kind", "occurred_on"),
        "employment_spell": events("employment_spell", "start_date", "end_date"),
        "school_exclusion": events("school_exclusion", "category", "start_date"),
        "health_contact": events("health_contact", "kind", "contact_date"),
        **{name: events(name, *SPELL) for name in SERVICES},
        "substance_misuse_treatment": events("substance_misuse_treatment", *SPELL, "end_reason"),
        "benefit_spell": events("benefit_spell", *SPELL, "conditionality"),
        "homelessness_duty": events("homelessness_duty", *SPELL, "end_reason"),
        "earlier_claim": good["earlier_claim"]
        .join(true_families, on="family_ref")
        .select("framework", "claimed_on", family="true_family_id"),
        "coverage": pl.DataFrame(
            [
                (extract.contract, extract.covers_from, extract.covers_to)
                for extract in read_extract_list(folder).extracts
            ],
            schema={"extract": pl.String, "covers_from": pl.Date, "covers_to": pl.Date},
            orient="row",
        ),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("folder", "found", "as_of"),
    [("council", "checked", date(2024, 10, 31)), ("later", "checked_later", date(2025, 1, 31))],
)
def test_the_engine_agrees_with_the_truth_on_every_need_and_claim(request, folder, found, as_of):
    """Two readings of the rules, written apart: the council's plain one and the engine's."""
    council, checked = request.getfixturevalue(folder), request.getfixturevalue(found)
    framework = outcomes.read_framework(PROJECT / "data" / "frameworks" / "supporting-families-2022.toml")
    evaluation = outcomes.evaluate(_frames(council, checked.good), framework, as_of=as_of)
    first = {
        row["true_person_id"]: row["person_ref"].split("|")[0]
        for row in rows(council / "truth" / "persons.csv")
    }

    def text(value: object) -> str:
        return "" if value is None else str(value)

    found = {
        (row["episode"], first.get(row["person"], ""), row["need_code"]): (
            row["state"],
            text(row["achieved_on"]),
            text(row["sustained_on"]),
        )
        for row in evaluation.need.iter_rows(named=True)
    }
    true = {
        (row["episode_ref"], row["person_ref"], row["need_code"]): (
            row["state"],
            row["achieved_on"],
            row["sustained_on"],
        )
        for row in rows(council / "truth" / "need_states.csv")
    }
    claims = {
        row["episode"]: (row["state"], text(row["claim_date"]))
        for row in evaluation.claim.iter_rows(named=True)
    }

    assert found == true
    assert claims == {
        row["episode_ref"]: (row["state"], row["claim_date"])
        for row in rows(council / "truth" / "claims.csv")
    }


def test_the_command_writes_a_council_and_refuses_a_folder_in_use(tmp_path):
    def demo(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-m",
            "pipelines",
            "demo",
            "--families",
            "12",
            "--to",
            str(folder),
            "--without-notes",
            *options,
        ]
        return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False)

    used = tmp_path / "used"
    used.mkdir()
    (used / "mine.csv").write_text("a")

    assert demo(tmp_path / "new").returncode == 0
    assert demo(tmp_path / "later", "--quarter", "2").returncode == 0
    assert read_extract_list(tmp_path / "later").as_of == date(2025, 1, 31)
    assert demo(tmp_path / "third", "--quarter", "3").returncode == 2
    assert len(read_extract_list(tmp_path / "new").extracts) == len(CONTRACTS) - 1  # all but notes
    refused = demo(used)
    assert refused.returncode == 30
    assert "Traceback" not in refused.stderr
    assert [path.name for path in used.iterdir()] == ["mine.csv"]
