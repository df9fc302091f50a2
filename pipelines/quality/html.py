"""The report as one file for a browser: no script, nothing fetched, readable on a telephone and on paper."""

from collections.abc import Iterable, Sequence
from html import escape

from pipelines.contracts import Severity
from pipelines.quality.report import SEVERE_FIRST, Line, Received, Report
from pipelines.quality.style import STYLE
from pipelines.quality.trend import Trend
from pipelines.quality.words import SEVERITIES, TRENDS, how_many, in_words, share

_SHOWN_AT_ONCE = 3
_ARROWS = {Trend.BETTER: "↓", Trend.WORSE: "↑", Trend.SAME: "=", Trend.NEW: "+", Trend.GONE: "✓"}
_WHAT_IT_DOES = {
    Severity.STOPS_LINKAGE: "A record that finds nobody looks like “nothing happened”. Mend these first.",
    Severity.STOPS_A_CLAIM: "These rows cannot support an outcome, or are left out of every figure.",
    Severity.WORTH_A_LOOK: "Nothing is lost by these yet; they tell of habits that will cost rows one day.",
}


def page(report: Report) -> str:
    """The report as HTML, UTF-8. Every text that comes from outside is escaped."""
    day = f"{report.as_of.day} {report.as_of:%B %Y}"
    title = f"Data quality, {report.authority}, {day}"
    return "\n".join(
        (
            "<!DOCTYPE html>",
            '<html lang="en-GB">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            # Nothing is fetched and nothing runs, whatever a file was called.
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>{escape(title)}</title>",
            f"<style>{STYLE}</style>",
            "</head>",
            "<body>",
            '<a class="skip" href="#main">Skip to the report</a>',
            "<header>",
            "<h1>Data quality of the extracts</h1>",
            f"<p>{escape(report.authority)}, as of {day}. Run {escape(report.release)}.</p>",
            "<p>For the council’s data team and its partners. It tells places, never what stands there; "
            "every place is in <code>report.csv</code> beside this file.</p>",
            "</header>",
            '<main id="main">',
            *_in_short(report),
            *_asks(report),
            *_extracts(report),
            *(part for severity in SEVERE_FIRST for part in _findings(report, severity)),
            *_gone(report),
            *_all_rules(report),
            "</main>",
            "<footer><p>Share: rows failing of the rows that the rule looks at. A place such as "
            "<code>file!sheet!B7:B12</code> names the cells B7 to B12; <code>file!7:12</code> names whole rows, "
            "as the spreadsheet counts them.</p></footer>",
            "</body>",
            "</html>",
            "",
        )
    )


def _in_short(report: Report) -> Iterable[str]:
    rows = sum(one.rows for one in report.received)
    aside = sum(one.set_aside for one in report.received)
    yield '<section aria-labelledby="short"><h2 id="short">In short</h2><ul>'
    yield (
        f"<li><strong>{how_many(rows, 'row', 'rows')}</strong> came in "
        f"{how_many(len(report.received), 'extract', 'extracts')}; <strong>{aside:,}</strong> "
        f"({share(aside, rows)}) broke their contract and are set aside.</li>"
    )
    failing = report.failing
    if failing:
        link, claim, look = (
            f"<strong>{sum(line.severity is severity for line in failing)}</strong>"
            for severity in SEVERE_FIRST
        )
        yield (
            f"<li>Of the rules that some rows fail, {link} stop matches to people, {claim} stop claims, and {look} "
            "are worth a look.</li>"
        )
    else:
        yield "<li>Every row keeps every rule.</li>"
    if report.before is None:
        yield "<li>There is no earlier run to compare with.</li>"
    else:
        turns = ", ".join(
            f"{report.count(trend)} {TRENDS[trend]}"
            for trend in (Trend.NEW, Trend.WORSE, Trend.BETTER, Trend.GONE)
        )
        yield f"<li>Since the run {escape(report.before)}: {turns}.</li>"
    if report.not_sent:
        names = ", ".join(in_words(name) for name in report.not_sent)
        yield f"<li><strong>Came last time and not now:</strong> {escape(names)}.</li>"
    yield "</ul></section>"


def _asks(report: Report) -> Iterable[str]:
    asks = report.asks()
    if not asks:
        return
    yield '<section aria-labelledby="asks"><h2 id="asks">What to ask for first</h2>'
    yield "<p>Partner by partner, what would bring back or make certain the most rows.</p>"
    for partner, lines in asks:
        yield f"<h3>{escape(partner)}</h3><ol>"
        for line in lines:
            yield (
                f"<li><strong>{escape(in_words(line.extract))}:</strong> {line.failures:,} of "
                f"{how_many(line.rows, 'row', 'rows')} ({share(line.failures, line.rows)}) break the rule "
                f"“{escape(line.meaning)}”. {escape(_sentence(line.mend))} "
                f"<em>It buys:</em> {escape(line.gain)}.</li>"
            )
        yield "</ol>"
    yield "</section>"


def _extracts(report: Report) -> Iterable[str]:
    yield '<section aria-labelledby="extracts"><h2 id="extracts">The extracts</h2>'
    headings = ("Extract", "From", "Rows", "Set aside", "Last run", "Matched to a family")
    rows = [
        (
            escape(in_words(one.extract)),
            escape(one.partner),
            f"{one.rows:,}",
            f"{one.set_aside:,} ({share(one.set_aside, one.rows)})",
            _aside_before(one),
            _matched(one),
        )
        for one in report.received
    ]
    yield from _table(
        "Every extract: rows received, set aside and matched", headings, rows, numbers=(2, 3, 4, 5)
    )
    yield "</section>"


def _findings(report: Report, severity: Severity) -> Iterable[str]:
    lines = [line for line in report.failing if line.severity is severity]
    anchor = severity.value
    yield f'<section aria-labelledby="{anchor}" class="{anchor}">'
    yield f'<h2 id="{anchor}">{SEVERITIES[severity]}</h2><p>{_WHAT_IT_DOES[severity]}</p>'
    if lines:
        headings = ("Extract and rule", "What to mend", "Rows failing", "Since the last run", "Where")
        rows = [
            (
                f"<strong>{escape(in_words(line.extract))}</strong><br>{_code(line.rule, after='_')}",
                f"Should hold: {escape(line.meaning)}.<br>{escape(_sentence(line.mend))}",
                f"{line.failures:,} of {line.rows:,} ({share(line.failures, line.rows)})",
                _turn(line),
                _places(line),
            )
            for line in lines
        ]
        caption = f"Rules that rows fail: {SEVERITIES[severity].lower()}"
        yield from _table(caption, headings, rows, numbers=(2,), kind="findings")
    else:
        yield "<p>Nothing of this kind.</p>"
    yield "</section>"


def _gone(report: Report) -> Iterable[str]:
    gone = [line for line in report.lines if line.trend is Trend.GONE]
    if not gone:
        return
    yield '<section aria-labelledby="gone"><h2 id="gone">Gone since the last run</h2><ul>'
    for line in gone:
        yield (
            f"<li>{escape(in_words(line.extract))}, <code>{escape(line.rule)}</code>: "
            f"{how_many(line.failures_before or 0, 'row', 'rows')} last time, none now.</li>"
        )
    yield "</ul></section>"


def _all_rules(report: Report) -> Iterable[str]:
    kept = [line for line in report.lines if not line.failures]
    yield '<section aria-labelledby="kept"><h2 id="kept">Rules that every row keeps</h2>'
    yield f"<details><summary>{how_many(len(kept), 'rule', 'rules')}</summary>"
    rows = [
        (
            f"{escape(in_words(line.extract))}<br>{_code(line.rule, after='_')}",
            escape(line.meaning),
            f"{line.rows:,}",
        )
        for line in sorted(kept, key=lambda line: (line.extract, line.rule))
    ]
    yield from _table(
        "Rules that every row keeps", ("Extract and rule", "What holds", "Rows"), rows, numbers=(2,)
    )
    yield "</details></section>"


def _table(
    caption: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: Sequence[int] = (),
    kind: str = "plain",
) -> Iterable[str]:
    """A table whose rows become cards on a narrow screen. The roles are written out, since a browser forgets them
    where a table is no longer laid out as one."""
    yield f'<table role="table" class="{kind}"><caption>{escape(caption)}</caption>'
    yield '<thead role="rowgroup"><tr role="row">'
    for place, heading in enumerate(headings):
        yield f'<th scope="col" role="columnheader"{_number(place, numbers)}>{heading}</th>'
    yield '</tr></thead><tbody role="rowgroup">'
    for row in rows:
        first, *rest = row
        yield f'<tr role="row"><th scope="row" role="rowheader" data-label="{headings[0]}">{first}</th>'
        for place, cell in enumerate(rest, start=1):
            yield f'<td role="cell" data-label="{headings[place]}"{_number(place, numbers)}><div>{cell}</div></td>'
        yield "</tr>"
    yield "</tbody></table>"


def _number(place: int, numbers: Sequence[int]) -> str:
    return ' class="number"' if place in numbers else ""


def _turn(line: Line) -> str:
    if line.trend is None:
        return "no earlier run"
    mark = f'<span aria-hidden="true">{_ARROWS[line.trend]}</span> {TRENDS[line.trend]}'
    if line.rows_before is None or line.failures_before is None:
        return f'<span class="{line.trend.value}">{mark}</span><br>not looked at last time'
    return (
        f'<span class="{line.trend.value}">{mark}</span><br>'
        f"was {line.failures_before:,} of {line.rows_before:,} ({share(line.failures_before, line.rows_before)})"
    )


def _places(line: Line) -> str:
    first, rest = line.places[:_SHOWN_AT_ONCE], line.places[_SHOWN_AT_ONCE:]
    told = "<br>".join(_code(place, after="!") for place in first)
    if rest:
        listed = "<br>".join(_code(place, after="!") for place in rest)
        told += f"<details><summary>{how_many(len(rest), 'more place', 'more places')}</summary>{listed}</details>"
    if line.more:
        told += f"<p>and {line.more:,} more, all in report.csv</p>"
    return told or "–"


def _code(text: str, *, after: str) -> str:
    """A name as it is written in files, that may go on in the next line after each `after`."""
    return f"<code>{escape(text).replace(after, f'{after}<wbr>')}</code>"


def _aside_before(one: Received) -> str:
    if one.rows_before is None or one.set_aside_before is None:
        return "–"
    return f"{one.set_aside_before:,} ({share(one.set_aside_before, one.rows_before)})"


def _matched(one: Received) -> str:
    if one.about_people is None or one.unmatched is None:
        return "–"
    return share(one.about_people - one.unmatched, one.about_people)


def _sentence(words: str) -> str:
    words = words.strip()
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith(('.', '!', '?')) else '.'}" if words else ""
