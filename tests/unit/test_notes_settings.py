"""What becomes of texts, as the privacy policy says it."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.notes.settings import Keep, NotesPolicy, read_notes_policy
from pipelines.policy import read_policy
from release.errors import SettingsError
from release.places import PROJECT

FILE = Path("privacy.toml")
DAY = date(2027, 3, 31)
REDACTED = {"keep": "redacted", "purpose": "evaluation of the pilot", "until": DAY}


@pytest.mark.parametrize(
    ("content", "policy"),
    [
        ({}, NotesPolicy()),
        ({"notes": {}}, NotesPolicy()),
        ({"notes": {"keep": "themes", "no_names": ["tbc"]}}, NotesPolicy(no_names=("tbc",))),
        ({"notes": {"keep": "nothing"}}, NotesPolicy(Keep.NOTHING)),
        ({"notes": REDACTED}, NotesPolicy(Keep.REDACTED, "evaluation of the pilot", DAY)),
    ],
)
def test_a_policy_is_read(content: dict[str, object], policy: NotesPolicy) -> None:
    assert read_notes_policy(FILE, content) == policy


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("themes", "write [notes]"),
        ({"keep": "everything"}, "keep"),
        ({"keep": ["themes"]}, "keep"),
        ({"kep": "themes"}, "kep is no setting"),
        ({"keep": "redacted"}, "purpose"),
        ({**REDACTED, "purpose": " "}, "purpose"),
        ({**REDACTED, "purpose": "x" * 201}, "200"),
        ({**REDACTED, "purpose": "two\nlines"}, "one line"),
        ({"keep": "redacted", "purpose": "a pilot"}, "until"),
        ({**REDACTED, "purpose": "for whoever was born on 12.3.14"}, "without a day"),
        ({**REDACTED, "until": "2027-03-31"}, "without quotes"),
        ({"keep": "themes", "until": DAY}, "goes with"),
        ({"keep": "nothing", "purpose": "x"}, "goes with"),
        ({"no_names": "tbc"}, "no_names"),
        ({"no_names": [" "]}, "no_names"),
    ],
)
def test_a_mistake_is_named_with_its_place(table: object, said: str) -> None:
    with pytest.raises(SettingsError, match=r"privacy\.toml, \[notes\]") as caught:
        read_notes_policy(FILE, {"notes": table})
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("day", "keep"),
    [
        (date(2024, 10, 31), Keep.REDACTED),
        (DAY, Keep.REDACTED),
        (date(2027, 4, 1), Keep.THEMES),
    ],
)
def test_redacted_texts_are_kept_until_their_last_day(day: date, keep: Keep) -> None:
    assert read_notes_policy(FILE, {"notes": REDACTED}).on(day) is keep


@pytest.mark.parametrize("keep", [Keep.THEMES, Keep.NOTHING])
def test_the_others_end_on_no_day(keep: Keep) -> None:
    assert NotesPolicy(keep).on(date(2099, 1, 1)) is keep


def test_what_is_shipped_keeps_no_text() -> None:
    policy = read_policy(PROJECT / "data" / "privacy.toml").notes
    assert policy.keep is Keep.THEMES
    assert "unknown" in policy.no_names
