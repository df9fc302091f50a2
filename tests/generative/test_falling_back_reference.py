"""What becomes of a question of which too much would be withheld, against a reading of the rule in plain Python."""

from hypothesis import given
from hypothesis import strategies as some

from disclosure import CellKeys
from pipelines.answers.falling_back import Asked, State, Verdict, Why, verdicts
from release.catalogue import Catalogue, Dimension, Measure, questions_of

PROFILE = CellKeys("any", 2.5, 5, 2, 3, fall_back=20, withdraw=50)
DIMENSIONS = {
    "month": Dimension("month", "", "quarter"),
    "quarter": Dimension("quarter", "", "year"),
    "year": Dimension("year", ""),
    "ward": Dimension("ward", "", "locality"),
    "locality": Dimension("locality", ""),
    "sex": Dimension("sex", ""),
}
# What one step up leads to.
PARENT = {"month": "quarter", "quarter": "year", "ward": "locality"}
MEASURE = Measure("m", "", "", tuple(DIMENSIONS), population="need")
CATALOGUE = Catalogue(DIMENSIONS, {"m": MEASURE})
SETS = [set(one) for one in questions_of(MEASURE, CATALOGUE)]


def steps(finer: set[str], wider: set[str]) -> int | None:
    """How many steps up lead from one set of dimensions to another; None where none do."""
    if finer == wider:
        return 0
    found = []
    for name in finer & PARENT.keys():
        further = steps((finer - {name}) | {PARENT[name]}, wider)
        if further is not None:
            found.append(1 + further)
    return min(found, default=None)


def naive(asked: set[str], share: dict[str, float], attacked: set[str]) -> tuple[State, str | None]:
    name = called(asked)
    above = [
        (length, called(other))
        for other in SETS
        if (length := steps(asked, other)) and called(other) not in attacked
    ]
    if share[name] <= 0.2 and name not in attacked:
        return State.SHOWN, None
    good = sorted((length, other) for length, other in above if share[other] <= 0.2)
    if good:
        return State.COARSER, good[0][1]
    if share[name] <= 0.5 and name not in attacked:
        return State.SHOWN, None
    fair = [(share[other], length, other) for length, other in above if share[other] <= 0.5]
    return (State.COARSER, min(fair)[2]) if fair else (State.WITHDRAWN, None)


def called(dimensions: set[str]) -> str:
    return "|".join(("m", *sorted(dimensions)))


@given(some.data())
def test_as_the_naive_reference(data: some.DataObject) -> None:
    names = [called(one) for one in SETS]
    share = {name: data.draw(some.sampled_from([0.0, 0.2, 0.21, 0.3, 0.5, 0.51, 1.0])) for name in names}
    attacked = data.draw(some.sets(some.sampled_from(names), max_size=5))
    questions = [Asked("", "", MEASURE, tuple(sorted(one))) for one in SETS]
    found = verdicts(questions, share, attacked, CATALOGUE, PROFILE)
    assert {name: (one.state, one.instead) for name, one in found.items()} == {
        called(one): naive(one, share, attacked) for one in SETS
    }
    for one in found.values():
        assert (one.why is None) == (one.state is State.SHOWN)
        # What is shown in its place is itself shown.
        assert one.instead is None or found[one.instead].state is State.SHOWN


def test_a_scope_falls_back_within_itself() -> None:
    questions = [Asked("north", "other", MEASURE, one) for one in (("ward",), ("locality",))]
    withheld = {"north@other:m|ward": 0.9, "north@other:m|locality": 0.1, "m|locality": 0.0}
    found = verdicts(questions, withheld, (), CATALOGUE, PROFILE)
    assert found["north@other:m|ward"] == Verdict(State.COARSER, "north@other:m|locality", Why.TOO_MUCH)
