"""Who is who: every record finds its person."""

from pipelines.linkage.linking import APART, TOGETHER, Linked, link, link_all
from pipelines.linkage.model import Model, read_model
from pipelines.linkage.records import identified_records
from pipelines.linkage.settings import LinkageSettings, read_linkage_settings

__all__ = [
    "APART",
    "TOGETHER",
    "LinkageSettings",
    "Linked",
    "Model",
    "identified_records",
    "link",
    "link_all",
    "read_linkage_settings",
    "read_model",
]
