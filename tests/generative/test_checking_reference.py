"""Checking against a naive reading of the same rules, row by row, on generated extracts of a small council."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipelines.checking import Checked, check
from pipelines.extracts import Extract
from pipelines.landing import Landed, land

FROM, TO = date(2023, 1, 1), date(2024, 10, 31)
NEVER, EVER = date(1, 1, 1), date(9999, 12, 31)
Row = dict[str, str]

days = st.sampled_from(["", "2022-03-01", "2023-02-01", "2023-06-01", "2024-02-01", "2024-12-01"])
some_day = days.filter(bool)
people = st.sampled_from(["P1", "P2", "P3"])
families = st.sampled_from(["F1", "F2"])
episodes = st.sampled_from(["E1", "E2", "E3"])
needs = st.sampled_from(["1.1", "3.2", "99"])

MEMBER = st.fixed_dictionaries(
    {
        "person_ref": people,
        "family_ref": families,
        "role": st.sampled_from(["parent", "child", "carer", "unborn", "lodger"]),
        "forename": st.sampled_from(["", "Ann", "ann", "Zoe"]),
        "surname": st.just("Other"),
        "date_of_birth": st.sampled_from(
            ["", "1990-01-01", "2015-02-03", "2024-06-01", "2025-01-01", "2015-02-30"]
        ),
        "nhs_number": st.sampled_from(["", "9434765919", "9434765918"]),
        "upn": st.sampled_from(["", "X845212818005", "UN2"]),
        "nino": st.just(""),
        "postcode": st.sampled_from(["", "AS1 1AA", "nowhere"]),
        "from_date": days,
        "to_date": days,
    }
)
EPISODE = st.fixed_dictionaries(
    {
        "episode_ref": episodes,
        "family_ref": families,
        "start_date": some_day,
        "end_date": days,
        "assessment_date": st.just(""),
        "plan_date": st.just(""),
        "lead_practitioner": st.just(""),
        "closure_reason": st.just(""),
    }
)
NEED = st.fixed_dictionaries(
    {
        "episode_ref": episodes,
        "person_ref": st.sampled_from(["", "P1", "P2", "P9"]),
        "need_code": needs,
        "identified_on": some_day,
    }
)
JUDGEMENT = st.fixed_dictionaries(
    {
        "episode_ref": episodes,
        "person_ref": st.sampled_from(["", "P1", "P2"]),
        "need_code": needs,
        "recorded_on": some_day,
        "state": st.sampled_from(["met", "regressed"]),
        "evidence": st.just(""),
    }
)
# A row of each that keeps its contract, so that no extract is hopeless.
SOUND = {
    "family_member": {
        "person_ref": "P1", "family_ref": "F1", "role": "parent", "forename": "Ann", "surname": "Other",
        "date_of_birth": "1990-01-01", "nhs_number": "", "upn": "", "nino": "", "postcode": "", "from_date": "",
        "to_date": "",
    },
    "family_episode": {
        "episode_ref": "E1", "family_ref": "F1", "start_date": "2023-02-01", "end_date": "", "assessment_date": "",
        "plan_date": "", "lead_practitioner": "", "closure_reason": "",
    },
    "need": {"episode_ref": "E1", "person_ref": "P1", "need_code": "3.2", "identified_on": "2023-06-01"},
    "progress": {
        "episode_ref": "E1", "person_ref": "P1", "need_code": "3.2", "recorded_on": "2024-02-01", "state": "met",
        "evidence": "",
    },
}  # fmt: skip


def day(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell) if cell else None
    except ValueError:
        return None


@dataclass
class Naive:
    """What a reader would say of every row: `broken` loses it, `counted` does not."""

    rows: dict[str, list[Row]]

    def __post_init__(self) -> None:
        self.broken = {name: set(self._broken(name)) for name in self.rows}
        self.lost = {name: {row for row, _ in found} for name, found in self.broken.items()}
        self.good = {
            name: [(at, row) for at, row in enumerate(rows, 1) if at not in self.lost[name]]
            for name, rows in self.rows.items()
        }
        self.counted = {name: set(self._counted(name)) for name in self.rows}

    def _broken(self, name: str) -> Iterator[tuple[int, str]]:
        named = {
            column: {row[column] for row in self.rows[contract]}
            for contract, column in (
                ("family_member", "person_ref"), ("family_member", "family_ref"), ("family_episode", "episode_ref")
            )
        }  # fmt: skip
        for at, row in enumerate(self.rows[name], 1):
            if name == "family_member":
                if row["role"] == "lodger":
                    yield at, "role_is_a_known_code"
                if row["date_of_birth"] and not day(row["date_of_birth"]):
                    yield at, "date_of_birth_is_a_date"
                first, last = day(row["from_date"]), day(row["to_date"])
                if first and last and last < first:
                    yield at, "dates_in_order"
            if name == "family_episode":
                if row["family_ref"] not in named["family_ref"]:
                    yield at, "family_ref_is_known"
                last, first = day(row["end_date"]), day(row["start_date"])
                if first and last and last < first:
                    yield at, "dates_in_order"
            if name in ("need", "progress"):
                if row["need_code"] == "99":
                    yield at, "need_code_is_a_known_code"
                if row["episode_ref"] not in named["episode_ref"]:
                    yield at, "episode_ref_is_known"
                if row["person_ref"] and row["person_ref"] not in named["person_ref"]:
                    yield at, "person_ref_is_known"

    def _counted(self, name: str) -> Iterator[tuple[int, str]]:
        seen: list[Row] = []
        for at, row in self.good[name]:
            if self._same(row) in seen:
                yield at, "row_is_no_repeat"
            seen.append(self._same(row))
        yield from {
            "family_member": self._members,
            "family_episode": self._episodes,
            "need": self._needs,
            "progress": self._judgements,
        }[name]()

    @staticmethod
    def _same(row: Row) -> Row:
        """A row as it is read: what stands for no number is blank."""
        return {**row, "upn": row["upn"].replace("UN2", "")} if "upn" in row else row

    def _members(self) -> Iterator[tuple[int, str]]:
        before: list[Row] = []
        first: dict[str, Row] = {}
        for at, row in enumerate(self.rows["family_member"], 1):
            if row["upn"] == "UN2":
                yield at, "upn_is_no_stand_in"
        for at, row in self.good["family_member"]:
            born, joined = day(row["date_of_birth"]), day(row["from_date"])
            if row["nhs_number"] == "9434765918":
                yield at, "nhs_number_is_valid"
            if row["postcode"] == "nowhere":
                yield at, "postcode_is_valid"
            if not born and row["role"] != "unborn":
                yield at, "date_of_birth_is_given"
            if born and born > TO:
                yield at, "date_of_birth_is_plausible"
            if born and joined and joined < born - timedelta(days=280):
                yield at, "from_date_is_not_before_birth"
            if born and row["forename"]:
                known = first.setdefault(row["person_ref"], row)
                if (
                    known["forename"].lower() != row["forename"].lower()
                    and day(known["date_of_birth"]) != born
                ):
                    yield at, "number_means_one_person"
        # Whoever begins a membership (first by day, then by row) while holding another role in the same family.
        for at, row in sorted(
            self.good["family_member"], key=lambda one: (day(one[1]["from_date"]) or NEVER, one[0])
        ):
            begins = day(row["from_date"]) or NEVER
            if any(
                other["person_ref"] == row["person_ref"]
                and other["family_ref"] == row["family_ref"]
                and other["role"] != row["role"]
                and begins <= (day(other["to_date"]) or EVER)
                for other in before
            ):
                yield at, "roles_do_not_contradict"
            before.append(row)

    def _episodes(self) -> Iterator[tuple[int, str]]:
        reachable = {row["family_ref"] for _, row in self.good["family_member"]}
        told: dict[str, list[Row]] = {}
        spells: dict[str, tuple[int, Row]] = {}
        for at, row in self.good["family_episode"]:
            if row["family_ref"] not in reachable:
                yield at, "family_ref_is_out_of_quarantine"
            if (day(row["start_date"]) or NEVER) > TO:
                yield at, "start_date_is_not_after_the_extract"
            others = told.setdefault(row["episode_ref"], [])
            if others and row not in others:
                yield at, "episode_ref_is_unique"
            others.append(row)
            spells.setdefault(row["episode_ref"], (at, row))
        before: list[Row] = []
        for at, row in sorted(spells.values(), key=lambda one: (one[1]["start_date"], one[0])):
            if any(
                other["family_ref"] == row["family_ref"]
                and (day(row["start_date"]) or NEVER) <= (day(other["end_date"]) or EVER)
                for other in before
            ):
                yield at, "episodes_do_not_overlap"
            before.append(row)

    def _spells(self) -> dict[str, Row]:
        spells: dict[str, Row] = {}
        for _, row in self.good["family_episode"]:
            spells.setdefault(row["episode_ref"], row)
        return spells

    def _pointing(self, name: str, at: int, row: Row) -> Iterator[tuple[int, str]]:
        if row["episode_ref"] not in self._spells():
            yield at, "episode_ref_is_out_of_quarantine"
        if row["person_ref"] and row["person_ref"] not in {
            r["person_ref"] for _, r in self.good["family_member"]
        }:
            yield at, "person_ref_is_out_of_quarantine"

    def _needs(self) -> Iterator[tuple[int, str]]:
        members = {(row["person_ref"], row["family_ref"]) for _, row in self.good["family_member"]}
        for at, row in self.good["need"]:
            yield from self._pointing("need", at, row)
            found = day(row["identified_on"]) or NEVER
            if found > TO:
                yield at, "identified_on_is_not_after_the_extract"
            spell = self._spells().get(row["episode_ref"])
            if not spell:
                continue
            if not (day(spell["start_date"]) or NEVER) <= found <= (day(spell["end_date"]) or EVER):
                yield at, "identified_during_the_episode"
            known = row["person_ref"] in {person for person, _ in members}
            if known and (row["person_ref"], spell["family_ref"]) not in members:
                yield at, "person_is_in_the_family"

    def _judgements(self) -> Iterator[tuple[int, str]]:
        def which(row: Row) -> tuple[str, ...]:
            return row["episode_ref"], row["person_ref"], row["need_code"]

        found: dict[tuple[str, ...], date] = {}
        for _, row in self.good["need"]:
            on = day(row["identified_on"]) or NEVER
            found[which(row)] = min(on, found.get(which(row), EVER))
        for at, row in self.good["progress"]:
            yield from self._pointing("progress", at, row)
            judged = day(row["recorded_on"]) or NEVER
            if judged > TO:
                yield at, "recorded_on_is_not_after_the_extract"
            if which(row) not in found:
                yield at, "judges_an_identified_need"
            elif judged < found[which(row)]:
                yield at, "judged_after_it_was_identified"


def landed(folder: Path, rows: dict[str, list[Row]]) -> list[Landed]:
    found = []
    for name, content in rows.items():
        file = folder / f"{name}.csv"
        lines = [",".join(SOUND[name]), *(",".join(row[column] for column in SOUND[name]) for row in content)]
        file.write_text("\n".join(lines) + "\n", "utf-8")
        found.append(land(Extract(file, name, "P", FROM, TO, {}, {})))
    return found


def told(checked: Checked, name: str) -> set[tuple[int, str]]:
    return set(checked.findings.filter(contract=name).select("row", "rule").iter_rows())


def lists(kind: st.SearchStrategy[Row]) -> st.SearchStrategy[list[Row]]:
    return st.lists(kind, max_size=7)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    # Every case writes files: to make a failing one small would take minutes.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(lists(MEMBER), lists(EPISODE), lists(NEED), lists(JUDGEMENT))
def test_checking_finds_what_a_reader_finds(
    members: list[Row], spells: list[Row], found: list[Row], judged: list[Row]
) -> None:
    rows = {
        name: [SOUND[name], *more] for name, more in zip(SOUND, (members, spells, found, judged), strict=True)
    }
    with TemporaryDirectory() as folder:
        checked = check(landed(Path(folder), rows))
    naive = Naive(rows)
    for name in rows:
        assert told(checked, name) == naive.broken[name] | naive.counted[name], name
        assert checked.good[name]["row"].to_list() == [at for at, _ in naive.good[name]]
    lines = checked.findings.group_by("contract", "rule").len()
    counted = checked.data_quality.filter(
        pl.col("failures") > 0, ~pl.col("rule").is_in(["received", "quarantined"])
    )
    assert set(lines.rows()) == set(counted.select("extract", "rule", "failures").rows())
