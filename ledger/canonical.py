"""The one text of a value in JSON, so that the same content has the same digest wherever it is written."""

import hashlib
import json


def canonical(value: object) -> str:
    """`value` as JSON in ASCII, keys in order, without blanks: of mappings with text keys, lists, texts, whole numbers,
    booleans and None.

    Raises ValueError where there is anything else in it: a float has more than one way to be written.
    """
    _check(value)
    return json.dumps(value, ensure_ascii=True, allow_nan=False, sort_keys=True, separators=(",", ":"))


def is_canonical(text: str) -> bool:
    """Whether `text` is what `canonical` makes of its value."""
    try:
        return canonical(json.loads(text)) == text
    except (ValueError, RecursionError):
        return False


def digest_of(value: object) -> str:
    """SHA-256 over the one text of a value."""
    return hashlib.sha256(canonical(value).encode("ascii")).hexdigest()


def _check(value: object) -> None:
    if isinstance(value, dict):
        for key, one in value.items():
            if not isinstance(key, str):
                raise ValueError("a key is a text")
            _check(one)
    elif isinstance(value, list | tuple):
        for one in value:
            _check(one)
    elif not (value is None or isinstance(value, str | int)):
        raise ValueError(f"{type(value).__name__} has no one text")
