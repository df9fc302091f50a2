"""What left the house before, or waits to: an export is held against all of it, and what comes later against it.

An export that is prepared counts from then on: two that wait beside one another would else never be held together.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from custody.errors import EvidenceError
from custody.exports.keeping import kept_damaged, kept_file, tables_kept
from ledger import ExportKind, ExportStanding, ExportState, Ledger
from release.places import Places

if TYPE_CHECKING:
    from custody.microdata import Given
    from custody.released import Released

GIVEN: Final = "given.parquet"
_WAITING: Final = frozenset({ExportState.PREPARED, ExportState.APPROVED})


def counts_as_given(standing: ExportStanding) -> bool:
    """Whether somebody has an export, had it, or may still get it."""
    return bool(standing.released_at) or standing.state in _WAITING


def released_before(places: Places, ledger: Ledger, *, but: int = 0) -> "list[Released]":
    """The tables of every export that counts as given, without the export `but`. Raises PackageChangedError where what
    custody keeps of one is gone: then nothing can be held against it, and nothing more may leave."""
    from custody.released import Released

    return [
        Released(
            f"export {one.number}",
            one.release,
            tables_kept(places, one.number),
            audience=f"project {one.project}",
        )
        for one in _of_kind(ledger, ExportKind.TABLES, but)
    ]


def everything_before(places: Places, ledger: Ledger, *, but: int = 0) -> "list[Released]":
    """Returns and exports that left before, or wait to."""
    from custody.returns.before import released_before as returned

    return [*returned(places, ledger), *released_before(places, ledger, but=but)]


def rows_before(places: Places, ledger: Ledger, *, but: int = 0) -> "list[Given]":
    """The rows of every export of microdata that counts as given. Raises PackageChangedError as above."""
    from custody.microdata import Given

    found = []
    for one in _of_kind(ledger, ExportKind.MICRODATA, but):
        try:
            found.append(Given.from_bytes(kept_file(places, one.number, GIVEN) or b""))
        except EvidenceError:
            raise kept_damaged(one.number) from None
    return found


def _of_kind(ledger: Ledger, kind: ExportKind, but: int) -> Iterator[ExportStanding]:
    for one in ledger.exports.standings():
        if one.kind == kind and one.number != but and counts_as_given(one):
            yield one
