"""One run: extracts in, a release out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from ledger import Event, Ledger, open_ledger
from pipelines.checking import Checked, check
from pipelines.extracts import Extract, ExtractList, read_extract_list
from pipelines.families.keeping import sweep_edges
from pipelines.keys import Keys, check_same_keys, make_keys, open_keys
from pipelines.landing import Landed, land, shape
from pipelines.leaks import IdentityCollector, Searcher
from pipelines.linkage.given import read_given
from pipelines.notes.model import Model, find_model
from pipelines.numbering import Numbering
from pipelines.pseudonymise import pseudonymise, visible
from pipelines.pseudonymise.possible import nobody_possible, possible_families
from pipelines.publication import publish, sweep
from pipelines.quality.linkage import poorly_matched
from pipelines.register import DIGEST, open_register, register_begun, settle
from pipelines.rotation import check_lineage, finish_rotation
from pipelines.running import reports, vault
from pipelines.running.collecting import needless
from pipelines.running.content import gather
from pipelines.running.evaluation import evaluate_all, quarantined_by_episode
from pipelines.running.frameworks import FrameworkFile, payments
from pipelines.running.journal import Journal, Tell
from pipelines.running.linking import Found, find_who_is_who
from pipelines.running.lock import only_run
from pipelines.running.measures import quality_counts
from pipelines.running.notes import (
    Notes,
    broken_rows,
    no_notes,
    note_tables,
    overdue,
    read_notes,
    texts_to_read,
    without_leaks,
)
from pipelines.running.remembering import compared_with, remembered
from pipelines.running.replay import replay_tables
from pipelines.running.settings import Settings, read_settings
from pipelines.running.slots import live_claims
from pipelines.running.standing import evidence_by_slot
from pipelines.shapes import Shape, compare
from release.errors import UserError
from release.places import Places
from release.pointer import next_name, releases

# What a manifest says of the links: found by linkage, or given (run --links).
_FOUND, _GIVEN = "found", "given"
_ACTOR, _ROLE = "data team", "pipelines"


@dataclass(frozen=True)
class Outcome:
    """What a run did: the release it published, its log, its data-quality report, and counts and timings for whoever
    watches.

    `rows`: `contract, received, good, quarantined`. `notes`: what was odd about the files, by contract. `seconds` and
    `mebibytes` (highest resident memory) by stage.
    """

    release: str
    log: Path
    report: Path
    rows: pl.DataFrame
    notes: tuple[str, ...]
    episodes: int
    claimable: int
    seconds: dict[str, float]
    mebibytes: dict[str, float]


def run(
    extracts: Path,
    places: Places,
    *,
    frameworks: Sequence[str] = (),
    links: Path | None = None,
    tell: Tell = lambda _name, _words: None,
) -> Outcome:
    """Run all stages over a folder of extracts, and publish.

    `frameworks`: the ids of those to evaluate, the primary one first; none: those that are active. `links`: a file of
    links to go by, instead of finding them: for a test.

    Raises a UserError where the extracts, the settings, a key or the data folder will not do, or a check refuses the
    release. The release before stays current, and nothing half-written is left.
    """
    log = places.logs / f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.jsonl"
    published: set[str] | None = None
    with (
        only_run(places),
        closing(open_ledger(places.ledger)) as ledger,
        closing(Journal(log, tell)) as journal,
    ):
        try:
            finish_rotation(places, ledger)
            published = _published(places, ledger)
            sweep(places)
            vault.sweep(places, published)
            reports.sweep(places, published)
            sweep_edges(places, published)
            settle(places, published)
            made = make_keys(places, published)
            if made:
                ledger.record(Event.KEYS_MADE, actor=_ACTOR, role=_ROLE, detail={"keys": made})
            ledger.record(Event.RUN_STARTED, actor=_ACTOR, role=_ROLE)
            return _run(extracts, places, frameworks, links, journal, ledger, published)
        except UserError as error:
            journal.note(refused=type(error).__name__)
            ledger.record(Event.RUN_REFUSED, actor=_ACTOR, role=_ROLE, detail={"error": type(error).__name__})
            left = reports.of_refused(places, published) if published is not None else None
            if left:
                error.add_note(f"What was found in the extracts is told in {left}")
            raise
        finally:
            settle(places, releases(places))


def _published(places: Places, ledger: Ledger) -> set[str]:
    """All releases ever published. One that is there and that the log lacks, its run having died between the two, is
    written down now."""
    for name in set(releases(places)) - ledger.published():
        ledger.record(
            Event.RELEASE_PUBLISHED, actor=_ACTOR, role=_ROLE, subject=name, detail={"recorded": "late"}
        )
    return ledger.published()


def _run(
    folder: Path,
    places: Places,
    frameworks: Sequence[str],
    links: Path | None,
    journal: Journal,
    ledger: Ledger,
    published: set[str],
) -> Outcome:
    settings = read_settings(places, frameworks)
    given = read_given(links) if links is not None else None
    language = find_model()
    listed = read_extract_list(folder)
    keys = open_keys(places)
    check_lineage(keys, ledger)
    check_same_keys(keys, places)
    opened = open_register(places, keys, published, begun=register_begun(ledger))
    name = next_name(places, listed.as_of.isoformat(), published)
    with journal.stage("land", f"reading {len(listed.extracts)} extracts"):
        shapes = vault.read_shapes(places)
        landed, identities, inputs, received = _land(listed, keys, settings.numbering, shapes, journal)
    with journal.stage("check", "holding every row against its contract"):
        checked = check(landed, settings.numbering)
        rows = _rows(landed, checked)
        journal.note(rows=rows.to_dicts())
        vault.keep_quarantine(places, name, landed, checked.quarantined)
        doubtful = quarantined_by_episode(landed, checked.quarantined)
        texts = texts_to_read(checked, settings.policy, listed.as_of)
        broken = broken_rows(landed, checked.quarantined) if texts.height else {}
        notes = (
            *_notes(landed, shapes),
            *needless(settings.policy.columns, landed),
            *_not_checked(settings.files),
        )
        shapes = [shape(one) for one in landed]
        before = reports.earlier(places, published, received)
        reporter = reports.reporter(places, name, listed, settings.frameworks, before, checked)
        reporter.write(checked.data_quality)
        del landed  # what partners wrote is needed no longer
        if listed.payment == "by_results" and checked.good["earlier_claim"].is_empty():
            notes += ("no earlier claims were received: families that were claimed for before are not known",)
    files = _files(listed)
    with journal.stage("link", "finding out who is who"):
        found = find_who_is_who(checked, listed, files, opened, places, keys, settings, ledger, name, given)
        notes += found.notes
        if given is not None:
            journal.note(links=_GIVEN)
        if opened.file is None:
            ledger.record(Event.REGISTER_BEGUN, actor=_ACTOR, role=_ROLE)
        del opened
    read = _read_notes(texts, checked, broken, found, keys, settings, language, listed, places, name, journal)
    notes += (*read.words, *overdue(places, listed.as_of))
    del texts, broken
    with journal.stage("pseudonymise", "replacing every identity"):
        searched = identities.collect()
        del identities
        seen = visible(checked.good, settings.policy)
        pseudonymous = pseudonymise(
            seen,
            found.persons,
            found.memberships,
            files,
            person_keys=found.person_keys,
            family_keys=found.family_keys,
            keys=keys,
            policy=settings.policy,
            as_of=listed.as_of,
            name_somebody=searched.name_somebody,
        )
        possible = (
            possible_families(
                seen,
                found.persons,
                found.households,
                files,
                settings.signs,
                settings.frameworks,
                keys=keys,
                policy=settings.policy,
                as_of=listed.as_of,
            )
            if found.households is not None
            else nobody_possible()
        )
        if possible.unseen:
            notes += (
                f"signs of needs in {', '.join(possible.unseen)} may be missed: privacy.toml keeps back what they rest "
                "on",
            )
        if pseudonymous.places.like_people:
            notes += (
                f"{pseudonymous.places.like_people} places are called like somebody, and shown as other",
            )
        counts = quality_counts(checked.data_quality, pseudonymous.matched, read.counts)
        of_notes = note_tables(read, pseudonymous)
        note_facts = read.facts
        # From here on no identity is within reach, but for the check at the end.
        measured, model, undecided, merged = found.measured, found.model, found.undecided, found.merged
        register_digest = found.register_digest
        del checked, found, read, seen
    with journal.stage("evaluate", "evaluating needs and claims"):
        # What the ledger says of claims from here on is the next release's affair.
        live = live_claims(ledger.claims.live().values())
        anchor = ledger.anchor()
        evaluated = evaluate_all(
            pseudonymous,
            settings.frameworks,
            settings.funds,
            doubtful,
            undecided,
            paid=payments(settings.frameworks, listed.payment),
            as_of=listed.as_of,
            keys=keys,
            live=live,
            merged=merged,
            poor=poorly_matched(measured, settings.linkage.poor_match_rate),
        )
        replayed = replay_tables(
            pseudonymous.rules,
            evaluated.earlier_claim,
            evaluated.claim,
            settings.files,
            keys,
            listed.as_of,
        )
    with journal.stage("publish", "working out safe answers, checking, publishing"):
        vault.keep_references(places, name, pseudonymous.references)
        reports.keep_counts(places, name, counts, received)
        report = reporter.write(counts)
        kept, words = remembered(places, keys)
        compared = compared_with(places, reports.of_other_extracts(places, published, received), kept, keys)
        notes += words
        journal.note(kept=kept is not None)
        content = gather(
            pseudonymous,
            {
                **evaluated.tables,
                **replayed,
                "possible_family": possible.table,
                "possible_headline": possible.by_headline,
                **of_notes,
            },
            counts,
            measured,
            inputs,
            themes=settings.themes,
            note_facts=note_facts,
            earlier=before,
            remembered=kept,
            before=compared,
            poor_match_rate=settings.linkage.poor_match_rate,
            files=settings.files,
            policy=settings.policy,
            profiles=settings.profiles,
            limits=settings.limits,
            catalogue=settings.catalogue,
            listed=listed,
            fingerprints={**keys.fingerprints, DIGEST: register_digest},
            made_with={"ledger_head": str(anchor), "links": _FOUND if given is None else _GIVEN},
            model=model,
        )
        notes += content.notes
        lists = content.lists
        searcher = Searcher(searched, lists.own_words, lists.named_places, lists.authority)
        content, unsafe = without_leaks(content, searcher)
        if unsafe:
            notes += (
                f"{unsafe} redacted texts were destroyed: the checks before publication found something in them",
            )
        publish(content, searcher, places, keys, name=name, log=journal.file)
        vault.keep_shapes(places, shapes)
    ledger.record(
        Event.RELEASE_PUBLISHED,
        actor=_ACTOR,
        role=_ROLE,
        subject=name,
        detail={} if given is None else {"links": _GIVEN},
    )
    changed = ledger.claims.compare_evidence(
        evidence_by_slot(evaluated.claim),
        frameworks=[one.id for one in settings.frameworks],
        by=_ACTOR,
        role=_ROLE,
        release=name,
    )
    if changed:
        notes += (
            f"the evidence of {len(changed)} claims in the ledger has changed: the page of their window names them",
        )
    return Outcome(
        release=name,
        log=journal.file,
        report=report,
        rows=rows,
        notes=notes,
        episodes=evaluated.claim["episode"].n_unique(),
        claimable=evaluated.claim.filter(
            pl.col("framework") == settings.frameworks[0].id, pl.col("state") == "claimable"
        ).height,
        seconds=journal.seconds,
        mebibytes=journal.mebibytes,
    )


def _read_notes(
    texts: pl.DataFrame,
    checked: Checked,
    broken: Mapping[str, pl.DataFrame],
    found: Found,
    keys: Keys,
    settings: Settings,
    language: Model,
    listed: ExtractList,
    places: Places,
    name: str,
    journal: Journal,
) -> Notes:
    """The stage `notes`, which is none where there is nothing to read."""
    policy = settings.policy.notes
    if texts.is_empty():
        return no_notes(policy, settings.themes, listed.as_of)
    with journal.stage("notes", f"reading {texts.height} notes and other texts, and taking identities out"):
        read = read_notes(
            texts, checked, broken, found, keys, policy, settings.themes, language, listed.as_of
        )
        vault.keep_note_spans(places, name, read.spans)
        journal.note(texts=texts.height, destroyed=read.destroyed, spans=dict(read.kinds))
    return read


def _land(
    listed: ExtractList, keys: Keys, numbering: Numbering, shapes: Sequence[Shape], journal: Journal
) -> tuple[list[Landed], IdentityCollector, pl.DataFrame, pl.DataFrame]:
    """The extracts, what is searched for, and twice `contract, digest` of every file: as the release names it, and as
    the vault knows it again when keys were rotated."""
    landed, inputs, received = [], [], []
    identities = IdentityCollector()
    for extract in listed.extracts:
        one = land(extract, numbering, _before(extract, shapes))
        identities.add(one)
        landed.append(one)
        content = extract.file.read_bytes()
        inputs.append((extract.contract, keys.digest(content)))
        received.append((extract.contract, keys.lasting_digest(content)))
        journal.note(landed=extract.contract, rows=one.frame.height)
    return landed, identities, _digests(inputs), _digests(received)


def _digests(rows: list[tuple[str, str]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema={"contract": pl.String, "digest": pl.String}, orient="row")
    return frame.sort("contract", "digest")


def _before(extract: Extract, shapes: Iterable[Shape]) -> Shape | None:
    """Which headings that partner's file had in the run before."""
    of_partner = (one for one in shapes if (one.contract, one.partner) == (extract.contract, extract.partner))
    return next(of_partner, None)


def _notes(landed: Iterable[Landed], shapes: Sequence[Shape]) -> Iterator[str]:
    """What was odd about each file, and what is different since the run before."""
    for one in landed:
        before = _before(one.extract, shapes)
        for note in (*one.notes, *(compare(shape(one), before) if before else ())):
            yield f"{one.extract.contract}: {note}"


def _not_checked(files: Iterable[FrameworkFile]) -> Iterator[str]:
    for one in files:
        if not one.checked:
            yield (
                f"{one.framework.id}.toml is not active, or was changed since it was activated: nothing can be "
                "entered into a window from this release under it"
            )


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
