"""Every figure that the dashboard can ever show, worked out once and made safe."""

from pipelines.answers.build import Answers, build_answers
from pipelines.answers.dimensions import dimension_lists
from pipelines.answers.populations import populations

__all__ = ["Answers", "build_answers", "dimension_lists", "populations"]
