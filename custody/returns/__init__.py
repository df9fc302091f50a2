"""Quarterly returns: drawn up from one release by a template, made safe, checked, and laid out as files."""

from custody.returns.before import released_before
from custody.returns.document import outbox_name, return_files
from custody.returns.drawing import Drawn, draw_up
from custody.returns.errors import ReturnChangedError, ReturnContentError, ReturnPeriodError

__all__ = [
    "Drawn",
    "ReturnChangedError",
    "ReturnContentError",
    "ReturnPeriodError",
    "draw_up",
    "outbox_name",
    "released_before",
    "return_files",
]
