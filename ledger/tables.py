"""The tables of the ledger, and the rules that the database itself keeps: nothing is changed, nothing is deleted."""

import sqlalchemy

metadata = sqlalchemy.MetaData()

audit = sqlalchemy.Table(
    "audit",
    metadata,
    sqlalchemy.Column("number", sqlalchemy.Integer, primary_key=True, autoincrement=False),
    sqlalchemy.Column("at", sqlalchemy.String, nullable=False),
    sqlalchemy.Column("event", sqlalchemy.String, nullable=False),
    sqlalchemy.Column("actor", sqlalchemy.String, nullable=False),
    sqlalchemy.Column("role", sqlalchemy.String, nullable=False),
    sqlalchemy.Column("subject", sqlalchemy.String, nullable=False),
    sqlalchemy.Column("detail", sqlalchemy.String, nullable=False),
    sqlalchemy.Column("previous", sqlalchemy.String, nullable=False),
    sqlalchemy.Column("digest", sqlalchemy.String, nullable=False, unique=True),
)

request = sqlalchemy.Table(
    "request",
    metadata,
    sqlalchemy.Column("id", sqlalchemy.Integer, primary_key=True, autoincrement=False),
    sqlalchemy.Column("kind", sqlalchemy.String, nullable=False),
    sqlalchemy.Column("release", sqlalchemy.String, nullable=False),
    sqlalchemy.Column("asked_by", sqlalchemy.String, nullable=False),
    sqlalchemy.Column("role", sqlalchemy.String, nullable=False),
    sqlalchemy.Column("asked_at", sqlalchemy.String, nullable=False),
)

# How a request ended: a new line, never a change to the request. At most one a request.
request_end = sqlalchemy.Table(
    "request_end",
    metadata,
    sqlalchemy.Column("request", sqlalchemy.ForeignKey("request.id"), primary_key=True, autoincrement=False),
    sqlalchemy.Column("state", sqlalchemy.String, nullable=False),
    sqlalchemy.Column("at", sqlalchemy.String, nullable=False),
    sqlalchemy.Column("note", sqlalchemy.String, nullable=False),
)


def _append_only(table: sqlalchemy.Table) -> None:
    for act in ("update", "delete"):
        refusal = sqlalchemy.DDL(  # type: ignore[no-untyped-call]
            f"CREATE TRIGGER IF NOT EXISTS {table.name}_no_{act} BEFORE {act.upper()} ON {table.name} "
            "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        )
        sqlalchemy.event.listen(table, "after_create", refusal)


for _table in (audit, request, request_end):
    _append_only(_table)
