"""What a reader is told of the attacks on what is to leave: sentences, and no figure about anybody."""

from collections.abc import Iterator, Mapping

import polars as pl

from disclosure.audit import Attack, Report

_PER_CENT = 100
PARTLY = (
    "The tables are too large for every small count to be attacked by linear programs: for some of them bounds were "
    "carried from table to table alone."
)


def words_of(report: Report, leaks: Mapping[str, pl.DataFrame], held: int) -> tuple[str, ...]:
    """A sentence for what it was held against, for each attack, for its use, and for what is to be withheld."""
    return tuple(_words(report, leaks, held))


def _words(report: Report, leaks: Mapping[str, pl.DataFrame], held: int) -> Iterator[str]:
    yield (
        f"Attacked together with the dashboards of {_many(held, 'release')}, and with every return and every export of "
        "tables that left before."
    )
    use = report.use
    yield (
        f"Leak score {report.leak} of 100; {round(_PER_CENT * (1 - use.withheld))} % of {_many(use.cells, 'cell')} "
        "are shown."
    )
    for name, cells in leaks.items():
        yield f"{name}: withhold {_many(cells.height, 'cell')} besides."
    # What failed first: a reader may see no more than the beginning.
    for attack in sorted(report.attacks, key=lambda one: one.passed):
        yield f"{_named(attack)}: {attack.result}. {attack.meaning}"


def not_held(many: int) -> str:
    """What is said where releases are gone, of an earlier schema, or too many."""
    return (
        f"{_many(many, 'earlier release')} cannot be held against it: gone, of an earlier schema, or more than can be "
        "looked at together."
    )


def _named(attack: Attack) -> str:
    return attack.name.replace("_", " ").capitalize()


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
