"""From identified records to frames with no identity in them. From here on no code can see one."""

from pipelines.pseudonymise.stage import Pseudonymous, pseudonymise

__all__ = ["Pseudonymous", "pseudonymise"]
