"""What a command and the app load before they do anything: nobody waits for libraries that are not used."""

import subprocess
import sys

import pytest

from release.places import PROJECT

# Solvers, statistics and writers of files: half a second and more each.
HEAVY = (
    "scipy",
    "highspy",
    "frictionless",
    "pyreadstat",
    "opendp",
    "gptables",
    "pyarrow",
    "disclosure.audit",
)


@pytest.mark.parametrize("modules", ["custody.__main__", "pages.returns, pages.research"])
def test_nothing_heavy_is_loaded_at_the_start(modules: str) -> None:
    asks = f"import sys, {modules}; print([one for one in {HEAVY} if one in sys.modules])"
    said = subprocess.run(
        [sys.executable, "-c", asks], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "[]"
