"""The year so far against the council's own plan (`data/plan.toml`), or against the same months of the year before."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto
from pathlib import Path
from typing import Any, Final

from evidence.answers import Answer
from evidence.evidence import Evidence
from evidence.moving import UNLEARNT, spread_of
from evidence.periods import period_code, whole_periods, year_before
from evidence.questions import Question
from evidence.words import count
from release.catalogue import Catalogue
from release.errors import SettingsError
from release.settings_file import read_settings_file

_LOG = logging.getLogger(__name__)

PLAN: Final = "plan.toml"
# What is compared with the year before where the council has planned nothing.
UNPLANNED: Final = ("families_helped", "outcomes_sustained")
_KEYS: Final = {"council", "year", "measure", "target"}
_YEAR: Final = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
# It is read at every turn of the Overview.
_MOST_BYTES: Final = 64_000
_MOST: Final = 10**9
_NUMBERS: Final = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


@dataclass(frozen=True)
class Target:
    """What a council planned for a financial year: `target` of what `measure` counts, in the whole year."""

    council: str
    year: str
    measure: str
    target: int


class Standing(Enum):
    """How the year so far stands against what it is compared with."""

    AHEAD = auto()
    LEVEL = auto()
    BEHIND = auto()
    UNTOLD = auto()


@dataclass(frozen=True)
class SoFar:
    """A count over the whole months of the financial year that are over: how many in how many `months`, out of how many
    shown figures it is put together (`cells`), and how far these may be off altogether at most (`most`)."""

    value: float
    cells: int
    most: float


@dataclass(frozen=True)
class Progress:
    """How one measure stands in the financial year `year`, of which `months` whole months are over. `value`: the year
    so far; `against`: what was planned by now, or what there was in the same months of the year before; None: withheld.
    """

    label: str
    year: str
    months: int
    value: float | None
    target: int | None
    against: float | None
    standing: Standing

    @property
    def words(self) -> str:
        """How it stands, in a sentence that follows the label."""
        if self.value is None:
            return "the year so far cannot be told, since a part of it is withheld."
        figure = count(self.value)
        if self.target is not None:
            planned = f"{figure} of {count(self.target)} planned for {self.year}"
            return f"{planned}; {self.months} months in 12: {_AGAINST_PLAN[self.standing]}."
        start = f"{figure} in the first {_months(self.months)} of {self.year}"
        if self.against is None:
            return f"{start}; there is nothing to compare it with."
        before = f"{count(self.against)} in the same months of the year before"
        return f"{start}, {before}: {_AGAINST_BEFORE[self.standing]}."


_AGAINST_PLAN: Final[Mapping[Standing, str]] = {
    Standing.AHEAD: "ahead, by more than noise can make",
    Standing.LEVEL: "on course, as far as the noise in the figures lets anybody tell",
    Standing.BEHIND: "behind, by more than noise can make",
}
_AGAINST_BEFORE: Final[Mapping[Standing, str]] = {
    Standing.AHEAD: "more, beyond chance and noise",
    Standing.LEVEL: "no difference beyond chance and noise",
    Standing.BEHIND: "fewer, beyond chance and noise",
}


def read_plan(file: Path, catalogue: Catalogue) -> tuple[Target, ...]:
    """The targets that `file` holds; none where there is no such file. Raises SettingsError with line and fix."""
    try:
        size = file.stat().st_size
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}. Check who may read it.") from None
    if size > _MOST_BYTES:
        raise SettingsError(
            f"{file} is larger than {_MOST_BYTES:,} bytes. Leave the targets of past years out."
        )
    settings = read_settings_file(file)
    if unknown := sorted(set(settings) - {"target"}):
        raise SettingsError(
            f'{file}: "{_short(unknown[0])}" is not known. Write each target below [[target]].'
        )
    listed = settings.get("target", [])
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise SettingsError(f"{file}: write each target below [[target]], with two brackets.")
    lines = _lines(file, len(listed))
    found: dict[tuple[str, str, str], Target] = {}
    for line, values in zip(lines, listed, strict=True):
        where = f"{file}, line {line}" if line else f"{file}"
        target = _target(values, where, catalogue)
        key = (_folded(target.council), target.year, target.measure)
        if key in found:
            raise SettingsError(
                f"{where}: the second target for {target.measure} in {target.year}. Leave one of them."
            )
        found[key] = target
    return tuple(found.values())


def plannable(catalogue: Catalogue) -> list[str]:
    """The measures whose months add up to their year: counts of rows that are kept by month, and no shares."""
    periods = {"month", "quarter", "year"}
    return [
        one.name
        for one in catalogue.measures.values()
        if not one.derived and one.distinct is None and periods <= set(one.dimensions)
    ]


def year_so_far(evidence: Evidence) -> tuple[list[Progress], str | None]:
    """How the financial year stands, measure by measure: against the plan, where the council has one for this year, or
    else against the year before. Beside it, what is to be said where the plan cannot be read; None: nothing.

    In the first month of a year there is nothing to say yet.
    """
    release = evidence.release()
    year, months = period_code("year", release.as_of), _months_over(release.as_of)
    care = None
    try:
        planned = read_plan(evidence.desk.places.setting(PLAN), evidence.catalogue)
    except SettingsError as error:
        _LOG.warning("the plan is left out: %s", error)
        planned, care = (), f"The plan (data/{PLAN}) holds a mistake and is left out. The log says where."
    if not months:
        return [], care
    targets = [
        one
        for one in planned
        if one.year == year
        and _folded(one.council) == _folded(release.authority)
        # What somebody is kept to is a part of the council, and the plan is for the whole.
        and not evidence.scope
        and evidence.may_ask(one.measure, "quarter", "month")
    ]
    if targets:
        return [_against_plan(evidence, one, months) for one in targets], care
    found = (_against_before(evidence, measure, year, months) for measure in UNPLANNED)
    return [one for one in found if one is not None], care


def _against_plan(evidence: Evidence, target: Target, months: int) -> Progress:
    """Against the part of the plan that the months that are over are of the year: it is taken to be spread evenly."""
    so_far = _so_far(evidence, target.measure, target.year, months)
    expected = target.target * months / 12
    standing = Standing.UNTOLD if so_far is None else _standing(so_far.value, expected, so_far.most)
    value = None if so_far is None else so_far.value
    return Progress(
        evidence.label(target.measure), target.year, months, value, target.target, expected, standing
    )


def _against_before(evidence: Evidence, measure: str, year: str, months: int) -> Progress | None:
    """Against the same months of the year before; None where neither is there to be compared."""
    if not evidence.may_ask(measure, "quarter", "month"):
        return None
    now = _so_far(evidence, measure, year, months)
    before = _so_far(evidence, measure, year_before("year", year), months, whole_year=False)
    if now is None or before is None:
        return None
    # `noise_change` is for two figures; and counts of events differ by chance as their square roots do, those of
    # families with several needs by more.
    noise = evidence.release().noise_change * (now.cells + before.cells) / 2
    chance = 2 * (_spread(evidence, measure, year) * (now.value + before.value)) ** 0.5
    standing = _standing(now.value, before.value, noise + chance)
    return Progress(evidence.label(measure), year, months, now.value, None, before.value, standing)


def _spread(evidence: Evidence, measure: str, year: str) -> float:
    """How many times as much a measure differs from year to year as chance alone would make it, as the quarters before
    this year tell (evidence.moving.spread)."""
    answer = evidence.ask(Question(measure, ("quarter",)))
    if answer.question.by != ("quarter",):
        return UNLEARNT
    last_day = date(int(year[:4]), 3, 31)
    earlier = whole_periods("quarter", answer.frame["quarter"].to_list(), last_day)
    return spread_of(answer, earlier) or UNLEARNT


def _standing(value: float, against: float, most: float) -> Standing:
    if abs(value - against) <= most:
        return Standing.LEVEL
    return Standing.AHEAD if value > against else Standing.BEHIND


def _so_far(
    evidence: Evidence, measure: str, year: str, months: int, *, whole_year: bool = True
) -> SoFar | None:
    """The first `months` months of a year out of as few shown figures as can be: each has noise of its own. None where
    one of them is not shown.

    `whole_year`: the figure of the year holds nothing after these months, where the release ends with a month.
    """
    as_of = evidence.release().as_of
    if months == 12 or (whole_year and _ends_a_month(as_of)):
        return _sum(evidence, measure, "year", [year])
    first = int(year[:4])
    quarters = [f"{year} Q{number}" for number in range(1, months // 3 + 1)]
    single = [
        f"{first + (month > 8)}-{(month + 3) % 12 + 1:02d}" for month in range(3 * (months // 3), months)
    ]
    parts = (_sum(evidence, measure, "quarter", quarters), _sum(evidence, measure, "month", single))
    if parts[0] is None or parts[1] is None:
        return None
    return SoFar(*(sum(pair) for pair in zip(*((p.value, p.cells, p.most) for p in parts if p), strict=True)))


def _sum(evidence: Evidence, measure: str, dimension: str, codes: list[str]) -> SoFar | None:
    """The sum of these periods; None where one of them is not shown, or not shown by itself."""
    if not codes:
        return SoFar(0, 0, 0)
    answer = evidence.ask(Question(measure, (dimension,)))
    if answer.question.by != (dimension,):
        return None
    rows = _rows(answer)
    found = [rows.get(code) for code in codes]
    if any(one is None for one in found):
        return None
    values = [one for one in found if one is not None]
    return SoFar(sum(value for value, _ in values), len(values), sum(most for _, most in values))


def _rows(answer: Answer) -> dict[str, tuple[float, float]]:
    """The shown figures by code, with how far each may be off at most."""
    return {
        code: (float(value), float(most))
        for code, value, most in answer.shown.select(answer.dimension, "value", "most").iter_rows()
    }


def _months_over(as_of: date) -> int:
    """How many whole months of its financial year had ended by a day."""
    return (as_of.month - 4) % 12 + _ends_a_month(as_of)


def _ends_a_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def _months(number: int) -> str:
    return "month" if number == 1 else f"{_NUMBERS[number]} months"


def _target(values: dict[str, Any], where: str, catalogue: Catalogue) -> Target:
    if unknown := sorted(set(values) - _KEYS):
        raise SettingsError(
            f'{where}: "{_short(unknown[0])}" is not known. A target has council, year, measure and target.'
        )
    council, year, measure, target = (values.get(key) for key in ("council", "year", "measure", "target"))
    if not isinstance(council, str) or not council.strip():
        raise SettingsError(f'{where}: say whose plan it is, e.g. council = "Wythbrook".')
    parts = _YEAR.fullmatch(year) if isinstance(year, str) else None
    if parts is None or int(parts[2]) != (int(parts[1]) + 1) % 100:
        raise SettingsError(f'{where}: the year is a financial year, e.g. year = "2024-25".')
    known = plannable(catalogue)
    if measure not in known:
        raise SettingsError(
            f"{where}: there is no such measure that is counted by month. There are: {', '.join(known)}."
        )
    if type(target) is not int or not 1 <= target <= _MOST:
        raise SettingsError(f"{where}: target is a whole number from 1 on, for the whole year.")
    return Target(council, parts[0], measure, target)


def _lines(file: Path, targets: int) -> list[int]:
    """The line on which each target begins; 0 where that cannot be told."""
    text = file.read_text(encoding="utf-8", errors="replace")
    begin = re.compile(r"\s*\[\[\s*[\"']?target[\"']?\s*\]\]")
    found = [number for number, line in enumerate(text.splitlines(), 1) if begin.match(line)]
    return found if len(found) == targets else [0] * targets


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _short(text: str) -> str:
    return text[:40]
