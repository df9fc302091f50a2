"""How names, days and numbers are written in notes: in many forms, not always well."""

import random
import re
from collections.abc import Callable
from datetime import date
from typing import Final

from benchmarks.notes_people import Person
from benchmarks.notes_things import plain
from pipelines.council.mess import KEYBOARD

TITLES: Final = {"gp": ("Dr", "Dr.", "DR"), "police officer": ("PC", "DC", "Sgt", "PCSO", "DS", "Insp")}
# Short words of the trade, which undotted initials could be taken for.
OF_THE_TRADE: Final = frozenset(
    {
        "HV", "UC", "SW", "GP", "DV", "PC", "DC", "DS", "CP", "CS", "MH", "LA", "HB", "CT", "TA", "HT", "ED", "EP",
        "OT", "HR", "IT", "PA", "AM", "PM", "OK", "TV", "BP", "DN", "NI", "ID", "UK", "EU", "WC", "AC", "RE", "PE",
        "ME", "HE", "WE", "US", "AN", "AS", "AT", "BE", "BY", "DO", "GO", "IF", "IN", "IS", "MY", "NO", "OF", "ON",
        "OR", "SO", "TO", "UP", "IM", "VC", "TC", "WK", "SS", "CM", "CC", "CV", "DA", "DR", "MR",
        "MS", "PS", "TB", "ST", "BA", "MA",
    }
)  # fmt: skip
_MONTHS: Final = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                  "November", "December")  # fmt: skip
_ORDINALS: Final = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth", "twenty-first", "twenty-second", "twenty-third", "twenty-fourth", "twenty-fifth", "twenty-sixth",
    "twenty-seventh", "twenty-eighth", "twenty-ninth", "thirtieth", "thirty-first",
)  # fmt: skip
_SHORTER: Final = {
    "Road": "Rd",
    "Street": "St",
    "Avenue": "Ave",
    "Close": "Cl",
    "Drive": "Dr",
    "Crescent": "Cres",
}


def named(person: Person, form: str, draw: random.Random) -> tuple[str, str, str]:
    """The form in which somebody can be named that is nearest to that one, what stands before it, and the name."""
    forename, surname = _as_typed(person.forename, draw), _as_typed(person.surname, draw)
    full = f"{forename} {surname}".strip()
    if form == "nickname" and person.nickname:
        return form, "", person.nickname
    if form == "lower":
        return form, "", draw.choice((forename, full)).lower()
    if form == "upper":
        return form, "", draw.choice((forename, full)).upper()
    if form == "misspelt" and (wrong := misspelt(forename, surname, draw)):
        return form, "", wrong
    if form == "title":
        titles = TITLES.get(person.role, ("Mr",) if person.sex == "M" else ("Mrs", "Ms", "Miss", "Mrs."))
        return form, f"{draw.choice(titles)} ", surname or forename
    if form == "former":
        name = person.former_surname or surname or forename
        return ("former" if person.former_surname else "surname"), "", _as_typed(name, draw)
    if not surname:
        return "forename", "", forename
    first, last = person.initials
    if form == "initials" and first.isalpha() and last.isalpha():
        first, last = first.upper(), last.upper()
        written = draw.choice(("{}{}", "{}{}", "{}.{}.", "{} {}", "{}. {}.")).format(first, last)
        if written not in OF_THE_TRADE:
            return form, "", written
    if form == "split":
        return form, "", f"{forename}\n{surname}"
    if form == "surname_first":
        return form, "", f"{draw.choice((surname, surname.upper()))}, {forename}"
    if form == "hyphen_part":
        whole = next((name for name in (forename, surname) if len(re.split("[- ]", name)) > 1), "")
        parts = [
            part for part in re.split("[- ]", whole) if len(part) > 2 and part[0].isupper() and part.isalpha()
        ]
        if len(parts) > 1:
            return form, "", draw.choice(parts)
    if form == "short":
        return (
            form,
            "",
            draw.choice(
                (f"{forename} {last}", f"{forename} {last}.", f"{first} {surname}", f"{first}. {surname}")
            ),
        )
    if form == "surname":
        return form, "", surname
    if form == "full":
        middle = f" {person.middle} " if person.middle and draw.random() < 0.3 else " "
        return form, "", f"{forename}{middle}{surname}"
    return "forename", "", forename


def _as_typed(name: str, draw: random.Random) -> str:
    """Mostly as it is; at times without its accents, with another apostrophe, or with a blank for its hyphen."""
    if not name.isascii() and draw.random() < 0.4:
        name = plain(name)
    if "'" in name and draw.random() < 0.35:
        name = name.replace("'", draw.choice(("’", "’", "")))
    if "-" in name and draw.random() < 0.15:
        name = name.replace("-", " ")
    return name


def misspelt(forename: str, surname: str, draw: random.Random) -> str:
    """A name with one slip of the fingers in a part of five letters or more, behind its first letter; blank if none."""
    parts = [forename, surname] if draw.random() < 0.3 else [forename]
    long = [at for at, part in enumerate(parts) if len(part) > 4 and part.replace("-", "").isalpha()]
    if not long and len(surname) > 4 and surname.isalpha():
        parts, long = [forename, surname], [1]
    if not long:
        return ""
    which = draw.choice(long)
    name = parts[which]
    at = draw.choice([at for at in range(1, len(name) - 1) if name[at].isalpha() and name[at + 1].isalpha()])
    slip = draw.randrange(4)
    if slip == 0 and name[at] != name[at + 1]:
        wrong = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    elif slip == 1:
        wrong = name[:at] + name[at + 1 :]
    elif slip == 2:
        wrong = name[:at] + name[at] + name[at:]
    else:
        wrong = name[:at] + KEYBOARD.get(name[at].lower(), "e") + name[at + 1 :]
    if plain(wrong).lower() == plain(name).lower():
        wrong = name[:at] + name[at] + name[at:]
    parts[which] = wrong
    return " ".join(part for part in parts if part)


def day(born: date, draw: random.Random) -> str:
    """A day of birth in one of the layouts that people write."""
    d, m, y = born.day, born.month, born.year
    month, short = _MONTHS[m - 1], _MONTHS[m - 1][:3]
    ending = "th" if 10 < d < 14 else {1: "st", 2: "nd", 3: "rd"}.get(d % 10, "th")
    return draw.choice(
        (
            f"{d:02d}/{m:02d}/{y}", f"{d:02d}/{m:02d}/{y}", f"{d}/{m}/{y}", f"{d:02d}/{m:02d}/{y % 100:02d}",
            f"{d}.{m}.{y % 100:02d}", f"{d:02d}.{m:02d}.{y}", f"{d:02d}-{m:02d}-{y}", f"{d}-{m}-{y % 100:02d}",
            f"{y}-{m:02d}-{d:02d}", f"{y}/{m:02d}/{d:02d}", f"{d:02d}{m:02d}{y}", f"{d:02d} {m:02d} {y}",
            f"{d} {month} {y}", f"{d}{ending} {month} {y}", f"{d}{ending} of {month} {y}", f"{d} {short} {y}",
            f"{d}-{short}-{y}", f"{d:02d} {short.upper()} {y}", f"{month} {d}, {y}", f"{short} {d}{ending} {y}",
            f"{d} {month.lower()} {y}", f"{d}{ending} {short} '{y % 100:02d}", f"the {_ORDINALS[d - 1]} of {month} {y}",
        )
    )  # fmt: skip


def as_it_is(value: str, _draw: random.Random) -> str:
    """For what everybody writes alike."""
    return value


def _phone(value: str, draw: random.Random) -> str:
    digits = value.replace(" ", "")
    return draw.choice(
        (
            value, value, digits, f"{digits[:5]} {digits[5:8]} {digits[8:]}", f"+44 {value[1:]}", f"+44{digits[1:]}",
            f"0044 {value[1:]}", f"+44 (0){value[1:]}", value.replace(" ", "-"), value.replace(" ", "."),
            f"({value.split(' ')[0]}) {' '.join(value.split(' ')[1:])}",
        )
    )  # fmt: skip


def _postcode(value: str, draw: random.Random) -> str:
    return draw.choice((value, value, value.replace(" ", ""), value.lower(), value.lower().replace(" ", "")))


def _nhs(value: str, draw: random.Random) -> str:
    parts = (value[:3], value[3:6], value[6:])
    return draw.choice((value, " ".join(parts), "-".join(parts), "\u00a0".join(parts)))


def _nino(value: str, draw: random.Random) -> str:
    spaced = " ".join((value[:2], value[2:4], value[4:6], value[6:8], value[8:]))
    return draw.choice(
        (value, spaced, value.lower(), f"{value[:2]} {value[2:8]} {value[8:]}", spaced.replace(" ", "-"))
    )


def _any_case(value: str, draw: random.Random) -> str:
    return draw.choice((value, value, value, value.lower()))


def _address(value: str, draw: random.Random) -> str:
    chance = draw.random()
    if chance < 0.15:
        for whole, shorter in _SHORTER.items():
            value = value.replace(f" {whole}", f" {shorter}")
    elif chance < 0.25:
        parts = value.split(", ")
        if len(parts) > 1 and not any(letter.isdigit() for letter in parts[-1]):
            value = ", ".join(parts[:-1])
    elif chance < 0.33:
        value = value.lower()
    elif chance < 0.38:
        value = value.replace(", ", ",\n")
    return value


def _reference(value: str, draw: random.Random) -> str:
    return draw.choice((value, value, value.lower(), re.sub("[-/]", " ", value), re.sub("[-/]", "", value)))


def _email(value: str, draw: random.Random) -> str:
    return draw.choice((value, value, value.capitalize(), value.upper()))


def _vehicle(value: str, draw: random.Random) -> str:
    return draw.choice((value, value, value.replace(" ", ""), value.lower()))


WRITTEN: Final[dict[str, Callable[[str, random.Random], str]]] = {
    "phone": _phone, "postcode": _postcode, "nhs": _nhs, "nino": _nino, "upn": _any_case, "pnc": _any_case,
    "address": _address, "old_address": _address, "family_ref": _reference, "episode_ref": _reference,
    "email": _email, "vehicle": _vehicle, "school": _any_case, "surgery": _any_case,
}  # fmt: skip
