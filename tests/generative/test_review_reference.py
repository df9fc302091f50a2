"""How earlier answers find their records again, against a naive reference: plain Python, one pair at a time."""

from random import Random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as some

from pipelines.keys import Keys
from pipelines.review import judgements_for, open_pairs

KEYS = Keys(master="11" * 32, record="22" * 32, protected="33" * 32)
FACETS = ("record_key", "own", "nhs_number", "upn", "nino", "name_birth", "name_place")
LEVELS = [("record_key", "own"), ("nhs_number", "upn", "nino"), ("name_birth",)]
NUMBERS = LEVELS[1]


class Answers:
    """Earlier answers, as the store gives them."""

    def __init__(self, pairs: list[dict]) -> None:
        self._pairs = pairs

    def sides(self) -> pl.DataFrame:
        rows = [
            (pair["pair"], side, facet, value)
            for pair in self._pairs
            for side in ("a", "b")
            for facet, value in pair[side].items()
            if value is not None
        ]
        schema = dict.fromkeys(("pair", "side", "facet", "hash"), pl.String)
        return pl.DataFrame(rows, schema=schema, orient="row")

    def judged(self) -> pl.DataFrame:
        rows = [(pair["pair"], pair["answer"], number) for number, pair in enumerate(self._pairs)]
        schema = {"pair": pl.String, "answer": pl.String, "number": pl.Int64}
        return pl.DataFrame(rows, schema=schema, orient="row")


def someone(chance: Random) -> dict:
    """What a record says, by facet; what it says as a whole is its record key."""
    source = chance.choice(["case", "police"])
    said = {
        "own": chance.choice([None, f"{source} 1", f"{source} 2", f"{source} 3"]),
        "nhs_number": chance.choice([None, None, "n1", "n2", "n3"]),
        "upn": chance.choice([None, None, None, "u1"]),
        "nino": None,
        "name_birth": chance.choice(["b1", "b2", "b3", "b4", "b5", "b6", None]),
        "name_place": chance.choice(["p1", None]),
    }
    return {"source": source, "record_key": f"{source} {said} {chance.randrange(2)}", **said}


Case = tuple[list[dict], list[dict], list[tuple[int, int, float]], list[tuple[set[int], set[int]]]]


def case(chance: Random) -> Case:
    """Records (with `person`), judged pairs, pairs to review, and who must stay apart."""
    records = [{**someone(chance), "person": chance.randrange(8)} for _ in range(chance.randint(2, 14))]
    pairs = []
    for number in range(chance.randrange(7)):
        sides = []
        for _ in range(2):
            side = dict(chance.choice(records)) if chance.random() < 0.8 else someone(chance)
            if chance.random() < 0.4:  # corrected since
                side |= {"record_key": "another", "own": chance.choice([None, side["own"]])}
            sides.append({facet: side[facet] for facet in FACETS})
        answer = chance.choice(["same", "same", "different", "different", "unsure"])
        pairs.append({"pair": f"j{number}", "a": sides[0], "b": sides[1], "answer": answer})
    reviews = [
        (chance.randrange(len(records)), chance.randrange(len(records)), chance.randrange(1, 99) / 100)
        for _ in range(chance.randrange(12))
    ]
    apart = []
    for _ in range(chance.randrange(2)):
        one, other = ({chance.randrange(len(records))} for _ in range(2))
        people = [{records[number]["person"] for number in side} for side in (one, other)]
        if not people[0] & people[1]:
            apart.append((one, other))
    return records, pairs, [(one, other, share) for one, other, share in reviews if one != other], apart


def tells(facet: str, value: str, records: list[dict]) -> bool:
    """Whether a number or a name with a birthday can be one person's only."""
    mine = [record for record in records if record[facet] == value]
    if facet in NUMBERS:
        return len({record["name_birth"] for record in mine} - {None}) <= 4
    if facet != "name_birth":
        return True
    numbers = all(len({record[number] for record in mine} - {None}) <= 1 for number in NUMBERS)
    own = all(
        len({record["own"] for record in mine if record["source"] == source} - {None}) <= 1
        for source in {record["source"] for record in mine}
    )
    return numbers and own


def found(pair: dict, records: list[dict]) -> dict[str, set[int]]:
    """The records of each side."""
    sides = {}
    for side, other in (("a", "b"), ("b", "a")):
        sides[side] = set()
        for level in LEVELS:
            for facet in level:
                value = pair[side][facet]
                if value is None or value == pair[other][facet] or not tells(facet, value, records):
                    continue
                sides[side] |= {number for number, record in enumerate(records) if record[facet] == value}
            if sides[side]:
                break
    return {"a": sides["a"] - sides["b"], "b": sides["b"] - sides["a"]}


def grown(groups: list[set[int]]) -> list[set[int]]:
    """Groups that overlap made one, until none do."""
    whole: list[set[int]] = []
    for group in groups:
        touching = [other for other in whole if other & group]
        whole = [other for other in whole if not other & group]
        whole.append(set().union(group, *touching))
    return whole


def naive_judged(records: list[dict], pairs: list[dict]) -> tuple[set, set, set, int]:
    """Apart, together, which "same" cannot hold, and how many answers find nobody."""
    sides = {pair["pair"]: found(pair, records) for pair in pairs if pair["answer"] != "unsure"}
    known = {name: both for name, both in sides.items() if both["a"] and both["b"]}
    answers = {pair["pair"]: pair["answer"] for pair in pairs}
    apart = {
        (name, side, record)
        for name, both in known.items()
        if answers[name] == "different"
        for side in both
        for record in both[side]
    }
    groups = grown([both[side] for both in known.values() for side in both])

    def at(record: int) -> int:
        return next(place for place, group in enumerate(groups) if record in group)

    # What is one before any answer "same" is followed cannot be held apart by one.
    different = [
        (min(both["a"]), min(both["b"]))
        for name, both in known.items()
        if answers[name] == "different" and at(min(both["a"])) != at(min(both["b"]))
    ]
    refused = set()
    for pair in pairs:
        name = pair["pair"]
        if name not in known or pair["answer"] != "same":
            continue
        first, second = at(min(known[name]["a"])), at(min(known[name]["b"]))
        if first == second:
            continue
        if any({at(one), at(other)} == {first, second} for one, other in different):
            refused.add(name)
            continue
        groups[first] = groups[first] | groups[second]
        del groups[second]
    together = {
        (name, record)
        for name, both in known.items()
        if answers[name] == "same" and name not in refused
        for record in both["a"] | both["b"]
    }
    return apart, together, refused, len(sides) - len(known)


def naive_open(
    records: list[dict],
    pairs: list[dict],
    reviews: list[tuple[int, int, float]],
    apart: list[tuple[set[int], set[int]]],
) -> set[frozenset]:
    """What must be asked: two persons, or the two things that are said within one person."""
    settled = [wide(one, other, records) for one, other in apart]
    for pair in pairs:
        both = found(pair, records)
        whole = pair["a"]["record_key"] != pair["b"]["record_key"] and all(
            any(records[number]["record_key"] == pair[side]["record_key"] for number in both[side])
            for side in both
        )
        if both["a"] and both["b"] and (pair["answer"] != "unsure" or whole):
            settled.append(wide(both["a"], both["b"], records))
    asked, questions = set(), set()
    for one, other, _share in sorted(reviews, key=lambda pair: (-pair[2], str(pair[0]), str(pair[1]))):
        first, second = records[one], records[other]
        # Two who read exactly alike are one side of one question: its answer is known again by what they say.
        question = frozenset((first["record_key"], second["record_key"]))
        if len(question) == 1 or question in questions:
            continue
        questions.add(question)
        if any((one in a and other in b) or (one in b and other in a) for a, b in settled):
            continue
        within = first["person"] == second["person"]
        asked.add(
            frozenset(record["record_key"] if within else record["person"] for record in (first, second))
        )
    return asked


def wide(one: set[int], other: set[int], records: list[dict]) -> tuple[set[int], set[int]]:
    """Both sides with all records of their people, but for people who are on both."""
    people = [{records[number]["person"] for number in side} for side in (one, other)]
    mine, theirs = (
        {number for number, record in enumerate(records) if record["person"] in group - rest}
        for group, rest in (people, people[::-1])
    )
    return one | mine, other | theirs


def kept_apart(apart: list[tuple[set[int], set[int]]]) -> pl.DataFrame:
    rows = [
        (f"x{number}", side, str(record))
        for number, both in enumerate(apart)
        for side, group in zip("ab", both, strict=True)
        for record in group
    ]
    schema = dict.fromkeys(("group", "side", "record_id"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def frames(records: list[dict]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    numbered = [{"record_id": str(number), **record} for number, record in enumerate(records)]
    frame = pl.DataFrame(numbered, schema_overrides=dict.fromkeys(FACETS, pl.String))
    return (
        frame.select("record_id", "source"),
        frame.select("record_id", *FACETS),
        frame.select("record_id", pl.col("person").cast(pl.Int64)),
    )


@settings(max_examples=150, deadline=None)
@given(seed=some.integers(0, 2**32))
def test_answers_are_honoured_as_by_the_naive_reference(seed: int) -> None:
    records, pairs, _, _ = case(Random(seed))
    source, facets, _ = frames(records)
    judged = judgements_for(source, facets, Answers(pairs))
    apart, together, refused, resting = naive_judged(records, pairs)
    assert {(name, side, int(record)) for name, side, record in judged.apart.iter_rows()} == apart
    assert {(name, int(record)) for name, record in judged.together.iter_rows()} == together
    assert set(judged.contradictions["same"]) == refused
    assert judged.resting == resting


@settings(max_examples=150, deadline=None)
@given(seed=some.integers(0, 2**32), turn=some.booleans())
def test_what_is_asked_is_as_by_the_naive_reference(seed: int, turn: bool) -> None:
    records, pairs, reviews, apart = case(Random(seed))
    if turn:
        reviews = [(other, one, share) for one, other, share in reversed(reviews)]
    source, facets, persons = frames(records)
    frame = pl.DataFrame(
        [(str(one), str(other), share, "likely") for one, other, share in reviews],
        schema={
            "record_id_a": pl.String,
            "record_id_b": pl.String,
            "probability": pl.Float64,
            "reason": pl.String,
        },
        orient="row",
    )
    asked = open_pairs(frame, source, facets, persons, Answers(pairs), KEYS, kept_apart(apart))
    people = [records[number]["person"] for number in range(len(records))]
    said = [records[number]["record_key"] for number in range(len(records))]
    ends = [(int(one), int(other)) for one, other in asked.select("record_id_a", "record_id_b").iter_rows()]
    found_ = [
        frozenset((said if people[one] == people[other] else people)[number] for number in (one, other))
        for one, other in ends
    ]
    assert len(found_) == len(set(found_)), "two persons are asked about once"
    assert set(found_) == naive_open(records, pairs, reviews, apart)


def test_every_turn_is_met() -> None:
    cases = [case(Random(seed)) for seed in range(600)]
    judged = [naive_judged(records, pairs) for records, pairs, _, _ in cases]
    assert all(any(result[part] for result in judged) for part in range(4))
