"""Why something was done to a claim: a reason out of a closed list, and a remark in which nobody can be named."""

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from evidence.errors import AccessError

MOST_CHARACTERS: Final = 200
OTHER: Final = "other"
# Words in capital letters that are nobody's name. Whatever else has a capital letter may be one.
ABBREVIATIONS: Final = frozenset(
    re.findall(
        r"[A-Z]+",
        """ADHD ASB CAF CAMHS CIN CLA CME CP CPP DA DV DWP EET EHCP EHE FSM GP ICT ID IT JSA LA MARAC MASH NEET NHS OK
        PC PCSO PLO PRU QA SENCO SEND SFO TAC TAF UASC UC UK VAWG YJS YOT""",
    )
)
_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?"
)
# Those that are no other word.
_MONTHS_ALONE = (
    "jan(?:uary)?|feb(?:ruary)?|apr(?:il)?|june|july|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|"
    "dec(?:ember)?"
)
# A number of four digits or more, however it is grouped, an address of any kind, a postcode, a day, a month: what a
# remark has no need of.
_IDENTIFYING = re.compile(
    r"\d(?:[\W_]*\d){3,}"
    r"|@|://|www\."
    r"|\b[A-Za-z]{1,2}\d[A-Za-z\d]?\s*\d[A-Za-z]{2}\b"
    r"|\b\d{1,4}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{1,4}\b"
    rf"|\b\d{{1,4}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTHS})\b"
    rf"|\b(?:{_MONTHS})\s+\d"
    rf"|\b(?:{_MONTHS_ALONE})\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_BEGINS = re.compile(r"(?:^|[.!?:;]\s+)$")
# Words that begin a sentence and are nobody's name.
_FIRST_WORDS: Final = frozenset(
    re.findall(
        r"[a-z]+",
        """a after all an and another as assessment attendance audit because before both but case claim claimed closed
        coverage did does duplicate employment entered episode evidence extract family file for found from given has
        have help if in it its letter money most need needs new no none not nothing of on one only or our outcome
        outcomes paid payer paper plan police record records reported school seen several since some still the their
        there these they this three two under was we were when which while with withdrawn wrong""",
    )
)


class Occasion(StrEnum):
    """What a reason is given for."""

    UPHELD = "upheld"
    STRUCK_OUT = "struck_out"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


REASONS: Final[Mapping[Occasion, Mapping[str, str]]] = MappingProxyType(
    {
        Occasion.UPHELD: {
            "file_agrees": "The case file agrees with the claim",
            "file_agrees_with_more": "The case file agrees, with evidence from elsewhere",
        },
        Occasion.STRUCK_OUT: {
            "evidence_missing": "The case file does not hold the evidence",
            "not_sustained": "An outcome was not reached or did not last",
            "need_missed": "The case file shows a need that the claim does not",
            "not_eligible": "The family was not eligible",
            "practice": "The assessment, the plan or the lead practitioner is not as recorded",
            "claimed_before": "The family was claimed for before",
            OTHER: "Another reason, as remarked",
        },
        Occasion.REJECTED: {
            "evidence_short": "The payer found the evidence too weak",
            "claimed_elsewhere": "The payer has paid for the family elsewhere",
            "over_quota": "The payer says that the quota is used up",
            OTHER: "Another reason, as remarked",
        },
        Occasion.WITHDRAWN: {
            "evidence_changed": "The evidence has changed since",
            "struck_out": "The audit struck it out",
            "mistake": "It was entered by mistake",
            "given_back": "The money was given back",
            OTHER: "Another reason, as remarked",
        },
    }
)


def reason(occasion: Occasion, code: str, remark: str = "") -> str:
    """The reason as it goes into the ledger: the words of the code, and the remark after them.

    Raises AccessError where the code is not in the list, "other" comes without a remark, or the remark may name
    somebody.
    """
    words = REASONS[occasion].get(code)
    if words is None:
        raise AccessError("Choose a reason from the list.")
    said = harmless(remark)
    if code == OTHER and not said:
        raise AccessError("Say in the remark what the reason is.")
    return f"{words}: {said}" if said else words


def harmless(remark: str) -> str:
    """A remark for the ledger, trimmed, on one line. Raises AccessError where it is too long, or holds what could
    tell who is meant: a long number, an address, a day, a month, or a name. A name is known by its capital letter, so a
    capital may stand in an abbreviation of the list, or begin a sentence with a word that is nobody's name; letters
    that know no capitals are refused. A name in small letters goes unseen."""
    words = " ".join("".join(one if one.isprintable() else " " for one in remark).split())
    if len(words) > MOST_CHARACTERS:
        raise AccessError(f"Say it in at most {MOST_CHARACTERS} characters.")
    named = any(
        _like_a_name(found.group()) and not _begins(words[: found.start()], found.group())
        for found in _WORD.finditer(words)
    )
    if named or _IDENTIFYING.search(words):
        raise AccessError(
            "The remark stays in the ledger for ever: say it without a name, a long number, a day, a month or an "
            "address. Whatever begins with a capital letter is taken for a name, but for abbreviations such as GP and "
            "words such as The: write small letters."
        )
    return words


def _begins(before: str, word: str) -> bool:
    return bool(_BEGINS.search(before)) and word.lower() in _FIRST_WORDS


def _like_a_name(word: str) -> bool:
    caseless = any(one.lower() == one.upper() for one in unicodedata.normalize("NFKC", word) if one.isalpha())
    capital = any(one.isupper() or one.istitle() for one in word)
    return caseless or (capital and len(word) > 1 and word not in ABBREVIATIONS)
