"""What all recognisers of this layer have in common: Presidio's interface on one side, a reading on the other."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from presidio_analyzer import LocalRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from pipelines.notes.patterns.reading import Reading, read
from pipelines.notes.spans import Kind

CHECKED = 1.0  # a check digit, or a form that nothing else has
IN_CONTEXT = 0.85  # the words around say so
FORM_ALONE = 0.6
NOT_IT = 0.0


class Found(NamedTuple):
    """A stretch of a reading."""

    start: int
    end: int
    kind: Kind
    rule: str
    score: float


class FormRecognizer(LocalRecognizer):
    """Finds what has a form. Holds nothing of any text, so that one serves all, and can be pickled."""

    KINDS: ClassVar[tuple[Kind, ...]]
    name: str

    def __init__(self) -> None:
        super().__init__(supported_entities=[kind.value for kind in self.KINDS], name=type(self).__name__)

    def load(self) -> None:
        """Nothing to load."""

    def find(self, reading: Reading) -> Iterator[Found]:
        """What stands in the reading; stretches may overlap."""
        raise NotImplementedError

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """As Presidio asks for it, with the rule in the metadata."""
        reading = read(text)
        results = []
        for found in self.find(reading):
            if found.kind.value not in entities:
                continue
            start, end = reading.as_given(found.start, found.end)
            metadata = {
                RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
                RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
                "rule": found.rule,
            }
            results.append(
                RecognizerResult(found.kind.value, start, end, found.score, recognition_metadata=metadata)
            )
        return results


Weigh = Callable[[re.Match[str], Reading], float]


@dataclass(frozen=True)
class Form:
    """One form of one kind of number. `weigh`: how surely a match is one; nothing: it is none.

    The group `it`, where the pattern has one, is what counts; the rest of the match is what stands around it.
    """

    kind: Kind
    rule: str
    pattern: re.Pattern[str]
    weigh: Weigh


def near_digits(reading: Reading, forms: tuple[Form, ...]) -> Iterator[Found]:
    """Every form wherever there are digits; a match that overlaps one before counts too."""
    for left, right in reading.near_digits:
        for form in forms:
            match = form.pattern.search(reading.text, left, right)
            while match:
                score = form.weigh(match, reading)
                if score:
                    start, end = match.span("it" if "it" in form.pattern.groupindex else 0)
                    yield Found(start, end, form.kind, form.rule, score)
                match = form.pattern.search(reading.text, match.start() + 1, right)
