"""What earlier exports of the same project have in common with one that is prepared: for the checkers."""

from typing import Any

from custody.exports.before import counts_as_given
from ledger import ExportKind, ExportStanding, Ledger
from release.specification import Microdata, SpecificationError, read_specification


def together_words(ledger: Ledger, standing: ExportStanding) -> list[dict[str, Any]]:
    """One entry an earlier export of the project that was given or waits: which measures both count, in words. What
    both together give away the joint audit has tried: nothing, or this one was not prepared."""
    mine = _subjects(standing)
    found = []
    for one in ledger.exports.standings(project=standing.project):
        if one.number >= standing.number or not counts_as_given(one) or one.kind == ExportKind.MICRODATA:
            continue
        both = sorted(mine & _subjects(one))
        if both:
            words = (
                f"Export {one.number} ({one.kind.value}, release {one.release}) also counts {', '.join(both)}: both "
                "were attacked together, and nobody was found out."
                if one.kind == standing.kind == ExportKind.TABLES
                else f"Export {one.number} ({one.kind.value}, release {one.release}) also counts {', '.join(both)}."
            )
        else:
            words = f"Export {one.number} ({one.kind.value}) counts nothing that this one does."
        found.append({"export": one.number, "same_project": True, "found": 0, "words": words})
    return found


def _subjects(standing: ExportStanding) -> set[str]:
    try:
        said = read_specification(standing.specification)
    except SpecificationError:
        return set()
    return set() if isinstance(said, Microdata) else {one.measure for one in said.tables}
