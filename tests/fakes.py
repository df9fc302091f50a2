"""A made-up release: plausible, deterministic figures for every question of the catalogue, in memory or as a file."""

import atexit
import json
import shutil
import tempfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import product
from pathlib import Path

import polars as pl

from evidence.access import Role, Who, read_rules
from evidence.desk import Desk
from evidence.evidence import Evidence
from ledger import AuditTerms, Candidate, NewClaim, NewWindow, draw
from release import pointer, schema
from release.catalogue import (
    FRAMEWORK_POPULATIONS,
    Catalogue,
    Measure,
    question_name,
    questions_of,
    read_catalogue,
)
from release.cohorts import COHORTS, SINCE, not_yet
from release.opening import ANSWERS, create_answers
from release.places import PROJECT, Places

NAME = "2024-10-31-001"
MANIFEST = {
    "release": NAME,
    "as_of": "2024-10-31",
    "authority": "Ashmere",
    "synthetic": "true",
    "payment": "by_results",
    "price": "800",
    "framework": "supporting-families-2022",
    "framework_title": "National Supporting Families Outcome Framework (2022)",
    "code_version": "0.1.0",
    "profile": "dashboard",
    "profile_words": "Every figure is changed a little by chance, by at most 5 up or down.",
    "noise_usual": "4",
    "noise_most": "5",
    "noise_change": "11",
    "smallest": "2",
    "kept_from": "2024-07-31-001",
    "leak_score": "12",
    "shown_share": "94",
    "rounding": "5",
    "threshold": "10",
    "master_key_fingerprint": "e621d13e678e061f",
    "record_key_fingerprint": "4b5572ae07d233d0",
    "notes": "themes",
}

_HEADLINES = (
    ("Getting a good education", 4),
    ("Good early years development", 3),
    ("Improved mental and physical health", 3),
    ("Promoting recovery and reducing harm from substance use", 2),
    ("Improved family relationships", 4),
    ("Children safe from abuse and exploitation", 6),
    ("Crime prevention and tackling crime", 3),
    ("Safe from domestic abuse", 3),
    ("Secure housing", 3),
    ("Financial stability", 3),
)
_LOCALITIES = {
    "North": ("Abbotsleigh", "Millbrook", "St Werburgh's", "Upper Ashmere"),
    "Centre": ("Castle", "Market and Riverside", "Priory", "Station"),
    "South": ("Fenwick", "Harbour", "Lower Ashmere", "Old Quay"),
    "West": ("Beacon Hill", "Cotter's End", "Westfield"),
}
_MONTHS = ("Apr to Jun", "Jul to Sep", "Oct to Dec", "Jan to Mar")
_PLAIN = {
    "team": ["North team", "Centre team", "South team", "West team", "Young parents' team"],
    "referral_source": ["school", "health", "police", "social_care", "self", "other"],
    "family_size": ["1", "2", "3", "4", "5", "6+"],
    "closure_reason": ["open", "outcomes_met", "step_down", "step_up", "withdrew", "moved_away", "other"],
    "wait": ["0-14", "15-28", "29-56", "57+", "none"],
    "returned": ["yes", "no", "early", "open"],
    "time_taken": ["0-3", "3-6", "6-9", "9-12", "12-18", "18+", "none"],
    "months_since": ["06", "12", "18", "24"],
    "event": [
        "police_incident",
        "missing_episode",
        "school_attendance",
        "school_exclusion",
        "social_care_episode",
        "youth_justice",
        "housing_event",
        "homelessness_duty",
    ],
    "months_around": ["-12", "-09", "-06", "-03", "+00", "+03", "+06", "+09"],
    "age_band": [
        "unborn",
        "0-4",
        "5-10",
        "11-15",
        "16-17",
        "18-24",
        "25-34",
        "35-44",
        "45-54",
        "55+",
        "unknown",
    ],
    "sex": ["F", "M", "U"],
    "ethnic_group": ["white", "mixed", "asian", "black", "other", "unknown"],
    "role": ["parent", "carer", "child", "other adult", "unborn"],
    "claim_state": [
        "claimed",
        "not_eligible",
        "closed_otherwise",
        "in_progress",
        "evidence_gap",
        "sustaining",
        "outside_period",
        "claimable",
    ],
    "obstacle": [
        "none",
        "not_eligible",
        "closed_otherwise",
        "need_outstanding",
        "need_not_evidenced",
        "assessment_missing",
        "plan_missing",
        "no_lead_practitioner",
        "sustaining",
        "outside_period",
        "already_claimed",
        "other_episode",
    ],
    "theme": ["housing", "money", "parenting"],
    "kind": ["successful_family_outcome"],
    "step": ["none", "claimable", "selected_for_audit", "audited", "submitted", "paid"],
    "missing": [
        "outstanding",
        "sustaining",
        "not_evidenced_school_attendance",
        "not_evidenced",
        "assessment",
        "plan",
        "lead_practitioner",
    ],
    "expected_quarter": ["ready", "2024-25 Q3", "2024-25 Q4", "2025-26 Q1", "later", "unknown"],
}
_LABELS = {
    "F": "Female",
    "M": "Male",
    "yes": "Came back within twelve months",
    "no": "Did not come back within twelve months",
    "early": "Ended less than twelve months ago",
    "0-3": "Under 3 months",
    "3-6": "3 to under 6 months",
    "6-9": "6 to under 9 months",
    "9-12": "9 to under 12 months",
    "12-18": "12 to under 18 months",
    "18+": "18 months or more",
    "06": "Within 6 months",
    "12": "Within 12 months",
    "18": "Within 18 months",
    "24": "Within 24 months",
    "-12": "12 to 10 months before",
    "-09": "9 to 7 months before",
    "-06": "6 to 4 months before",
    "-03": "3 to 1 months before",
    "+00": "Months 1 to 3 of help",
    "+03": "Months 4 to 6",
    "+06": "Months 7 to 9",
    "+09": "Months 10 to 12",
    "police_incident": "Police incident",
    "missing_episode": "Missing episode",
    "school_attendance": "Missed a tenth of a school term or more",
    "school_exclusion": "Suspended or excluded from school",
    "social_care_episode": "Social care plan or care begun",
    "youth_justice": "Youth justice order or programme begun",
    "housing_event": "Home at risk: notice, possession, eviction",
    "homelessness_duty": "Homelessness duty owed",
    "U": "Not recorded",
    "need_outstanding": "A need is outstanding",
    "need_not_evidenced": "A need is not evidenced",
    "assessment_missing": "No whole-family assessment",
    "plan_missing": "No plan, or one before the assessment",
    "no_lead_practitioner": "No lead practitioner",
    "sustaining": "Not sustained long enough yet",
    "outstanding": "The outcome is not reached",
    "assessment": "No whole-family assessment",
    "plan": "No plan, or one before the assessment",
    "lead_practitioner": "No lead practitioner",
}
_TOTALS = {
    "families_helped": 2000,
    "people_helped": 7600,
    "episodes_started": 2240,
    "episodes_assessed": 1905,
    "episodes_met": 880,
    "episodes_lasting": 515,
    "episodes_ended": 1620,
    "episodes_followed": 1130,
    "episodes_returned": 175,
    "needs_followed": 8400,
    "needs_sustained_by": 3650,
    "families_around": 1240,
    "families_with_event": 830,
    "needs_identified": 9800,
    "needs_sustained": 4150,
    "needs_sustaining": 1320,
    "outcomes_sustained": 4150,
    "families_with_need": 4900,
    "families_with_theme": 1700,
    "claims_identified": 2240,
    "claims_eligible": 1835,
    "claims_reached": 1130,
    "claims_evidenced": 905,
    "claims_sustained": 610,
    "claims_proven": 560,
    "claims_claimable": 385,
    "claims_claimed": 190,
    "claims_entered": 120,
    "claims_held_up": 1180,
    "claims_expected": 1565,
    "families_possible": 240,
}
CONTRACTS = ("family_member", "family_episode", "need", "school_attendance", "police_incident", "case_note")


@cache
def catalogue() -> Catalogue:
    return read_catalogue(PROJECT / "data" / "catalogue.toml")


@cache
def dimension() -> pl.DataFrame:
    """Every code of every dimension, as a release has them."""
    rows: list[tuple[str, str, str, str | None, str | None]] = []
    for place, (locality, wards) in enumerate(_LOCALITIES.items()):
        rows.append(("locality", f"L{place + 1}", locality, None, None))
        rows += [
            ("ward", f"W{place + 1}{n}", ward, "locality", f"L{place + 1}") for n, ward in enumerate(wards)
        ]
    rows.append(("ward", "other", "Other wards", "locality", None))
    for number, (headline, needs) in enumerate(_HEADLINES, start=1):
        rows.append(("headline", str(number), headline, None, None))
        for need in range(1, needs + 1):
            rows.append(
                (
                    "need",
                    f"{number}.{need}",
                    f"{number}.{need} Average of less than 90% attendance (authorised and unauthorised) over two terms",
                    "headline",
                    str(number),
                )
            )
    for year in (2021, 2022, 2023, 2024):
        code = f"{year}-{(year + 1) % 100:02d}"
        rows.append(("year", code, f"{year} to {year + 1}", None, None))
        for quarter, months in enumerate(_MONTHS[: 3 if year == 2024 else 4], start=1):
            calendar = year + (quarter == 4)
            rows.append(("quarter", f"{code} Q{quarter}", f"{months} {calendar}", "year", code))
            for month in range(3 * quarter + 1, 3 * quarter + 4):
                first = date(calendar, (month - 1) % 12 + 1, 1)
                if first <= date.fromisoformat(MANIFEST["as_of"]):
                    rows.append(
                        ("month", f"{first:%Y-%m}", f"{first:%b %Y}", "quarter", f"{code} Q{quarter}")
                    )
    rows += [
        ("year", "none", "No date yet", None, None),
        ("quarter", "none", "No date yet", "year", "none"),
        ("month", "none", "No date yet", "quarter", "none"),
    ]
    for name, codes in _PLAIN.items():
        rows += [
            (name, code, _LABELS.get(code, code.replace("_", " ").capitalize()), None, None) for code in codes
        ]
    rows += [(name, "family", "The whole family", None, None) for name in ("age_band", "sex", "ethnic_group")]
    columns = ["dimension", "code", "label", "parent_dimension", "parent_code"]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    return frame.with_columns(position=pl.int_range(pl.len(), dtype=pl.Int32).over("dimension"))


@cache
def figures(measure: Measure, dimensions: tuple[str, ...]) -> pl.DataFrame:
    """The cells of one question that may be shown: a total spread over the codes, changed by up to 2, the small ones
    left out."""
    lists = [
        [
            (code, parent)
            for code, parent in dimension().filter(dimension=name)["code", "parent_code"].iter_rows()
            if catalogue().possible(measure, name, code)
        ]
        for name in dimensions
    ]
    rows = []
    for cells in product(*lists):
        inside = {name: code for name, (code, _) in zip(dimensions, cells, strict=True)}
        parents = {name: parent for name, (_, parent) in zip(dimensions, cells, strict=True)}
        if _not_yet(inside) or any(
            parent is not None and inside.get(catalogue().dimensions[name].parent or "", parent) != parent
            for name, parent in parents.items()
        ):
            continue
        value = float(_TOTALS[measure.name])
        for name, code in inside.items():
            value *= _weight(measure.name, name, code)
        noise = (
            zlib.crc32("|".join((measure.name, *inside.values())).encode()) % 5 - 2 if inside and value else 0
        )
        if value >= 6 or not value:
            rows.append((*inside.values(), *[None] * (3 - len(inside)), round(value) + noise))
    kinds = {"code_1": pl.String, "code_2": pl.String, "code_3": pl.String, "value": pl.Int64}
    return pl.DataFrame(rows, schema=kinds, orient="row")


@cache
def _apart() -> Mapping[str, frozenset[tuple[str, str]]]:
    """The cohorts that have not been followed for so long."""
    codes = {name: dimension().filter(dimension=name)["code"].to_list() for name in COHORTS}
    as_of = date.fromisoformat(MANIFEST["as_of"])
    return {name: not_yet(listed, codes["quarter"], as_of) for name, listed in codes.items()}


def _not_yet(inside: Mapping[str, str]) -> bool:
    return any((inside.get(name), inside.get(SINCE)) in pairs for name, pairs in _apart().items())


# Of a cohort all needs are followed, and ever more are sustained. Of families, ever fewer have an event.
_BY_THEN = {"06": 0.3, "12": 0.62, "18": 0.84, "24": 1.0}
_AROUND = {
    "-12": 0.5,
    "-09": 0.55,
    "-06": 0.6,
    "-03": 0.72,
    "+00": 0.6,
    "+03": 0.45,
    "+06": 0.38,
    "+09": 0.34,
}


@cache
def _weight(measure: str, name: str, code: str) -> float:
    listed = dimension().filter(dimension=name)["code"].to_list()
    if name in (SINCE, "months_around"):
        spread = {SINCE: _BY_THEN, "months_around": _AROUND}[name][code]
        return 1.0 if measure == "needs_followed" else spread
    if name == "event":
        return (
            1.0
            if measure == "families_around"
            else (0.6, 0.2, 0.5, 0.25, 0.3, 0.1, 0.15, 0.12)[listed.index(code)]
        )
    if name == "need":
        return _share(measure, name, code, [one for one in listed if one.split(".")[0] == code.split(".")[0]])
    if name == "obstacle":
        known = {"none": 0.09, "need_outstanding": 0.34, "need_not_evidenced": 0.05, "sustaining": 0.14}
        return known.get(code, 0.04)
    if name == "step":
        return {"claimable": 0.9, "selected_for_audit": 0.1}.get(code, 0.0)
    return _share(measure, name, code, listed)


def _share(measure: str, name: str, code: str, listed: Sequence[str]) -> float:
    """A share that hardly differs from measure to measure, so that parts stay below their wholes."""
    rare = {"U": 0.02, "unknown": 0.1, "family": 0.2, "none": 0.4, "unborn": 0.08}

    def raw(one: str) -> float:
        common = 0.5 + zlib.crc32(f"{name}{one}".encode()) / 2**32
        spread = 0.8 if measure == "needs_sustained" else 0.1
        own = 1 - spread / 2 + spread * zlib.crc32(f"{measure}{name}{one}".encode()) / 2**32
        return common * own * rare.get(one, 1.0) * (0.25 if one == "2024-25 Q3" else 1.0)

    return raw(code) / sum(raw(one) for one in listed)


def data_quality() -> pl.DataFrame:
    rows: list[tuple[str, str, str, str, int | None, int | None]] = []
    for number, contract in enumerate(CONTRACTS, start=1):
        received = 3000 * number + 4850
        rows += [
            (contract, "received", "worth_a_look", "Rows in the extract", received, 0),
            (contract, "quarantined", "worth_a_look", "Rows that broke the contract", received, 15 * number),
            (
                contract,
                "matched",
                "stops_linkage",
                "Rows that belong to no family",
                received,
                900 + 220 * number,
            ),
            (contract, "date_order", "worth_a_look", "The end is not before the start", received, None),
        ]
    rows.append(("need", "code", "stops_a_claim", "The need is one of the framework's", 13850, 25))
    rows.append(
        ("family_member", "nhs_number", "stops_linkage", "The NHS number has a valid check digit", 7850, 310)
    )
    names = [column.name for column in schema.DATA_QUALITY.columns[:6]]
    kinds = dict.fromkeys(names[:4], pl.String) | dict.fromkeys(names[4:], pl.Int64)
    frame = pl.DataFrame(rows, schema=kinds, orient="row").with_columns(
        rows_before=pl.col("rows") - 500,
        failures_before=pl.when(pl.col("rule") == "nhs_number").then(pl.lit(620)).otherwise("failures"),
    )
    hidden = [
        pl.when(pl.col(one).is_null()).then(pl.lit("c")).alias(f"{one}_symbol")
        for one in ("rows", "failures", "rows_before", "failures_before")
    ]
    return frame.with_columns(hidden)


def linkage_quality() -> pl.DataFrame:
    """Police incidents are poorly matched, and a fifth of needs rest on them; small groups are withheld."""
    rows: list[tuple[str, str, str, int | None, int | None, str | None]] = [
        ("decided", "all", "all", 20000, 18800, None),
        ("found_blind", "all", "all", 4000, 3720, None),
        ("found_blind", "ethnic_group", "asian", 400, 340, None),
        ("found_blind", "ethnic_group", "white", 3200, 3040, None),
        ("found_blind", "ethnic_group", "mixed", 25, None, None),
        ("found_blind", "sex", "F", 2000, 1800, None),
        ("found_blind", "sex", "M", 2000, 1920, None),
        ("needs_at_risk", "all", "all", 9800, 1960, None),
        ("needs_at_risk", "headline", "8", 980, 590, None),
        ("needs_at_risk", "headline", "1", 1200, None, None),
        ("needs_resting", "extract", "police_incident", 9800, 1960, None),
        ("needs_resting", "extract", "school_attendance", 9800, 1500, None),
    ]
    for contract, standing in (
        ("family_member", "good"),
        ("police_incident", "poor"),
        ("school_attendance", "good"),
    ):
        part = 3000 if standing == "good" else 2400
        rows += [
            ("matched", "extract", contract, 4500, part, None),
            ("decided", "extract", contract, 3050, part, standing),
            ("by_number", "extract", contract, part, part - 600, None),
        ]
    rows.append(("people_known", "extract", "police_incident", 1800, 1000, None))
    names = ("measure", "dimension", "code", "whole", "part", "standing")
    kinds = dict.fromkeys(names, pl.String) | {"whole": pl.Int64, "part": pl.Int64}
    hidden = [
        pl.when(pl.col(one).is_null()).then(pl.lit("c")).alias(f"{one}_symbol") for one in ("whole", "part")
    ]
    return pl.DataFrame(rows, schema=kinds, orient="row").with_columns(
        pl.lit("rows; of them, found").alias("meaning"), *hidden
    )


def withheld(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """The same table with every count withheld."""
    return frame.with_columns(
        *(pl.lit(None, pl.Int64).alias(name) for name in columns),
        *(pl.lit("c").alias(f"{name}_symbol") for name in columns),
    )


def privacy_check() -> pl.DataFrame:
    """Checks that passed, and measures: one under a limit, one withheld."""
    rows: list[tuple[str, str, int | None, int | None, int | None, str]] = [
        (
            "identities_in_values",
            "No identity of the extracts is in any value",
            1284000,
            None,
            None,
            "passed",
        ),
        ("thresholds", "No figure under 10 can be shown", 96400, None, None, "passed"),
        ("schema", "Every column is one that may be published", 81, None, None, "passed"),
        ("people_alone_to_a_neighbour", "People; of them, alone to a neighbour", 7290, 100, 20, "passed"),
        ("people_few_to_a_neighbour", "People; of them, few to a neighbour", 7290, 355, None, "measured"),
        ("people_alone", "People; of them, alone", 7290, 3095, None, "measured"),
        ("people_few", "People; of them, few", 7290, 6730, None, "measured"),
        ("people_with_the_same_needs", "People; of them, alike in needs", 7290, None, None, "measured"),
        ("families_alone", "Families; of them, alone", 2000, 1615, None, "measured"),
        ("families_few", "Families; of them, few", 2000, 2000, None, "measured"),
    ]
    names = ("name", "meaning", "examined", "figure", "most", "result")
    kinds = dict.fromkeys(names, pl.String) | dict.fromkeys(names[2:5], pl.Int64)
    frame = pl.DataFrame(rows, schema=kinds, orient="row")
    is_measure = pl.col("name").str.contains("^(people|families)_")
    withheld = pl.when(pl.col("figure").is_null()).then(pl.lit("c"))
    return frame.with_columns(
        pl.lit(None, pl.String).alias("examined_symbol"),
        pl.when(is_measure).then(withheld).otherwise(pl.lit("z")).alias("figure_symbol"),
    ).select(schema.PRIVACY_CHECK.names)


def collected() -> pl.DataFrame:
    rows = [
        (contract, *column)
        for contract in CONTRACTS
        for column in (
            (
                "person_ref",
                "identifier",
                "Council",
                "The sender's reference",
                "to tell people apart",
                "pseudonym",
            ),
            ("surname", "direct identity", "Council", "Family name", "to find the person", "dropped"),
            ("date_of_birth", "quasi-identifier", "Council", "Day of birth", "for the age", "band"),
            ("postcode", "quasi-identifier", "Council", "Postcode of the home", "for the ward", "ward"),
            ("notes", "free text", "Council", "What the worker wrote", "not used yet", "dropped"),
        )
    ]
    names = ["contract", "column_name", "kind", "partner", "meaning", "why", "decision"]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def attack() -> pl.DataFrame:
    """The attacks on this release and on two before it, ever better withstood; a measure that has no limit."""
    names = [column.name for column in schema.ATTACK.columns]
    rows: list[tuple[str | None, str, str, int, int, int | None, int | None, str]] = []
    for place, release in enumerate(("2024-04-30-001", "2024-07-31-001", None)):
        rows += [
            (release, "leak_score", "How much gets out", 0, 0, 18_000 - 3000 * place, None, "told"),
            (release, "use_shown", "What is shown", 1200, 0, 940 + 5 * place, None, "told"),
            (release, "use_error", "How far it is off", 1200, 0, 1550, None, "told"),
            (release, "exact_disclosures", "Figures worked out exactly", 1200, 0, 0, 0, "passed"),
            (release, "close_pairs", "Figures that differ by one or two", 5400, 0, 0, 0, "passed"),
            (release, "reconstruction", "Small figures guessed", 210, 40, 240 - 10 * place, 250, "passed"),
            (release, "one_more_or_nobody", "Telling one more from nobody", 900, 0, 520, 550, "passed"),
        ]
        if place:
            rows.append(
                (release, "membership_between", "Who joined since", 300, 0, 505 + place, 550, "passed")
            )
    return pl.DataFrame(rows, schema=names, orient="row").cast({"limit": pl.Int64, "figure": pl.Int64})


def question(
    names: Iterable[str], states: Mapping[str, tuple[str, str | None]] | None = None
) -> pl.DataFrame:
    """The table `question`: all are shown, but for those of `states` (state, and the question shown instead)."""
    why = {"coarser": "too much of it would be withheld", "withdrawn": "more than half would be withheld"}
    rows = [
        (name, *found, why.get(found[0]))
        for name in sorted(names)
        for found in [(states or {}).get(name, ("shown", None))]
    ]
    kinds = dict.fromkeys(("question", "state", "instead", "why"), pl.String)
    return pl.DataFrame(rows, schema=kinds, orient="row")


class FakeContents:
    """A release in memory. `show` is "everything", "nothing" (all withheld) or "empty" (no question was published).
    `states`: the questions that are not shown, and what became of them."""

    def __init__(
        self,
        show: str = "everything",
        manifest: Mapping[str, str] | None = None,
        states: Mapping[str, tuple[str, str | None]] | None = None,
    ) -> None:
        self.show = show
        self.states = dict(states or {})
        facts = MANIFEST | dict(manifest or {})
        self.manifest: Mapping[str, str] = {"frameworks": frameworks_fact(facts)} | facts
        self.dimension = dimension() if show != "empty" else dimension().clear()
        self.data_quality = data_quality() if show != "empty" else data_quality().clear()
        self.linkage_quality = linkage_quality() if show != "empty" else linkage_quality().clear()
        if show == "nothing":
            self.data_quality = withheld(
                self.data_quality, "rows", "failures", "rows_before", "failures_before"
            )
            self.linkage_quality = withheld(self.linkage_quality, "whole", "part").with_columns(
                standing=pl.lit(None, pl.String)
            )
        self.privacy_check = privacy_check() if show != "empty" else privacy_check().clear()
        if show == "nothing":
            is_measure = pl.col("figure_symbol").ne_missing(pl.lit("z"))
            self.privacy_check = self.privacy_check.with_columns(
                figure=pl.when(~is_measure).then("figure"),
                figure_symbol=pl.when(is_measure).then(pl.lit("c")).otherwise("figure_symbol"),
            )
        self.collected = collected() if show != "empty" else collected().clear()
        self.attack = attack() if show != "empty" else attack().clear()
        self._asked = {
            question_name(one.name, by): (one, by)
            for one in catalogue().counted
            for by in questions_of(one, catalogue())
        }
        self.question = question(self._asked if show != "empty" else (), self.states)

    def answer(self, question: str) -> pl.DataFrame:
        cells = figures(*self._asked[question])
        hidden = self.show != "everything" or question in self.states
        return cells.clear() if hidden else cells


class TwoFrameworks(FakeContents):
    """A release under two frameworks, the second a contract with a rate card of two kinds of claim. It has the figures
    of the first, three fifths of them of the one kind and two fifths of the other."""

    KINDS: Mapping[str, tuple[int, float]] = {"entry": (300, 0.6), "sustain": (1200, 0.4)}

    def __init__(self, show: str = "everything", manifest: Mapping[str, str] | None = None) -> None:
        facts = MANIFEST | dict(manifest or {})
        first = json.loads(frameworks_fact(facts))[0]
        kinds = [
            {"kind": code, "label": code.capitalize(), "unit": "person", "price": price}
            for code, (price, _) in self.KINDS.items()
        ]
        second = {"id": "contract", "title": "A contract", "price": 0, "deadweight": "1/6", "claims": kinds}
        super().__init__(show, facts | {"frameworks": json.dumps([first, first | second])})
        own = self.dimension.filter(pl.col("dimension").is_in(["headline", "need"]))
        listed = [own]
        for place, code in enumerate(self.KINDS):
            one = self.dimension.filter(dimension="kind")
            listed.append(
                one.with_columns(code=pl.lit(code), label=pl.lit(code), position=pl.lit(place, pl.Int32))
            )
        named = [pl.format("contract:{}", one).alias(one) for one in ("dimension", "parent_dimension")]
        self.dimension = pl.concat([self.dimension, pl.concat(listed).with_columns(named)])
        of_it = {
            question_name(one.name, by, "contract")
            for one in catalogue().counted
            if one.population in FRAMEWORK_POPULATIONS
            for by in questions_of(one, catalogue())
        }
        if show != "empty":
            self.question = question({*self._asked, *of_it})

    def answer(self, question: str) -> pl.DataFrame:
        framework, _, asked = question.rpartition(":")
        cells = super().answer(asked)
        dimensions = asked.split("|")[1:]
        if not framework or "kind" not in dimensions:
            return cells
        code = f"code_{dimensions.index('kind') + 1}"
        parts = [
            cells.with_columns(
                pl.lit(kind).alias(code), value=(pl.col("value") * part / 5).round().cast(pl.Int64) * 5
            )
            for kind, (_, part) in self.KINDS.items()
        ]
        return pl.concat(parts)


class FakeDesk(Desk):
    """A ledger in a folder of its own, gone when the tests are; `quotas` is what its payment.toml holds."""

    def __init__(self, quotas: str = "") -> None:
        folder = Path(tempfile.mkdtemp(dir=_room()))
        (folder / "payment.toml").write_text(quotas, encoding="utf-8")
        super().__init__(Places(folder))


@cache
def _room() -> str:
    room = tempfile.mkdtemp(prefix="outcome-lens-desks-")
    atexit.register(shutil.rmtree, room, ignore_errors=True)
    return room


def frameworks_fact(manifest: Mapping[str, str]) -> str:
    """The fact `frameworks` of a manifest with the one framework that its other facts tell of."""
    windows = [
        {"id": f"2024-25-Q{number}", "opens": opens, "closes": closes}
        for number, opens, closes in (
            (1, "2024-04-01", "2024-06-30"),
            (2, "2024-07-01", "2024-09-30"),
            (3, "2024-10-01", "2024-12-31"),
            (4, "2025-01-01", "2025-03-31"),
        )
    ]
    kind = {
        "kind": "successful_family_outcome",
        "label": "Successful family outcome",
        "unit": "family",
        "price": manifest["price"],
    }
    framework = {
        "id": manifest["framework"],
        "title": manifest["framework_title"],
        "version": 1,
        "fund": "supporting-families",
        "payment": manifest["payment"],
        "price": manifest["price"],
        "unit": "family",
        "deadweight": "0",
        "claims": [kind],
        "windows": windows,
        "audit": {"share": "1/10", "minimum": 10, "tolerance": "1/20", "enlarge_by": "1/10"},
    }
    return json.dumps([framework])


def fake_evidence(show: str = "everything", **manifest: str) -> Evidence:
    """The same interface over made-up contents, as a manager sees it."""
    return evidence_of(FakeContents(show, manifest))


def evidence_of(contents: FakeContents, desk: Desk | None = None, role: str = "manager") -> Evidence:
    """Some contents as somebody of a role sees them."""
    return Evidence(contents, catalogue(), desk or FakeDesk()).seen_by(visitor(role))


def visitor(role: str) -> Who:
    """Somebody of a role, with the pages that data/access.toml gives it."""
    rules = read_rules(PROJECT / "data" / "access.toml")
    return Who("somebody", Role(role), rules.pages_of(Role(role)))


def write_release(data: Path, *, show: str = "everything", name: str = NAME, **manifest: str) -> Places:
    """A published release of made-up figures in the data folder `data`, and the pointer at it."""
    places = Places(data)
    folder = places.releases / name
    folder.mkdir(parents=True)
    contents = FakeContents(show, manifest | {"release": name})
    tables = {
        "question": contents.question,
        "attack": contents.attack,
        "answer": _answers(contents),
        "dimension": contents.dimension,
        "data_quality": contents.data_quality,
        "linkage_quality": contents.linkage_quality,
        "privacy_check": contents.privacy_check,
        "collected": contents.collected,
        "manifest": pl.DataFrame(list(contents.manifest.items()), schema=["name", "value"], orient="row"),
    }
    connection = create_answers(folder / ANSWERS)
    for table in schema.ANSWERS:
        rows = tables[table.name].select(table.names)  # noqa: F841  (DuckDB finds it by its name)
        connection.execute(table.create("answers"))
        connection.execute(f'INSERT INTO answers."{table.name}" SELECT * FROM rows')
    connection.close()
    (folder / pointer.COMPLETE).write_text(json.dumps(dict(contents.manifest)), encoding="utf-8")
    pointer.use(places, name)
    return places


def _answers(contents: FakeContents) -> pl.DataFrame:
    """Small questions only: three dimensions at once would take a test longer than the pages need."""
    few = [one for one in contents.question["question"] if one.count("|") <= 2]
    parts: Iterable[pl.DataFrame] = (
        contents.answer(one).select(pl.lit(one).alias("question"), "code_1", "code_2", "code_3", "value")
        for one in few
    )
    return (
        pl.concat(list(parts))
        if few
        else figures(catalogue().counted[0], ()).clear().with_columns(question=None)
    )


def open_a_window(desk: Desk, *, by: str = "officer", claims: int = 120, code: str = "2024-25-Q3") -> int:
    """Open a window of the made-up release as the worker does when `by` asks for it: claims are entered, a sample is
    drawn. Gives the window's number."""
    book = desk.ledger.claims
    who = {"by": by, "role": "returns_officer", "release": NAME}
    terms = AuditTerms(Fraction(1, 10), 10, Fraction(1, 20), Fraction(1, 10))
    days = (date(2024, 10, 1), date(2024, 12, 31))
    number = book.open_window(NewWindow(MANIFEST["framework"], code, 1, *days, terms), **who)
    first = len(book.standings())
    entered = book.enter(
        number,
        [
            NewClaim(
                slots=(f"{first + one:024x}",),
                kind="successful_family_outcome",
                evidence=f"{first + one:064x}",
                claim_date=date(2024, 10, 1 + one % 30),
                worth=int(MANIFEST["price"]),
            )
            for one in range(claims)
        ],
        **who,
    )
    teams = ("North", "Centre", "South")
    if entered:
        draw_more(desk, number, {one: teams[one % 3] for one in entered}, **who)
    return number


def draw_more(desk: Desk, window: int, strata: Mapping[int, str] | None = None, **who: str) -> None:
    """Draw as many claims of a window into its sample as it lacks."""
    book = desk.ledger.claims
    candidates = [Candidate(one, (strata or {}).get(one, "all")) for one in book.candidates(window)]
    drawn = draw(candidates, size=book.sample(window).more, seed=book.seed(window))
    book.select(window, drawn, **(who or {"by": "officer", "role": "returns_officer", "release": NAME}))
