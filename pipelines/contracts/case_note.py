"""Case notes, from the early help case system."""

from pipelines.contracts.contract import Kind, Part, Reference, Row, contract, date, text


class CaseNote(Row):
    """One row is one note."""

    note_ref = text(
        Kind.IDENTIFIER,
        "number of the note",
        required=True,
        nullable=False,
        part=Part.RECORD,
        why="to tell a note that was sent twice",
    )
    episode_ref = text(
        Kind.IDENTIFIER,
        "number of the spell of help",
        required=True,
        nullable=False,
        part=Part.RECORD,
        why="to tell to which spell of help the note belongs",
    )
    written_on = date(
        Kind.PLAIN,
        "day on which the note was written",
        required=True,
        nullable=False,
        why="to count by month what the work was about",
    )
    worker = text(
        Kind.IDENTIFIER,
        "number of the worker who wrote it",
        part=Part.WORKER,
        why="to find the name of who wrote it in the note, and take it out",
    )
    text = text(
        Kind.FREE_TEXT,
        "the note",
        required=True,
        why="to count what the work was about, with every identity taken out",
    )


CASE_NOTE = contract(
    "case_note",
    CaseNote,
    title="Case notes",
    partner="early help case system",
    purpose="What practitioners wrote: read for activity and redacted, or destroyed.",
    references=(
        Reference("episode_ref", "family_episode", "episode_ref"),
        Reference("worker", "worker", "worker_id", quarantines=False),
    ),
    key="note_ref",
)
