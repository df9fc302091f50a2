"""Numbers that people and properties go by: valid in form, and nobody's.

Formats and check digits follow docs of the Department for Education (unique pupil number), the NHS number's
modulus 11 and the Police National Computer's modulus 23. NHS numbers begin with 999, the range kept for tests;
unique pupil numbers carry the code of a council abolished in 2009; phone numbers lie in Ofcom's ranges for drama.
"""

import random
from dataclasses import dataclass, field

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
PNC_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
ABOLISHED_AUTHORITY = "820"
NINO_FIRST = "ABCEGHJKLMNOPRSTWXYZ"
NINO_SECOND = "ABCEGHJKLMNPRSTWXYZ"
NINO_UNUSED = frozenset({"BG", "GB", "NK", "KN", "NT", "TN", "ZZ"})
PLATE_FIRST = "JTUZ"  # letters that no registration office has
PLATE_LETTERS = "ABCDEFGHJKLMNOPRSTUVWXYZ"
MILLION = 1_000_000


def nhs_number(body: int) -> str | None:
    """The NHS number 999 + six digits + check digit, or None where that check digit would be ten."""
    digits = f"999{body:06d}"
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
    if check == 10:
        return None
    return digits + str(check % 11)


def unique_pupil_number(entry_year: int, serial: int) -> str:
    """A permanent unique pupil number: check letter, authority, year of entry, serial."""
    digits = f"{ABOLISHED_AUTHORITY}{entry_year % 100:02d}{serial:07d}"
    return _upn_letter([int(digit) for digit in digits]) + digits


def temporary_pupil_number(permanent: str) -> str:
    """The temporary number that a school gives while it waits for the permanent one."""
    digits = permanent[1:12]
    return _upn_letter([*(int(digit) for digit in digits), 0]) + digits + "A"


def _upn_letter(digits: list[int]) -> str:
    return UPN_LETTERS[sum(digit * weight for digit, weight in zip(digits, range(2, 14), strict=True)) % 23]


def pnc_id(year: int, serial: int) -> str:
    """A number in the Police National Computer: YYYY/NNNNNNN and a check letter."""
    return f"{year}/{serial:07d}{PNC_LETTERS[(year % 100 * 10_000_000 + serial) % 23]}"


@dataclass
class Numbering:
    """Hands out numbers, each once. Serials are spread so that neighbours do not look alike."""

    draw: random.Random
    _next: dict[str, int] = field(default_factory=dict)

    def serial(self, name: str) -> int:
        self._next[name] = self._next.get(name, 0) + 1
        return self._next[name]

    def _spread(self, name: str) -> int:
        return (self.serial(name) * 387_641 + 91_193) % MILLION

    def nhs(self) -> str:
        while True:
            number = nhs_number(self._spread("nhs"))
            if number is not None:
                return number

    def upn(self, entry_year: int) -> str:
        return unique_pupil_number(entry_year, self.serial("upn"))

    def nino(self) -> str:
        while True:
            prefix = self.draw.choice(NINO_FIRST) + self.draw.choice(NINO_SECOND)
            if prefix not in NINO_UNUSED:
                return f"{prefix}{self._spread('nino'):06d}{self.draw.choice('ABCD')}"

    def pnc(self, earliest: int, latest: int) -> str:
        return pnc_id(self.draw.randint(earliest, latest), self._spread("pnc"))

    def child_id(self) -> str:
        return f"{self.serial('child') * 7 + 1200:08d}"

    def uprn(self) -> str:
        # In the millions too, so that a council of any size has enough of them.
        count = self.serial("uprn")
        return f"0100{count // MILLION:02d}{(count * 387_641 + 5_077) % MILLION:06d}"

    def mobile(self) -> str:
        return f"07700 900{self.draw.randrange(1000):03d}"

    def landline(self) -> str:
        area = self.draw.choice(("0161 496 0", "0113 496 0", "0114 496 0", "01632 960"))
        return f"{area}{self.draw.randrange(1000):03d}"


def number_plate(draw: random.Random) -> str:
    """A vehicle's registration whose first letter no registration office has; its gap is sometimes left out."""
    year = draw.randint(14, 24) + draw.choice((0, 50))
    tail = "".join(draw.choice(PLATE_LETTERS) for _ in range(3))
    return f"{draw.choice(PLATE_FIRST)}{draw.choice(PLATE_LETTERS)}{year}{draw.choice((' ', ' ', ''))}{tail}"
