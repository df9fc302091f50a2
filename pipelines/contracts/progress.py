"""Judgements about needs, from the early help case system."""

from pipelines.contracts.codes import JUDGEMENTS, NEED_CODES
from pipelines.contracts.contract import Kind, Part, Reference, Row, code, contract, date, text


class Progress(Row):
    """One row is one judgement about one need."""

    episode_ref = text(
        Kind.IDENTIFIER,
        "number of the spell of help",
        required=True,
        nullable=False,
        part=Part.RECORD,
        why="to tell in which spell of help the need was judged",
    )
    person_ref = text(
        Kind.IDENTIFIER,
        "whose need it is; blank: the whole family's",
        required=True,
        part=Part.OWN_KEY,
        why="to tell whose need was judged",
    )
    need_code = code(
        Kind.SENSITIVE,
        "which need, 1.1 to 10.3",
        NEED_CODES,
        required=True,
        nullable=False,
        why="to tell which need was judged",
    )
    recorded_on = date(
        Kind.PLAIN,
        "day of the judgement",
        required=True,
        nullable=False,
        why="only the last judgement before a day counts for that day",
    )
    state = code(
        Kind.SENSITIVE,
        "what was judged",
        JUDGEMENTS,
        required=True,
        nullable=False,
        why="some needs are proved by judgement alone",
    )
    evidence = text(
        Kind.FREE_TEXT,
        "what the judgement rests on, or why a need was waived",
        required=True,
        why="to see whether the judgement says what it rests on, and to count what the work was about",
    )


PROGRESS = contract(
    "progress",
    Progress,
    title="Judgements about needs",
    partner="early help case system",
    purpose="Whether a need was met, as practitioners judged it at reviews.",
    references=(
        Reference("episode_ref", "family_episode", "episode_ref"),
        Reference("person_ref", "family_member", "person_ref"),
    ),
)
