"""Days of birth in any layout; other days survive.

A day counts as one of birth where the words around say so (`DOB`, `born`, `b.`, `birthday`), or where it stands in
brackets directly after a name, as in a list of children.
"""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from pipelines.notes.listed import listed
from pipelines.notes.patterns.reading import Reading
from pipelines.notes.patterns.recogniser import FORM_ALONE, IN_CONTEXT, FormRecognizer, Found
from pipelines.notes.patterns.words import MONTHS, Subject
from pipelines.notes.spans import Kind

_MONTH: Final = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])"  # noqa: E501
_GAP: Final = r"[ \t\r\n]{0,3}+"
_YEAR: Final = r"(?:'?[0-9]{4}|'?[0-9]{2})(?![0-9])"
_UNITS: Final = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth"
_ORDINAL: Final = (
    rf"(?:(?:twenty|thirty)[- ](?:{_UNITS})|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|"
    rf"seventeenth|eighteenth|nineteenth|twentieth|thirtieth|{_UNITS})"
)
_COUNT: Final = (
    r"(?:(?:two|one|nineteen|twenty|thousand|hundred|and|oh|o|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|eighteen|thirty|forty|fifty|sixty|seventy|eighty|ninety|three|four|five|six|seven|eight|nine)\b[- ]?)"
)
# Any layout of a day, in lower case. A day written with strokes, dashes or dots, the year first or last; eight digits
# in a row; with the month in words, before or after the day; all in words.
_NUMERIC: Final = (
    r"(?:[0-9]{4}\s?(?P<first>[-/.])\s{0,2}[0-9]{1,2}\s?(?P=first)\s{0,2}[0-9]{1,2}"
    r"|[0-9]{1,2}\s?(?P<second>[-/.\\])\s{0,2}[0-9]{1,2}\s?(?P=second)\s{0,2}(?:[0-9]{4}|[0-9]{2})"
    r"|(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])(?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]))(?![0-9])"
)
_WORDED: Final = (
    rf"(?:[0-9]{{1,2}}{_GAP}(?:st|nd|rd|th)?{_GAP}(?:day{_GAP})?(?:of{_GAP})?[-/.]?{_MONTH}[-/.,]?"
    rf"(?:{_GAP}(?:of{_GAP})?{_YEAR})?"
    rf"|{_MONTH}[-/.,]?{_GAP}(?:the{_GAP})?[0-9]{{1,2}}(?:st|nd|rd|th)?(?![0-9])(?:[-,./]?{_GAP}'?[0-9]{{4}}(?![0-9]))?"
    rf"|(?:the{_GAP})?{_ORDINAL}{_GAP}(?:day{_GAP})?(?:of{_GAP})?{_MONTH}(?:[,]?{_GAP}(?:{_YEAR}|{_COUNT}{{2,7}}))?)"
)
_DAY: Final = rf"(?:{_NUMERIC}|{_WORDED})"
_LOOSE: Final = (
    r"(?:[0-9]{1,2}[ ,:_|][0-9]{1,2}[ ,:_|](?:[0-9]{4}|[0-9]{2})(?![0-9])"  # 3 4 2012
    r"|(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{2}(?![0-9])"  # 030412
    rf"|{_MONTH}[,']?{_GAP}(?:of{_GAP})?(?:19|20)?[0-9]{{2}}(?![0-9])"  # April 2012
    r"|(?:0?[1-9]|[12][0-9]|3[01])/(?:0?[1-9]|1[0-2])(?![0-9/])"  # 3/4
    r"|(?:19|20)[0-9]{2}(?![0-9/]))"  # 2012
)
_START: Final = r"(?<![0-9])(?<![0-9][/.-])(?:(?<![a-z])|(?<=dob))"
_ANY_DAY: Final = re.compile(rf"{_START}(?P<it>{_DAY})")
_DAY_OR_YEAR: Final = re.compile(rf"{_START}(?P<it>{_DAY}|{_LOOSE})")
# After the word and before the day: a few words, no end of a sentence.
_BETWEEN: Final = 44
_SENTENCE_ENDS: Final = re.compile(r"[!?;\0]|[a-z)][.](?=\s)|\n\s*\n")
_CHAIN: Final = re.compile(
    r"[\s,;&/()\[\]|-]*+(?:(?:and|or|not|then|twin|twins)\b)?[\s,;&/()\[\]:|-]*+"
    r"(?P<words>(?:[a-z'-]{1,20}[\s:(-]{1,3}){0,2})"
)
_TURNS: Final = re.compile(
    rf"\b(?:turn(?:s|ed|ing)?|will be|becomes)\s[0-9]{{1,2}}\s(?:(?:years?|yrs?)(?: old| of age)?\s)?on\s(?P<it>{_DAY})"
)
_NAME_AND_DAY: Final = re.compile(
    r"(?<![A-Za-z'-])(?P<name>[A-Z][A-Za-z'-]+)[ ]?[ ,:-][ ]?"
    r"(?P<it>[0-9]{1,2}([/.-])[0-9]{1,2}\3(?:[0-9]{4}|[0-9]{2}))(?![0-9])"
)
_NEXT_OF_LIST: Final = re.compile(
    r"(?:\s?\([A-Za-z0-9 ]{1,8}\))?[\s,;&/|-]{1,3}(?:and\s)?(?:[A-Z][A-Za-z'-]+\s){0,2}"
)
_DOB_AND_DIGIT: Final = re.compile(r"(?<![a-z])dob(?=[0-9])")
_SHORT: Final = re.compile(r"[\s.:(=-]{0,3}")
_NOT_BORN: Final = re.compile(
    r"certificate|parents?\b|mother|father|plan|control|weight|partner|centre|order|"
    r"visit|seen|review|meeting|appointment|report|referr|attend|since|until"
)
_BIRTH_AFTER: Final = re.compile(
    r"[\s)\],:-]{0,3}(?:(?:is|was|as|\(?her|\(?his|\(?their|the|a|\(|actual|true|correct)\s{1,2}){0,3}"
    r"\(?(?:d\.?\s?o\.?\s?b\b|birth|bday|born\b|date of birth)"
)
# Not the hour of a message: [02/02/2024, 10:00].
_AGE: Final = r"[0-9]{1,2}\b(?![:.][0-9]|\s?[ap]m\b)"
_BRACKETED: Final = re.compile(
    r"[(\[]\s?"
    r"(?:(?:aged?|m|f|male|female|boy|girl|son|daughter|[0-9]{1,2}(?:\s?yrs?|\s?years?(?: old)?)?)[\s,;:-]{1,3}){0,2}"
    rf"(?P<it>{_DAY})"
    rf"(?=\s?[)\]]|[,;:]?\s(?:aged?|age|m|f|male|female|y[0-9]|year|yr|{_AGE}|nhs|upn|lives|at)\b|[,;]\s{_AGE})"
)
_WORD: Final = re.compile(r"[a-z0-9]+")
_LAST_WORD: Final = re.compile(r"([A-Za-z][A-Za-z'-]*)[.,:]?\s*$")
_BEFORE_MONTH: Final = re.compile(
    r"(?:[0-9](?:st|nd|rd|th)?|\b(?:in|of|since|until|by|from|to|last|next|late|early|mid))\s\Z"
)
# Before a day in brackets these speak of an event.
_EVENTS: Final = listed("""
    taf tac tafs cin cp cpp cla lac eha eh caf icpc rcpc irm rhi hv gp mash camhs sdq asq ehcp pep iep ep tas fgc
    review reviews meeting meetings visit visits referral referrals assessment assessments plan plans letter
    letters report reports email emails call calls incident incidents strategy conference appointment appointments
    hearing court order orders panel session sessions contact contacts supervision chronology update updates
    minutes closed opened started ended completed due dated signed sent received admitted discharged done seen
    visited today yesterday tomorrow monday tuesday wednesday thursday friday saturday sunday recorded case note
    notes record statement exclusion suspension warning notice tenancy placement placed moved move start end
    closure opening consent form forms scan test result results screening check checks interview discussion
    decision transfer handover attendance term school work home date on since from until till by at before after
    and of the last next previous latest first second final initial monthly weekly quarterly annual interim stage
    step part version section log entry text message voicemail conversation phone telephone tel chat zoom teams
    online workshop course group programme clinic arrest charge charged bail offence caution conviction sentence
    sentenced release released missing found returned return invoice payment paid award claim application applied
    granted refused expired expires expiry renewed renewal inspection ofsted eviction notified notification
    request requested agreed reviewed updated amended approved authorised escalated allocated reallocated
    concluded ceased withdrawn rescheduled cancelled arranged booked attended dna injunction hospital admission
    operation surgery vaccination immunisation jab mmr booster measured weighed weight height bmi below above see
    per ref attached enclosed week month year day time chin cause concern concerns disclosure disclosed allegation
    s47 s17 s20 police social care cafcass pathway ehe cme pru outcome outcomes target review's information info
    history event events it this that them then there here been was is are were has had
""")


class BirthRecognizer(FormRecognizer):
    """Days of birth, by what is said around them."""

    KINDS: ClassVar = (Kind.DATE_OF_BIRTH,)

    def find(self, reading: Reading) -> Iterator[Found]:
        """Days beside a word of birth, and days in brackets after a name."""
        done = 0
        for start, end in (*reading.triggers(Subject.BIRTH), *_run_together(reading.lower)):
            if start < done:
                continue  # within what was listed behind the word before
            for found in (*_before_word(reading, start), *_after_word(reading, start, end)):
                done = max(done, found.end)
                yield found
        if "turn" in reading.lower or "will be" in reading.lower:
            for match in _TURNS.finditer(reading.lower):
                yield _found(match, "day on which somebody comes of an age", IN_CONTEXT)
        yield from _listed(reading)
        if "(" in reading.text or "[" in reading.text:
            for left, right in _brackets(reading):
                yield from _in_brackets(reading, left, right)


def _listed(reading: Reading) -> Iterator[Found]:
    """Names with a day each, as in `Ava 12/03/2015, Leo 14/05/2017`."""
    last: re.Match[str] | None = None
    told = False
    for left, right in reading.near_digits:
        for match in _NAME_AND_DAY.finditer(reading.text, left, right):
            if match["name"].lower() in _EVENTS or match["name"].lower() in MONTHS:
                continue
            if last and _NEXT_OF_LIST.fullmatch(reading.text, last.end(), match.start()):
                if not told:
                    yield _found(last, "day beside a name, in a list", FORM_ALONE)
                yield _found(match, "day beside a name, in a list", FORM_ALONE)
                told = True
            else:
                told = False
            last = match


def _run_together(lower: str) -> Iterator[tuple[int, int]]:
    """`dob03/04/2012`, without a space."""
    if "dob" in lower:
        for match in _DOB_AND_DIGIT.finditer(lower):
            yield match.span()


def _found(match: re.Match[str], rule: str, score: float) -> Found:
    start, end = match.span("it")
    while match.string[end - 1] in " \t\r\n-,./":
        end -= 1
    return Found(start, end, Kind.DATE_OF_BIRTH, rule, score)


def _after_word(reading: Reading, start: int, end: int) -> Iterator[Found]:
    """The first day after a word of birth, and those listed with it."""
    lower = reading.lower
    if lower[start:end] == "b":
        # `b.` means birth only right before the day, and never within a word such as `Year 3B`.
        gap = _SHORT.match(lower, end)
        day = _DAY_OR_YEAR.match(lower, gap.end()) if gap and gap.end() > end else None
    else:
        day = _DAY_OR_YEAR.search(lower, end, end + _BETWEEN + 40)
        if day and (day.start() > end + _BETWEEN or not _speaks_of(lower[end : day.start()])):
            day = None
    while day:
        yield _found(day, "day beside a word of birth", IN_CONTEXT)
        gap = _CHAIN.match(lower, day.end())
        if not gap or gap.end() == day.end() or not _EVENTS.isdisjoint(_WORD.findall(gap["words"])):
            return
        day = _ANY_DAY.match(lower, gap.end())


def _speaks_of(between: str) -> bool:
    """Whether what stands between a word of birth and a day lets the one speak of the other."""
    return not _SENTENCE_ENDS.search(between) and not _NOT_BORN.search(between)


def _before_word(reading: Reading, start: int) -> Iterator[Found]:
    """A day right before a word of birth: `03/04/2012 (dob)`, `3rd May is her birthday`."""
    if reading.lower.startswith("b ", start) or reading.lower.startswith("b.", start):
        return
    for day in _ANY_DAY.finditer(reading.lower, max(0, start - 60), start):
        tail = _BIRTH_AFTER.match(reading.lower, day.end())
        if tail and tail.end() >= start:
            yield _found(day, "day beside a word of birth", IN_CONTEXT)


def _can_be_a_day(written: str) -> bool:
    """Whether the numbers of a day can be a day and a month."""
    parts = [int(part) for part in re.findall(r"[0-9]+", written) if len(part) < 3]
    return len(parts) < 2 or (
        sum(part <= 31 for part in parts[:3]) > 1 and any(0 < part <= 12 for part in parts)
    )


def _brackets(reading: Reading) -> Iterator[tuple[int, int]]:
    """Where a bracket opens near a digit."""
    text = reading.text
    for left, right in reading.near_digits:
        at = left
        while at < right:
            places = [place for place in (text.find("(", at, right), text.find("[", at, right)) if place >= 0]
            if not places:
                break
            yield min(places), right
            at = min(places) + 1


def _in_brackets(reading: Reading, bracket: int, right: int) -> Iterator[Found]:
    match = _BRACKETED.match(reading.lower, bracket)
    if not match:
        return
    word = _LAST_WORD.search(reading.text, max(0, bracket - 40), bracket)
    if not word or word[1].lower() in _EVENTS or not _can_be_a_day(match["it"]):
        return
    # May, June and April are people too, unless a day or a word such as `in` stands before.
    if word[1].lower() in MONTHS and reading.before(word.start(), _BEFORE_MONTH, 12):
        return
    yield _found(match, "day in brackets after a name", FORM_ALONE)
