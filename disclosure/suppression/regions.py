"""Neighbourhoods of a cell in the equations: most of what protects a cell, or gives it away, is close by.

A program over a neighbourhood costs a thousandth of one over a large table. It leaves out equations further off, so it
allows too much: what it says cannot be reached cannot, and what shows this holds for the whole table.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import highspy
import numpy as np
from scipy.sparse import csc_array, csr_array

from disclosure.suppression.model import Model
from disclosure.suppression.solver import program_of
from disclosure.tables.system import Integers

Number = TypeVar("Number", int, float)


@dataclass(frozen=True)
class Region:
    """Some rows and columns of a Model, and the program of them. `whole`: nothing further off is left out."""

    rows: Integers
    columns: Integers
    program: highspy.HighsLp
    whole: bool

    def place(self, column: int) -> int:
        """Where a column of the Model stands among `columns`."""
        return int(np.searchsorted(self.columns, column))


class Regions:
    """The neighbourhoods of a Model; each is made once."""

    def __init__(self, model: Model) -> None:
        self._lines = _lists(model.matrix)
        self._factors = _split(model.matrix.data.tolist(), model.matrix.indptr.tolist())
        self._within = _lists(csc_array(model.matrix))
        self._kept: dict[tuple[int, int], Region] = {}

    def relaxed(self, column: int, radius: int) -> Region:
        """The equations up to `radius` steps from a column, and every column in them."""
        key = (column, radius)
        if key not in self._kept:
            rows, columns, whole = self._walk(column, radius)
            self._kept[key] = self._region(rows, columns, whole)
        return self._kept[key]

    def _walk(self, column: int, radius: int) -> tuple[set[int], set[int], bool]:
        rows: set[int] = set()
        columns = {column}
        front = {column}
        for _step in range(radius):
            fresh = {row for near in front for row in self._within[near]} - rows
            rows |= fresh
            front = {near for row in fresh for near in self._lines[row]} - columns
            columns |= front
            if not front:
                return rows, columns, True
        return rows, columns, False

    def _region(self, rows: set[int], columns: set[int], whole: bool) -> Region:
        lines, kept = sorted(rows), sorted(columns)
        place = {column: number for number, column in enumerate(kept)}
        starts, indices, factors = [0], [], []
        for row in lines:
            for column, factor in zip(self._lines[row], self._factors[row], strict=True):
                if column in place:
                    indices.append(place[column])
                    factors.append(factor)
            starts.append(len(indices))
        matrix = csr_array(
            (np.asarray(factors), np.asarray(indices, np.int32), np.asarray(starts, np.int32)),
            shape=(len(lines), len(kept)),
        )
        program = program_of(matrix, np.zeros(len(lines)), most=True)
        return Region(np.asarray(lines, np.int64), np.asarray(kept, np.int64), program, whole)


def _lists(matrix: csr_array | csc_array) -> list[list[int]]:
    return _split(matrix.indices.tolist(), matrix.indptr.tolist())


def _split(numbers: list[Number], ends: list[int]) -> list[list[Number]]:
    return [numbers[start:end] for start, end in pairwise(ends)]
