"""Frameworks of needs and outcomes, and the engine that evaluates them over pseudonymous frames."""

from outcomes.engine import Evaluation, claim_units, evaluate
from outcomes.errors import FrameworkError
from outcomes.frames import FRAMES
from outcomes.frameworks import Framework, Headline, Need
from outcomes.reading import framework_from_text, read_framework
from outcomes.vocabulary import ClaimState, Measure, NeedState, Reason

__all__ = [
    "FRAMES",
    "ClaimState",
    "Evaluation",
    "Framework",
    "FrameworkError",
    "Headline",
    "Measure",
    "Need",
    "NeedState",
    "Reason",
    "claim_units",
    "evaluate",
    "framework_from_text",
    "read_framework",
]
