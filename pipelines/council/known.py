"""What is known by the end of a quarter: events, the days that files cover, half days at school."""

from dataclasses import dataclass
from datetime import date

from pipelines.council.attendance import Attended, go_on, sessions_in, terms_of
from pipelines.council.chance import draws
from pipelines.council.council import Council
from pipelines.council.dates import Term, school_terms
from pipelines.council.judging import Records
from pipelines.council.quarter import forget, pass_quarter, together
from pipelines.council.sheets import covered_days


@dataclass(frozen=True)
class Known:
    """What became known in one quarter. `covers`: first and last day of each extract by its end; `terms`: by pupil."""

    council: Council
    covers: dict[str, tuple[date, date]]
    terms: dict[int, list[Attended]]


def known_at_first(council: Council) -> Known:
    """All that the first quarter's files tell of."""
    calendar = [(term, sessions_in(term, council.as_of)) for term in school_terms(council.as_of)]
    draw = draws(council.seed, "attendance")
    terms = {number: terms_of(draw, pupil, calendar) for number, pupil in council.diary.pupils.items()}
    return Known(council, covered_days(council.as_of), terms)


def known_later(first: Known, payment: str) -> Known:
    """Lets a quarter pass, and gives what is new of it. The council and the pupils' terms of `first` go on."""
    council = first.council
    before = council.as_of
    news = pass_quarter(council, payment)
    calendar = [(term, sessions_in(term, news.as_of)) for term in school_terms(before)]
    more = {term: half_days - sessions_in(term, before) for term, half_days in calendar}
    ahead = [(term, sessions_in(term, news.as_of)) for term in _begun(before, news.as_of)]
    draw = draws(council.seed, "attendance", 2)
    new: dict[int, list[Attended]] = {}
    for number, pupil in council.diary.pupils.items():
        terms = go_on(draw, pupil, first.terms[number], more, ahead)
        if first.terms[number]:
            first.terms[number] = terms
        else:  # in no file before: a row of their own
            new[number] = terms
    starters = {number: council.diary.pupils[number] for number in new}
    for number, pupil in news.diary.pupils.items():
        new[number] = terms_of(draw, pupil, calendar + ahead)
    news.diary.pupils.update(starters)
    return Known(news, covered_days(news.as_of, 2), new)


def everything(parts: list[Known]) -> tuple[Council, Records]:
    """All that is true at the end of the last quarter, and the records that partners have of it."""
    council, terms = parts[0].council, parts[0].terms
    calendar = list(school_terms(council.as_of))
    for part in parts[1:]:
        forget(council)
        calendar += _begun(council.as_of, part.council.as_of)
        council = together(council, part.council)
        terms = {**terms, **part.terms}
    kept = {number: own for number, own in terms.items() if not council.diary.pupils[number].withdrawn}
    return council, Records(council.as_of, parts[-1].covers, calendar, kept)


def _begun(before: date, as_of: date) -> list[Term]:
    """The terms that began after one day and by another."""
    return [term for term in school_terms(as_of) if term.start > before]
