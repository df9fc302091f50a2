"""Where identities stand in the case notes of a folder of extracts, note by note: for whoever has a truth to hold it
against. Never part of a run."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import polars as pl

from pipelines.checking import Checked, check
from pipelines.contracts import CONTRACTS, Kind
from pipelines.extracts import ExtractList, read_extract_list
from pipelines.keys import Keys
from pipelines.landing import Landed, land
from pipelines.linkage import identified_records
from pipelines.notes.gathering import Gathered, gather_known
from pipelines.notes.known import NOBODY, Known
from pipelines.notes.spans import Span
from pipelines.pseudonymise import linkable
from pipelines.running.linking import link_and_gather, senders
from pipelines.running.notes import broken_rows, new_redactor
from pipelines.running.settings import Settings

_NOTES = "case_note"


@dataclass(frozen=True)
class NoteSpans:
    """One note: its number in the case system, and where identities stand in it, in characters as it was read."""

    note_ref: str
    spans: tuple[Span, ...]


def note_spans(extracts: Path, settings: Settings) -> Iterator[NoteSpans]:
    """Every note of the extracts in the order of its file, good or not, with all that is known of whom it is about.

    Errors: as those of a run while it lands, checks and links. Nothing is written.
    """
    listed = read_extract_list(extracts)
    landed = [land(extract, settings.numbering) for extract in listed.extracts]
    checked = check(landed, settings.numbering)
    notes = pl.concat([_as_written(one) for one in landed if one.extract.contract == _NOTES] or [_NONE])
    gathered = _gathered(checked, landed, notes["episode_ref"], settings, listed)
    cases = notes.join(
        gathered.episodes, on="episode_ref", how="left", maintain_order="left"
    ).with_row_index()
    # Family by family, so that what is known of one is made ready once; and back into the order of the file.
    in_turn = cases.sort("case", "index", nulls_last=True)
    redactor, _model = new_redactor(gathered, notes.height)
    found = redactor.stream(zip(in_turn["text"], _known(in_turn, gathered), strict=True))
    by_place = dict(zip(in_turn["index"], (one.spans for one in found), strict=True))
    for place, number in enumerate(notes["note_ref"]):
        yield NoteSpans(number, by_place[place])


_NONE = pl.DataFrame(schema={"note_ref": pl.String, "episode_ref": pl.String, "text": pl.String})


def _as_written(landed: Landed) -> pl.DataFrame:
    """`note_ref, episode_ref, text` of every row that has a note, the text just as it stands in the file."""
    (column,) = (one.name for one in CONTRACTS[_NOTES].columns if one.kind is Kind.FREE_TEXT)
    text = landed.raw.select("row", text=landed.written[column])
    return (
        landed.frame.join(text, on="row", suffix="_raw")
        .select("note_ref", "episode_ref", pl.col("text_raw").alias("text"))
        .drop_nulls("text")
    )


def _gathered(
    checked: Checked,
    landed: list[Landed],
    episodes: pl.Series,
    settings: Settings,
    listed: ExtractList,
) -> Gathered:
    good = linkable(checked.good, settings.policy)
    _linked, persons, found = link_and_gather(good, identified_records(good, senders(listed)), settings)
    # Nobody sees the tokens: spans alone are told.
    keys = Keys(master=_secret(), record=_secret(), protected=_secret())
    return gather_known(
        checked.good,
        broken_rows(landed, checked.quarantined),
        episodes.drop_nulls().unique(),
        persons=persons,
        memberships=found.memberships,
        person_keys=persons.select("person", person_key=pl.col("person").cast(pl.String)).unique(),
        keys=keys,
        no_names=settings.policy.notes.no_names,
    )


def _secret() -> str:
    return secrets.token_hex(32)


def _known(in_turn: pl.DataFrame, gathered: Gathered) -> Iterator[Known]:
    sizes = in_turn.group_by("case", maintain_order=True).len()
    about = sizes.drop_nulls("case")
    counts = dict(about.iter_rows())
    for case, known, _has_names in gathered.known(about["case"].to_list()):
        yield from repeat(known, counts[case])
    yield from repeat(NOBODY, int(sizes.filter(pl.col("case").is_null())["len"].sum()))
