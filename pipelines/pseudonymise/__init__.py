"""From identified records to frames with no identity in them. From here on no code can see one."""

from pipelines.pseudonymise.stage import Pseudonymous, pseudonymise
from pipelines.pseudonymise.visible import Visible, linkable, visible, visible_to_notes

__all__ = ["Pseudonymous", "Visible", "linkable", "pseudonymise", "visible", "visible_to_notes"]
