"""Who is who: every record finds its person, and persons their families."""

from pipelines.linkage.families import families
from pipelines.linkage.link import link
from pipelines.linkage.records import identified_records

__all__ = ["families", "identified_records", "link"]
