"""A release for the benchmarks of the app: the data folder that was named, or one with a fictional council's."""

import subprocess
import sys
from pathlib import Path
from typing import Final

from release.places import PROJECT

FAMILIES: Final = 2_000


def release_of(named: Path | None, folder: Path) -> Path:
    """A data folder with a release: `named`, or one made below `folder`."""
    if named is not None:
        return named.resolve()
    data = folder / "data"
    extracts = data / "identified" / "landing" / "council"
    for command in (
        ["demo", "--families", str(FAMILIES), "--seed", "1", "--to", str(extracts)],
        ["run", "--extracts", str(extracts), "--data", str(data)],
    ):
        subprocess.run(
            [sys.executable, "-m", "pipelines", *command], cwd=PROJECT, check=True, capture_output=True
        )
    return data
