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
        why="not used yet: would show when work was done",
    )
    worker = text(
        Kind.IDENTIFIER,
        "number of the worker who wrote it",
        part=Part.WORKER,
        why="to tell who wrote it",
    )
    text = text(
        Kind.FREE_TEXT,
        "the note",
        required=True,
        why="not used yet: would show, with names taken out, what was done",
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
