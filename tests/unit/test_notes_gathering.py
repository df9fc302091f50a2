"""Who is known for the texts about a family: everybody of it, in every form, and nobody else."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.contracts import CONTRACTS
from pipelines.keys import Keys
from pipelines.landing import TYPES
from pipelines.notes.gathering import Gathered, gather_known
from pipelines.notes.known import Known, KnownPerson
from pipelines.notes.spans import Kind

KEYS = Keys(master="ab" * 32, record="cd" * 32, protected="ef" * 32)
Rows = Mapping[str, list[dict[str, Any]]]

MEMBERS: Rows = {
    "family_member": [
        {
            "person_ref": "P10001",
            "family_ref": "F10001",
            "role": "parent",
            "sex": "F",
            "forename": "Amara",
            "surname": "Okafor",
            "also_known_as": "Mara",
            "date_of_birth": date(1990, 4, 3),
            "nino": "AB123456A",
            "address": "Flat 2, 3 Mill Lane",
            "postcode": "AS1 2AB",
            "phone": "07700 900123",
            "email": "amara@example.org",
        },
        {
            "person_ref": "P10002",
            "family_ref": "F10001",
            "role": "child",
            "forename": "Tobi",
            "surname": "Okafor-Hill",
            "upn": "A123456789012",
            "date_of_birth": date(2012, 1, 2),
        },
        {
            "person_ref": "P10003",
            "family_ref": "F10001",
            "role": "unborn",
            "forename": "Baby",
            "surname": "Okafor",
        },
        {
            "person_ref": "P10004",
            "family_ref": "F10002",
            "role": "parent",
            "sex": "M",
            "forename": "Ned",
            "surname": "Hill",
        },
        {
            "person_ref": "P10005",
            "family_ref": "F10003",
            "role": "child",
            "forename": "Zed",
            "surname": "Other",
        },
    ],
    "family_episode": [
        {"episode_ref": "E10001", "family_ref": "F10001", "lead_practitioner": "Max Hartley"},
        {"episode_ref": "E10002", "family_ref": "F10002", "lead_practitioner": "Ada Unlisted"},
        {"episode_ref": "E10003", "family_ref": "F10003"},
    ],
    "worker": [
        {"worker_id": "W0001", "name": "Max Hartley", "email": "max@council.example"},
        {"worker_id": "W0002", "name": "Hall, Jo", "email": None},
        {"worker_id": "W0003", "name": "Sam Far", "email": None},
    ],
    "case_note": [{"note_ref": "N1", "episode_ref": "E10001", "worker": "W0002", "text": "x"}],
    "school_attendance": [
        {"forename": "TOBI", "surname": "OKAFOR", "upn": "A123456789012", "school": "Mill Primary"}
    ],
}


def frames(rows: Rows) -> dict[str, pl.DataFrame]:
    """Contract to its rows, of one file each, numbered from 1."""
    found = {}
    for name, contract in CONTRACTS.items():
        schema = {"row": pl.Int64, "file": pl.String, **{c.name: TYPES[c.type] for c in contract.columns}}
        given = [
            {"row": n, "file": f"{name}.csv", **row} for n, row in enumerate(rows.get(name, []), start=1)
        ]
        found[name] = pl.DataFrame(given, schema=schema)
    return found


def gathered(
    rows: Rows = MEMBERS,
    *,
    broken: Rows | None = None,
    same: Mapping[tuple[str, int], int] | None = None,
    tied: Mapping[str, int] | None = None,
    episodes: tuple[str, ...] = ("E10001", "E10002", "E10003"),
    no_names: tuple[str, ...] = ("unborn", "Baby", "n/a"),
) -> Gathered:
    """`same`: which person a row is about, where it is not the one of its place in the list of members. `tied`: the
    family of a number, where it is not one of its own."""
    good = frames(rows)
    placed = [
        (name, f"{name}.csv", row, (same or {}).get((name, row), row))
        for name, frame in good.items()
        if CONTRACTS[name].about_people
        for row in frame["row"]
    ]
    persons = pl.DataFrame(
        placed,
        schema={"contract": pl.String, "file": pl.String, "row": pl.Int64, "person": pl.Int64},
        orient="row",
    )
    refs = {ref: n for n, ref in enumerate(sorted(set(good["family_member"]["family_ref"])))}
    family = pl.col("family_ref").replace_strict({"": -1, **refs, **(tied or {})}, return_dtype=pl.Int64)
    memberships = (
        good["family_member"]
        .join(persons.filter(contract="family_member"), on=["file", "row"])
        .select("family_ref", "person", "role", "from_date", family=family)
    )
    return gather_known(
        good,
        {name: frame.with_columns(pl.col("row") + 100) for name, frame in frames(broken or {}).items()},
        pl.Series(episodes),
        persons=persons,
        memberships=memberships,
        person_keys=persons.select("person")
        .unique()
        .with_columns(person_key=pl.concat_str(pl.lit("key"), "person")),
        keys=KEYS,
        no_names=no_names,
    )


def of(found: Gathered, episode: str) -> tuple[Known, bool]:
    case = found.episodes.filter(episode_ref=episode)["case"].item()
    ((_, known, has_names),) = found.known([case])
    return known, has_names


def called(known: Known) -> dict[str, KnownPerson]:
    """By the role, which is here one person's."""
    return {person.token.rsplit("_", 1)[0]: person for person in known.people}


def test_everybody_of_the_family_in_every_form_of_every_source() -> None:
    known, has_names = of(gathered(same={("school_attendance", 1): 2}), "E10001")
    people = called(known)
    assert has_names
    assert set(people) == {"MOTHER", "CHILD", "UNBORN", "WORKER"}
    mother = people["MOTHER"]
    assert (mother.forenames, mother.surnames, mother.other_names) == (("Amara",), ("Okafor",), ("Mara",))
    assert mother.births == (date(1990, 4, 3),)
    assert set(mother.values) == {
        (Kind.CASE_REFERENCE, "P10001"),
        (Kind.NINO, "AB123456A"),
        (Kind.ADDRESS, "Flat 2, 3 Mill Lane"),
        (Kind.POSTCODE, "AS1 2AB"),
        (Kind.PHONE, "07700 900123"),
        (Kind.EMAIL, "amara@example.org"),
    }
    child = people["CHILD"]
    assert child.forenames == ("Tobi",)
    assert set(child.surnames) == {"OKAFOR", "Okafor-Hill"}
    assert (Kind.SCHOOL, "Mill Primary") in child.values
    assert set(known.values) == {(Kind.CASE_REFERENCE, "E10001"), (Kind.CASE_REFERENCE, "F10001")}


def test_what_stands_for_no_name_is_none() -> None:
    known, _ = of(gathered(), "E10001")
    unborn = called(known)["UNBORN"]
    assert (unborn.forenames, unborn.surnames) == ((), ("Okafor",))


def test_strangers_are_not_known() -> None:
    known, _ = of(gathered(), "E10001")
    names = {name for person in known.people for name in (*person.forenames, *person.surnames)}
    assert not names & {"Zed", "Other", "Ned", "Sam", "Far"}


def test_two_numbers_of_one_family_are_one_case() -> None:
    found = gathered(tied={"F10001": 7, "F10002": 7})
    assert found.episodes["case"].n_unique() == 2
    known, _ = of(found, "E10001")
    assert "FATHER" in called(known)
    assert {value for _, value in known.values} >= {"F10001", "F10002", "E10001", "E10002"}


def test_a_family_that_stands_in_quarantine_alone() -> None:
    row = {
        "person_ref": "P90001",
        "family_ref": "F10003",
        "role": "child",
        "forename": "Quin",
        "surname": "Rowe",
    }
    found = gathered(broken={"family_member": [row, {**row, "family_ref": "F90009", "person_ref": "P90002"}]})
    known, _ = of(found, "E10003")
    assert {person.forenames for person in known.people} == {("Quin",), ("Zed",)}


def test_a_row_in_quarantine_says_more_of_somebody_known_by_number() -> None:
    broken = {
        "social_care_episode": [{"forename": "Tobias", "surname": "Okafor", "upn": "A123456789012"}],
        "family_member": [
            {"person_ref": "P10001", "family_ref": "F10001", "forename": "Amy", "surname": "Okafor"}
        ],
        "missing_episode": [{"forename": "Nobody", "surname": "Known"}],
    }
    known, _ = of(gathered(broken=broken, same={("school_attendance", 1): 2}), "E10001")
    people = called(known)
    assert set(people["MOTHER"].forenames) == {"Amara", "Amy"}
    assert set(people["CHILD"].forenames) == {"Tobi", "Tobias"}
    assert len(people) == 4


@pytest.mark.parametrize(
    ("first", "what", "second", "role"),
    [
        ("P10004", "parent_of", "P10002", "FATHER"),
        ("P10002", "child_of", "P10004", "FATHER"),
        ("P10004", "grandparent_of", "P10002", "RELATIVE"),
        ("P10001", "former_partner_of", "P10004", "RELATIVE"),
        ("P10002", "parent_of", "P10004", "RELATIVE"),
    ],
)
def test_relatives_outside_the_household(first: str, what: str, second: str, role: str) -> None:
    related = {"person_ref": first, "related_person_ref": second, "relationship": what}
    known, _ = of(gathered({**MEMBERS, "relationship": [related]}), "E10001")
    assert called(known)[role].forenames == ("Ned",)


def test_whoever_lives_elsewhere_with_somebody_of_the_family() -> None:
    again = {
        "person_ref": "P10002",
        "family_ref": "F10002",
        "role": "child",
        "forename": "Tobi",
        "surname": "Hill",
    }
    rows = {**MEMBERS, "family_member": [*MEMBERS["family_member"], again]}
    known, _ = of(gathered(rows, same={("family_member", 6): 2}), "E10001")
    assert called(known)["RELATIVE"].forenames == ("Ned",)


def test_workers_who_know_the_family_are_near_and_all_others_far() -> None:
    found = gathered()
    known, _ = of(found, "E10001")
    near = [person for person in known.people if person.token.startswith("WORKER")]
    assert {person.whole_names for person in near} == {("Max Hartley",), ("Hall, Jo",)}
    assert all(person.near for person in near)
    far = found.everywhere.people
    assert {person.whole_names for person in far} == {
        ("Max Hartley",),
        ("Hall, Jo",),
        ("Sam Far",),
        ("Ada Unlisted",),
    }
    assert not any(person.near for person in far)
    assert {person.token for person in near} < {person.token for person in far}
    (jo,) = (person for person in far if person.whole_names == ("Hall, Jo",))
    assert (jo.forenames, jo.surnames) == (("Jo",), ("Hall",))


def test_a_leader_whom_no_table_lists_is_near() -> None:
    known, _ = of(gathered(), "E10002")
    assert [person.whole_names for person in known.people if person.whole_names] == [("Ada Unlisted",)]


def test_schools_are_known_everywhere() -> None:
    assert gathered().everywhere.values == ((Kind.SCHOOL, "Mill Primary"),)


def test_a_family_without_a_name_of_use_has_none_whoever_works_with_it() -> None:
    nameless = [
        {"person_ref": "P1", "family_ref": "F10001", "role": "child", "forename": "Unborn", "surname": "N/A"},
        {"person_ref": "P2", "family_ref": "F10001", "role": "parent", "forename": "J", "surname": None},
    ]
    known, has_names = of(
        gathered({**MEMBERS, "family_member": nameless, "school_attendance": []}, episodes=("E10001",)),
        "E10001",
    )
    assert not has_names
    assert {person.token.split("_")[0] for person in known.people} >= {"WORKER"}


def test_a_short_reference_is_a_number_like_any_other() -> None:
    rows = {
        "family_member": [
            {"person_ref": "12", "family_ref": "7", "role": "child", "forename": "Al", "surname": "Lo"}
        ],
        "family_episode": [{"episode_ref": "381", "family_ref": "7"}],
    }
    known, has_names = of(gathered(rows, episodes=("381",)), "381")
    assert has_names
    assert known.values == ()
    assert known.people[0].values == ()


def test_an_address_gives_its_postcode() -> None:
    rows = {**MEMBERS, "housing_event": [{"tenant_name": "OKAFOR A", "address": "9 Old Row, Hull, HU1 1AA"}]}
    known, _ = of(gathered(rows, same={("housing_event", 1): 1}), "E10001")
    mother = called(known)["MOTHER"]
    assert mother.whole_names == ("OKAFOR A",)
    assert (Kind.POSTCODE, "HU1 1AA") in mother.values
    assert (Kind.ADDRESS, "9 Old Row, Hull, HU1 1AA") in mother.values


def test_an_episode_that_rows_give_to_two_families_knows_both() -> None:
    both = [*MEMBERS["family_episode"], {"episode_ref": "E10001", "family_ref": "F10003"}]
    known, _ = of(gathered({**MEMBERS, "family_episode": both}), "E10001")
    assert {"Amara", "Zed"} <= {name for person in known.people for name in person.forenames}


def test_the_token_is_the_persons_wherever_they_are_and_of_no_name() -> None:
    changed = [{**row, "surname": "Changed"} for row in MEMBERS["family_member"]]
    (one, _), (other, _) = (
        of(gathered(rows), "E10001") for rows in (MEMBERS, {**MEMBERS, "family_member": changed})
    )
    assert called(one)["MOTHER"].token == called(other)["MOTHER"].token
    assert len(called(one)["MOTHER"].token.split("_")[1]) == 6


def test_the_names_of_the_run_are_told_folded() -> None:
    found = gathered()
    assert {"amara", "tobi", "ned"} <= found.forenames
    assert {"okafor", "hill"} <= found.surnames


def test_only_episodes_with_texts_are_cases() -> None:
    found = gathered(episodes=("E10003", "E_UNKNOWN"))
    assert found.episodes["episode_ref"].to_list() == ["E10003"]


def test_nothing_known_is_printed() -> None:
    found = gathered()
    assert "Okafor" not in repr(found)
    assert "Okafor" not in repr(of(found, "E10001")[0])


def test_no_rows_at_all() -> None:
    found = gathered({}, episodes=())
    assert list(found.known([])) == []
    assert found.everywhere == Known()
