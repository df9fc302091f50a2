"""What goes together, who may ask it, and the scopes: what the catalogue says of them, and its mistakes."""

import re
from pathlib import Path

import pytest

from evidence.access import Role
from release.catalogue import Catalogue, every_question, question_name, questions_of, read_catalogue
from release.errors import SettingsError
from release.places import PROJECT
from release.roles import ROLES

GOOD = """
[dimension.locality]
label = "Locality"
[dimension.ward]
label = "Ward"
parent = "locality"
[dimension.year]
label = "Year"
[dimension.quarter]
label = "Quarter"
parent = "year"
[dimension.month]
label = "Month"
parent = "quarter"
beside = ["locality"]
[measure.families]
label = "Families"
unit = "families"
population = "family"
dimensions = ["locality", "ward", "month", "quarter", "year"]
[measure.claims]
label = "Claims"
unit = "claims"
population = "claim"
dimensions = []
[audience.everybody]
label = "Everybody"
roles = ["manager", "researcher"]
measures = ["families"]
dimensions = ["locality", "year"]
[audience.payment]
label = "Claims"
roles = ["manager"]
measures = ["*"]
dimensions = ["*"]
[scope.north]
label = "The north"
localities = ["North", "Hills"]
"""


def read(folder: Path, content: str = GOOD) -> Catalogue:
    file = folder / "catalogue.toml"
    file.write_text(content, encoding="utf-8")
    return read_catalogue(file)


def test_nothing_is_asked_together_with_what_it_lies_in(tmp_path: Path) -> None:
    catalogue = read(tmp_path)
    families = catalogue.measures["families"]
    asked = set(questions_of(families, catalogue))
    assert ("quarter", "ward") in asked
    assert not any({"ward", "locality"} <= set(one) or {"quarter", "year"} <= set(one) for one in asked)
    # A month goes with a locality, and not with a ward.
    assert {one for one in asked if "month" in one} == {("month",), ("locality", "month")}
    assert catalogue.normal(["locality", "ward", "month", "year"]) == ("month", "ward")
    assert catalogue.ancestors("month") == ("quarter", "year")


def test_who_may_ask_what(tmp_path: Path) -> None:
    catalogue = read(tmp_path)
    families, claims = catalogue.measures.values()
    assert catalogue.allows("researcher", families, ["locality"])
    assert not catalogue.allows("researcher", families, ["ward"])
    assert not catalogue.allows("researcher", claims, [])
    assert catalogue.allows("manager", claims, [])
    assert not catalogue.allows("nobody", families, [])


def test_a_scope_asks_every_question_that_has_localities_once_more(tmp_path: Path) -> None:
    catalogue = read(tmp_path)
    names = [
        question_name(measure.name, by, framework, scope)
        for scope, framework, measure, by in every_question(catalogue, ["other"])
    ]
    assert len(set(names)) == len(names)
    assert {"families|ward", "north@families|ward", "claims", "other:claims"} <= set(names)
    assert not any(name.startswith("north@") and "claims" in name for name in names)
    # What is no framework's own is asked once.
    assert not any("other:families" in name for name in names)


def test_the_shipped_catalogue_is_for_the_roles_there_are() -> None:
    catalogue = read_catalogue(PROJECT / "data" / "catalogue.toml")
    assert catalogue.audiences
    for audience in catalogue.audiences.values():
        assert audience.roles <= set(Role)
    assert set().union(*(one.roles for one in catalogue.audiences.values())) == set(Role)
    assert set(ROLES) == set(Role)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('beside = ["locality"]', 'beside = ["sex"]', "dimension.month.beside"),
        ('beside = ["locality"]', 'beside = "locality"', "dimension.month.beside"),
        ('[dimension.year]\nlabel = "Year"', '[dimension.year]\nlabel = "Year"\nparent = "month"', "parent"),
        ('roles = ["manager"]', "roles = []", "audience.payment.roles"),
        ('roles = ["manager"]', "", "audience.payment.roles"),
        ('roles = ["manager"]', 'roles = ["manager", "manger"]', "audience.payment.roles"),
        ('beside = ["locality"]', 'with_one_of = ["localty"]', "dimension.month.with_one_of"),
        ('measures = ["families"]', 'measures = ["houses"]', "audience.everybody.measures"),
        ('measures = ["*"]', 'measures = ["families"]', "measure.claims"),
        ('dimensions = ["locality", "year"]', 'dimensions = ["sex"]', "audience.everybody.dimensions"),
        ("[audience.payment]", '[audience."Pay!"]', "audience"),
        ('label = "The north"', "", "scope.north.label"),
        ('localities = ["North", "Hills"]', "localities = []", "scope.north.localities"),
        ('localities = ["North", "Hills"]', 'localities = ["North", "North"]', "scope.north.localities"),
        ("[scope.north]", "[scope.north]\nwards = 3", "scope.north.wards"),
        # In data/access.toml that is the whole of it: whoever is kept to it would be kept to nothing.
        ("[scope.north]", "[scope.council]", "scope.council"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, old: str, new: str, place: str) -> None:
    assert old in GOOD
    with pytest.raises(SettingsError, match=re.escape(place)):
        read(tmp_path, GOOD.replace(old, new, 1))
