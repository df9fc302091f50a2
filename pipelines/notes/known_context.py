"""Whether a word that means something else too (Mark, May, Summer, Will, Price) is somebody's name where it stands."""

from pipelines.notes.known_reading import Reading
from pipelines.notes.known_words import (
    ADDRESSED,
    AFTER_ABBREVIATION,
    AFTER_TIME,
    ARTICLES,
    BEFORE_ABBREVIATION,
    BEFORE_EITHER,
    BEFORE_SOMEBODY,
    BEFORE_SUBJECT,
    BEFORE_TIME,
    BEFORE_TO,
    CONTACT,
    DETERMINERS,
    DONE_BY,
    EVERYDAY,
    GOES_ON,
    HOUSEHOLD,
    KIN,
    MODALS,
    SPEECH,
    STREETS,
    THINGS,
    TIMES,
    TITLES,
    UNCOUNTABLE,
    VERBS,
    WORKERS,
)


def is_somebody(
    reading: Reading, start: int, end: int, names: frozenset[int], forename: bool = False
) -> bool:
    """Whether the words from `start` up to `end` are a name there, by what stands around them.

    `names`: places of other words that are names without doubt. `forename`: it is on record as somebody's forename, and
    no guess: at the beginning of a sentence it is one, unless what follows makes it the word.
    """
    word = reading.words[start]
    before, after = _before(reading, start), _after(reading, end - 1)
    possessive = reading.possessive(end - 1)
    if (
        before == "the"
        and after in HOUSEHOLD
        and word not in EVERYDAY | TIMES
        and not reading.is_small(start)
    ):
        return True
    if _is_a_thing(reading, start, end, before, after, possessive):
        return False
    listed = _is_listed(reading, start, end, names)
    begins = reading.begins(start)
    shows_nothing = reading.says_nothing(start)
    if reading.is_small(start) or (shows_nothing and not begins):
        # A forename on record is a word only if it is one that every note may hold.
        rare = forename and word not in EVERYDAY | MODALS | TIMES | UNCOUNTABLE
        return rare or _in_small_letters(reading, start, end, before, after, possessive, listed, begins)
    if not begins:
        return True
    if possessive or listed or after in VERBS or (after.endswith("ed") and len(after) > 3):
        return True
    gap = reading.gap(end - 1)
    if gap.lstrip()[:1] in ("(", ":") or gap.lstrip().startswith("-") or after in ("b", "dob", "aged", "age"):
        return not (shows_nothing and word in TIMES)
    if forename and not shows_nothing and word not in MODALS:
        return after not in GOES_ON or (after == "to" and word not in BEFORE_TO)
    # A list of people: "Summer, Will and Hope", "Holly and Ivy".
    then = end + 1 if after == "and" or gap.strip() == "&" else end
    joined = then > end or gap.startswith(",")
    joined = joined and then < len(reading) and not reading.begins(then)
    if joined and (not reading.is_small(then) or reading.words[then] in KIN):
        return True
    # "Child seen: Cook."
    return (
        bool(start) and ":" in reading.gap(start - 1) and not after and gap.strip()[:1] in ("", ".", ",", ";")
    )


def _before(reading: Reading, start: int) -> str:
    """The word before, in the same sentence."""
    return reading.words[start - 1] if start and not reading.begins(start) else ""


def _after(reading: Reading, last: int) -> str:
    """The word behind, in the same sentence and with nothing but space between; behind "'s", the word after that."""
    if reading.possessive(last):
        last += 1
    if last + 1 >= len(reading) or reading.begins(last + 1):
        return ""
    return reading.words[last + 1] if reading.gap(last).strip(" ") in ("", "'") else ""


def _is_a_thing(reading: Reading, start: int, end: int, before: str, after: str, possessive: bool) -> bool:
    word = reading.words[start]
    touching = reading.gap(start - 1) if start else " "
    if (touching.endswith(("-", "/", "'")) and before) or reading.gap(end - 1).startswith(("-", "/")):
        # Part of a longer word: "self-will", "May/June", "post-Easter".
        neighbours = {before, reading.words[end] if end < len(reading) else ""}
        joined_to_kin = before in KIN | TITLES and touching.strip() in ("-", "/")
        if (word in TIMES or not neighbours & VERBS) and not joined_to_kin:
            return touching.endswith(("-", "'")) or word in TIMES
    plain = reading.is_small(start) or reading.says_nothing(start)
    if before in (DETERMINERS if plain else ARTICLES) and not (possessive and not plain):
        return True
    if not possessive and after in THINGS:
        return True
    if word in STREETS and before and start and reading.is_title(start - 1) and touching == " ":
        return before not in KIN
    return word in TIMES and _is_a_time(reading, start, before, after, possessive)


def _is_a_time(reading: Reading, start: int, before: str, after: str, possessive: bool) -> bool:
    if after in SPEECH:
        return False
    if before in BEFORE_TIME or before[:1].isdigit():
        return True
    if possessive:
        return False
    if after in AFTER_TIME or after[:1].isdigit():
        return True
    earlier = reading.words[start - 2] if start >= 2 else ""
    if before == "by":
        # "by May" is a time, "cancelled by May" is not.
        return not (earlier.endswith("ed") or earlier in DONE_BY)
    return before in BEFORE_EITHER and (after in ("to", "until", "till") or earlier in TIMES)


def _is_listed(reading: Reading, start: int, end: int, names: frozenset[int]) -> bool:
    """Whether it stands beside a name, joined by "and", "&" or a comma."""
    if end < len(reading):
        gap = reading.gap(end - 1).strip()
        if reading.words[end] == "and" and not gap and end + 1 in names:
            return True
        if gap in (",", "&", "+", "/") and end in names:
            return True
    if start:
        gap = reading.gap(start - 1).strip()
        if reading.words[start - 1] == "and" and not gap and start - 2 in names:
            return True
        if gap in (",", "&", "+", "/") and start - 1 in names:
            return True
    return False


def _in_small_letters(
    reading: Reading,
    start: int,
    end: int,
    before: str,
    after: str,
    possessive: bool,
    listed: bool,
    begins: bool,
) -> bool:
    """The like where its case tells nothing: only what somebody does, or whom somebody turns to, makes it a name."""
    word = reading.words[start]
    if before in ADDRESSED or listed:
        return True
    # "will (4)", "summer aged 9", "mark b. 1987"
    if after in ("aged", "age", "dob") or (
        end < len(reading) and reading.gap(end - 1) in ("(", " (") and reading.words[end].isdigit()
    ):
        return True
    if begins and after == "and" and end + 1 < len(reading) and reading.words[end + 1] in KIN:
        return True
    if start and ":" in reading.gap(start - 1) and not after and word not in TIMES:
        return True
    modal, uncountable = word in MODALS, word in UNCOUNTABLE
    does = after in SPEECH or (after in VERBS and (modal or not uncountable))
    if does and (begins or before in BEFORE_SUBJECT):
        return True
    if possessive and not uncountable:
        return begins or before in BEFORE_SUBJECT or before in BEFORE_SOMEBODY or before == "to"
    closes = _closes(after)
    if uncountable and not modal:
        return does and before in CONTACT
    if before in BEFORE_SOMEBODY:
        return closes
    earlier = reading.words[start - 2] if start >= 2 and not reading.begins(start - 1) else ""
    return before == "to" and closes and earlier in CONTACT


def is_initials(reading: Reading, word: int) -> bool:
    """Whether two or three capitals that are an abbreviation too stand for somebody."""
    short = reading.words[word]
    before, after = _before(reading, word), _after(reading, word)
    if reading.possessive(word):
        return short not in WORKERS or before not in DETERMINERS
    touching = reading.gap(word - 1) if word else " "
    if before in BEFORE_ABBREVIATION or after in AFTER_ABBREVIATION or reading.says_nothing(word):
        return False
    if touching.endswith(("(", "/", "&", "-")) or reading.gap(word).startswith((")", "/", "&", "-")):
        return False
    if short in TITLES and after and not reading.is_small(word + 1):
        return False
    if short not in WORKERS:
        return not _is_among_things(reading, word)
    if after in VERBS or (after.endswith("ed") and len(after) > 3):
        return reading.begins(word) or before in BEFORE_SUBJECT
    return before in ("to", "with", "from", "by") and _closes(after)


def _closes(after: str) -> bool:
    """Whether with the word behind something new begins, or nothing follows."""
    return not after or after in ("who", "on", "re", "today", "yesterday", "and", "at", "that", "about")


def _is_among_things(reading: Reading, word: int) -> bool:
    """Whether it stands in a list of words in small letters: "DV, substance use, neglect"."""
    if word + 1 < len(reading) and reading.gap(word) == ", " and reading.is_small(word + 1):
        return True
    return bool(word) and reading.gap(word - 1) == ", " and reading.is_small(word - 1)
