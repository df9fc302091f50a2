"""Days of birth of people known beforehand, in any layout."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from pipelines.notes.known_reading import Reading
from pipelines.notes.known_words import BIRTH, MONTHS, ORDINALS

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_ORDINAL = "|".join(sorted(ORDINALS, key=len, reverse=True))
_DAY = rf"(?:\d{{1,2}}(?: ?(?:st|nd|rd|th)\b)?|(?:{_ORDINAL})\b)"
_BETWEEN = r"[ ,./\\'-]{0,3}"
_SEPARATOR = r" ?[-./\\ ,|_] ?"
_YEAR = r"(?P<y{}>\d{{4}}|\d{{2}})(?!\d)"
_SHAPES = (
    rf"(?P<y1>\d{{4}}){_SEPARATOR}(?P<m1>\d{{1,2}}){_SEPARATOR}(?P<d1>\d{{1,2}})(?!\d)",
    rf"(?P<d2>\d{{1,2}}){_SEPARATOR}(?P<m2>\d{{1,2}}){_SEPARATOR}'?(?P<y2>\d{{4}}|\d{{2}})(?!\d)",
    r"(?P<row>\d{5,8})(?!\d)",
    rf"(?P<y3>\d{{4}}){_BETWEEN}(?P<m3>{_MONTH})\b{_BETWEEN}(?P<d3>{_DAY})(?!\d)",
    rf"(?P<d4>{_DAY})(?: day)?(?: of)?(?: the)?{_BETWEEN}(?P<m4>{_MONTH})(?![a-z])(?:{_BETWEEN}{_YEAR.format(4)})?",
    rf"(?P<m5>{_MONTH})(?: the)?{_BETWEEN}(?P<d5>{_DAY})(?!\d)(?:{_BETWEEN}{_YEAR.format(5)})?",
    r"(?P<d6>\d{1,2}) ?[-./] ?(?P<m6>\d{1,2})(?! ?[-./]? ?\d)",
)
_DATE = re.compile(rf"(?<![\d])(?:{'|'.join(_SHAPES)})")
# A date begins with one of these or with a digit: to look at every place would take too long.
_BEGINS = frozenset(MONTHS) | {ordinal.split()[0] for ordinal in ORDINALS if "-" not in ordinal}
_DIGITS = re.compile(r"\d+")
_NEAR = 28
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ONES = (
    "", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip


class Births:
    """Days of birth, and whose they are (places among the people)."""

    def __init__(self, births: Iterable[tuple[int, date]]) -> None:
        # By day, month and year; the middle two digits of the year are often left out, and day and month change places.
        self._whose: dict[tuple[int, int, int], dict[int, None]] = {}
        self._yearly: dict[tuple[int, int], dict[int, None]] = {}
        self._years: dict[tuple[int, int], set[int]] = {}
        for place, born in births:
            for day, month in {(born.day, born.month), (born.month, born.day)}:
                for year in (born.year, born.year % 100):
                    self._whose.setdefault((day, month, year), {})[place] = None
            self._yearly.setdefault((born.day, born.month), {})[place] = None
            self._years.setdefault((born.day, born.month), set()).add(born.year)

    def __bool__(self) -> bool:
        return bool(self._whose)

    def find(self, reading: Reading) -> Iterator[tuple[int, int, list[int]]]:
        """Start, end and whose it is, of each date of birth in the text folded, from the left, none over another."""
        plain, behind = reading.plain, 0
        for start in _places(reading):
            if start < behind:
                continue
            match = _DATE.match(plain, start)
            found = self._read(match, plain) if match else None
            if found is not None:
                behind, whose = found
                # "The ninth of May 2012" is one date.
                article = plain[start].isalpha() and plain[max(0, start - 4) : start] == "the "
                yield start - 4 if article else start, behind, whose

    def _read(self, match: "re.Match[str]", plain: str) -> tuple[int, list[int]] | None:
        parts = match.groupdict()
        if parts["row"]:
            whose = next((found for one in _rows(parts["row"]) if (found := self._whose.get(one))), None)
            return (match.end(), list(whose)) if whose else None
        shape = next(name[1] for name, value in parts.items() if value and name[0] == "d")
        day, month = _number(parts[f"d{shape}"]), _month(parts[f"m{shape}"])
        year = parts.get(f"y{shape}")
        if year:
            whose = self._whose.get((day, month, int(year)))
            if whose:
                return match.end(), list(whose)
            if shape not in "45":
                return None
            # "3 April 12 noon": the number was no year.
            end = match.start(f"y{shape}")
            return self._without_year(plain, match.start(), end, day, month)
        return self._without_year(plain, match.start(), match.end(), day, month)

    def _without_year(
        self, plain: str, start: int, end: int, day: int, month: int
    ) -> tuple[int, list[int]] | None:
        whose = self._yearly.get((day, month))
        if not whose:
            return None
        end = start + len(plain[start:end].rstrip(" ,./\\'-"))
        for year in sorted(self._years[day, month]):
            for words in _year_in_words(year):
                if match := re.compile(rf"[ ,]+(?:in )?{words}\b").match(plain, end):
                    return match.end(), list(whose)
        beside = plain[max(0, start - _NEAR) : start], plain[end : end + _NEAR]
        if any(word in part for part in beside for word in BIRTH):
            return end, list(whose)
        return None


def _places(reading: Reading) -> Iterator[int]:
    """Where a date may begin: at digits, and at words for months and days."""
    for word, start in zip(reading.words, reading.starts, strict=True):
        if word.isalpha():
            if word in _BEGINS:
                yield start
        else:
            for digits in _DIGITS.finditer(word):
                yield start + digits.start()


def _rows(row: str) -> Iterator[tuple[int, int, int]]:
    """Day, month and year that a row of digits may be: 03042012, 20120403, 030412, and with a lost zero."""
    if len(row) in (7, 8):
        full = row.zfill(8)
        yield int(full[:2]), int(full[2:4]), int(full[4:])
        yield int(row[6:]), int(row[4:6]), int(row[:4])
    elif len(row) in (5, 6):
        full = row.zfill(6)
        yield int(full[:2]), int(full[2:4]), int(full[4:])
        yield int(full[4:]), int(full[2:4]), int(full[:2])


def _number(day: str) -> int:
    digits = "".join(character for character in day if character.isdigit())
    return int(digits) if digits else ORDINALS[" ".join(day.split())]


def _month(month: str) -> int:
    return int(month) if month.isdigit() else MONTHS[month]


def _year_in_words(year: int) -> Iterator[str]:
    """The year in words, as patterns: "nineteen eighty-seven", "two thousand and nine", "twenty oh nine"."""
    century, rest = divmod(year, 100)
    front, back = _in_words(century), _in_words(rest)
    if century == 20:
        yield f"two[ -]thousand(?: and)?[ -]{back}" if back else "two[ -]thousand"
    if not front:
        return
    yield f"{front}[ -]{back}" if back else f"{front}[ -]hundred"
    if 0 < rest < len(_ONES) // 2:
        yield f"{front}[ -](?:oh|o|nought)[ -]{back}"


def _in_words(number: int) -> str:
    """A number below a hundred; blank for nothing."""
    if number < len(_ONES):
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens]}[ -]?{_ONES[ones]}" if ones else _TENS[tens]
