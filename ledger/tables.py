"""The tables of the ledger. What the database itself refuses stands in `ledger.guards`.

Rows hold whole numbers and texts alone (days as ISO dates, fractions as two numbers), so that both databases give
back what was written, and the digests over it are the same.
"""

import sqlalchemy
from sqlalchemy import Column, ForeignKey, Integer, String, UniqueConstraint

from ledger import columns, export_tables, return_tables
from ledger.columns import act, number, text

metadata = columns.metadata

audit = sqlalchemy.Table(
    "audit",
    metadata,
    number("number", key=True),
    text("at"),
    text("event"),
    text("actor"),
    text("role"),
    text("subject"),
    text("detail"),
    text("previous"),
    text("digest", unique=True),
)

request = sqlalchemy.Table(
    "request",
    metadata,
    number("id", key=True),
    text("kind"),
    text("release"),
    text("asked_by"),
    text("role"),
    text("asked_at"),
)

# How a request ended: a new line, never a change to the request. At most one a request.
request_end = sqlalchemy.Table(
    "request_end",
    metadata,
    number("request", key=True, of="request.id"),
    text("state"),
    text("at"),
    text("note"),
)

# What a request is about, where its kind and release do not say all.
request_about = sqlalchemy.Table(
    "request_about",
    metadata,
    number("request", key=True, of="request.id"),
    text("subject"),
    text("detail"),
    act(),
)

claim_window = sqlalchemy.Table(
    "claim_window",
    metadata,
    number("number", key=True),
    text("framework"),
    text("code"),
    number("framework_version"),
    text("release"),
    text("opens"),
    text("closes"),
    number("share_part"),
    number("share_whole"),
    number("minimum"),
    number("tolerance_part"),
    number("tolerance_whole"),
    number("enlarge_part"),
    number("enlarge_whole"),
    act(),
    UniqueConstraint("framework", "code"),
)

# From here on nothing more is entered into the window.
claim_window_close = sqlalchemy.Table(
    "claim_window_close", metadata, number("in_window", key=True, of="claim_window.number"), act()
)

claim = sqlalchemy.Table(
    "claim",
    metadata,
    number("number", key=True),
    Column("in_window", Integer, ForeignKey("claim_window.number"), nullable=False, index=True),
    text("kind"),
    text("claim_date"),
    number("worth"),
    text("evidence"),
    text("release"),
    number("framework_version"),
    act(),
)

# What a claim is for: each slot can be claimed for once at a time. The claim's own slot has place 1.
claim_slot = sqlalchemy.Table(
    "claim_slot",
    metadata,
    text("slot", key=True),
    number("turn", key=True),
    Column("claim", Integer, ForeignKey("claim.number"), nullable=False, index=True),
    number("place"),
    act(),
)

claim_step = sqlalchemy.Table(
    "claim_step",
    metadata,
    number("claim", key=True, of="claim.number"),
    number("place", key=True),
    text("step"),
    text("verdict"),
    text("why"),
    text("evidence"),
    text("release"),
    number("framework_version"),
    act(),
)

claim_drawing = sqlalchemy.Table(
    "claim_drawing",
    metadata,
    number("in_window", key=True, of="claim_window.number"),
    number("drawing", key=True),
    text("seed"),
    number("size"),
    number("population"),
    number("weighted"),
    text("inputs"),
    act(),
)

# What was signed: how many claims stood to be submitted, what they are worth, and the digest of their list.
claim_signature = sqlalchemy.Table(
    "claim_signature",
    metadata,
    number("in_window", key=True, of="claim_window.number"),
    number("claims"),
    number("worth"),
    text("digest"),
    act(),
)

# The evidence of a live claim as a later release has it, whenever it is other than it was known to be.
claim_sighting = sqlalchemy.Table(
    "claim_sighting",
    metadata,
    number("claim", key=True, of="claim.number"),
    number("place", key=True),
    text("release"),
    text("evidence"),
    act(),
)

# The books of returns and of research stand in modules of their own.
BOOKS = (*return_tables.TABLES, *export_tables.TABLES)
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
    number("number", key=True),
    text("key", unique=True),
    Column("person", String, nullable=False, index=True),
    text("name"),
    text("role"),
    text("scope"),
    text("way"),
    text("since"),
    text("seen"),
    Column("ended", Integer, nullable=False, index=True),
    text("refused"),
)

# Whoever signed in before that moment is no longer in, whether there is a row of it or not.
session_bar = sqlalchemy.Table("session_bar", live, text("person", key=True), text("before"), number("act"))

# Who may sign in where a council has no provider. `password`: what scrypt made of it, with its parameters.
account = sqlalchemy.Table(
    "account",
    live,
    text("person", key=True),
    text("name"),
    text("role"),
    text("scope"),
    text("password"),
    text("added"),
    number("act"),
)

# Browsers from which an account has signed in before, by the digest of what they hold.
account_device = sqlalchemy.Table(
    "account_device",
    live,
    text("key", key=True),
    Column("person", String, nullable=False, index=True),
    text("at"),
)

# Attempts to sign in that have not succeeded, for as long as they count. A name that is no account is not kept.
account_attempt = sqlalchemy.Table(
    "account_attempt",
    live,
    text("key", key=True),
    Column("at", String, nullable=False, index=True),
    text("person"),
    text("device"),
)

# The audit log is read by kind and by month, however long it is.
INDEXES = (
    sqlalchemy.Index("audit_of_event", audit.c.event, audit.c.number),
    sqlalchemy.Index("audit_at", audit.c.at, audit.c.event),
)
