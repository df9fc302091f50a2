"""What is known beforehand, looked for in the plainest way: every form at every place of a text, no automaton.

It says which letters and digits must be found, and which may be: what stands around a word that means something else
too, or letters beside a name, decides those, and tables in the unit tests say how.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from pipelines.notes.forms import Forms, is_abbreviation
from pipelines.notes.known import Known, KnownPerson
from pipelines.notes.known_words import KIN, MONTHS, NEVER, PARTICLES, TIMES
from pipelines.notes.spans import Kind

ENDINGS = ("", "y", "ie", "s", "z", "i", "ey")


@dataclass
class Verdict:
    """Places of letters and digits in a text: those that `must` be found, and those that `may` be."""

    must: set[int] = field(default_factory=set)
    may: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Word:
    start: int
    end: int
    plain: str
    written: str

    @property
    def small(self) -> bool:
        return self.written[0].islower()

    @property
    def capitals(self) -> bool:
        return self.written[0].isalpha() and self.written == self.written.upper()

    @property
    def title(self) -> bool:
        return self.written[0].isupper() and not (len(self.written) > 1 and self.written.isupper())


def plain(text: str) -> str:
    """Small letters without accents, one for each character."""
    out = ""
    for character in text:
        letter = unicodedata.normalize("NFKD", character)[0].lower()
        out += {"’": "'", "‑": "-", "ł": "l", "\n": " ", "\u00a0": " "}.get(letter, letter)
    return out


def words_of(text: str) -> list[Word]:
    """The runs of letters and digits of a text."""
    folded, out, at = plain(text), [], 0
    while at < len(text):
        if not folded[at].isalnum():
            at += 1
            continue
        end = at
        while end < len(text) and folded[end].isalnum():
            end += 1
        out.append(Word(at, end, folded[at:end], text[at:end]))
        at = end
    return out


def letters_wrong(one: str, other: str) -> int:
    """How many letters are wrong: added, left out, changed, or exchanged with their neighbour."""
    table = {(row, -1): row + 1 for row in range(-1, len(one))}
    table |= {(-1, column): column + 1 for column in range(-1, len(other))}
    for row in range(len(one)):
        for column in range(len(other)):
            best = min(
                table[row - 1, column] + 1,
                table[row, column - 1] + 1,
                table[row - 1, column - 1] + (one[row] != other[column]),
            )
            swapped = row and column and one[row] == other[column - 1] and one[row - 1] == other[column]
            table[row, column] = min(best, table[row - 2, column - 2] + 1) if swapped else best
    return table[len(one) - 1, len(other) - 1]


def name_words(name: str) -> list[str]:
    return [word.plain for word in words_of(name)]


def judge(known: Known, forms: Forms, text: str) -> Verdict:
    """What must and may be found in the text of people near."""
    verdict = Verdict()
    words = words_of(text)
    folded = plain(text)
    names = list(_names(known))
    short = list(_forenames(known))
    for first in range(len(words)):
        for last in range(first + 1, min(first + 5, len(words)) + 1):
            _judge_names(verdict, words[first:last], folded, names, forms)
        _judge_short(verdict, words[first], names, short, forms)
    spoilt = set(_spoilt(known))
    for word in words:
        if any(letters_wrong(name, word.plain) <= 1 for name in spoilt):
            verdict.may.update(range(word.start, word.end))
    whole = {"".join(name) for name, _ in names}
    for one, other in itertools.pairwise(words):
        if one.plain + other.plain in whole and folded[one.end : other.start].isspace():
            verdict.may.update(range(one.start, other.end))
    _judge_letters(verdict, words, folded, known)
    for person in known.people:
        for born in person.births:
            _judge_birth(verdict, folded, born)
        for kind, value in person.values:
            if kind is not Kind.ADDRESS:
                _judge_number(verdict, folded, kind, value)
    _judge_between(verdict, words)
    return verdict


def _spoilt(known: Known) -> Iterator[str]:
    """Names as they read in the wrong encoding, in plain letters: they may be looked for."""
    for person in known.people:
        for name in (*person.forenames, *person.surnames, *person.other_names):
            if not name.isascii():
                read = plain(name.encode("utf-8").decode("cp1252", errors="ignore"))
                yield from ("".join(filter(str.isalpha, read)), *re.findall(r"[^\W\d_]+", read))


def _names(known: Known) -> Iterator[tuple[list[str], bool]]:
    """Every form of a name in words, and whether it is one to be known with a letter wrong."""
    for person in known.people:
        fore = [name_words(name) for name in person.forenames]
        last = [name_words(name) for name in person.surnames]
        for name in (*fore, *last, *(name_words(other) for other in person.other_names)):
            yield name, True
            yield ["".join(name)], True
            for word in name:
                if len(word) > 1:
                    yield [word], True
        for one in fore:
            for other in last:
                yield ["".join([*one, *other])], True
                yield [one[0] + "".join(other)], True


def _forenames(known: Known) -> Iterator[str]:
    for person in known.people:
        for name in (*person.forenames, *person.other_names):
            yield "".join(name_words(name))
            yield from name_words(name)
        for one in person.forenames:
            for other in person.surnames:
                yield "".join([*name_words(one), *name_words(other)])
                yield "".join([name_words(one)[0], *name_words(other)])


def _ordinary(word: str, forms: Forms) -> bool:
    return word in forms.words or word in TIMES or word in PARTICLES


def _judge_names(
    verdict: Verdict, row: list[Word], folded: str, names: list[tuple[list[str], bool]], forms: Forms
) -> None:
    gaps = [folded[one.end : other.start] for one, other in itertools.pairwise(row)]
    here = [word.plain for word in row]
    places = {place for word in row for place in range(word.start, word.end)}
    together = all(len(gap) <= 4 and gap.strip() in ("", "-", "'", "?") for gap in gaps)
    if together and any(here == name for name, _ in names) and not (set(here) <= NEVER):
        (verdict.may if _doubtful(row, forms) else verdict.must).update(places)
    joined = "".join(here)
    if any(gap not in ("-", "'") for gap in gaps):
        return
    whole = _is_whole_cluster(row, folded)
    if len(row) > 1 and [joined] in [name for name, _ in names]:
        (verdict.must if whole else verdict.may).update(places)
        return
    if joined in NEVER or not joined.isalpha() or len(joined) < 3:
        return
    near = [name[0] for name, _ in names if len(name) == 1 and letters_wrong(name[0], joined) == 1]
    sure = any(len(name) >= 5 or (len(name) == 4 and row[0].title) for name in near)
    if any(len(name) >= 3 for name in near):
        certain = sure and whole and (len(row) > 1 or not _ordinary(joined, forms))
        (verdict.must if certain else verdict.may).update(places)


def _is_whole_cluster(row: list[Word], folded: str) -> bool:
    """Whether no further word hangs on it with a hyphen or an apostrophe, save a possessive "s"."""
    if len(row) == 1:
        return True
    before = folded[max(0, row[0].start - 2) : row[0].start]
    if len(before) == 2 and before[1] in "-'" and before[0].isalnum():
        return False
    after = folded[row[-1].end :]
    if after[:1] in ("-", "'") and after[1:2].isalnum():
        return (
            after.startswith("'s")
            and not after[2:3].isalnum()
            and row[-1].plain != "s"
            and not (after[2:3] in ("-", "'") and after[3:4].isalnum())
        )
    return row[-1].plain != "s" or folded[row[-1].start - 1] != "'"


def _doubtful(row: list[Word], forms: Forms) -> bool:
    if len(row) > 1:
        return all(_ordinary(word.plain, forms) for word in row)
    word = row[0]
    if _ordinary(word.plain, forms) or (len(word.plain) <= 2 and word.small):
        return True
    return len(word.plain) <= 4 and word.capitals and is_abbreviation(word.plain)


def _judge_short(
    verdict: Verdict, word: Word, names: list[tuple[list[str], bool]], forenames: list[str], forms: Forms
) -> None:
    """What begins like a forename and has a capital letter."""
    if word.small or len(word.plain) < 3 or not word.plain.isalpha() or word.plain in NEVER:
        return
    for name in forenames:
        for end in range(3, len(name) + 1):
            start = name[:end]
            if word.plain in [*(start + ending for ending in ENDINGS), f"{start}{start[-1]}y"]:
                places = range(word.start, word.end)
                unclear = _ordinary(word.plain, forms) or (word.capitals and is_abbreviation(word.plain))
                # One letter more than another name of three letters counts beside a name, as that.
                other = any(len(one) == 1 and letters_wrong(one[0], word.plain) == 1 for one, _ in names)
                (verdict.may if unclear or other else verdict.must).update(places)


def first_letters(person: KnownPerson) -> tuple[set[str], set[str]]:
    """First letters of somebody's forenames and of their surnames."""

    def of(name: str) -> set[str]:
        parts = name_words(name)
        return {parts[0][0], parts[-1][0], "".join(part[0] for part in parts)[:3]}

    fore = {letters for name in (*person.forenames, *person.other_names) for letters in of(name)}
    if len(person.forenames) > 1:
        fore.add("".join(name_words(name)[0][0] for name in person.forenames[:3]))
    return fore, {letters for name in person.surnames for letters in of(name)}


def _judge_letters(verdict: Verdict, words: list[Word], folded: str, known: Known) -> None:
    rows = {
        one + other
        for person in known.people
        for one in first_letters(person)[0]
        for other in first_letters(person)[1]
        if len(one + other) <= 4
    }
    for first in range(len(words)):
        for last in range(first + 1, min(first + 4, len(words)) + 1):
            row = words[first:last]
            if "".join(word.plain for word in row) not in rows or not all(word.capitals for word in row):
                continue
            places = {place for word in row for place in range(word.start, word.end)}
            gaps = {folded[one.end : other.start] for one, other in itertools.pairwise(row)}
            if len(row) == 1:
                verdict.may.update(places)
                plain_case = row[0].plain not in KIN and not is_abbreviation(row[0].plain)
                after = folded[row[0].end : row[0].end + 2]
                hangs = after[:1] in ("-", "'") and after[1:].isalnum()
                if plain_case and not hangs:
                    verdict.must.update(places)
            elif (
                all(len(word.plain) == 1 for word in row)
                and len(gaps) == 1
                and gaps <= {" ", ".", ". ", "-", "  "}
            ):
                verdict.may.update(places)
                # Single letters in a longer row may be read otherwise.
                around = [words[at] for at in (first - 1, last) if 0 <= at < len(words)]
                if not any(len(word.plain) <= 3 and word.capitals for word in around):
                    verdict.must.update(places)


def _judge_between(verdict: Verdict, words: list[Word]) -> None:
    """Capital letters beside a name, and a word with a capital letter between two names, may be part of it."""
    named = [word.start in verdict.must | verdict.may for word in words]
    for at, word in enumerate(words):
        places = range(word.start, word.end)
        beside = any(named[max(0, at - 3) : at]) or any(named[at + 1 : at + 4])
        if beside and word.capitals and len(word.plain) <= 3:
            verdict.may.update(places)
        if 0 < at < len(words) - 1 and named[at - 1] and named[at + 1] and not word.small:
            verdict.may.update(places)


def _judge_birth(verdict: Verdict, folded: str, born: date) -> None:
    months = {month: [name for name, number in MONTHS.items() if number == month] for month in range(1, 13)}
    for day, month in {(born.day, born.month), (born.month, born.day)}:
        days = {str(day), f"{day:02}"}
        years = {str(born.year), f"{born.year % 100:02}"}
        spelt = days | {f"{one}{end}" for one in days for end in ("st", "nd", "rd", "th")}
        texts = {f"{day:02}{month:02}{year}" for year in years}
        texts |= {f"{born.year}{month:02}{day:02}", f"{born.year % 100:02}{month:02}{day:02}"}
        for number in {str(month), f"{month:02}"} if month <= 12 else ():
            for one in days:
                for sign in "/.- ":
                    texts |= {sign.join((one, number, year)) for year in years}
                    texts.add(sign.join((str(born.year), number, one)))
        for name in months.get(month, ()):
            for one in spelt:
                for year in years:
                    texts |= {f"{one} {name} {year}", f"{one} of {name} {year}", f"{name} {one}, {year}"}
                    texts |= {f"{name} {one} {year}", f"{one}-{name}-{year}", f"{one} {name} '{year}"}
        for written in texts:
            at = folded.find(written)
            while at >= 0:
                end = at + len(written)
                places = {place for place in range(at, end) if folded[place].isalnum()}
                verdict.may.update(places)
                if not _goes_on(folded, at, end):
                    verdict.must.update(places)
                at = folded.find(written, at + 1)


def _goes_on(folded: str, start: int, end: int) -> bool:
    """Whether digits, or signs with digits, stand at either end: it may be another number."""
    before, after = folded[max(0, start - 3) : start], folded[end : end + 3]
    return (
        any(character.isdigit() for character in before + after)
        or after[:1].isalnum()
        or before[-1:].isalpha()
    )


def _judge_number(verdict: Verdict, folded: str, kind: Kind, value: str) -> None:
    bare = "".join(character for character in plain(value) if character.isalnum())
    variants = {bare}
    if kind is Kind.PHONE:
        variants |= {front + bare.lstrip("0") for front in ("", "44", "440", "0044")}
    elif bare.isdigit():
        variants.add(bare.lstrip("0"))
    for variant in variants:
        for start in range(len(folded)):
            end = _read_number(folded, start, variant)
            if end is None:
                continue
            places = {place for place in range(start, end) if folded[place].isalnum()}
            verdict.must.update(places)


def _read_number(folded: str, start: int, variant: str) -> int | None:
    """Where the number ends that begins at a place, with at most four signs between two of its characters."""
    before = folded[start - 1 : start]
    if before.isalnum() and (not variant[0].isdigit() or before.isdigit()):
        return None
    at, gap = start, 0
    for number, character in enumerate(variant):
        gap = 0
        while at < len(folded) and not folded[at].isalnum() and number:
            if folded[at] not in " -./()+":
                return None
            at, gap = at + 1, gap + 1
        if gap > 4 or at >= len(folded) or folded[at] != character:
            return None
        at += 1
    after = folded[at : at + 1]
    if after.isalnum() and (not variant[-1].isdigit() or after.isdigit()):
        return None
    return at
