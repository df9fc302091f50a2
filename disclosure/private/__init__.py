"""Differentially private tables: noise so that nobody can tell whether any one person is counted at all.

Other than the cell keys' noise, it is drawn anew each time, so every table costs a part of a budget that ends.
"""

from disclosure.private.budget import Budget, epsilon_of, rho_of
from disclosure.private.tables import PrivateTable, bounded, private_tables

__all__ = ["Budget", "PrivateTable", "bounded", "epsilon_of", "private_tables", "rho_of"]
