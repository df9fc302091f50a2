"""Linkage by hand: plain Python, every record with every other, one pair at a time.

The engine compares only pairs that agree on something, by the million, in Splink. Here every pair is looked at, and
what the rules say of it is written down in words, so that the two can be set against one another.
"""

import json
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import combinations
from math import log2
from pathlib import Path
from random import Random
from re import compile as pattern
from typing import Any

from pipelines.linkage.settings import LinkageSettings

DIMINUTIVES = tomllib.loads((Path(__file__).parents[2] / "data" / "linkage.toml").read_text())["diminutives"]
CHANCES = json.loads((Path(__file__).parents[2] / "data" / "linkage-model.json").read_text())["chances"]
PLAIN = {"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe"}
TITLES = {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "rev", "sir", "lady", "master"}
NOBODY = {
    "unknown", "notknown", "unnamed", "baby", "unborn", "na", "none", "null", "tbc", "x", "xx", "xxx", "test", "nk",
    "mr", "mrs", "ms", "miss",
}  # fmt: skip
SINGLE = ("nhs_number", "permanent_upn", "nino")
STRENGTH = {"judged": 1_000, "own": 60, "nhs_number": 55, "upn": 50, "nino": 50, "pnc_id": 45, "name": 40}
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
PNC_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
UNKNOWN = "unknown"
# Weights that differ by less are equal: they are sums of the same logarithms.
EQUAL = 1e-6
# In so many orders equal ties are taken, to see whether it matters.
ORDERS = 8

Row = Mapping[str, Any]
Group = frozenset[str]


@dataclass(frozen=True)
class Naive:
    """What the reference finds.

    `persons`: the records of each. `asked`: pairs of persons, and how likely they are one. `dated`: those of them with
    the same date of birth: of others the engine looks only at such as have more than a name in common. `ties`: whether
    equally likely pairs were in one another's way, so that either answer is right.
    """

    persons: frozenset[Group]
    asked: Mapping[frozenset[Group], float]
    dated: frozenset[frozenset[Group]]
    ties: bool


@dataclass(frozen=True)
class Said:
    """What a record says, as it is compared."""

    source: str
    own_key: str | None
    forename: str | None
    surname: str | None
    first: str | None
    other: str | None
    words: tuple[str, ...]
    born: date | None
    sex: str | None
    postcode: str | None
    home: str | None
    uprn: str | None
    nhs_number: str | None
    upn: str | None
    nino: str | None
    pnc_id: str | None
    judged: str | None
    sides: frozenset[tuple[str, str]]
    alone: str | None

    @property
    def look(self) -> tuple[Any, ...]:
        return (
            self.forename, self.surname, self.first, self.other, self.born, self.sex, self.postcode, self.home,
            self.uprn,
        )  # fmt: skip


@dataclass
class Face:
    """One look of an entity, with all that is known of the entity's other looks."""

    entity: int
    said: Said
    surnames: list[str] = field(default_factory=list)
    postcodes: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Tie:
    """Why two entities may be one person."""

    entities: tuple[int, int]
    faces: tuple[Face, Face]
    weak: bool
    weight: float
    probability: float
    how: str


# --- what a record says ---


def fold(name: str | None) -> str:
    """Lower case, accents and apostrophes off, words parted by one space, titles in front left out."""
    text = "".join(PLAIN.get(letter, letter) for letter in unicodedata.normalize("NFKD", name or "").lower())
    letters = []
    for letter in text:
        kind = unicodedata.category(letter)[0]
        if kind == "M" or letter in "'’‘ʼ`´":
            continue
        letters.append(letter if kind == "L" else " ")
    words = "".join(letters).split()
    while len(words) > 1 and words[0] in TITLES:
        words = words[1:]
    return " ".join(words)


def is_nhs_number(number: str) -> bool:
    if len(number) != 10 or len(set(number)) == 1:
        return False
    check = 11 - sum((10 - at) * int(digit) for at, digit in enumerate(number[:9])) % 11
    return check % 11 == int(number[9]) and check != 10


def is_upn(number: str) -> bool:
    last = UPN_LETTERS.find(number[12]) if number[12].isalpha() else int(number[12])
    total = sum((at + 1) * int(number[at]) for at in range(1, 12)) + 13 * last
    return UPN_LETTERS[total % 23] == number[0]


def is_nino(number: str) -> bool:
    return bool(pattern(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]").fullmatch(number)) and number[
        :2
    ] not in ("BG", "GB", "NK", "KN", "NT", "TN", "ZZ")


def is_pnc_id(number: str) -> bool:
    return PNC_LETTERS[int(number[2:4] + number[5:12]) % 23] == number[12]


def is_postcode(text: str) -> bool:
    return bool(pattern(r"[A-Z]{1,2}\d[A-Z\d]?\d[ABD-HJLNP-UW-Z]{2}").fullmatch(text))


def is_uprn(text: str) -> bool:
    return bool(pattern(r"[1-9]\d{0,11}").fullmatch(text)) and not (len(text) > 5 and len(set(text)) == 1)


def _if(valid: Callable[[str], bool], text: str | None) -> str | None:
    return text if text and valid(text) else None


def said_by(row: Row, judged: str | None, sides: frozenset[tuple[str, str]]) -> Said:
    """What one record says."""
    forename, surname, other = (fold(row.get(name)) for name in ("forename", "surname", "also_known_as"))
    forename, surname, other = (
        "" if name.replace(" ", "") in NOBODY else name for name in (forename, surname, other)
    )
    postcode = _if(is_postcode, "".join((row.get("postcode") or "").upper().split()))
    numbers = pattern(r"\b\d+[a-z]?\b").findall((row.get("address") or "").lower())[:2]
    sex = (row.get("sex") or " ")[0].upper()
    said: dict[str, Any] = {
        "source": row.get("source") or "",
        "own_key": row.get("own_key"),
        "forename": forename.replace(" ", "") or None,
        "surname": surname.replace(" ", "") or None,
        "first": forename.split(" ")[0] or None,
        "other": other.split(" ")[0] or None,
        "words": tuple(word for word in surname.split() if len(word) > 2),
        "born": row.get("date_of_birth"),
        "sex": sex if sex in "MF" else None,
        "postcode": postcode,
        "home": f"{postcode}|{'/'.join(numbers)}" if postcode and numbers else None,
        "uprn": _if(is_uprn, (row.get("uprn") or "").lstrip("0")),
        "nhs_number": _if(is_nhs_number, row.get("nhs_number")),
        "upn": _if(is_upn, row.get("upn")),
        "nino": _if(is_nino, row.get("nino")),
        "pnc_id": _if(is_pnc_id, row.get("pnc_id")),
    }
    # A record that tells one person from another is the same as one that says the same; any other stands for itself.
    whole = len(said["forename"] or "") > 1
    placed = said["home"] or said["uprn"] or (said["postcode"] and whole)
    dated = said["born"] and (said["born"].month, said["born"].day) != (1, 1)
    numbered = any(said[name] for name in ("own_key", "nhs_number", "upn", "nino", "pnc_id"))
    tells = numbered or (said["forename"] and said["surname"] and (placed or dated))
    return Said(**said, judged=judged, sides=sides, alone=None if tells else row["record_id"])


# --- what is certain ---


def tokens_of(said: Said, everybody: Sequence[Said]) -> set[tuple[str, ...]]:
    """What joins a record without doubt to every other one that has it too."""
    found: set[tuple[str, ...]] = set()
    if said.judged:
        found.add(("judged", said.judged))
    if said.surname and said.forename and len(said.forename) > 1 and said.born and said.postcode:
        found.add(("name", said.surname, said.forename, said.born.isoformat(), said.postcode))
    if said.own_key is not None:
        same = [one for one in everybody if (one.source, one.own_key) == (said.source, said.own_key)]
        found |= _with_care(("own", said.source, said.own_key), said, same)
    for kind in ("nhs_number", "upn", "nino", "pnc_id"):
        number = getattr(said, kind)
        if number:
            same = [one for one in everybody if getattr(one, kind) == number]
            if len({one.born for one in same} - {None}) <= 4:
                found |= _with_care((kind, number), said, same)
    return found


def two_seem_to_have(same: Sequence[Said]) -> bool:
    """Whether the records of one number cannot all be of one person."""
    return any(are_two_people(one, other) for one, other in combinations(same, 2))


def _with_care(token: tuple[str, ...], said: Said, same: Sequence[Said]) -> set[tuple[str, ...]]:
    if not two_seem_to_have(same):
        return {token}
    return {(*token, said.first, said.born.isoformat())} if said.first and said.born else set()


def believed_numbers(said: Said, everybody: Sequence[Said]) -> dict[str, str]:
    """The numbers of which a person has one, where nobody else seems to have them too."""
    found = {}
    for single, kind in zip(SINGLE, ("nhs_number", "upn", "nino"), strict=True):
        number = getattr(said, kind)
        if number and not (single == "permanent_upn" and number[-1].isalpha()):
            same = [one for one in everybody if getattr(one, kind) == number]
            if not two_seem_to_have(same) and len({one.born for one in same} - {None}) <= 4:
                found[single] = number
    return found


def hang_together(count: int, tied: Iterable[tuple[int, int]]) -> list[set[int]]:
    groups = [{number} for number in range(count)]
    for one, other in tied:
        here = next(group for group in groups if one in group)
        there = next(group for group in groups if other in group)
        if here is not there:
            here |= there
            groups.remove(there)
    return groups


# --- how alike two faces are ---


@cache
def slips(one: str, other: str) -> int:
    """Letters more, less, other or exchanged with their neighbour."""
    table = {(at, -1): at + 1 for at in range(-1, len(one))} | {
        (-1, at): at + 1 for at in range(-1, len(other))
    }
    for i, here in enumerate(one):
        for j, there in enumerate(other):
            best = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (here != there))
            if i and j and here == other[j - 1] and one[i - 1] == there:
                best = min(best, table[i - 2, j - 2] + 1)
            table[i, j] = best
    return table[len(one) - 1, len(other) - 1]


def jaro_winkler(one: str, other: str) -> float:
    reach = max(max(len(one), len(other)) // 2 - 1, 0)
    taken: set[int] = set()
    matched = []
    for at, letter in enumerate(one):
        for there in range(max(0, at - reach), min(len(other), at + reach + 1)):
            if there not in taken and other[there] == letter:
                taken.add(there)
                matched.append(letter)
                break
    if not matched:
        return 0.0
    exchanged = sum(a != other[b] for a, b in zip(matched, sorted(taken), strict=True)) // 2
    same = len(matched)
    jaro = (same / len(one) + same / len(other) + (same - exchanged) / same) / 3
    prefix = 0
    while prefix < min(4, len(one), len(other)) and one[prefix] == other[prefix]:
        prefix += 1
    return jaro + prefix * 0.1 * (1 - jaro) if jaro > 0.7 else jaro


def is_near(one: str | None, other: str | None) -> bool:
    """A slip apart; of long names that begin alike, two."""
    if not one or not other or min(len(one), len(other)) <= 3:
        return False
    apart = slips(one, other)
    return apart <= 1 or (apart == 2 and min(len(one), len(other)) > 6 and jaro_winkler(one, other) >= 0.92)


def is_short_for(one: str | None, other: str | None) -> bool:
    if not one or not other:
        return False
    short, long = sorted((one, other), key=len)
    return len(short) > 2 and long.startswith(short)


def names_exchanged(one: Said, other: Said) -> bool:
    """The forename of one is the surname of the other, and the other way round, if only by an initial."""

    def initial_of(short: str, long: str) -> bool:
        return short == long or (len(short) == 1 and long.startswith(short))

    if not (one.forename and one.surname and other.forename and other.surname):
        return False
    if one.forename == other.forename:
        return False
    for here, there in ((one, other), (other, one)):
        if len(here.forename or "") > 1 and here.forename == there.surname:
            mine, theirs = here.surname or "", there.forename or ""
            if initial_of(mine, theirs) or initial_of(theirs, mine):
                return True
    return False


def how_alike(one: Face, other: Face) -> dict[str, str]:
    """For each thing that is compared, how alike the two are in it."""
    here, there = one.said, other.said
    alike = dict.fromkeys(("forename", "surname", "born", "place", "sex"), UNKNOWN)
    exchanged = names_exchanged(here, there)
    if here.forename and there.forename:
        lengths = {len(here.forename), len(there.forename)}
        if here.forename == there.forename and 1 not in lengths:
            alike["forename"] = "exact"
        elif not have_second_names(here, there) and (
            (here.first == there.first and len(here.first or "") > 1)
            or one.names & other.names
            or is_short_for(here.forename, there.forename)
        ):
            alike["forename"] = "form"
        elif is_near(here.forename, there.forename) or (
            is_near(here.first, there.first) and not have_second_names(here, there)
        ):
            alike["forename"] = "near"
        elif 1 in lengths and here.forename[0] == there.forename[0]:
            alike["forename"] = "initial"
        else:
            alike["forename"] = "exchanged" if exchanged else "different"
    if here.surname and there.surname and not exchanged:
        if here.surname == there.surname:
            alike["surname"] = "exact"
        elif set(one.surnames) & set(other.surnames):
            alike["surname"] = "part"
        else:
            alike["surname"] = "near" if is_near(here.surname, there.surname) else "different"
    if here.born and there.born:
        alike["born"] = births_alike(here.born, there.born)
    known_before = bool(set(one.postcodes) & set(other.postcodes))
    if (here.postcode and there.postcode) or (here.uprn and there.uprn) or known_before:
        if (here.home and here.home == there.home) or (here.uprn and here.uprn == there.uprn):
            alike["place"] = "home"
        elif here.postcode and here.postcode == there.postcode:
            alike["place"] = "postcode"
        elif known_before:
            alike["place"] = "before"
        elif here.postcode and there.postcode and here.postcode[:-2] == there.postcode[:-2]:
            alike["place"] = "sector"
        else:
            alike["place"] = "different"
    if here.sex and there.sex:
        alike["sex"] = "same" if here.sex == there.sex else "different"
    return alike


def is_slip_of_year(one: str, other: str) -> bool:
    """One digit wrong, or two neighbours exchanged: a generation is no slip of the pen."""
    wrong = [at for at in range(4) if one[at] != other[at]]
    if len(wrong) == 2 and wrong[1] == wrong[0] + 1:
        return [one[at] for at in wrong] == [other[at] for at in reversed(wrong)]
    return len(wrong) == 1


def births_alike(one: date, other: date) -> str:
    if one == other:
        return "exact"
    if one.year == other.year and (one.month, one.day) == (other.day, other.month):
        return "exchanged"
    if one.year == other.year and (one.month == other.month or one.day == other.day):
        return "one_part"
    if (one.month, one.day) == (other.month, other.day) and is_slip_of_year(str(one.year), str(other.year)):
        return "one_part"
    return "close" if abs((one - other).days) <= 400 else "different"


def how_common(faces: Sequence[Face]) -> dict[tuple[str, Any], float]:
    """The share of faces that have each value, of those that have any: what two may agree on by chance."""
    shares = {}
    for what in ("forename", "surname", "born", "postcode"):
        given = Counter(getattr(face.said, what) for face in faces)
        del given[None]
        shares |= {(what, value): count / given.total() for value, count in given.items()}
    return shares


def weigh(
    one: Face, alike: Mapping[str, str], common: Mapping[tuple[str, Any], float], prior: float
) -> float:
    """Powers of two for and against: the prior, then each likeness, a common value saying less than a rare one."""
    counted = {("forename", "exact"), ("surname", "exact"), ("born", "exact"), ("place", "postcode")}
    weight = log2(prior / (1 - prior))
    for what, how in alike.items():
        if how == UNKNOWN:
            continue
        mine, chance = map(float, CHANCES[what][how])
        if (what, how) in counted:
            shared = "postcode" if what == "place" else what
            chance = max(common[shared, getattr(one.said, shared)], 1e-5)
        weight += log2(mine / chance)
    return weight


def verdict(alike: Mapping[str, str], probability: float, settings: LinkageSettings) -> str:
    """join, ask or part: what a careful clerk would do with a pair that is so alike and so likely."""
    forename, surname, born, place = (alike[name] for name in ("forename", "surname", "born", "place"))
    whole = forename in ("exact", "form", "near")
    known_place = place in ("home", "postcode", "before")
    right_forename = (
        whole or forename == "exchanged" or (forename == "initial" and (born == "exact" or place == "home"))
    )
    right_surname = (
        forename == "exchanged"
        or surname in ("exact", "part", "near")
        # Married since: all else must agree.
        or (surname == "different" and whole and born == "exact" and known_place)
    )
    right_birth = (
        born == "exact"
        or (
            born in ("exchanged", "one_part", "close")
            and known_place
            and forename in ("exact", "form", "exchanged")
        )
        or (born == UNKNOWN and place in ("home", "postcode"))
    )
    if right_forename and right_surname and right_birth and probability >= settings.join_from:
        return "join"
    worth_asking = forename not in (UNKNOWN, "different") and "different" not in (born, surname)
    return "ask" if worth_asking and probability >= settings.ask_from else "part"


def names_of(said: Said) -> set[str]:
    """The forenames that it gives, and those they may be short for."""
    names = {name for name in (said.first, said.forename, said.other) if name}
    return names | {whole for whole, shorts in DIMINUTIVES.items() if any(name in shorts for name in names)}


def have_second_names(here: Said, there: Said) -> bool:
    """Mohammed Ali and Mohammed Bilal are not one for the first name alone."""
    return here.first != here.forename and there.first != there.forename


def are_two_people(here: Said, there: Said) -> bool:
    """Whole forenames that are no forms of one another, or births that no slip explains."""
    if here.born and there.born and births_alike(here.born, there.born) == "different":
        return True
    if not (here.forename and there.forename and here.first and there.first):
        return False
    for short, long in ((here, there), (there, here)):
        if len(short.forename or "") == 1:
            initial = short.forename or ""
            # "O Simon" may be Simon O.
            return not ((long.forename or "").startswith(initial) or (long.surname or "").startswith(initial))
    if here.forename in (there.forename, there.surname) or there.forename == here.surname:
        return False
    if have_second_names(here, there):
        return not is_misspelt(here.forename, there.forename)
    if names_of(here) & names_of(there):
        return False
    for mine, theirs in ((here.forename, there.forename), (here.first, there.first)):
        if is_short_for(mine, theirs):
            return False
        if is_misspelt(mine, theirs):
            return False
    return True


def is_misspelt(mine: str, theirs: str) -> bool:
    shortest = min(len(mine), len(theirs))
    return shortest > 3 and slips(mine, theirs) <= (2 if shortest > 6 else 1)


def are_one_name(here: Said, there: Said) -> bool:
    """One whole forename, or known forms of one, and no second name that says otherwise."""
    if not (here.forename and there.forename) or 1 in (len(here.forename), len(there.forename)):
        return False
    if here.forename == there.forename:
        return True
    return not have_second_names(here, there) and bool(names_of(here) & names_of(there))


# --- who is who ---


def naive_link(
    rows: Sequence[Row],
    settings: LinkageSettings,
    apart: Sequence[tuple[str, str, str]] = (),
    together: Sequence[tuple[str, str]] = (),
) -> Naive:
    """The persons among `rows`. `apart`: group, side and record; `together`: group and record."""
    judged = _judged(together)
    sides = {
        row["record_id"]: frozenset(
            (group, side) for group, side, record in apart if record == row["record_id"]
        )
        for row in rows
    }
    by_said: dict[Said, list[str]] = {}
    for row in rows:
        said = said_by(row, judged.get(row["record_id"]), sides[row["record_id"]])
        by_said.setdefault(said, []).append(row["record_id"])
    everybody = list(by_said)
    tokens = [tokens_of(said, everybody) for said in everybody]
    numbers = [believed_numbers(said, everybody) for said in everybody]
    tied = [(a, b) for a, b in combinations(range(len(everybody)), 2) if tokens[a] & tokens[b]]

    entities: list[set[int]] = []
    told: list[tuple[int, int, str]] = []
    for group in hang_together(len(everybody), tied):
        if not _is_doubtful(group, everybody, numbers, settings):
            entities.append(group)
            continue
        # Something is wrong: everybody stands alone, and what tied them is weighed against the rest.
        entities += [{one} for one in group]
        told += [
            (a, b, max((token[0] for token in tokens[a] & tokens[b]), key=lambda kind: STRENGTH[kind]))
            for a, b in tied
            if a in group
        ]
    entities.sort(key=min)
    entity_of = {one: number for number, group in enumerate(entities) for one in group}
    faces = _faces(entities, everybody, settings)
    of_entity: dict[int, list[Face]] = {}
    for face in faces:
        of_entity.setdefault(face.entity, []).append(face)

    ties: dict[tuple[int, int], Tie] = {}

    def keep(tie: Tie) -> None:
        known = ties.get(tie.entities)
        if known is None or (known.weak, -known.weight) > (tie.weak, -tie.weight):
            ties[tie.entities] = tie

    for a, b, how in told:
        pair = (min(entity_of[a], entity_of[b]), max(entity_of[a], entity_of[b]))
        shown = (of_entity[pair[0]][0], of_entity[pair[1]][0])
        keep(Tie(pair, shown, False, float(STRENGTH[how]), 1.0, how))
    unsure: list[tuple[Face, Face, float]] = []
    prior = 1 / max(len(faces), 1_000)
    common = how_common(faces)
    for one, other in combinations(faces, 2):
        if one.entity == other.entity:
            continue
        alike = how_alike(one, other)
        if alike["forename"] in (UNKNOWN, "different"):
            continue  # neither joined nor asked, however much else agrees
        weight = weigh(one, alike, common, prior)
        probability = 2**weight / (1 + 2**weight)
        what = verdict(alike, probability, settings)
        if what == "join":
            first, second = sorted((one, other), key=lambda face: face.entity)
            weak = alike["born"] == UNKNOWN or alike["forename"] == "initial"
            keep(Tie((first.entity, second.entity), (first, second), weak, weight, probability, "likely"))
        elif what == "ask":
            unsure.append((one, other, probability))

    def records(group: Iterable[int]) -> Group:
        return frozenset(
            name for entity in group for one in entities[entity] for name in by_said[everybody[one]]
        )

    answers = []
    for turn in range(ORDERS):
        joining = _Joining(entities, everybody, numbers, of_entity, list(ties.values()), settings)
        groups, refused = joining.run(turn)
        person = {entity: records(group) for group in groups for entity in group}
        asked: dict[frozenset[Group], float] = {}
        dated = set()
        for one, other, probability in [*unsure, *refused]:
            pair = frozenset((person[one.entity], person[other.entity]))
            kept_apart = crosses(side for group in pair for record in group for side in sides[record])
            if len(pair) == 2 and not kept_apart:
                asked[pair] = max(probability, asked.get(pair, 0.0))
                if one.said.born and one.said.born == other.said.born:
                    dated.add(pair)
        answers.append((frozenset(person.values()), asked, frozenset(dated)))
    return Naive(*answers[0], ties=any(answer[0] != answers[0][0] for answer in answers))


def _judged(together: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Groups that share a record are one group, named by the first of them."""
    names = sorted({group for group, _record in together})
    pairs = [
        (names.index(a), names.index(b))
        for (a, one), (b, other) in combinations(together, 2)
        if one == other and a != b
    ]
    first = {names[n]: names[min(group)] for group in hang_together(len(names), pairs) for n in group}
    return {record: first[group] for group, record in together}


def _is_doubtful(
    group: set[int],
    everybody: Sequence[Said],
    numbers: Sequence[Mapping[str, str]],
    settings: LinkageSettings,
) -> bool:
    described = {(everybody[one].forename, everybody[one].surname, everybody[one].born) for one in group}
    if len(described) > settings.largest_person:
        return True
    if any(len({numbers[one].get(single) for one in group} - {None}) > 1 for single in SINGLE):
        return True
    return crosses({side for one in group for side in everybody[one].sides})


def crosses(sides: Iterable[tuple[str, str]]) -> bool:
    """Whether both sides of a group are among them."""
    known = set(sides)
    return any((group, "a") in known and (group, "b") in known for group, _side in known)


def _faces(entities: Sequence[set[int]], everybody: Sequence[Said], settings: LinkageSettings) -> list[Face]:
    faces = []
    for number, group in enumerate(entities):
        said = [everybody[one] for one in sorted(group)]
        surnames = sorted({word for one in said for word in (*one.words, one.surname) if word})[:8]
        postcodes = sorted({one.postcode for one in said if one.postcode})[:8]
        for look in dict.fromkeys(one.look for one in said):
            shown = next(one for one in said if one.look == look)
            faces.append(Face(number, shown, surnames, postcodes, names_of(shown)))
    return faces


class _Joining:
    """Joins entities, the surest tie first, and never where something speaks against it."""

    def __init__(
        self,
        entities: Sequence[set[int]],
        everybody: Sequence[Said],
        numbers: Sequence[Mapping[str, str]],
        faces: Mapping[int, Sequence[Face]],
        ties: Sequence[Tie],
        settings: LinkageSettings,
    ) -> None:
        self.groups = [{number} for number in range(len(entities))]
        self.said = [[everybody[one] for one in group] for group in entities]
        self.numbers = [[numbers[one] for one in group] for group in entities]
        self.faces = faces
        self.ties = ties
        self.settings = settings

    def run(self, turn: int) -> tuple[list[set[int]], list[tuple[Face, Face, float]]]:
        """The groups, and the faces of what was refused though it might be right. `turn`: which of equals is first."""
        refused = []
        rank = Random(turn).sample(range(len(self.said)), len(self.said))
        for tie in sorted(
            self.ties,
            key=lambda tie: (tie.weak, -round(tie.weight / EQUAL), [rank[entity] for entity in tie.entities]),
        ):
            one, other = (self.group_of(entity) for entity in tie.entities)
            if one is other:
                continue
            against = self.against(tie, one, other)
            if against is None:
                one |= other
                self.groups.remove(other)
            elif against:
                refused.append((*tie.faces, tie.probability))
        return self.groups, refused

    def group_of(self, entity: int) -> set[int]:
        return next(group for group in self.groups if entity in group)

    def looks_of(self, group: set[int]) -> list[Face]:
        """Faces of different names and births: where somebody lived does not make them another."""
        seen: dict[Any, Face] = {}
        for entity in sorted(group):
            for face in self.faces[entity]:
                said = face.said
                seen.setdefault((said.forename, said.first, said.surname, said.other, said.born), face)
        return list(seen.values())

    def against(self, tie: Tie, one: set[int], other: set[int]) -> str | None:
        """Why not; "" where nobody need be asked; none where nothing is against it."""
        if crosses(side for entity in one | other for said in self.said[entity] for side in said.sides):
            return ""
        if tie.how == "judged":
            return None
        if self.too_large(one, other):
            return "large"
        if any(len(here | there) > 2 for here, there in self.numbers_of(one, other)):
            return "conflict"
        told = tie.how == "own" or self.numbers_shared(one, other)
        if self.numbers_differ(one, other) and (not told or self.look_like_two(one, other)):
            return "conflict"
        if tie.how != "likely":
            return None
        if self.numbered_apart(one, other) and not self.look_like_one(one, other):
            return "conflict"
        if self.torn(one, other) or self.torn(other, one):
            return ""
        if self.look_like_two(one, other):
            return ""
        if tie.weak and any(self.rivalled(tie, *ends) for ends in (tie.entities, tie.entities[::-1])):
            return "conflict"
        ties = sum(
            (a in one and b in other) or (a in other and b in one)
            for a, b in (known.entities for known in self.ties)
        )
        fewest = min(len(self.looks_of(one)), len(self.looks_of(other)))
        return "weak link" if fewest >= 3 and tie.probability < 0.99 and ties == 1 else None

    def torn(self, group: set[int], to: set[int]) -> bool:
        """Whether one of the group is also tied to somebody kept apart from those it would be joined with."""
        for known in self.ties:
            for entity, end in (known.entities, known.entities[::-1]):
                rival = self.group_of(end)
                if entity in group and rival is not to and crosses(self.sides_of(rival) | self.sides_of(to)):
                    return True
        return False

    def sides_of(self, group: set[int]) -> set[tuple[str, str]]:
        return {side for entity in group for said in self.said[entity] for side in said.sides}

    def too_large(self, one: set[int], other: set[int]) -> bool:
        return len(self.looks_of(one | other)) > self.settings.largest_person

    def numbers_differ(self, one: set[int], other: set[int]) -> bool:
        return any(here and there and not here & there for here, there in self.numbers_of(one, other))

    def numbers_shared(self, one: set[int], other: set[int]) -> bool:
        return any(here & there for here, there in self.numbers_of(one, other))

    def numbers_of(self, one: set[int], other: set[int]) -> list[list[set[str | None]]]:
        return [
            [
                {known.get(single) for entity in group for known in self.numbers[entity]} - {None}
                for group in (one, other)
            ]
            for single in SINGLE
        ]

    def look_like_two(self, one: set[int], other: set[int]) -> bool:
        pairs = [(a, b) for a in self.looks_of(one) for b in self.looks_of(other)]
        return sum(are_two_people(a.said, b.said) for a, b in pairs) > 0.34 * len(pairs)

    def look_like_one(self, one: set[int], other: set[int]) -> bool:
        pairs = [(a.said, b.said) for a in self.looks_of(one) for b in self.looks_of(other)]
        return any(a.born and a.born == b.born and are_one_name(a, b) for a, b in pairs)

    def numbered_apart(self, one: set[int], other: set[int]) -> bool:
        """Whether one sender has a number of its own for each, and none in common."""
        owns = [
            {
                (said.source, said.own_key)
                for entity in group
                for said in self.said[entity]
                if said.own_key is not None
            }
            for group in (one, other)
        ]
        return any(
            {number for sender, number in owns[0] if sender == source}.isdisjoint(
                number for sender, number in owns[1] if sender == source
            )
            for source in {sender for sender, _ in owns[0]} & {sender for sender, _ in owns[1]}
        )

    def rivalled(self, tie: Tie, entity: int, wanted: int) -> bool:
        """Whether somebody else, who is not the one wanted, is nearly as likely."""
        for known in self.ties:
            if entity not in known.entities or known.weight <= tie.weight - 4:
                continue
            rival = self.group_of(sum(known.entities) - entity)
            there = self.group_of(wanted)
            if rival is there or rival is self.group_of(entity):
                continue
            if self.look_like_two(rival, there) or self.numbers_differ(rival, there):
                return True
        return False
