"""Makes a fictional council's extracts: the public door of this room."""

import random
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Final

from pipelines.council import case_rows, partner_rows
from pipelines.council.attendance import Attended, sessions_in, terms_of
from pipelines.council.chance import draws
from pipelines.council.council import Council, imagine
from pipelines.council.dates import school_terms
from pipelines.council.errors import CouncilError
from pipelines.council.faults import with_faults
from pipelines.council.judging import FRAMEWORK, Judged, Records, judge_claims, judge_need
from pipelines.council.notes import Note, note_rows, write_down
from pipelines.council.sheets import LAYOUTS, Row, Sheet, covered_days
from pipelines.council.truth import write_identities, write_notes, write_people, write_records, write_states
from pipelines.council.writing import LIST, TRUTH, leave_mark, prepare, write_list, write_sheet

PAYMENTS: Final = ("by_results", "earned_autonomy", "none")
MOST_FAMILIES: Final = 100_000
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
    progress: Callable[[str, float], None] | None = None,
) -> None:
    """Writes the fifteen extracts of a council that does not exist, and the truth about them, into a folder.

    The files are as a council's partners send them (extracts.toml lists them; `truth/` says what is true). They tell
    of three years of help up to `as_of`. The same arguments give the same bytes on every machine. `payment`:
    by_results, earned_autonomy or none (without results there are no earlier claims of this programme). Without
    `notes` there is no file of case notes; all others are the same. `progress` hears of each stage and how far it is,
    0 to 1.

    Raises CouncilError where the folder holds anything that this command did not make, or a wish cannot be met.
    """
    if not 1 <= families <= MOST_FAMILIES:
        raise CouncilError(f"families is {families}. Give a number from 1 to {MOST_FAMILIES}.")
    if payment not in PAYMENTS:
        raise CouncilError(f'payment is "{payment}". Give one of: {", ".join(PAYMENTS)}.')
    if not EARLIEST <= as_of <= LATEST:
        raise CouncilError(f"as_of is {as_of}. Give a day from {EARLIEST} to {LATEST}.")
    tell = progress or (lambda stage, share: None)
    prepare(folder)
    council = imagine(families, seed, payment, as_of, lambda share: tell("families", share))
    tell("families", 1.0)
    written: list[Note] = list(write_down(council)) if notes else []
    tell("notes", 1.0)

    layouts = [layout for layout in LAYOUTS if notes or layout.contract != "case_note"]
    truths = [name for name in TRUTH if notes or name != "note_spans.jsonl"]
    leave_mark(folder, [*(layout.file for layout in layouts), *(f"truth/{name}" for name in truths), LIST])
    covers = covered_days(as_of)
    terms = _attendance(council)
    sheets: list[Sheet] = []
    rows = _rows(council, covers, terms, written)
    for place, layout in enumerate(layouts, 1):
        sheet = with_faults(draws(seed, layout.contract, "faults"), layout, list(rows[layout.contract]()))
        write_sheet(folder, sheet)
        for_truth: list[Row] = [([], true_id, mess) for _, true_id, mess in sheet.rows]
        sheets.append(
            Sheet(layout, for_truth, sheet.tail, sheet.broken)
        )  # the cells are written: let go of them
        tell("extracts", place / len(layouts))
    _write_truth(folder / "truth", council, covers, terms, sheets, written if notes else None)
    tell("truth", 1.0)
    write_list(folder, sheets, covers, as_of, payment)


def _attendance(council: Council) -> dict[int, list[Attended]]:
    calendar = [(term, sessions_in(term, council.as_of)) for term in school_terms(council.as_of)]
    draw = draws(council.seed, "attendance")
    return {number: terms_of(draw, pupil, calendar) for number, pupil in council.diary.pupils.items()}


def _rows(
    council: Council,
    covers: dict[str, tuple[date, date]],
    terms: dict[int, list[Attended]],
    notes: list[Note],
) -> dict[str, Callable[[], Iterator[Row]]]:
    """For each contract, what makes its rows. Each has a sequence of chance of its own: one file more or less changes
    none of the others."""

    def draw(contract: str) -> random.Random:
        return draws(council.seed, contract)

    def covered(contract: str, day: date) -> bool:
        first, last = covers[contract]
        return first <= day <= last

    return {
        "family_member": lambda: case_rows.members(council, draw("family_member")),
        "family_episode": lambda: case_rows.episodes(council, draw("family_episode")),
        "need": lambda: case_rows.needs(council, draw("need")),
        "progress": lambda: case_rows.reviews(council, draw("progress")),
        "case_note": lambda: note_rows(notes),
        "worker": lambda: case_rows.workers(council, draw("worker")),
        "school_attendance": lambda: partner_rows.attendance(council, draw("school_attendance"), terms),
        "school_exclusion": lambda: partner_rows.exclusions(council, draw("school_exclusion"), covered),
        "police_incident": lambda: partner_rows.incidents(council, draw("police_incident"), covered),
        "missing_episode": lambda: partner_rows.absences(council, draw("missing_episode"), covered),
        "social_care_episode": lambda: partner_rows.care(council, draw("social_care_episode"), covered),
        "housing_event": lambda: partner_rows.housing(council, draw("housing_event"), covered),
        "employment_spell": lambda: partner_rows.work(council, draw("employment_spell"), covered),
        "health_contact": lambda: partner_rows.health(council, draw("health_contact"), covered),
        "earlier_claim": lambda: case_rows.earlier_claims(council, draw("earlier_claim")),
    }


def _write_truth(
    folder: Path,
    council: Council,
    covers: dict[str, tuple[date, date]],
    terms: dict[int, list[Attended]],
    sheets: list[Sheet],
    notes: list[Note] | None,
) -> None:
    records = Records(council.as_of, covers, list(school_terms(council.as_of)), terms)
    records.read(council.diary)
    needs: dict[str, list[Judged]] = {
        episode.ref: [judge_need(records, episode, need) for need in episode.needs]
        for episode in council.episodes
    }
    claimed = {claim.family for claim in council.claims if claim.framework == FRAMEWORK}
    claims = judge_claims(council.episodes, needs, claimed, council.as_of)
    write_people(folder, council)
    write_records(folder, sheets)
    write_states(folder, council, needs, claims)
    if notes is not None:
        write_notes(folder, notes)
    write_identities(folder, council, notes or [])
