"""The report as a table that a spreadsheet opens: one line a place, and one for every rule that nothing fails."""

import polars as pl

from pipelines.quality.report import Report
from pipelines.quality.words import SEVERITIES, TRENDS, in_words

# A cell that begins like this would be run as a formula by a spreadsheet.
_FORMULA = r"^\s*[=+\-@＝＋－＠]"


def sheet(report: Report) -> pl.DataFrame:
    """One line a place of a rule that rows fail, and one line for every other rule.

    Texts that a spreadsheet would take for a formula get an apostrophe in front.
    """
    lines = pl.DataFrame(
        [
            (
                number,
                SEVERITIES[line.severity],
                line.partner,
                in_words(line.extract),
                line.extract,
                line.rule,
                line.meaning,
                line.mend if line.failures else "",
                line.gain if line.failures else "",
                "yes" if line.set_aside and line.failures else "",
                line.rows,
                line.failures,
                round(100 * line.failures / line.rows, 2) if line.rows else None,
                TRENDS[line.trend] if line.trend else "",
                line.rows_before,
                line.failures_before,
            )
            for number, line in enumerate(report.lines)
        ],
        schema=_LINES,
        orient="row",
    )
    placed = lines.join(
        report.places.rename({"rows": "rows_at_place"}),
        left_on=["contract", "code"],
        right_on=["contract", "rule"],
        how="left",
        maintain_order="left_right",
    )
    text = [name for name, type_ in placed.schema.items() if type_ == pl.String]
    return placed.select(_COLUMNS).with_columns(_defused(name) for name in text)


def _defused(name: str) -> pl.Expr:
    value = pl.col(name)
    return pl.when(value.str.contains(_FORMULA)).then(pl.lit("'") + value).otherwise(value).alias(name)


_LINES = {
    "number": pl.Int64,
    "severity": pl.String,
    "partner": pl.String,
    "extract": pl.String,
    "contract": pl.String,
    "code": pl.String,
    "what_should_hold": pl.String,
    "how_to_mend": pl.String,
    "what_it_buys": pl.String,
    "set_aside": pl.String,
    "rows_looked_at": pl.Int64,
    "rows_failing": pl.Int64,
    "per_cent_failing": pl.Float64,
    "since_last_run": pl.String,
    "rows_looked_at_last_run": pl.Int64,
    "rows_failing_last_run": pl.Int64,
}
_COLUMNS = [*list(_LINES)[1:], "file", "place", "rows_at_place"]
