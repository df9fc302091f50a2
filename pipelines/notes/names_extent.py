"""How far a name goes, once one of its words is known to be of it."""

from pipelines.notes import lexicon
from pipelines.notes.names_reading import NOTHING, Case, Gap, Lists, Sort, Word
from pipelines.notes.names_words import (
    AFTER_TIME,
    BEFORE_TIME,
    CONTACT_DEEDS,
    LISTS,
    MODALS,
    NO_SURNAMES,
    PARTICLES,
    RANKS,
    ROLES,
    SEASONS,
    SMALL_WORDS,
    STRONG_RANKS,
    TIMES,
    TITLES,
)

_LONGEST = 6
_MOST_PARTICLES = 3
# Within such parts alone: Mac an Bhaird.
_INNER_PARTICLES = frozenset(("an", "na", "i"))


def particles(words: list[Word], at: int) -> int:
    """How many words from `at` on are parts of a surname such as "van der" before the name itself; none without one."""
    count = 0
    while at + count < len(words) and count <= _MOST_PARTICLES:
        word = words[at + count]
        stop = count and words[at + count - 1].plain in ("st", "ap") and word.gap is Gap.STOP
        if count and word.gap not in (Gap.SPACE, Gap.LINE) and not stop:
            return 0
        if not word.free or word.possessive:
            return count if count and word.possessive and word.free and word.case is not Case.SMALL else 0
        small = word.plain in PARTICLES and (word.case is not Case.LETTER or word.plain == "o")
        if small or (count and word.plain in _INNER_PARTICLES and word.case is Case.SMALL):
            count += 1
            continue
        name = word.case in (Case.CAPITAL, Case.CAPITALS) and word.entry.sort is not Sort.ABBREVIATION
        return count if count and name else 0
    return 0


def is_time(words: list[Word], at: int) -> bool:
    """Whether a month or a season is one here, and nobody's name."""
    word = words[at]
    if word.plain not in TIMES:
        return False
    after = words[at + 1] if at + 1 < len(words) else None
    if after is not None and after.gap is Gap.SPACE:
        if after.plain in AFTER_TIME:
            return True
        if after.case is not Case.SMALL and after.entry.sort in (Sort.NAME, Sort.UNKNOWN):
            return False
        # "Summer was a turning point."
        then = words[at + 2].plain if at + 2 < len(words) else ""
        if word.plain in SEASONS and after.plain in ("was", "is") and then in ("a", "an", "the"):
            return True
    # 7 May, June 15.
    if word.counted:
        return True
    if not at or word.gap not in (Gap.SPACE, Gap.LINE):
        return False
    before = words[at - 1].plain
    if before in ("to", "from", "by", "for") and at > 1 and words[at - 2].plain in CONTACT_DEEDS:
        return False
    return before in BEFORE_TIME or before in TIMES


class Extents:
    """Says how far names go."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._institutions = lexicon.institutions()

    def of(self, words: list[Word], at: int, floor: int) -> tuple[int, int]:
        """The numbers of the first and the last word of the name that word `at` is of; none before `floor`."""
        first = last = at
        while first > floor and last - first < _LONGEST and self._goes_before(words, first):
            first -= 1
        while last + 1 < len(words) and last - first < _LONGEST:
            step = self._goes_on(words, last, first)
            if not step:
                break
            last += step
        return first, last

    def _goes_before(self, words: list[Word], at: int) -> bool:
        word, before = words[at], words[at - 1]
        if not before.free or before.possessive:
            return False
        if before.case is Case.LETTER:
            opens_with_a = before.plain in ("a", "i") and before.opens and word.gap is not Gap.STOP
            return word.gap in (Gap.SPACE, Gap.STOP) and word.case is not Case.SMALL and not opens_with_a
        if not word.joined:
            return False
        if word.case is Case.SMALL:
            entry = self._lists.entry(before.plain)
            small = before.case is Case.SMALL and entry.forename and before.plain not in (*TIMES, *MODALS)
            return small and entry.sort in (Sort.NAME, Sort.EITHER) and before.plain not in ROLES
        if before.case is Case.SMALL or before.plain in TITLES or before.plain in RANKS:
            return False
        if before.case is Case.CAPITALS and before.plain in SMALL_WORDS:
            return False
        if word.gap is Gap.LINE and before.entry.sort is not Sort.NAME:
            return (
                before.entry.sort is Sort.EITHER
                and word.entry.sort in (Sort.NAME, Sort.UNKNOWN)
                and not before.opens
            )
        if before.entry.sort in (Sort.EITHER, Sort.WEAK):
            if before.plain in MODALS and before.opens and word.entry.forename:
                return False
            return before.entry.forename and not is_time(words, at - 1)
        if before.entry.sort is Sort.NAME:
            return True
        slip = before.opens and self._lists.is_slip(before.plain)
        return before.entry.sort is Sort.UNKNOWN and before.case is Case.CAPITAL and not slip

    def _goes_on(self, words: list[Word], at: int, first: int) -> int:
        """How many words further the name goes."""
        word, after = words[at], words[at + 1]
        if word.possessive or not after.free:
            return 0
        if (
            word.plain in PARTICLES
            and after.gap in (Gap.SPACE, Gap.LINE, Gap.STOP)
            and word.case is not Case.LETTER
        ):
            inside = particles(words, at)
            if inside:
                return inside
        if after.gap is Gap.STOP and word.case is Case.LETTER and after.case is not Case.SMALL:
            return int(after.entry.sort >= Sort.WEAK or after.case is Case.LETTER)
        if not after.joined and not (after.gap is Gap.STOP and word.case is Case.LETTER):
            return 0
        if after.plain in PARTICLES:
            inside = particles(words, at + 1)
            if inside:
                return inside + 1
        if after.case is Case.SMALL or word.case is Case.SMALL:
            if word.case is not after.case or after.gap is Gap.LINE:
                return 0
            entry = self._lists.entry(after.plain)
            ends = at + 2 >= len(words) or words[at + 2].gap is not Gap.SPACE
            either = ends and entry.surname and entry.sort >= Sort.WEAK and after.plain not in NO_SURNAMES
            return int(
                either or entry.sort is Sort.NAME or (entry.sort is Sort.UNKNOWN and len(after.plain) > 3)
            )
        if after.gap is Gap.LINE:
            surname = after.entry.sort in (Sort.NAME, Sort.UNKNOWN) and after.case is not Case.LETTER
            whole = word.entry.forename and after.entry.surname and after.entry.sort >= Sort.WEAK
            return int((surname or whole) and after.plain not in TIMES)
        if after.case is Case.LETTER:
            small = (
                at + 2 < len(words) and words[at + 2].gap is Gap.SPACE and words[at + 2].case is Case.SMALL
            )
            return int(after.plain not in ("a", "i") or not small)
        return self._surname(words, at, first)

    def _surname(self, words: list[Word], at: int, first: int) -> int:
        """Whether the capitalised word behind is of the name too."""
        word, after = words[at], words[at + 1]
        sort = after.entry.sort
        if after.plain in TITLES:
            return 0
        if sort is Sort.ABBREVIATION:
            plain = self._lists.entry(after.plain)
            return int(word.case is Case.CAPITALS and plain.sort >= Sort.WEAK and plain.surname)
        if sort in (Sort.NAME, Sort.UNKNOWN):
            return 1
        if sort in (Sort.EITHER, Sort.WEAK):
            return int((after.entry.surname or after.entry.forename) and not is_time(words, at + 1))
        # A surname that is a people or a thing too: Lucy English, Mohammed Islam.
        if sort is Sort.NEVER:
            return int(after.entry.surname and word.entry.sort >= Sort.EITHER)
        if first != at or not word.entry.forename or word.entry.sort < Sort.WEAK:
            return 0
        # Any other, that no list has: Rachel Pickles.
        return int(
            sort is Sort.WORD
            and after.case is word.case is Case.CAPITAL
            and word.entry.sort is Sort.NAME
            and not (after.plain in self._institutions or after.plain in NO_SURNAMES)
        )


def joined_where_turned(words: list[Word], names: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The names, with "Surname, Forename" as one where it is no list of two."""
    out: list[tuple[int, int, str]] = []
    number = 0
    while number < len(names):
        first, last, rule = names[number]
        following = names[number + 1] if number + 1 < len(names) else None
        if following is not None and following[0] == last + 1 and is_turned(words, first, last, following[1]):
            out.append((first, following[1], "turned"))
            number += 2
        else:
            out.append((first, last, rule))
            number += 1
    return out


def is_turned(words: list[Word], first: int, last: int, end: int) -> bool:
    """Whether words `first` to `last` are a surname with the forename behind a comma, up to word `end`."""
    surname, forename = words[last], words[last + 1]
    if forename.gap is not Gap.COMMA or surname.possessive:
        return False
    if not all(word.plain in PARTICLES for word in words[first:last]):
        return False
    before, listed = words[first - 1] if first else NOTHING, words[first].gap is Gap.COMMA
    if not listed and (before.plain in TITLES or before.plain in STRONG_RANKS):
        return False
    # The surname of a name the usual way round, with another name listed behind it.
    usual = words[first].joined and before.case is not Case.SMALL and (before.person or before.entry.forename)
    if usual or not all(_can_be_forename(word) for word in words[last + 1 : end + 1]):
        return False
    shouted = surname.case is Case.CAPITALS and forename.case is Case.CAPITAL
    alone = surname.entry.surname and not surname.entry.forename
    if shouted or (alone and forename.entry.forename):
        return True
    after = words[end + 1] if end + 1 < len(words) else NOTHING
    goes_on = after.plain in ("and", "&") or (after.gap is Gap.COMMA and after.case is not Case.SMALL)
    either = surname.entry.surname or not surname.entry.forename
    return either and end == last + 1 and not (listed or goes_on or before.plain in LISTS)


def _can_be_forename(word: Word) -> bool:
    return word.entry.forename or word.entry.sort is Sort.UNKNOWN
