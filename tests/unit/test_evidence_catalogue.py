"""Reading the catalogue: what it says is what may be asked, and a mistake is named with its place."""

import re
from pathlib import Path

import pytest

from evidence.access import Role
from release.catalogue import MOST_DIMENSIONS, POPULATIONS, question_name, questions_of, read_catalogue
from release.errors import SettingsError
from release.places import PROJECT

GOOD = """
[dimension.ward]
label = "Ward"
parent = "locality"
[dimension.locality]
label = "Locality"
only = { nowhere = ["claim"] }
[measure.families]
label = "Families"
unit = "families"
population = "family"
dimensions = ["ward", "locality"]
[measure.claims]
label = "Claims"
unit = "claims"
population = "claim"
where = { claim_state = ["claimable"] }
dimensions = ["locality"]
[measure.share]
label = "Share"
share = ["claims", "families"]
[measure.worth]
label = "Worth"
money = "claims"
[audience.managers]
label = "Managers"
roles = ["manager"]
measures = ["families", "share"]
dimensions = ["*"]
[audience.auditors]
label = "Auditors"
roles = ["auditor"]
measures = ["*"]
dimensions = ["locality"]
[scope.north]
label = "The north"
localities = ["North", "Hills"]
"""


def _file(folder: Path, content: str) -> Path:
    path = folder / "catalogue.toml"
    path.write_text(content, encoding="utf-8")
    return path


def test_the_shipped_catalogue_is_sound() -> None:
    catalogue = read_catalogue(PROJECT / "data" / "catalogue.toml")
    for measure in catalogue.counted:
        assert measure.population in POPULATIONS
        assert set(measure.dimensions) <= set(catalogue.dimensions)
        asked = questions_of(measure, catalogue)
        assert all(list(one) == sorted(set(one)) for one in asked)
        assert all(catalogue.normal(one) == one for one in asked)
        assert max(len(one) for one in asked) <= MOST_DIMENSIONS
    known = {role.value for role in Role}
    assert all(one.roles <= known for one in catalogue.audiences.values())
    for measure in catalogue.measures.values():
        assert any(catalogue.allows(role, measure, measure.dimensions) for role in known)


def test_a_catalogue_is_read(tmp_path: Path) -> None:
    catalogue = read_catalogue(_file(tmp_path, GOOD))
    families, claims, share, worth = catalogue.measures.values()
    # What a ward lies in follows from the ward.
    assert questions_of(families, catalogue) == [(), ("locality",), ("ward",)]
    assert catalogue.normal({"ward", "locality"}) == ("ward",)
    assert claims.where == {"claim_state": ("claimable",)}
    assert share.parts == ("claims", "families")
    assert share.dimensions == worth.dimensions == ("locality",)
    assert (share.unit, worth.unit) == ("per cent", "pounds")
    assert [measure.name for measure in catalogue.counted] == ["families", "claims"]
    assert catalogue.possible(claims, "locality", "nowhere")
    assert not catalogue.possible(families, "locality", "nowhere")
    assert question_name("families", ("ward", "locality")) == "families|locality|ward"
    assert question_name("families", ("ward",), "contract", "north") == "north@contract:families|ward"
    assert catalogue.allows("manager", families, ("ward",))
    assert not catalogue.allows("manager", claims, ())
    assert not catalogue.allows("auditor", families, ("ward",))
    assert not catalogue.allows("stranger", families, ())
    assert catalogue.scopes["north"].localities == ("North", "Hills")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('population = "family"', 'population = "house"', "measure.families.population"),
        ('dimensions = ["ward", "locality"]', 'dimensions = ["ward", "ward"]', "measure.families.dimensions"),
        ('dimensions = ["ward", "locality"]', 'dimensions = ["sex"]', "measure.families.dimensions"),
        ('dimensions = ["ward", "locality"]', 'dimensions = ["team"]', "measure.families.dimensions"),
        ('dimensions = ["ward", "locality"]', 'dimensions = "ward"', "measure.families.dimensions"),
        (
            'dimensions = ["locality"]',
            'dimensions = ["locality"]\ndistinct = "person"',
            "measure.claims.distinct",
        ),
        ("claim_state = [", "need_state = [", "measure.claims.where"),
        ('["claimable"]', '"claimable"', "measure.claims.where.claim_state"),
        ('unit = "claims"', "unit = 3", "measure.claims.unit"),
        ('unit = "claims"', "", "measure.claims.unit"),
        ('label = "Claims"', 'label = " "', "measure.claims.label"),
        ('label = "Claims"', 'label = "Claims"\ncolour = "red"', "measure.claims.colour"),
        ('money = "claims"', 'money = "share"', "measure.worth.money"),
        ('money = "claims"', 'money = "claims"\nshare = ["claims", "families"]', "measure.worth"),
        ('share = ["claims", "families"]', 'share = ["claims"]', "measure.share.share"),
        ('parent = "locality"', 'parent = "region"', "dimension.ward.parent"),
        ('["claim"]', '["house"]', "dimension.locality.only.nowhere"),
        ("[measure.families]", '[measure."Families!"]', "measure"),
        ("[dimension.ward]", "[dimensions.ward]", "dimensions"),
        ("[measure.families]", "[measure.families", "TOML"),
        ('parent = "locality"', 'parent = "ward"', "dimension.ward.parent"),
        ('parent = "locality"', 'beside = ["region"]', "dimension.ward.beside"),
        ('roles = ["manager"]', "roles = []", "audience.managers.roles"),
        ('measures = ["families", "share"]', 'measures = ["family"]', "audience.managers.measures"),
        ('measures = ["*"]', 'measures = ["claims"]', "measure.worth"),
        ('localities = ["North", "Hills"]', "localities = []", "scope.north.localities"),
        ("[scope.north]", '[scope."North@"]', "scope"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, old: str, new: str, place: str) -> None:
    assert old in GOOD
    path = _file(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(SettingsError, match=re.escape(place)) as caught:
        read_catalogue(path)
    assert str(path) in str(caught.value)


def test_a_missing_catalogue_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="Restore data"):
        read_catalogue(tmp_path / "catalogue.toml")
