"""Where somebody lives: postcodes, street addresses, and streets without a number where somebody is said to live.

A house number with a street counts anywhere. A street alone counts by what it is called: `Canal Street` does,
`Quarry Hill` only where somebody lives or moves there, `High Street` not at all.
"""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from pipelines.notes.listed import listed
from pipelines.notes.patterns.checks import as_digits
from pipelines.notes.patterns.reading import Place, Reading
from pipelines.notes.patterns.recogniser import (
    CHECKED,
    FORM_ALONE,
    IN_CONTEXT,
    NOT_IT,
    Form,
    FormRecognizer,
    Found,
    near_digits,
)
from pipelines.notes.patterns.street_words import (
    ABBREVIATIONS,
    COUNTED,
    EVERYBODYS,
    LEADING,
    NO_NAME,
    NO_TOWN,
    STREET_LIKE,
    UNITS,
)
from pipelines.notes.patterns.words import MONTHS, Subject
from pipelines.notes.spans import Kind

_POSTCODE: Final = re.compile(
    r"(?<![A-Za-z0-9])(?P<it>(?P<out>[A-Za-z]{1,2}[0-9O][A-Za-z0-9]?)[ \t\r\n.-]{0,3}(?P<in>[0-9OoIl][A-Za-z]{2}))"
    r"(?![A-Za-z0-9])"
)
_SPLIT_POSTCODE: Final = re.compile(
    r"(?<![A-Za-z0-9])(?P<it>[A-Z]{1,2} ?[0-9][A-Z0-9]?[ \t\r\n-]{1,3}"
    r"[0-9] ?[ABD-HJLNP-UW-Z] ?[ABD-HJLNP-UW-Z])(?![A-Za-z0-9])"
)
_OUT: Final = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?")
_IN: Final = re.compile(r"[0-9][ABD-HJLNP-UW-Z]{2}")
_NO_INWARD: Final = frozenset(["1st", "2nd", "3rd", *(f"{digit}th" for digit in "0456789")])
_NO_OUTWARD: Final = frozenset(
    ("Y", "KS", *(f"{stage}{digit}" for stage in ("Y", "KS") for digit in "123456789"))
)
_UNITS: Final = listed("hr yr ft lb st nd rd th ps ed")
_SAID_POSTCODE: Final = re.compile(
    r"\b(?:post\s?code|p/?code|zip)\b|\b(?:street|road|lane|avenue|close|drive|terrace)\b"
)

_NUMBER: Final = (
    r"(?<![A-Za-z0-9$.:/%+-])(?:(?:[Nn]o|NO|[Nn]umber|[Nn]os)\b\.?\s?)?[0-9]{1,4}(?:\s?[A-Ha-h](?![A-Za-z0-9']))?"
    r"(?:\s?[-/&]\s?[0-9]{1,4}[A-Ha-h]?(?![A-Za-z0-9]))?(?:,\s{0,2}|\s{1,3})"
)
_CAPITAL: Final = r"(?:[A-Z][A-Za-z'-]*|St\.|[0-9]{1,2}(?:st|nd|rd|th))"
_SMALL: Final = r"(?:of|the|and|le|la|de|upon|on|in|by|under)"
_WORD: Final = r"[A-Za-z][A-Za-z'-]*"
_NUMBERED: Final = re.compile(
    rf"(?P<number>{_NUMBER})(?P<name>(?:(?:{_CAPITAL}|{_SMALL})\s{{1,3}}){{1,5}})\Z"
)
_NUMBERED_LOOSE: Final = re.compile(rf"(?P<number>{_NUMBER})(?P<name>(?:{_WORD}\s{{1,3}}){{1,3}})\Z")
_CAPITALS: Final = re.compile(rf"(?:{_CAPITAL}(?:\s{_SMALL}){{0,2}}\s{{1,3}}){{1,4}}\Z")
_INSIDE: Final = re.compile(
    rf"(?:(?:[Ff]lat|FLAT|[Aa]pt|[Aa]partment|[Uu]nit|[Rr]oom|[Pp]lot|[Bb]lock|[Cc]aravan|[Pp]itch|[Bb]edsit|[Ff]loor)\.?\s?"
    rf"(?:[Nn]o\.?\s?)?(?:[0-9]{{1,4}}\s?[A-Za-z]?|[A-Z][0-9]{{0,3}})(?:/[0-9]{{1,4}})?"
    rf"|(?:[Gg]round|[Ff]irst|[Ss]econd|[Tt]op|[Bb]asement)\s(?:[Ff]loor\s)?[Ff]lat"
    rf"|(?:{_CAPITAL}\s){{1,3}}(?:House|Cottage|Court|Lodge|Farm|Towers?|Heights|Villas?|Mansions|Buildings|Hall|Point|Mill|Wharf|Quay|Plaza))"
    r"(?:\s?[,/-]\s{0,2}|\s{1,3})\Z"
)
_TOWN: Final = re.compile(
    rf"(?:[ ]?,\s{{0,2}}|\n)(?P<town>{_CAPITAL}(?:(?: (?:upon|le))? {_CAPITAL}){{0,3}})"
)
_SMALL_TOWN: Final = re.compile(
    r",\s?(?P<town>[a-z'-]{3,20}(?: [a-z'-]{3,20})?)(?=,?\s{1,3}[a-z]{1,2}[0-9][a-z0-9]?\s?[0-9][a-z]{2}\b)"
)
_TOWN_ENDS: Final = re.compile(
    r"\s*(?:[,.;:)\]\n]|$|[A-Za-z]{1,2}[0-9][A-Za-z0-9]?\s?[0-9][A-Za-z]{2}\b|\("
    r"|(?:on|at|by|for|with|and|was|is|to|from|in|this|next|today|tomorrow|yesterday|re|as|after|before|where|but|since|until)\b)"
)
_POSTCODE_FOLLOWS: Final = re.compile(r"[\s,.]{0,3}[a-z]{1,2}[0-9][a-z0-9]?\s{0,2}[0-9][a-z]{2}\b")
_HOME_BEFORE: Final = re.compile(
    r"\b(?:address(?:es)?|lives?|living|lived|resid(?:es|ing|ent)|stay(?:s|ed|ing)?|mov(?:ed?|es|ing)|rehoused|placed|home|house"
    r"|property|tenancy|tenant|flat|hostel|neighbours?|delivery|accommodation)\b[\s:,-]{1,3}"
    r"(?:(?:is|was|now|back|to|at|on|in|of|the|a|with|visit|for|given|as|over|up|down|near|from|off|into|out)\b[\s:,-]{1,2}){0,5}\Z"
)
_AT: Final = re.compile(
    r"\b(?:at|to|from|of|on|off|in|into|near|outside|enter|address|is|opposite|along|down|up|round|behind|leave|and|or|:)"
    r"[\s:,-]{1,3}(?:the\s)?\Z"
)
_BEGINS: Final = re.compile(r"(?:^|[\n,;:(])[ ]{0,3}\Z")
_NOT_A_STREET: Final = re.compile(
    r"\s(?:team|safety|works?|worker|outreach|court|sheriff|project|crossing|tax|rage|map|traffic)\b"
)
_FLAT: Final = re.compile(
    rf"\.?\s?(?:no\.?\s?)?(?:[0-9]{{1,4}}[A-Za-z]?|[A-Z])(?![A-Za-z0-9.:/-])"
    rf"(?P<house>,?\s(?:{_CAPITAL}\s){{0,3}}(?:House|Court|Lodge|Towers?|Heights|Villas?|Mansions|Buildings|Hall|Point|Mill)\b)?"
)
_COUNTS: Final = re.compile(
    r"\s(?:weeks?|months?|days?|hours?|mins?|minutes?|years?|people|times|bed|nights?|children|kids)\b"
)
_SAID_AT: Final = re.compile(
    rf"(?:\b(?:[Aa]t|[Tt]o|[Oo]f|[Ff]rom|[Nn]ear|[Oo]utside|[Aa]ddress|is|[Ll]ives|[Ff]lat,)\b|:)[\s:]{{1,3}}"
    rf"(?P<it>{_NUMBER}(?:[A-Z][a-z'-]+\s){{1,3}}[A-Z][a-z'-]+)"
)
_SAID_HOME: Final = re.compile(
    r"(?:\b(?:[Aa]ddress|ADDRESS|[Ll]ives?|[Ll]iving|[Ll]ived|[Mm]oved|[Mm]oving|[Hh]ome|[Nn]eighbours?)"
    r"(?: (?:is|was|now|at|to|of|in|with \w+ at))*)[\s:-]{1,3}"
    rf"(?P<it>{_NUMBER}[A-Z][a-z'-]{{3,}})(?=\s*(?:[,.;)\n]|$))"
)
_BEFORE_POSTCODE: Final = re.compile(
    rf"(?P<it>{_NUMBER}{_WORD}(?:\s{_WORD}){{0,3}}(?:,\s{_WORD}(?:[ -]{_WORD}){{0,2}}){{0,2}}),?\s{{1,3}}"
    r"[A-Za-z]{1,2}[0-9][A-Za-z0-9]?\s{0,2}[0-9][A-Za-z]{2}(?![A-Za-z0-9])"
)
_WHAT3WORDS: Final = re.compile(r"///\s?[a-z]{2,20}\.[a-z]{2,20}\.[a-z]{2,20}")
_COORDINATES: Final = re.compile(
    r"(?<![0-9.])(?:4[9]|5[0-9]|60)\.[0-9]{3,12}\s?(?:deg)?\s?N?\s?[,/ ]\s?-?[0-8]\.[0-9]{3,12}(?:\s?[EW]\b)?"
)
_LEADS_BACK: Final = 72
# `Year 9`, not number 9 of a street.
_COUNTED_OFF: Final = re.compile(
    r"\b(?:year|yr|week|section|level|tier|grade|aged?|stage|step|part|page|item|term|day|phase|form|class|group)\s\Z"
)


def _postcode(match: re.Match[str], reading: Reading) -> float:
    outward, inward = match["out"].upper(), match["in"].upper()
    ending = match["in"].lower()
    if ending in _NO_INWARD and (not match["in"].isupper() or outward in _NO_OUTWARD):
        return NOT_IT
    if ending[1:] in _UNITS and not match["in"][1:].isupper():
        return NOT_IT
    if _OUT.fullmatch(outward) and _IN.fullmatch(inward):
        return CHECKED
    repaired = (outward, outward[0] + as_digits(outward[1:]), outward[:2] + as_digits(outward[2:]))
    right = _IN.fullmatch(as_digits(inward[0]) + inward[1:]) and any(map(_OUT.fullmatch, repaired))
    return IN_CONTEXT if right and reading.before(match.start(), _SAID_POSTCODE, 48) else NOT_IT


def _as_written(match: re.Match[str], reading: Reading) -> float:
    return FORM_ALONE


POSTCODES: Final = (
    Form(Kind.POSTCODE, "postcode", _POSTCODE, _postcode),
    Form(Kind.POSTCODE, "postcode with spaces", _SPLIT_POSTCODE, _as_written),
    Form(
        Kind.POSTCODE,
        "postcode",
        re.compile(r"(?<![A-Za-z0-9])(?:GIR ?0AA|BFPO ?[0-9]{1,4})(?![A-Za-z0-9])", re.IGNORECASE),
        _as_written,
    ),
    Form(Kind.ADDRESS, "coordinates", _COORDINATES, _as_written),
)


class PostcodeRecognizer(FormRecognizer):
    """Postcodes in any case and spacing, and coordinates."""

    KINDS: ClassVar = (Kind.POSTCODE, Kind.ADDRESS)

    def find(self, reading: Reading) -> Iterator[Found]:
        """Each form wherever there are digits."""
        return near_digits(reading, POSTCODES)


class AddressRecognizer(FormRecognizer):
    """Street addresses with flat, house, town; streets alone; places told in three words."""

    KINDS: ClassVar = (Kind.ADDRESS,)

    def find(self, reading: Reading) -> Iterator[Found]:
        """From each word for a street back to its number and on to its town."""
        for subject in (Subject.STREET, Subject.PERHAPS_STREET, Subject.MISSPELT_STREET):
            for place in reading.triggers(subject):
                found = _street(reading, place, subject)
                if found:
                    yield found
        for start, end in reading.triggers(Subject.DWELLING):
            flat = _FLAT.match(reading.text, end)
            if flat and not (flat["house"] is None and _COUNTS.match(reading.lower, flat.end())):
                alone = flat[0].strip()
                if any(char.isdigit() for char in alone) or reading.text[start].isupper():
                    yield Found(start, flat.end(), Kind.ADDRESS, "flat", FORM_ALONE)
        for left, right in reading.near_digits:
            for said in (_SAID_AT, _SAID_HOME):
                for match in said.finditer(reading.text, left, right):
                    if _could_be_a_street(match["it"]):
                        yield _whole_address(reading, *match.span("it"), "number and name", FORM_ALONE)
            for match in _BEFORE_POSTCODE.finditer(reading.text, left, right):
                if COUNTED.isdisjoint(match["it"].lower().replace(",", " ").split()):
                    yield _whole_address(reading, *match.span("it"), "address before a postcode", IN_CONTEXT)
        if "///" in reading.text:
            for match in _WHAT3WORDS.finditer(reading.lower):
                yield Found(*match.span(), Kind.ADDRESS, "place in three words", IN_CONTEXT)


def _could_be_a_street(written: str) -> bool:
    words = set(re.findall(r"[a-z']+", written.lower()))
    return words.isdisjoint(NO_NAME) and words.isdisjoint(COUNTED) and words.isdisjoint(MONTHS)


def _street(reading: Reading, place: Place, subject: Subject) -> Found | None:
    """The address that ends in this word for a street, if there is one."""
    start, end = place
    text = reading.text
    capital = text[start].isupper()
    if reading.lower.startswith("'s", end) or _NOT_A_STREET.match(reading.lower, end):
        return None
    lead = max(0, start - _LEADS_BACK)
    abbreviated = reading.lower[start:end] in ABBREVIATIONS
    numbered = _NUMBERED.search(text, lead, start)
    if numbered and reading.before(numbered.start(), _COUNTED_OFF, 12):
        numbered = None
    if numbered and (capital or subject is not Subject.MISSPELT_STREET):
        led_to = reading.before(numbered.start(), _AT) is not None
        sure = subject is Subject.STREET or (led_to and reading.lower[start:end] in STREET_LIKE - {"court"})
        if _names_a_street(numbered["name"], sure, abbreviated, led_to):
            return _whole_address(reading, numbered.start(), end, "numbered street", IN_CONTEXT)
    loose = _NUMBERED_LOOSE.search(text, lead, start)
    if loose and _counts_nothing(loose["name"]):
        leads = any(reading.before(loose.start(), pattern, 60) for pattern in (_BEGINS, _AT, _HOME_BEFORE))
        if subject is Subject.STREET or leads or _POSTCODE_FOLLOWS.match(reading.lower, end):
            return _whole_address(reading, loose.start(), end, "numbered street", FORM_ALONE)
    if capital and not abbreviated:
        return _without_number(reading, place, subject, lead)
    return None


def _names_a_street(name: str, sure: bool, abbreviated: bool, led_to: bool) -> bool:
    """Whether capitalised words between a number and a word for a street are its name.

    `sure`: that word stands for little else. `led_to`: a word such as `at` stands before, so that what
    follows is no count.
    """
    words = name.lower().split()
    if (words[0] in UNITS and not led_to) or (words[0] in MONTHS and len(words) > 1 and words[1] in LEADING):
        return False
    if sure or words == ["the"]:
        return True
    if abbreviated and (words[-1] in MONTHS or words[-1] in NO_NAME):
        return False
    return not all(word in NO_NAME or word in COUNTED for word in words)


def _counts_nothing(name: str) -> bool:
    words = name.lower().split()
    return COUNTED.isdisjoint(words) and NO_NAME.isdisjoint(words) and MONTHS.keys().isdisjoint(words[:1])


def _without_number(reading: Reading, place: Place, subject: Subject, lead: int) -> Found | None:
    start, end = place
    capitals = _CAPITALS.search(reading.text, lead, start)
    if not capitals:
        return None
    begin = capitals.start()
    for word in re.finditer(r"\S+\s*", capitals[0]):
        if word[0].strip().lower() not in LEADING:
            begin = capitals.start() + word.start()
            break
    else:
        return None
    words = reading.lower[begin:start].split()
    if len(words) == 1 and words[0] in EVERYBODYS:
        return None
    lives = reading.before(begin, _HOME_BEFORE, 60) is not None or _POSTCODE_FOLLOWS.match(reading.lower, end)
    if subject is Subject.STREET:
        return _whole_address(reading, begin, end, "street", IN_CONTEXT if lives else FORM_ALONE)
    if not NO_NAME.isdisjoint(word.strip("'") for word in words):
        return None
    if lives:
        return _whole_address(reading, begin, end, "street where somebody lives", IN_CONTEXT)
    if reading.lower[start:end] in STREET_LIKE and reading.before(begin, _AT):
        return _whole_address(reading, begin, end, "place as streets are called", FORM_ALONE)
    return None


def _whole_address(reading: Reading, start: int, end: int, rule: str, score: float) -> Found:
    """With the flat and house before it, and the town after it."""
    for _ in range(2):
        inside = _INSIDE.search(reading.text, max(0, start - 48), start)
        if not inside:
            break
        start = inside.start()
    for _ in range(3):
        town = _TOWN.match(reading.text, end)
        if not town or not _TOWN_ENDS.match(reading.text, town.end()):
            break
        if not NO_TOWN.isdisjoint(reading.lower[town.start("town") : town.end("town")].split()):
            break
        end = town.end()
    small = _SMALL_TOWN.match(reading.lower, end)
    return Found(start, small.end("town") if small else end, Kind.ADDRESS, rule, score)
