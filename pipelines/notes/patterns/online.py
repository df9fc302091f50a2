"""Names that people go by online, and web addresses."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from pipelines.notes.listed import listed
from pipelines.notes.patterns.reading import Reading
from pipelines.notes.patterns.recogniser import CHECKED, FORM_ALONE, IN_CONTEXT, FormRecognizer, Found
from pipelines.notes.patterns.words import PLATFORMS, Subject
from pipelines.notes.spans import Kind

_AT_NAME: Final = re.compile(
    r"(?<![\w.+-])@[ ]?(?P<name>[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,38}[A-Za-z0-9_])?)(?!\w*@)"
)
# `@school: seen today` says where, not who.
_PLACES: Final = listed("""
    home school work nursery college hospital gp surgery office court library church mosque park shops town mum
    mums dad dads nan nans mum's dad's nan's lunch lunchtime break taf tac cin mash hv end start door centre
    clinic the their his her a about approx around all first last least midday noon midnight night present once
    same pm am weekends weekend hub police station contact review meeting panel conference risk times
""")
_CONNECTED: Final = re.compile(
    r"(?P<sure>(?:[\s'\"]{0,2}(?:account|accounts|name|names|user|username|handle|tag|id|profile|page|alias|chat|live|story|"
    r"stories)){0,2}(?:\s{1,2}(?:is|was|as|called|named|under|of|now|name|and))?"
    r"\s{0,2}[:=(\"'-]{0,2}\s{0,2}(?:(?:is|as|called|named|under|by|with|user|username|handle|name|the|add|account|at)\s{1,2}){0,3}"
    r"[:=(\"'-]{0,2}\s{0,2})(?P<name>@?[A-Za-z0-9_][A-Za-z0-9_.-]{1,38}[A-Za-z0-9_])(?![\w@])"
)
_CALLED: Final = re.compile(r"called|named|username|handle|alias|[:=\"(]|\bid\b|\btag\b|\bas\b")
_NAMING: Final = listed("username usernames handle gamertag screenname skypename nickname") | {
    "user name", "screen name", "user id", "gamer tag", "profile name", "account name",
}  # fmt: skip
# Names of services that are other words too: what follows is a name only behind a colon, or if it looks like one.
_SHORT: Final = listed("sc ig fb yt snap steam threads signal login handle handles twitch")
_IS: Final = re.compile("[:=]")
_NAMED_BEFORE: Final = re.compile(
    r"\b(?:username|user name|handle|gamertag|goes by|known as|named?)\b[^.;,]{0,16}\Z"
)
_ONLINE: Final = re.compile(
    r"\s{1,2}(?:online|on (?:line|snap|insta|tiktok|facebook|social|discord|roblox|xbox|the game))"
)
_HANDLE_LIKE: Final = re.compile(
    r"(?=[^\s]*[A-Za-z])(?:[A-Za-z]+[A-Za-z.-]*[0-9_][\w.-]*|_[\w.-]+|[0-9]+[A-Za-z]+[0-9_]+\w*|[A-Za-z]+(?:\.[A-Za-z0-9]+)+|x[xX]\w+[xX]x)"
)
_ORDINARY: Final = listed("""
    is was are were be been has had have not no on off in at to for from by with and or but the a an his her their
    my our your he she they it its that this these those who which when where what why how all any some more most
    very too also again now then still just only ever never always often messages message messaged messaging
    messenger account accounts app apps group groups chat chats post posts posted posting photo photos picture
    pictures video videos story stories live live-streams streaming friend friends contact contacts call calls
    called calling text texts phone phones password passwords banned blocked deleted removed used uses using use
    used monitored checked seen sent sending shared sharing added adding talk talks talking spoke speaking daily
    nightly today yesterday tomorrow about because since until during after before under over up down out into
    online offline safety profile profiles page pages name names user users username handle handles tag id game
    games gaming console controller late night early morning every day week weeks month months year years hours
    hour minutes time times mum dad mother father parent parents child children school home worker police someone
    somebody people person unknown adult adults older younger men man boys girls boy girl stranger strangers
    family social media internet wifi tablet laptop ipad device devices screen settings private public location
    age restrictions restricted access accessed accessing set up switch switched one two three four five s series
    x pro lite marketplace dating bullying abuse abusive threats threatening content images image inappropriate
    sexual indecent concerns concern worried worries issues issue incident incidents evidence screenshots
    screenshot shown showed shows showing open opened closed said says told reported report discussed agreed
    advised asked confirmed denied admitted disclosed reports hacked cloned fake new old own same different
    another other first second last next known listed will would can could should may might must do does did done
    get gets got give given go goes going gone make makes made take takes took keep keeps kept find found look
    looking looks like wants want need needs him them me us we you i if so as such than there here with via
    through per see please ask
""") | PLATFORMS  # fmt: skip
_BARE: Final = re.compile(
    r"(?<![\w@./:#$-])(?=[A-Za-z])(?:[A-Za-z][a-z]{2,24}(?:[._][A-Za-z0-9]{1,20}){0,4}[0-9]{2,6}[A-Za-z_]{0,8}"
    r"|[A-Za-z][A-Za-z0-9]{1,24}(?:_+[A-Za-z0-9]{1,24}){1,4}_?"
    r"|[xX]{1,3}[._]?[A-Za-z]{3,24}[._]?[xX]{1,3}[0-9]{1,4}|[xX]{1,2}[._][A-Za-z]{3,24}[._][xX]{1,2}[0-9]{0,4}"
    r"|[A-Za-z][A-Za-z0-9_.]{1,31}#[0-9]{4}|[a-z]{2,24}(?:[._][a-z]{1,24}){1,3}[._]?[0-9]{1,4})(?![\w@-])(?!\.\w)"
)
# Words that are followed by a number without a space.
_COUNTED: Final = listed("""
    covid week weeks wk year years yr day days term section level flat room windows fifa iphone ipad galaxy xbox
    tier step stage part phase version page form reg regulation article paragraph para appendix sec unit block
    plot zone area group class band grade gcse btec nvq asq sdq phq gad core cyp parent child sibling mob mobile
    tel phone ext number num nos ref dob nhs upn nino pnc uprn age aged approx circa from till until sept
    september october november december january february march april may june july august jan feb mar apr jun jul
    aug oct nov dec mon tue wed thu fri sat sun sertraline fluoxetine citalopram mirtazapine melatonin
    methylphenidate concerta ritalin risperidone ibuprofen paracetamol diazepam propranolol quetiapine methadone
    elvanse insulin salbutamol playstation type omega vitamin calpol channel radio freeview house team sector
    annex table figure item action goal outcome circa under over aged least max min total score scores route bus
    junction formula office word excel
""")
_UNIT: Final = re.compile(r"(?:mg|ml|am|pm|hrs?|mins?|kg|cm|mcg|yrs?|st|nd|rd|th|k|m|g)$")
_FILE: Final = re.compile(r"\.(?:docx?|xlsx?|pdf|csv|jpe?g|png|txt|pptx?|msg|zip)\b")
_WEB: Final = re.compile(
    r"(?<![\w@])(?:(?:https?|ftp)\s?:\s?//\s?[^\s<>\"')\]]{2,300}|www\d?\.[^\s<>\"')\]]{2,300}"
    r"|(?:[a-z0-9-]{1,63}\.){1,5}(?:com|org|net|info|biz|uk|tv|gg|io|app|link|eu|ie|me|ly|be|fm|xyz|club|online|shop|live)\b"
    r"(?![.][a-z])(?:/[^\s<>\"')\]]{0,300})?)"
)
_MAY_BE_WEB: Final = re.compile(r"[a-z0-9]\.[a-z]|[ps]\s?:\s?//")
_NOBODYS: Final = re.compile(
    r"(?:https?://)?(?:www\.)?[a-z.-]*\b(?:gov|nhs|police|parliament)\.uk(?:/[a-z/-]*)?$"
)
_TAILING: Final = ".,;:!?-"
_ADDRESS: Final = re.compile(
    r"(?<![\w.:])(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})(?![\w.]?[0-9])"
    r"|(?<![\w:])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![\w:-])"
    r"|(?<![\w:])(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}(?![\w:])"
)


class OnlineRecognizer(FormRecognizer):
    """Handles with and without their sign, beside the name of a service or alone; web and network addresses."""

    KINDS: ClassVar = (Kind.SOCIAL_HANDLE, Kind.WEB_ADDRESS)

    def find(self, reading: Reading) -> Iterator[Found]:
        """Each in turn, where there is a sign of it."""
        text = reading.text
        if "@" in text:
            for match in _AT_NAME.finditer(text):
                if _names_somebody(match["name"]):
                    yield Found(*match.span(), Kind.SOCIAL_HANDLE, "name after @", IN_CONTEXT)
        for start, end in reading.triggers(Subject.PLATFORM):
            yield from _after_platform(reading, start, end)
        for left, right in reading.near_digits:
            yield from _bare(text, left, right)
            for match in _ADDRESS.finditer(text, left, right):
                yield Found(*match.span(), Kind.WEB_ADDRESS, "network address", FORM_ALONE)
        at = text.find("_")
        while at >= 0:
            left, right = max(0, at - 30), at + 60
            yield from _bare(text, left, right)
            at = text.find("_", right)
        if _MAY_BE_WEB.search(reading.lower):
            yield from _web(reading)


def _names_somebody(name: str) -> bool:
    lower = name.lower().rstrip(".-")
    return (
        lower not in _PLACES
        and any(char.isalpha() for char in lower)
        and not re.match(r"[0-9]{1,2}(?:[.:][0-9]{2})?(?:am|pm|hrs)?$", lower)
    )


def _bare(text: str, left: int, right: int) -> Iterator[Found]:
    for match in _BARE.finditer(text, left, right):
        written = match[0]
        lead = re.match(r"[A-Za-z]+", written)
        word = lead[0].lower() if lead else ""
        if (
            word in _COUNTED
            or _UNIT.search(re.sub(r"^[^0-9]*", "", written.lower()))
            or _FILE.match(text, match.end())
        ):
            continue
        if written.isupper():
            continue  # a reference rather than a name
        yield Found(*match.span(), Kind.SOCIAL_HANDLE, "word as handles are made", FORM_ALONE)


def _after_platform(reading: Reading, start: int, end: int) -> Iterator[Found]:
    """A name that follows a service, as in `insta: …`, `Snapchat (…)`, `goes by … online`."""
    match = _CONNECTED.match(reading.text, end, end + 110)
    if not match:
        return
    word, name = reading.lower[start:end], match["name"]
    plain = name.lower().strip("._-")
    if plain in _ORDINARY or plain.isdigit():
        return
    said = (
        word in _NAMING
        or reading.before(start, _NAMED_BEFORE, 34) is not None
        or _CALLED.search(match["sure"].lower()) is not None
    )
    if word == "goes by":
        if not (_HANDLE_LIKE.fullmatch(name) or _ONLINE.match(reading.lower, match.end())):
            return
    elif not (name.startswith("@") or _HANDLE_LIKE.fullmatch(name) or said):
        return
    if len(plain) < 3:
        return
    if word in _SHORT and not (
        name.startswith("@") or _HANDLE_LIKE.fullmatch(name) or _IS.search(match["sure"])
    ):
        return
    begin, end = match.span("name")
    quote = reading.text[begin - 1]
    closing = reading.text.find(quote, end, begin + 40) if quote in "'\"" else -1
    yield Found(begin, max(end, closing), Kind.SOCIAL_HANDLE, "name on a service", IN_CONTEXT)


def _web(reading: Reading) -> Iterator[Found]:
    for match in _WEB.finditer(reading.lower):
        start, end = match.span()
        while end > start and reading.text[end - 1] in _TAILING:
            end -= 1
        if reading.lower[start - 1 : start] == "@" or _NOBODYS.match(reading.lower[start:end]):
            continue
        told = reading.lower.startswith(("http", "ftp", "www"), start)
        yield Found(start, end, Kind.WEB_ADDRESS, "web address", CHECKED if told else FORM_ALONE)
