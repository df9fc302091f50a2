"""Which token stands for whom: persons, families and episodes, and the way back for the vault."""

from dataclasses import dataclass

import polars as pl

from pipelines.keys import Keys, Purpose


@dataclass(frozen=True)
class Tokens:
    """The way from the case system's references to tokens.

    `person`: `person` (of linkage), `token`, `record_key`; `family`: `family_ref, family, record_key`;
    `episode`: `episode_ref, episode, family_ref, family`; `person_ref`: `person_ref, person` (token).
    """

    person: pl.DataFrame
    family: pl.DataFrame
    episode: pl.DataFrame
    person_ref: pl.DataFrame

    def with_person_ref(self, frame: pl.DataFrame) -> pl.DataFrame:
        """`frame` with `person` (a token) for its `person_ref`; a row that names somebody unknown is left out."""
        known = frame.join(self.person_ref, on="person_ref", how="left")
        return known.filter(pl.col("person_ref").is_null() | pl.col("person").is_not_null())

    def references(self, members: pl.DataFrame) -> pl.DataFrame:
        """Which pseudonym is which of the case system's references: `kind, pseudonym, reference`."""
        pairs = [
            self.family.select(pl.lit("family").alias("kind"), "family", "family_ref"),
            members.join(self.person, on="person").select(
                pl.lit("person").alias("kind"), "token", "person_ref"
            ),
            self.episode.select(pl.lit("episode").alias("kind"), "episode", "episode_ref"),
        ]
        named = [pair.rename({pair.columns[1]: "pseudonym", pair.columns[2]: "reference"}) for pair in pairs]
        return pl.concat(named).unique().sort("kind", "pseudonym", "reference")


def make_tokens(episodes: pl.DataFrame, members: pl.DataFrame, keys: Keys) -> Tokens:
    """Tokens for the families worked with, their people and their episodes.

    A person's token is made over the smallest of the case system's numbers for the person, never over a name.
    """
    people = members.group_by("person").agg(pl.col("person_ref").min().alias("key"))
    person_tokens = keys.tokens(Purpose.PERSON, people["key"])
    person = (
        people.join(person_tokens, on="key")
        .join(keys.record_keys(Purpose.PERSON, people["key"]), on="key")
        .select("person", "token", "record_key")
    )
    references = episodes.select(key="family_ref").unique()
    family = (
        references.join(keys.tokens(Purpose.FAMILY, references["key"]), on="key")
        .join(keys.record_keys(Purpose.FAMILY, references["key"]), on="key")
        .select(family_ref="key", family="token", record_key="record_key")
    )
    episode_tokens = keys.tokens(Purpose.EPISODE, episodes["episode_ref"]).rename(
        {"key": "episode_ref", "token": "episode"}
    )
    episode = (
        episodes.select("episode_ref", "family_ref")
        .join(episode_tokens, on="episode_ref")
        .join(family.select("family_ref", "family"), on="family_ref")
    )
    person_ref = (
        members.select("person_ref", "person")
        .unique()
        .join(person.select("person", "token"), on="person")
        .select("person_ref", person="token")
        .unique()
    )
    return Tokens(person=person, family=family, episode=episode, person_ref=person_ref)
