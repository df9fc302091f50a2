"""What returns told, or may yet tell: what the joint audit holds everything new against."""

from custody.released.proposed import Released
from custody.returns.proposals import proposed_of
from custody.returns.source import open_source
from ledger import Ledger, ReturnState
from release.errors import UserError
from release.places import Places
from release.return_content import read_content


def released_before(places: Places, ledger: Ledger, *, without: int = 0) -> list[Released]:
    """Every version of a return that left or may leave, but for the version `without`.

    A version that waits for its signatures is among them: two that wait side by side would else never see one another.
    So is one that was withdrawn after it was signed: until then all who see returns could fetch it.
    """
    standings = [
        one
        for one in ledger.returns.standings()
        if one.number != without
        and (one.state is not ReturnState.WITHDRAWN or len(one.signatures) >= one.signatures_needed)
    ]
    found = []
    for release in dict.fromkeys(one.release for one in standings):
        mine = [one for one in standings if one.release == release]
        contents = {one.number: read_content(ledger.returns.content(one.number)) for one in mine}
        try:
            with open_source(places, release) as source:
                told = {number: tuple(proposed_of(source, content)) for number, content in contents.items()}
        except UserError:
            # Its release is gone: the audit says itself which releases nothing could be held against.
            told = dict.fromkeys(contents, ())
        found += [Released(f"return {number}", release, tables) for number, tables in told.items()]
    return found
