"""Quarterly return: where a return stands, what is next, and who does it."""

from evidence.access import Who
from evidence.evidence import Evidence
from pages import parts


def page(evidence: Evidence, who: Who) -> None:
    """The page."""
    if not parts.head(evidence, who, "returns", "What does the council report?"):
        return


if __name__ == "__main__":
    parts.hand_over("returns")
