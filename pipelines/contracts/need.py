"""Needs identified, from the early help case system."""

from pipelines.contracts.codes import NEED_CODES
from pipelines.contracts.contract import Kind, Part, Reference, Row, code, contract, date, text


class Need(Row):
    """One row is one need found in one spell of help."""

    episode_ref = text(
        Kind.IDENTIFIER,
        "number of the spell of help",
        required=True,
        nullable=False,
        part=Part.RECORD,
        why="to tell in which spell of help the need was found",
    )
    person_ref = text(
        Kind.IDENTIFIER,
        "whose need it is; blank: the whole family's",
        required=True,
        part=Part.OWN_KEY,
        why="to tell whose need it is",
    )
    need_code = code(
        Kind.SENSITIVE,
        "which need, 1.1 to 10.3",
        NEED_CODES,
        required=True,
        nullable=False,
        why="which outcome is claimed depends on which need there was",
    )
    identified_on = date(
        Kind.PLAIN,
        "day on which the need was identified",
        required=True,
        nullable=False,
        why="evidence counts from the day the need was identified",
    )
    identified_by = text(
        Kind.IDENTIFIER,
        "number of the worker who identified it",
        part=Part.WORKER,
        why="to tell who found it",
    )


NEED = contract(
    "need",
    Need,
    title="Needs identified",
    partner="early help case system",
    purpose="Which needs a family has: the outcomes that may be claimed for.",
    references=(
        Reference("episode_ref", "family_episode", "episode_ref"),
        Reference("person_ref", "family_member", "person_ref"),
        Reference("identified_by", "worker", "worker_id", quarantines=False),
    ),
)
