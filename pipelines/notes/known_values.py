"""Numbers, addresses, schools and what else is somebody's, in every form in which they are written."""

import re
from collections.abc import Iterable, Iterator

from pipelines.notes.folding import Folded
from pipelines.notes.known_words import FLATS, SORTS, STREET_FORMS
from pipelines.notes.spans import Kind

_WORD = re.compile(r"[^\W_]+")
_NOT_PLAIN = re.compile(r"[\W_]+")
_POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?) *(\d[a-z]{2})\b")
_NUMBERED = re.compile(r"\d+[a-z]?")
# Shorter numbers stand in a text by chance.
FEWEST_CHARACTERS, _FEWEST_DIGITS = 5, 3
_IN_WORDS = (Kind.ADDRESS, Kind.SCHOOL, Kind.SURGERY)
_LIKE_TEXT = (Kind.EMAIL, Kind.SOCIAL_HANDLE, Kind.WEB_ADDRESS)
_STREET_VARIANTS: dict[str, tuple[str, ...]] = {
    word: tuple(sorted(row)) for row in STREET_FORMS for word in sorted(row)
}
# "st" ends a street and begins a saint.
_SAINTS = {"saint": ("saint", "st"), "st": ("st", "saint")}
_MOST_TAILS = 3
_SHORTEST_PHONE = 9


def numbers(kind: Kind, value: str) -> set[str]:
    """The letters and digits of a number, a telephone number, a postcode or an e-mail address, in each way to write
    them in a row: with and without zeros in front, from abroad, without a century."""
    bare = _NOT_PLAIN.sub("", Folded.of(value).text)
    out = {bare}
    if kind is Kind.PHONE:
        out |= _phones(bare)
    elif kind is Kind.NINO and re.fullmatch(r"[a-z]{2}\d{6}[a-z]", bare):
        out.add(bare[:-1])
    elif kind is Kind.PNC_ID and (match := re.fullmatch(r"((?:19|20)?\d\d)(\d{7})([a-z])", bare)):
        year, serial, letter = match.groups()
        # "2011/0151612M" is "11/151612M" too.
        for shown in {year, year[-2:]}:
            out |= {f"{shown}{serial}{letter}", f"{shown}{serial.lstrip('0')}{letter}"}
    elif kind in _LIKE_TEXT:
        out = {
            _NOT_PLAIN.sub("", Folded.of(value.replace("@", one).replace(".", dot)).text)
            for one in ("@", " at ")
            for dot in (".", " dot ")
        }
    elif bare.isdigit():
        out.add(bare.lstrip("0"))
    return {one for one in out if len(one) >= FEWEST_CHARACTERS and _tells(kind, one)}


def _tells(kind: Kind, number: str) -> bool:
    digits = sum(character.isdigit() for character in number)
    return kind in _LIKE_TEXT or kind is Kind.POSTCODE or digits >= _FEWEST_DIGITS


def _phones(bare: str) -> set[str]:
    national = re.sub(r"^(?:00)?(?:44)?0*", "", bare)
    if len(national) < _SHORTEST_PHONE:
        return set()
    return {front + national for front in ("", "0", "44", "440", "0044", "00440")}


def in_words(kind: Kind, value: str) -> Iterator[tuple[str, Kind, str]]:
    """The forms of an address or a school in words, each with its kind and what form it is."""
    if kind is Kind.ADDRESS:
        yield from addresses(value)
    else:
        yield from ((form, kind, rule) for form, rule in schools(value))


def is_in_words(kind: Kind) -> bool:
    """Whether things of this kind are looked for in words, not as a row of letters and digits."""
    return kind in _IN_WORDS


def addresses(value: str) -> Iterator[tuple[str, Kind, str]]:
    """The forms of one address: whole, by house and street with what follows, without its flat, the street alone."""
    text = Folded.of(value).text
    lines = [part for part in re.split(r"[\n\r]+", value) if part.strip()]
    if len(lines) > 1:
        text = ", ".join(Folded.of(line).text for line in lines)
    parts = [_WORD.findall(part) for part in re.split(r"[,;]", _POSTCODE.sub(",", text))]
    parts = [words for words in parts if words]
    if not parts:
        return
    front, street, tails = _house_and_street(parts)
    if not street:
        yield from _named_house(parts)
        return
    numbered = _NUMBERED.fullmatch(street[0]) is not None
    ends = [
        [],
        *(
            [word for part in tails[:stop] for word in part]
            for stop in range(1, len(tails[:_MOST_TAILS]) + 1)
        ),
    ]
    begins: list[list[str]] = [[]] if numbered else []
    begins += [[word for part in front[start:] for word in part] for start in range(len(front))]
    for written in _street_spellings(street):
        for begin in begins:
            for end in ends:
                yield " ".join([*begin, *written, *end]), Kind.ADDRESS, "address"
        bare = written[1:] if numbered else written
        if len(bare) > 1 and bare[-1] in _STREET_VARIANTS:
            yield " ".join(bare), Kind.ADDRESS, "street"
    for part in front:
        if len(part) > 1 and part[0] in FLATS:
            yield " ".join(part), Kind.ADDRESS, "flat"
        elif len(part) > 1:
            yield " ".join(part), Kind.ADDRESS, "house"


def _house_and_street(parts: list[list[str]]) -> tuple[list[list[str]], list[str], list[list[str]]]:
    """What stands before the number of the house, that number and the street, and what follows, in parts."""
    for at, words in enumerate(parts):
        for place, word in enumerate(words):
            if not _NUMBERED.fullmatch(word) or (place and words[place - 1] in FLATS):
                continue
            before = [*parts[:at], *([words[:place]] if place else [])]
            if place + 1 < len(words):
                # "12-14 Station Road", "12 A Station Road" begin with their first number.
                return before, words[place:], parts[at + 1 :]
            if at + 1 < len(parts) and not _NUMBERED.fullmatch(parts[at + 1][0]):
                return before, [word, *parts[at + 1]], parts[at + 2 :]
    return [], [], parts


def _named_house(parts: list[list[str]]) -> Iterator[tuple[str, Kind, str]]:
    """Forms of an address without a number: a house by its name, and its street."""
    for stop in range(len(parts), 0, -1):
        words = [word for part in parts[:stop] for word in part]
        if len(words) > 1:
            for written in _street_spellings(words):
                yield " ".join(written), Kind.ADDRESS, "address" if stop > 1 else "house"
    for words in parts[1:2]:
        if len(words) > 1 and words[-1] in _STREET_VARIANTS:
            for written in _street_spellings(words):
                yield " ".join(written), Kind.ADDRESS, "street"


def _street_spellings(words: list[str]) -> Iterator[list[str]]:
    """The words with the end of the street in full and short, "saint" both ways, and "St Oswald's" without its mark."""
    for start in _joined_marks(words):
        saints = next((at for at, word in enumerate(start[:-1]) if word in _SAINTS), None)
        for saint in _SAINTS[start[saints]] if saints is not None else ("",):
            one = list(start)
            if saints is not None:
                one[saints] = saint
            for end in _STREET_VARIANTS.get(one[-1], (one[-1],)):
                yield [*one[:-1], end]


def _joined_marks(words: list[str]) -> Iterator[list[str]]:
    yield words
    if "s" in words[1:]:
        out: list[str] = []
        for word in words:
            if word == "s" and out:
                out[-1] += "s"
            else:
                out.append(word)
        yield out


def schools(value: str) -> Iterator[tuple[str, str]]:
    """The forms of the name of a school or a surgery: whole, and with less and less of what it is ("St Oswald's
    Catholic Primary School", "St Oswald's Primary", "St Oswald's"); bare names are marked, since they need a word of
    schooling beside them."""
    text = Folded.of(value.split(",")[0]).text
    words = _WORD.findall(text)
    if not words or len("".join(words)) < FEWEST_CHARACTERS:
        return
    core = len(words)
    while core > 1 and words[core - 1] in SORTS:
        core -= 1
    start = 1 if words[0] == "the" and core > 1 else 0
    sorts = words[core:]
    tails: list[list[str]] = [sorts[:stop] for stop in range(1, len(sorts) + 1)]
    tails += [[sort] for sort in sorts if len(sort) > 3 or sort in ("rc", "ce", "cofe")]
    if sorts and sorts[-1] != "school":
        tails += [[*tail, "school"] for tail in [*tails, []]]
    for begin in {0, start}:
        for written in _school_spellings(words[begin:core]):
            for tail in tails:
                yield " ".join([*written, *tail]), "school"
            if len("".join(written)) >= FEWEST_CHARACTERS:
                saintly = (
                    written[0] in ("st", "saint", "our", "holy", "sacred", "all", "ss") and len(written) > 1
                )
                whole = not sorts and len(written) > 1
                yield " ".join(written), "school" if saintly or whole else "bare school"


def _school_spellings(words: list[str]) -> Iterator[list[str]]:
    for start in _joined_marks(words):
        yield start
        if start and start[0] in _SAINTS:
            for saint in _SAINTS[start[0]]:
                if saint != start[0]:
                    yield [saint, *start[1:]]


def postcodes(values: Iterable[str]) -> set[str]:
    """Postcodes that stand in addresses, in a row."""
    return {
        "".join(match.groups()) for value in values for match in _POSTCODE.finditer(Folded.of(value).text)
    }
