"""What is known beforehand of those whom a text is about: their names, births, numbers and addresses."""

from dataclasses import dataclass
from datetime import date

from pipelines.notes.spans import Kind


@dataclass(frozen=True)
class KnownPerson:
    """Somebody whose names are on record, as written, in every form that any source has.

    `token`: what stands in their place, as `CHILD_3fa94c`. `forenames`: all of them, further ones too. `whole_names`:
    forename and surname in one field, in any order. `other_names`: nicknames, names before, aliases. `births`: days of
    birth. `values`: numbers, addresses, postcodes, telephone numbers, schools and other things that are theirs.
    `near`: of the family itself, or its worker, so that a forename or initials alone mean them; false for those whom
    only a whole name means (all other workers of the council).
    """

    token: str
    forenames: tuple[str, ...] = ()
    surnames: tuple[str, ...] = ()
    whole_names: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
    births: tuple[date, ...] = ()
    values: tuple[tuple[Kind, str], ...] = ()
    near: bool = True

    def __repr__(self) -> str:
        return "KnownPerson(…)"


@dataclass(frozen=True)
class Known:
    """All that is known beforehand for one text. `values`: things that are of nobody in particular (schools)."""

    people: tuple[KnownPerson, ...] = ()
    values: tuple[tuple[Kind, str], ...] = ()

    def __repr__(self) -> str:
        return f"Known({len(self.people)} people, {len(self.values)} values)"

    @property
    def has_names(self) -> bool:
        """Whether anybody near has a name of use: without one nobody could be found in a text."""
        return any(
            len(name.strip()) > 1
            for person in self.people
            if person.near
            for name in (*person.forenames, *person.surnames, *person.whole_names)
        )


NOBODY = Known()
