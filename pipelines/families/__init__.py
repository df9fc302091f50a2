"""Families: which of the case system's families are one, who belonged to them and when, and why."""

from pipelines.families.families import LARGEST_FAMILY, Families, families

__all__ = ["LARGEST_FAMILY", "Families", "families"]
