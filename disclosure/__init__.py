"""The mathematics of not giving people away. It knows tables, not families, and does no input or output."""

from disclosure.profile import CellKeys, Profile, ProfileError, Rounding, Suppression
from disclosure.rounding import protect_counts

__all__ = ["CellKeys", "Profile", "ProfileError", "Rounding", "Suppression", "protect_counts"]
