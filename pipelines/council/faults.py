"""Rows repeated and rows broken, as partners' exports have them. The good row stays beside its broken copy."""

import random
from typing import Final

from pipelines.council.sheets import Cell, Layout, Row, Sheet

# Of each contract: (what is wrong, column, what stands there).
BREAKS: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "family_member": (
        ("to_date before from_date", "to_date", "01/01/2001"),
        ("unknown role", "role", "lodger's dog"),
        ("impossible date_of_birth", "date_of_birth", "31/02/2015"),
        ("family_ref missing", "family_ref", ""),
    ),
    "family_episode": (
        ("start_date missing", "start_date", ""),
        ("family_ref does not exist", "family_ref", "F00000"),
        ("impossible start_date", "start_date", "2023-02-30"),
        ("end_date before start_date", "end_date", "2020-01-01"),
    ),
    "need": (
        ("impossible identified_on", "identified_on", "31/11/2023"),
        ("episode_ref does not exist", "episode_ref", "E000000"),
        ("unknown need_code", "need_code", "11.4"),
        ("person_ref does not exist", "person_ref", "P000000"),
    ),
    "progress": (
        ("unknown state", "state", "sort of"),
        ("impossible recorded_on", "recorded_on", "31-Jun-2023"),
        ("unknown need_code", "need_code", "0.9"),
        ("person_ref does not exist", "person_ref", "P000000"),
    ),
    "case_note": (
        ("impossible written_on", "written_on", "2023-13-01"),
        ("episode_ref does not exist", "episode_ref", "E000000"),
    ),
    "school_attendance": (
        ("impossible term_end", "term_end", "31/04/2024"),
        ("sessions_attended above sessions_possible", "sessions_attended", "333"),
        ("sessions_possible is no number", "sessions_possible", "n/k"),
    ),
    "school_exclusion": (("impossible start_date", "start_date", "2024-02-31"),),
    "police_incident": (
        ("unknown domestic_abuse flag", "domestic_abuse", "maybe"),
        ("unknown role", "role", "bystander"),
        ("impossible occurred_on", "occurred_on", "31-Apr-2023"),
    ),
    "missing_episode": (
        ("missing_to before missing_from", "missing_to", "01/01/2020"),
        ("impossible missing_from", "missing_from", "30/02/2024"),
    ),
    "social_care_episode": (
        ("end_date before start_date", "end_date", "2001-01-01"),
        ("impossible start_date", "start_date", "2023-00-10"),
        ("unknown kind", "kind", "XYZ"),
    ),
    "housing_event": (
        ("unknown kind", "kind", "NOISE"),
        ("arrears_balance is no number", "arrears_balance", "see file"),
        ("occurred_on is no date", "occurred_on", "last week"),
    ),
    "employment_spell": (
        ("impossible start_date", "start_date", "31/06/2023"),
        ("end_date before start_date", "end_date", "01/01/2001"),
    ),
    "health_contact": (("impossible contact_date", "contact_date", "2023-06-31"),),
    "relationship": (
        ("person_ref does not exist", "person_ref", "P000000"),
        ("related_person_ref does not exist", "related_person_ref", "P000000"),
        ("unknown relationship", "relationship", "mate of dad's"),
    ),
    "adult_social_care": (
        ("impossible start_date", "start_date", "31/02/2024"),
        ("unknown kind", "kind", "CHAT"),
    ),
    "special_educational_needs": (
        ("unknown kind", "kind", "Q"),
        ("end_date before start_date", "end_date", "2001-01-01"),
    ),
    "mental_health_support": (
        ("impossible start_date", "start_date", "2024-02-30"),
        ("end_date before start_date", "end_date", "2001-01-01"),
    ),
    "substance_misuse_treatment": (("impossible start_date", "start_date", "00/01/2024"),),
    "youth_justice": (("impossible end_date", "end_date", "31/06/2024"),),
    "probation": (("unknown kind", "kind", "TAG"), ("impossible start_date", "start_date", "31-Apr-2023")),
    "benefit_spell": (
        ("impossible start_date", "start_date", "30/02/2024"),
        ("start_date missing", "start_date", ""),
    ),
    "homelessness_duty": (
        ("case_ref missing", "case_ref", ""),
        ("unknown kind", "kind", "ADVICE"),
    ),
    "earlier_claim": (
        ("family_ref does not exist", "family_ref", "F00000"),
        ("impossible claimed_on", "claimed_on", "2023-02-29"),
    ),
}
REPEATED: Final = 0.003
ROWS_TO_A_BREAK: Final = 6000
LEAST_TO_BREAK: Final = 30
EMPTY_ROWS: Final = {"need": 3, "school_exclusion": 2, "housing_event": 1}
NEVER_REPEATED: Final = frozenset({"worker", "case_note", "earlier_claim"})


def with_faults(draw: random.Random, layout: Layout, rows: list[Row]) -> Sheet:
    """The sheet of these rows, some of them repeated, a few copied and broken, with what stands below the data.

    A broken row is a copy: what is true never depends on it. Files with few rows have none, so that a tiny council
    is not all mistakes.
    """
    sheet = Sheet(layout)
    positions = {name: place for place, name in enumerate(layout.headings)}
    inserted: dict[int, list[tuple[Row, str]]] = {}
    if len(rows) >= LEAST_TO_BREAK:
        for what, column, value in BREAKS.get(layout.contract, ()):
            for _ in range(1 + len(rows) // ROWS_TO_A_BREAK):
                after = draw.randrange(len(rows))
                cells, true_id, mess = rows[after]
                broken: list[Cell] = [*cells]
                broken[positions[column]] = value
                inserted.setdefault(after, []).append(((broken, true_id, mess), what))
        if layout.contract not in NEVER_REPEATED:
            for _ in range(round(len(rows) * REPEATED)):
                after = draw.randrange(len(rows))
                cells, true_id, mess = rows[after]
                again = f"{mess}|duplicate_row" if mess else "duplicate_row"
                inserted.setdefault(after, []).append(((cells, true_id, again), ""))
    for place, row in enumerate(rows):
        sheet.rows.append(row)
        for extra, what in inserted.get(place, ()):
            sheet.rows.append(extra)
            if what:
                sheet.broken.append((len(sheet.rows), what))
    width = len(layout.headings) + len(layout.extra)
    if layout.contract == "school_attendance" and rows:
        sheet.tail.append((_total(rows, positions, width), "total row"))
    if len(rows) >= LEAST_TO_BREAK:
        for _ in range(EMPTY_ROWS.get(layout.contract, 0)):
            sheet.tail.append(([""] * width, "empty row"))
    for place, (_, what) in enumerate(sheet.tail, len(sheet.rows) + 1):
        sheet.broken.append((place, what))
    return sheet


def _total(rows: list[Row], positions: dict[str, int], width: int) -> list[str]:
    cells = [""] * width
    cells[1] = "TOTAL"
    for column in ("sessions_possible", "sessions_attended"):
        cells[positions[column]] = str(sum(int(str(row[0][positions[column]])) for row in rows))
    return cells
