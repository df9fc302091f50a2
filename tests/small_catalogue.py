"""The shipped catalogue with fewer questions: every measure and dimension, of pairs and triples those that pages ask.

Runs of tests work it out in a fraction of the time; that the shipped one can be read is tested by itself."""

import tomllib

from release.places import PROJECT

_BESIDE = ("locality", "headline", "team", "kind", "missing", "event", "months_around", "months_since")
_FREE = ("locality", "headline", "months_since")


def small_catalogue() -> str:
    """The text of the file."""
    text = (PROJECT / "data" / "catalogue.toml").read_text(encoding="utf-8")
    for name, table in tomllib.loads(text)["dimension"].items():
        if name not in _FREE and "beside" not in table:
            beside = ", ".join(f'"{other}"' for other in _BESIDE if other != name)
            text = text.replace(f"[dimension.{name}]\n", f"[dimension.{name}]\nbeside = [{beside}]\n")
    return text
