"""A closed world: what is refused, what is coarsened and withheld, what is kept, in small cases."""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import polars as pl
import pytest

from disclosure.audit.knowledge import Knowledge
from disclosure.audit.lattice import finest_of
from disclosure.audit.reconstruction import reconstruct, tally
from disclosure.closed_world import (
    CodesWithin,
    Hierarchy,
    Measure,
    Memory,
    Population,
    Rules,
    Scope,
    StrangeKeysError,
    World,
    WorldError,
    build_world,
)
from disclosure.errors import DisclosureError

# Without the attack, whose withholding would stand beside what is tested.
RULES = Rules(recovered=1.0, ones=1.0)


def population(cells: Mapping[tuple[str, ...], int], names: Sequence[str], start: int = 0) -> Population:
    """So many rows of each combination of codes, every row a unit of its own, with keys that look random."""
    lists = [sorted({codes[place] for codes in cells}) for place in range(len(names))]
    rows = [codes for codes, count in cells.items() for _ in range(count)]
    keys = pl.Series(
        [(start + number + 1) * 0x9E3779B97F4A7C15 % 2**64 for number in range(len(rows))], dtype=pl.UInt64
    )
    frame = pl.DataFrame(
        {
            name: pl.Series([codes[place] for codes in rows], dtype=pl.Enum(listed))
            for place, (name, listed) in enumerate(zip(names, lists, strict=True))
        }
    ).with_columns(row_key=keys, unit=keys)
    return Population("people", frame)


def measure(
    *dimensions: str, name: str = "people", where: Mapping[str, tuple[str, ...]] | None = None
) -> Measure:
    return Measure(name, "people", (dimensions,), where=where or {})


def figures(world: World, question: str) -> dict[tuple[str, ...], int | None]:
    """The figures of a question by their codes; None: withheld."""
    (frame,) = (frame for one, frame in world.tables() if one.name == question)
    codes = [name for name in frame.columns if name.startswith("code_")]
    return {tuple(row[:-1]): row[-1] for row in frame.select(*codes, "shown").rows()}


SOME = population({("a", "x"): 40, ("a", "y"): 30, ("b", "x"): 20}, ["letter", "mark"])


def test_every_question_and_all_of_its_totals_are_counted_without_being_named() -> None:
    world = build_world([SOME], [measure("letter", "mark")], RULES)
    assert [one.name for one in world.questions] == [
        "people",
        "people|letter",
        "people|letter|mark",
        "people|mark",
    ]
    assert world.use()["cells"].to_list() == [1, 2, 4, 2]


def test_an_empty_cell_is_shown_as_zero_and_no_figure_lies_from_one_to_two() -> None:
    world = build_world([SOME], [measure("letter", "mark")], RULES)
    assert figures(world, "people|letter|mark")["b", "y"] == 0
    assert world.shown().filter(pl.col("value").is_between(1, 2) | (pl.col("value") < 0)).is_empty()


@pytest.mark.parametrize("others", [0, 1, 2])
def test_a_part_that_nearly_is_its_whole_shows_the_figure_of_its_whole(others: int) -> None:
    people = population(
        {("a", "x"): 9, ("a", "y"): others, ("b", "x"): 60, ("b", "y"): 70}, ["letter", "mark"]
    )
    world = build_world([people], [measure("letter", "mark")], RULES)
    assert figures(world, "people|letter|mark")["a", "x"] == figures(world, "people|letter")["a",]


def test_from_three_others_on_a_part_has_a_figure_of_its_own() -> None:
    people = population({("a", "x"): 9, ("a", "y"): 3, ("b", "x"): 60, ("b", "y"): 70}, ["letter", "mark"])
    world = build_world([people], [measure("letter", "mark")], RULES)
    numbers = {one.name: frame for one, frame in world.tables()}
    part = numbers["people|letter|mark"].filter(code_1="a", code_2="x")["figure"].item()
    assert part not in numbers["people|letter"]["figure"]


def test_a_part_of_two_wholes_that_it_nearly_is_is_withheld() -> None:
    people = population({("a", "x"): 9, ("a", "y"): 1, ("b", "x"): 2, ("b", "y"): 70}, ["letter", "mark"])
    world = build_world([people], [measure("letter", "mark")], RULES)
    assert figures(world, "people|letter|mark")["a", "x"] is None


def test_near_parts_can_be_withheld_instead() -> None:
    people = population({("a", "x"): 9, ("a", "y"): 1, ("b", "x"): 60, ("b", "y"): 70}, ["letter", "mark"])
    rules = Rules(near="withheld", recovered=1.0, ones=1.0)
    assert (
        figures(build_world([people], [measure("letter", "mark")], rules), "people|letter|mark")["a", "x"]
        is None
    )


def test_a_measure_inside_another_is_a_part_of_it() -> None:
    people = population({("a", "x"): 50, ("a", "y"): 2}, ["letter", "mark"])
    measures = [measure("letter"), measure("letter", name="some", where={"mark": ("x",)})]
    world = build_world([people], measures, RULES)
    assert figures(world, "some") == figures(world, "people")


def test_a_scope_is_a_part_of_everybody_and_what_lies_in_it_is_a_part_of_the_scope() -> None:
    people = population({("a", "x"): 40, ("b", "x"): 1, ("c", "x"): 1}, ["letter", "mark"])
    scope = Scope("most", "letter", ("a", "b"), ("people",))
    world = build_world([people], [measure("letter", "mark")], RULES, [scope])
    assert figures(world, "most@people") == figures(world, "people")
    assert figures(world, "most@people|letter") == {
        codes: value for codes, value in figures(world, "people|letter").items() if codes != ("c",)
    }
    assert figures(world, "people|letter")["a",] == figures(world, "people")[()]


def test_steps_from_part_to_whole_do_not_add_up() -> None:
    """The scope shows the figure of everybody, one more; the letter is two less than the scope: three are too many."""
    people = population({("a", "x"): 40, ("b", "x"): 2, ("c", "x"): 1}, ["letter", "mark"])
    scope = Scope("most", "letter", ("a", "b"), ("people",))
    world = build_world([people], [measure("letter", "mark")], RULES, [scope])
    assert figures(world, "most@people") == figures(world, "people")
    assert figures(world, "people|letter")["a",] is None


def test_a_child_that_nearly_is_its_parent_shows_its_figure() -> None:
    wards = {"w1": "north", "w2": "north", "w3": "south", "other": None}
    rows: dict[tuple[str, ...], int] = {
        ("north", "w1"): 30,
        ("north", "w2"): 1,
        ("south", "w3"): 50,
        ("south", "other"): 9,
    }
    people = population(rows, ["place", "ward"])
    people = Population("people", people.frame, hierarchies=(Hierarchy("ward", "place", wards),))
    world = build_world([people], [measure("place"), measure("ward", name="by ward")], RULES)
    assert figures(world, "by ward|ward")["w1",] == figures(world, "people|place")["north",]


def test_people_of_one_family_are_one_unit() -> None:
    """Seven needs of one family outside of a part are one family more; the whole's figure would be wrong for it."""
    people = population({("a", "x"): 60, ("a", "y"): 7}, ["letter", "mark"])
    one_family = people.frame.with_columns(
        unit=pl.when(pl.col("mark") == "y").then(pl.lit(1, pl.UInt64)).otherwise(pl.col("unit"))
    )
    world = build_world([Population("people", one_family)], [measure("mark")], RULES)
    assert figures(world, "people|mark")["x",] is None


def test_questions_that_are_not_asked_decide_nothing() -> None:
    people = population({("a", "x"): 9, ("a", "y"): 1, ("b", "x"): 60, ("b", "y"): 70}, ["letter", "mark"])
    world = build_world([people], [measure("letter", "mark")], RULES).without(["people|letter"])
    assert "people|letter" not in world.shown()["question"]
    numbers = {one.name: frame for one, frame in world.tables()}
    cell = numbers["people|letter|mark"].filter(code_1="a", code_2="x")
    assert cell["figure"].item() not in numbers["people"]["figure"]
    with pytest.raises(WorldError, match=r"no question people\|hat"):
        world.without(["people|hat"])


def test_a_threshold_withholds_what_is_drawn_under_it() -> None:
    world = build_world([SOME], [measure("letter", "mark")], Rules(threshold=10, recovered=1.0, ones=1.0))
    assert figures(world, "people|letter|mark")["b", "y"] is None
    assert (world.shown()["value"] >= 10).all()


def test_codes_that_a_measure_never_has_are_no_cells() -> None:
    never = Measure("people", "people", (("letter",),), never={"letter": ("b",)})
    assert figures(build_world([SOME], [never], RULES), "people|letter").keys() == {("a",)}


# From release to release


@pytest.mark.parametrize("joined", [1, 2])
def test_a_figure_stays_until_three_have_come_or_gone(joined: int) -> None:
    asked = [measure("letter", "mark")]
    before = build_world([SOME], asked, RULES)
    more = population({("a", "x"): joined}, ["letter", "mark"], start=1_000)
    lists = SOME.frame.schema
    both = pl.concat([SOME.frame, more.frame.cast({"letter": lists["letter"], "mark": lists["mark"]})])
    after = build_world([Population("people", both)], asked, RULES, memory=Memory([SOME], before.changes))
    assert after.shown().equals(before.shown())
    assert after.remembered and after.kept == 4
    assert after.changes.filter(question="people")["row_key"].sort().equals(more.frame["row_key"].sort())


def test_three_who_came_one_by_one_are_three() -> None:
    asked = [measure("letter")]
    lists = SOME.frame.schema
    now, changes, drawn = SOME, build_world([SOME], asked, RULES).changes, []
    for number in range(3):
        more = population({("a", "x"): 1}, ["letter", "mark"], start=1_000 + number)
        frame = pl.concat([now.frame, more.frame.cast({"letter": lists["letter"], "mark": lists["mark"]})])
        later = Population("people", frame)
        world = build_world([later], asked, RULES, memory=Memory([now], changes))
        now, changes = later, world.changes
        drawn.append(changes.height)
    # One by the total and one by the letter; the third draws anew, and nothing is left to remember.
    assert drawn == [2, 4, 0]


@pytest.mark.parametrize(("needs", "shown"), [(1, True), (6, True), (20, True), (21, False)])
def test_a_family_of_many_needs_is_not_told_by_a_gap_and_one_of_very_many_misleads_nobody(
    needs: int, shown: bool
) -> None:
    more = population({("a", "x"): needs}, ["letter", "mark"], start=1_000).frame
    more = more.with_columns(unit=pl.lit(5, pl.UInt64)).cast(dict(SOME.frame.schema.items()))
    later = Population("people", pl.concat([SOME.frame, more]))
    before = build_world([SOME], [measure("letter")], RULES)
    after = build_world([later], [measure("letter")], RULES, memory=Memory([SOME], before.changes))
    assert (figures(after, "people")[()] is not None) is shown
    assert after.shown().equals(before.shown()) is shown


def test_keys_of_another_release_are_told() -> None:
    asked = [measure("letter")]
    others = SOME.frame.with_columns(pl.col("row_key") + 1)
    with pytest.raises(StrangeKeysError, match="not those of the earlier release"):
        build_world(
            [Population("people", others)],
            asked,
            RULES,
            memory=Memory([SOME], build_world([SOME], asked, RULES).changes),
        )


# Attacked before anybody sees it


def test_what_a_reconstruction_would_recover_is_withheld() -> None:
    random = np.random.default_rng(5)
    codes = list(product("abcdefgh", "uvwxyz", "mnop"))
    sizes = random.geometric(0.35, len(codes)) - 1 + (random.random(len(codes)) < 0.1) * 40
    people = population(dict(zip(codes, map(int, sizes), strict=True)), ["one", "two", "three"])
    counts, rates = {}, {}
    for name, rules in (("open", RULES), ("attacked", Rules(recovered=0.15, ones=0.3))):
        world = build_world([people], [measure("one", "two", "three")], rules)
        true, shown = _lattice(world)
        found = tally(finest_of(true), reconstruct(shown, Knowledge.of_cell_keys(5, 2.5, coarsened=2)))
        counts[name] = int(np.isnan(shown).sum())
        rates[name] = found.recovered / found.small, found.right, found.claimed
    assert rates["attacked"][0] <= 0.15 < rates["open"][0]
    assert rates["attacked"][1] <= 0.3 * max(rates["attacked"][2], 1)
    assert counts["open"] < counts["attacked"] < 0.25 * true.size
    totals = [frame for one, frame in world.tables() if len(one.dimensions) < 2]
    assert not any(frame["shown"].null_count() for frame in totals)


def test_of_what_is_withheld_hardly_more_than_a_third_is_one_person() -> None:
    random = np.random.default_rng(7)
    codes = list(product("abcdefgh", "uvwxyz", "mnop"))
    sizes = random.geometric(0.5, len(codes)) - 1
    people = population(dict(zip(codes, map(int, sizes), strict=True)), ["one", "two", "three"])
    frames = [
        frame
        for one, frame in build_world([people], [measure("one", "two", "three")], Rules()).tables()
        if len(one.dimensions) > 1
    ]
    for frame in frames:
        gaps = frame.filter(pl.col("shown").is_null())
        if (frame["true"] == 0).sum() > gaps.height:
            assert (gaps["true"] == 1).sum() <= gaps.height / 3
    assert sum(frame["shown"].null_count() for frame in frames) > 20


def test_the_same_rows_take_the_same_empty_cells_along_whoever_else_is_counted() -> None:
    rows: dict[tuple[str, ...], int] = {
        ("a", "x"): 9,
        ("a", "y"): 1,
        ("b", "y"): 40,
        ("b", "x"): 9,
        ("c", "y"): 9,
        ("d", "z"): 9,
    }
    withheld = []
    for others in (9, 10):
        people = population({**rows, ("e", "z"): others}, ["letter", "mark"])
        frame = figures(build_world([people], [measure("letter", "mark")], RULES), "people|letter|mark")
        withheld.append({codes for codes, value in frame.items() if value is None})
    assert withheld[0] == withheld[1]


def _lattice(world: World) -> tuple[np.ndarray, np.ndarray]:
    """True counts and figures of a table of three dimensions and its totals; NaN: withheld."""
    names = ("one", "three", "two")
    frames = {one.dimensions: frame for one, frame in world.tables()}
    true = np.zeros((9, 5, 7))
    shown = np.zeros((9, 5, 7))
    for dimensions, frame in frames.items():
        place = tuple(slice(0, -1) if name in dimensions else -1 for name in names)
        shape = true[place].shape
        true[place] = frame["true"].to_numpy().reshape(shape)
        shown[place] = frame["shown"].cast(pl.Float64).fill_null(np.nan).to_numpy().reshape(shape)
    return true, shown


# What is refused


def changed(**columns: pl.Expr | pl.Series) -> Population:
    return Population("people", SOME.frame.with_columns(**columns))


@pytest.mark.parametrize(
    ("people", "words"),
    [
        (changed(row_key=pl.lit(7, pl.UInt64)), "two rows have the same row_key"),
        (changed(row_key=pl.lit(None, pl.UInt64)), "90 rows have no row_key"),
        (changed(row_key=pl.col("row_key").cast(pl.Float64)), "keys are UInt64"),
        (changed(unit=pl.lit(None, pl.UInt64)), "90 rows have no unit"),
        (Population("people", SOME.frame.drop("unit")), "no column unit"),
        (changed(letter=pl.col("letter").cast(pl.String)), "no column letter with a closed list"),
        (
            Population("people", SOME.frame, hierarchies=(Hierarchy("mark", "letter", {"x": "a"}),)),
            "'y' has no parent",
        ),
        (
            Population(
                "people", SOME.frame, hierarchies=(Hierarchy("mark", "letter", {"x": "a", "y": "q"}),)
            ),
            "'q' is on no list",
        ),
        (
            Population(
                "people", SOME.frame, hierarchies=(Hierarchy("mark", "letter", {"x": "a", "y": "a"}),)
            ),
            "20 rows lie in another parent",
        ),
        (
            Population(
                "people",
                SOME.frame,
                hierarchies=(
                    Hierarchy("mark", "letter", {"x": None, "y": None}),
                    Hierarchy("letter", "mark", {"a": None, "b": None}),
                ),
            ),
            "goes in a circle",
        ),
    ],
)
def test_a_population_that_cannot_be_counted_is_refused(people: Population, words: str) -> None:
    with pytest.raises(DisclosureError, match=words):
        build_world([people], [measure("letter")], RULES)


@pytest.mark.parametrize(
    ("measures", "scopes", "words"),
    [
        ([Measure("people", "nobody", ((),))], [], "no population nobody"),
        ([measure("letter"), measure("mark")], [], "two measures have the same name"),
        ([measure("letter", "letter")], [], "names a dimension twice"),
        ([measure("hat")], [], "no column hat"),
        ([measure("letter", where={"mark": ("q",)})], [], "mark has no code 'q'"),
        ([Measure("people", "people", ((),), within=("others",))], [], "others, which there is not"),
        (
            [
                Measure("people", "people", ((),), where={"mark": ("x",)}, within=("others",)),
                Measure("others", "people", ((),), distinct="unit", within=("people",)),
            ],
            [],
            "lie within each other",
        ),
        (
            [Measure("people", "people", (("mark",),), codes_within=CodesWithin("mark", {"x": ("y",)}))],
            [],
            "'y' is said to hold 'x', and [1-9][0-9]* rows have the one without the other",
        ),
        ([measure("letter")], [Scope("some", "hat", ("a",), ("people",))], "cannot be seen through hat"),
        ([measure("letter")], [Scope("some", "letter", ("q",), ("people",))], "letter has no code 'q'"),
    ],
)
def test_what_cannot_be_asked_is_refused(measures: list[Measure], scopes: list[Scope], words: str) -> None:
    with pytest.raises(WorldError, match=words):
        build_world([SOME], measures, RULES, scopes)


def test_what_is_counted_belongs_to_one_unit() -> None:
    twice = SOME.frame.with_columns(episode=pl.lit(3, pl.UInt64))
    with pytest.raises(WorldError, match="one episode belongs to two units"):
        build_world(
            [Population("people", twice)], [Measure("episodes", "people", ((),), distinct="episode")], RULES
        )


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"least_difference": 0}, "1 or more"),
        ({"near": "shown"}, "'coarsened'"),
        ({"ones": 2.0}, "between 0 and 1"),
    ],
)
def test_rules_that_say_nothing_are_refused(settings: dict[str, object], words: str) -> None:
    with pytest.raises(WorldError, match=words):
        Rules(**settings)  # type: ignore[arg-type]


def test_a_world_too_large_to_be_held_is_refused_before_it_is_counted() -> None:
    lists = {name: pl.Enum([f"{name}{number}" for number in range(400)]) for name in "abc"}
    frame = pl.DataFrame(schema={**lists, "row_key": pl.UInt64, "unit": pl.UInt64})
    with pytest.raises(WorldError, match="allow fewer dimensions together"):
        build_world([Population("people", frame)], [measure("a", "b", "c")], RULES)
