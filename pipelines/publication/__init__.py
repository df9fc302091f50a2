"""Publishing: a release written aside, checked as a whole, and swapped in; or a refusal that says why."""

from pipelines.publication.content import CHECKS, Content
from pipelines.publication.publish import publish, sweep

__all__ = ["CHECKS", "Content", "publish", "sweep"]
