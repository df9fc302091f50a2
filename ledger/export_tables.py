"""The tables of the book of research. What the database itself refuses stands in `ledger.export_guards`."""

import sqlalchemy

from ledger.columns import act, metadata, number, text

# A research project. `ends`: its last day; `budget`: rho of zero-concentrated differential privacy, in millionths.
project = sqlalchemy.Table(
    "project",
    metadata,
    number("number", key=True),
    text("name", unique=True),
    text("title"),
    text("purpose"),
    text("basis"),
    text("ends"),
    number("budget"),
    act(),
)

# Who works in it. `person`: the account or name as accounts are compared.
project_person = sqlalchemy.Table(
    "project_person",
    metadata,
    number("project", key=True, of="project.number"),
    text("person", key=True),
    text("name"),
    act(),
)

project_end = sqlalchemy.Table(
    "project_end", metadata, number("project", key=True, of="project.number"), text("why"), act()
)

# What a project asks for. `specification`: the one text of JSON (`ledger.canonical`).
export = sqlalchemy.Table(
    "export",
    metadata,
    number("number", key=True),
    number("project", of="project.number"),
    text("kind"),
    text("specification"),
    text("release"),
    act(),
)

# Of the project's budget: spent before the noise is drawn, and for good.
export_spending = sqlalchemy.Table(
    "export_spending", metadata, number("export", key=True, of="export.number"), number("rho"), act()
)

# The package lies ready. `digest` covers its files; `report`: what the checkers see, the one text of JSON.
export_preparation = sqlalchemy.Table(
    "export_preparation",
    metadata,
    number("export", key=True, of="export.number"),
    text("digest"),
    text("report"),
    act(),
)

export_file = sqlalchemy.Table(
    "export_file",
    metadata,
    number("export", key=True, of="export.number"),
    text("name", key=True),
    text("sha256"),
    act(),
)

export_refusal = sqlalchemy.Table(
    "export_refusal", metadata, number("export", key=True, of="export.number"), text("why"), act()
)

# `person`: the account as accounts are compared. `salt`: chance alone, so that the digest which the audit log holds of
# the row tells nobody the verdict who tries both.
export_decision = sqlalchemy.Table(
    "export_decision",
    metadata,
    number("export", key=True, of="export.number"),
    text("person", key=True),
    text("verdict"),
    text("why"),
    text("salt"),
    act(),
)

export_release = sqlalchemy.Table(
    "export_release", metadata, number("export", key=True, of="export.number"), text("digest"), act()
)

export_withdrawal = sqlalchemy.Table(
    "export_withdrawal", metadata, number("export", key=True, of="export.number"), text("why"), act()
)

# The package is no longer where it can be fetched.
export_removal = sqlalchemy.Table(
    "export_removal", metadata, number("export", key=True, of="export.number"), act()
)

TABLES = (
    project,
    project_person,
    project_end,
    export,
    export_spending,
    export_preparation,
    export_file,
    export_refusal,
    export_decision,
    export_release,
    export_withdrawal,
    export_removal,
)
