"""Signs of needs, as a council writes them: a mistake is said with its place."""

from fractions import Fraction
from pathlib import Path

import pytest

from pipelines.policy import SHIPPED, read_policy
from pipelines.signs import Sign, read_signs
from release.errors import SettingsError
from release.places import PROJECT

GOOD = 'need = "6.1"\nextract = "social_care_episode"\nmonths = 12\n'


def signs(folder: Path, *tables: str) -> tuple[Sign, ...]:
    file = folder / "signs.toml"
    file.write_text("".join(f"[[sign]]\n{table}" for table in tables), encoding="utf-8")
    return read_signs(file)


def test_the_shipped_signs_read_and_need_nothing_that_the_shipped_policy_drops() -> None:
    shipped = read_signs(PROJECT / "data" / "signs.toml")
    assert len({sign.need for sign in shipped}) > 10
    assert read_policy(SHIPPED).counts_possible_families


def test_a_sign_is_read_as_it_is_meant(tmp_path: Path) -> None:
    where = 'where = { kind = ["CPP", "CLA"] }\nwho = "child"\n'
    below = 'need = "1.1"\nextract = "school_attendance"\nbelow = 0.9\nmonths = 6\n'
    abuse = 'need = "8.1"\nextract = "police_incident"\nwhere = { domestic_abuse = true }\nmonths = 3\n'
    assert signs(tmp_path, GOOD + where, below, abuse) == (
        Sign("6.1", "social_care_episode", 12, (("kind", ("CPP", "CLA")),), "child"),
        Sign("1.1", "school_attendance", 6, below=Fraction(9, 10)),
        Sign("8.1", "police_incident", 3, (("domestic_abuse", (True,)),)),
    )
    (tmp_path / "signs.toml").write_text("")
    assert read_signs(tmp_path / "signs.toml") == ()


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (GOOD + "colour = 1\n", "'colour' is not known"),
        (GOOD.replace("6.1", "99.9"), "sign 1, need"),
        (GOOD.replace('"6.1"', "6.1"), "sign 1, need"),
        (GOOD.replace("social_care_episode", "family_member"), "sign 1, extract"),
        (GOOD.replace("12", "0"), "months"),
        (GOOD.replace("12", "true"), "months"),
        (GOOD.replace("12", "121"), "months"),
        (GOOD + 'who = "baby"\n', "who"),
        (GOOD + "below = 0.9\n", "only school_attendance has a share"),
        (GOOD + "where = 3\n", "where"),
        (GOOD + 'where = { colour = ["red"] }\n', "cannot be filtered by 'colour'"),
        (GOOD + 'where = { kind = ["cpp"] }\n', "choose from CIN, CPP, CLA"),
        (GOOD + "where = { kind = [] }\n", "choose from"),
        (GOOD + "where = { kind = [true] }\n", "choose from"),
        ('need = "1.1"\nextract = "school_attendance"\nmonths = 6\n', "below"),
        ('need = "1.1"\nextract = "school_attendance"\nmonths = 6\nbelow = 90\n', "below"),
        ('need = "1.1"\nextract = "school_attendance"\nmonths = 6\nbelow = nan\n', "below"),
        (
            'need = "1.1"\nextract = "school_attendance"\nmonths = 6\nbelow = 0.9\nwhere = { kind = ["a"] }\n',
            "where",
        ),
        (
            'need = "8.1"\nextract = "police_incident"\nmonths = 6\nwhere = { domestic_abuse = 1 }\n',
            "choose from true, false",
        ),
    ],
)
def test_a_mistake_is_said_with_its_place(tmp_path: Path, table: str, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        signs(tmp_path, table)
    assert said in str(refused.value)
    assert "sign 1" in str(refused.value)


def test_anything_else_in_the_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "signs.toml"
    for text in ("colour = 1\n", "sign = 3\n", "sign = [3]\n", "[sign]\nneed = 1\n"):
        file.write_text(text)
        with pytest.raises(SettingsError):
            read_signs(file)


@pytest.mark.parametrize("section", ["count = 1", 'count = "yes"', "count = true\nfor = 1"])
def test_whether_they_are_looked_for_is_yes_or_no(tmp_path: Path, section: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace("[possible_families]\ncount = true", "")
    file = tmp_path / "privacy.toml"
    file.write_text(text, encoding="utf-8")
    assert not read_policy(file).counts_possible_families, "where nothing is said of it, they are not"
    file.write_text(f"{text}\n[possible_families]\n{section}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="possible_families"):
        read_policy(file)
