"""Makes a fictional council's extracts: the public door of this room."""

import random
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from pipelines.contracts import SERVICES
from pipelines.council import case_rows, partner_rows
from pipelines.council.chance import draws
from pipelines.council.council import Council, imagine
from pipelines.council.errors import CouncilError
from pipelines.council.faults import with_faults
from pipelines.council.judging import FRAMEWORK, Judged, Records, judge_claims, judge_need
from pipelines.council.known import Known, everything, known_at_first, known_later
from pipelines.council.notes import Note, note_rows, write_down
from pipelines.council.sheets import LAYOUTS, Row, Sheet
from pipelines.council.truth import (
    write_exclusions,
    write_identities,
    write_notes,
    write_people,
    write_records,
    write_states,
)
from pipelines.council.writing import LIST, TRUTH, leave_mark, prepare, write_list, write_sheet

PAYMENTS: Final = ("by_results", "earned_autonomy", "none")
MOST_FAMILIES: Final = 100_000
QUARTERS: Final = (1, 2)
EARLIEST: Final = date(2016, 1, 1)
LATEST: Final = date(2100, 12, 31)


def write_council(
    folder: Path,
    *,
    families: int = 2000,
    seed: int = 1,
    payment: str = "by_results",
    notes: bool = True,
    as_of: date = date(2024, 10, 31),
    quarter: int = 1,
    progress: Callable[[str, float], None] | None = None,
) -> None:
    """Writes the extracts of a council that does not exist, and the truth about them, into a folder.

    The files are as a council's partners send them (extracts.toml lists them; `truth/` says what is true). They tell
    of three years of help up to `as_of`. The same arguments give the same bytes on every machine. `payment`:
    by_results, earned_autonomy or none (without results there are no earlier claims of this programme). Without
    `notes` there is no file of case notes; all others are the same. `quarter` 2 is the same council three months after
    `as_of`: about one record in ten is new, two in a hundred were put right, one in a hundred is gone, and everybody
    has the true number of the first quarter. `progress` hears of each stage and how far it is, 0 to 1.

    Raises CouncilError where the folder holds anything that this command did not make, or a wish cannot be met.
    """
    if not 1 <= families <= MOST_FAMILIES:
        raise CouncilError(f"families is {families}. Give a number from 1 to {MOST_FAMILIES}.")
    if payment not in PAYMENTS:
        raise CouncilError(f'payment is "{payment}". Give one of: {", ".join(PAYMENTS)}.')
    if not EARLIEST <= as_of <= LATEST:
        raise CouncilError(f"as_of is {as_of}. Give a day from {EARLIEST} to {LATEST}.")
    if quarter not in QUARTERS:
        raise CouncilError(f"quarter is {quarter}. Give one of: {', '.join(map(str, QUARTERS))}.")
    tell = progress or (lambda stage, share: None)
    prepare(folder)
    council = imagine(families, seed, payment, as_of, lambda share: tell("families", share))
    tell("families", 1.0)
    written: list[Note] = list(write_down(council)) if notes else []
    parts = [known_at_first(council)]
    if quarter > 1:
        parts.append(known_later(parts[0], payment))
        written += write_down(parts[1].council, len(written)) if notes else []
    tell("notes", 1.0)

    layouts = [layout for layout in LAYOUTS if notes or layout.contract != "case_note"]
    truths = [name for name in TRUTH if notes or name != "note_spans.jsonl"]
    leave_mark(folder, [*(layout.file for layout in layouts), *(f"truth/{name}" for name in truths), LIST])
    sheets: list[Sheet] = []
    rows = [_rows(part, place, written if place == 0 else []) for place, part in enumerate(parts)]
    faults = ("faults",) if quarter == 1 else ("faults", quarter)
    for place, layout in enumerate(layouts, 1):
        found = [row for part in rows for row in part[layout.contract]()]
        sheet = with_faults(draws(seed, layout.contract, *faults), layout, found)
        write_sheet(folder, sheet)
        for_truth: list[Row] = [([], true_id, mess) for _, true_id, mess in sheet.rows]
        sheets.append(
            Sheet(layout, for_truth, sheet.tail, sheet.broken)
        )  # the cells are written: let go of them
        tell("extracts", place / len(layouts))
    whole, records = everything(parts)
    _write_truth(folder / "truth", whole, records, sheets, written if notes else None)
    tell("truth", 1.0)
    write_list(folder, sheets, parts[-1].covers, whole.as_of, payment)


def _rows(part: Known, place: int, notes: list[Note]) -> dict[str, Callable[[], Iterator[Row]]]:
    """For each contract, what makes its rows. Each has a sequence of chance of its own: one file more or less changes
    none of the others, nor do rows of a later quarter those of the first. `place`: which quarter, from 0."""
    council, terms = part.council, part.terms

    def draw(contract: str) -> random.Random:
        return draws(council.seed, contract, *((place + 1,) if place else ()))

    def covered(contract: str, day: date) -> bool:
        first, last = part.covers[contract]
        return first <= day <= last

    return {
        "family_member": lambda: case_rows.members(council, draw("family_member")),
        "family_episode": lambda: case_rows.episodes(council, draw("family_episode")),
        "need": lambda: case_rows.needs(council, draw("need")),
        "progress": lambda: case_rows.reviews(council, draw("progress")),
        "case_note": lambda: note_rows(notes),
        "worker": lambda: case_rows.workers(council, draw("worker")) if place == 0 else iter(()),
        "school_attendance": lambda: partner_rows.attendance(council, draw("school_attendance"), terms),
        "school_exclusion": lambda: partner_rows.exclusions(council, draw("school_exclusion"), covered),
        "police_incident": lambda: partner_rows.incidents(council, draw("police_incident"), covered),
        "missing_episode": lambda: partner_rows.absences(council, draw("missing_episode"), covered),
        "social_care_episode": lambda: partner_rows.care(council, draw("social_care_episode"), covered),
        "housing_event": lambda: partner_rows.housing(council, draw("housing_event"), covered),
        "employment_spell": lambda: partner_rows.work(council, draw("employment_spell"), covered),
        "health_contact": lambda: partner_rows.health(council, draw("health_contact"), covered),
        "earlier_claim": lambda: case_rows.earlier_claims(council, draw("earlier_claim")),
        "relationship": lambda: case_rows.relationships(council, draw("relationship")),
        **{name: partial(partner_rows.services, council, draw(name), name) for name in SERVICES},
    }


def _write_truth(
    folder: Path, council: Council, records: Records, sheets: list[Sheet], notes: list[Note] | None
) -> None:
    records.read(council.diary)
    needs: dict[str, list[Judged]] = {
        episode.ref: [judge_need(records, episode, need) for need in episode.needs]
        for episode in council.episodes
    }
    true_refs = {family.ref: family.true_ref for family in council.families}
    claimed = {true_refs[claim.family] for claim in council.claims if claim.framework == FRAMEWORK}
    claims = judge_claims(council.episodes, needs, claimed, council.as_of)
    write_people(folder, council)
    write_records(folder, sheets)
    write_states(folder, council, needs, claims)
    write_exclusions(folder, council)
    if notes is not None:
        write_notes(folder, notes)
    write_identities(folder, council, notes or [])
