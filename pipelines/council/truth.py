"""What is true, written beside the extracts: for tests and measurements, never read by the pipelines."""

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipelines.council.council import Council
from pipelines.council.dates import iso
from pipelines.council.judging import Claim, Judged
from pipelines.council.notes import Note
from pipelines.council.partner_rows import own_number
from pipelines.council.sheets import Sheet


def _table(path: Path, headings: str, rows: Iterable[Iterable[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(headings.split())
        writer.writerows(rows)


def write_people(folder: Path, council: Council) -> None:
    """persons.csv and families.csv. Numbers of one family have the same `true_family_id`."""
    services = service_numbers(council)
    _table(
        folder / "persons.csv",
        "true_person_id family_ref person_ref forename surname also_known_as maiden_name date_of_birth sex "
        "nhs_number upn nino pnc_id la_child_id address postcode service_numbers",
        (
            (
                person.true_id,
                "|".join(person.families),
                "|".join(person.refs),
                person.forename,
                person.surname,
                "|".join(person.known_as),
                person.maiden_name,
                iso(person.born),
                person.sex,
                person.nhs,
                person.upn,
                person.nino,
                person.pnc,
                person.child_id,
                person.home.address,
                person.home.postcode,
                "|".join(services.get(person.number, ())),
            )
            for person in council.registry.people
        ),
    )
    episodes: dict[str, list[str]] = {}
    for episode in council.episodes:
        episodes.setdefault(episode.family.ref, []).append(episode.ref)
    _table(
        folder / "families.csv",
        "family_ref true_person_ids episode_refs locality ward true_family_id",
        (
            (
                family.ref,
                "|".join(person.true_id for person in family.people()),
                "|".join(episodes.get(family.ref, ())),
                family.home.ward.locality,
                family.home.ward.name,
                family.true_ref,
            )
            for family in council.families
        ),
    )


def service_numbers(council: Council) -> dict[int, list[str]]:
    """Of each person, the numbers that services have of their own."""
    found: dict[int, list[str]] = {}
    for contract, spells in council.diary.services.items():
        for person in dict.fromkeys(spell.person for spell in spells if not spell.withdrawn):
            number = own_number(person, contract)
            if number:
                found.setdefault(person.number, []).append(number)
    return found


def write_exclusions(folder: Path, council: Council) -> None:
    """exclusions.csv: of every adopted child, the numbers before and after, as the list of exclusions takes them."""
    rows = []
    for before, after in council.adoptions:
        pairs = [("la_child_id", before.child_id, after.child_id), ("nhs_number", before.nhs, after.nhs)]
        pairs += [("person_ref", first, second) for first in before.refs[:1] for second in after.refs[:1]] + [
            ("upn", before.upn, after.upn)
        ]
        rows += [(kind, first, kind, second, "adoption") for kind, first, second in pairs if first and second]
    _table(folder / "exclusions.csv", "kind_a number_a kind_b number_b reason", rows)


def write_records(folder: Path, sheets: list[Sheet]) -> None:
    """records.csv: of every row about a person, who; and rows of other files where they are repeated."""
    _table(
        folder / "records.csv",
        "contract row true_person_id file mess",
        (
            (sheet.layout.contract, str(place), true_id, sheet.layout.file, mess)
            for sheet in sheets
            for place, (_, true_id, mess) in enumerate(sheet.rows, 1)
            if true_id or mess
        ),
    )
    _table(
        folder / "broken_rows.csv",
        "contract row what file",
        (
            (sheet.layout.contract, str(place), what, sheet.layout.file)
            for sheet in sheets
            for place, what in sheet.broken
        ),
    )


def write_states(
    folder: Path, council: Council, needs: Mapping[str, list[Judged]], claims: Mapping[str, Claim]
) -> None:
    """need_states.csv and claims.csv. A need that stands twice in an episode is there once."""
    _table(
        folder / "need_states.csv",
        "episode_ref person_ref need_code state achieved_on sustained_on",
        (
            (
                episode.ref,
                need.person.refs[0] if need.person else "",
                need.code,
                judged.state,
                iso(judged.achieved),
                iso(judged.sustained),
            )
            for episode in council.episodes
            for need, judged in zip(episode.needs, needs[episode.ref], strict=True)
        ),
    )
    _table(
        folder / "claims.csv",
        "family_ref episode_ref state claim_date",
        (
            (episode.family.ref, episode.ref, claims[episode.ref].state, iso(claims[episode.ref].day))
            for episode in council.episodes
        ),
    )


def write_notes(folder: Path, notes: Iterable[Note]) -> None:
    """note_spans.jsonl: where in each note an identity stands."""
    with (folder / "note_spans.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        for note in notes:
            line = {"note_ref": note.ref, "spans": note.spans, "survive": note.survive}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def write_identities(folder: Path, council: Council, notes: Iterable[Note]) -> None:
    """identities.txt: what must never leave the identified side, one a line; full names, no bare forenames."""
    found: set[str] = set()
    for person in council.registry.people:
        found.update((person.nhs, person.upn, person.nino, person.pnc))
        found.update((person.phone, person.email, person.home.postcode))
        found.add(person.home.address.rsplit(", ", 1)[0])
        if person.forename and person.born:
            found.add(f"{person.forename} {person.surname}")
    for numbers in service_numbers(council).values():
        found.update(numbers)
    if council.corrections:
        people = {person.number: person for person in council.registry.people}
        for number, (surname, home) in council.corrections.changes.items():
            found.update((home.postcode, home.address.rsplit(", ", 1)[0]))
            if people[number].forename:
                found.add(f"{people[number].forename} {surname}")
    for worker in council.workers:
        found.update((worker.name, worker.email))
    for note in notes:
        for span in note.spans:
            if span["type"] not in {"SCHOOL", "SURGERY", "DATE_OF_BIRTH", "PERSON"} or span["form"] == "full":
                found.add(str(span["text"]))
    found.discard("")
    (folder / "identities.txt").write_text("\n".join(sorted(found)) + "\n", encoding="utf-8", newline="\n")
