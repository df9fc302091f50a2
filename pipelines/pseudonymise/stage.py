"""The stage: good records and their persons in; frames without identities out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.keys import Keys, Purpose
from pipelines.policy import Policy
from pipelines.pseudonymise.episodes import coarse_episodes, episode_members, rule_episodes
from pipelines.pseudonymise.events import activity, everybodys_events, exclude_strangers
from pipelines.pseudonymise.newest import COVERS_TO
from pipelines.pseudonymise.people import coarse_families, coarse_people, worked_with
from pipelines.pseudonymise.places import NamedPlaces, named_places
from pipelines.pseudonymise.tokens import Tokens, make_tokens
from pipelines.pseudonymise.visible import Visible, visible_memberships, visible_to_rules


@dataclass(frozen=True)
class Pseudonymous:
    """All that later stages may know.

    `rules`: the frames that outcome rules are evaluated over, with days (`outcomes.FRAMES`).
    `family`, `person`, `episode`, `activity`: tables of the release, as release.schema describes them.
    `places`: which places may be named.
    `references`: `kind`, `pseudonym`, `reference`: for the vault alone, never for a release.
    `matched`: `extract`, `rows`, `failures`: rows about people, and those who are in no family worked with.
    """

    rules: Mapping[str, pl.DataFrame]
    family: pl.DataFrame
    person: pl.DataFrame
    episode: pl.DataFrame
    activity: pl.DataFrame
    places: NamedPlaces
    references: pl.DataFrame
    matched: pl.DataFrame


def pseudonymise(
    seen: Visible,
    persons: pl.DataFrame,
    memberships: pl.DataFrame,
    files: pl.DataFrame,
    *,
    person_keys: pl.DataFrame,
    family_keys: pl.DataFrame,
    keys: Keys,
    policy: Policy,
    as_of: date,
    name_somebody: Callable[[Sequence[str]], set[str]],
) -> Pseudonymous:
    """Replace every identity by a keyed token or a coarse fact, or drop it.

    `seen`: contract to good rows, as far as the policy lets them through (visible.visible).
    `persons`: `contract, file, row, person` of every record about a person.
    `memberships`: `family_ref, person, role, from_date, to_date`. `files`: `extract, file, covers_from, covers_to`,
    a row a file. `person_keys` (`person, person_key`) and `family_keys` (`family_ref, family_key`) are the register's.
    `name_somebody`: which of some places are called like a person. People who are in no family worked with are left
    out (only the calendar of school terms keeps their rows, without a person).
    """
    good = {contract: _with_record(contract, frame, files) for contract, frame in seen.items()}
    memberships = visible_memberships(memberships, policy)
    episodes = worked_with(good["family_episode"], as_of)
    members = good["family_member"].join(
        persons.filter(pl.col("contract") == "family_member").select("file", "row", "person"),
        on=["file", "row"],
    )
    family_keys = _worked_with(family_keys, episodes)
    memberships = memberships.join(family_keys, on="family_ref", how="semi").filter(
        pl.col("from_date").is_null() | (pl.col("from_date") <= as_of)
    )
    members = members.filter(pl.col("person").is_in(memberships["person"].implode()))
    tokens = make_tokens(episodes, members, good["need"], person_keys, family_keys, keys)
    places = named_places(episodes.join(family_keys, on="family_ref"), policy.minimum_families, name_somebody)

    tokened = (
        memberships.select("family_ref", "person", "role", "from_date", "to_date")
        .join(tokens.person, on="person")
        .join(tokens.family, on="family_ref")
    )
    in_episodes = episode_members(episodes, tokened, members, tokens)
    events = everybodys_events(good, persons, tokens, keys)
    rules = {
        **{
            contract: visible_to_rules(contract, frame, policy)
            for contract, frame in exclude_strangers(events).items()
        },
        "episode": rule_episodes(visible_to_rules("family_episode", episodes, policy), tokens),
        "episode_member": in_episodes.select("episode", "person", "child_on_first_day"),
        "need": _needs(good["need"], tokens, keys),
        "progress": _progress(good["progress"], tokens),
        "unlinked_person": tokens.unlinked.to_frame(),
        "earlier_claim": good["earlier_claim"]
        .join(tokens.family, on="family_ref")
        .select("family", _framework_id(), "claimed_on"),
        "coverage": files.select("extract", "covers_from", COVERS_TO),
    }
    return Pseudonymous(
        rules=rules,
        family=coarse_families(episodes, tokened, tokens, places),
        person=coarse_people(episodes, tokened, members, tokens, policy),
        episode=coarse_episodes(episodes, in_episodes, tokens, places, policy),
        activity=activity(good, events, tokened, as_of),
        places=places,
        references=tokens.references(),
        matched=_matched(persons, tokens),
    )


def _worked_with(family_keys: pl.DataFrame, episodes: pl.DataFrame) -> pl.DataFrame:
    """The numbers of families that have an episode, under this number or another."""
    named = family_keys.join(episodes, on="family_ref", how="semi")
    return family_keys.join(named, on="family_key", how="semi")


def _with_record(contract: str, frame: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """`frame` with `record`: which row of which file it is, without the file's name; and `covers_to` of its file."""
    number = pl.col("file").rank("dense")
    mine = files.filter(pl.col("extract") == contract).select("file", COVERS_TO)
    dated = frame.join(mine, on="file", how="left", maintain_order="left")
    return dated.with_columns(pl.concat_str(pl.lit(contract), number, "row", separator=":").alias("record"))


def _framework_id() -> pl.Expr:
    """A framework as finance writes it ("Supporting Families 2022"), as the id it has here."""
    return pl.col("framework").str.to_lowercase().str.replace_all(r"[^a-z0-9]+", "-").str.strip_chars("-")


def _needs(needs: pl.DataFrame, tokens: Tokens, keys: Keys) -> pl.DataFrame:
    workers = keys.tokens(Purpose.WORKER, needs["identified_by"]).rename(
        {"key": "identified_by", "token": "worker"}
    )
    named = needs.join(tokens.episode, on="episode_ref").join(tokens.person_ref, on="person_ref", how="left")
    return named.join(workers, on="identified_by", how="left").select(
        "episode", "person", "need_code", "identified_on", pl.col("worker").alias("identified_by"), "record"
    )


def _progress(progress: pl.DataFrame, tokens: Tokens) -> pl.DataFrame:
    # A review of a person whom no need names can be about no need.
    named = progress.join(tokens.episode, on="episode_ref").join(
        tokens.person_ref, on="person_ref", how="left"
    )
    judged = named.drop_nulls(["need_code", "recorded_on", "state"])
    return judged.filter(pl.col("person_ref").is_null() | pl.col("person").is_not_null()).select(
        "episode",
        "person",
        "need_code",
        "recorded_on",
        "state",
        pl.col("evidence").fill_null(False).alias("has_reason"),
        "record",
    )


def _matched(persons: pl.DataFrame, tokens: Tokens) -> pl.DataFrame:
    known = persons.join(tokens.person, on="person", how="left")
    return (
        known.group_by(pl.col("contract").alias("extract"))
        .agg(
            pl.len().cast(pl.Int64).alias("rows"),
            pl.col("token").is_null().sum().cast(pl.Int64).alias("failures"),
        )
        .sort("extract")
    )
