"""Who is known for a family's texts, against a naive gathering: row by row, in plain Python."""

from collections.abc import Mapping
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as some

from pipelines.notes.gathering import gather_known
from pipelines.notes.spans import Kind
from tests.unit.test_notes_gathering import KEYS, frames

REFS = [f"P1000{n}" for n in range(1, 6)]
FAMILIES = ["F1001", "F1002", "F1003"]
EPISODES = ["E1001", "E1002", "E1003"]
NAMES = ["Ann", "Bo", "CARA", "Cara", "J", "Unborn", "Mary Jo"]
SURNAMES = ["Lee", "LEE", "Okoro", "Okoro-Hill", None]
NINOS = ["AB123456A", "CE234567B", None, None]
WORKERS = ["W0001", "W0002"]
LEADS = ["Max Hart", "max hart", "Ada Loe", None]
NO_NAMES = ("unborn", "n/a")
MOTHER_OR_FATHER = {"F": "MOTHER", "M": "FATHER"}

member = some.fixed_dictionaries(
    {
        "person_ref": some.sampled_from(REFS),
        "family_ref": some.sampled_from(FAMILIES),
        "role": some.sampled_from(["parent", "carer", "child", "unborn", "other adult"]),
        "sex": some.sampled_from(["F", "M", None]),
        "forename": some.sampled_from(NAMES),
        "surname": some.sampled_from(SURNAMES),
        "nino": some.sampled_from(NINOS),
    }
)
spell = some.fixed_dictionaries(
    {
        "forename": some.sampled_from(NAMES),
        "surname": some.sampled_from(SURNAMES),
        "nino": some.sampled_from(NINOS),
    }
)
related = some.fixed_dictionaries(
    {
        "person_ref": some.sampled_from(REFS),
        "relationship": some.sampled_from(["parent_of", "child_of", "sibling_of"]),
        "related_person_ref": some.sampled_from(REFS),
    }
)
episode = some.fixed_dictionaries(
    {
        "episode_ref": some.sampled_from(EPISODES),
        "family_ref": some.sampled_from([*FAMILIES, "F1009"]),
        "lead_practitioner": some.sampled_from(LEADS),
    }
)
need = some.fixed_dictionaries(
    {
        "episode_ref": some.sampled_from(EPISODES),
        "identified_by": some.sampled_from([*WORKERS, "W9999", None]),
    }
)
worker = some.fixed_dictionaries(
    {"worker_id": some.sampled_from(WORKERS), "name": some.sampled_from(["Max Hart", "Jo Day"])}
)
CONTRACTS = {
    "family_member": member,
    "employment_spell": spell,
    "relationship": related,
    "family_episode": episode,
    "need": need,
    "worker": worker,
}
rows = some.fixed_dictionaries({name: some.lists(one, max_size=5) for name, one in CONTRACTS.items()})
Run = Mapping[str, list[dict[str, Any]]]


class Naive:
    """`person_of`: which person each good row about one is."""

    def __init__(
        self, good: Run, broken: Run, person_of: Mapping[tuple[str, int], int], family_of: Mapping[str, int]
    ) -> None:
        self.good, self.broken = good, broken
        self.person_of = dict(person_of)
        # A number that no good row has is a family of its own.
        self.family_of = {ref: family_of.get(ref, 100 + n) for n, ref in enumerate([*FAMILIES, "F1009"])}
        self._number_the_broken()

    def rows(self, contract: str) -> list[tuple[int, dict[str, Any]]]:
        """Good rows from 1, those in quarantine from 101."""
        return [
            *enumerate(self.good[contract], start=1),
            *((100 + n, row) for n, row in enumerate(self.broken[contract], start=1)),
        ]

    def _number_the_broken(self) -> None:
        known = dict(self.person_of)
        for contract in ("employment_spell", "family_member"):
            for n, row in enumerate(self.broken[contract], start=101):
                own = {
                    known[contract, m]
                    for m, other in enumerate(self.good[contract], start=1)
                    if contract == "family_member" and other["person_ref"] == row["person_ref"]
                }
                by_number = {
                    person
                    for (name, m), person in known.items()
                    if row["nino"] and self.good[name][m - 1]["nino"] == row["nino"]
                }
                if found := own or by_number:
                    self.person_of[contract, n] = min(found)
                elif contract == "family_member":
                    self.person_of[contract, n] = -n

    def persons_of(self, ref: str) -> set[int]:
        return {
            self.person_of["family_member", n]
            for n, row in self.rows("family_member")
            if row["person_ref"] == ref and ("family_member", n) in self.person_of
        }

    def members(self, families: set[int]) -> set[int]:
        return {
            self.person_of["family_member", n]
            for n, row in self.rows("family_member")
            if self.family_of[row["family_ref"]] in families
        }

    def families(self, ref: str) -> set[int]:
        return {
            self.family_of[row["family_ref"]]
            for _, row in self.rows("family_episode")
            if row["episode_ref"] == ref
        }

    def near(self, ref: str) -> dict[int, str]:
        """Everybody near, and the beginning of their token; blank where several roles could be the newest."""
        families = self.families(ref)
        inside = self.members(families)
        found = {person: self._role_inside(person, families) for person in inside}
        for family in {
            self.family_of[row["family_ref"]]
            for n, row in self.rows("family_member")
            if self.person_of["family_member", n] in inside
        }:
            for person in self.members({family}) - inside:
                found.setdefault(person, "RELATIVE")
        parents = {("parent_of", 0), ("child_of", 1)}
        for _, row in self.rows("relationship"):
            sides = [self.persons_of(row["person_ref"]), self.persons_of(row["related_person_ref"])]
            for one in (0, 1):
                for person in sides[one] - inside:
                    if sides[1 - one] & inside:
                        if (row["relationship"], one) in parents:
                            found[person] = self._parent(person)
                        else:
                            found.setdefault(person, "RELATIVE")
        return found

    def _role_inside(self, person: int, families: set[int]) -> str:
        roles = {
            row["role"]
            for n, row in self.rows("family_member")
            if self.person_of["family_member", n] == person and self.family_of[row["family_ref"]] in families
        }
        # Of one day, the last in the alphabet.
        role = max(roles)
        if role in ("parent", "carer"):
            return self._parent(person)
        return {"child": "CHILD", "unborn": "UNBORN"}.get(role, "ADULT")

    def _parent(self, person: int) -> str:
        sexes = {
            row["sex"]
            for n, row in self.rows("family_member")
            if self.person_of["family_member", n] == person and row["sex"]
        }
        return MOTHER_OR_FATHER.get(min(sexes, default=""), "ADULT")

    def facts(self, person: int) -> set[tuple[str, str]]:
        """Everything that any record says of somebody, in small letters."""
        said = set()
        for contract in ("family_member", "employment_spell"):
            for n, row in self.rows(contract):
                if self.person_of.get((contract, n)) != person:
                    continue
                for part in ("forename", "surname"):
                    name = row[part]
                    if name and len(name) > 1 and name.lower() not in NO_NAMES:
                        said.add((part, name.lower()))
                if row["nino"]:
                    said.add((Kind.NINO.value, row["nino"].lower()))
                if contract == "family_member":
                    said.add((Kind.CASE_REFERENCE.value, row["person_ref"].lower()))
        return said

    def references(self, ref: str) -> set[str]:
        families = self.families(ref)
        episodes = {
            row["episode_ref"]
            for _, row in self.rows("family_episode")
            if self.family_of[row["family_ref"]] in families
        }
        return episodes | {
            row["family_ref"]
            for contract in ("family_member", "family_episode")
            for _, row in self.rows(contract)
            if self.family_of[row["family_ref"]] in families
        }

    def workers(self, ref: str) -> set[str]:
        """The names of the workers near, in small letters."""
        families = self.families(ref)
        led = [row for _, row in self.rows("family_episode") if self.family_of[row["family_ref"]] in families]
        episodes = {row["episode_ref"] for row in led}
        names = {
            row["lead_practitioner"].lower()
            for _, row in self.rows("family_episode")
            if row["episode_ref"] in episodes and row["lead_practitioner"]
        }
        listed = {(row["worker_id"], row["name"].lower()) for _, row in self.rows("worker")}
        numbers = {row["identified_by"] for _, row in self.rows("need") if row["episode_ref"] in episodes}
        numbers |= {number for number, name in listed if name in names}
        return names | {name for number, name in listed if number in numbers}


@settings(max_examples=80, deadline=None)
@given(
    good=rows, broken=rows, links=some.lists(some.integers(1, 4), min_size=10, max_size=10), data=some.data()
)
def test_as_the_naive_gathering(good: Run, broken: Run, links: list[int], data: some.DataObject) -> None:
    places = [("family_member", n) for n in range(1, 6)] + [("employment_spell", n) for n in range(1, 6)]
    person_of = {
        place: person for place, person in zip(places, links, strict=True) if place[1] <= len(good[place[0]])
    }
    families = {
        ref: data.draw(some.integers(0, 1), label=ref)
        for ref in sorted({row["family_ref"] for row in good["family_member"]})
    }
    naive = Naive(good, broken, person_of, families)
    ours = _gathered(good, broken, person_of, families)
    assert set(ours) == {ref for ref in EPISODES if naive.families(ref)}
    for ref, (known, has_names) in ours.items():
        near = naive.near(ref)
        expected = sorted((role, sorted(naive.facts(person))) for person, role in near.items())
        assert _told(known, "WORKER", wanted=False) == expected
        assert has_names == any(part in ("forename", "surname") for p in near for part, _ in naive.facts(p))
        assert {value for _, value in known.values} == naive.references(ref)
        names = {name.lower() for p in known.people if p.token.startswith("WORKER") for name in p.whole_names}
        assert names == naive.workers(ref)


def _gathered(
    good: Run, broken: Run, person_of: Mapping[tuple[str, int], int], families: Mapping[str, int]
) -> dict[str, tuple[Any, bool]]:
    typed = frames(good)
    persons = pl.DataFrame(
        [(name, f"{name}.csv", n, person) for (name, n), person in person_of.items()],
        schema={"contract": pl.String, "file": pl.String, "row": pl.Int64, "person": pl.Int64},
        orient="row",
    )
    memberships = pl.DataFrame(
        [
            (families[row["family_ref"]], row["family_ref"], person_of["family_member", n], row["role"], None)
            for n, row in enumerate(good["family_member"], start=1)
        ],
        schema={
            "family": pl.Int64,
            "family_ref": pl.String,
            "person": pl.Int64,
            "role": pl.String,
            "from_date": pl.Date,
        },
        orient="row",
    )
    found = gather_known(
        typed,
        {name: frame.with_columns(pl.col("row") + 100) for name, frame in frames(broken).items()},
        pl.Series(EPISODES),
        persons=persons,
        memberships=memberships,
        person_keys=persons.select("person")
        .unique()
        .with_columns(person_key=pl.col("person").cast(pl.String)),
        keys=KEYS,
        no_names=NO_NAMES,
    )
    cases = {
        case: (known, has_names)
        for case, known, has_names in found.known(found.episodes["case"].unique().to_list())
    }
    return {ref: cases[case] for ref, case in found.episodes.iter_rows()}


def _told(known: Any, role: str, *, wanted: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    told = []
    for person in known.people:
        called = person.token.rsplit("_", 1)[0]
        if (called == role) is wanted:
            facts = {("forename", name.lower()) for name in person.forenames}
            facts |= {("surname", name.lower()) for name in person.surnames}
            facts |= {(kind.value, value.lower()) for kind, value in person.values}
            told.append((called, sorted(facts)))
    return sorted(told)
