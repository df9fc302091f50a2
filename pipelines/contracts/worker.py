"""Workers, from the early help case system."""

from pipelines.contracts.contract import Kind, Part, Row, contract, text


class Worker(Row):
    """One row is one worker."""

    worker_id = text(
        Kind.IDENTIFIER,
        "the worker's number",
        required=True,
        nullable=False,
        part=Part.WORKER,
        why="to tell who wrote a note or identified a need",
    )
    name = text(
        Kind.DIRECT_IDENTITY,
        "name",
        required=True,
        nullable=False,
        part=Part.WORKER_NAME,
        why="so that a release can be searched for it",
    )
    team = text(Kind.QUASI_IDENTIFIER, "team", why="not used yet: would tell which team did the work")
    email = text(
        Kind.DIRECT_IDENTITY,
        "e-mail address",
        part=Part.EMAIL,
        why="so that a release can be searched for it",
    )


WORKER = contract(
    "worker",
    Worker,
    title="Workers",
    partner="early help case system",
    purpose="Whose names to find and take out of notes, and which team they work in.",
    key="worker_id",
)
