"""What a rule of a screener is, and what it finds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is: with an error a file is refused, a warning is for people to weigh."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """One published rule: what is wrong where it is broken, what to do about it, and who asks for it."""

    code: str
    words: str
    mend: str
    source: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a file breaks. `place` says where in it, never what stands there."""

    rule: str
    file: str
    place: str
    words: str
    severity: Severity


def table_of(rules: Iterable[Rule]) -> Mapping[str, Rule]:
    """Rules by their codes. Raises ValueError where two have one."""
    listed = list(rules)
    known = {rule.code: rule for rule in listed}
    if len(known) != len(listed):
        raise ValueError("two rules have one code")
    return known


def found(rule: Rule, file: str, place: str, times: int = 1) -> Finding:
    """A rule broken at `place`, the first of `times`."""
    more = f" ({times:,} times)" if times > 1 else ""
    return Finding(rule.code, file, place, f"{rule.words}{more}. {rule.mend}", rule.severity)
