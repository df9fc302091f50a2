"""What earlier exports of the same project have in common with one that is prepared: for the checkers."""

from typing import Any

from custody.exports.before import counts_as_given
from ledger import ExportKind, ExportStanding, Ledger
from release.specification import Microdata, SpecificationError, read_specification


def together_words(ledger: Ledger, standing: ExportStanding) -> list[dict[str, Any]]:
    """One entry an earlier export of the project that was given or waits, in words. What tables of both give away the
    joint audit has tried, and what rows of both do the making of rows: nothing, or this one was not prepared."""
    return [
        {"export": one.number, "same_project": True, "found": 0, "words": _words(one, standing)}
        for one in ledger.exports.standings(project=standing.project)
        if one.number < standing.number
        and counts_as_given(one)
        # Rows beside rows are told of where they are made.
        and not one.kind == standing.kind == ExportKind.MICRODATA
    ]


def _words(earlier: ExportStanding, now: ExportStanding) -> str:
    called = f"Export {earlier.number} ({earlier.kind.value}, release {earlier.release})"
    kinds = {earlier.kind, now.kind}
    if ExportKind.PRIVATE in kinds:
        return f"{called}: what differentially private tables promise holds beside whatever else is known."
    if ExportKind.MICRODATA in kinds:
        return (
            f"{called}: rows tell the exact number of each class of those that are alike, which is of as many families "
            "as their policy says, or more; figures of tables that follow such classes are known without their noise."
        )
    both = sorted(_subjects(earlier) & _subjects(now))
    if not both:
        return f"{called} counts nothing that this one does."
    return f"{called} also counts {', '.join(both)}: both were attacked together, and nobody was found out."


def _subjects(standing: ExportStanding) -> set[str]:
    try:
        said = read_specification(standing.specification)
    except SpecificationError:
        return set()
    return set() if isinstance(said, Microdata) else {one.measure for one in said.tables}
