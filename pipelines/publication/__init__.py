"""Publishing: a release written aside, checked as a whole, and swapped in; or a refusal that says why."""

from pipelines.publication.content import CHECKS, Check, Content, Lists
from pipelines.publication.publish import publish, sweep
from pipelines.publication.uniqueness import MEASURES, Limits

__all__ = ["CHECKS", "MEASURES", "Check", "Content", "Limits", "Lists", "publish", "sweep"]
