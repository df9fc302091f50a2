"""The tables of the ledger. What the database itself refuses stands in `ledger.guards`.

Rows hold whole numbers and texts alone (days as ISO dates, fractions as two numbers), so that both databases give
back what was written, and the digests over it are the same.
"""

import sqlalchemy
from sqlalchemy import Column, ForeignKey, Integer, String, UniqueConstraint

metadata = sqlalchemy.MetaData()


def _number(name: str, *, key: bool = False, of: str = "") -> "Column[int]":
    references = (ForeignKey(of),) if of else ()
    return Column(name, Integer, *references, primary_key=key, nullable=False, autoincrement=False)


def _text(name: str, *, key: bool = False, unique: bool = False) -> "Column[str]":
    return Column(name, String, primary_key=key, nullable=False, unique=unique)


def _act() -> "Column[int]":
    """The line of the audit log that says who wrote the row, when and why, and covers it with its digest."""
    return Column("act", Integer, ForeignKey("audit.number"), nullable=False, index=True)


audit = sqlalchemy.Table(
    "audit",
    metadata,
    _number("number", key=True),
    _text("at"),
    _text("event"),
    _text("actor"),
    _text("role"),
    _text("subject"),
    _text("detail"),
    _text("previous"),
    _text("digest", unique=True),
)

request = sqlalchemy.Table(
    "request",
    metadata,
    _number("id", key=True),
    _text("kind"),
    _text("release"),
    _text("asked_by"),
    _text("role"),
    _text("asked_at"),
)

# How a request ended: a new line, never a change to the request. At most one a request.
request_end = sqlalchemy.Table(
    "request_end",
    metadata,
    _number("request", key=True, of="request.id"),
    _text("state"),
    _text("at"),
    _text("note"),
)

# What a request is about, where its kind and release do not say all.
request_about = sqlalchemy.Table(
    "request_about",
    metadata,
    _number("request", key=True, of="request.id"),
    _text("subject"),
    _text("detail"),
    _act(),
)

claim_window = sqlalchemy.Table(
    "claim_window",
    metadata,
    _number("number", key=True),
    _text("framework"),
    _text("code"),
    _number("framework_version"),
    _text("release"),
    _text("opens"),
    _text("closes"),
    _number("share_part"),
    _number("share_whole"),
    _number("minimum"),
    _number("tolerance_part"),
    _number("tolerance_whole"),
    _number("enlarge_part"),
    _number("enlarge_whole"),
    _act(),
    UniqueConstraint("framework", "code"),
)

# From here on nothing more is entered into the window.
claim_window_close = sqlalchemy.Table(
    "claim_window_close", metadata, _number("in_window", key=True, of="claim_window.number"), _act()
)

claim = sqlalchemy.Table(
    "claim",
    metadata,
    _number("number", key=True),
    Column("in_window", Integer, ForeignKey("claim_window.number"), nullable=False, index=True),
    _text("kind"),
    _text("claim_date"),
    _number("worth"),
    _text("evidence"),
    _text("release"),
    _number("framework_version"),
    _act(),
)

# What a claim is for: each slot can be claimed for once at a time. The claim's own slot has place 1.
claim_slot = sqlalchemy.Table(
    "claim_slot",
    metadata,
    _text("slot", key=True),
    _number("turn", key=True),
    Column("claim", Integer, ForeignKey("claim.number"), nullable=False, index=True),
    _number("place"),
    _act(),
)

claim_step = sqlalchemy.Table(
    "claim_step",
    metadata,
    _number("claim", key=True, of="claim.number"),
    _number("place", key=True),
    _text("step"),
    _text("verdict"),
    _text("why"),
    _text("evidence"),
    _text("release"),
    _number("framework_version"),
    _act(),
)

claim_drawing = sqlalchemy.Table(
    "claim_drawing",
    metadata,
    _number("in_window", key=True, of="claim_window.number"),
    _number("drawing", key=True),
    _text("seed"),
    _number("size"),
    _number("population"),
    _number("weighted"),
    _text("inputs"),
    _act(),
)

# What was signed: how many claims stood to be submitted, what they are worth, and the digest of their list.
claim_signature = sqlalchemy.Table(
    "claim_signature",
    metadata,
    _number("in_window", key=True, of="claim_window.number"),
    _number("claims"),
    _number("worth"),
    _text("digest"),
    _act(),
)

# The evidence of a live claim as a later release has it, whenever it is other than it was known to be.
claim_sighting = sqlalchemy.Table(
    "claim_sighting",
    metadata,
    _number("claim", key=True, of="claim.number"),
    _number("place", key=True),
    _text("release"),
    _text("evidence"),
    _act(),
)

# Every row of these is covered by the line of the audit log that its column `act` names.
COVERED = tuple(table for table in metadata.sorted_tables if "act" in table.c)

# What is changed as it goes on, beside the chain: who is signed in, and the accounts of the council's own sign-in.
# Lines of the audit log tell of it, and `ledger.live_checks` holds both against each other.
live = sqlalchemy.MetaData()

# One row a sign-in, called by the number of its line. `key`: the digest of what the browser holds. `person`: the name
# as it is compared; `name`: as it is shown. `since`: when they signed in; `seen`: when they were last here. `ended`:
# the line that ended it, or 0. `refused`: when its browser last came back after that.
session = sqlalchemy.Table(
    "session",
    live,
    _number("number", key=True),
    _text("key", unique=True),
    Column("person", String, nullable=False, index=True),
    _text("name"),
    _text("role"),
    _text("scope"),
    _text("way"),
    _text("since"),
    _text("seen"),
    Column("ended", Integer, nullable=False, index=True),
    _text("refused"),
)

# Whoever signed in before that moment is no longer in, whether there is a row of it or not.
session_bar = sqlalchemy.Table(
    "session_bar", live, _text("person", key=True), _text("before"), _number("act")
)

# Who may sign in where a council has no provider. `password`: what scrypt made of it, with its parameters.
account = sqlalchemy.Table(
    "account",
    live,
    _text("person", key=True),
    _text("name"),
    _text("role"),
    _text("scope"),
    _text("password"),
    _text("added"),
    _number("act"),
)

# Browsers from which an account has signed in before, by the digest of what they hold.
account_device = sqlalchemy.Table(
    "account_device",
    live,
    _text("key", key=True),
    Column("person", String, nullable=False, index=True),
    _text("at"),
)

# Attempts to sign in that have not succeeded, for as long as they count. A name that is no account is not kept.
account_attempt = sqlalchemy.Table(
    "account_attempt",
    live,
    _text("key", key=True),
    Column("at", String, nullable=False, index=True),
    _text("person"),
    _text("device"),
)

# The audit log is read by kind and by month, however long it is.
INDEXES = (
    sqlalchemy.Index("audit_of_event", audit.c.event, audit.c.number),
    sqlalchemy.Index("audit_at", audit.c.at, audit.c.event),
)
