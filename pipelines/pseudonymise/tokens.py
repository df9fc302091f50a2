"""Which token stands for whom: persons, families and episodes, and the way back for the vault."""

from dataclasses import dataclass, field

import polars as pl

from pipelines.keys import Keys, Purpose

_LASTING = pl.Schema({"pseudonym": pl.String, "key": pl.String})


@dataclass(frozen=True)
class Tokens:
    """The way from the case system's references to tokens.

    `person`: `person` (of linkage), `token`, `record_key`; `family`: `family_ref, family, record_key`, for every number
    that means a family worked with; `episode`: `episode_ref, episode, family_ref, family`; `person_ref`: `person_ref,
    person` (token). `unlinked`: tokens of people about whom silence says nothing: whom a need names and who are in no
    family worked with, as when their own row is in quarantine, and who have no date of birth, without which few
    records find them. `lasting`: `pseudonym, key`: the register's key of every person and family, which is published
    nowhere.
    """

    person: pl.DataFrame
    family: pl.DataFrame
    episode: pl.DataFrame
    person_ref: pl.DataFrame
    unlinked: pl.Series
    lasting: pl.DataFrame = field(default_factory=_LASTING.to_frame)

    def references(self) -> pl.DataFrame:
        """Which pseudonym is which of the case system's references: `kind, pseudonym, reference, key`. The key is the
        register's, null for an episode and for whom the register does not know."""
        pairs = [
            self.family.select(pl.lit("family").alias("kind"), "family", "family_ref"),
            self.person_ref.select(pl.lit("person").alias("kind"), "person", "person_ref"),
            self.episode.select(pl.lit("episode").alias("kind"), "episode", "episode_ref"),
        ]
        named = [pair.rename({pair.columns[1]: "pseudonym", pair.columns[2]: "reference"}) for pair in pairs]
        every = pl.concat(named).unique().join(self.lasting, on="pseudonym", how="left")
        return every.sort("kind", "pseudonym", "reference")


def pseudonyms(purpose: Purpose, register_keys: pl.Series, keys: Keys) -> pl.DataFrame:
    """What is published for keys of the register: `key, token`. They are other ones once the master key is rotated."""
    return keys.tokens(purpose, register_keys)


def make_tokens(
    episodes: pl.DataFrame,
    members: pl.DataFrame,
    needs: pl.DataFrame,
    person_keys: pl.DataFrame,
    family_keys: pl.DataFrame,
    keys: Keys,
) -> Tokens:
    """Tokens for the families worked with, their people and their episodes, and for whom else a need names.

    People and families have the keys of the register: `person_keys` (`person, person_key`), and `family_keys`
    (`family_ref, family_key`) of the families worked with; published are pseudonyms made over these. The random number
    of a record is made over the register's key itself, so it stays what it is when the master key is rotated. A need
    is never left out for want of a person: it would make a claim look complete.
    """
    people = members.select("person").unique().join(person_keys, on="person").rename({"person_key": "key"})
    person_named = pseudonyms(Purpose.PERSON_PSEUDONYM, people["key"], keys)
    person = (
        people.join(keys.record_keys(Purpose.PERSON, people["key"]), on="key")
        .join(person_named, on="key")
        .select("person", "token", "record_key")
    )
    references = family_keys.rename({"family_key": "key"})
    family_named = pseudonyms(Purpose.FAMILY_PSEUDONYM, references["key"], keys)
    family = (
        references.join(keys.record_keys(Purpose.FAMILY, references["key"]), on="key")
        .join(family_named, on="key")
        .select("family_ref", pl.col("token").alias("family"), "record_key")
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
    others = needs.join(person_ref, on="person_ref", how="anti")["person_ref"]
    unlinked = keys.tokens(Purpose.UNLINKED_PERSON, others).rename({"key": "person_ref", "token": "person"})
    undated = members.group_by("person").agg(pl.col("date_of_birth").is_null().all().alias("undated"))
    without_birth = person.join(undated.filter("undated"), on="person")["token"]
    return Tokens(
        person=person,
        family=family,
        episode=episode,
        person_ref=pl.concat([person_ref, unlinked]),
        unlinked=pl.concat([unlinked["person"], without_birth.rename("person")]),
        lasting=pl.concat([person_named, family_named])
        .select("key", pseudonym="token")
        .select(list(_LASTING)),
    )
