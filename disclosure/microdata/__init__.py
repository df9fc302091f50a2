"""Records about people made anonymous: k-anonymity, l-diversity and t-closeness by hierarchies or sets of values."""

from disclosure.microdata.anonymise import Anonymised, Loss, anonymise
from disclosure.microdata.hierarchy import Hierarchy, hierarchy_of
from disclosure.microdata.rules import Distance, Kind, Rules

__all__ = ["Anonymised", "Distance", "Hierarchy", "Kind", "Loss", "Rules", "anonymise", "hierarchy_of"]
