"""Presidio's engine without a language model: patterns, and what is known beforehand, in one pass over a text."""

from collections.abc import Sequence

from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts, NoOpNlpEngine

from pipelines.notes.patterns import recognizers
from pipelines.notes.spans import Kind, Span

_LANGUAGE = "en"
# A rule that is less sure than this has found nothing.
_SURE_ENOUGH = 0.5
_KINDS = [str(kind) for kind in Kind]


class _EveryKind(AnalyzerEngine):
    """Asks every recogniser for every kind; Presidio's own would not ask those that come with one text alone for a kind
    that no other finds."""

    def get_supported_entities(self, language: str | None = None) -> list[str]:
        return _KINDS

    def _enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,
        recognizers: list[EntityRecognizer],
        context: list[str] | None = None,
    ) -> list[RecognizerResult]:
        """The recognisers read the words around a hit themselves; Presidio's own way needs a language model."""
        return raw_results


class Engine:
    """Looks for everything that has a form, and for what further recognisers know."""

    def __init__(self) -> None:
        nothing = NoOpNlpEngine([{"lang_code": _LANGUAGE, "model_name": ""}])
        nothing.load()
        # The decision process, switched on, would log the text.
        self._engine = _EveryKind(
            registry=RecognizerRegistry(recognizers=recognizers(), supported_languages=[_LANGUAGE]),
            nlp_engine=nothing,
            supported_languages=[_LANGUAGE],
            log_decision_process=False,
        )
        # What an engine without a model says of a text is the same for all.
        self._nothing = nothing.process_text("", _LANGUAGE)

    def find(self, text: str, further: Sequence[EntityRecognizer] = ()) -> list[Span]:
        """Every stretch that a recogniser found, in no order; they may overlap."""
        return [
            _span(result)
            for result in self._engine.analyze(
                text,
                _LANGUAGE,
                score_threshold=_SURE_ENOUGH,
                ad_hoc_recognizers=list(further),
                nlp_artifacts=self._nothing,
            )
        ]


def _span(result: RecognizerResult) -> Span:
    told = result.recognition_metadata or {}
    rule = told.get("rule") or told.get(RecognizerResult.RECOGNIZER_NAME_KEY, "")
    return Span(
        result.start,
        result.end,
        Kind(result.entity_type),
        str(rule),
        float(result.score),
        told.get("who", ""),
    )
