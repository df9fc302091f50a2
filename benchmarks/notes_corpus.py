"""The held-out case notes: phrases of `note_phrases` about people of `notes_people`, and what is true of every note.

Made to be scored: the truth says where each identity stands, what kind it is, in which form it was written, who is
meant, and whether the council's records told of it. Where undotted initials would read as a word of the trade (HV, UC),
another form is taken: nobody could say which was meant.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from benchmarks.note_phrases import FAMILY_THINGS, PHRASES
from benchmarks.notes_people import KINDS, Family, Part, People, Person
from benchmarks.notes_writing import WRITTEN, as_it_is, day, named
from pipelines.notes.known import Known
from pipelines.notes.spans import Kind

NOTES_OF_A_FAMILY: Final = 8
PARTS: Final = re.compile(r"\{([a-z_0-9]+)('s)?(?::([a-z_0-9]+))?\}|<([^>]+)>")
# Words that go with a number, and the number where « » are around it; all of it where there are none.
PARTED: Final = re.compile(r"([^«»]*)«([^»]+)»")
# How somebody is named where the phrase does not say: shares for the family, for workers, and for strangers.
FAMILY_FORMS: Final = {
    "full": 22, "forename": 30, "nickname": 8, "lower": 6, "upper": 6, "misspelt": 6, "initials": 6, "title": 7,
    "split": 3, "surname_first": 4, "hyphen_part": 3, "short": 4,
}  # fmt: skip
WORKER_FORMS: Final = {"full": 60, "forename": 18, "title": 10, "lower": 4, "initials": 8}
STRANGER_FORMS: Final = {
    "full": 46, "forename": 22, "title": 16, "lower": 4, "upper": 4, "short": 4, "split": 2, "surname_first": 2,
}  # fmt: skip
ROLES: Final = {
    "neighbour": "neighbour", "partner": "new partner", "teacher": "teacher", "gp": "gp", "sw": "social worker",
    "officer": "police officer", "hv": "health visitor", "relative": "relative", "friend": "friend",
    "friend2": "friend", "landlord": "landlord",
}  # fmt: skip
# What somebody else has of this kind at times, of whom no record tells.
_OTHERS: Final = (
    "address",
    "postcode",
    "school",
    "surgery",
    "phone",
    "email",
    "nhs",
    "upn",
    "nino",
    "pnc",
    "uprn",
)


@dataclass(frozen=True)
class Mention:
    """Where one identity truly stands. `told`: the council's records hold it, so that it can be looked for.

    `kind`, `form`, `role`: as the README of the sample extracts says; further forms are `surname` (of a household, or
    from before), `short` (forename and initial, or initial and surname) and `diminutive` (a short form that everybody
    knows, and no record says). `origin`: of the name; blank for what is no name.
    """

    start: int
    end: int
    kind: str
    form: str = "value"
    role: str = ""
    origin: str = ""
    is_family_member: bool = False
    told: bool = False


@dataclass(frozen=True)
class Note:
    """One case note and its truth. `survive`: where words stand that identify nobody and ought to remain."""

    ref: str
    text: str = field(repr=False)
    mentions: tuple[Mention, ...]
    survive: tuple[tuple[int, int], ...]
    known: Known | None = None


def held_out_notes(count: int, *, part: Part = "test", seed: int = 1) -> Iterator[Note]:
    """That many notes, one after the other: the same for the same part and seed, whatever the number."""
    people = People(seed, part)
    draw = random.Random(f"notes {seed} {part}")
    family = people.family()
    for number in range(count):
        if number % NOTES_OF_A_FAMILY == 0 and number:
            family = people.family()
        yield _Writer(people, family, draw).note(f"H{number + 1:07d}")


class _Writer:
    """Writes one note: keeps its text, and where identities came to stand."""

    def __init__(self, people: People, family: Family, draw: random.Random) -> None:
        self.people, self.family, self.draw = people, family, draw
        self.text = ""
        self.mentions: list[Mention] = []
        self.survive: list[tuple[int, int]] = []
        self.met: dict[str, Person] = {}

    def note(self, ref: str) -> Note:
        draw = self.draw
        phrases = draw.sample(PHRASES[self.people.part], draw.choice((1, 2, 3, 3, 4, 4, 5, 6)))
        for number, phrase in enumerate(phrases):
            if number:
                self.text += draw.choice((" ", " ", "\n", "\n\n"))
            self.met = {}
            self._phrase(phrase)
        return Note(ref, self.text, tuple(self.mentions), tuple(self.survive), self.family.known)

    def _phrase(self, phrase: str) -> None:
        at = 0
        for found in PARTS.finditer(phrase):
            self.text += phrase[at : found.start()]
            at = found.end()
            slot, possessive, further, words = found.groups()
            if words is not None:
                self.survive.append((len(self.text), len(self.text) + len(words)))
                self.text += words
            elif person := self._person(slot):
                self._name(person, further or "", bool(possessive))
            else:
                self._thing(slot, further or "")
        self.text += phrase[at:]

    # --- people ---

    def _person(self, slot: str) -> Person | None:
        """Who stands in a place of the phrase; None where it is no place of a person."""
        family, draw = self.family, self.draw
        if slot in self.met:
            return self.met[slot]
        children = [one for name, one in family.people.items() if name.startswith("child")]
        if slot == "child":
            person = draw.choice(children)
        elif slot == "child2":
            others = [one for one in children if one is not self.met.get("child")]
            person = draw.choice(others or children)
        elif slot in ("mother", "father", "carer"):
            person = family.people.get(slot, family.people["mother"])
        elif slot == "worker":
            person = family.worker
        elif slot == "colleague":
            person = draw.choice(family.colleagues)
        elif slot in ROLES:
            person = self.people.somebody(role=ROLES[slot])
        else:
            return None
        self.met[slot] = person
        return person

    def _name(self, person: Person, form: str, possessive: bool) -> None:
        draw = self.draw
        if not form:
            shares = (
                FAMILY_FORMS
                if person.token in {one.token for one in self.family.people.values()}
                else WORKER_FORMS
                if person.role == "worker"
                else STRANGER_FORMS
            )
            form = draw.choices(list(shares), list(shares.values()))[0]
            if possessive and form not in ("full", "nickname", "lower", "title"):
                form = "forename"
        form, before, name = named(person, form, draw)
        after = ""
        if possessive:
            form = "possessive" if form in ("full", "forename") else form
            ends = ("'s", "'s", "’s", "s") if name[-1:].lower() != "s" else ("'", "'s", "’")
            after = draw.choices(ends, (8, 8, 5, 2) if len(ends) == 4 else (4, 4, 2))[0]
        if form == "short" and name.endswith("."):
            # A point behind the last initial tells nothing, and may be that of the sentence.
            name, after = name[:-1], "."
        member = any(person.token == one.token for one in self.family.people.values())
        # Of other workers only a whole name is looked for: their forenames are also those of others.
        whole = form in ("full", "possessive") and " " in name
        told = (
            person.on_record
            if member
            else person.role == "worker" and (whole or person is self.family.worker)
        )
        if form == "nickname" and not person.nickname_on_record:
            form = "diminutive"
        if form == "former":
            form, told = "surname", told and bool(person.former_surname)
        self.text += before
        self._put(
            name, Kind.PERSON, form=form, role=person.role, origin=person.origin, member=member, told=told
        )
        self.text += after

    # --- numbers, places and other things ---

    def _thing(self, slot: str, whose: str) -> None:
        people, draw, family = self.people, self.draw, self.family
        if slot == "event":
            self.text += day(date(2023, 1, 1) + timedelta(days=draw.randrange(660)), draw)
            return
        person = self._person(whose or "child")
        assert person is not None, whose
        member = person.token in {one.token for one in family.people.values()}
        if slot in FAMILY_THINGS:
            others = slot in _OTHERS and draw.random() < 0.25
            value = getattr(people, slot)() if others else family.values[slot]
            written = WRITTEN.get(slot, as_it_is)(value, draw)
            held = slot != "pnc" or family.people["father"].on_record
            self._put(written, KINDS[slot], member=not others, told=not others and held)
        elif slot == "dob":
            self._put(
                day(person.born, draw), Kind.DATE_OF_BIRTH, member=member, told=member and person.on_record
            )
        elif slot == "other_dob":
            # Somebody whom the phrase has named, but for the child that it is about.
            others_named = [one for name, one in self.met.items() if name in ROLES]
            born = others_named[-1].born if others_named else people.somebody().born
            self._put(day(born, draw), Kind.DATE_OF_BIRTH)
        elif slot == "handle":
            self._put(people.handle(person.forename), Kind.SOCIAL_HANDLE, member=member)
        elif slot == "web":
            self._put(people.web(person.forename, person.surname), Kind.WEB_ADDRESS, member=member)
        elif slot == "licence":
            self._put(
                people.licence(person.forename, person.surname, person.born, person.sex),
                Kind.DRIVING_LICENCE,
                member=member,
            )
        elif slot in OTHER_THINGS:
            kind, source = OTHER_THINGS[slot]
            written = WRITTEN.get(source, as_it_is)(getattr(people, source)(), draw)
            for words, identity in PARTED.findall(written) or [("", written)]:
                self.text += words
                if identity:
                    self._put(identity, kind)
        else:
            raise KeyError(slot)

    def _put(
        self,
        text: str,
        kind: Kind,
        *,
        form: str = "value",
        role: str = "",
        origin: str = "",
        member: bool = False,
        told: bool = False,
    ) -> None:
        start = len(self.text)
        self.text += text
        self.mentions.append(Mention(start, start + len(text), kind.value, form, role, origin, member, told))


OTHER_THINGS: Final = {
    "other_phone": (Kind.PHONE, "phone"),
    "other_email": (Kind.EMAIL, "email"),
    "other_address": (Kind.ADDRESS, "address"),
    "street": (Kind.ADDRESS, "street"),
    "vehicle": (Kind.VEHICLE, "vehicle"),
    "asn": (Kind.ASN, "asn"),
    "uln": (Kind.ULN, "uln"),
    "bank": (Kind.BANK_ACCOUNT, "bank"),
    "passport": (Kind.PASSPORT, "passport"),
    "crime_ref": (Kind.CASE_REFERENCE, "crime_reference"),
}
