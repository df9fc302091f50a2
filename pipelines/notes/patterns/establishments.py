"""Schools and surgeries by name: a run of capitalised words that ends in what such a place is called.

`the school office`, `high school`, `Primary School` and `Next Clinic` name none.
"""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from pipelines.notes.lexicon import words
from pipelines.notes.listed import listed
from pipelines.notes.patterns.reading import Place, Reading
from pipelines.notes.patterns.recogniser import FORM_ALONE, IN_CONTEXT, FormRecognizer, Found
from pipelines.notes.patterns.street_words import LEADING
from pipelines.notes.patterns.words import SCHOOLS, SURGERIES, Subject
from pipelines.notes.spans import Kind

_LEADS_BACK: Final = 72
_CAPITAL: Final = r"(?:St\.|R\.C\.|C\.?\s?(?:of|o)\s?E\.?|C\.E\.|[A-Z][A-Za-z'&-]*)"
_SMALL: Final = r"(?:of|the|and|&|with|on|upon|in|le|de|for)"
_RUN: Final = re.compile(rf"(?:{_CAPITAL}(?:,?\s{_SMALL}){{0,2}}\s{{1,2}}){{1,8}}\Z")
_PIECE: Final = re.compile(r"\S+")
_MORE: Final = re.compile(
    r"\s(?:School|Academy|College|Trust|Campus|Centre|Unit|Sixth\sForm|Site|Nursery|Infants?|Juniors?)\b"
    r"|\sof\s[A-Z][a-z]+(?:(?:\s(?:and|&))?\s[A-Z][a-z]+){0,3}|\sfor\s(?:Girls|Boys|Young\s[A-Z][a-z]+)\b|\s?\((?:Academy|Infants?|Juniors?|Primary|VA|VC|RC)\)"
)
# What a school is called by in general, and what else begins or ends with such a word.
_GENERAL: Final = SCHOOLS | listed("""
    the a his her my our their this that local new old current previous former special senior middle upper lower
    high pre community church catholic village state private independent boarding mainstream sunday summer after
    virtual home head faith free studio sixth form named receiving which what team early years year day art fe
    technical pupil referral unit children's childrens and of for in with on medical dental feeder foundation both
    all no any every each one two another alternative provision ap rc ce whole single mixed language bilingual
    saturday trip secondary elective breakfast holiday forest dance drama driving driver beauty stage cookery
    nurse street court risk better is was has had will would may can very too level score parents mum dad
    attendance education re family music primary's good outstanding ofsted safe inclusive training sport sports
    sure start royal society british national teaching research staff free-school council
""")
_NOT_A_SCHOOL: Final = {
    "high": re.compile(
        r"\s(?:street|st|road|court|sheriff|risk|levels?|needs?|rise|view|dependency|and|or|on|in|at|but|concern|school)\b|-"
    ),
    "primary": re.compile(
        r"\s(?:care|carers?|needs?|mental|concern|reasons?|language|diagnosis|school|risk|worker|contact)\b|-"
    ),
    "junior": re.compile(r"(?!\s(?:school|academy|high|and|mixed|&))"),
    "infant": re.compile(r"(?!\s(?:school|academy|and|nursery|&))"),
    "secondary": re.compile(r"\s(?:to|care|needs?|school|risk|concern)\b|-"),
    "nursery": re.compile(r"\s(?:nurse|nurses|place|funding|fees|hours|worker|school|class)\b"),
    "school": re.compile(r"\s(?:nurses?|nursing|transport|admissions?|census|uniform|refusal|holidays?)\b"),
    "comp": re.compile(r"\s"),
    "high school": re.compile(r"$^"),
}
_SURGERY_GENERAL: Final = SURGERIES | listed("""
    the a his her my our their this that local new old next current previous gp gp's doctor doctors doctor's
    doctors' baby asthma sleep speech sexual health memory camhs continence weight walk in diabetes eczema allergy
    hearing eye best good social work working code of and for private restorative advanced general nurse team
    orthodontic legal family group medical dental children's women's men's mental community outpatient fracture
    hospital antenatal postnatal smoking stop drop-in walk-in drop wound leg child feeding enuresis hip ante natal ent
    adhd asd paediatric immunisation vaccination flu covid is was on at to from same plastic heart back knee
    cosmetic day weekly monthly evidence based professional management in with reflective safe emergency hours out
    urgent care registered both all no what which friday monday tuesday wednesday thursday minor
""")
_NOT_A_SURGERY: Final = re.compile(
    r"\s(?:educator|standards|supervisor|development|lead\b|model|framework|tests?\b|improvement)"
)
_ENROLLED: Final = re.compile(
    r"\b(?:attend(?:s|ing|ed)|on roll at|pupil at|enrol?led at|place at|starts? at|started at|school is|"
    r"excluded from|goes to)\s+"
)
_SAINT: Final = re.compile(
    r"(?:St\.?|Saint|SS|Our Lady)\s[A-Z][A-Za-z'-]+(?:\s(?:and|&|of|the)\s[A-Z][A-Za-z'-]+|\s[A-Z][A-Za-z'-]+)?"
)
_CALLED: Final = re.compile(r"(?:attends|on roll at|pupil at|enrol?led at)\s\Z")
_NAME: Final = re.compile(r"[A-Z][a-z][A-Za-z'-]*(?:\s[A-Z][a-z][A-Za-z'-]*){1,3}")
# In small letters nothing marks a name but that no article stands before it, or that it is no word.
_IN_SMALL: Final = re.compile(
    r"\b(?:at|from|to|in|near|outside|joined|attends?|attended|attending)\s(the\s)?"
    r"((?:st\.?\s)?[a-z][a-z'&-]*(?:\s[a-z&][a-z'&-]*){0,5}?)\s"
    r"((?:(?:c\sof\se|ce|rc|catholic|community|special|church|primary|infants?|juniors?|high|secondary|grammar|nursery"
    r"|middle|upper|lower|technical|medical|family|dental)\s){0,3}(?:school|academy|college|sixth\sform|pre-?school|nursery"
    r"|primary|infants|juniors|surgery|medical\scentre|health\scentre|practice))\b"
)
_JOINS: Final = listed("of the and & with our lady st st.")
_NO_PART: Final = listed("""
    a an his her my their its to at from in on off by into onto since until before during between because about
    him them me us you it he she they we who when where while if then than as so not be been being go going went
    come back walk get gets got do does did has have had get out up down over under with without make made more
""")
_BARE: Final = ("school", "college", "surgery", "primary", "practice", "nursery", "infants", "juniors")
_LEADING: Final = (LEADING - {"the", "sir"}) | listed("""
    registered attends attending attended referrer transferred transferring joined starts started excluded enrolled
    currently
""")
_CLUBS: Final = listed("""
    scouts brownies beavers cubs guides rainbows church mosque alateen parenting young carers youth club sure
    start turning point family hub centre women's aid home incredible triple freedom programme course group
""")


class EstablishmentRecognizer(FormRecognizer):
    """Schools, nurseries and colleges; doctors', dentists' and health centres."""

    KINDS: ClassVar = (Kind.SCHOOL, Kind.SURGERY)

    def find(self, reading: Reading) -> Iterator[Found]:
        """From each word for such a place back over its name."""
        for subject, kind in ((Subject.SCHOOL, Kind.SCHOOL), (Subject.SURGERY, Kind.SURGERY)):
            done = len(reading.text) + 1
            for place in reversed(reading.triggers(subject)):
                found = _named(reading, place, kind) if place[1] <= done else None
                if found:
                    done = found.start
                    yield found
        yield from _enrolled(reading)
        yield from _in_small(reading)


def _named(reading: Reading, place: Place, kind: Kind) -> Found | None:
    start, end = place
    text, lower = reading.text, reading.lower
    if not text[start].isupper():
        return None
    word = lower[start:end]
    if kind is Kind.SCHOOL:
        excluded = _NOT_A_SCHOOL.get(word)
        if excluded and excluded.match(lower, end):
            return None
    elif word == "dental" or _NOT_A_SURGERY.match(lower, end):
        return None
    run = _RUN.search(text, max(0, start - _LEADS_BACK), start)
    if not run:
        return None
    general = _GENERAL if kind is Kind.SCHOOL else _SURGERY_GENERAL
    begin = _beginning(run, lower, general)
    if begin is None:
        return None
    for _ in range(3):
        more = _MORE.match(text, end) if kind is Kind.SCHOOL else None
        if not more:
            break
        end = more.end()
    rule = "school by its name" if kind is Kind.SCHOOL else "surgery by its name"
    return Found(begin, end, kind, rule, IN_CONTEXT)


def _beginning(run: re.Match[str], lower: str, general: frozenset[str]) -> int | None:
    """Where the name begins, leaving out what only leads up to it; nowhere where nothing in it is a name."""
    begin: int | None = None
    named = False
    for piece in _PIECE.finditer(run[0]):
        word = lower[run.start() + piece.start() : run.start() + piece.end()].strip(".,")
        rest = lower[run.start() + piece.end() : run.end()].lstrip()
        if begin is None and word in _LEADING and not (word == "our" and rest.startswith("lady")):
            continue
        if begin is None:
            begin = run.start() + piece.start()
        if word not in general and _is_name(piece[0], run[0]):
            named = True
    return begin if named else None


def _is_name(word: str, run: str) -> bool:
    """Capitalised, and no abbreviation such as CIN unless all is written in capitals."""
    return word[0].isupper() and len(word) > 1 and (not word.isupper() or (run.isupper() and len(word) > 3))


def _enrolled(reading: Reading) -> Iterator[Found]:
    """A school that is named by its saint or its place alone, where somebody goes there."""
    lower = reading.lower
    if "attend" not in lower and " at " not in lower and "goes to" not in lower and "excluded" not in lower:
        return
    for said in _ENROLLED.finditer(lower):
        saint = _SAINT.match(reading.text, said.end())
        name = saint or (_NAME.match(reading.text, said.end()) if _CALLED.search(said[0]) else None)
        if name and (saint or _CLUBS.isdisjoint(name[0].lower().split())):
            yield Found(*name.span(), Kind.SCHOOL, "school that somebody goes to", FORM_ALONE)


def _in_small(reading: Reading) -> Iterator[Found]:
    """A name that is written in small letters: "from harrow bank high school", and not "from primary school"."""
    lower = reading.lower
    if "school" not in lower and not any(
        word in lower
        for word in ("academy", "college", "centre", "surgery", "primary", "practice", "form", "nursery")
    ):
        return
    for said in _IN_SMALL.finditer(lower):
        article, name, kind = said.groups()
        start, end = said.start(2), said.end(3)
        if not reading.text[start:end].islower():
            continue
        medical = kind.endswith(("surgery", "centre", "practice"))
        general = _SURGERY_GENERAL if medical else _GENERAL
        own = [word for word in name.split() if word not in _JOINS]
        if not own or any(word in general or word in _NO_PART for word in own):
            continue
        is_word = all(word in words() for word in own)
        saint = name.startswith(("st ", "st. ", "our lady"))
        if (
            saint
            or not is_word
            or (kind not in _BARE and (not article or len(own) > 1 or own[0].endswith("s")))
        ):
            begin = said.start(1) if article else start
            found = Kind.SURGERY if medical else Kind.SCHOOL
            yield Found(begin, end, found, "establishment in small letters", FORM_ALONE)
