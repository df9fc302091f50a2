"""What a run says of columns that partners send and nobody needs, or of which nobody has decided."""

from collections.abc import Iterable, Iterator

from pipelines.contracts import CONTRACTS
from pipelines.decisions import NEEDLESS, UNDECIDED, Decisions, in_words
from pipelines.landing import Landed

_SAID = {
    UNDECIDED: "no decision in privacy.toml, so dropped",
    NEEDLESS: "sent, and used by nothing: better not asked for",
}


def needless(decisions: Decisions, landed: Iterable[Landed]) -> Iterator[str]:
    """One line for the columns received of which nobody has decided, and one for those that nothing uses."""
    sent = {(one.extract.contract, column) for one in landed for column in one.written}
    fates = {
        (name, column.name): in_words(decisions, name, column)
        for name, contract in CONTRACTS.items()
        for column in contract.columns
        if (name, column.name) in sent
    }
    for fate, words in _SAID.items():
        columns: dict[str, list[str]] = {}
        for (contract, column), found in fates.items():
            if found == fate:
                columns.setdefault(contract, []).append(column)
        if columns:
            named = "; ".join(f"{contract} ({', '.join(names)})" for contract, names in columns.items())
            yield f"{words}: {named}"
