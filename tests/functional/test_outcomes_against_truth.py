"""The sample extracts, linked by their truth, give the needs and claims that their truth states.

The loader here is plain and small on purpose: it takes the true person of every record, leaves broken rows
out, and so shows the engine alone, whatever landing, checking and linking do.
"""

import csv
import tomllib
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from outcomes import FRAMES, Evaluation, evaluate, read_framework

SAMPLE = Path(__file__).parents[1] / "sample-extracts"
FRAMEWORK = Path(__file__).parents[2] / "data" / "frameworks" / "supporting-families-2022.toml"
Row = dict[str, str]


def plain(name: str) -> list[Row]:
    with (SAMPLE / "truth" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date | None:
    text = text.replace("\u00a0", " ").strip()
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%b-%Y", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


class Sample:
    """The good rows of the sample extracts under our own column names, and the true person of each."""

    def __init__(self) -> None:
        settings = tomllib.loads((SAMPLE / "extracts.toml").read_text(encoding="utf-8"))
        self.as_of: date = settings["as_of"]
        self.extracts = {extract["contract"]: extract for extract in settings["extract"]}
        self.broken = {(r["contract"], int(r["row"])) for r in plain("broken_rows.csv")}
        records = plain("records.csv")
        self.true_person = {(r["contract"], int(r["row"])): r["true_person_id"] for r in records}
        self.persons = {r["true_person_id"]: r for r in plain("persons.csv")}

    def rows(self, contract: str) -> Iterator[tuple[int, Row]]:
        extract = self.extracts[contract]
        path = SAMPLE / extract["file"]
        if path.suffix == ".xlsx":
            frame = pl.read_excel(path, infer_schema_length=0)
            table = [{k: v or "" for k, v in row.items()} for row in frame.iter_rows(named=True)]
        else:
            try:
                text = path.read_bytes().decode("utf-8-sig")
            except UnicodeDecodeError:
                text = path.read_bytes().decode("cp1252")
            delimiter = ";" if text.splitlines()[0].count(";") > 2 else ","
            table = list(csv.DictReader(text.splitlines(keepends=True), delimiter=delimiter))
        names = extract.get("columns", {})
        values = extract.get("values", {})
        for number, given in enumerate(table, start=1):
            if (contract, number) not in self.broken:
                row = {names.get(k, k): (v or "").strip() for k, v in given.items()}
                yield number, {k: values.get(k, {}).get(v, v) for k, v in row.items()}

    def events(self, contract: str, build: Callable[[Row], tuple[Any, ...]]) -> pl.DataFrame:
        """The frame of an extract about people: person, what `build` makes of the row, record."""
        family_people = {p for p, r in self.persons.items() if r["family_ref"]}
        rows = []
        for number, row in self.rows(contract):
            person = self.true_person[contract, number]
            rows.append((person if person in family_people else None, *build(row), f"{contract} {number}"))
        return pl.DataFrame(rows, schema=FRAMES[contract], orient="row")


def frames(sample: Sample) -> dict[str, pl.DataFrame]:
    members: dict[str, list[tuple[str, date | None, date | None]]] = {}
    person_of: dict[str, str] = {}
    for number, row in sample.rows("family_member"):
        person = sample.true_person["family_member", number]
        person_of[row["person_ref"]] = person
        stay = (person, day(row["from_date"]), day(row["to_date"]))
        members.setdefault(row["family_ref"], []).append(stay)
    episodes: dict[str, tuple[Any, ...]] = {}
    episode_members = set()
    for _, row in sample.rows("family_episode"):
        start, end = day(row["start_date"]), day(row["end_date"])
        assert start
        episodes[row["episode_ref"]] = (
            row["episode_ref"],
            row["family_ref"],
            start,
            end,
            day(row["assessment_date"]),
            day(row["plan_date"]),
            bool(row["lead_practitioner"].strip()),
            row["closure_reason"] or None,
            row["expectant_parent"] == "Y",
        )
        for person, since, until in members.get(row["family_ref"], []):
            if (until is None or until >= start) and (since is None or end is None or since <= end):
                born = day(sample.persons[person]["date_of_birth"])
                eighteen = born and (
                    date(born.year + 18, 3, 1) - timedelta(1)
                    if (born.month, born.day) == (2, 29)
                    else born.replace(year=born.year + 18)
                )
                child = bool(born and eighteen and born <= start < eighteen)
                episode_members.add((row["episode_ref"], person, child))
    contracts: dict[str, Callable[[Row], tuple[Any, ...]]] = {
        "school_attendance": lambda r: (
            r["academic_year"],
            r["term"],
            day(r["term_start"]),
            day(r["term_end"]),
            int(r["sessions_possible"]),
            int(r["sessions_attended"]),
        ),
        "police_incident": lambda r: (day(r["occurred_on"]), r["role"], r["domestic_abuse"] == "Y"),
        "missing_episode": lambda r: (day(r["missing_from"]), day(r["missing_to"])),
        "social_care_episode": lambda r: (r["kind"], day(r["start_date"]), day(r["end_date"])),
        "housing_event": lambda r: (r["kind"], day(r["occurred_on"])),
        "employment_spell": lambda r: (day(r["start_date"]), day(r["end_date"])),
    }
    found = {name: sample.events(name, build) for name, build in contracts.items()}
    schools = [row["school"] for _, row in sample.rows("school_attendance")]
    found["school_attendance"] = found["school_attendance"].with_columns(school=pl.Series(schools))
    for name, people in {
        "need": [
            (
                r["episode_ref"],
                person_of.get(r["person_ref"]),
                r["need_code"],
                day(r["identified_on"]),
                str(n),
            )
            for n, r in sample.rows("need")
        ],
        "progress": [
            (
                r["episode_ref"],
                person_of.get(r["person_ref"]),
                r["need_code"],
                day(r["recorded_on"]),
                r["state"],
                bool(r["evidence"]),
                str(n),
            )
            for n, r in sample.rows("progress")
        ],
        "episode": list(episodes.values()),
        "episode_member": sorted(episode_members),
        "earlier_claim": [
            (r["family_ref"], r["framework"], day(r["claimed_on"])) for _, r in sample.rows("earlier_claim")
        ],
        "coverage": [(c, e["covers_from"], e["covers_to"]) for c, e in sample.extracts.items()],
    }.items():
        found[name] = pl.DataFrame(people, schema=FRAMES[name], orient="row")
    return found


@pytest.fixture(scope="module")
def sample() -> Sample:
    return Sample()


@pytest.fixture(scope="module")
def evaluation(sample: Sample) -> Evaluation:
    return evaluate(frames(sample), read_framework(FRAMEWORK), as_of=sample.as_of)


def test_every_need_is_as_the_truth_says(sample: Sample, evaluation: Evaluation) -> None:
    person_of = {
        r["person_ref"]: sample.true_person["family_member", n] for n, r in sample.rows("family_member")
    }
    truth = {
        (r["episode_ref"], person_of.get(r["person_ref"]), r["need_code"]): (
            r["state"],
            day(r["achieved_on"]),
            day(r["sustained_on"]),
        )
        for r in plain("need_states.csv")
    }
    columns = ("episode", "person", "need_code", "state", "achieved_on", "sustained_on")
    ours = {row[:3]: row[3:] for row in evaluation.need.select(columns).iter_rows()}
    assert len(truth) == 1371
    assert ours == truth


def test_every_claim_is_as_the_truth_says(evaluation: Evaluation) -> None:
    truth = {
        r["episode_ref"]: (r["family_ref"], r["state"], day(r["claim_date"])) for r in plain("claims.csv")
    }
    columns = ("episode", "family", "state", "claim_date")
    ours = {row[0]: row[1:] for row in evaluation.claim.select(columns).iter_rows()}
    assert len(truth) == 317
    assert ours == truth
