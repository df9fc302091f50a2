"""A town whose families everybody may count, by the naive dashboard and by ours: true rows, two releases, and our
figures as they come out of the public door."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import combinations, product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from numpy.typing import NDArray

from disclosure import CellKeys
from evidence.evidence import Evidence
from evidence.questions import Question
from figures.populations import Populations
from pipelines.answers.build import Answers, Earlier, build_answers
from release.catalogue import Catalogue, read_catalogue
from tests.attacks.naive_dashboard import NaiveDashboard
from tests.fakes import FakeContents, FakeDesk, visitor

CATALOGUE = """
[dimension.locality]
label = "Locality"
[dimension.ward]
label = "Ward"
parent = "locality"
[dimension.team]
label = "Team"
[dimension.referral_source]
label = "Source of referral"
[dimension.family_size]
label = "Size of family"

[measure.families_helped]
label = "Families helped"
unit = "families"
population = "family"
dimensions = ["locality", "ward", "team", "referral_source", "family_size"]

[audience.everybody]
label = "Everybody"
roles = ["manager", "researcher"]
measures = ["*"]
dimensions = ["*"]

[scope.north]
label = "North and east"
localities = ["North", "East"]
"""
MEASURE = "families_helped"
LOCALITIES = ("North", "East", "South", "West")
WARDS = {f"{locality} {number}": locality for locality in LOCALITIES for number in range(1, 4)}
CODES: Mapping[str, tuple[str, ...]] = {
    "locality": LOCALITIES,
    "ward": tuple(WARDS),
    "team": ("a", "b", "c", "d"),
    "referral_source": ("school", "police", "health", "self", "housing"),
    "family_size": ("1", "2", "3", "4", "5", "6+"),
}
# Nobody asks for a ward and its locality together: the ward says it.
FREE = ("ward", "team", "referral_source", "family_size")
PROFILE = CellKeys("dashboard", variance=2.5, bound=5, smallest=2, least_difference=3)
FAMILIES = 900
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Town:
    """The rows of the families (one column a dimension, `family_key`), as they were and as they are now."""

    before: pl.DataFrame = field(repr=False)
    now: pl.DataFrame = field(repr=False)


@cache
def town() -> Town:
    """Families by chance, more of them in the first of the codes. A team works in one locality, but for a few of its
    families. Before, eight of them were not there and seven others were."""
    chance = np.random.default_rng(20)

    def column(name: str) -> list[str]:
        codes = CODES[name]
        weights = 1.0 / np.arange(1, len(codes) + 1)
        return [codes[place] for place in chance.choice(len(codes), FAMILIES, p=weights / weights.sum())]

    elsewhere = pl.Series(chance.random(FAMILIES) < 0.012)
    teams = pl.col("locality").replace_strict(dict(zip(LOCALITIES, CODES["team"], strict=True)))
    frame = pl.DataFrame({name: column(name) for name in FREE}).with_columns(
        locality=pl.col("ward").replace_strict(WARDS),
        family_key=pl.Series(chance.integers(1, 2**63, FAMILIES, dtype=np.uint64)),
    )
    frame = frame.with_columns(team=pl.when(elsewhere).then("team").otherwise(teams))
    return Town(before=frame[: FAMILIES - 8], now=frame[7:])


def dimension() -> pl.DataFrame:
    """The closed lists."""
    rows = [
        (name, code, code, "locality" if name == "ward" else None, WARDS.get(code), place)
        for name, codes in CODES.items()
        for place, code in enumerate(codes)
    ]
    names = ("dimension", "code", "label", "parent_dimension", "parent_code")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String) | {"position": pl.Int32}, orient="row")


class TownContents(FakeContents):
    """The release of the town, in memory."""

    def __init__(self, answers: Answers) -> None:
        super().__init__(manifest=dict(answers.facts))
        self.dimension = dimension()
        self.question = answers.question
        self.attack = answers.attack
        self._by_question = {
            str(name): frame.drop("question") for (name,), frame in answers.answer.group_by("question")
        }
        self._none = answers.answer.drop("question").clear()

    def answer(self, question: str) -> pl.DataFrame:
        return self._by_question.get(question, self._none)


class Ours:
    """Our dashboard: what a reader of the whole council, and one of its north, may ask of a release."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        everybody = Evidence(TownContents(answers), catalogue(), FakeDesk())
        who = visitor("manager")
        self.whole = everybody.seen_by(who)
        self.north = everybody.seen_by(replace(who, scope="north"))
        self._tables: dict[tuple[str, ...], dict[tuple[str, ...], int | None]] = {}

    def figure(self, codes: Mapping[str, str], *, north: bool = False) -> int | None:
        """The figure for some codes, through the public door; None where it is not shown."""
        asked = (str(north), *codes)
        if asked not in self._tables:
            answer = (self.north if north else self.whole).ask(Question(MEASURE, tuple(codes)))
            # A coarser answer is no answer to this.
            same = answer.question.by == tuple(codes)
            rows = answer.frame.select(*codes, "value").iter_rows() if same else ()
            self._tables[asked] = {tuple(found): value for *found, value in rows}
        return self._tables[asked].get(tuple(codes.values()))


@cache
def catalogue() -> Catalogue:
    """The catalogue, read as the application reads it."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "catalogue.toml"
        file.write_text(CATALOGUE, encoding="utf-8")
        return read_catalogue(file)


def populations(rows: pl.DataFrame) -> Populations:
    """The families as the pipelines hand them to the answers."""
    keyed = rows.with_columns(row_key="family_key", unit="family_key")
    return Populations(frames={"family": keyed}, first_quarter=0, last_quarter=0)


@cache
def first() -> Ours:
    """The first release, of the families there were before."""
    return Ours(build_answers(populations(town().before), dimension(), catalogue(), PROFILE))


@cache
def second() -> Ours:
    """The release after it."""
    then, rows = first().answers, populations(town().before)
    earlier = Earlier(
        release="2024-07-31-001",
        counted=rows,
        changes=then.cell_change,
        question=then.question,
        answer=then.answer,
        dimension=dimension(),
        attack=then.attack,
    )
    return Ours(build_answers(populations(town().now), dimension(), catalogue(), PROFILE, earlier, [earlier]))


def cells(*, most: int = 3) -> list[dict[str, str]]:
    """The codes of every figure that can be asked for, the whole council first."""
    found: list[dict[str, str]] = []
    for many in range(most + 1):
        for names in combinations(FREE, many):
            found += [
                dict(zip(names, codes, strict=True)) for codes in product(*(CODES[name] for name in names))
            ]
    return found


def of_naive(naive: NaiveDashboard) -> Callable[[Mapping[str, str]], int | None]:
    """The figures of the naive dashboard by single codes."""
    return lambda codes: naive.figure({name: [code] for name, code in codes.items()})


def counts(rows: pl.DataFrame) -> Callable[[Mapping[str, str]], int]:
    """True counts by single codes."""
    exact = NaiveDashboard(rows, threshold=0)
    return lambda codes: exact.figure({name: [code] for name, code in codes.items()}) or 0


def one_more_or_nobody(
    figure: Callable[[Mapping[str, str]], int | None],
    true: Callable[[Mapping[str, str]], int],
    *,
    whole: Callable[[Mapping[str, str]], int | None] | None = None,
    all_of: Callable[[Mapping[str, str]], int] | None = None,
) -> tuple[Floats, Floats]:
    """How far shown figures lie from shown parts of them, where they truly hold one family more, and where nobody more.
    `whole`, `all_of`: where the wholes are looked up elsewhere, and counted there."""
    found: dict[int, list[float]] = {0: [], 1: []}
    for part in cells(most=2):
        many, shown = true(part), figure(part)
        if not many or shown is None:
            continue
        for left_out in [*part] if whole is None else [None, *part]:
            held = {name: code for name, code in part.items() if name != left_out}
            apart = (all_of or true)(held) - many
            told = (whole or figure)(held) if apart in found else None
            if told is not None:
                found[apart].append(float(told - shown))
    return np.array(found[1]), np.array(found[0])


def noise(ours: Ours) -> int:
    """How far a figure may be off, in 19 of 20."""
    return int(ours.answers.facts["noise_usual"])


def joined_or_nobody(
    before: Callable[[Mapping[str, str]], int | None],
    now: Callable[[Mapping[str, str]], int | None],
    of: Town,
) -> tuple[Floats, Floats]:
    """How figures moved from one release to the next where one family joined or left (turned round), and where nobody
    did."""
    found: dict[bool, list[float]] = {True: [], False: []}
    for codes in cells(most=2):
        chosen = pl.all_horizontal(pl.lit(True), *(pl.col(name) == code for name, code in codes.items()))
        then, today = (set(rows.filter(chosen)["family_key"]) for rows in (of.before, of.now))
        moved = len(then ^ today)
        figures = (before(codes), now(codes)) if moved < 2 and then else (None, None)
        if figures[0] is not None and figures[1] is not None:
            found[moved == 1].append(float(figures[1] - figures[0]) * (1 if today >= then else -1))
    return np.array(found[True]), np.array(found[False])
