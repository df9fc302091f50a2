"""Whether the scopes of a catalogue are of this council: one that names a locality that is none shows too little."""

import polars as pl

from release.catalogue import LOCALITY, Catalogue
from release.errors import SettingsError


def check_scopes(catalogue: Catalogue, dimensions: pl.DataFrame) -> None:
    """Hold the localities of every scope against those that a release names (the table `dimension`).

    Raises SettingsError naming the scope, the locality and the fix: left out in silence, whoever is kept to that scope
    would see figures of a part of it, and take them for the whole.
    """
    there = dimensions.filter(pl.col("dimension") == LOCALITY)["code"].to_list()
    for scope in catalogue.scopes.values():
        for name in scope.localities:
            if name not in there:
                raise SettingsError(
                    f"data/catalogue.toml, at scope.{scope.name}.localities: no locality of these extracts is called "
                    f"{name!r}, or too few families live in it to name it. There are: {', '.join(there)}. Correct the "
                    "name, or take it out."
                )
