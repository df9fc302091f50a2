"""Why each cell of a pattern is suppressed, in words."""

import numpy as np

from disclosure.suppression.model import Model
from disclosure.tables.system import Flags, System

PRIMARY = "primary: the cell itself could give somebody away"


def reasons(system: System, model: Model, opened: Flags, protects: dict[int, int]) -> tuple[str, ...]:
    """For each cell of the System the reason, empty where it is shown.

    A secondary cell names the primary cell that would be known too closely if it were shown (`protects`: for each
    column), or that always moves together with it. No value is told.
    """
    words = [PRIMARY if status == "u" else "" for status in system.status]
    for column in np.flatnonzero(opened):
        cells = model.members[column]
        primary = cells[system.status[cells] == "u"]
        if primary.size:
            why = f"whoever knows it knows primary cell {system.names[primary[0]]}"
        elif int(column) in protects:
            why = f"protects primary cell {system.names[protects[int(column)]]}"
        else:
            why = "protects primary cells; there was no time to look which"
        for place in cells:
            words[place] = words[place] or why
    return tuple(words)
