"""From pairs to persons: what is joined, what is asked, and what nobody need be asked about."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl
import pytest

from pipelines.linkage.blocking import candidate_pairs
from pipelines.linkage.clustering import Clustering, Clusters, Edge, Face, two_people
from pipelines.linkage.components import components
from pipelines.linkage.faces import make_faces
from pipelines.linkage.settings import read_linkage_settings

SETTINGS = read_linkage_settings()
FORMS = SETTINGS.forms


def face(
    forename: str | None, born: int | None = 20120304, surname: str = "okafor", other: str | None = None
) -> Face:
    return Face(forename, forename, surname, other, born)


def tie(
    left: int,
    right: int,
    weight: float = 10.0,
    *,
    weak: bool = False,
    how: str = "likely",
    sure: float = 0.999,
) -> Edge:
    return Edge(left, right, weight, sure, weak, how, left, right)


def clustered(
    faces: Sequence[Sequence[Face]],
    edges: Sequence[Edge],
    *,
    numbers: Mapping[int, Mapping[str, set[str]]] | None = None,
    apart: Mapping[int, set[tuple[str, str]]] | None = None,
    largest: int = 40,
) -> Clusters:
    settings = replace(SETTINGS, largest_person=largest)
    return Clustering(edges, dict(enumerate(faces)), numbers or {}, apart or {}, settings).run()


def together(found: Clusters, *entities: int) -> bool:
    return len({found.person.get(entity, entity) for entity in entities}) == 1


DANIEL, DANNY, DORA, INITIAL, NOBODY = (face(name) for name in ("daniel", "danny", "dora", "d", None))
FATHER = face("daniel", 19850417)


@pytest.mark.parametrize(
    ("one", "other", "different"),
    [
        (DANIEL, DANIEL, False),
        (DANIEL, DANNY, False),
        (DANIEL, face("danield"), False),
        (DANIEL, face("dnaiel"), False),
        (DANIEL, face("dan"), False),
        (face("natasha"), face("tasha"), False),
        (DANIEL, INITIAL, False),
        (DORA, INITIAL, False),
        (face("okafor", surname="daniel"), DANIEL, False),
        (face("okafor", surname="d"), INITIAL, False),
        (DANIEL, NOBODY, False),
        (face("daniel", None), FATHER, False),
        (face("margaret", other="sunny"), face("sunny"), False),
        (face("daniel", 20120304), face("daniel", 20120403), False),
        (face("daniel", 20120304), face("daniel", 20130408), False),
        (DANIEL, DORA, True),
        (DANIEL, face("ben"), True),
        (face("ann"), face("ian"), True),
        (face("b"), INITIAL, True),
        (DANIEL, face("s"), True),
        (DANIEL, FATHER, True),
        (face(None, 19850417), NOBODY, True),
    ],
)
def test_two_people(one: Face, other: Face, different: bool) -> None:
    assert two_people(one, other, FORMS) is different
    assert two_people(other, one, FORMS) is different


def test_the_surer_pair_goes_first_and_the_other_is_left() -> None:
    faces = [[DANIEL], [INITIAL], [DORA]]
    found = clustered(faces, [tie(0, 1, 9), tie(1, 2, 12)])
    assert together(found, 1, 2)
    assert not together(found, 0, 1)
    assert found.asked == []


def test_twins_are_not_joined_through_an_initial_that_may_be_either() -> None:
    faces = [[DANIEL], [INITIAL], [DORA]]
    found = clustered(faces, [tie(0, 1, 10, weak=True), tie(1, 2, 9, weak=True)])
    assert len({found.person[entity] for entity in range(3)}) == 3
    assert {reason for _left, _right, _probability, reason in found.asked} == {"conflict"}
    # Where one is much likelier than the other, it is that one.
    found = clustered(faces, [tie(0, 1, 15, weak=True), tie(1, 2, 9, weak=True)])
    assert together(found, 0, 1)
    assert not together(found, 1, 2)


def test_whom_faces_tell_apart_nobody_is_asked_about() -> None:
    found = clustered([[DANIEL], [DORA]], [tie(0, 1)])
    assert not together(found, 0, 1)
    assert found.asked == []


@pytest.mark.parametrize("number", ["nhs_number", "permanent_upn", "nino"])
@pytest.mark.parametrize("how", ["likely", "name", "nino"])
def test_two_numbers_are_a_conflict_that_is_asked(number: str, how: str) -> None:
    numbers = {0: {number: {"1"}}, 1: {number: {"2"}}}
    found = clustered([[DANIEL], [DANIEL]], [tie(0, 1, how=how)], numbers=numbers)
    assert not together(found, 0, 1)
    assert found.asked == [(0, 1, 0.999, "conflict")]
    assert together(clustered([[DANIEL], [DANIEL]], [tie(0, 1, how=how)], numbers={0: {number: {"1"}}}), 0, 1)


def test_what_somebody_judged_goes_before_numbers_and_faces() -> None:
    numbers = {0: {"nhs_number": {"1"}}, 1: {"nhs_number": {"2"}}}
    assert together(clustered([[DANIEL], [DORA]], [tie(0, 1, how="judged")], numbers=numbers), 0, 1)


def test_a_senders_own_number_goes_before_other_numbers_but_not_before_faces() -> None:
    numbers = {0: {"nhs_number": {"1"}}, 1: {"nhs_number": {"2"}}}
    assert together(clustered([[DANIEL], [DANNY]], [tie(0, 1, how="own")], numbers=numbers), 0, 1)
    found = clustered([[DANIEL], [DORA]], [tie(0, 1, how="own")], numbers=numbers)
    assert not together(found, 0, 1)
    assert [reason for *_, reason in found.asked] == ["conflict"]


@pytest.mark.parametrize(
    ("other", "one"),
    [
        (DANIEL, True),
        (DANNY, True),
        (face("danyel"), False),
        (face("daniel", 20120305), False),
        (face("daniel", None), False),
    ],
)
def test_two_of_one_senders_numbers_are_one_person_only_by_name_and_birth(other: Face, one: bool) -> None:
    numbers = {0: {"own case": {"1"}}, 1: {"own case": {"2"}}}
    found = clustered([[DANIEL], [other]], [tie(0, 1)], numbers=numbers)
    assert together(found, 0, 1) is one
    assert (found.asked == []) is one
    others = {0: {"own case": {"1"}}, 1: {"own police": {"2"}}}
    assert together(clustered([[DANIEL], [other]], [tie(0, 1)], numbers=others), 0, 1)


@pytest.mark.parametrize("how", ["judged", "own", "nhs_number", "name", "likely"])
def test_sides_stay_apart_above_all_and_nobody_is_asked(how: str) -> None:
    apart = {0: {("adoption", "a")}, 2: {("adoption", "b")}}
    found = clustered([[DANIEL]] * 3, [tie(0, 1, how=how), tie(1, 2, 9, how=how)], apart=apart)
    # By likeness alone somebody who could be of either side is of neither.
    assert together(found, 0, 1) is (how != "likely")
    assert found.torn == (how == "likely")
    assert not together(found, 1, 2)
    assert found.asked == []
    same_side = {0: {("adoption", "a")}, 2: {("adoption", "a"), ("another", "b")}}
    assert together(clustered([[DANIEL]] * 3, [tie(0, 1), tie(1, 2)], apart=same_side), 0, 1, 2)


def test_groups_held_together_by_one_pair_alone_are_asked() -> None:
    many = [
        [face("daniel"), face("danny"), face("dan")],
        [face("danyel"), face("daniel", 20120403), face("d")],
    ]
    found = clustered(many, [tie(0, 1, sure=0.97)])
    assert not together(found, 0, 1)
    assert found.asked == [(0, 1, 0.97, "weak_link")]
    assert together(clustered(many, [tie(0, 1, sure=0.995)]), 0, 1)
    assert together(clustered([many[0], many[1][:2]], [tie(0, 1, sure=0.97)]), 0, 1)
    # A second pair between them, through somebody who joined one of them before.
    more = [*many, [face("daniel", 20120305)]]
    found = clustered(more, [tie(0, 2, 20), tie(0, 1, 9, sure=0.97), tie(1, 2, 8, sure=0.96)])
    assert together(found, 0, 1, 2)


def test_a_person_of_too_many_faces_is_left_apart_and_asked() -> None:
    chain = [[face("daniel", 20120301 + day)] for day in range(6)]
    found = clustered(chain, [tie(at, at + 1, 20 - at) for at in range(5)], largest=4)
    assert together(found, 0, 1, 2, 3)
    assert not together(found, 3, 4)
    assert found.asked == [(3, 4, 0.999, "large_group")]
    assert found.refused_for_size == 1
    # The same face again makes no person larger.
    assert together(clustered([[DANIEL]] * 6, [tie(at, at + 1) for at in range(5)], largest=2), *range(6))
    shared = [[face("daniel"), face("danny")], [face("daniel"), face("dan")]]
    assert together(clustered(shared, [tie(0, 1)], largest=3), 0, 1)


def described(rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    names = (
        "source", "forename", "surname", "first", "other", "parts", "born", "sex", "postcode", "home", "uprn",
    )  # fmt: skip
    frame = pl.DataFrame(
        [{name: row.get(name) for name in names} for row in rows], schema=dict.fromkeys(names, pl.String)
    )
    return frame.with_columns(
        entity=pl.Series([row.get("entity", at) for at, row in enumerate(rows)], dtype=pl.UInt32),
        description=pl.int_range(pl.len(), dtype=pl.UInt32),
        first=pl.coalesce("first", "forename"),
        parts=pl.coalesce("parts", "surname"),
    )


def test_a_face_knows_of_the_others_of_its_entity() -> None:
    told = {"forename": "ann", "surname": "smithjones", "born": "20120304"}
    faces = make_faces(
        described(
            [
                {"entity": 0, **told, "parts": "smithjones", "postcode": "AS11AA"},
                {"entity": 0, **told, "parts": "smith jones", "postcode": "AS11AA"},
                {"entity": 0, **told, "surname": "de ng", "parts": "de ng", "postcode": "AS22BB"},
                {"entity": 3, **told, "parts": "smithjones"},
            ]
        ),
        FORMS,
    )
    assert faces["entity"].to_list() == [0, 0, 3]
    for surnames in faces["surnames"][:2]:
        assert {"smith", "jones", "smithjones"} <= set(surnames)
        assert "de" not in surnames
    assert set(faces["surnames"][2]) == {"smithjones"}
    assert [set(postcodes) for postcodes in faces["postcodes"]] == [{"AS11AA", "AS22BB"}] * 2 + [set()]


def test_a_face_is_compared_by_no_more_than_eight_surnames_and_postcodes() -> None:
    rows = [{"entity": 0, "surname": f"name{at:02}", "postcode": f"AS{at:02}1AA"} for at in range(30)]
    faces = make_faces(described(rows), FORMS)
    assert faces.height == 30
    assert set(faces["surnames"].list.len()) == set(faces["postcodes"].list.len()) == {8}


def pairs_of(
    rows: Sequence[Mapping[str, object]], largest_block: int = 200
) -> tuple[set[tuple[int, int]], dict[str, int]]:
    faces = make_faces(described(rows), FORMS)
    found = candidate_pairs(faces, largest_block)
    return set(found.pairs.iter_rows()), found.crowded


def test_pairs_are_never_of_one_entity_and_each_stands_once() -> None:
    one = {"forename": "ann", "surname": "okafor", "born": "20120304", "postcode": "AS11AA"}
    rows = [{"entity": 0, **one}, {"entity": 0, **one, "sex": "F"}, {"entity": 2, **one}]
    assert pairs_of(rows) == ({(0, 2), (1, 2)}, {})


def test_who_agrees_on_too_little_is_no_pair() -> None:
    rows = [
        {"forename": "ann", "surname": "okafor", "born": "20120304"},
        {"forename": "ben", "surname": "smith", "born": "20120304"},
        {"forename": "ann", "surname": "okafor", "born": "19850417"},
    ]
    assert pairs_of(rows) == (set(), {})


def test_a_value_that_stands_everywhere_makes_no_pairs_but_a_warning() -> None:
    crowd = [
        {"forename": "ann", "surname": "okafor", "born": f"2012{month:02}{day:02}", "postcode": "AS11AA"}
        for month in range(1, 7)
        for day in range(1, 9)
    ]
    pairs, crowded = pairs_of(crowd, largest_block=20)
    assert crowded
    # What agrees on more than the crowded value is compared all the same.
    pairs, _ = pairs_of(
        [*crowd, {"forename": "anne", "surname": "okafor", "born": "20120304"}], largest_block=20
    )
    assert any(48 in pair for pair in pairs)
    every, none = pairs_of(crowd, largest_block=200)
    assert len(every) > len(pairs)
    assert none == {}


def test_a_long_chain_is_one_component() -> None:
    links = 20_000
    rows = pl.DataFrame(
        {
            "a": [f"a{n // 2}" for n in range(links)],
            "b": [f"b{(n + 1) // 2}" for n in range(links)],
        }
    )
    assert components(rows.sample(fraction=1.0, shuffle=True, seed=1), ["a", "b"]).n_unique() == 1


def test_what_is_not_told_ties_nobody() -> None:
    rows = pl.DataFrame({"a": ["x", None, None, "x"], "b": [None, None, "y", "y"]})
    assert components(rows, ["a", "b"]).to_list() == [0, 1, 0, 0]
