"""Days in texts, in the layouts that people write, and whether somebody was born on one of them."""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<m>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])"
)
_DAY = r"(?P<d>\d{1,2}) ?(?:st|nd|rd|th)?"
_BETWEEN = r"[\s,./-]{0,3}"
_YEAR = r"(?P<y>\d{4}|'?\d{2})(?!\d)"
_SHAPES = tuple(
    re.compile(rf"(?<!\d)(?={shape})", re.IGNORECASE)
    for shape in (
        r"(?P<y>(?:19|20)\d\d)(?P<gap>\s?[-./\s]\s?)(?P<m>\d{1,2})(?P=gap)(?P<d>\d{1,2})(?!\d)",
        rf"(?P<d>\d{{1,2}})(?P<gap>\s?[-./\s]\s?)(?P<m>\d{{1,2}})(?P=gap){_YEAR}",
        r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?!\d)",
        r"(?P<d>\d\d)(?P<m>\d\d)(?P<y>(?:19|20)\d\d)(?!\d)",
        rf"{_DAY}(?: day)?(?: of)?{_BETWEEN}{_MONTH}{_BETWEEN}{_YEAR}",
        rf"\b{_MONTH}{_BETWEEN}{_DAY}\b{_BETWEEN}{_YEAR}",
        rf"(?P<y>(?:19|20)\d\d){_BETWEEN}{_MONTH}{_BETWEEN}{_DAY}(?!\d)",
    )
)
_CENTURIES = (1900, 2000)
_THREE_DIGITS = re.compile(r"\d.*\d.*\d", re.DOTALL)


def days_in(text: str) -> Iterator[date]:
    """Every day that a text may name: of a year of two digits, in either century."""
    if not _THREE_DIGITS.search(text):
        return
    for shape in _SHAPES:
        for found in shape.finditer(text):
            month = found["m"]
            number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
            year = int(found["y"].lstrip("'"))
            for full in (year,) if year > 99 else (century + year for century in _CENTURIES):
                try:
                    yield date(full, number, int(found["d"]))
                except ValueError:
                    continue  # 31 June is no day


def birthdays_in(texts: Iterable[str], births: Collection[date]) -> list[bool]:
    """For each text, whether one of `births` stands in it."""
    return [any(day in births for day in days_in(text)) for text in texts]
