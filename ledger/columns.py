"""What the tables of the ledger are put together from. Rows hold whole numbers and texts alone."""

import sqlalchemy
from sqlalchemy import Column, ForeignKey, Integer, String

metadata = sqlalchemy.MetaData()


def number(name: str, *, key: bool = False, of: str = "") -> "Column[int]":
    """A whole number; `of`: the column `TABLE.COLUMN` in which it must be."""
    references = (ForeignKey(of),) if of else ()
    return Column(name, Integer, *references, primary_key=key, nullable=False, autoincrement=False)


def text(name: str, *, key: bool = False, unique: bool = False) -> "Column[str]":
    """A text, which may be empty."""
    return Column(name, String, primary_key=key, nullable=False, unique=unique)


def act() -> "Column[int]":
    """The line of the audit log that says who wrote the row, when and why, and covers it with its digest."""
    return Column("act", Integer, ForeignKey("audit.number"), nullable=False, index=True)
