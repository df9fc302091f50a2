"""Themes of texts against a naive reading: word by word, phrase by phrase, in plain Python."""

import re

from hypothesis import example, given, settings
from hypothesis import strategies as some

from pipelines.notes.themes import Negation, Theme, ThemeFinder, Themes

WORDS = ["debt", "debts", "no", "none", "rent", "but", "sign", "of", "over"]
phrase = some.lists(some.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
starred = some.sampled_from(["debt*", "non*", "ren*", "no rent*", "sign of deb*"])
phrases = some.lists(phrase | starred, max_size=4, unique=True).map(tuple)
theme = some.tuples(phrases | some.just(("debt",)), phrases | some.just(()), some.booleans())
# Mostly such as meet in a text, now and then any.
negations = some.builds(
    Negation,
    words=some.integers(0, 4),
    before=some.sampled_from([("no",), ("no", "none", "no sign of"), ("sign of", "no*")]) | phrases,
    after=some.sampled_from([("over",), ("no", "none")]) | phrases,
    turns=some.sampled_from([("but",), ("but", "over", "sign"), ("of but",)]) | phrases,
)
few = some.lists(some.sampled_from(["no", "but", "debt", "of", "over", "."]), max_size=9)
many = some.lists(
    some.sampled_from([*WORDS, "Debt", "NO", "indebt", "debtor", ".", "!", "\n\n", "\n", "-", ","]),
    max_size=25,
)
texts = (few | many).map(" ".join)


def _sentences(text: str) -> list[list[str]]:
    """The words of each sentence. The texts here have blanks around everything that ends one."""
    sentences: list[list[str]] = [[]]
    for piece in re.split(r"( ?\.(?: |$)|!|\n \n|\n\n)", text.replace("\n\n", " \n\n ")):
        if piece and piece.strip(" ") in (".", "!", "\n\n", "\n \n"):
            sentences.append([])
        else:
            sentences[-1] += re.findall(r"[a-z]+", piece.lower())
    return sentences


def _places(words: list[str], listed: tuple[str, ...]) -> list[tuple[int, int]]:
    """From which word up to which each of the phrases stands."""
    found = []
    for one in listed:
        wanted = one.rstrip("*").split()
        for first in range(len(words) - len(wanted) + 1):
            here = words[first : first + len(wanted)]
            last_fits = here[-1].startswith(wanted[-1]) if one.endswith("*") else here[-1] == wanted[-1]
            if here[:-1] == wanted[:-1] and last_fits:
                found.append((first, first + len(wanted)))
    return found


def _meant(words: list[str], at: tuple[int, int], theme: Theme, negation: Negation) -> bool:
    first, last = at
    if any(start <= first and last <= end for start, end in _places(words, theme.excluded)):
        return False
    if theme.negated:
        return True
    if any(start == last for start, _ in _places(words, negation.after)):
        return False
    for _, said in _places(words, negation.before):
        turned = any(said <= start and end <= first for start, end in _places(words, negation.turns))
        # A turn that begins within what was said, and ends behind it, turns it too.
        turned |= any(said < end <= first for _, end in _places(words, negation.turns))
        if said <= first and first - said <= negation.words and not turned:
            return False
    return True


def naive(text: str, themes: Themes) -> list[str]:
    return [
        theme.code
        for theme in themes.themes
        if any(
            _meant(words, at, theme, themes.negation)
            for words in _sentences(text)
            for at in _places(words, theme.words)
        )
    ]


@settings(max_examples=500, deadline=None)
@given(listed=some.lists(theme, min_size=1, max_size=3), negation=negations, text=texts)
@example(listed=[(("debt",), (), False)], negation=Negation(0, before=("no",), turns=("no",)), text="no debt")
def test_as_the_naive_reading(
    listed: list[tuple[tuple[str, ...], tuple[str, ...], bool]], negation: Negation, text: str
) -> None:
    themes = Themes(
        1,
        tuple(Theme(f"t{n}", f"T{n}", "", words, out, flag) for n, (words, out, flag) in enumerate(listed)),
        negation,
    )
    assert ThemeFinder(themes).find(text) == naive(text, themes)
