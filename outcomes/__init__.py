"""Frameworks of needs and outcomes, and the engine that evaluates them over pseudonymous frames."""

from outcomes.engine import Evaluation, evaluate
from outcomes.errors import FrameworkError
from outcomes.frames import FRAMES
from outcomes.frameworks import Framework, Headline, Need, read_framework
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
    "evaluate",
    "read_framework",
]
