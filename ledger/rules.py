"""What the guards of the ledger are put together from: conditions in SQL, under which a new row is refused.

All values compared are whole numbers or texts, and both databases read the conditions alike. They are asked of the row
before it is there (SQLite), or once it is (PostgreSQL), and say the same of both.
"""

# ruff: noqa: S608  the SQL is put together from the words of the ledger's own modules alone

from typing import Final

# (what a new row is refused for, the condition: SQL that both databases read alike)
Rule = tuple[str, str]
THE_ACTOR: Final = "(SELECT lower(trim(actor)) FROM audit WHERE number = NEW.act)"
THE_ROLE: Final = "(SELECT role FROM audit WHERE number = NEW.act)"
# The day of the act, in UTC: YYYY-MM-DD.
THE_DAY: Final = "(SELECT substr(at, 1, 10) FROM audit WHERE number = NEW.act)"
# What the worker alone writes down stands under this role.
WORKER: Final = "worker"


def act_is(*events: str) -> Rule:
    """The row belongs to the newest line, and that is of one of these kinds."""
    of_kind = ", ".join(f"'{event}'" for event in events)
    return (
        "a row belongs to the newest line of the audit log, which says what is done",
        f"NOT EXISTS (SELECT 1 FROM audit WHERE number = NEW.act AND event IN ({of_kind}) "
        "AND number = (SELECT max(number) FROM audit))",
    )


def follows(table: str, column: str = "number", within: str = "") -> Rule:
    """A number is 1, or the one before it is there: of the rows with the same `within`, where that is said."""
    same = "".join(f" AND {one} = NEW.{one}" for one in within.split())
    return (
        f"numbers in {table} follow one another",
        f"NEW.{column} < 1 OR (NEW.{column} > 1 AND NOT EXISTS "
        f"(SELECT 1 FROM {table} WHERE {column} = NEW.{column} - 1{same}))",
    )


def by_the_worker() -> Rule:
    """The act is the worker's."""
    return ("the worker alone writes this down", f"{THE_ROLE} <> '{WORKER}'")


def along_with(table: str, column: str, what: str) -> Rule:
    """The row is written in the same act as the row of `table` that its `column` names."""
    return (
        f"{what} is said when it is written down first",
        f"NOT EXISTS (SELECT 1 FROM {table} WHERE number = NEW.{column} AND act = NEW.act)",
    )


def is_digest(column: str) -> Rule:
    """A SHA-256 as 64 hexadecimal digits."""
    return ("a digest has 64 digits", f"length(NEW.{column}) <> 64 OR lower(NEW.{column}) <> NEW.{column}")


def is_said(column: str, what: str) -> Rule:
    """A text is not empty."""
    return (f"{what} is missing", f"trim(NEW.{column}) = ''")
