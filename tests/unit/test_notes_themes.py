"""What a text is about: whole words, phrases that mean something else, and "no" before them."""

import time
from pathlib import Path

import pytest

from pipelines.notes.themes import (
    Negation,
    Theme,
    ThemeFinder,
    Themes,
    ThemesError,
    folded_words,
    read_themes,
)
from release.places import PROJECT

SHIPPED = PROJECT / "data" / "themes.toml"
FINDER = ThemeFinder(read_themes(SHIPPED))

GOOD = """
version = 1
[negation]
words = 3
before = ["no", "denies"]
after = ["ruled out"]
turns = ["but"]
[theme.money]
label = "Money"
meaning = "too little money"
words = ["debt", "arrears", "sanction*"]
not = ["trade sanctions"]
[theme.contact]
label = "Contact"
meaning = "attempts to get in touch"
words = ["reply"]
negated = true
"""


def finder(tmp_path: Path, content: str = GOOD) -> ThemeFinder:
    return ThemeFinder(read_themes(_file(tmp_path, content)))


def _file(folder: Path, content: str) -> Path:
    file = folder / "themes.toml"
    file.write_text(content, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "themes"),
    [
        ("Rent ARREARS stand at £1,240.", ["money"]),
        ("Rent arréars", ["money"]),
        ("rent-arrears, again", ["money"]),
        ("UC sanctioned again", ["money"]),
        ("indebted to us", []),
        ("debts", []),  # no star, no ending
        ("read about trade sanctions", []),
        ("trade sanctions; then sanctioned", ["money"]),
        ("No debt.", []),
        ("no sign at all of debt", ["money"]),  # four words between, three may be
        ("no sign whatever of debt", []),
        ("no sign of debt", []),
        ("Denies any debt", []),
        ("no\ndebt", []),  # a line that was full
        ("No.\n\nDebt", ["money"]),
        ("No. Debt is large", ["money"]),
        ("no work but debt", ["money"]),
        ("but no debt", []),
        ("no debt last year, debt today", []),
        ("no debt. Debt today", ["money"]),
        ("debt ruled out", []),
        ("debt was ruled out", ["money"]),
        ("No reply. Debt.", ["money", "contact"]),
        ("no reply", ["contact"]),
        ("", []),
        ("…—!", []),
    ],
)
def test_a_theme_is_found_by_its_words(tmp_path: Path, text: str, themes: list[str]) -> None:
    assert finder(tmp_path).find(text) == themes


@pytest.mark.parametrize(
    ("text", "themes"),
    [
        ("DV history noted.", ["domestic_abuse"]),
        ("No concerns re DV or substance use.", []),
        ("T/C to [MOTHER_3fa94c]. No reply, left voicemail to ring back.", ["contact_attempt"]),
        ("Young carer: [CHILD_aaaaaa] cooks.", ["young_carer"]),
        ("CAMHS wait is two terms.", ["child_mental_health"]),
        ("Would benefit from a walk.", []),
        ("Please send the form.", []),
        ("Possession of a knife alleged.", ["offending"]),
        ("Closing summary sent. NFA.", ["closure"]),
        # What was taken out is no word of the text.
        ("Seen at [SURGERY] and [SCHOOL], [VEHICLE] outside, [SOCIAL_HANDLE] and [PERSON_1] known.", []),
        ("No, [PERSON_1] [PERSON_2] [PERSON_3] [PERSON_4] [PERSON_5] [PERSON_6] in debt.", ["money"]),
    ],
)
def test_the_shipped_themes_mean_what_they_say(text: str, themes: list[str]) -> None:
    assert FINDER.find(text) == themes


def test_the_shipped_themes_are_sound() -> None:
    themes = read_themes(SHIPPED)
    assert 15 <= len(themes.themes) <= 25
    assert len(set(themes.labels.values())) == len(themes.labels)
    for theme in themes.themes:
        # What is found by nothing of its own would never be found.
        for word in theme.words:
            assert theme.code in FINDER.find(word.rstrip("*")), (theme.code, word)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mum's home", " mums home "),
        ("Mum’s  HOME", " mums home "),
        ("self-harm/CSE", " self harm cse "),
        ("at 3.40pm. Then", " at 3 40pm \x02 then "),
        ("a\nb\n\nc", " a b \x02 c "),
        ("Zoë, Łódź", " zoe łodz "),
        ("x\x02y", " x y "),
        ("snake_case", " snake case "),
        ("[CHILD_3fa94c]'s debt, [SURGERY]", " \x03 s debt \x03 "),
        ("[DV] x\x03y", " dv x y "),
    ],
)
def test_a_text_in_words(text: str, words: str) -> None:
    assert folded_words(text) == words


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("version = 1", "[theme.NAME]"),
        (GOOD.replace("version = 1", "version = 0"), "version"),
        (GOOD.replace("version = 1", 'version = "1"'), "version"),
        (GOOD.replace("words = 3", "words = -1"), "[negation]"),
        (GOOD.replace("words = 3", "words = true"), "[negation]"),
        (GOOD.replace('"no", "denies"', '"no", 3'), "before"),
        (GOOD.replace("theme.money", 'theme."Money!"'), "small letters"),
        (GOOD.replace('label = "Money"', 'label = " "'), "[theme.money]: write label"),
        (GOOD.replace('label = "Money"', 'label = "Contact"'), "'Contact'"),
        (GOOD.replace('meaning = "too little money"', ""), "meaning"),
        (GOOD.replace('words = ["reply"]', "words = []"), "[theme.contact]: words"),
        (GOOD.replace('words = ["reply"]', 'words = "reply"'), "a list of words"),
        (GOOD.replace('words = ["reply"]', 'words = ["re*ply"]'), "A star may stand at the end alone"),
        (GOOD.replace('words = ["reply"]', 'words = ["so*"]'), "3 letters or more"),
        (GOOD.replace('words = ["reply"]', 'words = ["reply *"]'), "3 letters or more"),
        (GOOD.replace('words = ["reply"]', 'words = ["no. reply"]'), "no word or words"),
        (GOOD.replace('words = ["reply"]', 'words = ["--"]'), "no word or words"),
        (GOOD.replace('words = ["reply"]', 'words = ["reply", "Reply"]'), "twice"),
        (GOOD.replace("negated = true", 'negated = "yes"'), "true or false"),
        (GOOD.replace("negated = true", "negatd = true"), "negatd is no setting"),
        (GOOD + "[other]\n", "other is no setting"),
        ("theme = 3\nversion = 1", "[theme.NAME]"),
        (GOOD + "[theme", "TOML"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, written: str, said: str) -> None:
    with pytest.raises(ThemesError, match=r"themes\.toml") as caught:
        read_themes(_file(tmp_path, written))
    assert said in str(caught.value)
    assert caught.value.exit_code == 65


def test_a_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ThemesError, match="is missing"):
        read_themes(tmp_path / "themes.toml")


@pytest.mark.parametrize(
    "text",
    [
        "no " * 60_000 + "debt",
        "no debt " * 30_000,
        "drug" * 60_000,
        "no drugs but " * 20_000,
        "would benefit from " * 15_000,
        "\n" * 200_000,
        "no\n" * 80_000,
        "." * 200_000,
        "'" * 200_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_a_hostile_text_takes_no_long_time(text: str) -> None:
    began = time.perf_counter()
    FINDER.find(text)
    assert time.perf_counter() - began < 5


def test_nothing_to_find_is_found() -> None:
    bare = Themes(1, (Theme("a", "A", "a", ("word",)),), Negation())
    assert ThemeFinder(bare).find("no word") == ["a"]
