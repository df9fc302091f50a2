"""Asks the language model about the sentences of which the rules cannot tell, through Presidio, many at a time."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import SpacyRecognizer

from pipelines.notes.model import Model, forgetting
from pipelines.notes.spans import Kind, Span

_LANGUAGE = "en"
_BATCH = 128
_PERSON = "PERSON"
_SENTENCE_END = re.compile(r"[.!?](?=\s)|[\n\r]+")
# A sentence longer than this is cut: the model needs no more, and some texts have no full stops.
_LONGEST = 400
# What stands for something found before, so that the model sees a sentence and not a hole.
_STANDS_FOR_PERSON = "Sarah"
_STANDS_FOR_OTHER = "it"


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """From where to where the sentence goes in which a stretch stands."""
    lowest, highest = max(0, start - _LONGEST // 2), min(len(text), end + _LONGEST // 2)
    first = lowest
    for match in _SENTENCE_END.finditer(text, lowest, start):
        first = match.end()
    after = _SENTENCE_END.search(text, end, highest)
    return first, after.end() if after else highest


class Asker:
    """Presidio's recogniser over spaCy's finder of names, and nothing else of the model."""

    def __init__(self, model: Model) -> None:
        language = model.load()
        self._engine: SpacyNlpEngine | None = None
        if language is None:
            return
        labels = language.pipe_labels["ner"]
        people = [label for label in labels if label in ("PERSON", "PER")]
        configuration = NerModelConfiguration(
            labels_to_ignore=[label for label in labels if label not in people],
            model_to_presidio_entity_mapping=dict.fromkeys(people, _PERSON),
        )
        self._engine = SpacyNlpEngine([{"lang_code": _LANGUAGE, "model_name": ""}], configuration)
        # Presidio's own way to load a model downloads one that is missing.
        self._engine.nlp = {_LANGUAGE: language}  # type: ignore[assignment]
        self._language = language
        self._recognizer = SpacyRecognizer(supported_entities=[_PERSON])

    @property
    def answers(self) -> bool:
        """Whether there is a model to ask."""
        return self._engine is not None

    def people(self, sentences: Sequence[str]) -> list[list[tuple[int, int]]]:
        """From where to where the model sees somebody's name, for each sentence."""
        if self._engine is None or not sentences:
            return [[] for _ in sentences]
        with forgetting(self._language):
            answers = self._engine.process_batch(list(sentences), _LANGUAGE, batch_size=_BATCH)
            # Pairs of the text and what the model makes of it.
            return [
                [(one.start, one.end) for one in self._recognizer.analyze(answer[0], [_PERSON], answer[1])]
                for answer in answers
            ]


def masked(text: str, start: int, end: int, spans: Sequence[Span]) -> tuple[str, list[tuple[int, int]]]:
    """The sentence from `start` to `end` with a plain word in place of everything that was found before.

    `spans`: in order, none over another. With it, to translate places back: pairs of a place in the sentence and the
    place in the text, where they shift.
    """
    parts: list[str] = []
    shifts = [(0, start)]
    length, at = 0, start
    for span in spans[bisect_right(spans, start, key=lambda span: span.end) :]:
        if span.start >= end:
            break
        if span.end <= at:
            continue
        kept = text[at : max(at, span.start)]
        word = _STANDS_FOR_PERSON if span.kind is Kind.PERSON else _STANDS_FOR_OTHER
        parts += [kept, word]
        length += len(kept) + len(word)
        at = min(span.end, end)
        shifts.append((length, at))
    parts.append(text[at:end])
    return "".join(parts), shifts


def place_of(at: int, shifts: Sequence[tuple[int, int]]) -> int:
    """Where in the text a place of a masked sentence stands."""
    for there, here in reversed(shifts):
        if at >= there:
            return here + at - there
    return shifts[0][1]
