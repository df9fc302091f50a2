"""Every figure of the answers against plain Python: which rows lie in a cell, and of which its figure was drawn."""

from collections.abc import Iterator
from itertools import combinations, product

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as some

from disclosure import CellKeys
from figures.populations import Populations
from figures.profiles import rules_of
from figures.row_keys import row_keys
from pipelines.answers import Answers, State, build_answers
from release.catalogue import Catalogue, Dimension, Measure

PROFILE = CellKeys("any", 2.5, 5, 2, 3)
LISTS = {
    "locality": ["East", "West"],
    "ward": ["North", "South", "other"],
    "sex": ["F", "M"],
    "year": ["1", "2"],
}
LIES_IN = {"North": "East", "South": "West"}
DIMENSIONS = {
    name: Dimension(name, name, "locality" if name == "ward" else None, beside=beside)
    for name, beside in {**dict.fromkeys(LISTS), "year": frozenset({"ward", "sex"})}.items()
}
STATES = ["sustained", "waived", "sustaining", "outstanding"]
MEASURES = {
    "rows": Measure("rows", "", "", ("ward", "locality", "sex"), population="need"),
    "reached": Measure(
        "reached", "", "", ("ward", "sex"), population="need", where={"need_state": ("sustained", "waived")}
    ),
    "families": Measure("families", "", "", ("year", "ward"), population="need", distinct="family"),
    "alone": Measure("alone", "", "", (), population="need"),
}
CATALOGUE = Catalogue(DIMENSIONS, MEASURES)

row = some.fixed_dictionaries(
    {
        "family": some.integers(1, 30),
        # A place that is on no list counts in totals alone.
        "ward": some.sampled_from(["North", "South", "other", "Nowhere", None]),
        "locality": some.sampled_from(["East", "West"]),
        "sex": some.sampled_from(["F", "M"]),
        "year": some.sampled_from(["1", "2"]),
        "need_state": some.sampled_from(STATES),
    }
)


def population(rows: list[dict[str, object]]) -> pl.DataFrame:
    schema = {"family": pl.Int64, **dict.fromkeys([*LISTS, "need_state"], pl.String)}
    frame = pl.DataFrame(rows, schema=schema)
    # Numbers as random as those of a register: any factor that is odd will do.
    secret = (pl.col("family").cast(pl.UInt64) * 0x9E3779B97F4A7C15).alias("family_key")
    frame = frame.with_columns(secret, unit=secret)
    return frame.with_columns(row_keys(frame, "family_key", ["ward", "sex"]))


def dimensions() -> pl.DataFrame:
    rows = [
        (name, code, "locality" if code in LIES_IN else None, LIES_IN.get(code))
        for name, codes in [*LISTS.items(), ("need_state", STATES)]
        for code in codes
    ]
    columns = ("dimension", "code", "parent_dimension", "parent_code")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def questions(measure: Measure) -> Iterator[tuple[str, ...]]:
    """Every set of up to three dimensions, none of which lies in another, `year` with wards and sexes alone."""
    for size in range(4):
        for chosen in combinations(sorted(measure.dimensions), size):
            if not {"ward", "locality"} <= set(chosen) and not {"year", "locality"} <= set(chosen):
                yield chosen


def rows_of(frame: pl.DataFrame, measure: Measure, cell: dict[str, str]) -> dict[int, int]:
    """What is counted in a cell: its key, and the family behind it."""
    found = {}
    for one in frame.iter_rows(named=True):
        place = dict(one, locality=LIES_IN.get(one["ward"], one["locality"]))
        fits = all(one[column] in codes for column, codes in measure.where.items())
        if fits and all(place[name] == code for name, code in cell.items()):
            found[one["family_key" if measure.distinct else "row_key"]] = one["family"]
    return found


def is_near(part: dict[int, int], whole: dict[int, int]) -> bool:
    """Whether a whole holds all of a part, and fewer than three more families."""
    more = {whole[key] for key in whole.keys() - part.keys()}
    return part.keys() <= whole.keys() and len(more) < PROFILE.least_difference


def cells(measure: Measure, chosen: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield from product(*(LISTS[name] for name in chosen))


def drawn(keys: dict[int, int]) -> int:
    """The figure of a set of rows: how many, and the noise that their keys give."""
    changes = rules_of(PROFILE).table.changes(np.array([len(keys)]), np.array([sum(keys) % 2**32]))
    return len(keys) + int(changes[0])


def build(rows: list[dict[str, object]]) -> Answers:
    return build_answers(Populations({"need": population(rows)}, 0, 0), dimensions(), CATALOGUE, PROFILE)


@settings(max_examples=15, deadline=None)
@given(rows=some.lists(row, min_size=1, max_size=60))
def test_every_figure_is_of_its_rows_or_of_a_whole_that_has_hardly_any_more(
    rows: list[dict[str, object]],
) -> None:
    built = build(rows)
    frame = population(rows)
    inside = {
        ("|".join((measure.name, *chosen)), *codes): rows_of(
            frame, measure, dict(zip(chosen, codes, strict=True))
        )
        for measure in MEASURES.values()
        for chosen in questions(measure)
        for codes in cells(measure, chosen)
    }
    states = dict(built.question.select("question", "state").iter_rows())
    # Of one or two families not even the questions: they would say that there is somebody.
    assert set(states) == ({cell[0] for cell in inside} if frame["unit"].n_unique() > 2 else set())
    for question, *codes, value in built.answer.iter_rows():
        assert states[question] == State.SHOWN
        cell = (question, *(code for code in codes if code is not None))
        mine = inside[cell]
        # Nothing is shown of one or two, and where nobody is, that is shown as it is.
        assert value == 0 or value > PROFILE.smallest
        if not mine:
            assert value == 0
            continue
        # Wholes that hold all of these rows, and fewer than three more families; and wholes of those.
        near, ahead = {cell}, [cell]
        while ahead:
            part = inside[ahead.pop()]
            for other, whole in inside.items():
                if other not in near and is_near(part, whole):
                    near.add(other)
                    ahead.append(other)
        assert value in {drawn(inside[one]) for one in near}, (cell, value)


def test_the_same_rows_give_the_same_figures_in_any_order() -> None:
    rows = [
        {
            "family": n % 23 + 1,
            "ward": ["North", "South", "other"][n % 3],
            "locality": "East",
            "sex": "FM"[n % 2],
            "year": "12"[n // 7 % 2],
            "need_state": STATES[n % 4],
        }
        for n in range(90)
    ]
    one, other = build(rows), build(rows[::-1])
    assert one.answer.equals(other.answer)
    assert one.question.equals(other.question)
    assert one.attack.equals(other.attack)


def test_a_further_framework_is_counted_apart_by_lists_of_its_own() -> None:
    keys = pl.Series([n * 0x9E3779B97F4A7C15 % 2**64 for n in range(1, 41)], dtype=pl.UInt64)
    both = {
        name: pl.DataFrame({"need": [code] * 40, "ward": ["North"] * 40}).with_columns(
            row_key=keys, unit=keys, family_key=keys
        )
        for name, code in (("", "1.1"), ("other", "7.1"), ("without", "7.1"))
    }
    listed = pl.DataFrame(
        [("ward", "North"), ("need", "1.1"), ("other:need", "7.1")],
        schema=["dimension", "code"],
        orient="row",
    ).with_columns(parent_dimension=pl.lit(None, pl.String), parent_code=pl.lit(None, pl.String))
    measures = {
        "rows": Measure("rows", "", "", ("need", "ward"), population="need"),
        "helped": Measure("helped", "", "", (), population="family"),
    }
    catalogue = Catalogue({name: Dimension(name, name) for name in ("need", "ward")}, measures)
    further = {name: {"need": both[name]} for name in ("other", "without")}
    counted = Populations({"need": both[""], "family": both[""]}, 0, 0, further)
    built = build_answers(counted, listed, catalogue, PROFILE)
    shown = {(row[0], row[1]) for row in built.answer.iter_rows()}
    assert {("rows|need", "1.1"), ("other:rows|need", "7.1"), ("other:rows|ward", "North")} <= shown
    # A code that is on no list of its framework is in totals alone.
    assert not any(question.startswith("without:rows|need") for question, _ in shown)
    assert ("without:rows", None) in shown
    asked = set(built.question["question"])
    assert "without:rows|need" in asked
    assert not any(":helped" in question for question in asked)
