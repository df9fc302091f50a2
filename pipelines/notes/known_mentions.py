"""Mentions of people in a text: forms of names that stand together, with initials and titles, and who is meant."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.notes.forms import (
    DIMINUTIVE,
    EXACT,
    MISSPELT,
    NICKNAME,
    RULES,
    SCORES,
    SHORT,
    Form,
    Forms,
    Names,
    is_abbreviation,
)
from pipelines.notes.known_context import is_initials, is_somebody
from pipelines.notes.known_letters import Letters, end_of_letters
from pipelines.notes.known_odd import Hit, OddNames
from pipelines.notes.known_reading import Reading
from pipelines.notes.known_words import KIN, MODALS, NEVER, TIMES, TITLES
from pipelines.notes.spans import Kind, Span

_SPACE = frozenset(" ")
# Two letters in small letters are rarely a name, unless something around says so.
_SHORT_NAME = 2
# First letters, apart by spaces or full stops, and in one.
_SURE_APART, _SURE_IN_ONE = 0.85, 0.75


@dataclass(slots=True)
class _Group:
    """Hits that stand together and mean one person. `linked`: fore- and surname of the same person."""

    hits: list[Hit]
    people: dict[int, int]
    linked: bool = False

    @property
    def start(self) -> int:
        return self.hits[0].start

    @property
    def end(self) -> int:
        return self.hits[-1].end


class Mentions:
    """Finds mentions of people whose names are known."""

    def __init__(self, names: Names, forms: Forms) -> None:
        self._names = names
        self._forms = forms
        self._near = names.near
        self._odd = OddNames(names, forms)
        self._letters = Letters(names, forms)

    def find(self, reading: Reading, exact: Iterable[tuple[int, int, Form]]) -> Iterator[Span]:
        """Spans of mentions. `exact`: forms found in the text, words from, up to, and the form."""
        hits = _outermost([Hit(start, end, form.first, form.last) for start, end, form in exact])
        taken = {word for hit in hits for word in range(hit.start, hit.end)}
        odd = list(self._odd.find(reading, taken))
        hits = _outermost([*hits, *odd])
        groups = _surname_first(reading, self._linked(reading, hits), self._near)
        sure = frozenset(
            word
            for group in groups
            for word in range(group.start, group.end)
            if group.linked or not self._is_doubtful(reading, group)
        )
        sure |= _listed_together(reading, groups, self._near)
        begins = {group.start for group in groups if group.hits[0].last}
        done: set[int] = set()
        for group in groups:
            span = self._mention(reading, group, sure, begins)
            if span is not None:
                start, end, found = span
                done.update(range(start, end))
                yield found
        for start, end, whose in self._letters.alone(reading, done):
            where = reading.place(reading.starts[start], end_of_letters(reading, start, end))
            score = _SURE_APART if end - start > 1 else _SURE_IN_ONE
            yield Span(*where, Kind.PERSON, "initials", score, self.token(dict.fromkeys(whose, EXACT)))

    def _linked(self, reading: Reading, hits: list[Hit]) -> list[_Group]:
        """Hits in groups: forename behind forename, surname behind surname or forename, with space between."""
        groups: list[_Group] = []
        for hit in hits:
            last = groups[-1] if groups else None
            joint = self._joint(reading, last, hit) if last else None
            if last is not None and joint is not None:
                last.hits.append(hit)
                last.people, last.linked = joint, True
            else:
                groups.append(_Group([hit], hit.whose()))
        return groups

    def _joint(self, reading: Reading, group: _Group, hit: Hit) -> dict[int, int] | None:
        """Whom a group and the hit behind it mean together; none where they do not belong together."""
        between = hit.start - group.end
        if between < 0 or between > 1 or hit.start == 0:
            return None
        before = group.hits[-1]
        if between:
            # A middle name or its letter: "John A Smith", "John Adam Smith".
            middle = group.end
            if not _is_space(reading.gap(middle - 1)) or not _is_space(reading.gap(middle).lstrip(".")):
                return None
            word = reading.words[middle]
            if reading.is_small(middle) or (len(word) > 1 and (word in NEVER or word in self._forms.words)):
                return None
            if reading.begins(middle) or (len(word) > 1 and not reading.is_title(middle)):
                return None
        elif not (_is_space(reading.gap(group.end - 1)) or reading.gap(group.end - 1) in ("-", "'")):
            return None
        people = {
            place: max(rank, hit.last[place])
            for place, rank in group.people.items()
            if place in hit.last and place in before.whose()
        }
        if people:
            return people
        if between:
            return None
        same = {
            place: max(rank, hit.first[place])
            for place, rank in group.people.items()
            if place in hit.first and place in before.first and before.odd <= MISSPELT and hit.odd <= MISSPELT
        }
        if (
            same
            and set(same) & self._near
            and before.start != hit.start
            and reading.words[before.start] != reading.words[hit.start]
        ):
            return same
        if before.odd > SHORT or hit.odd > SHORT or not hit.last or not before.first:
            return None
        # The forename of one and the surname of another of the family: most families have more than one surname.
        if (
            set(before.first) & self._near
            and set(hit.last) & self._near
            and not _is_hyphen(reading, group.end - 1)
        ):
            return {place: rank for place, rank in group.people.items() if place in self._near}
        return None

    def _is_doubtful(self, reading: Reading, group: _Group) -> bool:
        """Whether one hit alone may be no name: an ordinary word, two small letters, an abbreviation."""
        hit = group.hits[0]
        if hit.end - hit.start > 1:
            # "lily-rose" means one thing, "may rose" another.
            return (
                all(self._forms.is_ordinary(word) for word in reading.words[hit.start : hit.end])
                and reading.is_small(hit.start)
                and reading.gap(hit.start) == " "
            )
        word = reading.words[hit.start]
        if self._forms.is_ordinary(word):
            return True
        if len(word) <= _SHORT_NAME and reading.is_small(hit.start):
            return True
        return (
            len(word) <= 4
            and is_abbreviation(word)
            and reading.is_capitals(hit.start)
            and not reading.says_nothing(hit.start)
        )

    def _mention(
        self, reading: Reading, group: _Group, sure: frozenset[int], begins: set[int]
    ) -> tuple[int, int, Span] | None:
        start, end = group.start, group.end
        people, rule = group.people, "full name"
        hit = group.hits[0]
        accepted = group.linked
        if group.linked and not self._is_worth(reading, group, sure):
            accepted = False
        beside = None
        if not group.linked or set(hit.last) & set(people):
            beside = self._letters_beside(reading, group, begins)
        if beside is not None:
            start, end, people = beside
            accepted, rule = True, rule if group.linked else "initial and surname"
        title = self._title(reading, start)
        if not group.linked and beside is None:
            rule = RULES[min(hit.odd, MISSPELT)] if hit.odd else RULES[min(people.values())]
            if title and hit.last and hit.odd <= MISSPELT:
                accepted, rule = True, "title"
                people = self._titled({place: rank for place, rank in people.items() if place in hit.last})
            else:
                accepted = self._stands_alone(reading, group, sure, title)
        if not accepted:
            return None
        if any(one.odd >= MISSPELT for one in group.hits):
            rule = "misspelt"
        where = reading.place(reading.starts[start], end_of_letters(reading, start, end))
        score = SCORES[max((*(min(one.odd, MISSPELT) for one in group.hits), min(people.values())))]
        return start, end, Span(*where, Kind.PERSON, rule, score, self.token(people))

    def _is_worth(self, reading: Reading, group: _Group, sure: frozenset[int]) -> bool:
        """Whether fore- and surname that stand together are no two ordinary words in small letters."""
        # Of people who are not near, two forenames in a row mean nobody.
        whole = any(hit.first for hit in group.hits) and any(hit.last for hit in group.hits)
        if not whole and self._near.isdisjoint(group.people):
            return False
        if all(
            self._forms.is_ordinary(reading.words[word]) and reading.is_small(word)
            for word in range(group.start, group.end)
        ) and (reading.words[group.start] in MODALS):
            return is_somebody(reading, group.start, group.end, sure)
        return True

    def _stands_alone(self, reading: Reading, group: _Group, sure: frozenset[int], title: bool) -> bool:
        hit = group.hits[0]
        if hit.odd > MISSPELT:
            return False
        near = {place: rank for place, rank in group.people.items() if place in self._near}
        if not near:
            return False
        group.people = near
        if title:
            return True
        if not self._is_doubtful(reading, group):
            return True
        word = reading.words[hit.start]
        if hit.odd == MISSPELT and self._forms.is_ordinary(word):
            return is_somebody(reading, hit.start, hit.end, sure)
        if is_abbreviation(word) and reading.is_capitals(hit.start) and not reading.says_nothing(hit.start):
            return is_initials(reading, hit.start)
        if (
            min(near.values()) >= DIMINUTIVE
            and reading.is_small(hit.start)
            and not reading.says_nothing(hit.start)
        ):
            return False
        forename = any(hit.first.get(place, MISSPELT) <= NICKNAME for place in near)
        return is_somebody(reading, hit.start, hit.end, sure - {hit.start}, forename)

    def _titled(self, people: dict[int, int]) -> dict[int, int]:
        """Of those whom a title and a surname may mean, the grown-up ones, where there are any."""
        grown = {
            place: rank
            for place, rank in people.items()
            if not self._names.people[place].token.startswith("CHILD")
        }
        return grown or people

    def _title(self, reading: Reading, start: int) -> bool:
        """Whether a title or a word for a relative stands before."""
        if not start or reading.gap(start - 1) not in (" ", ". ", "."):
            return False
        word = reading.words[start - 1]
        if word in TITLES:
            return True
        return word in KIN and not reading.is_small(start) and reading.gap(start - 1) == " "

    def _letters_beside(
        self, reading: Reading, group: _Group, begins: set[int]
    ) -> tuple[int, int, dict[int, int]] | None:
        """The group with first letters beside it, and whom it means then: "J. Smith", "Smith, J", "John S"."""
        start, end = group.start, group.end
        doubtful = self._is_doubtful(reading, group)
        surname = {place: rank for place, rank in group.hits[0].last.items() if place in group.people}
        if surname and (found := self._letters.before(reading, start, surname, doubtful)):
            return found[0], end, found[1]
        # In "Smith, J Jones" the letter belongs to the next.
        if end + 1 in begins or (doubtful and not group.linked and reading.is_small(start)):
            return None
        last = group.hits[-1]
        near = {
            place: rank for place, rank in group.people.items() if place in last.first and place in self._near
        }
        surname = {place: rank for place, rank in group.people.items() if place in last.last}
        found = self._letters.behind(reading, end, near, surname)
        return (start, *found) if found else None

    def token(self, people: dict[int, int]) -> str:
        """The token of the one who is meant most directly; blank where two are meant alike."""
        best = min(people.values(), default=None)
        tokens = {self._names.people[place].token for place, rank in people.items() if rank == best}
        return tokens.pop() if len(tokens) == 1 else ""


def _outermost(hits: list[Hit]) -> list[Hit]:
    """The hits in order, without those that lie in another; of two over one another the first."""
    out: list[Hit] = []
    for hit in sorted(hits, key=lambda one: (one.start, -one.end, one.odd)):
        if not out or hit.start >= out[-1].end:
            out.append(hit)
        elif hit.end > out[-1].end:
            # Two forms share a word: "mary ann" and "ann smith".
            out.append(Hit(out[-1].end, hit.end, hit.first, hit.last, hit.odd))
    return out


def _surname_first(reading: Reading, groups: list[_Group], near: frozenset[int]) -> list[_Group]:
    """The groups with "Smith, John" and "Smith John" taken together."""
    out: list[_Group] = []
    for group in groups:
        before = out[-1] if out else None
        if before is not None and not before.linked and group.start == before.end:
            surname, forename = before.hits[0], group.hits[0]
            gap = reading.gap(before.end - 1)
            people = {
                place: max(surname.last[place], rank)
                for place, rank in forename.first.items()
                if place in surname.last and place in group.people
            }
            comma = gap.strip(" ") == "," and len(gap) <= 4
            # "Rivers, Mark Rivers": a list of people, unless it is said of one alone.
            if people and (comma or _is_space(gap)) and not (group.linked and group.hits[-1].last):
                before.hits += group.hits
                before.people, before.linked = people, True
                continue
        out.append(group)
    return out


def _listed_together(reading: Reading, groups: list[_Group], near: frozenset[int]) -> set[int]:
    """Words that are forenames of two different people near, with "and", "&" or a comma between: "will and summer"."""
    out: set[int] = set()
    for one, other in itertools.pairwise(groups):
        between = other.start - one.end
        gap = reading.gap(one.end - 1).strip()
        joined = (between == 1 and reading.words[one.end] == "and" and not gap) or (
            not between and gap in (",", "&", "+", "/")
        )
        whose = [
            {place for place, rank in group.hits[0].first.items() if rank <= NICKNAME and place in near}
            for group in (one, other)
        ]
        words = {reading.words[group.start] for group in (one, other)}
        if joined and all(whose) and not whose[0] & whose[1] and not (words <= TIMES or words <= MODALS):
            out |= {one.start, other.start}
    return out


def _is_space(gap: str) -> bool:
    return bool(gap) and len(gap) <= 6 and _SPACE.issuperset(gap)


def _is_hyphen(reading: Reading, word: int) -> bool:
    return reading.gap(word) == "-"
