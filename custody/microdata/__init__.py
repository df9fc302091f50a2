"""Extracts of rows for research: made safe by themselves, beside what was given before, and told how safe they are."""

from custody.microdata.errors import TogetherError
from custody.microdata.extract import Extract, extract
from custody.microdata.given import Given
from custody.microdata.together import Finding, together

__all__ = ["Extract", "Finding", "Given", "TogetherError", "extract", "together"]
