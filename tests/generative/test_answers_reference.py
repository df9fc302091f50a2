"""Every figure of the answers against a naive count: plain Python, one question and one cell at a time."""

from collections import Counter, defaultdict
from itertools import combinations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as some

from disclosure import Profile
from pipelines.answers import build_answers
from release.catalogue import Catalogue, Dimension, Measure

LISTS = {"ward": ["North", "South"], "sex": ["F", "M"], "team": ["A"], "year": ["1", "2"]}
DIMENSIONS = tuple(LISTS)
PROFILE = Profile("any", 3, 2)

row = some.fixed_dictionaries(
    {
        "family": some.sampled_from(["f1", "f2", "f3", "f4", "f5"]),
        "ward": some.sampled_from(["North", "South", "Nowhere", None]),
        "sex": some.sampled_from(["F", "M"]),
        "team": some.sampled_from(["A", "B"]),
        "year": some.sampled_from(["1", "2"]),
        "need_state": some.sampled_from(["sustained", "waived", "outstanding"]),
    }
)
MEASURES = {
    "rows": Measure("rows", "", "", DIMENSIONS, population="need"),
    "sustained": Measure(
        "sustained", "", "", ("ward", "sex"), population="need", where={"need_state": ("sustained", "waived")}
    ),
    "families": Measure("families", "", "", ("year", "ward"), population="need", distinct="family"),
    "alone": Measure("alone", "", "", (), population="need"),
}


def naive(rows: list[dict], measure: Measure) -> dict[tuple, int]:
    """The figures that may be shown: question and codes, to the rounded count."""
    shown = {}
    counted = [one for one in rows if all(one[column] in codes for column, codes in measure.where.items())]
    for size in range(4):
        for chosen in combinations(sorted(measure.dimensions), size):
            cells: Counter = Counter()
            members: dict[tuple, set] = defaultdict(set)
            for one in counted:
                codes = tuple(one[name] for name in chosen)
                if all(code in LISTS[name] for name, code in zip(chosen, codes, strict=True)):
                    cells[codes] += 1
                    members[codes].add(one["family"])
            for codes, count in cells.items():
                exact = len(members[codes]) if measure.distinct else count
                # Two families with ten needs between them are two families.
                if exact >= PROFILE.threshold and len(members[codes]) >= PROFILE.threshold:
                    rounded = exact + 1 if exact % 2 else exact  # to the nearest 2, halves up
                    shown["|".join((measure.name, *chosen)), *codes] = rounded
    return shown


@settings(max_examples=60, deadline=None)
@given(rows=some.lists(row, max_size=40))
def test_as_the_naive_reference(rows: list[dict]) -> None:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(["family", *DIMENSIONS, "need_state"], pl.String))
    dimensions = pl.DataFrame(
        [(name, code) for name, codes in LISTS.items() for code in codes],
        schema=["dimension", "code"],
        orient="row",
    )
    catalogue = Catalogue({name: Dimension(name, name) for name in LISTS}, MEASURES)
    built = build_answers({"need": frame}, dimensions, catalogue, PROFILE)
    ours = {
        (question, *(code for code in codes if code is not None)): value
        for question, *codes, value in built.answer.iter_rows()
    }
    expected: dict[tuple, int] = {}
    for measure in MEASURES.values():
        expected |= naive(rows, measure)
    assert ours == expected
    assert built.question.height == 15 + 4 + 4 + 1


def test_a_further_framework_is_counted_apart_by_lists_of_its_own() -> None:
    both = {
        name: pl.DataFrame({"family": [f"f{n}" for n in range(6)], "need": [code] * 6, "ward": ["North"] * 6})
        for name, code in (("", "1.1"), ("other", "7.1"), ("without", "7.1"))
    }
    dimensions = pl.DataFrame(
        [("ward", "North"), ("need", "1.1"), ("other:need", "7.1")],
        schema=["dimension", "code"],
        orient="row",
    )
    measures = {
        "rows": Measure("rows", "", "", ("need", "ward"), population="need"),
        "helped": Measure("helped", "", "", (), population="family"),
    }
    catalogue = Catalogue({name: Dimension(name, name) for name in ("need", "ward")}, measures)
    further = {name: {"need": both[name]} for name in ("other", "without")}
    built = build_answers({"need": both[""], "family": both[""]}, dimensions, catalogue, PROFILE, further)
    shown = {(row[0], row[1]) for row in built.answer.iter_rows()}
    assert {("rows|need", "1.1"), ("other:rows|need", "7.1"), ("other:rows|ward", "North")} <= shown
    # A code that is on no list of its framework is in totals alone.
    assert not any(question.startswith("without:rows|need") for question, _ in shown)
    assert ("without:rows", None) in shown
    asked = set(built.question["question"])
    assert "without:rows|need" in asked
    assert not any(":helped" in question for question in asked)
