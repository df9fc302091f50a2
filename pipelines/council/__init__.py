"""A council that does not exist, and its partners' extracts: for demonstrations, tests and measurements."""

from pipelines.council.making import write_council

__all__ = ["write_council"]
