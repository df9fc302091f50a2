"""Makes the lists of words and names in `data/notes/` anew, from what others publish: a maintainer's tool, never run.

`python -m pipelines.notes.names_lists SCOWL SURNAMES FORENAMES PLACES` reads SCOWL's folder of word lists, the United
States census of surnames and its register of births (Parquet), and the cities of GeoNames (JSON); Faker's names come
from the installed package. data/notes/LICENCES.md says whose they are and where to find them.
"""

import gzip
import importlib
import json
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import faker.providers.person
import polars as pl

from pipelines.notes.folding import Folded
from pipelines.notes.lexicon import FOLDER, sections

# SCOWL's sizes: up to the first a word is ordinary, up to the second it is a word.
_ORDINARY = (10, 20, 35, 40, 50, 55, 60)
_RARE = (70, 80)
_SPELLINGS = ("english", "british", "british_z", "british_variant_1", "variant_1")
# So many bearers make a name, and so many more where it is a rare word too, or an ordinary one.
_FEWEST_BORN = 100
_FEWEST_BORN_OF_A_WORD = 2_000
_FEWEST_SURNAMES_OF_A_WORD = 4_000
# Below so many people a place's name is more often somebody's.
_SMALLEST_TOWN = 20_000
_SMALLEST_CITY_ABROAD = 400_000
_WORD = re.compile(r"[a-z]+")
_CYRILLIC = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґ",
        "a b v h d e zh z y i k l m n o p r s t u f kh ts ch sh shch * y * e yu ya yo i yi ye g".replace(
            "*", ""
        ).split(" "),
        strict=True,
    )
)


def _folded(text: str) -> str:
    return Folded.of(text).text.strip()


def _scowl(folder: Path, kinds: Iterable[str], sizes: Iterable[int]) -> Iterator[str]:
    for spelling in _SPELLINGS:
        for kind in kinds:
            for size in sizes:
                file = folder / f"{spelling}-{kind}.{size}"
                if file.exists():
                    yield from file.read_text("latin-1").split("\n")


def _born(file: Path) -> Mapping[str, int]:
    table = pl.read_parquet(file).group_by(pl.col("name").str.to_lowercase()).agg(pl.col("n").sum())
    return dict(table.iter_rows())


def _faker(kind: str) -> Iterator[str]:
    """Faker's forenames (`first`) or surnames (`last`) of every locale."""
    for module in sorted(one.name for one in pkgutil.iter_modules(faker.providers.person.__path__)):
        provider = importlib.import_module(f"faker.providers.person.{module}").Provider
        for attribute in sorted(dir(provider)):
            if re.match(rf"{kind}_(romanized_)?names?", attribute) and "pair" not in attribute:
                names = getattr(provider, attribute)
                if isinstance(names, (tuple, list, dict)):
                    yield from (str(name) for name in names if isinstance(name, str))


def _latin(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        text = name.lower()
        if re.search("[а-яёіїєґ]", text):
            text = "".join(_CYRILLIC.get(letter, letter) for letter in text)
        for part in re.split(r"[\s\-’']+", _folded(text)):
            if _WORD.fullmatch(part) and len(part) > 1:
                yield part


def _places(file: Path, forenames: set[str]) -> Iterator[str]:
    for city in json.loads(file.read_text("utf-8")).values():
        here = city["countrycode"] in ("GB", "IE")
        name = _folded(city["name"])
        if city["population"] >= (_SMALLEST_TOWN if here else _SMALLEST_CITY_ABROAD) and (
            here or name not in forenames
        ):
            yield name


def _write(file: Path, lines: Iterable[str]) -> None:
    content = "\n".join(sorted(set(lines))) + "\n"
    # Without a time, so that the same lists give the same file.
    file.write_bytes(gzip.compress(content.encode(), 9, mtime=0))


def main(scowl: Path, surnames: Path, births: Path, cities: Path, folder: Path = FOLDER) -> None:
    """Reads the sources and writes the lists into `folder`. The same sources give the same bytes."""
    own = sections(FOLDER / "names.txt")
    word_names = {*own["forenames that are words"], *own["forenames that are mostly words"]}
    ordinary = {word for word in map(_folded, _scowl(scowl, ["words"], _ORDINARY)) if _WORD.fullmatch(word)}
    contractions = {
        word.replace("'", "") for word in map(_folded, _scowl(scowl, ["contractions"], _ORDINARY))
    }
    rare = {word for word in map(_folded, _scowl(scowl, ["words"], _RARE)) if _WORD.fullmatch(word)}
    born = _born(births)
    counted = pl.read_parquet(surnames).select(pl.col("name").str.to_lowercase(), "count").drop_nulls()
    census = dict(counted.iter_rows())
    forenames = {name for name, count in born.items() if count >= _FEWEST_BORN and len(name) > 1}
    forenames |= {*_latin(_faker("first")), *own["forenames"]}
    common = {name for name, count in born.items() if count >= _FEWEST_BORN_OF_A_WORD} | {*own["forenames"]}
    names_first = {*own["names before all"]}
    words = (ordinary | contractions | {"a", "i"}) - names_first
    forenames = {
        name for name in forenames if name not in words and (name not in rare or name in common)
    } | names_first
    last = {name for name in census if len(name) > 1} | {*_latin(_faker("last")), *own["surnames"]}
    last_words = {
        name for name, count in census.items() if count >= _FEWEST_SURNAMES_OF_A_WORD and name in words
    }
    last = {name for name in last if name not in words and (name not in rare or census.get(name, 0) >= 500)}
    last |= {name for name in own["surnames"] if name not in words}
    names = forenames | last | word_names
    _write(folder / "words.txt.gz", words)
    _write(folder / "rare_words.txt.gz", rare - words - names)
    _write(folder / "forenames.txt.gz", forenames)
    _write(folder / "surnames.txt.gz", last)
    _write(folder / "surnames_that_are_words.txt.gz", last_words)
    towns = [place for place in _places(cities, forenames) if re.fullmatch(r"[a-z' \-]+", place)]
    _write(folder / "places.txt.gz", towns)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:5]))
