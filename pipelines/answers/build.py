"""Every figure that can ever be asked: counted, made safe, attacked, and only then given out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from disclosure import CellKeys
from disclosure.audit.report import Report
from disclosure.closed_world import Memory, Rules, StrangeKeysError, World, build_world
from figures.coding import Coded, coded
from figures.populations import Populations
from figures.profiles import rules_of
from pipelines.answers.attacking import Attacked, attack, attack_rows
from pipelines.answers.errors import UnsafeFiguresError
from pipelines.answers.falling_back import Asked, State, Verdict, verdicts
from release.catalogue import MOST_DIMENSIONS, Catalogue, every_question

# So often a release is attacked: what fails is coarsened or withdrawn, and what is left attacked again.
_ROUNDS = 4
# So many of the worst questions are named where nothing helps.
_NAMED = 5
_CODES = ("code_1", "code_2", "code_3")
_KEPT_NONE = "none"
# What the manifest says of the answers, and the form of each fact.
ANSWER_FACTS: Mapping[str, str] = {
    "noise_usual": r"\d{1,3}",
    "noise_most": r"\d{1,3}",
    "noise_change": r"\d{1,3}",
    "kept_from": r"none|\d{4}-\d\d-\d\d-\d{3,6}",
    "questions_shown": r"\d{1,6}",
    "questions_coarser": r"\d{1,6}",
    "questions_withdrawn": r"\d{1,6}",
    "leak_score": r"\d{1,3}",
    "shown_share": r"\d{1,3}",
}


@dataclass(frozen=True)
class Earlier:
    """An earlier release: what it was counted from, its changes since figures were drawn, and what it shows."""

    release: str
    counted: Populations = field(repr=False)
    changes: pl.DataFrame = field(repr=False)
    question: pl.DataFrame = field(repr=False)
    answer: pl.DataFrame = field(repr=False)
    dimension: pl.DataFrame = field(repr=False)
    attack: pl.DataFrame = field(repr=False)


@dataclass(frozen=True)
class Answers:
    """The tables `question`, `answer` and `attack` of a release, and `cell_change` for its protected file.

    `facts`: what the manifest says of them. `notes`: what whoever made the release should know.
    """

    question: pl.DataFrame
    answer: pl.DataFrame
    attack: pl.DataFrame
    cell_change: pl.DataFrame = field(repr=False)
    facts: Mapping[str, str]
    notes: tuple[str, ...] = ()


def build_answers(
    counted: Populations,
    dimensions: pl.DataFrame,
    catalogue: Catalogue,
    profile: CellKeys,
    remembered: Earlier | None = None,
    before: Sequence[Earlier] = (),
) -> Answers:
    """Count every question of the catalogue, make every figure safe by `profile`, and attack them all together.

    `dimensions`: the closed lists (the table `dimension` of the release). `remembered`: the release whose figures are
    kept where hardly anything changed. `before`: those that these figures are attacked together with. Exact counts
    exist only within this call.

    Raises UnsafeFiguresError where an attack finds somebody out, whatever is coarsened or withdrawn.
    """
    world_of = coded(counted, dimensions, catalogue)
    rules = rules_of(profile)
    world, notes = _built(world_of, rules, remembered, catalogue)
    questions = [Asked(*parts) for parts in every_question(catalogue, list(counted.further))]
    questions = [one for one in questions if one.name in world_of.inward]
    withheld = {
        world_of.names[name]: share for name, share in world.use().select("question", "share").iter_rows()
    }
    compared = [(coded(one.counted, dimensions, catalogue), one.answer) for one in before]
    attacked: set[str] = set()
    for number in range(_ROUNDS):
        found = verdicts(questions, withheld, attacked, catalogue, profile)
        gone = [world_of.inward[name] for name, verdict in found.items() if verdict.state is not State.SHOWN]
        safe = world.without(gone) if gone else world
        tried = attack(safe, world_of, rules, compared)
        report = tried.report
        if report.passed:
            break
        attacked |= _weak(report, questions, world_of, number)
    if not report.passed:
        failed = ", ".join(one.name for one in report.attacks if not one.passed)
        worst = [world_of.names[name] for name in report.questions[:_NAMED]]
        raise UnsafeFiguresError(
            f"The figures do not withstand these attacks: {failed}. Nothing was published; the release before stays "
            f"current. Take questions out of data/catalogue.toml: {', '.join(worst) or 'those of most dimensions'}. Or "
            "raise variance and bound in data/disclosure.toml."
        )
    return Answers(
        question=_question_table(found),
        answer=_renamed(safe.shown(), world_of),
        attack=attack_rows(report, *((before[0].attack, before[0].release) if before else ())),
        cell_change=_renamed(safe.changes.filter(pl.col("question").is_in(list(world_of.names))), world_of),
        facts={
            **_noise(tried, rules, profile),
            "kept_from": remembered.release if remembered is not None and safe.remembered else _KEPT_NONE,
            **_how_many(found.values()),
            "leak_score": str(report.leak),
            "shown_share": str(round(100 * (1 - report.use.withheld))),
        },
        notes=notes,
    )


def _built(
    world_of: Coded, rules: Rules, remembered: Earlier | None, catalogue: Catalogue
) -> tuple[World, tuple[str, ...]]:
    """The world, with the figures of the release before where hardly anything changed; and what to say of it."""
    parts = (world_of.populations, world_of.measures, rules, world_of.scopes)

    def asked(world: World) -> World:
        """Without the questions that were counted for the sake of others, and are none of the catalogue."""
        return world.without([one.name for one in world.questions if one.name not in world_of.names])

    if remembered is None:
        return asked(build_world(*parts)), ()
    then = coded(remembered.counted, remembered.dimension, catalogue)
    changes = remembered.changes.filter(pl.col("question").is_in(list(then.inward)))
    changes = changes.with_columns(pl.col("question").replace_strict(then.inward, return_dtype=pl.String))
    try:
        return asked(build_world(*parts, Memory(then.populations, changes))), ()
    except StrangeKeysError:
        return asked(build_world(*parts)), (
            f"hardly anybody of the release {remembered.release} is in this one: no figure of it is kept",
        )


def _renamed(frame: pl.DataFrame, world_of: Coded) -> pl.DataFrame:
    """A frame of the world (`question`, codes, …) by the names of a release."""
    named = pl.col("question").cast(pl.String).replace_strict(world_of.names, return_dtype=pl.String)
    return frame.with_columns(named, pl.col(_CODES).cast(pl.String)).sort(
        "question", *_CODES, nulls_last=False
    )


def _question_table(found: Mapping[str, Verdict]) -> pl.DataFrame:
    rows = [
        (name, one.state.value, one.instead, one.why.value if one.why else None)
        for name, one in sorted(found.items())
    ]
    columns = ("question", "state", "instead", "why")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _weak(report: Report, questions: Sequence[Asked], world_of: Coded, number: int) -> set[str]:
    """What may not be shown as it is, after the attacks of a round (from 0): that in which something was found; if that
    does not help, all of the most dimensions of the same measures, and at last all of the most dimensions."""
    found = {world_of.names[name] for name in report.questions if name in world_of.names}
    measures = {one.measure.name for one in questions if one.name in found}
    for one in questions:
        if (
            len(one.dimensions) == MOST_DIMENSIONS
            and number > 0
            and (number > 1 or one.measure.name in measures)
        ):
            found.add(one.name)
    return found


def _noise(attacked: Attacked, rules: Rules, profile: CellKeys) -> dict[str, str]:
    """How far figures are off: at most, in 19 of 20 cases, and how far two may lie apart whose counts are equal (in 19
    of 20 as well). Each may be that of a group with so many more or fewer as the profile does not tell apart."""
    table, near = rules.table, profile.least_difference - 1
    return {
        "noise_usual": str(max(table.usual, attacked.usual)),
        "noise_most": str(max(profile.noise_most, attacked.most)),
        "noise_change": str(table.distinct + near),
    }


def _how_many(found: Collection[Verdict]) -> dict[str, str]:
    return {f"questions_{state}": str(sum(one.state is state for one in found)) for state in State}
