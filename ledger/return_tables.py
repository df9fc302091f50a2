"""The tables of the book of returns. What the database itself refuses stands in `ledger.return_guards`."""

import sqlalchemy
from sqlalchemy import UniqueConstraint

from ledger.columns import act, metadata, number, text

# A version of a return for a period. `ledger_line`: the newest line of the audit log when claims were counted for it;
# `digest`: what is signed; it covers its content and its files, and says of what, from what and by which template.
return_version = sqlalchemy.Table(
    "return_version",
    metadata,
    number("number", key=True),
    text("template"),
    text("period"),
    number("version"),
    text("release"),
    number("ledger_line"),
    text("template_digest"),
    text("digest"),
    number("signatures"),
    text("why"),
    act(),
    UniqueConstraint("template", "period", "version"),
)

# The safe figures of a version, as the one text of JSON (`ledger.canonical`).
return_content = sqlalchemy.Table(
    "return_content",
    metadata,
    number("version", key=True, of="return_version.number"),
    text("content"),
    act(),
)

return_file = sqlalchemy.Table(
    "return_file",
    metadata,
    number("version", key=True, of="return_version.number"),
    text("name", key=True),
    text("sha256"),
    act(),
)

# What a version takes before it is submitted: `role`, one that signs; `check`, one that it passes.
return_demand = sqlalchemy.Table(
    "return_demand",
    metadata,
    number("version", key=True, of="return_version.number"),
    text("kind", key=True),
    text("name", key=True),
    act(),
)

# The outcomes of the checks, one turn for each time that it was checked.
return_check = sqlalchemy.Table(
    "return_check",
    metadata,
    number("version", key=True, of="return_version.number"),
    number("turn", key=True),
    text("name", key=True),
    text("outcome"),
    text("words"),
    act(),
)

return_answer = sqlalchemy.Table(
    "return_answer",
    metadata,
    number("version", key=True, of="return_version.number"),
    number("turn", key=True),
    text("name", key=True),
    text("words"),
    act(),
)

# `person`: the account as accounts are compared, so that nobody signs twice under two spellings.
return_signature = sqlalchemy.Table(
    "return_signature",
    metadata,
    number("version", key=True, of="return_version.number"),
    text("person", key=True),
    text("digest"),
    act(),
)

return_submission = sqlalchemy.Table(
    "return_submission",
    metadata,
    number("version", key=True, of="return_version.number"),
    text("digest"),
    act(),
)

return_withdrawal = sqlalchemy.Table(
    "return_withdrawal", metadata, number("version", key=True, of="return_version.number"), text("why"), act()
)

TABLES = (
    return_version,
    return_content,
    return_file,
    return_demand,
    return_check,
    return_answer,
    return_signature,
    return_submission,
    return_withdrawal,
)
