"""One run: extracts in, a release out."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from disclosure import Profile
from ledger import Event, Ledger, open_ledger
from outcomes import Framework, read_framework
from pipelines.checking import Checked, check
from pipelines.extracts import ExtractList, read_extract_list
from pipelines.keys import Keys, check_same_keys, make_keys, open_keys
from pipelines.landing import Landed, land
from pipelines.leaks import Identities, IdentityCollector, Searcher
from pipelines.linkage import families, identified_records, link
from pipelines.policy import Policy, read_policy
from pipelines.pseudonymise import Pseudonymous, pseudonymise
from pipelines.publication import publish, sweep
from pipelines.running import vault
from pipelines.running.content import gather
from pipelines.running.evaluation import evaluate_tables, quarantined_by_episode
from pipelines.running.journal import Journal, Tell
from pipelines.running.lock import only_run
from pipelines.running.profiles import read_profile
from release.catalogue import Catalogue, read_catalogue
from release.errors import SettingsError, UserError
from release.places import Places
from release.pointer import next_name, releases

FRAMEWORK = "supporting-families-2022"
_ACTOR, _ROLE = "data team", "pipelines"


@dataclass(frozen=True)
class Outcome:
    """What a run did: the release it published, its log, and counts and timings for whoever watches.

    `rows`: `contract, received, good, quarantined`. `notes`: what was odd about the files, by contract. `seconds` and
    `mebibytes` (highest resident memory) by stage.
    """

    release: str
    log: Path
    rows: pl.DataFrame
    notes: tuple[str, ...]
    episodes: int
    claimable: int
    seconds: dict[str, float]
    mebibytes: dict[str, float]


def run(
    extracts: Path, places: Places, *, framework: str = FRAMEWORK, tell: Tell = lambda _name, _words: None
) -> Outcome:
    """Run all six stages over a folder of extracts, and publish.

    Raises a UserError where the extracts, the settings, a key or the data folder will not do, or a check refuses the
    release. The release before stays current, and nothing half-written is left.
    """
    log = places.logs / f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.jsonl"
    with (
        only_run(places),
        closing(open_ledger(places.ledger)) as ledger,
        closing(Journal(log, tell)) as journal,
    ):
        try:
            published = _published(places, ledger)
            sweep(places)
            vault.sweep(places, published)
            made = make_keys(places, published)
            if made:
                ledger.record(Event.KEYS_MADE, actor=_ACTOR, role=_ROLE, detail={"keys": made})
            ledger.record(Event.RUN_STARTED, actor=_ACTOR, role=_ROLE)
            return _run(extracts, places, framework, journal, ledger, published)
        except UserError as error:
            journal.note(refused=type(error).__name__)
            ledger.record(Event.RUN_REFUSED, actor=_ACTOR, role=_ROLE, detail={"error": type(error).__name__})
            raise


def _published(places: Places, ledger: Ledger) -> set[str]:
    """All releases ever published. One that is there and that the log lacks, its run having died between the two, is
    written down now."""
    for name in set(releases(places)) - ledger.published():
        ledger.record(
            Event.RELEASE_PUBLISHED, actor=_ACTOR, role=_ROLE, subject=name, detail={"recorded": "late"}
        )
    return ledger.published()


def _run(
    folder: Path, places: Places, framework_id: str, journal: Journal, ledger: Ledger, published: set[str]
) -> Outcome:
    settings = _read_settings(places, framework_id)
    listed = read_extract_list(folder)
    keys = open_keys(places)
    check_same_keys(keys, places)
    name = next_name(places, listed.as_of.isoformat(), published)
    with journal.stage("land", f"reading {len(listed.extracts)} extracts"):
        landed, identities, inputs = _land(listed, keys, journal)
    with journal.stage("check", "holding every row against its contract"):
        checked = check(landed)
        rows = _rows(landed, checked)
        journal.note(rows=rows.to_dicts())
        vault.keep_quarantine(places, name, landed, checked.quarantined)
        doubtful = quarantined_by_episode(landed, checked.quarantined)
        notes = tuple(f"{one.extract.contract}: {note}" for one in landed for note in one.notes)
        del landed  # what partners wrote is needed no longer
        if listed.payment == "by_results" and checked.good["earlier_claim"].is_empty():
            notes += ("no earlier claims were received: families that were claimed for before are not known",)
    with journal.stage("link", "finding out who is who"):
        records = identified_records(checked.good)
        persons = records.select("record_id", "contract", "file", "row").join(link(records), on="record_id")
        vault.keep_links(places, name, persons.select("contract", "file", "row", "person"))
        memberships = families(checked.good["family_member"], persons)
        del records
    with journal.stage("pseudonymise", "replacing every identity"):
        searched = identities.collect()
        del identities
        pseudonymous = pseudonymise(
            checked.good,
            persons,
            memberships,
            _files(listed),
            keys=keys,
            policy=settings.policy,
            as_of=listed.as_of,
            name_somebody=searched.name_somebody,
        )
        if pseudonymous.places.like_people:
            notes += (
                f"{pseudonymous.places.like_people} places are called like somebody, and shown as other",
            )
        quality = checked.data_quality
        # From here on no identity is within reach, but for the check at the end.
        del checked, persons, memberships
    with journal.stage("evaluate", "evaluating needs and claims"):
        tables = evaluate_tables(
            pseudonymous, settings.framework, doubtful, payment=listed.payment, as_of=listed.as_of, keys=keys
        )
    with journal.stage("publish", "working out safe answers, checking, publishing"):
        vault.keep_references(places, name, pseudonymous.references)
        _publish(
            settings, listed, pseudonymous, tables, quality, inputs, searched, places, keys, name, journal
        )
    ledger.record(Event.RELEASE_PUBLISHED, actor=_ACTOR, role=_ROLE, subject=name)
    return Outcome(
        release=name,
        log=journal.file,
        rows=rows,
        notes=notes,
        episodes=tables["claim"].height,
        claimable=tables["claim"].filter(pl.col("state") == "claimable").height,
        seconds=journal.seconds,
        mebibytes=journal.mebibytes,
    )


@dataclass(frozen=True)
class _Settings:
    framework: Framework
    policy: Policy
    profile: Profile
    catalogue: Catalogue


def _read_settings(places: Places, framework: str) -> _Settings:
    """The files that the council edits, all read before a row is: a mistake in one should not cost an hour."""
    if not framework.replace("-", "").isalnum():
        raise SettingsError(
            "A framework is named by letters, digits and dashes, like supporting-families-2022."
        )
    return _Settings(
        framework=read_framework(places.setting(f"frameworks/{framework}.toml")),
        policy=read_policy(places.setting("privacy.toml")),
        profile=read_profile(places.setting("disclosure.toml"), "dashboard"),
        catalogue=read_catalogue(places.setting("catalogue.toml")),
    )


def _land(
    listed: ExtractList, keys: Keys, journal: Journal
) -> tuple[list[Landed], IdentityCollector, pl.DataFrame]:
    landed, inputs = [], []
    identities = IdentityCollector()
    for extract in listed.extracts:
        one = land(extract)
        identities.add(one)
        landed.append(one)
        inputs.append((extract.contract, keys.digest(extract.file.read_bytes())))
        journal.note(landed=extract.contract, rows=one.frame.height)
    frame = pl.DataFrame(inputs, schema={"contract": pl.String, "digest": pl.String}, orient="row")
    return landed, identities, frame.sort("contract", "digest")


def _rows(landed: Iterable[Landed], checked: Checked) -> pl.DataFrame:
    received = pl.DataFrame(
        [(one.extract.contract, one.frame.height) for one in landed],
        schema={"contract": pl.String, "received": pl.Int64},
        orient="row",
    )
    good = pl.DataFrame(
        [(name, frame.height) for name, frame in checked.good.items()],
        schema={"contract": pl.String, "good": pl.Int64},
        orient="row",
    )
    summed = received.group_by("contract", maintain_order=True).agg(pl.col("received").sum())
    return summed.join(good, on="contract", how="left", maintain_order="left").with_columns(
        quarantined=pl.col("received") - pl.col("good")
    )


def _files(listed: ExtractList) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (extract.contract, extract.label, extract.covers_from, extract.covers_to)
            for extract in listed.extracts
        ],
        schema={"extract": pl.String, "file": pl.String, "covers_from": pl.Date, "covers_to": pl.Date},
        orient="row",
    )


def _publish(
    settings: _Settings,
    listed: ExtractList,
    pseudonymous: Pseudonymous,
    tables: dict[str, pl.DataFrame],
    quality: pl.DataFrame,
    inputs: pl.DataFrame,
    identities: Identities,
    places: Places,
    keys: Keys,
    name: str,
    journal: Journal,
) -> None:
    content = gather(
        pseudonymous,
        tables,
        quality,
        inputs,
        framework=settings.framework,
        policy=settings.policy,
        profile=settings.profile,
        catalogue=settings.catalogue,
        listed=listed,
        fingerprints=keys.fingerprints,
    )
    searcher = Searcher(identities, content.own_words, content.named_places)
    publish(content, searcher, places, keys, name=name, log=journal.file)
