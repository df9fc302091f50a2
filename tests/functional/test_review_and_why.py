"""The commands `review` and `why`, as a user runs them."""

import csv
import io
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from ledger import Event, open_ledger
from pipelines.contracts import CONTRACTS
from release.places import Places
from tests.conftest import SAMPLE, pipelines


def rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))


def references(data: Path, kind: str) -> pl.DataFrame:
    (file,) = (data / "identified" / "vault" / "references").glob("*.parquet")
    return pl.read_parquet(file).filter(kind=kind)


def test_why_these_are_one_family(own_data: Path, tmp_path: Path) -> None:
    family, ref = references(own_data, "family").select("pseudonym", "reference").row(0)
    told = tmp_path / "why.csv"
    result = pipelines("why", family, "--to", told, "--reason", "An auditor asked.", "--data", own_data)
    assert result.code == 0, result.words
    members = pl.read_csv(SAMPLE / "family_members.csv", infer_schema=False)
    broken = pl.read_csv(SAMPLE / "truth" / "broken_rows.csv").filter(pl.col("contract") == "family_member")[
        "row"
    ]
    expected = members.with_row_index("row", offset=1).filter(
        pl.col("Family ID") == ref, ~pl.col("row").is_in(broken.implode())
    )
    found = rows(told)
    assert {line["row"] for line in found} == set(expected["row"].cast(pl.String))
    assert {line["person_ref"] for line in found} == set(expected["Person ID"])
    assert {line["family_ref"] for line in found} == {ref}
    assert told.stat().st_mode & 0o777 == 0o600
    with closing(open_ledger(Places(own_data).ledger)) as ledger:
        line = ledger.entries()[-1]
    assert (line.event, line.detail["kind"], line.detail["reason"]) == (
        Event.REIDENTIFIED,
        "why family",
        "An auditor asked.",
    )


def test_why_these_records_are_one_person(own_data: Path, tmp_path: Path) -> None:
    links = pl.read_parquet(next((own_data / "identified" / "vault" / "links").glob("*.parquet")))
    members = pl.read_csv(SAMPLE / "family_members.csv", infer_schema=False)
    (ref,) = members.filter(pl.col("Person ID").is_in(references(own_data, "person")["reference"].implode()))[
        "Person ID"
    ].head(1)
    person = references(own_data, "person").filter(reference=ref)["pseudonym"][0]
    at = members.with_row_index("row", offset=1).filter(pl.col("Person ID") == ref)["row"][0]
    number = links.filter(contract="family_member", row=at)["person"][0]
    told = tmp_path / "why.csv"
    result = pipelines("why", person, "--to", told, "--reason", "An auditor asked.", "--data", own_data)
    assert result.code == 0, result.words
    expected = links.filter(person=number).select("contract", pl.col("row").cast(pl.String))
    found = {(line["extract"], line["row"]) for line in rows(told)}
    assert found == set(expected.iter_rows())
    assert len(found) > 1


def test_why_is_refused_without_a_reason_and_for_nobody(own_data: Path, tmp_path: Path) -> None:
    told = tmp_path / "why.csv"
    family = references(own_data, "family")["pseudonym"][0]
    assert pipelines("why", family, "--to", told, "--data", own_data).code == 26
    reason = ("--reason", "For 943 476 5919.")
    assert pipelines("why", family, "--to", told, *reason, "--data", own_data).code == 26
    stranger = pipelines("why", "0" * 24, "--to", told, "--reason", "An audit.", "--data", own_data)
    assert stranger.code == 5
    assert not told.exists()


@pytest.mark.proof
def test_a_review_is_written_answered_and_taken_in(own_data: Path, tmp_path: Path) -> None:
    file = own_data / "identified" / "review" / "review.csv"
    asked = rows(file)
    assert asked, "linkage is unsure of some pairs of the sample"
    for row in asked:
        row["answer"] = "different"
    asked[0]["answer"] = "Same"
    answers = tmp_path / "answers.csv"
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(asked[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(asked)
    answers.write_text(text.getvalue(), encoding="utf-16")
    taken = pipelines("review", "--answers", answers, "--data", own_data)
    assert taken.code == 0, taken.words
    assert f"{len(asked)} answers taken in" in taken.words
    assert rows(file) == []
    with closing(open_ledger(Places(own_data).ledger)) as ledger:
        (line,) = [entry for entry in ledger.entries() if entry.event == Event.PAIRS_JUDGED]
    assert line.detail["kept"] == len(asked)
    again = pipelines("run", "--extracts", SAMPLE, "--data", own_data)
    assert again.code == 0, again.words
    before = {row["pair"] for row in asked}
    assert not before & {row["pair"] for row in rows(file)}


def test_an_answer_that_is_none_is_named_by_its_row(own_data: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.csv"
    answers.write_text("pair,answer\nq-00000000000000000000,same\n,perhaps Bartholomew\n")
    refused = pipelines("review", "--answers", answers, "--data", own_data)
    assert refused.code == 53
    assert "answers.csv row 2" in refused.words
    assert "answers.csv row 3" in refused.words
    assert "Bartholomew" not in refused.words


def test_a_list_of_exclusions_that_cannot_be_read_stops_the_run(own_data: Path) -> None:
    (own_data / "identified" / "exclusions.csv").write_text(
        "kind_a,number_a,kind_b,number_b,reason\nupn,X1,upn,X2,\n"
    )
    refused = pipelines("run", "--extracts", SAMPLE, "--data", own_data)
    assert refused.code == 55
    assert "exclusions.csv row 2" in refused.words


@pytest.mark.proof
def test_an_exclusion_is_honoured_above_all_evidence(own_data: Path) -> None:
    links = pl.read_parquet(next((own_data / "identified" / "vault" / "links").glob("*.parquet")))
    members = pl.read_csv(SAMPLE / "family_members.csv", infer_schema=False).with_row_index("row", offset=1)
    social = pl.read_csv(SAMPLE / "childrens_social_care.csv", infer_schema=False).with_row_index(
        "row", offset=1
    )
    mine = links.filter(contract="family_member").join(members.select("row", "Person ID"), on="row")
    both = (
        links.filter(contract="social_care_episode")
        .join(social.select("row", "LA Child ID").drop_nulls(), on="row")
        .join(mine, on="person")
        .sort("Person ID", "LA Child ID")
    )
    person_ref, child_id = both.select("Person ID", "LA Child ID").row(0)
    file = own_data / "identified" / "exclusions.csv"
    file.write_text(
        f"kind_a,number_a,kind_b,number_b,reason\nperson_ref,{person_ref},la_child_id,{child_id},adopted\n"
    )
    result = pipelines("run", "--extracts", SAMPLE, "--data", own_data)
    assert result.code == 0, result.words
    newest = max((own_data / "identified" / "vault" / "links").glob("*.parquet"))
    now = pl.read_parquet(newest)
    before = members.filter(pl.col("Person ID") == person_ref)["row"].cast(pl.Int64)
    after = social.filter(pl.col("LA Child ID") == child_id)["row"].cast(pl.Int64)
    whom = [
        set(now.filter(pl.col("contract") == contract, pl.col("row").is_in(found.implode()))["person"])
        for contract, found in (("family_member", before), ("social_care_episode", after))
    ]
    assert whom[0]
    assert whom[1]
    assert not whom[0] & whom[1]


def test_a_claim_says_how_many_open_pairs_are_about_its_people(own_data: Path, tmp_path: Path) -> None:
    assert pipelines("links", "--to", tmp_path / "links.csv", "--data", own_data).code == 0
    for name in ("claim", "person"):
        asked = ["releases", "table", "current", name, "--to", tmp_path / name, "--data", own_data]
        assert pipelines(*asked).code == 0
    claim, person = pl.read_parquet(tmp_path / "claim"), pl.read_parquet(tmp_path / "person")
    titles = {contract.title: name for name, contract in CONTRACTS.items()}
    whose = {(line["contract"], line["row"]): line["person"] for line in rows(tmp_path / "links.csv")}
    families: dict[str, set[str]] = {}
    lasting = references(own_data, "person").drop_nulls("key").select("key", person="pseudonym").unique()
    for somebody, family in person.join(lasting, on="person").select("key", "family").iter_rows():
        families.setdefault(somebody, set()).add(family)
    about: dict[str, int] = {}
    for line in rows(own_data / "identified" / "review" / "review.csv"):
        sides = [whose[titles[line[f"extract ({side})"]], line[f"row of data ({side})"]] for side in (1, 2)]
        for family in set().union(*(families.get(side, set()) for side in sides)):
            about[family] = about.get(family, 0) + 1
    found = {
        family: pairs for family, pairs in claim.select("family", "pairs_in_review").iter_rows() if pairs
    }
    assert found
    assert all(pairs <= about.get(family, 0) for family, pairs in found.items())
