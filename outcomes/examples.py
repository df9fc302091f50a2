"""Evaluates the examples that a framework brings along, and says where it does not do what they expect."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from outcomes.engine import Evaluation, evaluate
from outcomes.errors import ExampleError
from outcomes.examples_told import WHY, Told, claim_story, need_story, whom
from outcomes.frames import FRAMES
from outcomes.frameworks import Example, ExampleClaim, ExampleNeed, Framework
from outcomes.rules import EXTRACTS, Rule, in_words
from outcomes.toml_place import FIRST_DAY
from outcomes.vocabulary import ClaimState

_COVERED: Final = ("school_attendance", *EXTRACTS)
# What an example does not mention must not be worth anything.
_NOT_TO_BE_CLAIMED: Final = (ClaimState.CLAIMABLE, ClaimState.CLAIMED)
_MOST_TOLD: Final = 20


@dataclass(frozen=True)
class Disagreement:
    """Something that an example expects and the framework does not do: on which line it is said, what was
    expected and found, and the days one by one that led there.
    """

    line: int
    example: str
    what: str
    expected: str
    found: str
    story: tuple[str, ...]

    def __str__(self) -> str:
        told = [f"line {self.line}: example “{self.example}”, {self.what}"]
        told += [f"  expected: {self.expected}", f"  found:    {self.found}"]
        return "\n".join([*told, *(f"    {line}" for line in self.story)])


def check_examples(framework: Framework) -> tuple[Disagreement, ...]:
    """Every disagreement between a framework and its examples, in the order of the file. Empty: all agree.

    Examples that share an as-of date, a coverage and a calendar of terms are evaluated together.
    """
    together: dict[object, list[int]] = {}
    for number, example in enumerate(framework.examples):
        together.setdefault((example.as_of, example.covers, _calendar(example)), []).append(number)
    found: dict[int, list[Disagreement]] = {}
    for numbers in together.values():
        given = {number: framework.examples[number] for number in numbers}
        as_of = given[numbers[0]].as_of
        evaluation = evaluate(
            _frames(given, framework), framework, as_of=as_of, payment=framework.payment.mode
        )
        rows = _Rows(evaluation)
        for number, example in given.items():
            found[number] = list(_disagreements(framework, number, example, rows))
    return tuple(one for number in sorted(found) for one in found[number])


def rules_without_example(framework: Framework) -> tuple[str, ...]:
    """Which rules of needs, and which kinds of claim, no example says anything about: nothing fixes them."""
    needs = {need.code: need for need in framework.needs}
    fixed = {needs[need.code].rule for example in framework.examples for need in example.needs}
    missing: dict[Rule, str] = {}
    for need in framework.needs:
        if need.rule not in fixed:
            missing.setdefault(need.rule, f"need {need.code}: {in_words(need.rule)}")
    claimed = {claim.kind for example in framework.examples for claim in example.claims}
    kinds = [f"claim {kind.code}: {kind.label}" for kind in framework.claims if kind.code not in claimed]
    return (*missing.values(), *kinds)


def refuse_what_fails(framework: Framework, file: str) -> None:
    """Raises ExampleError, with every disagreement told day by day, where the framework fails its examples."""
    wrong = check_examples(framework)
    if wrong:
        told = "\n".join(str(one) for one in wrong[:_MOST_TOLD])
        more = f"\nand {len(wrong) - _MOST_TOLD} more" if len(wrong) > _MOST_TOLD else ""
        raise ExampleError(
            f"{file}: {len(wrong)} of what its {len(framework.examples)} examples expect does not come about. "
            f"Correct the rule, or what the example expects.\n{told}{more}"
        )
    missing = rules_without_example(framework)
    if missing:
        told = "\n".join(f"  {one}" for one in missing)
        raise ExampleError(
            f"{file}: {len(missing)} of its rules and claims have no example that fixes what they do. Add an "
            f"[[example]] for each.\n{told}"
        )


class _Rows:
    """The rows of an evaluation, by what they are about."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.need = {
            (row["episode"], row["need_code"], row["person"]): row for row in evaluation.need.to_dicts()
        }
        self.claim: dict[str, dict[tuple[str, str | None], dict[str, Any]]] = {}
        for row in evaluation.claim.to_dicts():
            self.claim.setdefault(row["episode"], {})[row["kind"], row["person"]] = row
        self.evidence: dict[object, list[dict[str, Any]]] = {}
        for row in evaluation.claim_evidence.to_dicts():
            about = (row["episode"], row["kind"], row["need_code"], row["person"])
            self.evidence.setdefault(about, []).append(row)


def _disagreements(
    framework: Framework, number: int, example: Example, rows: _Rows
) -> Iterator[Disagreement]:
    for need in example.needs:
        yield from _of_need(framework, number, example, need, rows)
    expected = {(claim.kind, _person(number, claim.who)): claim for claim in example.claims}
    found = rows.claim[_episode(number)]
    for about, row in found.items():
        claim = expected.get(about)
        unexpected = claim is None and row["state"] in _NOT_TO_BE_CLAIMED
        if unexpected or (claim is not None and not _claim_agrees(claim, row)):
            yield _of_claim(framework, number, example, claim, row, rows)
    for about, claim in expected.items():
        if about not in found:
            what = f"claim {claim.kind} of {whom(claim.who)}"
            yield Disagreement(claim.line, example.name, what, claim.state, "there is no such claim", ())


def _of_need(
    framework: Framework, number: int, example: Example, need: ExampleNeed, rows: _Rows
) -> Iterator[Disagreement]:
    """The disagreement about a need, if there is one."""
    episode, person = _episode(number), _person(number, need.who)
    what = f"need {need.code} of {whom(need.who)}"
    row = rows.need.get((episode, need.code, person))
    if row is None:
        found = f"not known on {example.as_of}: it was identified on {need.identified_on}"
        yield Disagreement(need.line, example.name, what, need.state, found, ())
    elif not _need_agrees(need, row):
        rule = next(one.rule for one in framework.needs if one.code == need.code)
        evidence = rows.evidence.get((episode, None, need.code, person), [])
        told = Told(example, need.code, need.who, rule, evidence, _names(number, example))
        yield Disagreement(
            need.line,
            example.name,
            what,
            _need_in_words(need.state, need.achieved_on, need.sustained_on, need.reason),
            _need_in_words(row["state"], row["achieved_on"], row["sustained_on"], row["reason"]),
            need_story(told, row, need.identified_on),
        )


def _of_claim(
    framework: Framework,
    number: int,
    example: Example,
    claim: ExampleClaim | None,
    row: Mapping[str, Any],
    rows: _Rows,
) -> Disagreement:
    """The disagreement about a claim; `claim` is None where nothing of it was expected."""
    kind, names = framework.kind(row["kind"]), _names(number, example)
    who = names.get(row["person"])
    evidence = rows.evidence.get((_episode(number), kind.code, None, row["person"]), [])
    told = Told(example, kind.code, who, kind.rule, evidence, names)
    return Disagreement(
        claim.line if claim else example.line,
        example.name,
        f"claim {kind.code} of {whom(who)}",
        _claim_in_words(claim.state, claim.claim_date, claim.worth)
        if claim
        else "not to be claimed, as the example says nothing of it",
        _claim_in_words(row["state"], row["claim_date"], row["worth"]),
        claim_story(told, row, _met(rows, _episode(number)) if kind.about == "needs" else []),
    )


def _need_agrees(need: ExampleNeed, row: Mapping[str, Any]) -> bool:
    return (
        row["state"] == need.state
        and need.achieved_on in (None, row["achieved_on"])
        and need.sustained_on in (None, row["sustained_on"])
        and need.reason in (None, row["reason"])
    )


def _claim_agrees(claim: ExampleClaim, row: Mapping[str, Any]) -> bool:
    return (
        row["state"] == claim.state
        and claim.claim_date in (None, row["claim_date"])
        and claim.worth in (None, row["worth"])
    )


def _need_in_words(
    state: str, achieved_on: date | None, sustained_on: date | None, reason: str | None
) -> str:
    told = [state]
    told += [f"achieved on {achieved_on}"] if achieved_on else []
    told += [f"sustained on {sustained_on}"] if sustained_on else []
    told += [f"because {reason} ({WHY[reason]})"] if reason else []
    return ", ".join(told)


def _claim_in_words(state: str, claim_date: date | None, worth: int | None) -> str:
    told = [state]
    told += [f"claim date {claim_date}"] if claim_date else []
    told += [f"worth £{worth:,}"] if worth is not None else []
    return ", ".join(told)


def _met(rows: _Rows, episode: str) -> list[dict[str, Any]]:
    """The needs of an episode, as far as they have come."""
    return [row for (of, _, _), row in rows.need.items() if of == episode]


def _episode(number: int) -> str:
    return f"example {number:04}"


def _person(number: int, who: str | None) -> str | None:
    return None if who is None else f"{_episode(number)} {who}"


def _names(number: int, example: Example) -> dict[str | None, str]:
    """The members of an example by the keys that they have in the frames."""
    return {_person(number, who): who for who, _ in example.members}


def _calendar(example: Example) -> frozenset[object]:
    """The terms of an example: the engine takes those of anybody for everybody's."""
    rows = dict(example.records).get("school_attendance", ())
    terms = ("academic_year", "term", "term_start", "term_end")
    return frozenset(tuple(dict(row)[column] for column in terms) for row in rows)


def _frames(examples: Mapping[int, Example], framework: Framework) -> dict[str, pl.DataFrame]:
    """The examples as the frames that the engine reads, each a family of its own."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in FRAMES}
    for number, example in examples.items():
        for name, row in _rows_of(number, example, framework):
            rows[name].append(row)
    first = next(iter(examples.values()))
    other = dict(first.covers)
    for extract in _COVERED:
        for covers_from, covers_to in other.get(extract, ((FIRST_DAY, first.as_of),)):
            rows["coverage"].append({"extract": extract, "covers_from": covers_from, "covers_to": covers_to})
    return {name: pl.DataFrame(rows[name], schema=columns, orient="row") for name, columns in FRAMES.items()}


def _rows_of(number: int, example: Example, framework: Framework) -> Iterator[tuple[str, dict[str, Any]]]:
    episode, family = _episode(number), f"family {number:04}"
    yield (
        "episode",
        {
            "episode": episode,
            "family": family,
            "start_date": example.start,
            "end_date": example.end,
            "assessment_date": example.assessment,
            "plan_date": example.plan,
            "has_lead_practitioner": example.lead_practitioner,
            "closure_reason": example.closure,
            "expectant_parent": example.expectant_parent,
        },
    )
    for who, is_child in example.members:
        yield (
            "episode_member",
            {"episode": episode, "person": _person(number, who), "child_on_first_day": is_child},
        )
    for who in example.unlinked:
        yield "unlinked_person", {"person": _person(number, who)}
    for place, need in enumerate(example.needs, start=1):
        yield (
            "need",
            {
                "episode": episode,
                "person": _person(number, need.who),
                "need_code": need.code,
                "identified_on": need.identified_on,
                "record": f"need {place}",
            },
        )
    if example.earlier_claim is not None:
        yield (
            "earlier_claim",
            {"family": family, "framework": framework.id, "claimed_on": example.earlier_claim},
        )
    for name, records in example.records:
        for place, record in enumerate(records, start=1):
            row: dict[str, Any] = {**dict(record), "record": f"{name} {place}"}
            row["person"] = _person(number, row["person"])
            yield name, {"episode": episode, **row} if name == "progress" else row
