"""Names sent in one field, and what names are compared as."""

import polars as pl
import pytest

from pipelines.linkage.names import Forms, first_word, folded, letters
from pipelines.linkage.whole_names import parse_whole_names, postcode_at_end

FORENAMES = pl.Series(["Daniel", "Daniel", "Dora", "Jan", "Grace"])
SURNAMES = pl.Series(["Okafor", "Okafor", "Daniel", "Grace", "Anderson"])


@pytest.mark.parametrize(
    ("written", "forename", "surname"),
    [
        # Where something in the field says which is which.
        ("Okafor, Daniel", "Daniel", "Okafor"),
        ("Okafor,Daniel", "Daniel", "Okafor"),
        ("Okafor, D", "D", "Okafor"),
        ("Okafor, Mr Daniel", "Daniel", "Okafor"),
        ("Mr Okafor, Daniel", "Daniel", "Okafor"),
        ("van der Berg, Jan", "Jan", "van der Berg"),
        ("Daniel, Grace", "Grace", "Daniel"),
        # An initial is never a surname, wherever it stands.
        ("MR D OKAFOR", "D", "OKAFOR"),
        ("OKAFOR D", "D", "OKAFOR"),
        ("D OKAFOR", "D", "OKAFOR"),
        ("D O'Neil", "D", "O'Neil"),
        ("D van der Berg", "D", "van der Berg"),
        ("D\u00a0Okafor", "D", "Okafor"),
        ("MR D A OKAFOR", "D", "OKAFOR"),
        ("OKAFOR D A", "D", "OKAFOR"),
        # Where only other people's names do.
        ("Daniel Okafor", "Daniel", "Okafor"),
        ("Okafor Daniel", "Daniel", "Okafor"),
        ("OKAFOR DANIEL", "DANIEL", "OKAFOR"),
        ("Grace Anderson", "Grace", "Anderson"),
        ("Zebedee Quill", "Zebedee", "Quill"),
        ("Jan van der Berg", "Jan", "van der Berg"),
        # Titles.
        ("Ms. Zoë Smith-Jones", "Zoë", "Smith-Jones"),
        ("Rev. Dr Grace Okafor", "Grace", "Okafor"),
        ("  miss   Grace  Okafor ", "Grace", "Okafor"),
        ("Mrs Okafor", None, "Okafor"),
        ("Okafor", None, "Okafor"),
        ("J Master", "J", "Master"),
        # Of people named together, the first.
        ("Mr & Mrs D Okafor", "D", "Okafor"),
        ("Mr and Mrs Okafor", None, "Okafor"),
        ("D & S Okafor", "D", "Okafor"),
        ("Okafor, D & S", "D", "Okafor"),
        ("Daniel Okafor and Grace Anderson", "Daniel", "Okafor"),
        ("Daniel Okafor/Grace Anderson", "Daniel", "Okafor"),
        # "and" within a name parts nobody.
        ("Sandy Anderson", "Sandy", "Anderson"),
        # Nobody.
        ("", None, None),
        ("  ", None, None),
        (",", None, None),
        ("&", None, None),
        ("Mr & Mrs", None, None),
        (None, None, None),
    ],
)
def test_a_whole_name(written: str | None, forename: str | None, surname: str | None) -> None:
    (row,) = parse_whole_names(pl.Series([written], dtype=pl.String), FORENAMES, SURNAMES).to_dicts()
    told = {name: value.rstrip(".") if value else value for name, value in row.items()}
    assert told == {"forename": forename, "surname": surname}


def test_each_name_stays_in_its_place() -> None:
    written = ["Okafor, Daniel", None, "MR D OKAFOR", "Okafor, Daniel"]
    read = parse_whole_names(pl.Series(written), FORENAMES, SURNAMES)
    assert read["forename"].to_list() == ["Daniel", None, "D", "Daniel"]


def test_nobody_else_to_go_by() -> None:
    nobody = pl.Series([], dtype=pl.String)
    read = parse_whole_names(pl.Series(["Daniel Okafor", "OKAFOR D"]), nobody, nobody)
    assert read.rows() == [("Daniel", "Okafor"), ("D", "OKAFOR")]


@pytest.mark.parametrize(
    ("address", "postcode"),
    [
        ("Flat 2, 8 Ings Lane, Ashmere as1  5fa ", "AS1 5FA"),
        ("8 Ings Lane AS15FA", "AS15FA"),
        ("8 Ings Lane, W1A 1AA", "W1A 1AA"),
        ("AS1 5FA, 8 Ings Lane", None),
        ("8 Ings Lane", None),
        ("", None),
        (None, None),
    ],
)
def test_a_postcode_at_the_end_of_an_address(address: str | None, postcode: str | None) -> None:
    frame = pl.DataFrame({"address": [address]}, schema={"address": pl.String})
    assert frame.select(postcode_at_end(pl.col("address"))).item() == postcode


@pytest.mark.parametrize(
    ("written", "words", "whole", "first"),
    [
        ("Zoë", "zoe", "zoe", "zoe"),
        ("O'NEIL", "oneil", "oneil", "oneil"),
        ("O’Neil", "oneil", "oneil", "oneil"),
        ("Smith-Jones", "smith jones", "smithjones", "smith"),
        ("  Mei\u00a0Ling ", "mei ling", "meiling", "mei"),
        ("Łukasz Ørsted", "lukasz orsted", "lukaszorsted", "lukasz"),
        ("Weiß", "weiss", "weiss", "weiss"),
        ("Mrs. Okafor", "okafor", "okafor", "okafor"),
        (" (Mr) Okafor", "okafor", "okafor", "okafor"),
        ("Mr Dr Okafor", "okafor", "okafor", "okafor"),
        ("Drake", "drake", "drake", "drake"),
        ("Даша", "даша", "даша", "даша"),
        ("Ann3", "ann", "ann", "ann"),
        ("-", None, None, None),
        ("", None, None, None),
        (None, None, None, None),
    ],
)
def test_names_as_they_are_compared(
    written: str | None, words: str | None, whole: str | None, first: str | None
) -> None:
    frame = pl.DataFrame({"name": [written]}, schema={"name": pl.String})
    name = pl.col("name")
    assert frame.select(a=folded(name), b=letters(name), c=first_word(name)).row(0) == (words, whole, first)


def test_forms_of_a_name() -> None:
    forms = Forms({"william": ["bill", "will"], "isabella": ["bella"], "arabella": ["bella"]})
    assert forms.of("bill") & forms.of("william")
    assert forms.of("bill") & forms.of("will")
    assert not forms.of("bill") & forms.of("bella")
    assert forms.of("bella") == {"bella", "isabella", "arabella"}
    # One that is short for two makes no one person of the two.
    assert not forms.of("isabella") & forms.of("arabella")
    told = forms.roots(pl.Series(["bella", "bill", None, "bill", "zebedee"]))
    assert {name: set(roots) for name, roots in told.iter_rows()} == {
        name: forms.of(name) for name in ("bella", "bill", "zebedee")
    }
