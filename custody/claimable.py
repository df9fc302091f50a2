"""The list of claimable episodes, by pseudonym: what a returns officer goes through before a claim."""

from typing import Final

from custody.answers import Answer, table
from custody.finding import open_release
from ledger import Ledger, Request
from release.places import Places

_COLUMNS: Final = (
    "family",
    "episode",
    "person",
    "framework",
    "kind",
    "claim_date",
    "worth",
    "rows_in_quarantine",
    "pairs_in_review",
    "poor_match",
)


def claimable_episodes(places: Places, _ledger: Ledger, request: Request) -> Answer:
    """The claimable claims of the request's release, with the day and the pounds of each.

    `rows_in_quarantine`: rows that name the episode and were left out; `pairs_in_review`: pairs of records that may be
    about one of its people, and wait for somebody's answer; `poor_match`: it rests on an extract of which few records
    find their people. All three are to be looked at before anything is claimed.

    Raises KeyFileError or ReleaseError where the protected file cannot be opened.
    """
    with open_release(places, request.release) as release:
        rows = release.rows(
            f"SELECT {', '.join(_COLUMNS)} FROM protected.claim "  # noqa: S608  names of ours
            "WHERE state = 'claimable' ORDER BY claim_date, episode, framework, kind, person"
        )
    return Answer({".csv": table(_COLUMNS, rows.iter_rows())}, f"{rows.height} rows")
