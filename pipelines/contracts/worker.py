"""Workers, from the early help case system."""

from pipelines.contracts.contract import Kind, Row, contract, text


class Worker(Row):
    """One row is one worker."""

    worker_id = text(Kind.IDENTIFIER, "the worker's number", required=True, nullable=False)
    name = text(Kind.DIRECT_IDENTITY, "name", required=True, nullable=False)
    team = text(Kind.QUASI_IDENTIFIER, "team")
    email = text(Kind.DIRECT_IDENTITY, "e-mail address")


WORKER = contract(
    "worker",
    Worker,
    title="Workers",
    partner="early help case system",
    purpose="Whose names to find and take out of notes, and which team they work in.",
    key="worker_id",
)
