"""The mathematics of not giving people away. It knows tables, not families, and does no input or output."""

from disclosure.profile import Profile, ProfileError
from disclosure.rounding import protect_counts

__all__ = ["Profile", "ProfileError", "protect_counts"]
