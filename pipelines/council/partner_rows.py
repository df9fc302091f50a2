"""The rows of partners' files: each writes people down in its own way, and none knows the council's numbers."""

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Final, TypeVar

from pipelines.council.attendance import Attended
from pipelines.council.council import Council
from pipelines.council.dates import british, iso, with_month_name
from pipelines.council.identifiers import MILLION
from pipelines.council.mess import Written, cleanly, spoil, without_diacritics
from pipelines.council.people import Person
from pipelines.council.sheets import Cell, Row, words_of

Found = TypeVar("Found")
Covered = Callable[[str, date], bool]
EXCEL_EPOCH: Final = date(1899, 12, 30)
NUMBERS: Final = tuple(str(number) for number in range(400))


def _written(
    council: Council, draw: random.Random, person: Person, contract: str, windows: bool = False
) -> Written:
    """The person as this partner has them; `windows`: in a file that holds only the letters of Windows-1252."""
    written = spoil(draw, cleanly(person), person, contract)
    if council.corrections:
        council.corrections.correct(written, person)
    if windows:
        for part in ("forename", "surname"):
            name = getattr(written, part)
            if not name.isascii() and not _fits_windows(name):
                setattr(written, part, without_diacritics(name))
                if "no_diacritics" not in written.mess:
                    written.mess.append("no_diacritics")
    return written


def _fits_windows(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def attendance(council: Council, draw: random.Random, terms: Mapping[int, list[Attended]]) -> Iterator[Row]:
    """A pupil's terms under one another; the school writes a pupil the same way every term."""
    roll = council.diary.pupils.values()
    pupils = [pupil.person for pupil in roll if terms.get(pupil.person.number)]
    draw.shuffle(pupils)
    gone = {pupil.person.number for pupil in roll if pupil.withdrawn}
    days = {
        id(row.term): (row.term.academic_year, row.term.name, british(row.term.start), british(row.term.end))
        for person in pupils
        for row in terms[person.number]
    }
    for person in pupils:
        written = _written(council, draw, person, "school_attendance", windows=True)
        born, mess = british(written.born), written.mess_names
        for row in terms[person.number] if person.number not in gone else ():
            yield (
                [
                    written.upn,
                    written.surname,
                    written.forename,
                    born,
                    written.postcode,
                    row.school,
                    *days[id(row.term)],
                    NUMBERS[row.possible],
                    NUMBERS[row.attended],
                    NUMBERS[row.authorised],
                    NUMBERS[row.unauthorised],
                ],
                written.true_id,
                mess,
            )


def exclusions(council: Council, draw: random.Random, covered: Covered) -> Iterator[Row]:
    events = [event for event in council.diary.exclusions if covered("school_exclusion", event.day)]
    for event in _mixed(draw, events):
        written = _written(council, draw, event.person, "school_exclusion")
        if event.withdrawn:
            continue
        yield (
            [
                written.upn,
                written.forename,
                written.surname,
                iso(written.born),
                event.person.school,
                event.kind,
                iso(event.day),
            ],
            written.true_id,
            written.mess_names,
        )


def incidents(council: Council, draw: random.Random, covered: Covered) -> Iterator[Row]:
    found = [incident for incident in council.diary.incidents if covered("police_incident", incident.day)]
    for incident in sorted(found, key=lambda found: (found.day, found.number)):
        written = _written(council, draw, incident.person, "police_incident")
        officer = f"@PC{draw.randint(1000, 9999)}" if draw.random() < 0.4 else ""
        if incident.withdrawn:
            continue
        yield (
            [
                f"{incident.day.year % 100}/{incident.number:07d}",
                with_month_name(incident.day),
                incident.offence,
                incident.role,
                "Y" if incident.domestic_abuse else "N",
                written.surname,
                written.forename,
                with_month_name(written.born),
                written.address,
                written.postcode,
                written.pnc if incident.role == "suspect" else "",
                f"B{incident.person.home.ward.number:02d}",
                officer,
            ],
            written.true_id,
            written.mess_names,
        )


def absences(council: Council, draw: random.Random, covered: Covered) -> Iterator[Row]:
    """Names went through the wrong encoding on the way, as the police's export does it."""
    found = [absence for absence in council.diary.absences if covered("missing_episode", absence.since)]
    for absence in _mixed(draw, found):
        written = _written(council, draw, absence.person, "missing_episode")
        if absence.withdrawn:
            continue
        yield (
            [
                _mangled(written.forename),
                _mangled(written.surname),
                british(written.born),
                _mangled(written.postcode),
                british(absence.since),
                british(absence.until),
            ],
            written.true_id,
            written.mess_names,
        )


def _mangled(text: str) -> str:
    """UTF-8 read as Windows-1252; a letter whose bytes that does not know passes unharmed."""
    if text.isascii():
        return text
    letters = []
    for letter in text:
        try:
            letters.append(letter.encode("utf-8").decode("cp1252"))
        except UnicodeDecodeError:
            letters.append(letter)
    return "".join(letters)


def care(council: Council, draw: random.Random, covered: Covered) -> Iterator[Row]:
    for spell in _mixed(draw, council.diary.care):
        written = _written(council, draw, spell.person, "social_care_episode")
        nhs = written.nhs if draw.random() < 0.85 else ""
        upn = written.upn if draw.random() < 0.8 else ""
        if spell.withdrawn:
            continue
        yield (
            [
                written.child_id,
                written.forename,
                written.surname,
                iso(written.born),
                nhs,
                upn,
                spell.kind,
                iso(spell.start),
                iso(spell.end),
                spell.detail,
                written.postcode,
            ],
            written.true_id,
            written.mess_names,
        )


def work(council: Council, draw: random.Random, covered: Covered) -> Iterator[Row]:
    for spell in _mixed(draw, council.diary.work):
        written = _written(council, draw, spell.person, "employment_spell", windows=True)
        nino = written.nino if draw.random() < 0.93 else ""
        if spell.withdrawn:
            continue
        yield (
            [
                nino,
                written.forename,
                written.surname,
                british(written.born),
                written.postcode,
                british(spell.start),
                british(spell.end),
            ],
            written.true_id,
            written.mess_names,
        )


def health(council: Council, draw: random.Random, covered: Covered) -> Iterator[Row]:
    found = [event for event in council.diary.health if covered("health_contact", event.day)]
    for event in _mixed(draw, found):
        written = _written(council, draw, event.person, "health_contact")
        if event.withdrawn:
            continue
        yield (
            [
                written.nhs,
                written.forename,
                written.surname,
                iso(written.born),
                event.kind,
                iso(event.day),
                event.detail,
            ],
            written.true_id,
            written.mess_names,
        )


def housing(council: Council, draw: random.Random, covered: Covered) -> Iterator[Row]:
    """A workbook: days are date cells, dates of birth bare serial numbers, some numbers lost their zeros."""
    found = [event for event in council.diary.housing if covered("housing_event", event.day)]
    for event in _mixed(draw, found):
        person = event.person
        reference = f"{person.number * 7 + 11:06d}"
        written = _written(council, draw, person, "housing_event")
        if written.born and draw.random() < 0.3:
            written.born = None
            written.mess.append("no_birth_date")
        name = _tenant(draw, written)
        born: Cell = (written.born - EXCEL_EPOCH).days if written.born else ""
        number: Cell = int(reference) if draw.random() < 0.3 else reference
        uprn: Cell = int(written.uprn) if draw.random() < 0.4 else written.uprn
        if isinstance(number, int) or isinstance(uprn, int):
            written.mess.append("leading_zero_lost")
        place = f"{written.address}, {written.postcode}"
        if event.withdrawn:
            continue
        row: list[Cell] = [number, name, born, place, uprn, event.kind, event.day, float(event.detail), ""]
        yield row, written.true_id, "|".join(dict.fromkeys(written.mess))


def _tenant(draw: random.Random, written: Written) -> str:
    title = "Mr" if written.sex == "M" else draw.choice(("Mrs", "Miss", "Ms"))
    chance = draw.random()
    if chance < 0.12:
        if "initial_only" not in written.mess:
            written.mess.append("initial_only")
        initial = written.forename[:1]
        return (
            f"{title} {initial} {written.surname}".upper()
            if chance < 0.08
            else f"{written.surname} {initial}"
        )
    if chance < 0.4:
        return f"{written.surname}, {written.forename}"
    return (
        f"{title} {written.forename} {written.surname}"
        if chance < 0.7
        else f"{written.forename} {written.surname}"
    )


def services(council: Council, draw: random.Random, contract: str) -> Iterator[Row]:
    """The file of one of the eight services: its own number of the person, who it is, and the spell."""
    write_day, columns = _SERVICES[contract]
    kinds, details = words_of(contract, "kind"), words_of(contract, _DETAIL.get(contract, ""))
    for spell in _mixed(draw, council.diary.services[contract]):
        person = spell.person
        written = _written(council, draw, person, contract, windows=contract in _IN_WINDOWS)
        given = {name: draw.random() < share for name, share in _GIVEN.items()}
        kind = spell.kind
        if contract == "special_educational_needs" and spell.start.year < council.as_of.year - PRESENT_YEARS:
            kind = OUTDATED[kind]
        if spell.withdrawn:
            continue
        cells = {
            "own": own_number(person, contract),
            "forename": written.forename,
            "surname": written.surname,
            "born": write_day(written.born),
            "sex": written.sex,
            "address": written.address if given["address"] else "",
            "postcode": written.postcode,
            "nhs": written.nhs if given["nhs"] else "",
            "upn": written.upn if given["upn"] else "",
            "nino": written.nino if given["nino"] else "",
            "pnc": written.pnc if given["pnc"] else "",
            "kind": kinds.get(kind, kind),
            "detail": details.get(spell.detail, spell.detail),
            "start": write_day(spell.start),
            "end": write_day(spell.end),
            "ending": spell.ending,
            "case": f"HC{spell.case + 100000}",
        }
        yield [cells[column] for column in columns], written.true_id, written.mess_names


OUTDATED: Final = {"K": "A", "E": "S"}  # what nobody coded anew since the codes changed
PRESENT_YEARS: Final = 2
_IN_WINDOWS: Final = frozenset({"substance_misuse_treatment"})
_DETAIL: Final = {
    "adult_social_care": "primary_reason",
    "special_educational_needs": "primary_type",
    "substance_misuse_treatment": "substance",
    "benefit_spell": "conditionality",
}
# How often a service has what it asks for.
_GIVEN: Final = {"address": 0.8, "nhs": 0.85, "upn": 0.9, "nino": 0.92, "pnc": 0.7}
# Of each service: how it writes days, and its columns in the order of its layout.
_SERVICES: Final[dict[str, tuple[Callable[[date | None], str], tuple[str, ...]]]] = {
    name: (write_day, tuple(columns.split()))
    for name, write_day, columns in (
        (
            "adult_social_care",
            british,
            "own surname forename born sex nhs address postcode kind detail start end",
        ),
        (
            "special_educational_needs",
            iso,
            "own upn forename surname born sex postcode kind detail start end",
        ),
        ("mental_health_support", iso, "nhs own surname forename born sex postcode kind start end"),
        (
            "substance_misuse_treatment",
            british,
            "own forename surname born sex postcode nhs detail kind start end ending",
        ),
        ("youth_justice", british, "own pnc forename surname born sex address postcode kind start end"),
        ("probation", with_month_name, "own pnc surname forename born sex address postcode kind start end"),
        ("benefit_spell", british, "nino surname forename born address postcode kind detail start end"),
        (
            "homelessness_duty",
            iso,
            "case own forename surname born sex nino address postcode kind start end ending",
        ),
    )
}
_OWN: Final = {
    "adult_social_care": ("ASC", 7919),
    "special_educational_needs": ("SN", 5039),
    "mental_health_support": ("RX4", 6007),
    "substance_misuse_treatment": ("DA", 4001),
    "youth_justice": ("YJ", 3001),
    "probation": ("X", 7001),
    "homelessness_duty": ("HA", 9001),
}


def own_number(person: Person, contract: str) -> str:
    """The number that a service has of its own for somebody: one a person, and no other service's."""
    letters, factor = _OWN.get(contract, ("", 0))
    return f"{letters}{person.number * factor % MILLION:06d}" if letters else ""


def _mixed(draw: random.Random, found: list[Found]) -> list[Found]:
    found = list(found)
    draw.shuffle(found)
    return found
