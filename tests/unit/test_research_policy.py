"""The policy of research, and what an export would look like by it."""

from pathlib import Path

import polars as pl
import pytest

from release.catalogue import Catalogue, read_catalogue
from release.errors import SettingsError
from release.places import PROJECT
from release.research import Policy, read_policy
from release.specification import Microdata, Private, SpecificationError, TableAsked, Tables
from release.structure import asked_rows, privately_counted, structure
from tests import research_town as town
from tests.fakes import catalogue as shipped_catalogue
from tests.fakes import dimension as shipped_lists

SHIPPED = PROJECT / "data" / "research.toml"


@pytest.fixture(scope="module")
def policy() -> Policy:
    return read_policy(SHIPPED)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    file = tmp_path_factory.mktemp("catalogue") / "catalogue.toml"
    file.write_text(town.CATALOGUE, encoding="utf-8")
    return read_catalogue(file)


@pytest.fixture(scope="module")
def lists() -> pl.DataFrame:
    return town.lists()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("k = 5", "k = 2", "from 3 to 100"),
        ("k = 5", "k = true", "from 3 to 100"),
        ("t = 0.5", "t = nan", "above 0, at most 1"),
        ("rho = 0.25", "rho = 0.75", "one export may not cost more"),
        ("rho = 0.25", "rho = -1", "above 0, at most 10"),
        ("rho = 0.25", "rho = inf", "above 0, at most 10"),
        ("most_tables = 20", "most_table = 20", "unknown setting"),
        ("[terms]", "[conditions]", "unknown setting"),
        ("{project}", "{project.name}", "in braces may stand"),
        ("{project}", "{0}", "in braces may stand"),
        ("{project}", "{project!r}", "in braces may stand"),
        ("{project}", "{", "in braces may stand"),
        ('["*"]', "[]", "a list of names"),
    ],
)
def test_a_mistake_in_the_policy_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "research.toml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SettingsError, match=words):
        read_policy(file)


def test_the_structure_says_what_there_is_and_no_figure(
    policy: Policy, catalogue: Catalogue, lists: pl.DataFrame
) -> None:
    found = structure(
        Tables(
            (
                TableAsked("families_helped", ("family_size", "referral_source", "ward")),
                TableAsked("share_of_two", ("locality",)),
            )
        ),
        policy,
        catalogue,
        lists,
    )
    wide, share = found.tables
    assert wide.most_cells == 7 * 5 * 7
    assert wide.title == "Families helped by size of family, source of referral and ward"
    assert [one.name for one in wide.columns] == ["family_size", "referral_source", "ward", "value"]
    assert wide.columns[2].codes[0] == ("N1", "N1 in words")
    assert [one.name for one in share.columns] == ["locality", "part", "whole", "share"]
    assert found.most_cells == wide.most_cells + share.most_cells


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (TableAsked("families_gone"), "there is no measure families_gone"),
        (TableAsked("families_counted"), "not for researchers"),
        (TableAsked("worth"), "not for researchers"),
        (TableAsked("families_helped", ("sex",)), "cannot be broken down by sex. It can by: family_size"),
        (TableAsked("families_helped", ("locality", "ward")), "locality follows from ward"),
        (TableAsked("families_helped", (), "another"), "of no framework"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(
    policy: Policy, catalogue: Catalogue, lists: pl.DataFrame, asked: TableAsked, words: str
) -> None:
    with pytest.raises(SpecificationError, match=words):
        structure(Tables((asked,)), policy, catalogue, lists)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (TableAsked("needs_followed", ("months_since",)), "quarter or year alone"),
        (
            TableAsked("needs_identified", ("age_band", "ethnic_group", "month", "need", "ward")),
            "cells: at most 200,000",
        ),
        (
            TableAsked("needs_identified", ("age_band", "ethnic_group", "headline", "sex", "team", "year")),
            "6 dimensions: at most 5",
        ),
        (TableAsked("needs_identified", ("headline",), "another"), "not made under the framework another"),
    ],
)
def test_the_shipped_catalogue_has_these_limits(policy: Policy, asked: TableAsked, words: str) -> None:
    with pytest.raises(SpecificationError, match=words):
        structure(Tables((asked,)), policy, shipped_catalogue(), shipped_lists())


def test_a_dashboard_that_keeps_two_dimensions_apart_binds_no_researcher(policy: Policy) -> None:
    asked = TableAsked("families_helped", ("family_size", "month", "referral_source"))
    assert not shipped_catalogue().goes_together(asked.dimensions)
    assert structure(Tables((asked,)), policy, shipped_catalogue(), shipped_lists()).tables


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Private((TableAsked("needs_identified"),), 1, 1), "does not count people or families, each once"),
        (Private((TableAsked("families_helped"),), 250_001, 1), r"at most, not 0.250001"),
        (Private((TableAsked("families_helped"),), 1, 6), "at most 5 is the policy"),
        (
            Private((TableAsked("families_helped", ("month", "ward", "family_size", "team")),), 1, 1),
            "own noise",
        ),
    ],
)
def test_private_tables_keep_to_the_policy(policy: Policy, asked: Private, words: str) -> None:
    with pytest.raises(SpecificationError, match=words):
        structure(asked, policy, shipped_catalogue(), shipped_lists())


def test_private_tables_count_whoever_counts_once(policy: Policy) -> None:
    found = {one.name for one in privately_counted(shipped_catalogue(), policy)}
    assert {"families_helped", "people_helped", "families_with_need"} <= found
    assert found.isdisjoint({"needs_identified", "episodes_started", "claims_claimed"})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"k": 4}, "at least 5 is the policy"),
        ({"l": 1}, "at least 2 is the policy"),
        ({"t": 0.6}, "at most 0.5 is the policy"),
        ({"most_left_out": 21}, "at most 20 % is the policy"),
        ({"columns": tuple(f"c{number}" for number in range(13))}, "at most 12 columns"),
    ],
)
def test_rows_are_never_less_protected_than_the_policy_says(
    policy: Policy, change: dict[str, object], words: str
) -> None:
    said: dict[str, object] = {
        "unit": "person",
        "columns": ("sex",),
        "k": 5,
        "l": 2,
        "t": 0.5,
        "most_left_out": 20,
    }
    with pytest.raises(SpecificationError, match=words):
        asked_rows(Microdata(**(said | change)), policy)  # type: ignore[arg-type]
