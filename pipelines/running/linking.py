"""The stage `link` of a run: who is who, which family is theirs, and which keys they keep."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from ledger import Ledger
from pipelines.checking import Checked
from pipelines.extracts import ExtractList
from pipelines.families import Families, families
from pipelines.families.households import households
from pipelines.families.keeping import keep_edges
from pipelines.keys import Keys
from pipelines.linkage import Linked, identified_records, link_all
from pipelines.linkage.given import link_given
from pipelines.pseudonymise import linkable, visible
from pipelines.quality.linkage import measure_linkage, people_worked_with
from pipelines.register import Opened, describe, keep_keys, prepare
from pipelines.register.book import presently
from pipelines.register.keep import Kept
from pipelines.review import Standing, ask_what_is_open, kept_by, standing_decisions, whom_it_matters
from pipelines.running import vault
from pipelines.running.settings import Settings
from release.places import Places


@dataclass(frozen=True)
class Found:
    """Who is who in this run.

    `persons`: `record_id, contract, file, row, person, how` of every identified record. `undecided`: `pair, person_key`
    of pairs of records that wait for clerical review. `memberships`: who belongs to
    which family, from when to when. `person_keys`, `family_keys`: the keys that last. `register_digest`: names the
    register that comes into force with the release. `measured`: how far records found their people. `model`: what
    likely pairs were weighed by. `households`: of people in no family worked with (columns of HOUSEHOLDS); None where
    the policy does not want them looked for. `merged`: `key, present`: keys of the register that were found to be
    another's. `notes`: what was odd, in plain words.
    """

    persons: pl.DataFrame
    memberships: pl.DataFrame
    person_keys: pl.DataFrame
    family_keys: pl.DataFrame
    undecided: pl.DataFrame
    register_digest: str
    measured: pl.DataFrame
    model: dict[str, object]
    households: pl.DataFrame | None
    merged: pl.DataFrame
    notes: tuple[str, ...]


def find_who_is_who(
    checked: Checked,
    listed: ExtractList,
    files: pl.DataFrame,
    opened: Opened,
    places: Places,
    keys: Keys,
    settings: Settings,
    ledger: Ledger,
    name: str,
    given: pl.DataFrame | None = None,
) -> Found:
    """Link the good rows, build families, give everybody the key they had, and keep in the vault what says why.

    `files`: `extract, file, covers_from, covers_to`. `opened`: the register of keys. `name`: the release to be.
    `given`: links to go by instead (columns of linkage.given.GIVEN); what people judged does not count then.
    """
    good = linkable(checked.good, settings.policy)
    records = identified_records(good, senders(listed))
    described = describe(records, keys)
    known = described.facets()
    standing = standing_decisions(places, records, known, keys, kept=kept_by(ledger.entries()))
    linked, persons, found = link_and_gather(good, records, settings, standing, given)
    of_record = linked.persons.select("record_id", "person")
    kept = keep_keys(
        described,
        of_record,
        found.memberships,
        found.family_of_ref,
        opened.register,
        keys,
        name,
        helped=good["family_episode"]["family_ref"],
        claimed=good["earlier_claim"]["family_ref"],
    )
    links = persons.join(kept.person, on="person")
    vault.keep_links(places, name, links.select("contract", "file", "row", "person", "person_key", "how"))
    keep_edges(places, name, found.edges)
    first = whom_it_matters(good["family_episode"], good["earlier_claim"], found.memberships)
    asked = ask_what_is_open(
        places, name, linked.reviews, records, known, of_record, standing, keys, first=first
    )
    worked = people_worked_with(
        visible(good, settings.policy),
        persons,
        found.memberships,
        files,
        policy=settings.policy,
        as_of=listed.as_of,
    )
    return Found(
        persons=persons,
        memberships=found.memberships,
        person_keys=kept.person,
        family_keys=kept.family,
        undecided=_undecided(linked.reviews, links),
        # It comes into force when the release is out.
        register_digest=prepare(places, opened, kept, keys),
        measured=measure_linkage(
            records,
            persons,
            worked,
            reviews=linked.reviews,
            # What is given can be held against nothing.
            blind=linked.blind if given is None else None,
        ),
        model=linked.model.to_dict(),
        households=(
            households(
                records,
                persons,
                good["family_member"],
                good["relationship"],
                worked["person"],
                kept.person,
                largest=settings.linkage.largest_family,
                as_of=listed.as_of,
            )
            if settings.policy.counts_possible_families
            else None
        ),
        merged=_merged(kept),
        notes=(*standing.warnings, *linked.warnings, *found.warnings, *asked),
    )


def link_and_gather(
    good: Mapping[str, pl.DataFrame],
    records: pl.DataFrame,
    settings: Settings,
    standing: Standing | None = None,
    given: pl.DataFrame | None = None,
) -> tuple[Linked, pl.DataFrame, Families]:
    """What linkage says of `records`, the columns `persons` of Found, and the families that they make up.

    `good`: what finding people may see (pseudonymise.linkable), by contract. `standing`: what people have judged.
    `given`: the links to go by (columns of linkage.given.GIVEN), where they are not to be found.
    """
    linked = (
        link_given(records, given)
        if given is not None
        else link_all(
            records,
            apart=standing.apart if standing else None,
            together=standing.together if standing else None,
            model=settings.model,
            settings=settings.linkage,
        )
    )
    persons = records.select("record_id", "contract", "file", "row").join(linked.persons, on="record_id")
    found = families(
        good["family_member"],
        good["relationship"],
        records,
        linked.persons.select("record_id", "person"),
        largest=settings.linkage.largest_family,
    )
    return linked, persons, found


def senders(listed: ExtractList) -> dict[str, dict[str, str]]:
    """For every contract that several partners send: which file is from whom."""
    found: dict[str, dict[str, str]] = {}
    for extract in listed.extracts:
        found.setdefault(extract.contract, {})[extract.label] = extract.partner
    return {contract: files for contract, files in found.items() if len(set(files.values())) > 1}


def _merged(kept: Kept) -> pl.DataFrame:
    """Keys of families and people that lead to another today: `key, present`."""
    books = (kept.register.families, kept.register.people)
    leads = pl.concat([presently(book.keys) for book in books])
    return leads.filter(pl.col("key") != pl.col("present"))


def _undecided(reviews: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """`pair, person_key`: the persons on both sides of each pair that waits for an answer."""
    sides = reviews.with_row_index("pair").unpivot(
        ["record_id_a", "record_id_b"], index="pair", value_name="record_id"
    )
    return sides.join(links.select("record_id", "person_key"), on="record_id").select("pair", "person_key")
