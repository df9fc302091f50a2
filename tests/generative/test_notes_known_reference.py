"""The recogniser of what is known beforehand finds what a naive reference finds, in invented families and notes."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.notes.forms import Forms, one_edit
from pipelines.notes.known import Known, KnownPerson
from pipelines.notes.matching import KnownRecognizer
from pipelines.notes.spans import Kind
from tests.generative.naive_known import judge, letters_wrong

FILLERS = (
    "the", "visit", "went", "well", "today", "and", "spoke", "with", "school", "said", "about", "his", "room", "no",
    "plan", "agreed", "next", "week", "settled", "may", "mark", "hope", "will", "NFA", "DV", "SW", "GP", "I", "A",
)  # fmt: skip
FORMS = Forms(
    {"zorabel": ("zora", "belly"), "kimmiko": ("miko",)},
    frozenset(word.lower() for word in FILLERS) | {"room", "rooms", "ring", "note"},
)
SYLLABLES = (
    "zo",
    "ra",
    "bel",
    "ki",
    "mmi",
    "ko",
    "ta",
    "vu",
    "dren",
    "ask",
    "ul",
    "fé",
    "łu",
    "ya",
    "no",
    "te",
)
GAPS = (" ", " ", " ", " ", "  ", "\n", ", ", ". ", "-", "'", "’s ", "; ", " - ", " (", ") ", "/")

LAYOUTS = ("%d/%m/%Y", "%d.%m.%y", "%Y-%m-%d", "%d %B %Y", "%d%m%Y", "%B %d, %Y")

names = st.builds(
    lambda parts, sign: sign.join("".join(part).capitalize() for part in parts),
    st.lists(st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=3), min_size=1, max_size=2),
    st.sampled_from((" ", "-", "'")),
).filter(lambda name: all(len(part) > 1 for part in name.replace("-", " ").replace("'", " ").split()))
births = st.dates(date(1950, 1, 1), date(2024, 12, 31))
numbers = st.one_of(
    st.tuples(st.just(Kind.NHS_NUMBER), st.from_regex(r"9[0-9]{9}", fullmatch=True)),
    st.tuples(st.just(Kind.PHONE), st.from_regex(r"07700 900[0-9]{3}", fullmatch=True)),
    st.tuples(st.just(Kind.UPN), st.from_regex(r"[A-Z]8202[0-9]{8}", fullmatch=True)),
    st.tuples(st.just(Kind.UPRN), st.from_regex(r"0100[1-9]{8}", fullmatch=True)),
)
people = st.builds(
    lambda number, forenames, surnames, others, born, values: KnownPerson(
        f"CHILD_{number}", tuple(forenames), tuple(surnames), (), tuple(others), tuple(born), tuple(values)
    ),
    st.integers(0, 9),
    st.lists(names, min_size=1, max_size=2),
    st.lists(names, min_size=1, max_size=2),
    st.lists(names, max_size=1),
    st.lists(births, max_size=1),
    st.lists(numbers, max_size=2),
)
families = st.builds(lambda members: Known(tuple(members)), st.lists(people, min_size=1, max_size=3))


@st.composite
def misspelt(draw: st.DrawFn, word: str) -> str:
    """A word with one letter wrong."""
    at = draw(st.integers(0, len(word) - 1))
    letter = draw(st.sampled_from("aeklmrsz"))
    return draw(
        st.sampled_from(
            (
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
            )
        )
    )


@st.composite
def written_names(draw: st.DrawFn, person: KnownPerson) -> str:
    """Somebody's name in one of its forms, or something like it."""
    forename = draw(st.sampled_from(person.forenames))
    surname = draw(st.sampled_from(person.surnames))
    name = draw(st.sampled_from((forename, surname, *person.other_names)))
    wrong = draw(misspelt(name))
    short = forename[: draw(st.integers(3, 6))] + draw(st.sampled_from(("", "y", "ie", "s")))
    return draw(
        st.sampled_from(
            (
                name,
                name.lower(),
                name.upper(),
                name.replace("-", " "),
                name.replace("-", "").replace("'", "").capitalize(),
                name.split("-")[0].split(" ")[0],
                short,
                short.lower(),
                f"{forename} {surname}",
                f"{surname.upper()}, {forename}",
                f"{forename[0]} {surname}",
                f"{forename[0]}{surname[0]}",
                f"{forename[0]}.{surname[0]}.",
                f"{forename[0]} {surname[0]}",
                f"Mrs {surname}",
                wrong,
                wrong.lower(),
            )
        )
    )


@st.composite
def written_births(draw: st.DrawFn, person: KnownPerson) -> str:
    """A day of birth in one of its layouts, or another day."""
    born = draw(st.sampled_from(person.births))
    year = born.year + draw(st.sampled_from((0, 0, 0, 1)))
    short = f"{born.day}/{born.month}/{year % 100:02}"
    return draw(st.sampled_from((short, *(born.strftime(layout) for layout in LAYOUTS))))


@st.composite
def written_numbers(draw: st.DrawFn, person: KnownPerson) -> str:
    """A number in one of its spacings, or one that is nearly it."""
    kind, value = draw(st.sampled_from(person.values))
    at = draw(st.integers(1, len(value) - 1))
    sign = draw(st.sampled_from((" ", "-", ".", "  ", ", ", "/", "a", "1")))
    abroad = f"+44 {value[1:]}" if kind is Kind.PHONE else value.lower()
    return draw(
        st.sampled_from(
            (value, value.lstrip("0"), abroad, f"{value[:at]}{sign}{value[at:]}", f"{value}1", f"No{value}")
        )
    )


@st.composite
def pieces(draw: st.DrawFn, known: Known) -> str:
    """A filler, or something of one of the family in one of many forms."""
    person = draw(st.sampled_from(known.people))
    options: list[st.SearchStrategy[str]] = [
        st.sampled_from(FILLERS),
        written_names(person),
        written_names(person),
    ]
    if person.births:
        options.append(written_births(person))
    if person.values:
        options.append(written_numbers(person))
    return draw(st.one_of(options))


@st.composite
def notes(draw: st.DrawFn) -> tuple[Known, str]:
    known = draw(families)
    text = ""
    for _ in range(draw(st.integers(1, 10))):
        text += draw(pieces(known)) + draw(st.sampled_from(GAPS))
    return known, text


@settings(max_examples=300, deadline=None)
@given(notes())
def test_what_is_known_is_found_as_the_reference_finds_it(note: tuple[Known, str]) -> None:
    known, text = note
    found = {
        place
        for span in KnownRecognizer(known, FORMS).find(text)
        for place in range(span.start, span.end)
        if text[place].isalnum()
    }
    verdict = judge(known, FORMS, text)
    assert not verdict.must - found, "something known was overlooked"
    assert not found - verdict.must - verdict.may, "something else was taken for it"


@given(st.text("abcd", max_size=7), st.text("abcd", max_size=7))
def test_one_edit_is_one_letter_wrong(one: str, other: str) -> None:
    assert one_edit(one, other) is (letters_wrong(one, other) == 1)


@given(families, st.text(max_size=200))
def test_any_text_can_be_read(known: Known, text: str) -> None:
    spans = KnownRecognizer(known, FORMS).find(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


@given(notes())
def test_the_same_text_gives_the_same_spans(note: tuple[Known, str]) -> None:
    known, text = note
    again = Known(tuple(known.people), known.values)
    assert KnownRecognizer(known, FORMS).find(text) == KnownRecognizer(
        again, Forms(*FORMS.__reduce__()[1])
    ).find(text)
