"""`register`: what became of keys from run to run. It names nobody."""

import re
from dataclasses import dataclass
from typing import Annotated

import polars as pl
import typer

from ledger import Event, open_ledger
from pipelines.commands.shared import DEFAULT_DATA, DataOption, places, say, write_down
from pipelines.keys import Keys, Purpose, open_keys
from pipelines.pseudonymise.tokens import pseudonyms
from pipelines.register import Book, Opened, open_register, register_begun, resolve
from pipelines.register.errors import RegisterOlderError, UnknownKeyError
from pipelines.running import vault
from release.places import Places
from release.pointer import releases

app = typer.Typer(no_args_is_help=True, help="The register of keys: who keeps which key from run to run.")
KeyArgument = Annotated[
    str,
    typer.Argument(
        metavar="KEY",
        help="The pseudonym of a person or a family, of any release; or the lasting key that `links` tells.",
    ),
]
_KEY = re.compile("[0-9a-f]{24}")
_WORDS = {
    "merged": "was merged into {other}",
    "split": "lost records to {other}, split off",
    "moved": "lost records to {other}",
    "withdrawn": "was found in no record",
    "returned": "was found again",
}


@app.command("show")
def show_command(data: DataOption = DEFAULT_DATA) -> None:
    """How many keys there are, and what every run did to them."""
    register = _opened(places(data)).register
    for name, book in _books(register.people, register.families):
        merged = book.keys["into"].drop_nulls().len()
        absent = book.keys["absent_since"].drop_nulls().len()
        say(
            f"{name}: {book.keys.height - merged - absent} in use, {merged} merged into others, {absent} in no record."
        )
    for run, released in register.runs.iter_rows():
        told = [
            f"{count} {name} {event}"
            for name, book in _books(register.people, register.families)
            for event, count in _counts(book, run)
        ]
        say(f"{released}  {', '.join(told) or 'nothing changed'}")


@app.command("resolve")
def resolve_command(key: KeyArgument, data: DataOption = DEFAULT_DATA) -> None:
    """Where an old key leads today. Written to the audit log."""
    here = places(data)
    found = _looked_up(here, _opened(here), key)
    write_down(here, Event.KEYS_LOOKED_UP, detail={"count": len(found.keys), "how": "resolve"})
    for present in resolve(pl.Series(found.keys), found.book.keys)["present"].unique().sort():
        say(f"{found.name}  {found.words(present)}")


@app.command("history")
def history_command(key: KeyArgument, data: DataOption = DEFAULT_DATA) -> None:
    """What befell a key, run by run. Written to the audit log."""
    here = places(data)
    opened = _opened(here)
    found = _looked_up(here, opened, key)
    write_down(here, Event.KEYS_LOOKED_UP, detail={"count": len(found.keys), "how": "history"})
    released = dict(opened.register.runs.iter_rows())
    book, words = found.book, found.words
    for one in found.keys:
        (born,) = book.keys.filter(pl.col("key") == one)["born"]
        say(f"{released[born]}  {words(one)} was given to a new one of {found.name}")
        touched = book.events.filter((pl.col("key") == one) | (pl.col("other") == one))
        for run, event, of, other in touched.iter_rows():
            say(f"{released[run]}  {words(of)} {_WORDS[event].format(other=other and words(other))}")


@app.command("verify")
def verify_command(data: DataOption = DEFAULT_DATA) -> None:
    """Whether the register is whole, made with these keys, and the one that the last release was made with."""
    opened = _opened(places(data))
    register = opened.register
    hashes = register.people.holdings.height + register.families.holdings.height
    say(
        f"The register is whole: {register.runs.height} runs, {register.people.keys.height} keys of people, "
        f"{register.families.keys.height} of families, {hashes} hashes."
    )


def _opened(here: Places) -> Opened:
    keys = open_keys(here)
    ledger = open_ledger(here.ledger)
    published = ledger.published() | set(releases(here))
    begun = register_begun(ledger)
    ledger.close()
    opened = open_register(here, keys, published, begun=begun)
    if opened.file is None:
        raise RegisterOlderError(
            f"There is no register of keys in {here.vault} yet. "
            "The first run makes it: python -m pipelines run --extracts FOLDER"
        )
    return opened


def _books(people: Book, families: Book) -> tuple[tuple[str, Book], ...]:
    return ("people", people), ("families", families)


def _counts(book: Book, run: int) -> list[tuple[str, int]]:
    new = book.keys.filter(pl.col("born") == run).height
    events = book.events.filter(pl.col("run") == run).group_by("event").len().sort("event")
    return [("new", new)] * bool(new) + events.rows()


@dataclass(frozen=True)
class _LookedUp:
    """Keys of the register that somebody asked about, in which book, and what they are called in an answer: by their
    pseudonyms of today where a pseudonym was asked about."""

    name: str
    book: Book
    keys: list[str]
    purpose: Purpose
    secret: Keys | None

    def words(self, key: str) -> str:
        """What an answer calls a key of the register."""
        if self.secret is None:
            return key
        return str(pseudonyms(self.purpose, pl.Series([key]), self.secret)["token"].item())


def _looked_up(here: Places, opened: Opened, asked: str) -> _LookedUp:
    if not _KEY.fullmatch(asked):
        raise UnknownKeyError("A key is 24 hexadecimal digits, as the tables of a release have it.")
    secret = open_keys(here)
    books = [
        (*named, purpose)
        for named, purpose in zip(
            _books(opened.register.people, opened.register.families),
            (Purpose.PERSON_PSEUDONYM, Purpose.FAMILY_PSEUDONYM),
            strict=True,
        )
    ]
    for name, book, purpose in books:
        if asked in book.keys["key"]:
            return _LookedUp(name, book, [asked], purpose, None)
    # A pseudonym from before the master key was rotated is known by the references of its release alone.
    older = vault.register_keys(here, asked)
    for name, book, purpose in books:
        published = pseudonyms(purpose, book.keys["key"], secret)
        meant = {*published.filter(pl.col("token") == asked)["key"], *older} & set(book.keys["key"])
        if meant:
            return _LookedUp(name, book, sorted(meant), purpose, secret)
    raise UnknownKeyError(
        "The register knows no such key: it is one of another data folder, or of an episode or a worker."
    )
