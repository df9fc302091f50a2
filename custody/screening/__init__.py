"""Screens files before they leave: data files in the Explore Education Statistics standard, accessible spreadsheets."""

from custody.screening.rules import Finding, Rule, Severity
from custody.screening.screen import errors_of, screen, screen_files

__all__ = ["Finding", "Rule", "Severity", "errors_of", "screen", "screen_files"]
