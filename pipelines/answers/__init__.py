"""Every figure that the dashboard can ever show, worked out once, made safe, and attacked."""

from pipelines.answers.attacking import attack_words
from pipelines.answers.build import ANSWER_FACTS, Answers, Earlier, build_answers
from pipelines.answers.dimensions import dimension_lists
from pipelines.answers.errors import UnsafeFiguresError
from pipelines.answers.falling_back import State, Why

__all__ = [
    "ANSWER_FACTS",
    "Answers",
    "Earlier",
    "State",
    "UnsafeFiguresError",
    "Why",
    "attack_words",
    "build_answers",
    "dimension_lists",
]
