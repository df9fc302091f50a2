"""Addresses, numbers and other things of the held-out notes, in ranges that are nobody's and in invented places."""

import random
import re
import unicodedata
from datetime import date
from typing import Final

from pipelines.council.identifiers import PNC_LETTERS, Numbering, number_plate
from pipelines.council.mess import PLAIN_LETTERS

TOWNS: Final = ("Wexcombe", "Marfield", "Low Ferrow", "Stanbeck", "Harrowgill", "Netherby Cross", "Oxthorpe")
_STREETS: Final = (
    "Lavender", "Gasworks", "Station", "Tolpuddle", "Nelson Mandela", "Cemetery", "Back Wellington", "St Chad's",
    "Ferrow", "Jubilee", "Old Mill", "Bluebell", "Quarry", "Prince Albert", "Lord Nelson", "Foundry", "Mafeking",
    "Copperfield", "Swallow", "Hawthornden", "Upper George", "Chapel", "Windermere", "Tinkers", "Abbot's",
)  # fmt: skip
_WAYS: Final = ("Road", "Street", "Avenue", "Close", "Drive", "Lane", "Crescent", "Terrace", "Way", "Grove", "Court",
                "Walk", "Rise", "Mews", "Gardens", "Place", "Rd", "St", "Ave")  # fmt: skip
_SCHOOL_NAMES: Final = (
    "St Oswin's C of E", "Marfield", "Low Ferrow", "Harrow Bank", "Al-Noor", "Our Lady of Lourdes RC",
    "Thornley Grange", "Stanbeck", "Kingsmead", "Sir Joseph Parfitt", "Little Acorns", "Oxthorpe Community",
    "Holy Trinity", "Beckside", "Queen Ethelburga's", "The Willows", "Netherby", "Rosa Parks",
)  # fmt: skip
_SCHOOL_ENDS: Final = (
    "Primary School", "Primary", "High School", "Academy", "Junior School", "Infant School", "College", "Nursery",
    "Special School", "Sixth Form", "Grammar School", "Pre-School",
)  # fmt: skip
_SURGERIES: Final = (
    "Parkfield Surgery", "Eastgate Health Centre", "The Limes Medical Centre", "Ferrow Lane Practice",
    "Stanbeck Family Practice", "Riverside Medical Practice", "Oxthorpe Surgery", "Kingsmead Health Centre",
    "The Old Bakery Surgery", "Marfield Group Practice",
)  # fmt: skip
_AREAS: Final = ("EB", "NB", "LB", "WB", "SB")
_MAIL: Final = ("example.com", "example.org", "mail.example.net")
_NAMES_OF_MAIL: Final = (
    "kel",
    "shaz",
    "bigdave",
    "adeola",
    "mumof3",
    "wiktoria",
    "noor",
    "gary",
    "tinks",
    "h.osman",
)
_INWARD: Final = "ABDEFGHJLNPQRSTUWXYZ"
_WORDS_OF_HANDLES: Final = ("xx", "the_real", "ogz", "queen", "fc", "lil", "tv", "baller", "gamer", "babe")


class Things:
    """Makes addresses and numbers, by the draws that it is given."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.numbers = Numbering(draw)

    def address(self) -> str:
        draw = self.draw
        street = f"{draw.choice(_STREETS)} {draw.choice(_WAYS)}"
        number = f"{draw.randint(1, 240)}{draw.choice(('', '', '', '', 'a', 'B'))}"
        flat = draw.choice(
            ("",) * 6 + (f"Flat {draw.randint(1, 30)}, ", f"{draw.randint(1, 9)}/", "Apt 4, ", "Room 6, ")
        )
        town = draw.choice(("", "", f", {draw.choice(TOWNS)}"))
        return f"{flat}{number} {street}{town}"

    def street(self) -> str:
        return f"{self.draw.choice(_STREETS)} {self.draw.choice(_WAYS[:16])}"

    def postcode(self) -> str:
        draw = self.draw
        outward = f"{draw.choice(_AREAS)}{draw.randint(1, 19)}"
        return f"{outward} {draw.randint(1, 9)}{draw.choice(_INWARD)}{draw.choice(_INWARD)}"

    def school(self) -> str:
        return f"{self.draw.choice(_SCHOOL_NAMES)} {self.draw.choice(_SCHOOL_ENDS)}"

    def surgery(self) -> str:
        return self.draw.choice(_SURGERIES)

    def phone(self) -> str:
        return self.draw.choice((self.numbers.mobile, self.numbers.mobile, self.numbers.landline))()

    def email(self) -> str:
        draw = self.draw
        name = draw.choice(("kj.", "mrs.", "the", "xo", "")) + draw.choice(_NAMES_OF_MAIL)
        return f"{name}{draw.randint(1, 99)}@{draw.choice(_MAIL)}"

    def handle(self, forename: str) -> str:
        draw = self.draw
        name = re.sub(r"[^a-z]", "", plain(forename).lower())
        return draw.choice(
            (
                f"@{name}_{draw.randint(1, 2012)}",
                f"@{draw.choice(_WORDS_OF_HANDLES)}.{name}",
                f"{name}{draw.choice(_WORDS_OF_HANDLES)}{draw.randint(10, 99)}",
                f"xX_{name}_Xx",
                f"{draw.choice(_WORDS_OF_HANDLES)}_{name}{draw.randint(1, 99)}",
            )
        )

    def nhs(self) -> str:
        return self.numbers.nhs()

    def upn(self) -> str:
        return self.numbers.upn(self.draw.randint(8, 23))

    def nino(self) -> str:
        return self.numbers.nino()

    def pnc(self) -> str:
        return self.numbers.pnc(2001, 2023)

    def uprn(self) -> str:
        return self.numbers.uprn()

    def vehicle(self) -> str:
        """A registration as since 2001, or as before."""
        draw = self.draw
        if draw.random() < 0.75:
            # None was ever given out with a Z in front.
            return next(plate for plate in iter(lambda: number_plate(draw), "") if plate[0] != "Z")
        last = "".join(draw.choice(letters) for letters in ("BDFGHJK", "ABCDEFG", "KLMNPRS"))
        return f"{draw.choice('PRSTVWXY')}{draw.randint(21, 999)} {last}"

    def uln(self) -> str:
        """A unique learner number: nine digits, and a tenth by weights 10 to 2."""
        while True:
            digits = f"{self.draw.randint(1, 9)}{self.draw.randrange(10**8):08d}"
            rest = (
                sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
            )
            if rest:
                return f"{digits}{10 - rest}"

    def asn(self) -> str:
        """An arrest/summons number: year, force, unit, system, eleven digits, a check letter."""
        year, force, serial = self.draw.randint(10, 24), self.draw.randint(10, 48), self.draw.randrange(10**5)
        letter = PNC_LETTERS[int(f"{force}01{year}{serial:011d}") % 23]
        return f"{year:02d}/{force}C1/01/{serial:011d}{letter}"

    def passport(self) -> str:
        return f"{self.draw.randint(100_000_000, 999_999_999)}"

    def licence(self, forename: str, surname: str, born: date, sex: str) -> str:
        """The number of a driving licence: five letters of the surname, the birth, initials, what keeps it apart."""
        name = re.sub(r"[^A-Z]", "", plain(surname or forename).upper())
        year, month = f"{born.year:04d}", born.month + (50 if sex == "F" else 0)
        last = "".join(self.draw.choice("ABCDEFGHJ") for _ in range(2))
        return (
            f"{name[:5]:9<5}{year[2]}{month:02d}{born.day:02d}{year[3]}{plain(forename)[0].upper()}99{last}"
        )

    def bank(self) -> str:
        """A sort code and an account, with the words that go with them; « » are around what identifies."""
        form = self.draw.choice(
            ("sort code «20-00-{:02d}» account «{:08d}»", "a/c «{1:08d}» s/c «0900{0:02d}»")
        )
        return form.format(self.draw.randrange(100), self.draw.randrange(10**7, 10**8))

    def web(self, forename: str, surname: str) -> str:
        name = re.sub(r"[^a-z]", "", plain(forename + surname).lower())
        number = self.draw.randint(1, 99)
        return self.draw.choice(
            (
                f"https://www.facebook.com/{name}",
                f"www.instagram.com/{name}_/",
                f"facebook.com/{name}.{number}",
            )
        )

    def crime_reference(self) -> str:
        """A reference of the police or of another system; « » are around what identifies."""
        draw = self.draw
        return draw.choice(
            (
                f"«13{draw.randint(20, 24)}0{draw.randrange(10**6):06d}»",
                f"«{draw.randint(10, 60)}/{draw.randrange(10**5):05d}/{draw.randint(19, 24)}»",
                f"LCS «{draw.randrange(10**6, 10**7)}»",
                f"«CR/{draw.randrange(10**5):05d}/{draw.randint(19, 24)}»",
                f"«MSC-{draw.randrange(10**5, 10**6)}»",
            )
        )


def plain(name: str) -> str:
    """In plain letters, as somebody without the keyboard for it writes it."""
    letters = str.maketrans({letter: other for letter, other in PLAIN_LETTERS.items() if len(letter) == 1})
    name = name.translate(letters).replace("đ", "d").replace("Đ", "D").replace("ı", "i").replace("İ", "I")
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter)
    )
