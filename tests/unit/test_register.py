"""The register of keys: what a record is known by, who keeps a key, and how the file is kept."""

import re
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date
from itertools import chain
from pathlib import Path
from types import MappingProxyType

import polars as pl
import pytest

from ledger import Event, open_ledger
from pipelines.keys import Keys, make_keys, open_keys
from pipelines.register import (
    DIGEST,
    FACETS,
    Book,
    Kept,
    Register,
    describe,
    facets,
    keep_keys,
    open_register,
    prepare,
    presently,
    register_begun,
    resolve,
    settle,
)
from pipelines.register.book import KEYS
from pipelines.register.errors import RegisterDamagedError, RegisterOlderError
from release.errors import KeyFileError
from release.places import Places

SECRET = Keys(master="1" * 64, record="2" * 64, protected="3" * 64)
ANN = {
    "source": "school",
    "own_key": "7",
    "forename": "Ann",
    "surname": "O'Neil",
    "date_of_birth": date(2010, 1, 2),
    "postcode": "AS1 1AA",
    "nhs_number": "9434765919",
}
SCHEMA = {name: pl.Date if name == "date_of_birth" else pl.String for name in ANN}


def records(*told: Mapping[str, object]) -> pl.DataFrame:
    frame = pl.DataFrame([{**dict.fromkeys(ANN), **one} for one in told], schema=SCHEMA)
    return frame.select(pl.int_range(pl.len()).cast(pl.String).alias("record_id"), *SCHEMA)


class TestFacets:
    @pytest.mark.parametrize(
        "again",
        [
            {"forename": " ANN "},
            {"surname": "ONEIL"},
            {"surname": "O\N{RIGHT SINGLE QUOTATION MARK}Neil"},
            {"forename": "A\N{COMBINING ACUTE ACCENT}nn"},
            {"postcode": "as11aa"},
        ],
    )
    def test_spelling_makes_no_difference(self, again: Mapping[str, object]) -> None:
        one, other = facets(records(ANN, ANN | again), SECRET).drop("record_id").iter_rows()
        assert one == other

    @pytest.mark.parametrize(
        ("corrected", "differ"),
        [
            ({"forename": "Anna"}, {"name_birth", "name_place"}),
            ({"forename": "A."}, {"name_birth", "name_place"}),
            ({"date_of_birth": date(2010, 2, 1)}, {"name_birth", "birth_place"}),
            ({"postcode": "AS2 2BB"}, {"name_place", "birth_place"}),
            ({"own_key": "8"}, {"own"}),
            ({"source": "police"}, {"own"}),
            ({"nhs_number": None}, {"nhs_number"}),
            ({"nhs_number": "9434765918"}, {"nhs_number"}),
            ({"surname": None}, {"name_birth", "name_place"}),
        ],
    )
    def test_a_correction_leaves_the_facets_that_it_does_not_touch(
        self, corrected: Mapping[str, object], differ: set[str]
    ) -> None:
        one, other = facets(records(ANN, ANN | corrected), SECRET).drop("record_id").to_dicts()
        assert {facet for facet in FACETS if one[facet] != other[facet]} == {"record_key", *differ}

    def test_what_is_not_given_or_not_valid_tells_nobody(self) -> None:
        bare, wrong = facets(
            records({"source": "police"}, {"source": "x", "nhs_number": "9434765918"}), SECRET
        ).to_dicts()
        assert bare["record_key"] is not None
        assert [bare[facet] for facet in FACETS[1:]] == [None] * (len(FACETS) - 1)
        assert wrong["nhs_number"] is None

    def test_an_initial_is_no_forename(self) -> None:
        """Jack and Jane, father and daughter, are both J. Norington of one house."""
        (told,) = facets(records(ANN | {"forename": "J."}), SECRET).to_dicts()
        assert told["name_place"] is None
        assert told["name_birth"] is None
        assert told["birth_place"] is not None

    def test_no_text_can_pass_for_another(self) -> None:
        """A sign that stands between the parts cannot be smuggled into one."""
        told = facets(
            records(
                {"source": "a|b", "own_key": "c"},
                {"source": "a", "own_key": "b|c"},
                {"source": "a", "forename": "b|c", "surname": "d"},
                {"source": "a", "forename": "b", "surname": "c|d"},
            ),
            SECRET,
        )
        assert told["record_key"].n_unique() == 4
        assert told["own"].drop_nulls().n_unique() == 2

    def test_no_hash_says_the_same_as_another(self) -> None:
        """Not that of another facet of the same text, nor that of another key."""
        born = ANN | {"forename": "xx", "surname": "y", "postcode": "2010-01-02"}
        one = facets(records(born), SECRET).drop("record_id").row(0)
        other = facets(records(born), Keys(master="4" * 64, record="2" * 64, protected="3" * 64))
        hashes = [hash_ for hash_ in (*one, *other.drop("record_id").row(0)) if hash_ is not None]
        assert len(set(hashes)) == len(hashes) == 2 * 6

    def test_columns_may_be_missing_and_rows_too(self) -> None:
        only = pl.DataFrame({"record_id": ["1"], "source": ["a"]})
        assert facets(only, SECRET).columns == ["record_id", *FACETS]
        assert facets(only.clear(), SECRET).height == 0


# A run as the tests write it: person to the records of theirs, each `source/own number/forename`.
People = Mapping[int, Sequence[str]]


def run(
    register: Register,
    people: People,
    name: str = "2024-10-31-001",
    families: Mapping[str, Sequence[int]] = MappingProxyType({}),
    **refs: list[str],
) -> Kept:
    rows = [
        {"person": person, **dict(zip(("source", "own_key", "forename"), told.split("/"), strict=True))}
        for person, every in people.items()
        for told in every
    ]
    frame = pl.DataFrame(
        rows, schema={"person": pl.Int64, "source": pl.String, "own_key": pl.String, "forename": pl.String}
    )
    frame = frame.with_columns(
        pl.int_range(pl.len()).cast(pl.String).alias("record_id"),
        pl.when(pl.col("own_key") != "").then("own_key").alias("own_key"),
        surname=pl.lit("Smith"),
        date_of_birth=pl.lit(date(2010, 1, 2)),
    )
    # "F1+F2": two numbers of one family.
    numbered = [(number, refs, who) for number, (refs, who) in enumerate(families.items())]
    return keep_keys(
        describe(frame.drop("person"), SECRET),
        frame.select("record_id", "person"),
        pl.DataFrame(
            [(number, person) for number, _, who in numbered for person in who],
            schema={"family": pl.Int64, "person": pl.Int64},
            orient="row",
        ),
        pl.DataFrame(
            [(number, ref) for number, refs, _ in numbered for ref in refs.split("+")],
            schema={"family": pl.Int64, "family_ref": pl.String},
            orient="row",
        ),
        register,
        SECRET,
        name,
        helped=pl.Series(refs.get("helped", []), dtype=pl.String),
        claimed=pl.Series(refs.get("claimed", []), dtype=pl.String),
    )


def keys(kept: Kept) -> dict[int, str]:
    return dict(kept.person.iter_rows())


def events(book: Book, at: int) -> list[tuple[str, str, str | None]]:
    return book.events.filter(run=at).drop("run").rows()


TWO = {1: ["school/1/Ann", "police//Ann", "health/5/Ann"], 2: ["school/2/Bea", "police//Bea"]}


class TestPeople:
    @pytest.mark.parametrize(
        "later",
        [
            {8: TWO[1], 9: TWO[2]},
            {8: [*TWO[1], "housing/9/Ann"], 9: [*TWO[2], "police/3/Beatrice"]},
            {8: TWO[1][:1], 9: TWO[2][1:]},
            {8: ["school/1/Anna"], 9: ["school/2/Beatrix"]},  # corrected: by the own number
            {8: ["school/77/Ann"], 9: ["school/88/Bea"]},  # numbered anew: by name and date of birth
        ],
        ids=["same", "arrived", "left", "corrected", "numbered anew"],
    )
    def test_a_person_keeps_the_key(self, later: People) -> None:
        first = run(Register(), TWO)
        second = run(first.register, later)
        assert (keys(second)[8], keys(second)[9]) == (keys(first)[1], keys(first)[2])
        assert events(second.register.people, 2) == []

    def test_the_same_again_changes_nothing_but_the_name_of_the_run(self) -> None:
        first = run(Register(), TWO, families={"F1": [1, 2], "F2": [2]})
        second = run(first.register, TWO, "2024-10-31-002", {"F1": [1, 2], "F2": [2]})
        assert second.person.equals(first.person)
        assert second.family.equals(first.family)
        assert second.register.runs["name"].to_list() == ["2024-10-31-001", "2024-10-31-002"]
        for before, after in (
            (first.register.people, second.register.people),
            (first.register.families, second.register.families),
        ):
            assert after.keys.equals(before.keys)
            assert after.holdings.equals(before.holdings)
            assert after.events.equals(before.events)

    def test_a_merge_keeps_the_key_of_most_records_and_the_other_leads_there(self) -> None:
        first = run(Register(), TWO)
        ann, bea = keys(first)[1], keys(first)[2]
        both = run(first.register, {5: [*TWO[1], *TWO[2]]})
        assert keys(both) == {5: ann}
        assert events(both.register.people, 2) == [("merged", bea, ann)]
        assert resolve(pl.Series([bea, ann, "0" * 24]), both.register.people.keys).sort(
            "key"
        ).rows() == sorted([(bea, ann), (ann, ann), ("0" * 24, None)])

    def test_what_was_merged_and_parts_again_has_its_old_key(self) -> None:
        first = run(Register(), TWO)
        ann, bea = keys(first)[1], keys(first)[2]
        both = run(first.register, {5: [*TWO[1], *TWO[2], "housing/9/Bea"]})
        # What came while they were one was Bea's, and most records are hers now.
        apart = run(both.register, {1: TWO[1][:1], 2: [*TWO[2], "housing/9/Bea"]})
        assert keys(apart) == {1: ann, 2: bea}
        assert events(apart.register.people, 3) == [("split", ann, bea)]
        assert resolve(pl.Series([bea]), apart.register.people.keys)["present"].item() == bea

    def test_one_who_was_merged_keeps_the_present_key_when_the_others_records_go(self) -> None:
        first = run(Register(), TWO)
        both = run(first.register, {5: [*TWO[1], *TWO[2]]})
        left = run(both.register, {6: TWO[2]})
        assert keys(left) == {6: keys(first)[1]}

    def test_a_split_leaves_the_key_with_the_largest_share(self) -> None:
        one = {1: [*TWO[1], *TWO[2]]}
        first = run(Register(), one)
        apart = run(first.register, {1: TWO[2], 2: TWO[1]})
        assert keys(apart)[2] == keys(first)[1]
        assert events(apart.register.people, 2) == [("split", keys(first)[1], keys(apart)[1])]

    def test_who_leaves_and_comes_back_has_the_old_key(self) -> None:
        first = run(Register(), TWO)
        gone = run(first.register, {1: TWO[1]})
        back = run(gone.register, TWO)
        assert keys(back) == keys(first)
        assert events(gone.register.people, 2) == [("withdrawn", keys(first)[2], None)]
        assert events(back.register.people, 3) == [("returned", keys(first)[2], None)]

    BEA = ("school/2/Bea", "housing/9/Bea")

    def test_the_only_record_of_a_key_is_corrected_and_is_another_persons(self) -> None:
        """Its name and date of birth are all that is left of it: the key leads to whoever has them."""
        first = run(Register(), {1: ["police//Ann"], 2: self.BEA})
        ann, bea = keys(first)[1], keys(first)[2]
        second = run(first.register, {5: [*self.BEA, "health//Ann"]})
        assert keys(second) == {5: bea}
        assert events(second.register.people, 2) == [("merged", ann, bea)]
        again = run(second.register, {5: [*self.BEA, "health//Ann"]})
        assert again.register.people.holdings.equals(second.register.people.holdings)
        assert again.register.people.keys.equals(second.register.people.keys)
        # The record as it was, and Bea without it: they part again.
        apart = run(second.register, {1: ["police//Ann"], 2: self.BEA})
        assert keys(apart) == {1: ann, 2: bea}

    @pytest.mark.parametrize(
        "others",
        [
            {6: ["school/1/Cara"], 7: ["school/1/Dora"]},  # her number is seen, though it tells nobody
            {6: ["school/3/Cy", "housing//Ann"]},  # two are called so
        ],
        ids=["number seen", "two called so"],
    )
    def test_a_name_alone_merges_nobody_where_anything_else_was_seen(self, others: People) -> None:
        first = run(Register(), {1: ["school/1/Ann"], 2: self.BEA, 3: ["school/3/Cy"]})
        second = run(first.register, {5: [*self.BEA, "health//Ann"], **others})
        assert ("withdrawn", keys(first)[1], None) in events(second.register.people, 2)
        assert (
            resolve(pl.Series([keys(first)[1]]), second.register.people.keys)["present"].item()
            == keys(first)[1]
        )

    def test_two_names_of_one_key_with_two_people_merge_it_with_neither(self) -> None:
        first = run(Register(), {1: ["police//Ann", "police//Anna"], 2: self.BEA, 3: ["school/3/Cy"]})
        ann, bea, cy = (keys(first)[person] for person in (1, 2, 3))
        second = run(first.register, {2: [*self.BEA, "health//Ann"], 3: ["school/3/Cy", "health//Anna"]})
        assert sorted(events(second.register.people, 2), key=str) == sorted(
            [("moved", ann, bea), ("moved", ann, cy), ("withdrawn", ann, None)], key=str
        )

    def test_a_corrected_record_that_splits_off_or_moves_is_told(self) -> None:
        ann = ["school/1/Ann", "health/1/Ann"]
        first = run(Register(), {1: [*ann, "police//Anna"], 2: self.BEA})
        split = run(first.register, {1: ann, 2: self.BEA, 3: ["housing//Anna"]})
        assert keys(split)[1] == keys(first)[1]
        assert events(split.register.people, 2) == [("split", keys(first)[1], keys(split)[3])]
        moved = run(first.register, {1: ann, 2: [*self.BEA, "housing//Anna"]})
        assert events(moved.register.people, 2) == [("moved", keys(first)[1], keys(first)[2])]

    def test_records_that_read_the_same_and_are_different_people(self) -> None:
        """Bare rows of the police: nobody can tell them apart, and nobody becomes another's key."""
        same = {number: ["police//"] for number in range(1000)}
        first = run(Register(), same)
        assert len(set(keys(first).values())) == 1000
        fewer = run(first.register, dict(list(same.items())[:900]))
        assert keys(fewer) == dict(list(keys(first).items())[:900])
        more = run(fewer.register, {**same, 2000: ["police//"]})
        assert set(keys(first).values()) < set(keys(more).values())

    def test_a_number_that_two_share_decides_nothing(self) -> None:
        first = run(Register(), {1: ["school/1/Ann"], 2: ["school/2/Bea"]})
        second = run(first.register, {1: ["school/1/Cara"], 2: ["school/1/Dora"]})
        assert not set(keys(first).values()) & set(keys(second).values())


PEOPLE: People = {1: ["c/1/Ann"], 2: ["c/2/Bea"], 3: ["c/3/Cy"], 4: ["c/4/Di"]}


class TestFamilies:
    def families(self, kept: Kept) -> dict[str, str]:
        return dict(kept.family.iter_rows())

    def test_by_number_then_by_members(self) -> None:
        first = run(Register(), PEOPLE, families={"F1": [1, 2], "F2": [3, 4]})
        second = run(first.register, PEOPLE, families={"F1": [4], "G2": [3, 4, 1]})
        assert self.families(second)["F1"] == self.families(first)["F1"]
        third = run(first.register, PEOPLE, families={"G1": [1, 2], "G2": [3]})
        assert self.families(third) == {"G1": self.families(first)["F1"], "G2": self.families(first)["F2"]}

    def test_claims_follow_a_family_that_became_part_of_another(self) -> None:
        first = run(Register(), PEOPLE, families={"F1": [1, 2], "F2": [3, 4]})
        one = run(first.register, PEOPLE, families={"F1+F2": [1, 2, 3, 4]})
        assert len(set(self.families(one).values())) == 1
        # Its number gone too: the claim that finance made under it counts for the family that its people are in now.
        gone = run(first.register, PEOPLE, families={"F1": [1, 2, 3, 4]}, claimed=["F2", "F9"])
        assert self.families(gone) == dict.fromkeys(["F1", "F2"], self.families(first)["F1"])
        assert events(gone.register.families, 2) == [
            ("merged", self.families(first)["F2"], self.families(first)["F1"])
        ]

    def test_a_child_in_two_households_merges_neither(self) -> None:
        first = run(Register(), PEOPLE, families={"F1": [1, 2], "F2": [2, 3]})
        second = run(first.register, PEOPLE, families={"F1": [1, 2, 3]})
        assert events(second.register.families, 2) == [("withdrawn", self.families(first)["F2"], None)]

    def test_a_family_of_whom_nobody_is_known_has_a_key(self) -> None:
        first = run(Register(), PEOPLE, families={"F1": [1]}, helped=["F1", "F7"])
        assert set(self.families(first)) == {"F1", "F7"}
        second = run(first.register, PEOPLE, families={"F7": [1], "F1": [2]}, helped=["F1", "F7"])
        assert self.families(second) == self.families(first)

    def test_members_are_known_by_the_keys_that_theirs_lead_to(self) -> None:
        first = run(Register(), PEOPLE, families={"F1": [1, 2], "F2": [3, 4]})
        merged = run(
            first.register,
            {1: ["c/1/Ann", "c/2/Bea"], 3: ["c/3/Cy"], 4: ["c/4/Di"]},
            families={"G1": [1], "F2": [3, 4]},
        )
        assert self.families(merged)["G1"] == self.families(first)["F1"]


def test_keys_that_lead_in_a_circle_or_nowhere_are_refused() -> None:
    def book(**into: str | None) -> pl.DataFrame:
        rows = [{"key": key, "born": 1, "into": to, "absent_since": None} for key, to in into.items()]
        return pl.DataFrame(rows, schema=KEYS)

    assert presently(book(a="b", b="c", c=None, d="a", e=None)).rows() == [
        ("a", "c"),
        ("b", "c"),
        ("c", "c"),
        ("d", "c"),
        ("e", "e"),
    ]
    for wrong in (book(a="b", b="a"), book(a="b", b="c", c="a", d=None), book(a="z")):
        with pytest.raises(ValueError, match=r"circle|not there"):
            presently(wrong)


FIRST, SECOND, THIRD = (f"2024-10-31-00{number}" for number in (1, 2, 3))


@pytest.fixture
def places(tmp_path: Path) -> Places:
    here = Places(tmp_path / "data")
    here.vault.mkdir(parents=True)
    make_keys(here)
    return here


def write(places: Places, people: People, name: str, published: set[str]) -> Kept:
    """A run that gets as far as having prepared its register."""
    secret = open_keys(places)
    opened = open_register(places, secret, published, begun=bool(published))
    kept = run(opened.register, people, name, {"F1": [min(people)]})
    digest = prepare(places, opened, kept, secret)
    folder = places.releases / name
    folder.mkdir(parents=True)
    (folder / "aside.json").write_text(f'{{"{DIGEST}": "{digest}"}}')
    return kept


def publish(places: Places, name: str) -> None:
    (places.releases / name / "aside.json").rename(places.releases / name / "manifest.json")


MERGED: People = {1: [*TWO[1], *TWO[2]]}


class TestFile:
    def same(self, one: Register, other: Register) -> None:
        assert one.runs.equals(other.runs)
        for mine, its in ((one.people, other.people), (one.families, other.families)):
            assert mine.keys.equals(its.keys)
            assert mine.holdings.equals(its.holdings)
            assert mine.events.equals(its.events)

    def test_what_was_written_is_read(self, places: Places) -> None:
        done: set[str] = set()
        for name, people in ((FIRST, TWO), (SECOND, MERGED), (THIRD, {1: TWO[1], 2: TWO[2], 3: ["c//X"]})):
            kept = write(places, people, name, done)
            publish(places, name)
            done.add(name)
            settle(places, done)
            self.same(open_register(places, open_keys(places), done, begun=True).register, kept.register)
        assert sorted(file.name for file in places.vault.rglob("*.sqlite")) == [
            f"{FIRST}.sqlite",
            f"{SECOND}.sqlite",
            f"{THIRD}.sqlite",
            "register.sqlite",
        ]
        for file in places.vault.rglob("*.sqlite"):
            assert file.stat().st_mode & 0o077 == 0

    @pytest.mark.parametrize("published", [True, False])
    def test_a_run_that_died_between_register_and_release(self, places: Places, published: bool) -> None:
        kept = write(places, TWO, FIRST, set())
        publish(places, FIRST)
        settle(places, {FIRST})
        later = write(places, MERGED, SECOND, {FIRST})
        done = {FIRST}
        if published:
            publish(places, SECOND)
            done.add(SECOND)
        expected = later.register if published else kept.register
        # Whoever only looks sees what the next run will go on from.
        self.same(open_register(places, open_keys(places), done, begun=True).register, expected)
        settle(places, done)
        self.same(open_register(places, open_keys(places), done, begun=True).register, expected)
        assert not list(places.vault.glob("*next*"))

    def test_half_a_register_is_swept_away(self, places: Places) -> None:
        write(places, TWO, FIRST, set())
        publish(places, FIRST)
        settle(places, {FIRST})
        before = (places.vault / "register.sqlite").read_bytes()
        (places.vault / "register.part").write_bytes(b"half")
        (places.vault / "register.next.sqlite").write_bytes(b"half")
        settle(places, {FIRST})
        assert (places.vault / "register.sqlite").read_bytes() == before
        assert {file.name for file in places.vault.iterdir()} == {"register.sqlite", "register-backups"}

    def two_runs(self, places: Places) -> set[str]:
        for name, people, done in ((FIRST, TWO, set()), (SECOND, MERGED, {FIRST})):
            write(places, people, name, done)
            publish(places, name)
            settle(places, {*done, name})
        return {FIRST, SECOND}

    @pytest.mark.parametrize(
        "damage",
        [
            lambda file: file.write_bytes(b""),
            lambda file: file.write_bytes(b"not a register at all" * 500),
            lambda file: file.write_bytes(file.read_bytes()[:-4096]),
            lambda file: (
                file.unlink(),
                _sql(file, "CREATE TABLE meta AS SELECT 'version' AS name, 1 AS value"),
            ),
            lambda file: _sql(file, "DROP TABLE person_event"),
            lambda file: _sql(file, "DELETE FROM person_event"),
            lambda file: _sql(file, "UPDATE person_key SET merged_into = NULL"),
            lambda file: _sql(file, "UPDATE person_key SET merged_into = id"),
            lambda file: _sql(file, "UPDATE hashes SET packed = x'00' WHERE kind = 'family'"),
            lambda file: _sql(file, "DELETE FROM hashes WHERE kind = 'person'"),
            lambda file: _sql(file, "UPDATE person_key SET key = lower(hex(zeroblob(12))) WHERE id = 1"),
            lambda file: file.write_bytes(_flipped(file.read_bytes(), b"ARROW1")),
            lambda file: _sql(file, "UPDATE run SET name = '2024-10-31-009' WHERE number = 1"),
            lambda file: _sql(file, "UPDATE meta SET value = '3' WHERE name = 'version'"),
            lambda file: _sql(file, "DELETE FROM meta"),
            lambda file: _sql(file, "INSERT INTO released_before VALUES ('2024-10-31-009')"),
        ],
    )
    def test_a_damaged_register_is_refused_and_left_as_it_is(self, places: Places, damage) -> None:
        done = self.two_runs(places)
        file = places.vault / "register.sqlite"
        damage(file)
        found = file.read_bytes()
        with pytest.raises(RegisterDamagedError) as refused:
            open_register(places, open_keys(places), done, begun=True)
        assert file.read_bytes() == found
        if "newer version" not in str(refused.value):
            assert f"{SECOND}.sqlite" in str(refused.value)
            # The way back that it names works.
            shutil.copy(places.vault / "register-backups" / f"{SECOND}.sqlite", file)
            open_register(places, open_keys(places), done, begun=True)

    def test_an_older_copy_is_refused(self, places: Places) -> None:
        done = self.two_runs(places)
        shutil.copy(places.vault / "register-backups" / f"{FIRST}.sqlite", places.vault / "register.sqlite")
        with pytest.raises(RegisterOlderError, match=f"{SECOND}.sqlite"):
            open_register(places, open_keys(places), done, begun=True)

    def test_one_that_went_another_way_is_refused(self, places: Places, tmp_path: Path) -> None:
        self.two_runs(places)
        other = Places(tmp_path / "other")
        shutil.copytree(places.data, other.data)
        manifest = other.releases / SECOND / "manifest.json"
        manifest.write_text(f'{{"{DIGEST}": "{"0" * 64}"}}')
        with pytest.raises(RegisterOlderError, match="not the one"):
            open_register(other, open_keys(other), {FIRST, SECOND}, begun=True)

    def test_a_missing_one_is_refused_where_there_was_one(self, places: Places, tmp_path: Path) -> None:
        done = self.two_runs(places)
        (places.vault / "register.sqlite").unlink()
        with pytest.raises(RegisterOlderError, match="missing"):
            open_register(places, open_keys(places), done, begun=False)
        # Its releases moved away, the ledger still knows.
        places.releases.rename(tmp_path / "archived")
        with pytest.raises(RegisterOlderError, match="missing"):
            open_register(places, open_keys(places), done, begun=True)
        assert open_register(places, open_keys(places), done, begun=False).file is None

    def test_other_keys_are_noticed(self, places: Places) -> None:
        done = self.two_runs(places)
        places.master_key.write_text("a" * 64 + "\n")
        with pytest.raises(KeyFileError, match="master key"):
            open_register(places, open_keys(places), done, begun=True)

    def test_releases_from_before_there_was_a_register_are_none_of_its(self, places: Places) -> None:
        (places.releases / FIRST).mkdir(parents=True)
        (places.releases / FIRST / "manifest.json").write_text("{}")
        opened = open_register(places, open_keys(places), {FIRST}, begun=False)
        kept = run(opened.register, TWO, SECOND)
        prepare(places, opened, kept, open_keys(places))
        settle(places, {FIRST, SECOND})
        again = open_register(places, open_keys(places), {FIRST, SECOND}, begun=True)
        assert again.released_before == {FIRST}
        with pytest.raises(RegisterOlderError):
            open_register(places, open_keys(places), {FIRST, SECOND, THIRD}, begun=True)

    def test_only_so_many_copies_are_kept(self, places: Places) -> None:
        done: set[str] = set()
        for number in range(1, 6):
            name = f"2024-10-31-{number:03d}"
            write(places, TWO, name, done)
            publish(places, name)
            done.add(name)
            settle(places, done)
        copies = sorted(file.stem[-3:] for file in (places.vault / "register-backups").iterdir())
        assert copies == ["003", "004", "005"]

    def test_it_holds_keyed_hashes_names_of_releases_and_nothing_else(self, places: Places) -> None:
        self.two_runs(places)
        told = re.compile(
            r"[0-9a-f]{16,64}|2024-10-31-00\d|merged|split|withdrawn|person|family|version|seal|2|master_key_fingerprint"
        )
        with closing(sqlite3.connect(places.vault / "register.sqlite")) as connection:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (table,) in tables:
                for value in chain.from_iterable(connection.execute(f"SELECT * FROM {table}")):
                    assert not isinstance(value, str) or told.fullmatch(value), table
                    if isinstance(value, bytes):
                        packed = pl.read_ipc(value)
                        assert not any(type_ in (pl.String, pl.Binary) for type_ in packed.dtypes)

    def test_the_ledger_tells_whether_a_register_was_begun(self, places: Places) -> None:
        ledger = open_ledger(places.ledger)
        told = []
        for event in (
            Event.RELEASE_PUBLISHED,
            Event.REGISTER_BEGUN,
            Event.RUN_REFUSED,
            Event.RELEASE_PUBLISHED,
        ):
            ledger.record(event, actor="a", role="b", subject=FIRST)
            told.append(register_begun(ledger))
        ledger.close()
        assert told == [False, False, False, True]


def _flipped(content: bytes, after: bytes) -> bytes:
    """One bit is another, some way after a mark."""
    place = content.index(after) + 1000
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def _sql(file: Path, statement: str) -> None:
    connection = sqlite3.connect(file)
    connection.execute(statement)
    connection.commit()
    connection.close()
