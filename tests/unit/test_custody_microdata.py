"""Extracts of rows: what they hold, whom they belong to, and what they say of themselves."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from custody.errors import EvidenceError
from custody.microdata import Extract, Given, TogetherError, extract
from custody.microdata.given import CLASS, FAMILY, ROW
from custody.packages import Package, package
from release.microdata import Asked, Dates, ExtractError, Microdata
from tests.microdata_town import (
    AS_OF,
    MARKS_KEY,
    OTHER_KEY,
    PROJECT_KEY,
    dimensions,
    families,
    microdata,
    release,
)

TOWN = families(60)
PEOPLE = Asked("person", ("age_band", "sex", "ward", "referral_source", "first_headline"), 5, 2, 0.8)
ALL = {
    "person": "age_band sex role ward start_month children first_headline outcome",
    "family": "ward referral_source start_month family_size children family_needs last_closure family_outcome",
    "episode": "locality episode_start_month episode_end_month episode_members closure_reason wait",
    "need": "age_band sex locality identified_month headline need_state",
}


def made(
    asked: Asked = PEOPLE,
    *,
    town: list[dict[str, Any]] = TOWN,
    key: str = PROJECT_KEY,
    export: int = 1,
    project: str = "one",
    earlier: tuple[Given, ...] = (),
    policy: Microdata | None = None,
) -> Extract:
    return extract(
        release(town),
        dimensions(),
        policy or microdata(),
        asked,
        project=project,
        project_key=key,
        marks_key=MARKS_KEY,
        export=export,
        earlier=earlier,
    )


@pytest.mark.parametrize("unit", ALL)
@pytest.mark.parametrize("linked", [False, True])
def test_every_unit_is_of_k_families_and_l_values(unit: str, linked: bool) -> None:
    done = made(Asked(unit, tuple(ALL[unit].split()), 5, 2, 0.9, linked=linked))
    risk = done.risk
    assert (
        risk["classes"]["smallest_in_families"] >= 5
        and risk["reached"]["l"] >= 2
        and risk["reached"]["t"] <= 0.9
    )
    assert [column.name for column in done.table.columns] == done.table.frame.columns
    for column in done.table.columns:
        written = set(done.table.frame[column.name])
        assert not column.codes or written <= {code for code, _words in column.codes}
    # No pseudonym, no mark and no exact day is in what leaves.
    text = done.table.frame.write_csv() + json.dumps(done.risk) + " ".join((*done.method, *done.risk_words))
    assert "family0" not in text and not set(done.given.rows[ROW]) & set(done.table.frame.to_series(0))


def test_it_is_the_same_each_time_whatever_the_order_of_the_rows() -> None:
    again = made(town=list(reversed(TOWN)))
    assert again.table.frame.equals(made().table.frame)
    assert (
        again.given.rows.sort(ROW).select(ROW, FAMILY).equals(made().given.rows.sort(ROW).select(ROW, FAMILY))
    )


def test_tokens_are_the_projects_own_and_order_tells_nothing() -> None:
    one, same, other = made(), made(export=2), made(key=OTHER_KEY, project="two")
    tokens = [set(done.table.frame["person_token"]) for done in (one, same, other)]
    assert tokens[0] == tokens[1] and not tokens[0] & tokens[2]
    frame = one.table.frame
    assert frame.equals(frame.sort(*PEOPLE.columns, "person_token"))


def test_it_makes_a_package_that_says_what_was_done() -> None:
    done = made(replace(PEOPLE, columns=(*PEOPLE.columns, "start_month"), dates=Dates.SHIFTED, limit=0.05))
    files = package(
        Package(
            "export-1",
            "People",
            "People of a town",
            "A council",
            AS_OF,
            AS_OF,
            "2024-10-31-001",
            "1",
            (done.table,),
            done.method,
            done.risk,
            done.risk_words,
            "Ours.",
        )
    )
    said = files["METHOD.md"].decode()
    assert "k = 5, counted in families" in said and "l = 2" in said and "moved by up to 6 months" in said
    fields = {
        one["name"]: one for one in json.loads(files["datapackage.json"])["resources"][0]["schema"]["fields"]
    }
    assert "Made coarser where needed" in fields["ward"]["disclosureControl"]
    assert "moved by as many months" in fields["start_month"]["disclosureControl"]
    assert "at least 2 different values" in fields["first_headline"]["disclosureControl"]
    assert set(json.loads(files["RISK.json"])["after"]) >= {"prosecutor", "journalist", "marketer"}


def test_small_counts_are_not_told() -> None:
    done = made(replace(PEOPLE, limit=0.05))
    counts = [done.risk["left_out"], *(done.risk["before"][name] for name in ("alone", "special_uniques"))]
    assert all(isinstance(one, str) or one == 0 or one >= 10 for one in counts)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"k": 61}, "No rows about a person can be given with k = 61"),
        ({"columns": ("age_band", "outcome"), "l": 5}, "No rows about a person can be given"),
        ({"framework": "none-such"}, "holds no needs of that framework"),
    ],
)
def test_what_no_rows_can_keep_to_is_refused_without_a_count(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ExtractError, match=words):
        made(replace(PEOPLE, **changes))


def test_what_is_kept_of_it_is_read_back_and_damage_is_seen() -> None:
    given = made().given
    again = Given.from_bytes(given.as_bytes())
    assert again.rows.equals(given.rows) and replace(again, rows=given.rows) == replace(
        given, rows=given.rows
    )
    with pytest.raises(EvidenceError, match="no extract can be held against it"):
        Given.from_bytes(given.as_bytes()[:-9])


def test_the_same_again_is_given_again() -> None:
    first = made()
    again = made(export=2, earlier=(first.given,))
    assert again.table.frame.equals(first.table.frame)
    assert [(one.joined, one.families, one.narrowed, one.passed) for one in again.findings] == [
        (True, first.risk["classes"]["smallest_in_families"], 0.0, True)
    ]


def test_what_cannot_be_held_against_earlier_rows_is_said() -> None:
    """After the master key was rotated no pseudonym is what it was."""
    renamed = [{**one, "family": f"other{place}"} for place, one in enumerate(TOWN)]
    first = made(town=renamed, project="two", key=OTHER_KEY)
    (found,) = made(earlier=(first.given,), export=2).findings
    assert found.passed and "cannot be worked out" in found.words


@pytest.mark.parametrize("project", ["one", "two"])
def test_other_columns_of_the_same_people_are_made_to_fit(project: str) -> None:
    first = made()
    key = PROJECT_KEY if project == "one" else OTHER_KEY
    asked = Asked("person", ("age_band", "role", "start_month", "first_headline"), 5, 2, 0.8)
    alone = made(asked, project=project, key=key)
    beside = made(asked, project=project, key=key, export=2, earlier=(first.given,))
    assert all(one.passed for one in beside.findings)
    # It costs something, and not all.
    assert (
        alone.risk["lost"]["normalised_certainty_penalty"]
        <= beside.risk["lost"]["normalised_certainty_penalty"]
        < 1
    )
    if beside.given.joinable and project == "one":
        pairs = beside.given.rows.join(first.given.rows, on=ROW).group_by(CLASS, f"{CLASS}_right")
        assert pairs.agg(pl.col(FAMILY).n_unique())[FAMILY].min() >= 5  # type: ignore[operator]


def test_an_extract_that_can_be_made_in_no_way_is_refused_in_words() -> None:
    """Of three extracts each tells other people's classes apart; whatever is coarse enough for one shows by another."""
    first = made(replace(PEOPLE, l=1, t=1.0))
    uneven = first.given.rows.with_columns(
        first_headline=pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.lit("1")).otherwise(pl.lit("9"))
    )
    # Kept by hand: classes of one row, each of which tells its value.
    alone = replace(first.given, rows=uneven.with_columns(pl.int_range(pl.len()).alias(CLASS)))
    with pytest.raises(TogetherError, match=r"it would give somebody away\. With export 1") as told:
        made(export=2, earlier=(alone,))
    assert told.value.exit_code == 95


def test_rows_of_one_family_are_linked_only_with_enough_others() -> None:
    few_columns = Asked("person", ("role", "first_headline"), 5, 2, 0.9, linked=True)
    done = made(few_columns)
    frame = done.table.frame
    profiles = frame.group_by("family_token").agg(pl.col("role").sort().str.join(" "), pl.len())
    many = profiles.filter(pl.col("len") > 1)
    assert many.height and min(Counter(many["role"]).values()) >= 5
    assert done.risk["linked_per_cent"] > 0
