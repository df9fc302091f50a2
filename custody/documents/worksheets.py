"""Worksheets of the house: gptables's own, whose tables are written cell by cell instead of through frames of formats.

gptables looks at every cell of a table several times, for links and notes in its text too. Ours are already what they
are to be, and text that somebody wrote must stay text: so no cell is searched for anything.
"""

from typing import Any, Final

from gptables.core.gptable import GPTable
from gptables.core.wrappers import GPWorkbook, GPWorksheet

# The format of a column that holds text.
TEXT: Final = "@"
# In letters. Longer text is wrapped.
_NARROWEST: Final = 10
_WIDEST: Final = 60


class HouseWorksheet(GPWorksheet):  # type: ignore[misc]
    """A worksheet that writes tables of plain numbers and text. `number_formats`: one for each column."""

    number_formats: tuple[str, ...] = ()

    def _parse_urls(self, sheet: object) -> None:
        """Nothing in a text is a link."""

    def _reference_annotations(self, gptable: GPTable, reference_order: list[Any]) -> None:
        """Notes are already referred to by their numbers."""

    def _write_table_elements(self, pos: list[int], gptable: GPTable, auto_width: bool) -> list[int]:
        """The table, its widths, and its mark-up as a table with one header row."""
        first = gptable.data_range[0]
        heads = list(gptable.table.columns)
        rows = gptable.table.to_numpy().tolist()
        theme, workbook = self.theme, self._workbook
        numbers = [one != TEXT for one in self.number_formats]
        styles = [
            workbook.add_format(
                {**theme.data_format, "align": "right", "num_format": one}
                if number
                else {**theme.data_format, "align": "left"}
            )
            for one, number in zip(self.number_formats, numbers, strict=True)
        ]
        head_styles = [
            workbook.add_format({**theme.column_heading_format, "align": "right" if number else "left"})
            for number in numbers
        ]
        for place, head in enumerate(heads):
            self.write_string(first, place, head, head_styles[place])
        for offset, row in enumerate(rows, start=first + 1):
            for place, value in enumerate(row):
                if isinstance(value, str):
                    self.write_string(offset, place, value, styles[place])
                elif isinstance(value, dict | list):
                    # What the contents say: a link to a worksheet, and its title.
                    self._smart_write(offset, place, value, theme.data_format)
                else:
                    self.write_number(offset, place, value, styles[place])
        for place, head in enumerate(heads):
            self.set_column(place, place, self._width(head, [row[place] for row in rows]))
        self._marked(gptable, heads, head_styles)
        return [first + len(rows) + 1, 0]

    def _marked(self, gptable: GPTable, heads: list[str], formats: list[Any]) -> None:
        columns = [
            {"header": head, "header_format": style} for head, style in zip(heads, formats, strict=True)
        ]
        self.add_table(
            *gptable.data_range,
            {
                "header_row": True,
                "autofilter": False,
                "columns": columns,
                "style": None,
                "name": gptable.table_name,
            },
        )

    @staticmethod
    def _width(head: str, values: list[Any]) -> int:
        longest = max(
            (len(str(next(iter(one)) if isinstance(one, dict) else one)) for one in values), default=0
        )
        return min(max(longest + 2, len(head) + 2, _NARROWEST), _WIDEST)


class HouseWorkbook(GPWorkbook):  # type: ignore[misc]
    """A workbook of such worksheets."""

    def add_worksheet(self, name: str | None = None, gridlines: str = "hide_all") -> HouseWorksheet:
        """An empty worksheet."""
        worksheet: HouseWorksheet = super(GPWorkbook, self).add_worksheet(name, HouseWorksheet)
        worksheet.theme = self.theme
        worksheet._workbook = self
        worksheet.hide_gridlines(2)
        return worksheet
