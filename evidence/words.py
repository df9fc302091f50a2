"""How figures, days and labels are written for people."""

import html
import math
import re
from datetime import date

import polars as pl

QUARTER = r"\d{4}-\d{2} Q[1-4]"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:$^=&@/])")


def count(value: float | None, symbol: str | None = None) -> str:
    """A count: 1,240. Its symbol where there is none."""
    return f"{value:,.0f}" if value is not None else (symbol or "")


def percent(value: float | None, symbol: str | None = None) -> str:
    """A share: 62%, or under 1%."""
    if value is not None and 0 < value < 0.5:
        return "under 1%"
    return f"{value:.0f}%" if value is not None else (symbol or "")


def pounds(value: float | None, symbol: str | None = None) -> str:
    """Money: £1,240."""
    return f"£{value:,.0f}" if value is not None else (symbol or "")


def written(value: float | None, symbol: str | None, unit: str) -> str:
    """A figure as its unit is written."""
    style = {"per cent": percent, "pounds": pounds}.get(unit, count)
    return style(value, symbol)


def apart(distance: float, unit: str) -> str:
    """How far a figure may be off, as its unit is written: 5, 3 points or £4,000."""
    if unit == "per cent":
        return f"{math.ceil(distance - 1e-9):,} points"
    return written(math.ceil(distance - 1e-9), None, unit)


def column(frame: pl.DataFrame, unit: str) -> list[str]:
    """The figures of an answer's frame as they are written, row by row (a frame for display: tens of rows)."""
    return [written(value, symbol, unit) for value, symbol in frame.select("value", "symbol").iter_rows()]


def day(when: date) -> str:
    """A day: 31 October 2024."""
    return f"{when.day} {when:%B %Y}"


def quarter_code(when: date) -> str:
    """The financial quarter that a day lies in: 2024-25 Q3."""
    first = when.year if when.month >= 4 else when.year - 1
    return f"{first}-{(first + 1) % 100:02d} Q{(when.month - 4) % 12 // 3 + 1}"


def is_quarter(code: str) -> bool:
    """Whether a code of the dimension is one quarter, and not "earlier" or "none"."""
    return re.fullmatch(QUARTER, code) is not None


def several(name: str) -> str:
    """What several of a kind are called: wards, localities."""
    word = name.lower()
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def in_markdown(text: str) -> str:
    """A text from data, made harmless where Streamlit reads Markdown: no link, picture or HTML comes of it."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def in_chart(text: str, width: int = 26, most: int = 3) -> str:
    """A text from data, made harmless where Plotly reads HTML, in up to `most` lines of about `width` characters."""
    lines: list[str] = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]} …"]
    return "<br>".join(html.escape(line[:200], quote=False) for line in lines)
