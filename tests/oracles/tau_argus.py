"""tau-ARGUS's optimal suppression of one table counted from records, in a process and a folder of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.oracles import ask

TOTAL = "Total"
_SCRIPT = """
import pytauargus
records, dimensions, rule, way = given
records["_one"] = [1.0] * len(next(iter(records.values())))
made = pytauargus.protect(records, dimensions, response="_one", safety_rules=rule, suppress=way, workdir="room")
answer = [[[row[name] for name in dimensions], row["_one"], row["status"], row["lower"], row["upper"]]
          for row in made.tables[0].rows]
"""


@dataclass(frozen=True)
class Cell:
    """A cell as tau-ARGUS gives it back: its codes (`Total` for all), how many records, its status (`S` shown,
    others of the letters of tau-ARGUS: `U` too small, `M` suppressed to protect another), and its protection levels."""

    codes: tuple[str, ...]
    value: float
    status: str
    lower: float
    upper: float


def suppressed(
    records: Mapping[str, Sequence[str]],
    dimensions: Sequence[str],
    *,
    rule: str = "FREQ(5,20)",
    way: str = "OPT(1)",
) -> list[Cell]:
    """The cells of the table by `dimensions`, suppressed by `way`. `rule`: which cells are too small, and how many
    per cent of themselves they must be uncertain by."""
    told = ask("pytauargus", _SCRIPT, [dict(records), list(dimensions), rule, way])
    return [Cell(tuple(codes), value, status, lower, upper) for codes, value, status, lower, upper in told]
