"""Clerical review: what linkage is unsure of is asked of a person, and the answers hold in every later run."""

from pipelines.review.exclusions import Exclusions, exclusions
from pipelines.review.judgements import Judgements, judgements_file, kept_by, open_judgements
from pipelines.review.matching import Judged, judgements_for, open_pairs
from pipelines.review.priority import whom_it_matters
from pipelines.review.questions import Asked, write_open
from pipelines.review.standing import Standing, ask_what_is_open, standing_decisions
from pipelines.review.taking import Taken, take_in

__all__ = [
    "Asked",
    "Exclusions",
    "Judged",
    "Judgements",
    "Standing",
    "Taken",
    "ask_what_is_open",
    "exclusions",
    "judgements_file",
    "judgements_for",
    "kept_by",
    "open_judgements",
    "open_pairs",
    "standing_decisions",
    "take_in",
    "whom_it_matters",
    "write_open",
]
