"""Data quality for people: the report of a run on the identified side, and how far records find their people."""

from pipelines.quality.html import page
from pipelines.quality.report import Report, make_report
from pipelines.quality.sheet import sheet
from pipelines.quality.trend import COUNTS, with_trend

__all__ = ["COUNTS", "Report", "make_report", "page", "sheet", "with_trend"]
