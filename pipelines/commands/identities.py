"""Commands that look at identities, each written to the audit log: `reidentify` and `links`."""

import re
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.table import Table

from ledger import Event
from pipelines.commands.shared import (
    DEFAULT_DATA,
    ConfirmOption,
    DataOption,
    ReasonOption,
    goes_ahead,
    known_keys,
    new_file,
    only_mine,
    places,
    print_table,
    say,
    write_down,
)
from pipelines.days import days_in
from pipelines.dual_control import Act
from pipelines.keys import Keys, open_keys
from pipelines.leaks import forms_in, recognised
from pipelines.quality import scoring
from pipelines.quality.linkage import GROUPS
from pipelines.running import vault
from pipelines.tables import take_table
from release.errors import ReleaseError, UserError
from release.places import Places
from release.pointer import resolve

# A long number, however it is grouped, an e-mail address or a postcode: what a reason has no need of.
_IDENTIFYING = re.compile(r"\d(?:[\W_]?\d){5,}|@|\b[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}\b")


class What(StrEnum):
    """Whom a pseudonym stands for."""

    FAMILY = "family"
    PERSON = "person"
    EPISODE = "episode"
    CLAIM = "claim"


class ReasonError(UserError):
    """A re-identification without a reason, or of nobody in particular."""

    exit_code = 26


def checked_reason(reason: str) -> str:
    """The reason, trimmed. Raises ReasonError where there is none, or it holds what would tell who was meant."""
    if not reason.strip():
        raise ReasonError('Give the reason, which is written to the audit log: --reason "…"')
    return harmless(reason)


def reason_for(reason: str, confirm: int | None) -> str:
    """The reason of whoever asks; whoever confirms a request confirms the reason that it names."""
    return checked_reason(reason) if confirm is None else ""


def harmless(words: str) -> str:
    """Words for the audit log, trimmed. Raises ReasonError where they hold what would tell who was meant."""
    found = _IDENTIFYING.search(words) or any(days_in(words)) or forms_in(pl.Series([words]))
    if found or recognised([words]):
        raise ReasonError(
            "This is kept in the audit log: say it without a number, a day or an address of anybody."
        )
    return words.strip()


def reidentify_command(
    kind: Annotated[What, typer.Option("--kind", help="Whom the pseudonyms stand for.")],
    to: Annotated[Path, typer.Option("--to", help="The CSV file to make: pseudonym,reference.")],
    references: Annotated[
        list[str] | None, typer.Argument(metavar="REF", help="Pseudonyms to look up.")
    ] = None,
    everybody: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    reason: ReasonOption = "",
    release: Annotated[str, typer.Option("--release", help='A release\'s name, or "current".')] = "current",
    confirm: ConfirmOption = None,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Which pseudonym is which of the case system's own references. For the lawful few; written to the audit log.

    A claim is named by the pseudonym of its episode, and leads to the references of the family behind it."""
    wanted = references or []
    if bool(wanted) == everybody:
        raise ReasonError("Give the pseudonyms to look up, or --all; not both, not neither.")
    reason = reason_for(reason, confirm)
    here = places(data)
    name = resolve(here, release)
    keys = known_keys(here)
    found = _references(here, name, kind, keys)
    if wanted:
        unknown = set(wanted) - set(found["pseudonym"])
        if unknown:
            raise ReleaseError(
                f"{len(unknown)} of these are no {kind.value} of the release {name}. Nothing was written."
            )
        found = found.filter(pl.col("pseudonym").is_in(wanted))
    file = new_file(to)
    told = {"kind": kind.value, "count": found["pseudonym"].n_unique(), "all": everybody}
    agreed = goes_ahead(
        here,
        Act.REIDENTIFY,
        facts={**told, "release": name, "which": whom(keys, wanted)},
        reason=reason,
        confirm=confirm,
    )
    if agreed is None:
        return
    write_down(here, Event.REIDENTIFIED, subject=name, detail=told, leave=agreed)
    only_mine(file)
    found.sort("pseudonym", "reference").write_csv(file)
    say(f"{found.height} references written to", str(file))


def whom(keys: Keys, pseudonyms: Iterable[str]) -> str:
    """Names those who are looked up, so that a request is confirmed for the same, and tells nobody who they are."""
    return keys.digest("\n".join(["reidentify", *sorted(pseudonyms)]).encode())


def _references(here: Places, release: str, kind: What, keys: Keys) -> pl.DataFrame:
    """`pseudonym, reference` of a kind. A claim goes by its episode, and leads to its family."""
    known = vault.read_references(here, release)
    if kind is not What.CLAIM:
        return known.filter(pl.col("kind") == kind.value).select("pseudonym", "reference")
    claims = take_table(here, release, "claim", keys).select("episode", "family").unique()
    families = known.filter(pl.col("kind") == What.FAMILY.value)
    joined = claims.join(families, left_on="family", right_on="pseudonym")
    return joined.select("reference", pseudonym="episode").select("pseudonym", "reference")


def links_command(
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", help="The CSV file to make: contract,row,person (and file, where it takes one)."
        ),
    ] = None,
    score: Annotated[
        Path | None,
        typer.Option(
            "--score", help="A folder with the truth (records.csv, persons.csv): says what was missed."
        ),
    ] = None,
    beside: Annotated[
        Path | None,
        typer.Option("--beside", help="With --score: another CSV file of links, scored beside."),
    ] = None,
    release: Annotated[str, typer.Option("--release", help='A release\'s name, or "current".')] = "current",
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Which record was found to be about which person, or how true that is. Written to the audit log."""
    if to is None and score is None:
        raise typer.BadParameter("Give --to FILE, --score FOLDER, or both.")
    if beside is not None and score is None:
        raise typer.BadParameter("--beside goes with --score.")
    here = places(data)
    name = resolve(here, release)
    links = vault.read_links(here, name)
    # Whatever can be wrong with the truth is found before anything is written down.
    scores = _scored(here, name, links, score, beside) if score is not None else None
    file = new_file(to) if to is not None else None
    write_down(
        here,
        Event.TABLE_TAKEN,
        subject=f"{name} links",
        detail={"rows": links.height},
    )
    if file is not None:
        only_mine(file)
        # Where several files of a contract were read, a row number alone means several records.
        several = links.select("contract", "file").unique()["contract"].is_duplicated().any()
        which = ["contract", *(["file"] if several else []), "row"]
        links.select(*which, person="person_key").sort(which).write_csv(file)
        say(f"{links.height} records written to", str(file))
    if scores is not None:
        _show(scores)


def _scored(
    here: Places, name: str, links: pl.DataFrame, score: Path, beside: Path | None
) -> list[tuple[str, pl.DataFrame]]:
    """The scores of the release's links, and of those that they are held beside."""
    truth = scoring.read_truth(score)
    groups = _groups(here, name, scoring.read_true_people(score))
    found = [("this release", scoring.linkage_error(links, truth, groups))]
    if beside is not None:
        found.append((beside.name, scoring.linkage_error(scoring.read_links(beside), truth, groups)))
    return found


def _groups(here: Places, name: str, people: pl.DataFrame | None) -> pl.DataFrame | None:
    """`true_person_id` and the groups of the release's table of people; None where the truth names no references."""
    if people is None:
        return None
    references = vault.read_references(here, name).filter(pl.col("kind") == What.PERSON.value)
    known = take_table(here, name, "person", open_keys(here)).select("person", *GROUPS)
    return (
        people.join(references, left_on="person_ref", right_on="reference")
        .join(known, left_on="pseudonym", right_on="person")
        .select("true_person_id", *GROUPS)
        .sort("true_person_id", *GROUPS)
        .unique("true_person_id", keep="first", maintain_order=True)
    )


def _show(scores: list[tuple[str, pl.DataFrame]]) -> None:
    """Each line of the scores with its figures, those held beside in columns of their own."""
    table = Table(title=f"Pairs of records of one person: {' beside '.join(name for name, _ in scores)}")
    table.add_column("pairs", no_wrap=True)
    for heading in ("true pairs", *["precision", "recall"] * len(scores)):
        table.add_column(heading, justify="right")
    for line in scores[0][1].iter_rows(named=True):
        same = [pl.col("about") == line["about"], pl.col("which") == line["which"]]
        found = [frame.filter(same) for _, frame in scores]
        shares = [
            f"{value:.4f}" if value is not None else "–"
            for frame in found
            for value in (
                frame.row(0, named=True)[name] if frame.height else None for name in ("precision", "recall")
            )
        ]
        about = ": ".join(line[name].replace("_", " ") for name in ("about", "which") if line[name])
        table.add_row(about, f"{line['true']:,}", *shares)
    print_table(table)
