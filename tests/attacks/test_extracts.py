"""Tries to find families, and to learn of them, in extracts of rows: alone, side by side, and by what lies around."""

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from custody.microdata import Extract, Given, TogetherError, extract
from custody.microdata.given import CLASS, FAMILY, ROW
from custody.microdata.rows import FAMILY as FAMILY_TOKEN
from custody.microdata.rows import read_rows
from custody.packages import write_csv
from disclosure.microdata import Rules, anonymise, hierarchy_of
from release.microdata import Asked, Dates, calendar_lines, codes_of, lines_of
from tests.generative.naive_extracts import joint_rows, narrowed
from tests.microdata_town import (
    MARKS_KEY,
    OTHER_KEY,
    PROJECT_KEY,
    WARDS,
    dimensions,
    families,
    microdata,
    release,
)

Town = list[dict[str, Any]]
PEOPLE = Asked(
    "person", ("age_band", "sex", "ethnic_group", "ward", "referral_source", "first_headline"), 5, 2, 0.9
)
TOWN = families(80)


def made(
    asked: Asked, town: Town, *, project: str = "one", export: int = 1, earlier: Sequence[Given] = ()
) -> Extract:
    return extract(
        release(town),
        dimensions(),
        microdata(),
        asked,
        project=project,
        project_key=PROJECT_KEY if project == "one" else OTHER_KEY,
        marks_key=MARKS_KEY,
        export=export,
        earlier=earlier,
    )


def could_be(asked: Asked, known: pl.DataFrame) -> Callable[[Mapping[str, str], Mapping[str, str]], bool]:
    """Whether a written row may be somebody of whom all quasi-identifiers are known."""
    columns = microdata().columns
    names: dict[str, dict[str, set[str]]] = {}
    for name in asked.columns:
        column = columns[name]
        if column.part == "quasi":
            lines = (
                calendar_lines(known[name].unique().to_list())
                if column.calendar
                else lines_of(column, codes_of(column, dimensions()), dimensions())
            )
            names[name] = {line[0]: set(line) for line in lines}
    return lambda written, person: all(written[name] in may[person[name]] for name, may in names.items())


def candidates(
    asked: Asked, town: Town, written: Sequence[Mapping[str, str]], owner: Sequence[str]
) -> dict[str, tuple[set[str], set[str]]]:
    """For each person of the town: the families whose rows it may be, and what is sensitive in them."""
    known = read_rows(release(town), dimensions(), microdata(), asked, PROJECT_KEY)
    fits = could_be(asked, known)
    sensitive = next(name for name in asked.columns if microdata().columns[name].part == "sensitive")
    found: dict[str, tuple[set[str], set[str]]] = {}
    for person in known.to_dicts():
        rows = [place for place, row in enumerate(written) if fits(row, person)]
        found[person["row_token"]] = (
            {owner[place] for place in rows},
            {written[place][sensitive] for place in rows},
        )
    return found


def owners(done: Extract) -> list[str]:
    """Whose each written row is, which only this test knows: the rows kept are in the order of the classes."""
    quasi = done.risk["quasi_identifiers"]
    frame = done.table.frame
    number = frame.select(pl.struct(*quasi).rank("dense").cast(pl.Int64) - 1).to_series()
    kept = {key: rows[FAMILY].to_list() for (key,), rows in done.given.rows.group_by(CLASS)}
    assert dict(number.value_counts().iter_rows()) == {key: len(rows) for key, rows in kept.items()}
    taken = {key: iter(rows) for key, rows in kept.items()}
    return [next(taken[one]) for one in number]


def test_whoever_knows_all_of_somebody_finds_k_families_and_l_values() -> None:
    """One family alone in its ward, of a group that nobody else is of, and every other."""
    alone = {
        **families(1, seed=9)[0],
        "family": "alone",
        "ward": "Dale",
        "ethnic_group": "mixed",
        "source": "housing",
    }
    town = [*[one for one in TOWN if one["ward"] != "Dale"], alone]
    done = made(PEOPLE, town)
    found = candidates(PEOPLE, town, done.table.frame.to_dicts(), owners(done))
    assert min(len(who) for who, _what in found.values()) >= 5
    assert min(len(what) for _who, what in found.values()) >= 2
    assert "housing" not in set(done.table.frame["referral_source"])


def test_siblings_who_are_alike_are_one_family() -> None:
    """Six of one family are six alike: counted by rows they hide each other, and everybody knows whose they are."""
    six = {
        **families(1, seed=3)[0],
        "family": "six",
        "people": [("child", "16-17", "M")] * 6,
        "ethnic_group": "other",
        "ward": "Cope",
        "source": "council",
    }
    town = [*TOWN, six]
    known = read_rows(release(town), dimensions(), microdata(), PEOPLE, PROJECT_KEY)
    quasi = [name for name in PEOPLE.columns if name != "first_headline"]
    hierarchies = {
        name: hierarchy_of(lines_of(column, codes_of(column, dimensions()), dimensions()), name)
        for name in quasi
        for column in (microdata().columns[name],)
    }
    by_rows = anonymise(known, quasi, hierarchies, Rules(5))
    whose = known[by_rows.places][FAMILY_TOKEN]
    counted = by_rows.records.with_columns(whose).group_by(quasi).agg(pl.col(FAMILY_TOKEN).n_unique())
    assert counted[FAMILY_TOKEN].min() == 1
    assert made(PEOPLE, town).risk["classes"]["smallest_in_families"] >= 5


def test_tokens_do_not_show_a_family_whole() -> None:
    """Whoever knows the ages of all of a family looks for the token that has just these rows."""
    asked = Asked("person", ("age_band", "role", "sex", "first_headline"), 5, 2, 0.9, linked=True)
    frame = made(asked, TOWN).table.frame
    wholes = frame.group_by("family_token").agg(pl.struct("age_band", "role", "sex").sort().alias("whole"))
    alike = wholes.group_by("whole").len()
    linked = alike.filter(pl.col("whole").list.len() > 1)
    assert linked.is_empty() or linked["len"].min() >= 5  # type: ignore[operator]


def test_what_a_whole_family_shares_is_not_learned_from_the_classes_of_its_members() -> None:
    """Each person's class leaves a choice; of a value that is the family's, its members' classes together may not. So
    no row tells of a person what is the whole family's and sensitive."""
    shipped = microdata()
    shared = replace(
        shipped.columns["family_first_headline"], name="first_headline", units=frozenset({"person"})
    )
    careless = replace(shipped, columns={**shipped.columns, "first_headline": shared})
    done = extract(
        release(TOWN),
        dimensions(),
        careless,
        PEOPLE,
        project="one",
        project_key=PROJECT_KEY,
        marks_key=MARKS_KEY,
        export=1,
    )

    def left(rows: pl.DataFrame) -> list[int]:
        """Of each family: how many values the classes of all its people have in common."""
        values = {key: set(part["first_headline"]) for (key,), part in rows.group_by(CLASS)}
        found = []
        for _family, part in rows.group_by(FAMILY):
            found.append(len(set.intersection(*(values[one] for one in part[CLASS]))))
        return found

    assert min(left(done.given.rows)) == 1
    of_a_family = {
        name
        for name, one in shipped.columns.items()
        if one.part == "sensitive" and one.source.startswith("made.")
    }
    assert of_a_family and all(shipped.columns[name].units == {"family"} for name in of_a_family)


def test_moved_months_do_not_come_back_by_what_is_known_of_the_calendar() -> None:
    """All help begins in a September: whoever knows it moves every month back. k families still look alike."""
    town = [
        {**one, "start": "2023-09" if place % 2 else "2024-09", "end": None}
        for place, one in enumerate(families(60, seed=5))
    ]
    asked = Asked(
        "family", ("ward", "start_month", "end_month", "family_outcome"), 5, 2, 0.9, dates=Dates.SHIFTED
    )
    frame = made(asked, town).table.frame

    def back(written: str) -> str:
        """The September next to a month; of coarser names nothing comes back."""
        if len(written) != 7 or written[4] != "-" or "Q" in written:
            return written
        number = int(written[:4]) * 12 + int(written[5:]) - 1
        return str(round((number - 8) / 12))

    recovered = frame.with_columns(pl.col("start_month").map_elements(back, pl.String))
    assert recovered.group_by("ward", "start_month", "end_month").len()["len"].min() >= 5  # type: ignore[operator]


def test_moved_months_stay_in_their_frame_and_keep_what_lies_between() -> None:
    """A month beyond the day of the figures would say how far all months of the family were moved."""
    asked = Asked("family", ("ward", "start_month", "end_month", "family_outcome"), 5, 2, 0.9)
    told = read_rows(release(TOWN), dimensions(), microdata(), asked, PROJECT_KEY)
    moved, other = (
        read_rows(release(TOWN), dimensions(), microdata(), replace(asked, dates=Dates.SHIFTED), key)
        for key in (PROJECT_KEY, OTHER_KEY)
    )

    def number(name: str) -> pl.Expr:
        return pl.col(name).str.slice(0, 4).cast(pl.Int64, strict=False) * 12 + pl.col(name).str.slice(
            5
        ).cast(pl.Int64, strict=False)

    by = {
        key: frame.select(number("start_month").alias("start"), number("end_month").alias("end"))
        for key, frame in (("told", told), ("moved", moved), ("other", other))
    }
    first, last = by["told"]["start"].min(), 2024 * 12 + 10
    for frame in (by["moved"], by["other"]):
        assert frame["start"].min() >= first and max(frame["start"].max(), frame["end"].max() or 0) <= last  # type: ignore[operator,type-var]
        lies_between = (frame["end"] - frame["start"]).drop_nulls()
        assert lies_between.equals((by["told"]["end"] - by["told"]["start"]).drop_nulls())
        far = (frame["start"] - by["told"]["start"]).abs()
        assert 0 < far.max() <= 6  # type: ignore[operator]
    assert not by["moved"].equals(by["other"])


def _plain(given: Given) -> list[dict[str, Any]]:
    return given.rows.rename({ROW: "row", FAMILY: "family", CLASS: "class"}).to_dicts()


OTHER_COLUMNS = Asked("person", ("age_band", "role", "start_month", "first_headline"), 5, 2, 0.9)


def test_two_projects_put_side_by_side_leave_a_choice_to_everybody() -> None:
    """The composition attack: each of two extracts hides everybody, and what is in both classes is one value."""
    first = made(PEOPLE, TOWN)
    careless = made(OTHER_COLUMNS, TOWN, project="two")
    assert narrowed(_plain(first.given), _plain(careless.given), "first_headline") > 0
    careful = made(OTHER_COLUMNS, TOWN, project="two", export=2, earlier=(first.given,))
    assert narrowed(_plain(first.given), _plain(careful.given), "first_headline") == 0


def test_two_extracts_of_a_project_joined_by_their_tokens_hold() -> None:
    first = made(PEOPLE, TOWN)
    careless = made(OTHER_COLUMNS, TOWN)
    assert set(first.table.frame["person_token"]) == set(careless.table.frame["person_token"])
    assert fewest(first, careless) < 5
    careful = made(OTHER_COLUMNS, TOWN, export=2, earlier=(first.given,))
    shared = set(first.table.frame["person_token"]) & set(careful.table.frame["person_token"])
    assert fewest(first, careful) >= 5 if shared else not careful.given.joinable


def fewest(one: Extract, other: Extract) -> int:
    """The fewest families of a class, for whoever joins two extracts by their tokens."""
    rows = joint_rows(_plain(one.given), _plain(other.given))
    groups: dict[tuple[Any, Any], set[str]] = defaultdict(set)
    for row in rows:
        groups[row["now"], row["before"]].add(row["family"])
    return min(len(group) for group in groups.values())


def test_who_came_since_the_last_extract_does_not_stand_out() -> None:
    """Two families came: their tokens are the only ones that the extract before did not have."""
    asked = Asked("person", ("age_band", "role"), 5, 2, 0.9)
    first = made(asked, TOWN[2:])
    careless = made(asked, TOWN)
    assert fewest(first, careless) < 5
    with pytest.raises(TogetherError):
        made(asked, TOWN, export=2, earlier=(first.given,))
    careful = made(replace(asked, limit=0.1), TOWN, export=2, earlier=(first.given,))
    assert fewest(first, careful) >= 5
    assert careful.table.frame.select("age_band", "role").equals(first.table.frame.select("age_band", "role"))


def test_nothing_is_given_where_nothing_would_hold() -> None:
    """Somebody has an extract that tells each row apart: whatever is given beside it tells whose it is."""
    first = made(PEOPLE, TOWN)
    apart = replace(first.given, l=1, rows=first.given.rows.with_columns(pl.int_range(pl.len()).alias(CLASS)))
    with pytest.raises(TogetherError):
        made(PEOPLE, TOWN, export=2, earlier=(apart,))


@pytest.mark.parametrize("dates", list(Dates))
def test_a_month_that_only_one_family_has_is_on_no_list_of_the_dictionary(dates: Dates) -> None:
    old = {**families(1, seed=9)[0], "family": "old", "start": "2009-03", "end": None}
    asked = Asked("family", ("ward", "start_month", "end_month", "family_outcome"), 5, 2, 0.9, 0.2, dates)
    done = made(asked, [*TOWN, old])
    for column in done.table.columns:
        if column.name.endswith("_month"):
            assert {code for code, _words in column.codes} == set(done.table.frame[column.name])
            assert not any(code.startswith(("2008", "2009")) for code, _words in column.codes)


def test_a_place_that_is_a_formula_is_text_in_what_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    formula = '=HYPERLINK("http://example.org")'
    monkeypatch.setitem(WARDS, formula, "North")
    town = [{**one, "ward": formula} for one in families(30)]
    done = made(Asked("family", ("ward", "family_outcome"), 5, 1, 1.0), town)
    assert set(done.table.frame["ward"]) == {formula}
    for row in csv.DictReader(io.StringIO(write_csv(done.table.frame).decode())):
        assert row["ward"] == f"'{formula}"
