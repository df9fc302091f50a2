"""The list of claimable episodes, by pseudonym: what a returns officer goes through before a claim."""

import polars as pl

from release.keys import read_key
from release.opening import open_protected
from release.places import Places


def claimable_episodes(places: Places, release: str) -> pl.DataFrame:
    """The claimable episodes of a release: `family, episode, framework, claim_date` (Date), `worth` (pounds),
    `rows_in_quarantine`: rows that name the episode and were left out; `pairs_in_review`: pairs of records that may be
    about one of its people, and wait for somebody's answer. Both are to be looked at before anything is claimed.

    Raises KeyFileError or ReleaseError where the protected file cannot be opened.
    """
    with open_protected(places, release, read_key(places.protected_key)) as connection:
        return connection.execute(
            "SELECT family, episode, framework, claim_date, worth, rows_in_quarantine, pairs_in_review "
            "FROM protected.claim WHERE state = 'claimable' ORDER BY claim_date, episode, framework"
        ).pl()
